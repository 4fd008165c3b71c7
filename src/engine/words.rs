//! How the loop says what it does, for STATUS.txt and `status`.
//!
//! Must never: decide anything.

use super::desk::Desk;
use crate::payout::decide::Wait;
use crate::payout::moment::Moment;
use crate::payout::state::StateWord;
use crate::payout::weather::Fitness;
use crate::report::doing::{Blocked, Doing};

impl Desk {
    /// What is being done, or why nothing is.
    pub fn doing(&self, now: Moment) -> Doing {
        if self.draining {
            return Doing::Stopping;
        }
        match self.blocked(now) {
            Some(blocked) => Doing::Blocked(blocked),
            None if self.queued_and_free(now).0 > 0 => Doing::Paying { rows: u64::from(self.queued_and_free(now).0) },
            None if !self.doubts.is_empty() => Doing::Asking { payouts: self.doubts.len() as u64 },
            None => Doing::Nothing,
        }
    }

    /// What keeps every batch from being sent now.
    pub fn blocked(&self, now: Moment) -> Option<Blocked> {
        if let Some(why) = &self.standing.suspicion {
            return Some(Blocked::Suspect { why: why.clone() });
        }
        if let Some(order) = &self.standing.paused {
            return Some(Blocked::Paused { who: order.who.clone(), reason: order.reason.clone() });
        }
        if self.disk_low {
            return Some(Blocked::DiskLow);
        }
        match self.weather.fitness(now.boot) {
            Fitness::AccountRefused { words } => Some(Blocked::AccountRefused { words }),
            Fitness::EqualRefusals { words } => Some(Blocked::EqualRefusals { words }),
            Fitness::Storm => Some(Blocked::Storm),
            Fitness::StatusBlind => Some(Blocked::StatusBlind),
            Fitness::Throttled { .. } => Some(Blocked::Throttled),
            Fitness::Clear | Fitness::Careful => {
                self.out_of_hours(now).or_else(|| self.short_of_money()).or_else(|| self.balance_not_known())
            }
        }
    }

    /// Something would go if these were payment hours.
    fn out_of_hours(&self, now: Moment) -> Option<Blocked> {
        let opens = self.hours.shut(now.wall)?;
        let waits = self.lanes.values().any(|lane| {
            matches!(lane.waits, Some(Wait::StartTime(_)))
                && lane.batch.tally.count(StateWord::Queued) > 0
                && !lane.batch.starts_later(now.wall)
        });
        waits.then_some(Blocked::Hours { opens: opens.0 })
    }

    /// Nothing goes before MonCash has told the balance: a MonCash that is down from the start.
    fn balance_not_known(&self) -> Option<Blocked> {
        let waits = self.lanes.values().any(|lane| matches!(lane.waits, Some(Wait::FundsUnknown)));
        let why = match self.unanswered_since {
            Some(_) => Blocked::BalanceSilent,
            None => Blocked::BalanceUnknown,
        };
        waits.then_some(why)
    }

    fn short_of_money(&self) -> Option<Blocked> {
        let shortage = self.shortage?;
        let waits = self.lanes.values().any(|lane| matches!(lane.waits, Some(Wait::Funds { .. })));
        if waits && (!self.funds.nothing_recent() || self.funds.rise_unconfirmed()) {
            return Some(Blocked::BalanceLags);
        }
        waits.then(|| Blocked::Shortage { centimes: shortage.htg.centimes(), rows: u64::from(shortage.rows) })
    }
}
