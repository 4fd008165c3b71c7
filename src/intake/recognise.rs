//! At start, a file that an earlier process had claimed: admitted already, or to be read from the
//! beginning. Told by its SHA-256, in slices.
//!
//! Must never: leave a claimed file without somebody being told, or take a second file of the same
//! content for the first.

use super::admit::{Admission, Took, Work};
use super::claim::Claimed;
use super::error::IntakeError;
use super::inbox::Left;
use crate::files::{is_accepted_as, show};
use crate::ledger::Ledger;
use crate::payout::moment::Moment;
use crate::payout::state::BatchId;
use crate::words::left::LeftAlone;
use sha2::{Digest, Sha256};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

/// Bytes hashed between two turns: some 10 ms.
const SLICE_BYTES: usize = 4 << 20;

/// A file's SHA-256 under way.
pub(super) struct Recognition {
    file: File,
    hash: Sha256,
}

impl Recognition {
    fn begin(claimed: &Claimed) -> std::io::Result<Recognition> {
        let mut file = claimed.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Recognition { file, hash: Sha256::new() })
    }

    /// Reads the next slice; true at the file's end, where the file stands at its first byte again.
    fn step(&mut self) -> std::io::Result<bool> {
        let mut block = [0; 64 * 1024];
        for _ in 0..SLICE_BYTES / block.len() {
            match self.file.read(&mut block) {
                Ok(0) => {
                    self.file.seek(SeekFrom::Start(0))?;
                    return Ok(true);
                }
                Ok(length) => self.hash.update(block.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

impl Admission {
    /// Opens a leftover of `processing/`. One that cannot be opened is told and left there.
    pub(super) fn take_up(&mut self, name: &OsStr) -> Result<Took, IntakeError> {
        match self.inbox.resume(name) {
            Ok(claimed) => {
                let recognition = Recognition::begin(&claimed).map_err(read(name))?;
                self.work = Work::Recognising(Box::new(claimed), recognition);
            }
            Err(error) => {
                tracing::warn!(
                    file = show(name),
                    "left in processing/ ({error}): look at its owner and mode, then start payoutd again"
                );
                let why = LeftAlone::NotReadNow { error: error.to_string() };
                self.stuck.push(Left { name: OsString::from(format!("processing/{}", show(name))), why });
            }
        }
        Ok(Took::More)
    }

    pub(super) fn recognise(
        &mut self,
        ledger: &Ledger,
        claimed: Box<Claimed>,
        mut recognition: Recognition,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        if !recognition.step().map_err(read(&claimed.name))? {
            self.work = Work::Recognising(claimed, recognition);
            return Ok(Took::More);
        }
        let sha256: [u8; 32] = recognition.hash.finalize().into();
        if let Some(batch) = ledger.known_file(&sha256)?
            && !self.is_accepted(batch.id)?
        {
            let kept = self.inbox.accept(&claimed, &batch.id.to_string(), now.wall)?;
            tracing::info!(batch = %batch.id, file = show(&kept), "accepted; the last process was stopped before it could move the file");
            return Ok(Took::More);
        }
        self.begin(*claimed, now)?;
        Ok(Took::More)
    }

    fn is_accepted(&self, batch: BatchId) -> Result<bool, IntakeError> {
        let (batch, mut found) = (batch.to_string(), false);
        self.inbox.folders.accepted.each_name(|name| {
            found |= is_accepted_as(name, &batch);
            !found
        })?;
        Ok(found)
    }
}

fn read(name: &OsStr) -> impl Fn(std::io::Error) -> IntakeError + use<> {
    let name = show(name);
    move |source| IntakeError::Read { name: name.clone(), source }
}
