//! Filesystems of a test's own, in a mount namespace that nobody else sees: small, full, read-only.
//!
//! Must never: mount anything where another process could see it.

use super::house::House;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A shell that lives in the namespace and holds it; it ends when this is dropped.
pub struct Mounts {
    shell: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    as_root: bool,
    home: PathBuf,
}

impl Mounts {
    /// # Errors
    /// Why this machine does not permit it.
    pub fn open(house: &mut House) -> Result<Mounts, String> {
        let as_root = rustix::process::geteuid().is_root();
        let flags: &[&str] = if as_root { &["--mount"] } else { &["--mount", "--map-root-user"] };
        let shell = Command::new("unshare")
            .args(flags)
            .args(["--propagation", "private", "sh"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut shell = shell.map_err(|error| format!("unshare cannot be started ({error})"))?;
        let (orders, answers) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        let home = house.real("");
        let mut mounts = Mounts { shell, orders, answers, as_root, home };
        mounts.run("true").map_err(|_| "a mount namespace of one's own is not permitted".to_string())?;
        mounts.run("mkdir -p /tmp && mount -t tmpfs -o size=1m none /mnt").map_err(|_| "mounting is not permitted")?;
        let entered = Command::new("nsenter").args(mounts.words()).arg("true").output();
        if !entered.is_ok_and(|out| out.status.success()) {
            return Err("nsenter cannot enter the namespace".to_string());
        }
        house.look_through(PathBuf::from(format!("/proc/{}/root", mounts.shell.id())));
        Ok(mounts)
    }

    fn words(&self) -> Vec<String> {
        let mut words = vec!["-t".to_string(), self.shell.id().to_string(), "-m".to_string()];
        if !self.as_root {
            words.extend(["-U".to_string(), "--preserve-credentials".to_string()]);
        }
        words.push("--".to_string());
        words
    }

    /// The words before a program that is to live in the namespace, in the house's folder.
    pub fn inside(&self) -> Vec<String> {
        let mut words = vec!["nsenter".to_string()];
        words.extend(self.words());
        words.extend(["sh", "-c", "cd \"$0\" && exec \"$@\""].map(str::to_string));
        words.push(self.home.display().to_string());
        words
    }

    /// Runs a shell command in the namespace, in the house's folder.
    ///
    /// # Errors
    /// Its exit code.
    pub fn run(&mut self, command: &str) -> Result<(), String> {
        let line = format!("(cd '{}' && {command}) >/dev/null; echo \"ended $?\"\n", self.home.display());
        self.orders.write_all(line.as_bytes()).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| error.to_string())?;
        if answer.trim() == "ended 0" { Ok(()) } else { Err(format!("{command}: {answer:?}")) }
    }

    pub fn must(&mut self, command: &str) {
        self.run(command).unwrap();
    }

    /// A small filesystem in memory over a folder of the house.
    pub fn small(&mut self, folder: &str, size: &str) {
        self.must(&format!("mkdir -p '{folder}' && mount -t tmpfs -o size={size},mode=0700 none '{folder}'"));
    }

    /// Fills a folder's filesystem until so much is left.
    pub fn fill(&mut self, folder: &str, left_kib: u32) {
        self.must(&format!(
            "free=$(df -k --output=avail '{folder}' | tail -1) && \
             {{ head -c $(( (free - {left_kib}) * 1024 )) /dev/zero > '{folder}/filler' || test {left_kib} = 0; }}"
        ));
    }

    pub fn make_room(&mut self, folder: &str) {
        self.must(&format!("rm '{folder}/filler'"));
    }
}

impl Drop for Mounts {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
