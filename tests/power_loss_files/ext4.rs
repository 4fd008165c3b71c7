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
}

fn done(command: &mut Command) -> Result<(), String> {
    let named = format!("{command:?}");
    let ended = command.stdin(Stdio::null()).output().map_err(|error| format!("{named}: {error}"))?;
    if ended.status.success() {
        return Ok(());
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
        let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|error| error.to_string())?;
        let made = Ext4 { place };
        let image = File::create(made.image()).map_err(|error| error.to_string())?;
        image.set_len(SIZE).map_err(|error| error.to_string())?;
        drop(image);
        fs::create_dir(made.folder()).map_err(|error| error.to_string())?;
        done(system("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(made.image()))?;
        made.mount()?;
        Ok(made)
    }

    fn image(&self) -> PathBuf {
        self.place.path().join("disk")
    }

    pub fn folder(&self) -> PathBuf {
        self.place.path().join("mounted")
    }

    /// The journal is written every five minutes by itself, so that nothing is on disk by luck.
    fn mount(&self) -> Result<(), String> {
        done(system("mount").args(["-t", "ext4", "-o", "loop,commit=300"]).arg(self.image()).arg(self.folder()))
    }

    fn unmount(&self) -> Result<(), String> {
        done(system("umount").arg(self.folder()))
    }

    /// The power goes: from here on nothing reaches the disk.
    pub fn cut(&self) {
        power_loss_vfs::shut_down(&self.folder()).unwrap();
    }

    /// The power is back. Nobody may have a file open there.
    pub fn come_back(&self) {
        crate::house::until("nobody uses the file system any more", || self.unmount().is_ok());
        self.mount().unwrap();
    }
}

impl Drop for Ext4 {
    fn drop(&mut self) {
        if self.unmount().is_err() {
            let _ = done(system("umount").arg("-l").arg(self.folder()));
        }
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
