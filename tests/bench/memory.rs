//! The most memory that the daemon ever has, over the whole life of a file: taken, checked, admitted, its
//! first report, paying, its last report.
//!
//! Ten thousand rows are paid to the last one. Of a million, as many are paid as go in some seconds: then
//! the daemon is told to end, waits for the calls under way and writes the report of all of them. (Ten
//! million rows, by their intake and their report: see `ten_million.rs`.)
//!
//! Must never: count another process than the daemon.

use super::house::{House, Process, Simulator, until};
use super::measure::{grouped, peak_of};
use super::table::{Line, Target};
use super::{payroll, settled};
use rustix::process::{Pid, Signal, kill_process};
use std::time::Duration;

const SETTINGS: &str = "[engine]\ntransfers_per_second = 100000\nqueries_per_second = 100000\n\
     [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n[safety]\ncheck_first = false\npaid_already_within = \"\"\n";

/// A million rows are paid for so long.
const PAYING: Duration = Duration::from_secs(8);

pub fn measure() -> Vec<Line> {
    [10_000, 1_000_000].into_iter().map(life).collect()
}

fn life(rows: u64) -> Line {
    let simulator = Simulator::start(&["--balance", "1000000000.00", "--wallet-limit", "none"]);
    let house = House::build(&simulator.address, SETTINGS);
    let file = house.path().join("on-its-way");
    payroll::write_file(&file, 0, rows);
    std::fs::rename(&file, house.place("inbox").join("payroll.csv")).expect("it is dropped");
    let mut daemon = house.start();
    let mut peak = 0;
    let reports = house.place("reports");
    until("its first report is there", || {
        peak = peak_of(&daemon.0).max(peak);
        reports.join("payroll.B000001.summary.txt").exists()
    });
    let began = std::time::Instant::now();
    until("it is paid", || {
        peak = peak_of(&daemon.0).max(peak);
        std::thread::sleep(Duration::from_millis(20));
        began.elapsed() > PAYING
    });
    end(&mut daemon, &mut peak);
    let (paid, all) = settled::count_paid(&house.path().join("state"));
    assert_eq!(all, rows, "every row is there");
    let summary = std::fs::read_to_string(reports.join("payroll.B000001.summary.txt")).expect("its last report");
    assert!(rows > paid || summary.contains("FINAL: every payout"), "{summary}");
    let mebibytes = peak as f64 / 1024.0;
    let (rows, paid) = (grouped(rows as f64), grouped(paid as f64));
    Line {
        what: format!("most memory over the life of {rows} rows: intake, {paid} of them paid, report"),
        ours: format!("{mebibytes:.0} MiB"),
        beside: String::new(),
        value: Some(mebibytes),
        told: format!("{mebibytes:.0} MiB"),
        targets: vec![Target::AtMost(64.0)],
        to_reach: "below 64 MiB".to_string(),
        peak_kib: Some(peak),
    }
}

/// SIGTERM, and until it has ended; its memory is looked at to the last.
fn end(daemon: &mut Process, peak: &mut u64) {
    let pid = i32::try_from(daemon.0.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, Signal::TERM).expect("it is told to end");
    until("it has written its last report", || {
        *peak = peak_of(&daemon.0).max(*peak);
        daemon.0.try_wait().expect("it is waited for").is_some()
    });
}
