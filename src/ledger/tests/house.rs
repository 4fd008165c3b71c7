//! One ledger, one account, one writer; and whether it is the newest.

use super::*;
use crate::payout::message::{Answer, Said};
use crate::payout::order::{Order, Origin, Target, Verb};
use std::os::unix::fs::PermissionsExt;

fn open(house: &TempDir, now: u64) -> Result<Option<String>, LedgerError> {
    Ledger::open(house.path(), &identity(), moment(now)).map(|opened| opened.suspicion.map(|why| why.to_string()))
}

/// Ends the process and gives the folder back.
fn close(house: House) -> TempDir {
    let House { folder, ledger } = house;
    drop(ledger);
    folder
}

#[test]
fn nobody_else_can_read_the_state_folder() {
    let folder = scratch();
    let state = folder.path().join("state");
    let opened = Ledger::open(&state, &identity(), moment(0)).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    for name in [FILE, HIGH_WATER_FILE, "ledger.sqlite3-wal"] {
        assert_eq!(mode(&state.join(name)), 0o600, "{name}");
    }
    drop(opened);
}

#[test]
fn a_second_payoutd_is_refused_while_the_first_lives() {
    let house = House::new();
    assert!(matches!(open(&house.folder, 1), Err(LedgerError::Held(_))));
    let folder = close(house);
    assert_eq!(open(&folder, 2).unwrap(), None);
}

#[test]
fn a_ledger_that_was_opened_elsewhere_sends_nothing_more() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    house.tamper("UPDATE meta SET epoch = epoch + 1");
    assert!(matches!(house.ledger.begin(wall(5)).map(|_| ()), Err(LedgerError::Outrun { ours: 1, theirs: 2 })));
    house.tamper("UPDATE meta SET epoch = epoch - 1");
    house.send(&mut payout, 6);
}

#[test]
fn a_ledger_belongs_to_one_account_until_a_person_says_otherwise() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    house.send(&mut payout, 1);
    let folder = close(house);
    let other = Identity { account: "client-2".to_string(), ..identity() };
    let opened = Ledger::open(folder.path(), &other, moment(5)).map(|_| ());
    assert!(matches!(opened, Err(LedgerError::OtherIdentity { .. })));
    assert!(opened.unwrap_err().to_string().contains("payoutd rebind"));
    let mut ledger = Ledger::open_unbound(folder.path(), moment(6)).unwrap().ledger;
    assert!(matches!(ledger.rebind(&other, &order(), wall(6)), Err(LedgerError::Refused(_))), "a payout is in doubt");
    let mut payout = ledger.payout(payout.id).unwrap();
    let mut turn = ledger.begin(wall(7)).unwrap();
    turn.record(&mut payout, &paid("T-1")).unwrap();
    turn.commit().unwrap();
    ledger.rebind(&other, &order(), wall(8)).unwrap();
    assert_eq!(ledger.house_history().unwrap().last().unwrap().kind, "rebound");
    drop(ledger);
    assert!(matches!(open(&folder, 9), Err(LedgerError::OtherIdentity { .. })));
    Ledger::open(folder.path(), &other, moment(10)).unwrap();
}

#[test]
fn an_older_copy_in_its_place_is_suspicious_until_a_person_has_looked() {
    let mut house = House::new();
    house.admit(&rows(2));
    let folder = close(house);
    let old = std::fs::read(folder.path().join(FILE)).unwrap();
    let mut house = House { ledger: Ledger::open(folder.path(), &identity(), moment(5)).unwrap().ledger, folder };
    house.pay("R1", "T-1", 6);
    let folder = close(house);
    std::fs::write(folder.path().join(FILE), &old).unwrap();
    let why = open(&folder, 7).unwrap().expect("the ledger forgot a send");
    assert!(why.contains("older copy"), "{why}");
    // A crash right after that start forgets nothing.
    let mut ledger = Ledger::open(folder.path(), &identity(), moment(8)).unwrap();
    assert!(ledger.suspicion.is_some());
    let mut turn = ledger.ledger.begin(wall(9)).unwrap();
    let standing = Standing { suspicion: None, ..turn.standing().unwrap() };
    turn.set_standing(&standing).unwrap();
    turn.commit().unwrap();
    drop(ledger);
    assert_eq!(open(&folder, 10).unwrap(), None);
}

#[test]
fn a_lost_mark_or_a_lost_ledger_is_suspicious() {
    let mut house = House::new();
    house.admit(&rows(1));
    let folder = close(house);
    std::fs::remove_file(folder.path().join(HIGH_WATER_FILE)).unwrap();
    assert!(open(&folder, 5).unwrap().unwrap().contains("missing"));
    std::fs::remove_file(folder.path().join(FILE)).unwrap();
    assert!(open(&folder, 6).unwrap().is_some(), "an empty ledger beside a mark of events");
    let scribbled = close(House::new());
    std::fs::write(scribbled.path().join(HIGH_WATER_FILE), "what?").unwrap();
    assert!(open(&scribbled, 7).unwrap().is_some());
}

#[test]
fn another_ledger_with_more_events_is_suspicious() {
    let mut one = House::new();
    one.admit(&rows(1));
    let mut two = House::new();
    two.admit(&rows(3));
    two.pay("R1", "T-1", 5);
    let (one, two) = (close(one), close(two));
    std::fs::copy(two.path().join(FILE), one.path().join(FILE)).unwrap();
    assert!(open(&one, 9).unwrap().unwrap().contains("another ledger"));
}

#[test]
fn a_crash_between_commit_and_mark_is_no_suspicion() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mark = std::fs::read(house.folder.path().join(HIGH_WATER_FILE)).unwrap();
    house.pay("R1", "T-1", 5);
    let folder = close(house);
    std::fs::write(folder.path().join(HIGH_WATER_FILE), mark).unwrap();
    assert_eq!(open(&folder, 9).unwrap(), None);
}

#[test]
fn an_edited_end_of_the_chain_stops_the_start() {
    let mut house = House::new();
    house.admit(&rows(1));
    house.pay("R1", "T-1", 5);
    house.tamper("UPDATE event SET body = replace(body, 'T-1', 'T-2') WHERE kind = 'paid'");
    let folder = close(house);
    assert!(matches!(open(&folder, 9), Err(LedgerError::Damaged { .. })));
}

#[test]
fn what_stands_outlives_the_process_and_is_on_record() {
    let mut house = House::new();
    let standing = Standing {
        paused: Some(order()),
        account_refused: Some("no short code".to_string()),
        balance: Some((Amount::from_centimes(5), wall(3))),
        ..Standing::default()
    };
    let mut turn = house.ledger.begin(wall(4)).unwrap();
    turn.set_standing(&standing).unwrap();
    turn.commit().unwrap();
    let events = house.ledger.head().unwrap().seq;
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.set_standing(&Standing { balance: None, ..standing.clone() }).unwrap();
    turn.set_standing(&standing).unwrap();
    turn.commit().unwrap();
    assert_eq!(house.ledger.head().unwrap().seq, events, "a balance is no event");
    let (house, _) = house.restart(moment(9));
    assert_eq!(house.ledger.standing().unwrap(), standing);
    let kinds: Vec<String> = house.ledger.house_history().unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["bound", "opened", "standing", "opened"]);
}

#[test]
fn an_order_of_another_process_is_seen_answered_and_read_back() {
    let mut house = House::new();
    let pause = Order { verb: Verb::Pause, target: Target::House, by: order(), uid: None, from: None };
    let id = post_order(house.folder.path(), &pause, wall(3)).unwrap();
    assert_eq!(order_outcome(house.folder.path(), id).unwrap(), None);
    assert_eq!(house.ledger.orders_waiting().unwrap(), vec![(id, pause)]);
    let mut turn = house.ledger.begin(wall(4)).unwrap();
    turn.answer_order(id, Answer::Paused { doubt: 2 }, false).unwrap();
    assert!(turn.answer_order(id, Answer::NothingStopped, true).is_err(), "an order is answered once");
    drop(turn);
    let mut turn = house.ledger.begin(wall(4)).unwrap();
    turn.answer_order(id, Answer::Paused { doubt: 2 }, false).unwrap();
    turn.commit().unwrap();
    assert!(house.ledger.orders_waiting().unwrap().is_empty());
    let outcome = order_outcome(house.folder.path(), id).unwrap().unwrap();
    assert_eq!((outcome.refused, outcome.said), (false, Said::code(Answer::Paused { doubt: 2 })));
    let nowhere = scratch();
    let lost = Order { verb: Verb::Pause, target: Target::House, by: order(), uid: None, from: None };
    assert!(matches!(post_order(nowhere.path(), &lost, wall(1)), Err(LedgerError::Missing(_))));
    assert!(matches!(Reader::open(nowhere.path()).map(|_| ()), Err(LedgerError::Missing(_))));
    assert_eq!(std::fs::read_dir(nowhere.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_reader_sees_what_is_committed_and_never_writes() {
    let mut house = House::new();
    house.admit(&rows(2));
    let reader = Reader::open(house.folder.path()).unwrap();
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut payout, moment(5).boot, checked()).unwrap();
    assert_eq!(reader.payout(payout.id).unwrap().state.word(), StateWord::Queued);
    turn.commit().unwrap();
    assert_eq!(reader.payout(payout.id).unwrap().state.word(), StateWord::InDoubt);
    assert!(reader.connection.execute("DELETE FROM orders", []).is_err());
}

#[test]
fn an_order_that_came_as_a_file_is_known_again_by_that_very_file() {
    let mut house = House::new();
    house.admit(&rows(2));
    let from = origin("B000001.hold.txt");
    let target = Target::Batch { id: 1, seen: "paying".to_string() };
    let order = Order { verb: Verb::Hold, target, by: order(), uid: Some(1001), from: Some(from.clone()) };
    let id = house.ledger.leave_order(&order, wall(5)).unwrap();
    assert_eq!(house.ledger.orders_waiting().unwrap(), vec![(id, order)]);
    assert_eq!(house.ledger.order_from(&from).unwrap(), Some(id));
    let others = [
        Origin { inode: 8, ..from.clone() },
        Origin { modified: (5, 7), ..from.clone() },
        Origin { sha256: String::new(), ..from.clone() },
        Origin { folder: "approvals".to_string(), ..from },
    ];
    assert!(others.iter().all(|other| house.ledger.order_from(other).unwrap().is_none()));
}

#[test]
fn the_batches_of_a_day_are_added_up_also_around_one_with_a_wrong_clock() {
    let mut house = House::new();
    let mut sum = 0;
    for place in 0..3_i64 {
        let row = row(2, &format!("D{place}"), 37_000_000, 100 * (place + 1));
        sum += 100 * (place + 1);
        house.admit(&[row]);
    }
    let all = house.ledger.admitted_since(Wall(i64::MIN), BatchId(99)).unwrap();
    assert_eq!(all, Amount::from_centimes(sum));
    let before_the_last = house.ledger.admitted_since(Wall(i64::MIN), BatchId(3)).unwrap();
    assert_eq!(before_the_last, Amount::from_centimes(300));
    assert_eq!(house.ledger.admitted_since(Wall(i64::MAX), BatchId(99)).unwrap(), Amount::ZERO);
}
