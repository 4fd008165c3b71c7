//! Each event once, also over a SIGKILL at any moment.

use super::ear::{Does, Ear, configure, is, told, writes};
use super::gateway::{Act, Gateway};
use super::house::{House, payroll};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn counts(events: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(event["id"].as_str().expect("an id").to_string()).or_default() += 1;
    }
    counts
}

/// Kinds and batches, of each id once.
fn meant(events: &[Value]) -> BTreeMap<(String, String), usize> {
    let mut ids: BTreeMap<String, (String, String)> = BTreeMap::new();
    for event in events {
        let name = event["batch"]["id"].as_str().or(event["file"]["name"].as_str()).unwrap_or_default();
        let what = (event["event"].as_str().expect("a kind").to_string(), name.to_string());
        ids.insert(event["id"].as_str().expect("an id").to_string(), what);
    }
    let mut counts = BTreeMap::new();
    for what in ids.into_values() {
        *counts.entry(what).or_default() += 1;
    }
    counts
}

#[test]
fn a_kill_at_every_delivery_loses_no_event_and_gives_none_a_second_name() {
    let gateway = Gateway::open();
    let ear = Ear::open([]);
    let house = House::build(&gateway, &ear.setting());
    // The first call of each id kills payoutd before it is answered: whether it was delivered, nobody knows.
    let process = Arc::new(AtomicUsize::new(0));
    let (killed, target) = (Arc::new(Mutex::new(Vec::<String>::new())), process.clone());
    let seen = killed.clone();
    ear.witness(move |event| {
        let id = event["id"].as_str().expect("an id").to_string();
        let mut seen = seen.lock().expect("seen");
        if seen.contains(&id) {
            return false;
        }
        seen.push(id);
        let id = i32::try_from(target.swap(0, Ordering::SeqCst)).expect("an id");
        if id != 0 {
            super::house::signal(id, rustix::process::Signal::KILL);
        }
        id != 0
    });
    house.drop_file("july.csv", &payroll("K", 20));
    house.drop_file("bad.csv", "reference,receiver,amount\nX,1,2\n");
    let mut round = 0;
    while ear.taken().len() < 3 && round < 40 {
        round += 1;
        let mut daemon = house.start("run --once --for 60s");
        process.store(usize::try_from(daemon.id()).expect("an id"), Ordering::SeqCst);
        daemon.wait();
    }
    process.store(0, Ordering::SeqCst);
    house.once().ends(0);
    let events: Vec<Value> = ear.heard().into_iter().map(|heard| heard.event).collect();
    let each = |kind: &str, name: &str| ((kind.to_string(), name.to_string()), 1);
    let expected =
        [each("batch_admitted", "B000001"), each("batch_complete", "B000001"), each("file_rejected", "bad.csv")];
    assert_eq!(meant(&events), BTreeMap::from(expected), "{events:#?}");
    // Each was answered, and noted, once: told twice is only what was under way at a kill.
    let taken = ear.taken();
    assert_eq!(taken.len(), 3, "{taken:?}");
    assert!(
        killed.lock().expect("killed").len() == 3 && counts(&events).values().all(|count| *count == 2),
        "{events:#?}"
    );
    assert!(gateway.paid_twice().is_empty() && gateway.debits() == 20);
}

#[test]
fn what_lasts_is_told_once_over_a_restart_and_again_only_after_it_had_ended() {
    let gateway = Gateway::open();
    gateway.hold(30_000);
    let house = House::build(&gateway, "[balance]\npoll = \"200ms\"\nbalance_lag = \"0s\"\n");
    configure(&house, &writes(house.folder.path()));
    let low = || told(&house).into_iter().filter(|event| is(event, "balance_low", "")).collect::<Vec<_>>();
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &payroll("L", 5));
    house.until("the balance is told to be low", || low().len() == 1);
    // Between the delivery and its note a kill repeats it, under the same id; see the test before this one.
    let memory = || fs::read_to_string(house.path("state/notify.json")).unwrap_or_default();
    house.until("the delivery is noted", || memory().contains(r#""waiting":[]"#));
    // Of 101.50 to 105.50 the first two are paid, and HTG 300 hold no more.
    assert_eq!((low()[0]["count"].as_u64(), low()[0]["urgency"].as_str()), (Some(3), Some("attention")));
    assert!(low()[0]["amount"].as_str().is_some_and(|htg| htg.ends_with(".50")), "{:?}", low());
    for _ in 0..2 {
        daemon.kill();
        daemon = house.start("run");
        let noticed = house.journal().matches("waiting for money").count();
        house.until("it is noticed again", || house.journal().matches("waiting for money").count() > noticed);
        assert_eq!(low().len(), 1, "{:?}", low());
    }
    gateway.hold(1_000_000);
    house.until("the batch is complete", || told(&house).iter().any(|event| is(event, "batch_complete", "B000001")));
    gateway.hold(10_100);
    // It must have been over for a while: short gaps are none.
    house.until("the spell is over", || !memory().contains("balance_low"));
    house.drop_file("august.csv", &payroll("M", 5));
    house.until("it is told again", || low().len() == 2);
    assert_ne!(low()[0]["id"], low()[1]["id"]);
    assert_eq!(daemon.stop(), 0);
    assert!(counts(&told(&house)).values().all(|count| *count == 1), "{:#?}", told(&house));
}

#[test]
fn nothing_that_happened_before_is_told_and_what_happened_meanwhile_is() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    house.drop_file("june.csv", &payroll("A", 3));
    house.once().ends(0);
    let setting = writes(house.folder.path());
    let plain = fs::read_to_string(house.path("payoutd.toml")).expect("configuration");
    configure(&house, &setting);
    house.once().ends(0);
    assert_eq!(told(&house), Vec::<Value>::new());
    // Nobody takes it: it waits for the next start.
    fs::rename(house.path("tell"), house.path("elsewhere")).expect("rename");
    house.drop_file("july.csv", &payroll("B", 3));
    house.once().ends(0);
    house.run("notify").ends(0).says("waiting: 2 events").says("batch_complete.");
    fs::rename(house.path("elsewhere"), house.path("tell")).expect("rename");
    house.once().ends(0);
    let kinds: Vec<Value> = told(&house).iter().map(|event| event["event"].clone()).collect();
    assert_eq!(kinds, ["batch_admitted", "batch_complete"]);
    // Switched off and on again, what happened in between is not told.
    fs::write(house.path("payoutd.toml"), plain).expect("configuration");
    house.drop_file("august.csv", &payroll("C", 3));
    house.once().ends(0);
    configure(&house, &setting);
    house.once().ends(0);
    assert_eq!(told(&house).len(), 2);
}

#[test]
fn a_file_rejected_just_before_a_kill_is_told_by_the_next_start() {
    let gateway = Gateway::open();
    let ear = Ear::open([Does::Hangs]);
    let house = House::build(&gateway, &ear.setting());
    house.once().ends(0);
    // As a process leaves it that dies between moving the file and noting it.
    house.drop_file("bad.csv", "reference,receiver,amount\nX,1,2\n");
    let plain = fs::read_to_string(house.path("state/notify.json")).expect("memory");
    gateway.script("none", [Act::Pays]);
    house.run("run --once").ends(3);
    fs::write(house.path("state/notify.json"), plain).expect("memory");
    house.once().ends(0);
    let files: Vec<Value> = ear.heard().iter().map(|heard| heard.event["file"]["name"].clone()).collect();
    assert_eq!(files, ["bad.csv", "bad.csv"]);
    house.once().ends(0);
    assert_eq!(ear.heard().len(), 2);
}
