//! Stop-watch, medians and memory.
//!
//! Must never: count what was not part of the work.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A process is looked at this often for the most memory that it had; the kernel keeps the mark, so that
/// only what it took in its last moments can be missed.
const LOOK_AT_MEMORY: Duration = Duration::from_millis(2);

/// One run of a program from beginning to end.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    pub peak_kib: u64,
    pub status: ExitStatus,
}

/// Runs a program to its end, its output thrown away.
pub fn run(command: &mut Command) -> Run {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts");
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(peak_of(&child));
        if let Some(status) = child.try_wait().expect("the program is waited for") {
            break status;
        }
        std::thread::sleep(LOOK_AT_MEMORY);
    };
    Run { wall: began.elapsed(), peak_kib, status }
}

/// The most memory (KiB) that a process ever had; 0 once it has ended.
pub fn peak_of(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    assert!(!figures.is_empty(), "nothing was measured");
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len() % 2 == 1 { figures[middle] } else { f64::midpoint(figures[middle - 1], figures[middle]) }
}

/// Two things that took turns: medians of both, and of the ratios of neighbours.
pub struct Pair {
    pub ours: f64,
    pub beside: f64,
    /// How often the other's time ours fits: above one, ours is the faster.
    pub speed: f64,
}

/// Times two things in turn. Both give the seconds that they took.
pub fn in_turn(rounds: usize, mut ours: impl FnMut() -> f64, mut beside: impl FnMut() -> f64) -> Pair {
    let both: Vec<(f64, f64)> = (0..rounds).map(|_| (ours(), beside())).collect();
    Pair {
        ours: median(both.iter().map(|(ours, _)| *ours).collect()),
        beside: median(both.iter().map(|(_, beside)| *beside).collect()),
        speed: median(both.iter().map(|(ours, beside)| beside / ours).collect()),
    }
}

/// "1,234,567".
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Whether a program that a comparison needs is there.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// What it was measured on, and when.
pub fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let model = model.trim_start_matches(['\t', ' ', ':']).to_string();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    format!("{model}, {cores} cores; {today}")
}
