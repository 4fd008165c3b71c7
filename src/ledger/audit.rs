//! `payoutd verify`: replays every event and compares it with every row.
//!
//! What it claims: any event or row that was changed, added or taken away without recomputing the
//! whole chain after it, and a cut or rehashed end by the heads kept outside. Everything is read in
//! order, one row at a time: memory does not grow with the ledger.
//!
//! Must never: change anything, or stop at the first thing that it finds.

use super::audit_rows;
use super::chain::{self, GENESIS, Head, Link, Tip};
use super::connect;
use super::error::LedgerError;
use super::highwater::{self, Found};
use super::migrate;
use super::reader::Reader;
use super::readings::{self, READINGS};
use super::seal;
use super::settings::{self, SETTINGS};
use super::standing::{HOUSE, HouseEvent};
use std::path::Path;

/// Most findings that are kept in words; more are counted.
const MOST_FINDINGS: usize = 200;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub events: u64,
    pub payouts: u64,
    pub batches: u64,
    /// The end of the chain that was read.
    pub head: Option<Head>,
    /// What is wrong, in words; the first 200.
    pub problems: Vec<String>,
    /// How many things are wrong.
    pub found: u64,
}

impl Findings {
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }

    pub(super) fn add(&mut self, problem: impl Into<String>) {
        self.found += 1;
        if self.problems.len() < MOST_FINDINGS {
            self.problems.push(problem.into());
        }
    }

    /// Damage and contradictions are findings; a disk that cannot be read ends the audit.
    pub(super) fn take(&mut self, result: Result<(), LedgerError>) -> Result<(), LedgerError> {
        match result {
            Err(LedgerError::Damaged { what }) => self.add(what),
            Err(LedgerError::Contradiction(what)) => self.add(what),
            other => return other,
        }
        Ok(())
    }
}

/// Audits the ledger of a state folder, beside a daemon or without one. `heads`: ends of the chain
/// that were kept elsewhere (summaries, the journal); the high-water file is read as well.
///
/// Reads one state of the ledger from beginning to end; meanwhile a daemon's write-ahead log is
/// copied back only up to there, and grows by what is paid.
pub fn verify(state: &Path, heads: &[Head]) -> Result<Findings, LedgerError> {
    let mut heads = heads.to_vec();
    let mut findings = Findings::default();
    // Read before the ledger, so that a daemon's next commit does not put it ahead.
    match highwater::read(state)? {
        Found::Mark(mark) => heads.push(mark.tip().head()),
        Found::Missing => findings.add(format!("the file {} is missing", highwater::FILE)),
        Found::Unreadable => findings.add(format!("the file {} cannot be read", highwater::FILE)),
    }
    let reader = Reader::open(state)?;
    audit(&reader, &heads, &mut findings)?;
    Ok(findings)
}

/// Audits any copy of a ledger; of one of an earlier payoutd pages and chain.
pub fn verify_copy(copy: &Path, heads: &[Head]) -> Result<Findings, LedgerError> {
    let mut findings = Findings::default();
    let reader = Reader::of_any_format(copy)?;
    if connect::format_of(&reader.connection)? == connect::SCHEMA_VERSION {
        audit(&reader, heads, &mut findings)?;
    } else {
        migrate::check_older(&reader, heads, &mut findings)?;
        findings.head = Some(reader.head()?);
    }
    Ok(findings)
}

pub(super) fn audit(reader: &Reader, heads: &[Head], findings: &mut Findings) -> Result<(), LedgerError> {
    reader.at_once(|reader| {
        let checked = check_pages(reader, findings);
        findings.take(checked)?;
        let checked = check_chain(reader, Tip { seq: 0, hash: GENESIS }, heads, findings);
        findings.take(checked)?;
        let checked = check_house(reader, findings);
        findings.take(checked)?;
        let checked = readings::check(reader);
        findings.take(checked)?;
        let checked = settings::check(reader);
        findings.take(checked)?;
        let checked = check_seals(reader, findings);
        findings.take(checked)?;
        audit_rows::check(reader, findings)
    })
}

/// SQLite's own check of its pages and indexes.
pub(super) fn check_pages(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    check_integrity(reader, findings)?;
    if !connect::has_our_schema(&reader.connection)? {
        findings.add(format!("{}: its tables, indexes or triggers are not as payoutd lays them out", connect::FILE));
    }
    Ok(())
}

/// SQLite's own part of it.
pub(super) fn check_integrity(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    let told = reader.all("PRAGMA integrity_check(100)", [], |row| Ok(row.get::<_, String>(0)?))?;
    for line in told.into_iter().filter(|line| line != "ok") {
        findings.add(format!("{}: {line}", connect::FILE));
    }
    Ok(())
}

/// Every event after one in its order, hashed again; every head kept outside is met on the way.
pub(super) fn check_chain(
    reader: &Reader,
    after: Tip,
    heads: &[Head],
    findings: &mut Findings,
) -> Result<(), LedgerError> {
    let mut heads: Vec<&Head> = heads.iter().filter(|head| head.seq > 0).collect();
    heads.sort_by_key(|head| head.seq);
    let mut heads = heads.into_iter().peekable();
    let mut tip = after;
    let mut statement = reader.prepare(
        "SELECT e.seq, e.at, e.batch, e.payout, e.no, e.attempt, e.kind, e.body, e.hash, p.batch, b.visible \
         FROM event e LEFT JOIN payout p ON p.id = e.payout LEFT JOIN batch b ON b.id = e.batch \
         WHERE e.seq > ?1 ORDER BY e.seq",
    )?;
    let mut rows = statement.query([after.seq])?;
    while let Some(row) = rows.next()? {
        let (seq, batch, payout): (i64, i64, Option<i64>) = (row.get(0)?, row.get(2)?, row.get(3)?);
        if seq != tip.seq + 1 {
            findings.add(format!("events {} to {} are missing", tip.seq + 1, seq - 1));
            tip.seq = seq - 1;
        }
        let (kind, body): (String, String) = (row.get(6)?, row.get(7)?);
        let link =
            Link { at: row.get(1)?, batch, payout, no: row.get(4)?, attempt: row.get(5)?, kind: &kind, body: &body };
        let stored = Tip { seq, hash: row.get(8)? };
        if chain::next(&tip, &link) != stored {
            findings
                .add(format!("event {seq} ('{kind}') does not meet its hash: it, or the one before it, was changed"));
        }
        while let Some(head) = heads.next_if(|head| head.seq == seq) {
            if *head != stored.head() {
                findings
                    .add(format!("event {seq} is not the one whose hash was kept outside: the ledger was rehashed"));
            }
        }
        let (owner, visible): (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
        if payout.is_some() && owner != Some(batch) {
            findings.add(format!("event {seq} is about payout {}, which is missing", payout.unwrap_or_default()));
        }
        if ![HOUSE, READINGS, SETTINGS].contains(&batch) && visible != Some(1) {
            findings.add(format!("event {seq} is about batch {batch}, which is missing"));
        }
        tip = stored;
        findings.events += 1;
    }
    for head in heads {
        findings.add(format!(
            "event {} was written once (its hash was kept outside) and is missing: the ledger ends at event {}",
            head.seq, tip.seq
        ));
    }
    findings.head = Some(tip.head());
    Ok(())
}

/// Rows whose seal says that they are not what was written.
pub(super) fn check_seals(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    for table in [&seal::META, &seal::BATCH, &seal::STANDING, &seal::ORDER] {
        for key in table.broken(reader)? {
            findings.take(table.check(false, &format!("row {key}")))?;
        }
    }
    Ok(())
}

/// What the house events say of account, openings and standing, against the rows that cache it.
pub(super) fn check_house(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    let (mut identity, mut epoch, mut chained) = (None, 0, None);
    let (mut number, mut formats) = (0, Vec::new());
    let mut statement = reader.prepare(
        "SELECT no, kind, body, at FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = 0 ORDER BY no",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (no, kind, body, at): (i64, String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        number += 1;
        let event: Option<HouseEvent> = serde_json::from_str(&body).ok();
        let Some(event) = event.filter(|event| event.kind() == kind && no == number) else {
            findings.add(format!("house event {no} ('{kind}') is not readable or out of its order"));
            number = no;
            continue;
        };
        match event {
            HouseEvent::Bound { identity: bound, format, payoutd } => {
                identity = Some(bound);
                formats.extend(format.zip(payoutd).map(|(format, payoutd)| (format, payoutd, at)));
            }
            HouseEvent::Migrated { to, payoutd, .. } => formats.push((to, payoutd, at)),
            HouseEvent::Rebound { to, .. } => identity = Some(to),
            HouseEvent::Opened { epoch: opened, .. } => epoch = opened,
            HouseEvent::Standing(standing) => chained = Some(standing),
        }
    }
    let told = reader.all("SELECT version, payoutd, at FROM format ORDER BY version", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    })?;
    if told != formats {
        findings.add("the formats that the ledger had are not what the events say");
    }
    if identity != Some(reader.identity()?) {
        findings.add("the account that the ledger belongs to is not the one that it was bound to");
    }
    if epoch != reader.epoch()? {
        findings.add("the count of openings is not what the events say");
    }
    if chained.unwrap_or_default() != reader.standing()?.chained() {
        findings.add("what stands for the whole house is not what the events say");
    }
    Ok(())
}
