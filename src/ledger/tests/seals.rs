//! A row that is not what was written is noticed by whoever reads it, and what a lost write took
//! back is noticed at the next start.

use super::*;
use crate::ledger::highwater::{self, Found};

/// Two batches: one with a bit of everything, one on hold that repeats a row of the first.
fn busy_house() -> (House, Batch) {
    let mut house = House::new();
    house.admit(&rows(3));
    house.pay("R1", "T-1", 10);
    house.decline("R2", 20);
    let mut second = house.admit(&[retry(2, "R2.r2", "R2")]);
    let mut turn = house.ledger.begin(wall(30)).unwrap();
    turn.record_batch(&mut second, &BatchEvent::OnHold { order: order() }).unwrap();
    let paused =
        Standing { paused: Some(order()), balance: Some((Amount::from_centimes(500), wall(3))), ..Standing::default() };
    turn.set_standing(&paused).unwrap();
    turn.commit().unwrap();
    (house, second)
}

fn is_damaged<T: std::fmt::Debug>(told: Result<T, LedgerError>) -> bool {
    matches!(told, Err(LedgerError::Damaged { .. } | LedgerError::Contradiction(_)))
}

#[test]
fn a_row_that_does_not_meet_its_seal_is_handed_out_to_nobody() {
    let retried = PayoutId(4);
    type Ask = fn(&Ledger) -> bool;
    let asks: [(&str, Ask); 10] = [
        ("UPDATE payout SET settled_at = settled_at + 1 WHERE id = 1", |l| is_damaged(l.rows(BatchId(1), None, 9))),
        ("UPDATE payout SET transaction_id = 'T-2' WHERE id = 1", |l| is_damaged(l.report_row_of(PayoutId(1)))),
        ("UPDATE payout SET words = 'X' WHERE id = 2", |l| is_damaged(l.rows(BatchId(1), None, 9))),
        ("UPDATE payout SET attempts = 1 WHERE id = 3", |l| is_damaged(l.rows(BatchId(1), None, 9))),
        ("UPDATE batch SET hold = NULL WHERE id = 2", |l| is_damaged(l.batch(BatchId(2)))),
        ("UPDATE batch SET first_payout = 2 WHERE id = 1", |l| is_damaged(l.rows(BatchId(1), None, 9))),
        ("UPDATE batch SET reported = last_event WHERE id = 1", |l| is_damaged(l.batches_unfinished())),
        ("UPDATE standing SET balance = balance + 1", |l| is_damaged(l.standing())),
        ("UPDATE standing SET body = '{}'", |l| is_damaged(l.standing())),
        ("UPDATE meta SET next_batch = 1", |l| is_damaged(l.identity())),
    ];
    for (change, is_noticed) in asks {
        let (house, _) = busy_house();
        assert!(!is_noticed(&house.ledger), "before: {change}");
        house.tamper(&format!("DROP TRIGGER payout_ancestor_is_frozen; {change}"));
        assert!(is_noticed(&house.ledger), "{change}");
    }
    let (house, _) = busy_house();
    assert_eq!(house.ledger.ancestors(retried).unwrap().len(), 1);
    house.tamper("DROP TRIGGER payout_ancestor_is_frozen; UPDATE payout SET ancestor = NULL, root = NULL WHERE id = 4");
    assert!(is_damaged(house.ledger.ancestors(retried)), "the ancestor would not be asked about");
}

#[test]
fn an_order_whose_bits_flipped_is_not_carried_out() {
    let (house, batch) = busy_house();
    let target = crate::payout::order::Target::Batch { id: batch.id.0, seen: "on_hold".to_string() };
    let order = crate::payout::order::Order {
        verb: crate::payout::order::Verb::Hold,
        target,
        by: order(),
        uid: None,
        from: None,
    };
    let id = post_order(house.folder.path(), &order, wall(40)).unwrap();
    assert_eq!(house.ledger.orders_waiting().unwrap().len(), 1);
    house.tamper("UPDATE orders SET body = replace(body, '\"id\":2', '\"id\":1')");
    assert!(is_damaged(house.ledger.orders_waiting()));
    house.tamper("UPDATE orders SET applied_at = 5, refused = 0, outcome = 'held'");
    assert!(is_damaged(house.ledger.order_outcome(id)));
}

/// Whole rows, sealed, but old: as a page looks whose write never reached the disk.
#[test]
fn what_a_lost_write_took_back_is_noticed_at_the_next_start() {
    for change in [
        "UPDATE batch SET hold = NULL, events = 1 WHERE id = 2",
        "UPDATE batch SET last_event = 99 WHERE id = 2",
        "UPDATE standing SET body = '{}'",
        "UPDATE meta SET epoch = 0",
        "UPDATE meta SET next_batch = 2",
        "UPDATE meta SET account = 'client-2'",
        "UPDATE tally SET rows = 2, amount = 300 WHERE batch = 1 AND state = 'paid'; \
         UPDATE tally SET rows = 0, amount = 200 WHERE batch = 1 AND state = 'queued'",
        "UPDATE tally SET rows = 0, amount = 0 WHERE batch = 2 AND state = 'queued'; \
         UPDATE tally SET rows = 1, amount = 5000 WHERE batch = 2 AND state = 'held'",
        "UPDATE payout SET state = 'in_doubt' WHERE id = 3",
    ] {
        let (house, _) = busy_house();
        house.tamper(change);
        house.reseal();
        let House { folder, ledger } = house;
        drop(ledger);
        let opened = Ledger::open(folder.path(), &identity(), moment(99)).map(|opened| opened.suspicion);
        assert!(is_damaged(opened), "{change}");
    }
}

/// Every bit of the mark, the blanks at its end too.
#[test]
fn a_mark_with_a_flipped_bit_is_never_another_mark() {
    let (house, _) = busy_house();
    let path = house.folder.path().join(HIGH_WATER_FILE);
    let whole = std::fs::read(&path).unwrap();
    let truth = highwater::read(house.folder.path()).unwrap();
    assert!(matches!(truth, Found::Mark(_)));
    for place in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[place / 8] ^= 1 << (place % 8);
        std::fs::write(&path, bytes).unwrap();
        let found = highwater::read(house.folder.path()).unwrap();
        assert!(found == Found::Unreadable || found == truth, "bit {place}: {found:?}");
    }
}

#[test]
fn a_ledger_that_does_not_know_the_batch_of_its_mark_is_suspicious() {
    let (house, _) = busy_house();
    let House { folder, ledger } = house;
    drop(ledger);
    let Found::Mark(mark) = highwater::read(folder.path()).unwrap() else { panic!("a mark") };
    let file = highwater::open(folder.path()).unwrap();
    highwater::write(&file, &highwater::Mark { batch: 7, ..mark }).unwrap();
    let opened = Ledger::open(folder.path(), &identity(), moment(99)).unwrap();
    assert!(opened.suspicion.is_some_and(|why| why.to_string().contains("B000007")));
}
