//! What the ledger hands out to readers: reports, `status`, `explain`. Plain values, no SQL types.

use super::error::LedgerError;
use super::stored::{each_plain_cell, parse_other};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::message::{Answer, Said};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, Reason, StateWord};
use std::borrow::Cow;

/// One row of a batch as a report needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    pub id: PayoutId,
    pub line: u32,
    pub reference: Reference,
    pub receiver: Account,
    pub name: String,
    pub amount: Amount,
    pub description: String,
    pub status: StateWord,
    pub may_have_been_paid: MayHaveBeenPaid,
    pub transaction: Option<String>,
    pub attempts: u32,
    pub first_sent: Option<Wall>,
    pub settled: Option<Wall>,
    /// `transfer`, `status` or `operator`; empty while not paid.
    pub confirmed_by: &'static str,
    pub reason: Reason<'static>,
    pub retry_of: Option<Reference>,
    /// The reference of the live or paid successor, and the status at the end of the chain of
    /// successors (`final_status`); of this row itself where there is none.
    pub retried_as: Option<Reference>,
    pub final_status: StateWord,
    /// The cells of the file's other columns, in the order of the batch's `other_columns`.
    pub other: Vec<String>,
}

/// One row of a batch while it is looked at, with nothing copied: a report of millions of rows is written
/// from these.
#[derive(Clone, Debug)]
pub struct RowView<'a> {
    pub id: PayoutId,
    pub line: u32,
    /// A [`Reference`], as `retry_of` is.
    pub reference: &'a str,
    pub receiver: Account,
    pub name: &'a str,
    pub amount: Amount,
    pub description: &'a str,
    pub status: StateWord,
    pub may_have_been_paid: MayHaveBeenPaid,
    pub transaction: Option<&'a str>,
    pub attempts: u32,
    pub first_sent: Option<Wall>,
    pub settled: Option<Wall>,
    pub confirmed_by: &'static str,
    pub reason: Reason<'a>,
    pub retry_of: Option<&'a str>,
    pub retried_as: Option<Cow<'a, Reference>>,
    pub final_status: StateWord,
    pub other: Cells<'a>,
}

/// The cells of the file's other columns.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    Listed(&'a [String]),
    /// As the ledger keeps them.
    Kept(&'a str),
}

impl Cells<'_> {
    /// Shows each in turn; how many there were.
    ///
    /// # Errors
    /// What is kept is not readable.
    pub fn each(&self, mut show: impl FnMut(&str)) -> Result<usize, LedgerError> {
        match self {
            Cells::Listed(cells) => {
                cells.iter().for_each(|cell| show(cell));
                Ok(cells.len())
            }
            Cells::Kept(text) => match each_plain_cell(text, &mut show) {
                Some(cells) => Ok(cells),
                None => Cells::Listed(&parse_other(text)?).each(show),
            },
        }
    }
}

impl ReportRow {
    pub fn view(&self) -> RowView<'_> {
        RowView {
            id: self.id,
            line: self.line,
            reference: self.reference.as_str(),
            receiver: self.receiver,
            name: &self.name,
            amount: self.amount,
            description: &self.description,
            status: self.status,
            may_have_been_paid: self.may_have_been_paid,
            transaction: self.transaction.as_deref(),
            attempts: self.attempts,
            first_sent: self.first_sent,
            settled: self.settled,
            confirmed_by: self.confirmed_by,
            reason: self.reason.clone(),
            retry_of: self.retry_of.as_ref().map(Reference::as_str),
            retried_as: self.retried_as.as_ref().map(Cow::Borrowed),
            final_status: self.final_status,
            other: Cells::Listed(&self.other),
        }
    }
}

impl RowView<'_> {
    /// A copy that outlives the look.
    ///
    /// # Errors
    /// A reference or the other cells are not readable.
    pub fn keep(&self) -> Result<ReportRow, LedgerError> {
        let parse = |text: &str| {
            let damaged = |_| LedgerError::damaged(format!("payout {}: unreadable reference", self.id.0));
            Reference::parse(text).map_err(damaged)
        };
        let mut other = Vec::new();
        self.other.each(|cell| other.push(cell.to_string()))?;
        Ok(ReportRow {
            id: self.id,
            line: self.line,
            reference: parse(self.reference)?,
            receiver: self.receiver,
            name: self.name.to_string(),
            amount: self.amount,
            description: self.description.to_string(),
            status: self.status,
            may_have_been_paid: self.may_have_been_paid,
            transaction: self.transaction.map(str::to_string),
            attempts: self.attempts,
            first_sent: self.first_sent,
            settled: self.settled,
            confirmed_by: self.confirmed_by,
            reason: self.reason.clone().into_owned(),
            retry_of: self.retry_of.map(parse).transpose()?,
            retried_as: self.retried_as.clone().map(Cow::into_owned),
            final_status: self.final_status,
            other,
        })
    }
}

/// What the ledger knows of a reference, a file or a person that turns up again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub payout: PayoutId,
    pub batch: BatchId,
    pub file: String,
    pub admitted: Wall,
    pub line: u32,
    pub reference: Reference,
    pub receiver: Account,
    pub amount: Amount,
    pub status: StateWord,
    pub may_have_been_paid: MayHaveBeenPaid,
    /// Transferts ever made for it.
    pub attempts: u32,
}

/// One event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub seq: i64,
    pub at: Wall,
    pub batch: BatchId,
    pub payout: Option<PayoutId>,
    /// Number of the event within its payout (or batch), from 1.
    pub no: u32,
    pub kind: String,
    /// JSON.
    pub body: String,
    /// SHA-256 chained over this event and all before it, in hex.
    pub hash: String,
}

/// A payout that waits for a person, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPayout {
    pub known: Known,
    /// What happened and what to do.
    pub reason: Reason<'static>,
    /// Events so far: what an order about it names as seen.
    pub events: u32,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderOutcome {
    pub refused: bool,
    pub said: Said<Answer>,
}

/// One row of a file on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// Line in the user's file, header included.
    pub line: u32,
    pub instruction: Instruction,
    pub name: String,
    /// The cells of the file's other columns, in their order.
    pub other: Vec<String>,
}
