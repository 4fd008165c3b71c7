//! How a daemon that starts tells a command, which has the state folder for a moment, from another daemon.
//!
//! Both take the folder's lock. A command that gives an order with no daemon running holds it for
//! milliseconds, or for one question to MonCash; a daemon that starts just then waits for it. For another
//! daemon it waits not at all.
//!
//! Must never: let anybody have the ledger. Only the folder's lock does that; this one says who has it.

use super::error::LedgerError;
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::OwnedFd;
use std::path::Path;

/// In the state folder; empty, and worth nothing.
pub const AT_WORK_FILE: &str = "command-at-work";

/// A command is at work while this lives; the kernel lets go when its process ends, however it ends.
#[derive(Debug)]
pub struct AtWork {
    _mark: OwnedFd,
}

/// Says that a command is at work. Taken before the folder's lock is tried, so that whoever finds the
/// folder locked by a command finds this too.
///
/// # Errors
/// The file cannot be made in the state folder.
pub fn command_at_work(state: &Path) -> Result<AtWork, LedgerError> {
    let mark = open(state)?;
    // Several commands may be; who looks holds it for microseconds.
    match rustix::fs::flock(&mark, FlockOperation::LockShared) {
        Ok(()) => Ok(AtWork { _mark: mark }),
        Err(error) => Err(failed(state, error)),
    }
}

/// Whether a command is at work in a state folder.
///
/// # Errors
/// The file cannot be made in the state folder.
pub fn is_command_at_work(state: &Path) -> Result<bool, LedgerError> {
    let mark = open(state)?;
    match rustix::fs::flock(&mark, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(false),
        Err(Errno::WOULDBLOCK) => Ok(true),
        Err(error) => Err(failed(state, error)),
    }
}

fn open(state: &Path) -> Result<OwnedFd, LedgerError> {
    let flags = OFlags::RDONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(state.join(AT_WORK_FILE), flags, Mode::RUSR | Mode::WUSR).map_err(|error| failed(state, error))
}

fn failed(state: &Path, error: Errno) -> LedgerError {
    LedgerError::disk(format!("locking {}", state.join(AT_WORK_FILE).display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_at_work_is_seen_until_it_ends_and_does_not_keep_another_out() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_command_at_work(folder.path()).unwrap());
        let (one, other) = (command_at_work(folder.path()).unwrap(), command_at_work(folder.path()).unwrap());
        assert!(is_command_at_work(folder.path()).unwrap());
        drop(one);
        assert!(is_command_at_work(folder.path()).unwrap());
        drop(other);
        assert!(!is_command_at_work(folder.path()).unwrap());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), folder.path().join(AT_WORK_FILE)).unwrap();
        assert!(matches!(command_at_work(folder.path()), Err(LedgerError::Disk(_))));
        assert!(!folder.path().join("elsewhere").exists());
    }
}
