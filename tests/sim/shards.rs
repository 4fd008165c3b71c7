//! Many seeds over all cores, and what is printed of them.
//!
//! Must never: lose a violation, or let the number of threads change what a seed does.

use crate::drive::{Verdict, run};
use crate::floors;
use crate::record::Counts;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Failing seeds that are told one by one.
const TOLD: usize = 12;

pub struct Sweep {
    pub from: u64,
    pub seeds: u64,
    pub stop_at_first: bool,
}

#[derive(Default)]
pub struct Found {
    from: u64,
    pub seeds: u64,
    pub counts: Counts,
    /// Seed and what was wrong, the lowest first.
    pub failed: Vec<(u64, Vec<String>)>,
    took: Duration,
}

pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

pub fn from_environment() -> Option<Sweep> {
    let seeds = number("PAYOUTD_SIM_SEEDS")?;
    let from = number("PAYOUTD_SIM_FROM").unwrap_or(1);
    Some(Sweep { from, seeds, stop_at_first: number("PAYOUTD_SIM_STOP") == Some(1) })
}

/// Runs the seeds, one at a time on each core.
pub fn sweep(of: &Sweep) -> Found {
    let began = Instant::now();
    let (next, stop) = (AtomicU64::new(of.from), AtomicBool::new(false));
    let found = Mutex::new(Found::default());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed >= of.from + of.seeds || stop.load(Relaxed) {
                        return;
                    }
                    let verdict = run_caught(seed);
                    if !verdict.violations.is_empty() && of.stop_at_first {
                        stop.store(true, Relaxed);
                    }
                    found.lock().unwrap().take(verdict);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.from = of.from;
    found.failed.sort();
    found.took = began.elapsed();
    found
}

/// A panic is a violation too.
fn run_caught(seed: u64) -> Verdict {
    std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|why| {
        let text = why.downcast_ref::<String>().cloned();
        let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_string())).unwrap_or_default();
        Verdict { seed, violations: vec![format!("a panic: {text}")], counts: Counts::default(), trace: String::new() }
    })
}

impl Found {
    fn take(&mut self, verdict: Verdict) {
        self.seeds += 1;
        self.counts.add(&verdict.counts);
        if !verdict.violations.is_empty() {
            self.failed.push((verdict.seed, verdict.violations));
        }
    }

    /// Fails where a seed found something, or where too little struck for that to mean anything.
    pub fn holds(&self) {
        self.is_clean();
        let missed = floors::missed(&self.counts, self.seeds);
        assert!(missed.is_empty(), "too little struck in {} seeds:\n  {}", self.seeds, missed.join("\n  "));
    }

    /// Fails with the first seeds that found something, and how to see them again.
    fn is_clean(&self) {
        if self.failed.is_empty() {
            return;
        }
        let mut text = String::new();
        for (seed, violations) in self.failed.iter().take(TOLD) {
            text += &format!(
                "seed {seed}:\n  {}\n  PAYOUTD_SIM_SEED={seed} cargo test --test sim replay -- --nocapture\n",
                violations.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n  ")
            );
        }
        let first = self.failed.first().map_or(0, |(seed, _)| seed + 1 - self.from);
        panic!(
            "{} of {} seeds found something, the first of them after {first} seeds:\n{text}",
            self.failed.len(),
            self.seeds
        );
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        for (name, count) in &counts.faults {
            writeln!(f, "{count:>10}  {name}")?;
        }
        for (place, count) in &counts.crashes {
            writeln!(f, "{count:>10}  crashes {place}")?;
        }
        writeln!(
            f,
            "{} seeds, {} faults, {} crashes, {} simulated hours, {} files, {} rows dropped, {} Transferts, {} debits, {} questions, {} orders, {} older ledgers, {} second debits in the stated window, {} violations, {:.0} s",
            self.seeds,
            counts.faults(),
            counts.crashes(),
            counts.lived_ms / 3_600_000,
            counts.files,
            counts.rows,
            counts.transfers,
            counts.debits,
            counts.questions,
            counts.orders,
            counts.restores,
            counts.in_the_window,
            self.failed.len(),
            self.took.as_secs_f64()
        )
    }
}
