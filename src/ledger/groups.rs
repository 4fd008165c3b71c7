//! Statements that take many rows at once. SQLite opens a table and its seven indexes, and builds what
//! its CHECKs look words up in, for every statement anew: a group of rows pays for that once.
//!
//! Must never: change what a row goes through. A group is that many rows of the very same statement.

use super::chain::{Hash, RowFields};
use super::error::LedgerError;
use super::reader::Reader;
use super::transaction::Transaction;
use crate::payout::instruction::{Account, LONGEST_REFERENCE, Reference};
use crate::payout::money::Amount;
use rusqlite::Statement;
use std::sync::LazyLock;

/// Rows of a group. Measured: 20 rows cost a fifth more a row, 250 cost no less.
pub(super) const GROUP: usize = 100;

/// One statement, for a single row and for a whole group of them.
pub(super) struct Grouped {
    single: String,
    group: String,
}

impl Grouped {
    /// `row` is one row's values: `?` is the next value of its own, `?1` one that all share.
    fn new(before: &str, row: &str, after: &str) -> Grouped {
        let rows = |count| format!("{before} {} {after}", vec![row; count].join(", "));
        Grouped { single: rows(1), group: rows(GROUP) }
    }

    fn of(&self, rows: usize) -> &str {
        if rows == GROUP { &self.group } else { &self.single }
    }
}

// A `?` takes the number after the largest one before it.
static PAYOUTS: LazyLock<Grouped> = LazyLock::new(|| {
    Grouped::new(
        "INSERT INTO payout (batch, id, line, reference, receiver, amount, description, name, other, retry_of, digest, \
         state, events, attempts, may_have_been_paid) VALUES",
        "(?1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, 0, 'no')",
        "",
    )
});
static REFERENCES: LazyLock<Grouped> = LazyLock::new(|| {
    Grouped::new("INSERT INTO reference (reference, payout) VALUES", "(?, ?)", "ON CONFLICT DO NOTHING")
});
static PERSONS: LazyLock<Grouped> =
    LazyLock::new(|| Grouped::new("INSERT INTO person (receiver, amount, payout) VALUES", "(?, ?, ?)", ""));
static KNOWN_KEYS: LazyLock<Grouped> = LazyLock::new(|| {
    Grouped::new("SELECT n.column1 FROM (VALUES", "(?, ?)", ") n CROSS JOIN reference r ON r.reference = n.column2")
});
static KNOWN_PERSONS: LazyLock<Grouped> = LazyLock::new(|| {
    Grouped::new(
        "SELECT n.column1 FROM (VALUES",
        "(?, ?, ?)",
        ") n WHERE EXISTS (SELECT 1 FROM person x WHERE x.receiver = n.column2 AND x.amount = n.column3)",
    )
});

/// Binds values one after another.
pub(super) struct Values<'a, 'c> {
    statement: &'a mut Statement<'c>,
    next: usize,
}

impl<'a, 'c> Values<'a, 'c> {
    fn of(statement: &'a mut Statement<'c>) -> Values<'a, 'c> {
        Values { statement, next: 1 }
    }

    fn add(&mut self, value: impl rusqlite::ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }
}

impl Transaction<'_> {
    /// Runs a statement for each of these rows; how many rows it changed.
    fn run_grouped<T>(
        &mut self,
        grouped: &Grouped,
        shared: Option<i64>,
        rows: &[T],
        mut bind: impl FnMut(&mut Values, &T) -> rusqlite::Result<()>,
    ) -> Result<usize, LedgerError> {
        let (mut changed, mut rest) = (0, rows);
        while !rest.is_empty() {
            let (group, after) = rest.split_at(if rest.len() < GROUP { 1 } else { GROUP });
            changed += self.run_bound(grouped.of(group.len()), |statement| {
                let mut values = Values::of(statement);
                shared.map_or(Ok(()), |shared| values.add(shared))?;
                group.iter().try_for_each(|row| bind(&mut values, row))
            })?;
            rest = after;
        }
        Ok(changed)
    }

    /// Adds the payouts of a batch. Each row must be new, or nothing may be committed.
    pub(super) fn add_payouts(&mut self, batch: i64, rows: &[(RowFields, Hash)]) -> Result<(), LedgerError> {
        self.run_grouped(&PAYOUTS, Some(batch), rows, |values, (row, digest)| {
            values.add(row.id)?;
            values.add(row.line)?;
            values.add(row.reference)?;
            values.add(row.receiver)?;
            values.add(row.amount)?;
            values.add(row.description)?;
            values.add(row.name)?;
            values.add(row.other)?;
            values.add(row.retry_of)?;
            values.add(digest)
        })?;
        Ok(())
    }

    /// Adds references, but for those that are there already; how many it added.
    pub(super) fn add_references(&mut self, rows: &[(&str, i64)]) -> Result<usize, LedgerError> {
        self.run_grouped(&REFERENCES, None, rows, |values, (key, payout)| {
            values.add(*key)?;
            values.add(payout)
        })
    }

    pub(super) fn add_persons(&mut self, rows: &[(u32, i64, i64)]) -> Result<(), LedgerError> {
        self.run_grouped(&PERSONS, None, rows, |values, (receiver, amount, payout)| {
            values.add(receiver)?;
            values.add(amount)?;
            values.add(payout)
        })?;
        Ok(())
    }
}

impl Reader {
    /// Asks a statement about each of these; the places of those of which it knows.
    fn places<T>(
        &self,
        grouped: &Grouped,
        asked: &[T],
        mut bind: impl FnMut(&mut Values, &T) -> rusqlite::Result<()>,
    ) -> Result<Vec<usize>, LedgerError> {
        let mut places = Vec::new();
        let mut from = 0;
        while from < asked.len() {
            let count = if asked.len() - from < GROUP { 1 } else { GROUP };
            let mut statement = self.prepare(grouped.of(count))?;
            let mut values = Values::of(&mut statement);
            for (place, one) in asked.iter().enumerate().skip(from).take(count) {
                values.add(i64::try_from(place).unwrap_or(i64::MAX))?;
                bind(&mut values, one)?;
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                places.push(usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX));
            }
            from += count;
        }
        places.sort_unstable();
        Ok(places)
    }

    /// The places of those references that the ledger holds, ascending: whose they are, and of which
    /// batch, says [`Reader::known_reference`].
    pub fn places_of_known_references(&self, references: &[&Reference]) -> Result<Vec<usize>, LedgerError> {
        self.places(&KNOWN_KEYS, references, |values, reference| {
            values.add(reference.key_in(&mut [0; LONGEST_REFERENCE]))
        })
    }

    /// The places of those persons who were ever to be paid that amount, ascending: when, and what became
    /// of it, says [`Reader::known_person`].
    pub fn places_of_known_persons(&self, persons: &[(Account, Amount)]) -> Result<Vec<usize>, LedgerError> {
        self.places(&KNOWN_PERSONS, persons, |values, (receiver, amount)| {
            values.add(receiver.local())?;
            values.add(amount.centimes())
        })
    }
}
