//! The simulator and the daemon as processes, and the folders as a user sees them.
//!
//! Must never: leave a process behind, or wait without an end.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for what must come: only a broken product is met by it.
const AT_MOST: Duration = Duration::from_secs(90);
/// How long a file must stand still before it is taken.
pub const SETTLE: Duration = Duration::from_millis(400);

/// A child process that does not outlive the test.
pub struct Process(Child);

impl Process {
    /// SIGTERM, and the exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let pid = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(began.elapsed() < AT_MOST, "SIGTERM is not obeyed");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `payoutd simulate`, on a port of its own.
pub struct Simulator {
    address: String,
    _process: Process,
    /// Kept open: the simulator ends when nobody reads its first lines.
    _stdout: BufReader<ChildStdout>,
}

impl Simulator {
    pub fn start(options: &[&str]) -> Simulator {
        let mut child = Command::new(env!("CARGO_BIN_EXE_payoutd"))
            .args(["simulate", "--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first).unwrap();
        let address = first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_string();
        Simulator { address, _process: Process(child), _stdout: stdout }
    }

    fn call(&self, request: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let json = answer.find("\r\n\r\n").map_or("", |end| &answer[end..]);
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Debits, references debited, references debited more than once.
    pub fn debits(&self) -> (u64, u64, usize) {
        let told = self.call("GET /simulator/debits", "");
        let twice = told["paid_more_than_once"].as_array().map_or(0, Vec::len);
        (told["debits"].as_u64().unwrap_or(0), told["references"].as_u64().unwrap_or(0), twice)
    }

    /// Wallets and gourdes of every transfer that was paid, sorted.
    #[allow(dead_code)]
    pub fn paid(&self) -> Vec<(String, String)> {
        let told = self.call("GET /simulator/transfers", "");
        let is_paid = |entry: &&Value| entry["call"] == "transfer" && !entry["paid_at_ms"].is_null();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let entries = told.as_array().into_iter().flatten().filter(is_paid);
        let mut paid: Vec<_> = entries.map(|entry| (text(&entry["receiver"]), text(&entry["amount"]))).collect();
        paid.sort();
        paid
    }

    pub fn top_up(&self, amount: &str) {
        self.call("POST /simulator/top-up", &format!("{{\"amount\":\"{amount}\"}}"));
    }
}

/// The folders and the configuration of one installation.
pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    pub fn build(simulator: &Simulator, more: &str) -> House {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("batches/inbox")).unwrap();
        let text = format!(
            r#"[moncash]
environment = "simulator"
base_url = "http://{}/Api"
client_id = "client_id"
[engine]
transfers_per_second = 100
queries_per_second = 300
[intake]
settle = "{}ms"
rescan = "1s"
[safety]
grace = "3s"
ask_every = "200ms"
not_found_answers = 2
min_free = "1MB"
[balance]
poll = "1s"
balance_lag = "500ms"
{more}"#,
            simulator.address,
            SETTLE.as_millis(),
        );
        fs::write(folder.path().join("payoutd.toml"), text).unwrap();
        House { folder }
    }

    pub fn place(&self, of: &str) -> PathBuf {
        self.folder.path().join("batches").join(of)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("PAYOUTD_CONFIG")
            .env_remove("NOTIFY_SOCKET")
            .env("PAYOUTD_CLIENT_SECRET", "client_secret")
            .stdin(Stdio::null());
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Process {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("journal")).unwrap();
        Process(self.command(arguments).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// `run --once`, and its exit code.
    pub fn once(&self) -> Option<i32> {
        self.command(&["run", "--once", "--for", "80s"]).output().unwrap().status.code()
    }

    /// Dropped as people do it: written in place.
    pub fn drop_file(&self, name: &str, text: &str) {
        let elsewhere = self.place("being-written");
        fs::write(&elsewhere, text).unwrap();
        fs::rename(elsewhere, self.place("inbox").join(name)).unwrap();
    }

    /// Names in a folder that end so.
    pub fn named(&self, folder: &str, ending: &str) -> Vec<String> {
        names_in(&self.place(folder)).into_iter().filter(|name| name.ends_with(ending)).collect()
    }

    /// The first file in a folder whose name ends so; nothing when there is none yet.
    pub fn read(&self, folder: &str, ending: &str) -> String {
        let first = self.named(folder, ending).into_iter().next();
        first.and_then(|name| fs::read_to_string(self.place(folder).join(name)).ok()).unwrap_or_default()
    }

    /// Bytes of the ledger and its log.
    pub fn ledger_size(&self) -> u64 {
        let state = self.folder.path().join("state");
        let names = names_in(&state);
        names.iter().filter_map(|name| fs::metadata(state.join(name)).ok()).map(|found| found.len()).sum()
    }

    /// Rows of every report that there is.
    pub fn rows_told(&self, reference: &str) -> Vec<usize> {
        let reports = self.place("reports");
        let read = |name: String| fs::read_to_string(reports.join(name)).unwrap_or_default();
        self.named("reports", ".report.csv").into_iter().map(|name| read(name).matches(reference).count()).collect()
    }
}

pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < AT_MOST, "never came: {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// A payroll of our own making.
pub fn payroll(prefix: &str, rows: u32) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    for row in 1..=rows {
        let _ = writeln!(text, "{prefix}-{row:05},{},{}.50,Person {row}", 30_000_000 + row, 100 + row % 900);
    }
    text
}

pub fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 of every file in some folders.
pub fn hashes(folders: &[PathBuf]) -> Vec<String> {
    let of = |folder: &PathBuf| {
        let folder = folder.clone();
        names_in(&folder).into_iter().map(move |name| hash_of(&fs::read(folder.join(name)).unwrap_or_default()))
    };
    folders.iter().flat_map(of).collect()
}

/// Names in a folder, sorted; none when there is no such folder.
pub fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
