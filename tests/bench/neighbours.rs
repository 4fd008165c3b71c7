//! What another batch's Transferts feel while a million rows are admitted and their report is written.
//!
//! Must never: compare two runs: both stretches are of one daemon, one after the other.

use super::house::{House, Simulator, call_of, until};
use super::measure::grouped;
use super::payroll::write_file;
use super::table::{Line, Target};
use std::time::Duration;

/// Transferts a second of the batch that is looked at.
const RATE: u32 = 50;
/// How long it is paid before anything else happens.
const ALONE: Duration = Duration::from_secs(10);
/// Rows of the file that comes then.
const MANY: u32 = 1_000_000;
/// Longest that all of it takes, in seconds.
const AT_MOST: u32 = 90;

pub fn measure() -> Vec<Line> {
    let moncash = Simulator::start(&["--latency", "50ms..200ms"]);
    // The big batch waits for a person: it is admitted and reported, and nobody is paid from it.
    let settings = format!(
        "[engine]\ntransfers_per_second = {RATE}\nqueries_per_second = {}\n[intake]\nsettle = \"0s\"\n\
         [safety]\nmin_free = \"1MB\"\n[approval]\nabove = \"500000.00\"\n",
        RATE * 2
    );
    let house = House::build(&moncash.address, &settings);
    let (small, big) = (house.path().join("small.made"), house.path().join("big.made"));
    write_file(&small, u64::from(MANY), u64::from(RATE * AT_MOST));
    write_file(&big, 0, u64::from(MANY));
    house.drop_file("small.csv", &small);
    let _payoutd = house.start();
    moncash.wait_for(call_of::TRANSFER, RATE, Duration::from_secs(30));
    std::thread::sleep(ALONE);
    let alone = moncash.times_of(call_of::TRANSFER);
    house.drop_file("big.csv", &big);
    let dropped = alone.len();
    let report = house.place("reports").join("big.B000002.report.csv");
    until("the report of the million is there", || report.exists());
    let all = moncash.times_of(call_of::TRANSFER);
    let beside = &all[dropped..];
    let (without, with) = (gaps(&alone[RATE as usize..]), gaps(beside));
    let added = at_99(&with) - at_99(&without);
    let took = beside.last().unwrap_or(&0) - beside.first().unwrap_or(&0);
    vec![Line {
        what: format!(
            "gap between another batch's Transferts ({RATE}/s), 99th percentile, while {} rows are admitted and reported ({:.1} s; longest gap {} ms)",
            grouped(f64::from(MANY)),
            took as f64 / 1000.0,
            with.last().unwrap_or(&0)
        ),
        ours: format!("{:.0} ms", at_99(&with)),
        beside: format!("without: {:.0} ms (longest {} ms)", at_99(&without), without.last().unwrap_or(&0)),
        value: Some(added),
        told: format!("{added:.0} ms added"),
        targets: vec![Target::AtMost(25.0)],
        to_reach: "at most 25 ms added".to_string(),
        peak_kib: None,
    }]
}

/// Milliseconds between neighbours, the shortest first.
fn gaps(times: &[u64]) -> Vec<u64> {
    let mut gaps: Vec<u64> = times.windows(2).map(|two| two[1] - two[0]).collect();
    gaps.sort_unstable();
    gaps
}

fn at_99(gaps: &[u64]) -> f64 {
    gaps.get(gaps.len() * 99 / 100).copied().unwrap_or(u64::MAX) as f64
}
