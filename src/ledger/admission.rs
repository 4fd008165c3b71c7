//! Admitting a file: begin, load its rows, index them, finish. Each step is a short transaction of
//! its own, and the engine's turns run in between; nobody sees the batch before the last.
//!
//! Must never: keep the file in memory, or leave a trace of an admission that was not finished
//! (but for its number, which is not given out again).

use super::Ledger;
use super::batches::print_approval;
use super::chain::{Link, RowFields, RowsDigest, row_digest, unhex};
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::NewRow;
use super::seal;
use super::sorter::Sorter;
use super::stored::print_other;
use super::transaction::print;
use crate::payout::batch::{Batch, BatchEvent};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, StateWord};
use rusqlite::params;

/// Rows of one slice: a few milliseconds' work, so that paying goes on in between.
pub const SLICE: usize = 2_000;

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
        for row in rows {
            let other = print_other(&row.other)?;
            let order = &row.instruction;
            let fields = RowFields {
                id: admission.first + admission.rows,
                batch: batch.0,
                line: i64::from(row.line),
                reference: order.reference.as_str(),
                receiver: i64::from(order.receiver.local()),
                amount: order.amount.centimes(),
                description: &order.description,
                name: &row.name,
                other: &other,
                retry_of: order.retry_of.as_ref().map(Reference::as_str),
            };
            let digest = row_digest(&fields);
            transaction.run(
                "INSERT INTO payout (id, batch, line, reference, receiver, amount, description, name, other, retry_of, \
                 digest, state, events, attempts, may_have_been_paid) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'queued', 0, 0, 'no')",
                params![
                    fields.id,
                    fields.batch,
                    fields.line,
                    fields.reference,
                    fields.receiver,
                    fields.amount,
                    fields.description,
                    fields.name,
                    fields.other,
                    fields.retry_of,
                    digest
                ],
            )?;
            admission.digest.add(&digest);
            admission.references.push(order.reference.key().into_bytes(), fields.id)?;
            admission.persons.push(person_key(order.receiver.local(), fields.amount), fields.id)?;
            admission.retries |= order.retry_of.is_some();
            admission.rows += 1;
            admission.amount = admission
                .amount
                .checked_add(fields.amount)
                .ok_or_else(|| LedgerError::Refused(format!("the total of batch {batch} is beyond counting")))?;
        }
        transaction.commit()?;
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
                hold,
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

    /// The batch whose admission is under way, or was when the process before this one died.
    pub fn admission_interrupted(&self) -> Result<Option<BatchId>, LedgerError> {
        self.one("SELECT id FROM batch INDEXED BY batch_loading WHERE visible = 0", [], |row| row.get(0).map(BatchId))
    }

    /// Removes the last [`SLICE`] rows of an admission that was not finished, with everything that
    /// they took; `false` once nothing of it is left.
    pub fn admission_abandon(&mut self, batch: BatchId) -> Result<bool, LedgerError> {
        if self.admission_interrupted()? != Some(batch) {
            return Ok(false);
        }
        self.admission = None;
        let mut transaction = self.transaction(Wall(0))?;
        let rows = transaction.ledger.reader.all(
            "SELECT id, reference, receiver, amount FROM payout WHERE batch = ?1 \
             AND id >= (SELECT first_payout FROM batch WHERE id = ?1 AND visible = 0) ORDER BY id DESC LIMIT ?2",
            params![batch.0, SLICE as i64],
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
        let more = rows.len() == SLICE;
        if !more {
            transaction.run("DELETE FROM batch WHERE id = ?1 AND visible = 0", [batch.0])?;
        }
        transaction.commit()?;
        Ok(more)
    }
}

/// Receiver and amount so that bytes compare as the numbers do.
pub(super) fn person_key(receiver: u32, amount: i64) -> Vec<u8> {
    [&receiver.to_be_bytes()[..], &amount.to_be_bytes()[..]].concat()
}
