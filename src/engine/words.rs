//! What the loop knows of what keeps money back; what that means, the core says (`payout/activity.rs`).
//!
//! Must never: decide anything.

use super::desk::Desk;
use crate::payout::activity::{Blocked, Circumstances, Doing, Money};
use crate::payout::decide::{Stop, Wait};
use crate::payout::moment::{Moment, Wall};
use crate::payout::state::StateWord;
use crate::payout::weather::Fitness;

impl Desk {
    /// What is being done, or why nothing is.
    pub fn doing(&self, now: Moment) -> Doing {
        let fitness = self.weather.fitness(now.boot);
        self.circumstances(&fitness, now).doing(self.queued_and_free(now).0, self.doubts.len())
    }

    /// What keeps every batch from being sent now.
    pub fn blocked(&self, now: Moment) -> Option<Blocked> {
        self.circumstances(&self.weather.fitness(now.boot), now).first_blocked()
    }

    /// What keeps every payout from leaving, but for weather and funds.
    pub fn stop(&self) -> Option<Stop> {
        self.standing_circumstances().stop()
    }

    /// All of it, in the order in which it matters, of what stands until somebody does something.
    pub fn stops(&self) -> Vec<Blocked> {
        self.standing_circumstances().blocked()
    }

    fn standing_circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            draining: self.draining,
            suspecting: self.suspecting.is_some(),
            disk_low: self.disk_low,
            account_refused: self.weather.account_refused(),
            equal_refusals: self.weather.equal_refusals(),
            ..self.standing.circumstances()
        }
    }

    fn circumstances<'a>(&'a self, fitness: &'a Fitness, now: Moment) -> Circumstances<'a> {
        let lags = !self.funds.nothing_recent() || self.funds.rise_unconfirmed();
        let mut money = Money { lags, silent: self.unanswered_since.is_some(), ..Money::default() };
        let shortage = self.shortage.map(|shortage| (shortage.htg, shortage.rows));
        self.lanes.values().filter_map(|lane| lane.waits.as_ref()).for_each(|wait| money.count(wait, shortage));
        Circumstances { fitness: Some(fitness), money, opens: self.opens(now), ..self.standing_circumstances() }
    }

    /// When the payment hours begin, where something would go if they had.
    fn opens(&self, now: Moment) -> Option<Wall> {
        let opens = self.hours.shut(now.wall)?;
        let waits = self.lanes.values().any(|lane| {
            matches!(lane.waits, Some(Wait::StartTime(_)))
                && lane.batch.tally.count(StateWord::Queued) > 0
                && !lane.batch.starts_later(now.wall)
        });
        waits.then_some(opens)
    }
}
