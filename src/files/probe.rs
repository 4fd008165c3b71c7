//! What a folder's filesystem can do, tried with a file of our own, and what kind it says it is.
//!
//! Must never: leave anything behind, touch a file that is not ours, or take the lock of the folder itself
//! (a payoutd that starts at that moment would find it taken).

use super::draft::own_name;
use super::{FileError, Folder, STATE_FILE, show};
use rustix::fs::{self, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::path::Path;

/// The kind of a filesystem, as far as it matters to whoever keeps money on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filesystem {
    /// On this machine's own disk.
    Local(&'static str),
    /// Another machine's.
    Network(&'static str),
    /// Gone after a restart.
    Memory(&'static str),
    /// Without users and modes.
    Modeless(&'static str),
    /// A program plays it; what it keeps to, nobody can say.
    Fuse,
    /// The writable layer of a container: gone with it.
    Layer,
    /// None of those that are known here.
    Other(u32),
}

/// `f_type` of statfs(2), by the kernel's magic.h and the filesystems' own headers.
const KINDS: [(u32, Filesystem); 34] = [
    (0xEF53, Filesystem::Local("ext4")),
    (0x5846_5342, Filesystem::Local("xfs")),
    (0x9123_683E, Filesystem::Local("btrfs")),
    (0x2FC1_2FC1, Filesystem::Local("zfs")),
    (0xF2F5_2010, Filesystem::Local("f2fs")),
    (0xCA45_1A4E, Filesystem::Local("bcachefs")),
    (0x3153_464A, Filesystem::Local("jfs")),
    (0x5265_4973, Filesystem::Local("reiserfs")),
    (0x6969, Filesystem::Network("NFS")),
    (0x517B, Filesystem::Network("SMB")),
    (0xFE53_4D42, Filesystem::Network("SMB")),
    (0xFF53_4D42, Filesystem::Network("SMB")),
    (0x00C3_6400, Filesystem::Network("Ceph")),
    (0x5346_414F, Filesystem::Network("AFS")),
    (0x6B41_4653, Filesystem::Network("AFS")),
    (0x7375_7245, Filesystem::Network("Coda")),
    (0x0102_1997, Filesystem::Network("9p")),
    (0x0BD0_0BD0, Filesystem::Network("Lustre")),
    (0x0116_1970, Filesystem::Network("GFS2")),
    (0x7461_636F, Filesystem::Network("OCFS2")),
    (0x1983_0326, Filesystem::Network("BeeGFS")),
    (0x564C, Filesystem::Network("NCP")),
    (0x786F_4256, Filesystem::Network("a VirtualBox share")),
    (0xBACB_ACBC, Filesystem::Network("a VMware share")),
    (0x7C7C_6673, Filesystem::Network("a Parallels share")),
    (0x0102_1994, Filesystem::Memory("tmpfs")),
    (0x8584_58F6, Filesystem::Memory("ramfs")),
    (0x4D44, Filesystem::Modeless("FAT")),
    (0x2011_BAB0, Filesystem::Modeless("exFAT")),
    (0x7366_746E, Filesystem::Modeless("NTFS")),
    (0x5346_544E, Filesystem::Modeless("NTFS")),
    (0x4244, Filesystem::Modeless("HFS")),
    (0x6573_5546, Filesystem::Fuse),
    (0x794C_7630, Filesystem::Layer),
];

/// What a magic number stands for.
fn kind_of(magic: u32) -> Filesystem {
    KINDS.iter().find(|(known, _)| *known == magic).map_or(Filesystem::Other(magic), |(_, kind)| *kind)
}

/// Room on a filesystem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that this process may still fill.
    pub free: u64,
    /// Files that may still be made; `None` where the filesystem counts none.
    pub files: Option<u64>,
    pub device: u64,
}

/// Why a folder gives no events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEvents {
    /// This user has as many watchers as it may have (`max_user_instances`), or this process as many files.
    Watchers,
    /// This user watches as many folders as it may (`max_user_watches`).
    Watches,
    Other(Errno),
}

impl Folder {
    /// What kind of filesystem it lies on.
    pub fn filesystem(&self) -> Result<Filesystem, FileError> {
        let stat = fs::fstatfs(&self.fd).map_err(|e| FileError::io("measured", self.path.as_os_str(), e))?;
        let magic = u32::try_from(stat.f_type & 0xFFFF_FFFF).unwrap_or(0);
        Ok(kind_of(magic))
    }

    #[allow(
        clippy::useless_conversion,
        clippy::unnecessary_fallible_conversions,
        reason = "the fields' widths differ between machines: some of these conversions are idle here"
    )]
    pub fn room(&self) -> Result<Room, FileError> {
        let failed = |e| FileError::io("measured", self.path.as_os_str(), e);
        let space = fs::fstatvfs(&self.fd).map_err(failed)?;
        let stat = fs::fstat(&self.fd).map_err(failed)?;
        Ok(Room {
            free: space.f_bavail.saturating_mul(space.f_frsize),
            files: (space.f_files > 0).then_some(space.f_favail),
            device: u64::try_from(stat.st_dev).unwrap_or(0),
        })
    }

    /// Whether changes in it are told (inotify), by asking for it once.
    pub fn prove_events(&self) -> Result<(), NoEvents> {
        use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
        let watcher = init(CreateFlags::CLOEXEC).map_err(|e| match e {
            Errno::MFILE | Errno::NFILE => NoEvents::Watchers,
            e => NoEvents::Other(e),
        })?;
        match add_watch(&watcher, &self.path, WatchFlags::CLOSE_WRITE) {
            Ok(_) => Ok(()),
            Err(Errno::NOSPC) => Err(NoEvents::Watches),
            Err(e) => Err(NoEvents::Other(e)),
        }
    }
}

/// Proves that locks keep a second process out, and that what is written can be flushed, by doing both with
/// a file of our own.
pub fn prove_locks(folder: &Folder) -> Result<(), FileError> {
    let name = own_name();
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let ours = fs::openat(&folder.fd, &name, flags, Mode::from_raw_mode(STATE_FILE))
        .map_err(|e| FileError::io("written to", folder.path.as_os_str(), e))?;
    let tried = try_locks(folder, &ours, &name);
    folder.remove_own(&name)?;
    tried
}

fn try_locks(folder: &Folder, ours: &rustix::fd::OwnedFd, name: &std::ffi::OsStr) -> Result<(), FileError> {
    let shown = || folder.path.as_os_str();
    let locks = |e| FileError::io("locked", shown(), e);
    fs::flock(ours, FlockOperation::NonBlockingLockExclusive).map_err(locks)?;
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let second = fs::openat(&folder.fd, name, flags, Mode::empty()).map_err(locks)?;
    match fs::flock(&second, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => {}
        Ok(()) => return Err(FileError::CannotLock { name: show(shown()) }),
        Err(e) => return Err(locks(e)),
    }
    // The kind that SQLite uses.
    fs::fcntl_lock(ours, FlockOperation::NonBlockingLockExclusive).map_err(locks)?;
    fs::fsync(ours).map_err(|e| FileError::io("flushed to disk", shown(), e))?;
    folder.sync()
}

/// Whether rights beyond owner, group and others are set on it (an access control list).
pub fn has_list(path: &Path) -> bool {
    let mut room = [0_u8; 1024];
    let found = fs::getxattr(path, "system.posix_acl_access", &mut room[..]);
    found.map_or_else(|e| e == Errno::RANGE, |length| length > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_folder_proves_its_locks_and_keeps_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let open = Folder::open(folder.path()).unwrap();
        prove_locks(&open).unwrap();
        assert_eq!(open.prove_events(), Ok(()));
        assert!(open.room().unwrap().free > 0);
        assert!(open.names().unwrap().is_empty());
        assert!(!has_list(folder.path()));
        let gone = Folder::open(folder.path()).unwrap();
        drop(folder);
        assert!(prove_locks(&gone).is_err());
    }

    #[test]
    fn every_kind_is_known_by_its_number_once() {
        for (at, (magic, kind)) in KINDS.iter().enumerate() {
            assert_eq!(kind_of(*magic), *kind);
            assert!(KINDS[..at].iter().all(|(other, _)| other != magic), "{magic:x}");
        }
        assert_eq!(kind_of(0x6969), Filesystem::Network("NFS"));
        assert_eq!(kind_of(7), Filesystem::Other(7));
    }
}
