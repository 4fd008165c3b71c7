//! With which permissions files and folders are made, before the umask. A person, or tmpfiles.d, opens
//! folders to groups; see "Who may do what" in the README.
//!
//! Must never: open anything of itself to more than the group that a folder passes on.

use rustix::fs::{Mode, Stat};

/// Permissions of the files that people read: owner and group (octal). The folder says which group.
pub const SHARED_FILE: u32 = 0o640;
/// Permissions of folders that people drop into and read from, where payoutd has to make them: closed.
pub const SHARED_FOLDER: u32 = 0o700;
/// The same within a folder that passes its group on (setgid): who set that meant the group to read.
const GROUPS_FOLDER: u32 = 0o750;
/// Permissions of files that belong to the daemon alone.
pub const STATE_FILE: u32 = 0o600;
/// Permissions of folders that belong to the daemon alone.
pub const STATE_FOLDER: u32 = 0o700;

/// With which permissions a folder that is wanted with `mode` is made within `parent`.
pub(super) fn within(parent: Option<&Stat>, mode: u32) -> u32 {
    let passes_group_on = parent.is_some_and(|stat| Mode::from_raw_mode(stat.st_mode).contains(Mode::SGID));
    if mode == SHARED_FOLDER && passes_group_on { GROUPS_FOLDER } else { mode }
}
