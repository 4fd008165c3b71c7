//! What MonCash says about what is unfinished in a ledger that may be older than its last send, while it asks
//! and until a person resumes.
//!
//! Must never: be taken for a decision; each payout has its own.

use super::Engine;
use super::desk::Desk;
use crate::ledger::{LedgerError, Reader};
use crate::payout::activity::Found;
use crate::payout::state::HeldReason;

impl Desk {
    /// What was found so far; `None` where nothing is suspected, or not everything is in doubt yet.
    pub fn found(&self, ledger: &Reader) -> Result<Option<Found>, LedgerError> {
        if self.standing.suspicion.is_none() || self.suspecting.is_some() {
            return Ok(None);
        }
        let mut found = Found::default();
        for amount in ledger.held_as(HeldReason::PaidByWhom)? {
            found.paid += 1;
            found.paid_centimes = found.paid_centimes.saturating_add(amount.centimes());
        }
        for doubt in self.doubts.values().filter_map(|payout| payout.doubt()) {
            if doubt.inquiry.not_found.is_empty() {
                found.open += 1;
            } else {
                found.not_found += 1;
            }
        }
        Ok(Some(found))
    }
}

impl Engine {
    /// What was found so far, for whoever ends with it.
    pub fn found(&self) -> Option<Found> {
        self.desk.found(&self.ledger).ok().flatten().filter(|found| !found.is_empty())
    }
}
