//! `#` lines: `# total: 123456.50` and `# rows: 250` are checked against the rows; any other is a
//! remark, unless it looks like a control that was mistyped.
//!
//! Must never: take a row for a remark. A remark is one cell; `#N/A` and a line with several
//! filled cells are rows, and bad ones.

use super::amounts;
use super::cells::is_spreadsheet_error;
use super::fold::fold;
use super::problem::{Code, Problem, quote};
use super::records::Record;
use crate::payout::money::Amount;
use crate::words::{Saying, say};
use jiff::civil::Date;

/// What the file says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Controls {
    /// `# total:` or a TOTAL row, in HTG, and its line.
    pub total: Option<(Amount, u32)>,
    /// `# rows:` and its line.
    pub rows: Option<(u32, u32)>,
    /// `# period:`, as the first day of its month, and its line.
    pub period: Option<(Date, u32)>,
    /// `# pay on:` and its line: nothing of the file is paid before that day.
    pub pay_on: Option<(Date, u32)>,
}

/// What a `#` line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Total,
    Rows,
    Period,
    PayOn,
}

/// The words that begin a control line, in lower case.
const WORDS: &[(&str, Kind)] = &[
    ("total", Kind::Total),
    ("rows", Kind::Rows),
    ("lignes", Kind::Rows),
    ("liy", Kind::Rows),
    ("period", Kind::Period),
    ("période", Kind::Period),
    ("peryòd", Kind::Period),
    ("pay on", Kind::PayOn),
    ("payer le", Kind::PayOn),
    ("peye jou", Kind::PayOn),
];

/// How people begin a line that is to be checked or obeyed, folded: with such a word, and a digit behind it,
/// a line is no remark. What was to be paid in December must not be paid today because a colon is missing.
const MEANT: [&str; 24] = [
    "total",
    "rows",
    "ligne",
    "liy",
    "period",
    "peryod",
    "payon",
    "paidon",
    "tobepaidon",
    "payat",
    "paydate",
    "paymentdate",
    "dateofpayment",
    "valuedate",
    "payerle",
    "payele",
    "apayerle",
    "paiementle",
    "datedepaiement",
    "datepaiement",
    "jourdepai",
    "peyejou",
    "peyele",
    "datpeman",
];

/// A `#` line's word and value: `# total: 5` gives `total` and `5`.
fn parts(record: &Record<'_>) -> Option<(String, String)> {
    let mut filled = record.cells().map(str::trim).filter(|cell| !cell.is_empty());
    let first = filled.next()?.strip_prefix('#')?;
    let (word, value) = first.split_once(':')?;
    // A spreadsheet may hold the number in the next cell. Of two such cells no number is made: a comma between
    // them may have been one of it.
    let value = std::iter::once(value.trim()).chain(filled).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    Some((word.trim().to_lowercase(), value.join("; ")))
}

fn kind_of(word: &str) -> Option<Kind> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}

/// Whether a record is a `#` line rather than a row (or header).
pub fn is_control_or_remark(record: &Record<'_>) -> bool {
    let Some(first) = record.cells().next().map(str::trim) else { return false };
    if record.broken || !first.starts_with('#') || is_spreadsheet_error(first) {
        return false;
    }
    record.cells().skip(1).all(|cell| cell.trim().is_empty())
        || parts(record).is_some_and(|(word, _)| kind_of(&word).is_some())
}

impl Controls {
    /// The month that the file is for, as `2026-07`.
    pub fn period(&self) -> Option<String> {
        self.period.map(|(month, _)| month.strftime("%Y-%m").to_string())
    }

    pub fn any(&self) -> bool {
        self.total.is_some() || self.rows.is_some()
    }

    /// Takes a `#` line in.
    pub fn read(&mut self, record: &Record<'_>) -> Result<(), Problem> {
        let Some((word, value)) = parts(record) else { return self.read_remark(record) };
        let line = record.line;
        match kind_of(&word) {
            Some(Kind::Total) => {
                let total = amounts::read_alone(&value);
                let total = total.map_err(|_| unclear(record, say!("control-total-unclear")))?;
                self.add_total(total, line).map_err(|sentence| unclear(record, sentence))
            }
            Some(Kind::Rows) => {
                let is_number = value.bytes().all(|b| b.is_ascii_digit());
                let rows = value
                    .parse()
                    .ok()
                    .filter(|_| is_number)
                    .ok_or_else(|| unclear(record, say!("control-rows-unclear")))?;
                agree(&mut self.rows, rows, line).map_err(|sentence| unclear(record, sentence))
            }
            Some(Kind::Period) => {
                let month = format!("{value}-01");
                let is_month = value.len() == "2026-07".len();
                let period = month
                    .parse()
                    .ok()
                    .filter(|_| is_month)
                    .ok_or_else(|| unclear(record, say!("control-period-unclear")))?;
                agree(&mut self.period, period, line).map_err(|sentence| unclear(record, sentence))
            }
            Some(Kind::PayOn) => {
                let is_day = value.len() == "2026-07-30".len();
                let day = value
                    .parse()
                    .ok()
                    .filter(|_| is_day)
                    .ok_or_else(|| unclear(record, say!("control-pay-on-unclear")))?;
                agree(&mut self.pay_on, day, line).map_err(|sentence| unclear(record, sentence))
            }
            None => self.read_remark(record),
        }
    }

    /// A remark that holds a number after a colon, or begins as people begin a control, was meant to be checked.
    fn read_remark(&self, record: &Record<'_>) -> Result<(), Problem> {
        let text = record.cells().next().unwrap_or_default().trim().trim_start_matches('#').trim().to_lowercase();
        let is_number = |value: &str| {
            let mut digits = value.trim().chars().filter(|c| !c.is_whitespace()).peekable();
            digits.peek().is_some() && digits.all(|c| c.is_ascii_digit() || ".,".contains(c))
        };
        let has_value = text.split_once([':', '=']).is_some_and(|(_, value)| is_number(value));
        let folded = fold(&text);
        let begins = MEANT
            .iter()
            .any(|word| folded.strip_prefix(word).is_some_and(|rest| rest.bytes().any(|b| b.is_ascii_digit())));
        if has_value || begins {
            return Err(unclear(record, say!("control-unknown")));
        }
        Ok(())
    }

    /// Takes in what the rows must come to; a sentence where an earlier line says otherwise.
    pub fn add_total(&mut self, total: Amount, line: u32) -> Result<(), Saying> {
        agree(&mut self.total, total, line)
    }

    /// Compares with what was read. `rows` are those of the sheet, left out or not: whoever wrote the control counted
    /// them so. `total` is unknown where a row's amount could not be read.
    pub fn compare(&self, rows: u32, total: Option<Amount>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some((said, line)) = self.rows.filter(|(said, _)| *said != rows) {
            let text = say!("rows-differ", said = said, rows = rows);
            problems.push(Problem { value: said.to_string(), ..Problem::of_line(line, Code::RowsDiffer, text) });
        }
        if let (Some((said, line)), Some(total)) = (self.total, total)
            && said != total
        {
            let text = say!("total-differs", said = said, total = total);
            problems.push(Problem { value: said.to_string(), ..Problem::of_line(line, Code::TotalDiffers, text) });
        }
        problems
    }
}

fn agree<T: PartialEq + Copy>(slot: &mut Option<(T, u32)>, value: T, line: u32) -> Result<(), Saying> {
    match slot {
        Some((earlier, at)) if *earlier != value => Err(say!("control-contradicts", line = at.to_string())),
        Some(_) => Ok(()),
        None => {
            *slot = Some((value, line));
            Ok(())
        }
    }
}

fn unclear(record: &Record<'_>, sentence: Saying) -> Problem {
    let value = quote(record.cells().next().unwrap_or_default());
    Problem { value, ..Problem::of_line(record.line, Code::ControlLine, sentence) }
}

/// The problem of a `#` line that rows follow.
pub fn misplaced(line: u32) -> Problem {
    Problem::of_line(line, Code::ControlLinePlace, say!("control-line-place"))
}
