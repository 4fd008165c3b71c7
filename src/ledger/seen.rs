//! A payout's row while SQLite holds it: looked at where it lies, with nothing copied. A report looks at
//! millions of them.
//!
//! Must never: show a row whose instruction does not meet its digest, or leave out whether the rest
//! meets its seal.

use super::chain::{RowFields, row_digest};
use super::column;
use super::error::LedgerError;
use super::pack::Packed;
use super::seal::{Seal, seal_of};
use super::stored::{COLUMN_COUNT, Cache, SEALED_FROM, StoredRow, confirmed_of, fit, money_of, not_whole};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, ConfirmedBy, MayHaveBeenPaid, PayoutId, StateWord};
use rusqlite::Row;
use rusqlite::types::ValueRef;

/// A row whose instruction met its digest.
pub(super) struct SeenRow<'a> {
    pub id: PayoutId,
    pub batch: BatchId,
    pub line: u32,
    /// Readable as a [`Reference`], and `retry_of` too.
    pub reference: &'a str,
    pub receiver: Account,
    pub amount: Amount,
    pub description: &'a str,
    pub name: &'a str,
    pub other: &'a str,
    pub retry_of: Option<&'a str>,
    pub digest: &'a [u8],
    pub ancestor: Option<i64>,
    pub root: Option<i64>,
    pub state: StateWord,
    pub events: u32,
    pub attempts: u32,
    pub money: MayHaveBeenPaid,
    pub first_sent: Option<i64>,
    pub settled: Option<i64>,
    pub released: Option<i64>,
    pub transaction: Option<&'a str>,
    pub confirmed_by: Option<ConfirmedBy>,
    pub held_for: Option<&'a str>,
    pub words: Option<&'a str>,
    whole: bool,
}

/// Where the columns of a row are read from.
trait Columns<'a> {
    fn value(&self, column: usize) -> Result<ValueRef<'a>, LedgerError>;

    /// What the row's seal should be.
    fn seal(&self) -> Seal;

    #[inline]
    fn number(&self, column: usize) -> Result<i64, LedgerError> {
        self.optional_number(column)?.ok_or_else(|| wrong(column, "number"))
    }

    #[inline]
    fn optional_number(&self, column: usize) -> Result<Option<i64>, LedgerError> {
        self.value(column)?.as_i64_or_null().map_err(|_| wrong(column, "number"))
    }

    #[inline]
    fn text(&self, column: usize) -> Result<&'a str, LedgerError> {
        self.value(column)?.as_str().map_err(|_| wrong(column, "text"))
    }

    #[inline]
    fn optional_text(&self, column: usize) -> Result<Option<&'a str>, LedgerError> {
        self.value(column)?.as_str_or_null().map_err(|_| wrong(column, "text"))
    }

    #[inline]
    fn bytes(&self, column: usize) -> Result<&'a [u8], LedgerError> {
        self.value(column)?.as_blob().map_err(|_| wrong(column, "bytes"))
    }
}

/// Each asked of SQLite once.
struct Asked<'a>([ValueRef<'a>; COLUMN_COUNT]);

impl<'a> Asked<'a> {
    fn of(row: &'a Row) -> Result<Asked<'a>, LedgerError> {
        let mut all = [ValueRef::Null; COLUMN_COUNT];
        for (place, value) in all.iter_mut().enumerate() {
            *value = row.get_ref(place)?;
        }
        Ok(Asked(all))
    }
}

impl<'a> Columns<'a> for Asked<'a> {
    fn value(&self, column: usize) -> Result<ValueRef<'a>, LedgerError> {
        self.0.get(column).copied().ok_or_else(|| wrong(column, "value"))
    }

    fn seal(&self) -> Seal {
        seal_of("payout", self.0[SEALED_FROM..].iter().copied())
    }
}

impl<'a> Columns<'a> for &'a Packed {
    #[inline]
    fn value(&self, column: usize) -> Result<ValueRef<'a>, LedgerError> {
        Packed::value(self, column).ok_or_else(|| wrong(column, "value"))
    }

    #[inline]
    fn seal(&self) -> Seal {
        Packed::seal(self)
    }
}

#[cold]
fn wrong(column: usize, what: &str) -> LedgerError {
    LedgerError::damaged(format!("column {column} of a payout holds no {what}"))
}

impl<'a> SeenRow<'a> {
    /// Reads the columns named by [`super::stored::COLUMNS`]. The text is checked against the digest
    /// before it is looked at any further.
    pub fn read(row: &'a Row) -> Result<SeenRow<'a>, LedgerError> {
        SeenRow::of(&Asked::of(row)?)
    }

    /// The same of what `payoutd_pack` made of these columns, of the row that SQLite says it is.
    pub fn read_packed(packed: &'a Packed, id: i64) -> Result<SeenRow<'a>, LedgerError> {
        if !packed.is_row() {
            return Err(LedgerError::damaged("a payout has other columns than it should"));
        }
        let seen = SeenRow::of(&packed)?;
        if seen.id.0 != id {
            return Err(LedgerError::contradiction(format!("payout {} was read where {id} was asked for", seen.id.0)));
        }
        Ok(seen)
    }

    fn of(columns: &impl Columns<'a>) -> Result<SeenRow<'a>, LedgerError> {
        let id = columns.number(11)?;
        let damaged = |what: &str| LedgerError::damaged(format!("payout {id}: {what}"));
        let fields = RowFields {
            id,
            batch: columns.number(0)?,
            line: columns.number(1)?,
            reference: columns.text(2)?,
            receiver: columns.number(3)?,
            amount: columns.number(4)?,
            description: columns.text(5)?,
            name: columns.text(6)?,
            other: columns.text(7)?,
            retry_of: columns.optional_text(8)?,
        };
        let digest = columns.bytes(9)?;
        if row_digest(&fields) != digest {
            return Err(damaged("its instruction does not meet its digest: a row was changed or a bit flipped"));
        }
        Reference::check(fields.reference).map_err(|_| damaged("unreadable reference"))?;
        if let Some(retry_of) = fields.retry_of {
            Reference::check(retry_of).map_err(|_| damaged("unreadable retry_of"))?;
        }
        let receiver = u32::try_from(fields.receiver).ok().and_then(Account::from_local);
        let confirmed_by = match columns.optional_text(22)? {
            Some(word) => Some(confirmed_of(word).ok_or_else(|| damaged("unreadable confirmed_by"))?),
            None => None,
        };
        let mut seen = SeenRow {
            id: PayoutId(id),
            batch: BatchId(fields.batch),
            line: fit(fields.line, "the line of a payout")?,
            reference: fields.reference,
            receiver: receiver.ok_or_else(|| damaged("unreadable receiver"))?,
            amount: Amount::from_centimes(fields.amount),
            description: fields.description,
            name: fields.name,
            other: fields.other,
            retry_of: fields.retry_of,
            digest,
            ancestor: columns.optional_number(12)?,
            root: columns.optional_number(13)?,
            state: StateWord::parse(columns.text(14)?).ok_or_else(|| damaged("unreadable state"))?,
            events: fit(columns.number(15)?, "the event count of a payout")?,
            attempts: fit(columns.number(16)?, "the attempts of a payout")?,
            money: money_of(columns.text(17)?).ok_or_else(|| damaged("unreadable may_have_been_paid"))?,
            first_sent: columns.optional_number(18)?,
            settled: columns.optional_number(19)?,
            released: columns.optional_number(20)?,
            transaction: columns.optional_text(21)?,
            confirmed_by,
            held_for: columns.optional_text(23)?,
            words: columns.optional_text(24)?,
            whole: false,
        };
        seen.whole = match columns.bytes(10)? {
            // Nothing ever happened to it.
            [] => seen.is_fresh(),
            seal => columns.seal() == *seal,
        };
        Ok(seen)
    }

    /// As the admission writes it.
    fn is_fresh(&self) -> bool {
        self.state == StateWord::Queued
            && (self.events, self.attempts, self.money) == (0, 0, MayHaveBeenPaid::No)
            && [self.ancestor, self.root, self.first_sent, self.settled, self.released].iter().all(Option::is_none)
            && [self.transaction, self.held_for, self.words].iter().all(Option::is_none)
            && self.confirmed_by.is_none()
    }

    /// The row must meet its seal.
    #[inline]
    pub fn whole(self) -> Result<SeenRow<'a>, LedgerError> {
        if self.whole { Ok(self) } else { Err(not_whole(self.id)) }
    }

    /// What follows from the events.
    pub fn cache(&self) -> Cache {
        let owned = |text: Option<&str>| text.map(str::to_string);
        Cache {
            state: self.state,
            events: self.events,
            attempts: self.attempts,
            money: self.money,
            first_sent: self.first_sent,
            settled: self.settled,
            released: self.released,
            transaction: owned(self.transaction),
            confirmed_by: self.confirmed_by,
            held_for: owned(self.held_for),
            words: match self.state {
                StateWord::Held => self.words.map(column::as_printed),
                _ => owned(self.words),
            },
        }
    }

    /// A copy that outlives the look.
    pub fn keep(self) -> Result<StoredRow, LedgerError> {
        let unreadable = |_| LedgerError::damaged(format!("payout {}: unreadable reference", self.id.0));
        let instruction = Instruction {
            reference: Reference::parse(self.reference).map_err(unreadable)?,
            receiver: self.receiver,
            amount: self.amount,
            description: self.description.to_string(),
            retry_of: self.retry_of.map(Reference::parse).transpose().map_err(unreadable)?,
        };
        Ok(StoredRow {
            id: self.id,
            batch: self.batch,
            line: self.line,
            instruction,
            digest: self.digest.to_vec(),
            ancestor: self.ancestor,
            root: self.root,
            cache: self.cache(),
            whole: self.whole,
        })
    }
}
