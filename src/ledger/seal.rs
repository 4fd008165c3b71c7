//! The seal of a row: a checksum over all its columns, so that a flipped bit is noticed by whoever
//! reads the row and not only by an audit. Events have their chain, instructions their digest;
//! seals are for everything that changes.
//!
//! A seal finds accidents, not forgers, and no write that never reached the disk: a row that is whole
//! but old is found by comparing it with the events. Must never: change for what is written already;
//! a new format is a new domain word.

use super::error::LedgerError;
use super::fields::Fields;
use super::reader::Reader;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// Bytes of a seal: one flip in 2^64 is missed.
const LENGTH: usize = 8;

pub(super) type Seal = [u8; LENGTH];

/// A table whose rows carry a seal, with the columns that it covers.
pub(super) struct Sealed {
    table: &'static str,
    key: &'static str,
    columns: &'static str,
}

pub(super) const META: Sealed =
    Sealed { table: "meta", key: "one", columns: "one, environment, host, account, epoch, next_batch" };
pub(super) const BATCH: Sealed = Sealed {
    table: "batch",
    key: "id",
    columns: "id, file, sha256, first_payout, rows, amount, received, admitted, approval, hold, cancel, freed, start, \
              other_columns, events, last_event, reported, completed, visible",
};
pub(super) const STANDING: Sealed = Sealed { table: "standing", key: "one", columns: "one, body, balance, balance_at" };
pub(super) const ORDER: Sealed =
    Sealed { table: "orders", key: "id", columns: "id, at, body, applied_at, refused, outcome" };

impl Sealed {
    /// An expression that is 1 where the row meets its seal.
    pub fn whole(&self) -> String {
        format!("seal IS payoutd_seal('{}', {})", self.table, self.columns)
    }

    /// A statement that seals the row with the key `?1`, as it now is.
    pub fn statement(&self) -> String {
        let Sealed { table, key, columns } = self;
        format!("UPDATE {table} SET seal = payoutd_seal('{table}', {columns}) WHERE {key} = ?1")
    }

    /// Takes what [`Sealed::whole`] said of a row.
    pub fn check(&self, whole: bool, row: &str) -> Result<(), LedgerError> {
        if whole {
            return Ok(());
        }
        let what =
            format!("{row} in the table '{}' does not meet its seal: it was changed or a bit flipped", self.table);
        Err(LedgerError::damaged(what))
    }

    /// Rows that do not meet their seal, for the audit.
    pub fn broken(&self, reader: &Reader) -> Result<Vec<i64>, LedgerError> {
        let Sealed { table, key, .. } = self;
        // A batch on its way in is sealed when it is admitted.
        let among = if *table == "batch" { "visible != 0 AND" } else { "" };
        let sql = format!("SELECT {key} FROM {table} WHERE {among} NOT ({}) LIMIT 100", self.whole());
        reader.all(&sql, [], |row| Ok(row.get(0)?))
    }

    pub fn table(&self) -> &'static str {
        self.table
    }
}

/// A value as it goes into a seal, and what it is packed as: its kind, the length of its bytes and they.
pub(super) fn each_field(value: ValueRef<'_>, mut put: impl FnMut(u8, &[u8])) {
    match value {
        ValueRef::Null => put(b'n', &[]),
        ValueRef::Integer(number) => put(b'i', &number.to_be_bytes()),
        // STRICT tables hold none.
        ValueRef::Real(number) => put(b'r', &number.to_bits().to_be_bytes()),
        ValueRef::Text(bytes) => put(b't', bytes),
        ValueRef::Blob(bytes) => put(b'b', bytes),
    }
}

/// The seal over some values; every one goes in with its kind and length.
pub(super) fn seal_of<'a>(domain: &str, values: impl Iterator<Item = ValueRef<'a>>) -> Seal {
    let mut fields = Fields::new();
    put_domain(domain, |bytes| fields.raw(bytes));
    for value in values {
        each_field(value, |kind, bytes| {
            fields.raw(&[kind]);
            fields.bytes(bytes);
        });
    }
    cut(&fields.hash())
}

/// What goes into a seal before the values: whose seal it is.
#[inline]
pub(super) fn put_domain(domain: &str, mut put: impl FnMut(&[u8])) {
    put(b"t");
    put(&(domain.len() as u64).to_be_bytes());
    put(domain.as_bytes());
}

/// The seal of a hash.
#[inline]
pub(super) fn cut(hash: &[u8; 32]) -> Seal {
    let mut seal = [0; LENGTH];
    seal.copy_from_slice(&hash[..LENGTH]);
    seal
}

/// Gives a connection the SQL function `payoutd_seal(domain, value, …)`.
pub(super) fn register(connection: &Connection) -> Result<(), LedgerError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("payoutd_seal", -1, flags, |context| {
        let domain = context.get_raw(0).as_str().unwrap_or_default().to_string();
        let seal = seal_of(&domain, (1..context.len()).map(|place| context.get_raw(place)));
        Ok(seal.to_vec())
    })?;
    Ok(())
}
