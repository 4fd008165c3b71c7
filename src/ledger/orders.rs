//! Orders of people: written by a command of another process, answered by the loop.
//!
//! Must never: carry an order out here, or take an epoch (the daemon would be outrun).

use super::connect;
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::OrderOutcome;
use super::seal;
use crate::payout::moment::Wall;
use crate::payout::order::Order;
use rusqlite::params;
use std::path::Path;

/// Leaves an order in the ledger; returns its number. A turn under way is waited for.
pub fn post_order(state: &Path, order: &Order, at: Wall) -> Result<i64, LedgerError> {
    if !connect::database(state).exists() {
        return Err(LedgerError::Missing(state.to_path_buf()));
    }
    let body = super::transaction::print(order)?;
    let connection = connect::writer(state)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute("INSERT INTO orders (at, body) VALUES (?1, ?2)", params![at.0, body])?;
    let id = connection.last_insert_rowid();
    connection.execute(&seal::ORDER.statement(), [id])?;
    connection.execute_batch("COMMIT").map_err(|error| {
        LedgerError::Disk(format!("the order may or may not have been left ({error}): look with 'payoutd status'"))
    })?;
    Ok(id)
}

/// What became of an order; `None` while nobody answered it.
pub fn order_outcome(state: &Path, id: i64) -> Result<Option<OrderOutcome>, LedgerError> {
    Reader::open(state)?.order_outcome(id)
}

impl Reader {
    /// What became of an order; `None` while nobody answered it.
    pub fn order_outcome(&self, id: i64) -> Result<Option<OrderOutcome>, LedgerError> {
        let sql = format!(
            "SELECT refused, outcome, {} FROM orders WHERE id = ?1 AND applied_at IS NOT NULL",
            seal::ORDER.whole()
        );
        let found = self.one(&sql, [id], |row| {
            Ok((OrderOutcome { refused: row.get(0)?, text: row.get(1)? }, row.get::<_, bool>(2)?))
        })?;
        let Some((outcome, whole)) = found else { return Ok(None) };
        seal::ORDER.check(whole, &format!("order {id}"))?;
        Ok(Some(outcome))
    }
}
