//! The guard for a new reading: whether the sheet is read by other columns than those by which its people were paid
//! last.
//!
//! A reading is the name of each role's column; neither its place, its case, the month in it nor columns left aside
//! make another one. Files in payoutd's own words neither speak nor teach, nor does a batch from which nobody was
//! paid.
//!
//! Must never: call a reading known because it was dropped; only paid people vouch for it.

use super::error::IntakeError;
use crate::ledger::Reader as LedgerReader;
use crate::payout::instruction::Account;
use crate::payout::moment::Wall;
use crate::payout::reading::ColumnsRead;
use crate::payout::state::{BatchId, StateWord};
use crate::payout::terms::{Act, Finding, Guard, Named};
use crate::payroll::{Row, fold};
use std::time::Duration;

/// What is older vouches for nothing.
const LONG_AGO: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Batches that are looked at.
const MOST_TRIED: u32 = 400;
/// Batches looked at in one step.
const AT_ONCE: u32 = 8;
/// People whose sums are shown under the old reading and the new.
pub(super) const SHOWN: usize = 3;

/// Months as they stand in a column's name, folded.
const MONTHS: &str = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre \
    janvye fevriye mas avril me jen jiye out septanm oktob novanm desanm \
    january february march april may june july august september october november december \
    jan janv fev fevr feb avr apr juil jul aug sept sep oct nov dec des";

/// A column's name without what changes from month to month.
fn lasting(name: &str) -> String {
    let is_month = |word: &str| MONTHS.split(' ').any(|month| month == word);
    name.split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|word| !word.bytes().all(|b| b.is_ascii_digit()) && !is_month(word))
        .collect()
}

/// What two readings are compared by.
fn key(columns: &ColumnsRead) -> Vec<String> {
    let ColumnsRead { amount, receiver, reference, name, description, own: _ } = columns;
    let roles = [amount, receiver, reference].into_iter().map(|column| lasting(column));
    let name = lasting(&name.join(" "));
    roles.chain([name, description.as_deref().map(lasting).unwrap_or_default()]).collect()
}

/// As people are told it.
fn told(columns: &ColumnsRead) -> String {
    let ColumnsRead { amount, receiver, reference, name, description, .. } = columns;
    let all = [amount, receiver, reference].into_iter().chain(name).chain(description);
    all.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The first rows of the file, with whose they are.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstRows(Vec<(Account, Named)>);

impl FirstRows {
    pub fn note(&mut self, row: &Row) {
        if self.0.len() < SHOWN {
            self.0.push((row.instruction.receiver, super::half_file::named(row)));
        }
    }

    pub fn first(&self) -> Option<&Named> {
        self.0.first().map(|(_, named)| named)
    }
}

/// The search for those who vouch for a reading, some batches a step.
pub(super) struct Layout {
    act: Act,
    columns: ColumnsRead,
    now: Wall,
    /// People of the file who were in none of the batches so far.
    left: Vec<Account>,
    shown: Vec<(Account, Named)>,
    before: BatchId,
    tried: u32,
    /// People who were paid last by this reading, and by another.
    same: usize,
    other: usize,
    /// The newest other reading by which people of the file were paid.
    last: Option<String>,
    /// Somebody was paid by this reading.
    is_known: bool,
}

impl Layout {
    /// None where the guard has nothing to say of such a file.
    pub fn begin(
        act: Act,
        columns: &ColumnsRead,
        people: Vec<Account>,
        first: &FirstRows,
        now: Wall,
    ) -> Option<Layout> {
        (act != Act::Off && !columns.own).then(|| Layout {
            act,
            columns: columns.clone(),
            now,
            left: people,
            shown: first.0.clone(),
            before: BatchId(i64::MAX),
            tried: 0,
            same: 0,
            other: 0,
            last: None,
            is_known: false,
        })
    }

    /// Looks at the next batches; what there is to say once all that matter were looked at.
    pub fn step(&mut self, ledger: &LedgerReader) -> Result<Option<Option<Finding>>, IntakeError> {
        for _ in 0..AT_ONCE {
            let batch = if self.tried < MOST_TRIED { ledger.batch_before(self.before)? } else { None };
            let Some(batch) = batch.filter(|batch| self.now.since(batch.admitted) < LONG_AGO) else {
                return Ok(Some(self.finding()));
            };
            (self.before, self.tried) = (batch.id, self.tried + 1);
            if batch.tally.count(StateWord::Paid) == 0 {
                continue;
            }
            let reading =
                ledger.read_as(batch.id)?.and_then(|read| read.reading).filter(|reading| !reading.columns.own);
            let (Some(reading), Some(span)) = (reading, ledger.span(batch.id)?) else { continue };
            let is_same = key(&reading.columns) == key(&self.columns);
            self.is_known |= is_same;
            self.show(ledger, span)?;
            let mut there: Vec<usize> =
                ledger.earlier_amounts(&self.left, span)?.into_iter().map(|earlier| earlier.place).collect();
            there.sort_unstable();
            there.dedup();
            match is_same {
                true => self.same += there.len(),
                false => self.other += there.len(),
            }
            if !is_same && !there.is_empty() && self.last.is_none() {
                self.last = Some(told(&reading.columns));
            }
            for place in there.into_iter().rev() {
                self.left.swap_remove(place);
            }
            if self.left.is_empty() {
                return Ok(Some(self.finding()));
            }
        }
        Ok(None)
    }

    /// What the people who are shown got there.
    fn show(&mut self, ledger: &LedgerReader, span: (i64, i64)) -> Result<(), IntakeError> {
        let asked: Vec<Account> = self.shown.iter().map(|(account, _)| *account).collect();
        for earlier in ledger.earlier_amounts(&asked, span)? {
            if let Some((_, named)) = self.shown.get_mut(earlier.place)
                && named.was.is_empty()
            {
                named.was = earlier.amount.grouped();
            }
        }
        Ok(())
    }

    pub fn finding(&mut self) -> Option<Finding> {
        let known_by_its_people = self.same > self.other;
        let nobody_is_known = self.same + self.other == 0;
        if known_by_its_people || nobody_is_known && self.is_known {
            return None;
        }
        let against = self.last.take().unwrap_or_default();
        let finding = Finding::of_file(Guard::NewLayout, self.act == Act::Hold, told(&self.columns), against);
        let named: Vec<Named> = std::mem::take(&mut self.shown).into_iter().map(|(_, named)| named).collect();
        let rows = u32::try_from(named.len()).unwrap_or_default();
        Some(Finding { rows, named, ..finding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(amount: &str) -> ColumnsRead {
        let text = |text: &str| text.to_string();
        let (receiver, reference) = (text("Téléphone"), text("Référence"));
        ColumnsRead {
            amount: text(amount),
            receiver,
            reference,
            name: vec![text("Nom")],
            description: None,
            own: false,
        }
    }

    #[test]
    fn a_month_makes_no_other_reading_and_another_column_does() {
        let same = |a: &str, b: &str| key(&columns(a)) == key(&columns(b));
        assert!(same("Net à payer novembre 2026", "NET À PAYER DÉCEMBRE 2026"));
        assert!(same("Montan pou peye (novanm)", "montan pou peye"));
        assert!(!same("Montant", "Solde à payer"));
        assert!(!same("Net à payer", "Net à payer MonCash"));
    }
}
