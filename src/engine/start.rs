//! What the loop does before its first turn: reads back what it must have in its head, and takes
//! over what a dead process left in doubt.
//!
//! Must never: believe anything that the dead process had counted but not served.

use super::Settings;
use super::desk::Desk;
use super::hear::reserves;
use crate::ledger::{Ledger, LedgerError};
use crate::payout::evidence::Control;
use crate::payout::moment::Moment;
use crate::payout::state::{Call, Event, Payout, PayoutId, State};

/// So many payouts are put in doubt in one transaction when the ledger may be old.
const SUSPECT_SLICE: u32 = 500;

impl Desk {
    pub fn open(
        ledger: &mut Ledger,
        settings: &Settings,
        suspicion: Option<String>,
        now: Moment,
    ) -> Result<Desk, LedgerError> {
        let mut desk = Desk::new(settings, ledger.standing()?);
        if let Some(why) = suspicion {
            tracing::error!(
                why,
                "this ledger may be older than its last send: nothing is sent and nothing admitted until a person has looked; then 'payoutd resume --reason …'"
            );
            desk.standing.suspicion = Some(why);
            let mut turn = ledger.begin(now.wall)?;
            turn.set_standing(&desk.standing)?;
            turn.commit()?;
        }
        desk.suspect_all = desk.standing.suspicion.is_some();
        for id in ledger.doubts()? {
            // Folded by the ledger as of this opening: what the dead process had counted is gone.
            let payout = ledger.payout(id)?;
            desk.funds.reserve(payout.instruction.amount);
            desk.doubts.insert(id, payout);
        }
        for held in ledger.held_reserving()? {
            desk.funds.reserve(held);
        }
        let lag_ms = i64::try_from(settings.balance_lag.as_millis()).unwrap_or(i64::MAX);
        let since = crate::payout::moment::Wall(now.wall.0.saturating_sub(lag_ms));
        for (amount, _) in ledger.settled_since(since)? {
            desk.funds.remember_paid(amount, now.boot);
        }
        if let Some(reference) = ledger.last_confirmed_by_transfer()? {
            desk.control = Control { reference: Some(reference.to_string()), seen: None, failed: None };
            desk.control_reference = Some(reference);
        }
        desk.look_at_batches(ledger)?;
        Ok(desk)
    }

    /// Puts a slice of what is unfinished in doubt, because this ledger may have forgotten sends.
    /// Nothing is sent before there is none left. Returns whether there is more.
    pub fn suspect_slice(&mut self, ledger: &mut Ledger, now: Moment) -> Result<bool, LedgerError> {
        let why = self.standing.suspicion.clone().unwrap_or_default();
        let event = Event::Suspected { why, at: now.boot };
        let mut ids: Vec<PayoutId> = Vec::new();
        for batch in self.lanes.keys() {
            ids.extend(ledger.queued_after(*batch, None, SUSPECT_SLICE)?);
            if ids.len() >= SUSPECT_SLICE as usize {
                break;
            }
        }
        let more = !ids.is_empty();
        if !more {
            ids = ledger.held_unsent(SUSPECT_SLICE)?;
        }
        let mut suspects: Vec<Payout> = ids.iter().map(|id| ledger.payout(*id)).collect::<Result<_, _>>()?;
        let mut turn = ledger.begin(now.wall)?;
        if !more {
            // Last of all, what was in doubt already: its grace counts anew.
            let doubts: Vec<PayoutId> =
                self.doubts.iter().filter(|(_, p)| needs_suspicion(p)).map(|(id, _)| *id).collect();
            suspects.extend(doubts.iter().filter_map(|id| self.doubts.remove(id)));
        }
        for mut payout in suspects {
            let reserved = reserves(&payout.state);
            turn.record(&mut payout, &event)?;
            if !reserved && reserves(&payout.state) {
                self.funds.reserve(payout.instruction.amount);
            }
            self.touched.insert(payout.batch);
            self.quiet.remove(&payout.id);
            if payout.doubt().is_some() {
                self.doubts.insert(payout.id, payout);
            }
        }
        turn.commit()?;
        if !more {
            for lane in self.lanes.values_mut() {
                lane.window.clear();
            }
            self.checks.clear();
            self.suspect_all = false;
        }
        Ok(more)
    }
}

/// A send that may be forgotten is suspected once; a call that is under way is seen to its end by
/// this very process.
fn needs_suspicion(payout: &Payout) -> bool {
    matches!(&payout.state, State::InDoubt(doubt) if doubt.attempt > 0 && doubt.call != Call::UnderWay)
}
