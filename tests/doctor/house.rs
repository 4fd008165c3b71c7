//! A house for the doctor to look at, and the built program in it.
//!
//! Must never: hand the program anything of the caller's environment that it would read.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use support::left_out;

/// The client of a simulator that is not told another.
pub const CLIENT: &str = "client_id";
pub const SECRET: &str = "client_secret";
/// Debian's nobody.
pub const NOBODY: u32 = 65_534;
/// An address where nobody listens; for what is looked at offline.
pub const NOWHERE: &str = "http://127.0.0.1:1/Api";

const FOLDERS: [&str; 8] = ["inbox", "processing", "accepted", "rejected", "reports", "approvals", "orders", "check"];

/// What the doctor said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    #[track_caller]
    pub fn ends(&self, code: i32) -> &Said {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn says(&self, part: &str) -> &Said {
        assert!(self.text.contains(part), "no {part:?} in\n{}", self.text);
        self
    }

    /// One finding of that grade holds all of these, the line of what mends it included.
    #[track_caller]
    pub fn finds(&self, grade: &str, about: &str, parts: &[&str]) -> &Said {
        let begins = format!("{grade:<8} {about}: ");
        let mut found = Vec::new();
        let mut lines = self.text.lines().peekable();
        while let Some(line) = lines.next() {
            if line.starts_with(&begins) {
                let mend = lines.peek().filter(|next| next.trim_start().starts_with("mend: "));
                found.push(format!("{line}\n{}", mend.copied().unwrap_or_default()));
            }
        }
        let fits = found.iter().any(|finding| parts.iter().all(|part| finding.contains(part)));
        assert!(fits, "no {begins} with {parts:?} in\n{}", self.text);
        self
    }

    #[track_caller]
    pub fn never_says(&self, part: &str) -> &Said {
        assert!(!self.text.contains(part), "{part:?} in\n{}", self.text);
        self
    }
}

pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    /// Every folder is there, closed to all but its owner; the secret is the simulator's.
    pub fn at(base_url: &str) -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        house.configure("sandbox", base_url, CLIENT, "");
        house.write_secret(SECRET);
        for name in FOLDERS {
            fs::create_dir_all(house.path("batches").join(name)).unwrap();
        }
        fs::create_dir(house.path("state")).unwrap();
        house.set_mode("state", 0o700);
        house.set_mode("batches", 0o700);
        for name in FOLDERS {
            house.set_mode(&format!("batches/{name}"), 0o700);
        }
        house
    }

    pub fn configure(&self, environment: &str, base_url: &str, client: &str, more: &str) {
        let live = if environment == "live" {
            "[balance]\nfee_percent = \"3\"\nfloor = \"100\"\n[approval]\nabove = \"0\"\n"
        } else {
            ""
        };
        let policy = if environment == "live" { "[safety]\nafter_not_found = \"hold\"\n" } else { "[safety]\n" };
        let text = format!(
            "[moncash]\nenvironment = \"{environment}\"\nbase_url = \"{base_url}\"\nclient_id = \"{client}\"\n\
             client_secret_file = \"secret\"\nconnect_timeout = \"1s\"\nrequest_timeout = \"2s\"\n\
             {live}{policy}{more}"
        );
        fs::write(self.path("payoutd.toml"), text).unwrap();
    }

    pub fn write_secret(&self, secret: &str) {
        fs::write(self.path("secret"), format!("{secret}\n")).unwrap();
        self.set_mode("secret", 0o600);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    pub fn doctor(&self, args: &[&str]) -> Said {
        said(&mut self.command(&[], args))
    }

    /// Behind other words, such as `strace … --`.
    pub fn doctor_under(&self, words: &[&str], args: &[&str]) -> Said {
        said(&mut self.command(words, args))
    }

    /// Another command than `doctor`.
    pub fn run_under(&self, words: &[&str], args: &[&str]) -> Said {
        said(&mut self.line(words, args))
    }

    pub fn command(&self, words: &[&str], args: &[&str]) -> Command {
        self.line(words, &[&["doctor"], args].concat())
    }

    fn line(&self, words: &[&str], args: &[&str]) -> Command {
        let program = if self.path("payoutd").exists() {
            self.path("payoutd")
        } else {
            PathBuf::from(env!("CARGO_BIN_EXE_payoutd"))
        };
        let mut line: Vec<String> = words.iter().map(ToString::to_string).collect();
        line.push(program.display().to_string());
        line.extend(args.iter().map(ToString::to_string));
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).current_dir(self.folder.path()).stdin(Stdio::null());
        bare(&mut command);
        command
    }

    /// Gives the whole house to nobody, and the words before a program that then runs as nobody. Where this is not
    /// root, the house is its own already.
    pub fn as_nobody(&self) -> Option<Vec<&'static str>> {
        if !rustix::process::geteuid().is_root() {
            return Some(Vec::new());
        }
        // The build folder may be closed to nobody: a copy lies in the house. Not written by this process, whose
        // other children would keep it open for writing, and then it could not be started.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_payoutd")).arg(self.path("payoutd")).status();
        assert!(copied.unwrap().success());
        give_away(self.folder.path());
        let words = vec!["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        let tried = Command::new(words[0]).args(&words[1..]).arg("true").output();
        if tried.is_ok_and(|out| out.status.success()) {
            return Some(words);
        }
        left_out("what payoutd's user may do", "setpriv cannot be used here");
        None
    }

    pub fn give_group(&self, name: &str, group: u32) {
        chown(self.path(name), None, Some(group)).unwrap();
    }
}

fn give_away(folder: &Path) {
    chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            give_away(&entry.path());
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}

fn bare(command: &mut Command) {
    for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "PAYOUTD_CLIENT_SECRET", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
        command.env_remove(name);
    }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
}

pub fn said(command: &mut Command) -> Said {
    let out = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    Said { code: out.status.code().unwrap_or(-1), text }
}

/// `payoutd simulate`, until it is dropped.
pub struct Simulator {
    child: Child,
    /// It ends when nobody reads what it says.
    _stdout: BufReader<ChildStdout>,
    pub base_url: String,
}

impl Simulator {
    pub fn start(args: &[&str]) -> Simulator {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
        command.args(["simulate", "--listen", "127.0.0.1:0"]).args(args).stdin(Stdio::null());
        bare(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let base_url = line.split('"').nth(1).expect("its address").to_string();
        Simulator { child, _stdout: stdout, base_url }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a program runs here.
pub fn runs(words: &[&str]) -> bool {
    let tried = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output();
    tried.is_ok_and(|out| out.status.success())
}
