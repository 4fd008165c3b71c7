//! The columns of a row as one blob: asking SQLite for them one by one costs as much again as reading
//! them, and a report asks for twenty-five of each of its millions of rows.
//!
//! Must never: be stored. It is gone with the row that it was made from.

use super::error::LedgerError;
use super::seal::each_field;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// Bytes of nearly every row, packed.
const USUAL: usize = 512;

/// Gives a connection the SQL function `payoutd_pack(value, …)`.
pub(super) fn register(connection: &Connection) -> Result<(), LedgerError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("payoutd_pack", -1, flags, |context| {
        let mut packed = Vec::with_capacity(USUAL);
        for place in 0..context.len() {
            push(&mut packed, context.get_raw(place));
        }
        Ok(packed)
    })?;
    Ok(())
}

/// As it goes into a seal, so that what the seal covers needs not be put together once more.
fn push(packed: &mut Vec<u8>, value: ValueRef<'_>) {
    each_field(value, |kind, bytes| {
        let mut head = [kind; 9];
        head[1..].copy_from_slice(&(bytes.len() as u64).to_be_bytes());
        packed.extend_from_slice(&head);
        packed.extend_from_slice(bytes);
    });
}

/// Takes them apart again, and says which bytes hold the values from the number `from` on; `None` where it
/// is not what was put together, or of another number. (STRICT tables of ours hold no other kinds.)
pub(super) fn unpack<const COUNT: usize>(packed: &[u8], from: usize) -> Option<([ValueRef<'_>; COUNT], &[u8])> {
    let mut values = [ValueRef::Null; COUNT];
    let (mut rest, mut tail) = (packed, packed);
    for (place, value) in values.iter_mut().enumerate() {
        if place == from {
            tail = rest;
        }
        let (kind, after) = rest.split_first()?;
        let (length, after) = after.split_first_chunk()?;
        let (bytes, after) = after.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
        rest = after;
        *value = match kind {
            b'n' if bytes.is_empty() => ValueRef::Null,
            b'i' => ValueRef::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
            b't' => ValueRef::Text(bytes),
            b'b' => ValueRef::Blob(bytes),
            _ => return None,
        };
    }
    rest.is_empty().then_some((values, tail))
}

#[cfg(test)]
mod tests {
    use super::super::seal::{seal_of, seal_of_fields};
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_nothing_else_is_taken_for_it() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let sql = "SELECT payoutd_pack(NULL, -7, 'né', x'0001', '', 9223372036854775807, x'')";
        let packed: Vec<u8> = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        let values = [
            ValueRef::Null,
            ValueRef::Integer(-7),
            ValueRef::Text("né".as_bytes()),
            ValueRef::Blob(&[0, 1]),
            ValueRef::Text(b""),
            ValueRef::Integer(i64::MAX),
            ValueRef::Blob(b""),
        ];
        let (found, tail) = unpack::<7>(&packed, 4).unwrap();
        assert_eq!(found, values);
        assert_eq!(unpack::<3>(tail, 0).unwrap().0, values[4..]);
        let again = seal_of_fields("some", tail);
        assert_eq!(again, seal_of("some", values[4..].iter().copied()), "a seal is the same over either");
        assert_eq!(unpack::<6>(&packed, 0), None);
        assert_eq!(unpack::<8>(&packed, 0), None);
        for length in 0..packed.len() {
            assert_eq!(unpack::<7>(&packed[..length], 0), None);
        }
    }
}
