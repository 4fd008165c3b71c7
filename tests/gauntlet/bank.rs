//! The gateway's books: what was debited when, what the status call may know of it, what the balance
//! call tells. Debits that are due later happen by the time that was set for them, however late a
//! thread wakes up.
//!
//! Must never: refuse a repeated reference. It pays again, as MonCash may.

use super::faults::World;
use super::log::{At, Log, What};
use std::collections::BTreeMap;
use std::time::Duration;

struct Due {
    at: At,
    call: u64,
    reference: String,
    cents: i64,
}

pub struct Bank {
    pub balance: i64,
    pub lowest: i64,
    /// When the balance became what.
    history: Vec<(At, i64)>,
    debits: BTreeMap<String, Vec<At>>,
    due: Vec<Due>,
    /// References whose last Transfert was refused for a full wallet.
    pub refused: BTreeMap<String, bool>,
    /// Transferts so far, by reference.
    pub attempts: BTreeMap<String, u64>,
}

impl Bank {
    pub fn new(balance: i64) -> Bank {
        Bank {
            balance,
            lowest: balance,
            history: vec![(Duration::ZERO, balance)],
            debits: BTreeMap::new(),
            due: Vec::new(),
            refused: BTreeMap::new(),
            attempts: BTreeMap::new(),
        }
    }

    fn cost(cents: i64, fee: bool) -> i64 {
        if fee { cents + (cents * 3 + 99) / 100 } else { cents }
    }

    pub fn debit(&mut self, at: At, call: u64, reference: &str, cents: i64, world: &World, log: &mut Log) {
        self.balance -= Bank::cost(cents, world.fee);
        self.lowest = self.lowest.min(self.balance);
        self.history.push((at, self.balance));
        self.debits.entry(reference.to_string()).or_default().push(at);
        log.push(at, What::Debit { call, reference: reference.to_string(), balance: self.balance });
    }

    pub fn debit_later(&mut self, at: At, call: u64, reference: &str, cents: i64) {
        self.due.push(Due { at, call, reference: reference.to_string(), cents });
        self.due.sort_by_key(|due| due.at);
    }

    /// Lets everything happen that is due by now.
    pub fn settle(&mut self, now: At, world: &World, log: &mut Log) {
        while self.due.first().is_some_and(|due| due.at <= now) {
            let due = self.due.remove(0);
            self.debit(due.at, due.call, &due.reference, due.cents, world, log);
        }
    }

    pub fn nothing_due(&self) -> bool {
        self.due.is_empty()
    }

    pub fn top_up(&mut self, at: At, cents: i64) {
        self.balance += cents;
        self.history.push((at, self.balance));
    }

    /// Whether the status call may know of a debit.
    pub fn knows(&self, reference: &str, now: At, lag: Duration) -> bool {
        self.debits.get(reference).is_some_and(|debits| debits.iter().any(|at| *at + lag <= now))
    }

    /// The balance as it was `stale` ago.
    pub fn told(&self, now: At, stale: Duration) -> i64 {
        let then = now.saturating_sub(stale);
        self.history.iter().rev().find(|(at, _)| *at <= then).map_or(self.history[0].1, |(_, balance)| *balance)
    }
}
