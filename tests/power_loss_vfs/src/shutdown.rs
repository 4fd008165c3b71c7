//! Cuts a mounted file system off from its disk, as a power cut does, and keeps it from everybody else.
//!
//! Must never: be called on anything but a file system that the test itself made and mounted.

use std::ffi::{c_int, c_ulong};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// `_IOR('X', 125, __u32)`: EXT4_IOC_SHUTDOWN, the same as XFS's and F2FS's.
const SHUTDOWN: c_ulong = 0x8004_587d;
/// Without writing the journal's end first: what was not flushed is gone.
const NO_LOG_FLUSH: u32 = 2;

unsafe extern "C" {
    fn ioctl(fd: c_int, request: c_ulong, ...) -> c_int;
    fn unshare(flags: c_int) -> c_int;
}

/// CLONE_NEWNS.
const MOUNTS: c_int = 0x0002_0000;

/// From here on this thread, and the processes that it starts, have mounts of their own. A process
/// elsewhere that copies the machine's mounts meanwhile would keep ours alive, shut down as it is.
pub fn own_mounts() -> io::Result<()> {
    // SAFETY: takes a number, and changes nothing in memory; only this thread's view of the mounts.
    let done = unsafe { unshare(MOUNTS) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Nothing reaches the disk any more from here on; every later call on it fails. `mount` is where it
/// is mounted.
pub fn shut_down(mount: &Path) -> io::Result<()> {
    let folder = File::open(mount)?;
    let how = NO_LOG_FLUSH;
    // SAFETY: an open descriptor, a request that reads one u32, and a pointer to one that outlives it.
    let done = unsafe { ioctl(folder.as_raw_fd(), SHUTDOWN, &raw const how) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
