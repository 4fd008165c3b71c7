//! What goes next for every payout in doubt: a question, the control question, the next attempt.
//!
//! Must never: open an attempt without the proof in hand.

use super::Settings;
use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use super::sends::transfer_of;
use crate::ledger::{LedgerError, Turn};
use crate::payout::decide::{Action, House, Wait, decide_doubt};
use crate::payout::evidence::ProvenUnpaid;
use crate::payout::moment::Moment;
use crate::payout::state::PayoutId;
use crate::payout::weather::Fitness;

impl Desk {
    pub fn choose_doubts(
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
}
