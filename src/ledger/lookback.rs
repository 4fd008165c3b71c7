//! What guards look up about earlier payrolls: which batches there were, who was in them, and what a
//! person was to be paid.
//!
//! Must never: walk over more than one slice of rows at a time, or be taken for evidence; guards only
//! warn and hold.

use super::error::LedgerError;
use super::groups::GROUP;
use super::reader::Reader;
use super::stored::fit;
use crate::payout::batch::Batch;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use rusqlite::params_from_iter;

/// The payouts of a batch: the first, and the one after the last.
pub type Span = (i64, i64);

/// One row of an earlier payroll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRow {
    pub id: i64,
    pub line: u32,
    pub receiver: Account,
    pub amount: Amount,
    pub reference: String,
    pub name: String,
    pub paid: bool,
}

/// One row of an earlier batch, looked at to see what kind of batch it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampled {
    pub receiver: Account,
    /// It repeats another payout.
    pub retry: bool,
}

/// What a person was to be paid in an earlier batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The place of the person among those that were asked about.
    pub place: usize,
    pub payout: i64,
    pub amount: Amount,
}

fn account(local: u32) -> Result<Account, LedgerError> {
    Account::from_local(local).ok_or_else(|| LedgerError::damaged("a receiver that is none"))
}

/// `rows` pairs of a place and a receiver, after so many values of the statement's own.
fn pairs(own: usize, rows: usize) -> String {
    let pair = |row: usize| format!("(?{}, ?{})", own + 2 * row + 1, own + 2 * row + 2);
    (0..rows).map(pair).collect::<Vec<_>>().join(", ")
}

impl Reader {
    /// The newest batch before this one.
    pub fn batch_before(&self, before: BatchId) -> Result<Option<Batch>, LedgerError> {
        let id = self.one(
            "SELECT id FROM batch WHERE visible = 1 AND id < ?1 ORDER BY id DESC LIMIT 1",
            [before.0],
            |row| row.get(0).map(BatchId),
        )?;
        id.map_or(Ok(None), |id| self.batch(id))
    }

    /// The payouts of a batch; `None` for no such batch.
    pub fn span(&self, batch: BatchId) -> Result<Option<Span>, LedgerError> {
        self.range(batch)
    }

    /// So many rows of a batch, spread evenly over it.
    pub fn sample(&self, (first, end): Span, rows: i64) -> Result<Vec<Sampled>, LedgerError> {
        let all = end - first;
        let mut sampled = Vec::new();
        for place in 0..rows.min(all) {
            let id = first + place * all / rows.min(all).max(1);
            let row = self.one("SELECT receiver, retry_of IS NOT NULL FROM payout WHERE id = ?1", [id], |row| {
                Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?))
            })?;
            if let Some((receiver, retry)) = row {
                sampled.push(Sampled { receiver: account(receiver)?, retry });
            }
        }
        Ok(sampled)
    }

    /// The next rows of an earlier batch, in their order.
    pub fn earlier_rows(&self, (from, end): Span, limit: u32) -> Result<Vec<EarlierRow>, LedgerError> {
        self.all(
            "SELECT id, line, receiver, amount, reference, name, state FROM payout \
             WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3",
            [from, end, i64::from(limit)],
            |row| {
                let state: String = row.get(6)?;
                Ok(EarlierRow {
                    id: row.get(0)?,
                    line: fit(row.get(1)?, "a line")?,
                    receiver: account(row.get(2)?)?,
                    amount: Amount::from_centimes(row.get(3)?),
                    reference: row.get(4)?,
                    name: row.get(5)?,
                    paid: state == StateWord::Paid.as_str(),
                })
            },
        )
    }

    /// What each of these persons was to be paid among the payouts of a span, by the person index.
    pub fn earlier_amounts(&self, persons: &[Account], span: Span) -> Result<Vec<Earlier>, LedgerError> {
        let mut found = Vec::new();
        self.in_groups(
            persons,
            &[span.0, span.1],
            |rows| {
                format!(
                    "SELECT n.column1, x.amount, x.payout FROM (VALUES {}) n CROSS JOIN person x \
                 ON x.receiver = n.column2 WHERE x.payout >= ?1 AND x.payout < ?2",
                    pairs(2, rows)
                )
            },
            |row| {
                let place = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX);
                found.push(Earlier { place, amount: Amount::from_centimes(row.get(1)?), payout: row.get(2)? });
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// The places of those persons who were ever to be paid anything, ascending.
    pub fn places_of_known_receivers(&self, persons: &[Account]) -> Result<Vec<usize>, LedgerError> {
        let mut places = Vec::new();
        self.in_groups(persons, &[], |rows| {
            format!(
                "SELECT n.column1 FROM (VALUES {}) n WHERE EXISTS (SELECT 1 FROM person x WHERE x.receiver = n.column2)",
                pairs(0, rows)
            )
        }, |row| {
            places.push(usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX));
            Ok(())
        })?;
        places.sort_unstable();
        Ok(places)
    }

    /// Asks about persons by the hundred, and the rest one by one, so that two statements do for all.
    fn in_groups(
        &self,
        persons: &[Account],
        own: &[i64],
        sql: impl Fn(usize) -> String,
        mut read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<()>,
    ) -> Result<(), LedgerError> {
        let (single, group) = (sql(1), sql(GROUP));
        let mut from = 0;
        while from < persons.len() {
            let count = if persons.len() - from < GROUP { 1 } else { GROUP };
            let mut statement = self.prepare(if count == GROUP { &group } else { &single })?;
            let asked = persons.iter().enumerate().skip(from).take(count);
            let values =
                asked.flat_map(|(place, person)| [i64::try_from(place).unwrap_or(i64::MAX), i64::from(person.local())]);
            let mut rows = statement.query(params_from_iter(own.iter().copied().chain(values)))?;
            while let Some(row) = rows.next()? {
                read(row)?;
            }
            from += count;
        }
        Ok(())
    }
}
