//! What goes into a hash of the ledger: fields, each with its length before it, gathered and hashed at
//! once, for many small updates cost more than the hash.
//!
//! Must never: change for what is written already, or let two different lists of fields give the same
//! bytes.

use sha2::block_api::compress256;
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
            None => hash_of(gathered),
            Some(hash) => hash.clone().chain_update(gathered).finalize().into(),
        }
    }
}

/// What SHA-256 begins with (FIPS 180-4, 5.3.3).
const BEGINNING: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
/// Bytes of a block, and of the length of it all, in which the last one ends.
const BLOCK: usize = 64;
const LENGTH: usize = 8;

/// SHA-256 of bytes that lie together: the crate's compression, without the machinery for bytes that come in
/// pieces, which costs a sixth as much again as so short a hash.
#[inline]
pub(super) fn hash_of(bytes: &[u8]) -> [u8; 32] {
    let mut state = BEGINNING;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    compress256(&mut state, blocks);
    // A one bit, zeros, and the length in bits at the end of a block (FIPS 180-4, 5.1.1).
    let mut last = [[0; BLOCK]; 2];
    let blocks = if rest.len() < BLOCK - LENGTH { 1 } else { 2 };
    let padded = &mut last.as_flattened_mut()[..blocks * BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    padded[rest.len()] = 0x80;
    let bits = (bytes.len() as u64).wrapping_mul(8);
    padded[blocks * BLOCK - LENGTH..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &last[..blocks]);
    let mut hash = [0; 32];
    for (place, word) in hash.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    hash
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

    #[test]
    fn bytes_of_any_length_have_their_sha_256() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        for length in 0..bytes.len() {
            let expected: [u8; 32] = Sha256::digest(&bytes[..length]).into();
            assert_eq!(hash_of(&bytes[..length]), expected, "{length}");
        }
    }
}
