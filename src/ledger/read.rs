//! What the engine asks: batches, the payouts that are due, the doubts, what stands.
//!
//! Must never: scan settled rows. Every verb here is a walk along a small or partial index.

use super::chain::{Hash, Head, Tip};
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::StoredEvent;
use super::standing::{Chained, HOUSE, Standing};
use super::stored::{COLUMNS, StoredRow, fit, parse_other};
use crate::payout::batch::{Approval, Batch, Tally};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::order::Order;
use crate::payout::state::{BatchId, ConfirmedBy, Payout, PayoutId, StateWord};
use rusqlite::{Row, params};

const BATCH: &str = "SELECT id, file, sha256, rows, amount, received, admitted, approval, hold, cancel, freed, start, \
     last_event, reported, completed FROM batch WHERE visible = 1";

/// How many `paid` events are walked back in search of one confirmed by Transfert, or of what was
/// settled lately: far more than MonCash pays in any `balance_lag`, and a millisecond's reading.
const LONGEST_WALK: u32 = 5_000;
/// The walk goes on this far past a moment that is too old: a wall clock that was set back leaves
/// younger events behind older ones.
const PAST_TOO_OLD: u32 = 200;
/// Longest chain of payouts that repeat each other. Nobody retries more often.
const LONGEST_CHAIN: usize = 1_000;

impl Reader {
    /// Batches that were not completed, oldest first.
    pub fn batches_unfinished(&self) -> Result<Vec<Batch>, LedgerError> {
        let sql = format!("{BATCH} AND completed IS NULL ORDER BY id");
        self.at_once(|reader| reader.batches(&sql, []))
    }

    pub fn batch(&self, id: BatchId) -> Result<Option<Batch>, LedgerError> {
        let sql = format!("{BATCH} AND id = ?1");
        Ok(self.at_once(|reader| reader.batches(&sql, [id.0]))?.pop())
    }

    /// The newest batches, newest first.
    pub fn batches_latest(&self, limit: u32) -> Result<Vec<Batch>, LedgerError> {
        let sql = format!("{BATCH} ORDER BY id DESC LIMIT ?1");
        self.at_once(|reader| reader.batches(&sql, [limit]))
    }

    /// The newest batch that was admitted with this content.
    pub fn known_file(&self, sha256: &[u8; 32]) -> Result<Option<Batch>, LedgerError> {
        let sql = format!("{BATCH} AND sha256 = ?1 ORDER BY id DESC LIMIT 1");
        Ok(self.at_once(|reader| reader.batches(&sql, [&sha256[..]]))?.pop())
    }

    fn batches(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Batch>, LedgerError> {
        let mut batches = self.all(sql, params, read_batch)?;
        for batch in &mut batches {
            batch.tally = self.tally(batch.id)?;
        }
        Ok(batches)
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
        let text: Option<String> =
            self.one("SELECT other_columns FROM batch WHERE id = ?1 AND visible = 1", [batch.0], |row| row.get(0))?;
        parse_other(&text.unwrap_or_default())
    }

    /// Queued payouts of a batch after `after`, in the file's order.
    pub fn queued_after(
        &self,
        batch: BatchId,
        after: Option<PayoutId>,
        limit: u32,
    ) -> Result<Vec<PayoutId>, LedgerError> {
        self.all(
            "SELECT id FROM payout INDEXED BY payout_queued WHERE state = 'queued' AND batch = ?1 AND id > ?2 \
             AND (SELECT visible FROM batch WHERE id = ?1) = 1 ORDER BY id LIMIT ?3",
            params![batch.0, after.map_or(0, |id| id.0), limit],
            read_id,
        )
    }

    /// Every payout in doubt, oldest first.
    pub fn doubts(&self) -> Result<Vec<PayoutId>, LedgerError> {
        self.all("SELECT id FROM payout INDEXED BY payout_in_doubt WHERE state = 'in_doubt' ORDER BY id", [], read_id)
    }

    /// The payout, with its row checked against its digest and against everything that its events
    /// say. Doubts come as this process must see them: taken over at every opening since.
    ///
    /// Errors: [`LedgerError::Damaged`] or [`LedgerError::Contradiction`] where they disagree,
    /// [`LedgerError::NoSuchPayout`] where there is none, or it is not admitted yet.
    pub fn payout(&self, id: PayoutId) -> Result<Payout, LedgerError> {
        self.at_once(|reader| {
            let row = reader.row(id)?;
            let payout = reader.replay(row.admitted(), &mut |_, _| Ok(()))?;
            row.agrees_with(&payout)?;
            Ok(payout)
        })
    }

    pub(super) fn row(&self, id: PayoutId) -> Result<StoredRow, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM payout p WHERE p.id = ?1 AND (SELECT visible FROM batch WHERE id = p.batch) = 1"
        );
        self.all(&sql, [id.0], StoredRow::read)?.pop().ok_or(LedgerError::NoSuchPayout(id))
    }

    /// The payouts that this one repeats, nearest first.
    pub fn ancestors(&self, id: PayoutId) -> Result<Vec<Payout>, LedgerError> {
        self.at_once(|reader| {
            let mut chain = Vec::new();
            let mut next = reader.row(id)?.ancestor;
            while let Some(ancestor) = next {
                if chain.len() == LONGEST_CHAIN {
                    return Err(LedgerError::contradiction(format!("payout {} repeats too many others", id.0)));
                }
                chain.push(reader.payout(PayoutId(ancestor))?);
                next = reader.row(PayoutId(ancestor))?.ancestor;
            }
            Ok(chain)
        })
    }

    /// Whose transaction this is, if it was seen before.
    pub fn transaction_known(&self, transaction: &str) -> Result<Option<PayoutId>, LedgerError> {
        self.one(
            "SELECT id FROM payout INDEXED BY payout_transaction WHERE transaction_id = ?1",
            [transaction],
            |row| row.get(0).map(PayoutId),
        )
    }

    /// The reference most recently confirmed by Transfert: what a control question is put about.
    /// Walks back along the `paid` events, not far.
    pub fn last_confirmed_by_transfer(&self) -> Result<Option<Reference>, LedgerError> {
        let recent = "SELECT payout FROM event INDEXED BY event_paid WHERE kind = 'paid' ORDER BY seq DESC LIMIT ?1";
        self.at_once(|reader| {
            let mut statement = reader.prepare(recent)?;
            let mut rows = statement.query([LONGEST_WALK])?;
            while let Some(row) = rows.next()? {
                let stored = reader.row(PayoutId(row.get(0)?))?;
                let by_transfer = stored.cache.confirmed_by == Some(ConfirmedBy::Transfer);
                if by_transfer && stored.cache.state == StateWord::Paid {
                    return Ok(Some(stored.instruction.reference));
                }
            }
            Ok(None)
        })
    }

    /// What was paid since a moment, newest first: amount, and when the ledger learned of it.
    pub fn settled_since(&self, since: Wall) -> Result<Vec<(Amount, Wall)>, LedgerError> {
        let mut statement = self.prepare(
            "SELECT e.at, p.amount FROM event e INDEXED BY event_paid CROSS JOIN payout p ON p.id = e.payout \
             WHERE e.kind = 'paid' ORDER BY e.seq DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([LONGEST_WALK])?;
        let mut settled = Vec::new();
        let mut too_old = 0;
        while let Some(row) = rows.next()? {
            let at = Wall(row.get(0)?);
            if at >= since {
                settled.push((Amount::from_centimes(row.get(1)?), at));
            } else {
                too_old += 1;
                if too_old > PAST_TOO_OLD {
                    break;
                }
            }
        }
        Ok(settled)
    }

    pub fn history(&self, payout: PayoutId) -> Result<Vec<StoredEvent>, LedgerError> {
        self.all(
            "SELECT seq, at, batch, payout, no, kind, body, hash FROM event INDEXED BY event_of_payout \
             WHERE payout = ?1 ORDER BY no",
            [payout.0],
            read_stored_event,
        )
    }

    /// The events of a batch as a whole.
    pub fn batch_history(&self, batch: BatchId) -> Result<Vec<StoredEvent>, LedgerError> {
        self.all(
            "SELECT seq, at, batch, payout, no, kind, body, hash FROM event INDEXED BY event_of_batch \
             WHERE payout IS NULL AND batch = ?1 ORDER BY no",
            [batch.0],
            read_stored_event,
        )
    }

    /// The events that concern no batch: openings, a new account, what stood for the whole house.
    pub fn house_history(&self) -> Result<Vec<StoredEvent>, LedgerError> {
        self.batch_history(BatchId(HOUSE))
    }

    pub fn standing(&self) -> Result<Standing, LedgerError> {
        let row = self.one("SELECT body, balance, balance_at FROM standing WHERE one = 1", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?))
        })?;
        let Some((body, balance, at)) = row else {
            return Err(LedgerError::damaged("it does not say what stands"));
        };
        let chained: Chained =
            serde_json::from_str(&body).map_err(|_| LedgerError::damaged("what stands is not readable"))?;
        Ok(Standing::of(chained, balance.map(Amount::from_centimes).zip(at.map(Wall))))
    }

    /// The end of the chain: what summaries and the journal keep.
    pub fn head(&self) -> Result<Head, LedgerError> {
        Ok(self.tip()?.head())
    }

    /// Whether an end of the chain that was kept elsewhere lies on this ledger's chain.
    pub fn knows_head(&self, head: &Head) -> Result<bool, LedgerError> {
        let hash = self.one("SELECT hash FROM event WHERE seq = ?1", [head.seq], |row| row.get::<_, Hash>(0))?;
        Ok(hash.is_some_and(|hash| super::chain::hex(&hash) == head.hash))
    }

    pub(super) fn tip(&self) -> Result<Tip, LedgerError> {
        let last = self.one("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Hash>(1)?))
        })?;
        Ok(last.map_or(Tip { seq: 0, hash: super::chain::GENESIS }, |(seq, hash)| Tip { seq, hash }))
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

    /// Orders that nobody answered yet, oldest first.
    pub fn orders_waiting(&self) -> Result<Vec<(i64, Order)>, LedgerError> {
        self.all("SELECT id, body FROM orders WHERE applied_at IS NULL ORDER BY id", [], |row| {
            let (id, body): (i64, String) = (row.get(0)?, row.get(1)?);
            let order =
                serde_json::from_str(&body).map_err(|_| LedgerError::damaged(format!("order {id} is not readable")))?;
            Ok((id, order))
        })
    }
}

fn read_id(row: &Row) -> Result<PayoutId, LedgerError> {
    Ok(PayoutId(row.get(0)?))
}

fn read_batch(row: &Row) -> Result<Batch, LedgerError> {
    let id = BatchId(row.get(0)?);
    let wall = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(Wall));
    let approval: String = row.get(7)?;
    Ok(Batch {
        id,
        file: row.get(1)?,
        sha256: row.get(2)?,
        rows: fit(row.get(3)?, "the rows of a batch")?,
        amount: Amount::from_centimes(row.get(4)?),
        received: Wall(row.get(5)?),
        admitted: Wall(row.get(6)?),
        approval: parse_approval(&approval)
            .ok_or_else(|| LedgerError::damaged(format!("batch {id} has the approval '{approval}'")))?,
        hold: row.get(8)?,
        cancel: row.get(9)?,
        freed: wall(10)?,
        start: Wall(row.get(11)?),
        tally: Tally::default(),
        last_event: row.get(12)?,
        reported: row.get(13)?,
        completed: wall(14)?,
    })
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

fn read_stored_event(row: &Row) -> Result<StoredEvent, LedgerError> {
    let hash: Hash = row.get(7)?;
    Ok(StoredEvent {
        seq: row.get(0)?,
        at: Wall(row.get(1)?),
        batch: BatchId(row.get(2)?),
        payout: row.get::<_, Option<i64>>(3)?.map(PayoutId),
        no: fit(row.get(4)?, "the number of an event")?,
        kind: row.get(5)?,
        body: row.get(6)?,
        hash: super::chain::hex(&hash),
    })
}
