//! What is looked over at every start, before anything is believed: whether the caches and the small
//! indexes tell of the same things as the events and the tallies do. A flipped bit is noticed by the
//! seals; this is for a write that never reached the disk, and for an index that lost an entry.
//!
//! Must never: walk over settled rows, or over more than what is unfinished.

use super::chain::Tip;
use super::error::LedgerError;
use super::read::in_order;
use super::reader::Reader;
use super::standing::{Chained, HOUSE, HouseEvent, OPENED};
use crate::payout::batch::Tally;
use crate::payout::state::{BatchId, StateWord};
use std::collections::BTreeMap;

/// So many queued rows of a batch are counted against its tally; the loop counts on when it comes to
/// the end of a batch.
const MOST_QUEUED: u32 = 1_000;

/// So many of the newest orders are looked at: one that waits longer than these is nobody's any more.
const MOST_ORDERS: i64 = 1_000;

/// So many of the newest openings are looked at; no doubt is older than these.
const MOST_OPENINGS: i64 = 1_000;

pub(super) fn check(reader: &Reader, tip: &Tip) -> Result<(), LedgerError> {
    check_house(reader)?;
    check_openings(reader)?;
    check_numbers(reader, tip)?;
    check_lists(reader)?;
    check_unfinished(reader)
}

/// Account, openings and what stands, against the newest events that tell of them.
fn check_house(reader: &Reader) -> Result<(), LedgerError> {
    let (mut identity, mut epoch, mut stands) = (None, None, None);
    let mut statement = reader.prepare(
        "SELECT body FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 ORDER BY no DESC",
    )?;
    let mut rows = statement.query([HOUSE])?;
    // Every opening says again what stood: the walk ends at the last one.
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        match serde_json::from_str(&body).map_err(|_| LedgerError::damaged("an event of the house is not readable"))? {
            HouseEvent::Bound { identity: bound, .. } => identity = identity.or(Some(bound)),
            HouseEvent::Migrated { .. } => {}
            HouseEvent::Rebound { to, .. } => identity = identity.or(Some(to)),
            HouseEvent::Standing(standing) => stands = stands.or(Some(standing)),
            HouseEvent::Opened { epoch: opened, identity: whose, stands: stood, .. } => {
                epoch = epoch.or(Some(opened));
                identity = identity.or(whose);
                stands = stands.or(stood);
            }
        }
        if identity.is_some() && epoch.is_some() && stands.is_some() {
            break;
        }
    }
    let wrong = |what: &str| Err(LedgerError::contradiction(format!("{what} is not what the events say")));
    if identity != Some(reader.identity()?) {
        return wrong("the account that the ledger belongs to");
    }
    if epoch.unwrap_or(0) != reader.epoch()? {
        return wrong("the count of openings");
    }
    if stands.unwrap_or_else(Chained::default) != reader.standing()?.chained() {
        return wrong("what stands for the whole house");
    }
    Ok(())
}

/// The newest openings are listed as they were written: a grace counts from them.
fn check_openings(reader: &Reader) -> Result<(), LedgerError> {
    let house = reader.all(
        "SELECT seq, kind, no FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 \
         ORDER BY no DESC LIMIT ?2",
        [HOUSE, MOST_OPENINGS],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?)),
    )?;
    let lowest = house.last().map_or(0, |(seq, ..)| *seq);
    let opened: Vec<(i64, i64)> =
        house.into_iter().filter(|(_, kind, _)| kind == OPENED).map(|(seq, _, no)| (seq, no)).collect();
    // An entry has the number twice: the second leads to the row, which is read for that reason.
    let mut listed = reader.all(
        "SELECT seq, no FROM event INDEXED BY event_opened WHERE kind = 'opened' ORDER BY seq DESC LIMIT ?1",
        [MOST_OPENINGS],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
    )?;
    listed.retain(|(seq, _)| *seq >= lowest);
    if opened == listed { Ok(()) } else { Err(damaged_list("event_opened")) }
}

/// No number of a batch is given out twice, and no batch tells of events that are not there.
fn check_numbers(reader: &Reader, tip: &Tip) -> Result<(), LedgerError> {
    let (highest, last) = (reader.highest_batch()?, reader.last_number()?);
    if highest.is_some_and(|highest| highest > last) {
        return Err(LedgerError::contradiction(format!("the next batch would have a number up to {last} again")));
    }
    let ahead = reader.one(
        "SELECT id FROM batch NOT INDEXED WHERE last_event > ?1 OR reported > last_event LIMIT 1",
        [tip.seq],
        |row| row.get(0).map(BatchId),
    )?;
    match ahead {
        Some(batch) => {
            Err(LedgerError::contradiction(format!("batch {batch} tells of events that the ledger does not have")))
        }
        None => Ok(()),
    }
}

/// The short lists that say what is to be done name what the tables do.
fn check_lists(reader: &Reader) -> Result<(), LedgerError> {
    for (list, of) in [("batch_unfinished", "completed IS NULL"), ("batch_to_report", "last_event > reported")] {
        let ids = |how: &str| {
            let sql = format!("SELECT id, file FROM batch {how} WHERE {of} ORDER BY id");
            reader.all(&sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        };
        if ids(&format!("INDEXED BY {list}"))? != ids("NOT INDEXED")? {
            return Err(damaged_list(list));
        }
    }
    let newest = reader.one("SELECT max(id) FROM orders", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
    let after = newest.unwrap_or(0) - MOST_ORDERS;
    let orders = |how: &str| {
        let sql = format!("SELECT id, body FROM orders {how} WHERE id > ?1 AND applied_at IS NULL ORDER BY id");
        reader.all(&sql, [after], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
    };
    if orders("INDEXED BY orders_waiting")? != orders("NOT INDEXED")? {
        return Err(damaged_list("orders_waiting"));
    }
    Ok(())
}

fn damaged_list(list: &str) -> LedgerError {
    LedgerError::damaged(format!("the index {list} does not hold what its table does"))
}

/// How many payouts of each batch an index names, each of which must be as the index says.
fn count_by_batch(reader: &Reader, index: &str, word: StateWord) -> Result<BTreeMap<BatchId, u32>, LedgerError> {
    let mut counts = BTreeMap::new();
    let mut last = 0;
    let state = word.as_str();
    let sql = format!("SELECT id, batch, state FROM payout INDEXED BY {index} WHERE state = '{state}' ORDER BY id");
    reader.all(&sql, [], |row| {
        last = in_order(last, row.get(0)?)?;
        let found: String = row.get(2)?;
        if found != state {
            return Err(LedgerError::damaged(format!("payout {last}: an index says {state}, its row {found}")));
        }
        *counts.entry(BatchId(row.get(1)?)).or_default() += 1;
        Ok(())
    })?;
    Ok(counts)
}

/// As many payouts are queued, in doubt and held as the tallies say.
fn check_unfinished(reader: &Reader) -> Result<(), LedgerError> {
    let doubts = count_by_batch(reader, "payout_in_doubt", StateWord::InDoubt)?;
    let held = count_by_batch(reader, "payout_held", StateWord::Held)?;
    let mut tallies: BTreeMap<BatchId, Tally> =
        reader.batches_unfinished()?.into_iter().map(|batch| (batch.id, batch.tally)).collect();
    for batch in doubts.keys().chain(held.keys()) {
        if !tallies.contains_key(batch) {
            tallies.insert(*batch, reader.tally(*batch)?);
        }
    }
    for (batch, tally) in tallies {
        let queued = reader.queued_after(batch, None, MOST_QUEUED)?.len();
        let counts = [
            (StateWord::Queued, u32::try_from(queued).unwrap_or(u32::MAX)),
            (StateWord::InDoubt, doubts.get(&batch).copied().unwrap_or(0)),
            (StateWord::Held, held.get(&batch).copied().unwrap_or(0)),
        ];
        for (word, counted) in counts {
            let most = if word == StateWord::Queued { MOST_QUEUED } else { u32::MAX };
            let told = tally.count(word).min(most);
            if counted != told {
                return Err(LedgerError::contradiction(format!(
                    "batch {batch}: {counted} payouts are {}, its tally says {told}",
                    word.as_str()
                )));
            }
        }
    }
    Ok(())
}
