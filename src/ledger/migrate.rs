//! An older ledger is brought to the format that this payoutd writes: a verified copy of it first, beside it
//! and kept, then every step in one transaction, and the whole of it audited before that is committed. A crash
//! at any moment leaves the old ledger or the new one.
//!
//! Each step is one function from one format to the next and never changes once it was released; what was
//! written is not touched: events, digests and seals stay as they are, or are sealed anew by rows that met
//! their old seal.
//!
//! Must never: change a ledger of which there is no verified copy, one of another account, or one that
//! contradicts itself; or be done by a command that only looks.

use super::audit::{self, Findings};
use super::chain::{self, GENESIS, Head, Link, Tip};
use super::connect::{self, SCHEMA_VERSION};
use super::copy::{free_name, put, write_copy};
use super::error::{Identity, LedgerError};
use super::open::check_identity;
use super::reader::Reader;
use super::standing::{HOUSE, HouseEvent};
use super::transaction::print;
use crate::payout::moment::Wall;
use rusqlite::{Connection, params};
use std::path::Path;

/// One step. `run` works inside the transaction and must leave tables, indexes and triggers as the next
/// format lays them out.
struct Step {
    from: i64,
    run: fn(&Connection) -> Result<(), LedgerError>,
}

/// Every format that was ever in use and is not the present one, in order. Format 1 had no seals; nobody ever
/// ran on it.
const STEPS: [Step; 2] = [Step { from: 2, run: keep_the_formats }, Step { from: 3, run: keep_codes }];

/// Free disk space that is asked for beyond twice the ledger: what the write-ahead log may take.
const ROOM: u64 = 16 * 1024 * 1024;

/// Format 3: the ledger says which formats it has had, and by which payoutd.
fn keep_the_formats(connection: &Connection) -> Result<(), LedgerError> {
    connection.execute_batch(
        "CREATE TABLE format (
    version INTEGER PRIMARY KEY,
    payoutd TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT",
    )?;
    Ok(())
}

/// Format 4: events, orders and rows may hold codes where they held payoutd's own sentences. What was written stays;
/// no table changes.
fn keep_codes(_: &Connection) -> Result<(), LedgerError> {
    Ok(())
}

/// Whether this program can bring a ledger of that format up to date.
pub(super) fn knows(format: i64) -> bool {
    STEPS.iter().any(|step| step.from == format)
}

/// The format of a state folder's ledger, where it is an older one that the next start of payoutd brings up
/// to date: that may take a while. Where it cannot be told, opening the ledger will say why.
pub fn older_format(state: &Path) -> Option<i64> {
    let database = connect::database(state);
    let reader = connect::any_reader(&database).ok().filter(|_| database.exists())?;
    older(connect::format_of(&reader).ok()?)
}

fn older(format: i64) -> Option<i64> {
    (format != SCHEMA_VERSION && knows(format)).then_some(format)
}

/// Brings an older ledger up to date; leaves one of the present format alone. The folder's lock is held.
pub(super) fn bring_up(state: &Path, identity: &Identity, at: Wall) -> Result<(), LedgerError> {
    // To write: what a crash left in a journal is only rolled back by who may.
    let old = match connect::any_opener(&connect::database(state)) {
        Ok(connection) => Reader { connection },
        // Made, and nothing in it yet.
        Err(LedgerError::Missing(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let Some(from) = older(connect::format_of(&old.connection)?) else { return Ok(()) };
    check_identity(&old, Some(identity))?;
    let kept = keep_a_copy(&old, state, from, at)?;
    drop(old);
    tracing::warn!(
        from,
        to = SCHEMA_VERSION,
        copy = %kept.display(),
        "this ledger is of an earlier payoutd: nothing to do, a verified copy of it is kept, and it is brought up to date"
    );
    let name = kept.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let event = HouseEvent::Migrated { from, to: SCHEMA_VERSION, payoutd: OURS.to_string(), copy: name };
    let reader = Reader { connection: connect::any_writer(state)? };
    let connection = &reader.connection;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    if let Err(error) = migrate(&reader, from, &event, at) {
        // The first error is the one to tell; a transaction that is left open is undone by the closing.
        let _ = connection.execute_batch("ROLLBACK");
        return Err(error);
    }
    connection.execute_batch("COMMIT").map_err(|error| LedgerError::CommitFailed(error.to_string()))?;
    tracing::warn!(format = SCHEMA_VERSION, "the ledger is up to date and was audited as a whole: nothing to do");
    Ok(())
}

/// Which payoutd this is.
pub(super) const OURS: &str = env!("CARGO_PKG_VERSION");

/// All of it inside the caller's transaction.
fn migrate(reader: &Reader, from: i64, event: &HouseEvent, at: Wall) -> Result<(), LedgerError> {
    let connection = &reader.connection;
    let mut format = from;
    for step in STEPS.iter().filter(|step| step.from >= from) {
        (step.run)(connection)?;
        format = step.from + 1;
    }
    if format != SCHEMA_VERSION {
        return Err(LedgerError::contradiction(format!("the steps end at format {format}, not at {SCHEMA_VERSION}")));
    }
    append(reader, event, at)?;
    connect::note_format(connection, at)?;
    let mut findings = Findings::default();
    audit::audit(reader, &[], &mut findings)?;
    match findings.problems.first() {
        None => Ok(()),
        Some(problem) => Err(LedgerError::contradiction(format!(
            "it was not brought to format {SCHEMA_VERSION}, because its audit found {} problems, the first: {problem}; \
             nothing was changed",
            findings.found
        ))),
    }
}

/// What was done goes into the chain like everything else.
fn append(reader: &Reader, event: &HouseEvent, at: Wall) -> Result<(), LedgerError> {
    let last = reader.one(
        "SELECT no FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 ORDER BY no DESC LIMIT 1",
        [HOUSE],
        |row| row.get::<_, i64>(0),
    )?;
    let body = print(event)?;
    let no = last.unwrap_or(0) + 1;
    let link = Link { at: at.0, batch: HOUSE, payout: None, no, attempt: None, kind: event.kind(), body: &body };
    let tip = chain::next(&reader.tip()?, &link);
    reader.connection.execute(
        "INSERT INTO event (seq, at, batch, no, kind, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![tip.seq, link.at, link.batch, link.no, link.kind, link.body, tip.hash],
    )?;
    Ok(())
}

/// The verified copy of the old ledger, named by its format and its last event: a start that is repeated
/// finds it again.
fn keep_a_copy(old: &Reader, state: &Path, format: i64, at: Wall) -> Result<std::path::PathBuf, LedgerError> {
    let head = old.head()?;
    let name = format!("{}.format-{format}-event-{}", connect::FILE, head.seq);
    let wanted = state.join(&name);
    if is_whole(&wanted, &head) {
        return Ok(wanted);
    }
    let size: i64 = old.connection.query_row(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        [],
        |row| row.get(0),
    )?;
    let needed = u64::try_from(size).unwrap_or(u64::MAX).saturating_mul(2).saturating_add(ROOM);
    let space = rustix::fs::statvfs(state)
        .map_err(|error| LedgerError::disk(format!("asking for the free space in {}", state.display()), error))?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    if free < needed {
        return Err(LedgerError::Refused(format!(
            "this ledger has format {format} and is to be brought to {SCHEMA_VERSION}, after a copy of it: that wants {} MB of \
             free disk space in {}, where {} MB are free; nothing was changed. Make room, then start payoutd again",
            needed.div_ceil(1_000_000),
            state.display(),
            free / 1_000_000
        )));
    }
    let partial = state.join(format!(".{name}.{}.partial", at.0));
    remove_partials(state, &format!(".{name}."))?;
    let copied = write_copy(old, &partial);
    match copied {
        Ok(copied) if copied == head => {}
        Ok(_) => {
            let _ = std::fs::remove_file(&partial);
            return Err(LedgerError::contradiction("the copy ends at another event than the ledger".to_string()));
        }
        Err(error) => {
            let _ = std::fs::remove_file(&partial);
            return Err(error);
        }
    }
    let kept = free_name(state, &name);
    put(&partial, &kept)?;
    connect::sync_folder(state)?;
    Ok(kept)
}

/// What a try that was cut off left of its copy. The folder's lock is held: nobody is writing it.
fn remove_partials(state: &Path, begins: &str) -> Result<(), LedgerError> {
    let failed = |error: std::io::Error| LedgerError::disk(format!("looking into {}", state.display()), error);
    for entry in std::fs::read_dir(state).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let text = name.to_string_lossy();
        if text.starts_with(begins) && text.ends_with(".partial") {
            std::fs::remove_file(state.join(&name)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Whether a copy of an earlier try lies there, whole.
fn is_whole(copy: &Path, head: &Head) -> bool {
    copy.symlink_metadata().is_ok_and(|about| about.is_file())
        && look_over(copy).is_ok_and(|(findings, found)| findings.is_clean() && found == *head)
}

/// Looks over a copy of any format that this program knows: a present one by the whole audit's pages, an older
/// one by SQLite's own check and every event's hash.
pub(super) fn look_over(copy: &Path) -> Result<(Findings, Head), LedgerError> {
    let reader = Reader { connection: connect::any_reader(copy)? };
    let format = connect::format_of(&reader.connection)?;
    connect::check_format(&reader.connection, format, true)?;
    let mut findings = Findings::default();
    if format == SCHEMA_VERSION {
        audit::check_pages(&reader, &mut findings)?;
    } else {
        check_older(&reader, &[], &mut findings)?;
    }
    Ok((findings, reader.head()?))
}

/// What can be said of an older ledger as it lies.
pub(super) fn check_older(reader: &Reader, heads: &[Head], findings: &mut Findings) -> Result<(), LedgerError> {
    let checked = audit::check_integrity(reader, findings);
    findings.take(checked)?;
    let checked = audit::check_chain(reader, Tip { seq: 0, hash: GENESIS }, heads, findings);
    findings.take(checked)
}
