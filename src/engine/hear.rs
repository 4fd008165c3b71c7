//! What a reply does: it is read as evidence, the core says what it leads to (`payout/heard.rs`), and that is
//! written to the ledger and told to funds and weather.
//!
//! Must never: decide anything, or lose an answer.

use super::Settings;
use super::calls::{Done, Launch, Purpose};
use super::desk::Desk;
use crate::ledger::{LedgerError, Turn};
use crate::payout::evidence::{Refusal, StatusAnswer, TransferAnswer, read_status, read_transfer};
use crate::payout::heard;
use crate::payout::message::Answer;
use crate::payout::moment::Moment;
use crate::payout::order::{Order, not_paid_answered};
use crate::payout::reply::Reply;
use crate::payout::state::{Event, Payout, PayoutId};
use tracing::{debug, info, warn};

impl Desk {
    /// Applies one ended call inside the turn.
    pub fn hear(
        &mut self,
        turn: &mut Turn<'_>,
        done: Done,
        settings: &Settings,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let Some(reply) = done.reply else {
            self.token_under_way = false;
            self.token_patience.succeeded();
            return Ok(());
        };
        // A gateway's 5xx is no answer of MonCash's.
        match reply.http().filter(|http| http.status < 500) {
            Some(_) => {
                self.last_answer = Some(reply.ended);
                self.unanswered_since = None;
            }
            None => {
                self.unanswered_since.get_or_insert(reply.ended);
            }
        }
        match done.purpose {
            Purpose::Transfer { payout } => self.hear_transfer(turn, payout, &reply, settings, now),
            Purpose::Ask { payout, attempt } => self.hear_status(turn, payout, attempt, &reply, now),
            Purpose::Check { payout, reference } => {
                self.hear_check(payout, &reference, &reply);
                Ok(())
            }
            Purpose::Control { reference } => {
                self.hear_control(&reference, &reply);
                Ok(())
            }
            Purpose::Probe => {
                self.hear_probe(&reply);
                Ok(())
            }
            Purpose::Errand { runner } => {
                self.hear_errand(runner, &reply);
                Ok(())
            }
            Purpose::NotPaid { order_id, order, payout } => {
                self.hear_not_paid(turn, order_id, &order, payout, &reply, now)
            }
            Purpose::Balance => self.hear_balance(turn, &reply, now),
            Purpose::Token => {
                self.hear_token(&reply);
                Ok(())
            }
        }
    }

    /// Writes an event of a payout that the desk knows, and what follows for funds and journal.
    pub fn record(
        &mut self,
        turn: &mut Turn<'_>,
        payout: &mut Payout,
        event: &Event,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let reserved = payout.state.reserves();
        turn.record(payout, event)?;
        self.touched.insert(payout.batch);
        if heard::confirms(event) {
            self.controls.confirmed(payout.instruction.reference.clone());
        }
        self.funds.follow(reserved, &payout.state, payout.instruction.amount, now.boot);
        if matches!(event, Event::Paid { .. } | Event::Declined { .. } | Event::Held { .. } | Event::Cancelled { .. }) {
            self.meters.outcome(payout.state.word());
        }
        tell(payout, event);
        Ok(())
    }

    /// Writes several events of one payout, in their order.
    fn record_all(
        &mut self,
        turn: &mut Turn<'_>,
        payout: &mut Payout,
        events: &[Event],
        now: Moment,
    ) -> Result<(), LedgerError> {
        events.iter().try_for_each(|event| self.record(turn, payout, event, now))
    }

    fn hear_transfer(
        &mut self,
        turn: &mut Turn<'_>,
        id: PayoutId,
        reply: &Reply,
        settings: &Settings,
        now: Moment,
    ) -> Result<(), LedgerError> {
        let Some(mut payout) = self.doubts.remove(&id) else {
            return Err(LedgerError::Contradiction(format!(
                "a Transfert of payout {} ended that is not in doubt",
                id.0
            )));
        };
        let answer = read_transfer(reply, &payout.instruction, &settings.policy.also_declines);
        let retry_after = reply.http().and_then(|http| http.retry_after);
        self.weather.hear_transfer(&answer, retry_after, reply.ended, settings.policy.equal_refusals);
        self.funds.hear_transfer(&answer);
        let attempt = payout.attempts;
        let events = heard::hear_transfer(attempt, answer.clone(), reply, None);
        match self.record_all(turn, &mut payout, &events, now) {
            Ok(()) => {}
            // Nothing was written: the turn is good, and the payout stands where it stood.
            Err(LedgerError::TransactionKnown { payout: other, .. }) => {
                let events = heard::hear_transfer(attempt, answer, reply, Some(other));
                self.record_all(turn, &mut payout, &events, now)?;
            }
            Err(other) => return Err(other),
        }
        self.keep_doubt(payout);
        Ok(())
    }

    fn hear_status(
        &mut self,
        turn: &mut Turn<'_>,
        id: PayoutId,
        attempt: u32,
        reply: &Reply,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.asking.remove(&id);
        let answer = self.read_status(reply);
        let Some(mut payout) = self.doubts.remove(&id) else { return Ok(()) };
        let events = heard::hear_status(&payout, attempt, answer, reply, now.wall);
        if events.is_empty() {
            self.doubts.insert(id, payout);
            return Ok(());
        }
        self.record_all(turn, &mut payout, &events, now)?;
        self.keep_doubt(payout);
        Ok(())
    }

    /// Puts a payout back that something was heard about, where it is in doubt still.
    fn keep_doubt(&mut self, payout: Payout) {
        self.quiet.remove(&payout.id);
        if payout.doubt().is_some() {
            self.doubts.insert(payout.id, payout);
        }
    }

    /// Reads an answer of the status call, whoever asked; the weather hears it too.
    pub(super) fn read_status(&mut self, reply: &Reply) -> StatusAnswer {
        let answer = read_status(reply);
        self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        answer
    }

    fn hear_not_paid(
        &mut self,
        turn: &mut Turn<'_>,
        order_id: i64,
        order: &Order,
        id: PayoutId,
        reply: &Reply,
        now: Moment,
    ) -> Result<(), LedgerError> {
        self.orders_under_way.remove(&order_id);
        let answer = self.read_status(reply);
        let mut payout = turn.payout(id)?;
        match not_paid_answered(order, &payout, &answer) {
            Ok(event) => {
                self.record(turn, &mut payout, &event, now)?;
                let reference = payout.instruction.reference.to_string();
                turn.answer_order(order_id, Answer::CancelledNotFound { reference, who: order.by.who.clone() }, false)
            }
            Err(refused) => turn.answer_order(order_id, refused, true),
        }
    }
}

/// One line a payout outcome in the journal; the account masked. A refusal is told when it is certain.
fn tell(payout: &Payout, event: &Event) {
    let reference = payout.instruction.reference.as_str();
    let batch = payout.batch;
    let outcome = payout.state.word().as_str();
    let receiver = payout.instruction.receiver.masked();
    let amount = payout.instruction.amount;
    let masked = |words: &str| payout.instruction.receiver.mask_in(words);
    match event {
        Event::Paid { by, transaction, .. } => {
            info!(reference, %batch, outcome, receiver, %amount, transaction, confirmed_by = by.word(), "paid");
        }
        Event::Declined { words, .. } => {
            info!(reference, %batch, outcome, receiver, %amount, words = masked(words), "declined");
        }
        Event::Held { reason, detail, .. } => {
            let detail = masked(&detail.to_string());
            warn!(reference, %batch, outcome, receiver, %amount, detail, "held: {reason}");
        }
        Event::Cancelled { order, .. } => {
            info!(reference, %batch, outcome, receiver, %amount, who = order.who, "cancelled");
        }
        Event::Answered { answer: TransferAnswer::Refused { kind: Refusal::Decline, words }, .. } => {
            debug!(reference, %batch, receiver, %amount, words = masked(words), "refused; asking MonCash");
        }
        Event::Answered { answer, .. } => {
            let answer = masked(&answer_in_words(answer));
            info!(reference, %batch, outcome, receiver, %amount, answer, "in doubt; asking MonCash");
        }
        Event::Sent { .. }
        | Event::Asked { .. }
        | Event::Released { .. }
        | Event::Reopened { .. }
        | Event::Suspected { .. }
        | Event::Ordered { .. } => {}
    }
}

/// An answer that settles nothing by itself, for the journal.
fn answer_in_words(answer: &TransferAnswer) -> String {
    match answer {
        TransferAnswer::Paid { transaction } => format!("paid, transaction {transaction}"),
        TransferAnswer::Refused { words, .. } => format!("refused: {words}"),
        TransferAnswer::NeverLeft { why } => format!("never left: {why}"),
        TransferAnswer::PaidOther { why } => why.to_string(),
        TransferAnswer::Unknown { why } => why.clone(),
    }
}

/// What is left in the journal of a reply that could not be committed.
pub struct Note {
    payout: i64,
    status: Option<u16>,
}

impl Note {
    /// Of every reply of Transfert; the others can be asked for again.
    pub fn of(done: &Done) -> Option<Note> {
        match (&done.purpose, &done.reply) {
            (Purpose::Transfer { payout }, Some(reply)) => {
                Some(Note { payout: payout.0, status: reply.http().map(|http| http.status) })
            }
            _ => None,
        }
    }

    pub fn journal(&self) {
        tracing::error!(
            payout = self.payout,
            status = self.status,
            "an answer of Transfert could not be written: start payoutd again once the disk is well, it asks MonCash then; do not pay by hand"
        );
    }
}

/// The launch that a `resolve --not-paid` order wants.
pub fn last_question(order_id: i64, order: Order, payout: &Payout) -> Launch {
    Launch::NotPaid {
        order_id,
        order: Box::new(order),
        payout: payout.id,
        reference: payout.instruction.reference.clone(),
    }
}
