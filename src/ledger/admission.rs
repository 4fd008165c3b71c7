//! Admitting a file: begin, load its rows, index them, finish. Each step is a short transaction of
//! its own, and the engine's turns run in between; nobody sees the batch before the last.
//!
//! Must never: keep the file in memory, or leave a trace of an admission that was not finished
//! (but for its number, which is not given out again).

use super::Ledger;
use super::batches::print_approval;
use super::chain::{Link, RowFields, RowsDigest, row_digest, unhex};
use super::column;
use super::error::LedgerError;
use super::groups::GROUP;
use super::reader::Reader;
use super::rows::NewRow;
use super::seal;
use super::sorter::Sorter;
use super::stored::print_other;
use super::transaction::{Transaction, print};
use crate::payout::batch::{Batch, BatchEvent};
use crate::payout::instruction::{LONGEST_REFERENCE, Reference};
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, StateWord};
use rusqlite::params;

/// Rows of one slice: a few milliseconds' work, so that paying goes on in between.
pub const SLICE: usize = 2_000;

/// Pages that the slices may leave in the write-ahead log, about: a megabyte and a half takes a few
/// milliseconds to copy and to flush. By itself SQLite does it at four, in the middle of a commit.
const UNSETTLED: usize = 350;
/// New payouts that fill a page, about.
const PAYOUTS_A_PAGE: usize = 18;

/// Rows of one slice of a removal: each lies in pages of its own of the tables that are in other orders.
pub(super) const REMOVED: usize = 250;

/// An admission under way in this process.
pub(super) struct Admission {
    pub batch: BatchId,
    /// Number of the batch's first payout; the others follow without a gap.
    pub first: i64,
    pub rows: i64,
    pub amount: i64,
    pub digest: RowsDigest,
    pub references: Sorter,
    pub persons: Sorter,
    /// Some row repeats another payout.
    pub retries: bool,
    pub phase: Phase,
}

/// What is indexed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    References,
    Persons,
    /// Ancestors of the rows from this payout on.
    Ancestors(i64),
    Done,
}

impl Admission {
    /// Adds rows of the file to the ledger, and to what is indexed later.
    fn load(&mut self, transaction: &mut Transaction, rows: &[NewRow]) -> Result<(), LedgerError> {
        let others = rows.iter().map(|row| print_other(&row.other)).collect::<Result<Vec<_>, _>>()?;
        let mut payouts = Vec::with_capacity(rows.len());
        for (row, other) in rows.iter().zip(&others) {
            let order = &row.instruction;
            let fields = RowFields {
                id: self.first + self.rows,
                batch: self.batch.0,
                line: i64::from(row.line),
                reference: order.reference.as_str(),
                receiver: i64::from(order.receiver.local()),
                amount: order.amount.centimes(),
                description: &order.description,
                name: &row.name,
                other,
                retry_of: order.retry_of.as_ref().map(Reference::as_str),
            };
            let digest = row_digest(&fields);
            self.digest.add(&digest);
            self.references.push(order.reference.key_in(&mut [0; LONGEST_REFERENCE]).as_bytes(), fields.id)?;
            self.persons.push(&person_key(order.receiver.local(), fields.amount), fields.id)?;
            self.retries |= order.retry_of.is_some();
            self.rows += 1;
            let amount = self.amount.checked_add(fields.amount);
            let beyond = || LedgerError::Refused(format!("the total of batch {} is beyond counting", self.batch));
            self.amount = amount.ok_or_else(beyond)?;
            payouts.push((fields, digest));
        }
        transaction.add_payouts(self.batch.0, &payouts)
    }
}

impl Reader {
    /// The last batch number that was given out, whatever became of it.
    pub fn last_number(&self) -> Result<BatchId, LedgerError> {
        let next = self.one("SELECT next_batch FROM meta WHERE one = 1", [], |row| row.get::<_, i64>(0))?;
        let next = next.ok_or_else(|| LedgerError::damaged("it does not know its next batch"))?;
        Ok(BatchId(next.saturating_sub(1)))
    }
}

impl Ledger {
    /// Gives out no number up to `through` any more: files of such batches lie about, from a ledger
    /// that is gone.
    pub fn skip_numbers(&mut self, through: BatchId, at: Wall) -> Result<(), LedgerError> {
        let mut transaction = self.transaction(at)?;
        transaction.run("UPDATE meta SET next_batch = ?1 + 1 WHERE one = 1 AND next_batch <= ?1", [through.0])?;
        transaction.seal(&seal::META, 1)?;
        transaction.commit()
    }

    /// Begins an admission; returns the batch's number. One at a time: an interrupted one is
    /// abandoned first.
    pub fn admission_begin(
        &mut self,
        file: &str,
        received: Wall,
        other_columns: &[String],
        at: Wall,
    ) -> Result<BatchId, LedgerError> {
        if let Some(batch) = self.admission_interrupted()? {
            return Err(LedgerError::Refused(format!("batch {batch} is being admitted: one file at a time")));
        }
        let references = Sorter::new(&self.state, "sorting-references")?;
        let persons = Sorter::new(&self.state, "sorting-persons")?;
        let other_columns = print_other(other_columns)?;
        let mut transaction = self.transaction(at)?;
        let reader = &transaction.ledger.reader;
        let batch = reader.one("SELECT next_batch FROM meta WHERE one = 1", [], |row| row.get::<_, i64>(0))?;
        let batch = BatchId(batch.ok_or_else(|| LedgerError::damaged("it does not know its next batch"))?);
        let last = reader.one("SELECT id FROM payout ORDER BY id DESC LIMIT 1", [], |row| row.get::<_, i64>(0))?;
        let first = last.unwrap_or(0) + 1;
        transaction.change_one(
            "the next batch's number",
            "UPDATE meta SET next_batch = ?1 + 1 WHERE one = 1 AND next_batch = ?1",
            [batch.0],
        )?;
        transaction.seal(&seal::META, 1)?;
        transaction.run(
            "INSERT INTO batch (id, file, sha256, first_payout, rows, amount, received, admitted, approval, start, \
             other_columns, events, last_event, reported, visible) \
             VALUES (?1, ?2, x'', ?3, 0, 0, ?4, ?5, 'not_needed', 0, ?6, 0, 0, 0, 0)",
            params![batch.0, file, first, received.0, at.0, other_columns],
        )?;
        transaction.commit()?;
        self.admission = Some(Admission {
            batch,
            first,
            rows: 0,
            amount: 0,
            digest: RowsDigest::new(),
            references,
            persons,
            retries: false,
            phase: Phase::References,
        });
        Ok(batch)
    }

    /// Takes the admission out: whoever fails before it is put back has to abandon it.
    pub(super) fn take_admission(&mut self, batch: BatchId) -> Result<Admission, LedgerError> {
        match self.admission.take() {
            Some(admission) if admission.batch == batch => Ok(admission),
            other => {
                self.admission = other;
                Err(LedgerError::Refused(format!("batch {batch} is not being admitted by this process")))
            }
        }
    }

    /// Loads the next rows of the file, at most [`SLICE`] of them, in the file's order. After an
    /// error the admission has to be abandoned.
    pub fn admission_load(&mut self, batch: BatchId, rows: &[NewRow]) -> Result<(), LedgerError> {
        if rows.len() > SLICE {
            return Err(LedgerError::Refused(format!("{} rows in one slice: {SLICE} at most", rows.len())));
        }
        let mut admission = self.take_admission(batch)?;
        if admission.phase != Phase::References || admission.references.is_merging() {
            return Err(LedgerError::Refused(format!("batch {batch} is being indexed: no more rows")));
        }
        let mut transaction = self.transaction(Wall(0))?;
        for group in rows.chunks(GROUP) {
            admission.load(&mut transaction, group)?;
        }
        transaction.commit()?;
        self.unsettled += rows.len() / PAYOUTS_A_PAGE;
        self.admission = Some(admission);
        Ok(())
    }

    /// The last transaction: makes the batch visible, with its tally and its admission event. The
    /// event's `rows_digest` is the ledger's own: empty or equal, or it is refused, as it is when
    /// rows or total are not what was loaded.
    pub fn admission_finish(&mut self, batch: BatchId, event: &BatchEvent, at: Wall) -> Result<Batch, LedgerError> {
        let admission = self.take_admission(batch)?;
        let refused = |why: &str| Err(LedgerError::Refused(format!("batch {batch} is not admitted: {why}")));
        let mut event = event.clone();
        let BatchEvent::Admitted { file, sha256, rows_digest, rows, amount_centimes, .. } = &mut event else {
            return refused("that is not an admission");
        };
        let digest = admission.digest.hex();
        if !rows_digest.is_empty() && *rows_digest != digest {
            return refused("its rows are not those that were loaded");
        }
        *rows_digest = digest;
        if admission.phase != Phase::Done {
            return refused("it is not indexed to its end");
        }
        if (i64::from(*rows), *amount_centimes) != (admission.rows, admission.amount) {
            return refused("its rows or its total are not what was loaded: the file changed while it was read");
        }
        let Some(content) = unhex(sha256) else {
            return refused("its SHA-256 is not one");
        };
        let file = file.clone();
        let body = print(&event)?;
        let BatchEvent::Admitted { approval, hold, start, received, other_columns, .. } = &event else {
            return refused("that is not an admission");
        };
        let other_columns = print_other(other_columns)?;
        let mut transaction = self.transaction(at)?;
        let seq = transaction.append(&Link {
            at: at.0,
            batch: batch.0,
            payout: None,
            no: 1,
            attempt: None,
            kind: event.kind(),
            body: &body,
        })?;
        transaction.change_one(
            &format!("batch {batch}, 'batch_admitted'"),
            "UPDATE batch SET file = ?2, sha256 = ?3, rows = ?4, amount = ?5, received = ?6, admitted = ?7, \
             approval = ?8, hold = ?9, start = ?10, other_columns = ?11, events = 1, last_event = ?12, visible = 1 \
             WHERE id = ?1 AND visible = 0",
            params![
                batch.0,
                file,
                content,
                admission.rows,
                admission.amount,
                received.0,
                at.0,
                print_approval(*approval),
                hold.as_ref().map(column::print),
                start.0,
                other_columns,
                seq
            ],
        )?;
        transaction.seal(&seal::BATCH, batch.0)?;
        for word in StateWord::ALL {
            let queued = word == StateWord::Queued;
            let (rows, amount) = if queued { (admission.rows, admission.amount) } else { (0, 0) };
            transaction.run(
                "INSERT INTO tally (batch, state, rows, amount) VALUES (?1, ?2, ?3, ?4)",
                params![batch.0, word.as_str(), rows, amount],
            )?;
        }
        transaction.highest_batch = batch.0;
        transaction.commit()?;
        // It is admitted: an error from here on must not pass for "not admitted".
        let admitted = self.batch(batch).map_err(|error| self.break_down(error.to_string()))?;
        admitted.ok_or_else(|| LedgerError::contradiction(format!("batch {batch} vanished")))
    }

    /// Brings what the last slices wrote from the write-ahead log into the database, where that is much: in a
    /// moment of its own, before somebody's commit would have to do it for all of them. `false`: it is
    /// little yet. Trouble is left to the next commit, which meets it too, and says so.
    pub fn admission_settle(&mut self) -> bool {
        if self.unsettled < UNSETTLED {
            return false;
        }
        self.unsettled = 0;
        let settle = self.reader.prepare("PRAGMA wal_checkpoint(PASSIVE)");
        let settled = settle.and_then(|mut settle| Ok(settle.query_row([], |row| row.get::<_, i64>(0))?));
        if let Err(error) = settled {
            tracing::debug!("the write-ahead log was not copied back: {error}");
        }
        true
    }

    /// The batch whose admission is under way, or was when the process before this one died.
    pub fn admission_interrupted(&self) -> Result<Option<BatchId>, LedgerError> {
        self.one("SELECT id FROM batch INDEXED BY batch_loading WHERE visible = 0", [], |row| row.get(0).map(BatchId))
    }

    /// Removes the last rows of an admission that was not finished, some hundreds of them, with
    /// everything that they took; `false` once nothing of it is left.
    pub fn admission_abandon(&mut self, batch: BatchId) -> Result<bool, LedgerError> {
        if self.admission_interrupted()? != Some(batch) {
            return Ok(false);
        }
        self.admission = None;
        let mut transaction = self.transaction(Wall(0))?;
        let rows = transaction.ledger.reader.all(
            "SELECT id, reference, receiver, amount FROM payout WHERE batch = ?1 \
             AND id >= (SELECT first_payout FROM batch WHERE id = ?1 AND visible = 0) ORDER BY id DESC LIMIT ?2",
            params![batch.0, REMOVED as i64],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?)),
        )?;
        for (id, reference, receiver, amount) in &rows {
            let key = Reference::key_of(reference);
            transaction.run("DELETE FROM reference WHERE reference = ?1 AND payout = ?2", params![key, id])?;
            transaction.run(
                "INSERT INTO reference (reference, payout) \
                 SELECT reference, payout FROM taken_over WHERE reference = ?1 AND successor = ?2",
                params![key, id],
            )?;
            transaction.run("DELETE FROM taken_over WHERE reference = ?1 AND successor = ?2", params![key, id])?;
            transaction.run(
                "DELETE FROM person WHERE receiver = ?1 AND amount = ?2 AND payout = ?3",
                params![receiver, amount, id],
            )?;
            transaction.run("DELETE FROM payout WHERE id = ?1 AND batch = ?2", params![id, batch.0])?;
        }
        let more = rows.len() == REMOVED;
        if !more {
            transaction.run("DELETE FROM batch WHERE id = ?1 AND visible = 0", [batch.0])?;
        }
        transaction.commit()?;
        self.unsettled += rows.len();
        Ok(more)
    }
}

/// Receiver and amount so that bytes compare as the numbers do.
pub(super) fn person_key(receiver: u32, amount: i64) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&receiver.to_be_bytes());
    key[4..].copy_from_slice(&amount.to_be_bytes());
    key
}

/// What [`person_key`] was made of.
pub(super) fn person_of(key: &[u8]) -> Option<(u32, i64)> {
    let (receiver, rest) = key.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*receiver), i64::from_be_bytes(*rest.first_chunk::<8>()?)))
}
