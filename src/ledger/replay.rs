//! Folds a payout's stored events as the processes that wrote them did: live, at start and in the
//! audit it is the same `Payout::apply`.
//!
//! Must never: take an event whose hash does not follow from the event before it. A flipped bit in
//! a moment would cut a grace short and still look like a moment.

use super::chain::{self, GENESIS, Hash, Link, Tip};
use super::error::LedgerError;
use super::reader::Reader;
use super::standing::HouseEvent;
use crate::payout::moment::{BootMoment, Wall};
use crate::payout::state::{Event, Payout, State};
use rusqlite::Row;

/// The columns of an event and the hash of the one before it, as [`Linked::read`] takes them.
const LINKED: &str = "e.seq, e.at, e.batch, e.payout, e.no, e.attempt, e.kind, e.body, e.hash, \
     (SELECT before.hash FROM event before WHERE before.seq = e.seq - 1)";

/// An event that met its hash.
struct Linked {
    seq: i64,
    at: Wall,
    no: i64,
    attempt: Option<i64>,
    kind: String,
    body: String,
}

impl Linked {
    fn read(row: &Row) -> Result<Linked, LedgerError> {
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
        let before: Option<Hash> = row.get(9)?;
        let before = before.or((seq == 1).then_some(GENESIS));
        let follows = before.map(|hash| chain::next(&Tip { seq: seq - 1, hash }, &link).hash);
        if follows != Some(row.get(8)?) {
            return Err(LedgerError::damaged(format!(
                "event {seq} does not meet its hash: it was changed, a bit flipped, or the one before it is missing"
            )));
        }
        let (at, no, attempt) = (Wall(link.at), link.no, link.attempt);
        Ok(Linked { seq, at, no, attempt, kind, body })
    }
}

impl Reader {
    /// Folds the events of `payout`, which is as it was admitted. `each` sees it after every event,
    /// with the event's number in the chain.
    pub(super) fn replay(
        &self,
        mut payout: Payout,
        each: &mut dyn FnMut(&Payout, i64) -> Result<(), LedgerError>,
    ) -> Result<Payout, LedgerError> {
        let id = payout.id.0;
        let mut last_seq = 0;
        let sql = format!("SELECT {LINKED} FROM event e INDEXED BY event_of_payout WHERE e.payout = ?1 ORDER BY e.no");
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            let stored = Linked::read(row)?;
            if stored.no != i64::from(payout.events) + 1 || stored.seq <= last_seq {
                return Err(LedgerError::contradiction(format!(
                    "payout {id}: event {} is out of its order",
                    stored.no
                )));
            }
            self.take_over(&mut payout, last_seq, stored.seq)?;
            payout.apply(&event_of(id, &stored)?, stored.at)?;
            last_seq = stored.seq;
            each(&payout, last_seq)?;
        }
        self.take_over(&mut payout, last_seq, i64::MAX)?;
        Ok(payout)
    }

    /// Lets every process that opened the ledger between two events inherit the doubt, as it did
    /// when it read the payout.
    fn take_over(&self, payout: &mut Payout, after: i64, before: i64) -> Result<(), LedgerError> {
        if !matches!(payout.state, State::InDoubt(_) | State::Held { doubt: Some(_), .. }) {
            return Ok(());
        }
        for start in self.openings(after, before)? {
            payout.inherit(start);
        }
        Ok(())
    }

    /// When processes opened the ledger between two events. Each opening names the one before it, so
    /// that an index that lost one is noticed: the next one on the list, or the count of openings,
    /// tells of it.
    fn openings(&self, after: i64, before: i64) -> Result<Vec<BootMoment>, LedgerError> {
        let lost = || LedgerError::damaged("an index lost the record of an opening");
        let found = self.opened("e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq", [after, before])?;
        let mut last = None;
        for opening in &found {
            let follows = last.map_or(opening.previous <= after, |last| opening.previous == last);
            // The number that an index sorts by and the one that leads to the row are two.
            let in_range = opening.seq > after && opening.seq < before;
            (follows && in_range).then_some(()).ok_or_else(lost)?;
            last = Some(opening.seq);
        }
        match self.opened("e.seq >= ?2 AND e.seq > ?1 ORDER BY e.seq LIMIT 1", [after, before])?.pop() {
            Some(next) if next.seq >= before && last.map_or(next.previous <= after, |last| next.previous == last) => {}
            Some(_) => return Err(lost()),
            None => {
                let (seq, epoch) = self.last_opening()?.map_or((0, 0), |newest| (newest.seq, newest.epoch));
                if epoch != self.epoch()? || last.map_or(seq > after, |last| seq != last) {
                    return Err(lost());
                }
            }
        }
        Ok(found.into_iter().map(|opening| opening.at).collect())
    }

    pub(super) fn last_opening(&self) -> Result<Option<Opening>, LedgerError> {
        Ok(self.opened("e.seq > ?1 AND e.seq < ?2 ORDER BY e.seq DESC LIMIT 1", [0, i64::MAX])?.pop())
    }

    fn opened(&self, which: &str, range: [i64; 2]) -> Result<Vec<Opening>, LedgerError> {
        let sql = format!("SELECT {LINKED} FROM event e INDEXED BY event_opened WHERE e.kind = 'opened' AND {which}");
        self.all(&sql, range, |row| {
            let stored = Linked::read(row)?;
            match serde_json::from_str(&stored.body) {
                Ok(HouseEvent::Opened { epoch, at, previous, .. }) => {
                    Ok(Opening { seq: stored.seq, epoch, at, previous })
                }
                _ => Err(LedgerError::damaged("the record of an opening is not readable")),
            }
        })
    }
}

/// When a process opened the ledger.
pub(super) struct Opening {
    pub seq: i64,
    epoch: i64,
    at: BootMoment,
    previous: i64,
}

/// The columns must say what the body says.
fn event_of(payout: i64, stored: &Linked) -> Result<Event, LedgerError> {
    let unreadable = || LedgerError::damaged(format!("event {} of payout {payout} is not readable", stored.no));
    let event: Event = serde_json::from_str(&stored.body).map_err(|_| unreadable())?;
    if event.kind() != stored.kind || event.opens().map(i64::from) != stored.attempt {
        return Err(unreadable());
    }
    Ok(event)
}
