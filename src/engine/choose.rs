//! What goes next, as far as rate, funds, weather and orders allow: balance, doubt, confirmation of
//! declines, then new payouts.
//!
//! Must never: let something new go before what is in doubt.

use super::Settings;
use super::desk::Desk;
use super::room::Room;
use crate::ledger::{LedgerError, Turn};
use crate::payout::moment::Moment;
use crate::payout::weather::Fitness;

impl Desk {
    /// Chooses and opens what goes next. The launches may leave once the turn is committed.
    pub fn choose(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let fitness = self.weather.fitness(now.boot);
        if fitness == Fitness::Careful {
            let under_way = settings.max_in_flight.saturating_sub(room.transfers.free);
            room.transfers.free = usize::from(under_way == 0);
        }
        self.blind_since = match fitness {
            Fitness::StatusBlind => self.blind_since.or(Some(now.boot)),
            Fitness::Clear
            | Fitness::Careful
            | Fitness::Throttled { .. }
            | Fitness::Storm
            | Fitness::AccountRefused { .. }
            | Fitness::EqualRefusals { .. } => None,
        };
        let was_short = self.shortage.take().is_some();
        self.choose_token(room, &fitness, now);
        if self.weather.throttled(now.boot).is_none() {
            self.choose_balance(room, settings, &fitness, was_short, now);
            self.choose_questions_of_orders(room, now);
        }
        self.choose_doubts(turn, room, settings, &fitness, now)?;
        self.choose_queued(turn, room, settings, &fitness, now)?;
        if self.weather.throttled(now.boot).is_none() {
            self.choose_probe(room, &fitness, now);
            self.choose_errands(room, &fitness);
        }
        Ok(())
    }

    /// Whether there is nothing that could be chosen, asked, kept or closed, however much time passes.
    pub fn has_nothing_to_do(&self, now: Moment) -> bool {
        self.lanes.is_empty()
            && self.doubts.is_empty()
            && self.touched.is_empty()
            && self.suspecting.is_none()
            && self.questions_of_orders.is_empty()
            && !self.errands.any_is_wanted()
            && self.shortage.is_none()
            && self.standing_written == self.standing.balance
            && self.weather.fitness(now.boot) == Fitness::Clear
    }
}
