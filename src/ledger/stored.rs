//! A payout's row as it is stored, kept for longer than a look, and compared with what its events say.
//!
//! Must never: hand out a payout whose instruction does not meet its digest, or whose events say
//! something else than its row.

use super::column;
use super::error::LedgerError;
use super::seen::SeenRow;
use crate::payout::instruction::Instruction;
use crate::payout::state::{
    BatchId, ConfirmedBy, HeldReason, MayHaveBeenPaid, Payout, PayoutId, Reason, State, StateWord,
};
use rusqlite::Row;
use std::borrow::Cow;

/// The columns of a payout, in the order in which [`SeenRow::read`] takes them: those that its seal covers
/// last, in the order of [`SEALED`].
pub(super) const COLUMNS: &str = "p.batch, p.line, p.reference, p.receiver, p.amount, p.description, p.name, p.other, \
     p.retry_of, p.digest, p.seal, p.id, p.ancestor, p.root, p.state, p.events, p.attempts, p.may_have_been_paid, \
     p.first_sent_at, p.settled_at, p.released_at, p.transaction_id, p.confirmed_by, p.held_for, p.words";

/// How many they are, and from which on the seal covers them.
pub(super) const COLUMN_COUNT: usize = 25;
pub(super) const SEALED_FROM: usize = 11;

/// What a payout's seal covers: its number, whom it repeats, and everything that changes.
pub(super) const SEALED: &str = "id, ancestor, root, state, events, attempts, may_have_been_paid, first_sent_at, \
     settled_at, released_at, transaction_id, confirmed_by, held_for, words";

/// A row whose instruction met its digest.
#[derive(Clone, Debug)]
pub(super) struct StoredRow {
    pub id: PayoutId,
    pub batch: BatchId,
    pub line: u32,
    pub instruction: Instruction,
    pub digest: Vec<u8>,
    pub ancestor: Option<i64>,
    pub root: Option<i64>,
    pub cache: Cache,
    /// Whether it meets its seal.
    pub(super) whole: bool,
}

/// The columns that follow from the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cache {
    pub state: StateWord,
    pub events: u32,
    pub attempts: u32,
    pub money: MayHaveBeenPaid,
    pub first_sent: Option<i64>,
    pub settled: Option<i64>,
    pub released: Option<i64>,
    pub transaction: Option<String>,
    pub confirmed_by: Option<ConfirmedBy>,
    pub held_for: Option<String>,
    /// MonCash's or a person's words: a decline's, a cancel's reason; a hold's detail as [`column`] prints it.
    pub words: Option<String>,
}

impl Cache {
    /// What the row of this payout must say.
    pub fn of(payout: &Payout) -> Cache {
        let mut cache = Cache {
            state: payout.state.word(),
            events: payout.events,
            attempts: payout.attempts,
            money: payout.state.may_have_been_paid(),
            first_sent: payout.first_sent.map(|at| at.0),
            settled: payout.settled.map(|at| at.0),
            released: payout.released.map(|at| at.0),
            transaction: None,
            confirmed_by: None,
            held_for: None,
            words: None,
        };
        match &payout.state {
            State::Queued | State::InDoubt(_) => {}
            State::Paid { by, transaction } => {
                cache.confirmed_by = Some(*by);
                cache.transaction = transaction.clone();
            }
            State::Declined { words } => cache.words = Some(words.clone()),
            State::Held { reason, detail, .. } => {
                cache.held_for = Some(held_word(reason));
                cache.words = Some(column::print(detail));
            }
            State::Cancelled { reason, .. } => cache.words = Some(reason.clone()),
        }
        cache
    }

    /// What a report's `reason` tells, as the core has it.
    pub fn reason(&self) -> Result<Reason<'_>, LedgerError> {
        let words = || Cow::Borrowed(self.words.as_deref().unwrap_or_default());
        Ok(match self.state {
            StateWord::Queued | StateWord::Paid => Reason::Nothing,
            StateWord::InDoubt => Reason::InDoubt,
            StateWord::Declined | StateWord::Cancelled => Reason::Told(words()),
            StateWord::Held => {
                let reason = held_reason(self.held_for.as_deref().unwrap_or_default())
                    .ok_or_else(|| LedgerError::damaged("a held payout has no readable reason"))?;
                Reason::Held(reason, Cow::Owned(column::read(&words())))
            }
        })
    }
}

pub(super) fn held_word(reason: &HeldReason) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(word)) => word,
        // Reasons are plain words; one with fields would be kept as its JSON.
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn held_reason(word: &str) -> Option<HeldReason> {
    serde_json::from_value(serde_json::Value::String(word.to_string())).ok()
}

pub(super) fn money_of(word: &str) -> Option<MayHaveBeenPaid> {
    use MayHaveBeenPaid::{No, Unknown, Yes};
    [No, Unknown, Yes].into_iter().find(|money| money.word() == word)
}

pub(super) fn confirmed_of(word: &str) -> Option<ConfirmedBy> {
    use ConfirmedBy::{Operator, Status, Transfer};
    [Transfer, Status, Operator].into_iter().find(|by| by.word() == word)
}

/// A number that must fit, or the row is damaged.
pub(super) fn fit<T: TryFrom<i64>>(number: i64, what: &str) -> Result<T, LedgerError> {
    T::try_from(number).map_err(|_| LedgerError::damaged(format!("{what} is {number}")))
}

impl StoredRow {
    /// Reads the columns named by [`COLUMNS`], as [`SeenRow::read`] does, and keeps them.
    pub fn read(row: &Row) -> Result<StoredRow, LedgerError> {
        SeenRow::read(row)?.keep()
    }

    /// The payout before its first event.
    pub fn admitted(&self) -> Payout {
        Payout::admitted(self.id, self.batch, self.line, self.instruction.clone())
    }

    /// The row must meet its seal. Whoever compares it with its events does that first: they say
    /// more.
    pub fn whole(self) -> Result<StoredRow, LedgerError> {
        if self.whole { Ok(self) } else { Err(not_whole(self.id)) }
    }

    /// The row must say what the events say.
    pub fn agrees_with(&self, payout: &Payout) -> Result<(), LedgerError> {
        let told = Cache::of(payout);
        if told == self.cache {
            return Ok(());
        }
        Err(LedgerError::contradiction(format!(
            "payout {}: its row says {} after {} events, its events say {} after {}",
            self.id.0,
            self.cache.state.as_str(),
            self.cache.events,
            told.state.as_str(),
            told.events
        )))
    }
}

pub(super) fn not_whole(id: PayoutId) -> LedgerError {
    LedgerError::damaged(format!("payout {}: its row does not meet its seal: it was changed or a bit flipped", id.0))
}

/// The cells of the file's other columns, as the ledger keeps them: nothing, or a JSON array.
pub(super) fn print_other(cells: &[String]) -> Result<String, LedgerError> {
    if cells.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(cells).map_err(|error| LedgerError::contradiction(format!("cells without JSON: {error}")))
}

pub(super) fn parse_other(text: &str) -> Result<Vec<String>, LedgerError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|_| LedgerError::damaged("a list of cells is not readable"))
}

/// Shows the cells of a list in which nothing is escaped, without reading it as JSON: every quotation mark
/// then begins or ends a cell. How many there were; `None`, and nothing shown, where something may be
/// escaped, or it does not look like a list.
pub(super) fn each_plain_cell(text: &str, mut show: impl FnMut(&str)) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let inner = text.strip_prefix("[\"")?.strip_suffix("\"]")?;
    if !inner.bytes().any(|byte| matches!(byte, b'"' | b'\\')) {
        show(inner);
        return Some(1);
    }
    // Between two cells there is nothing but a comma.
    let pieces = || inner.split('"');
    let plain =
        pieces().count() % 2 == 1 && !text.contains('\\') && pieces().skip(1).step_by(2).all(|between| between == ",");
    plain.then(|| pieces().step_by(2).map(show).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_a_list_of_cells_is_taken_for_one() {
        for text in
            ["[]", "[\"]", "\"a\"", "[\"a\", \"b\"]", "[\"a\",1]", "[\"a\\n\"]", "[\"a\"b\"]", "[\"a\",\"]", "{}"]
        {
            assert_eq!(each_plain_cell(text, |cell| panic!("{text} shows {cell}")), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn cells_that_are_read_where_they_lie_are_the_cells_that_were_kept(
            cells in proptest::collection::vec("[a-c\",\\\\\n é\\[\\]]{0,4}", 0..5),
        ) {
            let kept = print_other(&cells).unwrap();
            let mut read = Vec::new();
            match each_plain_cell(&kept, |cell| read.push(cell.to_string())) {
                Some(count) => prop_assert_eq!(count, read.len()),
                None => read = parse_other(&kept).unwrap(),
            }
            prop_assert_eq!(&read, &cells);
            prop_assert_eq!(parse_other(&kept).unwrap(), cells);
        }
    }
}
