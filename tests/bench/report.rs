//! The report of a million paid rows, beside `sqlite3 -csv` of the same columns.
//!
//! Inside the clock is the whole of `payoutd report B000001`: its start; the digest and the seal of every
//! row checked; every text made harmless for spreadsheets; both times of every row in local form; the rows
//! added up against the batch's tally; the file on disk (fsync) under a name of its own, then in the old
//! one's place, with its summary. The other side reads the same columns out of the payout table, checks
//! nothing, and leaves its file in the page cache: once as they are stored (centimes, milliseconds, lists as
//! JSON), and once as the report tells them (gourdes, local times, a cell for each of the file's columns).
//!
//! Must never: give the other side less to write than the report has.

use super::house::{House, Simulator};
use super::measure::{Pair, Run, grouped, has, in_turn, run};
use super::table::{Line, Target};
use super::{payroll, settled};
use std::process::Command;

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 5;
const FEWER_ROUNDS: usize = 3;
const LONGEST_S: f64 = 5.0;

/// The same, each cell as the report has it.
const SAME_CELLS: &str = "SELECT line, reference, '509' || receiver AS receiver, name, \
     printf('%d.%02d', amount / 100, amount % 100) AS amount, description, state AS status, may_have_been_paid, \
     transaction_id, attempts, strftime('%Y-%m-%dT%H:%M:%S', first_sent_at / 1000, 'unixepoch', 'localtime') AS \
     first_sent_at, strftime('%Y-%m-%dT%H:%M:%S', settled_at / 1000, 'unixepoch', 'localtime') AS settled_at, \
     confirmed_by, words AS reason, retry_of, NULL AS retried_as, state AS final_status, \
     json_extract(other, '$[0]') AS site FROM payout WHERE batch = 1 ORDER BY id";

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
    let mut compare = |rounds: usize, columns: &str| {
        in_turn(
            rounds,
            || {
                let report = run(&mut house.command(&["report", "B000001"]));
                assert!(report.status.success(), "the report is written");
                peak_kib = peak_kib.max(report.peak_kib);
                report.wall.as_secs_f64()
            },
            || {
                let mut sqlite = Command::new("sh");
                sqlite.current_dir(house.path());
                sqlite.args(["-c", "exec sqlite3 -csv -header \"$1\" \"$2\" > beside.csv", "sh"]);
                let beside = run(sqlite.args(["state/ledger.sqlite3", columns]));
                assert!(beside.status.success(), "sqlite3 writes its file");
                beside.wall.as_secs_f64()
            },
        )
    };
    let (stored, told) = (compare(ROUNDS, SAME_COLUMNS), compare(FEWER_ROUNDS, SAME_CELLS));
    let lines = std::fs::read(house.place("reports/payroll.B000001.report.csv")).expect("the report");
    let lines = lines.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(lines, ROWS + 2, "every row, a header and the word that it is a simulation");
    let line = |what: &str, how: &str, pair: Pair| {
        let seconds = |seconds: f64| format!("{seconds:.2} s");
        let beside = format!("`sqlite3 -csv`{how} {}", seconds(pair.beside));
        Line {
            value: Some(pair.ours),
            targets: vec![Target::AtMost(LONGEST_S)],
            to_reach: format!("below {LONGEST_S:.0} s"),
            ..Line::ratio(what, seconds(pair.ours), beside, pair.speed, 1.0)
        }
        .with_peak(peak_kib)
    };
    vec![line(&what, ", columns as stored,", stored), line("the same", ", cells as the report's,", told)]
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
