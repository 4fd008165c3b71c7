//! Copies are whole, and a copy put in place is never taken for the newest.

use super::*;
use crate::payout::message::{Said, Suspicion};

#[test]
fn a_copy_is_taken_while_the_daemon_works() {
    let mut house = House::new();
    house.admit(&rows(3));
    house.pay("R1", "T-1", 5);
    let mut payout = house.payout("R2");
    let to = house.folder.path().join("copy.sqlite3");
    let mut turn = house.ledger.begin(wall(6)).unwrap();
    turn.open_first(&mut payout, moment(6).boot, checked()).unwrap();
    let head = backup(house.folder.path(), &to).unwrap();
    turn.commit().unwrap();
    assert_ne!(head, house.ledger.head().unwrap(), "what was not committed is not in it");
    let findings = verify_copy(&to, std::slice::from_ref(&head)).unwrap();
    assert_eq!(findings.problems, Vec::<String>::new());
    assert_eq!(findings.head, Some(head));
    let again = backup(house.folder.path(), &to);
    assert!(matches!(again, Err(LedgerError::Refused(_))), "nothing is overwritten");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    house.pay("R3", "T-3", 9);
}

#[test]
fn a_copy_put_in_place_is_suspicious_and_the_old_ledger_is_kept() {
    let mut house = House::new();
    house.admit(&rows(2));
    let aside = scratch();
    let copy = aside.path().join("copy.sqlite3");
    let head = backup(house.folder.path(), &copy).unwrap();
    house.pay("R1", "T-1", 5);
    let newest = house.ledger.head().unwrap();
    assert!(matches!(restore(&copy, house.folder.path(), wall(6)), Err(LedgerError::Held(_))));
    let House { folder, ledger } = house;
    drop(ledger);
    let restored = restore(&copy, folder.path(), wall(6)).unwrap();
    assert_eq!(restored.head, head);
    let kept = restored.kept.unwrap();
    assert_eq!(verify_copy(&kept, &[newest]).unwrap().problems, Vec::<String>::new());
    let again = restore(&copy, folder.path(), wall(6)).unwrap();
    assert_ne!(again.kept, Some(kept), "two restores keep two old ledgers");
    let opened = Ledger::open(folder.path(), &identity(), moment(7)).unwrap();
    assert_eq!(opened.suspicion, Some(Said::code(Suspicion::Restored)));
    assert_eq!(opened.ledger.payout(PayoutId(1)).unwrap().state.word(), StateWord::Queued);
}

#[test]
fn a_copy_without_any_event_missing_is_suspicious_all_the_same() {
    let mut house = House::new();
    house.admit(&rows(1));
    let copy = house.folder.path().join("copy.sqlite3");
    backup(house.folder.path(), &copy).unwrap();
    let House { folder, ledger } = house;
    drop(ledger);
    restore(&copy, folder.path(), wall(6)).unwrap();
    assert!(Ledger::open(folder.path(), &identity(), moment(7)).unwrap().suspicion.is_some());
    let elsewhere = scratch();
    let state = elsewhere.path().join("state");
    assert_eq!(restore(&copy, &state, wall(8)).unwrap().kept, None);
    assert!(Ledger::open(&state, &identity(), moment(9)).unwrap().suspicion.is_some(), "on a new machine, too");
}

#[test]
fn what_is_no_ledger_is_not_put_in_place() {
    let house = House::new();
    let House { folder, ledger } = house;
    drop(ledger);
    let before = std::fs::read(folder.path().join(FILE)).unwrap();
    let junk = folder.path().join("junk");
    std::fs::write(&junk, vec![3; 4096]).unwrap();
    assert!(matches!(restore(&junk, folder.path(), wall(6)), Err(LedgerError::Damaged { .. })));
    assert!(std::fs::read(folder.path().join(FILE)).unwrap() == before);
    assert!(Ledger::open(folder.path(), &identity(), moment(7)).unwrap().suspicion.is_none());
}

#[test]
fn a_damaged_ledger_is_set_aside_for_a_copy() {
    let mut house = House::new();
    house.admit(&rows(1));
    let copy = house.folder.path().join("copy.sqlite3");
    backup(house.folder.path(), &copy).unwrap();
    let House { folder, ledger } = house;
    drop(ledger);
    std::fs::write(folder.path().join(FILE), vec![9; 8192]).unwrap();
    let kept = restore(&copy, folder.path(), wall(6)).unwrap().kept.unwrap();
    assert!(std::fs::read(kept).unwrap() == vec![9; 8192]);
    let opened = Ledger::open(folder.path(), &identity(), moment(7)).unwrap();
    assert!(opened.suspicion.is_some());
    assert_eq!(opened.ledger.payout(PayoutId(1)).unwrap().state.word(), StateWord::Queued);
}
