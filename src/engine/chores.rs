//! Long work in bounded slices between turns: admitting a file, writing a report, renewing
//! STATUS.txt. The daemon brings the chores; the loop only gives them their moments.
//!
//! Must never: keep the loop for longer than one slice.

use super::desk::Desk;
use super::{Engine, EngineError, LOOK_AT_REST};
use crate::ledger::Ledger;
use crate::payout::moment::Moment;
use std::time::Duration;

/// What all chores together take of a turn: nobody who waits for the loop waits noticeably longer.
const TIME_OF_A_TURN: Duration = Duration::from_millis(5);

/// How a slice went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do at once, or may be, and there was no time to look.
    More,
    /// A batch was admitted or changed: the loop looks at the ledger's batches again.
    Changed,
    /// Nothing to do now. `pending`: something lies there that will need doing by itself later.
    Idle { look_again: Duration, pending: bool },
}

/// One kind of long work.
pub trait Chore {
    /// Does one bounded slice, which ends when `time` is over. Without any it does nothing that takes
    /// some, and says [`Progress::More`] where there may be such a thing.
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress>;
}

/// The time of a slice.
pub struct Until(tokio::time::Instant);

impl Until {
    pub fn over(time: Duration) -> Until {
        Until(tokio::time::Instant::now() + time)
    }

    /// Whether one more step may be begun.
    pub fn has_time(&self) -> bool {
        tokio::time::Instant::now() < self.0
    }
}

/// What the chores left to do.
pub(super) struct Rest {
    pub more: bool,
    pub pending: bool,
    pub look_again: Duration,
}

impl Engine {
    /// Slices of the chores; each is the first in its turn.
    pub(super) fn do_chores(&mut self, chores: &mut [&mut dyn Chore], stopping: bool) -> Result<Rest, EngineError> {
        let mut rest = Rest { more: false, pending: false, look_again: LOOK_AT_REST };
        let until = tokio::time::Instant::now() + TIME_OF_A_TURN;
        let count = chores.len().max(1);
        self.first_chore = (self.first_chore + 1) % count;
        for place in 0..chores.len() {
            let Some(chore) = chores.get_mut((self.first_chore + place) % count) else { continue };
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            match chore.slice(&mut self.ledger, &self.desk, self.clock.now(), left)? {
                Progress::More => rest.more = !stopping || rest.more,
                Progress::Changed => {
                    self.desk.look_at_batches(&self.ledger)?;
                    rest.more = true;
                }
                Progress::Idle { look_again, pending } => {
                    rest.look_again = rest.look_again.min(look_again);
                    rest.pending |= pending;
                }
            }
        }
        Ok(rest)
    }
}
