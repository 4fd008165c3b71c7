//! What the loop does before its first turn: reads back what it must have in its head, and takes
//! over what a dead process left in doubt.
//!
//! Must never: believe anything that the dead process had counted but not served.

use super::Settings;
use super::desk::{Desk, Suspecting};
use crate::ledger::{Ledger, LedgerError};
use crate::payout::funds::Funds;
use crate::payout::message::{Said, Suspicion};
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::state::{BatchId, Call, Event, Payout, PayoutId};

/// So many payouts are put in doubt in one transaction when the ledger may be old.
const SUSPECT_SLICE: u32 = 500;

impl Desk {
    pub fn open(
        ledger: &mut Ledger,
        settings: &Settings,
        suspicion: Option<Said<Suspicion>>,
        now: Moment,
    ) -> Result<Desk, LedgerError> {
        let mut desk = Desk::new(settings, ledger.standing()?);
        if let Some(why) = suspicion {
            tracing::error!(
                why = why.to_string(),
                "this ledger may be older than its last send, and nothing is sent or admitted: look at 'payoutd status' and the portal, then 'payoutd resume --reason …'"
            );
            desk.standing.suspicion = Some(why);
            let mut turn = ledger.begin(now.wall)?;
            turn.set_standing(&desk.standing)?;
            turn.commit()?;
        }
        if desk.standing.suspicion.is_some() {
            desk.suspect_everything(now.boot);
        }
        for id in ledger.doubts()? {
            // Folded by the ledger as of this opening: what the dead process had counted is gone.
            let payout = ledger.payout(id)?;
            desk.doubts.insert(id, payout);
        }
        desk.funds = desk.reckon_funds(ledger, settings, now)?;
        if let Some(reference) = ledger.last_confirmed_by_transfer()? {
            desk.controls.confirmed(reference);
        }
        desk.look_at_batches(ledger)?;
        Ok(desk)
    }

    /// The funds as the ledger and the doubts have them, before any reading: at start, and anew where fee,
    /// floor or `balance_lag` are others.
    pub(super) fn reckon_funds(&self, ledger: &Ledger, settings: &Settings, now: Moment) -> Result<Funds, LedgerError> {
        let mut funds = Funds::new(settings.fee, settings.floor, settings.balance_lag);
        for doubt in self.doubts.values() {
            funds.reserve(doubt.instruction.amount);
        }
        for held in ledger.held_reserving()? {
            funds.reserve(held);
        }
        let lag_ms = i64::try_from(settings.balance_lag.as_millis()).unwrap_or(i64::MAX);
        let since = Wall(now.wall.0.saturating_sub(lag_ms));
        for (amount, _) in ledger.settled_since(since)? {
            funds.remember_paid(amount, now.boot);
        }
        Ok(funds)
    }

    /// From here on nothing is believed of what is unfinished, and nothing new is begun before all
    /// of it is in doubt.
    pub fn suspect_everything(&mut self, now: BootMoment) {
        self.suspecting = Some(Suspecting { since: now, waits_for_calls: false });
        self.waiting_doubts.clear();
        self.short_doubts.clear();
        self.forget_what_is_queued();
    }

    /// Reads every lane again from the ledger; what was asked about it counts no more.
    fn forget_what_is_queued(&mut self) {
        let batches: Vec<BatchId> = self.lanes.keys().copied().collect();
        for batch in batches {
            self.read_again(batch);
        }
        self.checks.clear();
    }

    /// Puts a slice of what is unfinished in doubt, because this ledger may have forgotten sends:
    /// first what is queued, then what is held, last what is in doubt already, whose grace counts
    /// anew. A call that this process has under way ends first.
    pub fn suspect_slice(&mut self, ledger: &mut Ledger, now: Moment) -> Result<(), LedgerError> {
        let Some(suspecting) = self.suspecting.clone() else { return Ok(()) };
        let mut ids: Vec<PayoutId> = Vec::new();
        for batch in self.lanes.keys() {
            ids.extend(ledger.queued_after(*batch, None, SUSPECT_SLICE)?);
            if ids.len() >= SUSPECT_SLICE as usize {
                break;
            }
        }
        if ids.is_empty() {
            ids = ledger.held_unsent(SUSPECT_SLICE)?;
        }
        let mut suspects: Vec<Payout> = ids.iter().map(|id| ledger.payout(*id)).collect::<Result<_, _>>()?;
        let last = suspects.is_empty();
        let mut under_way = false;
        if last {
            let trusted = |payout: &Payout| !is_suspected(payout, suspecting.since);
            let (open, ended): (Vec<&Payout>, Vec<&Payout>) =
                self.doubts.values().filter(|p| trusted(p)).partition(|p| is_under_way(p));
            under_way = !open.is_empty();
            suspects = ended.into_iter().take(SUSPECT_SLICE as usize).cloned().collect();
        }
        let done = suspects.is_empty();
        let event = Event::Suspected { why: self.standing.suspicion.clone().unwrap_or_default(), at: now.boot };
        let mut turn = ledger.begin(now.wall)?;
        for mut payout in suspects {
            let reserved = payout.state.reserves();
            turn.record(&mut payout, &event)?;
            self.funds.follow(reserved, &payout.state, payout.instruction.amount, now.boot);
            self.touched.insert(payout.batch);
            self.quiet.remove(&payout.id);
            if payout.doubt().is_some() {
                self.doubts.insert(payout.id, payout);
            }
        }
        turn.commit()?;
        if let Some(suspecting) = &mut self.suspecting {
            suspecting.waits_for_calls = done && under_way;
        }
        if done && !under_way {
            self.suspecting = None;
            self.forget_what_is_queued();
        }
        Ok(())
    }
}

/// Whether nothing is believed of it since `since`.
fn is_suspected(payout: &Payout, since: BootMoment) -> bool {
    payout.doubt().is_some_and(|doubt| match doubt.call {
        Call::Unobserved { from } => doubt.earlier_ambiguous && from.boot == since.boot && from.ms >= since.ms,
        Call::UnderWay | Call::Ended { .. } => false,
    })
}

fn is_under_way(payout: &Payout) -> bool {
    payout.doubt().is_some_and(|doubt| doubt.call == Call::UnderWay)
}
