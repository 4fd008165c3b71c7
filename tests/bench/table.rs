//! The table that is printed: a line a figure, as Markdown, for the README takes it over as it is.
//!
//! Must never: call a target reached that was missed.

use std::fmt;

/// What a line is to reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
        }
    }
}

/// One figure.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was measured.
    pub what: String,
    /// The median, with its unit: "1.42 s", "8,900/s".
    pub ours: String,
    /// What it is compared with, and that one's median; empty where there is nothing to compare with.
    pub beside: String,
    /// The figure that the target is about: mostly a ratio.
    pub value: Option<f64>,
    /// The same in words: "1.9×", "12 ms"; or why there is none.
    pub told: String,
    pub targets: Vec<Target>,
    /// The target in words: "at least 1.3×".
    pub to_reach: String,
    /// Most memory that the process of ours ever had, in KiB, where that was looked at.
    pub peak_kib: Option<u64>,
}

impl Line {
    /// A line that compares.
    pub fn ratio(what: &str, ours: String, beside: String, ratio: f64, at_least: f64) -> Line {
        Line {
            what: what.to_string(),
            ours,
            beside,
            value: Some(ratio),
            told: format!("{ratio:.2}×"),
            targets: vec![Target::AtLeast(at_least)],
            to_reach: format!("at least {at_least}×"),
            peak_kib: None,
        }
    }

    /// A line whose other side could not be measured on this machine.
    pub fn left_out(what: &str, why: &str) -> Line {
        Line {
            what: what.to_string(),
            ours: String::new(),
            beside: String::new(),
            value: None,
            told: format!("left out: {why}"),
            targets: Vec::new(),
            to_reach: String::new(),
            peak_kib: None,
        }
    }

    /// Told, and held to nothing.
    pub fn without_target(self) -> Line {
        Line { targets: Vec::new(), to_reach: String::new(), ..self }
    }

    pub fn with_peak(mut self, kib: u64) -> Line {
        self.peak_kib = Some(kib);
        self
    }

    fn verdict(&self) -> &'static str {
        match self.value {
            _ if self.targets.is_empty() => "",
            None => "",
            Some(value) if self.targets.iter().all(|target| target.is_met(value)) => "yes",
            Some(_) => "**no**",
        }
    }
}

#[derive(Default)]
pub struct Table(Vec<Line>);

impl Table {
    pub fn add(&mut self, lines: Vec<Line>) {
        self.0.extend(lines);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | payoutd | beside | comes to | to reach | reached | peak memory |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for line in &self.0 {
            let peak = line.peak_kib.map(|kib| format!("{:.0} MiB", kib as f64 / 1024.0)).unwrap_or_default();
            let Line { what, ours, beside, told, to_reach, .. } = line;
            writeln!(f, "| {what} | {ours} | {beside} | {told} | {to_reach} | {} | {peak} |", line.verdict())?;
        }
        Ok(())
    }
}
