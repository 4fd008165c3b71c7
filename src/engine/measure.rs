//! What the loop measures of itself and its disk, for whoever watches and for its own stop.
//!
//! Must never: decide about a payout.

use super::errands::Runner;
use super::{Engine, LOOK_AT_DISK};
use crate::ledger::{LedgerError, Turn};
use crate::metrics::meters::{Call, Meters};
use crate::payout::moment::Moment;
use std::time::Duration;
use tokio::time::Instant;

use super::calls::{Done, Purpose};

impl Engine {
    pub(super) fn look_at_disk(&mut self, now: Moment) {
        if self.disk_looked.is_some_and(|last| !now.boot.served(last, LOOK_AT_DISK)) {
            return;
        }
        self.disk_looked = Some(now.boot);
        let free = (self.settings.free_space)();
        let low = free.is_some_and(|free| free < self.settings.min_free);
        if low && !self.desk.disk_low {
            tracing::error!(
                free,
                needed = self.settings.min_free,
                "too little free disk space: nothing is sent; make room"
            );
        }
        self.desk.disk_low = low;
        self.desk.meters.disk_free = free;
    }

    /// A turn and its chores are over, which began then.
    pub(super) fn note_turn(&mut self, began: Instant) {
        let now = tokio::time::Instant::now();
        self.desk.meters.turn(now.saturating_duration_since(began), now);
        self.desk.meters.under_way = (self.calls.transfers(), self.calls.queries());
    }
}

/// Commits a turn; how long that took.
pub(super) fn commit(turn: Turn<'_>) -> Result<Duration, LedgerError> {
    let begun = tokio::time::Instant::now();
    turn.commit()?;
    Ok(begun.elapsed())
}

/// Counts the calls that ended.
pub(super) fn count(meters: &mut Meters, ended: &[Done]) {
    for Done { purpose, reply } in ended {
        let call = match purpose {
            Purpose::Transfer { .. } => Call::Transfer,
            Purpose::Balance => Call::Balance,
            Purpose::Token => Call::Token,
            Purpose::Errand { runner: Runner::Previews } => Call::Customer,
            Purpose::Ask { .. }
            | Purpose::Check { .. }
            | Purpose::Control { .. }
            | Purpose::Probe
            | Purpose::Errand { runner: Runner::Reconciliation }
            | Purpose::NotPaid { .. } => Call::Status,
        };
        if let Some(reply) = reply {
            meters.call(call, reply);
        }
    }
}
