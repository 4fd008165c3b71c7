//! The simulator and the daemon as processes, and the folders of one installation, wherever they lie.
//!
//! Must never: leave a process behind, or wait without an end.

use sha2::{Digest, Sha256};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for what must come: only a broken product is met by it.
const AT_MOST: Duration = Duration::from_secs(120);

/// A child process that does not outlive the test.
pub struct Process(Child);

impl Process {
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `payoutd simulate`, on a port of its own and on the machine's own disk.
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

    /// Debits, references debited, references debited more than once.
    pub fn debits(&self) -> (u64, u64, usize) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("GET /simulator/debits HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let json = answer.find("\r\n\r\n").map_or("", |end| &answer[end..]);
        let told: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        let twice = told["paid_more_than_once"].as_array().map_or(0, Vec::len);
        (told["debits"].as_u64().unwrap_or(0), told["references"].as_u64().unwrap_or(0), twice)
    }
}

/// The folders and the configuration of one installation.
pub struct House {
    /// Without links, so that what the system calls name can be compared with it.
    pub folder: PathBuf,
}

impl House {
    pub fn build(folder: &Path, simulator: &Simulator) -> House {
        let folder = folder.canonicalize().unwrap();
        fs::create_dir_all(folder.join("batches/inbox")).unwrap();
        let text = format!(
            r#"[moncash]
environment = "simulator"
base_url = "http://{}/Api"
client_id = "client_id"
[engine]
transfers_per_second = 40
queries_per_second = 300
[intake]
settle = "100ms"
rescan = "1s"
[safety]
grace = "2s"
ask_every = "200ms"
not_found_answers = 2
min_free = "1MB"
[balance]
poll = "1s"
balance_lag = "500ms"
"#,
            simulator.address
        );
        fs::write(folder.join("payoutd.toml"), text).unwrap();
        House { folder }
    }

    pub fn place(&self, of: &str) -> PathBuf {
        self.folder.join("batches").join(of)
    }

    fn dress<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.current_dir(&self.folder).stdin(Stdio::null()).env("PAYOUTD_CLIENT_SECRET", "client_secret");
        for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.dress(Command::new(env!("CARGO_BIN_EXE_payoutd")).args(arguments)).output().unwrap()
    }

    /// The same, with every system call on a file or to a socket written down.
    pub fn run_traced(&self, trace: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-s", "64"]).args(support::traced::OPEN).arg("-o").arg(trace);
        command.arg(format!("--trace={}", super::calls::TRACED.join(",")));
        command.arg(env!("CARGO_BIN_EXE_payoutd")).args(arguments);
        self.dress(&mut command).output().unwrap()
    }

    pub fn start(&self, arguments: &[&str]) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
        self.dress(command.args(arguments)).stdout(Stdio::null()).stderr(Stdio::null());
        Process(command.spawn().unwrap())
    }

    pub fn drop_file(&self, name: &str, text: &str) {
        let elsewhere = self.folder.join("being-written");
        fs::write(&elsewhere, text).unwrap();
        fs::rename(elsewhere, self.place("inbox").join(name)).unwrap();
    }

    /// Files in a folder whose names end so, with their contents.
    pub fn files(&self, folder: &str, ending: &str) -> Vec<(String, String)> {
        let Ok(entries) = fs::read_dir(self.place(folder)) else { return Vec::new() };
        let mut files: Vec<(String, String)> = entries
            .flatten()
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
            .filter(|(name, _)| name.ends_with(ending) && !name.starts_with('.'))
            .map(|(name, path)| (name, fs::read_to_string(path).unwrap()))
            .collect();
        files.sort();
        files
    }
}

pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < AT_MOST, "never came: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A payroll of our own making; `first` says who is paid.
pub fn payroll(prefix: &str, first: u32, rows: u32) -> String {
    let row = |row| format!("{prefix}-{row:04},{},{}.50,Person {row}\n", 30_000_000 + row, 100 + row % 900);
    let rows: String = (first..first + rows).map(row).collect();
    format!("reference,receiver,amount,name\n{rows}")
}

pub fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
