//! One write transaction: begins IMMEDIATE, asserts the epoch, appends to the chain, commits or
//! rolls back as a whole.
//!
//! Must never: let anything be written after a commit that failed, or return from a commit before
//! the high-water mark followed it.

use super::Ledger;
use super::chain::{self, Link, Tip};
use super::error::LedgerError;
use super::highwater::{self, Mark};
use super::seal::{self, Sealed};
use super::standing::{HOUSE, HouseEvent, Standing};
use crate::payout::moment::Wall;
use rusqlite::{Statement, params};

pub(super) struct Transaction<'a> {
    pub ledger: &'a mut Ledger,
    tip: Tip,
    /// The highest visible batch, once this is committed.
    pub highest_batch: i64,
    pub at: Wall,
    /// A write failed half way: what stands in the transaction must not be committed.
    failed: bool,
    done: bool,
}

impl Ledger {
    /// Begins to write. Another connection's write is waited for.
    pub(super) fn transaction(&mut self, at: Wall) -> Result<Transaction<'_>, LedgerError> {
        if let Some(why) = &self.broken {
            return Err(LedgerError::CommitFailed(why.clone()));
        }
        self.reader.prepare("BEGIN IMMEDIATE")?.execute([])?;
        let (tip, highest_batch) = (self.tip, self.highest_batch);
        let transaction = Transaction { ledger: self, tip, highest_batch, at, failed: false, done: false };
        let (ours, theirs) = (transaction.ledger.epoch, transaction.ledger.reader.epoch()?);
        if ours != theirs {
            return Err(LedgerError::Outrun { ours, theirs });
        }
        Ok(transaction)
    }
}

impl Transaction<'_> {
    /// Appends an event; returns its number in the chain.
    pub fn append(&mut self, link: &Link) -> Result<i64, LedgerError> {
        let tip = chain::next(&self.tip, link);
        self.run(
            "INSERT INTO event (seq, at, batch, payout, no, attempt, kind, body, hash) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![tip.seq, link.at, link.batch, link.payout, link.no, link.attempt, link.kind, link.body, tip.hash],
        )?;
        self.tip = tip;
        Ok(tip.seq)
    }

    /// Appends an event that concerns the whole house.
    pub fn append_house(&mut self, event: &HouseEvent) -> Result<(), LedgerError> {
        let last: Option<i64> = self.ledger.reader.one(
            "SELECT no FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 ORDER BY no DESC LIMIT 1",
            [HOUSE],
            |row| row.get(0),
        )?;
        let body = print(event)?;
        let no = last.unwrap_or(0) + 1;
        let link =
            Link { at: self.at.0, batch: HOUSE, payout: None, no, attempt: None, kind: event.kind(), body: &body };
        self.append(&link)?;
        Ok(())
    }

    /// Writes what changed between two standings: an event for everything but the balance.
    pub fn set_standing(&mut self, old: &Standing, new: &Standing) -> Result<(), LedgerError> {
        if old == new {
            return Ok(());
        }
        if old.chained() != new.chained() {
            self.append_house(&HouseEvent::Standing(new.chained()))?;
        }
        let (balance, at) = new.balance.map(|(amount, at)| (amount.centimes(), at.0)).unzip();
        self.change_one(
            "what stands",
            "UPDATE standing SET body = ?1, balance = ?2, balance_at = ?3 WHERE one = 1",
            params![print(&new.chained())?, balance, at],
        )?;
        self.seal(&seal::STANDING, 1)
    }

    /// Seals a row that was changed.
    pub fn seal(&mut self, table: &Sealed, key: i64) -> Result<(), LedgerError> {
        self.change_one(table.table(), &table.statement(), [key])
    }

    /// Runs one statement that must change exactly one row.
    pub fn change_one(&mut self, what: &str, sql: &str, params: impl rusqlite::Params) -> Result<(), LedgerError> {
        let changed = self.run(sql, params)?;
        if changed == 1 {
            return Ok(());
        }
        self.failed = true;
        Err(LedgerError::contradiction(format!("{what}: {changed} rows would have changed instead of one")))
    }

    /// Runs one statement; how many rows it changed.
    pub fn run(&mut self, sql: &str, params: impl rusqlite::Params) -> Result<usize, LedgerError> {
        self.run_with(sql, |statement| statement.execute(params))
    }

    /// Runs one statement whose values `bind` binds; how many rows it changed.
    pub fn run_bound(
        &mut self,
        sql: &str,
        bind: impl FnOnce(&mut Statement) -> rusqlite::Result<()>,
    ) -> Result<usize, LedgerError> {
        self.run_with(sql, |statement| bind(statement).and_then(|()| statement.raw_execute()))
    }

    fn run_with(
        &mut self,
        sql: &str,
        execute: impl FnOnce(&mut Statement) -> rusqlite::Result<usize>,
    ) -> Result<usize, LedgerError> {
        // A full disk makes SQLite undo the whole transaction: what came after would stand alone.
        if self.failed || self.ledger.reader.connection.is_autocommit() {
            return Err(LedgerError::Disk("the transaction was undone after an error".to_string()));
        }
        let changed = self.ledger.reader.prepare(sql).and_then(|mut statement| Ok(execute(&mut statement)?));
        self.failed = changed.is_err();
        changed
    }

    /// Puts it on disk. A failure is fatal: nobody knows whether it is there.
    ///
    /// The high-water mark follows before this returns, so that nothing is launched in between. A
    /// mark that cannot be written is as fatal: the caller must not take it for "not committed".
    pub fn commit(mut self) -> Result<(), LedgerError> {
        if self.failed {
            return Err(LedgerError::contradiction("a transaction in which a write failed was to be committed"));
        }
        let committed = self.ledger.reader.prepare("COMMIT").and_then(|mut commit| Ok(commit.execute([])?));
        self.done = true;
        if let Err(error) = committed {
            return Err(self.ledger.break_down(error.cause()));
        }
        if self.tip == self.ledger.tip {
            return Ok(());
        }
        self.ledger.tip = self.tip;
        self.ledger.highest_batch = self.highest_batch;
        self.ledger.mark().map_err(|error| self.ledger.break_down(error.cause()))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.done || self.ledger.reader.connection.is_autocommit() {
            return;
        }
        let undone = self.ledger.reader.prepare("ROLLBACK").and_then(|mut undo| Ok(undo.execute([])?));
        if let Err(error) = undone {
            self.ledger.break_down(format!("undoing a transaction: {error}"));
        }
    }
}

impl Ledger {
    /// Nothing more may be written by this process.
    pub(super) fn break_down(&mut self, why: String) -> LedgerError {
        self.broken = Some(why.clone());
        LedgerError::CommitFailed(why)
    }

    /// Writes the high-water mark of what is committed.
    pub(super) fn mark(&mut self) -> Result<(), LedgerError> {
        let mark = Mark {
            epoch: self.epoch,
            seq: self.tip.seq,
            hash: self.tip.hash,
            batch: self.highest_batch,
            restored: false,
        };
        highwater::write(&self.water, &mark)
    }
}

/// The JSON of an event's body.
pub(super) fn print(event: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(event).map_err(|error| LedgerError::contradiction(format!("an event without JSON: {error}")))
}
