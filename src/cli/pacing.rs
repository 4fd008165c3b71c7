//! The rate at which a command asks MonCash, beside the daemon's own.
//!
//! Must never: take more than the half of what the account's owner allows while a daemon asks too.

use super::print;
use crate::config::Config;
use crate::daemon;
use crate::moncash::client::Client;
use crate::moncash::gateway::Call;
use crate::moncash::limiter::{Limiter, put};
use crate::payout::reply::Reply;
use std::rc::Rc;
use std::time::Duration;

/// MonCash, asked at the command's rate.
pub struct Paced {
    client: Rc<Client>,
    limiter: Rc<Limiter>,
}

impl Paced {
    /// Tells the rate on stderr where a daemon runs.
    pub fn new(client: Client, config: &Config) -> Paced {
        let period = config.engine.queries_per_second.period();
        let daemon_runs = daemon::live(&config.folders.state, super::now()).is_some();
        if daemon_runs {
            print::tell(
                "payoutd is running and asks MonCash too: this command takes half of [engine] queries_per_second",
            );
        }
        let limiter = Rc::new(Limiter::every(spacing(period, daemon_runs)));
        Paced { client: Rc::new(client), limiter }
    }

    pub async fn ask(&self, question: impl Fn(&Client) -> Call) -> Reply {
        self.limiter.permit().await;
        put(&self.client, &self.limiter, question).await
    }
}

fn spacing(period: Duration, daemon_runs: bool) -> Duration {
    if daemon_runs { period.saturating_mul(2) } else { period }
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
