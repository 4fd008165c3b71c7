//! A ledger with ten million settled payouts beside small ones: memory while a file of that length is
//! taken in and reported, the time until the first new Transfert, `status`, and what a payout costs.
//!
//! The file of ten million rows is admitted by the daemon, which also writes its report. Then all of them
//! are paid on paper (`settled.rs` tells how, and what of it is real). The small ledgers are made in the
//! same way. In each waits a second batch; the daemon is started on it, pays some, and is told to end, in
//! turn on the large ledger and on a small one.
//!
//! "Until the first new Transfert": from the program's start until its journal says that the first payout
//! is paid, which is later by one answer. "Read": all bytes that the process read from anywhere until
//! then, less what `status` reads where there is no ledger at all.
//!
//! `PAYOUTD_BENCH_ROWS` sets another number of rows. The ledger takes some 6 GB of disk, the files on the
//! way to it 3 GB more; all of it is removed in the end, and when something fails, too.
//!
//! Must never: leave the ledger behind.

use super::house::{House, Process, Simulator};
use super::measure::{grouped, median, run};
use super::report::{WAITING, admit};
use super::settled;
use super::table::{Line, Target};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const ROWS: u64 = 10_000_000;
/// Beside what start and `status` are measured, and beside what a payout is.
const FEW: u64 = 1_000;
const SOME: u64 = 10_000;
const ROUNDS: usize = 5;
/// New payouts that wait in each ledger, and how many of them are timed in a round.
const NEW: u64 = 60_000;
const TIMED: usize = 8_000;
/// Reading is counted in these.
const PAGE: f64 = 4096.0;

pub fn measure() -> Vec<Line> {
    let rows = std::env::var("PAYOUTD_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let large = Settled::of(rows);
    let (few, some) = (Settled::of(FEW), Settled::of(SOME));
    let mut lines = vec![memory(rows, large.peak_kib)];
    let nothing = read_by_status(&House::build("127.0.0.1:1", WAITING));
    let rounds: Vec<(Start, Start, Start)> =
        (0..ROUNDS).map(|_| (large.start_and_pay(), few.start_and_pay(), some.start_and_pay())).collect();
    let of = |pick: &dyn Fn(&(Start, Start, Start)) -> f64| median(rounds.iter().map(pick).collect());
    let with = format!("with {} settled payouts", grouped(rows as f64));
    lines.push(quick(
        &format!("start {with}, until the first new Transfert"),
        of(&|round| round.0.first.as_secs_f64()),
        of(&|round| round.1.first.as_secs_f64()),
    ));
    lines.push(little("read by that start", of(&|round| round.0.read) - nothing, of(&|round| round.1.read) - nothing));
    let status: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (status_of(&large.house), status_of(&few.house))).collect();
    let status_line = quick(
        &format!("`payoutd status` {with}"),
        median(status.iter().map(|both| both.0).collect()),
        median(status.iter().map(|both| both.1).collect()),
    );
    lines.push(status_line.without_target());
    lines.push(little(
        "read by that status",
        read_by_status(&large.house) - nothing,
        read_by_status(&few.house) - nothing,
    ));
    lines.push(cost(&with, &rounds));
    lines
}

/// A ledger whose first batch is settled, with a second that waits for the daemon.
struct Settled {
    house: House,
    peak_kib: u64,
    _simulator: Simulator,
}

/// What one start came to.
struct Start {
    /// Until the first payout was paid.
    first: Duration,
    /// Bytes read until then.
    read: f64,
    /// A payout after that, in seconds.
    each: f64,
}

impl Settled {
    fn of(rows: u64) -> Settled {
        let simulator = Simulator::start(&["--balance", "1000000000.00", "--wallet-limit", "none"]);
        let house = House::build(&simulator.address, WAITING);
        let peak_kib = admit(&house, 0, rows).peak_kib;
        // Room for the ledger that is to grow.
        for folder in ["accepted", "reports"] {
            std::fs::remove_dir_all(house.place(folder)).expect("it is removed");
        }
        settled::pay_newest_batch(&house.path().join("state"));
        admit(&house, rows, NEW);
        let approved = run(&mut house.command(&["approve", "B000002", "--reason", "bench"]));
        assert!(approved.status.success(), "it is approved");
        // What is in memory only is not to be written while something is measured.
        rustix::fs::sync();
        Settled { house, peak_kib, _simulator: simulator }
    }

    fn start_and_pay(&self) -> Start {
        let began = Instant::now();
        let mut daemon = Process(self.house.command(&["run"]).stderr(Stdio::piped()).spawn().expect("payoutd starts"));
        let journal = BufReader::new(daemon.0.stderr.take().expect("its journal"));
        let mut paid = journal.lines().map_while(Result::ok).filter(|line| line.contains(" paid "));
        let said = paid.next().expect("the first is paid");
        let (first, read) = (began.elapsed(), read_by(&daemon.0));
        assert!(said.contains("batch=B000002"), "{said}");
        let timed = Instant::now();
        assert_eq!(paid.by_ref().take(TIMED).count(), TIMED, "they are paid");
        let each = timed.elapsed().as_secs_f64() / TIMED as f64;
        // The rest of the journal is read, so that the daemon is not kept from ending.
        std::thread::scope(|both| {
            both.spawn(move || paid.count());
            daemon.end();
        });
        Start { first, read, each }
    }
}

/// Bytes that a process read so far, from files and whatever else.
fn read_by(child: &Child) -> f64 {
    let told = std::fs::read_to_string(format!("/proc/{}/io", child.id())).expect("what it read");
    let bytes = told.lines().find_map(|line| line.strip_prefix("rchar: ")).expect("a count");
    bytes.trim().parse().expect("a number")
}

fn read_by_status(house: &House) -> f64 {
    let mut child = house.command(&["status"]).spawn().expect("it runs");
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).expect("it ends");
    let read = read_by(&child);
    child.wait().expect("it has ended");
    read
}

fn status_of(house: &House) -> f64 {
    let status = run(&mut house.command(&["status"]));
    assert!(status.status.success(), "it tells");
    status.wall.as_secs_f64()
}

fn memory(rows: u64, peak_kib: u64) -> Line {
    let mebibytes = peak_kib as f64 / 1024.0;
    Line {
        what: format!("most memory while {} rows are taken in and reported", grouped(rows as f64)),
        ours: format!("{mebibytes:.0} MiB"),
        beside: String::new(),
        value: Some(mebibytes),
        told: format!("{mebibytes:.0} MiB"),
        targets: Vec::new(),
        to_reach: String::new(),
        peak_kib: Some(peak_kib),
    }
}

fn quick(what: &str, large: f64, few: f64) -> Line {
    Line {
        what: what.to_string(),
        ours: format!("{:.0} ms", large * 1e3),
        beside: format!("with {}: {:.0} ms", grouped(FEW as f64), few * 1e3),
        value: Some(large * 1e3),
        told: format!("{:.0} ms", large * 1e3),
        targets: vec![Target::AtMost(200.0)],
        to_reach: "below 200 ms".to_string(),
        peak_kib: None,
    }
}

fn little(what: &str, large: f64, few: f64) -> Line {
    let pages = |bytes: f64| format!("{:.0} pages", bytes / PAGE);
    Line {
        what: what.to_string(),
        ours: pages(large),
        beside: format!("with {}: {}", grouped(FEW as f64), pages(few)),
        value: Some(large / few),
        told: format!("{:.2}×", large / few),
        targets: Vec::new(),
        to_reach: String::new(),
        peak_kib: None,
    }
}

fn cost(with: &str, rounds: &[(Start, Start, Start)]) -> Line {
    let micros = |pick: &dyn Fn(&(Start, Start, Start)) -> f64| median(rounds.iter().map(pick).collect()) * 1e6;
    let ratio = median(rounds.iter().map(|(large, _, some)| large.each / some.each).collect());
    Line {
        what: format!("a payout {with}"),
        ours: format!("{:.0} µs", micros(&|round| round.0.each)),
        beside: format!("with {}: {:.0} µs", grouped(SOME as f64), micros(&|round| round.2.each)),
        value: Some(ratio),
        told: format!("{ratio:.2}×"),
        targets: Vec::new(),
        to_reach: String::new(),
        peak_kib: None,
    }
}
