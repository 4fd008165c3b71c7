//! What happened lately, for whoever tells people: a walk over the newest events, a bounded stretch at a
//! time.
//!
//! Must never: be walked from the beginning; whoever is new to it begins at the head.

use super::chain::{Hash, hex};
use super::error::LedgerError;
use super::reader::Reader;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, PayoutId};

/// The kinds of events that people are told of.
const ADMITTED: &str = "batch_admitted";
const COMPLETED: &str = "batch_completed";
const HELD: &str = "held";

/// Something that people are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Admitted,
    Completed,
    Held(PayoutId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub seq: i64,
    /// In hex.
    pub hash: String,
    pub at: Wall,
    pub batch: BatchId,
    pub what: What,
}

/// What a stretch of events held, and where it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub happened: Vec<Happened>,
    /// Number and hash of its last event; `None` where nothing came after.
    pub last: Option<(i64, String)>,
    /// There may be more.
    pub more: bool,
}

impl Reader {
    /// What people are told of among the next `limit` events after `seq`. The texts of events are not read.
    pub fn happened_after(&self, seq: i64, limit: u32) -> Result<Stretch, LedgerError> {
        let sql = "SELECT seq, at, batch, payout, kind, hash FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let (mut last, mut count): (Option<(i64, Hash)>, u32) = (None, 0);
        let found = self.all(sql, [seq, i64::from(limit)], |row| {
            count += 1;
            let (seq, hash): (i64, Hash) = (row.get(0)?, row.get(5)?);
            last = Some((seq, hash));
            let payout = row.get::<_, Option<i64>>(3)?.map(PayoutId);
            let what = match (row.get_ref(4)?.as_bytes().unwrap_or_default(), payout) {
                (kind, None) if kind == ADMITTED.as_bytes() => What::Admitted,
                (kind, None) if kind == COMPLETED.as_bytes() => What::Completed,
                (kind, Some(payout)) if kind == HELD.as_bytes() => What::Held(payout),
                _ => return Ok(None),
            };
            let (at, batch) = (Wall(row.get(1)?), BatchId(row.get(2)?));
            Ok(Some(Happened { seq, hash: hex(&hash), at, batch, what }))
        })?;
        Ok(Stretch {
            happened: found.into_iter().flatten().collect(),
            last: last.map(|(seq, hash)| (seq, hex(&hash))),
            more: count == limit,
        })
    }
}
