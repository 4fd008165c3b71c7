//! What goes next, as far as rate, funds, weather and orders allow: balance, doubt, confirmation of
//! declines, then new payouts, round-robin between batches, rows in file order.
//!
//! Must never: return a Transfert whose attempt this turn did not open.

use super::Settings;
use super::calls::{Calls, Launch};
use super::desk::{Check, Desk};
use super::pace::Pace;
use crate::ledger::{LedgerError, Turn};
use crate::payout::decide::{Action, Checked, House, Wait, decide_doubt, decide_queued};
use crate::payout::evidence::ProvenUnpaid;
use crate::payout::moment::Moment;
use crate::payout::state::{Basis, BatchId, Payout, PayoutId};
use crate::payout::weather::Fitness;
use std::time::Duration;

/// So many payouts that only want recording (cancelled, too old) are settled in one turn.
const RECORDS_A_TURN: usize = 500;
/// Checks run ahead of the sends by what the rate allows in this time, so that they are fresh.
const CHECK_AHEAD: Duration = Duration::from_secs(4);
/// Wait before a rise of the balance is read the second time.
const CONFIRM_RISE: Duration = Duration::from_secs(1);

/// The room there is for calls in one turn.
pub struct Room<'a> {
    pub transfer_pace: &'a Pace,
    pub query_pace: &'a Pace,
    pub transfers: usize,
    pub queries: usize,
    /// A live token is at hand.
    pub ready: bool,
    pub launches: Vec<Launch>,
    /// How long until a permit that was wanted.
    pub next_permit: Option<Duration>,
}

impl<'a> Room<'a> {
    pub fn new(calls: &Calls, settings: &Settings, transfer_pace: &'a Pace, query_pace: &'a Pace) -> Room<'a> {
        Room {
            transfer_pace,
            query_pace,
            transfers: settings.max_in_flight.saturating_sub(calls.transfers()),
            queries: settings.max_in_flight.saturating_sub(calls.queries()),
            ready: calls.ready(),
            launches: Vec::new(),
            next_permit: None,
        }
    }

    fn wait_for(&mut self, wait: Duration) {
        self.next_permit = Some(self.next_permit.map_or(wait, |known| known.min(wait)));
    }

    /// A permit for a question; false when there is none now.
    fn query(&mut self) -> bool {
        if self.queries == 0 {
            return false;
        }
        match self.query_pace.take() {
            Ok(()) => {
                self.queries -= 1;
                true
            }
            Err(wait) => {
                self.wait_for(wait);
                false
            }
        }
    }

    /// A permit for a Transfert, which includes the token it will carry.
    fn transfer(&mut self) -> bool {
        if self.transfers == 0 || !self.ready {
            return false;
        }
        match self.transfer_pace.take() {
            Ok(()) => {
                self.transfers -= 1;
                true
            }
            Err(wait) => {
                self.wait_for(wait);
                false
            }
        }
    }
}

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
            let under_way = settings.max_in_flight.saturating_sub(room.transfers);
            room.transfers = usize::from(under_way == 0);
        }
        let was_short = self.shortage.take().is_some();
        self.choose_token(room, &fitness, now);
        if self.weather.throttled(now.boot).is_none() {
            self.choose_balance(room, settings, &fitness, was_short, now);
            self.choose_questions_of_orders(room);
        }
        self.choose_doubts(turn, room, settings, &fitness, now)?;
        self.choose_queued(turn, room, settings, &fitness, now)?;
        if self.weather.throttled(now.boot).is_none() {
            self.choose_probe(room, &fitness, now);
        }
        Ok(())
    }

    fn busy(&self, now: Moment) -> bool {
        !self.doubts.is_empty() || self.queued_and_free(now).0 > 0
    }

    fn choose_token(&mut self, room: &mut Room<'_>, fitness: &Fitness, now: Moment) {
        let refused = matches!(fitness, Fitness::AccountRefused { .. });
        let patient = self.token_patience.due().is_none_or(|due| due.boot != now.boot.boot || now.boot.ms >= due.ms);
        if !room.ready && !self.token_under_way && !refused && patient && self.busy(now) {
            self.token_under_way = true;
            room.launches.push(Launch::Token);
        }
    }

    fn choose_balance(
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
        let wanted = matches!(fitness, Fitness::Storm) || self.queued_and_free(now).0 > 0 || self.money_decides();
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

    pub fn choose_questions_of_orders(&mut self, room: &mut Room<'_>) {
        while !self.questions_of_orders.is_empty() && room.query() {
            room.launches.extend(self.questions_of_orders.pop_front());
        }
    }

    /// While the status call cannot be read, one harmless question at a time finds out when it can.
    fn choose_probe(&mut self, room: &mut Room<'_>, fitness: &Fitness, now: Moment) {
        if *fitness != Fitness::StatusBlind || self.control_under_way || !self.asking.is_empty() {
            return;
        }
        if self.weather.probe_due().is_some_and(|due| now.boot.ms < due.ms) {
            return;
        }
        let reference = self.control_reference.clone().or_else(|| {
            let queued = self.lanes.values().find_map(|lane| lane.window.front());
            queued.map(|queued| queued.payout.instruction.reference.clone())
        });
        if let Some(reference) = reference
            && room.query()
        {
            self.weather.probing(now.boot);
            self.control_under_way = true;
            room.launches.push(Launch::Control { reference });
        }
    }

    fn choose_doubts(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let throttled = self.weather.throttled(now.boot).is_some();
        let due: Vec<PayoutId> = self
            .doubts
            .keys()
            .filter(|id| self.quiet.get(id).is_none_or(|until| until.boot != now.boot.boot || now.boot.ms >= until.ms))
            .copied()
            .collect();
        for id in due {
            let Some(payout) = self.doubts.get(&id) else { continue };
            let gate = self.gate(payout.batch);
            let cover = self.cover_again(settings, now);
            let stop = self.stop();
            let house = House { policy: &settings.policy, stop, fitness, control: &self.control, now };
            let asking = self.asking.contains(&id);
            match decide_doubt(payout, &house, &gate, cover, asking, self.queued_since(payout)) {
                Action::Ask if !throttled && room.query() => {
                    let reference = payout.instruction.reference.clone();
                    let attempt = payout.attempts;
                    self.asking.insert(id);
                    room.launches.push(Launch::Ask { payout: id, attempt, reference });
                }
                Action::AskControl if !throttled && !self.control_under_way && room.query() => {
                    if let Some(reference) = self.control_reference.clone() {
                        self.control_under_way = true;
                        room.launches.push(Launch::Control { reference });
                    }
                }
                Action::SendAgain(proof) if room.transfer() => self.send_again(turn, room, id, proof, now)?,
                Action::Record(event) => {
                    if let Some(mut payout) = self.doubts.remove(&id) {
                        self.record(turn, &mut payout, &event, now)?;
                        self.quiet.remove(&id);
                    }
                }
                Action::Wait(Wait::Until(until)) => {
                    self.quiet.insert(id, until);
                }
                Action::Ask | Action::AskControl | Action::SendAgain(_) | Action::Wait(_) => {}
                Action::Check | Action::SendFirst => {}
            }
        }
        Ok(())
    }

    fn send_again(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        id: PayoutId,
        proof: ProvenUnpaid,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let Some(payout) = self.doubts.get_mut(&id) else { return Ok(()) };
        turn.open_again(payout, now.boot, proof)?;
        self.touched.insert(payout.batch);
        tracing::info!(
            reference = payout.instruction.reference.as_str(),
            batch = %payout.batch,
            attempt = payout.attempts,
            "proven unpaid; sending again"
        );
        room.launches.push(transfer_of(payout, now));
        Ok(())
    }

    fn choose_queued(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let ahead = CHECK_AHEAD.as_nanos() / settings.transfer_every.as_nanos().max(1);
        let ahead = usize::try_from(ahead).unwrap_or(usize::MAX).clamp(1, settings.max_in_flight);
        let mut order: Vec<BatchId> = self.lanes.keys().copied().collect();
        if let Some(served) = self.served {
            let next = order.iter().position(|id| *id > served).unwrap_or(0);
            order.rotate_left(next);
        }
        let mut records = 0;
        let mut places: Vec<usize> = vec![0; order.len()];
        let mut open: Vec<bool> = vec![true; order.len()];
        // One payout of each batch in turn, until no batch has one that can move.
        while open.iter().any(|open| *open) {
            for (lane_no, batch) in order.iter().enumerate() {
                if !open[lane_no] {
                    continue;
                }
                match self.next_of(turn, room, settings, fitness, now, *batch, places[lane_no])? {
                    Step::Gone => self.served = Some(*batch),
                    Step::Recorded => {
                        records += 1;
                        open[lane_no] = records < RECORDS_A_TURN;
                    }
                    Step::Stays if places[lane_no] + 1 < ahead => places[lane_no] += 1,
                    Step::Stays | Step::Shut => open[lane_no] = false,
                    // A payout too large for the funds is not overtaken by smaller ones.
                    Step::Money => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// Looks at the payout at `place` of a batch's window and does what can be done with it.
    #[allow(clippy::too_many_arguments)]
    fn next_of(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        now: Moment,
        batch: BatchId,
        place: usize,
    ) -> Result<Step, LedgerError> {
        let Some(lane) = self.lanes.get(&batch) else { return Ok(Step::Shut) };
        let Some(queued) = lane.window.get(place) else { return Ok(Step::Shut) };
        let payout = &queued.payout;
        let id = payout.id;
        let checked = self.checks.get(&id).map_or(Checked::NotYet, |check| check.result.clone());
        let gate = self.gate(batch);
        let cover = self.cover(payout.instruction.amount, settings, now);
        let house = House { policy: &settings.policy, stop: self.stop(), fitness, control: &self.control, now };
        let needs_check = settings.policy.check_first || !queued.ancestors.is_empty();
        let since = self.queued_since(payout);
        let action = decide_queued(payout, &house, &gate, &checked, cover, needs_check, since);
        match action {
            Action::SendFirst if room.transfer() => {
                self.send_first(turn, room, batch, place, now)?;
                Ok(Step::Gone)
            }
            Action::SendFirst => Ok(Step::Stays),
            Action::Check => {
                if self.weather.throttled(now.boot).is_some() || !room.query() {
                    return Ok(Step::Shut);
                }
                self.check_next(room, batch, place, now);
                Ok(Step::Stays)
            }
            Action::Record(event) => {
                let queued = self.lanes.get_mut(&batch).and_then(|lane| lane.window.remove(place));
                if let Some(mut queued) = queued {
                    self.checks.remove(&id);
                    self.record(turn, &mut queued.payout, &event, now)?;
                }
                Ok(Step::Recorded)
            }
            Action::Wait(wait) => {
                let step = match &wait {
                    Wait::Funds { .. } => Step::Money,
                    Wait::FundsUnknown | Wait::Weather | Wait::Stopped(_) => Step::Shut,
                    Wait::Approval | Wait::BatchHold | Wait::StartTime(_) => Step::Shut,
                    _ => Step::Stays,
                };
                if let Wait::Funds { .. } = wait {
                    self.shortage = self.reckon_shortage(now);
                }
                if place == 0
                    && let Some(lane) = self.lanes.get_mut(&batch)
                {
                    lane.waits = Some(wait);
                }
                Ok(step)
            }
            Action::Ask | Action::AskControl | Action::SendAgain(_) => Ok(Step::Shut),
        }
    }

    fn check_next(&mut self, room: &mut Room<'_>, batch: BatchId, place: usize, now: Moment) {
        let Some(queued) = self.lanes.get(&batch).and_then(|lane| lane.window.get(place)) else { return };
        let payout = &queued.payout;
        let check = self.checks.entry(payout.id).or_insert_with(|| Check {
            references: std::iter::once(payout.instruction.reference.clone()).chain(queued.ancestors.clone()).collect(),
            answers: Vec::new(),
            asked: now.boot,
            result: Checked::NotYet,
        });
        // A clear result that went stale begins again.
        if check.answers.len() >= check.references.len() {
            check.answers.clear();
        }
        let Some(reference) = check.references.get(check.answers.len()).cloned() else { return };
        check.result = Checked::UnderWay;
        room.launches.push(Launch::Check { payout: payout.id, reference });
    }

    fn send_first(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        batch: BatchId,
        place: usize,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let Some(lane) = self.lanes.get_mut(&batch) else { return Ok(()) };
        lane.waits = None;
        let Some(queued) = lane.window.remove(place) else { return Ok(()) };
        let mut payout = queued.payout;
        let basis = match self.checks.remove(&payout.id) {
            Some(check) => Basis::CheckedFirst { answers: check.answers },
            None => Basis::Unchecked,
        };
        turn.open_first(&mut payout, now.boot, basis)?;
        self.touched.insert(batch);
        self.funds.reserve(payout.instruction.amount);
        room.launches.push(transfer_of(&payout, now));
        self.doubts.insert(payout.id, payout);
        Ok(())
    }
}

fn transfer_of(payout: &Payout, now: Moment) -> Launch {
    Launch::Transfer { payout: payout.id, instruction: Box::new(payout.instruction.clone()), opened: now.boot }
}

/// How one look at a queued payout ended.
enum Step {
    Gone,
    Recorded,
    /// It waits for something of its own; the next one may be looked at.
    Stays,
    /// Nothing of this batch can go now.
    Shut,
    /// Nothing at all can go: money is short.
    Money,
}
