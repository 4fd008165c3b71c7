//! The decision table: every state × answer × time, against every weather, fund and stop, with
//! what is done next. Regenerated here and compared with `tests/decisions.txt`, which a person can
//! read. `UPDATE_DECISIONS=1 cargo test --test library decision_table::` writes it anew; read the difference
//! as if it were money.

use payoutd::payout::batch::Gate;
use payoutd::payout::decide::{Action, House, Policy, Stop, Wait, decide_doubt, decide_queued};
use payoutd::payout::evidence::{Control, ProofRules, Refusal, StatusAnswer, TransferAnswer};
use payoutd::payout::funds::Cover;
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use payoutd::payout::money::Amount;
use payoutd::payout::precheck::Checked;
use payoutd::payout::state::{
    Basis, BatchId, ByOrder, Event, HeldReason, MayHaveBeenPaid, Negative, Payout, PayoutId, Raw, StandingOrder,
};
use payoutd::payout::weather::Fitness;
use std::fmt::Write;
use std::time::Duration;

const MINUTE: u64 = 60_000;
/// The call of every doubt here ended at this moment.
const END: u64 = 100 * MINUTE;
const GRACE: u64 = 30 * MINUTE;

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 7, ms }
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

fn raw(status: Option<u16>) -> Raw {
    Raw { status, text: String::new(), ms: 1 }
}

fn order() -> ByOrder {
    ByOrder { who: "finance".into(), reason: "wrong file".into() }
}

/// The outside world, one column each.
struct Outside {
    name: &'static str,
    cover: Cover,
    fitness: Fitness,
    stop: Option<Stop>,
}

fn outsides() -> Vec<Outside> {
    let short = Cover::Short(Amount::from_centimes(5));
    let words = || "no".to_string();
    let make = |name, cover, fitness, stop| Outside { name, cover, fitness, stop };
    vec![
        make("all clear", Cover::Yes, Fitness::Clear, None),
        make("money short", short, Fitness::Clear, None),
        make("no reading", Cover::Unknown, Fitness::Clear, None),
        make("throttled", Cover::Yes, Fitness::Throttled { until: at(u64::MAX / 2) }, None),
        make("storm", Cover::Yes, Fitness::Storm, None),
        make("status blind", Cover::Yes, Fitness::StatusBlind, None),
        make("account refused", Cover::Yes, Fitness::AccountRefused { words: words() }, None),
        make("equal refusals", Cover::Yes, Fitness::EqualRefusals { words: words() }, None),
        make("paused", Cover::Yes, Fitness::Clear, Some(Stop::Paused)),
        make("ledger suspect", Cover::Yes, Fitness::Clear, Some(Stop::Suspect)),
    ]
}

fn word(action: &Action) -> String {
    match action {
        Action::Wait(wait) => match wait {
            Wait::Approval => "wait: approval".into(),
            Wait::BatchHold | Wait::HoldOrder => "wait: hold".into(),
            Wait::StartTime(_) => "wait: start".into(),
            Wait::Stopped(_) => "wait: stopped".into(),
            Wait::Weather => "wait: weather".into(),
            Wait::FundsUnknown => "wait: reading".into(),
            Wait::Funds { .. } => "wait: money".into(),
            Wait::Reply => "wait: reply".into(),
            Wait::Control => "wait: control".into(),
            Wait::Until(_) => "wait: later".into(),
        },
        Action::Check => "CHECK FIRST".into(),
        Action::SendFirst => "SEND 1".into(),
        Action::SendAgain(proof) => format!("SEND {}", proof.attempt() + 1),
        Action::Ask => "ask status".into(),
        Action::AskControl => "ask control".into(),
        Action::Record(event) => match &**event {
            Event::Held { reason, money, .. } => format!("HOLD {reason:?}, paid? {}", money.word()),
            Event::Declined { .. } => "DECLINED".into(),
            Event::Cancelled { money, .. } => format!("CANCELLED, paid? {}", money.word()),
            Event::Paid { by, .. } => format!("PAID by {}", by.word()),
            other => format!("{other:?}"),
        },
    }
}

/// What "waits for what is missing" stands for.
fn usual_wait(outside: &str) -> Option<&'static str> {
    Some(match outside {
        "money short" => "wait: money",
        "no reading" => "wait: reading",
        "throttled" => "wait: later",
        "storm" | "status blind" | "account refused" | "equal refusals" => "wait: weather",
        "paused" | "ledger suspect" => "wait: stopped",
        _ => return None,
    })
}

/// Prints one line for all columns that agree, or the columns apart.
fn line(out: &mut String, title: &str, cells: &[(&str, String)]) {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, cell) in cells {
        match groups.iter_mut().find(|(known, _)| known == cell) {
            Some((_, names)) => names.push(name),
            None => groups.push((cell.clone(), vec![name])),
        }
    }
    if let [(cell, _)] = groups.as_slice() {
        writeln!(out, "{title:<58} | whatever the weather | {cell}").unwrap();
        return;
    }
    let as_usual = cells.iter().skip(1).all(|(name, cell)| usual_wait(name) == Some(cell.as_str()));
    if as_usual {
        writeln!(out, "{title:<58} | all clear | {}", cells[0].1).unwrap();
        writeln!(out, "{:<58} | else | waits for what is missing", "").unwrap();
        return;
    }
    for (index, (cell, names)) in groups.iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        writeln!(out, "{title:<58} | {} | {cell}", names.join(", ")).unwrap();
    }
}

fn queued_table(out: &mut String) {
    let cancelled = Gate::Cancelled(order());
    let gates = [
        ("", Gate::Open),
        ("batch awaits approval, ", Gate::AwaitingApproval),
        ("batch on hold, ", Gate::OnHold),
        ("before start_after, ", Gate::NotBefore(Wall(i64::MAX))),
        ("batch cancelled, ", cancelled),
    ];
    let now = at(END);
    let checks = [
        ("not checked", Checked::NotYet),
        ("check under way", Checked::UnderWay),
        ("checked: not found", Checked::Clear { asked: at(END - 2_000) }),
        ("checked 181 s ago: not found", Checked::Clear { asked: at(END - 181_000) }),
        ("checked: paid already", Checked::Used),
        ("checked: refused before", Checked::Refused),
        ("checked: ancestor not certainly unpaid", Checked::Ancestor { reference: "OLD".into() }),
        ("checked: no certain answer", Checked::Unclear { asked: at(END - 2_000) }),
        ("checked 31 s ago: no certain answer", Checked::Unclear { asked: at(END - 31_000) }),
    ];
    let day = 24 * 3_600_000;
    for (gate_name, gate) in &gates {
        for (check_name, checked) in &checks {
            // A shut gate is shown with the three checks that differ under it.
            let differs = matches!(checked, Checked::NotYet | Checked::UnderWay | Checked::Used);
            if *gate != Gate::Open && !differs {
                continue;
            }
            for (age_name, age) in [("", 1), (", queued for 3 days", 3)] {
                let cells: Vec<(&str, String)> = outsides()
                    .iter()
                    .map(|outside| {
                        let policy = policy(true);
                        let house = House {
                            policy: &policy,
                            stop: outside.stop,
                            fitness: &outside.fitness,
                            control: &Control::default(),
                            now: Moment { wall: Wall(10 * day), boot: now },
                        };
                        let since = Wall((10 - age) * day);
                        let action = decide_queued(&payout(), &house, gate, checked, outside.cover, true, since);
                        (outside.name, word(&action))
                    })
                    .collect();
                line(out, &format!("{gate_name}{check_name}{age_name}"), &cells);
            }
        }
    }
}

/// An answer of the status call.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Successful,
    NotFound,
    Repeated,
    Nothing,
}

/// What the status call said so far, and when now is.
struct Inquiry {
    name: &'static str,
    now: u64,
    /// When asked, and what was said.
    asked: &'static [(u64, Said)],
    control: Option<u64>,
    token_of_control: u64,
}

const AFTER: u64 = END + GRACE;
const INQUIRIES: [Inquiry; 16] = [
    Inquiry { name: "never asked", now: END + 1, asked: &[], control: None, token_of_control: 1 },
    Inquiry {
        name: "in grace, asked 5 s ago: no answer",
        now: END + MINUTE,
        asked: &[(END + MINUTE - 5_000, Said::Nothing)],
        control: None,
        token_of_control: 1,
    },
    Inquiry {
        name: "in grace, 1 not found, 5 s ago",
        now: END + MINUTE,
        asked: &[(END + MINUTE - 5_000, Said::NotFound)],
        control: None,
        token_of_control: 1,
    },
    Inquiry {
        name: "in grace, successful, 5 s ago",
        now: END + MINUTE,
        asked: &[(END + MINUTE - 5_000, Said::Successful)],
        control: None,
        token_of_control: 1,
    },
    Inquiry {
        name: "in grace, 3 not found, control seen",
        now: END + 29 * MINUTE,
        asked: &[
            (END + 20 * MINUTE, Said::NotFound),
            (END + 28 * MINUTE, Said::NotFound),
            (END + 29 * MINUTE - 1_000, Said::NotFound),
        ],
        control: Some(END + 29 * MINUTE),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found but all before",
        now: AFTER + 1,
        asked: &[
            (AFTER - 9 * MINUTE, Said::NotFound),
            (AFTER - 5 * MINUTE, Said::NotFound),
            (AFTER - 1_000, Said::NotFound),
        ],
        control: Some(AFTER + 1),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 2 not found since",
        now: AFTER + 31_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_500, Said::NotFound)],
        control: Some(AFTER + 30_000),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found, nothing to control by",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: None,
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found, control not asked",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: Some(0),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found, control seen with another token",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: Some(AFTER + 60_500),
        token_of_control: 2,
    },
    Inquiry {
        name: "grace over, 3 not found, control seen",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: Some(AFTER + 60_500),
        token_of_control: 1,
    },
    Inquiry {
        name: "the same, 11 s later",
        now: AFTER + 73_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: Some(AFTER + 60_500),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found, control seen after the last",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::NotFound), (AFTER + 30_000, Said::NotFound), (AFTER + 61_000, Said::NotFound)],
        control: Some(AFTER + 61_500),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, 3 not found, control seen before the first",
        now: AFTER + 40_000,
        asked: &[(AFTER + 1_000, Said::NotFound), (AFTER + 20_000, Said::NotFound), (AFTER + 39_000, Said::NotFound)],
        control: Some(AFTER + 1),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, refusal repeated once",
        now: AFTER + 1_000,
        asked: &[(AFTER + 1, Said::Repeated)],
        control: Some(AFTER + 900),
        token_of_control: 1,
    },
    Inquiry {
        name: "grace over, refusal repeated 3 times",
        now: AFTER + 62_000,
        asked: &[(AFTER + 1, Said::Repeated), (AFTER + 30_000, Said::Repeated), (AFTER + 61_000, Said::Repeated)],
        control: Some(AFTER + 60_500),
        token_of_control: 1,
    },
];

fn answers() -> Vec<(&'static str, Option<TransferAnswer>)> {
    let refused = |kind| Some(TransferAnswer::Refused { kind, words: "words".into() });
    vec![
        ("process died with the call", None),
        ("no answer", Some(TransferAnswer::Unknown { why: "time-out".into() })),
        ("never left", Some(TransferAnswer::NeverLeft { why: "no connection".into() })),
        ("paid, but another echo", Some(TransferAnswer::PaidOther { why: "amount".into() })),
        ("refused: decline list", refused(Refusal::Decline)),
        ("refused: other words", refused(Refusal::Payee)),
        ("refused: too little money", refused(Refusal::Shortage)),
        ("refused: our account", refused(Refusal::Account)),
        ("refused: 429", refused(Refusal::TooMany)),
        ("refused: 401", refused(Refusal::Token)),
        ("refused: unclear", refused(Refusal::Unclear)),
    ]
}

fn in_doubt(attempt: u32, answer: &Option<TransferAnswer>, inquiry: &Inquiry) -> (Payout, Control) {
    let mut payout = payout();
    let wall = |ms: u64| Wall(ms as i64);
    for n in 1..=attempt {
        let basis = match n {
            1 => Basis::CheckedFirst { answers: vec![raw(Some(404))] },
            _ => Basis::Proven { grace_ms: GRACE, not_found: 3, control: "C".into() },
        };
        payout.apply(&Event::Sent { attempt: n, at: at(END - 1_000), basis }, wall(END)).unwrap();
        let answer = if n < attempt { Some(TransferAnswer::Unknown { why: "lost".into() }) } else { answer.clone() };
        match answer {
            Some(answer) => {
                payout.apply(&Event::Answered { attempt: n, at: at(END), answer, raw: raw(None) }, wall(END)).unwrap()
            }
            None => payout.doubt_mut().unwrap().inherit(at(END)),
        }
    }
    for (asked, said) in inquiry.asked {
        let (answer, status) = match said {
            Said::Successful => (StatusAnswer::Successful, Some(200)),
            Said::NotFound => (StatusAnswer::NotFound, Some(404)),
            Said::Repeated => (StatusAnswer::RefusalRepeated { words: "Maximum Account Balance".into() }, Some(403)),
            Said::Nothing => (StatusAnswer::Unknown { why: "lost".into() }, None),
        };
        let event =
            Event::Asked { attempt, asked: at(*asked), ended: at(*asked + 1), token: 1, answer, raw: raw(status) };
        payout.apply(&event, wall(*asked)).unwrap();
    }
    let seen = inquiry.control.filter(|asked| *asked > 0).map(|asked| Negative {
        asked: at(asked),
        token: inquiry.token_of_control,
        heard: at(asked + 1),
    });
    let control = Control { reference: inquiry.control.map(|_| "C".to_string()), seen, failed: None };
    (payout, control)
}

fn doubt_table(out: &mut String, attempt: u32, retry: bool, standing: Option<StandingOrder>) {
    for (answer_name, answer) in answers() {
        for inquiry in &INQUIRIES {
            let (mut payout, control) = in_doubt(attempt, &answer, inquiry);
            if let Some(standing) = standing {
                let event = Event::Ordered { standing: Some(standing), order: order() };
                payout.apply(&event, Wall(0)).unwrap();
            }
            let cells: Vec<(&str, String)> = outsides()
                .iter()
                .map(|outside| {
                    let policy = policy(retry);
                    let house = House {
                        policy: &policy,
                        stop: outside.stop,
                        fitness: &outside.fitness,
                        control: &control,
                        now: Moment { wall: Wall(0), boot: at(inquiry.now) },
                    };
                    (outside.name, word(&decide_doubt(&payout, &house, &Gate::Open, outside.cover, false, Wall(0))))
                })
                .collect();
            line(out, &format!("{answer_name}; {}", inquiry.name), &cells);
        }
    }
}

fn table() -> String {
    let mut out = String::from(
        "What payoutd does next, for every state, answer, time, weather and fund.\n\
         Made by tests/decision_table.rs from the code itself; compared at every test run.\n\
         Settings: grace 30 min, 3 \"not found\", ask_every 30 s, 3 attempts, queued_for 48 h.\n\
         \"waits for what is missing\": money short -> wait: money; no reading -> wait: reading; throttled -> wait: later;\n\
         storm, status blind, account refused, equal refusals -> wait: weather; paused, ledger suspect -> wait: stopped.\n\
         Capitals change something. Paid, declined and cancelled payouts are final: nothing is decided about them;\n\
         held ones wait for a person's order.\n",
    );
    let mut section = |title: &str, fill: &dyn Fn(&mut String)| {
        write!(out, "\n== {title}\n\n").unwrap();
        fill(&mut out);
    };
    section("queued, check_first on", &queued_table);
    section("in doubt, attempt 1, after_not_found = \"retry\"", &|out| doubt_table(out, 1, true, None));
    section("in doubt, attempt 1, after_not_found = \"hold\"", &|out| doubt_table(out, 1, false, None));
    section("in doubt, attempt 2, the first one was ambiguous", &|out| doubt_table(out, 2, true, None));
    section("in doubt, attempt 3 of 3", &|out| doubt_table(out, 3, true, None));
    section("in doubt, attempt 1, a cancel stands", &|out| doubt_table(out, 1, true, Some(StandingOrder::Cancel)));
    section("in doubt, attempt 1, a hold stands", &|out| doubt_table(out, 1, true, Some(StandingOrder::Hold)));
    out
}

#[test]
fn the_decision_table_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/decisions.txt");
    let made = table();
    if std::env::var_os("UPDATE_DECISIONS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    for (number, (made, committed)) in made.lines().zip(committed.lines()).enumerate() {
        assert_eq!(made, committed, "tests/decisions.txt, line {}", number + 1);
    }
    assert_eq!(made.lines().count(), committed.lines().count());
}

#[test]
fn nothing_is_sent_a_second_time_in_grace_or_without_a_control() {
    for attempt in 1..=2 {
        for (name, answer) in answers() {
            for inquiry in INQUIRIES.iter().filter(|i| i.name != "grace over, 3 not found, control seen") {
                let (payout, control) = in_doubt(attempt, &answer, inquiry);
                let policy = policy(true);
                let house = House {
                    policy: &policy,
                    stop: None,
                    fitness: &Fitness::Clear,
                    control: &control,
                    now: Moment { wall: Wall(0), boot: at(inquiry.now) },
                };
                let action = decide_doubt(&payout, &house, &Gate::Open, Cover::Yes, false, Wall(0));
                let never_left = name == "never left" && attempt == 1;
                assert!(never_left || !matches!(action, Action::SendAgain(_)), "{name}; {}", inquiry.name);
            }
        }
    }
}

#[test]
fn doubt_is_never_cancelled_or_declined_without_an_accepted_negative() {
    for (name, answer) in answers() {
        for inquiry in INQUIRIES.iter().filter(|i| !i.asked.iter().any(|(_, said)| *said != Said::Nothing)) {
            for standing in [None, Some(StandingOrder::Cancel), Some(StandingOrder::Hold)] {
                let (mut payout, control) = in_doubt(1, &answer, inquiry);
                if standing.is_some() {
                    payout.apply(&Event::Ordered { standing, order: order() }, Wall(0)).unwrap();
                }
                let policy = policy(true);
                let house = House {
                    policy: &policy,
                    stop: None,
                    fitness: &Fitness::Clear,
                    control: &control,
                    now: Moment { wall: Wall(0), boot: at(inquiry.now) },
                };
                match decide_doubt(&payout, &house, &Gate::Open, Cover::Yes, false, Wall(0)) {
                    Action::Record(event) => assert!(
                        matches!(
                            *event,
                            Event::Held { reason: HeldReason::EchoDiffers, money: MayHaveBeenPaid::Yes, .. }
                        ),
                        "{name}; {}: {event:?}",
                        inquiry.name
                    ),
                    _ => continue,
                }
            }
        }
    }
}
