//! What is held, as the loop needs it at start: with an index of its own, and never by scanning.
//!
//! Must never: leave out a payout whose money may have moved.

use super::error::LedgerError;
use super::reader::Reader;
use crate::payout::money::Amount;
use crate::payout::state::PayoutId;
use rusqlite::params;

impl Reader {
    /// Amounts of held payouts that a Transfert of ours may have paid: they stay reserved.
    pub fn held_reserving(&self) -> Result<Vec<Amount>, LedgerError> {
        self.all(
            "SELECT amount FROM payout INDEXED BY payout_held WHERE state = 'held' \
             AND (may_have_been_paid = 'unknown' OR (may_have_been_paid = 'yes' AND attempts > 0))",
            params![],
            |row| Ok(Amount::from_centimes(row.get(0)?)),
        )
    }

    /// Held payouts for which nothing was ever sent, as far as this ledger knows.
    pub fn held_unsent(&self, limit: u32) -> Result<Vec<PayoutId>, LedgerError> {
        self.all(
            "SELECT id FROM payout INDEXED BY payout_held WHERE state = 'held' AND may_have_been_paid = 'no' \
             ORDER BY id LIMIT ?1",
            [limit],
            |row| Ok(PayoutId(row.get(0)?)),
        )
    }
}
