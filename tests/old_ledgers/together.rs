//! The ledger under two processes: copied and audited while a daemon pays from it.
//!
//! Must never: let the daemon finish before the other process came.

use super::house::House;

const PEOPLE: u32 = 40;

/// A daemon that pays forty people, slowly; called again and again while it does.
fn while_paying(house: &House, mut also: impl FnMut(usize)) {
    house.bank.books().slow = 40;
    house.drop_payroll("july.csv", "JUL", PEOPLE);
    let daemon = house.start();
    for step in [3, 12, 20] {
        house.wait_until("some are paid", |house| house.bank.books().debits.len() >= step);
        also(step);
    }
    house.wait_until("all are told", |house| {
        house.bank.books().debits.len() == PEOPLE as usize
            && house.told(&format!("JUL-{PEOPLE}")).contains(&"paid".to_string())
    });
    daemon.kill();
}

#[test]
fn a_backup_taken_while_paying_and_restored_after_more_was_paid_pays_nobody_again() {
    let house = House::new();
    while_paying(&house, |step| {
        house.run(&format!("backup copy-{step}.sqlite3")).ends(&[0]).says("Chain head");
    });
    house.run("run --once").ends(&[0]);
    for step in [20, 3] {
        house.run(&format!("restore copy-{step}.sqlite3")).ends(&[0]);
        super::notices(&house, "restore");
        super::goes_on(&house, &[("JUL", PEOPLE)]);
    }
}

#[test]
fn verify_beside_a_daemon_that_pays_finds_nothing_and_disturbs_nobody() {
    let house = House::new();
    while_paying(&house, |_| {
        house.run("verify").ends(&[0]);
    });
    house.run("run --once").ends(&[0]);
    house.run("verify").ends(&[0]);
    house.all_are_paid_once(&[("JUL", PEOPLE)]);
}
