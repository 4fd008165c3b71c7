//! What the loop has in its head: open batches, the next queued payouts of each, every doubt,
//! funds, weather, the control question. All of it can be read again from the ledger.
//!
//! Must never: know something about a payout that the ledger does not.

use super::Settings;
use super::hours::Hours;
use crate::ledger::{Ledger, LedgerError, Standing};
use crate::metrics::meters::Meters;
use crate::payout::batch::{Batch, Gate};
use crate::payout::control::Controls;
use crate::payout::decide::Wait;
use crate::payout::funds::{Cover, Funds};
use crate::payout::instruction::Reference;
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::precheck::Precheck;
use crate::payout::state::{BatchId, Payout, PayoutId, StateWord};
use crate::payout::weather::Weather;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// So many queued payouts of a batch are read ahead.
const WINDOW: u32 = 256;
/// A lane with fewer than this, or than what is checked ahead, is refilled.
const REFILL_UNDER: usize = 64;
/// A balance that is older than this many `poll`s is asked again before anything is sent on it.
const READING_LIVES_POLLS: u32 = 3;
/// And never lives shorter than this.
const READING_LIVES: Duration = Duration::from_secs(90);

/// One open batch and its next queued payouts, in file order.
pub struct Lane {
    pub batch: Batch,
    pub window: VecDeque<Queued>,
    last_read: Option<PayoutId>,
    exhausted: bool,
    /// Why its first payout does not go, if it does not.
    pub waits: Option<Wait>,
}

/// A queued payout in a lane's window.
pub struct Queued {
    pub payout: Payout,
    /// Earlier payouts of the same `retry_of` line; each is asked about first.
    pub ancestors: Vec<Reference>,
}

/// Waits between calls that keep failing.
#[derive(Default)]
pub struct Patience {
    failures: u32,
    last: Option<BootMoment>,
}

impl Patience {
    pub fn failed(&mut self, now: BootMoment) {
        self.failures = self.failures.saturating_add(1);
        self.last = Some(now);
    }

    pub fn succeeded(&mut self) {
        *self = Patience::default();
    }

    /// When the next try is due: 2 s after the first failure, doubling up to a minute.
    pub fn due(&self) -> Option<BootMoment> {
        let wait = Duration::from_secs(1 << self.failures.min(6)).min(Duration::from_secs(60));
        self.last.map(|last| last.plus(wait))
    }
}

/// How much is missing to pay everything that is queued and may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    pub htg: Amount,
    pub rows: u32,
}

/// How far the suspicion of everything unfinished has come.
#[derive(Clone, Debug)]
pub struct Suspecting {
    /// Since when nothing is believed.
    pub since: BootMoment,
    /// All that is left are calls that this process has under way.
    pub waits_for_calls: bool,
}

pub struct Desk {
    pub(super) lanes: BTreeMap<BatchId, Lane>,
    /// The batch that was served last; the next one goes first.
    pub(super) served: Option<BatchId>,
    pub(super) doubts: BTreeMap<PayoutId, Payout>,
    /// Doubts about which nothing is due before then.
    pub(super) quiet: BTreeMap<PayoutId, BootMoment>,
    /// Doubts that MonCash has no more to say about: a person, or money, decides.
    pub(super) waiting_doubts: BTreeSet<PayoutId>,
    /// Those of them that wait for money: until they were last decided otherwise, whatever is asked
    /// about them meanwhile.
    pub(super) short_doubts: BTreeSet<PayoutId>,
    /// Doubts about which a question is under way.
    pub(super) asking: BTreeSet<PayoutId>,
    pub(super) checks: BTreeMap<PayoutId, Precheck>,
    pub(super) funds: Funds,
    pub(super) weather: Weather,
    pub(super) controls: Controls,
    pub(super) standing: Standing,
    /// The balance that the ledger was last told.
    pub(super) standing_written: Option<(Amount, Wall)>,
    pub(super) control_under_way: bool,
    pub(super) balance_under_way: bool,
    pub(super) token_under_way: bool,
    /// A person said in this turn that the trouble is over.
    pub(super) resumed: bool,
    pub(super) balance_patience: Patience,
    pub(super) token_patience: Patience,
    pub(super) balance_asked: Option<BootMoment>,
    pub(super) last_answer: Option<BootMoment>,
    pub(super) unanswered_since: Option<BootMoment>,
    /// Since when `check_first` brings no certain answer about any reference.
    pub(super) unclear_since: Option<BootMoment>,
    /// Since when the status call cannot be read.
    pub(super) blind_since: Option<BootMoment>,
    pub(super) shortage: Option<Shortage>,
    /// Doubts that were proven unpaid and wait for money, in the last turn.
    pub(super) short_again: u32,
    pub(super) disk_low: bool,
    /// When money may leave.
    pub(super) hours: Hours,
    pub(super) draining: bool,
    /// Everything unfinished is still being put in doubt, because the ledger may be old.
    pub(super) suspecting: Option<Suspecting>,
    /// `resolve --not-paid` orders whose question waits for a permit.
    pub(super) questions_of_orders: VecDeque<super::calls::Launch>,
    /// What chores want asked.
    pub(super) errands: super::errands::Places,
    pub(super) orders_under_way: BTreeSet<i64>,
    /// Batches that a turn touched.
    pub(super) touched: BTreeSet<BatchId>,
    /// What is counted for whoever watches.
    pub(super) meters: Meters,
}

impl Desk {
    pub fn new(settings: &Settings, standing: Standing) -> Desk {
        let weather = Weather::new(standing.account_refused.clone(), standing.equal_refusals.clone());
        Desk {
            lanes: BTreeMap::new(),
            served: None,
            doubts: BTreeMap::new(),
            quiet: BTreeMap::new(),
            waiting_doubts: BTreeSet::new(),
            short_doubts: BTreeSet::new(),
            asking: BTreeSet::new(),
            checks: BTreeMap::new(),
            funds: Funds::new(settings.fee, settings.floor, settings.balance_lag),
            weather,
            controls: Controls::default(),
            standing_written: standing.balance,
            standing,
            control_under_way: false,
            balance_under_way: false,
            token_under_way: false,
            resumed: false,
            balance_patience: Patience::default(),
            token_patience: Patience::default(),
            balance_asked: None,
            last_answer: None,
            unanswered_since: None,
            unclear_since: None,
            blind_since: None,
            shortage: None,
            short_again: 0,
            disk_low: false,
            hours: settings.hours.clone(),
            draining: false,
            suspecting: None,
            questions_of_orders: VecDeque::new(),
            errands: super::errands::Places::default(),
            orders_under_way: BTreeSet::new(),
            touched: BTreeSet::new(),
            meters: Meters::default(),
        }
    }

    /// Takes up batches that are new to the desk and refreshes the others.
    pub fn look_at_batches(&mut self, ledger: &Ledger) -> Result<(), LedgerError> {
        for batch in ledger.batches_unfinished()? {
            match self.lanes.get_mut(&batch.id) {
                Some(lane) => lane.batch = batch,
                None => {
                    self.lanes.insert(batch.id, Lane::new(batch));
                }
            }
        }
        Ok(())
    }

    /// Reads ahead where a lane runs dry.
    pub fn refill(&mut self, ledger: &Ledger, ahead: usize) -> Result<(), LedgerError> {
        let enough = REFILL_UNDER.max(ahead);
        for lane in self.lanes.values_mut() {
            if lane.exhausted || lane.window.len() >= enough {
                lane.check_end(ledger)?;
                continue;
            }
            let ids = ledger.queued_after(lane.batch.id, lane.last_read, WINDOW)?;
            lane.exhausted = ids.len() < WINDOW as usize;
            lane.last_read = ids.last().copied().or(lane.last_read);
            for payout in ledger.payouts(&ids)? {
                let id = payout.id;
                if (payout.batch, payout.state.word()) != (lane.batch.id, StateWord::Queued) {
                    let what = format!("payout {}: an index has it queued in batch {}", id.0, lane.batch.id);
                    return Err(LedgerError::Contradiction(what));
                }
                let ancestors = match payout.instruction.retry_of {
                    Some(_) => ledger.ancestors(id)?.into_iter().map(|p| p.instruction.reference).collect(),
                    None => Vec::new(),
                };
                lane.window.push_back(Queued { payout, ancestors });
            }
        }
        Ok(())
    }

    /// A payout went back to queued: its lane is read from the beginning again.
    pub fn read_again(&mut self, batch: BatchId) {
        if let Some(lane) = self.lanes.get_mut(&batch) {
            lane.window.clear();
            lane.last_read = None;
            lane.exhausted = false;
        }
    }

    pub fn gate(&self, batch: BatchId, now: Moment) -> Gate {
        self.lanes.get(&batch).map_or(Gate::OnHold, |lane| self.gate_now(&lane.batch, now))
    }

    /// What the batch's standing orders allow, and the payment hours.
    pub fn gate_now(&self, batch: &Batch, now: Moment) -> Gate {
        batch.gate().within_hours(self.hours.shut(now.wall))
    }

    /// Since when `queued_for` counts, but for the time in which nothing may leave.
    pub fn queued_since(&self, payout: &Payout, now: Moment) -> Wall {
        let since = self.lanes.get(&payout.batch).map_or(Wall(0), |lane| lane.batch.queued_since(payout));
        self.hours.without_shut_time(since, now.wall)
    }

    /// Whether the newest reading of the balance is still worth something.
    pub fn reading_lives(&self, settings: &Settings, now: Moment) -> bool {
        let lives = settings.poll.saturating_mul(READING_LIVES_POLLS).max(READING_LIVES);
        self.funds.last_reading().is_some_and(|r| now.boot.since(r.requested).is_some_and(|age| age <= lives))
    }

    /// Whether the funds cover one more payout beside what is `pledged`, fees included.
    pub fn cover(&self, amount: Amount, pledged: Amount, settings: &Settings, now: Moment) -> Cover {
        if self.reading_lives(settings, now) { self.funds.covers_beside(amount, pledged) } else { Cover::Unknown }
    }

    pub fn cover_again(&self, settings: &Settings, now: Moment) -> Cover {
        if self.reading_lives(settings, now) { self.funds.covers_reserved() } else { Cover::Unknown }
    }

    /// Queued rows and HTG of the batches whose gate is open.
    pub fn queued_and_free(&self, now: Moment) -> (u32, Amount) {
        let mut rows: u32 = 0;
        let mut amount = Amount::ZERO;
        for lane in self.lanes.values() {
            if self.gate_now(&lane.batch, now).is_open(now.wall) {
                rows = rows.saturating_add(lane.batch.tally.count(StateWord::Queued));
                amount = amount.saturating_add(lane.batch.tally.amount(StateWord::Queued));
            }
        }
        (rows, amount)
    }

    /// What is missing at most to pay all of it, fees included, and what was proven unpaid and `again` times
    /// waits to be sent again.
    pub fn reckon_shortage(&self, again: u32, now: Moment) -> Option<Shortage> {
        let (rows, amount) = self.queued_and_free(now);
        let need = self.funds.fee().for_rows(rows, amount);
        let spendable = self.funds.spendable()?;
        (need > spendable).then(|| Shortage { htg: need.saturating_sub(spendable), rows: rows.saturating_add(again) })
    }
}

impl Lane {
    fn new(batch: Batch) -> Lane {
        Lane { batch, window: VecDeque::new(), last_read: None, exhausted: false, waits: None }
    }

    /// At its end a lane leaves nothing queued: what an index forgot must not be forgotten.
    fn check_end(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        if !self.exhausted || !self.window.is_empty() || self.batch.tally.count(StateWord::Queued) == 0 {
            return Ok(());
        }
        let id = self.batch.id;
        let queued = ledger.batch(id)?.map_or(0, |batch| batch.tally.count(StateWord::Queued));
        if queued == 0 || !ledger.queued_after(id, None, 1)?.is_empty() {
            return Ok(());
        }
        Err(LedgerError::Contradiction(format!("batch {id}: {queued} payouts are queued and none is found")))
    }
}
