//! The second reading of a good file: its rows go into the ledger, where nobody sees them yet.
//!
//! Must never: load bytes that were not the ones examined.

use super::Claimed;
use super::admit::{Admission, Took, Work, changed};
use super::error::IntakeError;
use super::examine::Good;
use crate::ledger::rows::NewRow;
use crate::ledger::{Ledger, SLICE};
use crate::payout::moment::Wall;
use crate::payout::state::BatchId;
use crate::payroll::{Reader, Row, Totals};
use std::fs::File;

/// Bytes of text after which a slice ends before its rows are full: rows can have 64 KiB each.
const SLICE_BYTES: usize = 2 << 20;

pub(super) struct Loading {
    pub claimed: Claimed,
    pub good: Good,
    pub reader: Option<Reader<File>>,
    pub batch: BatchId,
    pub received: Wall,
    /// Room for the rows of a slice, kept.
    pub rows: Vec<NewRow>,
}

impl Admission {
    pub(super) fn load(&mut self, ledger: &mut Ledger, mut loading: Box<Loading>) -> Result<Took, IntakeError> {
        let (mut rows, mut bytes) = (std::mem::take(&mut loading.rows), 0);
        let mut ended = false;
        for _ in 0..SLICE {
            match loading.reader.as_mut().and_then(Reader::next_line) {
                None => ended = true,
                Some(None) => {}
                Some(Some(Err(_))) => return Ok(self.give_up(loading, changed())),
                Some(Some(Ok(row))) => {
                    bytes += row.text_bytes();
                    let Row { line, instruction, name, other } = row;
                    rows.push(NewRow { line, instruction, name, other });
                }
            }
            if ended || bytes >= SLICE_BYTES {
                break;
            }
        }
        if !rows.is_empty() {
            ledger.admission_load(loading.batch, &rows)?;
        }
        rows.clear();
        loading.rows = rows;
        if !ended {
            self.work = Work::Loading(loading);
            return Ok(Took::More);
        }
        // The bytes loaded must be the bytes examined.
        let read_again = loading.reader.take().map(Reader::finish);
        let same = matches!(&read_again, Some(Ok(totals)) if same_file(totals, &loading.good.totals));
        if !same || loading.claimed.check_unchanged().is_err() {
            return Ok(self.give_up(loading, changed()));
        }
        self.work = Work::Indexing(loading);
        Ok(Took::More)
    }
}

fn same_file(a: &Totals, b: &Totals) -> bool {
    let content = |totals: &Totals| (totals.sha256, totals.rows, totals.amount, totals.read_as, totals.filled);
    content(a) == content(b) && a.aside == b.aside && a.zero == b.zero
}
