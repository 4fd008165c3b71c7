//! Who else can get at a file or folder that is ours alone.
//!
//! Must never: change a mode or an owner. A person did that; a person changes it.

use rustix::fs::{Mode, Stat};
use std::path::Path;

/// What lets others at a file or folder of ours, in words that end with what to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Laxity {
    /// Others can exchange or change it.
    Writable(String),
    /// Others can look at it, or it belongs to somebody else.
    Open(String),
}

impl Laxity {
    pub fn words(&self) -> &str {
        match self {
            Laxity::Writable(words) | Laxity::Open(words) => words,
        }
    }
}

/// What is wrong with a folder that only this user should get at; `None` where nothing is, or where it
/// is not there.
pub fn look_at_private_folder(path: &Path) -> Option<Laxity> {
    let stat = rustix::fs::stat(path).ok()?;
    judge_folder(&stat, rustix::process::geteuid().as_raw(), &path.display().to_string())
}

/// Whether anybody may exchange the files in a folder for others.
pub fn anybody_may_exchange(stat: &Stat) -> bool {
    let mode = Mode::from_raw_mode(stat.st_mode);
    mode.contains(Mode::WOTH) && !mode.contains(Mode::SVTX)
}

fn judge_folder(stat: &Stat, us: u32, shown: &str) -> Option<Laxity> {
    let mode = stat.st_mode & 0o777;
    if mode & 0o002 != 0 {
        return Some(Laxity::Writable(format!(
            "{shown} may be written by anybody (mode {mode:03o}): run  chmod 700 {shown}"
        )));
    }
    if stat.st_uid != us {
        return Some(Laxity::Open(format!(
            "{shown} belongs to user {}, and this runs as user {us}: run it as that user, or  chown {us} {shown}",
            stat.st_uid
        )));
    }
    (mode & 0o077 != 0)
        .then(|| Laxity::Open(format!("{shown} is open to other users (mode {mode:03o}): run  chmod 700 {shown}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_of_ours_alone_is_told_when_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |mode| {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            look_at_private_folder(folder.path())
        };
        assert_eq!(at(0o700), None);
        for mode in [0o750, 0o755, 0o711, 0o770] {
            assert!(matches!(at(mode), Some(Laxity::Open(words)) if words.contains("chmod 700")), "{mode:o}");
        }
        for mode in [0o777, 0o702, 0o1777] {
            assert!(matches!(at(mode), Some(Laxity::Writable(words)) if words.contains("chmod 700")), "{mode:o}");
        }
        at(0o700);
        let stat = rustix::fs::stat(folder.path()).unwrap();
        assert!(
            matches!(judge_folder(&stat, stat.st_uid + 1, "x"), Some(Laxity::Open(words)) if words.contains("chown"))
        );
        assert_eq!(look_at_private_folder(&folder.path().join("missing")), None);
    }
}
