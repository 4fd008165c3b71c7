//! The events of a payout with everything that their hashes are over, for an evidence pack.
//!
//! Must never: call a hash right that was not reckoned again.

use super::chain::{self, GENESIS, Hash, Link, Tip};
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::StoredEvent;
use super::stored::fit;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, PayoutId};

/// An event, the hash of the one before it, and whether its own follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEvent {
    pub event: StoredEvent,
    pub attempt: Option<i64>,
    /// SHA-256 of the event before it in the chain, in hex.
    pub before: String,
    pub follows: bool,
}

/// How an event's hash is reckoned, for whoever does it without payoutd.
pub const HOW: &str = "SHA-256 over these fields, each with its length before it as 8 bytes (big-endian): the text \
                       \"payoutd event 1\"; the hash of the event before (32 bytes; 32 zero bytes before the first); \
                       event; at (milliseconds since 1970 UTC); batch; payout; no; attempt; kind; body. Numbers are 8 \
                       bytes (big-endian, two's complement); a payout or attempt that is none is empty; texts are UTF-8.";

impl Reader {
    /// What happened to a payout, in order.
    pub fn evidence(&self, payout: PayoutId) -> Result<Vec<ChainedEvent>, LedgerError> {
        self.chained("e.payout = ?1", "event_of_payout", payout.0)
    }

    /// What happened to a batch as a whole, in order.
    pub fn evidence_of_batch(&self, batch: BatchId) -> Result<Vec<ChainedEvent>, LedgerError> {
        self.chained("e.payout IS NULL AND e.batch = ?1", "event_of_batch", batch.0)
    }

    fn chained(&self, which: &str, index: &str, key: i64) -> Result<Vec<ChainedEvent>, LedgerError> {
        let sql = format!(
            "SELECT e.seq, e.at, e.batch, e.payout, e.no, e.attempt, e.kind, e.body, e.hash, \
             (SELECT before.hash FROM event before WHERE before.seq = e.seq - 1) \
             FROM event e INDEXED BY {index} WHERE {which} ORDER BY e.no"
        );
        self.all(&sql, [key], |row| {
            let seq: i64 = row.get(0)?;
            let (kind, body): (String, String) = (row.get(6)?, row.get(7)?);
            let link = Link {
                at: row.get(1)?,
                batch: row.get(2)?,
                payout: row.get(3)?,
                no: row.get(4)?,
                attempt: row.get(5)?,
                kind: &kind,
                body: &body,
            };
            let hash: Hash = row.get(8)?;
            let before = row.get::<_, Option<Hash>>(9)?.or((seq == 1).then_some(GENESIS));
            let follows =
                before.is_some_and(|before| chain::next(&Tip { seq: seq - 1, hash: before }, &link).hash == hash);
            let event = StoredEvent {
                seq,
                at: Wall(link.at),
                batch: BatchId(link.batch),
                payout: link.payout.map(PayoutId),
                no: fit(link.no, "the number of an event")?,
                kind: kind.clone(),
                body: body.clone(),
                hash: chain::hex(&hash),
            };
            let before = before.map_or_else(|| "missing".to_string(), |before| chain::hex(&before));
            Ok(ChainedEvent { event, attempt: link.attempt, before, follows })
        })
    }
}
