//! Sums over batches that are complete, for whoever watches: page by page, from the tallies alone.
//!
//! Must never: be read for a decision, or look at a payout.

use super::error::LedgerError;
use super::reader::Reader;
use super::stored::fit;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};

/// A complete batch's rows and centimes in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub batch: BatchId,
    pub word: StateWord,
    pub rows: u32,
    pub amount: Amount,
}

impl Reader {
    /// Of the complete batches with a number above `after`, up to `last`.
    pub fn totals(&self, after: BatchId, last: BatchId) -> Result<Vec<Total>, LedgerError> {
        self.all(
            "SELECT batch.id, tally.state, tally.rows, tally.amount FROM batch JOIN tally ON tally.batch = batch.id \
             WHERE batch.id > ?1 AND batch.id <= ?2 AND batch.visible = 1 AND batch.completed IS NOT NULL",
            [after.0, last.0],
            |row| {
                let (batch, word) = (BatchId(row.get(0)?), row.get::<_, String>(1)?);
                let word = StateWord::parse(&word)
                    .ok_or_else(|| LedgerError::damaged(format!("batch {batch} has a tally of '{word}'")))?;
                Ok(Total {
                    batch,
                    word,
                    rows: fit(row.get(2)?, "a tally")?,
                    amount: Amount::from_centimes(row.get(3)?),
                })
            },
        )
    }
}
