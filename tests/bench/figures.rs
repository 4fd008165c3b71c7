//! How fast, flat and frugal payoutd is, beside what a user would take instead: one table.
//!
//! `cargo bench --bench figures` measures everything, `cargo bench --bench figures -- intake report` some
//! parts of it. It makes its own data, in a folder under `target/` that it removes, and speaks to loopback
//! only. For the comparisons it wants `sqlite3` and `python3` on the PATH; a line whose other side is not
//! there says so.
//!
//! A figure is the median of several rounds. Where two things are compared they take turns, and the ratio
//! is the median of the ratios of neighbours, so that a machine whose speed drifts tells the truth all the
//! same.
//!
//! Must never: judge (it prints; tests judge), print a figure that was not measured in this run, or reach
//! beyond loopback.

mod binary;
mod house;
mod idle;
mod intake;
mod measure;
mod memory;
mod neighbours;
mod payouts;
mod payroll;
mod rate;
mod report;
mod settled;
mod table;
mod ten_million;

use std::time::Instant;
use table::{Line, Table};

/// The name by which a part is asked for, and what measures it.
type Part = (&'static str, fn() -> Vec<Line>);

/// In the order of the table.
const PARTS: [Part; 9] = [
    ("intake", intake::measure),
    ("payouts", payouts::measure),
    ("report", report::measure),
    ("memory", memory::measure),
    ("ten_million", ten_million::measure),
    ("rate", rate::measure),
    ("neighbours", neighbours::measure),
    ("idle", idle::measure),
    ("binary", binary::measure),
];

fn main() {
    // What cargo itself passes.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) = wanted.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no part '{unknown}': name some of {}", names.join(", "));
        std::process::exit(2);
    }
    let began = Instant::now();
    let mut table = Table::default();
    for (name, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|part| part == name) {
            eprintln!("{:>5.0} s  {name}", began.elapsed().as_secs_f64());
            table.add(measure());
        }
    }
    println!("{table}");
    println!("{}; {:.0} s in all", measure::machine(), began.elapsed().as_secs_f64());
}
