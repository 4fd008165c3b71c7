//! The guards that compare a file with itself and with the last payroll: a walk over that payroll for who
//! is missing, and a second reading of the file for the rest. In slices; what is held in memory is
//! bounded (`MOST_MISSING`, [`People`]).
//!
//! Must never: reject a file, or name more than a few rows; guards warn, or let a person decide.

use super::error::IntakeError;
use super::guards::GuardSettings;
use super::last_payroll::{LastPayroll, Search};
use super::people::People;
use super::twice::Twice;
use crate::ledger::{EarlierRow, Reader as LedgerReader};
use crate::payout::instruction::Account;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::terms::{Act, Finding, Guard, Named};
use crate::payroll::{Reader, Row, fold};
use std::collections::BTreeMap;
use std::fs::File;

/// Lines of one slice of the second reading, and rows of one slice of the walk: a few milliseconds.
const SLICE: usize = 500;
/// So many rows that a guard speaks of are named one by one; the rest are counted.
const NAMED: usize = 5;
/// Missing people who are remembered by name, so that one with a new number is known again: 2 MB. Of a
/// payroll that more are missing from, the rest are only counted.
const MOST_MISSING: usize = 10_000;

/// Rows that a guard speaks of.
#[derive(Default)]
pub(super) struct Noted {
    pub rows: u32,
    named: Vec<Named>,
}

impl Noted {
    pub fn note(&mut self, named: impl FnOnce() -> Named) {
        self.rows = self.rows.saturating_add(1);
        if self.named.len() < NAMED {
            self.named.push(named());
        }
    }

    pub fn finding(self, guard: Guard, act: Act, found: String, against: String) -> Option<Finding> {
        let (hold, Noted { rows, named }) = (act == Act::Hold, self);
        (act != Act::Off && rows > 0).then_some(Finding { guard, hold, rows, named, against, found })
    }
}

/// Somebody who was paid in the last payroll and is not in the file.
struct Missing {
    row: Named,
    /// Found again under another number.
    found: bool,
}

enum Phase {
    Searching(Search),
    /// Over the parts of the last payroll: which one, and from which payout on.
    Walking(usize, i64),
    Reading(Option<Box<Reader<File>>>),
    Done,
}

/// The comparison under way.
pub(super) struct Comparison {
    guards: GuardSettings,
    people: People,
    last: LastPayroll,
    phase: Phase,
    gone: super::receivers::Receivers,
    missing: Vec<Missing>,
    /// Their names, as names are compared, and their places among them.
    names: BTreeMap<String, Vec<usize>>,
    missing_rows: u32,
    twice: Twice,
    changed_number: Noted,
    changed_amount: Noted,
    new_people: Noted,
}

/// What a step came to.
pub(super) enum Compared {
    More,
    /// The file is wanted at its first byte.
    Rewind,
    Done(Vec<Finding>),
}

impl Comparison {
    /// `period`: the file's own. Without a ledger a file is compared with itself alone.
    pub fn begin(guards: GuardSettings, people: People, period: Option<String>, now: Wall, ledger: bool) -> Comparison {
        let phase = if ledger && guards.look_back() {
            Phase::Searching(Search::begin(period, now))
        } else {
            Phase::Reading(None)
        };
        let (last, gone) = (LastPayroll::default(), super::receivers::Receivers::default());
        Comparison {
            guards,
            people,
            last,
            phase,
            gone,
            missing: Vec::new(),
            names: BTreeMap::new(),
            missing_rows: 0,
            twice: Twice::default(),
            changed_number: Noted::default(),
            changed_amount: Noted::default(),
            new_people: Noted::default(),
        }
    }

    /// Does one bounded step.
    pub fn step(&mut self, ledger: Option<&LedgerReader>) -> Result<Compared, IntakeError> {
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Searching(mut search) => {
                let Some(ledger) = ledger else { return Ok(self.ask_for_the_file()) };
                self.phase = match search.step(&self.people, ledger)? {
                    None => Phase::Searching(search),
                    Some(last) => {
                        self.last = last;
                        let walks = self.guards.missing != Act::Off || self.guards.changed_number != Act::Off;
                        if walks { Phase::Walking(0, 0) } else { Phase::Reading(None) }
                    }
                };
                Ok(Compared::More)
            }
            Phase::Walking(part, from) => {
                self.walk(part, from, ledger)?;
                Ok(Compared::More)
            }
            Phase::Reading(None) => Ok(self.ask_for_the_file()),
            Phase::Reading(Some(reader)) => self.read(reader, ledger),
            Phase::Done => Ok(Compared::Done(self.findings())),
        }
    }

    fn ask_for_the_file(&mut self) -> Compared {
        let to_itself = self.people.twice() > 0 || self.guards.wallet_may_overflow;
        if to_itself || !self.last.is_none() {
            self.phase = Phase::Reading(None);
            return Compared::Rewind;
        }
        Compared::More
    }

    /// The file once more, from its first byte.
    pub fn reread(&mut self, reader: Reader<File>) {
        self.phase = Phase::Reading(Some(Box::new(reader)));
    }

    fn walk(&mut self, part: usize, from: i64, ledger: Option<&LedgerReader>) -> Result<(), IntakeError> {
        let (Some(walked), Some(ledger)) = (self.last.parts.get(part), ledger) else {
            self.phase = Phase::Reading(None);
            return Ok(());
        };
        if !walked.whole {
            self.phase = Phase::Walking(part + 1, 0);
            return Ok(());
        }
        let from = from.max(walked.span.0);
        let limit = u32::try_from(SLICE).unwrap_or(u32::MAX);
        let rows = ledger.earlier_rows((from, walked.span.1), limit)?;
        self.phase = match rows.last() {
            Some(last) => Phase::Walking(part, last.id + 1),
            None => Phase::Walking(part + 1, 0),
        };
        for row in rows {
            self.miss(row);
        }
        Ok(())
    }

    fn miss(&mut self, row: EarlierRow) {
        if !row.paid || self.people.holds(row.receiver) || !self.gone.insert(row.receiver) {
            return;
        }
        self.missing_rows = self.missing_rows.saturating_add(1);
        if self.missing.len() < MOST_MISSING {
            let named = Named {
                line: row.line,
                reference: row.reference,
                name: row.name.clone(),
                receiver: row.receiver.masked(),
                was: row.amount.grouped(),
                ..Named::default()
            };
            let name = fold(&row.name);
            if !name.is_empty() {
                self.names.entry(name).or_default().push(self.missing.len());
            }
            self.missing.push(Missing { row: named, found: false });
        }
    }

    fn read(&mut self, mut reader: Box<Reader<File>>, ledger: Option<&LedgerReader>) -> Result<Compared, IntakeError> {
        let (mut rows, mut ended) = (Vec::new(), false);
        for _ in 0..SLICE {
            match reader.next_line() {
                None => {
                    ended = true;
                    break;
                }
                // A row that was good and is not any more: the loading finds that the file changed.
                Some(None | Some(Err(_))) => {}
                Some(Some(Ok(row))) => rows.push(row),
            }
        }
        rows.iter().for_each(|row| self.twice.note(row, &self.people, self.guards.wallet_limit));
        if let Some(ledger) = ledger.filter(|_| !self.last.is_none()) {
            self.hold_against(&rows, ledger)?;
        }
        self.phase = if ended { Phase::Done } else { Phase::Reading(Some(reader)) };
        Ok(Compared::More)
    }

    /// What the last payroll says of these rows.
    fn hold_against(&mut self, rows: &[Row], ledger: &LedgerReader) -> Result<(), IntakeError> {
        let people: Vec<Account> = rows.iter().map(|row| row.instruction.receiver).collect();
        let mut before: Vec<Option<(Amount, Amount)>> = vec![None; rows.len()];
        for earlier in ledger.earlier_amounts(&people, self.last.span())? {
            let Some(place) = before.get_mut(earlier.place).filter(|_| self.last.holds(earlier.payout)) else {
                continue;
            };
            let amount = earlier.amount;
            *place = Some(place.map_or((amount, amount), |(least, most)| (least.min(amount), most.max(amount))));
        }
        let mut others = Vec::new();
        for (row, before) in rows.iter().zip(before) {
            match before {
                Some((least, most)) => self.weigh(row, least, most),
                None => others.push(row),
            }
        }
        let asked: Vec<Account> = others.iter().map(|row| row.instruction.receiver).collect();
        let known =
            if self.guards.new_people == Act::Off { Vec::new() } else { ledger.places_of_known_receivers(&asked)? };
        for (place, row) in others.into_iter().enumerate() {
            if !self.has_moved(row) && known.binary_search(&place).is_err() && self.guards.new_people != Act::Off {
                self.new_people.note(|| named(row, String::new(), row.instruction.amount.grouped()));
            }
        }
        Ok(())
    }

    fn weigh(&mut self, row: &Row, least: Amount, most: Amount) {
        let amount = row.instruction.amount;
        // In hundredths; the largest amounts come nowhere near the end of an i128.
        let times = |amount: Amount, factor: u32| i128::from(amount.centimes()) * i128::from(factor);
        let factor = self.guards.change_factor;
        let more = times(amount, 100) > times(most, factor);
        let less = times(amount, factor) < times(least, 100);
        if more || less {
            let was = if more { most } else { least };
            self.changed_amount.note(|| named(row, was.grouped(), amount.grouped()));
        }
    }

    /// Whether the row's person was paid under another number last time, which is missing now.
    fn has_moved(&mut self, row: &Row) -> bool {
        if self.guards.changed_number == Act::Off || self.names.is_empty() {
            return false;
        }
        let place = self.names.get_mut(&fold(&row.name)).and_then(Vec::pop);
        let Some(missing) = place.and_then(|place| self.missing.get_mut(place)) else { return false };
        missing.found = true;
        let was = missing.row.receiver.clone();
        self.changed_number.note(|| named(row, was, row.instruction.receiver.masked()));
        true
    }

    fn findings(&mut self) -> Vec<Finding> {
        let guards = self.guards;
        let take = std::mem::take::<Noted>;
        let against = self.last.names();
        let found_again =
            u32::try_from(self.missing.iter().filter(|missing| missing.found).count()).unwrap_or(u32::MAX);
        let rows = self.missing_rows.saturating_sub(found_again);
        let named = std::mem::take(&mut self.missing).into_iter().filter(|missing| !missing.found).take(NAMED);
        let missing = Noted { rows, named: named.map(|missing| missing.row).collect() };
        let factor = Amount::from_centimes(i64::from(guards.change_factor)).to_string();
        let factor = factor.trim_end_matches('0').trim_end_matches('.').to_string();
        let none = String::new();
        let compared = [
            take(&mut self.changed_number).finding(
                Guard::ChangedNumber,
                guards.changed_number,
                none.clone(),
                against.clone(),
            ),
            take(&mut self.changed_amount).finding(
                Guard::ChangedAmount,
                guards.changed_amount,
                factor,
                against.clone(),
            ),
            take(&mut self.new_people).finding(Guard::NewPeople, guards.new_people, none.clone(), against.clone()),
            missing.finding(Guard::Missing, guards.missing, none, against),
        ];
        let twice = std::mem::take(&mut self.twice).findings(&guards, &self.people);
        twice.chain(compared.into_iter().flatten()).collect()
    }
}

pub(super) fn named(row: &Row, was: String, is: String) -> Named {
    let order = &row.instruction;
    Named {
        line: row.line,
        reference: order.reference.to_string(),
        name: row.name.clone(),
        receiver: order.receiver.masked(),
        was,
        is,
        ..Named::default()
    }
}
