//! Orders of people, applied by the loop: refused where the state has moved, answered with what
//! was done and what could not be stopped.
//!
//! Must never: let an order be forgotten, or applied twice.

use super::Settings;
use super::desk::{Desk, Patience};
use super::hear::last_question;
use crate::ledger::{LedgerError, Turn};
use crate::payout::batch::{Approval, Batch};
use crate::payout::message::{Answer, Lifted, Said, Suspicion};
use crate::payout::moment::Moment;
use crate::payout::order::{Effect, Order, Target, Verb, judge_batch, judge_payout};
use crate::payout::state::{BatchId, Event, Payout, PayoutId, State, StateWord};

impl Desk {
    /// Applies every order that waits.
    pub fn obey(
        &mut self,
        turn: &mut Turn<'_>,
        orders: Vec<(i64, Order)>,
        settings: &Settings,
        now: Moment,
    ) -> Result<(), LedgerError> {
        for (id, order) in orders {
            if self.orders_under_way.contains(&id) {
                continue;
            }
            // An order before this one raised a suspicion: its doubts come first.
            if self.suspecting.is_some() {
                break;
            }
            tracing::info!(order = id, verb = order.verb.word(), who = order.by.who, reason = order.by.reason, "order");
            match order.target {
                Target::House => self.obey_house(turn, id, &order, now)?,
                Target::HouseSeen { ref suspicion } if order.verb == Verb::Resume => {
                    if let Some(found) =
                        self.standing.suspicion.as_ref().filter(|found| Some(*found) != suspicion.as_ref())
                    {
                        let why = Box::new(found.clone());
                        turn.answer_order(id, Answer::SuspicionUnseen { why }, true)?;
                    } else {
                        self.obey_house(turn, id, &order, now)?;
                    }
                }
                Target::HouseSeen { .. } => self.obey_house(turn, id, &order, now)?,
                Target::Batch { id: batch, .. } => self.obey_batch(turn, id, &order, BatchId(batch), settings)?,
                Target::Payout { id: payout, .. } => {
                    self.obey_payout(turn, id, order, PayoutId(payout), settings, now)?;
                }
            }
        }
        Ok(())
    }

    fn obey_house(&mut self, turn: &mut Turn<'_>, id: i64, order: &Order, now: Moment) -> Result<(), LedgerError> {
        let told = match order.verb {
            Verb::Pause => {
                self.standing.paused = Some(order.by.clone());
                Answer::Paused { doubt: u32::try_from(self.doubts.len()).unwrap_or(u32::MAX) }
            }
            Verb::Resume => {
                let lifted: Vec<Lifted> = [
                    self.standing.paused.as_ref().map(|_| Lifted::Pause),
                    self.standing.account_refused.as_ref().map(|_| Lifted::AccountRefused),
                    self.standing.equal_refusals.as_ref().map(|_| Lifted::EqualRefusals),
                    self.standing.suspicion.as_ref().map(|_| Lifted::Suspicion),
                ]
                .into_iter()
                .flatten()
                .collect();
                if lifted.is_empty() {
                    return turn.answer_order(id, Answer::NothingStopped, true);
                }
                self.standing.paused = None;
                self.standing.account_refused = None;
                self.standing.equal_refusals = None;
                self.standing.suspicion = None;
                self.weather.resume();
                (self.token_patience, self.balance_patience) = (Patience::default(), Patience::default());
                self.resumed = true;
                Answer::Resumed { lifted }
            }
            Verb::Distrust => {
                let (who, reason) = (order.by.who.clone(), order.by.reason.clone());
                self.standing.suspicion = Some(Said::code(Suspicion::SaidBy { who, reason }));
                self.suspect_everything(now.boot);
                Answer::Distrusted
            }
            _ => return turn.answer_order(id, Answer::NeedsTarget, true),
        };
        turn.set_standing(&self.standing)?;
        turn.answer_order(id, told, false)
    }

    fn obey_batch(
        &mut self,
        turn: &mut Turn<'_>,
        id: i64,
        order: &Order,
        batch: BatchId,
        settings: &Settings,
    ) -> Result<(), LedgerError> {
        let Some(mut batch) = turn.batch(batch)? else {
            return turn.answer_order(id, Answer::NoBatch, true);
        };
        let event = match judge_batch(order, &batch, settings.four_eyes) {
            Ok(event) => event,
            Err(refused) => return turn.answer_order(id, refused, true),
        };
        turn.record_batch(&mut batch, &event)?;
        self.touched.insert(batch.id);
        let told = done_to(order, &batch);
        if let Some(lane) = self.lanes.get_mut(&batch.id) {
            lane.batch = batch;
        }
        turn.answer_order(id, told, false)
    }

    fn obey_payout(
        &mut self,
        turn: &mut Turn<'_>,
        id: i64,
        order: Order,
        payout_id: PayoutId,
        settings: &Settings,
        now: Moment,
    ) -> Result<(), LedgerError> {
        // A doubt lives in memory: what was counted about it is not on disk.
        let mut payout = match self.doubts.remove(&payout_id) {
            Some(payout) => payout,
            None => turn.payout(payout_id)?,
        };
        let judged = judge_payout(&order, &payout, settings.policy.proof.grace, now.boot);
        let event = match judged {
            Ok(Effect::Record(event)) => event,
            Ok(Effect::AskOnce) => {
                self.orders_under_way.insert(id);
                self.questions_of_orders.push_back(last_question(id, order, &payout));
                return Ok(());
            }
            Err(refused) => {
                self.keep(payout);
                return turn.answer_order(id, refused, true);
            }
        };
        // A slip of the pen must not reach the ledger: it would end the process, at every start anew.
        if let Event::Paid { transaction: Some(transaction), .. } = &*event
            && let Some(other) = turn.transaction_known(transaction)?
        {
            let (transaction, reference) = (transaction.clone(), payout.instruction.reference.to_string());
            let other = turn.payout(other)?.instruction.reference.to_string();
            self.keep(payout);
            return turn.answer_order(id, Answer::TransactionUsed { transaction, other, reference }, true);
        }
        self.record(turn, &mut payout, &event, now)?;
        let told = told(&order, &event, &payout);
        self.forget_queued(&payout);
        self.keep(payout);
        turn.answer_order(id, told, false)
    }

    /// Puts a payout where the loop will find it in its present state.
    fn keep(&mut self, payout: Payout) {
        match &payout.state {
            State::InDoubt(_) => {
                self.quiet.remove(&payout.id);
                self.doubts.insert(payout.id, payout);
            }
            State::Queued => self.read_again(payout.batch),
            _ => {}
        }
    }

    /// A payout that left `queued` by an order is not in its lane any more.
    fn forget_queued(&mut self, payout: &Payout) {
        self.checks.remove(&payout.id);
        if let Some(lane) = self.lanes.get_mut(&payout.batch) {
            lane.window.retain(|queued| queued.payout.id != payout.id);
        }
    }
}

/// What an order did to a batch.
fn done_to(order: &Order, batch: &Batch) -> Answer {
    let (id, count) = (batch.id, |word| batch.tally.count(word));
    let (queued, doubt) = (count(StateWord::Queued), count(StateWord::InDoubt));
    let (paid, held) = (count(StateWord::Paid), count(StateWord::Held));
    match &order.verb {
        Verb::Approve if batch.hold.is_some() => Answer::BatchApprovedOnHold { batch: id },
        Verb::Approve => Answer::BatchApproved { batch: id, queued },
        Verb::Hold => Answer::BatchHeld { batch: id, queued, doubt, paid },
        Verb::Release if batch.approval == Approval::Awaited => Answer::BatchReleasedUnapproved { batch: id },
        Verb::Release => Answer::BatchReleased { batch: id, queued },
        Verb::Cancel => Answer::BatchCancelled { batch: id, queued, doubt, held, paid },
        // No other does anything to a batch.
        other => Answer::NotOfBatch { verb: other.clone() },
    }
}

fn told(order: &Order, event: &Event, payout: &Payout) -> Answer {
    let reference = payout.instruction.reference.to_string();
    match (&order.verb, event) {
        (Verb::Hold, Event::Ordered { .. }) => Answer::HeldInDoubt { reference },
        (Verb::Hold, _) => Answer::PayoutHeld { reference },
        (Verb::Release, _) => Answer::PayoutReleased { reference },
        (Verb::Cancel, Event::Ordered { .. }) => Answer::CancelledInDoubt { reference },
        (Verb::Cancel, _) => Answer::PayoutCancelled { reference },
        (Verb::ResolvePaid { transaction }, _) => Answer::RecordedPaid { reference, transaction: transaction.clone() },
        (Verb::AskAgain, _) => Answer::AskedAgain { reference },
        _ => Answer::PayoutIs { reference, state: payout.state.word() },
    }
}
