//! A turn of the engine: any number of payouts moved in one transaction, so that one flush serves
//! every call in flight.
//!
//! Must never: move a payout whose row is not exactly where the caller believes it is, open an
//! attempt without its right to it, or write to disk when nothing happened.

use super::Ledger;
use super::batches::print_approval;
use super::chain::Link;
use super::column;
use super::error::LedgerError;
use super::seal;
use super::standing::Standing;
use super::stored::Cache;
use super::transaction::{Transaction, print};
use crate::payout::batch::{Approval, Batch, BatchEvent};
use crate::payout::evidence::ProvenUnpaid;
use crate::payout::message::{Answer, Said};
use crate::payout::moment::{BootMoment, Wall};
use crate::payout::order::Order;
use crate::payout::state::{Basis, BatchId, ConfirmedBy, Event, Payout, PayoutId, StateWord};
use rusqlite::params;
use std::collections::BTreeMap;

/// One transaction of the engine. Dropped without a commit, nothing of it happened; the payouts
/// and batches that were passed in must then be thrown away too.
pub struct Turn<'a> {
    pub(super) transaction: Transaction<'a>,
    /// What the tallies of the batches that were touched still lack.
    pending: BTreeMap<i64, Pending>,
}

#[derive(Default)]
struct Pending {
    /// Rows and centimes by state.
    moved: BTreeMap<StateWord, (i64, i64)>,
    last_event: i64,
    /// Why nothing of this batch may be sent, once it was looked up in this turn.
    closed: Option<Option<String>>,
}

impl Ledger {
    /// Begins a turn at a moment. Another connection's write (an order) is waited for.
    ///
    /// Errors: [`LedgerError::Outrun`] when another payoutd opened this ledger since.
    pub fn begin(&mut self, at: Wall) -> Result<Turn<'_>, LedgerError> {
        Ok(Turn { transaction: self.transaction(at)?, pending: BTreeMap::new() })
    }
}

impl Turn<'_> {
    /// Records what happened to a payout. A `sent` event is refused here: it needs its right
    /// ([`Turn::open_first`], [`Turn::open_again`]).
    ///
    /// Errors: [`LedgerError::TransactionKnown`], with nothing changed and the turn still good, when
    /// the transaction id of a `paid` event is on another payout. Any other error ends the turn.
    pub fn record(&mut self, payout: &mut Payout, event: &Event) -> Result<(), LedgerError> {
        if let Event::Sent { .. } = event {
            return Err(LedgerError::contradiction("an attempt was opened without its right"));
        }
        if let Event::Paid { transaction: Some(transaction), .. } = event
            && let Some(other) = self.transaction_known(transaction)?
        {
            return Err(LedgerError::TransactionKnown { transaction: transaction.clone(), payout: other });
        }
        self.write(payout, event)
    }

    /// Opens the first attempt of a queued payout; returns the attempt's number.
    pub fn open_first(&mut self, payout: &mut Payout, at: BootMoment, basis: Basis) -> Result<u32, LedgerError> {
        self.may_send(payout.batch)?;
        let attempt = 1;
        self.write(payout, &Event::Sent { attempt, at, basis })?;
        Ok(attempt)
    }

    /// Opens the next attempt of a payout in doubt, using up the proof that the last did not pay.
    pub fn open_again(&mut self, payout: &mut Payout, at: BootMoment, proof: ProvenUnpaid) -> Result<u32, LedgerError> {
        self.may_send(payout.batch)?;
        let open = payout.doubt().map(|doubt| (payout.id, doubt.attempt));
        if open != Some((proof.payout(), proof.attempt())) {
            return Err(LedgerError::contradiction(format!(
                "payout {}: the proof is about attempt {} of payout {}, which is not the open one",
                payout.id.0,
                proof.attempt(),
                proof.payout().0
            )));
        }
        let attempt = proof.attempt() + 1;
        self.write(payout, &Event::Sent { attempt, at, basis: proof.consume() })?;
        Ok(attempt)
    }

    /// The orders that stand on the batch, read from the ledger in the transaction that sends.
    fn may_send(&mut self, batch: BatchId) -> Result<(), LedgerError> {
        let known = self.pending.get(&batch.0).and_then(|pending| pending.closed.clone());
        let closed = match known {
            Some(closed) => closed,
            None => {
                let closed = why_closed(self.reader().batch(batch)?);
                self.pending.entry(batch.0).or_default().closed = Some(closed.clone());
                closed
            }
        };
        closed.map_or(Ok(()), |why| Err(LedgerError::OrderStands { batch, why }))
    }

    fn write(&mut self, payout: &mut Payout, event: &Event) -> Result<(), LedgerError> {
        let at = self.transaction.at;
        let mut next = payout.clone();
        next.apply(event, at)?;
        let body = print(event)?;
        let seq = self.transaction.append(&Link {
            at: at.0,
            batch: next.batch.0,
            payout: Some(next.id.0),
            no: i64::from(next.events),
            attempt: event.opens().map(i64::from),
            kind: event.kind(),
            body: &body,
        })?;
        let cache = Cache::of(&next);
        let (before, after) = (payout.state.word(), cache.state);
        self.transaction.change_one(
            &format!("payout {}, '{}'", next.id.0, event.kind()),
            "UPDATE payout SET state = ?4, events = ?5, attempts = ?6, may_have_been_paid = ?7, first_sent_at = ?8, \
             settled_at = ?9, released_at = ?10, transaction_id = ?11, confirmed_by = ?12, held_for = ?13, words = ?14, \
             seal = payoutd_seal('payout', ?1, ancestor, root, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
             WHERE id = ?1 AND state = ?2 AND events = ?3",
            params![
                next.id.0,
                before.as_str(),
                payout.events,
                after.as_str(),
                cache.events,
                cache.attempts,
                cache.money.word(),
                cache.first_sent,
                cache.settled,
                cache.released,
                cache.transaction,
                cache.confirmed_by.map(ConfirmedBy::word),
                cache.held_for,
                cache.words,
            ],
        )?;
        let pending = self.pending.entry(next.batch.0).or_default();
        pending.last_event = seq;
        if before != after {
            let centimes = next.instruction.amount.centimes();
            for (word, sign) in [(before, -1), (after, 1)] {
                let (rows, amount) = pending.moved.entry(word).or_default();
                *rows += sign;
                *amount += sign * centimes;
            }
        }
        *payout = next;
        Ok(())
    }

    /// Records what happened to a batch as a whole. `batch` comes back as it is now.
    ///
    /// Errors: [`LedgerError::Contradiction`] when the event cannot follow.
    pub fn record_batch(&mut self, batch: &mut Batch, event: &BatchEvent) -> Result<(), LedgerError> {
        let at = self.transaction.at;
        let impossible = || LedgerError::contradiction(format!("batch {}: '{}' cannot follow", batch.id, event.kind()));
        let mut next = self.batch(batch.id)?.ok_or_else(impossible)?;
        next.apply(event, at).ok_or_else(impossible)?;
        let events: Option<i64> =
            self.reader()
                .one("SELECT events FROM batch WHERE id = ?1 AND visible = 1", [batch.id.0], |row| row.get(0))?;
        let events = events.ok_or_else(impossible)?;
        let body = print(event)?;
        next.last_event = self.transaction.append(&Link {
            at: at.0,
            batch: next.id.0,
            payout: None,
            no: events + 1,
            attempt: None,
            kind: event.kind(),
            body: &body,
        })?;
        self.transaction.change_one(
            &format!("batch {}, '{}'", next.id, event.kind()),
            "UPDATE batch SET approval = ?3, hold = ?4, cancel = ?5, freed = ?6, completed = ?7, events = ?2 + 1, \
             last_event = ?8 WHERE id = ?1 AND events = ?2 AND visible = 1",
            params![
                next.id.0,
                events,
                print_approval(next.approval),
                next.hold.as_ref().map(column::print),
                next.cancel,
                next.freed.map(|at| at.0),
                next.completed.map(|at| at.0),
                next.last_event,
            ],
        )?;
        self.transaction.seal(&seal::BATCH, next.id.0)?;
        // What may be sent is looked up anew.
        self.pending.remove(&next.id.0);
        *batch = next;
        Ok(())
    }

    /// The batch as it is inside this turn.
    pub fn batch(&mut self, id: BatchId) -> Result<Option<Batch>, LedgerError> {
        self.flush()?;
        self.reader().batch(id)
    }

    /// The payout as it is inside this turn.
    pub fn payout(&mut self, id: PayoutId) -> Result<Payout, LedgerError> {
        self.reader().payout(id)
    }

    pub fn transaction_known(&self, transaction: &str) -> Result<Option<PayoutId>, LedgerError> {
        self.reader().transaction_known(transaction)
    }

    pub fn standing(&self) -> Result<Standing, LedgerError> {
        self.reader().standing()
    }

    /// Keeps what stands for the whole house; writes nothing when nothing changed.
    pub fn set_standing(&mut self, standing: &Standing) -> Result<(), LedgerError> {
        let old = self.standing()?;
        self.transaction.set_standing(&old, standing)
    }

    pub fn orders_waiting(&self) -> Result<Vec<(i64, Order)>, LedgerError> {
        self.reader().orders_waiting()
    }

    /// Answers an order; the command that gave it waits for this.
    pub fn answer_order(&mut self, id: i64, answer: Answer, refused: bool) -> Result<(), LedgerError> {
        let at = self.transaction.at.0;
        self.transaction.change_one(
            &format!("order {id}"),
            "UPDATE orders SET applied_at = ?2, refused = ?3, outcome = ?4 WHERE id = ?1 AND applied_at IS NULL",
            params![id, at, i64::from(refused), column::print(&Said::code(answer))],
        )?;
        self.transaction.seal(&seal::ORDER, id)
    }

    /// Says up to which event a batch's report was written. Never goes back.
    pub fn mark_reported(&mut self, batch: BatchId, event: i64) -> Result<(), LedgerError> {
        let moved = self.transaction.run(
            "UPDATE batch SET reported = ?2 WHERE id = ?1 AND reported < ?2 AND visible = 1",
            params![batch.0, event],
        )?;
        if moved == 0 { Ok(()) } else { self.transaction.seal(&seal::BATCH, batch.0) }
    }

    /// Puts the turn on disk. [`LedgerError::CommitFailed`] ends the process: nobody knows whether
    /// it is there. A turn in which nothing was written writes nothing.
    pub fn commit(mut self) -> Result<(), LedgerError> {
        self.flush()?;
        self.transaction.commit()
    }

    /// What SQLite does to a transaction by itself when the disk is full.
    #[cfg(test)]
    pub(super) fn undo_for_test(&self) {
        let undone = self.reader().connection.execute_batch("ROLLBACK");
        assert!(undone.is_ok());
    }

    fn reader(&self) -> &super::Reader {
        &self.transaction.ledger.reader
    }

    /// Brings tallies and last events up to what this turn moved.
    fn flush(&mut self) -> Result<(), LedgerError> {
        for (batch, pending) in &mut self.pending {
            let Pending { moved, last_event, .. } = pending;
            for (word, (rows, amount)) in std::mem::take(moved) {
                if (rows, amount) == (0, 0) {
                    continue;
                }
                self.transaction.change_one(
                    &format!("the tally of batch {}", BatchId(*batch)),
                    "UPDATE tally SET rows = rows + ?3, amount = amount + ?4 WHERE batch = ?1 AND state = ?2",
                    params![batch, word.as_str(), rows, amount],
                )?;
            }
            let last_event = std::mem::take(last_event);
            if last_event > 0 {
                self.transaction.change_one(
                    &format!("batch {}", BatchId(*batch)),
                    "UPDATE batch SET last_event = ?2 WHERE id = ?1 AND visible = 1 AND last_event < ?2",
                    params![batch, last_event],
                )?;
                self.transaction.seal(&seal::BATCH, *batch)?;
            }
        }
        Ok(())
    }
}

fn why_closed(found: Option<Batch>) -> Option<String> {
    match found {
        None => Some("it is not admitted".to_string()),
        Some(Batch { cancel: Some(cancel), .. }) => Some(format!("it is cancelled ({cancel})")),
        Some(Batch { hold: Some(_), .. }) => Some("it is on hold".to_string()),
        Some(Batch { approval: Approval::Awaited, .. }) => Some("it awaits approval".to_string()),
        Some(_) => None,
    }
}
