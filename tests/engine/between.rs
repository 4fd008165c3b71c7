//! What happens between a turn's commit and the first poll of its calls: the worst moment there is.
//!
//! Must never: move a payout.

use super::house::{HOUR, House};
use payoutd::engine::chores::{Chore, Progress};
use payoutd::engine::desk::Desk;
use payoutd::engine::{Bell, EngineError, Until};
use payoutd::ledger::Ledger;
use payoutd::payout::moment::Moment;
use std::time::Duration;

/// Runs between a turn's commit and the first poll of its calls.
struct Between<F: FnMut(&Ledger) -> bool>(F);

impl<F: FnMut(&Ledger) -> bool> Chore for Between<F> {
    /// Dies where it says so.
    fn slice(&mut self, ledger: &mut Ledger, _: &Desk, _: Moment, _: Duration) -> anyhow::Result<Progress> {
        if (self.0)(ledger) {
            anyhow::bail!("killed");
        }
        Ok(Progress::Idle { look_again: HOUR, pending: false })
    }
}

/// Lets the daemon run; `between` is called after every commit, and `true` kills the process there.
pub async fn run_with(
    house: &mut House,
    time: Duration,
    between: impl FnMut(&Ledger) -> bool,
) -> Result<(), EngineError> {
    let (bell, mut chore) = (Bell::default(), Between(between));
    let mut chores: [&mut dyn Chore; 1] = [&mut chore];
    tokio::select! {
        biased;
        ended = house.engine().run(Until::Stopped, &bell, &bell, &mut chores) => ended.map(|_| ()),
        () = tokio::time::sleep(time) => Ok(()),
    }
}
