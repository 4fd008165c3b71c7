//! Opens the database file as every connection of the house does, and locks the state folder.
//!
//! Must never: open and close the database file by hand while a connection to it lives in this
//! process (that drops SQLite's locks), or make a file when only reading was asked for.

use super::error::{LedgerError, NewerBy};
use super::migrate;
use crate::files::guard::{Laxity, look_at_private_folder};
use crate::payout::moment::Wall;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rustix::fs::{FlockOperation, Mode, OFlags};
use std::fs::DirBuilder;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "PAYD": tells a ledger from any other SQLite file.
pub(super) const APPLICATION_ID: i64 = 0x5041_5944;
/// The format that this program writes.
pub(super) const SCHEMA_VERSION: i64 = 4;
const SCHEMA: &str = include_str!("schema.sql");

/// The database's name in the state folder (contract).
pub const FILE: &str = "ledger.sqlite3";

/// How long another connection's write is waited for. Orders and restores take milliseconds; a
/// disk that stalls takes seconds.
const BUSY: Duration = Duration::from_secs(30);
/// Prepared statements kept: all there are.
const STATEMENTS: usize = 160;
/// Page cache of a connection that writes, in KiB: enough for the inner pages of a million rows.
const CACHE_KIB: i64 = 16 * 1024;
/// Pages in the WAL before it is copied back, about 4 MiB: a restart then reads little.
const CHECKPOINT_PAGES: i64 = 1000;
/// What is left of the WAL file after a burst, in bytes.
const WAL_LEFT: i64 = 8 * 1024 * 1024;

pub(super) fn database(state: &Path) -> PathBuf {
    state.join(FILE)
}

/// Makes the state folder (0700) where there is none. One that anybody may write in is refused.
pub(super) fn make_folder(state: &Path) -> Result<(), LedgerError> {
    if let Some(Laxity::Writable(words)) = look_at_private_folder(state) {
        return Err(LedgerError::Exposed(words));
    }
    if state.is_dir() {
        return Ok(());
    }
    if state.is_file() {
        let what = format!("{} is a file: move it away, or correct [folders] state", state.display());
        return Err(LedgerError::Disk(what));
    }
    let failed = |error| LedgerError::disk(format!("making the folder {}", state.display()), error);
    DirBuilder::new().recursive(true).mode(0o700).create(state).map_err(failed)?;
    if let Some(parent) = state.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        sync_folder(parent)?;
    }
    Ok(())
}

/// Opens the state folder and takes its lock; it is held as long as the result lives.
pub(super) fn lock_state(state: &Path) -> Result<OwnedFd, LedgerError> {
    let folder = open_folder(state)?;
    match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(folder),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(LedgerError::Held(state.to_path_buf())),
        Err(error) => Err(LedgerError::disk(format!("locking the folder {}", state.display()), error)),
    }
}

fn open_folder(folder: &Path) -> Result<OwnedFd, LedgerError> {
    rustix::fs::open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|error| LedgerError::disk(format!("opening the folder {}", folder.display()), error))
}

/// Puts names made, renamed or removed in a folder on disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), LedgerError> {
    let open = open_folder(folder)?;
    rustix::fs::fsync(&open)
        .map_err(|error| LedgerError::disk(format!("writing the folder {} to disk", folder.display()), error))
}

/// Makes an empty database file (0600) where there is none. The folder's lock is held, so no
/// connection of ours can be open on a file that does not exist.
pub(super) fn make_file(state: &Path) -> Result<(), LedgerError> {
    let path = database(state);
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR) {
        Ok(_made) => sync_folder(state),
        Err(rustix::io::Errno::EXIST) => refuse_link(&path),
        Err(error) => Err(LedgerError::disk(format!("making {}", path.display()), error)),
    }
}

/// SQLite would follow a link, to another ledger or to somebody's file.
fn refuse_link(path: &Path) -> Result<(), LedgerError> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(()),
        Ok(_) => {
            Err(LedgerError::Disk(format!("{} is a link or no file at all: put the file itself there", path.display())))
        }
        Err(error) => Err(LedgerError::disk(format!("looking at {}", path.display()), error)),
    }
}

/// A connection that writes. The file must exist, and its format be ours.
pub(super) fn writer(state: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(&database(state), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_header(&connection, true)?;
    prepare_to_write(connection, state)
}

/// A connection that writes, whatever the format: to bring it up to date.
pub(super) fn any_writer(state: &Path) -> Result<Connection, LedgerError> {
    prepare_to_write(connect(&database(state), OpenFlags::SQLITE_OPEN_READ_WRITE)?, state)
}

fn prepare_to_write(connection: Connection, state: &Path) -> Result<Connection, LedgerError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(LedgerError::Disk(format!(
            "the file system under {} cannot hold a write-ahead log (journal mode {mode})",
            state.display()
        )));
    }
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -{CACHE_KIB};
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA journal_size_limit = {WAL_LEFT};"
    ))?;
    Ok(connection)
}

/// A connection that only reads. The file must exist and be a ledger of our format.
pub(super) fn reader(database: &Path) -> Result<Connection, LedgerError> {
    let connection = any_reader(database)?;
    check_header(&connection, false)?;
    Ok(connection)
}

/// A connection that may write, whatever the format, to look before anything is written.
pub(super) fn any_opener(database: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if is_empty(&connection)? {
        return Err(LedgerError::Missing(database.parent().unwrap_or(database).to_path_buf()));
    }
    Ok(connection)
}

/// A connection that only reads, whatever the format.
pub(super) fn any_reader(database: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    if is_empty(&connection)? {
        return Err(LedgerError::Missing(database.parent().unwrap_or(database).to_path_buf()));
    }
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, LedgerError> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let here = path.parent().map(std::fs::canonicalize).and_then(Result::ok);
    // NOFOLLOW refuses a link anywhere in the path: only the last name is ours to judge.
    let real = here.zip(path.file_name()).map_or_else(|| path.to_path_buf(), |(folder, name)| folder.join(name));
    let connection = Connection::open_with_flags(&real, flags).map_err(|error| match error {
        rusqlite::Error::SqliteFailure(failure, _) if !path.exists() => {
            let _ = failure;
            LedgerError::Missing(path.parent().unwrap_or(path).to_path_buf())
        }
        other => LedgerError::from(other),
    })?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not hang on the values that are bound: else SQLite would plan some statements anew for
    // every row, and the plans that the tests read would not be the ones that run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    super::seal::register(&connection)?;
    super::pack::register(&connection)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;")?;
    Ok(connection)
}

/// Is this a ledger, and of a format that we know? An empty file passes where one may be made.
fn check_header(connection: &Connection, may_be_empty: bool) -> Result<(), LedgerError> {
    if may_be_empty && is_empty(connection)? {
        return Ok(());
    }
    check_format(connection, format_of(connection)?, false)
}

/// The format of a ledger, whoever wrote it.
pub(super) fn format_of(connection: &Connection) -> Result<i64, LedgerError> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(LedgerError::damaged(format!("{FILE} is a database, but not a ledger of payoutd")));
    }
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Refuses a format that is not ours; an older one that we know passes where it may.
pub(super) fn check_format(connection: &Connection, found: i64, may_be_older: bool) -> Result<(), LedgerError> {
    match found {
        SCHEMA_VERSION => Ok(()),
        newer if newer > SCHEMA_VERSION => {
            let sql = "SELECT payoutd FROM format WHERE version = ?1";
            // Whatever else the newer one changed; without it the message does without.
            let by = connection.query_row(sql, [newer], |row| row.get(0)).unwrap_or_default();
            Err(LedgerError::NewerSchema { found: newer, known: SCHEMA_VERSION, by: NewerBy(by) })
        }
        older if migrate::knows(older) && may_be_older => Ok(()),
        older if migrate::knows(older) => Err(LedgerError::OlderSchema { found: older, known: SCHEMA_VERSION }),
        other => Err(LedgerError::damaged(format!("{FILE} has the unknown format {other}"))),
    }
}

/// A database without a single table, which nobody has marked as anything.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, LedgerError> {
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(objects == 0 && version == 0)
}

/// Whether tables, indexes and triggers are still those that were laid out.
pub(super) fn has_our_schema(connection: &Connection) -> Result<bool, LedgerError> {
    let list = |connection: &Connection| -> Result<Vec<(String, Option<String>)>, LedgerError> {
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    };
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(SCHEMA)?;
    Ok(list(&ours)? == list(connection)?)
}

/// Lays the tables out. Inside a transaction of the caller.
pub(super) fn make_schema(connection: &Connection, at: Wall) -> Result<(), LedgerError> {
    connection.execute_batch(SCHEMA)?;
    connection.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID};"))?;
    note_format(connection, at)
}

/// From here on it is of our format. Inside a transaction of the caller.
pub(super) fn note_format(connection: &Connection, at: Wall) -> Result<(), LedgerError> {
    connection.execute_batch(&format!("PRAGMA user_version = {SCHEMA_VERSION};"))?;
    connection.execute(
        "INSERT INTO format (version, payoutd, at) VALUES (?1, ?2, ?3)",
        rusqlite::params![SCHEMA_VERSION, migrate::OURS, at.0],
    )?;
    Ok(())
}
