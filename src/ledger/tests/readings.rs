//! Readings of the balance that are kept: in the chain, in a series of their own, in nobody's way.

use super::*;
use crate::payout::funds::Fee;
use crate::payout::state::HeldReason;

fn keep(house: &mut House, centimes: i64, at: u64) {
    let mut turn = house.ledger.begin(wall(at)).unwrap();
    let asked = moment(at).boot;
    turn.keep_reading(Amount::from_centimes(centimes), asked, wall(at), asked).unwrap();
    turn.commit().unwrap();
}

#[test]
fn readings_are_kept_in_the_chain_and_an_audit_reads_them() {
    let mut house = House::new();
    house.admit(&rows(2));
    let house_events = house.ledger.house_history().unwrap().len();
    keep(&mut house, 500, 5);
    house.pay("R1", "T-1", 10);
    keep(&mut house, 400, 20);
    assert_eq!(house.ledger.house_history().unwrap().len(), house_events, "the walks at start stay as short");
    let readings = house.ledger.readings(0, 10).unwrap();
    let told: Vec<(i64, i64, Wall)> = readings.iter().map(|r| (r.no, r.balance.centimes(), r.asked_at)).collect();
    assert_eq!(told, [(1, 500, wall(5)), (2, 400, wall(20))]);
    assert_eq!(house.ledger.readings(1, 10).unwrap(), readings[1..]);
    let moved = house.ledger.movements(readings[0].seq, readings[1].seq, 10).unwrap();
    assert_eq!(moved.iter().map(|m| m.paid).collect::<Vec<_>>(), [false, true]);
    assert_eq!(house.ledger.standpoint(moved[0].payout).unwrap().first_sent, Some(moved[0].seq));
    assert_eq!(house.ledger.event_at(wall(20)).unwrap(), readings[1].seq);
    assert_eq!(house.ledger.event_at(wall(99)).unwrap(), readings[1].seq + 1);
    assert!(verify(house.folder.path(), &[]).unwrap().is_clean());
    let folder = {
        let House { folder, ledger } = house;
        drop(ledger);
        folder
    };
    let ledger = Ledger::open(folder.path(), &identity(), moment(30)).unwrap();
    assert_eq!((ledger.suspicion, ledger.ledger.readings(0, 10).unwrap()), (None, readings));
}

#[test]
fn a_reading_that_was_lost_or_changed_is_noticed() {
    for tampering in [
        "UPDATE event SET body = replace(body, '500', '501') WHERE batch = -1 AND no = 1",
        "DELETE FROM event WHERE batch = -1 AND no = 2",
        "UPDATE event SET no = 9 WHERE batch = -1 AND no = 3",
    ] {
        let mut house = House::new();
        for (no, centimes) in [500, 400, 300].into_iter().enumerate() {
            keep(&mut house, centimes, 5 + no as u64);
        }
        assert!(verify(house.folder.path(), &[]).unwrap().is_clean());
        house.tamper(tampering);
        assert!(!verify(house.folder.path(), &[]).unwrap().is_clean(), "{tampering}");
    }
}

#[test]
fn what_may_have_moved_money_is_found_whatever_became_of_it() {
    let mut house = House::new();
    house.admit(&rows(4));
    let mut first = house.payout("R1");
    house.send(&mut first, 5);
    house.pay("R2", "T-2", 6);
    let mut third = house.payout("R3");
    house.send(&mut third, 7);
    let held = Event::Held {
        reason: HeldReason::TooOld,
        money: MayHaveBeenPaid::Unknown,
        detail: "".into(),
        raw: None,
        order: None,
    };
    let answered = Event::Answered {
        attempt: 1,
        at: moment(8).boot,
        answer: crate::payout::evidence::TransferAnswer::Unknown { why: String::new() },
        raw: Raw { status: None, text: String::new(), ms: 0 },
    };
    house.record(&mut third, &answered, 8);
    house.record(&mut third, &held, 9);
    let batches = house.ledger.batches_latest(9).unwrap();
    let found = |house: &House| {
        let open = house.ledger.unexplained(&batches).unwrap();
        open.iter().map(|it| it.reference.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(&house), ["R1", "R3"]);
    let cancelled = Event::Cancelled { money: MayHaveBeenPaid::Unknown, order: order() };
    house.record(&mut third, &cancelled, 10);
    let batches = house.ledger.batches_latest(9).unwrap();
    let open = house.ledger.unexplained(&batches).unwrap();
    assert_eq!(open.iter().map(|it| it.reference.to_string()).collect::<Vec<_>>(), ["R1", "R3"]);
}

#[test]
fn what_is_in_doubt_or_held_unsure_is_reserved_with_its_fee_and_nothing_else() {
    let mut house = House::new();
    house.admit(&rows(6));
    house.pay("R1", "T1", 10);
    house.decline("R2", 20);
    let mut doubt = house.payout("R3");
    house.send(&mut doubt, 30);
    let held = |reason, money| Event::Held { reason, money, detail: "".into(), raw: None, order: None };
    let mut unsure = house.payout("R4");
    house.send(&mut unsure, 40);
    house.record(&mut unsure, &lost(1, 41), 41);
    house.record(&mut unsure, &held(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown), 42);
    let mut unsent = house.payout("R5");
    house.record(&mut unsent, &held(HeldReason::TooOld, MayHaveBeenPaid::No), 50);
    let fee = Fee { parts_per_million: 10_000, fixed: Amount::from_centimes(7) };
    // R3: 3.00 and 0.03 and 0.07; R4: 4.00 and 0.04 and 0.07.
    assert_eq!(house.ledger.reserved(fee).unwrap(), Amount::from_centimes(310 + 411));
}
