//! Files written whole or not at all: a temporary name in the same folder, fsync, rename, fsync of
//! the folder. A reader sees the old file or the new one, after a power cut too.
//!
//! Must never: follow a link, open anything but a regular file, or leave a half file under a name
//! that somebody reads.

use rustix::fs::{AtFlags, Mode, OFlags};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Begin and end of a temporary file's name. The name does not hold the final one, which may
/// already be as long as a file system allows.
const TEMPORARY: (&str, &str) = (".payoutd-", ".tmp");

/// Bytes after which a growing file is pushed to disk, so that the last fsync of a big one does
/// not stop the loop for long.
const SYNC_EVERY: u64 = 8 << 20;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder held open: names are looked up in it, whatever happens to its path.
#[derive(Debug)]
pub struct Folder(File);

impl Folder {
    pub fn open(path: &Path) -> io::Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Folder(File::from(rustix::fs::open(path, flags, Mode::empty())?)))
    }

    /// Makes renames and removals in the folder durable.
    pub fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }

    /// Keeps other processes from publishing into the folder as long as this value lives. Does not
    /// wait: whoever is refused tries again later.
    pub fn lock(&self) -> io::Result<()> {
        Ok(rustix::fs::flock(&self.0, rustix::fs::FlockOperation::NonBlockingLockExclusive)?)
    }

    /// The regular file `name`, to be read; `None` where there is none, or something else.
    pub fn read(&self, name: &str) -> io::Result<Option<File>> {
        // Non-blocking, so that a pipe of that name does not stop the daemon.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(descriptor) => File::from(descriptor),
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(file.metadata()?.is_file().then_some(file))
    }

    /// At most `longest` bytes of the regular file `name`, as text; what is not UTF-8 is replaced.
    pub fn read_text(&self, name: &str, longest: u64) -> io::Result<Option<String>> {
        let Some(file) = self.read(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(longest).read_to_end(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Removes `name` where it is there.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A file that grows under a temporary name. Dropped before it was put in place, it is removed.
#[derive(Debug)]
pub struct AtomicFile {
    folder: Folder,
    temporary: String,
    name: String,
    file: BufWriter<File>,
    unsynced: u64,
    placed: bool,
}

impl AtomicFile {
    pub fn begin(folder: &Path, name: &str) -> io::Result<AtomicFile> {
        let folder = Folder::open(folder)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        // What the umask leaves of it: the service's unit decides who reads payrolls.
        let mode = Mode::from_raw_mode(0o666);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let temporary = format!("{}{}-{number}{}", TEMPORARY.0, std::process::id(), TEMPORARY.1);
            match rustix::fs::openat(&folder.0, &temporary, flags, mode) {
                Ok(descriptor) => {
                    let file = BufWriter::with_capacity(64 * 1024, File::from(descriptor));
                    return Ok(AtomicFile {
                        folder,
                        temporary,
                        name: name.to_string(),
                        file,
                        unsynced: 0,
                        placed: false,
                    });
                }
                // Left by a process of the same number; `tidy` takes it away.
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Everything written so far is on disk, still under the temporary name.
    pub fn seal(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()
    }

    /// Puts a sealed file in place of whatever has its name, durably.
    pub fn place(mut self) -> io::Result<()> {
        rustix::fs::renameat(&self.folder.0, &self.temporary, &self.folder.0, &self.name)?;
        self.placed = true;
        self.folder.sync()
    }

    pub fn commit(mut self) -> io::Result<()> {
        self.seal()?;
        self.place()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsynced = self.unsynced.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        if self.unsynced >= SYNC_EVERY {
            self.file.flush()?;
            self.file.get_ref().sync_data()?;
            self.unsynced = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.placed {
            // Best effort: what stays is taken away by `tidy`.
            let _ = self.folder.remove(&self.temporary);
        }
    }
}

/// Writes `name` whole, or leaves what was there.
pub fn write_whole(folder: &Path, name: &str, write: impl FnOnce(&mut AtomicFile) -> io::Result<()>) -> io::Result<()> {
    let mut file = AtomicFile::begin(folder, name)?;
    write(&mut file)?;
    file.commit()
}

/// Removes temporary files that a crash left. Only whoever holds the state folder's lock may call
/// it: another process's file may still be growing. Returns how many there were.
pub fn tidy(folder: &Path) -> io::Result<u32> {
    let open = Folder::open(folder)?;
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let ours = name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1);
        if ours && entry.file_type()?.is_file() {
            open.remove(name)?;
            removed += 1;
        }
    }
    if removed > 0 {
        open.sync()?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_was_not_committed_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), "old").unwrap();
        let failed = write_whole(folder.path(), "a.txt", |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("disk"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("a.txt")).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a.txt"]);
        write_whole(folder.path(), "a.txt", |file| file.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a.txt")).unwrap(), "new");
    }

    #[test]
    fn what_a_crash_left_is_tidied_and_what_people_left_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = AtomicFile::begin(folder.path(), "a.txt").unwrap();
        file.write_all(b"half").unwrap();
        file.flush().unwrap();
        file.placed = true; // What a crash does: nobody removes it.
        drop(file);
        std::fs::write(folder.path().join(".mine.tmp"), "").unwrap();
        std::fs::create_dir(folder.path().join(".payoutd-1-1.tmp")).unwrap();
        assert_eq!(tidy(folder.path()).unwrap(), 1);
        assert_eq!(names(folder.path()), [".mine.tmp", ".payoutd-1-1.tmp"]);
    }

    #[test]
    fn a_link_or_a_folder_of_that_name_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("real"), "secret").unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        std::fs::create_dir(folder.path().join("dir")).unwrap();
        let open = Folder::open(folder.path()).unwrap();
        assert!(open.read("link").unwrap().is_none());
        assert!(open.read("dir").unwrap().is_none());
        assert!(open.read("nothing").unwrap().is_none());
        assert_eq!(open.read_text("real", 3).unwrap().as_deref(), Some("sec"));
        write_whole(folder.path(), "link", |file| file.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("real")).unwrap(), "secret");
    }
}
