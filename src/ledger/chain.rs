//! The hashes: a SHA-256 chain over all events, and a digest of every payout's instruction.
//!
//! Every field goes in with its length before it, so that no two different rows or events can
//! give the same bytes. Must never: change for what is written already; a new format is a new
//! domain word.

use super::fields::Fields;
use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

/// What the very first event is chained to.
pub(super) const GENESIS: Hash = [0; 32];

/// The last event's number and hash. Zero and [`GENESIS`] while there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    pub seq: i64,
    pub hash: Hash,
}

/// A head of the chain as it is kept outside the ledger: in every summary, in the journal, in the
/// high-water file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    /// SHA-256, in hex.
    pub hash: String,
}

impl Tip {
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: hex(&self.hash) }
    }
}

#[inline]
fn fields_of(domain: &str) -> Fields {
    let mut fields = Fields::new();
    fields.text(domain);
    fields
}

/// An event as it is hashed and stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    pub at: i64,
    pub batch: i64,
    pub payout: Option<i64>,
    pub no: i64,
    pub attempt: Option<i64>,
    pub kind: &'a str,
    pub body: &'a str,
}

/// The hash of the event after `tip`.
pub(super) fn next(tip: &Tip, link: &Link) -> Tip {
    let seq = tip.seq + 1;
    let mut fields = fields_of("payoutd event 1");
    fields.bytes(&tip.hash);
    fields.number(seq);
    fields.number(link.at);
    fields.number(link.batch);
    fields.optional(link.payout);
    fields.number(link.no);
    fields.optional(link.attempt);
    fields.text(link.kind);
    fields.text(link.body);
    Tip { seq, hash: fields.hash() }
}

/// The instruction's columns as they are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowFields<'a> {
    pub id: i64,
    pub batch: i64,
    pub line: i64,
    pub reference: &'a str,
    pub receiver: i64,
    pub amount: i64,
    pub description: &'a str,
    pub name: &'a str,
    pub other: &'a str,
    pub retry_of: Option<&'a str>,
}

pub(super) fn row_digest(row: &RowFields) -> Hash {
    let mut fields = fields_of("payoutd row 1");
    fields.number(row.id);
    fields.number(row.batch);
    fields.number(row.line);
    fields.text(row.reference);
    fields.number(row.receiver);
    fields.number(row.amount);
    fields.text(row.description);
    fields.text(row.name);
    fields.text(row.other);
    fields.bytes(row.retry_of.unwrap_or_default().as_bytes());
    fields.hash()
}

/// The digest over all row digests of a batch, in their order.
#[derive(Clone)]
pub(super) struct RowsDigest(Sha256);

impl RowsDigest {
    pub fn new() -> RowsDigest {
        let mut hasher = Sha256::new();
        hasher.update(b"payoutd rows 1");
        RowsDigest(hasher)
    }

    pub fn add(&mut self, digest: &[u8]) {
        self.0.update(digest);
    }

    pub fn hex(&self) -> String {
        let hash: Hash = self.0.clone().finalize().into();
        hex(&hash)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads 64 hex digits.
pub(super) fn unhex(text: &str) -> Option<Hash> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}
