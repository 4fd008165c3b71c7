//! The report of a million paid rows, beside `sqlite3 -csv` of the same columns.
//!
//! Inside the clock is the whole of `payoutd report B000001`: its start; the digest and the seal of every
//! row checked; every text made harmless for spreadsheets; both times of every row in local form; the rows
//! added up against the batch's tally; the file on disk (fsync) under a name of its own, then in the old
//! one's place, with its summary. The other side reads the same columns out of the payout table as they
//! are stored, checks nothing, and leaves its file in the page cache.
//!
//! Must never: give the other side less to write than the report has.

use super::house::{House, Simulator};
use super::measure::{Run, grouped, has, in_turn, run};
use super::table::Line;
use super::{payroll, settled};
use std::process::Command;

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 5;

/// A house that admits whatever is dropped, and pays nothing of it before a person says so.
pub const WAITING: &str = "[engine]\ntransfers_per_second = 100000\nqueries_per_second = 100000\n\
     [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n[safety]\ncheck_first = false\npaid_already_within = \"\"\n\
     [balance]\npoll = \"5m\"\n[approval]\nabove = \"0\"\n";

/// The report's columns out of the payout table. What stands in none (`retried_as`) is left empty there.
const SAME_COLUMNS: &str = "SELECT line, reference, receiver, name, amount, description, state AS status, \
     may_have_been_paid, transaction_id, attempts, first_sent_at, settled_at, confirmed_by, words AS reason, retry_of, \
     NULL AS retried_as, state AS final_status, other FROM payout WHERE batch = 1 ORDER BY id";

pub fn measure() -> Vec<Line> {
    let what = format!("report of {} rows", grouped(ROWS as f64));
    if !has("sqlite3") {
        return vec![Line::left_out(&what, "no sqlite3 here")];
    }
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator.address, WAITING);
    admit(&house, 0, ROWS);
    settled::pay_newest_batch(&house.path().join("state"));
    let mut peak_kib = 0;
    let pair = in_turn(
        ROUNDS,
        || {
            let report = run(&mut house.command(&["report", "B000001"]));
            assert!(report.status.success(), "the report is written");
            peak_kib = peak_kib.max(report.peak_kib);
            report.wall.as_secs_f64()
        },
        || {
            let mut sqlite = Command::new("sh");
            sqlite.current_dir(house.path()).args(["-c", "exec sqlite3 -csv -header \"$1\" \"$2\" > beside.csv", "sh"]);
            let beside = run(sqlite.args(["state/ledger.sqlite3", SAME_COLUMNS]));
            assert!(beside.status.success(), "sqlite3 writes its file");
            beside.wall.as_secs_f64()
        },
    );
    let lines = std::fs::read(house.place("reports/payroll.B000001.report.csv")).expect("the report");
    let lines = lines.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(lines, ROWS + 2, "every row, a header and the word that it is a simulation");
    let told = |seconds: f64| format!("{seconds:.2} s");
    let line = Line::ratio(&what, told(pair.ours), format!("`sqlite3 -csv` {}", told(pair.beside)), pair.speed, 1.3);
    vec![line.with_peak(peak_kib)]
}

/// A file of so many rows, admitted by the daemon; it waits for approval.
pub fn admit(house: &House, first: u64, rows: u64) -> Run {
    let file = house.path().join("on-its-way");
    payroll::write_file(&file, first, rows);
    std::fs::rename(&file, house.place("inbox").join("payroll.csv")).expect("it is dropped");
    let took = run(&mut house.command(&["run", "--once"]));
    assert_eq!(took.status.code(), Some(3), "it is admitted, and waits for a person");
    took
}
