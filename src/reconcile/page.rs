//! The page that `payoutd reconcile` writes: CSV, one row a payout, and what the rows add up to.
//!
//! Must never: leave a row out that was looked at.

use super::compare::{Compared, Verdict};
use super::statement::{Entry, Found};
use crate::ledger::rows::ReportRow;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use crate::payroll::{CsvWriter, Delimiter};
use crate::words::{Language, say};
use std::io::{self, Write};

/// The columns, in order; `statement` is empty where no statement was given. In English the words that scripts know.
fn headings(language: Language) -> [String; 10] {
    [
        say!("heading-reference"),
        say!("heading-batch"),
        say!("heading-line"),
        say!("reconcile-heading-ledger-status"),
        say!("reconcile-heading-moncash-status"),
        say!("heading-amount"),
        say!("reconcile-heading-verdict"),
        say!("reconcile-heading-advice"),
        say!("reconcile-heading-statement"),
        say!("reconcile-heading-asked-at"),
    ]
    .map(|heading| heading.text(language))
}

/// Begins a page as spreadsheets want it: outside English, with the mark by which they show é and ò.
pub(super) fn begin_csv<W: Write>(mut to: W, headings: &[String], language: Language) -> io::Result<CsvWriter<W>> {
    if language != Language::English {
        to.write_all("\u{feff}".as_bytes())?;
    }
    let mut csv = CsvWriter::new(to, Delimiter::Comma);
    csv.write_row(headings.iter().map(String::as_str))?;
    Ok(csv)
}

/// Alarms that are named in the summary; all of them are counted.
const NAMED: usize = 20;

/// Payouts that MonCash paid and the ledger calls unpaid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    pub rows: u32,
    pub amount: Amount,
    /// The first twenty: reference, batch, what the ledger says.
    pub named: Vec<String>,
}

/// A page under way.
pub struct Page<W: Write> {
    csv: CsvWriter<W>,
    /// Of headings and advice.
    language: Language,
    sums: [(u32, Amount); Verdict::ALL.len()],
    statement_differs: u32,
    alarms: Alarms,
}

fn place(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Match => 0,
        Verdict::PaidHereNotThere => 1,
        Verdict::PaidThereNotHere => 2,
        Verdict::Unknown => 3,
    }
}

impl<W: Write> Page<W> {
    pub fn begin(to: W, language: Language) -> io::Result<Page<W>> {
        let csv = begin_csv(to, &headings(language), language)?;
        Ok(Page { csv, language, sums: [(0, Amount::ZERO); 4], statement_differs: 0, alarms: Alarms::default() })
    }

    /// One payout. `moncash`: its answer in words; `asked`: when, in words.
    pub fn add(
        &mut self,
        batch: BatchId,
        row: &ReportRow,
        moncash: &str,
        asked: &str,
        compared: &Compared,
        statement: Option<Found>,
    ) -> io::Result<()> {
        self.count(compared.verdict, row.amount);
        if compared.alarm {
            self.alarms.rows = self.alarms.rows.saturating_add(1);
            self.alarms.amount = self.alarms.amount.saturating_add(row.amount);
            if self.alarms.named.len() < NAMED {
                self.alarms.named.push(format!("{} ({batch}, {})", row.reference, row.status.as_str()));
            }
        }
        let paid = row.status == StateWord::Paid;
        let differs = statement.is_some_and(|found| !found.agrees(paid));
        self.statement_differs += u32::from(differs);
        let advice = compared.advice.clone().or_else(|| differs.then(|| say!("advice-statement")));
        self.csv.write_row([
            row.reference.as_str(),
            &batch.to_string(),
            &row.line.to_string(),
            row.status.as_str(),
            moncash,
            &row.amount.to_string(),
            compared.verdict.word(),
            &advice.map(|advice| advice.text(self.language)).unwrap_or_default(),
            statement.map_or("", |found| found.word(paid)),
            asked,
        ])
    }

    /// A line of the statement that belongs to no payout that was looked at.
    pub fn add_stranger(&mut self, entry: &Entry) -> io::Result<()> {
        self.count(Verdict::PaidThereNotHere, entry.amount);
        self.statement_differs += 1;
        let name = if entry.reference.is_empty() { &entry.transaction } else { &entry.reference };
        let advice = say!("advice-stranger", line = entry.line.to_string(), name = name).text(self.language);
        let verdict = Verdict::PaidThereNotHere.word();
        self.csv.write_row([name, "", "", "", "", &entry.amount.to_string(), verdict, &advice, "only_theirs", ""])
    }

    fn count(&mut self, verdict: Verdict, amount: Amount) {
        if let Some((rows, sum)) = self.sums.get_mut(place(verdict)) {
            *rows = rows.saturating_add(1);
            *sum = sum.saturating_add(amount);
        }
    }

    /// Rows and HTG by verdict.
    pub fn sum(&self, verdict: Verdict) -> (u32, Amount) {
        self.sums.get(place(verdict)).copied().unwrap_or_default()
    }

    /// Rows on which the statement and the ledger differ.
    pub fn statement_differs(&self) -> u32 {
        self.statement_differs
    }

    pub fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Rows and HTG of everything that was looked at.
    pub fn total(&self) -> (u32, Amount) {
        self.sums.iter().fold((0, Amount::ZERO), |(rows, sum), (more, amount)| {
            (rows.saturating_add(*more), sum.saturating_add(*amount))
        })
    }

    /// Whether a person has something to look at.
    pub fn differs(&self) -> bool {
        self.statement_differs > 0 || Verdict::ALL.into_iter().skip(1).any(|verdict| self.sum(verdict).0 > 0)
    }

    pub fn finish(self) -> io::Result<W> {
        self.csv.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_in_the_readers_language_and_in_english_those_that_scripts_know() {
        let english = "reference batch line ledger_status moncash_status amount verdict advice statement asked_at";
        assert_eq!(headings(Language::English).join(" "), english);
        for (language, first, last) in
            [(Language::French, "référence", "interrogé_le"), (Language::Kreyol, "referans", "mande_lè")]
        {
            let page = Page::begin(Vec::new(), language).unwrap().finish().unwrap();
            let text = String::from_utf8(page).unwrap();
            assert!(text.starts_with(&format!("\u{feff}{first},")) && text.trim_end().ends_with(last), "{text}");
        }
        let plain = Page::begin(Vec::new(), Language::English).unwrap().finish().unwrap();
        assert!(plain.starts_with(b"reference,"), "scripts read it from its first byte");
    }
}
