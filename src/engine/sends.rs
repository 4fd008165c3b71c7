//! What goes next of what was never sent: round-robin between batches, rows in file order.
//!
//! Must never: return a Transfert whose attempt this turn did not open.

use super::Settings;
use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use crate::ledger::{LedgerError, Turn};
use crate::payout::decide::{Action, House, Wait, decide_queued};
use crate::payout::moment::Moment;
use crate::payout::money::Amount;
use crate::payout::precheck::{Checked, Precheck};
use crate::payout::state::{Basis, BatchId, Payout};
use crate::payout::weather::Fitness;
use std::time::Duration;

/// So many payouts that only want recording (cancelled, too old) are settled in one turn.
const RECORDS_A_TURN: usize = 500;
/// Checks run ahead of the sends by what the rate allows in this time: a status call that takes 20 s
/// (the sandbox's) must not slow the Transferts down. Well below the time that a check stays fresh.
const CHECK_AHEAD: Duration = Duration::from_secs(30);

/// How many rows of a batch are looked at before the first of them has its permit.
pub fn checks_ahead(settings: &Settings) -> usize {
    let ahead = CHECK_AHEAD.as_nanos() / settings.transfer_every.as_nanos().max(1);
    usize::try_from(ahead).unwrap_or(usize::MAX).clamp(1, settings.max_in_flight)
}

impl Desk {
    pub fn choose_queued(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let ahead = checks_ahead(settings);
        let mut order: Vec<BatchId> = self.lanes.keys().copied().collect();
        if let Some(served) = self.served {
            let next = order.iter().position(|id| *id > served).unwrap_or(0);
            order.rotate_left(next);
        }
        let mut records = 0;
        // Set aside for rows that were looked at in this turn and wait for their check or a permit:
        // what comes after them must not take their money.
        let mut pledged = Amount::ZERO;
        let mut places: Vec<usize> = vec![0; order.len()];
        let mut open: Vec<bool> = vec![true; order.len()];
        // One payout of each batch in turn, until no batch has one that can move.
        while open.iter().any(|open| *open) {
            for (lane_no, batch) in order.iter().enumerate() {
                if !open[lane_no] {
                    continue;
                }
                match self.next_of(turn, room, settings, fitness, now, *batch, places[lane_no], pledged)? {
                    Step::Gone => self.served = Some(*batch),
                    Step::Recorded => {
                        // There may be more of them behind: the next turn comes at once.
                        room.wait_for(Duration::ZERO);
                        records += 1;
                        open[lane_no] = records < RECORDS_A_TURN;
                    }
                    Step::Stays(cost) => {
                        pledged = pledged.saturating_add(cost);
                        places[lane_no] += 1;
                        open[lane_no] = places[lane_no] < ahead;
                    }
                    Step::Shut => open[lane_no] = false,
                    // A payout too large for the funds is not overtaken by smaller ones.
                    Step::Money => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// Looks at the payout at `place` of a batch's window and does what can be done with it.
    #[expect(clippy::too_many_arguments, reason = "what a turn has, each part borrowed by itself")]
    fn next_of(
        &mut self,
        turn: &mut Turn<'_>,
        room: &mut Room<'_>,
        settings: &Settings,
        fitness: &Fitness,
        now: Moment,
        batch: BatchId,
        place: usize,
        pledged: Amount,
    ) -> Result<Step, LedgerError> {
        let Some(lane) = self.lanes.get(&batch) else { return Ok(Step::Shut) };
        let Some(queued) = lane.window.get(place) else { return Ok(Step::Shut) };
        let payout = &queued.payout;
        let id = payout.id;
        let checked = self.checks.get(&id).map_or(Checked::NotYet, |check| check.result().clone());
        let gate = self.gate(batch, now);
        let cost = self.funds.fee().with(payout.instruction.amount);
        let cover = self.cover(payout.instruction.amount, pledged, settings, now);
        let house =
            House { policy: &settings.policy, stop: self.stop(), fitness, control: self.controls.control(), now };
        let needs_check = settings.policy.check_first || !queued.ancestors.is_empty();
        let since = self.queued_since(payout, now);
        let action = decide_queued(payout, &house, &gate, &checked, cover, needs_check, since);
        match action {
            Action::SendFirst if room.transfer() => {
                self.send_first(turn, room, batch, place, now)?;
                Ok(Step::Gone)
            }
            Action::SendFirst => Ok(Step::Stays(cost)),
            Action::Check => {
                if self.weather.throttled(now.boot).is_some() || !room.query() {
                    return Ok(Step::Shut);
                }
                self.check_next(room, batch, place);
                Ok(Step::Stays(cost))
            }
            Action::Record(event) => {
                let queued = self.lanes.get_mut(&batch).and_then(|lane| lane.window.remove(place));
                if let Some(mut queued) = queued {
                    let event = match self.checks.remove(&id) {
                        Some(check) => check.attest(*event),
                        None => *event,
                    };
                    self.record(turn, &mut queued.payout, &event, now)?;
                }
                Ok(Step::Recorded)
            }
            Action::Wait(wait) => {
                let step = match &wait {
                    Wait::Funds { .. } => Step::Money,
                    Wait::FundsUnknown | Wait::Weather | Wait::Stopped(_) => Step::Shut,
                    Wait::Approval | Wait::BatchHold | Wait::StartTime(_) => Step::Shut,
                    Wait::Reply | Wait::Control | Wait::HoldOrder | Wait::Until(_) => Step::Stays(cost),
                };
                // Short with what others are about to take is not short yet.
                if matches!(wait, Wait::Funds { .. }) && pledged == Amount::ZERO {
                    self.shortage = self.reckon_shortage(self.short_again, now);
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

    fn check_next(&mut self, room: &mut Room<'_>, batch: BatchId, place: usize) {
        let Some(queued) = self.lanes.get(&batch).and_then(|lane| lane.window.get(place)) else { return };
        let payout = &queued.payout;
        let new = || Precheck::new(payout.instruction.reference.clone(), &queued.ancestors);
        let Some(reference) = self.checks.entry(payout.id).or_insert_with(new).ask() else { return };
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
            Some(check) => check.into_basis(),
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

pub fn transfer_of(payout: &Payout, now: Moment) -> Launch {
    Launch::Transfer { payout: payout.id, instruction: Box::new(payout.instruction.clone()), opened: now.boot }
}

/// How one look at a queued payout ended.
enum Step {
    Gone,
    Recorded,
    /// It waits for something of its own, and its cost is set aside; the next one may be looked at.
    Stays(Amount),
    /// Nothing of this batch can go now.
    Shut,
    /// Nothing at all can go: money is short.
    Money,
}
