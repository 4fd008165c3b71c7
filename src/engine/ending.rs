//! When `run --once` has come to its end, and what it says then.
//!
//! Must never: call an end what MonCash can still settle.

use super::chores::Rest;
use super::desk::Desk;
use super::{Ending, Engine, UNREACHABLE_FOR, Until};
use crate::payout::moment::{BootMoment, Moment};
use crate::payout::weather::Fitness;

impl Engine {
    /// Whether `run --once` has come to its end.
    pub(super) fn ending(&self, until: Until, began: BootMoment, rest: &Rest, now: Moment) -> Option<Ending> {
        let for_at_most = match until {
            Until::Stopped => return None,
            Until::OrdersObeyed => {
                let obeyed = self.orders_looked.is_some() && !self.desk.orders_wait() && !self.orders_came;
                let obeyed = obeyed && self.desk.suspecting.is_none();
                return (obeyed && self.calls.none_under_way()).then_some(Ending::Done);
            }
            Until::NothingMoves { for_at_most } => for_at_most,
        };
        if for_at_most.is_some_and(|limit| now.boot.served(began, limit)) {
            return Some(Ending::TimeUp);
        }
        if self.desk.suspecting.is_some() || rest.more || rest.pending {
            return None;
        }
        let (queued, _) = self.desk.queued_and_free(now);
        let undecided = !self.desk.doubts.is_empty();
        if let Some(why) = self.stopped_by(now).filter(|_| queued > 0 || undecided) {
            // What is in doubt is settled first, as long as MonCash can be asked.
            let unreachable = self.unreachable(now);
            if !undecided || unreachable || !self.can_ask(now) {
                return self.calls.none_under_way().then_some(Ending::Early(why));
            }
            return None;
        }
        let idle = self.calls.none_under_way() && queued == 0 && !undecided && !self.desk.orders_wait();
        idle.then_some(Ending::Done)
    }

    fn can_ask(&self, now: Moment) -> bool {
        !matches!(self.desk.weather.fitness(now.boot), Fitness::AccountRefused { .. })
    }

    fn unreachable(&self, now: Moment) -> bool {
        self.desk.unanswered_since.is_some_and(|since| now.boot.served(since, UNREACHABLE_FOR))
    }

    /// What stops the paying from outside, in words.
    fn stopped_by(&self, now: Moment) -> Option<String> {
        let desk = &self.desk;
        if let Some(suspicion) = &desk.standing.suspicion {
            return Some(format!(
                "the ledger may be older than its last send ({suspicion}): 'payoutd resume' when you have looked"
            ));
        }
        if desk.standing.paused.is_some() {
            return Some("payoutd is paused: 'payoutd resume' goes on".to_string());
        }
        if desk.disk_low {
            return Some("too little free disk space: make room".to_string());
        }
        match desk.weather.fitness(now.boot) {
            Fitness::AccountRefused { words } => return Some(format!("MonCash refuses the account: {words}")),
            Fitness::EqualRefusals { words } => {
                return Some(format!("MonCash refused many payouts in a row with the same words: {words}"));
            }
            _ => {}
        }
        if self.unreachable(now) {
            return Some("MonCash does not answer".to_string());
        }
        let settled = desk.doubts.is_empty() && self.calls.none_under_way();
        let steady = !desk.funds.rise_unconfirmed() && desk.funds.nothing_recent();
        match desk.shortage {
            Some(shortage) if settled && steady => Some(format!(
                "the balance is too low: HTG {} are missing to pay the remaining {} rows",
                shortage.htg.grouped(),
                shortage.rows
            )),
            _ => None,
        }
    }
}

impl Desk {
    /// Whether some order waits for MonCash's answer.
    fn orders_wait(&self) -> bool {
        !self.orders_under_way.is_empty() || !self.questions_of_orders.is_empty()
    }
}
