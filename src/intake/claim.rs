//! Taking a file out of the inbox, and putting it where it belongs: every step a rename.
//!
//! Must never: work on another file than the one that was looked at, or overwrite one.

use super::inbox::{Inbox, InboxError, ends_as_batch};
use super::reject::{self, ErrorsFile};
use super::stamp;
use crate::files::{FileError, Folder, Kind, Seen, accepted_name, look_at_open, move_into, show};
use crate::payout::moment::{Moment, Wall};
use crate::words::left::LeftAlone;
use std::ffi::{OsStr, OsString};
use std::fs::File;

/// A file in `processing/`, open for reading.
#[derive(Debug)]
pub struct Claimed {
    /// Read from its beginning; rewind it for the second reading.
    pub file: File,
    /// As the user called it.
    pub name: OsString,
    /// As it is called in `processing/`.
    pub in_processing: OsString,
    /// As it was once it lay in `processing/`, time of change and number of names included.
    seen: Seen,
}

impl Claimed {
    /// Bytes.
    pub fn size(&self) -> u64 {
        self.seen.size
    }

    /// The user (uid) to whom it belongs.
    pub fn owner(&self) -> u32 {
        self.seen.owner
    }

    /// An error when somebody wrote to it since it was taken (a program that had it open), or gave it
    /// a second name. The time of change tells it too where the time of modification was set back.
    pub fn check_unchanged(&self) -> Result<(), InboxError> {
        if look_at_open(&self.file)? == self.seen {
            return Ok(());
        }
        Err(InboxError::Changed { name: show(&self.name) })
    }
}

/// Where a rejected file and its errors file lie in `rejected/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub name: OsString,
    pub errors: Option<OsString>,
}

impl Inbox {
    /// Takes a ready file into `processing/`. On an error it lies in the inbox as before, and a
    /// later look says why or tries again; only when the disk refuses to flush may it lie in `processing/`, where
    /// [`Inbox::processing`] finds it.
    pub fn claim(&mut self, name: &OsStr, now: Moment) -> Result<Claimed, InboxError> {
        let claimed = self.try_claim(name, now);
        match &claimed {
            // Where the folders give trouble it is no fault of this file.
            Ok(_) | Err(InboxError::Changed { .. } | InboxError::Folders(_)) => self.forget(name),
            // The next look finds that out by itself, and also when it is over.
            Err(InboxError::Left { .. }) => {}
            Err(e) => self.refuse_for_now(name, LeftAlone::NotTaken { error: e.to_string() }, now),
        }
        claimed
    }

    fn try_claim(&self, name: &OsStr, now: Moment) -> Result<Claimed, InboxError> {
        let settled = self.settled(name, now).ok_or_else(|| changed(name))?;
        let (file, seen) = self.folders.inbox.open_file(name)?;
        if seen != settled {
            return Err(changed(name));
        }
        if let Some(why) = self.reason_to_leave(name, &seen)? {
            return Err(InboxError::Left { name: show(name), why });
        }
        self.take(name, file, seen, now).map_err(|error| match error {
            InboxError::File(error @ FileError::Io { .. }) => InboxError::Folders(error),
            other => other,
        })
    }

    /// Renames the file that is open out of the inbox. Between opening and renaming, its name may
    /// have been given to another file: that one goes back.
    fn take(&self, name: &OsStr, file: File, seen: Seen, now: Moment) -> Result<Claimed, InboxError> {
        let (inbox, processing) = (&self.folders.inbox, &self.folders.processing);
        // Whoever dropped it need not have flushed it: a power cut must not leave an empty file where
        // the ledger has a batch.
        file.sync_all().map_err(|source| flushing(name, source))?;
        let in_processing = move_into(inbox, name, processing, name, &stamp(now.wall))?;
        let is_ours = processing.look(&in_processing)?.is_some_and(|there| there.same_content(&seen));
        let taken = look_at_open(&file)?;
        if !is_ours || !taken.same_content(&seen) || taken.links > 1 {
            move_into(processing, &in_processing, inbox, name, &stamp(now.wall))?;
            return Err(changed(name));
        }
        Ok(Claimed { file, name: name.to_os_string(), in_processing, seen: taken })
    }

    /// The batch files in `processing/`, sorted: at start, what an earlier process had taken.
    pub fn processing(&self) -> Result<Vec<OsString>, InboxError> {
        let mut names = self.folders.processing.names()?;
        names.retain(|name| ends_as_batch(name));
        Ok(names)
    }

    /// Opens a file that an earlier process had taken. Its name is the one it has in `processing/`.
    pub fn resume(&self, in_processing: &OsStr) -> Result<Claimed, InboxError> {
        let (file, seen) = self.folders.processing.open_file(in_processing)?;
        let name = in_processing.to_os_string();
        Ok(Claimed { file, name: name.clone(), in_processing: name, seen })
    }

    /// Puts an admitted file into `accepted/` as `STEM.BATCH.csv` (or `.xlsx`, `.ods`). Returns its name there.
    pub fn accept(&self, claimed: &Claimed, batch: &str, now: Wall) -> Result<OsString, InboxError> {
        self.check_ours(claimed)?;
        let (from, to) = (&self.folders.processing, &self.folders.accepted);
        let name = accepted_name(&claimed.name, batch);
        let kept = move_into(from, &claimed.in_processing, to, &name, &stamp(now))?;
        if !look_at_open(&claimed.file)?.same_content(&claimed.seen) {
            tracing::error!(
                batch,
                file = show(&kept),
                "somebody wrote to the file in accepted/ after it was read: what is paid is what the ledger says, and \
                 its SHA-256 there is that of the file as it was read; find out who may write there"
            );
        }
        Ok(kept)
    }

    /// Puts a file that is not admitted into `rejected/`, its errors file beside it under the same
    /// name and `.errors.csv`. The errors file comes first: a rejected file always has one.
    pub fn reject(&self, claimed: &Claimed, errors: Option<ErrorsFile>, now: Wall) -> Result<Rejected, InboxError> {
        self.check_ours(claimed)?;
        let (from, to) = (&self.folders.processing, &self.folders.rejected);
        let Some(errors) = errors else {
            let name = move_into(from, &claimed.in_processing, to, &claimed.name, &stamp(now))?;
            return Ok(Rejected { name, errors: None });
        };
        reject::put_beside(errors, from, &claimed.in_processing, to, &claimed.name, &stamp(now))
    }

    /// An error unless `processing/` still holds, under this name, the very file that was read.
    fn check_ours(&self, claimed: &Claimed) -> Result<(), InboxError> {
        match self.folders.processing.look(&claimed.in_processing)? {
            Some(there) if is_same_file(&there, &claimed.seen) => Ok(()),
            Some(_) => Err(InboxError::Replaced { name: show(&claimed.in_processing) }),
            None => Err(FileError::Missing { name: show(&claimed.in_processing) }.into()),
        }
    }
}

fn flushing(name: &OsStr, source: std::io::Error) -> InboxError {
    FileError::Io { doing: "flushed to disk", name: show(name), source }.into()
}

fn changed(name: &OsStr) -> InboxError {
    InboxError::Changed { name: show(name) }
}

fn is_same_file(there: &Seen, ours: &Seen) -> bool {
    there.kind == Kind::Regular && (there.device, there.inode) == (ours.device, ours.inode)
}

/// Whether `name` is free in a folder.
pub(super) fn is_free(folder: &Folder, name: &OsStr) -> Result<bool, FileError> {
    Ok(folder.look(name)?.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::InboxSettings;
    use crate::payout::moment::BootMoment;
    use std::time::Duration;

    #[test]
    fn a_file_swapped_between_opening_and_renaming_goes_back_untouched() {
        let place = tempfile::tempdir().unwrap();
        let settings = InboxSettings { settle: Duration::ZERO, rescan: Duration::from_secs(1) };
        let inbox = Inbox::open(place.path(), settings).unwrap();
        let now = Moment { wall: Wall(0), boot: BootMoment { boot: 1, ms: 0 } };
        let (name, path) = (OsStr::new("july.csv"), place.path().join("inbox/july.csv"));
        std::fs::write(&path, "settled").unwrap();
        let (file, seen) = inbox.folders.inbox.open_file(name).unwrap();
        std::fs::rename(&path, place.path().join("away")).unwrap();
        std::fs::write(&path, "swapped").unwrap();
        assert!(matches!(inbox.take(name, file, seen, now), Err(InboxError::Changed { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"swapped");
        assert!(inbox.processing().unwrap().is_empty());
    }
}
