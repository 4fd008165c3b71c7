//! Leads the balance proof through a ledger: readings and what moved between them, in the chain's order,
//! a slice at a time; and finds out which fee MonCash charges.
//!
//! Memory grows with what is under way at one moment, not with the ledger. Must never: change anything, or
//! call a fee learned that does not explain every transfer to the centime.

use super::balance::{Closed, Money, Prover, Stretch, Verdict};
use super::charge::{Charge, Sample, learn, suggest};
use crate::ledger::period::Period;
use crate::ledger::readings::{Reading, Standpoint};
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::Batch;
use crate::payout::funds::Fee;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::reply::Reply;
use crate::payout::state::{ConfirmedBy, MayHaveBeenPaid, PayoutId, StateWord};
use std::collections::BTreeSet;
use std::time::Duration;

/// Readings, and movements, that are read from the ledger at a time.
const SLICE: u32 = 1_000;
/// Movements are read from so much before the first reading on, beyond `balance_lag`: wall clocks are set.
const BEFORE: Duration = Duration::from_secs(600);
/// Samples that a fee is learned from.
const MOST_SAMPLES: usize = 60;

/// What is proven.
pub struct Question {
    pub period: Period,
    /// As set.
    pub fee: Fee,
    pub balance_lag: Duration,
    /// A reading of this very moment, which closes the last stretch.
    pub now: Option<Reading>,
}

/// A reading that whoever asks made itself, as the last of all.
pub fn reading_now(ledger: &Reader, balance: Amount, reply: &Reply, heard_at: Wall) -> Result<Reading, LedgerError> {
    let took = reply.ended.since(reply.asked).unwrap_or_default();
    let took = i64::try_from(took.as_millis()).unwrap_or(0);
    let asked_at = Wall(heard_at.0.saturating_sub(took));
    // What was sent until now may be in it; what is sent later is not.
    let seq = ledger.head()?.seq + 1;
    Ok(Reading { seq, no: i64::MAX, balance, asked: reply.asked, asked_at, heard: reply.ended })
}

/// Which fee the proof reckons with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub charge: Charge,
    /// Readings show it, and it is not the one that is set.
    pub learned: bool,
    /// The fee that would explain the one stretch that there is.
    pub suggestion: Option<Fee>,
}

/// A proof that can be walked through, as often as need be.
pub struct Proof<'a> {
    ledger: &'a Reader,
    question: &'a Question,
    /// The number of the first reading, and the first event that matters to it.
    first: Option<(i64, i64)>,
    carried: Vec<Money>,
}

impl<'a> Proof<'a> {
    /// Finds where it begins: at the last reading before the period, or the first in it.
    pub fn begin(ledger: &'a Reader, batches: &[Batch], question: &'a Question) -> Result<Proof<'a>, LedgerError> {
        let mut proof = Proof { ledger, question, first: None, carried: Vec::new() };
        let Some(first) = proof.first_reading()? else { return Ok(proof) };
        let before = question.balance_lag.saturating_add(BEFORE);
        let before = i64::try_from(before.as_millis()).unwrap_or(i64::MAX);
        let start = ledger.event_at(Wall(first.asked_at.0.saturating_sub(before)))?.min(first.seq);
        proof.first = Some((first.no, start));
        proof.carried = proof.carry(batches, start)?;
        Ok(proof)
    }

    fn first_reading(&self) -> Result<Option<Reading>, LedgerError> {
        let mut first: Option<Reading> = None;
        let mut after = 0;
        loop {
            let readings = self.ledger.readings(after, SLICE)?;
            let Some(last) = readings.last() else { return Ok(first.or(self.question.now)) };
            after = last.no;
            for reading in readings {
                if first.is_some() && self.question.period.from.is_none_or(|from| reading.asked_at >= from) {
                    return Ok(first);
                }
                first = Some(reading);
            }
        }
    }

    /// Payouts that were sent before `start` and may not be in the first reading.
    fn carry(&self, batches: &[Batch], start: i64) -> Result<Vec<Money>, LedgerError> {
        let mut carried: Vec<Money> = Vec::new();
        let open = self.ledger.unexplained(batches)?;
        let earlier = open.into_iter().filter(|it| it.first_sent.is_none_or(|sent| sent < start));
        carried.extend(earlier.filter_map(|it| money(&it)));
        let mut sent: BTreeSet<PayoutId> = BTreeSet::new();
        let mut from = start;
        loop {
            let moved = self.ledger.movements(from, i64::MAX, SLICE)?;
            let Some(last) = moved.last() else { return Ok(carried) };
            from = last.seq + 1;
            for movement in moved {
                if !movement.paid {
                    sent.insert(movement.payout);
                } else if !sent.remove(&movement.payout) {
                    let standpoint = self.ledger.standpoint(movement.payout)?;
                    carried.extend(money(&standpoint));
                }
            }
        }
    }

    /// Walks from the first reading to the last, reckoning with a fee.
    pub fn walk<E: From<LedgerError>>(
        &self,
        charge: Charge,
        each: &mut dyn FnMut(Closed) -> Result<(), E>,
    ) -> Result<Prover, E> {
        let mut prover = Prover::new(charge, self.question.balance_lag);
        let Some((first, mut from)) = self.first else { return Ok(prover) };
        for money in &self.carried {
            prover.carried(*money);
        }
        let mut after = first - 1;
        let before = self.question.period.before;
        loop {
            let readings = self.ledger.readings(after, SLICE)?;
            if readings.is_empty() {
                break;
            }
            for reading in readings {
                after = reading.no;
                self.move_to(&mut prover, &mut from, reading.seq)?;
                if let Some(closed) = prover.reading(reading) {
                    each(closed)?;
                }
                // The first quiet reading after the period closes what was paid in it.
                if before.is_some_and(|before| reading.asked_at >= before) && prover.is_quiet() {
                    return Ok(prover);
                }
            }
        }
        if let Some(now) = self.question.now {
            self.move_to(&mut prover, &mut from, now.seq)?;
            if let Some(closed) = prover.reading(now) {
                each(closed)?;
            }
        }
        Ok(prover)
    }

    fn move_to(&self, prover: &mut Prover, from: &mut i64, before: i64) -> Result<(), LedgerError> {
        loop {
            let moved = self.ledger.movements(*from, before, SLICE)?;
            let Some(last) = moved.last() else { return Ok(()) };
            *from = last.seq + 1;
            for movement in moved {
                if movement.paid {
                    prover.paid(movement.payout, movement.at);
                } else if let Some(money) = money(&self.ledger.standpoint(movement.payout)?) {
                    prover.sent(money);
                }
            }
        }
    }

    /// Finds the fee: the one that is set, if it explains what was paid; else the one that explains most,
    /// every transfer to the centime.
    pub fn choose(&self) -> Result<Chosen, LedgerError> {
        let set = self.question.fee;
        let mut samples = Vec::new();
        let [as_set, ..] = Charge::all(set);
        let (mut best, mut exact, of) = self.score(as_set, &mut samples)?.into_parts(as_set);
        if exact == of {
            return Ok(Chosen { charge: as_set, learned: false, suggestion: None });
        }
        let fees = std::iter::once(set).chain(learn(&samples));
        for charge in fees.flat_map(Charge::all).filter(|charge| *charge != as_set) {
            let score = self.score(charge, &mut Vec::new())?;
            if score.exact > exact && (charge.fee == set || score.exact >= 2) {
                (best, exact) = (charge, score.exact);
            }
            if exact == of {
                break;
            }
        }
        let learned = best.fee != set;
        let suggestion = samples.iter().find_map(suggest).filter(|fee| exact == 0 && !learned && *fee != set);
        Ok(Chosen { charge: best, learned, suggestion })
    }

    fn score(&self, charge: Charge, samples: &mut Vec<Sample>) -> Result<Score, LedgerError> {
        let mut score = Score::default();
        self.walk::<LedgerError>(charge, &mut |closed| {
            // Only what is closed, and holds nothing that is in doubt, says something about a fee.
            let Some(stretch) = closing(&closed).filter(|stretch| stretch.rows > 0 && stretch.may == 0) else {
                return Ok(());
            };
            score.of += 1;
            score.exact += usize::from(stretch.verdict == Verdict::Exact);
            let fell = stretch.from.balance.centimes() - stretch.to.balance.centimes();
            let beyond = fell - stretch.paid;
            if beyond >= 0 && samples.len() < MOST_SAMPLES {
                samples.push(Sample { rows: stretch.rows, paid: stretch.paid, beyond });
            }
            Ok(())
        })?;
        Ok(score)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Score {
    exact: usize,
    of: usize,
}

impl Score {
    fn into_parts(self, charge: Charge) -> (Charge, usize, usize) {
        (charge, self.exact, self.of)
    }
}

/// The stretch or span from one quiet reading to the next that a reading ended, if it did.
pub fn closing(closed: &Closed) -> Option<&Stretch> {
    closed.span.as_ref().or(Some(&closed.stretch).filter(|stretch| stretch.is_closed))
}

/// What a payout's sending can do to the balance; nothing where it surely did not pay.
fn money(standpoint: &Standpoint) -> Option<Money> {
    let Standpoint { id, amount, .. } = *standpoint;
    let certain = match standpoint.state {
        // Cleared by a person, MonCash's word or the proof that it did not pay.
        StateWord::Declined | StateWord::Queued => return None,
        StateWord::Held | StateWord::Cancelled if standpoint.money == MayHaveBeenPaid::No => return None,
        StateWord::Held | StateWord::Cancelled | StateWord::InDoubt => false,
        StateWord::Paid => standpoint.confirmed_by != Some(ConfirmedBy::Operator),
    };
    Some(Money { id, amount, certain })
}
