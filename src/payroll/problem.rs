//! What is wrong with a batch file, for the person who has to put it right and for the script that
//! reads the errors file.
//!
//! Must never: change a code that has been published, or print a control character.

use crate::words::Saying;
use std::fmt;

/// Characters of a cell that a problem quotes; enough to recognise it by.
const LONGEST_QUOTE: usize = 200;

/// One thing to correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line as a spreadsheet counts it, header included; 1 where it is the whole file's.
    pub line: u32,
    /// The column as the user's header names it; empty where it is no column's.
    pub column: String,
    /// What stands there, shortened, control characters escaped.
    pub value: String,
    pub code: Code,
    /// A sentence that says what to do.
    pub problem: Saying,
}

impl Problem {
    /// A problem of the whole file.
    pub fn of_file(code: Code, problem: Saying) -> Problem {
        Problem::of_line(1, code, problem)
    }

    /// A problem of a whole line.
    pub fn of_line(line: u32, code: Code, problem: Saying) -> Problem {
        Problem { line, column: String::new(), value: String::new(), code, problem }
    }

    /// A problem of one cell.
    pub fn of_cell(line: u32, column: &str, value: &str, code: Code, problem: Saying) -> Problem {
        Problem { line, column: quote(column), value: quote(value), code, problem }
    }
}

/// For logs and terminals. Receivers are the user's own text; a log that takes this masks them.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        if !self.value.is_empty() {
            write!(f, " \"{}\"", self.value)?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// A cell's text as a message can carry it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST_QUOTE));
    for (place, c) in text.chars().enumerate() {
        if place == LONGEST_QUOTE {
            out.push('…');
            break;
        }
        if super::cells::is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What kind of problem it is: stable words that scripts may rely on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }
        }
    };
}

codes! {
    // Of the file as a whole.
    /// Nothing is in it.
    EmptyFile = "empty_file",
    /// The disk did not give it whole.
    Unreadable = "unreadable",
    /// A workbook, a PDF, a picture: no text.
    NotText = "not_text",
    /// Text, but not in one encoding throughout.
    NotUtf8 = "not_utf8",
    /// A workbook that cannot be opened or read to its end.
    WorkbookUnreadable = "workbook_unreadable",
    /// A workbook that holds, or unpacks to, more than is read.
    WorkbookTooLarge = "workbook_too_large",
    /// Several sheets hold something, and none is named.
    SheetsSeveral = "sheets_several",
    /// The sheet that the configuration names is not there.
    SheetMissing = "sheet_missing",
    /// The sheet is hidden.
    SheetHidden = "sheet_hidden",
    /// No line names the columns.
    HeaderMissing = "header_missing",
    /// A required column is not there.
    ColumnMissing = "column_missing",
    /// Two columns have one name.
    ColumnTwice = "column_twice",
    /// Two columns could both be meant.
    ColumnAmbiguous = "column_ambiguous",
    /// A column's name is too long or holds hidden characters.
    ColumnName = "column_name",
    /// A report of payoutd's own: it says who was paid.
    ReportFile = "report_file",
    /// More columns than any payroll has.
    TooManyColumns = "too_many_columns",
    /// More lines than one file may have.
    TooManyLines = "too_many_lines",
    /// One line is longer than any row can be.
    LineTooLong = "line_too_long",
    /// A header and no row.
    NoRows = "no_rows",
    /// The last line has no end: it may be half a file.
    HalfFile = "half_file",
    /// A `#` line that looks like a control but is not one.
    ControlLine = "control_line",
    /// A `#` line between rows.
    ControlLinePlace = "control_line_place",
    /// `# total:` does not agree with the rows.
    TotalDiffers = "total_differs",
    /// `# rows:` does not agree with the rows.
    RowsDiffer = "rows_differ",
    /// A row that adds others up where it cannot be checked, or that may be a payout.
    TotalRow = "total_row",
    /// More money than one file may order.
    BatchAmountTooLarge = "batch_amount_too_large",
    // Of a row.
    /// A quote that is not closed, or text after a closing quote.
    Quotes = "quotes",
    /// Fewer cells than the header.
    CellsMissing = "cells_missing",
    /// More cells than the header.
    CellsExtra = "cells_extra",
    /// Something under a column that has no name.
    ColumnUnnamed = "column_unnamed",
    /// A text that is too long.
    CellTooLong = "cell_too_long",
    /// A character that nobody sees.
    ControlCharacter = "control_character",
    /// A row of a workbook that nobody sees: hidden or filtered out.
    RowHidden = "row_hidden",
    /// A date where a number or a reference belongs.
    DateFound = "date_found",
    /// `#N/A` and its kin.
    SpreadsheetError = "spreadsheet_error",
    /// `5.09E+10`, `2.0261101E7`: digits may have been thrown away.
    ScientificNotation = "scientific_notation",
    ReferenceMissing = "reference_missing",
    ReferenceInvalid = "reference_invalid",
    /// An earlier row of the same file has it.
    ReferenceTwice = "reference_twice",
    ReceiverMissing = "receiver_missing",
    ReceiverInvalid = "receiver_invalid",
    AmountMissing = "amount_missing",
    /// Not a plain number such as 1250.00.
    AmountFormat = "amount_format",
    /// More than two decimals.
    AmountTooPrecise = "amount_too_precise",
    /// It has another decimal mark than an amount before it.
    AmountStyle = "amount_style",
    AmountNotPositive = "amount_not_positive",
    AmountTooSmall = "amount_too_small",
    AmountTooLarge = "amount_too_large",
    RetryOfInvalid = "retry_of_invalid",
    /// A row that names itself as the one it pays again.
    RetryOfItself = "retry_of_itself",
    // Of what the ledger knows already.
    /// The same content was admitted before.
    FileKnown = "file_known",
    /// The reference is in the ledger already, for the same receiver and amount.
    ReferenceKnown = "reference_known",
    /// The reference is in the ledger already, for another receiver or amount.
    ReferenceKnownDiffers = "reference_known_differs",
    /// `retry_of` names a reference that was never admitted.
    RetryOfUnknown = "retry_of_unknown",
    /// `retry_of` names a payout that is, or may be, paid, or is still to be.
    RetryOfNotUnpaid = "retry_of_not_unpaid",
    /// `retry_of` names a payout that another one repeats already.
    RetryOfRepeated = "retry_of_repeated",
    /// The reference looks like a retry's, and `retry_of` was erased.
    RetryOfErased = "retry_of_erased",
    // Later additions: the list only grows at its end.
    /// A column that would be read is hidden.
    ColumnHidden = "column_hidden",
    /// The stored result of a formula is missing, or may be old.
    FormulaStale = "formula_stale",
    /// A workbook's cell that is struck out, or that nobody sees.
    CellNotSeen = "cell_not_seen",
    /// A line above the header that may be somebody's row.
    LineAboveHeader = "line_above_header",
    /// Words without a wallet, an amount or a reference, and no TOTAL above them.
    SignatureLine = "signature_line",
    /// A row in other money than gourdes.
    OtherCurrency = "other_currency",
    /// A row that is not paid by MonCash.
    OtherWay = "other_way",
    /// A row that says that it is paid or cancelled.
    NotToPay = "not_to_pay",
}

impl Code {
    /// A row's problem that is no fault of the others: they are offered as a file of their own.
    pub fn leaves_others_fit(self) -> bool {
        matches!(
            self,
            Code::ReferenceKnown
                | Code::ReferenceKnownDiffers
                | Code::ReceiverMissing
                | Code::OtherCurrency
                | Code::OtherWay
                | Code::NotToPay
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_codes_stay_as_they_are() {
        let words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(
            words.join(" "),
            "empty_file unreadable not_text not_utf8 workbook_unreadable workbook_too_large sheets_several \
             sheet_missing sheet_hidden header_missing column_missing column_twice column_ambiguous column_name report_file \
             too_many_columns too_many_lines line_too_long no_rows half_file control_line control_line_place \
             total_differs rows_differ total_row batch_amount_too_large quotes cells_missing cells_extra column_unnamed \
             cell_too_long control_character row_hidden date_found spreadsheet_error scientific_notation reference_missing \
             reference_invalid reference_twice receiver_missing receiver_invalid amount_missing amount_format \
             amount_too_precise amount_style amount_not_positive amount_too_small amount_too_large retry_of_invalid \
             retry_of_itself file_known reference_known reference_known_differs retry_of_unknown retry_of_not_unpaid \
             retry_of_repeated retry_of_erased column_hidden formula_stale cell_not_seen line_above_header \
             signature_line other_currency other_way not_to_pay"
        );
        for word in words {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{word}");
        }
    }

    #[test]
    fn a_quoted_cell_is_short_and_shows_what_hides() {
        assert_eq!(quote("a\u{0}\u{202e}b"), "a\\u{0}\\u{202e}b");
        assert_eq!(quote(&"x".repeat(500)).chars().count(), LONGEST_QUOTE + 1);
    }
}
