//! Every kind of event, as it comes about in a house, in the form that README documents, and with nobody's
//! account or name in it.

use super::ear::{configure, is, told, writes};
use super::form;
use super::gateway::{Act, Gateway};
use super::house::{House, payroll};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

fn event(house: &House, kind: &str, batch: &str) -> Value {
    house.until(&format!("{kind} {batch} is told"), || told(house).iter().any(|event| is(event, kind, batch)));
    told(house).into_iter().find(|event| is(event, kind, batch)).expect("it was there")
}

#[test]
fn every_kind_is_told_once_in_the_form_that_readme_documents() {
    let gateway = Gateway::open();
    let house =
        House::build(&gateway, "[approval]\nabove = \"1000\"\n[balance]\npoll = \"200ms\"\nbalance_lag = \"0s\"\n");
    let text = fs::read_to_string(house.path("payoutd.toml")).expect("configuration");
    let text = text.replace("[safety]\n", "[safety]\nafter_not_found = \"hold\"\nequal_refusals = 3\n");
    fs::write(house.path("payoutd.toml"), text).expect("configuration");
    configure(&house, &format!("{}in_doubt_after = \"1s\"\n", writes(house.folder.path())));
    let mut daemon = house.start("run");

    // A lost answer: in doubt for too long, then held.
    gateway.script("P-2", [Act::Breaks(None)]);
    house.drop_file("july.csv", &payroll("P", 5));
    let admitted = event(&house, "batch_admitted", "B000001");
    assert_eq!(admitted["batch"]["amount"], "517.50");
    let doubt = event(&house, "in_doubt_too_long", "B000001");
    assert_eq!(
        (&doubt["payouts"][0]["reference"], &doubt["payouts"][0]["may_have_been_paid"]),
        (&"P-2".into(), &"unknown".into())
    );
    assert!(doubt["text"].as_str().is_some_and(|text| text.contains("do not pay by hand")), "{doubt}");
    let held = event(&house, "payouts_held", "B000001");
    assert_eq!((&held["count"], &held["payouts"][0]["status"]), (&1.into(), &"held".into()));
    assert!(held["text"].as_str().is_some_and(|text| text.contains("do not pay by hand")), "{held}");
    house.run("resolve P-2 --not-paid --reason looked").ends(0);
    let complete = event(&house, "batch_complete", "B000001");
    assert_eq!(
        (&complete["batch"]["counts"]["paid"], &complete["batch"]["counts"]["cancelled"]),
        (&4.into(), &1.into())
    );

    // A file that is wrong, one that waits, and a pause.
    house.drop_file("bad.csv", "reference,receiver,amount,name\nX-1,1,2,Marie Secret\nX-1,37007294,x,Jean\n");
    let rejected = event(&house, "file_rejected", "");
    assert_eq!((&rejected["file"]["name"], &rejected["file"]["problems"]), (&"bad.csv".into(), &3.into()));
    house.drop_file("large.csv", &payroll("Q", 12));
    let waits = event(&house, "batch_waits", "B000002");
    assert_eq!(
        (&waits["reason"], waits["what_to_do"].as_str().is_some_and(|it| it.contains("approve B000002"))),
        (&"approval".into(), true)
    );
    house.run("pause --reason for+50937007294").ends(0);
    let stopped = event(&house, "sending_stopped", "");
    assert_eq!(stopped["reason"], "paused");
    house.run("resume --reason on").ends(0);

    // Too little money, and an alarm.
    assert_eq!(daemon.stop(), 0);
    gateway.hold(10);
    daemon = house.start("run");
    house.run("approve B000002 --reason fine").ends(0);
    let low = event(&house, "balance_low", "");
    assert_eq!((&low["count"], &low["amount"]), (&12.into(), &"1283.90".into()));
    gateway.hold(10_000_000);
    event(&house, "batch_complete", "B000002");
    fs::create_dir_all(house.path("batches/alarms")).expect("folder");
    fs::write(house.path("batches/alarms/reconciliation-x.ALARM.txt"), "look\n").expect("write");
    assert_eq!(event(&house, "reconciliation_alarm", "")["alarm"], "reconciliation-x.ALARM.txt");

    // Equal refusals, an account that is refused, a ledger that may be old.
    for person in 1..=5 {
        gateway.script(&format!("R-{person}"), [Act::Refuses("Not today 50937007294")]);
    }
    house.drop_file("august.csv", &payroll("R", 5));
    event(&house, "batch_waits", "B000003");
    house.run("approve B000003 --reason fine").ends(0);
    let equal = || told(&house).into_iter().find(|event| event["reason"] == "equal_refusals");
    house.until("equal refusals are told", || equal().is_some());
    assert!(equal().is_some_and(|event| event["why"].as_str().is_some_and(|why| why.contains("509••••7294"))));
    assert_eq!(daemon.stop(), 0);
    gateway.refuse(true);
    let mut daemon = house.start("run");
    event(&house, "account_refused", "");
    assert_eq!(daemon.stop(), 0);
    fs::remove_file(house.path("state/high-water")).expect("remove");
    let mut daemon = house.start("run");
    event(&house, "ledger_suspect", "");
    assert_eq!(daemon.stop(), 0);

    let events = told(&house);
    let ids: BTreeSet<&str> = events.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), events.len(), "{events:#?}");
    let kinds: BTreeSet<&str> = events.iter().map(|event| event["event"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, payoutd::config::notify::EVENTS.into_iter().collect::<BTreeSet<_>>());
    let numbers: Vec<u64> = events.iter().map(|event| event["number"].as_u64().expect("a number")).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    let text = fs::read_to_string(house.path("told")).expect("told");
    for person in ["37007294", "Person", "Marie", "Jean", "30080002", "30080001"] {
        assert!(!text.contains(person), "{person} in\n{text}");
    }
    for event in &events {
        if event["event"] == "sending_stopped" && event["reason"] != "paused" {
            continue;
        }
        form::holds(event);
    }
}

#[test]
fn only_what_is_wanted_is_told_and_in_the_language_of_the_reports() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[reports]\nlanguage = \"ht\"\n");
    configure(&house, &format!("{}events = [\"batch_complete\"]\n", writes(house.folder.path())));
    house.drop_file("july.csv", &payroll("P", 2));
    house.once().ends(0);
    let events = told(&house);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["text"], "Lo B000001 (july.csv) fini: tout 2 peman yo fèt, HTG 204.00.");
}
