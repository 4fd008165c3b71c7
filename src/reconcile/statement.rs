//! A statement of the prefunded account, as the business portal gives it out (CSV), or any CSV with a
//! transaction id or reference and an amount: which payouts it holds.
//!
//! Nobody has published its columns, so they are found by name, or named by whoever asks; a file whose
//! columns are not found is refused rather than read by guess, and so is an amount that could be two.
//!
//! Must never: let a line of another amount pass for a payout.

use super::figures::read_amount;
use crate::payout::instruction::Reference;
use crate::payout::money::Amount;
use crate::payroll::encoding::{Decoding, UTF8_MARK, presume};
use crate::payroll::fold;
use std::collections::BTreeMap;
use std::io::Read;

/// Largest statement that is read, in bytes: some hundred thousand lines.
const LARGEST: u64 = 64 << 20;
/// The line that names the columns is looked for among so many: portals put a title above it.
const MOST_TITLES: usize = 20;

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
const REFERENCE: [&str; 6] = ["reference", "référence", "referans", "orderid", "externalreference", "ref"];
/// What left before what moved: a column of debits is empty where money came in.
const AMOUNT: [&str; 8] =
    ["debit", "débit", "withdrawn", "paidout", "amount", "montant", "montan", "transactionamount"];

/// Columns that whoever asks has named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    pub transaction: Option<String>,
    pub reference: Option<String>,
    pub amount: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    #[error("the statement is larger than 64 MiB: give one of a shorter period")]
    TooLarge,
    #[error(
        "the statement names no column for {0}: one of its first lines must name the columns transaction id and/or reference, and amount (known names: {1}), or name them with --statement-transaction, --statement-reference and --statement-amount"
    )]
    Column(&'static str, String),
    #[error("the statement has two columns '{0}': rename the one that is not meant")]
    TwoColumns(String),
    #[error(
        "line {line} of the statement: the amount '{value}' cannot be read, or could be read in two ways: write it as 1250.00"
    )]
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
    /// The word for scripts; `paid`: the ledger says that the payout is paid.
    pub fn word(self, paid: bool) -> &'static str {
        match (self, paid) {
            (Found::Once, true) => "matched",
            (Found::Twice, _) => "twice",
            (Found::OtherAmount, _) => "different_amount",
            (Found::Once, false) => "only_theirs",
            (Found::Missing, true) => "only_ours",
            (Found::Missing, false) => "not_there",
        }
    }

    /// Paid and in the statement once, or unpaid and not in it: all else differs.
    pub fn agrees(self, paid: bool) -> bool {
        self == if paid { Found::Once } else { Found::Missing }
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
    /// Reads a whole statement: columns between commas, semicolons, tabs or bars; UTF-8, UTF-16 with its
    /// mark, or Windows' Western letters.
    pub fn read(source: impl Read, named: &Columns) -> Result<Statement, StatementError> {
        let mut bytes = Vec::new();
        let read = source.take(LARGEST + 1).read_to_end(&mut bytes);
        read.map_err(|error| StatementError::Read(error.to_string()))?;
        if bytes.len() as u64 > LARGEST {
            return Err(StatementError::TooLarge);
        }
        let text = decode(&bytes).map_err(|error| StatementError::Read(error.to_string()))?;
        let mut last = StatementError::Read("it is empty".to_string());
        for delimiter in delimiters(&text) {
            match Statement::read_cut(&text, delimiter, named) {
                Err(error @ (StatementError::Column(..) | StatementError::Read(_))) => last = error,
                read => return read,
            }
        }
        Err(last)
    }

    fn read_cut(text: &str, delimiter: u8, named: &Columns) -> Result<Statement, StatementError> {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records();
        let mut places = Err(StatementError::Read("it is empty".to_string()));
        for record in records.by_ref().take(MOST_TITLES) {
            let record = record.map_err(|error| StatementError::Read(error.to_string()))?;
            match (Places::find(&record, named), &places) {
                (Ok(found), _) => {
                    places = Ok(found);
                    break;
                }
                (Err(error @ StatementError::TwoColumns(_)), _) => return Err(error),
                // What the first line lacks is told.
                (Err(error), Err(StatementError::Read(_))) => places = Err(error),
                (Err(_), _) => {}
            }
        }
        let Places { transaction, reference, amount } = places?;
        let mut statement = Statement::default();
        for record in records {
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

/// Where the columns are.
struct Places {
    transaction: Option<usize>,
    reference: Option<usize>,
    amount: usize,
}

impl Places {
    fn find(header: &csv::StringRecord, named: &Columns) -> Result<Places, StatementError> {
        let transaction = place(header, named.transaction.as_deref(), &TRANSACTION)?;
        let reference = place(header, named.reference.as_deref(), &REFERENCE)?;
        if transaction.is_none() && reference.is_none() {
            let known = TRANSACTION.iter().chain(&REFERENCE).copied().collect::<Vec<_>>().join(", ");
            return Err(StatementError::Column("transaction id or reference", known));
        }
        let amount = place(header, named.amount.as_deref(), &AMOUNT)?;
        let amount = amount.ok_or_else(|| StatementError::Column("amount", AMOUNT.join(", ")))?;
        Ok(Places { transaction, reference, amount })
    }
}

/// The column that was named, or else the first of the known names that is there.
fn place(header: &csv::StringRecord, named: Option<&str>, known: &[&str]) -> Result<Option<usize>, StatementError> {
    let named = named.map(heading);
    let wanted: Vec<&str> = named.as_deref().map_or_else(|| known.to_vec(), |named| vec![named]);
    for name in wanted {
        let mut places = header.iter().enumerate().filter(|(_, cell)| heading(cell) == name);
        if let Some((place, cell)) = places.next() {
            return match places.next() {
                Some(_) => Err(StatementError::TwoColumns(cell.trim().to_string())),
                None => Ok(Some(place)),
            };
        }
    }
    Ok(None)
}

/// What the columns may be cut by, the likeliest first: the one that stands most often in some line.
fn delimiters(text: &str) -> Vec<u8> {
    let most = |by: char| text.lines().take(MOST_TITLES).map(|line| line.matches(by).count()).max().unwrap_or(0);
    let mut found: Vec<(usize, u8)> =
        [',', ';', '\t', '|'].into_iter().map(|by| (most(by), by as u8)).filter(|(count, _)| *count > 0).collect();
    found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    // One column alone has no separator.
    if found.is_empty() { vec![b','] } else { found.into_iter().map(|(_, by)| by).collect() }
}

/// Of the letters, only names and headings could be others: references and figures are the same in all of them.
fn decode(bytes: &[u8]) -> std::io::Result<String> {
    let mut text = Vec::new();
    Decoding::new(bytes).read_to_end(&mut text)?;
    Ok(presume(text.strip_prefix(UTF8_MARK).unwrap_or(&text)).into_owned())
}

/// Portals put points into headings, too: `Ref. No.`.
fn heading(name: &str) -> String {
    fold(name).replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        Reference::parse(text).unwrap()
    }

    fn read(text: &str) -> Result<Statement, StatementError> {
        Statement::read(text.as_bytes(), &Columns::default())
    }

    fn htg(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn payouts_are_found_by_transaction_or_reference_and_only_with_their_amount() {
        let text = "Transaction ID;Reference;Amount\n7;PAY-1;-1 250.00\n8;;10.00\n9;PAY-3;5.00\n10;pay-4;1\n11;PAY-4;1\n12;X;3\n";
        let mut statement = read(text).unwrap();
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
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn columns_are_found_below_titles_in_every_cut_and_letter_and_by_the_names_that_are_given() {
        let same = |bytes: &[u8], named: &Columns| {
            let mut statement = Statement::read(bytes, named).unwrap();
            assert_eq!(statement.look_up(&reference("PAY-1"), None, htg("1250.00")), Found::Once);
            assert_eq!(statement.lines(), 1);
        };
        for text in [
            "Relevé du compte\n\nRéférence;Débit;Crédit\nPAY-1;1 250,00;\n;;500,00\n",
            "référence|montant\nPAY-1|1'250.00\n",
            "ref\tamount\tdebit\nPAY-1\t0\t1250\n",
        ] {
            same(text.as_bytes(), &Columns::default());
            let wide: Vec<u8> =
                "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            same(&wide, &Columns::default());
            let western: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            same(&western, &Columns::default());
        }
        let named = Columns {
            reference: Some("Notre numéro".to_string()),
            amount: Some("somme".to_string()),
            transaction: None,
        };
        same("Notre numéro,Somme,Amount\nPAY-1,1250.00,7.00\n".as_bytes(), &named);
        assert!(Statement::read(&b"reference,amount\nPAY-1,1250.00\n"[..], &named).is_err());
        let twice = read("reference,amount,Amount\nPAY-1,1,2\n");
        assert!(matches!(twice, Err(StatementError::TwoColumns(_))), "{twice:?}");
    }
}
