//! The raw bytes of a batch file, hashed as they are read.
//!
//! Must never: change a byte. Whatever decodes other encodings sits above this, so that the hash is
//! what `sha256sum` says of the user's file.

use sha2::{Digest, Sha256};
use std::io::Read;

pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    pub fn new(inner: R) -> Hashing<R> {
        Hashing { inner, hash: Sha256::new() }
    }

    /// SHA-256 of every byte read so far.
    pub fn sha256(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count.min(buffer.len())]);
        Ok(count)
    }
}
