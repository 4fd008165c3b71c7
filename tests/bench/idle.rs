//! What a daemon costs that has nothing to do.
//!
//! Must never: count its start.

use super::house::{House, Simulator, until};
use super::table::{Line, Target};
use std::path::Path;
use std::time::{Duration, Instant};

/// The start and its first looks are over by then.
const SETTLES: Duration = Duration::from_secs(3);
/// Long enough that each of its periodic works is in it, but for the renewal of STATUS.txt every minute,
/// which is counted apart.
const MEASURED: Duration = Duration::from_secs(20);

pub fn measure() -> Vec<Line> {
    let moncash = Simulator::start(&[]);
    let house = House::build(&moncash.address, "");
    let payoutd = house.start();
    until("it runs", || house.place("STATUS.txt").exists());
    std::thread::sleep(SETTLES);
    let state = house.path().join("state");
    let (began, cpu, bytes) = (Instant::now(), cpu_of(payoutd.0.id()), bytes_in(&state));
    std::thread::sleep(MEASURED);
    let share = (cpu_of(payoutd.0.id()) - cpu).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0;
    let grown = bytes_in(&state) as f64 - bytes as f64;
    let line = |what: &str, ours: String, value: f64, most: f64, to_reach: &str| Line {
        what: what.to_string(),
        told: ours.clone(),
        ours,
        beside: String::new(),
        value: Some(value),
        targets: vec![Target::AtMost(most)],
        to_reach: to_reach.to_string(),
        peak_kib: None,
    };
    vec![
        line("idle daemon, of one core", format!("{share:.3} %"), share, 0.1, "below 0.1 %"),
        line("idle daemon, growth of ledger and WAL", format!("{grown} bytes"), grown, 0.0, "none"),
    ]
}

/// What all threads of a process have used of the processors.
fn cpu_of(process: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("it runs");
    let nanos = threads.flatten().map(|thread| {
        let told = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        told.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanos.sum())
}

fn bytes_in(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("the state folder");
    files.flatten().filter_map(|file| file.metadata().ok()).map(|about| about.len()).sum()
}
