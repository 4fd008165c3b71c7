//! The built program, the folders and the configuration of one house, and the socket of a service manager.
//!
//! Must never: open the ledger, or wait for a time instead of for a word.

use super::bank::Bank;
use rustix::process::{Pid, Signal, kill_process};
use std::fmt::Write;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(120);
/// A rate at which only the first call of a test can leave.
pub const NEVER_AGAIN: &str = "0.001";

/// What may be written into the file.
#[derive(Clone)]
pub struct File {
    pub environment: &'static str,
    pub client: &'static str,
    pub rate: &'static str,
    pub state: &'static str,
    pub check_first: bool,
    pub floor: &'static str,
    pub fee: &'static str,
    pub above: &'static str,
    pub more: &'static str,
}

impl Default for File {
    fn default() -> File {
        File {
            environment: "sandbox",
            client: "house",
            rate: NEVER_AGAIN,
            state: "state",
            check_first: true,
            floor: "0.00",
            fee: "0",
            above: "none",
            more: "",
        }
    }
}

pub struct House {
    folder: tempfile::TempDir,
    manager: UnixDatagram,
    pub bank: Bank,
}

pub struct Running<'h> {
    child: Child,
    house: &'h House,
}

impl House {
    pub fn new(file: &File) -> House {
        let folder = support::folder(env!("CARGO_TARGET_TMPDIR"));
        let manager = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        manager.set_read_timeout(Some(DEADLINE)).unwrap();
        let house = House { folder, manager, bank: Bank::open() };
        std::fs::create_dir_all(house.path("batches/inbox")).unwrap();
        house.write(file);
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, file: &File) {
        let File { environment, client, rate, state, check_first, floor, fee, above, more } = file;
        let grace = if *environment == "live" { "30m" } else { "1s" };
        let text = format!(
            "[moncash]\nenvironment = \"{environment}\"\nbase_url = \"{}\"\nclient_id = \"{client}\"\nrequest_timeout = \"5s\"\n\
             [engine]\ntransfers_per_second = {rate}\nqueries_per_second = 1000\ndrain = \"20s\"\n\
             [folders]\nbatches = \"batches\"\nstate = \"{state}\"\n\
             [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n\
             [safety]\ncheck_first = {check_first}\nafter_not_found = \"retry\"\ngrace = \"{grace}\"\nask_every = \"200ms\"\nmin_free = \"1MB\"\n\
             paid_already_within = \"\"\n\
             [balance]\nfloor = \"{floor}\"\nfee_percent = \"{fee}\"\npoll = \"100ms\"\nbalance_lag = \"100ms\"\n\
             [approval]\nabove = \"{above}\"\n{more}",
            self.bank.base_url()
        );
        std::fs::write(self.path("payoutd.toml"), text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
            command.env_remove(name);
        }
        command.env("PAYOUTD_CLIENT_SECRET", "open-sesame-house").env("SUDO_USER", "marie");
        command
    }

    /// Runs a command; what it said, and its exit code.
    pub fn run(&self, line: &str) -> (i32, String) {
        let out = self.command(&line.split_whitespace().collect::<Vec<_>>()).output().unwrap();
        let text = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (out.status.code().unwrap_or(-1), text)
    }

    pub fn status(&self) -> serde_json::Value {
        let out = self.command(&["status", "--json"]).output().unwrap();
        serde_json::from_slice(&out.stdout).unwrap_or_default()
    }

    /// A batch of `status --json` by its file.
    pub fn batch(&self, file: &str) -> serde_json::Value {
        let batches = self.status()["batches"].as_array().cloned().unwrap_or_default();
        batches.into_iter().find(|batch| batch["file"] == file).unwrap_or_default()
    }

    /// The daemon, once it has said READY.
    pub fn start(&self, args: &[&str]) -> Running<'_> {
        let log = std::fs::File::create(self.path("daemon.log")).unwrap();
        let mut command = self.command(args);
        command.env("NOTIFY_SOCKET", self.path("notify")).stdout(Stdio::null()).stderr(log);
        let running = Running { child: command.spawn().unwrap(), house: self };
        self.hear("READY=1");
        running
    }

    /// The messages up to the one that begins so, in their lines.
    #[track_caller]
    pub fn hear(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        let mut bytes = [0; 65_536];
        while !heard.iter().any(|line: &String| line.starts_with(wanted)) {
            let length = self
                .manager
                .recv(&mut bytes)
                .unwrap_or_else(|error| panic!("{wanted:?} never came ({error}); heard {heard:?}\n{}", self.log()));
            heard.extend(String::from_utf8_lossy(&bytes[..length]).lines().map(str::to_string));
        }
        heard
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("daemon.log")).unwrap_or_default()
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut(&House) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !holds(self) {
            assert!(Instant::now() < end, "never came: {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Drops a payroll as a careful program does: each person gets HTG 100.
    pub fn drop_payroll(&self, name: &str, prefix: &str, people: u32) {
        let mut text = String::from("reference,receiver,amount\n");
        for person in 1..=people {
            let _ = writeln!(text, "{prefix}-{person},{},100.00", 37_000_000 + person);
        }
        std::fs::write(self.path("being-written"), text).unwrap();
        std::fs::rename(self.path("being-written"), self.path("batches/inbox").join(name)).unwrap();
    }

    /// Transferts that arrived for a payroll.
    pub fn sent(&self, prefix: &str) -> usize {
        let begin = format!("{prefix}-");
        self.bank.books().transfers.iter().filter(|reference| reference.starts_with(&begin)).count()
    }

    #[track_caller]
    pub fn wait_for_sent(&self, prefix: &str, count: usize) {
        self.wait_until(&format!("{count} of {prefix} are sent"), |house| house.sent(prefix) >= count);
    }

    /// By MonCash's own count.
    #[track_caller]
    pub fn everybody_is_paid_once(&self, prefix: &str, people: u32) {
        for person in 1..=people {
            let reference = format!("{prefix}-{person}");
            assert_eq!(self.bank.books().times(&reference), 1, "{reference}");
        }
    }
}

impl Running<'_> {
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Writes the file, asks to read it again and waits for the answer: what STATUS says then.
    #[track_caller]
    pub fn reload(&self, file: &File) -> String {
        self.house.write(file);
        self.signal(Signal::HUP);
        let heard = self.house.hear("RELOADING=1");
        let stamp = heard.iter().find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
        assert!(stamp.is_some_and(|stamp| stamp.parse::<u64>().is_ok_and(|usec| usec > 0)), "{heard:?}");
        // READY and STATUS come in one message.
        let heard = self.house.hear("READY=1");
        heard.iter().rev().find_map(|line| line.strip_prefix("STATUS=")).unwrap_or_default().to_string()
    }

    /// Waits for the end.
    pub fn ends(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    pub fn stop(self) -> i32 {
        self.signal(Signal::TERM);
        self.ends()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
