//! The rows of a batch as a report needs them, in the file's order, a slice at a time.
//!
//! Must never: keep a reading open between two slices.

use super::error::LedgerError;
use super::pack;
use super::read::{admitted_sql, in_order};
use super::reader::Reader;
use super::rows::{Cells, ReportRow, RowView};
use super::seen::SeenRow;
use super::stored::COLUMNS;
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, ConfirmedBy, PayoutId, Reason, StateWord};
use rusqlite::{OptionalExtension, params};
use std::borrow::Cow;

/// Longest chain of successors that is followed. Nobody retries more often.
const LONGEST_CHAIN: usize = 1_000;

struct Successor {
    id: i64,
    reference: Reference,
    state: StateWord,
}

impl Reader {
    /// Rows of a batch after `after`, in the file's order.
    pub fn rows(&self, batch: BatchId, after: Option<PayoutId>, limit: u32) -> Result<Vec<ReportRow>, LedgerError> {
        let mut rows = Vec::new();
        self.each_row(batch, after, limit, |row| {
            rows.push(row.keep()?);
            Ok::<(), LedgerError>(())
        })?;
        Ok(rows)
    }

    /// Shows the rows of a batch after `after`, in the file's order, where they lie; returns how many.
    pub fn each_row<E: From<LedgerError>>(
        &self,
        batch: BatchId,
        after: Option<PayoutId>,
        limit: u32,
        mut show: impl FnMut(&RowView<'_>) -> Result<(), E>,
    ) -> Result<u32, E> {
        self.at_once(|reader| {
            let Some((first, end)) = reader.range(batch)? else {
                return Ok(0);
            };
            let from = after.map_or(first, |id| first.max(id.0 + 1));
            let sql = format!(
                "SELECT p.id, payoutd_pack({COLUMNS}) FROM payout p WHERE p.id >= ?1 AND p.id < ?2 ORDER BY p.id LIMIT ?3"
            );
            let mut statement = reader.prepare(&sql)?;
            let mut rows = statement.query(params![from, end, limit]).map_err(LedgerError::from)?;
            let (mut last, mut count) = (from - 1, 0);
            while let Some(row) = rows.next().map_err(LedgerError::from)? {
                let packed = pack::take();
                let id = row.get(0).map_err(LedgerError::from)?;
                let row = SeenRow::read_packed(&packed, id)?.whole()?;
                last = in_order(last, row.id.0)?;
                if row.batch != batch {
                    let what =
                        format!("payout {} lies among the rows of batch {batch}, which is not its own", row.id.0);
                    return Err(LedgerError::contradiction(what).into());
                }
                show(&reader.view_of(&row)?)?;
                pack::put_back(packed);
                count += 1;
            }
            Ok(count)
        })
    }

    /// One row as a report has it.
    pub fn report_row_of(&self, payout: PayoutId) -> Result<ReportRow, LedgerError> {
        self.at_once(|reader| {
            let mut statement = reader.prepare(&admitted_sql())?;
            let mut rows = statement.query([payout.0])?;
            let row = rows.next()?.ok_or(LedgerError::NoSuchPayout(payout))?;
            reader.view_of(&SeenRow::read(row)?.whole()?)?.keep()
        })
    }

    /// The payout that pays this one again, and where it stands: the live or paid one, else the
    /// newest.
    pub fn paid_again_by(&self, payout: PayoutId) -> Result<Option<(Reference, StateWord)>, LedgerError> {
        Ok(self.successor(payout.0)?.map(|successor| (successor.reference, successor.state)))
    }

    fn view_of<'a>(&self, row: &SeenRow<'a>) -> Result<RowView<'a>, LedgerError> {
        let unpaid = matches!(row.state, StateWord::Declined | StateWord::Cancelled);
        let (retried_as, final_status) = if unpaid { self.successors(row.id, row.state)? } else { (None, row.state) };
        let reason = match row.state {
            StateWord::Queued | StateWord::Paid => Reason::Nothing,
            _ => row.cache().reason()?.into_owned(),
        };
        Ok(RowView {
            id: row.id,
            line: row.line,
            reference: row.reference,
            receiver: row.receiver,
            name: row.name,
            amount: row.amount,
            description: row.description,
            status: row.state,
            may_have_been_paid: row.money,
            transaction: row.transaction,
            attempts: row.attempts,
            first_sent: row.first_sent.map(Wall),
            settled: row.settled.map(Wall),
            confirmed_by: row.confirmed_by.map_or("", ConfirmedBy::word),
            reason,
            retry_of: row.retry_of,
            retried_as: retried_as.map(Cow::Owned),
            final_status,
            other: Cells::Kept(row.other),
        })
    }

    /// The live or paid successor's reference, and the status at the end of the chain.
    fn successors(&self, payout: PayoutId, own: StateWord) -> Result<(Option<Reference>, StateWord), LedgerError> {
        let mut retried_as = None;
        let mut status = own;
        let mut next = self.successor(payout.0)?;
        for step in 0..LONGEST_CHAIN {
            let Some(successor) = next else { break };
            let live = !matches!(successor.state, StateWord::Declined | StateWord::Cancelled);
            if step == 0 && live {
                retried_as = Some(successor.reference);
            }
            status = successor.state;
            next = self.successor(successor.id)?;
        }
        Ok((retried_as, status))
    }

    /// Whether the index of successors knows that one payout repeats another.
    pub(super) fn repeats(&self, ancestor: PayoutId, successor: PayoutId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM payout INDEXED BY payout_successors WHERE ancestor = ?1 AND id = ?2",
            [ancestor.0, successor.0],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// The live or paid successor of a payout, else the newest one.
    fn successor(&self, payout: i64) -> Result<Option<Successor>, LedgerError> {
        let mut statement = self.prepare(
            "SELECT p.id, p.reference, p.state FROM payout p INDEXED BY payout_successors \
             CROSS JOIN batch b ON b.id = p.batch WHERE p.ancestor = ?1 AND b.visible = 1 \
             ORDER BY p.state IN ('declined', 'cancelled'), p.id DESC LIMIT 1",
        )?;
        let found = statement
            .query_row([payout], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))
            .optional()?;
        let Some((id, reference, state)) = found else {
            return Ok(None);
        };
        let damaged = || LedgerError::damaged(format!("payout {id} is not readable"));
        let reference = Reference::parse(&reference).map_err(|_| damaged())?;
        let state = StateWord::parse(&state).ok_or_else(damaged)?;
        Ok(Some(Successor { id, reference, state }))
    }
}
