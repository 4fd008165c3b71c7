//! Old ledgers, lost ledgers and other people's ledgers under the real binary: restored with
//! `payoutd restore` or behind its back, deleted in whole or in part, exchanged, copied to a second
//! machine. Before it sends anything it notices and says what to do; after those steps everybody is
//! paid exactly once, by MonCash's own count. What cannot be noticed is shown here too, with the
//! documented way (`pause --distrust`).
//!
//! Nothing is asked before a first Transfert (`check_first = false`) but where a test says so:
//! MonCash's memory must not cover for the ledger's.
//!
//! Must never: judge by the product's own ledger, or reach beyond loopback.

mod bank;
mod house;
mod together;
mod upgrades;
#[allow(dead_code)]
#[path = "../gauntlet/wire.rs"]
mod wire;

use house::{House, Said};

/// July is paid, August is admitted and paused: the moment to which ledgers are put back.
fn before_august() -> House {
    let house = House::new();
    house.drop_payroll("july.csv", "JUL", 4);
    house.run("run --once").ends(&[0]);
    house.run("pause --reason payday").ends(&[0]);
    house.drop_payroll("august.csv", "AUG", 5);
    house.run("run --once").ends(&[4]);
    house
}

fn pay_august(house: &House) {
    house.run("resume --reason payday").ends(&[0]);
    house.run("run --once").ends(&[0]);
    house.all_are_paid_once(&[("JUL", 4), ("AUG", 5)]);
}

/// It must notice, tell a person what to do, and send nothing, however often it is started.
#[track_caller]
fn notices(house: &House, what: &str) -> Said {
    let sent = house.transfers();
    let said = house.run("run --once").ends(&[4]).says(what).says("payoutd resume --reason");
    house.run("run --once").ends(&[4]);
    house.run("status").ends(&[0]).says("may be older");
    assert_eq!(house.transfers(), sent, "something was sent before a person looked");
    said
}

/// A person looked. What MonCash calls paid and the ledger does not know is resolved from the portal.
#[track_caller]
fn goes_on(house: &House, payrolls: &[(&str, u32)]) {
    house.run("resume --reason looked").ends(&[0]);
    for _ in 0..3 {
        if house.run("run --once").ends(&[0, 3, 4]).code == 0 {
            break;
        }
        resolve_from_the_portal(house, payrolls);
    }
    house.all_are_paid_once(payrolls);
    house.run("run --once").ends(&[0]);
    for (prefix, people) in payrolls {
        for person in 1..=*people {
            let reference = format!("{prefix}-{person}");
            let told = house.told(&reference);
            assert!(told.iter().any(|status| status == "paid"), "{reference} is told as {told:?}");
        }
    }
    house.all_are_paid_once(payrolls);
}

fn resolve_from_the_portal(house: &House, payrolls: &[(&str, u32)]) {
    for (prefix, people) in payrolls {
        for person in 1..=*people {
            let reference = format!("{prefix}-{person}");
            if house.bank.books().times(&reference) == 1 {
                house.run(&format!("resolve {reference} --paid PORTAL-{reference} --reason portal"));
            }
        }
    }
}

const BOTH: [(&str, u32); 2] = [("JUL", 4), ("AUG", 5)];

#[test]
fn a_backup_that_restore_put_in_place_pays_nobody_again() {
    let house = before_august();
    house.run("backup copy.sqlite3").ends(&[0]);
    pay_august(&house);
    house.run("restore copy.sqlite3").ends(&[0]).says("payoutd resume");
    notices(&house, "restore");
    goes_on(&house, &BOTH);
}

#[test]
fn a_ledger_file_copied_back_behind_its_back_pays_nobody_again() {
    let house = before_august();
    house.copy("state/ledger.sqlite3", "copy.sqlite3");
    pay_august(&house);
    house.copy("copy.sqlite3", "state/ledger.sqlite3");
    notices(&house, "older copy");
    goes_on(&house, &BOTH);
}

/// The mark went back with the ledger: the summaries in `reports/` are the only trace.
#[test]
fn a_state_folder_copied_back_whole_pays_nobody_again() {
    let house = before_august();
    house.copy("state", "state-of-monday");
    pay_august(&house);
    house.delete("state");
    house.copy("state-of-monday", "state");
    notices(&house, "summary");
    goes_on(&house, &BOTH);
}

#[test]
fn a_deleted_state_folder_is_noticed_by_the_files_that_lie_about() {
    let house = before_august();
    pay_august(&house);
    house.delete("state");
    notices(&house, "B000002");
    // The same rows again, in a file that this ledger has never seen: not before a person looked.
    house.drop_payroll("august again.csv", "AUG", 5);
    notices(&house, "B000002");
    house.nobody_was_paid_twice();
    // The README's way: not again whole.
    house.delete("batches/inbox/august again.csv");
    house.run("resume --reason looked").ends(&[0]);
    house.drop_payroll("september.csv", "SEP", 3);
    house.run("run --once").ends(&[0]);
    assert!(house.path("batches/accepted/september.B000003.csv").exists(), "a number was used again");
    house.all_are_paid_once(&[("JUL", 4), ("AUG", 5), ("SEP", 3)]);
}

#[test]
fn with_check_first_even_a_payroll_dropped_again_after_a_lost_ledger_is_held() {
    let house = before_august();
    pay_august(&house);
    house.delete("state");
    notices(&house, "B000002");
    house.run("resume --reason looked").ends(&[0]);
    house.check_first();
    house.drop_payroll("august again.csv", "AUG", 5);
    house.run("run --once").ends(&[3]);
    house.all_are_paid_once(&BOTH);
    assert!(house.told("AUG-1").contains(&"held".to_string()));
}

#[test]
fn a_deleted_ledger_beside_its_mark_is_noticed() {
    let house = before_august();
    pay_august(&house);
    house.delete("state/ledger.sqlite3");
    notices(&house, "older copy");
    house.run("resume --reason looked").ends(&[0]);
    house.drop_payroll("september.csv", "SEP", 3);
    // The files of the batches that are gone are told once more, by the daemon.
    if house.run("run --once").ends(&[0, 4]).code == 4 {
        goes_on(&house, &[("JUL", 4), ("AUG", 5), ("SEP", 3)]);
    }
    house.run("run --once").ends(&[0]);
    house.all_are_paid_once(&[("JUL", 4), ("AUG", 5), ("SEP", 3)]);
}

#[test]
fn a_deleted_mark_is_noticed_and_costs_nobody_anything() {
    let house = before_august();
    house.delete("state/high-water");
    notices(&house, "high-water is missing");
    goes_on(&house, &BOTH);
}

/// Kills the daemon in the middle of August: what it wrote last lies in the write-ahead log alone.
fn killed_in_august(house: &House) {
    house.run("resume --reason payday").ends(&[0]);
    house.bank.books().slow = 30;
    house.bank.lose("AUG-4");
    let before = house.transfers();
    let daemon = house.start();
    house.wait_until("some of August is sent", |house| house.transfers() > before + 2);
    daemon.kill();
    house.bank.books().slow = 0;
    assert!(std::fs::metadata(house.path("state/ledger.sqlite3-wal")).unwrap().len() > 0);
}

#[test]
fn a_write_ahead_log_deleted_after_a_kill_pays_nobody_again() {
    let house = before_august();
    killed_in_august(&house);
    house.delete("state/ledger.sqlite3-wal");
    notices(&house, "older copy");
    goes_on(&house, &BOTH);
}

#[test]
fn a_write_ahead_log_of_another_time_pays_nobody_again() {
    let house = before_august();
    killed_in_august(&house);
    house.copy("state/ledger.sqlite3-wal", "old-wal");
    if house.run("run --once").ends(&[0, 3]).code == 3 {
        resolve_from_the_portal(&house, &BOTH);
    }
    house.drop_payroll("september.csv", "SEP", 3);
    house.run("run --once").ends(&[0]);
    house.run("backup good.sqlite3").ends(&[0]);
    house.copy("old-wal", "state/ledger.sqlite3-wal");
    let sent = house.transfers();
    let said = house.run("run --once").ends(&[4, 6]);
    assert_eq!(house.transfers(), sent);
    if said.code == 6 {
        said.says("restore");
        house.run("run --once").ends(&[6]);
        house.run("restore good.sqlite3").ends(&[0]);
    }
    notices(&house, "");
    goes_on(&house, &[("JUL", 4), ("AUG", 5), ("SEP", 3)]);
}

#[test]
fn an_ancient_ledger_with_the_files_of_the_months_after_is_noticed_by_them() {
    let house = before_august();
    house.run("cancel B000002 --reason mistake").ends(&[0]);
    house.run("resume --reason payday").ends(&[0]);
    house.copy("state", "ancient");
    for (name, prefix) in [("september.csv", "SEP"), ("october.csv", "OCT")] {
        house.drop_payroll(name, prefix, 3);
        house.run("run --once").ends(&[0, 3]);
    }
    house.delete("state");
    house.copy("ancient", "state");
    house.drop_payroll("november.csv", "NOV", 3);
    notices(&house, "B000004");
    house.run("resume --reason looked").ends(&[0]);
    house.run("run --once").ends(&[0]);
    assert!(house.path("batches/accepted/november.B000005.csv").exists(), "a number was used again");
    house.all_are_paid_once(&[("JUL", 4), ("SEP", 3), ("OCT", 3), ("NOV", 3)]);
}

#[test]
fn the_ledger_of_another_account_environment_or_host_is_refused() {
    let house = before_august();
    for (environment, client) in [("sandbox", "another"), ("simulator", "house")] {
        house.configure(environment, client);
        house.run("run --once").ends(&[2]).says("belongs to").says("payoutd rebind");
    }
    house.configure("sandbox", "house");
    house.reword_settings("127.0.0.1", "localhost");
    house.run("run --once").ends(&[2]).says("belongs to").says("payoutd rebind");
    house.reword_settings("localhost", "127.0.0.1");
    pay_august(&house);
}

#[test]
fn another_houses_ledger_of_the_same_account_is_noticed() {
    let house = before_august();
    let other = House::beside(&house);
    other.drop_payroll("theirs.csv", "THEIRS", 40);
    other.run("pause --reason ours").ends(&[1]);
    other.run("run --once").ends(&[0]);
    house.delete("state/ledger.sqlite3");
    house.copy_from(&other, "state/ledger.sqlite3");
    notices(&house, "seems to lie in its place");
    house.nobody_was_paid_twice();
}

/// Nothing on the second machine can show that there is a first one.
#[test]
fn a_copy_of_the_state_folder_on_a_second_machine_cannot_know_and_with_check_first_pays_nobody_again() {
    let house = before_august();
    let second = House::beside(&house);
    second.copy_from(&house, "state");
    pay_august(&house);
    second.check_first();
    second.run("resume --reason payday").ends(&[0]);
    second.run("run --once").ends(&[3]);
    house.all_are_paid_once(&BOTH);
}

/// A snapshot of the whole machine: ledger, mark and files are all as old as each other.
#[test]
fn after_a_snapshot_of_the_whole_machine_distrust_is_the_way() {
    let house = before_august();
    house.copy("state", "snapshot/state");
    house.copy("batches", "snapshot/batches");
    pay_august(&house);
    house.delete("state");
    house.delete("batches");
    house.copy("snapshot/state", "state");
    house.copy("snapshot/batches", "batches");
    house.run("pause --distrust --reason snapshot").ends(&[0]).says("nothing is sent");
    notices(&house, "snapshot");
    goes_on(&house, &BOTH);
}

#[test]
fn with_check_first_a_snapshot_that_nobody_told_of_pays_nobody_again() {
    let house = before_august();
    house.copy("state", "snapshot/state");
    house.copy("batches", "snapshot/batches");
    pay_august(&house);
    house.delete("state");
    house.delete("batches");
    house.copy("snapshot/state", "state");
    house.copy("snapshot/batches", "batches");
    house.check_first();
    house.run("resume --reason payday").ends(&[0]);
    house.run("run --once").ends(&[3]);
    house.all_are_paid_once(&BOTH);
    assert!(house.told("AUG-1").contains(&"held".to_string()));
}
