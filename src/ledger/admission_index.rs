//! The second half of an admission: its references, persons and ancestors, in sorted order and in
//! slices.
//!
//! Must never: let a reference be promised twice, or a payout be repeated while it, or another
//! that repeats it, is paid or may be.

use super::Ledger;
use super::admission::{Admission, Phase, SLICE, person_of};
use super::error::LedgerError;
use super::rows::Known;
use super::stored::SEALED;
use super::transaction::Transaction;
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, StateWord};
use rusqlite::params;

/// Pages that one slice of indexing may change, about: a megabyte and a half to write and to flush.
const PAGES: usize = 350;
/// Rows of the reference table that lie in one page, about.
const ROWS_A_PAGE: usize = 100;
/// References or persons of one slice at most: a few milliseconds' work.
const INDEXED: usize = 5_000;

/// What one slice of indexing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexStep {
    More,
    Done,
    /// A row cannot be admitted; abandon the batch.
    Clash(Box<Clash>),
    /// A row repeats a payout that the ledger does not know; abandon the batch.
    NoAncestor {
        line: u32,
        retry_of: Reference,
    },
}

/// Why a row cannot be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The new row: its line and its reference.
    pub line: u32,
    pub reference: Reference,
    pub kind: ClashKind,
    /// The payout that stands in the way.
    pub known: Known,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClashKind {
    /// The reference is in the ledger already, or twice in this file.
    ReferenceKnown,
    /// `retry_of` names a payout that is neither declined nor cancelled.
    AncestorNotUnpaid,
    /// Another payout that repeats the same one is paid or may be.
    RepeatedAlready,
}

type Stopped = Option<IndexStep>;

impl Ledger {
    /// Indexes the next slice. After a clash or an error the admission has to be abandoned.
    pub fn admission_index(&mut self, batch: BatchId) -> Result<IndexStep, LedgerError> {
        let mut admission = self.take_admission(batch)?;
        if admission.phase == Phase::Done {
            self.admission = Some(admission);
            return Ok(IndexStep::Done);
        }
        let mut transaction = self.transaction(Wall(0))?;
        let stopped = match admission.phase {
            Phase::References => index_references(&mut transaction, &mut admission)?,
            Phase::Persons => index_persons(&mut transaction, &mut admission)?,
            Phase::Ancestors(from) => index_ancestors(&mut transaction, &mut admission, from)?,
            Phase::Done => None,
        };
        if let Some(stopped) = stopped {
            return Ok(stopped);
        }
        transaction.commit()?;
        self.unsettled += indexed(&admission).1;
        let step = if admission.phase == Phase::Done { IndexStep::Done } else { IndexStep::More };
        self.admission = Some(admission);
        Ok(step)
    }
}

/// References or persons of one slice, and the pages that they change, about. In sorted order, new ones that
/// are many beside the old ones come many to a page; a few among very many old ones come one to a page.
fn indexed(admission: &Admission) -> (usize, usize) {
    let old = usize::try_from(admission.first - 1).unwrap_or(0);
    let new = usize::try_from(admission.rows).unwrap_or(0).max(1);
    let rows = (PAGES * ROWS_A_PAGE * new / old.max(1)).clamp(PAGES, INDEXED);
    (rows, (rows * old / new).div_ceil(ROWS_A_PAGE).clamp(rows / ROWS_A_PAGE, rows))
}

fn index_references(transaction: &mut Transaction, admission: &mut Admission) -> Result<Stopped, LedgerError> {
    // The keys one after another, and where each ends.
    let (mut keys, mut entries) = (Vec::new(), Vec::new());
    for _ in 0..indexed(admission).0 {
        let take = |key: &[u8], payout| {
            keys.extend_from_slice(key);
            entries.push((keys.len(), payout));
        };
        if !admission.references.next(take)? {
            admission.phase = Phase::Persons;
            break;
        }
    }
    let mut keys = std::str::from_utf8(&keys).map_err(|_| LedgerError::contradiction("a reference that is no text"))?;
    let mut rows = Vec::with_capacity(entries.len());
    let mut from = 0;
    for (end, payout) in entries {
        let (key, rest) = keys.split_at(end - from);
        rows.push((key, payout));
        (keys, from) = (rest, end);
    }
    if transaction.add_references(&rows)? == rows.len() {
        return Ok(None);
    }
    for (key, payout) in &rows {
        if owner_of(transaction, key)? != *payout
            && let Some(clash) = take_over(transaction, key, *payout)?
        {
            return Ok(Some(clash));
        }
    }
    Ok(None)
}

/// Whose reference this is; that it is somebody's is known.
fn owner_of(transaction: &Transaction, key: &str) -> Result<i64, LedgerError> {
    let reader = &transaction.ledger.reader;
    let owner = reader.one("SELECT payout FROM reference WHERE reference = ?1", [key], |row| row.get::<_, i64>(0))?;
    owner.ok_or_else(|| LedgerError::contradiction(format!("reference {key} is and is not known")))
}

/// A reference that was cancelled before any Transfert may be admitted again, unless another payout
/// was to pay that person in its place: then the promise went over to that one.
fn take_over(transaction: &mut Transaction, key: &str, payout: i64) -> Result<Stopped, LedgerError> {
    let owner = owner_of(transaction, key)?;
    let reader = &transaction.ledger.reader;
    let known = reader.known(PayoutId(owner))?;
    let untouched = known.status == StateWord::Cancelled
        && known.attempts == 0
        && known.may_have_been_paid == MayHaveBeenPaid::No
        && !reader.was_suspected(known.payout)?
        && reader.paid_again_by(known.payout)?.is_none();
    if !untouched {
        return clash(transaction, payout, ClashKind::ReferenceKnown, known);
    }
    transaction.run(
        "INSERT INTO taken_over (reference, payout, successor) VALUES (?1, ?2, ?3)",
        params![key, owner, payout],
    )?;
    transaction.change_one(
        &format!("reference {key}"),
        "UPDATE reference SET payout = ?3 WHERE reference = ?1 AND payout = ?2",
        params![key, owner, payout],
    )?;
    Ok(None)
}

fn index_persons(transaction: &mut Transaction, admission: &mut Admission) -> Result<Stopped, LedgerError> {
    let mut rows: Vec<(u32, i64, i64)> = Vec::new();
    for _ in 0..indexed(admission).0 {
        let mut entry = None;
        if !admission.persons.next(|key, payout| entry = person_of(key).map(|person| (person, payout)))? {
            admission.phase = if admission.retries { Phase::Ancestors(admission.first) } else { Phase::Done };
            break;
        }
        let Some(((receiver, amount), payout)) = entry else {
            return Err(LedgerError::contradiction("a person without an amount"));
        };
        rows.push((receiver, amount, payout));
    }
    transaction.add_persons(&rows)?;
    Ok(None)
}

fn index_ancestors(
    transaction: &mut Transaction,
    admission: &mut Admission,
    from: i64,
) -> Result<Stopped, LedgerError> {
    let to = from + SLICE as i64;
    let retries = transaction.ledger.reader.all(
        "SELECT id, line, retry_of FROM payout WHERE id >= ?1 AND id < ?2 AND retry_of IS NOT NULL ORDER BY id",
        [from, to],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get::<_, String>(2)?)),
    )?;
    for (payout, line, retry_of) in retries {
        if let Some(stopped) = link_ancestor(transaction, payout, line, &retry_of)? {
            return Ok(Some(stopped));
        }
    }
    admission.phase = if to >= admission.first + admission.rows { Phase::Done } else { Phase::Ancestors(to) };
    Ok(None)
}

fn link_ancestor(
    transaction: &mut Transaction,
    payout: i64,
    line: u32,
    retry_of: &str,
) -> Result<Stopped, LedgerError> {
    let reader = &transaction.ledger.reader;
    let key = Reference::key_of(retry_of);
    let found = reader.one(
        "SELECT p.id, coalesce(p.root, p.id) FROM reference r CROSS JOIN payout p ON p.id = r.payout WHERE r.reference = ?1",
        [&key],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
    )?;
    let Some((ancestor, root)) = found else {
        let retry_of = Reference::parse(retry_of).map_err(|_| LedgerError::damaged("an unreadable retry_of"))?;
        return Ok(Some(IndexStep::NoAncestor { line, retry_of }));
    };
    let known = reader.known(PayoutId(ancestor))?;
    if !matches!(known.status, StateWord::Declined | StateWord::Cancelled) {
        return clash(transaction, payout, ClashKind::AncestorNotUnpaid, known);
    }
    let sibling = reader.one(
        "SELECT id FROM payout INDEXED BY payout_one_successor WHERE root = ?1 \
         AND state IN ('queued', 'in_doubt', 'paid', 'held')",
        [root],
        |row| row.get::<_, i64>(0),
    )?;
    if let Some(sibling) = sibling {
        let known = reader.known(PayoutId(sibling))?;
        return clash(transaction, payout, ClashKind::RepeatedAlready, known);
    }
    transaction.change_one(
        &format!("payout {payout}, its ancestor"),
        &format!(
            "UPDATE payout SET ancestor = ?2, root = ?3, seal = payoutd_seal('payout', {}) WHERE id = ?1 AND ancestor IS NULL",
            SEALED.replace("ancestor, root", "?2, ?3")
        ),
        [payout, ancestor, root],
    )?;
    Ok(None)
}

fn clash(transaction: &Transaction, payout: i64, kind: ClashKind, known: Known) -> Result<Stopped, LedgerError> {
    let row = transaction.ledger.reader.known(PayoutId(payout))?;
    Ok(Some(IndexStep::Clash(Box::new(Clash { line: row.line, reference: row.reference, kind, known }))))
}
