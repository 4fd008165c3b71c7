//! The high-water file: the chain's head kept outside the database, so that a database that was
//! put back to an earlier day is noticed before it sends what it has forgotten.
//!
//! Must never: stop a start by itself; it only raises a suspicion, and people are told.

use super::chain::{GENESIS, Hash, Tip, hex, unhex};
use super::connect;
use super::error::LedgerError;
use super::seal::seal_of;
use crate::payout::message::Suspicion;
use crate::payout::state::BatchId;
use rustix::fs::OFlags;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file's name in the state folder.
pub const FILE: &str = "high-water";
/// The first mark of a ledger, before it has its name.
const DRAFT: &str = "high-water.new";
/// First word of the file.
const WORD: &str = "payoutd-high-water-2";
/// Every mark has this many bytes, so that one overwrites the other whole.
const LENGTH: usize = 320;
/// Bytes that are read of what lies in its place: more than any mark has.
const LONGEST_READ: u64 = 4096;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub epoch: i64,
    pub seq: i64,
    pub hash: Hash,
    /// The highest batch number ever admitted; 0 for none.
    pub batch: i64,
    /// A copy was put in place by `restore`.
    pub restored: bool,
}

impl Mark {
    pub fn tip(&self) -> Tip {
        Tip { seq: self.seq, hash: self.hash }
    }

    fn print(&self) -> String {
        let text = self.fields();
        let text = format!("{text} check={}", check(&text));
        format!("{text:<width$}\n", width = LENGTH - 1)
    }

    fn fields(&self) -> String {
        format!(
            "{WORD} epoch={} seq={} hash={} batch={} restored={}",
            self.epoch,
            self.seq,
            hex(&self.hash),
            self.batch,
            u8::from(self.restored)
        )
    }

    fn parse(text: &str) -> Option<Mark> {
        let mut words = text.split_ascii_whitespace();
        if words.next()? != WORD {
            return None;
        }
        let mut field = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=').map(str::to_string);
        let epoch = field("epoch")?.parse().ok()?;
        let seq = field("seq")?.parse().ok()?;
        let hash = unhex(&field("hash")?)?;
        let batch = field("batch")?.parse().ok()?;
        let restored = field("restored")? == "1";
        let told = field("check")?;
        let mark = Mark { epoch, seq, hash, batch, restored };
        (told == check(&mark.fields())).then_some(mark)
    }
}

/// Guards against a flipped bit: a mark that is not what was written must not pass for one.
fn check(fields: &str) -> String {
    hex(&seal_of("high-water", std::iter::once(fields.into())))
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Missing,
    Unreadable,
    Mark(Mark),
}

pub(super) fn path(state: &Path) -> PathBuf {
    state.join(FILE)
}

pub(super) fn read(state: &Path) -> Result<Found, LedgerError> {
    let path = path(state);
    let mut bytes = Vec::new();
    match std::fs::OpenOptions::new().read(true).custom_flags(no_link()).open(&path) {
        Ok(file) => {
            file.take(LONGEST_READ)
                .read_to_end(&mut bytes)
                .map_err(|error| LedgerError::disk(format!("reading {}", path.display()), error))?;
            let mark = String::from_utf8(bytes).ok().as_deref().and_then(Mark::parse);
            Ok(mark.map_or(Found::Unreadable, Found::Mark))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Found::Missing),
        Err(error) => Err(LedgerError::disk(format!("reading {}", path.display()), error)),
    }
}

/// Opens the mark to be written, making it (0600) where there is none. A link is not followed.
pub(super) fn open(state: &Path) -> Result<File, LedgerError> {
    let path = path(state);
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_link())
        .open(&path)
        .map_err(|error| LedgerError::disk(format!("opening {}", path.display()), error))
}

/// Puts the first mark of a ledger on disk, whole or not at all: from here on there is always one,
/// so that neither a crash before the next mark nor a power cut leaves a ledger without a mark, which
/// would look like one that was put back.
pub(super) fn make(state: &Path) -> Result<(), LedgerError> {
    let failed = |error: std::io::Error| LedgerError::disk("making the high-water file", error);
    let draft = state.join(DRAFT);
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600).custom_flags(no_link());
    let file = options.open(&draft).map_err(failed)?;
    write(&file, &Mark { epoch: 0, seq: 0, hash: GENESIS, batch: 0, restored: false })?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&draft, path(state)).map_err(failed)?;
    connect::sync_folder(state)
}

/// Somebody's link must not choose which file the mark overwrites; and a pipe must not make this wait.
fn no_link() -> i32 {
    i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0)
}

/// Overwrites the mark in place: one write within one page.
///
/// No fsync: the mark guards against a database that was exchanged for an older one, not against a
/// power cut. After a power cut the mark can only be behind the database, whose own commit was
/// flushed before; and being behind is how a crash between commit and mark looks, too.
pub(super) fn write(file: &File, mark: &Mark) -> Result<(), LedgerError> {
    file.write_all_at(mark.print().as_bytes(), 0)
        .map_err(|error| LedgerError::disk("writing the high-water file", error))
}

/// What the ledger knows of itself when it is opened.
pub(super) struct Opening<'a> {
    pub epoch: i64,
    pub tip: Tip,
    /// The last number of a batch that it gave out.
    pub number: i64,
    /// The hash of the event with a number, where there is one.
    pub hash_at: &'a dyn Fn(i64) -> Result<Option<Hash>, LedgerError>,
}

/// Why this ledger may be older than its last send, if it may.
///
/// A database ahead of a mark whose hash it holds is no reason: that is a crash between a commit
/// and its mark, or a power cut that lost the mark.
pub(super) fn compare(found: &Found, ledger: &Opening) -> Result<Option<Suspicion>, LedgerError> {
    let mark = match found {
        Found::Missing if ledger.tip.seq == 0 => return Ok(None),
        Found::Missing => return Ok(Some(Suspicion::MarkMissing { event: ledger.tip.seq })),
        Found::Unreadable => return Ok(Some(Suspicion::MarkUnreadable)),
        Found::Mark(mark) => mark,
    };
    if mark.restored {
        return Ok(Some(Suspicion::Restored));
    }
    if ledger.tip.seq < mark.seq || ledger.epoch < mark.epoch {
        let (event, opening, written, opened) = (ledger.tip.seq, ledger.epoch, mark.seq, mark.epoch);
        return Ok(Some(Suspicion::EndsEarly { event, opening, written, opened }));
    }
    if ledger.number < mark.batch {
        return Ok(Some(Suspicion::BatchForgotten { batch: BatchId(mark.batch), last: BatchId(ledger.number) }));
    }
    let held = if mark.seq == 0 { Some(mark.hash) } else { (ledger.hash_at)(mark.seq)? };
    if held != Some(mark.hash) {
        return Ok(Some(Suspicion::OtherEvent { event: mark.seq }));
    }
    Ok(None)
}
