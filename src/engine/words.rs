//! How the loop says what it does, for STATUS.txt and `status`.
//!
//! Must never: decide anything.

use super::desk::Desk;
use crate::payout::decide::Wait;
use crate::payout::moment::Moment;
use crate::payout::weather::Fitness;

impl Desk {
    /// In words: what is being done, or why nothing is.
    pub fn doing(&self, now: Moment) -> String {
        if self.draining {
            return "stopping: waiting for the calls under way".to_string();
        }
        match self.blocked(now) {
            Some(why) => why,
            None if self.queued_and_free(now).0 > 0 => {
                format!("paying: {} rows are queued", self.queued_and_free(now).0)
            }
            None if !self.doubts.is_empty() => format!("asking MonCash about {} payouts in doubt", self.doubts.len()),
            None => "nothing to pay".to_string(),
        }
    }

    /// What keeps every batch from being sent now, in words for people.
    pub fn blocked(&self, now: Moment) -> Option<String> {
        if let Some(why) = &self.standing.suspicion {
            return Some(format!(
                "nothing is sent: the ledger may be older than its last send ({why}); a person looks, then 'payoutd resume --reason …'"
            ));
        }
        if let Some(order) = &self.standing.paused {
            return Some(format!("paused by {} ({}); 'payoutd resume' goes on", order.who, order.reason));
        }
        if self.disk_low {
            return Some("nothing is sent: too little free disk space; make room".to_string());
        }
        match self.weather.fitness(now.boot) {
            Fitness::AccountRefused { words } => Some(format!(
                "nothing is sent: MonCash refuses the account ({words}); check the credentials with 'payoutd doctor', then 'payoutd resume --reason …'"
            )),
            Fitness::EqualRefusals { words } => Some(format!(
                "nothing is sent: MonCash refused many payouts in a row with the same words ({words}); find out why, then 'payoutd resume --reason …'"
            )),
            Fitness::Storm => Some("waiting: MonCash does not answer; a harmless question goes first".to_string()),
            Fitness::StatusBlind => Some("waiting: MonCash's status call cannot be read".to_string()),
            Fitness::Throttled { .. } => Some("waiting: MonCash asked for fewer calls".to_string()),
            Fitness::Clear | Fitness::Careful => self.short_of_money().or_else(|| self.balance_not_known()),
        }
    }

    /// Nothing goes before MonCash has told the balance: a MonCash that is down from the start.
    fn balance_not_known(&self) -> Option<String> {
        let waits = self.lanes.values().any(|lane| matches!(lane.waits, Some(Wait::FundsUnknown)));
        let why = match self.unanswered_since {
            Some(_) => "waiting: MonCash does not answer; its balance is asked for again and again",
            None => "waiting: MonCash has not told the balance yet",
        };
        waits.then(|| why.to_string())
    }

    fn short_of_money(&self) -> Option<String> {
        let shortage = self.shortage?;
        let waits = self.lanes.values().any(|lane| matches!(lane.waits, Some(Wait::Funds { .. })));
        if waits && (!self.funds.nothing_recent() || self.funds.rise_unconfirmed()) {
            return Some("waiting until MonCash's balance shows the last payments".to_string());
        }
        waits.then(|| {
            format!(
                "waiting for money: HTG {} are missing to pay the remaining {} rows; top up the prefunded account and payoutd goes on by itself",
                shortage.htg.grouped(),
                shortage.rows
            )
        })
    }
}
