//! A house to measure: folders on the disk that the build lies on, and a MonCash beside it.
//!
//! Must never: leave a process or a folder behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for anything that must come.
const PATIENCE: Duration = Duration::from_secs(600);

/// A folder of its own, on the disk of the build: a temporary file system in memory would make every
/// flush free.
pub fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder for the bench")
}

pub fn payoutd() -> Command {
    Command::new(env!("CARGO_BIN_EXE_payoutd"))
}

/// Ends with the value that holds it.
pub struct Process(pub Child);

impl Process {
    /// SIGTERM, and until it has ended.
    pub fn end(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is told to end");
        until("it ends", || self.0.try_wait().expect("it is waited for").is_some());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks every millisecond whether it is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// `payoutd simulate` as a process of its own.
pub struct Simulator {
    pub address: String,
    _process: Process,
    /// Kept open: the simulator ends when nobody reads its first lines.
    _stdout: BufReader<ChildStdout>,
}

impl Simulator {
    pub fn start(options: &[&str]) -> Simulator {
        let mut command = payoutd();
        command.args(["simulate", "--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the simulator starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("its first line");
        let address = first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("its address");
        Simulator { address: address.to_string(), _process: Process(child), _stdout: stdout }
    }

    /// What it tells of itself under a path, as JSON.
    pub fn tell(&self, path: &str) -> serde_json::Value {
        let mut stream = TcpStream::connect(&self.address).expect("the simulator");
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).expect("a question");
        let mut told = String::new();
        stream.read_to_string(&mut told).expect("an answer");
        let (_, body) = told.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }

    /// When (ms, its own count) each call of a kind arrived, the earliest first.
    pub fn times_of(&self, call: &str) -> Vec<u64> {
        let calls = self.tell("/simulator/calls");
        let calls = calls.as_array().expect("a list").iter().filter(|entry| entry["call"] == call);
        let mut times: Vec<u64> = calls.map(|entry| entry["at_ms"].as_u64().expect("a moment")).collect();
        times.sort_unstable();
        times
    }

    /// Until so many calls of a kind have arrived. Asks rarely and little: it has other things to do.
    pub fn wait_for(&self, call: &str, count: u32, at_most: Duration) {
        let (began, mut seen, mut found) = (Instant::now(), 0, 0);
        while found < count {
            assert!(began.elapsed() < at_most, "{found} of {count} calls came within {at_most:?}");
            std::thread::sleep(Duration::from_millis(500));
            let more = self.tell(&format!("/simulator/calls?after={seen}"));
            let more = more.as_array().expect("a list");
            seen += more.len();
            found += u32::try_from(more.iter().filter(|entry| entry["call"] == call).count()).expect("few");
        }
    }
}

/// What the simulator calls the calls.
pub mod call_of {
    pub const TRANSFER: &str = "transfer";
}

/// One installation: `payoutd.toml`, `batches/`, `state/`.
pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    /// `settings`: the whole configuration but `[moncash]`.
    pub fn build(moncash: &str, settings: &str) -> House {
        let folder = folder();
        std::fs::create_dir_all(folder.path().join("batches/inbox")).expect("folders");
        let text = format!(
            "[moncash]\nenvironment = \"simulator\"\nbase_url = \"http://{moncash}/Api\"\nclient_id = \"client_id\"\n{settings}"
        );
        std::fs::write(folder.path().join("payoutd.toml"), text).expect("a configuration");
        House { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn place(&self, of: &str) -> PathBuf {
        self.folder.path().join("batches").join(of)
    }

    /// Puts a file into the inbox, whole at once.
    pub fn drop_file(&self, name: &str, from: &Path) {
        let beside = self.folder.path().join("on-its-way");
        std::fs::copy(from, &beside).expect("a copy");
        std::fs::rename(beside, self.place("inbox").join(name)).expect("it is dropped");
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = payoutd();
        command.arg("--config").arg(self.folder.path().join("payoutd.toml")).args(arguments);
        command.env("PAYOUTD_CLIENT_SECRET", "client_secret").current_dir(self.folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    pub fn start(&self) -> Process {
        Process(self.command(&["run"]).spawn().expect("payoutd starts"))
    }
}
