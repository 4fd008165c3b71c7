//! The folders, the configuration and the process of one run of the real binary.
//!
//! Must never: reach into the ledger. What users see is all there is to see.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct House {
    pub folder: tempfile::TempDir,
    /// SHA-256 of every file that was dropped.
    pub dropped: Vec<(String, String)>,
    lives: u32,
}

/// What the configuration of a run says beyond the usual.
#[derive(Clone, Copy)]
pub struct Rules {
    pub after_not_found: &'static str,
    pub fee: bool,
    pub floor_cents: i64,
}

impl House {
    pub fn build(base_url: &str, rules: Rules) -> House {
        let folder = support::folder(env!("CARGO_TARGET_TMPDIR"));
        let at = folder.path();
        fs::create_dir_all(at.join("batches/inbox")).unwrap();
        let floor = format!("{}.{:02}", rules.floor_cents / 100, rules.floor_cents % 100);
        let fee = if rules.fee { "3" } else { "0" };
        let text = format!(
            r#"[moncash]
environment = "sandbox"
base_url = "{base_url}"
client_id = "gauntlet"
connect_timeout = "1s"
request_timeout = "1500ms"
[engine]
transfers_per_second = 40
queries_per_second = 200
max_in_flight = 12
drain = "2s"
[folders]
batches = "batches"
state = "state"
[intake]
settle = "0s"
rescan = "1s"
[safety]
check_first = true
after_not_found = "{}"
grace = "3s"
not_found_answers = 2
ask_every = "200ms"
ask_at_most_every = "1s"
ask_for = "40s"
attempts = 3
equal_refusals = 1000
min_free = "1MB"
[balance]
floor = "{floor}"
fee_percent = "{fee}"
poll = "1s"
balance_lag = "1s"
[approval]
above = "none"
"#,
            rules.after_not_found
        );
        fs::write(at.join("payoutd.toml"), text).unwrap();
        House { folder, dropped: Vec::new(), lives: 0 }
    }

    pub fn place(&self, of: &str) -> PathBuf {
        self.folder.path().join("batches").join(of)
    }

    /// Starts the binary; its stderr goes to a file of its own.
    pub fn start(&mut self, arguments: &[&str]) -> Child {
        self.lives += 1;
        let log = fs::File::create(self.log()).unwrap();
        Command::new(env!("CARGO_BIN_EXE_payoutd"))
            .args(["--config", "payoutd.toml"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PAYOUTD_CLIENT_SECRET", "open-sesame-gauntlet")
            .env_remove("PAYOUTD_CONFIG")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join(format!("life-{:03}.log", self.lives))
    }

    /// Every life's journal.
    pub fn journal(&self) -> String {
        let mut all = String::new();
        for life in 1..=self.lives {
            let text = fs::read_to_string(self.folder.path().join(format!("life-{life:03}.log"))).unwrap_or_default();
            let _ = writeln!(all, "--- life {life}\n{text}");
        }
        all
    }

    pub fn last_words(&self) -> String {
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    /// Drops a file as a careful program does: written elsewhere, then renamed.
    pub fn drop_file(&mut self, name: &str, content: &str) {
        let elsewhere = self.folder.path().join("being-written");
        if self.place("inbox").join(name).exists() {
            // Nobody took the last one of this name: the user overwrites it himself.
            if let Some(last) = self.dropped.iter().rposition(|(dropped, _)| dropped == name) {
                self.dropped.remove(last);
            }
        }
        fs::write(&elsewhere, content).unwrap();
        fs::rename(&elsewhere, self.place("inbox").join(name)).unwrap();
        self.dropped.push((name.to_string(), hash_of(content.as_bytes())));
    }
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

/// A payroll of our own making: references `PREFIX-001`, receivers of their own for each prefix.
pub fn payroll(prefix: &str, series: u32, rows: u32) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    for row in 1..=rows {
        let receiver = 30_000_000 + series * 10_000 + row;
        let _ = writeln!(text, "{prefix}-{row:03},509{receiver},{}.{:02},Person {row}", 100 + row, row % 100);
    }
    text
}
