//! How far a long command is, told calmly on stderr: a bar on a terminal, else a line now and then.
//!
//! Must never: write to stdout, or more than a line in half a minute into a log.

use super::print;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Between two lines where no terminal shows a bar.
const BETWEEN_LINES: Duration = Duration::from_secs(30);

pub struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    what: &'static str,
    told: Instant,
}

impl Progress {
    /// `what`: the things that are counted, such as "payouts looked at".
    #[expect(clippy::disallowed_methods, reason = "shown to people: nothing about money hangs on it")]
    pub fn begin(total: u64, what: &'static str) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30.green/white} {pos}/{len} {msg}, about {eta} left");
            let bar = ProgressBar::new(total).with_message(what);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Progress { bar, total, what, told: Instant::now() }
    }

    #[expect(clippy::disallowed_methods, reason = "shown to people: nothing about money hangs on it")]
    pub fn show(&mut self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        } else if self.told.elapsed() >= BETWEEN_LINES {
            self.told = Instant::now();
            print::tell(&format!("{done} of {} {}", self.total, self.what));
        }
    }

    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
