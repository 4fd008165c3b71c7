//! When `run --once` has come to its end, and what it says then.
//!
//! Must never: call an end what MonCash can still settle.

use super::chores::Rest;
use super::desk::Desk;
use super::{Ending, Engine, UNREACHABLE_FOR, Until};
use crate::payout::activity::{Blocked, Early};
use crate::payout::moment::{BootMoment, Moment};
use crate::payout::state::StateWord;
use crate::payout::weather::Fitness;

impl Engine {
    /// Whether the time of `run --once --for` is up: nothing new is sent, and the calls under way
    /// are waited for.
    pub(super) fn time_up(&self, until: Until, began: BootMoment) -> Option<Ending> {
        let Until::NothingMoves { for_at_most: Some(limit) } = until else { return None };
        self.clock.now().boot.served(began, limit).then_some(Ending::TimeUp)
    }

    /// Whether `run --once` has come to its end.
    pub(super) fn ending(&self, until: Until, rest: &Rest, now: Moment) -> Option<Ending> {
        match until {
            Until::Stopped => return None,
            Until::OrdersObeyed => {
                let obeyed = self.orders_looked.is_some() && !self.desk.orders_wait() && !self.orders_came;
                let obeyed = obeyed && self.desk.suspecting.is_none();
                return (obeyed && self.calls.none_under_way()).then_some(Ending::Done);
            }
            Until::NothingMoves { .. } => {}
        }
        if self.desk.suspecting.is_some() || rest.more || rest.pending || self.desk.orders_wait() {
            return None;
        }
        // What is in doubt is settled first, as long as MonCash can be asked.
        let undecided = !self.desk.only_waiting_doubts() && !self.unreachable(now) && self.can_ask(now);
        if undecided || self.something_under_way() || self.desk.starts_later(now) {
            return None;
        }
        let (queued, _) = self.desk.queued_and_free(now);
        // A ledger that may be old takes nothing from the inbox either.
        let suspect = self.desk.standing.suspicion.is_some();
        if let Some(why) = self.stopped_by(now).filter(|_| suspect || queued > 0 || !self.desk.doubts.is_empty()) {
            return Some(Ending::Early(why));
        }
        // Short, but not for certain: the next reading decides.
        (queued == 0 && !self.desk.some_doubt_is_short() && self.desk.only_waiting_doubts()).then_some(Ending::Done)
    }

    /// Whether a call is under way that could change something. Doubts that wait for a person are
    /// still asked about now and then, and nobody waits for that.
    fn something_under_way(&self) -> bool {
        self.calls.transfers() > 0 || self.calls.queries() > self.desk.asking.len()
    }

    fn can_ask(&self, now: Moment) -> bool {
        !matches!(self.desk.weather.fitness(now.boot), Fitness::AccountRefused { .. })
    }

    fn unreachable(&self, now: Moment) -> bool {
        let since = [self.desk.unanswered_since, self.desk.blind_since];
        since.into_iter().flatten().any(|since| now.boot.served(since, UNREACHABLE_FOR))
    }

    /// What stops the paying from outside.
    fn stopped_by(&self, now: Moment) -> Option<Early> {
        let desk = &self.desk;
        if let Some(by) = desk.stops().into_iter().next() {
            return Some(Early::Stopped { by, found: self.found() });
        }
        if self.unreachable(now) {
            return Some(Early::Unanswered);
        }
        if desk.unclear_since.is_some_and(|since| now.boot.served(since, UNREACHABLE_FOR)) {
            return Some(Early::Unclear);
        }
        let settled = desk.only_waiting_doubts() && !self.something_under_way();
        let steady = !desk.funds.rise_unconfirmed() && desk.funds.nothing_recent();
        let shortage = desk.shortage.filter(|_| settled && steady)?;
        let by = Blocked::Shortage { centimes: shortage.htg.centimes(), rows: u64::from(shortage.rows) };
        Some(Early::Stopped { by, found: None })
    }
}

impl Desk {
    /// Whether every doubt waits for a person or for money, and for nothing that MonCash could say.
    fn only_waiting_doubts(&self) -> bool {
        self.doubts.keys().all(|id| self.waiting_doubts.contains(id))
    }

    /// Whether some doubt waits for money.
    fn some_doubt_is_short(&self) -> bool {
        self.doubts.keys().any(|id| self.short_doubts.contains(id))
    }

    /// Whether some rows go by themselves once their time has come.
    fn starts_later(&self, now: Moment) -> bool {
        self.stop().is_none()
            && self.lanes.values().any(|lane| {
                self.gate_now(&lane.batch, now).opens_later(now.wall) && lane.batch.tally.count(StateWord::Queued) > 0
            })
    }

    /// Whether some order waits for MonCash's answer.
    fn orders_wait(&self) -> bool {
        !self.orders_under_way.is_empty() || !self.questions_of_orders.is_empty()
    }
}
