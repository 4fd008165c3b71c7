//! The people of the house: they look at the ledger as `payoutd status` shows it and at MonCash's
//! portal, and give orders. They are wrong only as an honest person can be: what they see in the
//! portal may change a moment later.
//!
//! Must never: pay by hand, or release what the guard holds because somebody was paid already.

use crate::chance::Chance;
use crate::house::House;
use payoutd::clock::Clock;
use payoutd::ledger::post_order;
use payoutd::ledger::rows::ReportRow;
use payoutd::payout::batch::{Approval, Batch};
use payoutd::payout::message::{GuardHold, Said};
use payoutd::payout::order::{Order, Target, Verb};
use payoutd::payout::state::{ByOrder, MayHaveBeenPaid, StateWord};

/// What the guard `paid_already_within` writes into a batch's hold, and no person does.
const GUARD: Said<GuardHold> = Said::Coded { code: GuardHold::PaidAlready };
const MOST_ROWS: u32 = 64;

/// One thing to order.
struct Wish {
    verb: Verb,
    target: Target,
    about: String,
}

fn wish(verb: Verb, target: Target, about: impl Into<String>) -> Wish {
    Wish { verb, target, about: about.into() }
}

impl House {
    fn order(&self, wish: Wish) {
        self.record.note(format_args!("a person orders {} of {}", wish.verb.word(), wish.about));
        self.record.count(|counts| counts.orders += 1);
        let by = ByOrder { who: "Marie".to_string(), reason: "the simulation".to_string() };
        let order = Order { verb: wish.verb, target: wish.target, by, uid: None, from: None };
        post_order(self.state(), &order, self.clock.now().wall).unwrap();
    }

    /// What a sensible person does about everything that waits for one. True when nothing did.
    /// `patient`: what waited for too long is given another chance.
    pub fn tend(&mut self, patient: bool) -> bool {
        let wishes = self.needed(patient);
        let none = wishes.is_empty();
        wishes.into_iter().for_each(|wish| self.order(wish));
        none
    }

    /// Whether every payout is settled.
    pub fn is_at_rest(&mut self) -> bool {
        let Some(reader) = self.reader() else { return false };
        let done = reader.batches_unfinished().unwrap().iter().all(Batch::is_final);
        done && reader.batches_to_report().unwrap().is_empty() && reader.standing().unwrap().suspicion.is_none()
    }

    fn needed(&mut self, patient: bool) -> Vec<Wish> {
        let (bank, now, grace) = (self.bank.clone(), self.bank.now(), self.world.grace);
        let Some(reader) = self.reader() else { return Vec::new() };
        let standing = reader.standing().unwrap();
        let mut wishes = Vec::new();
        if standing.suspicion.is_some() {
            // Who looks into accepted/ and the portal sees who was paid by what this ledger forgot.
            for batch in reader.batches_unfinished().unwrap() {
                for row in reader.rows(batch.id, None, MOST_ROWS).unwrap() {
                    let elsewhere = |debit: &crate::bank::Debit| {
                        debit.whom == row.description
                            && crate::payroll::key(&debit.reference) != crate::payroll::key(row.reference.as_str())
                    };
                    let payout = reader.payout(row.id).unwrap();
                    let cancelled = payout.doubt().and_then(|doubt| doubt.standing_order())
                        == Some(payoutd::payout::state::StandingOrder::Cancel);
                    if row.status == StateWord::InDoubt && !cancelled && bank.landed(elsewhere).is_some() {
                        wishes.push(wish(Verb::Cancel, target_of(&row, payout.events), row.reference.as_str()));
                    }
                }
            }
            if !wishes.is_empty() {
                return wishes;
            }
            // Who was told to look waits until what was on its way has landed.
            if bank.quiet_from() + crate::chance::ms(grace) < now {
                let seen = Target::HouseSeen { suspicion: standing.suspicion.clone() };
                wishes.push(wish(Verb::Resume, seen, "the house, which may be old"));
            }
            return wishes;
        }
        if standing.paused.is_some() || standing.account_refused.is_some() || standing.equal_refusals.is_some() {
            wishes.push(wish(Verb::Resume, Target::HouseSeen { suspicion: None }, "the house"));
        }
        for batch in reader.batches_unfinished().unwrap() {
            if batch.is_final() {
                continue;
            }
            let seen = batch.state(false).word().to_string();
            let target = Target::Batch { id: batch.id.0, seen };
            let about = batch.id.to_string();
            if batch.cancel.is_none() && batch.tally.count(StateWord::Queued) > 0 {
                match &batch.hold {
                    Some(why) if *why == GUARD => wishes.push(wish(Verb::Cancel, target, about)),
                    Some(_) => wishes.push(wish(Verb::Release, target, about)),
                    None if batch.approval == Approval::Awaited => wishes.push(wish(Verb::Approve, target, about)),
                    None => {}
                }
            }
            let rows = reader.rows(batch.id, None, MOST_ROWS).unwrap();
            for row in rows.iter().filter(|row| row.status == StateWord::Held) {
                let events = reader.payout(row.id).unwrap().events;
                let verb = if row.may_have_been_paid == MayHaveBeenPaid::No {
                    let no_use = !patient || row.reason.to_string().contains("repeats");
                    if no_use { Verb::Cancel } else { Verb::Release }
                } else {
                    // The portal is asked about the reference.
                    let key = crate::payroll::key(row.reference.as_str());
                    match bank.landed(|debit| crate::payroll::key(&debit.reference) == key) {
                        // MonCash once said this id for somebody else: the portal's own word stands.
                        Some(debit) if reader.transaction_known(&debit.transaction).unwrap().is_some() => {
                            Verb::ResolvePaid { transaction: format!("{} in the portal", debit.transaction) }
                        }
                        Some(debit) => Verb::ResolvePaid { transaction: debit.transaction },
                        None => Verb::ResolveNotPaid,
                    }
                };
                wishes.push(wish(verb, target_of(row, events), row.reference.as_str()));
            }
            // A hold that somebody laid on a doubt is lifted again.
            for row in rows.iter().filter(|row| row.status == StateWord::InDoubt) {
                let payout = reader.payout(row.id).unwrap();
                let held = payout.doubt().and_then(|doubt| doubt.standing_order());
                if held == Some(payoutd::payout::state::StandingOrder::Hold) {
                    wishes.push(wish(Verb::Release, target_of(row, payout.events), row.reference.as_str()));
                }
            }
        }
        wishes
    }

    /// Somebody orders something, sensible or not.
    pub fn meddle(&mut self, chance: &mut Chance) {
        let Some(reader) = self.reader() else { return };
        let batches = reader.batches_unfinished().unwrap();
        let wish = match chance.below(10) {
            0 => wish(Verb::Pause, Target::House, "the house"),
            1 => wish(Verb::Resume, Target::HouseSeen { suspicion: None }, "the house"),
            2 if chance.one_in(4) => wish(Verb::Distrust, Target::House, "the house"),
            _ if batches.is_empty() => return,
            n => {
                let batch = chance.pick(&batches);
                let guarded = batch.hold == Some(GUARD);
                if n <= 4 {
                    let verbs = [Verb::Hold, Verb::Hold, Verb::Release, Verb::Release, Verb::Approve, Verb::Cancel];
                    let verb = chance.pick(&verbs).clone();
                    if guarded && verb == Verb::Release {
                        return;
                    }
                    let seen = batch.state(false).word().to_string();
                    wish(verb, Target::Batch { id: batch.id.0, seen }, batch.id.to_string())
                } else {
                    let rows = reader.rows(batch.id, None, MOST_ROWS).unwrap();
                    let Some(row) = (!rows.is_empty()).then(|| chance.pick(&rows)) else { return };
                    let events = reader.payout(row.id).unwrap().events;
                    let verbs = [Verb::Hold, Verb::Hold, Verb::Release, Verb::Release, Verb::AskAgain, Verb::Cancel];
                    wish(chance.pick(&verbs).clone(), target_of(row, events), row.reference.as_str())
                }
            }
        };
        self.order(wish);
    }
}

fn target_of(row: &ReportRow, events: u32) -> Target {
    Target::Payout { id: row.id.0, seen: row.status.as_str().to_string(), seen_events: events }
}
