//! The loop that owns every payout. One task decides; calls run beside it and touch nothing.
//!
//! Each turn: gather the replies that came, apply them and the orders of people, choose what goes
//! next, commit all of it in one transaction, then launch the calls. One flush to disk serves every
//! call in flight.
//!
//! Must never: launch a call before its commit, or go on after a commit that failed.

mod bell;
mod calls;
mod choose;
pub mod chores;
mod close;
pub mod desk;
mod doubts;
mod ending;
pub mod errands;
pub mod found;
mod hear;
mod hear_questions;
pub mod hours;
mod measure;
mod orders;
mod questions;
mod reload;
mod room;
mod sends;
mod start;
mod watched;
mod words;

use crate::clock::Clock;
use crate::ledger::{Ledger, LedgerError, Reader};
use crate::moncash::gateway::Gateway;
use crate::moncash::limiter::Limiter;
use crate::payout::activity::Early;
use crate::payout::decide::Policy;
use crate::payout::funds::Fee;
use crate::payout::message::{Said, Suspicion};
use crate::payout::moment::{BootMoment, Moment};
use crate::payout::money::Amount;
use crate::payout::order::{FourEyes, Order};
pub use bell::Bell;
use calls::{Calls, Done, Launch};
use chores::{Chore, Rest};
use desk::Desk;
use hours::Hours;
use room::Room;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// How often the loop looks for orders that another process wrote, and at timers that nothing else
/// wakes it for.
const LOOK_FOR_ORDERS: Duration = Duration::from_millis(250);
/// The same where nothing is queued, in doubt or asked about: nobody is kept waiting for his money by it, and
/// each look of a machine that sleeps costs much more than what it looks at.
const LOOK_AT_REST: Duration = Duration::from_millis(500);
/// How often a turn is made in which there is nothing to do.
const BEGIN_ANYWAY: Duration = Duration::from_secs(5);
/// How often free disk space is looked at.
const LOOK_AT_DISK: Duration = Duration::from_secs(5);
/// `run --once` gives up on a MonCash that has not answered anything for so long.
pub const UNREACHABLE_FOR: Duration = Duration::from_secs(120);

/// The loop's settings.
pub struct Settings {
    pub policy: Policy,
    /// One Transfert every so often.
    pub transfer_every: Duration,
    /// One question every so often.
    pub query_every: Duration,
    pub max_in_flight: usize,
    pub drain: Duration,
    pub fee: Fee,
    pub floor: Amount,
    pub balance_lag: Duration,
    pub poll: Duration,
    /// Bytes of disk space under which nothing is sent.
    pub min_free: u64,
    /// Reads the free bytes where the ledger lies; `None` when it cannot be read.
    pub free_space: Box<dyn Fn() -> Option<u64>>,
    /// When money may leave.
    pub hours: Hours,
    /// Whoever dropped a batch does not approve it.
    pub four_eyes: Option<FourEyes>,
}

/// How long the loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// A service: until it is told to stop.
    Stopped,
    /// `run --once`: until nothing can move without a person, or the time is up.
    NothingMoves { for_at_most: Option<Duration> },
    /// Only to obey the orders that wait; nothing is sent.
    OrdersObeyed,
}

/// Why the loop ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Stopped,
    /// Nothing can move without a person.
    Done,
    /// Something outside stops the paying: money, MonCash, the account.
    Early(Early),
    TimeUp,
}

/// The loop sends nothing new and waits for the calls under way.
struct Stopping {
    since: BootMoment,
    ending: Ending,
}

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("{0}")]
    Ledger(
        #[source]
        #[from]
        LedgerError,
    ),
    /// As a source, so that the exit code is found by what the chore met.
    #[error("{0}")]
    Chore(
        #[source]
        #[from]
        anyhow::Error,
    ),
}

pub struct Engine {
    ledger: Ledger,
    clock: Rc<dyn Clock>,
    settings: Settings,
    desk: Desk,
    calls: Calls,
    transfer_limiter: Limiter,
    query_limiter: Rc<Limiter>,
    orders_looked: Option<BootMoment>,
    disk_looked: Option<BootMoment>,
    /// When a transaction was last begun.
    last_begun: Option<BootMoment>,
    /// The last look found orders.
    orders_came: bool,
    /// When there is a permit that was wanted.
    next_permit: Option<Instant>,
    /// The chore that is the first to get its slice.
    first_chore: usize,
}

impl Engine {
    /// Takes over what the ledger holds. `suspicion`: why it may be older than its last send.
    pub fn open(
        mut ledger: Ledger,
        gateway: Rc<dyn Gateway>,
        clock: Rc<dyn Clock>,
        settings: Settings,
        suspicion: Option<Said<Suspicion>>,
    ) -> Result<Engine, LedgerError> {
        let desk = Desk::open(&mut ledger, &settings, suspicion, clock.now())?;
        let query_limiter = Rc::new(Limiter::every(settings.query_every));
        Ok(Engine {
            calls: Calls::new(gateway, clock.clone(), query_limiter.clone()),
            transfer_limiter: Limiter::every(settings.transfer_every),
            query_limiter,
            ledger,
            clock,
            settings,
            desk,
            orders_looked: None,
            disk_looked: None,
            last_begun: None,
            orders_came: false,
            next_permit: None,
            first_chore: 0,
        })
    }

    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Where a chore leaves a question, and finds the answer.
    pub fn errands(&self, runner: errands::Runner) -> errands::Errands {
        self.desk.errands.of(runner).clone()
    }

    /// The ledger as every reader sees it.
    pub fn reader(&self) -> &Reader {
        &self.ledger
    }

    pub fn ledger(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// Runs until `until` or until `stop` rings. `wake` cuts a wait short.
    pub async fn run(
        &mut self,
        until: Until,
        stop: &Bell,
        wake: &Bell,
        chores: &mut [&mut dyn Chore],
    ) -> Result<Ending, EngineError> {
        // A bell that nobody has.
        let never = Bell::default();
        Ok(self.run_interrupted(until, stop, wake, &never, chores).await?.unwrap_or(Ending::Stopped))
    }

    /// The same; between two turns it comes back with `None` where `interrupt` has rung. Calls stay under
    /// way, and the next call of this goes on. A stop is not interrupted.
    pub async fn run_interrupted(
        &mut self,
        until: Until,
        stop: &Bell,
        wake: &Bell,
        interrupt: &Bell,
        chores: &mut [&mut dyn Chore],
    ) -> Result<Option<Ending>, EngineError> {
        let began = self.clock.now().boot;
        let mut stopping: Option<Stopping> = None;
        self.desk.draining = until == Until::OrdersObeyed;
        loop {
            let ending = if stop.has_rung() { Some(Ending::Stopped) } else { self.time_up(until, began) };
            if let Some(ending) = ending.filter(|_| stopping.is_none()) {
                stopping = Some(Stopping { since: self.clock.now().boot, ending });
                self.desk.draining = true;
                tracing::info!("stopping: nothing new is sent; waiting for the calls under way");
            }
            if stopping.is_none() && interrupt.take() {
                return Ok(None);
            }
            let turn_began = tokio::time::Instant::now();
            let launches = self.turn()?;
            self.calls.launch(launches);
            let rest = self.do_chores(chores, stopping.is_some())?;
            self.note_turn(turn_began);
            let now = self.clock.now();
            if let Some(Stopping { since, ending }) = &stopping {
                if self.calls.none_under_way() || now.boot.served(*since, self.settings.drain) {
                    return Ok(Some(ending.clone()));
                }
            } else if let Some(ending) = self.ending(until, &rest, now) {
                return Ok(Some(ending));
            }
            self.wait(stop, wake, &rest, stopping.is_some()).await;
        }
    }

    /// One turn: gather, apply, choose, commit. What it returns has its intent on disk.
    fn turn(&mut self) -> Result<Vec<Launch>, LedgerError> {
        let now = self.clock.now();
        self.look_at_disk(now);
        let orders = self.orders(now)?;
        self.orders_came = !orders.is_empty();
        if self.desk.suspecting.is_some() {
            self.desk.suspect_slice(&mut self.ledger, now)?;
        } else {
            self.desk.refill(&self.ledger, sends::checks_ahead(&self.settings))?;
        }
        let arrived = self.calls.arrived();
        if arrived.is_empty() && orders.is_empty() && self.may_rest(now) {
            self.next_permit = None;
            return Ok(Vec::new());
        }
        self.last_begun = Some(now.boot);
        measure::count(&mut self.desk.meters, &arrived);
        let heard: Vec<hear::Note> = arrived.iter().filter_map(hear::Note::of).collect();
        let launches = self.commit_turn(arrived, orders, now);
        if launches.is_err() {
            heard.iter().for_each(hear::Note::journal);
        }
        launches
    }

    /// Whether a turn in which nothing came would do nothing either. Now and then one is made all the
    /// same: that this is still the ledger's last opening is asserted by every transaction.
    fn may_rest(&self, now: Moment) -> bool {
        let lately =
            self.last_begun.is_some_and(|last| last.boot == now.boot.boot && !now.boot.served(last, BEGIN_ANYWAY));
        lately && self.is_at_rest(now)
    }

    fn is_at_rest(&self, now: Moment) -> bool {
        self.calls.none_under_way() && self.desk.has_nothing_to_do(now)
    }

    fn commit_turn(
        &mut self,
        arrived: Vec<Done>,
        orders: Vec<(i64, Order)>,
        now: Moment,
    ) -> Result<Vec<Launch>, LedgerError> {
        let mut room = Room::new(&self.calls, &self.settings, (&self.transfer_limiter, &self.query_limiter));
        let before = self.ledger.last_written();
        let mut turn = self.ledger.begin(now.wall)?;
        for done in arrived {
            self.desk.hear(&mut turn, done, &self.settings, now)?;
        }
        self.desk.obey(&mut turn, orders, &self.settings, now)?;
        if self.desk.draining {
            // Only what a person waits for is still asked.
            self.desk.choose_questions_of_orders(&mut room, now);
        } else if self.desk.suspecting.is_none() {
            self.desk.choose(&mut turn, &mut room, &self.settings, now)?;
        }
        self.desk.keep_standing(&mut turn)?;
        self.desk.close_batches(&mut turn)?;
        let took = measure::commit(turn)?;
        if std::mem::take(&mut self.desk.resumed) {
            self.calls.try_again();
        }
        if self.ledger.last_written() > before {
            self.desk.meters.commit(took);
        }
        self.next_permit = room.next_permit;
        Ok(room.launches)
    }

    fn orders(&mut self, now: Moment) -> Result<Vec<(i64, Order)>, LedgerError> {
        // What a person saw of a ledger that may be old is moving now, and a `resume` would let
        // through what was not put in doubt yet.
        if self.desk.suspecting.is_some() {
            return Ok(Vec::new());
        }
        let due =
            self.orders_looked.is_none_or(|last| now.boot.served(last, LOOK_FOR_ORDERS) || last.boot != now.boot.boot);
        if !due {
            return Ok(Vec::new());
        }
        self.orders_looked = Some(now.boot);
        let mut orders = self.ledger.orders_waiting()?;
        // Whose last question is under way is answered when that is heard, perhaps in this very turn.
        orders.retain(|(id, _)| !self.desk.orders_under_way.contains(id));
        Ok(orders)
    }

    /// Sleeps until something can have changed.
    async fn wait(&mut self, stop: &Bell, wake: &Bell, rest: &Rest, stopping: bool) {
        let now = self.clock.now().boot;
        let look = if self.is_at_rest(self.clock.now()) { LOOK_AT_REST } else { LOOK_FOR_ORDERS };
        let mut nap = rest.look_again.min(look);
        if rest.more || self.desk.suspecting.as_ref().is_some_and(|suspecting| !suspecting.waits_for_calls) {
            nap = Duration::ZERO;
        }
        if let Some(at) = self.next_permit {
            nap = nap.min(at.saturating_duration_since(tokio::time::Instant::now()));
        }
        // What is due already waits for a permit or a reply, and those wake the loop by themselves.
        let ahead = self.desk.quiet.values().filter(|due| due.boot == now.boot && due.ms > now.ms);
        if let Some(due) = ahead.map(|due| due.ms).min() {
            nap = nap.min(Duration::from_millis(due - now.ms));
        }
        tokio::select! {
            biased;
            () = self.calls.wait() => {}
            () = stop.heard(), if !stopping => {}
            () = wake.heard() => {}
            () = tokio::time::sleep(nap) => {}
        }
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Work that is left when the loop has ended.
    pub fn last_chore<T>(&mut self, work: impl FnOnce(&mut Ledger, &Desk) -> T) -> T {
        work(&mut self.ledger, &self.desk)
    }
}
