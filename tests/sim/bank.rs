//! MonCash's own side: who was debited, when, for which person and pay period. What is on its way
//! lands although the caller has died.
//!
//! Must never: pay because it was asked, or forget because the caller forgot.

use crate::chance::{Chance, ms};
use crate::clock::WorldClock;
use crate::faults::{BALANCE, End, Pays, STATUS, TOKEN, TRANSFER, TransferFault, Trouble};
use crate::record::Record;
use crate::world::{Debits, SECOND, TIMEOUT, World};
use payoutd::payout::instruction::Instruction;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// One debit, by MonCash's books.
#[derive(Clone, Debug)]
pub struct Debit {
    pub reference: String,
    /// Person and pay period, as the transfer's description names them.
    pub whom: String,
    pub receiver: String,
    /// With the fee.
    pub centimes: i64,
    pub transaction: String,
    /// World time of the Transfert that caused it, of its landing, and of the status call's knowing.
    pub called: u64,
    pub lands: u64,
    pub known: u64,
    /// When the caller saw the call end, or died: the grace counts from there at the earliest.
    pub ended: u64,
    /// Its Transfert was answered with success.
    pub told_as_paid: bool,
}

impl Debit {
    pub fn told(&self) -> String {
        format!(
            "{} to {} for {}, called {}, ended {}, landed {}, known {}",
            self.reference, self.receiver, self.whom, self.called, self.ended, self.lands, self.known
        )
    }

    /// Whether it was hidden for longer than payoutd was told to wait.
    pub fn is_after(&self, grace: Duration) -> bool {
        self.known > self.ended + ms(grace)
    }

    /// Whether it was called paid so long before it left the account that no reading of the balance shows it when
    /// every payment that is known is taken to be shown.
    pub fn is_behind_its_success(&self, balance_lag: Duration) -> bool {
        self.told_as_paid && self.lands > self.ended + ms(balance_lag)
    }
}

/// What one Transfert does and how it ends.
pub struct Act {
    pub fault: Option<TransferFault>,
    pub end: End,
    pub answer_after: Duration,
    pub debit: Option<Debit>,
}

pub struct Bank {
    pub clock: Rc<WorldClock>,
    pub record: Rc<Record>,
    pub world: World,
    chance: RefCell<Chance>,
    debits: RefCell<Vec<Debit>>,
    /// Money that came in: when, how many centimes.
    credits: RefCell<Vec<(u64, i64)>>,
    refused: RefCell<BTreeMap<String, &'static str>>,
    /// Called declined although they were paid. The status call knows them even while it is blind: a
    /// refusal and one "not found" that are both untrue are believed, as the test page says.
    falsely_refused: RefCell<BTreeSet<String>>,
    /// Tokens: when each ends.
    tokens: RefCell<Vec<u64>>,
    /// The status call finds nothing until then, and does not begin again before the second.
    blind: Cell<(u64, u64)>,
    /// A ledger has forgotten whole batches: from then on only `check_first` stands between a file
    /// dropped again and a second payment, and a blind status call would let it through.
    pub may_go_blind: Cell<bool>,
    pub calm: Cell<bool>,
    pub transfers_begun: Cell<u64>,
    pub transfers_answered: Cell<u64>,
    late_struck: RefCell<BTreeSet<usize>>,
    /// When Transferts arrived, of each life of the process.
    pub arrivals: RefCell<Vec<Vec<u64>>>,
}

impl Bank {
    pub fn new(world: &World, clock: Rc<WorldClock>, record: Rc<Record>) -> Rc<Bank> {
        Rc::new(Bank {
            clock,
            record,
            chance: RefCell::new(Chance::stream(world.seed, 2)),
            debits: RefCell::default(),
            credits: RefCell::new(vec![(0, world.balance)]),
            refused: RefCell::default(),
            falsely_refused: RefCell::default(),
            tokens: RefCell::default(),
            blind: Cell::new((0, 0)),
            may_go_blind: Cell::new(world.blind),
            calm: Cell::new(false),
            transfers_begun: Cell::new(0),
            transfers_answered: Cell::new(0),
            late_struck: RefCell::default(),
            arrivals: RefCell::default(),
            world: world.clone(),
        })
    }

    pub fn now(&self) -> u64 {
        self.clock.world_ms()
    }

    pub fn chance<T>(&self, of: impl FnOnce(&mut Chance) -> T) -> T {
        of(&mut self.chance.borrow_mut())
    }

    pub fn top_up(&self, centimes: i64) {
        self.credits.borrow_mut().push((self.now(), centimes));
    }

    /// All debits, those that are still on their way too.
    pub fn debits(&self) -> Vec<Debit> {
        self.debits.borrow().clone()
    }

    /// When the last debit that is on its way is known to everybody.
    pub fn quiet_from(&self) -> u64 {
        self.debits.borrow().iter().map(|debit| debit.lands.max(debit.known)).max().unwrap_or(0)
    }

    /// What a person sees in MonCash's portal: debits that landed.
    pub fn landed(&self, so: impl Fn(&Debit) -> bool) -> Option<Debit> {
        let now = self.now();
        self.debits.borrow().iter().find(|debit| debit.lands <= now && so(debit)).cloned()
    }

    pub fn balance_at(&self, when: u64) -> i64 {
        let came: i64 = self.credits.borrow().iter().filter(|(at, _)| *at <= when).map(|(_, sum)| sum).sum();
        let went: i64 = self.debits.borrow().iter().filter(|debit| debit.lands <= when).map(|d| d.centimes).sum();
        came - went
    }

    /// The lowest balance that there ever was, by the end.
    pub fn lowest(&self) -> i64 {
        let debits = self.debits.borrow();
        debits.iter().map(|debit| self.balance_at(debit.lands)).min().unwrap_or(i64::MAX)
    }

    /// Faults that take time to strike are counted once they have.
    pub fn count_late(&self) {
        let now = self.now();
        for (number, debit) in self.debits.borrow().iter().enumerate() {
            let late = debit.lands > debit.called + ms(TIMEOUT) && debit.lands <= now;
            if late && self.late_struck.borrow_mut().insert(number) {
                let after = debit.is_after(self.world.grace);
                self.record.fault(if after {
                    "a debit known only after the grace"
                } else {
                    "a debit after its call's end"
                });
            }
        }
    }

    /// Gives out a token: its number here.
    pub fn give_token(&self) -> usize {
        let mut tokens = self.tokens.borrow_mut();
        tokens.push(self.now() + ms(self.world.token_life));
        tokens.len() - 1
    }

    pub fn token_lives(&self, token: usize) -> bool {
        self.tokens.borrow().get(token).is_some_and(|ends| self.now() < *ends)
    }

    /// MonCash forgets every token that it gave out.
    pub fn forget_tokens(&self) {
        let now = self.now();
        self.tokens.borrow_mut().iter_mut().for_each(|ends| *ends = (*ends).min(now));
    }

    /// What a Transfert that arrives now does. The debit is in the books when this returns.
    pub fn transfer(&self, ours: &Instruction) -> Act {
        let fault = self.chance(|chance| {
            let strikes = chance.percent(self.world.transfer_trouble);
            strikes.then(|| *chance.weighted(&TRANSFER))
        });
        let fault = fault.filter(|_| !self.calm.get()).map(|fault| self.fit(fault));
        let (pays, end) = fault.map_or((Pays::AtOnce, End::Success), |(_, pays, end)| (pays, end));
        let answer_after = self.chance(|chance| match end {
            End::Hang => TIMEOUT,
            End::Slow => chance.wait(SECOND, TIMEOUT - SECOND / 2),
            End::Reset | End::NeverLeft => chance.wait(Duration::ZERO, TIMEOUT),
            _ => chance.wait(SECOND / 20, SECOND),
        });
        if let Some((name, ..)) = fault {
            self.record.fault(name);
        }
        let centimes = ours.amount.centimes();
        let sum = centimes + self.world.fee_of(centimes);
        let mut end = end;
        let mut debit = None;
        if pays != Pays::No {
            if self.balance_at(u64::MAX) < sum {
                // Too little money is no fault of MonCash's; it is refused whatever else was to be.
                end = End::Unclear;
            } else {
                debit = Some(self.debit(ours, pays, end, sum, answer_after));
            }
        }
        let short = pays != Pays::No && debit.is_none();
        if let Some(debit) = &debit {
            self.debits.borrow_mut().push(debit.clone());
            self.record.count(|counts| counts.debits += 1);
            if end == End::FullWallet {
                self.falsely_refused.borrow_mut().insert(debit.reference.clone());
            }
        }
        let refusal = match end {
            _ if short => Some("The balance is insufficient for the transaction."),
            End::FullWallet => Some(crate::answers::FULL),
            _ => None,
        };
        let reference = ours.reference.as_str().to_string();
        if let Some(words) = refusal {
            self.refused.borrow_mut().insert(reference, words);
        }
        Act { fault, end, answer_after, debit }
    }

    /// A fault as this world may have it.
    fn fit(&self, fault: TransferFault) -> TransferFault {
        match (fault, self.world.debits) {
            ((_, Pays::AfterGrace, end), Debits::WithinGrace) => ("transfer: paid late", Pays::Late, end),
            (fault, _) => fault,
        }
    }

    fn debit(&self, ours: &Instruction, pays: Pays, end: End, centimes: i64, answer_after: Duration) -> Debit {
        let (now, grace) = (self.now(), self.world.grace);
        let after_grace = pays == Pays::AfterGrace;
        let (lands, known) = self.chance(|chance| {
            let lag =
                if chance.one_in(2) { Duration::ZERO } else { chance.wait(Duration::ZERO, self.world.status_lag) };
            if after_grace {
                let lands = chance.wait(SECOND, grace * 5);
                // Known later than the grace in any case, be it because it lands late or is unseen.
                let known = lands.max(answer_after + grace + chance.wait(SECOND * 2, grace * 2)) + lag;
                return (lands, known);
            }
            // Who says that it refused knows at once that it paid, or one "not found" would confirm it.
            if end == End::FullWallet {
                return (Duration::ZERO, Duration::ZERO);
            }
            let latest = answer_after + grace - SECOND - lag;
            let lands = match pays {
                Pays::AtOnce => chance.wait(Duration::ZERO, SECOND / 20),
                // The last moments of the grace are the dangerous ones.
                _ if chance.one_in(3) => chance.wait(latest - SECOND, latest),
                _ => chance.wait(SECOND / 10, latest),
            };
            (lands, lands + lag)
        });
        Debit {
            reference: ours.reference.as_str().to_string(),
            whom: ours.description.clone(),
            receiver: ours.receiver.msisdn(),
            centimes,
            transaction: format!("T{:05}", 1 + self.debits.borrow().len()),
            called: now,
            lands: now + ms(lands),
            known: now + ms(known),
            ended: now + ms(answer_after),
            told_as_paid: end == End::Success,
        }
    }

    /// The caller of the newest Transfert of a debit died before its answer: that is its end, and what
    /// was to be known within the grace of a later one is known within the grace of this one.
    pub fn caller_died(&self, transaction: &str) {
        let (now, grace) = (self.now(), self.world.grace);
        let mut debits = self.debits.borrow_mut();
        let Some(debit) = debits.iter_mut().rfind(|debit| debit.transaction == transaction) else { return };
        let after = debit.is_after(grace);
        debit.ended = debit.ended.min(now);
        if !after {
            let latest = debit.ended + ms(grace - SECOND);
            debit.lands = debit.lands.min(latest);
            debit.known = debit.known.min(latest);
        }
    }

    /// An id that was given out before, for a false echo.
    pub fn old_transaction(&self) -> String {
        self.debits.borrow().first().map_or_else(|| "T00000".to_string(), |debit| debit.transaction.clone())
    }

    pub fn status_trouble(&self) -> Option<(&'static str, Trouble)> {
        self.trouble(&STATUS)
    }

    pub fn balance_trouble(&self) -> Option<(&'static str, Trouble)> {
        let lies = self.world.balance_lies;
        self.trouble(&BALANCE).filter(|(_, trouble)| lies || !matches!(trouble, Trouble::Stale | Trouble::Lie))
    }

    pub fn token_trouble(&self) -> Option<(&'static str, Trouble)> {
        self.trouble(&TOKEN)
    }

    fn trouble(&self, table: &'static [(u64, (&'static str, Trouble))]) -> Option<(&'static str, Trouble)> {
        self.chance(|chance| {
            let strikes = chance.percent(self.world.question_trouble);
            strikes.then(|| *chance.weighted(table))
        })
        .filter(|_| !self.calm.get())
    }

    /// What the status call knows now.
    pub fn knows(&self, reference: &str) -> Known {
        let now = self.now();
        if self.falsely_refused.borrow().contains(reference) {
            return Known::Paid;
        }
        if self.is_blind(now) {
            self.record.fault("status: blind");
            return Known::Nothing;
        }
        if self.debits.borrow().iter().any(|debit| debit.reference == reference && debit.known <= now) {
            return Known::Paid;
        }
        match self.refused.borrow().get(reference) {
            // The document shows it of a receiver that cannot be paid. What a status call says of a Transfert that
            // lacked the money is not known.
            Some(words) if self.world.tells_refusals && *words == crate::answers::FULL => Known::Refused(words),
            _ => Known::Nothing,
        }
    }

    /// A spell of blindness is followed by sight for longer than any proof takes.
    fn is_blind(&self, now: u64) -> bool {
        let (until, again) = self.blind.get();
        if now < until && !self.calm.get() {
            return true;
        }
        let begins = self.chance(|chance| chance.one_in(25));
        if !begins || !self.may_go_blind.get() || self.calm.get() || now < again {
            return false;
        }
        let lasts = self.chance(|chance| chance.wait(SECOND / 2, self.world.grace * 2));
        let again = now + ms(lasts) + 2 * ms(self.world.grace) + 60_000;
        self.record.note(format_args!("the status call goes blind for {lasts:?}"));
        self.blind.set((now + ms(lasts), again));
        true
    }
}

/// What the status call has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Paid,
    Nothing,
    Refused(&'static str),
}
