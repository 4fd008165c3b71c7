//! Promises of the transition function.

use super::*;
use crate::payout::evidence::{Refusal, StatusAnswer};
use crate::payout::instruction::{Account, Reference};
use crate::payout::money::Amount;

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

fn payout() -> Payout {
    let instruction = Instruction {
        reference: Reference::parse("R-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(100),
        description: String::new(),
        retry_of: None,
    };
    Payout::admitted(PayoutId(1), BatchId(1), 2, instruction)
}

fn by() -> ByOrder {
    ByOrder { who: "finance".into(), reason: "because".into() }
}

fn raw() -> Raw {
    Raw { status: None, text: String::new(), ms: 0 }
}

fn sent(attempt: u32, basis: Basis) -> Event {
    Event::Sent { attempt, at: at(10), basis }
}

fn proven() -> Basis {
    Basis::Proven { grace_ms: 1, not_found: 3, control: "C".into() }
}

fn answered(attempt: u32, answer: TransferAnswer) -> Event {
    Event::Answered { attempt, at: at(20), answer, raw: raw() }
}

fn asked(attempt: u32, when: u64) -> Event {
    Event::Asked {
        attempt,
        asked: at(when),
        ended: at(when + 1),
        token: 1,
        answer: StatusAnswer::NotFound,
        raw: Raw { status: Some(404), ..raw() },
    }
}

fn held(money: MayHaveBeenPaid) -> Event {
    Event::Held { reason: HeldReason::AskedTooLong, money, detail: "".into(), raw: None, order: None }
}

fn lost() -> TransferAnswer {
    TransferAnswer::Unknown { why: "lost".into() }
}

/// Every kind of event, with bodies that suit most states.
fn every_event() -> Vec<Event> {
    vec![
        sent(1, Basis::Unchecked),
        sent(2, proven()),
        answered(1, lost()),
        asked(1, 30),
        Event::Paid { by: ConfirmedBy::Status, transaction: None, raw: None, order: None },
        Event::Declined { words: "no".into(), raw: raw() },
        held(MayHaveBeenPaid::No),
        held(MayHaveBeenPaid::Unknown),
        Event::Cancelled { money: MayHaveBeenPaid::No, order: by() },
        Event::Cancelled { money: MayHaveBeenPaid::Unknown, order: by() },
        Event::Released { order: by() },
        Event::Reopened { order: by(), at: at(40) },
        Event::Suspected { why: "old".into(), at: at(40) },
        Event::Ordered { standing: Some(StandingOrder::Cancel), order: by() },
    ]
}

fn in_state(events: &[Event]) -> Payout {
    let mut payout = payout();
    for event in events {
        payout.apply(event, Wall(1)).unwrap();
    }
    payout
}

fn ways_into_doubt() -> Vec<Vec<Event>> {
    vec![
        vec![sent(1, Basis::Unchecked)],
        vec![sent(1, Basis::Unchecked), answered(1, lost())],
        vec![
            sent(1, Basis::Unchecked),
            answered(1, TransferAnswer::Refused { kind: Refusal::Decline, words: "no".into() }),
        ],
        vec![Event::Suspected { why: "old".into(), at: at(5) }],
    ]
}

#[test]
fn there_is_no_way_back_from_doubt_to_queued() {
    let mut frontier = ways_into_doubt();
    for _ in 0..4 {
        let mut next = Vec::new();
        for path in &frontier {
            for event in every_event() {
                let mut payout = in_state(path);
                if payout.apply(&event, Wall(2)).is_ok() {
                    assert_ne!(payout.state, State::Queued, "{path:?} then {event:?}");
                    let mut path = path.clone();
                    path.push(event);
                    next.push(path);
                }
            }
        }
        frontier = next;
    }
}

#[test]
fn final_states_are_final() {
    let finals = [
        vec![
            sent(1, Basis::Unchecked),
            Event::Paid { by: ConfirmedBy::Transfer, transaction: None, raw: None, order: None },
        ],
        vec![
            sent(1, Basis::Unchecked),
            answered(1, TransferAnswer::Refused { kind: Refusal::Decline, words: "no".into() }),
            Event::Declined { words: "no".into(), raw: raw() },
        ],
        vec![Event::Cancelled { money: MayHaveBeenPaid::No, order: by() }],
    ];
    for path in finals {
        for event in every_event() {
            assert!(in_state(&path).apply(&event, Wall(2)).is_err(), "{path:?} then {event:?}");
        }
    }
}

#[test]
fn a_second_attempt_needs_a_proof_and_the_end_of_the_first() {
    let open = in_state(&[sent(1, Basis::Unchecked)]);
    assert!(open.clone().apply(&sent(2, proven()), Wall(2)).is_err(), "the call is under way");
    let ended = in_state(&[sent(1, Basis::Unchecked), answered(1, lost())]);
    assert!(ended.clone().apply(&sent(2, Basis::Unchecked), Wall(2)).is_err());
    assert!(ended.clone().apply(&sent(3, proven()), Wall(2)).is_err());
    assert!(ended.clone().apply(&sent(2, proven()), Wall(2)).is_ok());
    let mut stopped = ended;
    stopped.apply(&Event::Ordered { standing: Some(StandingOrder::Cancel), order: by() }, Wall(2)).unwrap();
    assert!(stopped.apply(&sent(2, proven()), Wall(2)).is_err(), "a cancel stands");
}

#[test]
fn a_not_found_of_attempt_one_never_counts_for_attempt_two() {
    let mut payout = in_state(&[sent(1, Basis::Unchecked), answered(1, lost()), asked(1, 30), sent(2, proven())]);
    assert!(payout.apply(&asked(1, 40), Wall(3)).is_err());
    payout.apply(&answered(2, lost()), Wall(3)).unwrap();
    assert!(payout.doubt().unwrap().inquiry.not_found.is_empty());
    payout.apply(&asked(2, 15), Wall(3)).unwrap();
    assert!(payout.doubt().unwrap().inquiry.not_found.is_empty(), "asked before the call's end");
}

#[test]
fn doubt_that_is_held_is_only_resolved() {
    let held = in_state(&[sent(1, Basis::Unchecked), answered(1, lost()), held(MayHaveBeenPaid::Unknown)]);
    assert!(held.clone().apply(&Event::Released { order: by() }, Wall(2)).is_err());
    assert!(held.clone().apply(&Event::Cancelled { money: MayHaveBeenPaid::No, order: by() }, Wall(2)).is_err());
    assert!(held.clone().apply(&Event::Reopened { order: by(), at: at(50) }, Wall(2)).is_ok());
    let suspected =
        in_state(&[super::tests::held(MayHaveBeenPaid::No), Event::Suspected { why: "old".into(), at: at(1) }]);
    assert!(suspected.clone().apply(&Event::Released { order: by() }, Wall(2)).is_err(), "it may have been sent");
}

#[test]
fn a_refused_event_changes_nothing() {
    let mut payout = in_state(&[sent(1, Basis::Unchecked)]);
    let before = payout.clone();
    assert!(payout.apply(&Event::Released { order: by() }, Wall(9)).is_err());
    assert_eq!(payout, before);
}

#[test]
fn events_keep_their_meaning_on_disk() {
    for event in every_event() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}

fn found(attempt: u32, when: u64) -> Event {
    Event::Asked {
        attempt,
        asked: at(when),
        ended: at(when + 1),
        token: 1,
        answer: StatusAnswer::Successful,
        raw: Raw { status: Some(200), ..raw() },
    }
}

/// Every way in which MonCash can have said paid while the payout stays in doubt.
fn ways_of_having_been_called_paid() -> Vec<Vec<Event>> {
    let first = || sent(1, Basis::CheckedFirst { answers: vec![raw()] });
    let yes = Event::Held {
        reason: HeldReason::ReferenceUsedBefore,
        money: MayHaveBeenPaid::Yes,
        detail: "".into(),
        raw: None,
        order: None,
    };
    let refused = || TransferAnswer::Refused { kind: Refusal::Decline, words: "full".into() };
    // As the engine records a "successful" that contradicts a refusal: without the question.
    let contradicted = Event::Held {
        reason: HeldReason::Contradiction,
        money: MayHaveBeenPaid::Unknown,
        detail: "".into(),
        raw: None,
        order: None,
    };
    let again = |when| Event::Reopened { order: by(), at: at(when) };
    let suspected = || Event::Suspected { why: "old".into(), at: at(35) };
    vec![
        vec![first(), answered(1, TransferAnswer::Paid { transaction: "T".into() })],
        vec![first(), answered(1, TransferAnswer::PaidOther { why: "amount".into() })],
        vec![first(), answered(1, TransferAnswer::PaidOther { why: "amount".into() }), suspected()],
        vec![first(), answered(1, lost()), found(1, 30)],
        vec![first(), found(1, 15), answered(1, lost())],
        vec![first(), answered(1, lost()), found(1, 30), asked(1, 31), asked(1, 32), suspected()],
        vec![first(), answered(1, lost()), found(1, 30), held(MayHaveBeenPaid::Unknown), again(40)],
        vec![first(), answered(1, refused()), contradicted, again(40)],
        vec![yes.clone(), again(40)],
        vec![yes, suspected(), again(40)],
    ]
}

#[test]
fn what_was_called_paid_once_is_never_sent_declined_or_cancelled_by_itself() {
    for path in ways_of_having_been_called_paid() {
        let mut payout = in_state(&path);
        payout.inherit(at(50));
        assert!(payout.doubt().unwrap().said_paid, "{path:?}");
        let attempt = payout.doubt().unwrap().attempt;
        for event in [
            sent(attempt + 1, proven()),
            sent(attempt + 1, Basis::NeverLeft),
            Event::Declined { words: "no".into(), raw: raw() },
            Event::Cancelled { money: MayHaveBeenPaid::No, order: by() },
            Event::Released { order: by() },
        ] {
            assert!(payout.clone().apply(&event, Wall(2)).is_err(), "{path:?} then {event:?}");
        }
    }
}

#[test]
fn the_status_call_confirms_only_what_was_unpaid_before_us() {
    let paid = |by| Event::Paid { by, transaction: None, raw: None, order: None };
    let checked = Basis::CheckedFirst { answers: vec![raw()] };
    assert!(in_state(&[sent(1, checked)]).apply(&paid(ConfirmedBy::Status), Wall(2)).is_ok());
    let mut unchecked = in_state(&[sent(1, Basis::Unchecked)]);
    assert!(unchecked.apply(&paid(ConfirmedBy::Status), Wall(2)).is_err());
    assert!(unchecked.apply(&paid(ConfirmedBy::Operator), Wall(2)).is_err(), "it is still being asked about");
    let mut never_sent = in_state(&[held(MayHaveBeenPaid::No)]);
    assert!(never_sent.apply(&paid(ConfirmedBy::Operator), Wall(2)).is_err());
}

#[test]
fn an_answer_in_unknown_words_begins_the_count_anew() {
    let mut payout = in_state(&[sent(1, Basis::Unchecked), answered(1, lost()), asked(1, 30), asked(1, 31)]);
    assert_eq!(payout.doubt().unwrap().inquiry.not_found.len(), 2);
    let pending = Event::Asked {
        attempt: 1,
        asked: at(40),
        ended: at(41),
        token: 1,
        answer: StatusAnswer::Unknown { why: "transStatus \"pending\"".into() },
        raw: Raw { status: Some(200), ..raw() },
    };
    payout.apply(&pending, Wall(2)).unwrap();
    assert!(payout.doubt().unwrap().inquiry.not_found.is_empty());
}

#[test]
fn a_doubt_of_another_boot_serves_its_grace_anew_when_asked_again_or_at_start() {
    let there = BootMoment { boot: 2, ms: 7 };
    let path = [sent(1, Basis::Unchecked), answered(1, lost()), held(MayHaveBeenPaid::Unknown)];
    let mut payout = in_state(&path);
    payout.apply(&Event::Reopened { order: by(), at: there }, Wall(2)).unwrap();
    assert_eq!(payout.doubt().unwrap().ended(), Some(there));
    let mut payout = in_state(&path);
    payout.inherit(there);
    assert!(matches!(&payout.state, State::Held { doubt: Some(doubt), .. } if doubt.ended() == Some(there)));
}

#[test]
fn every_reason_for_holding_says_what_to_do() {
    use HeldReason::*;
    let all = [
        ReferenceUsedBefore,
        ReferenceRefusedBefore,
        AncestorNotUnpaid,
        TooOld,
        TooOldToSendAgain,
        OnOrder,
        AskedTooLong,
        Contradiction,
        EchoDiffers,
        PaidByWhom,
        AttemptsUsed,
        NotFoundHold,
        RefusalUnclear,
    ];
    for reason in all {
        let told = reason.to_string();
        assert!(told.contains("'payoutd ") || told.contains("find out who paid it"), "{told}");
    }
}

#[test]
fn money_is_set_aside_for_what_a_transfert_of_ours_may_take_or_may_have_taken() {
    use MayHaveBeenPaid::{No, Unknown, Yes};
    let follow = |events: &[Event]| {
        let mut payout = payout();
        events.iter().for_each(|event| payout.apply(event, Wall(0)).unwrap());
        payout.state
    };
    let first = || sent(1, Basis::Unchecked);
    let suspected = || Event::Suspected { why: "old".into(), at: at(1) };
    let paid = Event::Paid { by: ConfirmedBy::Transfer, transaction: Some("1".into()), raw: None, order: None };
    for (name, state, reserves) in [
        ("queued", follow(&[]), false),
        ("under way", follow(&[first()]), true),
        ("lost", follow(&[first(), answered(1, lost())]), true),
        ("suspected", follow(&[suspected()]), true),
        ("held unsent", follow(&[held(No)]), false),
        ("refused before: somebody's call may still pay", follow(&[held(Unknown)]), true),
        ("paid before we sent anything", follow(&[held(Yes)]), false),
        ("sent, and MonCash says paid", follow(&[first(), answered(1, lost()), held(Yes)]), true),
        ("suspected, and MonCash says paid", follow(&[suspected(), held(Yes)]), true),
        ("paid", follow(&[first(), paid]), false),
        (
            "declined",
            follow(&[first(), answered(1, lost()), Event::Declined { words: "no".into(), raw: raw() }]),
            false,
        ),
        ("cancelled", follow(&[Event::Cancelled { money: No, order: by() }]), false),
    ] {
        assert_eq!(state.reserves(), reserves, "{name}");
    }
}
