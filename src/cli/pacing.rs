//! The rate at which a command asks MonCash, beside the daemon's own.
//!
//! Must never: take more than the half of what the account's owner allows while a daemon asks too.

use super::print;
use crate::config::Config;
use crate::daemon;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior};

/// How long between two questions, told on stderr where a daemon runs.
pub fn pace(config: &Config) -> Interval {
    let period = config.engine.queries_per_second.period();
    let daemon_runs = daemon::live(&config.folders.state, super::now()).is_some();
    if daemon_runs {
        print::tell("payoutd is running and asks MonCash too: this command takes half of [engine] queries_per_second");
    }
    let mut interval = tokio::time::interval(spacing(period, daemon_runs));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

fn spacing(period: Duration, daemon_runs: bool) -> Duration {
    let spacing = if daemon_runs { period.saturating_mul(2) } else { period };
    spacing.max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_beside_a_daemon_takes_half_the_rate() {
        let period = Duration::from_millis(100);
        assert_eq!(spacing(period, false), period);
        assert_eq!(spacing(period, true), period * 2);
    }
}
