//! Which column is which, from the header.
//!
//! Must never: take one of two columns that could both be meant.

use super::problem::{Code, Problem, quote};
use super::writer::undo_harmless;

/// Columns in one file besides those that payoutd knows and writes itself, so that a retry file never
/// has too many. Ten times a wide payroll.
const MOST_COLUMNS: usize = 256;

/// The column of a retry file that says why the row was not paid, folded.
const REASON: &str = "reason";

/// Characters in a column's name.
const LONGEST_NAME: usize = 100;

/// A column whose meaning is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Reference,
    Receiver,
    Amount,
    Description,
    Name,
    RetryOf,
}

/// The names a known column goes by, folded (see [`fold`]). The first is the one that messages use.
const NAMES: &[(Known, &[&str])] = &[
    (Known::Reference, &["reference"]),
    (Known::Receiver, &["receiver"]),
    (Known::Amount, &["amount"]),
    (Known::Description, &["description"]),
    (Known::Name, &["name"]),
    (Known::RetryOf, &["retryof"]),
];

const REQUIRED: &[(Known, &str)] =
    &[(Known::Reference, "reference"), (Known::Receiver, "receiver"), (Known::Amount, "amount")];

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

/// A name without what people vary: case, accents, spaces, `_` and `-`.
pub fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).filter_map(without_accent).collect()
}

fn without_accent(c: char) -> Option<char> {
    Some(match c {
        '_' | '-' | '\u{feff}' | '\u{200b}' | '\u{300}'..='\u{36f}' => return None,
        c if c.is_whitespace() => return None,
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        c => c,
    })
}

fn known(folded: &str) -> Option<Known> {
    NAMES.iter().find(|(_, names)| names.contains(&folded)).map(|(known, _)| *known)
}

/// How many of these header cells name a known column.
pub fn count_known(cells: &[String]) -> usize {
    cells.iter().filter(|cell| known(&fold(cell)).is_some()).count()
}

/// Whether these header cells name every required column.
pub fn names_all(cells: &[String]) -> bool {
    let found: Vec<Known> = cells.iter().filter_map(|cell| known(&fold(cell))).collect();
    REQUIRED.iter().all(|(column, _)| found.contains(column))
}

/// The places of the columns in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub reference: usize,
    pub receiver: usize,
    pub amount: usize,
    pub description: Option<usize>,
    pub name: Option<usize>,
    pub retry_of: Option<usize>,
    /// Places of the file's other columns, in the header's order.
    pub other: Vec<usize>,
    /// Places under the header that have no name.
    pub unnamed: Vec<usize>,
    /// Every column's name as the header has it.
    pub names: Vec<String>,
    /// Cells that a row has at least: those up to the last named column.
    pub named_until: usize,
}

impl Columns {
    /// Reads the header's cells.
    pub fn resolve<'a>(line: u32, cells: impl Iterator<Item = &'a str>) -> Result<Columns, Problem> {
        let names: Vec<String> =
            cells.take(MOST_COLUMNS + NAMES.len() + 2).map(|cell| undo_harmless(cell.trim()).into_owned()).collect();
        let ours = names.iter().map(|name| fold(name)).filter(|name| known(name).is_some() || name == REASON).count();
        if names.len() - ours > MOST_COLUMNS {
            let text = format!(
                "The header has more than {MOST_COLUMNS} columns besides those that payoutd knows: remove those that no \
                 payroll needs."
            );
            return Err(Problem::of_line(line, Code::TooManyColumns, text));
        }
        let mut found: [Option<usize>; NAMES.len()] = [None; NAMES.len()];
        let (mut other, mut unnamed, mut folded) = (Vec::new(), Vec::new(), Vec::new());
        for (place, name) in names.iter().enumerate() {
            if name.chars().count() > LONGEST_NAME || name.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
                let text = format!(
                    "Column {} has a name with hidden characters or of more than {LONGEST_NAME} characters: rename it.",
                    place + 1
                );
                return Err(Problem::of_cell(line, name, name, Code::ColumnName, text));
            }
            let key = fold(name);
            if key.is_empty() {
                unnamed.push(place);
                folded.push(key);
                continue;
            }
            if let Some(first) = folded.iter().position(|earlier| *earlier == key) {
                let text = format!(
                    "Columns {} and {} have the same name: keep one of them, or rename one.",
                    first + 1,
                    place + 1
                );
                return Err(Problem::of_cell(line, name, name, Code::ColumnTwice, text));
            }
            match known(&key) {
                Some(column) => take_place(&mut found, column, place),
                None => other.push(place),
            }
            folded.push(key);
        }
        let named_until = folded.iter().rposition(|key| !key.is_empty()).map_or(0, |last| last + 1);
        let at = |column| found[place_of(column)];
        match (at(Known::Reference), at(Known::Receiver), at(Known::Amount)) {
            (Some(reference), Some(receiver), Some(amount)) => Ok(Columns {
                reference,
                receiver,
                amount,
                description: at(Known::Description),
                name: at(Known::Name),
                retry_of: at(Known::RetryOf),
                other,
                unnamed,
                names,
                named_until,
            }),
            _ => Err(missing(line, &names, |column| at(column).is_none())),
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

fn place_of(column: Known) -> usize {
    NAMES.iter().position(|(known, _)| *known == column).unwrap_or_default()
}

fn take_place(found: &mut [Option<usize>; NAMES.len()], column: Known, place: usize) {
    found[place_of(column)].get_or_insert(place);
}

fn missing(line: u32, names: &[String], is_missing: impl Fn(Known) -> bool) -> Problem {
    let wanted: Vec<&str> = REQUIRED.iter().filter(|(column, _)| is_missing(*column)).map(|(_, name)| *name).collect();
    let present = quote(&names.join(", "));
    let text = format!(
        "The header does not name {}: the first line must name the columns reference, receiver and amount.",
        wanted.join(" and ")
    );
    Problem { line, column: wanted.join(" "), value: present, code: Code::ColumnMissing, problem: text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(header: &str) -> Result<Columns, Code> {
        Columns::resolve(1, header.split(',')).map_err(|p| p.code)
    }

    #[test]
    fn names_are_known_whatever_their_case_accents_spaces_and_dashes() {
        let columns = resolve("AMOUNT, Référence ,re_ceiver,Retry-Of,NAME,Dept,description").unwrap();
        assert_eq!((columns.reference, columns.receiver, columns.amount), (1, 2, 0));
        assert_eq!((columns.retry_of, columns.name, columns.description), (Some(3), Some(4), Some(6)));
        assert_eq!(columns.other, [5]);
    }

    #[test]
    fn what_is_missing_or_doubled_is_an_error() {
        assert_eq!(resolve("reference,amount"), Err(Code::ColumnMissing));
        assert_eq!(resolve("reference,receiver,amount,Ref_erence"), Err(Code::ColumnTwice));
        assert_eq!(resolve("reference,receiver,amount,note,NOTE"), Err(Code::ColumnTwice));
        assert_eq!(resolve(&format!("reference,receiver,amount{}", ",x".repeat(300))), Err(Code::TooManyColumns));
        assert_eq!(resolve("reference,receiver,amount,a\u{7}b"), Err(Code::ColumnName));
        let missing = Columns::resolve(3, ["reference"].into_iter()).unwrap_err();
        assert!(missing.problem.contains("receiver and amount") && missing.line == 3, "{missing}");
    }

    #[test]
    fn unnamed_columns_are_told_apart() {
        let columns = resolve("reference,,receiver,amount,,").unwrap();
        assert_eq!((columns.unnamed, columns.named_until), (vec![1, 4, 5], 4));
    }

    #[test]
    fn a_report_never_has_two_columns_of_one_name() {
        let columns = resolve("reference,receiver,amount,Status,file_status,Dept,final status,line").unwrap();
        assert_eq!(
            columns.names_for_report(),
            ["file_file_Status", "file_status", "Dept", "file_final status", "file_line"]
        );
        assert_eq!(resolve("reference,receiver,amount,status").unwrap().names_for_report(), ["file_status"]);
    }
}
