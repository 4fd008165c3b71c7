//! A statement of the prefunded account, as the business portal gives it out (CSV): which payouts
//! it holds, by transaction id or reference.
//!
//! Nobody has published its columns, so they are found by name, and a file whose columns are not
//! found is refused rather than read by guess.
//!
//! Must never: let a line of another amount pass for a payout.

use crate::payout::instruction::Reference;
use crate::payout::money::Amount;
use std::collections::BTreeMap;
use std::io::Read;

/// Largest statement that is read, in bytes: some hundred thousand lines.
const LARGEST: u64 = 64 << 20;

/// Names of columns, without case, spaces, dots, dashes and underscores.
const TRANSACTION: [&str; 8] = [
    "transactionid",
    "transaction",
    "receiptno",
    "receiptnumber",
    "receipt",
    "transid",
    "notransaction",
    "idtransaction",
];
const REFERENCE: [&str; 5] = ["reference", "référence", "orderid", "externalreference", "ref"];
const AMOUNT: [&str; 7] = ["amount", "montant", "debit", "débit", "withdrawn", "paidout", "transactionamount"];

#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    #[error("the statement is larger than 64 MiB: give one of a shorter period")]
    TooLarge,
    #[error(
        "the statement names no column for {0}: its first line must name the columns transaction id and/or reference, and amount (known names: {1})"
    )]
    Column(&'static str, String),
    #[error("line {line} of the statement: the amount '{value}' cannot be read: write it as 1250.00")]
    Amount { line: u64, value: String },
    #[error("the statement could not be read: {0}")]
    Read(String),
}

/// One line that took money out of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub line: u64,
    pub transaction: String,
    pub reference: String,
    /// Without its sign.
    pub amount: Amount,
}

/// What a statement says of one payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Once,
    Twice,
    OtherAmount,
    Missing,
}

impl Found {
    pub fn word(self) -> &'static str {
        match self {
            Found::Once => "found",
            Found::Twice => "found_twice",
            Found::OtherAmount => "other_amount",
            Found::Missing => "missing",
        }
    }
}

/// A statement, and which of its lines were met by a payout.
#[derive(Debug, Default)]
pub struct Statement {
    entries: Vec<Entry>,
    met: Vec<bool>,
    by_transaction: BTreeMap<String, Vec<usize>>,
    by_reference: BTreeMap<String, Vec<usize>>,
}

impl Statement {
    /// Reads a whole statement; commas or semicolons.
    pub fn read(source: impl Read) -> Result<Statement, StatementError> {
        let mut text = String::new();
        let read = source.take(LARGEST + 1).read_to_string(&mut text);
        read.map_err(|error| StatementError::Read(format!("{error}; save it as UTF-8")))?;
        if text.len() as u64 > LARGEST {
            return Err(StatementError::TooLarge);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let header = text.lines().next().unwrap_or_default();
        let delimiter = if header.matches(';').count() > header.matches(',').count() { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let names = reader.headers().map_err(|error| StatementError::Read(error.to_string()))?.clone();
        let place = |known: &[&str]| names.iter().position(|name| known.contains(&fold(name).as_str()));
        let (transaction, reference) = (place(&TRANSACTION), place(&REFERENCE));
        if transaction.is_none() && reference.is_none() {
            let known = TRANSACTION.iter().chain(&REFERENCE).copied().collect::<Vec<_>>().join(", ");
            return Err(StatementError::Column("transaction id or reference", known));
        }
        let amount = place(&AMOUNT).ok_or_else(|| StatementError::Column("amount", AMOUNT.join(", ")))?;
        let mut statement = Statement::default();
        for record in reader.records() {
            let record = record.map_err(|error| StatementError::Read(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |place: Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default().trim();
            let value = cell(Some(amount));
            // A column of debits is empty where money came in.
            if value.is_empty() || (cell(transaction).is_empty() && cell(reference).is_empty()) {
                continue;
            }
            let amount = read_amount(value)
                .ok_or_else(|| StatementError::Amount { line, value: value.escape_debug().to_string() })?;
            statement.add(Entry {
                line,
                transaction: cell(transaction).to_string(),
                reference: cell(reference).to_string(),
                amount,
            });
        }
        Ok(statement)
    }

    fn add(&mut self, entry: Entry) {
        let at = self.entries.len();
        if !entry.transaction.is_empty() {
            self.by_transaction.entry(entry.transaction.clone()).or_default().push(at);
        }
        if !entry.reference.is_empty() {
            self.by_reference.entry(Reference::key_of(&entry.reference)).or_default().push(at);
        }
        self.entries.push(entry);
        self.met.push(false);
    }

    /// Looks a payout up and remembers its lines as met.
    pub fn look_up(&mut self, reference: &Reference, transaction: Option<&str>, amount: Amount) -> Found {
        let mut lines: Vec<usize> = self.by_reference.get(&reference.key()).cloned().unwrap_or_default();
        lines.extend(transaction.and_then(|id| self.by_transaction.get(id)).into_iter().flatten());
        lines.sort_unstable();
        lines.dedup();
        let mut same = 0;
        for &line in &lines {
            if let (Some(met), Some(entry)) = (self.met.get_mut(line), self.entries.get(line)) {
                *met = true;
                same += usize::from(entry.amount == amount);
            }
        }
        match (lines.len(), same) {
            (0, _) => Found::Missing,
            (1, 1) => Found::Once,
            (_, 0 | 1) => Found::OtherAmount,
            _ => Found::Twice,
        }
    }

    /// Lines that no payout met.
    pub fn unmet(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().zip(&self.met).filter(|(_, met)| !**met).map(|(entry, _)| entry)
    }

    pub fn lines(&self) -> usize {
        self.entries.len()
    }
}

fn fold(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '_' | '\u{feff}')).collect()
}

/// `-1,250.00`, `1 250.00` and `1250` are amounts; the sign only says that it was a debit.
fn read_amount(text: &str) -> Option<Amount> {
    let text = text.trim().trim_start_matches(['-', '+']).trim_end_matches("HTG").trim_end();
    let grouped = text.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() <= 2);
    let plain: String =
        text.chars().filter(|c| !(matches!(c, ' ' | '\u{a0}' | '\u{202f}') || (grouped && *c == ','))).collect();
    Amount::parse(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        Reference::parse(text).unwrap()
    }

    fn htg(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn payouts_are_found_by_transaction_or_reference_and_only_with_their_amount() {
        let text = "Transaction ID;Reference;Amount\n7;PAY-1;-1 250.00\n8;;10.00\n9;PAY-3;5.00\n10;pay-4;1\n11;PAY-4;1\n12;X;3\n";
        let mut statement = Statement::read(text.as_bytes()).unwrap();
        assert_eq!(statement.look_up(&reference("PAY-1"), Some("7"), htg("1250.00")), Found::Once);
        assert_eq!(statement.look_up(&reference("PAY-2"), Some("8"), htg("10.00")), Found::Once);
        assert_eq!(statement.look_up(&reference("PAY-3"), None, htg("50.00")), Found::OtherAmount);
        assert_eq!(statement.look_up(&reference("PAY-4"), Some("10"), htg("1.00")), Found::Twice);
        assert_eq!(statement.look_up(&reference("PAY-5"), Some("99"), htg("1.00")), Found::Missing);
        let unmet: Vec<&str> = statement.unmet().map(|entry| entry.transaction.as_str()).collect();
        assert_eq!(unmet, ["12"]);
    }

    #[test]
    fn a_statement_that_cannot_be_understood_is_refused_and_not_guessed_at() {
        for text in ["", "a,b\n1,2\n", "reference,note\nA,1\n", "amount\n1\n", "reference,amount\nA,much\n"] {
            assert!(Statement::read(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn amounts_are_read_as_statements_print_them() {
        for (text, amount) in
            [("1,250.00", "1250.00"), ("-10", "10.00"), ("+3.5", "3.50"), ("12 000.25 HTG", "12000.25")]
        {
            assert_eq!(read_amount(text), Some(htg(amount)), "{text}");
        }
        for text in ["", "x", "1.005", "1,25"] {
            assert_eq!(read_amount(text), None, "{text}");
        }
    }
}
