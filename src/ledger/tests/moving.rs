//! Payouts move once, by their events, and never behind the ledger's back.

use super::*;

#[test]
fn a_payout_is_paid_and_everything_agrees() {
    let mut house = House::new();
    let batch = house.admit(&rows(3));
    let payout = house.pay("R2", "T-1", 10);
    assert_eq!(house.ledger.payout(payout.id).unwrap(), payout);
    let now = house.ledger.batch(batch.id).unwrap().unwrap();
    assert_eq!((now.tally.count(StateWord::Queued), now.tally.count(StateWord::Paid)), (2, 1));
    assert_eq!(now.tally.amount(StateWord::Paid), Amount::from_centimes(200));
    assert_eq!(now.last_event, house.ledger.head().unwrap().seq);
    assert_eq!(house.ledger.transaction_known("T-1").unwrap(), Some(payout.id));
    assert_eq!(house.ledger.last_confirmed_by_transfer().unwrap(), Some(Reference::parse("R2").unwrap()));
    assert_eq!(house.ledger.settled_since(wall(11)).unwrap(), vec![(Amount::from_centimes(200), wall(11))]);
    assert_eq!(house.ledger.settled_since(wall(12)).unwrap(), vec![]);
    let left = house.ledger.queued_after(batch.id, None, 10).unwrap();
    assert_eq!(left, vec![PayoutId(1), PayoutId(3)]);
    assert_eq!(house.ledger.queued_after(batch.id, Some(PayoutId(1)), 10).unwrap(), vec![PayoutId(3)]);
}

#[test]
fn a_turn_that_is_dropped_never_happened() {
    let mut house = House::new();
    house.admit(&rows(2));
    let before = house.ledger.head().unwrap();
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut payout, moment(5).boot, checked()).unwrap();
    drop(turn);
    assert_eq!(house.ledger.head().unwrap(), before);
    assert_eq!(house.payout("R1").state.word(), StateWord::Queued);
    house.pay("R1", "T-1", 6);
}

#[test]
fn an_attempt_is_never_opened_by_a_plain_event() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    let sent = Event::Sent { attempt: 1, at: moment(5).boot, basis: Basis::Unchecked };
    assert!(matches!(turn.record(&mut payout, &sent), Err(LedgerError::Contradiction(_))));
    assert_eq!(payout.events, 0);
}

#[test]
fn a_second_attempt_needs_the_proof_of_the_first_and_replays_after_a_crash() {
    let mut house = House::new();
    house.admit(&rows(2));
    house.pay("R2", "T-control", 1);
    let mut payout = house.payout("R1");
    house.send(&mut payout, 10);
    // The process dies with the call under way; the next one takes the doubt over.
    let (mut house, suspicion) = house.restart(moment(1_000));
    assert_eq!(suspicion, None);
    assert_eq!(house.ledger.doubts().unwrap(), vec![payout.id]);
    let mut payout = house.ledger.payout(payout.id).unwrap();
    assert_eq!(payout.doubt().unwrap().ended(), Some(moment(1_000).boot), "the grace counts from the opening");
    for ms in [20_000, 21_000, 22_000] {
        house.record(&mut payout, &not_found(1, ms), ms);
    }
    let rules = ProofRules { grace: Duration::from_secs(10), not_found_answers: 3, retry: true };
    let seen = crate::payout::state::Negative { asked: moment(21_500).boot, token: 1, heard: moment(21_600).boot };
    let control = Control { reference: Some("R2".to_string()), seen: Some(seen), failed: None };
    let proof = prove_unpaid(&payout, &rules, &control, moment(22_500).boot).unwrap();
    let mut turn = house.ledger.begin(wall(22_500)).unwrap();
    assert_eq!(turn.open_again(&mut payout, moment(22_500).boot, proof).unwrap(), 2);
    turn.commit().unwrap();
    assert_eq!(house.ledger.payout(payout.id).unwrap(), payout, "replay says what the process saw");
    // Answered by nobody; declined in the process after: replay agrees again.
    let (mut house, _) = house.restart(moment(40_000));
    let mut payout = house.ledger.payout(payout.id).unwrap();
    assert_eq!(payout.attempts, 2);
    let held = Event::Held {
        reason: HeldReason::AttemptsUsed,
        money: MayHaveBeenPaid::Unknown,
        detail: "2 attempts".into(),
        raw: None,
        order: None,
    };
    house.record(&mut payout, &held, 41_000);
    assert_eq!(house.ledger.payout(payout.id).unwrap(), payout);
    let waiting = house.ledger.held(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].reason, payout.state.reason());
}

#[test]
fn a_proof_of_another_attempt_opens_nothing() {
    let mut house = House::new();
    house.admit(&rows(2));
    let (mut first, mut second) = (house.payout("R1"), house.payout("R2"));
    house.send(&mut first, 10);
    house.send(&mut second, 10);
    let never = |attempt| Event::Answered {
        attempt,
        at: moment(11).boot,
        answer: TransferAnswer::NeverLeft { why: "no route".to_string() },
        raw: raw(),
    };
    house.record(&mut first, &never(1), 11);
    house.record(&mut first, &not_found(1, 12), 12);
    let rules = ProofRules { grace: Duration::ZERO, not_found_answers: 1, retry: true };
    let proof = |payout: &Payout, ms: u64| prove_unpaid(payout, &rules, &Control::default(), moment(ms).boot).unwrap();
    let (early, again) = (proof(&first, 13), proof(&first, 13));
    let mut turn = house.ledger.begin(wall(13)).unwrap();
    assert_eq!(turn.open_again(&mut first, moment(13).boot, early).unwrap(), 2);
    let refused = turn.open_again(&mut first, moment(13).boot, again);
    assert!(matches!(refused, Err(LedgerError::Contradiction(_))), "a proof of attempt 1 opens no attempt 3");
    turn.commit().unwrap();
    assert_eq!(house.payout("R1").attempts, 2);
}

#[test]
fn a_proof_opens_no_other_payouts_attempt() {
    let mut house = House::new();
    house.admit(&rows(2));
    let (mut first, mut second) = (house.payout("R1"), house.payout("R2"));
    for payout in [&mut first, &mut second] {
        house.send(payout, 10);
        let answer = TransferAnswer::NeverLeft { why: "no route".to_string() };
        house.record(payout, &Event::Answered { attempt: 1, at: moment(11).boot, answer, raw: raw() }, 11);
        house.record(payout, &not_found(1, 12), 12);
    }
    let rules = ProofRules { grace: Duration::ZERO, not_found_answers: 1, retry: true };
    let proof = prove_unpaid(&first, &rules, &Control::default(), moment(13).boot).unwrap();
    let mut turn = house.ledger.begin(wall(13)).unwrap();
    let refused = turn.open_again(&mut second, moment(13).boot, proof);
    assert!(matches!(refused, Err(LedgerError::Contradiction(_))), "attempt 1 of another payout");
    drop(turn);
    assert_eq!(house.payout("R2").attempts, 1);
}

#[test]
fn a_transaction_pays_one_payout_only() {
    let mut house = House::new();
    house.admit(&rows(2));
    let first = house.pay("R1", "T-1", 10);
    let mut second = house.payout("R2");
    house.send(&mut second, 20);
    let mut turn = house.ledger.begin(wall(21)).unwrap();
    match turn.record(&mut second, &paid("T-1")) {
        Err(LedgerError::TransactionKnown { payout, .. }) => assert_eq!(payout, first.id),
        other => panic!("{other:?}"),
    }
    // The turn is still good: what the caller does instead is on disk.
    let held = Event::Held {
        reason: HeldReason::EchoDiffers,
        money: MayHaveBeenPaid::Unknown,
        detail: "transaction T-1 seen before".into(),
        raw: Some(raw()),
        order: None,
    };
    turn.record(&mut second, &lost(1, 21)).unwrap();
    turn.record(&mut second, &held).unwrap();
    turn.commit().unwrap();
    assert_eq!(house.payout("R2").state.word(), StateWord::Held);
    // And SQL is the last guard.
    let sql = "UPDATE payout SET transaction_id = 'T-1' WHERE reference = 'R2'";
    assert!(house.ledger.connection.execute(sql, []).is_err());
}

#[test]
fn a_batch_event_moves_the_batch_as_it_is_now() {
    let mut house = House::new();
    let stale = house.admit(&rows(1));
    let mut turn = house.ledger.begin(wall(2)).unwrap();
    let mut batch = stale.clone();
    assert!(turn.record_batch(&mut batch, &BatchEvent::Completed).is_err(), "a payout is queued");
    drop(turn);
    house.pay("R1", "T-1", 3);
    let mut turn = house.ledger.begin(wall(9)).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::Completed).unwrap();
    assert_eq!(batch.completed, Some(wall(9)));
    turn.commit().unwrap();
    assert_eq!(house.ledger.batches_unfinished().unwrap(), vec![]);
    assert_eq!(house.ledger.batch(stale.id).unwrap(), Some(batch.clone()));
    assert_eq!(house.ledger.batches_to_report().unwrap(), vec![batch.id]);
    let mut turn = house.ledger.begin(wall(10)).unwrap();
    turn.mark_reported(batch.id, batch.last_event).unwrap();
    turn.commit().unwrap();
    assert_eq!(house.ledger.batches_to_report().unwrap(), vec![]);
}

#[test]
fn nothing_is_sent_while_an_order_stands_on_the_batch() {
    let mut house = House::new();
    let mut batch = house.admit(&rows(2));
    let (mut one, mut two) = (house.payout("R1"), house.payout("R2"));
    let mut turn = house.ledger.begin(wall(2)).unwrap();
    turn.open_first(&mut one, moment(2).boot, checked()).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::OnHold { order: order() }).unwrap();
    let refused = turn.open_first(&mut two, moment(2).boot, checked());
    assert!(matches!(refused, Err(LedgerError::OrderStands { .. })), "{refused:?}");
    turn.commit().unwrap();
    assert_eq!(house.payout("R1").state.word(), StateWord::InDoubt);
    assert_eq!(house.payout("R2").state.word(), StateWord::Queued);
    let mut turn = house.ledger.begin(wall(3)).unwrap();
    assert!(turn.open_first(&mut two, moment(3).boot, checked()).is_err());
}

#[test]
fn a_turn_without_anything_in_it_writes_nothing() {
    let mut house = House::new();
    house.admit(&rows(1));
    let standing = house.ledger.standing().unwrap();
    let files = ["ledger.sqlite3", "ledger.sqlite3-wal", HIGH_WATER_FILE];
    let look = |house: &House| files.map(|name| std::fs::read(house.folder.path().join(name)).unwrap());
    let before = look(&house);
    let mut turn = house.ledger.begin(wall(50)).unwrap();
    turn.set_standing(&standing).unwrap();
    assert!(turn.orders_waiting().unwrap().is_empty());
    turn.commit().unwrap();
    assert!(look(&house) == before);
}
