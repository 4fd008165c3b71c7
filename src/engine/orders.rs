//! Orders of people, applied by the loop: refused where the state has moved, answered with what
//! was done and what could not be stopped.
//!
//! Must never: let an order be forgotten, or applied twice.

use super::Settings;
use super::desk::{Desk, Patience};
use super::hear::last_question;
use crate::ledger::{LedgerError, Turn};
use crate::payout::batch::Approval;
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
                        let told = format!(
                            "nothing was resumed: this ledger may be older than its last send ({found}), which you had not seen; look, then repeat the order"
                        );
                        turn.answer_order(id, &told, true)?;
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
                let under_way = self.doubts.len();
                format!("paused: no new Transfert is sent; {under_way} payouts are in doubt and are still asked about")
            }
            Verb::Resume => {
                let lifted: Vec<&str> = [
                    self.standing.paused.as_ref().map(|_| "the pause"),
                    self.standing.account_refused.as_ref().map(|_| "the stop after MonCash refused the account"),
                    self.standing.equal_refusals.as_ref().map(|_| "the stop after equal refusals"),
                    self.standing.suspicion.as_ref().map(|_| "the stop of a ledger that may be old"),
                ]
                .into_iter()
                .flatten()
                .collect();
                if lifted.is_empty() {
                    return turn.answer_order(id, "nothing was stopped: there is nothing to resume", true);
                }
                let told = format!("resumed: {} is lifted", lifted.join(", "));
                self.standing.paused = None;
                self.standing.account_refused = None;
                self.standing.equal_refusals = None;
                self.standing.suspicion = None;
                self.weather.resume();
                (self.token_patience, self.balance_patience) = (Patience::default(), Patience::default());
                self.resumed = true;
                told
            }
            Verb::Distrust => {
                self.standing.suspicion = Some(format!("{} says so: {}", order.by.who, order.by.reason));
                self.suspect_everything(now.boot);
                "nothing is sent; every unfinished payout is asked about; 'payoutd resume' when a person has looked"
                    .to_string()
            }
            _ => return turn.answer_order(id, "this order needs a batch or a reference", true),
        };
        turn.set_standing(&self.standing)?;
        turn.answer_order(id, &told, false)
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
            return turn.answer_order(id, "there is no such batch", true);
        };
        let event = match judge_batch(order, &batch, settings.four_eyes) {
            Ok(event) => event,
            Err(refused) => return turn.answer_order(id, &refused.0, true),
        };
        turn.record_batch(&mut batch, &event)?;
        self.touched.insert(batch.id);
        let count = |word| batch.tally.count(word);
        let (queued, in_doubt) = (count(StateWord::Queued), count(StateWord::InDoubt));
        let (paid, held) = (count(StateWord::Paid), count(StateWord::Held));
        let told = match order.verb {
            Verb::Approve if batch.hold.is_some() => {
                format!("batch {} is approved and still on hold: nothing goes before it is released", batch.id)
            }
            Verb::Approve => format!("batch {} is approved: {queued} payouts go", batch.id),
            Verb::Hold => format!(
                "batch {} is on hold: {queued} payouts wait; {in_doubt} were sent already and are asked about; {paid} are paid",
                batch.id
            ),
            Verb::Release if batch.approval == Approval::Awaited => {
                format!("batch {} is released and still waits for approval: nothing goes before it", batch.id)
            }
            Verb::Release => format!("batch {} is released: {queued} payouts go", batch.id),
            Verb::Cancel => format!(
                "batch {} is being cancelled: {queued} payouts are stopped; could not be stopped: {in_doubt} in doubt (cancelled if MonCash proves them unpaid), {held} held, {paid} paid",
                batch.id
            ),
            _ => "done".to_string(),
        };
        if let Some(lane) = self.lanes.get_mut(&batch.id) {
            lane.batch = batch;
        }
        turn.answer_order(id, &told, false)
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
                return turn.answer_order(id, &refused.0, true);
            }
        };
        // A slip of the pen must not reach the ledger: it would end the process, at every start anew.
        if let Event::Paid { transaction: Some(transaction), .. } = &*event
            && let Some(other) = turn.transaction_known(transaction)?
        {
            let of = turn.payout(other)?.instruction.reference;
            let refused = format!(
                "transaction {transaction} paid {of} already: nothing was done; look in the MonCash portal again for the one that paid {}",
                payout.instruction.reference
            );
            self.keep(payout);
            return turn.answer_order(id, &refused, true);
        }
        self.record(turn, &mut payout, &event, now)?;
        let told = told(&order, &event, &payout);
        self.forget_queued(&payout);
        self.keep(payout);
        turn.answer_order(id, &told, false)
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

fn told(order: &Order, event: &Event, payout: &Payout) -> String {
    let reference = &payout.instruction.reference;
    match (&order.verb, event) {
        (Verb::Hold, Event::Ordered { .. }) => {
            format!(
                "{reference} was sent already and is in doubt: it is asked about, but not sent again while the hold stands"
            )
        }
        (Verb::Hold, _) => format!("{reference} is held: nothing is sent for it until 'payoutd release'"),
        (Verb::Release, _) => format!("{reference} is released"),
        (Verb::Cancel, Event::Ordered { .. }) => format!(
            "{reference} was sent already and could not be stopped: it is never sent again, and is cancelled once MonCash proves it unpaid; do not pay by hand"
        ),
        (Verb::Cancel, _) => format!("{reference} is cancelled: nothing was sent for it"),
        (Verb::ResolvePaid { transaction }, _) => {
            format!("{reference} is recorded as paid by transaction {transaction}")
        }
        (Verb::AskAgain, _) => format!("{reference} is in doubt again: MonCash is asked"),
        _ => format!("{reference} is {}", payout.state.word().as_str()),
    }
}
