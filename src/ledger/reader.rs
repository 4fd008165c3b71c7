//! Reading: every question that the house may put to the ledger goes through a [`Reader`]. The
//! daemon's ledger is one, and the commands open one of their own beside a running daemon.
//!
//! Must never: write, create a file, keep a read open beyond one verb, or show a batch whose
//! admission is not finished.

use super::connect;
use super::error::{Identity, LedgerError};
use super::seal;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};
use std::path::Path;

/// The reading half of the ledger.
pub struct Reader {
    pub(super) connection: Connection,
}

#[cfg(test)]
thread_local! {
    /// Every SQL text that was prepared, for the test of the query plans.
    pub(super) static PREPARED: std::cell::RefCell<std::collections::BTreeSet<String>> = const {
        std::cell::RefCell::new(std::collections::BTreeSet::new())
    };
}

impl Reader {
    /// Opens the ledger of a state folder for reading, beside a daemon or without one. Fails with
    /// [`LedgerError::Missing`] where there is none.
    pub fn open(state: &Path) -> Result<Reader, LedgerError> {
        let database = connect::database(state);
        let exists = database
            .try_exists()
            .map_err(|error| LedgerError::disk(format!("looking for {}", database.display()), error))?;
        if !exists {
            return Err(LedgerError::Missing(state.to_path_buf()));
        }
        Ok(Reader { connection: connect::reader(&database)? })
    }

    /// A copy that lies anywhere, of our format or of an older one that this program knows.
    pub(super) fn of_any_format(database: &Path) -> Result<Reader, LedgerError> {
        let connection = connect::any_reader(database)?;
        connect::check_format(&connection, connect::format_of(&connection)?, true)?;
        Ok(Reader { connection })
    }

    /// A statement from the cache. All SQL of the room goes through here.
    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, LedgerError> {
        #[cfg(test)]
        PREPARED.with_borrow_mut(|all| all.insert(sql.to_string()));
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// At most one row.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, LedgerError> {
        Ok(self.prepare(sql)?.query_row(params, read).optional()?)
    }

    /// Every row, each read by `read`.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(read(row)?);
        }
        Ok(out)
    }

    /// Runs several questions on one state of the ledger: a daemon may commit between two of them.
    /// Inside a turn they run in the turn's own transaction.
    pub fn at_once<T, E: From<LedgerError>>(&self, ask: impl FnOnce(&Reader) -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return ask(self);
        }
        let run = |sql| self.prepare(sql).and_then(|mut statement| Ok(statement.execute([])?));
        run("BEGIN DEFERRED")?;
        let answer = ask(self);
        // Nothing was written: ending the read cannot lose anything.
        let ended = run("ROLLBACK");
        let answer = answer?;
        ended?;
        Ok(answer)
    }

    /// Whose ledger this is.
    pub fn identity(&self) -> Result<Identity, LedgerError> {
        let sql = format!("SELECT environment, host, account, {} FROM meta WHERE one = 1", seal::META.whole());
        let found = self.one(&sql, [], |row| {
            let identity = Identity { environment: row.get(0)?, host: row.get(1)?, account: row.get(2)? };
            Ok((identity, row.get::<_, bool>(3)?))
        })?;
        let (identity, whole) = found.ok_or_else(|| LedgerError::damaged("it does not say whose it is"))?;
        seal::META.check(whole, "the row")?;
        Ok(identity)
    }

    /// How often the ledger was opened for writing.
    pub fn epoch(&self) -> Result<i64, LedgerError> {
        self.one("SELECT epoch FROM meta WHERE one = 1", [], |row| row.get(0))?
            .ok_or_else(|| LedgerError::damaged("it does not say how often it was opened"))
    }
}
