//! Readings of the balance that are kept, and what moved between them: what a balance proof rests on.
//!
//! A reading is an event of the chain, in a series of its own (`batch` is [`READINGS`]): the walks over
//! the house's events at start stay as short as they were. Which readings are worth keeping is the
//! core's word (`Funds::worth_keeping`).
//!
//! Must never: keep one where nothing moved since the last, or walk over events but for a proof.

use super::chain::Link;
use super::error::LedgerError;
use super::reader::Reader;
use super::stored::StoredRow;
use super::transaction::print;
use super::turn::Turn;
use crate::payout::batch::Batch;
use crate::payout::instruction::Reference;
use crate::payout::moment::{BootMoment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, ConfirmedBy, MayHaveBeenPaid, PayoutId, StateWord};
use rusqlite::params;
use serde::{Deserialize, Serialize};

/// The number that readings carry in place of a batch's.
pub(super) const READINGS: i64 = -1;
const KIND: &str = "reading";

/// A reading's body, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    centimes: i64,
    /// When it was asked for, on the clock that cannot jump and on the wall's.
    asked: BootMoment,
    asked_at: Wall,
    /// When it was heard.
    heard: BootMoment,
}

/// A reading of the balance that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its number in the chain: what was sent with a lower one may be in it.
    pub seq: i64,
    /// Its number among the readings, from 1.
    pub no: i64,
    pub balance: Amount,
    pub asked: BootMoment,
    pub asked_at: Wall,
    pub heard: BootMoment,
}

/// A step of a payout that can have to do with the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub seq: i64,
    pub at: Wall,
    pub payout: PayoutId,
    /// `paid`, or else `sent`.
    pub paid: bool,
}

/// How a payout stands, for a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    pub id: PayoutId,
    pub batch: BatchId,
    pub reference: Reference,
    pub amount: Amount,
    pub state: StateWord,
    pub money: MayHaveBeenPaid,
    pub confirmed_by: Option<ConfirmedBy>,
    /// The number of its first `sent` event; none where nothing was sent, or a ledger forgot it.
    pub first_sent: Option<i64>,
}

impl Turn<'_> {
    /// Keeps a reading of the balance.
    pub fn keep_reading(
        &mut self,
        balance: Amount,
        asked: BootMoment,
        asked_at: Wall,
        heard: BootMoment,
    ) -> Result<(), LedgerError> {
        let body = print(&Body { centimes: balance.centimes(), asked, asked_at, heard })?;
        let transaction = &mut self.transaction;
        let last: Option<i64> = transaction.ledger.reader.one(
            "SELECT no FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 ORDER BY no DESC LIMIT 1",
            [READINGS],
            |row| row.get(0),
        )?;
        let (at, no) = (transaction.at.0, last.unwrap_or(0) + 1);
        transaction.append(&Link { at, batch: READINGS, payout: None, no, attempt: None, kind: KIND, body: &body })?;
        Ok(())
    }
}

impl Reader {
    /// Readings that were kept, after the one with this number, in their order.
    pub fn readings(&self, after: i64, limit: u32) -> Result<Vec<Reading>, LedgerError> {
        let mut last = after;
        self.all(
            "SELECT seq, no, kind, body FROM event INDEXED BY event_of_batch \
             WHERE payout IS NULL AND batch = ?1 AND no > ?2 ORDER BY no LIMIT ?3",
            params![READINGS, after, limit],
            |row| {
                let (seq, no): (i64, i64) = (row.get(0)?, row.get(1)?);
                let (kind, body): (String, String) = (row.get(2)?, row.get(3)?);
                let unreadable = || LedgerError::damaged(format!("reading {no} of the balance is not readable"));
                if kind != KIND || no != last + 1 {
                    return Err(unreadable());
                }
                last = no;
                let body: Body = serde_json::from_str(&body).map_err(|_| unreadable())?;
                let Body { centimes, asked, asked_at, heard } = body;
                Ok(Reading { seq, no, balance: Amount::from_centimes(centimes), asked, asked_at, heard })
            },
        )
    }

    /// The first event that was written at this moment or later; clocks that were set back are taken as
    /// they are, which is why whoever asks goes back a little further.
    pub fn event_at(&self, at: Wall) -> Result<i64, LedgerError> {
        let (mut low, mut high) = (1, self.tip()?.seq + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.one("SELECT at FROM event WHERE seq = ?1", [middle], |row| row.get::<_, i64>(0))?;
            match found {
                Some(written) if written < at.0 => low = middle + 1,
                Some(_) => high = middle,
                None => return Err(LedgerError::damaged(format!("event {middle} is missing"))),
            }
        }
        Ok(low)
    }

    /// What was sent and what was paid from one event to before another, in the chain's order.
    pub fn movements(&self, from: i64, before: i64, limit: u32) -> Result<Vec<Movement>, LedgerError> {
        let mut last = from - 1;
        self.all(
            "SELECT seq, at, payout, kind FROM event NOT INDEXED \
             WHERE seq >= ?1 AND seq < ?2 AND kind IN ('sent', 'paid') ORDER BY seq LIMIT ?3",
            params![from, before, limit],
            |row| {
                let seq: i64 = row.get(0)?;
                if seq <= last {
                    return Err(LedgerError::damaged(format!("event {seq} is out of its order")));
                }
                last = seq;
                let kind: String = row.get(3)?;
                Ok(Movement { seq, at: Wall(row.get(1)?), payout: PayoutId(row.get(2)?), paid: kind == "paid" })
            },
        )
    }

    /// How a payout stands.
    pub fn standpoint(&self, id: PayoutId) -> Result<Standpoint, LedgerError> {
        let row = self.row(id)?.whole()?;
        self.standpoint_of(row)
    }

    fn standpoint_of(&self, row: StoredRow) -> Result<Standpoint, LedgerError> {
        let first_sent = self.one(
            "SELECT seq FROM event INDEXED BY event_one_sent_an_attempt WHERE payout = ?1 AND kind = 'sent' \
             ORDER BY attempt LIMIT 1",
            [row.id.0],
            |found| found.get(0),
        )?;
        Ok(Standpoint {
            id: row.id,
            batch: row.batch,
            reference: row.instruction.reference,
            amount: row.instruction.amount,
            state: row.cache.state,
            money: row.cache.money,
            confirmed_by: row.cache.confirmed_by,
            first_sent,
        })
    }

    /// Everything whose money may or may not have moved as far as anybody knows today: in doubt, held so,
    /// or cancelled so by a person.
    pub fn unexplained(&self, batches: &[Batch]) -> Result<Vec<Standpoint>, LedgerError> {
        let mut ids = self.doubts()?;
        ids.extend(self.all(
            "SELECT id FROM payout INDEXED BY payout_held WHERE state = 'held' AND may_have_been_paid <> 'no' ORDER BY id",
            [],
            |row| Ok(PayoutId(row.get(0)?)),
        )?);
        for batch in batches.iter().filter(|batch| batch.tally.count(StateWord::Cancelled) > 0) {
            let Some((first, end)) = self.range(batch.id)? else { continue };
            ids.extend(self.all(
                "SELECT id FROM payout NOT INDEXED WHERE id >= ?1 AND id < ?2 AND state = 'cancelled' \
                 AND may_have_been_paid <> 'no' ORDER BY id",
                [first, end],
                |row| Ok(PayoutId(row.get(0)?)),
            )?);
        }
        ids.into_iter().map(|id| self.standpoint(id)).collect()
    }
}

/// For the audit: the readings are numbered without a gap, and each can be read.
pub(super) fn check(reader: &Reader) -> Result<(), LedgerError> {
    /// Readings that are looked at in one go.
    const SLICE: u32 = 1_000;
    let mut after = 0;
    loop {
        match reader.readings(after, SLICE)?.last() {
            Some(last) => after = last.no,
            None => return Ok(()),
        }
    }
}
