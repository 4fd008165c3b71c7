//! Files in a folder of people's that are taken once they stand still: those of `approvals/`, `orders/`
//! and `check/`. The inbox has its own, stricter rules.
//!
//! Must never: open a file in order to look at it, or call one settled that changed since the last look.

use super::Left;
use super::inbox::thing;
use crate::files::{FileError, Folder, Seen};
use crate::payout::moment::{BootMoment, Moment};
use crate::words::left::{LeftAlone, Thing};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// Files of one folder that are looked at; more than people ever lay there.
const MOST: usize = 1_000;

/// What is remembered of a folder between two looks.
#[derive(Debug, Default)]
pub struct Settling {
    watched: BTreeMap<OsString, (Seen, BootMoment)>,
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Settled {
    /// Stood still long enough, by name, as they were when looked at.
    pub ready: Vec<(OsString, Seen)>,
    /// Some file will be ready by itself.
    pub pending: bool,
    /// Files that are never taken, and why.
    pub left: Vec<Left>,
}

impl Settling {
    /// Looks at every file whose name `fits`; the others are the caller's business.
    pub fn look(
        &mut self,
        folder: &Folder,
        settle: Duration,
        now: Moment,
        fits: impl Fn(&OsStr) -> bool,
    ) -> Result<Settled, FileError> {
        let (mut before, mut settled, mut names) = (std::mem::take(&mut self.watched), Settled::default(), Vec::new());
        folder.each_name(|name| {
            if !is_unfinished(name) && fits(name) {
                names.push(name.to_os_string());
            }
            names.len() < MOST
        })?;
        names.sort();
        for name in names {
            let Some(seen) = folder.look(&name)? else { continue };
            match thing(seen.kind) {
                None => {}
                Some(Thing::Folder) => continue,
                Some(what) => {
                    settled.left.push(Left { name, why: LeftAlone::CopyFile { what } });
                    continue;
                }
            }
            let since = match before.remove(&name) {
                Some((old, since)) if old == seen && now.boot.since(since).is_some() => since,
                _ => now.boot,
            };
            if now.boot.served(since, settle) {
                settled.ready.push((name.clone(), seen));
            } else {
                settled.pending = true;
            }
            self.watched.insert(name, (seen, since));
        }
        Ok(settled)
    }
}

/// Names under which programs keep what is not finished, and their lock files.
fn is_unfinished(name: &OsStr) -> bool {
    matches!(name.as_bytes().first(), Some(b'.' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::moment::Wall;

    fn at(ms: u64) -> Moment {
        Moment { wall: Wall(0), boot: BootMoment { boot: 1, ms } }
    }

    #[test]
    fn a_file_is_settled_only_while_nothing_about_it_moves() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let mut settling = Settling::default();
        let second = Duration::from_secs(1);
        let mut look = |ms| settling.look(&folder, second, at(ms), |name| name != "no").unwrap();
        std::fs::write(place.path().join("a"), "one").unwrap();
        std::fs::write(place.path().join("no"), "one").unwrap();
        std::fs::write(place.path().join(".draft"), "one").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", place.path().join("link")).unwrap();
        let first = look(0);
        assert!(first.ready.is_empty() && first.pending);
        assert_eq!(first.left.len(), 1);
        std::fs::write(place.path().join("a"), "longer").unwrap();
        assert!(look(1_500).ready.is_empty(), "it was changed in between");
        let names: Vec<OsString> = look(2_500).ready.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a"]);
    }
}
