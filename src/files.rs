//! Files, handled so that nobody's file is lost, followed elsewhere or half written.
//!
//! A leaf room: it knows folders and names, nothing of payouts. Everything happens relative to an
//! open folder, so that a folder swapped under us changes nothing.
//!
//! Must never: follow a link, open anything but a regular file, replace a file unless the caller
//! says so, or report something as done before it is on disk.

mod draft;
pub mod guard;
mod lock;
mod modes;
mod names;
pub mod probe;
pub mod users;

pub use draft::{Draft, remove_leftovers, write_new, write_whole};
pub use lock::{FolderLock, lock_folder};
pub use modes::{SHARED_FILE, SHARED_FOLDER, STATE_FILE, STATE_FOLDER};
pub use names::{accepted_name, dated, free_names, is_accepted_as, show, split_batch_name, with_suffix};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The right of the group, or of everybody, to write to a file.
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// How many names with a date are tried before giving up: far more than one second can fill.
const MOST_NAMES_TRIED: usize = 1000;

/// What went wrong with a file. `name` is fit to be shown.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{name} is a link, and links are not followed: put the file itself there")]
    Link { name: String },
    #[error("{name} is {kind}, not a regular file")]
    NotRegular { name: String, kind: &'static str },
    #[error("{name} is not a folder: move it away, or correct the setting that names it")]
    NotFolder { name: String },
    #[error("{name} is not there (any more)")]
    Missing { name: String },
    #[error("{name} exists already and is not overwritten")]
    Taken { name: String },
    #[error("{name} is held by another process: two must not work in one folder; stop the other one first")]
    Held { name: String },
    #[error("{name} cannot be renamed: the two folders are on different filesystems (or mounts); put them on one")]
    OtherFilesystem { name: String },
    #[error("{name}: this filesystem cannot rename without overwriting; use a local one (ext4, xfs, btrfs)")]
    CannotKeep { name: String },
    #[error("{name}: locks on this filesystem do not keep a second process out; use a local one (ext4, xfs, btrfs)")]
    CannotLock { name: String },
    #[error("{name} cannot be {doing}: {source}")]
    Io { doing: &'static str, name: String, source: std::io::Error },
}

impl FileError {
    fn io(doing: &'static str, name: &OsStr, source: impl Into<std::io::Error>) -> FileError {
        FileError::Io { doing, name: show(name), source: source.into() }
    }
}

/// What a writer says of a draft, where the draft's name stands beside it.
impl From<std::io::Error> for FileError {
    fn from(source: std::io::Error) -> FileError {
        FileError::Io { doing: "written", name: "the file".to_string(), source }
    }
}

/// For writers that only speak of I/O.
impl From<FileError> for std::io::Error {
    fn from(error: FileError) -> std::io::Error {
        match error {
            FileError::Io { source, .. } => source,
            other => std::io::Error::other(other),
        }
    }
}

/// What a name stands for, without following it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Regular,
    Link,
    Folder,
    Pipe,
    Other,
}

impl Kind {
    fn of(mode: u32) -> Kind {
        match FileType::from_raw_mode(mode) {
            FileType::RegularFile => Kind::Regular,
            FileType::Symlink => Kind::Link,
            FileType::Directory => Kind::Folder,
            FileType::Fifo => Kind::Pipe,
            _ => Kind::Other,
        }
    }

    /// With its article, for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Regular => "a regular file",
            Kind::Link => "a link",
            Kind::Folder => "a folder",
            Kind::Pipe => "a pipe",
            Kind::Other => "a device or socket",
        }
    }
}

/// What the filesystem says of a file. Two equal values mean: nobody has touched it between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub kind: Kind,
    pub device: u64,
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// When the content last changed, as the filesystem says: seconds since 1970, nanoseconds.
    pub modified: (i64, i64),
    /// When anything about it last changed (a rename counts).
    pub changed: (i64, i64),
    /// How many names it has.
    pub links: u64,
    /// The user (uid) to whom it belongs.
    pub owner: u32,
    /// Its group, or everybody, may write to it: whose it is does not say who wrote it.
    pub written_by_others: bool,
}

impl Seen {
    // The fields' widths differ between machines: some of these conversions are idle here.
    #[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions, reason = "widths differ")]
    fn from(stat: &fs::Stat) -> Seen {
        let nanoseconds = |part| i64::try_from(part).unwrap_or(0);
        Seen {
            kind: Kind::of(stat.st_mode),
            device: u64::try_from(stat.st_dev).unwrap_or(0),
            inode: u64::try_from(stat.st_ino).unwrap_or(0),
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: (i64::try_from(stat.st_mtime).unwrap_or(0), nanoseconds(stat.st_mtime_nsec)),
            changed: (i64::try_from(stat.st_ctime).unwrap_or(0), nanoseconds(stat.st_ctime_nsec)),
            links: u64::try_from(stat.st_nlink).unwrap_or(0),
            owner: stat.st_uid,
            written_by_others: stat.st_mode & WRITTEN_BY_OTHERS != 0,
        }
    }

    /// Whether this is the same file with the same content, whatever it is called now.
    pub fn same_content(&self, other: &Seen) -> bool {
        (self.device, self.inode, self.size, self.modified) == (other.device, other.inode, other.size, other.modified)
    }
}

/// What the filesystem says of a file that is open already.
pub fn look_at_open(file: &File) -> Result<Seen, FileError> {
    fs::fstat(file).map(|stat| Seen::from(&stat)).map_err(|e| FileError::io("examined", OsStr::new("an open file"), e))
}

/// An open folder. `path` is only for messages and for watching.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

const FOLDER_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a folder that a setting names. Links in this path are the administrator's and are
    /// followed; below it none is.
    pub fn open(path: &Path) -> Result<Folder, FileError> {
        let fd =
            fs::open(path, FOLDER_FLAGS, Mode::empty()).map_err(|e| FileError::io("opened", path.as_os_str(), e))?;
        Ok(Folder { fd, path: path.to_path_buf() })
    }

    /// As [`Folder::open`], made with `mode` first (its parents too) where it is missing.
    pub fn open_or_create(path: &Path, mode: u32) -> Result<Folder, FileError> {
        use std::os::unix::fs::DirBuilderExt;
        let parent = path.parent().and_then(|parent| fs::stat(parent).ok());
        std::fs::DirBuilder::new().recursive(true).mode(modes::within(parent.as_ref(), mode)).create(path).map_err(
            |e| match path.is_file() {
                true => FileError::NotFolder { name: show(path.as_os_str()) },
                false => FileError::io("created", path.as_os_str(), e),
            },
        )?;
        Folder::open(path)
    }

    /// A folder right below this one, made with `mode` where it is missing. A link is refused.
    pub fn inside(&self, name: &str, mode: u32) -> Result<Folder, FileError> {
        let path = self.path.join(name);
        let mode = modes::within(fs::fstat(&self.fd).ok().as_ref(), mode);
        match fs::mkdirat(&self.fd, name, Mode::from_raw_mode(mode)) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(e) => return Err(FileError::io("created", path.as_os_str(), e)),
        }
        let fd =
            fs::openat(&self.fd, name, FOLDER_FLAGS.union(OFlags::NOFOLLOW), Mode::empty()).map_err(|e| match self
                .look(OsStr::new(name))
            {
                Ok(Some(Seen { kind: Kind::Link, .. })) => FileError::Link { name: show(path.as_os_str()) },
                _ => FileError::io("opened as a folder", path.as_os_str(), e),
            })?;
        Ok(Folder { fd, path })
    }

    pub fn try_clone(&self) -> Result<Folder, FileError> {
        let fd = self.fd.try_clone().map_err(|e| FileError::io("opened", self.path.as_os_str(), e))?;
        Ok(Folder { fd, path: self.path.clone() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `name` stands for, without following it; `None` when there is nothing.
    pub fn look(&self, name: &OsStr) -> Result<Option<Seen>, FileError> {
        match fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Seen::from(&stat))),
            Err(Errno::NOENT | Errno::NAMETOOLONG) => Ok(None),
            Err(e) => Err(FileError::io("examined", name, e)),
        }
    }

    /// Whether this process may read `name`.
    pub fn may_read(&self, name: &OsStr) -> bool {
        fs::accessat(&self.fd, name, fs::Access::READ_OK, AtFlags::EACCESS).is_ok()
    }

    /// Opens a regular file for reading. A link, pipe, folder or device is an error, and none of
    /// them can make this wait.
    pub fn open_file(&self, name: &OsStr) -> Result<(File, Seen), FileError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let fd = fs::openat(&self.fd, name, flags, Mode::empty()).map_err(|e| match e {
            Errno::LOOP => FileError::Link { name: show(name) },
            Errno::NOENT => FileError::Missing { name: show(name) },
            Errno::NXIO => FileError::NotRegular { name: show(name), kind: Kind::Other.words() },
            e => FileError::io("opened", name, e),
        })?;
        let file = File::from(fd);
        let seen = look_at_open(&file)?;
        match seen.kind {
            Kind::Regular => Ok((file, seen)),
            kind => Err(FileError::NotRegular { name: show(name), kind: kind.words() }),
        }
    }

    /// Calls `each` with every name in the folder, in no particular order, until it returns false.
    pub fn each_name(&self, mut each: impl FnMut(&OsStr) -> bool) -> Result<(), FileError> {
        let failed = |e| FileError::io("listed", self.path.as_os_str(), e);
        for entry in fs::Dir::read_from(&self.fd).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." && !each(name) {
                break;
            }
        }
        Ok(())
    }

    /// Every name in the folder, sorted.
    pub fn names(&self) -> Result<Vec<OsString>, FileError> {
        let mut names = Vec::new();
        self.each_name(|name| {
            names.push(name.to_os_string());
            true
        })?;
        names.sort();
        Ok(names)
    }

    /// Whether the folder is still what its path leads to: neither deleted nor replaced under us.
    pub fn still_there(&self) -> bool {
        let is = |there: &fs::Stat, ours: &fs::Stat| (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino);
        match (fs::stat(&self.path), fs::fstat(&self.fd)) {
            (Ok(there), Ok(ours)) => is(&there, &ours),
            _ => false,
        }
    }

    /// Removes one of our own files. Never used on what a person dropped.
    pub fn remove_own(&self, name: &OsStr) -> Result<(), FileError> {
        fs::unlinkat(&self.fd, name, AtFlags::empty()).map_err(|e| FileError::io("removed", name, e))
    }

    /// Removes one of our own files where it is there.
    pub fn remove_own_if_there(&self, name: &OsStr) -> Result<(), FileError> {
        match fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(e) => Err(FileError::io("removed", name, e)),
        }
    }

    /// A regular file to be read; `None` where there is none of that name, or something else.
    pub fn open_if_file(&self, name: &OsStr) -> Result<Option<File>, FileError> {
        match self.open_file(name) {
            Ok((file, _)) => Ok(Some(file)),
            Err(FileError::Missing { .. } | FileError::Link { .. } | FileError::NotRegular { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// At most `longest` bytes of a regular file, as text; what is not UTF-8 is replaced.
    pub fn read_text(&self, name: &OsStr, longest: u64) -> Result<Option<String>, FileError> {
        let Some(file) = self.open_if_file(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(longest).read_to_end(&mut bytes).map_err(|e| FileError::io("read", name, e))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Makes every rename and creation in this folder survive a power cut.
    pub fn sync(&self) -> Result<(), FileError> {
        fs::fsync(&self.fd).map_err(|e| FileError::io("flushed to disk", self.path.as_os_str(), e))
    }

    /// Bytes that this process may still fill on the folder's filesystem.
    pub fn free_space(&self) -> Result<u64, FileError> {
        let stat = fs::fstatvfs(&self.fd).map_err(|e| FileError::io("measured", self.path.as_os_str(), e))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// Renames without ever replacing anything; does not flush.
fn rename_new(from: &Folder, name: &OsStr, to: &Folder, new_name: &OsStr) -> Result<(), FileError> {
    fs::renameat_with(&from.fd, name, &to.fd, new_name, RenameFlags::NOREPLACE).map_err(|e| match e {
        Errno::EXIST => FileError::Taken { name: show(new_name) },
        Errno::NOENT => FileError::Missing { name: show(name) },
        Errno::XDEV => FileError::OtherFilesystem { name: show(name) },
        Errno::INVAL | Errno::NOSYS => FileError::CannotKeep { name: show(name) },
        e => FileError::io("renamed", name, e),
    })
}

/// Moves a file and makes the move survive a power cut. Where `new_name` is taken, `stamp` (a date
/// and time as a file name can carry it) is added to it. Returns the name that it has now.
pub fn move_into(
    from: &Folder,
    name: &OsStr,
    to: &Folder,
    new_name: &OsStr,
    stamp: &str,
) -> Result<OsString, FileError> {
    for candidate in free_names(new_name, stamp).take(MOST_NAMES_TRIED) {
        match rename_new(from, name, to, &candidate) {
            Ok(()) => {
                // The new place first: a cut between the two leaves both names, never none.
                to.sync()?;
                from.sync()?;
                return Ok(candidate);
            }
            Err(FileError::Taken { .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Err(FileError::Taken { name: show(new_name) })
}

/// Proves that files can be renamed from one folder into the other and never replace anything
/// there, by doing it with a file of our own.
pub fn prove_moves(from: &Folder, to: &Folder) -> Result<(), FileError> {
    // Names that a process which died has left, or that somebody planted, are passed over.
    for _ in 0..MOST_NAMES_TRIED {
        match prove_one_move(from, to, &draft::own_name()) {
            Err(FileError::Taken { .. }) => {}
            proved => return proved,
        }
    }
    Err(FileError::Taken { name: show(to.path.as_os_str()) })
}

fn prove_one_move(from: &Folder, to: &Folder, probe: &OsStr) -> Result<(), FileError> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    fs::openat(&from.fd, probe, flags, Mode::from_raw_mode(STATE_FILE)).map_err(|e| match e {
        Errno::EXIST => FileError::Taken { name: show(probe) },
        e => FileError::io("written to", from.path.as_os_str(), e),
    })?;
    let moved = rename_new(from, probe, to, probe);
    let last = if moved.is_ok() { to } else { from };
    last.remove_own(probe)?;
    moved.map_err(|e| match e {
        FileError::OtherFilesystem { .. } => FileError::OtherFilesystem { name: show(to.path.as_os_str()) },
        FileError::CannotKeep { .. } => FileError::CannotKeep { name: show(to.path.as_os_str()) },
        e => e,
    })
}

#[cfg(test)]
mod tests;
