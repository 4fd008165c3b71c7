//! The folders and the configuration of one payoutd, and the built program in them.
//!
//! Must never: hand the program anything of the caller's environment that it would read.

use super::canary::SECRET;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct House {
    pub folder: tempfile::TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    #[track_caller]
    pub fn says(&self, part: &str) -> &Said {
        assert!(self.text.contains(part), "no {part:?} in\n{}", self.text);
        self
    }

    #[track_caller]
    pub fn ends(&self, code: i32) -> &Said {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }
}

/// The configuration of these tests, for a MonCash at `base_url`.
pub fn settings(base_url: &str) -> String {
    format!(
        r#"[moncash]
environment = "sandbox"
base_url = "{base_url}"
client_id = "prefunded"
client_secret_file = "secret"
connect_timeout = "4s"
request_timeout = "5s"
[engine]
transfers_per_second = 100
queries_per_second = 200
drain = "2s"
[intake]
settle = "0s"
rescan = "1s"
[safety]
grace = "2s"
not_found_answers = 2
ask_every = "100ms"
ask_at_most_every = "500ms"
ask_for = "20s"
min_free = "1MB"
[balance]
poll = "1s"
balance_lag = "0s"
"#
    )
}

impl House {
    pub fn at(base_url: &str) -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        house.write("payoutd.toml", &settings(base_url));
        house.write("secret", &format!("{SECRET}\n"));
        fs::set_permissions(house.path("secret"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::create_dir_all(house.path("batches/inbox")).unwrap();
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = payoutd();
        command.current_dir(self.folder.path()).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        said(&mut self.command(args))
    }

    /// The daemon with its log in `name`, until it is dropped.
    pub fn start(&self, mut command: Command, name: &str) -> Running {
        let log = fs::File::create(self.path(name)).unwrap();
        Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }
}

pub struct Running(pub Child);

impl Running {
    /// Asks it to stop, and waits until it has.
    pub fn stop(&mut self) -> i32 {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.0.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn payoutd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
    command.stdin(Stdio::null());
    for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "PAYOUTD_CLIENT_SECRET", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
        command.env_remove(name);
    }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
}

pub fn said(command: &mut Command) -> Said {
    let out = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    Said { code: out.status.code().unwrap_or(-1), text }
}

#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every file below a folder, with its content.
pub fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => found.push((path.clone(), fs::read(&path).unwrap_or_default())),
                _ => {}
            }
        }
    }
    found.sort();
    found
}
