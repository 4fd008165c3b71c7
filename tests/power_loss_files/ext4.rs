//! A real ext4 on a loop device, cut off from its disk by its own shutdown ioctl: what was not flushed
//! is gone, as after a power cut. Needs root, mkfs.ext4 and a loop device.
//!
//! Must never: touch a file system that it did not make, or leave one mounted.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of the device; ext4 with a journal wants some.
const SIZE: u64 = 64 << 20;

pub struct Ext4 {
    place: tempfile::TempDir,
    /// The loop device, held from the first mount to the last.
    device: String,
}

/// What a command said, once it has ended well.
fn done(command: &mut Command) -> Result<String, String> {
    let named = format!("{command:?}");
    let ended = command.stdin(Stdio::null()).output().map_err(|error| format!("{named}: {error}"))?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).trim().to_string());
    }
    Err(format!("{named}: {}", String::from_utf8_lossy(&ended.stderr).trim()))
}

/// A program that may lie where only root looks for it.
fn system(name: &str) -> Command {
    let there = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(name));
    Command::new(there.into_iter().find(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name)))
}

impl Ext4 {
    /// Makes and mounts one. `Err`: what this machine lacks.
    pub fn make() -> Result<Ext4, String> {
        if !rustix::process::geteuid().is_root() {
            return Err("only root may mount a file system".to_string());
        }
        power_loss_vfs::own_mounts().map_err(|error| format!("no mounts of our own: {error}"))?;
        done(system("mount").args(["--make-rprivate", "/"]))?;
        let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|error| error.to_string())?;
        let path = place.path().join("disk");
        let image = File::create(&path).map_err(|error| error.to_string())?;
        image.set_len(SIZE).map_err(|error| error.to_string())?;
        drop(image);
        done(system("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&path))?;
        let device = done(system("losetup").args(["--find", "--show"]).arg(&path))?;
        let made = Ext4 { place, device };
        fs::create_dir(made.folder()).map_err(|error| error.to_string())?;
        made.mount()?;
        Ok(made)
    }

    pub fn folder(&self) -> PathBuf {
        self.place.path().join("mounted")
    }

    /// The journal is written every five minutes by itself, so that nothing is on disk by luck.
    fn mount(&self) -> Result<String, String> {
        done(system("mount").args(["-t", "ext4", "-o", "commit=300", &self.device]).arg(self.folder()))
    }

    fn unmount(&self) -> Result<String, String> {
        done(system("umount").arg(self.folder()))
    }

    /// The power goes: from here on nothing reaches the disk.
    pub fn cut(&self) {
        power_loss_vfs::shut_down(&self.folder()).unwrap();
    }

    /// The power is back. Nobody may have a file open there.
    pub fn come_back(&self) {
        super::house::until("nobody uses the file system any more", || self.unmount().is_ok());
        self.mount().unwrap();
        fs::write(self.folder().join("alive"), b"").expect("a file system that is not shut down any more");
    }
}

impl Drop for Ext4 {
    fn drop(&mut self) {
        if self.unmount().is_err() {
            let _ = done(system("umount").arg("-l").arg(self.folder()));
        }
        let _ = done(system("losetup").args(["--detach", &self.device]));
    }
}

/// Puts a file there as a careful user does, or as most do.
pub fn put(folder: &Path, name: &str, text: &str, flushed: bool) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    if flushed {
        File::open(&path).unwrap().sync_all().unwrap();
        File::open(folder).unwrap().sync_all().unwrap();
    }
}
