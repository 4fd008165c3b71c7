//! Orders that people give by a file: copies of ready-made forms in `approvals/` and `orders/`. Taken
//! once they stand still, opened without following links, moved aside when they are answered.
//!
//! Must never: delete or overwrite what a person laid there, or read an order from another file than
//! the one that stood still.

use super::form::{self, Form, Ordered};
use super::settling::Settling;
use super::{Left, claim::is_free, stamp};
use crate::files::users::name_of;
use crate::files::{
    FileError, Folder, SHARED_FILE, SHARED_FOLDER, Seen, free_names, look_at_open, move_into, show, with_suffix,
    write_new,
};
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::ReadAs;
use crate::payout::moment::{Moment, Wall};
use crate::payout::order::{FourEyes, Order, Origin, Target, TwoEyes};
use crate::payout::state::ByOrder;
use crate::payroll::read_as;
use crate::words::left::LeftAlone;
use crate::words::{Language, Saying, say};
use sha2::{Digest, Sha256};
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// Largest order in bytes; a ready-made one has some hundreds.
const LARGEST: u64 = 64 * 1024;
/// What follows the name of an order's file.
const ANSWER: &str = ".answer.txt";
/// Names tried until one is free for the order and its answer.
const MOST_TRIES: usize = 1000;

/// `approvals/` or `orders/`, open.
#[derive(Debug)]
pub struct OrderFolder {
    /// Its name below `batches/`.
    name: &'static str,
    folder: Folder,
    done: Folder,
    refused: Folder,
    settling: Settling,
}

/// A file in one of them that stands still.
#[derive(Clone, Debug)]
pub struct OrderFile {
    pub name: OsString,
    seen: Seen,
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Looked {
    pub ready: Vec<OrderFile>,
    /// Some file will be ready by itself.
    pub pending: bool,
    pub left: Vec<Left>,
}

/// What a file came to when it was read.
#[derive(Debug)]
pub enum Heard {
    Order(Box<Order>),
    /// It orders nothing that could be done.
    Refused(Saying),
    /// It changed since it was looked at, or is gone: the next look tells.
    Changed,
}

impl OrderFolder {
    /// Opens a folder below `batches/`, and those within it; makes those that are missing. In `done/` and
    /// `refused/` payoutd alone may lay something: who could take a file of somebody else's out again could
    /// use it twice.
    pub fn open(batches: &Folder, name: &'static str) -> Result<OrderFolder, FileError> {
        let folder = batches.inside(name, SHARED_FOLDER)?;
        let (done, refused) = (folder.inside("done", SHARED_FOLDER)?, folder.inside("refused", SHARED_FOLDER)?);
        Ok(OrderFolder { name, folder, done, refused, settling: Settling::default() })
    }

    /// Every folder in which drafts of ours may lie.
    pub fn folders(&self) -> [&Folder; 3] {
        [&self.folder, &self.done, &self.refused]
    }

    pub fn look(&mut self, settle: Duration, now: Moment) -> Result<Looked, FileError> {
        let settled = self.settling.look(&self.folder, settle, now, |_| true)?;
        let mut looked = Looked { pending: settled.pending, left: settled.left, ..Looked::default() };
        for (name, seen) in settled.ready {
            let why = if !ends_as_form(&name) {
                LeftAlone::OrderName
            } else if !self.folder.may_read(&name) {
                LeftAlone::OrderRight
            } else {
                looked.ready.push(OrderFile { name, seen });
                continue;
            };
            looked.left.push(Left { name, why });
        }
        for left in &mut looked.left {
            left.name = OsString::from(format!("{}/{}", self.name, show(&left.name)));
        }
        Ok(looked)
    }

    /// Reads what a file orders, and holds it against the ledger.
    pub fn hear(
        &self,
        file: &OrderFile,
        ledger: &Reader,
        four_eyes: Option<FourEyes>,
        language: Language,
    ) -> Result<Heard, HearError> {
        let (open, seen) = match self.folder.open_file(&file.name) {
            Ok(opened) => opened,
            Err(FileError::Missing { .. } | FileError::Link { .. } | FileError::NotRegular { .. }) => {
                return Ok(Heard::Changed);
            }
            Err(error) => return Err(error.into()),
        };
        if seen != file.seen {
            return Ok(Heard::Changed);
        }
        if seen.links > 1 {
            return Ok(Heard::Refused(say!("order-second-name")));
        }
        if seen.size > LARGEST {
            return Ok(Heard::Refused(say!("order-too-large")));
        }
        let mut bytes = Vec::new();
        let read = (&open).take(LARGEST + 1).read_to_end(&mut bytes);
        read.map_err(|source| FileError::Io { doing: "read", name: show(&file.name), source })?;
        if look_at_open(&open)? != seen {
            return Ok(Heard::Changed);
        }
        let form = match form::read(&bytes) {
            Ok(form) => form,
            Err(why) => return Ok(Heard::Refused(why)),
        };
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.judge(&form, &sha256, file, ledger, four_eyes, language)
    }

    fn judge(
        &self,
        form: &Form,
        sha256: &str,
        file: &OrderFile,
        ledger: &Reader,
        four_eyes: Option<FourEyes>,
        language: Language,
    ) -> Result<Heard, HearError> {
        if form.ordered.folder() != self.name {
            return Ok(Heard::Refused(say!("order-elsewhere", folder = form.ordered.folder())));
        }
        let Some(batch) = ledger.batch(form.batch)? else {
            return Ok(Heard::Refused(say!("order-no-batch", batch = form.batch.to_string())));
        };
        if let Err(why) = form.agrees(&batch) {
            return Ok(Heard::Refused(why));
        }
        let seen = &file.seen;
        if let Some(eyes) = four_eyes.filter(|_| form.ordered == Ordered::Approve) {
            if seen.written_by_others {
                return Ok(Heard::Refused(say!("order-by-others")));
            }
            if let Err(two) = eyes.judge(batch.terms.dropped_by, Some(seen.owner)) {
                return Ok(Heard::Refused(told(two)));
            }
        }
        let origin = Origin {
            folder: self.name.to_string(),
            file: show(&file.name),
            sha256: sha256.to_string(),
            inode: seen.inode,
            modified: seen.modified,
        };
        let place = format!("batches/{}/{}, SHA-256 {sha256}", self.name, origin.file);
        let reason = match form.reason.as_str() {
            "" => say!("order-file-reason", file = place).text(language),
            reason => format!("{reason} ({})", say!("order-file-reason", file = place).text(language)),
        };
        Ok(Heard::Order(Box::new(Order {
            verb: form.ordered.verb(),
            target: Target::Batch { id: batch.id.0, seen: batch.state(false).word().to_string() },
            by: ByOrder { who: format!("{} (uid {})", name_of(seen.owner), seen.owner), reason },
            uid: Some(seen.owner),
            from: Some(origin),
        })))
    }

    /// Lays the answer into `done/` or `refused/`, and the file beside it, under names that are free.
    pub fn put_aside(&self, file: &OrderFile, refused: bool, answer: &str, now: Wall) -> Result<(), FileError> {
        let aside = if refused { &self.refused } else { &self.done };
        let stamp = stamp(now);
        for candidate in free_names(&file.name, &stamp).take(MOST_TRIES) {
            if !is_free(aside, &candidate)? {
                continue;
            }
            let answer_name = with_suffix(&candidate, ANSWER);
            match write_new(aside, &answer_name, SHARED_FILE, |out| writeln!(out, "{answer}")) {
                Err(FileError::Taken { .. }) => continue,
                written => written?,
            }
            let moved = move_into(&self.folder, &file.name, aside, &candidate, &stamp);
            let is_ours = match &moved {
                Ok(name) => aside.look(name)?.is_some_and(|there| there.same_content(&file.seen)),
                Err(_) => false,
            };
            return match moved {
                Ok(_) if is_ours => Ok(()),
                // Its name was given to another file meanwhile: that one is looked at as any other.
                Ok(name) => move_into(aside, &name, &self.folder, &file.name, &stamp).map(|_| ()),
                // Somebody took it away: the answer stays.
                Err(FileError::Missing { .. }) => Ok(()),
                Err(error) => Err(error),
            };
        }
        Err(FileError::Taken { name: show(&file.name) })
    }
}

/// What can keep an order from being read.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

fn told(two: TwoEyes) -> Saying {
    match two {
        TwoEyes::Same { uid } => say!("order-same-person", who = name_of(uid)),
        TwoEyes::Dropper => say!("order-dropper-unknown"),
        TwoEyes::Approver => say!("order-approver-unknown"),
    }
}

fn ends_as_form(name: &OsStr) -> bool {
    const ENDING: &[u8] = b".txt";
    let bytes = name.as_bytes();
    bytes.len() > ENDING.len() && bytes[bytes.len() - ENDING.len()..].eq_ignore_ascii_case(ENDING)
}

/// A form in `reports/`: written where there is something to order, taken away again where there is
/// not and nobody wrote into it.
pub fn keep_form(
    reports: &Folder,
    ordered: Ordered,
    batch: &crate::payout::batch::Batch,
    read_as: Option<&ReadAs>,
    language: Language,
    now: Wall,
) -> Result<(), FileError> {
    let name = ordered.name(batch.id);
    let name = OsStr::new(&name);
    let lies = reports.read_text(name, LARGEST)?;
    let ours = lies.as_ref().and_then(|text| form::read(text.as_bytes()).ok());
    let ours = ours.filter(|form| form.ordered == ordered && form.agrees(batch).is_ok());
    match (ordered.fits(batch), &ours) {
        (true, Some(_)) => return Ok(()),
        (false, Some(form)) if form.reason.is_empty() => return reports.remove_own_if_there(name),
        (false, _) => return Ok(()),
        (true, None) => {}
    }
    if reports.look(name)?.is_some() {
        // It is no form of this batch: another ledger's, or a person's.
        move_into(reports, name, reports, name, &stamp(now))?;
    }
    let why = if ordered == Ordered::Approve { crate::words::findings::reasons(batch) } else { Vec::new() };
    let reading = read_as.filter(|_| ordered == Ordered::Approve).map(read_as::reading).unwrap_or_default();
    let text = form::write(ordered, batch, &reading, &why, language);
    write_new(reports, name, SHARED_FILE, |out| out.write_all(text.as_bytes()))
}
