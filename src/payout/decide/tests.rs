//! Promises about where the decisions lead: every doubt ends somewhere, and no clock, service or
//! weather makes a busy loop of the questions. A small house is driven by a clock of its own.

use super::*;
use crate::payout::evidence::{Refusal, StatusAnswer, TransferAnswer};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::precheck::Checked;
use crate::payout::state::{Basis, BatchId, ByOrder, Negative, Payout, PayoutId, Raw, StandingOrder};

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;
const GRACE: u64 = HOUR / 2;
/// A token is renewed a little before its 59 s are over.
const TOKEN_LIFE: u64 = 50 * SECOND;
/// Most questions that one doubt may cost MonCash in an hour, control questions included: far under
/// `queries_per_second`, so that 64 doubts do not crowd out the rest.
const MOST_QUESTIONS_AN_HOUR: usize = 150;

/// What the world answers, and how slowly.
#[derive(Clone)]
struct World {
    says: fn(u64) -> (StatusAnswer, Option<u16>),
    control: bool,
    has_control: bool,
    latency: u64,
    cover: Cover,
    fitness: Fitness,
    standing: Option<StandingOrder>,
    retry: bool,
}

fn not_found(_: u64) -> (StatusAnswer, Option<u16>) {
    (StatusAnswer::NotFound, Some(404))
}

fn error(_: u64) -> (StatusAnswer, Option<u16>) {
    (StatusAnswer::Unknown { why: "HTTP 500".into() }, Some(500))
}

fn pending(_: u64) -> (StatusAnswer, Option<u16>) {
    (StatusAnswer::Unknown { why: "transStatus".into() }, Some(200))
}

fn nothing(_: u64) -> (StatusAnswer, Option<u16>) {
    (StatusAnswer::Unknown { why: "lost".into() }, None)
}

fn kind() -> World {
    World {
        says: not_found,
        control: true,
        has_control: true,
        latency: 200,
        cover: Cover::Yes,
        fitness: Fitness::Clear,
        standing: None,
        retry: true,
    }
}

fn policy(retry: bool) -> Policy {
    Policy {
        check_first: true,
        proof: ProofRules { grace: Duration::from_millis(GRACE), not_found_answers: 3, retry },
        ask_every: Duration::from_secs(30),
        ask_at_most_every: Duration::from_secs(600),
        ask_for: Duration::from_secs(24 * 3600),
        queued_for: Duration::from_secs(48 * 3600),
        attempts: 3,
        equal_refusals: 10,
        also_declines: Vec::new(),
    }
}

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

fn wall(ms: u64) -> Wall {
    Wall(i64::try_from(ms).unwrap())
}

fn raw(status: Option<u16>) -> Raw {
    Raw { status, text: String::new(), ms: 1 }
}

fn payout() -> Payout {
    let instruction = Instruction {
        reference: Reference::parse("PAY-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(100_000),
        description: String::new(),
        retry_of: None,
    };
    Payout::admitted(PayoutId(1), BatchId(1), 2, instruction)
}

fn in_doubt(answer: TransferAnswer) -> Payout {
    let mut payout = payout();
    let basis = Basis::CheckedFirst { answers: vec![raw(Some(404))] };
    payout.apply(&Event::Sent { attempt: 1, at: at(0), basis }, Wall(0)).unwrap();
    payout.apply(&Event::Answered { attempt: 1, at: at(1), answer, raw: raw(None) }, Wall(0)).unwrap();
    payout
}

fn lost() -> TransferAnswer {
    TransferAnswer::Unknown { why: "time-out".into() }
}

fn refused(kind: Refusal) -> TransferAnswer {
    TransferAnswer::Refused { kind, words: "words".into() }
}

/// Where a doubt came to, when, and at which moments it asked.
struct Journey {
    end: String,
    ended: u64,
    questions: Vec<u64>,
}

/// Drives one doubt until something is recorded or sent, or `until`.
fn drive(mut payout: Payout, world: &World, until: u64) -> Journey {
    if let Some(standing) = world.standing {
        let order = ByOrder { who: "finance".into(), reason: "wrong".into() };
        payout.apply(&Event::Ordered { standing: Some(standing), order }, Wall(0)).unwrap();
    }
    let policy = policy(world.retry);
    let mut control = Control { reference: world.has_control.then(|| "C".to_string()), ..Control::default() };
    let (mut now, mut questions) = (2, Vec::new());
    while now < until {
        let moment = Moment { wall: wall(now), boot: at(now) };
        let house = House { policy: &policy, stop: None, fitness: &world.fitness, control: &control, now: moment };
        let action = decide_doubt(&payout, &house, &Gate::Open, world.cover, false, Wall(0));
        let token = now / TOKEN_LIFE + 1;
        match action {
            Action::Ask => {
                questions.push(now);
                let (answer, status) = (world.says)(now);
                let (asked, ended) = (at(now), at(now + world.latency));
                now = ended.ms;
                let event = Event::Asked { attempt: 1, asked, ended, token, answer, raw: raw(status) };
                payout.apply(&event, wall(now)).unwrap();
            }
            Action::AskControl => {
                questions.push(now);
                let asked = at(now);
                now += world.latency;
                if world.control {
                    control.seen = Some(Negative { asked, token, heard: at(now) });
                } else {
                    control.failed = Some(asked);
                }
            }
            Action::Wait(Wait::Until(then)) => {
                assert!(then.ms > now, "it waits for what is past: a busy loop");
                now = then.ms;
            }
            Action::Wait(_) => now += 5 * SECOND,
            Action::SendAgain(proof) => {
                return Journey { end: format!("send {}", proof.attempt() + 1), ended: now, questions };
            }
            Action::Record(event) => {
                payout.apply(&event, wall(now)).expect("what is decided can follow");
                let end = match &*event {
                    Event::Held { reason, .. } => format!("held {reason:?}"),
                    other => other.kind().to_string(),
                };
                return Journey { end, ended: now, questions };
            }
            Action::Check | Action::SendFirst => panic!("a doubt is not new"),
        }
    }
    Journey { end: "still in doubt".to_string(), ended: now, questions }
}

/// The most questions within any hour.
fn busiest_hour(questions: &[u64]) -> usize {
    let within = |from: u64| questions.iter().filter(|at| (from..from + HOUR).contains(*at)).count();
    questions.iter().map(|from| within(*from)).max().unwrap_or(0)
}

#[test]
fn a_doubt_that_is_not_found_is_sent_again_however_slow_the_answers() {
    for latency in [1, 200, 3_000, 6_000, 9_000, 11_000, 15_000, 20_000] {
        let journey = drive(in_doubt(lost()), &World { latency, ..kind() }, 48 * HOUR);
        assert_eq!(journey.end, "send 2", "answers after {latency} ms");
        assert!(journey.ended >= GRACE && journey.ended < GRACE + HOUR / 6, "{latency} ms: at {}", journey.ended);
        assert!(busiest_hour(&journey.questions) < 30, "{latency} ms: {:?}", journey.questions);
    }
}

/// World, Transfert's answer, where it ends.
type Road = (&'static str, World, TransferAnswer, &'static str);

#[test]
fn every_doubt_ends_somewhere_and_none_asks_in_a_busy_loop() {
    let short = Cover::Short(Amount::from_centimes(1));
    let never = || TransferAnswer::NeverLeft { why: "no connection".into() };
    let paid = |_| (StatusAnswer::Successful, Some(200));
    let repeats = |_| (StatusAnswer::RefusalRepeated { words: "full".into() }, Some(403));
    // Now this, now that, out of step with the questions.
    let flapping = |now: u64| if (now / 47_000).is_multiple_of(2) { not_found(now) } else { error(now) };
    let hold = Some(StandingOrder::Hold);
    let cancel = Some(StandingOrder::Cancel);
    let roads: Vec<Road> = vec![
        ("not found", kind(), lost(), "send 2"),
        ("not found, policy holds", World { retry: false, ..kind() }, lost(), "held NotFoundHold"),
        ("not found, a cancel stands", World { standing: cancel, ..kind() }, lost(), "cancelled"),
        ("not found, a hold stands", World { standing: hold, ..kind() }, lost(), "held AskedTooLong"),
        ("not found, no money", World { cover: short, ..kind() }, lost(), "held AskedTooLong"),
        ("not found, a storm", World { fitness: Fitness::Storm, ..kind() }, lost(), "held AskedTooLong"),
        ("now and then an error", World { says: flapping, ..kind() }, lost(), "send 2"),
        ("the control fails", World { control: false, ..kind() }, lost(), "held AskedTooLong"),
        ("no control", World { has_control: false, ..kind() }, lost(), "held AskedTooLong"),
        ("only errors", World { says: error, ..kind() }, lost(), "held AskedTooLong"),
        ("unknown words", World { says: pending, ..kind() }, lost(), "held AskedTooLong"),
        ("no answers at all", World { says: nothing, ..kind() }, lost(), "still in doubt"),
        ("successful", World { says: paid, ..kind() }, lost(), "paid"),
        ("successful after a refusal", World { says: paid, ..kind() }, refused(Refusal::Decline), "held Contradiction"),
        ("successful after another refusal", World { says: paid, ..kind() }, refused(Refusal::Payee), "paid"),
        ("successful, but never left", World { says: paid, ..kind() }, never(), "held PaidByWhom"),
        ("the refusal repeated", World { says: repeats, ..kind() }, lost(), "declined"),
        ("refused, not found", kind(), refused(Refusal::Decline), "declined"),
        ("refused in other words, not found", kind(), refused(Refusal::Payee), "declined"),
        ("refused unclearly, not found", kind(), refused(Refusal::Unclear), "held RefusalUnclear"),
        ("too little money, not found", kind(), refused(Refusal::Shortage), "send 2"),
        ("401, not found", kind(), refused(Refusal::Token), "send 2"),
        ("refused, only errors", World { says: error, ..kind() }, refused(Refusal::Decline), "held AskedTooLong"),
        ("another echo", kind(), TransferAnswer::PaidOther { why: "x".into() }, "held EchoDiffers"),
        ("a known transaction", kind(), TransferAnswer::Paid { transaction: "1".into() }, "held EchoDiffers"),
    ];
    for (name, world, answer, end) in roads {
        for latency in [1, 7_000, 19_000] {
            let journey = drive(in_doubt(answer.clone()), &World { latency, ..world.clone() }, 30 * HOUR);
            assert_eq!(journey.end, end, "{name}, answers after {latency} ms");
            let most = busiest_hour(&journey.questions);
            assert!(most <= MOST_QUESTIONS_AN_HOUR, "{name}, answers after {latency} ms: {most} questions an hour");
        }
    }
}

#[test]
fn asking_ends_in_a_hold_once_moncash_was_reachable_for_ask_for() {
    let journey = drive(in_doubt(lost()), &World { says: error, ..kind() }, 48 * HOUR);
    assert_eq!(journey.end, "held AskedTooLong");
    assert!((24 * HOUR..25 * HOUR).contains(&journey.ended), "{}", journey.ended);
}

#[test]
fn a_call_that_never_left_is_sent_again_at_once() {
    let journey = drive(in_doubt(TransferAnswer::NeverLeft { why: "no connection".into() }), &kind(), HOUR);
    assert_eq!((journey.end.as_str(), journey.questions.len()), ("send 2", 1));
    assert!(journey.ended < SECOND);
}

#[test]
fn a_reference_that_moncash_called_paid_is_not_sent_after_ask_again() {
    let by = ByOrder { who: "finance".into(), reason: "look again".into() };
    let held = hold_of(HeldReason::ReferenceUsedBefore, MayHaveBeenPaid::Yes);
    for (says, end) in [(not_found as fn(u64) -> _, "held Contradiction"), (error, "held AskedTooLong")] {
        let mut payout = payout();
        payout.apply(&held, Wall(0)).unwrap();
        payout.apply(&Event::Reopened { order: by.clone(), at: at(1) }, Wall(0)).unwrap();
        assert_eq!(drive_attempt_zero(payout, &World { says, ..kind() }), end);
    }
}

fn hold_of(reason: HeldReason, money: MayHaveBeenPaid) -> Event {
    Event::Held { reason, money, detail: "".into(), raw: None, order: None }
}

/// As [`drive`], for a send that the ledger may have forgotten: its questions name attempt 0.
fn drive_attempt_zero(mut payout: Payout, world: &World) -> String {
    let policy = policy(true);
    let control = Control { reference: Some("C".into()), ..Control::default() };
    let mut now = 2;
    while now < 48 * HOUR {
        let moment = Moment { wall: wall(now), boot: at(now) };
        let house = House { policy: &policy, stop: None, fitness: &world.fitness, control: &control, now: moment };
        match decide_doubt(&payout, &house, &Gate::Open, world.cover, false, Wall(0)) {
            Action::Ask => {
                let (answer, status) = (world.says)(now);
                let (asked, ended) = (at(now), at(now + world.latency));
                now = ended.ms;
                let event = Event::Asked { attempt: 0, asked, ended, token: 1, answer, raw: raw(status) };
                payout.apply(&event, wall(now)).unwrap();
            }
            Action::Wait(Wait::Until(then)) => now = then.ms,
            Action::Record(event) => match *event {
                Event::Held { reason, .. } => return format!("held {reason:?}"),
                other => return other.kind().to_string(),
            },
            other => return format!("{other:?}"),
        }
    }
    "still in doubt".to_string()
}

#[test]
fn a_cancelled_row_whose_reference_is_paid_is_held_and_not_offered_for_a_retry() {
    let order = ByOrder { who: "finance".into(), reason: "wrong file".into() };
    let policy = policy(true);
    let moment = Moment { wall: Wall(0), boot: at(2) };
    let control = Control::default();
    let house = House { policy: &policy, stop: None, fitness: &Fitness::Clear, control: &control, now: moment };
    let decide = |checked| {
        decide_queued(&payout(), &house, &Gate::Cancelled(order.clone()), &checked, Cover::Yes, true, Wall(0))
    };
    assert!(matches!(decide(Checked::Used), Action::Record(event)
        if matches!(*event, Event::Held { reason: HeldReason::ReferenceUsedBefore, money: MayHaveBeenPaid::Yes, .. })));
    assert_eq!(decide(Checked::UnderWay), Action::Wait(Wait::Reply));
    assert!(matches!(decide(Checked::NotYet), Action::Record(event) if matches!(*event, Event::Cancelled { .. })));
}

/// One row for each way in which MonCash can have said paid.
#[test]
fn what_was_called_paid_is_paid_by_us_or_a_person_looks() {
    let by = |reason: HeldReason, money| format!("held {reason:?}, paid? {money:?}");
    let contradiction = by(HeldReason::Contradiction, MayHaveBeenPaid::Unknown);
    let (echo, whom) = (HeldReason::EchoDiffers, HeldReason::PaidByWhom);
    let (echo, whom) = (by(echo, MayHaveBeenPaid::Yes), by(whom, MayHaveBeenPaid::Yes));
    let never = || TransferAnswer::NeverLeft { why: "no connection".into() };
    let (paid, other) =
        (TransferAnswer::Paid { transaction: "1".into() }, TransferAnswer::PaidOther { why: "x".into() });
    let status = "paid by status".to_string();
    for (name, answer, first_was_lost, says) in [
        ("lost", lost(), false, &status),
        ("refused: decline list", refused(Refusal::Decline), false, &contradiction),
        ("refused: decline list, attempt 2", refused(Refusal::Decline), true, &status),
        ("refused: other words", refused(Refusal::Payee), false, &status),
        ("never left", never(), false, &whom),
        ("never left, attempt 2", never(), true, &status),
        ("another echo", other, false, &echo),
        ("a known transaction", paid, false, &echo),
    ] {
        let mut payout = in_doubt(if first_was_lost { lost() } else { answer.clone() });
        if first_was_lost {
            let basis = Basis::Proven { grace_ms: GRACE, not_found: 3, control: "C".into() };
            payout.apply(&Event::Sent { attempt: 2, at: at(2), basis }, Wall(0)).unwrap();
            payout.apply(&Event::Answered { attempt: 2, at: at(3), answer, raw: raw(None) }, Wall(0)).unwrap();
        }
        let (attempt, answer) = (payout.attempts, StatusAnswer::Successful);
        let asked = Event::Asked { attempt, asked: at(4), ended: at(5), token: 1, answer, raw: raw(Some(200)) };
        payout.apply(&asked, Wall(0)).unwrap();
        let event = settle_said_paid(payout.doubt().unwrap()).expect(name);
        payout.apply(&event, Wall(0)).expect("what is settled can follow");
        let settled = match event {
            Event::Held { reason, money, .. } => by(reason, money),
            Event::Paid { by, .. } => format!("paid by {}", by.word()),
            other => other.kind().to_string(),
        };
        assert_eq!(settled, *says, "{name}");
    }
}
