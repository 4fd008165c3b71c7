//! A payout's row as it is stored: read with its digest checked, and compared with what its
//! events say.
//!
//! Must never: hand out a payout whose instruction does not meet its digest, or whose events say
//! something else than its row.

use super::chain::{RowFields, row_digest};
use super::error::LedgerError;
use super::seal::{Seal, seal_of_row};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{
    BatchId, Call, ConfirmedBy, Doubt, HeldReason, Inquiry, MayHaveBeenPaid, Payout, PayoutId, State, StateWord,
};
use rusqlite::Row;

/// The columns of a payout, in the order in which [`StoredRow::read`] takes them.
pub(super) const COLUMNS: &str = "p.id, p.batch, p.line, p.reference, p.receiver, p.amount, p.description, p.name, \
     p.other, p.retry_of, p.digest, p.ancestor, p.state, p.events, p.attempts, p.may_have_been_paid, \
     p.first_sent_at, p.settled_at, p.released_at, p.transaction_id, p.confirmed_by, p.held_for, p.words, \
     p.root, p.seal";

/// Places in [`COLUMNS`] of what a payout's seal covers, in the order of [`SEALED`].
const SEALED_PLACES: [usize; 14] = [0, 11, 23, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22];
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
    pub name: String,
    pub other: String,
    pub digest: Vec<u8>,
    pub ancestor: Option<i64>,
    pub root: Option<i64>,
    pub cache: Cache,
    whole: bool,
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
    /// MonCash's or a person's words: a decline's, a cancel's reason, a hold's detail.
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
                cache.words = Some(detail.clone());
            }
            State::Cancelled { reason, .. } => cache.words = Some(reason.clone()),
        }
        cache
    }

    /// As the admission writes it.
    fn is_fresh(&self) -> bool {
        *self
            == Cache {
                state: StateWord::Queued,
                events: 0,
                attempts: 0,
                money: MayHaveBeenPaid::No,
                first_sent: None,
                settled: None,
                released: None,
                transaction: None,
                confirmed_by: None,
                held_for: None,
                words: None,
            }
    }

    /// The sentence of a report's `reason`, by the same function that the core uses.
    pub fn reason(&self) -> Result<String, LedgerError> {
        let words = self.words.clone().unwrap_or_default();
        let state = match self.state {
            StateWord::Queued | StateWord::Paid => return Ok(String::new()),
            StateWord::InDoubt => State::InDoubt(Box::new(some_doubt())),
            StateWord::Declined => return Ok(words),
            StateWord::Cancelled => return Ok(words),
            StateWord::Held => {
                let reason = held_reason(self.held_for.as_deref().unwrap_or_default())
                    .ok_or_else(|| LedgerError::damaged("a held payout has no readable reason"))?;
                State::Held { reason, money: self.money, detail: words, doubt: None }
            }
        };
        Ok(state.reason())
    }
}

/// Any doubt: the sentence about doubt is the same for all.
fn some_doubt() -> Doubt {
    let never = BootMoment { boot: 0, ms: 0 };
    Doubt {
        attempt: 0,
        opened: never,
        call: Call::UnderWay,
        unpaid_before: false,
        earlier_ambiguous: true,
        said_paid: false,
        standing: None,
        inquiry: Inquiry::default(),
    }
}

fn held_word(reason: &HeldReason) -> String {
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

fn confirmed_of(word: &str) -> Option<ConfirmedBy> {
    use ConfirmedBy::{Operator, Status, Transfer};
    [Transfer, Status, Operator].into_iter().find(|by| by.word() == word)
}

/// A number that must fit, or the row is damaged.
pub(super) fn fit<T: TryFrom<i64>>(number: i64, what: &str) -> Result<T, LedgerError> {
    T::try_from(number).map_err(|_| LedgerError::damaged(format!("{what} is {number}")))
}

impl StoredRow {
    /// Reads the columns named by [`COLUMNS`]. The text is checked against the digest before it
    /// is looked at any further.
    pub fn read(row: &Row) -> Result<StoredRow, LedgerError> {
        let id: i64 = row.get(0)?;
        let damaged = |what: &str| LedgerError::damaged(format!("payout {id}: {what}"));
        let fields = RowFields {
            id,
            batch: row.get(1)?,
            line: row.get(2)?,
            reference: text(row, 3)?,
            receiver: row.get(4)?,
            amount: row.get(5)?,
            description: text(row, 6)?,
            name: text(row, 7)?,
            other: text(row, 8)?,
            retry_of: optional_text(row, 9)?,
        };
        let digest = row.get_ref(10)?.as_blob().map_err(|_| damaged("no digest"))?;
        if row_digest(&fields) != digest {
            return Err(damaged("its instruction does not meet its digest: a row was changed or a bit flipped"));
        }
        let reference = Reference::parse(fields.reference).map_err(|_| damaged("unreadable reference"))?;
        let retry_of = match fields.retry_of {
            Some(text) => Some(Reference::parse(text).map_err(|_| damaged("unreadable retry_of"))?),
            None => None,
        };
        let receiver = u32::try_from(fields.receiver).ok().and_then(Account::from_local);
        let instruction = Instruction {
            reference,
            receiver: receiver.ok_or_else(|| damaged("unreadable receiver"))?,
            amount: Amount::from_centimes(fields.amount),
            description: fields.description.to_string(),
            retry_of,
        };
        let confirmed_by = match optional_text(row, 20)? {
            Some(word) => Some(confirmed_of(word).ok_or_else(|| damaged("unreadable confirmed_by"))?),
            None => None,
        };
        let cache = Cache {
            state: StateWord::parse(text(row, 12)?).ok_or_else(|| damaged("unreadable state"))?,
            events: fit(row.get(13)?, "the event count of a payout")?,
            attempts: fit(row.get(14)?, "the attempts of a payout")?,
            money: money_of(text(row, 15)?).ok_or_else(|| damaged("unreadable may_have_been_paid"))?,
            first_sent: row.get(16)?,
            settled: row.get(17)?,
            released: row.get(18)?,
            transaction: row.get(19)?,
            confirmed_by,
            held_for: row.get(21)?,
            words: row.get(22)?,
        };
        let (ancestor, root): (Option<i64>, Option<i64>) = (row.get(11)?, row.get(23)?);
        let seal = row.get_ref(24)?.as_blob().map_err(|_| damaged("no seal"))?;
        let whole = match seal {
            // Nothing ever happened to it.
            [] => cache.is_fresh() && ancestor.is_none() && root.is_none(),
            seal => {
                let right: Seal = seal_of_row("payout", row, &SEALED_PLACES)?;
                right[..] == *seal
            }
        };
        Ok(StoredRow {
            id: PayoutId(id),
            batch: BatchId(fields.batch),
            line: fit(fields.line, "the line of a payout")?,
            name: fields.name.to_string(),
            other: fields.other.to_string(),
            digest: digest.to_vec(),
            ancestor,
            root,
            instruction,
            cache,
            whole,
        })
    }

    /// The payout before its first event.
    pub fn admitted(&self) -> Payout {
        Payout::admitted(self.id, self.batch, self.line, self.instruction.clone())
    }

    /// The row must meet its seal. Whoever compares it with its events does that first: they say
    /// more.
    pub fn whole(self) -> Result<StoredRow, LedgerError> {
        if self.whole {
            return Ok(self);
        }
        Err(LedgerError::damaged(format!(
            "payout {}: its row does not meet its seal: it was changed or a bit flipped",
            self.id.0
        )))
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

    pub fn first_sent(&self) -> Option<Wall> {
        self.cache.first_sent.map(Wall)
    }

    pub fn settled(&self) -> Option<Wall> {
        self.cache.settled.map(Wall)
    }
}

fn text<'a>(row: &'a Row, column: usize) -> Result<&'a str, LedgerError> {
    row.get_ref(column)?
        .as_str()
        .map_err(|_| LedgerError::damaged(format!("column {column} of a payout holds no text")))
}

fn optional_text<'a>(row: &'a Row, column: usize) -> Result<Option<&'a str>, LedgerError> {
    row.get_ref(column)?
        .as_str_or_null()
        .map_err(|_| LedgerError::damaged(format!("column {column} of a payout holds no text")))
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
