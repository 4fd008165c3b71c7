//! What a person may order, as a table: verb by state. No order launders doubt.

use super::*;
use crate::payout::evidence::{StatusAnswer, TransferAnswer};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{Basis, BatchId, PayoutId, Raw};

const GRACE: Duration = Duration::from_secs(1800);
const END: u64 = 1_000;

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

fn later() -> BootMoment {
    at(END).plus(GRACE)
}

fn by() -> ByOrder {
    ByOrder { who: "finance".into(), reason: "because".into() }
}

fn raw() -> Raw {
    Raw { status: None, text: String::new(), ms: 1 }
}

fn made_of(events: &[Event]) -> Payout {
    let instruction = Instruction {
        reference: Reference::parse("PAY-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(100),
        description: String::new(),
        retry_of: None,
    };
    let mut payout = Payout::admitted(PayoutId(1), BatchId(1), 2, instruction);
    for event in events {
        payout.apply(event, Wall(0)).unwrap();
    }
    payout
}

fn hold(reason: HeldReason, money: MayHaveBeenPaid) -> Event {
    Event::Held { reason, money, detail: "".into(), raw: None, order: None }
}

/// Every state that an order can meet.
fn states() -> Vec<(&'static str, Payout)> {
    let sent = || Event::Sent { attempt: 1, at: at(0), basis: Basis::CheckedFirst { answers: vec![raw()] } };
    let lost = || TransferAnswer::Unknown { why: "lost".into() };
    let ended = || Event::Answered { attempt: 1, at: at(END), answer: lost(), raw: raw() };
    let standing = |standing| Event::Ordered { standing: Some(standing), order: by() };
    let paid = Event::Paid { by: ConfirmedBy::Transfer, transaction: None, raw: None, order: None };
    let cancelled = Event::Cancelled { money: MayHaveBeenPaid::No, order: by() };
    let asked = hold(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown);
    vec![
        ("queued", made_of(&[])),
        ("in doubt", made_of(&[sent(), ended()])),
        ("in doubt, hold stands", made_of(&[sent(), ended(), standing(StandingOrder::Hold)])),
        ("in doubt, cancel stands", made_of(&[sent(), ended(), standing(StandingOrder::Cancel)])),
        ("paid", made_of(&[sent(), paid])),
        ("declined", made_of(&[sent(), ended(), Event::Declined { words: "no".into(), raw: raw() }])),
        ("held, never sent", made_of(&[hold(HeldReason::TooOld, MayHaveBeenPaid::No)])),
        ("held, unknown", made_of(&[sent(), ended(), asked])),
        ("held, paid by somebody", made_of(&[hold(HeldReason::ReferenceUsedBefore, MayHaveBeenPaid::Yes)])),
        ("cancelled", made_of(&[cancelled])),
    ]
}

fn verbs() -> Vec<Verb> {
    vec![
        Verb::Approve,
        Verb::Hold,
        Verb::Release,
        Verb::Cancel,
        Verb::ResolvePaid { transaction: "T".into() },
        Verb::ResolveNotPaid,
        Verb::AskAgain,
        Verb::Pause,
        Verb::Resume,
        Verb::Distrust,
    ]
}

fn order(verb: Verb, payout: &Payout) -> Order {
    let seen = payout.state.word().as_str().to_string();
    Order {
        verb,
        target: Target::Payout { id: payout.id.0, seen, seen_events: payout.events },
        by: by(),
        uid: None,
        from: None,
    }
}

fn effect_word(effect: &Result<Effect, Answer>) -> &'static str {
    match effect {
        Err(_) => "-",
        Ok(Effect::AskOnce) => "ask once",
        Ok(Effect::Record(event)) => match &**event {
            Event::Held { money: MayHaveBeenPaid::No, .. } => "hold",
            Event::Ordered { standing: Some(StandingOrder::Hold), .. } => "hold stands",
            Event::Ordered { standing: Some(StandingOrder::Cancel), .. } => "cancel stands",
            Event::Ordered { standing: None, .. } => "lifted",
            Event::Released { .. } => "queued again",
            Event::Cancelled { money: MayHaveBeenPaid::No, .. } => "cancelled",
            Event::Paid { by: ConfirmedBy::Operator, .. } => "paid, says a person",
            Event::Reopened { .. } => "asked again",
            _ => "?",
        },
    }
}

#[test]
fn every_verb_on_every_state() {
    #[rustfmt::skip]
    let table: [(&str, [&str; 7]); 10] = [
        // state                      approve hold           release         cancel           --paid                  --not-paid  --ask-again
        ("queued",                   ["-",    "hold",        "-",            "cancelled",     "-",                    "-",        "-"]),
        ("in doubt",                 ["-",    "hold stands", "-",            "cancel stands", "-",                    "-",        "-"]),
        ("in doubt, hold stands",    ["-",    "-",           "lifted",       "cancel stands", "-",                    "-",        "-"]),
        ("in doubt, cancel stands",  ["-",    "-",           "-",            "-",             "-",                    "-",        "-"]),
        ("paid",                     ["-",    "-",           "-",            "-",             "-",                    "-",        "-"]),
        ("declined",                 ["-",    "-",           "-",            "-",             "-",                    "-",        "-"]),
        ("held, never sent",         ["-",    "-",           "queued again", "cancelled",     "-",                    "-",        "-"]),
        ("held, unknown",            ["-",    "-",           "-",            "-",             "paid, says a person",  "ask once", "asked again"]),
        ("held, paid by somebody",   ["-",    "-",           "-",            "-",             "paid, says a person",  "ask once", "asked again"]),
        ("cancelled",                ["-",    "-",           "-",            "-",             "-",                    "-",        "-"]),
    ];
    for ((name, payout), (row, wanted)) in states().into_iter().zip(table) {
        assert_eq!(name, row);
        for (column, verb) in verbs().into_iter().enumerate() {
            let title = format!("{} on {name}", verb.word());
            let effect = judge_payout(&order(verb, &payout), &payout, GRACE, later());
            assert_eq!(effect_word(&effect), *wanted.get(column).unwrap_or(&"-"), "{title}");
            if let Ok(Effect::Record(event)) = effect {
                assert!(payout.clone().apply(&event, Wall(1)).is_ok(), "{title}: what is ordered can follow");
            }
        }
    }
}

#[test]
fn no_chain_of_orders_leads_from_doubt_to_a_send_or_a_clean_cancel() {
    let mut frontier: Vec<Payout> = states().into_iter().map(|(_, payout)| payout).collect();
    frontier
        .retain(|payout| matches!(payout.state.may_have_been_paid(), MayHaveBeenPaid::Unknown | MayHaveBeenPaid::Yes));
    for _ in 0..5 {
        let mut next = Vec::new();
        for payout in &frontier {
            for verb in verbs() {
                let given = order(verb, payout);
                let event = match judge_payout(&given, payout, GRACE, later()) {
                    Ok(Effect::Record(event)) => *event,
                    Ok(Effect::AskOnce) => not_paid_answered(&given, payout, &StatusAnswer::NotFound).unwrap(),
                    Err(_) => continue,
                };
                let mut payout = payout.clone();
                payout.apply(&event, Wall(1)).unwrap();
                assert_ne!(payout.state, State::Queued, "{given:?}");
                assert_ne!(payout.state.may_have_been_paid(), MayHaveBeenPaid::No, "{given:?}");
                next.push(payout);
            }
        }
        frontier = next;
    }
}

#[test]
fn an_order_names_what_the_person_saw_and_is_refused_if_that_has_moved() {
    for (name, payout) in states() {
        for verb in verbs() {
            let mut moved = order(verb.clone(), &payout);
            moved.target = Target::Payout { id: 1, seen: payout.state.word().as_str().into(), seen_events: 77 };
            assert!(judge_payout(&moved, &payout, GRACE, later()).is_err(), "{} on {name}", verb.word());
            moved.target = Target::Payout { id: 1, seen: "elsewhere".into(), seen_events: payout.events };
            assert!(judge_payout(&moved, &payout, GRACE, later()).is_err(), "{} on {name}", verb.word());
        }
    }
}

#[test]
fn not_paid_is_refused_in_grace_in_another_boot_and_without_a_certain_answer() {
    let (_, payout) = states().swap_remove(7);
    let given = order(Verb::ResolveNotPaid, &payout);
    let early = at(later().ms - 1);
    assert!(judge_payout(&given, &payout, GRACE, early).is_err(), "in grace");
    assert!(judge_payout(&given, &payout, GRACE, BootMoment { boot: 2, ..later() }).is_err(), "in another boot");
    let ends = |answer: StatusAnswer| not_paid_answered(&given, &payout, &answer);
    let unknown = MayHaveBeenPaid::Unknown;
    assert_eq!(ends(StatusAnswer::NotFound), Ok(Event::Cancelled { money: unknown, order: by() }));
    for answer in [
        StatusAnswer::Successful,
        StatusAnswer::Token,
        StatusAnswer::TooMany,
        StatusAnswer::Account { words: "x".into() },
        StatusAnswer::Unknown { why: "lost".into() },
    ] {
        assert!(ends(answer.clone()).is_err(), "{answer:?}");
    }
    let mut moved = payout.clone();
    moved.apply(&Event::Reopened { order: by(), at: later() }, Wall(1)).unwrap();
    assert!(not_paid_answered(&given, &moved, &StatusAnswer::NotFound).is_err(), "in doubt again");
    moved.apply(&hold(HeldReason::Contradiction, unknown), Wall(1)).unwrap();
    assert!(not_paid_answered(&given, &moved, &StatusAnswer::NotFound).is_err(), "held again, for another reason");
}

#[test]
fn words_for_doubt_never_invite_a_payment_by_hand() {
    for (name, payout) in states() {
        if payout.state.may_have_been_paid() == MayHaveBeenPaid::No || payout.state.word() == StateWord::Paid {
            continue;
        }
        assert!(payout.state.reason().to_string().contains("do not pay by hand"), "{name}");
    }
}

fn batch(rows: &[(StateWord, u32)]) -> Batch {
    let mut tally = crate::payout::batch::Tally::default();
    for (word, count) in rows {
        tally.set(*word, *count, Amount::ZERO);
    }
    Batch {
        id: BatchId(1),
        file: "july.csv".into(),
        sha256: [0; 32],
        rows: tally.rows(),
        amount: Amount::ZERO,
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

#[test]
fn every_verb_on_every_batch() {
    let open = batch(&[(StateWord::Queued, 1)]);
    let batches = [
        Batch { approval: Approval::Awaited, ..open.clone() },
        open.clone(),
        Batch { hold: Some("wait".into()), ..open.clone() },
        Batch { cancel: Some("wrong".into()), ..batch(&[(StateWord::InDoubt, 1)]) },
        batch(&[(StateWord::Held, 1), (StateWord::Paid, 1)]),
        batch(&[(StateWord::Paid, 1)]),
    ];
    #[rustfmt::skip]
    let table: [(&str, [bool; 4]); 6] = [
        // state               approve hold   release cancel
        ("awaiting_approval", [true,   true,  false,  true]),
        ("paying",            [false,  true,  false,  true]),
        ("on_hold",           [false,  false, true,   true]),
        ("paying",            [false,  true,  false,  false]),
        ("needs_person",      [false,  true,  false,  true]),
        ("complete",          [false,  false, false,  false]),
    ];
    for (batch, (seen, wanted)) in batches.into_iter().zip(table) {
        assert_eq!(batch.state(false).word(), seen);
        for (column, verb) in verbs().into_iter().enumerate() {
            let give = |seen: &str| Order {
                verb: verb.clone(),
                target: Target::Batch { id: 1, seen: seen.to_string() },
                by: by(),
                uid: None,
                from: None,
            };
            let accepted = judge_batch(&give(seen), &batch, None);
            assert_eq!(accepted.is_ok(), *wanted.get(column).unwrap_or(&false), "{} on {seen}", verb.word());
            assert!(judge_batch(&give("elsewhere"), &batch, None).is_err(), "{} on {seen}: it has moved", verb.word());
            if let Ok(event) = accepted {
                assert!(batch.clone().apply(&event, Wall(1)).is_some(), "{} on {seen}", verb.word());
            }
        }
    }
}

/// Who dropped it, who approves it, and whether that shows four eyes. 990 is payoutd's own user.
#[test]
fn nobody_approves_what_he_dropped_or_what_nobody_can_be_told_to_have_dropped() {
    let eyes = FourEyes { service: 990 };
    for (dropped, approved, wanted) in [
        (Some(1001), Some(1002), Ok(())),
        (Some(0), Some(1002), Ok(())),
        (Some(1001), Some(1001), Err(TwoEyes::Same { uid: 1001 })),
        (Some(990), Some(990), Err(TwoEyes::Same { uid: 990 })),
        (None, Some(1002), Err(TwoEyes::Dropper)),
        (Some(990), Some(1002), Err(TwoEyes::Dropper)),
        (Some(65_534), Some(1002), Err(TwoEyes::Dropper)),
        (Some(1001), None, Err(TwoEyes::Approver)),
        (Some(1001), Some(990), Err(TwoEyes::Approver)),
        (Some(1001), Some(65_534), Err(TwoEyes::Approver)),
        (Some(1001), Some(u32::MAX), Err(TwoEyes::Approver)),
    ] {
        assert_eq!(eyes.judge(dropped, approved), wanted, "{dropped:?} {approved:?}");
        let terms = crate::payout::terms::Terms { dropped_by: dropped, ..Default::default() };
        let batch = Batch { approval: Approval::Awaited, terms, ..batch(&[(StateWord::Queued, 1)]) };
        let target = Target::Batch { id: 1, seen: "awaiting_approval".to_string() };
        let give = |verb| Order { verb, target: target.clone(), by: by(), uid: approved, from: None };
        assert_eq!(judge_batch(&give(Verb::Approve), &batch, Some(eyes)).is_ok(), wanted.is_ok());
        // Without the setting, and for every other order, it does not matter who gives it.
        assert!(judge_batch(&give(Verb::Approve), &batch, None).is_ok());
        assert!(judge_batch(&give(Verb::Hold), &batch, Some(eyes)).is_ok());
        assert!(judge_batch(&give(Verb::Cancel), &batch, Some(eyes)).is_ok());
    }
}
