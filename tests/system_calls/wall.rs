//! The wall clock jumps, back and forth, under the real binary: only its own, by a library laid before
//! libc (wall_clock.c), and never the machine's.
//!
//! Files keep the machine's true times meanwhile, as they would on a share of another machine.
//!
//! Must never: set a clock.

use super::gateway::Gateway;
use super::house::{House, Life, Settings, USUAL, payroll, payroll_from};
use super::judge;
use rustix::process::Signal;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use support::left_out;

const PATIENCE: Duration = Duration::from_secs(60);
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Long enough to tell a grace that was kept from one that was jumped over.
const GRACE: Duration = Duration::from_secs(6);
const SLOWLY: Settings = Settings { grace: "6s", ..USUAL };

/// Builds the library; where that cannot be, why.
fn library(house: &House) -> Result<PathBuf, String> {
    let (source, made) =
        (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/system_calls/wall_clock.c"), house.real("wall.so"));
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).args([source, "-ldl"]).output();
    let built = built.map_err(|error| format!("no C compiler ({error})"))?;
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned());
    }
    set(house, 1_000 * DAY);
    let mut date = Command::new("date");
    let true_one = seconds(date.arg("+%s").output());
    let moved = seconds(date.env("LD_PRELOAD", &made).env("WALL_OFFSET_FILE", house.real("offset")).output());
    set(house, 0);
    match moved.zip(true_one) {
        Some((moved, now)) if (moved - now - 1_000 * DAY).abs() < 60 => Ok(made),
        other => Err(format!("a library laid before libc moves no clock here ({other:?})")),
    }
}

fn seconds(out: std::io::Result<std::process::Output>) -> Option<i64> {
    String::from_utf8(out.ok()?.stdout).ok()?.trim().parse().ok()
}

fn set(house: &House, seconds: i64) {
    use std::os::unix::fs::FileExt;
    // Never truncated: the process has it mapped.
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(house.real("offset")).unwrap();
    file.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
}

fn start(house: &mut House, library: &PathBuf, arguments: &[&str]) -> Life {
    let offset = house.real("offset");
    let mut command = house.command(&[], arguments);
    let child = command.env("LD_PRELOAD", library).env("WALL_OFFSET_FILE", offset).spawn().unwrap();
    house.life(child)
}

/// A life in which the wall clock jumps from one of `jumps` to the next, many times within a grace; or
/// to the last of them and no further, as soon as the grace has begun.
fn jumping(jumps: &[i64], often: bool) {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), SLOWLY);
    let library = match library(&house) {
        Ok(library) => library,
        Err(why) => return left_out("a jumping wall clock", &why),
    };
    let people = ["W-1", "W-2-NEVER", "W-3-FULL", "W-4-LOST", "W-5"];
    // Each stretch of wall time in which MonCash is asked counts, up to 20 min of it.
    house.configure("ask_for = \"10m\"", "ask_for = \"24h\"");
    house.configure("connect_timeout = \"2s\"", "connect_timeout = \"1s\"");
    house.configure("request_timeout = \"20s\"", "request_timeout = \"2s\"");
    house.drop_file("july.csv", &payroll(&people));
    set(&house, jumps[0]);
    let mut life = start(&mut house, &library, &["run", "--once"]);
    gateway.wait_for("everybody was sent", |books| books.transfers.len() == people.len());
    let sent = Instant::now();
    if !often {
        life.wait_for_words("in doubt; asking MonCash reference=W-2-NEVER");
        set(&house, jumps[jumps.len() - 1]);
    }
    let mut jump = 0;
    let again = loop {
        jump += 1;
        if often {
            set(&house, jumps[jump % jumps.len()]);
        }
        if gateway.books().transfers["W-2-NEVER"] > 1 {
            break sent.elapsed();
        }
        assert!(life.has_ended().is_none() && sent.elapsed() < PATIENCE, "{}", life.err());
        std::thread::sleep(Duration::from_millis(50));
    };
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(3), "{}", ended.last_words());
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    // The grace begins with the end of the call, 2 s after it was sent.
    assert!(again >= GRACE, "the grace was over after {again:?}");
    assert_eq!(gateway.books().transfers["W-2-NEVER"], 2);
    assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
    assert_eq!(house.run(&[], &["verify"], PATIENCE).code, Some(0));
}

#[test]
fn no_grace_is_shortened_or_stretched_by_a_wall_clock_that_jumps_hours() {
    jumping(&[0, 3 * HOUR, -5 * HOUR, 20 * HOUR], true);
    jumping(&[0, 3 * HOUR], false);
    jumping(&[0, -3 * HOUR], false);
}

/// A file that settles, and a batch that waits: neither is hurried by a wall clock.
#[test]
fn a_wall_clock_that_jumps_takes_no_file_early_and_forgets_none() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    let library = match library(&house) {
        Ok(library) => library,
        Err(why) => return left_out("a jumping wall clock before the inbox", &why),
    };
    house.configure("settle = \"0s\"", "settle = \"4s\"");
    let life = start(&mut house, &library, &["run"]);
    let dropped = Instant::now();
    house.drop_file("july.csv", &payroll(&["W-1", "W-2"]));
    while gateway.books().debits.len() < 2 {
        for jump in [20 * HOUR, -20 * HOUR, 0] {
            set(&house, jump);
            std::thread::sleep(Duration::from_millis(40));
        }
        assert!(dropped.elapsed() < PATIENCE, "{}", life.err());
    }
    assert!(dropped.elapsed() >= Duration::from_secs(4), "taken before it had settled");
    set(&house, 0);
    life.signal(Signal::TERM);
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(0), "{}", ended.last_words());
    assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
}

/// Forward by more than `queued_for`: what was not sent is held for a person, and never sent by itself.
#[test]
fn what_looks_older_than_it_may_be_is_held_and_not_paid() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    let library = match library(&house) {
        Ok(library) => library,
        Err(why) => return left_out("a wall clock that jumps over queued_for", &why),
    };
    house.drop_file("july.csv", &payroll(&["W-1", "W-2"]));
    let mut life = start(&mut house, &library, &["run"]);
    life.wait_for_words("batch complete");
    assert_eq!(house.run(&[], &["pause", "--reason", "a test"], PATIENCE).code, Some(0));
    house.drop_file("august.csv", &payroll_from(3, &["W-3"]));
    life.wait_for_words("batch=B000002");
    set(&house, 60 * DAY);
    assert_eq!(house.run(&[], &["resume", "--reason", "a test"], PATIENCE).code, Some(0));
    life.wait_for_words("reference=W-3 batch=B000002");
    set(&house, 0);
    life.signal(Signal::TERM);
    let ended = life.end_within(PATIENCE);
    assert!(!gateway.books().transfers.contains_key("W-3"), "{}", ended.err);
    let line = judge::report_lines(&house).into_iter().find(|line| line.reference == "W-3").expect("a line");
    assert_eq!((line.status.as_str(), line.may.as_str()), ("held", "no"));
    assert_eq!(judge::at_any_moment(&house, &gateway), Vec::<String>::new());
    assert_eq!(house.run(&[], &["verify"], PATIENCE).code, Some(0));
}
