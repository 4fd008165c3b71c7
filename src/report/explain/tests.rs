//! Promises of `explain`: nothing that is stored is left out, and doubt sounds like doubt.

use super::*;
use crate::payout::evidence::{StatusAnswer, TransferAnswer};
use crate::payout::instruction::{Account, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::state::{BatchId, HeldReason, PayoutId, StateWord};
use crate::report::batch_report::tests::{golden, row};
use crate::report::status_text::tests::zone;

fn raw(status: Option<u16>, text: &str) -> Raw {
    Raw { status, text: text.to_string(), ms: 1234 }
}

fn stored(events: Vec<(&str, String)>, payout: bool) -> Vec<StoredEvent> {
    let numbered = events.into_iter().zip(1u32..);
    let stored = numbered.map(|((kind, body), no)| StoredEvent {
        seq: i64::from(no) + 1000,
        at: Wall(1_785_006_191_000 + i64::from(no) * 1000),
        batch: BatchId(12),
        payout: payout.then_some(PayoutId(17)),
        no,
        kind: kind.to_string(),
        body,
        hash: format!("{no:02x}").repeat(32),
    });
    stored.collect()
}

fn story() -> Story {
    let at = BootMoment { boot: 1, ms: 5 };
    let by = ByOrder { who: "mirlande".to_string(), reason: "the portal shows nothing".to_string() };
    let lost = "no answer: timed out".to_string();
    let events = [
        Event::Sent {
            attempt: 1,
            at,
            basis: Basis::CheckedFirst { answers: vec![raw(Some(404), r#"{"message":"Transaction Not Found"}"#)] },
        },
        Event::Answered {
            attempt: 1,
            at,
            answer: TransferAnswer::Unknown { why: "timed out".to_string() },
            raw: raw(None, &lost),
        },
        Event::Asked {
            attempt: 1,
            asked: at,
            ended: at,
            token: 3,
            answer: StatusAnswer::NotFound,
            raw: raw(Some(404), "{\n\"message\":\"Transaction Not Found\"}\u{1b}[2J"),
        },
        Event::Ordered { standing: Some(StandingOrder::Cancel), order: by.clone() },
        Event::Held {
            reason: HeldReason::AskedTooLong,
            money: MayHaveBeenPaid::Unknown,
            detail: "24h".into(),
            raw: None,
            order: None,
        },
        Event::Reopened { order: by, at },
    ];
    let events = events.iter().map(|event| (event.kind(), serde_json::to_string(event).unwrap()));
    let mut events: Vec<(&str, String)> = events.collect();
    events.push(("from_a_later_version", "not even JSON".to_string()));
    let admitted = r#"{"admitted":{"file":"salaires.csv","sha256":"aa","rows_digest":"bb","rows":250,"amount_centimes":312500000,"received":1785006000000,"approval":"not_needed","hold":null,"start":0,"other_columns":["Site"]}}"#;
    let known = Known {
        payout: PayoutId(17),
        batch: BatchId(12),
        file: "salaires.csv".to_string(),
        admitted: Wall(1_785_006_001_000),
        line: 18,
        reference: Reference::parse("PAY-17").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(1_250_000),
        status: StateWord::InDoubt,
        may_have_been_paid: MayHaveBeenPaid::Unknown,
        attempts: 1,
    };
    let row = ReportRow {
        status: StateWord::InDoubt,
        may_have_been_paid: MayHaveBeenPaid::Unknown,
        transaction: None,
        settled: None,
        confirmed_by: "",
        reason: crate::payout::state::Reason::InDoubt,
        final_status: StateWord::InDoubt,
        ..row(18)
    };
    let batch_events = stored(vec![("batch_admitted", admitted.to_string())], false);
    Story { known, row: Some(row), batch_events, events: stored(events, true) }
}

#[test]
fn explain_tells_every_call_every_answer_and_every_order() {
    let page = render_text(&[story()], false, &zone());
    golden("explain.txt", &page);
    assert!(!page.contains('\u{1b}'), "an answer does not command the terminal");
    for wanted in ["may already be paid, do not pay by hand", "Transaction Not Found", "mirlande", "not even JSON"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    for event in story().events {
        assert!(page.contains(&event.hash));
    }
}

#[test]
fn explain_gives_scripts_the_stored_evidence_byte_for_byte() {
    let page = render_json(&[story()], false, &zone()).unwrap();
    golden("explain.json", &format!("{page}\n"));
    for event in &story().events[..6] {
        assert!(page.contains(&event.body), "{}", event.body);
    }
    let value: serde_json::Value = serde_json::from_str(&page).unwrap();
    assert_eq!(value["payouts"][0]["events"][6]["body"], "not even JSON");
}

#[test]
fn explain_of_a_simulation_says_so_first() {
    assert!(render_text(&[story()], true, &zone()).starts_with(SIMULATION));
    assert!(render_json(&[story()], true, &zone()).unwrap().contains("\"simulated\": true"));
}

#[test]
fn explain_without_a_story_is_empty_but_whole() {
    assert_eq!(render_text(&[], false, &zone()), "");
    assert!(render_json(&[], false, &zone()).unwrap().contains("\"payouts\": []"));
}
