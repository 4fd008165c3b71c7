//! The audit's second half: every payout and every batch against its events, and the indexes that
//! the ledger fills by itself against the rows.
//!
//! Must never: keep more than one batch's sums in memory.

use super::audit::Findings;
use super::chain::RowsDigest;
use super::error::LedgerError;
use super::reader::Reader;
use super::stored::{COLUMNS, StoredRow, print_other};
use crate::payout::batch::{Approval, Batch, BatchEvent, Tally};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};

pub(super) fn check(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    let checked = check_batches(reader, 0, findings);
    findings.take(checked)?;
    let checked = check_strays(reader, findings);
    findings.take(checked)?;
    let checked = check_indexes(reader, findings);
    findings.take(checked)
}

/// What the rows of a batch add up to.
struct Sums {
    rows: i64,
    amount: i64,
    last_event: i64,
    counts: [(i64, i64); 6],
    digest: RowsDigest,
}

/// Every batch in which something happened at this event or later, and every row of it.
pub(super) fn check_batches(reader: &Reader, since: i64, findings: &mut Findings) -> Result<(), LedgerError> {
    let mut next = 0;
    loop {
        let found = reader.one(
            "SELECT id, first_payout, rows, amount, other_columns FROM batch WHERE id > ?1 \
             AND visible = 1 AND last_event >= ?2 ORDER BY id LIMIT 1",
            [next, since],
            |row| {
                let range = (row.get::<_, i64>(1)?, row.get::<_, i64>(2)?);
                Ok((row.get::<_, i64>(0)?, range, row.get::<_, i64>(3)?, row.get::<_, String>(4)?))
            },
        )?;
        let Some((id, (first, rows), amount, other_columns)) = found else {
            return Ok(());
        };
        if id <= next {
            // A tree that is out of order would be walked in a circle.
            return Err(LedgerError::damaged(format!("batch {} comes after batch {}", BatchId(id), BatchId(next))));
        }
        next = id;
        findings.batches += 1;
        let mut sums = Sums { rows: 0, amount: 0, last_event: 0, counts: [(0, 0); 6], digest: RowsDigest::new() };
        let checked = check_payouts(reader, BatchId(id), first, first.saturating_add(rows), &mut sums, findings);
        findings.take(checked)?;
        if (sums.rows, sums.amount) != (rows, amount) {
            findings.add(format!(
                "batch {}: {} rows of {} lie in the ledger, {rows} of {} were admitted",
                BatchId(id),
                sums.rows,
                Amount::from_centimes(sums.amount),
                Amount::from_centimes(amount)
            ));
        }
        let checked = check_batch(reader, BatchId(id), &other_columns, &sums, findings);
        findings.take(checked)?;
    }
}

/// Every row of a batch: its digest, its events, its places in the indexes.
fn check_payouts(
    reader: &Reader,
    batch: BatchId,
    first: i64,
    end: i64,
    sums: &mut Sums,
    findings: &mut Findings,
) -> Result<(), LedgerError> {
    let sql = format!("SELECT {COLUMNS} FROM payout p WHERE p.id >= ?1 AND p.id < ?2 ORDER BY p.id");
    let mut statement = reader.prepare(&sql)?;
    let mut rows = statement.query([first, end])?;
    while let Some(row) = rows.next()? {
        findings.payouts += 1;
        sums.rows += 1;
        let stored = match StoredRow::read(row) {
            Ok(stored) => stored,
            Err(error) => {
                findings.take(Err(error))?;
                continue;
            }
        };
        if stored.batch != batch {
            findings.add(format!("payout {} lies among the rows of another batch", stored.id.0));
        }
        let amount = stored.instruction.amount.centimes();
        sums.amount = sums.amount.saturating_add(amount);
        sums.digest.add(&stored.digest);
        let checked = check_links(reader, &stored);
        findings.take(checked)?;
        let mut last = 0;
        let replayed = reader.replay(stored.admitted(), &mut |_, seq| {
            last = seq;
            Ok(())
        });
        sums.last_event = sums.last_event.max(last);
        let word = match replayed {
            Ok(payout) => {
                findings.take(stored.agrees_with(&payout))?;
                findings.take(stored.clone().whole().map(|_| ()))?;
                payout.state.word()
            }
            Err(error) => {
                findings.take(Err(error))?;
                stored.cache.state
            }
        };
        for (place, of) in StateWord::ALL.into_iter().enumerate() {
            if of == word {
                sums.counts[place].0 += 1;
                sums.counts[place].1 += amount;
            }
        }
    }
    Ok(())
}

/// Reference, person and ancestor of one row.
fn check_links(reader: &Reader, row: &StoredRow) -> Result<(), LedgerError> {
    let (id, root) = (row.id.0, row.root);
    let wrong = |what: &str| Err(LedgerError::contradiction(format!("payout {id}: {what}")));
    let key = row.instruction.reference.key();
    let owner = reader.one("SELECT payout FROM reference WHERE reference = ?1", [&key], |r| r.get::<_, i64>(0))?;
    if owner != Some(id) {
        let taken = reader.one(
            "SELECT successor FROM taken_over WHERE reference = ?1 AND payout = ?2",
            rusqlite::params![key, id],
            |r| r.get::<_, i64>(0),
        )?;
        let untouched = row.cache.state == StateWord::Cancelled && row.cache.attempts == 0;
        if taken.is_none() || !untouched {
            return wrong("its reference belongs to another payout, or to none");
        }
    }
    let person = reader.one(
        "SELECT 1 FROM person WHERE receiver = ?1 AND amount = ?2 AND payout = ?3",
        [i64::from(row.instruction.receiver.local()), row.instruction.amount.centimes(), id],
        |_| Ok(()),
    )?;
    if person.is_none() {
        return wrong("it is missing from the list of persons");
    }
    let (Some(retry_of), Some(ancestor)) = (&row.instruction.retry_of, row.ancestor) else {
        let whole = row.instruction.retry_of.is_none() && row.ancestor.is_none() && root.is_none();
        return if whole { Ok(()) } else { wrong("retry_of and its ancestor do not go together") };
    };
    let found =
        reader.one("SELECT reference, coalesce(root, id), state FROM payout WHERE id = ?1", [ancestor], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?, r.get::<_, String>(2)?))
        })?;
    match found {
        Some((reference, oldest, state)) if Reference::key_of(&reference) == retry_of.key() && Some(oldest) == root => {
            let unpaid = state == StateWord::Declined.as_str() || state == StateWord::Cancelled.as_str();
            if unpaid { Ok(()) } else { wrong("it repeats a payout that is neither declined nor cancelled") }
        }
        _ => wrong("its ancestor is not the payout that retry_of names"),
    }
}

/// A batch's events, folded, against its row and its tally.
fn check_batch(
    reader: &Reader,
    id: BatchId,
    other_columns: &str,
    sums: &Sums,
    findings: &mut Findings,
) -> Result<(), LedgerError> {
    let Some(stored) = reader.batch(id)? else {
        return Err(LedgerError::contradiction(format!("batch {id} vanished")));
    };
    let mut tally = Tally::default();
    for (word, (rows, amount)) in StateWord::ALL.into_iter().zip(sums.counts) {
        tally.set(word, super::stored::fit(rows, "a count")?, Amount::from_centimes(amount));
    }
    if tally != stored.tally {
        findings.add(format!("batch {id}: its tally is not what its rows add up to"));
    }
    let mut folded: Option<Batch> = None;
    let mut last_event = sums.last_event;
    for event in reader.batch_history(id)? {
        last_event = last_event.max(event.seq);
        let told: BatchEvent = serde_json::from_str(&event.body)
            .map_err(|_| LedgerError::damaged(format!("batch {id}: event {} is not readable", event.no)))?;
        if told.kind() != event.kind {
            findings.add(format!("batch {id}: event {} is not of the kind that it says", event.no));
        }
        if event.no == 1 && folded.is_none() {
            folded = Some(admitted(id, &told, event.at, tally, other_columns, sums, findings)?);
        } else if folded.as_mut().and_then(|batch| batch.apply(&told, event.at)).is_none() {
            findings.add(format!("batch {id}: event {} ('{}') cannot follow", event.no, event.kind));
        }
    }
    let Some(folded) = folded else {
        findings.add(format!("batch {id}: nothing says that it was admitted"));
        return Ok(());
    };
    let expected = Batch { last_event, reported: stored.reported, tally: stored.tally, ..folded };
    if expected != stored {
        findings.add(format!("batch {id}: its row is not what its events say"));
    }
    Ok(())
}

/// The batch that an admission event makes; its digests are compared on the way.
fn admitted(
    id: BatchId,
    event: &BatchEvent,
    at: Wall,
    tally: Tally,
    columns: &str,
    sums: &Sums,
    findings: &mut Findings,
) -> Result<Batch, LedgerError> {
    let unreadable = || LedgerError::damaged(format!("batch {id}: its admission is not readable"));
    let BatchEvent::Admitted {
        file,
        sha256,
        rows_digest,
        rows,
        amount_centimes,
        received,
        approval,
        hold,
        start,
        other_columns,
        read_as: _,
        terms,
    } = event
    else {
        return Err(unreadable());
    };
    if *rows_digest != sums.digest.hex() {
        findings.add(format!("batch {id}: its rows are not those that were admitted"));
    }
    if print_other(other_columns)? != columns {
        findings.add(format!("batch {id}: its other columns are not those that were admitted"));
    }
    let approval: Approval = *approval;
    Ok(Batch {
        id,
        file: file.clone(),
        sha256: super::chain::unhex(sha256).ok_or_else(unreadable)?,
        rows: *rows,
        amount: Amount::from_centimes(*amount_centimes),
        received: *received,
        admitted: at,
        approval,
        hold: hold.clone(),
        cancel: None,
        freed: None,
        start: *start,
        terms: terms.clone(),
        tally,
        last_event: 0,
        reported: 0,
        completed: None,
    })
}

/// Payouts outside every batch's range.
fn check_strays(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    let strays = reader.all(
        "SELECT p.id FROM payout p LEFT JOIN batch b ON b.id = p.batch \
         WHERE b.id IS NULL OR p.id < b.first_payout OR (b.visible = 1 AND p.id >= b.first_payout + b.rows) LIMIT 100",
        [],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    for id in strays {
        findings.add(format!("payout {id} belongs to no batch that was admitted"));
    }
    Ok(())
}

/// References, persons and tallies that no row stands behind.
fn check_indexes(reader: &Reader, findings: &mut Findings) -> Result<(), LedgerError> {
    let mut statement = reader
        .prepare("SELECT r.reference, r.payout, p.reference FROM reference r LEFT JOIN payout p ON p.id = r.payout")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (key, payout, written): (String, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if written.is_none_or(|written| Reference::key_of(&written) != key) {
            findings.add(format!("the list of references gives '{key}' to payout {payout}, which is not its own"));
        }
    }
    let mut statement = reader
        .prepare("SELECT t.reference, t.payout, p.reference FROM taken_over t LEFT JOIN payout p ON p.id = t.payout")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (key, payout, written): (String, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if written.is_none_or(|written| Reference::key_of(&written) != key) {
            findings.add(format!("the list of references admitted again gives '{key}' to payout {payout}"));
        }
    }
    for (sql, what) in [
        (
            "SELECT x.payout FROM person x LEFT JOIN payout p ON p.id = x.payout \
             WHERE p.id IS NULL OR p.receiver != x.receiver OR p.amount != x.amount LIMIT 100",
            "the list of persons names a payout that is not as it says",
        ),
        (
            "SELECT t.payout FROM taken_over t LEFT JOIN payout p ON p.id = t.payout \
             LEFT JOIN payout s ON s.id = t.successor WHERE p.id IS NULL OR s.id IS NULL LIMIT 100",
            "the list of references admitted again names a payout that is missing",
        ),
        (
            "SELECT t.batch FROM tally t LEFT JOIN batch b ON b.id = t.batch WHERE b.id IS NULL LIMIT 100",
            "a tally belongs to a batch that is missing",
        ),
    ] {
        for id in reader.all(sql, [], |row| Ok(row.get::<_, i64>(0)?))? {
            findings.add(format!("{what}: {id}"));
        }
    }
    Ok(())
}
