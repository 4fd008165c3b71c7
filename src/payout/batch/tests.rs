//! Promises about batches: nothing is lost from a tally, and nothing is called complete too early.

use super::*;
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::state::PayoutId;
use proptest::prelude::*;

fn batch(rows: &[(StateWord, u32)]) -> Batch {
    let mut tally = Tally::default();
    for (word, count) in rows {
        tally.set(*word, *count, Amount::from_centimes(i64::from(*count) * 100));
    }
    Batch {
        id: BatchId(1),
        file: "july.csv".into(),
        sha256: [0; 32],
        rows: tally.rows(),
        amount: Amount::from_centimes(i64::from(tally.rows()) * 100),
        received: Wall(0),
        admitted: Wall(0),
        approval: Approval::NotNeeded,
        hold: None,
        cancel: None,
        freed: None,
        start: Wall(0),
        terms: Default::default(),
        tally,
        last_event: 1,
        reported: 0,
        completed: None,
    }
}

fn order() -> ByOrder {
    ByOrder { who: "finance".into(), reason: "because".into() }
}

/// Rows by status; awaits approval, on hold, cancel stands, blocked from outside; state.
type Row = (&'static [(StateWord, u32)], [bool; 4], &'static str);

#[test]
fn a_batchs_state_is_read_off_its_rows_and_orders() {
    use StateWord::{Cancelled, Declined, Held, InDoubt, Paid, Queued};
    #[rustfmt::skip]
    let rows: Vec<Row> = vec![
        (&[(Queued, 2)],                                 [false, false, false, false], "paying"),
        (&[(Queued, 2)],                                 [false, false, false, true],  "waiting"),
        (&[(Queued, 2)],                                 [true,  false, false, true],  "awaiting_approval"),
        (&[(Queued, 2)],                                 [true,  true,  false, false], "awaiting_approval"),
        (&[(Queued, 1), (Paid, 1)],                      [false, true,  false, true],  "on_hold"),
        (&[(Queued, 1), (Held, 1)],                      [false, false, false, false], "paying"),
        (&[(InDoubt, 1), (Held, 1)],                     [false, false, false, true],  "paying"),
        (&[(InDoubt, 1), (Paid, 9)],                     [false, true,  true,  false], "paying"),
        (&[(Held, 1), (Paid, 9)],                        [false, false, false, false], "needs_person"),
        (&[(Held, 1), (Cancelled, 9)],                   [false, false, true,  false], "needs_person"),
        (&[(Paid, 1)],                                   [false, false, false, true],  "complete"),
        (&[(Paid, 1), (Declined, 1), (Cancelled, 1)],    [false, true,  true,  false], "complete"),
        (&[(Declined, 1)],                               [false, false, false, false], "complete"),
        (&[(Cancelled, 3)],                              [false, false, true,  false], "cancelled"),
    ];
    for (counts, [awaits, hold, cancel, blocked], state) in rows {
        let mut batch = batch(counts);
        batch.approval = if awaits { Approval::Awaited } else { Approval::NotNeeded };
        batch.hold = hold.then(|| "wait".into());
        batch.cancel = cancel.then(|| "wrong".to_string());
        assert_eq!(batch.state(blocked).word(), state, "{counts:?}");
    }
}

#[test]
fn a_batch_is_not_complete_while_a_payout_is_queued_in_doubt_or_held() {
    for open in [StateWord::Queued, StateWord::InDoubt, StateWord::Held] {
        let mut batch = batch(&[(StateWord::Paid, 99), (open, 1)]);
        assert!(!batch.is_final(), "{open:?}");
        assert_eq!(batch.apply(&BatchEvent::Completed, Wall(5)), None, "{open:?}");
        assert_eq!(batch.completed, None);
    }
}

#[test]
fn orders_on_a_batch_stand_and_come_once() {
    let approved = BatchEvent::Approved { order: order() };
    let freed = BatchEvent::Freed { order: order() };
    let cancel = BatchEvent::CancelOrdered { order: order() };
    let mut batch = batch(&[(StateWord::Queued, 1)]);
    assert_eq!(batch.apply(&approved, Wall(1)), None, "nobody asked for approval");
    assert_eq!(batch.apply(&freed, Wall(1)), None, "it is not on hold");
    batch.approval = Approval::Awaited;
    assert_eq!(batch.apply(&approved, Wall(1)), Some(()));
    assert_eq!(batch.apply(&approved, Wall(2)), None);
    assert_eq!(batch.freed, Some(Wall(1)));
    assert_eq!(batch.apply(&BatchEvent::OnHold { order: order() }, Wall(3)), Some(()));
    assert_eq!(batch.apply(&freed, Wall(4)), Some(()));
    assert_eq!((batch.hold.clone(), batch.freed), (None, Some(Wall(4))));
    assert_eq!(batch.apply(&cancel, Wall(5)), Some(()));
    assert_eq!(batch.apply(&cancel, Wall(6)), None);
    assert_eq!(batch.cancel.as_deref(), Some("because"));
}

#[test]
fn a_number_is_read_as_people_see_it() {
    assert_eq!(BatchId(12).to_string(), "B000012");
    for (text, id) in [("B000012", Some(12)), ("b000012", Some(12)), ("B1234567", Some(1_234_567))] {
        assert_eq!(BatchId::parse(text), id.map(BatchId), "{text}");
    }
    for text in ["", "B", "B12", "000012", "B-00012", "B00001é", "é00001", "B99999999999999999999"] {
        assert_eq!(BatchId::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_tally_neither_loses_nor_makes_rows_or_money(
        moves in proptest::collection::vec((0usize..6, 0usize..6, 1i64..5), 0..60),
    ) {
        let mut tally = Tally::default();
        tally.set(StateWord::Queued, 10, Amount::from_centimes(20));
        let money = |tally: &Tally| StateWord::ALL.iter().map(|w| tally.amount(*w).centimes()).sum::<i64>();
        for (from, to, centimes) in moves {
            let (from, to) = (StateWord::ALL[from], StateWord::ALL[to]);
            let enough = tally.count(from) > 0 && tally.amount(from).centimes() >= centimes;
            let moved = tally.moved(from, to, Amount::from_centimes(centimes));
            prop_assert_eq!(moved.is_some(), enough);
            tally = moved.unwrap_or(tally);
            prop_assert_eq!((tally.rows(), money(&tally)), (10, 20));
        }
    }
}

#[test]
fn a_batchs_gate_is_its_orders_then_its_start_then_the_hours() {
    let open = || batch(&[(StateWord::Queued, 1)]);
    let later = || Batch { start: Wall(5), ..open() };
    let awaited = || Batch { approval: Approval::Awaited, ..open() };
    let on_hold = || Batch { hold: Some("wait".into()), ..open() };
    let cancelled = || Batch { cancel: Some("wrong".into()), ..open() };
    let by = ByOrder { who: "the order on the batch".into(), reason: "wrong".into() };
    for (batch, in_hours, before_hours) in [
        (open(), Gate::Open, Gate::NotBefore(Wall(7))),
        (later(), Gate::NotBefore(Wall(5)), Gate::NotBefore(Wall(7))),
        (Batch { start: Wall(9), ..open() }, Gate::NotBefore(Wall(9)), Gate::NotBefore(Wall(9))),
        (Batch { approval: Approval::Given, ..later() }, Gate::NotBefore(Wall(5)), Gate::NotBefore(Wall(7))),
        (awaited(), Gate::AwaitingApproval, Gate::AwaitingApproval),
        (Batch { hold: Some("wait".into()), ..awaited() }, Gate::AwaitingApproval, Gate::AwaitingApproval),
        (on_hold(), Gate::OnHold, Gate::OnHold),
        (Batch { start: Wall(5), ..on_hold() }, Gate::OnHold, Gate::OnHold),
        (Batch { cancel: Some("wrong".into()), ..awaited() }, Gate::Cancelled(by.clone()), Gate::Cancelled(by.clone())),
        (cancelled(), Gate::Cancelled(by.clone()), Gate::Cancelled(by.clone())),
    ] {
        assert_eq!(batch.gate().within_hours(None), in_hours);
        assert_eq!(batch.gate().within_hours(Some(Wall(7))), before_hours);
        for now in 4..=9 {
            let (gate, start) = (batch.gate(), if batch.start.0 > 0 { batch.start } else { Wall(i64::MIN) });
            let person = matches!(gate, Gate::AwaitingApproval | Gate::OnHold | Gate::Cancelled(_));
            assert_eq!(gate.is_open(Wall(now)), !person && start <= Wall(now), "{gate:?} at {now}");
            assert_eq!(gate.opens_later(Wall(now)), !person && start > Wall(now), "{gate:?} at {now}");
        }
    }
}

#[test]
fn money_grows_old_from_the_last_word_that_it_is_meant() {
    let mut payout = Payout::admitted(
        PayoutId(1),
        BatchId(1),
        2,
        Instruction {
            reference: Reference::parse("R-1").unwrap(),
            receiver: Account::parse("37007294").unwrap(),
            amount: Amount::from_centimes(100),
            description: String::new(),
            retry_of: None,
        },
    );
    let mut batch = Batch { admitted: Wall(3), ..batch(&[(StateWord::Queued, 1)]) };
    assert_eq!(batch.queued_since(&payout), Wall(3));
    batch.start = Wall(4);
    assert_eq!(batch.queued_since(&payout), Wall(4));
    batch.freed = Some(Wall(6));
    assert_eq!(batch.queued_since(&payout), Wall(6));
    payout.released = Some(Wall(5));
    assert_eq!(batch.queued_since(&payout), Wall(6));
    payout.released = Some(Wall(7));
    assert_eq!(batch.queued_since(&payout), Wall(7));
}

#[test]
fn what_an_older_ledger_keeps_of_a_reading_stays_as_it_was() {
    let kept =
        r#"{"encoding":"UTF-8","separator":";","decimal":"comma","total_row":true,"reference":null,"marked":true}"#;
    let read: ReadAs = serde_json::from_str(kept).unwrap();
    assert!(read.aside.is_none());
    assert_eq!(serde_json::to_string(&read).unwrap(), kept);
}
