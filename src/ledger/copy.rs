//! Copies: taken while a daemon runs, and put in place while none does.
//!
//! Must never: overwrite anything, or let a copy that was put in place pass for the newest ledger.

use super::at_work::command_at_work;
use super::chain::{GENESIS, Head};
use super::connect;
use super::error::LedgerError;
use super::highwater::{self, Found, Mark};
use super::migrate;
use super::reader::Reader;
use crate::payout::moment::Wall;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags};
use std::path::{Path, PathBuf};

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the ledger that lay there before was kept.
    pub kept: Option<PathBuf>,
    /// The end of the chain of the copy.
    pub head: Head,
}

/// Copies the ledger of a state folder to a new file, as it is at one moment, and checks the copy.
/// A daemon goes on working. The file appears whole or not at all; returns the copy's head.
pub fn backup(state: &Path, to: &Path) -> Result<Head, LedgerError> {
    if to.symlink_metadata().is_ok() {
        return Err(LedgerError::Refused(format!("{} exists: name a new file; nothing was written", to.display())));
    }
    let reader = Reader::open(state)?;
    let folder = folder_of(to);
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let partial = folder.join(format!(".{name}.partial"));
    let head = write_copy(&reader, &partial).and_then(|head| {
        put(&partial, to)?;
        connect::sync_folder(&folder)?;
        Ok(head)
    });
    let head = head.map_err(|error| match error {
        LedgerError::Disk(why) => LedgerError::Refused(format!(
            "the copy could not be written to {} ({why}): the ledger is untouched; check that the folder is there, its owner and its \
             free space",
            folder.display()
        )),
        other => other,
    });
    if head.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    head
}

/// Puts a copy in place of a state folder's ledger, which is kept under a dated name. The next
/// start treats every unfinished payout as doubt: what was sent since the copy, nobody knows.
pub fn restore(from: &Path, state: &Path, at: Wall) -> Result<Restored, LedgerError> {
    connect::make_folder(state)?;
    let _at_work = command_at_work(state)?;
    let _lock = connect::lock_state(state)?;
    let copy = Reader::of_any_format(from)?;
    let target = connect::database(state);
    let partial = state.join(format!(".{}.restoring", connect::FILE));
    let _ = std::fs::remove_file(&partial);
    let head = write_copy(&copy, &partial)?;
    drop(copy);
    // From here on a crash leaves a suspicion, never a ledger that looks like the newest.
    mark_restored(state)?;
    let kept = set_aside(state, &target, at)?;
    put(&partial, &target)?;
    connect::sync_folder(state)?;
    Ok(Restored { kept, head })
}

/// A consistent copy into a file of its own, readable by its owner alone, checked and on disk.
pub(super) fn write_copy(reader: &Reader, to: &Path) -> Result<Head, LedgerError> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let made = rustix::fs::open(to, flags, Mode::RUSR | Mode::WUSR)
        .map_err(|error| LedgerError::disk(format!("making {}", to.display()), error))?;
    drop(made);
    let text = to.to_str().ok_or_else(|| LedgerError::Refused(format!("{} is not a plain name", to.display())))?;
    // The connection itself was opened to read only; this lets it write the other file.
    reader.connection.execute_batch("PRAGMA query_only = OFF")?;
    reader.connection.execute("VACUUM INTO ?1", [text])?;
    reader.connection.execute_batch("PRAGMA query_only = ON")?;
    let (findings, head) = migrate::look_over(to)?;
    if let Some(problem) = findings.problems.first() {
        return Err(LedgerError::damaged(format!("the copy does not pass SQLite's integrity check: {problem}")));
    }
    let file = std::fs::File::open(to).and_then(|file| file.sync_all());
    file.map_err(|error| LedgerError::disk(format!("writing {} to disk", to.display()), error))?;
    Ok(head)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Renames without replacing anything.
pub(super) fn put(from: &Path, to: &Path) -> Result<(), LedgerError> {
    let failed = |error: String| LedgerError::disk(format!("putting {} in place", to.display()), error);
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // A file system that cannot: a second name, then the first goes.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => std::fs::hard_link(from, to)
            .and_then(|()| std::fs::remove_file(from))
            .map_err(|error| failed(error.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn mark_restored(state: &Path) -> Result<(), LedgerError> {
    let mark = match highwater::read(state)? {
        Found::Mark(mark) => Mark { restored: true, ..mark },
        Found::Missing | Found::Unreadable => Mark { epoch: 0, seq: 0, hash: GENESIS, batch: 0, restored: true },
    };
    let file = highwater::open(state)?;
    highwater::write(&file, &mark)?;
    file.sync_all().map_err(|error| LedgerError::disk("writing the high-water file to disk", error))?;
    connect::sync_folder(state)
}

/// Renames the ledger that lies there, with its write-ahead log where it cannot be copied back.
fn set_aside(state: &Path, target: &Path, at: Wall) -> Result<Option<PathBuf>, LedgerError> {
    if target.symlink_metadata().is_err() {
        return Ok(None);
    }
    // Copied back, the log goes with the last connection. A damaged ledger keeps it beside it.
    if let Ok(connection) = connect::writer(state) {
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
    let date = jiff::Timestamp::from_millisecond(at.0)
        .map(|moment| moment.strftime("%Y%m%dT%H%M%SZ").to_string())
        .unwrap_or_else(|_| at.0.to_string());
    let kept = free_name(state, &format!("{}.before-restore-{date}", connect::FILE));
    for ending in ["-wal", "-shm"] {
        let old = with_ending(target, ending);
        if old.symlink_metadata().is_ok() {
            put(&old, &with_ending(&kept, ending))?;
        }
    }
    put(target, &kept)?;
    connect::sync_folder(state)?;
    Ok(Some(kept))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn free_name(state: &Path, name: &str) -> PathBuf {
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    let plain = state.join(name);
    let numbered = (2..).map(|n: u32| state.join(format!("{name}.{n}")));
    std::iter::once(plain.clone()).chain(numbered).find(|path| !taken(path)).unwrap_or(plain)
}
