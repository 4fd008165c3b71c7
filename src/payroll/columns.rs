//! Which column is which, from the header.
//!
//! Must never: take one of two columns that could both be meant.

mod found;

use super::built::Built;
use super::cleaned;
use super::dialect::Delimiter;
use super::fold::fold;
use super::meaning::{self, Name, Rivals, Role, RowMarks};
use super::names::{self, ColumnNames, Known};
use super::problem::{Code, Problem, quote};
use super::records::column_letters;
use crate::payout::reading::ColumnsRead;
use crate::words::{Language, say};
use found::{Found, own_words};

/// Columns in one file besides those that payoutd knows and writes itself, so that a retry file never
/// has too many. Ten times a wide payroll.
const MOST_COLUMNS: usize = 256;

/// The column of a retry file that says why the row was not paid, folded, in every language.
const REASONS: [&str; 3] = ["reason", "cause", "poukisa"];

/// Characters in a column's name.
const LONGEST_NAME: usize = 100;

/// The columns that a report has of its own. One of the file's with such a name is echoed as
/// `file_NAME`.
pub const REPORT_COLUMNS: [&str; 17] = [
    "line",
    "reference",
    "receiver",
    "name",
    "amount",
    "description",
    "status",
    "may_have_been_paid",
    "transaction_id",
    "attempts",
    "first_sent_at",
    "settled_at",
    "confirmed_by",
    "reason",
    "retry_of",
    "retried_as",
    "final_status",
];

/// The known column that a header's cell can mean.
fn meant(cell: &str, wanted: &ColumnNames) -> Option<Known> {
    let folded = fold(cell);
    wanted.named(&folded).or_else(|| names::meant(&folded)).or_else(|| {
        let by_words = [(Known::Amount, meaning::of_amount(cell)), (Known::Receiver, meaning::of_wallet(cell))];
        by_words.into_iter().find(|(_, says)| *says >= Name::Plain).map(|(known, _)| known)
    })
}

/// How many of these header cells name a known column.
pub fn count_known(cells: &[String], wanted: &ColumnNames) -> usize {
    let is_known = |cell: &&String| meant(cell, wanted).is_some() || names::part_of_name(&fold(cell)).is_some();
    cells.iter().filter(is_known).count()
}

/// Whether these header cells name every required column.
pub fn names_all(cells: &[String], wanted: &ColumnNames) -> bool {
    let found: Vec<Known> = cells.iter().filter_map(|cell| meant(cell, wanted)).collect();
    Known::REQUIRED.iter().all(|known| found.contains(known))
}

/// Whether these header cells name a wallet and an amount: by that the header is known among the first lines.
pub fn names_wallet_and_amount<'a>(cells: impl Iterator<Item = &'a str>, wanted: &ColumnNames) -> bool {
    let found: Vec<Known> = cells.filter_map(|cell| meant(&cleaned::text(cell.trim(), |_| {}), wanted)).collect();
    [Known::Receiver, Known::Amount].iter().all(|known| found.contains(known))
}

/// Where a row's reference stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferencePlace {
    Cell(usize),
    /// Put together from other cells.
    Built(Built),
}

impl ReferencePlace {
    /// The cells that it is made of.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let (cell, built) = match self {
            ReferencePlace::Cell(place) => (Some(*place), None),
            ReferencePlace::Built(built) => (None, Some(built.places())),
        };
        cell.into_iter().chain(built.into_iter().flatten())
    }
}

/// The places of the columns in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub reference: ReferencePlace,
    pub receiver: usize,
    pub amount: usize,
    pub description: Option<usize>,
    /// Two where the name stands in two columns, in the header's order.
    pub name: Vec<usize>,
    pub retry_of: Option<usize>,
    /// Columns that could be meant instead.
    pub rivals: Rivals,
    /// Columns that change what a row means.
    pub marks: RowMarks,
    /// What `[columns]` names and the file does not have, of what a file need not have.
    pub not_there: Vec<Known>,
    /// The file is in payoutd's own words.
    pub is_own: bool,
    /// Places of the file's other columns, in the header's order.
    pub other: Vec<usize>,
    /// Places under the header that have no name.
    pub unnamed: Vec<usize>,
    /// Every column's name as the header has it.
    pub names: Vec<String>,
    /// Cells that a row has at least: those up to the last named column.
    pub named_until: usize,
    /// The column right behind the amount, in a file whose cells commas part: what follows the comma of an
    /// amount such as 1250,50 or 1,250 would stand there.
    pub behind_amount: Option<Behind>,
}

/// The column right behind the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    pub place: usize,
    /// It is for texts, where two digits are strange; any other may be for small numbers.
    pub is_text: bool,
}

impl Columns {
    /// With what parts the cells.
    pub fn parted_by(mut self, delimiter: Delimiter) -> Columns {
        let place = self.amount + 1;
        let is_text = self.description == Some(place) || self.name.contains(&place);
        // Had the amount been cut, the reference or the receiver would stand one cell on, and be refused there.
        let is_key = self.receiver == place
            || self.retry_of == Some(place)
            || self.reference.places().any(|reference| reference == place);
        let there =
            delimiter == Delimiter::Comma && !is_key && place < self.names.len() && !self.unnamed.contains(&place);
        self.behind_amount = there.then_some(Behind { place, is_text });
        self
    }

    /// Refuses columns that would be read and that nobody sees.
    fn all_seen(self, line: u32, hidden: &[usize]) -> Result<Columns, Problem> {
        let known = self.reference.places().chain([self.receiver, self.amount]).chain(self.description);
        let unseen = known.chain(self.retry_of).chain(self.name.iter().copied()).find(|place| hidden.contains(place));
        let Some(place) = unseen else { return Ok(self) };
        let name = self.names.get(place).map_or("", String::as_str);
        let text = say!("workbook-column-hidden", letter = column_letters(place), column = quote(name));
        Err(Problem::of_cell(line, name, name, Code::ColumnHidden, text))
    }

    /// Reads the header's cells. `is_hidden`: whether nobody sees the column at a place.
    pub fn resolve<'a>(
        line: u32,
        cells: impl Iterator<Item = &'a str>,
        is_hidden: impl Fn(usize) -> bool,
        wanted: &ColumnNames,
    ) -> Result<Columns, Problem> {
        let names: Vec<String> = cells
            .take(MOST_COLUMNS + Known::ALL.len() + 2)
            .map(|cell| cleaned::text(cell.trim(), |_| {}).into_owned())
            .collect();
        let ours =
            names.iter().filter(|name| meant(name, wanted).is_some() || REASONS.contains(&fold(name).as_str())).count();
        if names.len().saturating_sub(ours) > MOST_COLUMNS {
            return Err(Problem::of_line(line, Code::TooManyColumns, say!("too-many-columns", most = MOST_COLUMNS)));
        }
        let folded = fold_all(line, &names)?;
        if is_report(&folded) {
            return Err(Problem::of_line(line, Code::ReportFile, say!("report-file")));
        }
        let hidden: Vec<usize> = (0..names.len()).filter(|place| is_hidden(*place)).collect();
        let found = Found { line, names: &names, folded: &folded, wanted, hidden: &hidden, own: own_words(&folded) };
        let one = |known| found.one(known);
        if let Some(known) = found.set_and_missing(&Known::REQUIRED).next() {
            return Err(found.not_there(known));
        }
        let (receiver, amount) = (found.taken(Role::Wallet), found.taken(Role::Amount));
        let (description, retry_of) = (one(Known::Description)?, one(Known::RetryOf)?);
        let reference = match (one(Known::Reference)?, wanted.built()) {
            (Some(place), _) => Some(ReferencePlace::Cell(place)),
            (None, Some(pieces)) => Some(ReferencePlace::Built(Built::from(pieces, line, &names, &folded)?)),
            (None, None) => None,
        };
        let name = found.name()?;
        let (Some(reference), Some(wallet), Some(sum)) = (reference.clone(), receiver.clone(), amount.clone()) else {
            let missing = [(Known::Reference, reference.is_none()), (Known::Receiver, receiver.is_none())];
            let missing = missing.into_iter().chain([(Known::Amount, amount.is_none())]);
            return Err(found.missing(missing.filter(|(_, gone)| *gone).map(|(known, _)| known).collect()));
        };
        let (receiver, amount) = (wallet.place, sum.place);
        let not_there = found.set_and_missing(&[Known::Description, Known::Name, Known::RetryOf]).collect();
        let unnamed: Vec<usize> = (0..names.len()).filter(|place| folded[*place].is_empty()).collect();
        let mut taken: Vec<usize> = vec![receiver, amount];
        taken.extend(match &reference {
            ReferencePlace::Cell(place) => Some(*place),
            // What it is built from is the file's own all the same.
            ReferencePlace::Built(_) => None,
        });
        taken.extend(description.into_iter().chain(retry_of).chain(name.iter().copied()));
        let is_other = |place: &usize| !taken.contains(place) && !unnamed.contains(place);
        let other: Vec<usize> = (0..names.len()).filter(is_other).collect();
        let rivals = found.rivals(wallet, sum, &other);
        let watched = other.iter().filter(|_| found.own.is_none());
        let marks = RowMarks::new(watched.map(|place| (*place, names[*place].as_str())));
        let named_until = folded.iter().rposition(|key| !key.is_empty()).map_or(0, |last| last + 1);
        Columns {
            reference,
            receiver,
            amount,
            description,
            name,
            retry_of,
            rivals,
            marks,
            not_there,
            is_own: found.own.is_some(),
            other,
            unnamed,
            names,
            named_until,
            behind_amount: None,
        }
        .all_seen(line, &hidden)
    }

    /// Which column is what, by name.
    pub fn read(&self) -> ColumnsRead {
        let name = |place: usize| self.names.get(place).cloned().unwrap_or_default();
        ColumnsRead {
            amount: name(self.amount),
            receiver: name(self.receiver),
            reference: self.reference_name(),
            name: self.name.iter().map(|place| name(*place)).collect(),
            description: self.description.map(name),
            own: self.is_own,
        }
    }

    /// What the reference's column is called in messages: its name, or what it is built from.
    pub fn reference_name(&self) -> String {
        match &self.reference {
            ReferencePlace::Cell(place) => self.names.get(*place).cloned().unwrap_or_default(),
            ReferencePlace::Built(built) => built.to_string(),
        }
    }

    /// The names of the other columns as a report carries them, all different.
    pub fn names_for_report(&self) -> Vec<String> {
        let own: Vec<&String> = self.other.iter().filter_map(|place| self.names.get(*place)).collect();
        let mut taken: Vec<String> = REPORT_COLUMNS.iter().map(|name| fold(name)).collect();
        let clashes = |name: &str, taken: &[String]| taken.contains(&fold(name));
        let free: Vec<String> = own.iter().filter(|name| !clashes(name, &taken)).map(|name| fold(name)).collect();
        taken.extend(free);
        let uses = |name: &str| REPORT_COLUMNS.iter().any(|column| fold(column) == fold(name));
        own.into_iter()
            .map(|name| {
                let mut unique = name.clone();
                if uses(name) {
                    while clashes(&unique, &taken) {
                        unique.insert_str(0, "file_");
                    }
                    taken.push(fold(&unique));
                }
                unique
            })
            .collect()
    }
}

/// Whether this is the header of a report or a register of ours, in any language: most of whom it names was
/// paid, and one of cancelled rows alone would be admitted.
fn is_report(folded: &[String]) -> bool {
    let signs = [say!("heading-status"), say!("heading-may-have-been-paid"), say!("heading-final-status")];
    let has = |text: String| folded.contains(&fold(&text));
    Language::ALL.into_iter().any(|language| signs.iter().all(|sign| has(sign.text(language))))
}

/// The header's names, folded; each may be there once.
fn fold_all(line: u32, names: &[String]) -> Result<Vec<String>, Problem> {
    let mut folded: Vec<String> = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        if name.chars().count() > LONGEST_NAME || name.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            let text = say!("column-name", column = place + 1, longest = LONGEST_NAME);
            return Err(Problem::of_cell(line, name, name, Code::ColumnName, text));
        }
        let key = fold(name);
        if let Some(first) = folded.iter().position(|earlier| !key.is_empty() && *earlier == key) {
            let text = say!("column-twice", first = first + 1, second = place + 1);
            return Err(Problem::of_cell(line, name, name, Code::ColumnTwice, text));
        }
        folded.push(key);
    }
    Ok(folded)
}

#[cfg(test)]
mod tests;
