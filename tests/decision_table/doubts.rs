//! Payouts in doubt: which attempt, what became of its call, what the status call said since.
//!
//! Must never: make a doubt in any other way than by the events that lead there.

use super::rows::{AFTER, END, GRACE, MINUTE, at, order, transfer_answers};
use payoutd::payout::evidence::{Control, StatusAnswer, TransferAnswer};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payout::state::{Basis, BatchId, Event, Negative, Payout, PayoutId, Raw, StandingOrder};

pub fn payout(retry_of: Option<&str>) -> Payout {
    let instruction = Instruction {
        reference: Reference::parse("PAY-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(100_000),
        description: String::new(),
        retry_of: retry_of.map(|reference| Reference::parse(reference).unwrap()),
    };
    Payout::admitted(PayoutId(1), BatchId(1), 2, instruction)
}

pub fn raw(status: Option<u16>) -> Raw {
    Raw { status, text: String::new(), ms: 1 }
}

fn wall(ms: u64) -> Wall {
    Wall(i64::try_from(ms).unwrap())
}

/// Which attempt is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    First,
    FirstUnchecked,
    /// MonCash called it paid in another process.
    FirstSaidPaid,
    SecondAfterLost,
    SecondAfterNeverLeft,
    Last,
    /// The ledger may have forgotten a send.
    Forgotten,
    ForgottenRetry,
}

pub const ATTEMPTS: [(&str, Attempt); 8] = [
    ("attempt 1", Attempt::First),
    ("attempt 1, not checked first", Attempt::FirstUnchecked),
    ("attempt 1, said paid before the restart", Attempt::FirstSaidPaid),
    ("attempt 2, the first was lost", Attempt::SecondAfterLost),
    ("attempt 2, the first never left", Attempt::SecondAfterNeverLeft),
    ("attempt 3 of 3", Attempt::Last),
    ("perhaps forgotten", Attempt::Forgotten),
    ("perhaps forgotten, and it repeats another", Attempt::ForgottenRetry),
];

/// What became of the call.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    UnderWay,
    WithItsProcess,
    Answered(TransferAnswer),
}

pub fn ends() -> Vec<(&'static str, Ended)> {
    let answered = transfer_answers().into_iter().map(|(words, answer)| (words, Ended::Answered(answer)));
    let mut ends: Vec<(&'static str, Ended)> = answered.collect();
    ends.push(("process died with the call", Ended::WithItsProcess));
    ends.push(("call under way", Ended::UnderWay));
    ends
}

/// An answer of the status call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    Successful,
    NotFound,
    Repeated,
    /// Words that nobody knows, in a good answer.
    Pending,
    /// A gateway's 500: MonCash was reached.
    Error,
    Nothing,
}

/// What the status call said so far, and when now is.
pub struct Inquiry {
    pub name: &'static str,
    pub now: u64,
    pub asked: Vec<(u64, Said)>,
    pub control: Option<u64>,
    pub token_of_control: u64,
    pub control_failed: Option<u64>,
}

pub fn inquiries() -> Vec<Inquiry> {
    use Said::{Error, NotFound, Nothing, Pending, Repeated, Successful};
    let make = |name, now, asked: &[(u64, Said)], control| Inquiry {
        name,
        now,
        asked: asked.to_vec(),
        control,
        token_of_control: 1,
        control_failed: None,
    };
    let three = [(AFTER + 1, NotFound), (AFTER + 30_000, NotFound), (AFTER + 61_000, NotFound)];
    let (early, late) = (END + MINUTE - 5_000, AFTER + 62_000);
    let proven = || make("grace over, 3 not found, control seen", late, &three, Some(AFTER + 60_500));
    let for_a_day: Vec<(u64, Said)> = (0..80).map(|n| (END + n * 19 * MINUTE, Error)).collect();
    vec![
        make("never asked", END + 1, &[], None),
        make("in grace, asked 5 s ago: no answer", END + MINUTE, &[(early, Nothing)], None),
        make("in grace, 1 not found, 5 s ago", END + MINUTE, &[(early, NotFound)], None),
        make("in grace, refusal repeated 5 s ago", END + MINUTE, &[(early, Repeated)], None),
        make("in grace, successful, 5 s ago", END + MINUTE, &[(early, Successful)], None),
        make(
            "in grace, 3 not found, control seen",
            END + 29 * MINUTE,
            &[(END + 20 * MINUTE, NotFound), (END + 28 * MINUTE, NotFound), (END + 29 * MINUTE - 1_000, NotFound)],
            Some(END + 29 * MINUTE),
        ),
        make(
            "grace over, 3 not found but all before",
            AFTER + 1,
            &[(AFTER - 9 * MINUTE, NotFound), (AFTER - 5 * MINUTE, NotFound), (AFTER - 1_000, NotFound)],
            Some(AFTER + 1),
        ),
        make(
            "grace over, 2 not found since",
            AFTER + 31_000,
            &[(AFTER + 1, NotFound), (AFTER + 30_500, NotFound)],
            Some(AFTER + 30_000),
        ),
        make("grace over, 3 not found, nothing to control by", late, &three, None),
        make("grace over, 3 not found, control not asked", late, &three, Some(0)),
        Inquiry {
            control_failed: Some(late - 5_000),
            ..make("grace over, 3 not found, control failed 5 s ago", late, &three, Some(0))
        },
        Inquiry {
            token_of_control: 2,
            ..make("grace over, 3 not found, control seen with another token", late, &three, Some(AFTER + 60_500))
        },
        proven(),
        Inquiry { now: AFTER + 73_000, name: "the same, 11 s later", ..proven() },
        make("grace over, 3 not found, control seen after the last", late, &three, Some(AFTER + 61_500)),
        make(
            "grace over, 3 not found, control seen before the first",
            AFTER + 40_000,
            &[(AFTER + 1_000, NotFound), (AFTER + 20_000, NotFound), (AFTER + 39_000, NotFound)],
            Some(AFTER + 1),
        ),
        make(
            "grace over, 3 not found, then unknown words",
            AFTER + 63_000,
            &[three[0], three[1], three[2], (late, Pending)],
            Some(AFTER + 60_500),
        ),
        make("grace over, refusal repeated once", AFTER + 1_000, &[(AFTER + 1, Repeated)], Some(AFTER + 900)),
        make(
            "grace over, refusal repeated 3 times",
            late,
            &[(AFTER + 1, Repeated), (AFTER + 30_000, Repeated), (AFTER + 61_000, Repeated)],
            Some(AFTER + 60_500),
        ),
        make("asked for 24 h, only errors", END + 80 * 19 * MINUTE, &for_a_day, None),
    ]
}

fn send(payout: &mut Payout, attempt: u32, basis: Basis) {
    let event = Event::Sent { attempt, at: at(END - 1_000), basis };
    payout.apply(&event, wall(END)).unwrap();
}

fn answer(payout: &mut Payout, answer: TransferAnswer) {
    let attempt = payout.attempts;
    let event = Event::Answered { attempt, at: at(END), answer, raw: raw(None) };
    payout.apply(&event, wall(END)).unwrap();
}

pub fn asked(attempt: u32, when: u64, answer: StatusAnswer, status: Option<u16>) -> Event {
    Event::Asked { attempt, asked: at(when), ended: at(when + 1), token: 1, answer, raw: raw(status) }
}

/// A payout in doubt, or `None` where an attempt cannot have ended so.
pub fn in_doubt(attempt: Attempt, ended: &Ended, standing: Option<StandingOrder>) -> Option<Payout> {
    let checked = || Basis::CheckedFirst { answers: vec![raw(Some(404))] };
    let proven = || Basis::Proven { grace_ms: GRACE, not_found: 3, control: "C".into() };
    let lost = || TransferAnswer::Unknown { why: "lost".into() };
    let never_left = || TransferAnswer::NeverLeft { why: "no connection".into() };
    let mut payout = payout((attempt == Attempt::ForgottenRetry).then_some("OLD"));
    match attempt {
        Attempt::First => send(&mut payout, 1, checked()),
        Attempt::FirstUnchecked => send(&mut payout, 1, Basis::Unchecked),
        Attempt::FirstSaidPaid => {
            send(&mut payout, 1, checked());
            payout.apply(&asked(1, END - 500, StatusAnswer::Successful, Some(200)), wall(END)).unwrap();
            payout.doubt_mut().unwrap().inquiry = Default::default();
        }
        Attempt::SecondAfterLost | Attempt::SecondAfterNeverLeft => {
            send(&mut payout, 1, checked());
            let first_lost = attempt == Attempt::SecondAfterLost;
            answer(&mut payout, if first_lost { lost() } else { never_left() });
            send(&mut payout, 2, if first_lost { proven() } else { Basis::NeverLeft });
        }
        Attempt::Last => {
            send(&mut payout, 1, checked());
            for next in 2..=3 {
                answer(&mut payout, lost());
                send(&mut payout, next, proven());
            }
        }
        Attempt::Forgotten | Attempt::ForgottenRetry => {
            let event = Event::Suspected { why: "an older copy".into(), at: at(END) };
            payout.apply(&event, wall(END)).unwrap();
            // Nobody knows of a call.
            if *ended != Ended::WithItsProcess {
                return None;
            }
        }
    }
    match ended {
        Ended::UnderWay => {}
        Ended::WithItsProcess => payout.doubt_mut().unwrap().inherit(at(END)),
        Ended::Answered(said) => answer(&mut payout, said.clone()),
    }
    if standing.is_some() {
        payout.apply(&Event::Ordered { standing, order: order() }, wall(END)).unwrap();
    }
    Some(payout)
}

/// What the status call said, heard.
pub fn hear(payout: &mut Payout, inquiry: &Inquiry) -> Control {
    let attempt = payout.attempts;
    for (when, said) in &inquiry.asked {
        let (answer, status) = match said {
            Said::Successful => (StatusAnswer::Successful, Some(200)),
            Said::NotFound => (StatusAnswer::NotFound, Some(404)),
            Said::Repeated => (StatusAnswer::RefusalRepeated { words: "Maximum Account Balance".into() }, Some(403)),
            Said::Pending => (StatusAnswer::Unknown { why: "transStatus".into() }, Some(200)),
            Said::Error => (StatusAnswer::Unknown { why: "HTTP 500".into() }, Some(500)),
            Said::Nothing => (StatusAnswer::Unknown { why: "lost".into() }, None),
        };
        payout.apply(&asked(attempt, *when, answer, status), wall(*when)).unwrap();
    }
    let seen = inquiry.control.filter(|asked| *asked > 0).map(|asked| Negative {
        asked: at(asked),
        token: inquiry.token_of_control,
        heard: at(asked + 1),
    });
    let failed = inquiry.control_failed.map(at);
    Control { reference: inquiry.control.map(|_| "C".to_string()), seen, failed }
}
