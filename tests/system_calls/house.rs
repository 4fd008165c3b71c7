//! The folders, the configuration and the processes of one case.
//!
//! Must never: reach into the ledger, or signal a process that it did not start.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_payoutd");

pub struct House {
    folder: tempfile::TempDir,
    /// Before every path: another mount namespace's root, where the house has one.
    seen_through: PathBuf,
    /// Name and SHA-256 of what was dropped.
    pub dropped: Vec<(String, String)>,
    lives: u32,
}

/// What a life came to.
#[derive(Debug)]
pub struct Ended {
    /// `None`: it was killed, or took too long and was.
    pub code: Option<i32>,
    pub killed: bool,
    pub too_long: bool,
    pub out: String,
    pub err: String,
}

/// So many lines of a journal are shown.
const LAST_WORDS: usize = 8;

impl Ended {
    /// What it printed, and the end of its journal.
    pub fn last_words(&self) -> String {
        let lines: Vec<&str> = self.err.lines().collect();
        format!("{}{}", self.out, lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n"))
    }
}

/// What else the configuration says; the usual is quick.
#[derive(Clone, Copy)]
pub struct Settings {
    pub grace: &'static str,
    pub min_free: &'static str,
    pub drain: &'static str,
}

pub const USUAL: Settings = Settings { grace: "1s", min_free: "1MB", drain: "5s" };

impl House {
    pub fn build(base_url: &str, settings: Settings) -> House {
        let folder = tempfile::Builder::new().prefix("payoutd-calls-").tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("batches/inbox")).unwrap();
        let Settings { grace, min_free, drain } = settings;
        let text = format!(
            r#"[moncash]
environment = "sandbox"
base_url = "{base_url}"
client_id = "calls"
connect_timeout = "2s"
request_timeout = "20s"
[engine]
transfers_per_second = 40
queries_per_second = 200
max_in_flight = 12
drain = "{drain}"
[folders]
batches = "batches"
state = "state"
[intake]
settle = "0s"
rescan = "1s"
[safety]
check_first = true
after_not_found = "retry"
grace = "{grace}"
not_found_answers = 2
ask_every = "100ms"
ask_at_most_every = "500ms"
ask_for = "10m"
min_free = "{min_free}"
[balance]
fee_percent = "0"
poll = "1s"
balance_lag = "200ms"
[approval]
above = "none"
"#
        );
        fs::write(at.join("payoutd.toml"), text).unwrap();
        House { folder, seen_through: PathBuf::from("/"), dropped: Vec::new(), lives: 0 }
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.seen_through.join(self.real(name).strip_prefix("/").unwrap())
    }

    /// The path that the program itself sees.
    pub fn real(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// From now on looks at everything as a process does that lives in another mount namespace.
    pub fn look_through(&mut self, root: PathBuf) {
        self.seen_through = root;
    }

    /// Changes a line of the configuration, for the lives to come.
    pub fn configure(&self, old: &str, new: &str) {
        let file = self.real("payoutd.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{old}");
        fs::write(file, text.replace(old, new)).unwrap();
    }

    /// Drops a file as a careful program does: written elsewhere, then renamed.
    pub fn drop_file(&mut self, name: &str, content: &str) {
        let elsewhere = self.at("batches/being-written");
        fs::write(&elsewhere, content).unwrap();
        fs::rename(elsewhere, self.at("batches/inbox").join(name)).unwrap();
        self.dropped.push((name.to_string(), hash_of(content.as_bytes())));
    }

    /// The command of a life: `before` is what runs the program (strace, nsenter) and may be empty.
    pub fn command(&mut self, before: &[String], arguments: &[&str]) -> Command {
        self.lives += 1;
        let words: Vec<&str> = before.iter().map(String::as_str).chain([PROGRAM]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(["--config", "payoutd.toml"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PAYOUTD_CLIENT_SECRET", "open-sesame-calls")
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.real(&format!("life-{}.out", self.lives))).unwrap())
            .stderr(fs::File::create(self.real(&format!("life-{}.err", self.lives))).unwrap());
        for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(name);
        }
        command
    }

    pub fn start(&mut self, arguments: &[&str]) -> Life {
        let child = self.command(&[], arguments).spawn().unwrap();
        self.life(child)
    }

    /// Takes over a process that was made from the last [`House::command`].
    pub fn life(&self, child: Child) -> Life {
        let named = |what| self.real(&format!("life-{}.{what}", self.lives));
        Life { child, out: named("out"), err: named("err") }
    }

    /// One life from start to end.
    pub fn run(&mut self, before: &[String], arguments: &[&str], patience: Duration) -> Ended {
        let child = self.command(before, arguments).spawn().unwrap();
        self.life(child).end_within(patience)
    }
}

/// A process of ours; killed when the test forgets it.
pub struct Life {
    pub child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Life {
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap_or_default()
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits until its journal has these words.
    pub fn wait_for_words(&mut self, words: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        while !self.err().contains(words) {
            let over = self.has_ended();
            assert!(over.is_none() && Instant::now() < end, "{words:?} was never said ({over:?}):\n{}", self.err());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn end_within(mut self, patience: Duration) -> Ended {
        let end = Instant::now() + patience;
        let mut too_long = false;
        let status = loop {
            if let Some(status) = self.has_ended() {
                break status;
            }
            if Instant::now() >= end && !too_long {
                too_long = true;
                end_with_children(&mut self.child);
            }
            std::thread::sleep(Duration::from_millis(4));
        };
        Ended {
            code: if too_long { None } else { status.code() },
            killed: status.signal() == Some(9) && !too_long,
            too_long,
            out: fs::read_to_string(&self.out).unwrap_or_default(),
            err: self.err(),
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if self.child.try_wait().ok().flatten().is_none() {
            end_with_children(&mut self.child);
            let _ = self.child.wait();
        }
    }
}

/// Ends a process that we started, and what it runs for us (strace's tracee).
fn end_with_children(child: &mut Child) {
    let path = format!("/proc/{0}/task/{0}/children", child.id());
    for below in fs::read_to_string(path).unwrap_or_default().split_whitespace() {
        if let Some(pid) = below.parse().ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
    let _ = child.kill();
}

pub fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Names in a folder, sorted; none when there is no such folder.
pub fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A payroll: a reference of its own and a person of their own a row.
pub fn payroll(references: &[&str]) -> String {
    payroll_from(1, references)
}

/// As [`payroll`], of people from a number on: others than in the files before.
pub fn payroll_from(first: usize, references: &[&str]) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    for (row, reference) in (first..).zip(references) {
        let _ = writeln!(text, "{reference},509310000{row:02},{}.50,Person {row}", 100 + row);
    }
    text
}
