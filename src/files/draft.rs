//! Writing a file whole or not at all: a draft under a name of our own, flushed, renamed, and the
//! folder flushed.
//!
//! Must never: let anybody see half a file under its final name, or leave a draft behind.

use super::{FileError, Folder, rename_new, show};
use rustix::fs::{self, Advice, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes gathered before the kernel is asked to write.
const BUFFER: usize = 64 * 1024;

/// Bytes after which the kernel is asked to begin writing a growing file to disk, without being waited
/// for: else the flushes, and the last of them, would have a whole file to wait for.
const BEGIN_EVERY: u64 = 1 << 20;

/// Bytes after which a growing file is pushed to disk, so that the last flush of a big one does not stop
/// the loop for long even where the disk is slower than we are.
const SYNC_EVERY: u64 = 8 << 20;

/// How a draft is called begins with this: a dot hides it from people and from the inbox.
const OWN_PREFIX: &str = ".payoutd-";
const OWN_ENDING: &str = ".tmp";

/// Names that a crashed process may have left are passed over.
const MOST_TRIES: usize = 10_000;

/// A short name that no other draft of this process has.
pub(super) fn own_name() -> OsString {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    OsString::from(format!("{OWN_PREFIX}{}-{next}{OWN_ENDING}", std::process::id()))
}

/// A file under way. Dropped before it is published, it is gone.
#[derive(Debug)]
pub struct Draft {
    folder: Folder,
    name: OsString,
    file: BufWriter<File>,
    /// Bytes handed over so far, how many of them the kernel was asked to begin with, and how many lie on
    /// disk.
    written: u64,
    begun: u64,
    synced: u64,
    published: bool,
}

impl Draft {
    /// Begins a draft in the folder where it will be published, with permissions `mode`.
    pub fn begin(folder: &Folder, mode: u32) -> Result<Draft, FileError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for _ in 0..MOST_TRIES {
            let name = own_name();
            match fs::openat(&folder.fd, &name, flags, Mode::from_raw_mode(mode)) {
                Ok(fd) => {
                    let file = BufWriter::with_capacity(BUFFER, File::from(fd));
                    return Ok(Draft {
                        folder: folder.try_clone()?,
                        name,
                        file,
                        written: 0,
                        begun: 0,
                        synced: 0,
                        published: false,
                    });
                }
                Err(Errno::EXIST) => {}
                Err(e) => return Err(FileError::io("written to", folder.path.as_os_str(), e)),
            }
        }
        Err(FileError::Taken { name: show(folder.path.as_os_str()) })
    }

    /// Gives it its name unless that is taken; after [`FileError::Taken`] another may be tried.
    pub fn publish_new(&mut self, name: &OsStr) -> Result<(), FileError> {
        self.flush_to_disk(name)?;
        rename_new(&self.folder, &self.name, &self.folder, name)?;
        self.published = true;
        self.folder.sync()
    }

    /// Gives it its name in the place of whatever had it.
    pub fn publish_over(mut self, name: &OsStr) -> Result<(), FileError> {
        self.seal(name)?;
        self.place_over(name)
    }

    /// Everything written so far is on disk, still under a name of our own; `name` is the one it will
    /// have. Apart from [`Draft::place_over`] where several files are to be placed one after another.
    pub fn seal(&mut self, name: &OsStr) -> Result<(), FileError> {
        self.flush_to_disk(name)
    }

    /// Gives a sealed draft its name in the place of whatever had it.
    pub fn place_over(mut self, name: &OsStr) -> Result<(), FileError> {
        fs::renameat(&self.folder.fd, &self.name, &self.folder.fd, name)
            .map_err(|e| FileError::io("renamed", name, e))?;
        self.published = true;
        self.folder.sync()
    }

    /// Whether `name` lies in the folder already with exactly this content: an earlier, interrupted
    /// turn published it.
    pub fn stands_as(&mut self, name: &OsStr) -> Result<bool, FileError> {
        use std::io::Read;
        self.flush_to_disk(name)?;
        let (mut theirs, seen) = match self.folder.open_file(name) {
            Ok(opened) => opened,
            Err(FileError::Io { doing, name, source }) => return Err(FileError::Io { doing, name, source }),
            Err(_) => return Ok(false),
        };
        let (mut ours, mine) = self.folder.open_file(&self.name)?;
        if seen.size != mine.size {
            return Ok(false);
        }
        let failed = |e| FileError::io("compared", name, e);
        let (mut left, mut right) = ([0u8; 8192], [0u8; 8192]);
        loop {
            let count = ours.read(&mut left).map_err(failed)?;
            if count == 0 {
                return Ok(true);
            }
            match theirs.read_exact(&mut right[..count]) {
                Ok(()) if left[..count] == right[..count] => {}
                Ok(()) => return Ok(false),
                Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(e) => return Err(failed(e)),
            }
        }
    }

    /// Lets the disk take what came since the last time, and once in a while waits until it has it all.
    fn begin_writing(&mut self) -> std::io::Result<()> {
        self.file.flush()?;
        if self.written - self.synced >= SYNC_EVERY {
            self.file.get_ref().sync_data()?;
            self.synced = self.written;
        } else {
            // "Not needed any more" makes the kernel begin to write. It is a hint: where it is not heeded,
            // the flush has more to do.
            let length = NonZeroU64::new(self.written - self.begun);
            let _ = fs::fadvise(self.file.get_ref(), self.begun, length, Advice::DontNeed);
        }
        self.begun = self.written;
        Ok(())
    }

    fn flush_to_disk(&mut self, name: &OsStr) -> Result<(), FileError> {
        self.file.flush().map_err(|e| FileError::io("written", name, e))?;
        self.file.get_ref().sync_all().map_err(|e| FileError::io("flushed to disk", name, e))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        if self.written - self.begun >= BEGIN_EVERY {
            self.begin_writing()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // Nobody is left to tell, and a leftover draft harms nobody.
            let _ = self.folder.remove_own(&self.name);
        }
    }
}

/// Writes a file whole, in the place of what had its name.
pub fn write_whole(
    folder: &Folder,
    name: &OsStr,
    mode: u32,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), FileError> {
    let mut draft = Draft::begin(folder, mode)?;
    fill(&mut draft).map_err(|e| FileError::io("written", name, e))?;
    draft.publish_over(name)
}

/// Writes a file whole; [`FileError::Taken`] where the name exists.
pub fn write_new(
    folder: &Folder,
    name: &OsStr,
    mode: u32,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), FileError> {
    let mut draft = Draft::begin(folder, mode)?;
    fill(&mut draft).map_err(|e| FileError::io("written", name, e))?;
    draft.publish_new(name)
}

/// Removes drafts that a process which died has left. Only for the one that holds the state
/// folder's lock. Returns how many there were.
pub fn remove_leftovers(folder: &Folder) -> Result<usize, FileError> {
    let mut left = Vec::new();
    folder.each_name(|name| {
        let text = name.to_str().unwrap_or_default();
        if text.starts_with(OWN_PREFIX) && text.ends_with(OWN_ENDING) {
            left.push(name.to_os_string());
        }
        true
    })?;
    for name in &left {
        folder.remove_own(name)?;
    }
    Ok(left.len())
}
