//! A row of a report as it comes out of SQLite, laid into one tray: asking for its columns one by one costs
//! as much again as reading them, and a report asks for twenty-five of each of its millions of rows. So
//! SQLite hands all of them to a function of ours at once, and that fills the tray.
//!
//! Must never: be stored, or be taken for another row than the one that SQLite stands at.

use super::error::LedgerError;
use super::fields::hash_of;
use super::seal::{Seal, cut, each_field, put_domain};
use super::stored::{COLUMN_COUNT, SEALED_FROM};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use std::cell::RefCell;

/// Bytes of nearly every row, packed.
const USUAL: usize = 1024;

/// Bytes before those of a value: its kind, and how many they are.
const HEAD: usize = 9;

#[inline]
fn head_of(kind: u8, length: usize) -> [u8; HEAD] {
    let mut head = [kind; HEAD];
    head[1..].copy_from_slice(&(length as u64).to_be_bytes());
    head
}

thread_local! {
    /// What the function filled last. There is one thread, and one row at a time.
    static TRAY: RefCell<Packed> = const { RefCell::new(Packed::EMPTY) };
}

/// The columns of one row, in the order of [`super::stored::COLUMNS`]; each as it goes into a seal, so that
/// what the seal covers needs not be put together once more.
pub(super) struct Packed {
    bytes: Vec<u8>,
    /// The kind of each, and where its bytes lie.
    columns: Vec<(u8, usize, usize)>,
    /// Where that begins over which the seal goes.
    sealed_from: usize,
}

/// Gives a connection the SQL function `payoutd_pack(value, …)`: how many values it packed.
pub(super) fn register(connection: &Connection) -> Result<(), LedgerError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("payoutd_pack", -1, flags, |context| {
        TRAY.with_borrow_mut(|tray| {
            tray.clear();
            for place in 0..context.len() {
                tray.push(context.get_raw(place));
            }
        });
        Ok(i64::try_from(context.len()).unwrap_or(i64::MAX))
    })?;
    Ok(())
}

/// Takes the tray that was filled last; [`put_back`] lets the next one use its room again.
pub(super) fn take() -> Packed {
    TRAY.replace(Packed::EMPTY)
}

pub(super) fn put_back(tray: Packed) {
    TRAY.set(tray);
}

impl Packed {
    const EMPTY: Packed = Packed { bytes: Vec::new(), columns: Vec::new(), sealed_from: 0 };

    fn clear(&mut self) {
        self.bytes.clear();
        self.columns.clear();
        self.bytes.reserve(USUAL);
        self.columns.reserve(COLUMN_COUNT);
    }

    #[inline]
    fn push(&mut self, value: ValueRef<'_>) {
        if self.columns.len() == SEALED_FROM {
            self.sealed_from = self.bytes.len();
            put_domain("payout", |bytes| self.bytes.extend_from_slice(bytes));
        }
        let from = self.bytes.len() + HEAD;
        if let ValueRef::Integer(number) = value {
            // The same, at once: two thirds of the columns are numbers or nothing.
            let mut whole = [0; HEAD + size_of::<i64>()];
            whole[..HEAD].copy_from_slice(&head_of(b'i', size_of::<i64>()));
            whole[HEAD..].copy_from_slice(&number.to_be_bytes());
            self.bytes.extend_from_slice(&whole);
            self.columns.push((b'i', from, self.bytes.len()));
            return;
        }
        each_field(value, |kind, bytes| {
            self.bytes.extend_from_slice(&head_of(kind, bytes.len()));
            self.bytes.extend_from_slice(bytes);
            self.columns.push((kind, from, self.bytes.len()));
        });
    }

    /// Whether it has as many columns as it should.
    pub fn is_row(&self) -> bool {
        self.columns.len() == COLUMN_COUNT
    }

    /// `None`: it has no such column. (STRICT tables of ours hold no other kinds.)
    #[inline]
    pub fn value(&self, column: usize) -> Option<ValueRef<'_>> {
        let (kind, from, to) = *self.columns.get(column)?;
        let bytes = self.bytes.get(from..to)?;
        Some(match kind {
            b'n' => ValueRef::Null,
            b'i' => ValueRef::Integer(i64::from_be_bytes(*bytes.first_chunk()?)),
            b't' => ValueRef::Text(bytes),
            b'b' => ValueRef::Blob(bytes),
            _ => return None,
        })
    }

    /// What the row's seal should be.
    #[inline]
    pub fn seal(&self) -> Seal {
        cut(&hash_of(self.bytes.get(self.sealed_from..).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::seal::seal_of;
    use super::*;

    fn pack(connection: &Connection, values: &str) -> Packed {
        let count: i64 = connection.query_row(&format!("SELECT payoutd_pack({values})"), [], |row| row.get(0)).unwrap();
        let packed = take();
        assert_eq!(i64::try_from(packed.columns.len()), Ok(count));
        packed
    }

    #[test]
    fn what_is_packed_comes_back_with_its_seal_and_nothing_of_the_row_before() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let kinds = "NULL, -7, 'né', x'0001', '', 9223372036854775807, x''";
        let values = [
            ValueRef::Null,
            ValueRef::Integer(-7),
            ValueRef::Text("né".as_bytes()),
            ValueRef::Blob(&[0, 1]),
            ValueRef::Text(b""),
            ValueRef::Integer(i64::MAX),
            ValueRef::Blob(b""),
        ];
        put_back(pack(&connection, &vec!["'of another row'"; COLUMN_COUNT].join(", ")));
        let row = format!("{kinds}, {kinds}, {kinds}, 1, 2, 3, 4");
        let packed = pack(&connection, &row);
        assert!(packed.is_row());
        let numbers = (1..=4).map(ValueRef::Integer);
        let expected: Vec<ValueRef> = values.iter().cycle().take(21).copied().chain(numbers).collect();
        for (column, value) in expected.iter().enumerate() {
            assert_eq!(packed.value(column), Some(*value), "{column}");
        }
        assert_eq!(packed.value(COLUMN_COUNT), None);
        assert_eq!(packed.seal(), seal_of("payout", expected[SEALED_FROM..].iter().copied()), "by either way");
        assert!(!pack(&connection, kinds).is_row());
        assert!(!take().is_row(), "a tray is taken once");
    }
}
