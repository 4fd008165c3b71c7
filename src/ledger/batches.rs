//! Batches as the ledger holds them: a row, its tally and its events, which must agree before
//! anybody acts on them.
//!
//! Must never: hand out a batch whose orders are not those that its events tell of.

use super::column;
use super::error::LedgerError;
use super::reader::Reader;
use super::seal;
use super::stored::{fit, parse_other};
use crate::payout::batch::{Approval, Batch, BatchEvent, ReadAs, Tally};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use crate::payout::terms::Terms;
use rusqlite::Row;

/// Batches that are looked at together when those of a day are added up; most days have fewer.
const PAGE_OF_A_DAY: i64 = 100;

fn batch_sql(rest: &str) -> String {
    format!(
        "SELECT id, file, sha256, rows, amount, received, admitted, approval, hold, cancel, freed, start, last_event, \
         reported, completed, events, {} FROM batch WHERE visible = 1 {rest}",
        seal::BATCH.whole()
    )
}

/// A batch's row and how many events of its own it counts.
struct Found {
    batch: Batch,
    events: u32,
}

impl Reader {
    /// Batches that were not completed, oldest first.
    pub fn batches_unfinished(&self) -> Result<Vec<Batch>, LedgerError> {
        let sql = batch_sql("AND completed IS NULL ORDER BY id");
        self.at_once(|reader| reader.batches_as_told(&sql, []))
    }

    pub fn batch(&self, id: BatchId) -> Result<Option<Batch>, LedgerError> {
        let sql = batch_sql("AND id = ?1");
        Ok(self.at_once(|reader| reader.batches_as_told(&sql, [id.0]))?.pop())
    }

    /// The newest batches, newest first.
    pub fn batches_latest(&self, limit: u32) -> Result<Vec<Batch>, LedgerError> {
        let sql = batch_sql("ORDER BY id DESC LIMIT ?1");
        self.at_once(|reader| reader.batches(&sql, [limit]))
    }

    /// The newest batch that was admitted with this content.
    pub fn known_file(&self, sha256: &[u8; 32]) -> Result<Option<Batch>, LedgerError> {
        let sql = batch_sql("AND sha256 = ?1 ORDER BY id DESC LIMIT 1");
        Ok(self.at_once(|reader| reader.batches(&sql, [&sha256[..]]))?.pop())
    }

    fn batches(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Batch>, LedgerError> {
        let mut all: Vec<Batch> = self.found(sql, params)?.into_iter().map(|found| found.batch).collect();
        for batch in &mut all {
            batch.terms = self.terms(batch.id)?;
        }
        Ok(all)
    }

    /// The terms on which a batch was admitted, from its first event.
    fn terms(&self, batch: BatchId) -> Result<Terms, LedgerError> {
        let body: Option<String> = self.one(
            "SELECT body FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 AND no = 1",
            [batch.0],
            |row| row.get(0),
        )?;
        let body = body.ok_or_else(|| LedgerError::contradiction(format!("batch {batch} was never admitted")))?;
        match serde_json::from_str(&body) {
            Ok(BatchEvent::Admitted { terms, .. }) => Ok(terms),
            _ => Err(LedgerError::damaged(format!("batch {batch}: its admission is not readable"))),
        }
    }

    /// HTG of the batches before `before` that were admitted since a moment, whatever became of them.
    /// The newest come first, and it stops where a whole page of them is older: the clock may have
    /// been set wrong for some.
    pub fn admitted_since(&self, since: Wall, before: BatchId) -> Result<Amount, LedgerError> {
        let sql = format!(
            "SELECT id, amount, admitted, {} FROM batch WHERE visible = 1 AND id < ?1 ORDER BY id DESC LIMIT ?2",
            seal::BATCH.whole()
        );
        let (mut sum, mut before) = (Amount::ZERO, before);
        loop {
            let page = self.all(&sql, [before.0, PAGE_OF_A_DAY], |row| {
                let id = BatchId(row.get(0)?);
                seal::BATCH.check(row.get(3)?, &id.to_string())?;
                Ok((id, Amount::from_centimes(row.get(1)?), Wall(row.get(2)?)))
            })?;
            let of_the_day = page.iter().filter(|(_, _, admitted)| *admitted >= since);
            let (mut count, last) = (0_u32, page.last().map(|(id, _, _)| *id));
            for (_, amount, _) in of_the_day {
                sum = sum.saturating_add(*amount);
                count += 1;
            }
            match last {
                Some(last) if count > 0 => before = last,
                _ => return Ok(sum),
            }
        }
    }

    /// The same, each compared with its events: an order that a lost write took back is an order.
    fn batches_as_told(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Batch>, LedgerError> {
        let mut all = self.found(sql, params)?;
        for found in &mut all {
            self.check_told(found)?;
        }
        Ok(all.into_iter().map(|found| found.batch).collect())
    }

    fn found(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Found>, LedgerError> {
        let mut all = self.all(sql, params, read_batch)?;
        for Found { batch, .. } in &mut all {
            batch.tally = self.tally(batch.id)?;
            let sum: i64 = StateWord::ALL.into_iter().map(|word| batch.tally.amount(word).centimes()).sum();
            if (batch.tally.rows(), sum) != (batch.rows, batch.amount.centimes()) {
                return Err(LedgerError::contradiction(format!(
                    "batch {}: its tally does not add up to what was admitted",
                    batch.id
                )));
            }
        }
        Ok(all)
    }

    /// Compares, and takes over what only the events tell.
    fn check_told(&self, found: &mut Found) -> Result<(), LedgerError> {
        let Found { batch, events } = found;
        let id = batch.id;
        let mut told: Option<Batch> = None;
        let mut count = 0;
        let cannot_follow = |no| LedgerError::contradiction(format!("batch {id}: event {no} cannot follow"));
        for event in self.batch_history(id)? {
            count += 1;
            let body: BatchEvent = serde_json::from_str(&event.body)
                .map_err(|_| LedgerError::damaged(format!("batch {id}: event {} is not readable", event.no)))?;
            match (&mut told, &body) {
                (None, BatchEvent::Admitted { .. }) => told = Some(as_admitted(batch, &body, event.at)?),
                (Some(told), BatchEvent::Completed) => told.completed = Some(told.completed.unwrap_or(event.at)),
                (Some(told), _) => told.apply(&body, event.at).ok_or_else(|| cannot_follow(event.no))?,
                (None, _) => return Err(cannot_follow(event.no)),
            }
        }
        if let Some(told) = &told {
            batch.terms.clone_from(&told.terms);
        }
        if told.as_ref() == Some(batch) && count == *events {
            return Ok(());
        }
        Err(LedgerError::contradiction(format!("batch {id}: its row is not what its events say")))
    }

    pub(super) fn tally(&self, batch: BatchId) -> Result<Tally, LedgerError> {
        let mut tally = Tally::default();
        self.all("SELECT state, rows, amount FROM tally WHERE batch = ?1", [batch.0], |row| {
            let word: String = row.get(0)?;
            let word = StateWord::parse(&word)
                .ok_or_else(|| LedgerError::damaged(format!("batch {batch} has a tally of '{word}'")))?;
            tally.set(word, fit(row.get(1)?, "a tally")?, Amount::from_centimes(row.get(2)?));
            Ok(())
        })?;
        Ok(tally)
    }

    /// The names of the file's other columns, in order.
    pub fn other_columns(&self, batch: BatchId) -> Result<Vec<String>, LedgerError> {
        let sql = format!("SELECT other_columns, {} FROM batch WHERE id = ?1 AND visible = 1", seal::BATCH.whole());
        let found = self.one(&sql, [batch.0], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))?;
        let Some((text, whole)) = found else { return Ok(Vec::new()) };
        seal::BATCH.check(whole, &batch.to_string())?;
        parse_other(&text)
    }

    /// How the batch's file was read; none where its admission does not tell.
    pub fn read_as(&self, batch: BatchId) -> Result<Option<ReadAs>, LedgerError> {
        let Some(first) = self.batch_history(batch)?.into_iter().next() else { return Ok(None) };
        match serde_json::from_str(&first.body) {
            Ok(BatchEvent::Admitted { read_as, .. }) => Ok(read_as.map(|read_as| *read_as)),
            _ => Err(LedgerError::damaged(format!("batch {batch}: its admission is not readable"))),
        }
    }

    /// The payouts of a batch: the first, and the one after the last. `None` for no such batch.
    pub(super) fn range(&self, batch: BatchId) -> Result<Option<(i64, i64)>, LedgerError> {
        let sql = format!(
            "SELECT first_payout, first_payout + rows, {} FROM batch WHERE id = ?1 AND visible = 1",
            seal::BATCH.whole()
        );
        let found = self
            .one(&sql, [batch.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, bool>(2)?)))?;
        let Some((first, end, whole)) = found else { return Ok(None) };
        seal::BATCH.check(whole, &batch.to_string())?;
        Ok(Some((first, end)))
    }

    /// Batches whose report is behind their events.
    pub fn batches_to_report(&self) -> Result<Vec<BatchId>, LedgerError> {
        self.all(
            "SELECT id FROM batch INDEXED BY batch_to_report WHERE last_event > reported AND visible = 1 ORDER BY id",
            [],
            |row| Ok(BatchId(row.get(0)?)),
        )
    }

    pub fn highest_batch(&self) -> Result<Option<BatchId>, LedgerError> {
        self.one("SELECT id FROM batch WHERE visible = 1 ORDER BY id DESC LIMIT 1", [], |row| row.get(0).map(BatchId))
    }
}

/// The batch that an admission event makes, with what no event tells taken over from the row.
fn as_admitted(row: &Batch, event: &BatchEvent, at: Wall) -> Result<Batch, LedgerError> {
    let unreadable = || LedgerError::damaged(format!("batch {}: its admission is not readable", row.id));
    let BatchEvent::Admitted { file, sha256, rows, amount_centimes, received, approval, hold, start, terms, .. } =
        event
    else {
        return Err(unreadable());
    };
    Ok(Batch {
        id: row.id,
        file: file.clone(),
        sha256: super::chain::unhex(sha256).ok_or_else(unreadable)?,
        rows: *rows,
        amount: Amount::from_centimes(*amount_centimes),
        received: *received,
        admitted: at,
        approval: *approval,
        hold: hold.clone(),
        cancel: None,
        freed: None,
        start: *start,
        terms: terms.clone(),
        tally: row.tally,
        last_event: row.last_event,
        reported: row.reported,
        completed: None,
    })
}

fn read_batch(row: &Row) -> Result<Found, LedgerError> {
    let id = BatchId(row.get(0)?);
    seal::BATCH.check(row.get(16)?, &id.to_string())?;
    let wall = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(Wall));
    let approval: String = row.get(7)?;
    let events = fit(row.get(15)?, "the events of a batch")?;
    let batch = Batch {
        id,
        file: row.get(1)?,
        sha256: row.get(2)?,
        rows: fit(row.get(3)?, "the rows of a batch")?,
        amount: Amount::from_centimes(row.get(4)?),
        received: Wall(row.get(5)?),
        admitted: Wall(row.get(6)?),
        approval: parse_approval(&approval)
            .ok_or_else(|| LedgerError::damaged(format!("batch {id} has the approval '{approval}'")))?,
        hold: row.get::<_, Option<String>>(8)?.map(|text| column::read(&text)),
        cancel: row.get(9)?,
        freed: wall(10)?,
        start: Wall(row.get(11)?),
        terms: Terms::default(),
        tally: Tally::default(),
        last_event: row.get(12)?,
        reported: row.get(13)?,
        completed: wall(14)?,
    };
    Ok(Found { batch, events })
}

pub(super) fn print_approval(approval: Approval) -> &'static str {
    match approval {
        Approval::NotNeeded => "not_needed",
        Approval::Awaited => "awaited",
        Approval::Given => "given",
    }
}

pub(super) fn parse_approval(word: &str) -> Option<Approval> {
    use Approval::{Awaited, Given, NotNeeded};
    [NotNeeded, Awaited, Given].into_iter().find(|approval| print_approval(*approval) == word)
}
