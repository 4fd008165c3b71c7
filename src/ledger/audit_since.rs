//! `payoutd verify --since`: the audit of what happened since an event. For every night; the whole audit
//! is for every month, and for trouble.
//!
//! Looks at every event since and its hash, at the heads that were kept outside since, at account,
//! openings, standing, readings and seals, and at every row of every batch in which something happened
//! since. Must never: change anything, or be taken for the whole audit.

use super::audit::{self, Findings};
use super::audit_rows;
use super::chain::{GENESIS, Hash, Head, Tip};
use super::error::LedgerError;
use super::highwater::{self, Found};
use super::reader::Reader;
use super::readings;
use super::settings;
use crate::payout::moment::Wall;
use std::path::Path;

/// Where a partial audit begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// At this event.
    Event(i64),
    /// At the first event that was written then or later.
    At(Wall),
}

/// What a partial audit found, and the event that it began at.
pub struct Partial {
    pub findings: Findings,
    pub from: i64,
    /// Whether the event before it is one whose hash was kept outside: the chain before is then not taken
    /// on trust.
    pub anchored: bool,
}

/// Audits what happened since. `heads` as for [`super::verify`].
pub fn verify_since(state: &Path, heads: &[Head], since: Since) -> Result<Partial, LedgerError> {
    let mut heads = heads.to_vec();
    let mut findings = Findings::default();
    // Read before the ledger, so that a daemon's next commit does not put it ahead.
    match highwater::read(state)? {
        Found::Mark(mark) => heads.push(mark.tip().head()),
        Found::Missing => findings.add(format!("the file {} is missing", highwater::FILE)),
        Found::Unreadable => findings.add(format!("the file {} cannot be read", highwater::FILE)),
    }
    let reader = Reader::open(state)?;
    let (from, anchored) = reader.at_once(|reader| {
        let end = reader.tip()?.seq + 1;
        let from = match since {
            Since::Event(event) => event.max(1),
            Since::At(at) => reader.event_at(at)?,
        };
        if from > end {
            return Err(LedgerError::Refused(format!(
                "the ledger has no event {from}: it ends at event {}; nothing was looked at",
                end - 1
            )));
        }
        let before = before(reader, from)?;
        let anchored = from == 1 || heads.contains(&before.head());
        heads.retain(|head| head.seq >= from);
        let checked = audit::check_chain(reader, before, &heads, &mut findings);
        findings.take(checked)?;
        let checked = audit::check_house(reader, &mut findings);
        findings.take(checked)?;
        let checked = readings::check(reader);
        findings.take(checked)?;
        let checked = settings::check(reader);
        findings.take(checked)?;
        let checked = audit::check_seals(reader, &mut findings);
        findings.take(checked)?;
        let checked = audit_rows::check_batches(reader, from, &mut findings);
        findings.take(checked)?;
        Ok((from, anchored))
    })?;
    Ok(Partial { findings, from, anchored })
}

/// The end of the chain before an event.
fn before(reader: &Reader, from: i64) -> Result<Tip, LedgerError> {
    if from == 1 {
        return Ok(Tip { seq: 0, hash: GENESIS });
    }
    let seq = from - 1;
    let hash = reader.one("SELECT hash FROM event WHERE seq = ?1", [seq], |row| row.get::<_, Hash>(0))?;
    Ok(Tip { seq, hash: hash.ok_or_else(|| LedgerError::damaged(format!("event {seq} is missing")))? })
}
