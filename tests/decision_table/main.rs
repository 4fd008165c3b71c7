//! The decision table: the full product of states, answers, waits and orders, with what is done next, and
//! what every answer and order leads to. Regenerated here and compared with `tests/decisions.txt`, which a
//! person can read: what ends the same shares a line. `UPDATE_DECISIONS=1 cargo test --test library decision_table::`
//! writes it anew; read the difference as if it were money.
//!
//! Must never: leave a variant out (`rows.rs` does not compile then).

mod doubts;
mod heard;
mod rows;
mod tree;

use doubts::{ATTEMPTS, Attempt, Ended, Said, ends, in_doubt, inquiries, payout};
use payoutd::payout::batch::Gate;
use payoutd::payout::decide::{Action, House, Policy, Wait, decide_doubt, decide_queued};
use payoutd::payout::evidence::{Control, ProofRules, TransferAnswer};
use payoutd::payout::funds::Cover;
use payoutd::payout::moment::{Moment, Wall};
use payoutd::payout::state::{Event, HeldReason, MayHaveBeenPaid, Payout};
use payoutd::payout::weather::Fitness;
use rows::{DAY, END, GRACE, at, words};
use std::fmt::Write;
use std::time::Duration;
use tree::{Node, Values, product};

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

fn word(action: &Action) -> String {
    match action {
        Action::Wait(wait) => match wait {
            Wait::Approval => "wait: approval",
            Wait::BatchHold => "wait: batch on hold",
            Wait::HoldOrder => "wait: hold",
            Wait::StartTime(_) => "wait: start",
            Wait::Stopped(_) => "wait: stopped",
            Wait::Weather => "wait: weather",
            Wait::FundsUnknown => "wait: reading",
            Wait::Funds { .. } => "wait: money",
            Wait::Reply => "wait: reply",
            Wait::Control => "wait: control",
            Wait::Until(_) => "wait: later",
        }
        .to_string(),
        Action::Check => "CHECK FIRST".to_string(),
        Action::SendFirst => "SEND 1".to_string(),
        Action::SendAgain(proof) => format!("SEND {}", proof.attempt() + 1),
        Action::Ask => "ask status".to_string(),
        Action::AskControl => "ask control".to_string(),
        Action::Record(event) => told(event),
    }
}

/// An event, in words; in capitals where it settles something.
pub fn told(event: &Event) -> String {
    match event {
        Event::Held { reason, money, .. } => format!("HOLD {reason:?}, paid? {}", money.word()),
        Event::Declined { .. } => "DECLINED".to_string(),
        Event::Cancelled { money, .. } => format!("CANCELLED, paid? {}", money.word()),
        Event::Paid { by, .. } => format!("PAID by {}", by.word()),
        Event::Sent { .. }
        | Event::Answered { .. }
        | Event::Asked { .. }
        | Event::Released { .. }
        | Event::Reopened { .. }
        | Event::Suspected { .. } => event.kind().to_string(),
        Event::Ordered { standing, .. } => match standing {
            Some(standing) => format!("a {standing:?} stands").to_lowercase(),
            None => "no order stands any more".to_string(),
        },
    }
}

/// What is asked of the house for every payout alike: stop, weather, money.
type Outside = (Option<payoutd::payout::decide::Stop>, Fitness, Cover);

/// Stop × weather × money, and what a payout that only waits for them is told.
struct House3 {
    questions: Vec<Values>,
    cells: Vec<Outside>,
    usual: Vec<Option<&'static str>>,
}

impl House3 {
    fn new() -> House3 {
        let (stops, weathers, covers) = (rows::stops(), rows::weathers(), rows::covers());
        let mut cells = Vec::new();
        let mut usual = Vec::new();
        for (_, stop) in &stops {
            for (_, fitness) in &weathers {
                for (_, cover) in &covers {
                    cells.push((*stop, fitness.clone(), *cover));
                    usual.push(match (stop, fitness, cover) {
                        (Some(_), _, _) => Some("wait: stopped"),
                        (None, Fitness::Throttled { .. }, _) => Some("wait: later"),
                        (
                            None,
                            Fitness::Storm
                            | Fitness::StatusBlind
                            | Fitness::AccountRefused { .. }
                            | Fitness::EqualRefusals { .. },
                            _,
                        ) => Some("wait: weather"),
                        (None, Fitness::Clear | Fitness::Careful, Cover::Short(_)) => Some("wait: money"),
                        (None, Fitness::Clear | Fitness::Careful, Cover::Unknown) => Some("wait: reading"),
                        (None, Fitness::Clear | Fitness::Careful, Cover::Yes) => None,
                    });
                }
            }
        }
        House3 { questions: vec![words(&stops), words(&weathers), words(&covers)], cells, usual }
    }

    /// What is done under each, told short where it is what it usually is.
    fn tell(&self, decide: &mut dyn FnMut(&Outside) -> Action) -> Node {
        let outcomes: Vec<String> = self.cells.iter().map(|cell| word(&decide(cell))).collect();
        let first = outcomes.first().cloned().unwrap_or_default();
        if outcomes.iter().all(|outcome| *outcome == first) {
            return Node::Leaf(first);
        }
        let open: Vec<&String> =
            outcomes.iter().zip(&self.usual).filter(|(_, usual)| usual.is_none()).map(|(o, _)| o).collect();
        let usual = outcomes.iter().zip(&self.usual).all(|(outcome, usual)| usual.is_none_or(|usual| usual == outcome));
        if usual && open.iter().all(|outcome| **outcome == first) {
            return Node::Leaf(format!("{first}, once stops, weather and money allow"));
        }
        let sizes: Vec<usize> = self.questions.iter().map(Vec::len).collect();
        product(&self.questions, &mut |places| {
            let place = places.iter().zip(&sizes).fold(0, |place, (at, size)| place * size + at);
            Node::Leaf(outcomes[place].clone())
        })
    }
}

const AGES: [(&str, i64); 2] = [("queued since yesterday", 1), ("queued for 3 days", 3)];

fn queued_table() -> Node {
    let outside = House3::new();
    let (checks, gates) = (rows::checks(), rows::gates());
    let needs: [(&str, bool); 2] = [("to be checked first", true), ("check_first off, repeats nothing", false)];
    let policy = policy(true);
    let control = Control::default();
    let payout = payout(None);
    let questions = [words(&checks), words(&gates), words(&AGES), words(&needs)];
    product(&questions, &mut |places| {
        let [check, gate, age, need] = places else { unreachable!("four questions") };
        outside.tell(&mut |(stop, fitness, cover)| {
            let now = Moment { wall: Wall(10 * DAY), boot: at(END) };
            let house = House { policy: &policy, stop: *stop, fitness, control: &control, now };
            let since = Wall((10 - AGES[*age].1) * DAY);
            decide_queued(&payout, &house, &gates[*gate].1, &checks[*check].1, *cover, needs[*need].1, since)
        })
    })
}

fn doubt_table() -> Node {
    let outside = House3::new();
    let (ends, inquiries, standings, gates) = (ends(), inquiries(), rows::standings(), rows::gates());
    let policies = [policy(true), policy(false)];
    let names: Vec<&'static str> = inquiries.iter().map(|inquiry| inquiry.name).collect();
    let asking: Values = vec!["no question under way", "a question is under way"];
    let after_not_found: Values = vec!["after_not_found = \"retry\"", "after_not_found = \"hold\""];
    let questions = [asking, words(&ends), names, words(&ATTEMPTS)];
    let more = [words(&standings), after_not_found, words(&gates), words(&AGES)];
    product(&questions, &mut |places| {
        let [asking, end, inquiry, attempt] = places else { unreachable!("four questions") };
        let asking = *asking == 1;
        let inquiry = &inquiries[*inquiry];
        product(&more, &mut |places| {
            let [standing, retry, gate, age] = places else { unreachable!("four questions") };
            let doubt = in_doubt(ATTEMPTS[*attempt].1, &ends[*end].1, standings[*standing].1);
            let Some(mut payout) = doubt else { return Node::Never };
            let control = doubts::hear(&mut payout, inquiry);
            outside.tell(&mut |(stop, fitness, cover)| {
                let now = Moment { wall: Wall(10 * DAY), boot: at(inquiry.now) };
                let house = House { policy: &policies[*retry], stop: *stop, fitness, control: &control, now };
                let since = Wall((10 - AGES[*age].1) * DAY);
                decide_doubt(&payout, &house, &gates[*gate].1, *cover, asking, since)
            })
        })
    })
}

fn table() -> String {
    let mut out = String::from(
        "What payoutd does next, for every state, answer, wait and order.\n\
         Made by tests/decision_table from the code itself, out of every combination; compared at every test run.\n\
         Settings: grace 30 min, 3 \"not found\", ask_every 30 s, ask_for 24 h, 3 attempts, queued_for 48 h.\n\n\
         A line holds for every value that it does not name; what ends the same shares a line; \"otherwise\" is all the\n\
         values of the same question that the lines above it, as deep as it, do not name. What cannot be is left out.\n\
         Capitals change something. Paid, declined and cancelled payouts are final: nothing is decided about them;\n\
         held ones wait for a person's order.\n\
         \"Once stops, weather and money allow\": while there is a stop (paused, ledger suspect, disk low, stopping)\n\
         -> wait: stopped; throttled -> wait: later; storm, status blind, account refused, equal refusals\n\
         -> wait: weather; money short -> wait: money; no reading -> wait: reading.\n",
    );
    let mut section = |title: &str, node: Node| {
        write!(out, "\n== {title}\n\n").unwrap();
        node.tell(0, &mut out);
    };
    section("queued", queued_table());
    section("in doubt", doubt_table());
    section("an answer of Transfert comes in: the events, and what weather and funds make of it", heard::transfer());
    section("an answer of the status call about a doubt comes in: the events", heard::status());
    section("an answer to check_first comes in", heard::check());
    section("an answer to the control question comes in", heard::control());
    section("a person orders something of a payout", heard::orders());
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

/// Decides about every doubt in the kindest house.
fn each_doubt(check: &mut dyn FnMut(&str, Attempt, &Ended, &doubts::Inquiry, Action)) {
    let policy = policy(true);
    for (attempt_words, attempt) in ATTEMPTS {
        for (end_words, ended) in ends() {
            for inquiry in inquiries() {
                for (standing_words, standing) in rows::standings() {
                    let doubt = in_doubt(attempt, &ended, standing);
                    let Some(mut payout) = doubt else { continue };
                    let control = doubts::hear(&mut payout, &inquiry);
                    let now = Moment { wall: Wall(DAY), boot: at(inquiry.now) };
                    let fitness = &Fitness::Clear;
                    let house = House { policy: &policy, stop: None, fitness, control: &control, now };
                    let action = decide(&payout, &house);
                    let name = format!("{attempt_words}; {end_words}; {}; {standing_words}", inquiry.name);
                    check(&name, attempt, &ended, &inquiry, action);
                }
            }
        }
    }
}

fn decide(payout: &Payout, house: &House) -> Action {
    decide_doubt(payout, house, &Gate::Open, Cover::Yes, false, Wall(0))
}

#[test]
fn nothing_is_sent_a_second_time_in_grace_or_without_a_control() {
    let mut sent = 0;
    each_doubt(&mut |name, attempt, ended, inquiry, action| {
        let Action::SendAgain(_) = action else { return };
        sent += 1;
        let never_left = matches!(ended, Ended::Answered(TransferAnswer::NeverLeft { .. }));
        let certain = matches!(attempt, Attempt::First | Attempt::FirstUnchecked | Attempt::SecondAfterNeverLeft);
        let proven = inquiry.name == "grace over, 3 not found, control seen";
        assert!((never_left && certain) || proven, "{name}");
    });
    assert!(sent > 10, "{sent}");
}

#[test]
fn doubt_is_never_cancelled_or_declined_without_an_accepted_negative() {
    let mut looked = 0;
    each_doubt(&mut |name, _, _, inquiry, action| {
        if inquiry.asked.iter().any(|(_, said)| matches!(said, Said::NotFound | Said::Repeated)) {
            return;
        }
        looked += 1;
        let Action::Record(event) = action else { return };
        match *event {
            Event::Held { reason, money, .. } => {
                let known = matches!(
                    (&reason, money),
                    (HeldReason::EchoDiffers | HeldReason::PaidByWhom, MayHaveBeenPaid::Yes)
                        | (HeldReason::Contradiction | HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown)
                );
                assert!(known, "{name}: {reason:?}");
            }
            Event::Paid { .. } => assert!(inquiry.asked.iter().any(|(_, said)| *said == Said::Successful), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    });
    assert!(looked > 200, "{looked}");
}
