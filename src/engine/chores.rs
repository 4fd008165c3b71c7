//! Long work in bounded slices between turns: admitting a file, writing a report, renewing
//! STATUS.txt. The daemon brings the chores; the loop only gives them their moments.
//!
//! Must never: keep the loop for longer than one slice.

use super::desk::Desk;
use crate::ledger::Ledger;
use crate::payout::moment::Moment;
use std::time::Duration;

/// How a slice went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do at once.
    More,
    /// A batch was admitted or changed: the loop looks at the ledger's batches again.
    Changed,
    /// Nothing to do now. `pending`: something lies there that will need doing by itself later.
    Idle { look_again: Duration, pending: bool },
}

/// One kind of long work.
pub trait Chore {
    /// Does one bounded slice.
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment) -> anyhow::Result<Progress>;
}

/// What the chores left to do.
pub(super) struct Rest {
    pub more: bool,
    pub pending: bool,
    pub look_again: Duration,
}
