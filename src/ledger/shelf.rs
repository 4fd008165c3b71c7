//! Regular copies in a folder of their own: dated, checked, and the oldest taken away beyond a number.
//!
//! Must never: take away a file that is not one of these copies, the newest one, or any before the new one is
//! whole and on disk.

use super::chain::Head;
use super::connect;
use super::copy::backup;
use super::error::LedgerError;
use crate::payout::moment::Wall;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How a copy's name begins and ends; the moment stands between.
const BEGINS: &str = "ledger-";
const ENDS: &str = ".sqlite3";
/// What a copy is called while it grows.
const PARTIAL: &str = ".partial";
/// Digits and letters of the moment, `20261122T211500123Z`: by name is by time.
const MOMENT: usize = 19;

/// A copy that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelved {
    pub file: PathBuf,
    pub head: Head,
    /// Older copies that were taken away.
    pub removed: u32,
    /// Copies that are dated later than now: they count for nothing and stay.
    pub from_the_future: u32,
    /// The folder lies on the disk that the ledger lies on.
    pub same_disk: bool,
}

/// Adds a copy of the ledger to `folder`, then takes away the oldest beyond `keep`. One at a time.
pub fn backup_into(state: &Path, folder: &Path, keep: usize, at: Wall) -> Result<Shelved, LedgerError> {
    if !folder.is_dir() {
        return Err(LedgerError::Refused(format!(
            "{} is no folder: make it, for payoutd's user alone and on another disk; nothing was written",
            folder.display()
        )));
    }
    let _lock = connect::lock_state(folder).map_err(|error| match error {
        LedgerError::Held(_) => {
            LedgerError::Refused(format!("another backup into {} is under way: nothing was written", folder.display()))
        }
        other => other,
    })?;
    let failed = |error: std::io::Error| LedgerError::disk(format!("looking into {}", folder.display()), error);
    // What a killed backup left; the lock says that nobody writes it.
    for name in names(folder).map_err(failed)? {
        let partial = name.strip_prefix('.').and_then(|name| name.strip_suffix(PARTIAL)).is_some_and(is_copy);
        if partial {
            remove(&folder.join(name))?;
        }
    }
    let moment = moment_of(at)?;
    let file = folder.join(format!("{BEGINS}{moment}{ENDS}"));
    let head = backup(state, &file)?;
    let mut copies: Vec<String> = names(folder).map_err(failed)?.into_iter().filter(|name| is_copy(name)).collect();
    copies.sort();
    let newest = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let future = copies.iter().filter(|name| **name > newest).count();
    copies.truncate(copies.len() - future);
    let beyond = copies.len().saturating_sub(keep.max(1));
    for name in &copies[..beyond] {
        remove(&folder.join(name))?;
    }
    connect::sync_folder(folder)?;
    let disk = |path: &Path| std::fs::metadata(path).map(|about| about.dev()).map_err(failed);
    Ok(Shelved {
        file,
        head,
        removed: u32::try_from(beyond).unwrap_or(u32::MAX),
        from_the_future: u32::try_from(future).unwrap_or(u32::MAX),
        same_disk: disk(folder)? == disk(state)?,
    })
}

fn moment_of(at: Wall) -> Result<String, LedgerError> {
    let moment = jiff::Timestamp::from_millisecond(at.0)
        .map_err(|error| LedgerError::Refused(format!("the machine's clock is off ({error}): nothing was written")))?;
    Ok(format!("{}{:03}Z", moment.strftime("%Y%m%dT%H%M%S"), at.0.rem_euclid(1000)))
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Whether a name is one that a copy gets here, to the letter.
fn is_copy(name: &str) -> bool {
    let Some(moment) = name.strip_prefix(BEGINS).and_then(|rest| rest.strip_suffix(ENDS)) else { return false };
    moment.len() == MOMENT
        && moment.bytes().enumerate().all(|(place, byte)| match place {
            8 => byte == b'T',
            18 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

fn remove(file: &Path) -> Result<(), LedgerError> {
    std::fs::remove_file(file).map_err(|error| LedgerError::disk(format!("removing {}", file.display()), error))
}
