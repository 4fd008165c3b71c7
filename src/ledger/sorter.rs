//! Sorts what does not fit in memory: runs of keys are sorted, put into a file that has no name,
//! and merged. A reference table that is filled in order loads three to four times faster.
//!
//! Must never: grow in memory with the file that is admitted, or leave a file behind.

use super::error::LedgerError;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs::File;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Keys sorted in memory at a time: about a megabyte, and sorted in a few milliseconds, because a
/// slice of an admission waits for it.
const RUN: usize = 16_000;
/// Bytes of a run that are read at a time while merging.
const READ: usize = 16 * 1024;

/// A key and the payout that it belongs to. Keys compare as bytes.
pub(super) type Entry = (Vec<u8>, i64);

pub(super) struct Sorter {
    file: File,
    written: u64,
    loose: Vec<Entry>,
    runs: Vec<Run>,
    merge: Option<BinaryHeap<Reverse<(Entry, usize)>>>,
}

struct Run {
    next: u64,
    end: u64,
    read: VecDeque<Entry>,
}

fn failed(error: std::io::Error) -> LedgerError {
    LedgerError::disk("sorting a file's references in the state folder", error)
}

impl Sorter {
    /// `name` is taken in the state folder for a moment; a leftover of a crash is replaced.
    pub fn new(state: &Path, name: &str) -> Result<Sorter, LedgerError> {
        let path = state.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut options = std::fs::OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
        std::fs::remove_file(&path).map_err(failed)?;
        Ok(Sorter { file, written: 0, loose: Vec::new(), runs: Vec::new(), merge: None })
    }

    pub fn push(&mut self, key: Vec<u8>, payout: i64) -> Result<(), LedgerError> {
        self.loose.push((key, payout));
        if self.loose.len() >= RUN { self.end_run() } else { Ok(()) }
    }

    /// Whether reading has begun, so that nothing may be pushed any more.
    pub fn is_merging(&self) -> bool {
        self.merge.is_some()
    }

    /// Writes the loose entries as one sorted run.
    fn end_run(&mut self) -> Result<(), LedgerError> {
        self.loose.sort_unstable();
        let mut bytes = Vec::with_capacity(self.loose.len() * 32);
        for (key, payout) in self.loose.drain(..) {
            let length = u16::try_from(key.len()).map_err(|_| LedgerError::contradiction("a key of over 64 KB"))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&key);
            bytes.extend_from_slice(&payout.to_be_bytes());
        }
        self.file.write_all_at(&bytes, self.written).map_err(failed)?;
        let end = self.written + bytes.len() as u64;
        self.runs.push(Run { next: self.written, end, read: VecDeque::new() });
        self.written = end;
        Ok(())
    }

    /// The next entry in order; `None` after the last. No more may be pushed once this was asked.
    pub fn pop(&mut self) -> Result<Option<Entry>, LedgerError> {
        let mut merge = match self.merge.take() {
            Some(merge) => merge,
            None => {
                self.end_run()?;
                let mut merge = BinaryHeap::new();
                for place in 0..self.runs.len() {
                    self.refill(place, &mut merge)?;
                }
                merge
            }
        };
        let popped = merge.pop();
        if let Some(Reverse((_, place))) = &popped {
            self.refill(*place, &mut merge)?;
        }
        self.merge = Some(merge);
        Ok(popped.map(|Reverse((entry, _))| entry))
    }

    /// Puts the next entry of a run into the merge.
    fn refill(&mut self, place: usize, merge: &mut BinaryHeap<Reverse<(Entry, usize)>>) -> Result<(), LedgerError> {
        let Some(run) = self.runs.get_mut(place) else {
            return Ok(());
        };
        if run.read.is_empty() && run.next < run.end {
            let left = usize::try_from(run.end - run.next).unwrap_or(usize::MAX);
            let mut bytes = vec![0; left.min(READ)];
            self.file.read_exact_at(&mut bytes, run.next).map_err(failed)?;
            run.next += parse(&bytes, &mut run.read) as u64;
        }
        if let Some(entry) = run.read.pop_front() {
            merge.push(Reverse((entry, place)));
        }
        Ok(())
    }
}

/// Reads the whole entries at the beginning of `bytes`; how many bytes they took.
fn parse(bytes: &[u8], into: &mut VecDeque<Entry>) -> usize {
    let mut taken = 0;
    while let Some((length, rest)) = bytes[taken..].split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((key, rest)) = rest.split_at_checked(length) else { break };
        let Some((payout, _)) = rest.split_first_chunk::<8>() else { break };
        into.push_back((key.to_vec(), i64::from_be_bytes(*payout)));
        taken += 2 + length + 8;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order_however_many_runs_they_took() {
        let folder = crate::ledger::tests::scratch();
        let mut sorter = Sorter::new(folder.path(), "sorting").unwrap();
        let many = i64::try_from(RUN).unwrap() * 2 + 17;
        for n in 0..many {
            let scattered = (n * 7_919) % many;
            sorter.push(format!("K{scattered:09}").into_bytes(), n).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the sorting file has no name");
        let mut seen = 0;
        let mut last = Vec::new();
        while let Some((key, _)) = sorter.pop().unwrap() {
            assert!(key > last);
            last = key;
            seen += 1;
        }
        assert_eq!(seen, many);
    }
}
