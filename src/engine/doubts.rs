//! What goes next for every payout in doubt: a question, the control question, the next attempt.
//!
//! Must never: open an attempt without the proof in hand.

use super::Settings;
use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use super::sends::transfer_of;
use crate::ledger::{LedgerError, Turn};
use crate::payout::decide::{Action, House, Rest, Wait, decide_doubt, rest_of};
use crate::payout::evidence::ProvenUnpaid;
use crate::payout::moment::Moment;
use crate::payout::state::{Call, PayoutId};
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
            .iter()
            // About a call under way there is nothing to decide, and most doubts are such.
            .filter(|(_, payout)| payout.doubt().is_none_or(|doubt| doubt.call != Call::UnderWay))
            .map(|(id, _)| id)
            .filter(|id| self.quiet.get(id).is_none_or(|until| until.boot != now.boot.boot || now.boot.ms >= until.ms))
            .copied()
            .collect();
        self.short_again = 0;
        for id in due {
            let Some(payout) = self.doubts.get(&id) else { continue };
            let gate = self.gate(payout.batch, now);
            let cover = self.cover_again(settings, now);
            let stop = self.stop();
            let house = House { policy: &settings.policy, stop, fitness, control: self.controls.control(), now };
            let asking = self.asking.contains(&id);
            let (reference, attempt) = (payout.instruction.reference.clone(), payout.attempts);
            let action = decide_doubt(payout, &house, &gate, cover, asking, self.queued_since(payout, now));
            self.note_waiting(id, &action, fitness);
            match action {
                Action::Ask if !throttled && room.query() => {
                    self.asking.insert(id);
                    room.launches.push(Launch::Ask { payout: id, attempt, reference });
                }
                Action::AskControl if !throttled && !self.control_under_way && room.query() => {
                    if let Some(reference) = self.controls.ask() {
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
        if self.short_again > 0 {
            self.shortage = self.reckon_shortage(self.short_again, now);
        }
        Ok(())
    }

    /// Keeps account of the doubts that MonCash has no more to say about, for the end of
    /// `run --once`.
    fn note_waiting(&mut self, id: PayoutId, action: &Action, fitness: &Fitness) {
        let rest = rest_of(action, fitness, self.stop());
        let short = match rest {
            Rest::AsBefore => return,
            Rest::ForMoney => true,
            Rest::ForPerson | Rest::Moves => false,
        };
        if short {
            self.short_again = self.short_again.saturating_add(1);
            self.short_doubts.insert(id);
        } else {
            self.short_doubts.remove(&id);
        }
        if rest == Rest::Moves {
            self.waiting_doubts.remove(&id);
        } else {
            self.waiting_doubts.insert(id);
        }
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
