//! A harness that cannot fail proves nothing: takes one safety after the other out of a copy of the
//! product and sees that the simulation catches each, or a test of the library where the simulation cannot.
//!
//! `cargo test` looks whether each bug still fits the code. `tests/soak seeded-bugs` builds the copy and hunts
//! them all (`PAYOUTD_SEEDED_BUGS_SEEDS`: seeds that a bug may take; `PAYOUTD_SEEDED_BUGS`: only these).
//!
//! Must never: change the product itself, or build where the product's own tests are built from.

mod bugs;
mod copy;

use bugs::{BUGS, Bug, CAUGHT_BY_TEST};
use copy::Judges;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// How the simulation begins what it tells of a seed that found something.
const SEED: &str = "seed ";

#[test]
fn every_seeded_bug_fits_the_code_and_has_a_switch() {
    let mut tree = copy::Tree::read();
    let mut misfits = Vec::new();
    for bug in BUGS {
        assert!(!bug.changes.is_empty(), "{} changes nothing", bug.name);
        for change in bug.changes {
            let guard = format!("\"{}\"", bug.name);
            let guarded = change.wrong.contains(&guard) || change.wrong.contains("crate::seeded::clock");
            let helper = bug.changes.iter().any(|other| other.wrong.contains(&guard));
            assert!(guarded || helper, "{}: nothing switches the change to {} on", bug.name, change.file);
            misfits.extend(tree.change(bug.name, change).err());
        }
    }
    assert!(misfits.is_empty(), "the code has changed under these:\n{}", misfits.join("\n"));
    for (one, bug) in BUGS.iter().enumerate() {
        assert!(BUGS.iter().skip(one + 1).all(|other| other.name != bug.name), "{} twice", bug.name);
    }
    for (name, _) in CAUGHT_BY_TEST {
        assert!(BUGS.iter().any(|bug| bug.name == *name), "{name} is no bug");
    }
}

#[test]
fn soak() {
    let Some(seeds) = std::env::var("PAYOUTD_SEEDED_BUGS_SEEDS").ok().and_then(|n| n.parse().ok()) else { return };
    let mut tree = copy::Tree::read();
    for bug in BUGS {
        bug.changes.iter().for_each(|change| tree.change(bug.name, change).unwrap());
    }
    let judges = tree.build();
    let clean = run(&judges.simulation, None, 200);
    assert!(clean.status.success(), "without a bug the copy must find nothing:\n{}", text(&clean));

    let wanted = std::env::var("PAYOUTD_SEEDED_BUGS").ok();
    let mut caught = 0;
    let mut missed: Vec<&str> = Vec::new();
    for bug in BUGS.iter().filter(|bug| wanted.as_ref().is_none_or(|names| names.contains(bug.name))) {
        let test = CAUGHT_BY_TEST.iter().find(|(name, _)| *name == bug.name);
        let verdict = match test {
            Some((_, test)) => try_test(&judges, bug, test),
            None => hunt(&judges.simulation, bug, seeds),
        };
        println!("{:<38} {}", bug.name, verdict.as_ref().unwrap_or_else(|not_caught| not_caught));
        match verdict {
            Ok(_) => caught += 1,
            Err(_) => missed.push(bug.says),
        }
    }
    println!("{caught} seeded bugs caught, {} missed", missed.len());
    assert!(missed.is_empty(), "not caught within {seeds} seeds: {missed:?}");
}

/// Runs the simulation with one bug until it is caught: what was found, and in how many seeds.
fn hunt(simulation: &Path, bug: &Bug, seeds: u64) -> Result<String, String> {
    let output = run(simulation, Some(bug), seeds);
    let text = text(&output);
    let mut lines = text.lines().skip_while(|line| !line.starts_with(SEED));
    let seed = lines.next().and_then(|line| line.strip_prefix(SEED)?.strip_suffix(':')?.parse::<u64>().ok());
    match seed {
        Some(seed) if !output.status.success() => {
            Ok(format!("caught by seed {seed}: {}", lines.next().unwrap_or_default().trim()))
        }
        _ => Err(format!("NOT CAUGHT ({})\n{text}", output.status)),
    }
}

/// Runs a test of the library without the bug, and with it.
fn try_test(judges: &Judges, bug: &Bug, test: &str) -> Result<String, String> {
    let run = |bug: Option<&Bug>| switch(Command::new(&judges.tests).args(["--exact", test]), bug).output().unwrap();
    let (clean, struck) = (run(None), run(Some(bug)));
    if !text(&clean).contains("1 passed") {
        return Err(format!("NOT TRIED, {test} does not pass without it\n{}", text(&clean)));
    }
    if text(&struck).contains("1 failed") {
        return Ok(format!("caught by {test}"));
    }
    Err(format!("NOT CAUGHT ({})\n{}", struck.status, text(&struck)))
}

fn run(simulation: &Path, bug: Option<&Bug>, seeds: u64) -> Output {
    let mut command = Command::new(simulation);
    command
        .args(["--exact", "soak", "--nocapture"])
        .env("PAYOUTD_SIM_SEEDS", seeds.to_string())
        .env("PAYOUTD_SIM_FROM", "1")
        .env("PAYOUTD_SIM_STOP", "1");
    switch(&mut command, bug).output().unwrap()
}

fn switch<'a>(command: &'a mut Command, bug: Option<&Bug>) -> &'a mut Command {
    match bug {
        Some(bug) => command.env("PAYOUTD_SEEDED_BUG", bug.name),
        None => command.env_remove("PAYOUTD_SEEDED_BUG"),
    };
    command.stdin(Stdio::null())
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
