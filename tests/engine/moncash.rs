//! MonCash as these tests play it: it counts debits by reference on its own side of the wire, and
//! what is on its way lands although the caller has died.
//!
//! Must never: pay because it was asked, or forget because the caller forgot.

use super::answers;
use super::clock::WorldClock;
use payoutd::clock::Clock;
use payoutd::ledger::rows::NewRow;
use payoutd::moncash::gateway::{Call, Gateway, Unsent};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::BootMoment;
use payoutd::payout::reply::{Http, Outcome, Reply};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// What a call comes back with.
#[derive(Clone, Debug)]
pub enum Said {
    /// As the model itself would answer: the truth.
    Truth,
    Lost,
    NeverLeft,
    /// It hangs; only a dead process ends it.
    Nothing,
    Http(u16, String),
    TooMany(Option<Duration>),
}

/// What one Transfert does and says.
#[derive(Clone, Debug)]
pub struct Act {
    /// The money moves this long after the call began; never, when there is none.
    pub debit: Option<Duration>,
    /// The answer comes this long after the call began.
    pub answer: Duration,
    pub said: Said,
}

impl Act {
    pub fn paid() -> Act {
        Act { debit: Some(Duration::from_millis(300)), answer: Duration::from_millis(500), said: Said::Truth }
    }

    /// The money moves and the answer is lost.
    pub fn paid_unheard() -> Act {
        Act { said: Said::Lost, answer: Duration::from_secs(60), ..Act::paid() }
    }

    /// The call is lost before MonCash sees it.
    pub fn lost() -> Act {
        Act { debit: None, answer: Duration::from_secs(10), said: Said::Lost }
    }

    /// The answer is lost, and the money moves much later.
    pub fn lands_after(delay: Duration) -> Act {
        Act { debit: Some(delay), answer: Duration::from_secs(10), said: Said::Lost }
    }

    pub fn says(status: u16, body: String) -> Act {
        Act { debit: None, answer: Duration::from_millis(500), said: Said::Http(status, body) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    Transfer(String),
    Status(String),
    Balance,
    Token,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub at: u64,
    pub called: Called,
}

#[derive(Clone, Debug)]
pub struct Debit {
    pub at: u64,
    pub reference: String,
    /// Who got it; nobody we know of, where somebody else paid.
    pub receiver: Option<Account>,
    /// With the fee.
    pub centimes: i64,
}

pub struct MonCash {
    clock: Rc<WorldClock>,
    pub log: RefCell<Vec<Entry>>,
    /// Debits, those that are still on their way too.
    debits: RefCell<Vec<Debit>>,
    /// Money that came in: when, how many centimes.
    credits: RefCell<Vec<(u64, i64)>>,
    acts: RefCell<BTreeMap<String, VecDeque<Act>>>,
    status: RefCell<BTreeMap<String, VecDeque<Said>>>,
    /// What every Transfert, status or balance call says, while it stands.
    pub every_transfer: RefCell<Option<Act>>,
    pub every_status: RefCell<Option<Said>>,
    pub every_balance: RefCell<Option<Said>>,
    pub every_token: RefCell<Option<Said>>,
    /// How long after a payment the status call learns of it.
    pub status_lag: Cell<Duration>,
    /// Status questions with this token, or a later one, are asked of another account.
    pub blind_from_token: Cell<u64>,
    /// The status call's answers are as old as their questions.
    pub status_sees_at_once: Cell<bool>,
    pub status_takes: Cell<Duration>,
    pub balance_takes: Cell<Duration>,
    pub transfer_takes: Cell<Duration>,
    /// How late a debit shows in a reading.
    pub balance_lag: Cell<Duration>,
    /// Parts per million on top of each transfer.
    pub fee: Cell<i64>,
    pub token: Cell<u64>,
    pub ready: Cell<bool>,
    /// Until then (world time) every connection hangs; then all of them stand.
    pub hangs_until: Cell<u64>,
    /// Calls that connect.
    connecting: Cell<usize>,
    open: Cell<usize>,
    pub most_open: Cell<usize>,
}

impl MonCash {
    pub fn new(clock: Rc<WorldClock>, htg: i64) -> Rc<MonCash> {
        Rc::new(MonCash {
            credits: RefCell::new(vec![(0, htg * 100)]),
            clock,
            log: RefCell::default(),
            debits: RefCell::default(),
            acts: RefCell::default(),
            status: RefCell::default(),
            every_transfer: RefCell::default(),
            every_status: RefCell::default(),
            every_balance: RefCell::default(),
            every_token: RefCell::default(),
            status_lag: Cell::new(Duration::ZERO),
            blind_from_token: Cell::new(u64::MAX),
            status_sees_at_once: Cell::new(false),
            status_takes: Cell::new(Duration::from_millis(200)),
            balance_takes: Cell::new(Duration::from_millis(200)),
            transfer_takes: Cell::new(Duration::from_millis(500)),
            balance_lag: Cell::new(Duration::ZERO),
            fee: Cell::new(0),
            token: Cell::new(1),
            ready: Cell::new(true),
            hangs_until: Cell::new(0),
            connecting: Cell::new(0),
            open: Cell::new(0),
            most_open: Cell::new(0),
        })
    }

    /// What the next Transferts of a reference do, one after the other; then they pay.
    pub fn script(&self, reference: &str, acts: impl IntoIterator<Item = Act>) {
        self.acts.borrow_mut().entry(reference.to_string()).or_default().extend(acts);
    }

    /// What the next status calls about a reference say, one after the other; then the truth.
    pub fn script_status(&self, reference: &str, said: impl IntoIterator<Item = Said>) {
        self.status.borrow_mut().entry(reference.to_string()).or_default().extend(said);
    }

    pub fn top_up(&self, htg: i64) {
        self.credits.borrow_mut().push((self.clock.world_ms(), htg * 100));
    }

    /// A payment under a reference that somebody else made, or a process that is gone.
    pub fn pay_behind_our_back(&self, reference: &str, centimes: i64) {
        let at = self.clock.world_ms();
        self.debits.borrow_mut().push(Debit { at, reference: reference.to_string(), receiver: None, centimes });
    }

    /// A call of ours of long ago moves its money now.
    pub fn pay_late(&self, reference: &str, row: &NewRow) {
        let (at, ours) = (self.clock.world_ms(), &row.instruction);
        let (receiver, centimes) = (Some(ours.receiver), ours.amount.centimes());
        self.debits.borrow_mut().push(Debit { at, reference: reference.to_string(), receiver, centimes });
    }

    /// Every debit, those on their way included.
    pub fn debits_of(&self, reference: &str) -> usize {
        self.debits.borrow().iter().filter(|debit| debit.reference == reference).count()
    }

    /// Without those that somebody else made.
    pub fn our_debits_of(&self, reference: &str) -> usize {
        let ours = |debit: &&Debit| debit.reference == reference && debit.receiver.is_some();
        self.debits.borrow().iter().filter(ours).count()
    }

    /// How often each person got money from us, debits on their way included.
    pub fn debits_by_person(&self) -> BTreeMap<Account, usize> {
        let mut counts = BTreeMap::new();
        for receiver in self.debits.borrow().iter().filter_map(|debit| debit.receiver) {
            *counts.entry(receiver).or_default() += 1;
        }
        counts
    }

    /// When the last debit that is on its way lands.
    pub fn last_landing(&self) -> u64 {
        self.debits.borrow().iter().map(|debit| debit.at).max().unwrap_or(0)
    }

    /// What the status call knows.
    fn knows(&self, reference: &str, token: u64) -> bool {
        let lag = u64::try_from(self.status_lag.get().as_millis()).unwrap();
        let known = self.clock.world_ms().checked_sub(lag).filter(|_| token < self.blind_from_token.get());
        self.debits.borrow().iter().any(|debit| debit.reference == reference && known.is_some_and(|at| debit.at <= at))
    }

    /// The account's balance at a moment, in centimes.
    fn balance_at(&self, credits_at: u64, debits_at: u64) -> i64 {
        let credits: i64 = self.credits.borrow().iter().filter(|(at, _)| *at <= credits_at).map(|(_, c)| c).sum();
        let debits: i64 = self.debits.borrow().iter().filter(|d| d.at <= debits_at).map(|d| d.centimes).sum();
        credits - debits
    }

    /// The lowest balance that there ever was, by MonCash's own count, in centimes.
    pub fn lowest(&self) -> i64 {
        let moments: Vec<u64> = self.debits.borrow().iter().map(|debit| debit.at).collect();
        let now = self.clock.world_ms();
        moments.into_iter().chain([now]).map(|at| self.balance_at(at, at)).min().unwrap_or(0)
    }

    /// When calls of a kind came in, in milliseconds.
    pub fn times(&self, kind: impl Fn(&Called) -> bool) -> Vec<u64> {
        self.log.borrow().iter().filter(|entry| kind(&entry.called)).map(|entry| entry.at).collect()
    }

    pub fn transfers(&self) -> Vec<u64> {
        self.times(|called| matches!(called, Called::Transfer(_)))
    }

    pub fn transfers_of(&self, reference: &str) -> Vec<u64> {
        self.times(|called| matches!(called, Called::Transfer(of) if of == reference))
    }

    pub fn status_calls_of(&self, reference: &str) -> Vec<u64> {
        self.times(|called| matches!(called, Called::Status(of) if of == reference))
    }

    pub fn balance_calls(&self) -> Vec<u64> {
        self.times(|called| *called == Called::Balance)
    }

    /// References in the order of their first Transfert.
    pub fn order(&self) -> Vec<String> {
        let log = self.log.borrow();
        log.iter().filter_map(|e| if let Called::Transfer(r) = &e.called { Some(r.clone()) } else { None }).collect()
    }

    fn note(&self, called: Called) -> BootMoment {
        self.log.borrow_mut().push(Entry { at: self.clock.world_ms(), called });
        self.clock.now().boot
    }

    async fn connect(&self) {
        self.connecting.set(self.connecting.get() + 1);
        while let Some(left) = self.hangs_until.get().checked_sub(self.clock.world_ms()).filter(|left| *left > 0) {
            tokio::time::sleep(Duration::from_millis(left)).await;
        }
        self.connecting.set(self.connecting.get() - 1);
    }

    fn act_of(&self, reference: &str) -> Act {
        let scripted = self.acts.borrow_mut().get_mut(reference).and_then(VecDeque::pop_front);
        let takes = self.transfer_takes.get();
        let paid = Act { debit: Some(takes / 2), answer: takes, said: Said::Truth };
        scripted.or_else(|| self.every_transfer.borrow().clone()).unwrap_or(paid)
    }

    fn said_of(&self, reference: &str) -> Said {
        let scripted = self.status.borrow_mut().get_mut(reference).and_then(VecDeque::pop_front);
        scripted.or_else(|| self.every_status.borrow().clone()).unwrap_or(Said::Truth)
    }
}

fn outcome(said: Said, truth: impl FnOnce() -> (u16, String)) -> Outcome {
    let http = |status, body, retry_after| Outcome::Answered(Http { status, body, cut: false, retry_after });
    match said {
        Said::Lost => Outcome::Lost("the connection broke".to_string()),
        Said::NeverLeft => Outcome::NeverLeft("no connection".to_string()),
        Said::Http(status, body) => http(status, body, None),
        Said::TooMany(wait) => http(429, "{}".to_string(), wait),
        Said::Truth | Said::Nothing => {
            let (status, body) = truth();
            http(status, body, None)
        }
    }
}

impl Gateway for MonCashLine {
    fn transfer(&self, instruction: &Instruction) -> Call {
        let (world, ours) = (self.0.clone(), instruction.clone());
        Box::pin(async move {
            world.connect().await;
            let reference = ours.reference.as_str().to_string();
            let act = world.act_of(&reference);
            let now = world.clock.now().boot;
            if let Said::NeverLeft = act.said {
                return Reply { outcome: outcome(act.said, || (0, String::new())), asked: now, ended: now, token: 0 };
            }
            let asked = world.note(Called::Transfer(reference.clone()));
            if let Some(delay) = act.debit {
                let at = world.clock.world_ms() + u64::try_from(delay.as_millis()).unwrap();
                let amount = ours.amount.centimes();
                let fee = (amount * world.fee.get() + 999_999) / 1_000_000;
                let receiver = Some(ours.receiver);
                let debit = Debit { at, reference: reference.clone(), receiver, centimes: amount + fee };
                world.debits.borrow_mut().push(debit);
            }
            let token = world.token.get();
            world.open.set(world.open.get() + 1);
            world.most_open.set(world.most_open.get().max(world.open.get()));
            // Counted down when the answer is there or the caller gives up.
            let open = Open(world.clone());
            wait(&act.said, act.answer).await;
            drop(open);
            let number = world.debits.borrow().len();
            let outcome = outcome(act.said, || (200, answers::transfer(&ours, &format!("T{number}-{reference}"))));
            Reply { outcome, asked, ended: world.clock.now().boot, token }
        })
    }

    fn status(&self, reference: &Reference) -> Call {
        let (world, reference) = (self.0.clone(), reference.as_str().to_string());
        Box::pin(async move {
            let asked = world.note(Called::Status(reference.clone()));
            let token = world.token.get();
            let said = world.said_of(&reference);
            let seen = world.status_sees_at_once.get().then(|| world.knows(&reference, token));
            wait(&said, world.status_takes.get()).await;
            let truth = || {
                if seen.unwrap_or_else(|| world.knows(&reference, token)) {
                    answers::successful()
                } else {
                    answers::not_found()
                }
            };
            Reply { outcome: outcome(said, truth), asked, ended: world.clock.now().boot, token }
        })
    }

    fn balance(&self) -> Call {
        let world = self.0.clone();
        Box::pin(async move {
            let asked = world.note(Called::Balance);
            let said = world.every_balance.borrow().clone().unwrap_or(Said::Truth);
            wait(&said, world.balance_takes.get()).await;
            let now = world.clock.world_ms();
            let lag = u64::try_from(world.balance_lag.get().as_millis()).unwrap();
            // A reading is as old as its question at least.
            let known = asked_ms(&world, asked).min(now).saturating_sub(lag);
            let truth = || answers::balance(world.balance_at(now, known));
            Reply { outcome: outcome(said, truth), asked, ended: world.clock.now().boot, token: world.token.get() }
        })
    }

    fn customer(&self, _: Account) -> Call {
        self.status(&Reference::parse("customer").unwrap())
    }

    fn ready(&self) -> bool {
        self.0.ready.get()
    }

    fn unsent(&self) -> Unsent {
        Unsent { transfers: self.0.connecting.get(), questions: 0 }
    }

    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        let world = self.0.clone();
        Box::pin(async move {
            if world.ready.get() {
                return None;
            }
            let asked = world.note(Called::Token);
            let said = world.every_token.borrow().clone().unwrap_or(Said::Truth);
            wait(&said, Duration::from_millis(100)).await;
            if let Said::Truth = said {
                world.token.set(world.token.get() + 1);
                world.ready.set(true);
            }
            let outcome = outcome(said, || (200, "{\"access_token\":\"t\"}".to_string()));
            Some(Reply { outcome, asked, ended: world.clock.now().boot, token: world.token.get() })
        })
    }
}

/// One process's line to MonCash.
pub struct MonCashLine(pub Rc<MonCash>);

struct Open(Rc<MonCash>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.set(self.0.open.get() - 1);
    }
}

async fn wait(said: &Said, time: Duration) {
    if let Said::Nothing = said {
        return std::future::pending().await;
    }
    tokio::time::sleep(time).await;
}

/// World time of a moment of the present boot.
fn asked_ms(world: &MonCash, asked: BootMoment) -> u64 {
    let now = world.clock.now().boot;
    world.clock.world_ms().saturating_sub(now.ms.saturating_sub(asked.ms))
}
