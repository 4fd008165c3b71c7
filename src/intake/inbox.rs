//! The inbox: which files may be taken now, which are not finished yet, and which are left alone.
//!
//! Looking is pure bookkeeping over what the filesystem says and the time that is passed in.
//!
//! Must never: open a file in order to look at it, or take one whose writer may not be done.

use crate::files::{FileError, Folder, Kind, SHARED_FOLDER, Seen, prove_moves, show, split_batch_name};
use crate::payout::moment::{BootMoment, Moment};
use crate::words::left::{LeftAlone, Thing};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::time::Duration;

/// Files that one look finds fit to be taken, now or soon. More can lie there; they come when the
/// first are taken. What is left alone does not count: it must not hide a payroll.
const MOST_CANDIDATES: usize = 10_000;

/// Files remembered between two looks, those that are left alone included. One that is not is judged
/// anew at every look, so that it waits once more when it may be taken.
const MOST_WATCHED: usize = 100_000;

/// Names told as left alone; a STATUS.txt with more helps nobody.
const MOST_TOLD: usize = 200;

/// How long a file that could not be claimed is left before it is tried again unchanged.
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// What Excel's lock files begin with. They end as the file does that they lock.
const EXCEL_LOCK: &[u8] = b"~$";

#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    #[error(transparent)]
    File(#[from] FileError),
    /// Moving a file failed for a reason that other files will meet too.
    #[error(transparent)]
    Folders(FileError),
    #[error("{name} is still being changed: it is taken once it stands still")]
    Changed { name: String },
    #[error("{name} {why}")]
    Left { name: String, why: LeftAlone },
    #[error("{name} in processing/ is no longer the file that was read: somebody replaced it; look at it by hand")]
    Replaced { name: String },
    #[error("the folder {name} was removed or replaced while payoutd runs: put it right and start payoutd again")]
    Gone { name: String },
}

/// How patient the inbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxSettings {
    /// A file is taken once it stood still this long.
    pub settle: Duration,
    /// The longest time between two looks; hints only shorten it.
    pub rescan: Duration,
}

/// The folders below `batches/`, open.
#[derive(Debug)]
pub struct Folders {
    pub batches: Folder,
    pub inbox: Folder,
    pub processing: Folder,
    pub accepted: Folder,
    pub rejected: Folder,
    pub reports: Folder,
}

impl Folders {
    /// Opens them, makes those that are missing, and proves that files can be renamed from one to
    /// the next: a file must never be copied, because a copy can be cut off.
    pub fn open(batches: &Path) -> Result<Folders, FileError> {
        let batches = Folder::open_or_create(batches, SHARED_FOLDER)?;
        let inside = |name: &str| batches.inside(name, SHARED_FOLDER);
        let (inbox, processing) = (inside("inbox")?, inside("processing")?);
        let (accepted, rejected, reports) = (inside("accepted")?, inside("rejected")?, inside("reports")?);
        prove_moves(&inbox, &processing)?;
        prove_moves(&processing, &accepted)?;
        prove_moves(&processing, &rejected)?;
        Ok(Folders { batches, inbox, processing, accepted, rejected, reports })
    }

    /// An error when one of them is no longer what its path leads to: files would be looked for, or
    /// put, where nobody sees them.
    fn check_places(&self) -> Result<(), InboxError> {
        let all = [&self.inbox, &self.processing, &self.accepted, &self.rejected, &self.reports];
        match all.into_iter().find(|folder| !folder.still_there()) {
            Some(gone) => Err(InboxError::Gone { name: show(gone.path().as_os_str()) }),
            None => Ok(()),
        }
    }
}

/// A file that is not taken, and why: for STATUS.txt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub name: OsString,
    pub why: LeftAlone,
}

/// What one look at the inbox found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanOutcome {
    /// May be claimed now: the oldest first, then by name.
    pub ready: Vec<OsString>,
    /// Will be ready once they stood still long enough.
    pub waiting: Vec<OsString>,
    /// Not taken unless a person does something.
    pub left: Vec<Left>,
    /// How many more there are than `left` names.
    pub left_untold: usize,
    /// When to look again at the latest.
    pub next_look: Duration,
}

/// What is remembered of a file between two looks.
#[derive(Clone, Debug)]
struct Watched {
    seen: Seen,
    since: BootMoment,
    refused: Option<(LeftAlone, BootMoment)>,
}

enum Verdict {
    Ready,
    Waiting(Duration),
    Left(LeftAlone),
}

/// The inbox and what is remembered of it.
#[derive(Debug)]
pub struct Inbox {
    pub folders: Folders,
    settings: InboxSettings,
    watched: BTreeMap<OsString, Watched>,
}

impl Inbox {
    /// Opens the folders below `batches`; see [`Folders::open`].
    pub fn open(batches: &Path, settings: InboxSettings) -> Result<Inbox, InboxError> {
        Ok(Inbox { folders: Folders::open(batches)?, settings, watched: BTreeMap::new() })
    }

    /// Other settings from the next look on.
    pub fn go_by(&mut self, settings: InboxSettings) {
        self.settings = settings;
    }

    /// Looks at every file in the inbox.
    pub fn scan(&mut self, now: Moment) -> Result<ScanOutcome, InboxError> {
        self.folders.check_places()?;
        let mut outcome = ScanOutcome { next_look: self.settings.rescan, ..ScanOutcome::default() };
        let mut before = std::mem::take(&mut self.watched);
        let mut watched_now = BTreeMap::new();
        let (mut ready, mut others, mut left) = (Vec::new(), Vec::new(), Vec::new());
        self.folders.inbox.each_name(|name| {
            if let Some(why) = reason_of_name(name) {
                keep_some(&mut others, name, why, &mut outcome.left_untold);
                return true;
            }
            let (verdict, watched) = match self.look_at(name, before.remove(name), now) {
                Ok(None) => return true,
                Ok(Some((verdict, watched))) => (verdict, Some(watched)),
                // One name that gives trouble does not hide the others.
                Err(error) => (Verdict::Left(LeftAlone::CannotLook { error: error.to_string() }), None),
            };
            let is_left = matches!(verdict, Verdict::Left(_));
            match (verdict, &watched) {
                (Verdict::Ready, Some(watched)) => ready.push((watched.seen.modified, name.to_os_string())),
                (Verdict::Waiting(wait), _) => {
                    outcome.next_look = outcome.next_look.min(wait);
                    outcome.waiting.push(name.to_os_string());
                }
                (Verdict::Left(why), _) => keep_some(&mut left, name, Some(why), &mut outcome.left_untold),
                (Verdict::Ready, None) => {}
            }
            let is_file = |watched: &Watched| watched.seen.kind == Kind::Regular;
            if let Some(watched) = watched.filter(|it| !is_left || is_file(it) && watched_now.len() < MOST_WATCHED) {
                watched_now.insert(name.to_os_string(), watched);
            }
            ready.len() + outcome.waiting.len() < MOST_CANDIDATES
        })?;
        self.watched = watched_now;
        ready.sort();
        outcome.ready = ready.into_iter().map(|(_, name)| name).collect();
        outcome.waiting.sort();
        for mut found in [others, left] {
            found.sort();
            for (name, why) in found {
                tell(&mut outcome, name, why);
            }
        }
        Ok(outcome)
    }

    /// What becomes of a file whose name may be a batch's; `None` when it is gone already.
    fn look_at(
        &self,
        name: &OsStr,
        before: Option<Watched>,
        now: Moment,
    ) -> Result<Option<(Verdict, Watched)>, InboxError> {
        let Some(seen) = self.folders.inbox.look(name)? else { return Ok(None) };
        let watched = match before {
            Some(watched) if watched.seen == seen && now.boot.since(watched.since).is_some() => watched,
            _ => Watched { seen, since: now.boot, refused: None },
        };
        Ok(Some((self.judge(name, &watched, now)?, watched)))
    }

    fn judge(&self, name: &OsStr, watched: &Watched, now: Moment) -> Result<Verdict, InboxError> {
        if let Some(why) = self.reason_to_leave(name, &watched.seen)? {
            return Ok(Verdict::Left(why));
        }
        let stood = now.boot.since(watched.since).unwrap_or_default();
        if stood < self.settings.settle {
            return Ok(Verdict::Waiting(self.settings.settle - stood));
        }
        if !self.folders.inbox.may_read(name) {
            return Ok(Verdict::Left(LeftAlone::NoRight));
        }
        match &watched.refused {
            Some((why, at)) if !now.boot.served(*at, REFUSED_FOR) => Ok(Verdict::Left(why.clone())),
            _ => Ok(Verdict::Ready),
        }
    }

    /// Why a file is not taken however long it stands.
    pub(super) fn reason_to_leave(&self, name: &OsStr, seen: &Seen) -> Result<Option<LeftAlone>, InboxError> {
        match thing(seen.kind) {
            Some(Thing::Link) => return Ok(Some(LeftAlone::LinkNotFollowed)),
            Some(what) => return Ok(Some(LeftAlone::NotAFile { what })),
            None if seen.links > 1 => return Ok(Some(LeftAlone::SecondName)),
            None => {}
        }
        for lock in lock_names(name) {
            if self.folders.inbox.look(&lock)?.is_some() {
                return Ok(Some(LeftAlone::OpenElsewhere { file: show(&lock) }));
            }
        }
        Ok(None)
    }

    /// The file as it was when it was last looked at, once it may be taken.
    pub(super) fn settled(&self, name: &OsStr, now: Moment) -> Option<Seen> {
        let watched = self.watched.get(name)?;
        now.boot.served(watched.since, self.settings.settle).then_some(watched.seen)
    }

    /// Leaves a file alone for a while: claiming it failed.
    pub(super) fn refuse_for_now(&mut self, name: &OsStr, why: LeftAlone, now: Moment) {
        if let Some(watched) = self.watched.get_mut(name) {
            watched.refused = Some((why, now.boot));
        }
    }

    /// Begins anew with a file: it has changed, or is gone.
    pub(super) fn forget(&mut self, name: &OsStr) {
        self.watched.remove(name);
    }
}

/// Why a name is no batch's; the inner `None`: not worth telling.
fn reason_of_name(name: &OsStr) -> Option<Option<LeftAlone>> {
    match (ends_as_batch(name), is_unfinished(name)) {
        (true, false) => None,
        // What a file manager keeps, or a lock file: told with the file that it locks.
        (false, true) => Some(None),
        (true, true) if name.as_bytes().starts_with(EXCEL_LOCK) => Some(None),
        (true, true) => Some(Some(LeftAlone::UnfinishedName)),
        (false, false) => Some(Some(LeftAlone::OtherName)),
    }
}

/// Keeps as many as can be told; counts the rest.
fn keep_some(kept: &mut Vec<(OsString, LeftAlone)>, name: &OsStr, why: Option<LeftAlone>, untold: &mut usize) {
    let Some(why) = why else { return };
    match kept.len() < MOST_TOLD {
        true => kept.push((name.to_os_string(), why)),
        false => *untold += 1,
    }
}

fn tell(outcome: &mut ScanOutcome, name: OsString, why: LeftAlone) {
    if outcome.left.len() < MOST_TOLD {
        outcome.left.push(Left { name, why });
    } else {
        outcome.left_untold += 1;
    }
}

/// What lies there; `None` for a file.
pub(super) fn thing(kind: Kind) -> Option<Thing> {
    match kind {
        Kind::Regular => None,
        Kind::Link => Some(Thing::Link),
        Kind::Folder => Some(Thing::Folder),
        Kind::Pipe => Some(Thing::Pipe),
        Kind::Other => Some(Thing::Device),
    }
}

/// Whether a name ends as a batch file's does, in any case.
pub fn ends_as_batch(name: &OsStr) -> bool {
    !split_batch_name(name).1.is_empty()
}

/// A batch file's name without its ending: the STEM of its reports.
pub fn stem(name: &OsStr) -> &OsStr {
    split_batch_name(name).0
}

/// Names under which programs keep what is not finished, and their lock files.
fn is_unfinished(name: &OsStr) -> bool {
    matches!(name.as_bytes().first(), Some(b'.' | b'~'))
}

/// What Excel and LibreOffice lay beside a file that is open in them.
fn lock_names(name: &OsStr) -> [OsString; 2] {
    let around = |before: &[u8], after: &[u8]| OsString::from_vec([before, name.as_bytes(), after].concat());
    [around(EXCEL_LOCK, b""), around(b".~lock.", b"#")]
}
