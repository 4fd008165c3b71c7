//! What this machine and this build give: open files, and which SQLite writes to the ledger.
//!
//! Must never: run a program on the ledger.

use super::finding::Finding;
use crate::config::Config;
use crate::ledger::{least_sqlite, sqlite_may_write, sqlite_version};
use rustix::process::{Resource, getrlimit};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Open files besides one for each call under way: ledger, folders, reports, watchers.
const FILES_BESIDES: u64 = 64;
/// The tool that people open databases with.
const TOOL: &str = "sqlite3";

pub fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![look_at_files(config), look_at_library()];
    findings.extend(look_at_tool());
    findings
}

/// Each call has a connection of its own.
fn look_at_files(config: &Config) -> Finding {
    let calls = config.engine.max_in_flight;
    let needed = u64::try_from(calls).unwrap_or(u64::MAX).saturating_add(FILES_BESIDES);
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < needed => Finding::bad(
            "files",
            format!("this user may open {limit} files at once, and [engine] max_in_flight = {calls} needs {needed}"),
            "LimitNOFILE=4096 in the unit ('systemctl edit payoutd'), or 'ulimit -n 4096' before a start by hand",
        ),
        Some(limit) => Finding::good("files", format!("{limit} may be open at once, {needed} are needed")),
        None => Finding::good("files", "any number may be open at once"),
    }
}

fn look_at_library() -> Finding {
    let (version, least) = (sqlite_version(), least_sqlite());
    if sqlite_may_write(version) {
        return Finding::good("sqlite", format!("{version}, in this program"));
    }
    Finding::bad(
        "sqlite",
        format!(
            "this program was built with SQLite {version}: before {least} two connections that write could damage the ledger \
             (WAL-reset bug)"
        ),
        "install a payoutd that was built with its bundled SQLite ('cargo build --release' of the sources)",
    )
}

/// The tool of a distribution, opened on a live ledger, is a second writer.
fn look_at_tool() -> Option<Finding> {
    let folders = std::env::var_os("PATH")?;
    let tool: PathBuf = std::env::split_paths(&folders).map(|folder| folder.join(TOOL)).find(|path| path.is_file())?;
    let asked = Command::new(&tool).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let told = String::from_utf8_lossy(&asked.stdout).into_owned();
    let version = told.split_whitespace().next().unwrap_or("unknown").to_string();
    if sqlite_may_write(&version) {
        return None;
    }
    Some(Finding::warning(
        "sqlite",
        format!(
            "the tool {} is SQLite {version}: before {} it can damage a ledger that payoutd has open, even by looking at it \
             (it writes the log back when it ends)",
            tool.display(),
            least_sqlite()
        ),
        format!(
            "never open the ledger with it: 'payoutd backup /tmp/copy.sqlite3', then '{} /tmp/copy.sqlite3'",
            tool.display()
        ),
    ))
}
