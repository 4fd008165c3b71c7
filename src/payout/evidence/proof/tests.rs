//! Promises about [`ProvenUnpaid`]: take any one condition away and there is none; and it is minted
//! exactly when another, naive statement of the rule says so.

use super::*;
use crate::payout::evidence::StatusAnswer;
use crate::payout::evidence::tests::ours;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, Event, Payout, PayoutId, Raw};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

const GRACE: u64 = 1_800_000;
const END: u64 = 1_000_000;
/// The end of the grace.
const OPEN: u64 = END + GRACE;
const NOW: u64 = OPEN + 70_000;
/// From a control question to its answer.
const CONTROL_TOOK: u64 = 400;

#[derive(Clone, Debug)]
enum Said {
    NotFound,
    Successful,
    Refusal,
    /// A 2xx in words that nobody knows.
    Pending,
    ServerError,
    Lost,
}

#[derive(Clone, Debug)]
struct Question {
    asked: u64,
    ended: u64,
    token: u64,
    said: Said,
}

/// One doubt with everything that a proof looks at.
#[derive(Clone, Debug)]
struct Case {
    answer: TransferAnswer,
    /// Another attempt before this one may have left.
    ambiguous: bool,
    ended: bool,
    boot_now: u64,
    now: u64,
    questions: Vec<Question>,
    control: Option<Option<(u64, u64)>>,
    retry: bool,
    wanted: u32,
}

fn not_found(asked: u64) -> Question {
    Question { asked, ended: asked + 400, token: 9, said: Said::NotFound }
}

/// A case that proves: the tables below take one thing away.
fn proving() -> Case {
    Case {
        answer: TransferAnswer::Unknown { why: "time-out".into() },
        ambiguous: false,
        ended: true,
        boot_now: 1,
        now: NOW,
        questions: vec![not_found(OPEN), not_found(OPEN + 30_000), not_found(NOW - 5_000)],
        control: Some(Some((NOW - 6_000, 9))),
        retry: true,
        wanted: 3,
    }
}

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

fn raw(status: Option<u16>) -> Raw {
    Raw { status, text: String::new(), ms: 1 }
}

fn payout_of(case: &Case) -> Payout {
    let mut payout = Payout::admitted(PayoutId(1), BatchId(1), 2, ours());
    let mut apply = |event: Event| payout.apply(&event, Wall(0)).unwrap();
    let answered = |attempt, answer| Event::Answered { attempt, at: at(END), answer, raw: raw(None) };
    apply(Event::Sent { attempt: 1, at: at(END - 9), basis: Basis::CheckedFirst { answers: vec![raw(Some(404))] } });
    let mut attempt = 1;
    if case.ambiguous {
        apply(answered(1, TransferAnswer::Unknown { why: "lost".into() }));
        let basis = Basis::Proven { grace_ms: GRACE, not_found: 3, control: "C".into() };
        apply(Event::Sent { attempt: 2, at: at(END - 9), basis });
        attempt = 2;
    }
    if case.ended {
        apply(answered(attempt, case.answer.clone()));
    }
    for Question { asked, ended, token, said } in &case.questions {
        let unknown = || StatusAnswer::Unknown { why: "x".into() };
        let (answer, status) = match said {
            Said::NotFound => (StatusAnswer::NotFound, Some(404)),
            Said::Successful => (StatusAnswer::Successful, Some(200)),
            Said::Refusal => (StatusAnswer::RefusalRepeated { words: "full".into() }, Some(403)),
            Said::Pending => (unknown(), Some(200)),
            Said::ServerError => (unknown(), Some(500)),
            Said::Lost => (unknown(), None),
        };
        let (asked, ended) = (at(*asked), at(*ended));
        apply(Event::Asked { attempt, asked, ended, token: *token, answer, raw: raw(status) });
    }
    payout
}

fn prove(case: &Case) -> Result<ProvenUnpaid, Missing> {
    let payout = payout_of(case);
    let rules = ProofRules { grace: Duration::from_millis(GRACE), not_found_answers: case.wanted, retry: case.retry };
    let control = Control {
        reference: case.control.map(|_| "C".to_string()),
        seen: case.control.flatten().map(|(asked, token)| Negative {
            asked: at(asked),
            token,
            heard: at(asked + CONTROL_TOOK),
        }),
        failed: None,
    };
    let now = BootMoment { boot: case.boot_now, ms: case.now };
    prove_unpaid(&payout, &rules, &control, now)
}

fn never_left() -> TransferAnswer {
    TransferAnswer::NeverLeft { why: "no connection".into() }
}

/// A change to the proving case, and what is then missing.
type Taken = (&'static str, fn(&mut Case), Missing);

#[test]
fn take_any_condition_away_and_there_is_no_proof() {
    assert!(prove(&proving()).is_ok());
    let taken: [Taken; 25] = [
        ("the call is under way", |c| c.ended = false, Missing::End),
        ("the grace is not served", |c| c.now = OPEN - 1, Missing::Grace(at(OPEN))),
        ("it was served in another boot", |c| c.boot_now = 2, Missing::Grace(at(OPEN))),
        ("one was asked before the grace was over", |c| c.questions[0].asked = OPEN - 1, Missing::Answers),
        ("one was asked before the call's end", |c| c.questions[0].asked = END - 1, Missing::Answers),
        ("too few", |c| c.questions.truncate(2), Missing::Answers),
        ("none", |c| c.questions.clear(), Missing::Answers),
        ("none, and settings want none", |c| (c.questions.clear(), c.wanted = 0).1, Missing::Answers),
        ("one was lost", |c| c.questions[1].said = Said::Lost, Missing::Answers),
        ("one was an error", |c| c.questions[1].said = Said::ServerError, Missing::Answers),
        ("one was a refusal", |c| c.questions[1].said = Said::Refusal, Missing::Answers),
        ("MonCash knew something of it in between", |c| c.questions[1].said = Said::Pending, Missing::Answers),
        ("MonCash said paid in between", |c| c.questions[1].said = Said::Successful, Missing::SaidPaid),
        (
            "MonCash said paid in the grace",
            |c| {
                c.questions.insert(0, Question { said: Said::Successful, ..not_found(END + 5) });
            },
            Missing::SaidPaid,
        ),
        ("Transfert said paid", |c| c.answer = TransferAnswer::Paid { transaction: "1".into() }, Missing::SaidPaid),
        ("Transfert paid another", |c| c.answer = TransferAnswer::PaidOther { why: "x".into() }, Missing::SaidPaid),
        ("the last is stale", |c| c.now = NOW + 5_401, Missing::Fresh),
        ("nothing to control by", |c| c.control = None, Missing::Control),
        ("the control was not asked", |c| c.control = Some(None), Missing::ControlQuestion),
        ("the control is stale", |c| c.control = Some(Some((NOW - 60_001, 9))), Missing::ControlQuestion),
        ("the control had an older token", |c| c.control = Some(Some((NOW - 6_000, 8))), Missing::ControlQuestion),
        ("the control had a newer token", |c| c.control = Some(Some((NOW - 6_000, 10))), Missing::Fresh),
        // The service may have been blind until then, or from then on.
        ("the control came after every not found", |c| c.control = Some(Some((NOW - 4_000, 9))), Missing::Fresh),
        ("it was under way with the last of them", |c| c.control = Some(Some((NOW - 5_399, 9))), Missing::Fresh),
        (
            "the control came before every not found",
            |c| (c.questions[0].asked, c.questions[0].ended) = (NOW - 8_000, NOW - 5_999),
            Missing::ControlQuestion,
        ),
    ];
    for (name, take, missing) in taken {
        let mut case = proving();
        take(&mut case);
        assert_eq!(prove(&case).err(), Some(missing), "{name}");
    }
    assert_eq!(prove(&Case { retry: false, ..proving() }).err(), Some(Missing::Policy), "policy says hold");
    let mut early = proving();
    early.now = OPEN + 20_000;
    early.questions = vec![not_found(OPEN), not_found(OPEN + 5_000), not_found(OPEN + 15_000)];
    early.control = Some(Some((OPEN - 1, 9)));
    assert_eq!(prove(&early).err(), Some(Missing::ControlQuestion), "the control was asked in the grace");
}

#[test]
fn a_call_that_never_left_needs_one_fresh_not_found_and_no_grace() {
    let sent = Case {
        answer: never_left(),
        now: END + 10_400,
        questions: vec![not_found(END)],
        control: None,
        retry: false,
        ..proving()
    };
    assert!(prove(&sent).is_ok());
    assert_eq!(prove(&Case { now: END + 10_401, ..sent.clone() }).err(), Some(Missing::Fresh));
    assert_eq!(prove(&Case { questions: vec![], ..sent.clone() }).err(), Some(Missing::Answers));
    assert_eq!(prove(&Case { ambiguous: true, ..sent.clone() }).err(), Some(Missing::Grace(at(OPEN))));
    let refused = Question { said: Said::Refusal, ..not_found(END) };
    assert_eq!(prove(&Case { questions: vec![refused], ..sent.clone() }).err(), Some(Missing::Answers));
    let paid = Question { said: Said::Successful, ..not_found(END) };
    assert_eq!(prove(&Case { questions: vec![paid, not_found(END + 1)], ..sent }).err(), Some(Missing::SaidPaid));
}

#[test]
fn a_slow_service_can_still_prove() {
    let mut case = proving();
    // The answer took 20 s, and so did the control's before it.
    case.questions[2] = Question { asked: NOW - 20_000, ended: NOW - 1, token: 9, said: Said::NotFound };
    case.control = Some(Some((NOW - 40_000, 9)));
    assert!(prove(&case).is_ok());
}

#[test]
fn a_proof_tells_what_it_rested_on() {
    let proof = prove(&proving()).unwrap();
    assert_eq!(proof.attempt(), 1);
    assert_eq!(proof.consume(), Basis::Proven { grace_ms: GRACE, not_found: 3, control: "C".into() });
}

/// The rule once more, as a person would say it, with none of the code's short cuts.
fn naively_proven(case: &Case) -> bool {
    let said = |question: &Question| matches!(question.said, Said::Successful);
    let says_paid = matches!(case.answer, TransferAnswer::Paid { .. } | TransferAnswer::PaidOther { .. });
    if !case.ended || case.boot_now != 1 || says_paid || case.questions.iter().any(said) {
        return false;
    }
    let last_pending = case.questions.iter().rposition(|q| matches!(q.said, Said::Pending) && q.asked >= END);
    let since = &case.questions[last_pending.map_or(0, |place| place + 1)..];
    let negatives = |from: u64| -> Vec<&Question> {
        since.iter().filter(|q| matches!(q.said, Said::NotFound) && q.asked >= from).collect()
    };
    let recent = |last: &Question| case.now.saturating_sub(last.ended) <= 10_000;
    if matches!(case.answer, TransferAnswer::NeverLeft { .. }) && !case.ambiguous {
        return negatives(END).last().is_some_and(|last| recent(last));
    }
    let counted = negatives(OPEN);
    let (Some(first), Some(last), Some(Some((asked, token)))) = (counted.first(), counted.last(), case.control) else {
        return false;
    };
    let between = first.ended <= asked && asked + CONTROL_TOOK <= last.asked;
    let control = asked >= OPEN && case.now.saturating_sub(asked) <= 60_000 && token == last.token && between;
    case.retry && case.now >= OPEN && counted.len() >= case.wanted.max(1) as usize && recent(last) && control
}

fn any_case() -> impl Strategy<Value = Case> {
    use Said::{Lost, NotFound, Pending, ServerError, Successful};
    let said = prop_oneof![
        20 => Just(NotFound), 1 => Just(Lost), 1 => Just(ServerError), 1 => Just(Said::Refusal), 1 => Just(Pending),
        1 => Just(Successful)
    ];
    let question = (0u64..25_000, 0u64..6_000, prop_oneof![9 => Just(9u64), 1 => 8u64..11], said);
    let answer = prop_oneof![
        8 => Just(TransferAnswer::Unknown { why: "lost".into() }),
        2 => Just(never_left()),
        1 => Just(TransferAnswer::PaidOther { why: "x".into() }),
        1 => Just(TransferAnswer::Refused { kind: Refusal::Shortage, words: "x".into() }),
    ];
    let start = prop_oneof![4 => OPEN - 30_000..OPEN + 10_000, 1 => END - 10_000..END + 10_000];
    let control = prop_oneof![
        1 => Just(None), 1 => Just(Some(None)),
        8 => (0u64..80_000, prop_oneof![9 => Just(9u64), 1 => 8u64..11]).prop_map(|(age, token)| Some(Some((age, token))))
    ];
    let flags = (any::<bool>(), 0u8..20, 0u8..20, 0u8..10);
    (answer, start, proptest::collection::vec(question, 0..8), 0u64..15_000, control, flags, 0u32..4).prop_map(
        |(answer, start, gaps, late, control, (ambiguous, ended, boot, retry), wanted)| {
            let mut clock = start;
            let mut questions = Vec::new();
            for (gap, took, token, said) in gaps {
                let asked = clock + gap;
                clock = asked + took;
                questions.push(Question { asked, ended: clock, token, said });
            }
            let now = clock + late;
            let control = control.map(|seen| seen.map(|(age, token)| (now.saturating_sub(age), token)));
            let boot_now = if boot == 0 { 2 } else { 1 };
            Case { answer, ambiguous, ended: ended > 0, boot_now, now, questions, control, retry: retry > 0, wanted }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_is_minted_exactly_when_the_plain_rule_says_so(case in any_case()) {
        prop_assert_eq!(prove(&case).is_ok(), naively_proven(&case));
    }
}

#[test]
fn random_cases_reach_both_ends() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut proven = 0;
    for _ in 0..4000 {
        let case = any_case().new_tree(&mut runner).unwrap().current();
        proven += u32::from(naively_proven(&case));
    }
    assert!((100..3900).contains(&proven), "{proven} of 4000 cases prove: the property above says little");
}
