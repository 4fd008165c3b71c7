//! What a turn leaves behind before it is committed: weather and balance that outlive the process,
//! and batches that are complete.
//!
//! Must never: write what did not change, or close a batch that can still move.

use super::desk::Desk;
use crate::ledger::{LedgerError, Turn};
use crate::payout::batch::BatchEvent;
use crate::payout::state::StateWord;

impl Desk {
    /// Keeps weather and balance that outlive the process; writes only what changed.
    pub fn keep_standing(&mut self, turn: &mut Turn<'_>) -> Result<(), LedgerError> {
        let refused = self.weather.account_refused().map(str::to_string);
        let equal = self.weather.equal_refusals().map(str::to_string);
        if refused.is_some() && self.standing.account_refused.is_none() {
            tracing::error!(
                words = refused,
                "MonCash refuses the account: nothing more is sent; correct client id or secret, start payoutd again so that it reads them (as a service: systemctl restart payoutd), then 'payoutd resume'"
            );
        }
        if equal.is_some() && self.standing.equal_refusals.is_none() {
            tracing::error!(
                words = equal,
                "MonCash refused many payouts in a row with the same words: nothing more is sent; look at 'payoutd status', then 'payoutd resume'"
            );
        }
        let changed = self.standing.account_refused != refused
            || self.standing.equal_refusals != equal
            || self.standing_written != self.standing.balance;
        if changed {
            self.standing.account_refused = refused;
            self.standing.equal_refusals = equal;
            turn.set_standing(&self.standing)?;
            self.standing_written = self.standing.balance;
        }
        Ok(())
    }

    /// Brings the batches that the turn touched up to date, and closes those that are final.
    pub fn close_batches(&mut self, turn: &mut Turn<'_>) -> Result<(), LedgerError> {
        for id in std::mem::take(&mut self.touched) {
            let Some(mut batch) = turn.batch(id)? else { continue };
            if batch.is_final() && batch.completed.is_none() {
                turn.record_batch(&mut batch, &BatchEvent::Completed)?;
                tracing::info!(
                    batch = %id,
                    file = batch.file,
                    paid = batch.tally.count(StateWord::Paid),
                    declined = batch.tally.count(StateWord::Declined),
                    cancelled = batch.tally.count(StateWord::Cancelled),
                    "batch complete"
                );
            }
            if batch.is_final() {
                self.lanes.remove(&id);
            } else if let Some(lane) = self.lanes.get_mut(&id) {
                lane.batch = batch;
            }
        }
        Ok(())
    }
}
