//! How many inputs got as far as there is to get and how many did not, in the file that `PAYOUTD_FUZZ_TALLY`
//! names: `tests/fuzz/run` fails where too few of either came.
//!
//! Must never: count an input that was not held to its promises.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static FAR: AtomicU64 = AtomicU64::new(0);
static NOT: AtomicU64 = AtomicU64::new(0);

/// Inputs between two writes: libFuzzer ends the process without a word to us.
const EVERY: u64 = 256;

pub fn count(far: bool) {
    if far { &FAR } else { &NOT }.fetch_add(1, Relaxed);
    let (far, not) = (FAR.load(Relaxed), NOT.load(Relaxed));
    if (far + not).is_multiple_of(EVERY)
        && let Some(file) = std::env::var_os("PAYOUTD_FUZZ_TALLY")
    {
        std::fs::write(file, format!("{far} {not}\n")).expect("the tally can be written");
    }
}
