//! A folder for one process alone.
//!
//! Must never: wait for somebody who has it, or outlive its process.

use super::{FOLDER_FLAGS, FileError, Folder, show};
use rustix::fs::{self, FlockOperation, Mode};
use rustix::io::Errno;
use std::os::fd::{AsFd, OwnedFd};

/// Held while it lives; the kernel lets go when the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _fd: OwnedFd,
}

/// Takes the folder for this process alone, or says at once that somebody else has it.
pub fn lock_folder(folder: &Folder) -> Result<FolderLock, FileError> {
    // An opening of its own: a lock belongs to the opening, and clones of `folder` share theirs.
    let fd = fs::openat(folder.fd.as_fd(), ".", FOLDER_FLAGS, Mode::empty())
        .map_err(|e| FileError::io("opened", folder.path.as_os_str(), e))?;
    match fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(FolderLock { _fd: fd }),
        Err(Errno::WOULDBLOCK) => Err(FileError::Held { name: show(folder.path.as_os_str()) }),
        Err(e) => Err(FileError::io("locked", folder.path.as_os_str(), e)),
    }
}
