//! A payoutd of the test's own: a folder, a simulator in a process of its own, and the binary.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(50);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The command must have ended with this code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Said {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// It must have said this, on whichever stream.
    #[track_caller]
    pub fn says(self, part: &str) -> Said {
        assert!(self.out.contains(part) || self.err.contains(part), "no {part:?} in\n{}\n{}", self.out, self.err);
        self
    }
}

/// A process that ends with the test.
pub struct Running {
    child: Child,
    _stdout: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> i32 {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("signal");
        self.child.wait().expect("end").code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct House {
    folder: tempfile::TempDir,
    _simulator: Running,
    base_url: String,
}

/// payoutd with nothing of the caller's environment that it would read.
fn payoutd(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "PAYOUTD_CLIENT_SECRET", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
        command.env_remove(name);
    }
    command.env("SUDO_USER", "marie")
}

/// The name that stands by an order given here: `sudo` is believed of root alone, everybody else is who they are.
pub fn who() -> String {
    match rustix::process::getuid() {
        root if root.is_root() => "marie".to_string(),
        other => payoutd::files::users::name_of(other.as_raw()),
    }
}

trait Env {
    fn env(self, name: &str, value: &str) -> Command;
}

impl Env for Command {
    fn env(mut self, name: &str, value: &str) -> Command {
        Command::env(&mut self, name, value);
        self
    }
}

impl House {
    /// With settings added to the configuration, as whole sections.
    pub fn new(simulate: &[&str], more: &str) -> House {
        let folder = support::folder(env!("CARGO_TARGET_TMPDIR"));
        let (simulator, base_url) = start_simulator(folder.path(), simulate);
        let house = House { folder, _simulator: simulator, base_url };
        house.configure("simulator", more);
        std::fs::create_dir_all(house.path("batches/inbox")).expect("inbox");
        house
    }

    pub fn plain() -> House {
        House::new(&[], "")
    }

    /// Writes the configuration again. Waits are short, and `more` may not repeat a section but
    /// `[safety]`, `[balance]` and `[approval]`.
    pub fn configure(&self, environment: &str, more: &str) {
        self.write_config(environment, "", more);
    }

    /// The same, with more settings of `[engine]`.
    pub fn configure_engine(&self, engine: &str, more: &str) {
        self.write_config("simulator", engine, more);
    }

    fn write_config(&self, environment: &str, engine: &str, more: &str) {
        let text = format!(
            "[moncash]\nenvironment = \"{environment}\"\nbase_url = \"{}\"\nclient_id = \"client_id\"\n\
             connect_timeout = \"2s\"\nrequest_timeout = \"5s\"\n\
             [engine]\ntransfers_per_second = 500\nqueries_per_second = 1000\ndrain = \"10s\"\n{engine}\
             [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n{more}",
            self.base_url
        );
        self.write("payoutd.toml", &text);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, whole at once: a daemon that waits for nothing (`settle = "0s"`) would take one that is
    /// still empty.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let (elsewhere, path) = (self.path("being-written"), self.path(name));
        std::fs::write(&elsewhere, text).expect("write");
        std::fs::rename(elsewhere, &path).expect("rename");
        path
    }

    /// Drops a payroll of so many people into the inbox.
    pub fn drop_payroll(&self, name: &str, prefix: &str, people: u32) {
        self.write(&format!("batches/inbox/{name}"), &payroll(prefix, people));
    }

    pub fn run(&self, line: &str) -> Said {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// As another user, behind sudo.
    pub fn run_as(&self, uid: u32, line: &str) -> Said {
        let command = payoutd(self.folder.path());
        let out = command.env("SUDO_UID", &uid.to_string()).args(line.split_whitespace()).output().expect("run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: out.status.code().unwrap_or(-1), out: text(&out.stdout), err: text(&out.stderr) }
    }

    pub fn run_args(&self, args: &[&str]) -> Said {
        let out = payoutd(self.folder.path()).args(args).output().expect("run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: out.status.code().unwrap_or(-1), out: text(&out.stdout), err: text(&out.stderr) }
    }

    /// A command under way, to be broken off.
    pub fn begin(&self, line: &str) -> Running {
        let mut command = payoutd(self.folder.path());
        command.args(line.split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null());
        Running { child: command.spawn().expect("start"), _stdout: None }
    }

    /// The daemon, until it is stopped.
    pub fn start(&self) -> Running {
        self.start_by(payoutd(self.folder.path()))
    }

    /// The same in another time zone.
    pub fn start_in(&self, zone: &str) -> Running {
        self.start_by(payoutd(self.folder.path()).env("TZ", zone))
    }

    fn start_by(&self, mut command: Command) -> Running {
        let log = std::fs::File::create(self.path("daemon.log")).expect("log");
        let child = command.arg("run").stdout(Stdio::null()).stderr(log).spawn().expect("start");
        let running = Running { child, _stdout: None };
        self.wait_until("the daemon works", || self.path("state/live.json").exists());
        running
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let end = Instant::now() + DEADLINE;
        while !holds() {
            let log = || std::fs::read_to_string(self.path("daemon.log")).unwrap_or_default();
            assert!(Instant::now() < end, "never came: {what}\n{}", log());
            std::thread::sleep(LOOK);
        }
    }

    /// One batch of `status --json`.
    pub fn batch(&self, number: usize) -> serde_json::Value {
        let said = self.run("status --json").ends(0);
        let status: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        let id = format!("B{number:06}");
        let batches = status["batches"].as_array().cloned().unwrap_or_default();
        batches.into_iter().find(|batch| batch["id"] == id.as_str()).unwrap_or_default()
    }

    pub fn state_of(&self, number: usize) -> String {
        self.batch(number)["state"].as_str().unwrap_or_default().to_string()
    }

    /// Every file below a folder with its content, but what readers of the ledger leave beside it.
    pub fn tree(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(name)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.to_string_lossy().ends_with("-shm") && !path.to_string_lossy().ends_with("-wal") {
                    found.push((path.clone(), std::fs::read(&path).unwrap_or_default()));
                }
            }
        }
        found.sort();
        found
    }
}

fn start_simulator(folder: &Path, args: &[&str]) -> (Running, String) {
    let mut command = payoutd(folder);
    command.args(["simulate", "--listen", "127.0.0.1:0"]).args(args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("simulator");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("first line");
    let base_url = line.split('"').nth(1).expect("base_url").to_string();
    (Running { child, _stdout: Some(stdout) }, base_url)
}

/// So many people, each with HTG 100 and some centimes.
pub fn payroll(prefix: &str, people: u32) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    for person in 1..=people {
        let (receiver, cents) = (37_000_000 + person, person % 100);
        text.push_str(&format!("{prefix}-{person},{receiver},100.{cents:02},Person {person}\n"));
    }
    text
}
