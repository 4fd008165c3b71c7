//! What is held, as the loop needs it at start: with an index of its own, and never by scanning.
//!
//! Must never: leave out a payout whose money may have moved.

use super::error::LedgerError;
use super::reader::Reader;
use super::stored::{COLUMNS, StoredRow, held_word};
use crate::payout::funds::Fee;
use crate::payout::money::Amount;
use crate::payout::state::{HeldReason, MayHaveBeenPaid, PayoutId, StateWord};
use rusqlite::params;

impl Reader {
    /// Amounts of held payouts that a Transfert of ours may have paid ([`State::reserves`]): they stay reserved.
    ///
    /// [`State::reserves`]: crate::payout::state::State::reserves
    pub fn held_reserving(&self) -> Result<Vec<Amount>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM payout p INDEXED BY payout_held WHERE p.state = 'held'");
        let held = self.all(&sql, [], |row| StoredRow::read(row)?.whole())?;
        let unsure = |row: &&StoredRow| row.cache.state == StateWord::Held && row.cache.money != MayHaveBeenPaid::No;
        let ids: Vec<PayoutId> = held.iter().filter(unsure).map(|row| row.id).collect();
        let held = self.payouts(&ids)?.into_iter().filter(|payout| payout.state.reserves());
        Ok(held.map(|payout| payout.instruction.amount).collect())
    }

    /// What is set aside for payouts whose money a Transfert of ours may still take or may have taken
    /// ([`State::reserves`]), fees included.
    ///
    /// [`State::reserves`]: crate::payout::state::State::reserves
    pub fn reserved(&self, fee: Fee) -> Result<Amount, LedgerError> {
        let held = fee.for_each(self.held_reserving()?);
        let in_doubt = self
            .batches_unfinished()?
            .into_iter()
            .map(|batch| fee.for_rows(batch.tally.count(StateWord::InDoubt), batch.tally.amount(StateWord::InDoubt)));
        Ok(in_doubt.fold(held, Amount::saturating_add))
    }

    /// Amounts of payouts that are held for this reason.
    pub fn held_as(&self, reason: HeldReason) -> Result<Vec<Amount>, LedgerError> {
        self.all(
            "SELECT amount FROM payout INDEXED BY payout_held WHERE state = 'held' AND held_for = ?1",
            [held_word(&reason)],
            |row| Ok(Amount::from_centimes(row.get(0)?)),
        )
    }

    /// Held payouts for which nothing was ever sent, as far as this ledger knows.
    pub fn held_unsent(&self, limit: u32) -> Result<Vec<PayoutId>, LedgerError> {
        self.all(
            "SELECT id FROM payout INDEXED BY payout_held WHERE state = 'held' AND may_have_been_paid = 'no' \
             ORDER BY id LIMIT ?1",
            params![limit],
            |row| Ok(PayoutId(row.get(0)?)),
        )
    }
}
