//! Long work in bounded slices between turns: admitting a file, writing a report, renewing
//! STATUS.txt. The daemon brings the chores; the loop only gives them their moments.
//!
//! Must never: keep the loop for longer than one slice.

use super::desk::Desk;
use super::{Engine, EngineError, LOOK_AT_REST};
use crate::ledger::Ledger;
use crate::payout::moment::Moment;
use std::time::Duration;

/// How a slice went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do at once.
    More,
    /// There may be more to do, and there was no time for it.
    Later,
    /// A batch was admitted or changed: the loop looks at the ledger's batches again.
    Changed,
    /// Nothing to do now. `pending`: something lies there that will need doing by itself later.
    Idle { look_again: Duration, pending: bool },
}

/// One kind of long work.
pub trait Chore {
    /// Does one bounded slice, which ends when `time` is over. Without any it does nothing that takes
    /// some, and says [`Progress::Later`] where there may be such a thing.
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
    /// More than there was time for before the next call.
    pub later: bool,
    pub pending: bool,
    pub look_again: Duration,
}

impl Engine {
    /// Slices of the chores, as far as there is time before the next call; each is the first in its turn.
    pub(super) fn do_chores(&mut self, chores: &mut [&mut dyn Chore], stopping: bool) -> Result<Rest, EngineError> {
        let mut rest = Rest { more: false, later: false, pending: false, look_again: LOOK_AT_REST };
        let time = self.time_for_chores();
        let until = tokio::time::Instant::now() + time.unwrap_or_default();
        let count = chores.len().max(1);
        if time.is_some() {
            self.first_chore = (self.first_chore + 1) % count;
        }
        for place in 0..chores.len() {
            let Some(chore) = chores.get_mut((self.first_chore + place) % count) else { continue };
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            match chore.slice(&mut self.ledger, &self.desk, self.clock.now(), left)? {
                Progress::More => rest.more = !stopping || rest.more,
                // What another chore took the time from is next; what a call did, when that has left.
                Progress::Later if time.is_some() => rest.more = !stopping || rest.more,
                Progress::Later => rest.later = true,
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
        self.put_off_since = if rest.later { self.put_off_since.or(Some(tokio::time::Instant::now())) } else { None };
        Ok(rest)
    }
}
