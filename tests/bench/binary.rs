//! How large the program is.
//!
//! Must never: measure another build than the one that the other parts run.

use super::table::{Line, Target};

/// Bytes in a megabyte, as disks are sold.
const MEGABYTE: f64 = 1_000_000.0;

pub fn measure() -> Vec<Line> {
    let bytes = std::fs::metadata(env!("CARGO_BIN_EXE_payoutd")).expect("the program").len();
    let megabytes = bytes as f64 / MEGABYTE;
    vec![Line {
        what: "the program, stripped".to_string(),
        ours: format!("{megabytes:.1} MB"),
        beside: String::new(),
        value: Some(megabytes),
        told: format!("{megabytes:.1} MB"),
        targets: vec![Target::AtMost(20.0)],
        to_reach: "below 20 MB".to_string(),
        peak_kib: None,
    }]
}
