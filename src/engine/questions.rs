//! Which harmless questions go next: token, balance, the last question of an order, and the probe
//! that finds out whether MonCash can be asked again.
//!
//! Must never: move a payout.

use super::Settings;
use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use crate::payout::moment::Moment;
use crate::payout::weather::Fitness;
use std::time::Duration;

/// Wait before a rise of the balance is read the second time.
const CONFIRM_RISE: Duration = Duration::from_secs(1);

impl Desk {
    fn busy(&self, now: Moment) -> bool {
        !self.doubts.is_empty() || self.queued_and_free(now).0 > 0 || self.errands.any_is_wanted()
    }

    pub fn choose_token(&mut self, room: &mut Room<'_>, fitness: &Fitness, now: Moment) {
        let refused = matches!(fitness, Fitness::AccountRefused { .. });
        let patient = self.token_patience.due().is_none_or(|due| due.boot != now.boot.boot || now.boot.ms >= due.ms);
        let wanted = !room.ready || room.token_wears_out;
        if wanted && !self.token_under_way && !refused && patient && self.busy(now) {
            self.token_under_way = true;
            room.launches.push(Launch::Token);
        }
    }

    pub fn choose_balance(
        &mut self,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        was_short: bool,
        now: Moment,
    ) {
        if self.balance_under_way || matches!(fitness, Fitness::AccountRefused { .. } | Fitness::EqualRefusals { .. }) {
            return;
        }
        let due = match (self.balance_patience.due(), self.balance_asked, fitness) {
            (_, _, Fitness::Storm) => self.weather.probe_due().is_none_or(|due| now.boot.ms >= due.ms),
            (Some(due), _, _) => due.boot != now.boot.boot || now.boot.ms >= due.ms,
            (None, None, _) => true,
            (None, Some(asked), _) if self.funds.rise_unconfirmed() => now.boot.served(asked, CONFIRM_RISE),
            // Short only because the reading may not know the last payments yet: read once it must.
            (None, Some(asked), _) if was_short && !self.funds.nothing_recent() => {
                now.boot.served(asked, settings.balance_lag.clamp(CONFIRM_RISE, settings.poll.max(CONFIRM_RISE)))
            }
            (None, Some(asked), _) if self.funds.last_reading().is_some() => now.boot.served(asked, settings.poll),
            (None, Some(_), _) => true,
        };
        let wanted = matches!(fitness, Fitness::Storm)
            || self.queued_and_free(now).0 > 0
            || self.money_decides()
            // Once after the last payout, so that what was paid can be proven.
            || self.funds.wants_closing();
        if due && wanted && room.query() {
            if matches!(fitness, Fitness::Storm) {
                self.weather.probing(now.boot);
            }
            self.balance_under_way = true;
            self.balance_asked = Some(now.boot);
            room.launches.push(Launch::Balance);
        }
    }

    /// Whether some doubt may be sent again, for which money must be known.
    fn money_decides(&self) -> bool {
        !self.doubts.is_empty()
    }

    pub fn choose_questions_of_orders(&mut self, room: &mut Room<'_>, now: Moment) {
        if self.weather.throttled(now.boot).is_some() {
            return;
        }
        while !self.questions_of_orders.is_empty() && room.query() {
            room.launches.extend(self.questions_of_orders.pop_front());
        }
    }

    /// While the status call cannot be read, one harmless question at a time finds out when it can.
    pub fn choose_probe(&mut self, room: &mut Room<'_>, fitness: &Fitness, now: Moment) {
        if *fitness != Fitness::StatusBlind || self.control_under_way || !self.asking.is_empty() {
            return;
        }
        if self.weather.probe_due().is_some_and(|due| now.boot.ms < due.ms) {
            return;
        }
        let of_a_queued = || {
            let queued = self.lanes.values().find_map(|lane| lane.window.front())?;
            Some(Launch::Probe { reference: queued.payout.instruction.reference.clone() })
        };
        let control = self.controls.newest().cloned().map(|reference| Launch::Control { reference });
        if let Some(question) = control.or_else(of_a_queued)
            && room.query()
        {
            self.weather.probing(now.boot);
            self.control_under_way = true;
            room.launches.push(question);
        }
    }
}
