//! What others see of the working set: chores, metrics, status and notifications read it, and change nothing.
//!
//! Must never: hand out anything that could be written.

use super::desk::{Desk, Lane, Shortage};
use crate::ledger::Standing;
use crate::metrics::meters::Meters;
use crate::payout::funds::Funds;
use crate::payout::moment::BootMoment;
use crate::payout::state::{BatchId, Payout, PayoutId};
use crate::payout::weather::Weather;
use std::collections::BTreeMap;

impl Desk {
    /// The open batches.
    pub fn lanes(&self) -> &BTreeMap<BatchId, Lane> {
        &self.lanes
    }

    /// The batch that was served last.
    pub fn served(&self) -> Option<BatchId> {
        self.served
    }

    pub fn doubts(&self) -> &BTreeMap<PayoutId, Payout> {
        &self.doubts
    }

    pub fn funds(&self) -> &Funds {
        &self.funds
    }

    pub fn weather(&self) -> &Weather {
        &self.weather
    }

    /// What stands until a person lifts it.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// When MonCash answered last.
    pub fn last_answer(&self) -> Option<BootMoment> {
        self.last_answer
    }

    /// Since when it leaves calls unanswered.
    pub fn unanswered_since(&self) -> Option<BootMoment> {
        self.unanswered_since
    }

    pub fn shortage(&self) -> Option<Shortage> {
        self.shortage
    }

    pub fn is_disk_low(&self) -> bool {
        self.disk_low
    }

    /// Nothing new is sent: the process is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    /// Everything unfinished is still being put in doubt.
    pub fn is_suspecting(&self) -> bool {
        self.suspecting.is_some()
    }

    pub fn meters(&self) -> &Meters {
        &self.meters
    }
}
