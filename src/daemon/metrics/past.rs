//! What became of the batches that are complete: summed up once, page by page, when somebody first asks;
//! then only what was completed since.
//!
//! Must never: count a batch twice, or one that the loop still has before it.

use crate::engine::desk::Desk;
use crate::ledger::{LedgerError, Reader};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use std::collections::{BTreeMap, BTreeSet};

/// Batches of one page: their tallies are read in about a millisecond.
const PAGE: i64 = 500;

pub(super) struct Past {
    /// Up to here every batch is either summed up or among `open`.
    known: BatchId,
    open: BTreeSet<BatchId>,
    totals: BTreeMap<StateWord, (u64, Amount)>,
    complete: u64,
    cancelled: u64,
}

impl Default for Past {
    fn default() -> Self {
        Past { known: BatchId(0), open: BTreeSet::new(), totals: BTreeMap::new(), complete: 0, cancelled: 0 }
    }
}

impl Past {
    /// One page further; whether all is known.
    pub fn catch_up(&mut self, ledger: &Reader, desk: &Desk) -> Result<bool, LedgerError> {
        let left: Vec<BatchId> = self.open.iter().copied().filter(|id| !desk.lanes().contains_key(id)).collect();
        for id in left {
            self.add(ledger, BatchId(id.0 - 1), id)?;
            self.open.remove(&id);
        }
        let newest = ledger.highest_batch()?.unwrap_or(BatchId(0));
        let after = self.known;
        if newest <= after {
            return Ok(true);
        }
        let last = BatchId(after.0.saturating_add(PAGE)).min(newest);
        self.add(ledger, after, last)?;
        self.open.extend(desk.lanes().keys().copied().filter(|id| *id > after && *id <= last));
        self.known = last;
        Ok(last == newest)
    }

    fn add(&mut self, ledger: &Reader, after: BatchId, last: BatchId) -> Result<(), LedgerError> {
        let mut batches: BTreeMap<BatchId, bool> = BTreeMap::new();
        for total in ledger.totals(after, last)? {
            let (rows, amount) = self.totals.entry(total.word).or_insert((0, Amount::ZERO));
            *rows += u64::from(total.rows);
            *amount = amount.saturating_add(total.amount);
            let only_cancelled = total.word == StateWord::Cancelled || total.rows == 0;
            *batches.entry(total.batch).or_insert(true) &= only_cancelled;
        }
        let cancelled = batches.values().filter(|only_cancelled| **only_cancelled).count() as u64;
        self.cancelled += cancelled;
        self.complete += batches.len() as u64 - cancelled;
        Ok(())
    }

    /// Rows and HTG in a state, of complete batches.
    pub fn total(&self, word: StateWord) -> (u64, Amount) {
        self.totals.get(&word).copied().unwrap_or((0, Amount::ZERO))
    }

    /// Complete batches, and cancelled ones.
    pub fn batches(&self) -> (u64, u64) {
        (self.complete, self.cancelled)
    }
}
