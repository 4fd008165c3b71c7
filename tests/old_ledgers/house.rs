//! The folders, the configuration and the process of the real binary, and what users do to them: copy
//! a state folder, put another in its place, delete a file.
//!
//! Must never: open the ledger. What users see is all there is to see.

use super::bank::Bank;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    #[track_caller]
    pub fn ends(self, codes: &[i32]) -> Said {
        assert!(codes.contains(&self.code), "ended with {}, not {codes:?}:\n{}", self.code, self.text);
        self
    }

    #[track_caller]
    pub fn says(self, part: &str) -> Said {
        assert!(self.text.contains(part), "no {part:?} in\n{}", self.text);
        self
    }
}

/// A daemon that dies with the test.
pub struct Running(Child);

impl Running {
    /// SIGKILL: nothing is tidied up.
    pub fn kill(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct House {
    folder: tempfile::TempDir,
    pub bank: Arc<Bank>,
}

impl House {
    pub fn new() -> House {
        House::at(Arc::new(Bank::open()))
    }

    /// A second machine with the same account.
    pub fn beside(other: &House) -> House {
        House::at(other.bank.clone())
    }

    pub fn at(bank: Arc<Bank>) -> House {
        let house = House { folder: support::folder(env!("CARGO_TARGET_TMPDIR")), bank };
        house.configure("sandbox", "house");
        std::fs::create_dir_all(house.path("batches/inbox")).unwrap();
        house
    }

    /// Writes the configuration: short waits, and nothing asked before a first Transfert, so that
    /// MonCash's memory does not cover for the ledger's.
    pub fn configure(&self, environment: &str, client: &str) {
        let text = format!(
            r#"[moncash]
environment = "{environment}"
base_url = "{}"
client_id = "{client}"
request_timeout = "5s"
[engine]
transfers_per_second = 100
queries_per_second = 500
drain = "5s"
[folders]
batches = "batches"
state = "state"
[intake]
settle = "0s"
rescan = "1s"
[safety]
check_first = false
grace = "1s"
not_found_answers = 2
ask_every = "200ms"
ask_at_most_every = "500ms"
min_free = "1MB"
paid_already_within = ""
[balance]
poll = "1s"
balance_lag = "1s"
"#,
            self.bank.base_url()
        );
        std::fs::write(self.path("payoutd.toml"), text).unwrap();
    }

    /// As live always does.
    pub fn check_first(&self) {
        self.reword_settings("check_first = false", "check_first = true");
    }

    pub fn reword_settings(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("payoutd.toml")).unwrap();
        std::fs::write(self.path("payoutd.toml"), text.replace(from, to)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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

    pub fn run(&self, line: &str) -> Said {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub fn run_args(&self, args: &[&str]) -> Said {
        let out = self.command(args).output().unwrap();
        let text = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        Said { code: out.status.code().unwrap_or(-1), text }
    }

    /// The daemon, until it is killed.
    pub fn start(&self) -> Running {
        let log = std::fs::File::create(self.path("daemon.log")).unwrap();
        Running(self.command(&["run"]).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut(&House) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !holds(self) {
            let log = || std::fs::read_to_string(self.path("daemon.log")).unwrap_or_default();
            assert!(Instant::now() < end, "never came: {what}\n{}", log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Drops a payroll as a careful program does.
    pub fn drop_payroll(&self, name: &str, prefix: &str, people: u32) {
        std::fs::write(self.path("being-written"), payroll(prefix, people)).unwrap();
        std::fs::rename(self.path("being-written"), self.path("batches/inbox").join(name)).unwrap();
    }

    /// Copies a folder as `cp -r` does, over whatever lies there.
    pub fn copy(&self, from: &str, to: &str) {
        let (from, to) = (self.path(from), self.path(to));
        if from.is_file() {
            std::fs::copy(&from, &to).unwrap();
            return;
        }
        copy_folder(&from, &to);
    }

    pub fn copy_from(&self, other: &House, name: &str) {
        let (from, to) = (other.path(name), self.path(name));
        if from.is_file() {
            std::fs::copy(from, to).unwrap();
        } else {
            copy_folder(&from, &to);
        }
    }

    pub fn delete(&self, name: &str) {
        let path = self.path(name);
        if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
    }

    /// Every `status` in every report, by reference: what the reader of the reports would believe.
    pub fn told(&self, reference: &str) -> Vec<String> {
        let mut told = Vec::new();
        for entry in std::fs::read_dir(self.path("batches/reports")).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().ends_with(".report.csv") {
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
            told.extend(rows.filter(|row| row.get(1) == Some(&reference)).map(|row| row[6].to_string()));
        }
        told
    }

    /// Nobody was debited twice, and every debit is what the payroll says.
    #[track_caller]
    pub fn nobody_was_paid_twice(&self) {
        let books = self.bank.books();
        for debit in &books.debits {
            assert_eq!(books.times(&debit.reference), 1, "{} was debited again", debit.reference);
            let (prefix, person) = debit.reference.rsplit_once('-').unwrap();
            let row = row(prefix, person.parse().unwrap());
            assert_eq!((debit.receiver.clone(), debit.centimes), (format!("509{}", row.0), row.1), "{debit:?}");
        }
    }

    /// Everybody was debited exactly once.
    #[track_caller]
    pub fn all_are_paid_once(&self, payrolls: &[(&str, u32)]) {
        self.nobody_was_paid_twice();
        let books = self.bank.books();
        for (prefix, people) in payrolls {
            for person in 1..=*people {
                assert_eq!(books.times(&format!("{prefix}-{person}")), 1, "{prefix}-{person}");
            }
        }
        let all: usize = payrolls.iter().map(|(_, people)| *people as usize).sum();
        assert_eq!(books.debits.len(), all);
    }

    pub fn transfers(&self) -> usize {
        self.bank.books().transfers.len()
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Receiver (eight digits) and centimes of a person.
fn row(prefix: &str, person: u32) -> (u32, i64) {
    let series = prefix.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 900;
    (30_000_000 + series * 10_000 + person, 10_000 + i64::from(person % 100))
}

pub fn payroll(prefix: &str, people: u32) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    for person in 1..=people {
        let (receiver, centimes) = row(prefix, person);
        let _ = writeln!(text, "{prefix}-{person},{receiver},{}.{:02},Person {person}", centimes / 100, centimes % 100);
    }
    text
}
