//! One state folder, one payoutd: by whatever name the folder is called, and however many start at once.
//!
//! Must never: end a process that this test did not start.

use super::gateway::Gateway;
use super::house::{House, Life, USUAL, payroll, payroll_from};
use super::judge;
use super::mounts::Mounts;
use rustix::process::Signal;
use std::time::{Duration, Instant};
use support::left_out;

const PATIENCE: Duration = Duration::from_secs(60);

fn ready(house: &mut House, before: &[String]) -> Life {
    let child = house.command(before, &["run"]).spawn().unwrap();
    let mut life = house.life(child);
    life.wait_for_words("batch complete");
    life
}

/// Ends with 5, names the folder, and changes nothing.
fn is_refused(house: &mut House, before: &[String], arguments: &[&str]) {
    let ended = house.run(before, arguments, PATIENCE);
    assert_eq!(ended.code, Some(5), "{arguments:?}: {}", ended.last_words());
    assert!(ended.err.contains("another payoutd holds the state folder"), "{}", ended.last_words());
    assert!(ended.err.contains("/state") || ended.err.contains("/other-name"), "{}", ended.last_words());
}

#[test]
fn a_second_daemon_and_every_command_that_needs_the_lock_are_refused() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    house.drop_file("july.csv", &payroll(&["T-1", "T-2"]));
    let life = ready(&mut house, &[]);
    let backup = house.real("backup.sqlite3").display().to_string();
    assert_eq!(house.run(&[], &["backup", &backup], PATIENCE).code, Some(0), "a copy needs no lock");
    house.drop_file("august.csv", &payroll_from(3, &["T-3"]));
    is_refused(&mut house, &[], &["run"]);
    is_refused(&mut house, &[], &["run", "--once"]);
    is_refused(&mut house, &[], &["restore", &backup]);
    house.configure("client_id = \"calls\"", "client_id = \"others\"");
    is_refused(&mut house, &[], &["rebind", "--reason", "a test"]);
    house.configure("client_id = \"others\"", "client_id = \"calls\"");
    std::os::unix::fs::symlink(house.real("state"), house.real("other-name")).unwrap();
    house.configure("state = \"state\"", "state = \"other-name\"");
    is_refused(&mut house, &[], &["run"]);
    house.configure("state = \"other-name\"", "state = \"state\"");
    gateway.wait_for("the first one goes on", |books| books.debits.contains_key("T-3"));
    life.signal(Signal::TERM);
    assert_eq!(life.end_within(PATIENCE).code, Some(0));
    assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
}

#[test]
fn a_second_daemon_is_refused_through_a_bind_mount_too() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    let mut mounts = match Mounts::open(&mut house) {
        Ok(mounts) => mounts,
        Err(why) => return left_out("a bind mount of the state folder", &why),
    };
    house.drop_file("july.csv", &payroll(&["T-1", "T-2"]));
    let life = ready(&mut house, &mounts.inside());
    mounts.must("mkdir other-name && mount --bind state other-name");
    house.configure("state = \"state\"", "state = \"other-name\"");
    is_refused(&mut house, &mounts.inside(), &["run", "--once"]);
    life.signal(Signal::TERM);
    assert_eq!(life.end_within(PATIENCE).code, Some(0));
}

/// So many start at the same instant.
const RACERS: usize = 20;

#[test]
fn of_twenty_that_start_at_once_exactly_one_runs() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    house.drop_file("july.csv", &payroll(&["T-1", "T-2-LOST", "T-3"]));
    let mut racers: Vec<Life> = (0..RACERS).map(|_| house.start(&["run"])).collect();
    gateway.wait_for("everybody is debited", |books| books.debits.len() == 3);
    let end = Instant::now() + PATIENCE;
    let mut losers = Vec::new();
    while losers.len() < RACERS - 1 {
        losers.extend(racers.extract_if(.., |racer| racer.has_ended().is_some()));
        assert!(Instant::now() < end, "{} run", racers.len());
        std::thread::sleep(Duration::from_millis(5));
    }
    for loser in losers {
        let ended = loser.end_within(PATIENCE);
        assert_eq!(ended.code, Some(5), "{}", ended.last_words());
    }
    let mut winner = racers.pop().expect("one is left");
    assert!(winner.has_ended().is_none(), "nobody runs");
    winner.signal(Signal::TERM);
    assert_eq!(winner.end_within(PATIENCE).code, Some(0));
    assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
    assert_eq!(house.run(&[], &["verify"], PATIENCE).code, Some(0));
}
