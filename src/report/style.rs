//! How the files of a report are written: in which language, and by which spreadsheet's habits.
//!
//! Must never: change what is said, only how it looks; and never name a column of a retry file in a way
//! that the reader of payroll files does not know.

use crate::payout::batch::ReadAs;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payout::state::StateWord;
use crate::payroll::{Delimiter, Encoding};
use crate::words::{Language, Saying, say};

/// A mark at a file's beginning by which Excel knows UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub language: Language,
    pub delimiter: Delimiter,
    pub decimal_comma: bool,
    /// Whether the files begin with [`BYTE_ORDER_MARK`].
    pub mark: bool,
    /// Receivers without 509: eight digits, which a spreadsheet shows whole in a narrow column too.
    pub short_receivers: bool,
}

impl Style {
    /// Commas, points, receivers with 509. In English without a mark, for scripts; other languages have
    /// letters that Excel shows right only behind one.
    pub fn plain(language: Language) -> Style {
        let mark = language != Language::English;
        Style { language, delimiter: Delimiter::Comma, decimal_comma: false, mark, short_receivers: false }
    }

    /// As the batch's file came, so that the spreadsheet which wrote that opens this. Where no amount showed
    /// the decimal mark, semicolons do: a spreadsheet parts lists by them where its decimal mark is a comma.
    /// What came in letters that cannot write everything (Windows-1252), or as UTF-16, is answered in UTF-8
    /// behind a mark, which the same spreadsheets know.
    /// A workbook shows neither: then the reader's language does, French and Kreyòl as Excel in French has it.
    pub fn as_received(language: Language, read_as: &ReadAs) -> Style {
        if read_as.encoding == Encoding::Workbook.name() {
            let comma = language != Language::English;
            let delimiter = if comma { Delimiter::Semicolon } else { Delimiter::Comma };
            return Style { language, delimiter, decimal_comma: comma, mark: true, short_receivers: true };
        }
        let separator = |delimiter: &Delimiter| read_as.separator.as_bytes() == [delimiter.byte()];
        let delimiter = Delimiter::ALL.into_iter().find(separator).unwrap_or_default();
        let decimal_comma = match read_as.decimal.as_deref() {
            Some(mark) => mark == "comma",
            None => delimiter == Delimiter::Semicolon,
        };
        let mark = language != Language::English || read_as.marked || read_as.encoding != "UTF-8";
        Style { language, delimiter, decimal_comma, mark, short_receivers: true }
    }

    pub fn amount(&self, amount: Amount) -> String {
        let text = amount.to_string();
        if self.decimal_comma { text.replace('.', ",") } else { text }
    }

    pub fn receiver(&self, receiver: Account) -> String {
        if self.short_receivers { format!("{:08}", receiver.local()) } else { receiver.msisdn() }
    }

    pub fn text(&self, saying: &Saying) -> String {
        saying.text(self.language)
    }
}

/// The report's own columns, in the order of [`super::batch_report::COLUMNS`]; in English they are those.
pub fn headings(language: Language) -> [String; 17] {
    [
        say!("heading-line"),
        say!("heading-reference"),
        say!("heading-receiver"),
        say!("heading-name"),
        say!("heading-amount"),
        say!("heading-description"),
        say!("heading-status"),
        say!("heading-may-have-been-paid"),
        say!("heading-transaction-id"),
        say!("heading-attempts"),
        say!("heading-first-sent-at"),
        say!("heading-settled-at"),
        say!("heading-confirmed-by"),
        say!("heading-reason"),
        say!("heading-retry-of"),
        say!("heading-retried-as"),
        say!("heading-final-status"),
    ]
    .map(|heading| heading.text(language))
}

/// The columns of a retry file, before the file's other columns.
pub fn retry_headings(language: Language) -> [String; 7] {
    [
        say!("heading-reference"),
        say!("heading-receiver"),
        say!("heading-amount"),
        say!("heading-description"),
        say!("heading-name"),
        say!("heading-retry-of"),
        say!("heading-reason"),
    ]
    .map(|heading| heading.text(language))
}

/// The heading of a retry file's reason, in every language: what an earlier retry file of ours called it.
pub fn reason_headings() -> [String; 3] {
    Language::ALL.map(|language| say!("heading-reason").text(language))
}

/// Where a payout stands, in a word. In reports and JSON it is the contract's, whatever the language.
pub fn word(word: StateWord) -> Saying {
    match word {
        StateWord::Queued => say!("word-queued"),
        StateWord::InDoubt => say!("word-in-doubt"),
        StateWord::Paid => say!("word-paid"),
        StateWord::Declined => say!("word-declined"),
        StateWord::Held => say!("word-held"),
        StateWord::Cancelled => say!("word-cancelled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payroll::columns::REPORT_COLUMNS;
    use crate::payroll::fold;

    #[test]
    fn english_headings_are_the_contract() {
        assert_eq!(headings(Language::English), REPORT_COLUMNS);
    }

    #[test]
    fn no_two_headings_of_a_language_are_the_same_to_a_reader() {
        for language in Language::ALL {
            let mut folded: Vec<String> = headings(language).iter().map(|name| fold(name)).collect();
            folded.sort();
            folded.dedup();
            assert_eq!(folded.len(), 17, "{language}");
        }
    }

    #[test]
    fn numbers_look_as_the_style_says() {
        let (amount, receiver) = (Amount::from_centimes(125_050), Account::parse("50937007294").unwrap());
        let plain = Style::plain(Language::French);
        assert_eq!((plain.amount(amount), plain.receiver(receiver)), ("1250.50".into(), "50937007294".into()));
        let other = Style { decimal_comma: true, short_receivers: true, ..plain };
        assert_eq!((other.amount(amount), other.receiver(receiver)), ("1250,50".into(), "37007294".into()));
    }
}
