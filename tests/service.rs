//! The running daemon and its service manager: what it tells over NOTIFY_SOCKET, and how it stops.
//!
//! Must never: wait for luck; every wait is for a message, with an end.

use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Longest wait for one message of the daemon.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kills the daemon when a test fails, so that none is left behind.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path, socket: &Path) -> Daemon {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
    command.args(["run", "--simulator"]).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("NOTIFY_SOCKET", socket);
    for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "PAYOUTD_CLIENT_SECRET", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(name);
    }
    Daemon(command.spawn().expect("start"))
}

/// The messages up to the one that fits, each one line of them.
fn hear_until(socket: &UnixDatagram, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut heard = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let length = socket.recv(&mut bytes).unwrap_or_else(|error| panic!("{error}; heard only {heard:?}"));
        let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        heard.extend(text.lines().map(str::to_string));
        if heard.iter().any(|line| wanted(line)) {
            return heard;
        }
    }
}

#[test]
fn the_service_manager_is_told_when_it_runs_what_it_does_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("folder");
    let place = folder.path().join("notify");
    let socket = UnixDatagram::bind(&place).expect("socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("timeout");

    let mut daemon = start(folder.path(), &place);
    let heard = hear_until(&socket, |line| line == "READY=1");
    assert_eq!(heard, ["READY=1"], "nothing is told before it is ready");
    let heard = hear_until(&socket, |line| line.starts_with("STATUS="));
    assert!(heard.contains(&"WATCHDOG=1".to_string()), "{heard:?}");
    assert!(heard.contains(&"STATUS=nothing to pay".to_string()), "{heard:?}");

    let pid = Pid::from_child(&daemon.0);
    kill_process(pid, Signal::TERM).expect("signal");
    hear_until(&socket, |line| line == "STOPPING=1");
    assert_eq!(daemon.0.wait().expect("end").code(), Some(0), "a stop is no failure");
    let status = std::fs::read_to_string(folder.path().join("batches/STATUS.txt")).expect("STATUS.txt");
    assert!(status.contains("payoutd was stopped"), "{status}");
}

#[test]
fn ready_is_not_told_by_a_daemon_that_cannot_have_its_folder() {
    let folder = tempfile::tempdir().expect("folder");
    let place = folder.path().join("notify");
    let socket = UnixDatagram::bind(&place).expect("socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("timeout");
    let _first = start(folder.path(), &place);
    hear_until(&socket, |line| line.starts_with("STATUS="));

    let own = folder.path().join("notify-second");
    let second_socket = UnixDatagram::bind(&own).expect("socket");
    second_socket.set_nonblocking(true).expect("setting");
    let mut second = start(folder.path(), &own);
    assert_eq!(second.0.wait().expect("end").code(), Some(5));
    assert!(second_socket.recv(&mut [0; 100]).is_err(), "it said something");
}
