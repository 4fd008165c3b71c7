//! The last row of a sheet that adds it up: `TOTAL;;12500.00`. It is held against the rows as `# total:` is.
//!
//! Must never: pay it, or take a row that names a wallet for it.

use super::columns::Columns;
use super::fold::fold;
use super::records::Record;

/// What people write into such a row, folded.
const WORDS: [&str; 19] = [
    "total",
    "totals",
    "totaux",
    "totalgeneral",
    "totaljeneral",
    "grandtotal",
    "grantotal",
    "totalapayer",
    "totalnet",
    "totalnetapayer",
    "totalhtg",
    "totalgourdes",
    "totalgoud",
    "totalpoupeye",
    "montanttotal",
    "montantotal",
    "montantoutal",
    "somme",
    "som",
];

/// What else may stand around the word.
const AROUND: [char; 8] = [':', '.', '=', '*', '(', ')', '\'', '’'];

/// What a record is, seen as a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A row like others.
    No,
    Total,
    /// An amount, and nothing that says what it is.
    Nameless,
}

/// Whether a text is nothing but the word for a total.
pub fn is_word(text: &str) -> bool {
    // Asked of every row's reference: nearly all have a digit, and no such word does.
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let folded: String = fold(text).chars().filter(|c| !AROUND.contains(c)).collect();
    WORDS.contains(&folded.as_str())
}

/// Whether a text begins with the word, whatever follows: `Total général juillet 2026`.
fn begins(text: &str) -> bool {
    is_word(text) || {
        let first = text.trim().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        is_word(first) && first.len() > "som".len()
    }
}

/// Whether a record is worth a look: it has no number of a wallet.
pub fn is_likely(record: &Record<'_>, columns: &Columns) -> bool {
    let receiver = record.cell(columns.receiver).unwrap_or_default().trim_start();
    receiver.chars().next().is_none_or(char::is_alphabetic)
}

/// Looks at a record that is no payout: one without a receiver.
pub fn look(record: &Record<'_>, columns: &Columns) -> Seen {
    let cell = |place: usize| record.cell(place).unwrap_or_default().trim();
    let amount = cell(columns.amount);
    let receiver = cell(columns.receiver);
    if record.broken || record.len() > columns.names.len() || amount.is_empty() {
        return Seen::No;
    }
    if !(receiver.is_empty() || is_word(receiver)) {
        return Seen::No;
    }
    let references = || columns.reference.places().map(cell).filter(|text| !text.is_empty());
    let retries = columns.retry_of.is_some_and(|place| !cell(place).is_empty());
    if retries || references().any(|text| !begins(text)) {
        return Seen::No;
    }
    let others =
        || (0..record.len()).filter(|place| *place != columns.amount).map(cell).filter(|text| !text.is_empty());
    match others().next() {
        None => Seen::Nameless,
        Some(_) if others().any(begins) => Seen::Total,
        Some(_) => Seen::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_goes_by_its_word() {
        for word in ["TOTAL", "Total :", "Total général", "TOTAL JENERAL", "Grand Total", "Total (HTG)", "Montan total"]
        {
            assert!(is_word(word), "{word}");
        }
        for name in ["TOTAL-0001", "Total Energies", "Totaline", "Tot", "", "EMP-1"] {
            assert!(!is_word(name), "{name}");
        }
        assert!(begins("Total juillet 2026") && begins("TOTAL: 250 employés") && !begins("Totaline Joseph"));
    }
}
