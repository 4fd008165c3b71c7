//! A file is admitted whole or not at all, and a reference is promised once.

use super::*;

fn known(house: &House, reference: &str) -> Option<StateWord> {
    house.ledger.known_reference(&Reference::key_of(reference)).unwrap().map(|known| known.status)
}

/// How many rows lie in a table, whoever may see them.
fn count(house: &House, table: &str) -> i64 {
    house.ledger.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn clash_of(step: IndexStep) -> (ClashKind, String) {
    match step {
        IndexStep::Clash(clash) => (clash.kind, clash.known.reference.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_batch_that_is_not_finished_is_seen_by_nobody() {
    let mut house = House::new();
    let new = rows(5_000);
    let batch = house.load(&new);
    let look = |house: &House| {
        let ledger = &house.ledger;
        let person = (new[0].instruction.receiver, new[0].instruction.amount);
        assert_eq!(ledger.batch(batch).unwrap(), None);
        assert!(ledger.batches_unfinished().unwrap().is_empty());
        assert!(ledger.batches_latest(5).unwrap().is_empty());
        assert!(ledger.batches_to_report().unwrap().is_empty());
        assert_eq!(ledger.highest_batch().unwrap(), None);
        assert_eq!(ledger.known_file(&[0xab; 32]).unwrap(), None);
        assert!(ledger.queued_after(batch, None, 10).unwrap().is_empty());
        assert!(ledger.doubts().unwrap().is_empty());
        assert!(ledger.held(10).unwrap().is_empty());
        assert!(matches!(ledger.payout(PayoutId(1)), Err(LedgerError::NoSuchPayout(_))));
        assert!(ledger.known_reference(&Reference::key_of("R1")).unwrap().is_none());
        assert!(ledger.known_person(person.0, person.1, Wall(0)).unwrap().is_empty());
        assert!(ledger.find("R1").unwrap().is_empty());
        assert!(ledger.find("37000001").unwrap().is_empty());
        assert!(ledger.rows(batch, None, 10).unwrap().is_empty());
        assert!(ledger.other_columns(batch).unwrap().is_empty());
    };
    look(&house);
    while house.ledger.admission_index(batch).unwrap() != IndexStep::Done {
        look(&house);
    }
    look(&house);
    let done = house.ledger.admission_finish(batch, &admitted(&new), wall(1)).unwrap();
    assert_eq!(done.tally.count(StateWord::Queued), 5_000);
    assert_eq!(house.ledger.highest_batch().unwrap(), Some(batch));
    assert_eq!(house.ledger.known_file(&[0xab; 32]).unwrap(), Some(done));
    assert_eq!(house.ledger.other_columns(batch).unwrap(), ["team"]);
    assert_eq!(house.ledger.find("37000001").unwrap().len(), 1);
    assert_eq!(house.ledger.find("509 3700 0001").unwrap().len(), 1);
    assert_eq!(known(&house, "r4999"), Some(StateWord::Queued));
    let report = house.ledger.rows(batch, Some(PayoutId(4_998)), 10).unwrap();
    assert_eq!(report.iter().map(|row| row.line).collect::<Vec<_>>(), [5_000, 5_001]);
    assert_eq!(report[0].other, ["blue"]);
}

#[test]
fn paying_goes_on_between_the_slices_of_an_admission() {
    let mut house = House::new();
    house.admit(&rows(2));
    let more: Vec<NewRow> = (1..=3_000).map(|n| row(n, &format!("S{n}"), 38_000_000 + n, 100)).collect();
    let batch = house.load(&more);
    house.pay("R1", "T-1", 10);
    assert_eq!(house.ledger.admission_index(batch).unwrap(), IndexStep::More);
    house.pay("R2", "T-2", 20);
    while house.ledger.admission_index(batch).unwrap() != IndexStep::Done {}
    house.ledger.admission_finish(batch, &admitted(&more), wall(30)).unwrap();
    house.pay("S3000", "T-3", 40);
}

#[test]
fn an_interrupted_admission_is_removed_without_a_trace() {
    let mut house = House::new();
    house.admit(&rows(3));
    house.cancel("R3", 5);
    let mut again: Vec<NewRow> = (1..=4_500).map(|n| row(n, &format!("S{n}"), 38_000_000 + n, 100)).collect();
    again.push(row(9_000, "r3", 38_111_111, 100));
    let before = house.ledger.head().unwrap();
    let batch = house.load(&again);
    for _ in 0..5 {
        house.ledger.admission_index(batch).unwrap();
    }
    let (mut house, _) = house.restart(moment(50));
    assert_eq!(house.ledger.admission_interrupted().unwrap(), Some(batch));
    assert!(matches!(house.ledger.admission_index(batch), Err(LedgerError::Refused(_))));
    let refused = house.ledger.admission_begin("b.csv", wall(51), &[], wall(51));
    assert!(matches!(refused, Err(LedgerError::Refused(_))), "one at a time");
    assert!(known(&house, "R3").is_none_or(|state| state == StateWord::Cancelled));
    let mut slices = 0;
    while house.ledger.admission_abandon(batch).unwrap() {
        slices += 1;
    }
    assert_eq!(slices, 4_501 / crate::ledger::admission::REMOVED, "in slices");
    assert_eq!(house.ledger.admission_interrupted().unwrap(), None);
    let left = ["payout", "reference", "person", "batch", "taken_over"].map(|table| count(&house, table));
    assert_eq!(left, [3, 3, 3, 1, 0]);
    assert_eq!(known(&house, "R3"), Some(StateWord::Cancelled), "a reference that it took is given back");
    assert_eq!(house.ledger.head().unwrap().seq, before.seq + 1, "only the opening was recorded");
    assert_eq!(house.admit(&again[..10]).id, BatchId(batch.0 + 1), "its number is not given out again");
}

#[test]
fn an_admitted_batch_cannot_be_abandoned() {
    let mut house = House::new();
    let batch = house.admit(&rows(2));
    assert!(!house.ledger.admission_abandon(batch.id).unwrap());
    assert_eq!(house.ledger.batch(batch.id).unwrap(), Some(batch));
}

#[test]
fn a_batch_whose_rows_or_total_differ_is_not_admitted() {
    let new = rows(3);
    let refused = |change: &dyn Fn(&mut BatchEvent)| {
        let mut house = House::new();
        let batch = house.load(&new);
        while house.ledger.admission_index(batch).unwrap() != IndexStep::Done {}
        let mut event = admitted(&new);
        change(&mut event);
        let finished = house.ledger.admission_finish(batch, &event, wall(1));
        assert_eq!(house.ledger.batches_latest(1).unwrap().len(), usize::from(finished.is_ok()));
        matches!(finished, Err(LedgerError::Refused(_)))
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|event| if let BatchEvent::Admitted { rows, .. } = event {
        *rows += 1;
    }));
    assert!(refused(&|event| if let BatchEvent::Admitted { amount_centimes, .. } = event {
        *amount_centimes += 1;
    }));
    assert!(refused(&|event| if let BatchEvent::Admitted { rows_digest, .. } = event {
        *rows_digest = "00".repeat(32);
    }));
    let mut house = House::new();
    let batch = house.load(&new);
    let finished = house.ledger.admission_finish(batch, &admitted(&new), wall(1));
    assert!(matches!(finished, Err(LedgerError::Refused(_))), "not indexed yet");
}

#[test]
fn a_reference_is_promised_once() {
    let mut house = House::new();
    house.admit(&[row(2, "Pay-1", 37_000_001, 100), row(3, "007", 37_000_002, 100)]);
    house.pay("Pay-1", "T-1", 5);
    for reference in ["PAY-1", "pay-1"] {
        let step = house.admit_until_stopped(&[row(2, "NEW", 37_000_003, 1), row(3, reference, 37_000_004, 1)]);
        assert_eq!(clash_of(step), (ClashKind::ReferenceKnown, "Pay-1".to_string()));
    }
    let step = house.admit_until_stopped(&[row(2, "7", 37_000_003, 1)]);
    assert_eq!(clash_of(step), (ClashKind::ReferenceKnown, "007".to_string()));
    let step = house.admit_until_stopped(&[row(2, "X", 37_000_003, 1), row(3, "x", 37_000_004, 1)]);
    assert_eq!(clash_of(step), (ClashKind::ReferenceKnown, "X".to_string()), "twice in one file");
    assert_eq!(known(&house, "NEW"), None);
}

#[test]
fn a_reference_cancelled_before_any_transfert_may_be_admitted_again_and_no_other() {
    let mut house = House::new();
    house.admit(&rows(4));
    house.cancel("R1", 5);
    house.decline("R2", 6);
    // Cancelled, and nothing was paid; but a Transfert was made for it.
    let mut fourth = house.payout("R4");
    house.send(&mut fourth, 6);
    house.record(&mut fourth, &lost(1, 7), 7);
    house.record(&mut fourth, &Event::Cancelled { money: MayHaveBeenPaid::No, order: order() }, 7);
    let suspected = Event::Suspected { why: "restored".into(), at: moment(8).boot };
    let mut third = house.payout("R3");
    house.record(&mut third, &suspected, 8);
    house.record(&mut third, &Event::Cancelled { money: MayHaveBeenPaid::No, order: order() }, 9);
    house.admit(&[row(2, "r1", 37_000_009, 900)]);
    assert_eq!(house.payout("R1").batch, BatchId(2));
    assert_eq!(house.ledger.find("R1").unwrap().len(), 2, "explain shows both");
    for burned in ["R2", "R3", "R4"] {
        let step = house.admit_until_stopped(&[row(2, burned, 37_000_009, 900)]);
        assert_eq!(clash_of(step), (ClashKind::ReferenceKnown, burned.to_string()));
    }
}

/// Or the person is paid twice: by the successor, and by the reference that wakes up.
#[test]
fn a_cancelled_reference_that_another_payout_pays_again_does_not_come_back() {
    let mut house = House::new();
    house.admit(&rows(2));
    house.cancel("R1", 5);
    house.admit(&[retry(2, "R1.r2", "R1")]);
    let again = [row(2, "R1", 37_000_001, 900)];
    assert_eq!(clash_of(house.admit_until_stopped(&again)), (ClashKind::ReferenceKnown, "R1".to_string()));
    house.pay("R1.r2", "T-1", 9);
    assert_eq!(clash_of(house.admit_until_stopped(&again)), (ClashKind::ReferenceKnown, "R1".to_string()));
    // Not after the successor is gone either: its own successor may come.
    house.cancel("R2", 10);
    house.admit(&[retry(2, "R2.r2", "R2")]);
    house.cancel("R2.r2", 11);
    let again = [row(2, "R2", 37_000_002, 900)];
    assert_eq!(clash_of(house.admit_until_stopped(&again)), (ClashKind::ReferenceKnown, "R2".to_string()));
    house.admit(&[retry(2, "R2.r3", "R2.r2")]);
}

#[test]
fn a_payout_has_one_live_or_paid_successor() {
    let mut house = House::new();
    house.admit(&rows(2));
    let step = house.admit_until_stopped(&[retry(2, "R1.r2", "R1")]);
    assert_eq!(clash_of(step), (ClashKind::AncestorNotUnpaid, "R1".to_string()));
    let step = house.admit_until_stopped(&[retry(2, "R9.r2", "R9")]);
    assert!(matches!(step, IndexStep::NoAncestor { line: 2, .. }), "{step:?}");
    let declined = house.decline("R1", 5);
    house.admit(&[retry(2, "R1.r2", "r1")]);
    let successor = house.payout("R1.r2");
    assert_eq!(house.ledger.ancestors(successor.id).unwrap(), vec![declined.clone()]);
    let step = house.admit_until_stopped(&[retry(2, "R1.r3", "R1")]);
    assert_eq!(clash_of(step), (ClashKind::RepeatedAlready, "R1.r2".to_string()));
    // Not by another link of the same chain either.
    house.cancel("R1.r2", 20);
    house.admit(&[retry(2, "R1.r3", "R1")]);
    let step = house.admit_until_stopped(&[retry(2, "R1.r4", "R1.r2")]);
    assert_eq!(clash_of(step), (ClashKind::RepeatedAlready, "R1.r3".to_string()));
    // Two rows of one file, too.
    house.cancel("R1.r3", 21);
    let step = house.admit_until_stopped(&[retry(2, "R1.r5", "R1"), retry(3, "R1.r6", "R1.r3")]);
    assert_eq!(clash_of(step), (ClashKind::RepeatedAlready, "R1.r5".to_string()));
    // And by SQL.
    house.admit(&[retry(2, "R1.r5", "R1.r3")]);
    let revived = house
        .ledger
        .connection
        .execute("UPDATE payout SET state = 'queued', words = NULL WHERE reference = 'R1.r2'", []);
    assert!(revived.is_err());
    house.pay("R1.r5", "T-9", 30);
    let report = house.ledger.report_row_of(declined.id).unwrap();
    assert_eq!(report.status, StateWord::Declined);
    assert_eq!(report.retried_as, None, "its direct successors were cancelled");
    let chain = house.ledger.report_row_of(house.payout("R1.r3").id).unwrap();
    assert_eq!(chain.retried_as, Some(Reference::parse("R1.r5").unwrap()));
    assert_eq!(report.final_status, StateWord::Paid);
    assert_eq!(chain.final_status, StateWord::Paid);
}

#[test]
fn the_same_person_and_amount_is_found_again() {
    let mut house = House::new();
    house.admit(&rows(2));
    let person = |house: &House, centimes, since| {
        let account = Account::from_local(37_000_001).unwrap();
        house.ledger.known_person(account, Amount::from_centimes(centimes), since).unwrap().len()
    };
    assert_eq!(person(&house, 100, wall(0)), 1);
    assert_eq!(person(&house, 101, wall(0)), 0);
    assert_eq!(person(&house, 100, wall(2)), 0, "admitted before");
    house.cancel("R1", 5);
    assert_eq!(person(&house, 100, wall(0)), 0);
}

#[test]
fn a_person_who_is_paid_again_with_another_number_and_amount_is_still_found() {
    let mut house = House::new();
    house.admit(&rows(2));
    let first = |house: &House| {
        let account = Account::from_local(37_000_001).unwrap();
        let found = house.ledger.known_person(account, Amount::from_centimes(100), wall(0)).unwrap();
        found.into_iter().map(|known| known.reference.to_string()).collect::<Vec<_>>()
    };
    house.decline("R1", 5);
    assert!(first(&house).is_empty(), "certainly not paid");
    house.admit(&[retry(2, "R1.r2", "R1")]);
    assert_eq!(first(&house), ["R1"], "its retry may pay the person yet");
    house.cancel("R1.r2", 20);
    assert!(first(&house).is_empty());
    house.admit(&[retry(2, "R1.r3", "R1.r2")]);
    house.pay("R1.r3", "T-1", 30);
    assert_eq!(first(&house), ["R1"]);
}
