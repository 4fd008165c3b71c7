//! What happened in a world, line by line with its time, and how often each fault and each crash
//! struck.
//!
//! Must never: count what did not happen, or hold anything that differs between two runs of a seed.

use crate::clock::WorldClock;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Arguments, Write};
use std::rc::Rc;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub faults: BTreeMap<&'static str, u64>,
    pub crashes: BTreeMap<&'static str, u64>,
    pub orders: u64,
    pub transfers: u64,
    pub questions: u64,
    pub debits: u64,
    pub rows: u64,
    pub files: u64,
    pub restores: u64,
    /// Second debits of a reference or a person whose first came after the grace, in worlds that
    /// have such debits and `after_not_found = "retry"`: what the README says can happen.
    pub in_the_window: u64,
    /// Simulated milliseconds.
    pub lived_ms: u64,
}

impl Counts {
    pub fn faults(&self) -> u64 {
        self.faults.values().sum()
    }

    pub fn crashes(&self) -> u64 {
        self.crashes.values().sum()
    }

    pub fn add(&mut self, other: &Counts) {
        for (name, count) in &other.faults {
            *self.faults.entry(name).or_default() += count;
        }
        for (name, count) in &other.crashes {
            *self.crashes.entry(name).or_default() += count;
        }
        self.orders += other.orders;
        self.transfers += other.transfers;
        self.questions += other.questions;
        self.debits += other.debits;
        self.rows += other.rows;
        self.files += other.files;
        self.restores += other.restores;
        self.in_the_window += other.in_the_window;
        self.lived_ms += other.lived_ms;
    }
}

pub struct Record {
    clock: Rc<WorldClock>,
    text: RefCell<String>,
    pub counts: RefCell<Counts>,
}

impl Record {
    pub fn new(clock: Rc<WorldClock>) -> Rc<Record> {
        Rc::new(Record { clock, text: RefCell::default(), counts: RefCell::default() })
    }

    pub fn note(&self, what: Arguments<'_>) {
        let mut text = self.text.borrow_mut();
        let _ = writeln!(text, "{:>10} {what}", self.clock.world_ms());
    }

    /// A fault struck.
    pub fn fault(&self, name: &'static str) {
        *self.counts.borrow_mut().faults.entry(name).or_default() += 1;
    }

    /// The process died.
    pub fn crash(&self, place: &'static str) {
        self.note(format_args!("CRASH {place}"));
        *self.counts.borrow_mut().crashes.entry(place).or_default() += 1;
    }

    pub fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.borrow_mut());
    }

    pub fn text(&self) -> String {
        self.text.borrow().clone()
    }
}
