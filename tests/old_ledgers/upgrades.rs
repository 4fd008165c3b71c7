//! Ledgers of earlier payoutds under the built program: read by nobody, copied and brought up to date by `run`,
//! and paid on. `format_N` holds one of each format that was ever in use, as it was left by a payoutd of that
//! time, killed half way through a payroll.
//!
//! `format_2`: by the program of commit 6f21a48, against its own simulator, killed with SIGKILL. June (OLD-0) is
//! paid; of July OLD-1 is paid, OLD-2 declined, OLD-3 in doubt (its call was lost and paid nobody), OLD-7 held
//! by a person, and OLD-4, 5, 6 and 8 are queued.
//!
//! `format_3`: by the program of commit eaa040e, in the same way. OLD-9 besides: MonCash said paid, with another
//! amount, and it is held with payoutd's own sentence as its detail. The order about OLD-7 is answered in a sentence.
//!
//! Must never: write into a fixture.

use super::bank::{Bank, Debit};
use super::house::House;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use support::left_out;

/// Formats before the present one.
const FORMATS: [u32; 2] = [2, 3];

fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/old_ledgers/format_{format}"))
}

/// A house with that ledger in its state folder, and a MonCash that paid what it had paid.
fn with_ledger_of(format: u32) -> House {
    let paid = [("OLD-0", "50937000100", 5_000), ("OLD-1", "50937000101", 10_150)];
    let debits = paid.map(|(reference, receiver, centimes)| Debit {
        reference: reference.to_string(),
        receiver: receiver.to_string(),
        centimes,
    });
    let house = House::at(Arc::new(Bank::open_with(debits.to_vec())));
    house.configure("simulator", "client_id");
    std::fs::create_dir_all(house.path("state")).unwrap();
    // A folder of its own alone, or payoutd would not trust it.
    let owned = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(house.path("state"), owned).unwrap();
    for name in ["ledger.sqlite3", "high-water"] {
        std::fs::copy(fixture(format).join(name), house.path("state").join(name)).unwrap();
    }
    let accepted = house.path("batches/accepted");
    std::fs::create_dir_all(&accepted).unwrap();
    for entry in std::fs::read_dir(fixture(format).join("accepted")).unwrap().flatten() {
        std::fs::copy(entry.path(), accepted.join(entry.file_name())).unwrap();
    }
    house
}

fn ledger(house: &House) -> Vec<u8> {
    std::fs::read(house.path("state/ledger.sqlite3")).unwrap()
}

fn format_of(database: &Path) -> i64 {
    let connection = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    connection.unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// The copies that upgrades left in the state folder.
fn copies(house: &House) -> Vec<PathBuf> {
    let names = std::fs::read_dir(house.path("state")).unwrap().map(|entry| entry.unwrap().path());
    let mut copies: Vec<PathBuf> = names.filter(|path| path.to_string_lossy().contains(".format-")).collect();
    copies.sort();
    copies
}

#[test]
fn a_ledger_of_each_earlier_format_is_kept_brought_up_to_date_and_paid_on() {
    for format in FORMATS {
        let house = with_ledger_of(format);
        // Long ago, whenever this test runs: what is queued is too old to be sent by itself.
        house.reword_settings("[safety]\n", "[safety]\nqueued_for = \"1s\"\n");
        let before = ledger(&house);
        for looking in [
            "status",
            "explain OLD-1",
            "verify",
            "backup copy.sqlite3",
            "report",
            "resume --reason x",
            "rebind --reason x",
        ] {
            let said = house.run(looking).ends(&[2]);
            said.says(&format!("has format {format}")).says("'payoutd run'");
        }
        assert!(ledger(&house) == before, "a command that looks changed it");
        assert!(copies(&house).is_empty() && !house.path("copy.sqlite3").exists());

        house.run("run --once").ends(&[3]).says("a verified copy of it is kept").says("audited as a whole");
        assert_eq!(house.transfers(), 0, "nothing old was sent by itself");
        house.run("verify").ends(&[0]);
        let kept = copies(&house);
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(format_of(&kept[0]), i64::from(format));
        house.run("explain OLD-1").ends(&[0]).says("paid").says("SIM-");
        house.run("explain OLD-2").ends(&[0]).says("Maximum Account Balance");
        house.run("explain OLD-7").ends(&[0]).says("a person looks");
        if format == 3 {
            house.run("explain OLD-9").ends(&[0]).says("(amount 9.50 instead of 109.50)");
            house.reword_settings("[folders]\n", "[reports]\nlanguage = \"fr\"\n[folders]\n");
            house.run("report B000002").ends(&[0]);
            let report = std::fs::read_to_string(house.path("batches/reports/july.B000002.report.csv")).unwrap();
            assert!(report.contains("(montant 9.50 au lieu de 109.50)"), "{report}");
        }

        house.reword_settings("queued_for = \"1s\"", "queued_for = \"48h\"");
        for reference in ["OLD-4", "OLD-5", "OLD-6", "OLD-7", "OLD-8"] {
            house.run(&format!("release {reference} --reason late")).ends(&[0]);
        }
        house.drop_payroll("new.csv", "NEW", 3);
        // OLD-2 is declined and OLD-3 waits for a person: it is proven unpaid, and old.
        house.run("run --once").ends(&[3]);
        for (reference, times) in [("OLD-0", 1), ("OLD-1", 1), ("OLD-2", 0), ("OLD-3", 0), ("OLD-7", 1), ("OLD-8", 1)] {
            assert_eq!(house.bank.books().times(reference), times, "{reference}");
        }
        assert_eq!(house.bank.books().debits.len(), 2 + 5 + 3);
        house.run("verify").ends(&[0]);
        assert_eq!(copies(&house), kept, "it is brought up to date once");

        // The way back leads over the copy, and that one suspects.
        house.run_args(&["restore", &kept[0].to_string_lossy()]).ends(&[0]);
        house.run("run --once").ends(&[4]).says("payoutd resume --reason");
        house.run("run --once").ends(&[4]);
        assert_eq!(house.bank.books().debits.len(), 2 + 5 + 3);
    }
}

#[test]
fn the_ledger_of_a_newer_payoutd_is_refused_by_name_and_left_as_it_is() {
    let house = House::new();
    house.drop_payroll("july.csv", "JUL", 2);
    house.run("run --once").ends(&[0]);
    let connection = rusqlite::Connection::open(house.path("state/ledger.sqlite3")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO format VALUES (99, '7.5.1', 0); PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    drop(connection);
    let before = ledger(&house);
    for command in ["run --once", "status", "verify", "backup copy.sqlite3"] {
        house.run(command).ends(&[2]).says("has format 99, which payoutd 7.5.1 laid out").says("nothing was done");
    }
    assert!(ledger(&house) == before && copies(&house).is_empty());
}

#[test]
fn an_old_ledger_that_contradicts_itself_or_is_anothers_is_not_brought_up_to_date() {
    let house = with_ledger_of(2);
    house.configure("simulator", "somebody_else");
    house.run("run --once").ends(&[2]).says("belongs to");
    assert_eq!((format_of(&house.path("state/ledger.sqlite3")), copies(&house).len()), (2, 0));
    house.configure("simulator", "client_id");
    let connection = rusqlite::Connection::open(house.path("state/ledger.sqlite3")).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER payout_instruction_is_frozen; UPDATE payout SET amount = amount + 1 WHERE reference = 'OLD-1';
             CREATE TRIGGER payout_instruction_is_frozen
BEFORE UPDATE OF id, batch, line, reference, receiver, amount, description, name, other, retry_of, digest ON payout
BEGIN
    SELECT RAISE(ABORT, 'the instruction of a payout never changes');
END; PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    drop(connection);
    house.run("run --once").ends(&[6]).says("its audit found").says("nothing was changed");
    assert_eq!(format_of(&house.path("state/ledger.sqlite3")), 2);
    // A second start finds the copy of the first and makes no other.
    house.run("run --once").ends(&[6]);
    assert_eq!(copies(&house).len(), 1);
    assert_eq!(house.transfers(), 0);
}

/// On a file system of its own, for which namespaces are needed.
#[test]
fn without_room_for_the_copy_nothing_is_changed() {
    let house = with_ledger_of(2);
    let script = "mount -t tmpfs -o size=4m,mode=700 tmpfs state && cp kept/* state/ && chmod 600 state/* && \
                  { \"$0\" run --once; code=$?; cp state/ledger.sqlite3 after; ls state > names; exit $code; }";
    std::fs::rename(house.path("state"), house.path("kept")).unwrap();
    std::fs::create_dir(house.path("state")).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_payoutd")]);
    let out = command.current_dir(house.path("")).env("PAYOUTD_CLIENT_SECRET", "open-sesame-house").output();
    let said = match &out {
        Ok(out) => String::from_utf8_lossy(&out.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    if !house.path("after").exists() {
        return left_out("a ledger's upgrade without room", &format!("no file system of its own ({said})"));
    }
    assert!(said.contains("MB of free disk space") && said.contains("nothing was changed"), "{said}");
    assert_eq!(out.unwrap().status.code(), Some(1));
    assert!(std::fs::read(house.path("after")).unwrap() == std::fs::read(house.path("kept/ledger.sqlite3")).unwrap());
    let names = std::fs::read_to_string(house.path("names")).unwrap();
    assert!(!names.contains(".format-") && !names.contains(".partial"), "{names}");
}
