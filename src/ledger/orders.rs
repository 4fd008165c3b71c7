//! Orders of people: written by a command of another process, answered by the loop.
//!
//! Must never: carry an order out here, or take an epoch (the daemon would be outrun).

use super::Ledger;
use super::column;
use super::connect;
use super::error::LedgerError;
use super::reader::Reader;
use super::rows::OrderOutcome;
use super::seal;
use crate::payout::moment::Wall;
use crate::payout::order::{Order, Origin};
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

/// So many of the newest orders are looked through for one that a file ordered already.
const NEWEST: i64 = 500;

impl Ledger {
    /// Leaves an order that came as a file; returns its number. The loop answers it in a turn to come.
    pub fn leave_order(&mut self, order: &Order, at: Wall) -> Result<i64, LedgerError> {
        let body = super::transaction::print(order)?;
        let mut transaction = self.transaction(at)?;
        transaction.run("INSERT INTO orders (at, body) VALUES (?1, ?2)", params![at.0, body])?;
        let id = transaction.ledger.reader.connection.last_insert_rowid();
        transaction.seal(&seal::ORDER, id)?;
        transaction.commit()?;
        Ok(id)
    }
}

impl Reader {
    /// The order that this very file gave, if it gave one lately: a process that died between the order
    /// and the moving of its file must not give it twice.
    pub fn order_from(&self, origin: &Origin) -> Result<Option<i64>, LedgerError> {
        let newest = self.one("SELECT max(id) FROM orders", [], |row| row.get::<_, Option<i64>>(0))?.flatten();
        let sql =
            format!("SELECT id, body, {} FROM orders NOT INDEXED WHERE id > ?1 ORDER BY id DESC", seal::ORDER.whole());
        let orders = self.all(&sql, [newest.unwrap_or(0) - NEWEST], |row| {
            let (id, body): (i64, String) = (row.get(0)?, row.get(1)?);
            seal::ORDER.check(row.get(2)?, &format!("order {id}"))?;
            let order: Order =
                serde_json::from_str(&body).map_err(|_| LedgerError::damaged(format!("order {id} is not readable")))?;
            Ok((id, order.from))
        })?;
        Ok(orders.into_iter().find(|(_, from)| from.as_ref() == Some(origin)).map(|(id, _)| id))
    }

    /// What became of an order; `None` while nobody answered it.
    pub fn order_outcome(&self, id: i64) -> Result<Option<OrderOutcome>, LedgerError> {
        let sql = format!(
            "SELECT refused, outcome, {} FROM orders WHERE id = ?1 AND applied_at IS NOT NULL",
            seal::ORDER.whole()
        );
        let found = self.one(&sql, [id], |row| {
            let said = column::read(&row.get::<_, String>(1)?);
            Ok((OrderOutcome { refused: row.get(0)?, said }, row.get::<_, bool>(2)?))
        })?;
        let Some((outcome, whole)) = found else { return Ok(None) };
        seal::ORDER.check(whole, &format!("order {id}"))?;
        Ok(Some(outcome))
    }
}
