//! Other settings from one turn to the next. Calls that are under way end as they were begun.
//!
//! Must never: be half done, or let money be counted with one fee in and with another out.

use super::{Engine, Settings};
use crate::ledger::LedgerError;

impl Engine {
    /// Goes by `settings` from the next turn on.
    ///
    /// # Errors
    /// The ledger cannot be read; then nothing was taken.
    pub fn go_by(&mut self, settings: Settings) -> Result<(), LedgerError> {
        let old = &self.settings;
        let money = |s: &Settings| (s.fee, s.floor, s.balance_lag);
        // What was reserved with the old fee would be given back with the new one: all of it is reckoned
        // anew, as at a start, and the balance is read before anything is sent on it.
        let reckoned = if money(old) == money(&settings) {
            None
        } else {
            Some(self.desk.reckon_funds(&self.ledger, &settings, self.clock.now())?)
        };
        if let Some(funds) = reckoned {
            self.desk.funds = funds;
        }
        self.transfer_limiter.change(settings.transfer_every);
        self.query_limiter.change(settings.query_every);
        self.desk.hours.clone_from(&settings.hours);
        // Reckoned with the old waits; each is decided anew.
        self.desk.quiet.clear();
        self.disk_looked = None;
        self.next_permit = None;
        self.settings = settings;
        Ok(())
    }
}
