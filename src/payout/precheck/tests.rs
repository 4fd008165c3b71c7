//! Promises of the check before the first Transfert.

use super::*;
use crate::payout::reply::{Http, Outcome};
use crate::payout::state::MayHaveBeenPaid;

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

fn reply(asked: u64) -> Reply {
    let http = Http { status: 200, body: format!("asked at {asked}"), cut: false, retry_after: None };
    Reply { outcome: Outcome::Answered(http), asked: at(asked), ended: at(asked + 1), token: 1 }
}

fn repeated() -> StatusAnswer {
    StatusAnswer::RefusalRepeated { words: "full".into() }
}

fn unclear() -> [StatusAnswer; 4] {
    [
        StatusAnswer::Account { words: "no".into() },
        StatusAnswer::TooMany,
        StatusAnswer::Token,
        StatusAnswer::Unknown { why: "lost".into() },
    ]
}

/// Asks and hears, one answer a second.
fn hear(check: &mut Precheck, answers: &[StatusAnswer]) {
    for answer in answers {
        let about = check.ask().unwrap();
        let asked = 1_000 * (1 + check.answers.len() as u64);
        check.hear(&about, answer, &reply(asked));
    }
}

#[test]
fn every_answer_about_the_payout_itself_leads_somewhere() {
    for (answer, result) in [
        (StatusAnswer::NotFound, Checked::Clear { asked: at(1_000) }),
        (StatusAnswer::Successful, Checked::Used),
        (repeated(), Checked::Refused),
    ] {
        let mut check = Precheck::new(reference("A"), &[]);
        hear(&mut check, &[answer]);
        assert_eq!(check.result, result);
    }
    for answer in unclear() {
        let mut check = Precheck::new(reference("A"), &[]);
        hear(&mut check, &[answer]);
        assert_eq!(check.result, Checked::Unclear { asked: at(1_000) });
    }
}

#[test]
fn a_payout_is_clear_once_it_and_every_payout_that_it_repeats_are_denied() {
    let new = || Precheck::new(reference("A.r3"), &[reference("A.r2"), reference("A")]);
    let (no, yes) = (StatusAnswer::NotFound, StatusAnswer::Successful);
    let mut check = new();
    hear(&mut check, &[no.clone(), repeated()]);
    assert_eq!(check.result, Checked::NotYet);
    hear(&mut check, std::slice::from_ref(&no));
    assert_eq!(check.result, Checked::Clear { asked: at(1_000) }, "the oldest question counts");
    assert!(matches!(check.clone().into_basis(), Basis::CheckedFirst { answers } if answers.len() == 3));
    check.result = Checked::Unclear { asked: at(1_000) };
    assert_eq!(check.into_basis(), Basis::Unchecked, "a check that was broken off");

    let mut check = new();
    hear(&mut check, &[no.clone(), yes]);
    assert_eq!(check.result, Checked::Ancestor { reference: "A.r2".into() });

    for answer in unclear() {
        let mut check = new();
        hear(&mut check, &[no.clone(), no.clone(), answer]);
        assert!(matches!(check.result, Checked::Unclear { .. }));
        assert_eq!(check.ask(), Some(reference("A.r3")), "all of it is asked anew");
    }
}

#[test]
fn an_answer_that_is_not_waited_for_says_nothing() {
    let mut check = Precheck::new(reference("A"), &[reference("B")]);
    check.hear(&reference("A"), &StatusAnswer::NotFound, &reply(1));
    assert_eq!(check.result, Checked::NotYet, "nothing was asked");
    assert_eq!(check.ask(), Some(reference("A")));
    check.hear(&reference("B"), &StatusAnswer::NotFound, &reply(1));
    assert_eq!(check.result, Checked::UnderWay, "it is about another reference");
}

#[test]
fn a_check_that_went_stale_begins_again() {
    let mut check = Precheck::new(reference("A"), &[]);
    hear(&mut check, &[StatusAnswer::NotFound]);
    assert_eq!(check.ask(), Some(reference("A")));
    check.hear(&reference("A"), &StatusAnswer::NotFound, &reply(9_000));
    assert_eq!(check.result, Checked::Clear { asked: at(9_000) });
    assert!(matches!(check.into_basis(), Basis::CheckedFirst { answers } if answers.len() == 1));
}

#[test]
fn a_hold_carries_the_answer_that_it_rests_on_and_no_other_does() {
    for (reason, carries) in [(HeldReason::ReferenceUsedBefore, true), (HeldReason::TooOld, false)] {
        let mut check = Precheck::new(reference("A"), &[]);
        hear(&mut check, &[StatusAnswer::Successful]);
        let money = MayHaveBeenPaid::Yes;
        let event = check.attest(Event::Held { reason, money, detail: "".into(), raw: None, order: None });
        assert!(matches!(event, Event::Held { raw, .. } if raw.is_some() == carries));
    }
}
