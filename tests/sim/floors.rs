//! How often each kind of fault and crash must strike at least: where one never strikes, nothing is
//! proven about it.
//!
//! Must never: be lowered to let a run pass. A kind that strikes less often shows that the worlds changed.

use crate::faults::{BALANCE, STATUS, TOKEN, TRANSFER};
use crate::record::Counts;
use std::collections::BTreeMap;

/// Faults that are in no table of `faults.rs`.
const OTHERS: [&str; 9] = [
    "a debit after its call's end",
    "a debit known only after the grace",
    "a token that MonCash has forgotten",
    "an older ledger was put in place",
    "status: blind",
    "suspended",
    "suspended between an intent and its call",
    "the machine was started again",
    "the wall clock was set",
];

const PLACES: [&str; 13] = [
    "a call has just left",
    "after a commit of the intake",
    "after a commit of the reports",
    "after a commit, before its high-water mark",
    "after a turn's commit, before its calls",
    "an answer came, before its commit",
    "at a quiet moment",
    "at an await",
    "at rest",
    "before a commit",
    "before a commit of a chore",
    "before a commit of a stop",
    "while it starts",
];

/// In a thousand seeds, about half of what the rarest kind does.
const EACH_FAULT: u64 = 3;
const EACH_PLACE: u64 = 1;
/// In a thousand seeds, all kinds together.
const FAULTS: u64 = 15_000;
const CRASHES: u64 = 7_000;

/// What struck less often than it must in so many seeds, in words.
pub fn missed(counts: &Counts, seeds: u64) -> Vec<String> {
    let questions = [&STATUS[..], &BALANCE[..], &TOKEN[..]].into_iter().flatten().map(|(_, (name, _))| *name);
    let faults = TRANSFER.iter().map(|(_, (name, ..))| *name).chain(questions).chain(OTHERS);
    let mut missed = Vec::new();
    let mut hold = |what: &str, count: u64, in_a_thousand: u64| {
        let floor = seeds * in_a_thousand / 1_000;
        if count < floor {
            missed.push(format!("{what}: {count}, not {floor}"));
        }
    };
    let of = |counts: &BTreeMap<&str, u64>, name| counts.get(name).copied().unwrap_or(0);
    faults.for_each(|name| hold(name, of(&counts.faults, name), EACH_FAULT));
    PLACES.iter().for_each(|place| hold(place, of(&counts.crashes, place), EACH_PLACE));
    hold("faults", counts.faults(), FAULTS);
    hold("crashes", counts.crashes(), CRASHES);
    missed
}

#[test]
fn a_kind_that_never_strikes_is_missed() {
    let mut counts = crate::drive::run(1).counts;
    counts.faults.clear();
    let missed = missed(&counts, 1_000);
    for kind in ["transfer: 429: 0, not 3", "token: reset: 0, not 3", "suspended: 0, not 3", "faults: 0, not 15000"] {
        assert!(missed.iter().any(|line| line == kind), "{missed:#?}");
    }
}
