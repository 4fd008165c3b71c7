//! What every answer of MonCash's, and every order of a person's, leads to.
//!
//! Must never: leave out a state in which an answer can come in.

use super::doubts::{ATTEMPTS, Attempt, Ended, asked, ends, in_doubt, payout, raw};
use super::rows::{self, END, GRACE, at, order, words};
use super::told;
use super::tree::{Node, Values, product};
use payoutd::payout::control::Controls;
use payoutd::payout::evidence::{StatusAnswer, TransferAnswer};
use payoutd::payout::funds::{Cover, Fee, Funds, Reading};
use payoutd::payout::heard::{hear_status, hear_transfer};
use payoutd::payout::instruction::Reference;
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payout::order::{Effect, Order, Target, judge_payout};
use payoutd::payout::precheck::{Checked, Precheck};
use payoutd::payout::reply::{Http, Outcome, Reply};
use payoutd::payout::state::{Event, HeldReason, MayHaveBeenPaid, Payout, PayoutId, StandingOrder};
use payoutd::payout::weather::{Fitness, Weather};
use std::time::Duration;

fn reply() -> Reply {
    let http = Http { status: 200, body: "{}".into(), cut: false, retry_after: None };
    Reply { outcome: Outcome::Answered(http), asked: at(END + 1), ended: at(END + 2), token: 1 }
}

fn list(events: &[Event]) -> String {
    match events {
        [] => "nothing".to_string(),
        events => events.iter().map(told).collect::<Vec<_>>().join(", then "),
    }
}

/// How fit MonCash is for the next Transfert.
fn fitness(weather: &Weather) -> &'static str {
    match weather.fitness(at(END + 2)) {
        Fitness::Clear => "clear",
        Fitness::Careful => "careful",
        Fitness::Throttled { .. } => "throttled",
        Fitness::Storm => "storm",
        Fitness::StatusBlind => "status blind",
        Fitness::AccountRefused { .. } => "account refused",
        Fitness::EqualRefusals { .. } => "equal refusals",
    }
}

pub fn transfer() -> Node {
    let answers = rows::transfer_answers();
    let known: [(&str, Option<PayoutId>); 2] = [
        ("its transaction, if it names one, is new", None),
        ("its transaction is another payout's", Some(PayoutId(9))),
    ];
    let times: [(&str, u32); 2] = [("once", 1), ("10 times in a row", 10)];
    product(&[words(&answers), words(&known), words(&times)], &mut |places| {
        let [answer, known_from, often] = places else { unreachable!("three questions") };
        let answer = &answers[*answer].1;
        let events = hear_transfer(1, answer.clone(), &reply(), known[*known_from].1);
        let mut weather = Weather::default();
        let mut funds = Funds::new(Fee::default(), Amount::ZERO, Duration::ZERO);
        funds.read(Reading { balance: Amount::from_centimes(1_000_000), requested: at(1) });
        for _ in 0..times[*often].1 {
            weather.hear_transfer(answer, None, at(END), 10);
            funds.hear_transfer(answer);
        }
        let read = match funds.covers(Amount::from_centimes(1)) {
            Cover::Yes => "",
            Cover::Short(_) => "; money short",
            Cover::Unknown => "; the balance is read anew",
        };
        Node::Leaf(format!("{}; then the weather is {}{read}", list(&events), fitness(&weather)))
    })
}

pub fn status() -> Node {
    let (answers, ends) = (rows::status_answers(), ends());
    let about: [(&str, u32); 2] = [("about this attempt", 0), ("about another attempt", 1)];
    product(&[words(&answers), words(&about), words(&ends), words(&ATTEMPTS)], &mut |places| {
        let [answer, other, end, attempt] = places else { unreachable!("four questions") };
        let Some(payout) = in_doubt(ATTEMPTS[*attempt].1, &ends[*end].1, None) else {
            return Node::Never;
        };
        let attempt = payout.attempts + about[*other].1;
        let events = hear_status(&payout, attempt, answers[*answer].1.clone(), &reply(), Wall(0));
        let mut after = payout;
        for event in &events {
            after.apply(event, Wall(0)).expect("what an answer leads to can follow");
        }
        Node::Leaf(list(&events))
    })
}

pub fn check() -> Node {
    let answers = rows::status_answers();
    let places: Values = vec![
        "about the payout, which repeats nothing",
        "about the payout, before the one that it repeats",
        "about the one that it repeats",
    ];
    product(&[words(&answers), places], &mut |places| {
        let [answer, place] = places else { unreachable!("two questions") };
        let (ours, ancestor) = (Reference::parse("A.r2").unwrap(), Reference::parse("A").unwrap());
        let mut check = Precheck::new(ours, if *place == 0 { &[] } else { std::slice::from_ref(&ancestor) });
        if *place == 2 {
            let about = check.ask().unwrap();
            check.hear(&about, &StatusAnswer::NotFound, &reply());
        }
        let about = check.ask().unwrap();
        check.hear(&about, &answers[*answer].1, &reply());
        let result = match check.result() {
            Checked::NotYet => "the next reference is asked about".to_string(),
            Checked::UnderWay => "still under way".to_string(),
            Checked::Clear { .. } => "clear: it may be sent".to_string(),
            Checked::Used => "paid already".to_string(),
            Checked::Refused => "refused before".to_string(),
            Checked::Ancestor { .. } => "what it repeats is not certainly unpaid".to_string(),
            Checked::Unclear { .. } => "no certain answer: all of it is asked anew".to_string(),
        };
        let mut weather = Weather::default();
        (0..5).for_each(|_| weather.hear_status(&answers[*answer].1, None, at(END)));
        Node::Leaf(format!("{result}; 5 times in a row, the weather is {}", fitness(&weather)))
    })
}

pub fn control() -> Node {
    let answers = rows::status_answers();
    product(&[words(&answers)], &mut |places| {
        let mut controls = Controls::default();
        let newest = Reference::parse("C").unwrap();
        controls.confirmed(newest.clone());
        let denies = controls.hear(&newest, &answers[places[0]].1, &reply());
        let control = controls.control();
        Node::Leaf(match (control.seen.is_some(), control.failed.is_some(), denies) {
            (true, false, false) => "seen: \"not found\" may prove something".to_string(),
            (false, true, false) => "not seen: it is asked again".to_string(),
            (false, true, true) => "not seen, and the operator is warned: it is asked again".to_string(),
            other => format!("{other:?}"),
        })
    })
}

/// Payouts that a person can order something of.
fn ordered() -> Vec<(&'static str, Payout)> {
    let follow = |mut payout: Payout, events: &[Event]| {
        events.iter().for_each(|event| payout.apply(event, Wall(0)).unwrap());
        payout
    };
    let held = |reason, money| Event::Held { reason, money, detail: "".into(), raw: None, order: None };
    let lost = || Ended::Answered(TransferAnswer::Unknown { why: "lost".into() });
    let doubt = |ended: &Ended, standing| in_doubt(Attempt::First, ended, standing).unwrap();
    let too_long = || held(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown);
    let echo = || held(HeldReason::EchoDiffers, MayHaveBeenPaid::Yes);
    let paid = asked(1, END + 1, StatusAnswer::Successful, Some(200));
    let settled =
        Event::Paid { by: payoutd::payout::state::ConfirmedBy::Status, transaction: None, raw: None, order: None };
    let declined = Event::Declined { words: "full".into(), raw: raw(None) };
    let cancelled = Event::Cancelled { money: MayHaveBeenPaid::No, order: order() };
    vec![
        ("queued", payout(None)),
        ("in doubt, call under way", doubt(&Ended::UnderWay, None)),
        ("in doubt", doubt(&lost(), None)),
        ("in doubt, a hold stands", doubt(&lost(), Some(StandingOrder::Hold))),
        ("in doubt, a cancel stands", doubt(&lost(), Some(StandingOrder::Cancel))),
        ("held, never sent", follow(payout(None), &[held(HeldReason::TooOld, MayHaveBeenPaid::No)])),
        ("held, paid before", follow(payout(None), &[held(HeldReason::ReferenceUsedBefore, MayHaveBeenPaid::Yes)])),
        ("held, perhaps paid", follow(doubt(&lost(), None), &[too_long()])),
        ("held, said paid to another", follow(doubt(&lost(), None), &[echo()])),
        ("paid", follow(doubt(&lost(), None), &[paid, settled])),
        ("declined", follow(doubt(&lost(), None), &[declined])),
        ("cancelled", follow(payout(None), &[cancelled])),
    ]
}

pub fn orders() -> Node {
    let (verbs, payouts) = (rows::verbs(), ordered());
    let moments: [(&str, u64); 2] = [("in the grace", END + 5), ("after the grace", END + GRACE + 5)];
    let saw: Values = vec!["the person saw it as it is", "it has moved since"];
    product(&[saw, words(&verbs), words(&payouts), words(&moments)], &mut |places| {
        let [moved, verb, state, moment] = places else { unreachable!("four questions") };
        let payout = &payouts[*state].1;
        let seen_events = payout.events + u32::try_from(*moved).unwrap();
        let target = Target::Payout { id: 1, seen: payout.state.word().as_str().to_string(), seen_events };
        let order = Order { verb: verbs[*verb].1.clone(), target, by: order(), uid: None, from: None };
        let judged = judge_payout(&order, payout, Duration::from_millis(GRACE), at(moments[*moment].1));
        Node::Leaf(match judged {
            Err(_) => "refused".to_string(),
            Ok(Effect::AskOnce) => "MonCash is asked once more".to_string(),
            Ok(Effect::Record(event)) => {
                payout.clone().apply(&event, Wall(0)).expect("what an order does can follow");
                told(&event)
            }
        })
    })
}
