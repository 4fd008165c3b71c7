//! A stop by signal, at moments that hurt.
//!
//! Must never: signal a process that this test did not start.

use super::gateway::Gateway;
use super::house::{House, Settings, USUAL, names_in, payroll, payroll_from};
use super::judge;
use rustix::process::Signal;
use std::fmt::Write;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);

fn house(settings: Settings, people: &[&str]) -> (Gateway, House) {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), settings);
    house.drop_file("july.csv", &payroll(people));
    (gateway, house)
}

fn status_of(house: &House, reference: &str) -> (String, String) {
    let line = judge::report_lines(house).into_iter().find(|line| line.reference == reference).expect("a line");
    (line.status, line.may)
}

fn ends_well(house: &mut House, gateway: &Gateway, people: usize) {
    let ended = house.run(&[], &["run", "--once"], PATIENCE);
    assert_eq!(ended.code, Some(0), "{}", ended.last_words());
    assert_eq!(judge::at_the_end(house, gateway), Vec::<String>::new());
    assert_eq!(gateway.books().debits.len(), people);
    assert_eq!(house.run(&[], &["verify"], PATIENCE).code, Some(0));
}

/// The answer is on its way when the stop comes, and comes within the drain.
fn stops_with_the_answer(signal: Signal, arguments: &[&str], code: i32) {
    // One call at a time, so that others still wait.
    let one = Settings { drain: "60s", ..USUAL };
    let (gateway, mut house) = house(one, &["S-1-SLOW"]);
    let mut life = house.start(arguments);
    gateway.wait_for("the slow one is debited", |books| books.debits.contains_key("S-1-SLOW"));
    life.signal(signal);
    life.wait_for_words("stopping:");
    house.drop_file("august.csv", &payroll_from(2, &["S-2"]));
    gateway.change(|books| books.released = true);
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(code), "{}", ended.last_words());
    assert_eq!(status_of(&house, "S-1-SLOW"), ("paid".to_string(), "yes".to_string()));
    assert!(judge::all_final(&house), "its report says that it is over");
    assert!(!gateway.books().transfers.contains_key("S-2"), "something new was sent after the stop");
    ends_well(&mut house, &gateway, 2);
}

#[test]
fn an_answer_that_comes_while_stopping_is_in_the_report() {
    stops_with_the_answer(Signal::TERM, &["run"], 0);
}

#[test]
fn ctrl_c_stops_as_sigterm_does() {
    stops_with_the_answer(Signal::INT, &["run"], 0);
}

/// `run` reads its configuration again (`tests/reload`); what ends by itself has nothing to read again.
#[test]
fn a_hangup_stops_a_run_once_in_order_too() {
    stops_with_the_answer(Signal::HUP, &["run", "--once"], 0);
}

#[test]
fn a_run_once_that_is_stopped_with_its_last_answer_is_done() {
    stops_with_the_answer(Signal::TERM, &["run", "--once"], 0);
}

/// The answer never comes; how often the stop is asked for changes nothing.
#[test]
fn a_call_without_an_answer_is_in_doubt_after_a_stop_and_is_settled_later() {
    for (signals, arguments, code) in [(1, &["run"][..], 0), (2, &["run"][..], 0), (1, &["run", "--once"][..], 4)] {
        let short = Settings { drain: "1s", ..USUAL };
        let (gateway, mut house) = house(short, &["S-1", "S-2-NEVER"]);
        let mut life = house.start(arguments);
        gateway.wait_for("the call is there", |books| books.transfers.contains_key("S-2-NEVER"));
        gateway.wait_for("the other one is paid", |books| books.debits.contains_key("S-1"));
        life.wait_for_words("paid reference=S-1");
        for _ in 0..signals {
            life.signal(Signal::TERM);
            life.wait_for_words("stopping:");
        }
        let began = Instant::now();
        let ended = life.end_within(PATIENCE);
        // Far more than the drain of 1 s, and less than the 20 s that the call itself may take.
        assert!(began.elapsed() < Duration::from_secs(15), "the drain was not kept to");
        assert_eq!(ended.code, Some(code), "{}", ended.last_words());
        assert_eq!(status_of(&house, "S-2-NEVER"), ("in_doubt".to_string(), "unknown".to_string()));
        assert!(!judge::all_final(&house));
        ends_well(&mut house, &gateway, 2);
        assert_eq!(gateway.books().transfers["S-2-NEVER"], 2, "never debited: sent again with a proof");
    }
}

/// Rows enough that admission and report take many slices.
const MANY: u32 = 6_000;

fn big(house: &mut House) {
    let mut text = String::from("reference,receiver,amount\n");
    for row in 1..=MANY {
        let _ = writeln!(text, "B-{row},5093{row:07},10.00");
    }
    house.drop_file("big.csv", &text);
}

#[test]
fn a_stop_while_a_big_file_is_admitted_or_reported_leaves_it_whole() {
    for words in ["file taken", "batch admitted"] {
        let gateway = Gateway::open();
        let mut house = House::build(&gateway.base_url(), USUAL);
        // Nobody is paid here: the batch waits for a person.
        house.configure("above = \"none\"", "above = \"0\"");
        big(&mut house);
        let mut life = house.start(&["run"]);
        life.wait_for_words(words);
        life.signal(Signal::TERM);
        let ended = life.end_within(PATIENCE);
        assert_eq!(ended.code, Some(0), "{}", ended.last_words());
        let ended = house.run(&[], &["run", "--once"], PATIENCE);
        assert_eq!(ended.code, Some(3), "{}", ended.last_words());
        // The number of an admission that was broken off is not given out again.
        let accepted = names_in(&house.at("batches/accepted"));
        assert!(accepted == ["big.B000001.csv"] || accepted == ["big.B000002.csv"], "{accepted:?}");
        let lines = judge::report_lines(&house);
        assert_eq!(lines.len(), MANY as usize);
        assert!(lines.iter().all(|line| line.status == "queued" && line.may == "no"));
        assert!(names_in(&house.at("batches/processing")).is_empty());
        assert!(gateway.books().transfers.is_empty());
        assert_eq!(house.run(&[], &["verify"], PATIENCE).code, Some(0));
    }
}
