//! Disks that are full or read-only, folders that may not be written: money waits, people are told
//! why, and nothing is lost.
//!
//! Must never: touch a filesystem that others use.

use super::gateway::Gateway;
use super::house::{Ended, House, Life, Settings, USUAL, payroll};
use super::judge;
use super::mounts::Mounts;
use rustix::process::Signal;
use std::fs;
use std::time::{Duration, Instant};
use support::left_out;

const PATIENCE: Duration = Duration::from_secs(60);
const PEOPLE: [&str; 3] = ["D-1", "D-2", "D-3-LOST"];
/// Over what a house needs; what is filled is far more.
const ROOMY: Settings = Settings { min_free: "2MB", ..USUAL };

fn house_of(what: &str, small: &[&str]) -> Option<(Gateway, House, Mounts)> {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), ROOMY);
    match Mounts::open(&mut house) {
        Ok(mut mounts) => {
            for folder in small {
                mounts.small(folder, "12m");
            }
            mounts.must("mkdir -p batches/inbox");
            Some((gateway, house, mounts))
        }
        Err(why) => {
            left_out(what, &why);
            None
        }
    }
}

fn start(house: &mut House, mounts: &Mounts, arguments: &[&str]) -> Life {
    let child = house.command(&mounts.inside(), arguments).spawn().unwrap();
    house.life(child)
}

fn run(house: &mut House, mounts: &Mounts, arguments: &[&str]) -> Ended {
    house.run(&mounts.inside(), arguments, PATIENCE)
}

fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < end, "it never came that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn stop(life: Life) {
    life.signal(Signal::TERM);
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(0), "{}", ended.last_words());
}

fn everything_is_well(house: &mut House, gateway: &Gateway, mounts: &Mounts) {
    assert_eq!(judge::at_the_end(house, gateway), Vec::<String>::new());
    let audit = run(house, mounts, &["verify"]);
    assert_eq!(audit.code, Some(0), "{}", audit.last_words());
    assert_eq!(gateway.books().persons.len(), PEOPLE.len());
}

/// A disk that is too full at start: it waits, says so, sends nothing, and goes on by itself.
fn too_full_at_start(small: &[&str]) {
    let Some((gateway, mut house, mut mounts)) = house_of("a full disk at start", small) else { return };
    for folder in small {
        mounts.fill(folder, 1024);
    }
    house.drop_file("july.csv", &payroll(&PEOPLE));
    let mut life = start(&mut house, &mounts, &["run"]);
    life.wait_for_words("batch admitted");
    life.wait_for_words("too little free disk space");
    wait_until("the status says why", || {
        let status = fs::read_to_string(house.at("batches/STATUS.txt")).unwrap_or_default();
        status.contains("disk space")
    });
    let status = run(&mut house, &mounts, &["status", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(json["batches"][0]["state"], "waiting", "{}", status.out);
    assert!(json["batches"][0]["why"].as_str().unwrap_or_default().contains("disk space"), "{}", status.out);
    assert!(gateway.books().transfers.is_empty(), "sent under min_free");
    for folder in small {
        mounts.make_room(folder);
    }
    gateway.wait_for("everybody is debited", |books| books.debits.len() == PEOPLE.len());
    wait_until("the report is final", || judge::all_final(&house));
    assert!(life.has_ended().is_none(), "{}", life.err());
    stop(life);
    everything_is_well(&mut house, &gateway, &mounts);
}

#[test]
fn a_full_disk_under_the_ledger_is_waited_out() {
    too_full_at_start(&["state"]);
}

#[test]
fn a_full_disk_under_the_reports_is_waited_out() {
    too_full_at_start(&["batches"]);
}

#[test]
fn full_disks_under_both_are_waited_out() {
    too_full_at_start(&["state", "batches"]);
}

#[test]
fn a_run_that_meets_a_full_disk_ends_early_and_says_so() {
    let Some((gateway, mut house, mut mounts)) = house_of("run --once on a full disk", &["state"]) else { return };
    mounts.fill("state", 1024);
    house.drop_file("july.csv", &payroll(&PEOPLE));
    let ended = run(&mut house, &mounts, &["run", "--once"]);
    assert_eq!(ended.code, Some(4), "{}", ended.last_words());
    assert!(ended.out.contains("too little free disk space: make room"), "{}", ended.out);
    assert!(gateway.books().transfers.is_empty());
    mounts.make_room("state");
    assert_eq!(run(&mut house, &mounts, &["run", "--once"]).code, Some(0));
    everything_is_well(&mut house, &gateway, &mounts);
}

/// Not a byte is left while a call is on its way: its answer may be lost, its payment not.
fn full_in_mid_payroll(folder: &str) {
    let Some((gateway, mut house, mut mounts)) = house_of("a disk that fills in mid-payroll", &[folder]) else {
        return;
    };
    let people = ["D-1", "D-2-SLOW", "D-3"];
    house.drop_file("july.csv", &payroll(&people));
    let life = start(&mut house, &mounts, &["run", "--once"]);
    gateway.wait_for("the slow one is debited", |books| books.debits.contains_key("D-2-SLOW"));
    mounts.fill(folder, 0);
    gateway.change(|books| books.released = true);
    let ended = life.end_within(PATIENCE);
    assert_eq!(judge::at_any_moment(&house, &gateway), Vec::<String>::new());
    assert!(!ended.err.contains("panicked"), "{}", ended.last_words());
    if folder == "state" || ended.code != Some(4) {
        assert_eq!(ended.code, Some(1), "{}", ended.last_words());
        assert!(ended.err.contains(folder) && ended.err.contains("full"), "{}", ended.last_words());
    }
    // Nor does a start on it pretend anything. (It may find room enough to ask, and so to the end.)
    let again = run(&mut house, &mounts, &["run", "--once"]);
    assert!(matches!(again.code, Some(0 | 1 | 4)), "{}", again.last_words());
    assert_eq!(judge::at_any_moment(&house, &gateway), Vec::<String>::new());
    if again.code == Some(0) {
        assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
    }
    mounts.make_room(folder);
    let whole = run(&mut house, &mounts, &["run", "--once"]);
    assert_eq!(whole.code, Some(0), "{}", whole.last_words());
    everything_is_well(&mut house, &gateway, &mounts);
}

#[test]
fn a_ledger_without_a_byte_left_in_mid_payroll_pays_nobody_twice() {
    full_in_mid_payroll("state");
}

#[test]
fn reports_without_a_byte_left_in_mid_payroll_are_made_up_for() {
    full_in_mid_payroll("batches");
}

#[test]
fn a_read_only_ledger_sends_nothing() {
    let Some((gateway, mut house, mut mounts)) = house_of("a read-only state folder", &["state"]) else { return };
    // Both: one that never was a ledger's, and one that is.
    for dropped in [false, true] {
        if dropped {
            assert_eq!(run(&mut house, &mounts, &["run", "--once"]).code, Some(0));
            house.drop_file("july.csv", &payroll(&PEOPLE));
        }
        mounts.must("mount -o remount,bind,ro state");
        let ended = run(&mut house, &mounts, &["run", "--once"]);
        assert_eq!(ended.code, Some(1), "{}", ended.last_words());
        let message = &ended.err[ended.err.find("payoutd: ").unwrap_or(0)..];
        assert!(message.contains("/state") && message.to_lowercase().contains("read"), "{message}");
        assert!(message.contains("check ") && message.contains("start again"), "{message}");
        assert!(gateway.books().transfers.is_empty());
        mounts.must("mount -o remount,bind,rw state");
    }
    assert_eq!(run(&mut house, &mounts, &["run", "--once"]).code, Some(0));
    everything_is_well(&mut house, &gateway, &mounts);
}

#[test]
fn read_only_batches_are_told_at_start() {
    let Some((gateway, mut house, mut mounts)) = house_of("a read-only batches folder", &["batches"]) else { return };
    house.drop_file("july.csv", &payroll(&PEOPLE));
    mounts.must("mount -o remount,bind,ro batches");
    let ended = run(&mut house, &mounts, &["run", "--once"]);
    assert_eq!(ended.code, Some(1), "{}", ended.last_words());
    assert!(ended.err.contains("/batches") && ended.err.contains("Read-only"), "{}", ended.last_words());
    assert!(gateway.books().transfers.is_empty());
    mounts.must("mount -o remount,bind,rw batches");
    assert_eq!(run(&mut house, &mounts, &["run", "--once"]).code, Some(0));
    everything_is_well(&mut house, &gateway, &mounts);
}

#[test]
fn batches_that_turn_read_only_in_mid_payroll_lose_no_report() {
    let what = "batches that turn read-only in mid-payroll";
    let Some((gateway, mut house, mut mounts)) = house_of(what, &["batches"]) else { return };
    house.drop_file("july.csv", &payroll(&["D-1", "D-2-SLOW", "D-3"]));
    let life = start(&mut house, &mounts, &["run", "--once"]);
    gateway.wait_for("the slow one is debited", |books| books.debits.contains_key("D-2-SLOW"));
    // As long as a report is being written just now, the kernel says no.
    wait_until("the folder is read-only", || mounts.run("mount -o remount,bind,ro batches").is_ok());
    gateway.change(|books| books.released = true);
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(1), "a report is missing: {}", ended.last_words());
    assert!(ended.err.contains("/batches/reports") && ended.err.contains("Read-only"), "{}", ended.last_words());
    mounts.must("mount -o remount,bind,rw batches");
    let whole = run(&mut house, &mounts, &["run", "--once"]);
    assert_eq!(whole.code, Some(0), "{}", whole.last_words());
    everything_is_well(&mut house, &gateway, &mounts);
}
