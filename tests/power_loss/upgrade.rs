//! The power goes, or the disk fails, at every operation of an upgrade: what lies there then is the old ledger or
//! the new one, whole, and the next start makes it the new one.
//!
//! Must never: judge by the ledger's own word alone; the rows are read past it.

use crate::house::fast_folder;
use payoutd::ledger::{Identity, Ledger, LedgerError, verify};
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use power_loss_vfs::{Cursor, Disk, Done, Fault, Image, Syncs, Trouble};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use tempfile::TempDir;

/// Cuts at each operation, each another choice of what an unflushed write leaves.
const SEEDS: u64 = 12;

fn identity() -> Identity {
    Identity { environment: "simulator".into(), host: "127.0.0.1".into(), account: "client_id".into() }
}

/// The start that upgrades, and the one after it.
fn moment(start: u8) -> Moment {
    let ms = 10 * u64::from(start);
    Moment { wall: Wall(1_800_000_000_000 + i64::from(start)), boot: BootMoment { boot: 7, ms } }
}

/// A folder whose ledger lies on a disk in memory, the high-water mark beside it.
fn lay(image: Image) -> (TempDir, Disk) {
    let folder = fast_folder();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/old_ledgers/format_2");
    std::fs::copy(fixture.join("high-water"), folder.path().join("high-water")).unwrap();
    let disk = Disk::insert(folder.path(), image);
    (folder, disk)
}

/// The ledger of format 2 on a disk in memory.
fn old_ledger() -> Image {
    let (folder, disk) = lay(Image::default());
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/old_ledgers/format_2/ledger.sqlite3");
    // A copy, because reading a database that was in use leaves files beside it.
    let elsewhere = fast_folder();
    let copy = elsewhere.path().join("fixture");
    std::fs::copy(fixture, &copy).unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from = Connection::open_with_flags_and_vfs(copy, flags, "unix").unwrap();
    let mut to = Connection::open(folder.path().join("ledger.sqlite3")).unwrap();
    Backup::new(&from, &mut to).unwrap().run_to_completion(1_000, std::time::Duration::ZERO, None).unwrap();
    to.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    drop(to);
    disk.image()
}

/// What a ledger holds, read past it: its format, and everything but what an upgrade and an opening add.
fn print(database: &Path) -> (i64, Vec<String>) {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let format: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let mut rows = Vec::new();
    for sql in [
        "SELECT seq, kind, body, hex(hash) FROM event WHERE seq <= 21 ORDER BY seq",
        "SELECT id, reference, state, hex(digest) || hex(seal) FROM payout ORDER BY id",
        "SELECT id, file, approval, hex(seal) FROM batch ORDER BY id",
        "SELECT batch, state, rows, amount FROM tally ORDER BY batch, state",
        "SELECT id, body, coalesce(outcome, ''), hex(seal) FROM orders ORDER BY id",
        "SELECT reference, payout, '', '' FROM reference ORDER BY reference",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells: Vec<String> = (0..4)
                .map(|column| match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    other => String::from_utf8_lossy(other.as_bytes().unwrap_or_default()).into_owned(),
                })
                .collect();
            rows.push(cells.join("|"));
        }
    }
    (format, rows)
}

/// The old or the new one lies there, whole; and the next start makes it the new one.
fn judge(image: Image, before: &[String], at: &str) -> i64 {
    let (folder, disk) = lay(image);
    let database = folder.path().join("ledger.sqlite3");
    let (format, rows) = print(&database);
    assert!(rows == before, "{at}: rows of format {format} are not those of before");
    let opened = Ledger::open(folder.path(), &identity(), moment(2)).unwrap_or_else(|error| panic!("{at}: {error}"));
    assert_eq!(opened.suspicion, None, "{at}");
    drop(opened);
    assert_eq!(print(&database).0, 4, "{at}");
    let findings = verify(folder.path(), &[]).unwrap();
    assert_eq!(findings.problems, Vec::<String>::new(), "{at}");
    drop(disk);
    format
}

#[test]
fn a_power_cut_at_any_operation_of_an_upgrade_leaves_the_old_ledger_or_the_new_one() {
    let base = old_ledger();
    let (folder, disk) = lay(base);
    let (format, before) = print(&folder.path().join("ledger.sqlite3"));
    assert_eq!(format, 2);
    disk.record();
    drop(Ledger::open(folder.path(), &identity(), moment(1)).unwrap());
    let trace = disk.take_trace();
    let mut cursor = Cursor::at_start(&trace.base, Syncs::Honest);
    let (mut old, mut new) = (0, 0);
    for (place, op) in trace.ops.iter().enumerate() {
        cursor.step(op);
        for seed in 0..SEEDS {
            let at = format!("operation {place} of {}, seed {seed}", trace.ops.len());
            match judge(cursor.cut(seed + place as u64 * 1_000), &before, &at) {
                2 => old += 1,
                4 => new += 1,
                other => panic!("{at}: format {other}"),
            }
        }
    }
    println!("an upgrade: {} operations, {old} times the old ledger, {new} times the new one", trace.ops.len());
    assert!(old > 0 && new > 0);
}

#[test]
fn a_disk_that_fails_or_is_full_at_any_operation_of_an_upgrade_costs_nothing() {
    let base = old_ledger();
    let (mut refused, mut done) = (0, 0);
    for trouble in [Trouble::Full, Trouble::Eio] {
        for at in 0.. {
            let (folder, disk) = lay(base.clone());
            let (_, before) = print(&folder.path().join("ledger.sqlite3"));
            disk.fail(Fault { at, trouble, done: Done::Nothing, for_good: true });
            let opened = Ledger::open(folder.path(), &identity(), moment(1)).map(|opened| opened.suspicion);
            let struck = disk.heal();
            if !struck {
                assert_eq!(opened.unwrap(), None);
                done += 1;
                break;
            }
            match opened {
                Err(LedgerError::Disk(_) | LedgerError::CommitFailed(_) | LedgerError::Refused(_)) => refused += 1,
                Err(other) => panic!("{trouble:?} at {at}: {other}"),
                // The last writes are those of the opening itself.
                Ok(suspicion) => assert_eq!(suspicion, None),
            }
            judge(disk.image(), &before, &format!("{trouble:?} at operation {at}"));
        }
    }
    println!("an upgrade on a failing disk: {refused} times refused, {done} times to its end");
    assert!(refused > 10);
}
