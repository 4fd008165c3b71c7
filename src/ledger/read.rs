//! What the engine asks: batches, the payouts that are due, the doubts, what stands.
//!
//! Must never: scan settled rows. Every verb here is a walk along a small or partial index.

use super::chain::{Hash, Head, Tip};
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::StoredEvent;
use super::seal;
use super::standing::{Chained, HOUSE, Standing};
use super::stored::{COLUMNS, StoredRow, fit};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::order::Order;
use crate::payout::state::{BatchId, ConfirmedBy, Payout, PayoutId, StateWord};
use rusqlite::{Row, params};

/// How many `paid` events are walked back in search of one confirmed by Transfert, or of what was
/// settled lately: far more than MonCash pays in any `balance_lag`, and a millisecond's reading.
const LONGEST_WALK: u32 = 5_000;
/// The walk goes on this far past a moment that is too old: a wall clock that was set back leaves
/// younger events behind older ones.
const PAST_TOO_OLD: u32 = 200;
/// Longest chain of payouts that repeat each other. Nobody retries more often.
const LONGEST_CHAIN: usize = 1_000;

impl Reader {
    /// Queued payouts of a batch after `after`, in the file's order.
    pub fn queued_after(
        &self,
        batch: BatchId,
        after: Option<PayoutId>,
        limit: u32,
    ) -> Result<Vec<PayoutId>, LedgerError> {
        let from = after.map_or(0, |id| id.0);
        let mut last = from;
        self.all(
            "SELECT id FROM payout INDEXED BY payout_queued WHERE state = 'queued' AND batch = ?1 AND id > ?2 \
             AND (SELECT visible FROM batch WHERE id = ?1) = 1 ORDER BY id LIMIT ?3",
            params![batch.0, from, limit],
            |row| {
                last = in_order(last, row.get(0)?)?;
                Ok(PayoutId(last))
            },
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

    /// Several payouts, in this order, each read as [`Reader::payout`] reads one: from one state of the
    /// ledger, for which SQLite's locks are taken once and not for every payout.
    pub fn payouts(&self, ids: &[PayoutId]) -> Result<Vec<Payout>, LedgerError> {
        self.at_once(|reader| ids.iter().map(|id| reader.payout(*id)).collect())
    }

    pub(super) fn row(&self, id: PayoutId) -> Result<StoredRow, LedgerError> {
        self.all(&admitted_sql(), [id.0], StoredRow::read)?.pop().ok_or(LedgerError::NoSuchPayout(id))
    }

    /// The payouts that this one repeats, nearest first.
    pub fn ancestors(&self, id: PayoutId) -> Result<Vec<Payout>, LedgerError> {
        self.at_once(|reader| {
            let mut chain: Vec<Payout> = Vec::new();
            let mut row = reader.row(id)?.whole()?;
            while let Some(ancestor) = reader.ancestor_of(&row)? {
                if chain.len() == LONGEST_CHAIN {
                    return Err(LedgerError::contradiction(format!("payout {} repeats too many others", id.0)));
                }
                row = reader.row(ancestor)?.whole()?;
                chain.push(reader.payout(ancestor)?);
            }
            Ok(chain)
        })
    }

    /// The payout that this one repeats, which must be the one that its file names, and must know
    /// of it.
    fn ancestor_of(&self, row: &StoredRow) -> Result<Option<PayoutId>, LedgerError> {
        let wrong = |what: &str| LedgerError::contradiction(format!("payout {}: {what}", row.id.0));
        let (ancestor, retry_of) = match (row.ancestor, &row.instruction.retry_of) {
            (None, None) => return Ok(None),
            (Some(ancestor), Some(retry_of)) => (PayoutId(ancestor), retry_of),
            _ => return Err(wrong("retry_of and its ancestor do not go together")),
        };
        if self.row(ancestor)?.instruction.reference.key() != retry_of.key() {
            return Err(wrong("its ancestor is not the payout that retry_of names"));
        }
        if !self.repeats(ancestor, row.id)? {
            return Err(wrong("its ancestor does not know that it is repeated"));
        }
        Ok(Some(ancestor))
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
                let stored = reader.row(PayoutId(row.get(0)?))?.whole()?;
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
            "SELECT e.at, e.payout FROM event e INDEXED BY event_paid WHERE e.kind = 'paid' ORDER BY e.seq DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([LONGEST_WALK])?;
        let mut settled = Vec::new();
        let mut too_old = 0;
        while let Some(row) = rows.next()? {
            let at = Wall(row.get(0)?);
            if at >= since {
                settled.push((self.row(PayoutId(row.get(1)?))?.instruction.amount, at));
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
        let sql = format!("SELECT body, balance, balance_at, {} FROM standing WHERE one = 1", seal::STANDING.whole());
        let row = self.one(&sql, [], |row| {
            let balance = (row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?);
            Ok((row.get::<_, String>(0)?, balance, row.get::<_, bool>(3)?))
        })?;
        let Some((body, (balance, at), whole)) = row else {
            return Err(LedgerError::damaged("it does not say what stands"));
        };
        seal::STANDING.check(whole, "the row")?;
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

    /// Orders that nobody answered yet, oldest first.
    pub fn orders_waiting(&self) -> Result<Vec<(i64, Order)>, LedgerError> {
        let sql = format!("SELECT id, body, {} FROM orders WHERE applied_at IS NULL ORDER BY id", seal::ORDER.whole());
        self.all(&sql, [], |row| {
            let (id, body): (i64, String) = (row.get(0)?, row.get(1)?);
            seal::ORDER.check(row.get(2)?, &format!("order {id}"))?;
            let order =
                serde_json::from_str(&body).map_err(|_| LedgerError::damaged(format!("order {id} is not readable")))?;
            Ok((id, order))
        })
    }
}

/// Reads the payout `?1`, if it is admitted.
pub(super) fn admitted_sql() -> String {
    format!("SELECT {COLUMNS} FROM payout p WHERE p.id = ?1 AND (SELECT visible FROM batch WHERE id = p.batch) = 1")
}

/// Numbers that a walk meets rise; in a tree that is out of order it would go in a circle.
pub(super) fn in_order(last: i64, next: i64) -> Result<i64, LedgerError> {
    if next > last {
        return Ok(next);
    }
    Err(LedgerError::damaged(format!("payout {next} comes after payout {last}: an index or a table is out of order")))
}

fn read_id(row: &Row) -> Result<PayoutId, LedgerError> {
    Ok(PayoutId(row.get(0)?))
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
