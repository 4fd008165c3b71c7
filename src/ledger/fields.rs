//! What goes into a hash of the ledger: fields, each with its length before it, gathered and hashed at
//! once, for many small updates cost more than the hash.
//!
//! Must never: change for what is written already, or let two different lists of fields give the same
//! bytes.

use sha2::{Digest, Sha256};

/// Bytes gathered on the stack: nearly every row and event is shorter. What is longer is hashed in pieces.
const GATHERED: usize = 512;

pub(super) struct Fields {
    gathered: [u8; GATHERED],
    length: usize,
    /// What did not fit before.
    begun: Option<Sha256>,
}

impl Fields {
    #[inline]
    pub fn new() -> Fields {
        Fields { gathered: [0; GATHERED], length: 0, begun: None }
    }

    /// Bytes as they are, with nothing before them.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        match self.gathered.get_mut(self.length..self.length + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            None => self.go_on(bytes),
        }
    }

    #[cold]
    fn go_on(&mut self, bytes: &[u8]) {
        let hash = self.begun.get_or_insert_default();
        hash.update(&self.gathered[..self.length]);
        hash.update(bytes);
        self.length = 0;
    }

    /// Bytes with their length before them.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.raw(&(bytes.len() as u64).to_be_bytes());
        self.raw(bytes);
    }

    #[inline]
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    #[inline]
    pub fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    #[inline]
    pub fn optional(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.number(number),
            None => self.bytes(&[]),
        }
    }

    #[inline]
    pub fn hash(&self) -> [u8; 32] {
        let gathered = &self.gathered[..self.length];
        match &self.begun {
            None => Sha256::digest(gathered).into(),
            Some(hash) => hash.clone().chain_update(gathered).finalize().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn however_long_its_fields_are_a_hash_is_that_of_their_bytes(
            lengths in proptest::collection::vec(0_usize..GATHERED * 2, 0..6),
        ) {
            let mut fields = Fields::new();
            let mut whole: Vec<u8> = Vec::new();
            for (fill, length) in (0_u8..).zip(lengths) {
                let bytes = vec![fill; length];
                fields.bytes(&bytes);
                whole.extend_from_slice(&(length as u64).to_be_bytes());
                whole.extend_from_slice(&bytes);
            }
            let expected: [u8; 32] = Sha256::digest(&whole).into();
            prop_assert_eq!(fields.hash(), expected);
        }
    }
}
