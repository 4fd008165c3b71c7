//! Sorts what does not fit in memory: runs of keys are sorted, put into a file that has no name,
//! and merged. A reference table that is filled in order loads three to four times faster.
//!
//! Must never: grow in memory with the file that is admitted, or leave a file behind.

use super::error::LedgerError;
use std::fs::File;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Keys sorted in memory at a time: about a megabyte, and sorted in a few milliseconds, because a
/// slice of an admission waits for it.
const RUN: usize = 16_000;
/// Bytes of a run that are read at a time while merging: with ten million keys all runs together hold
/// ten megabytes.
const READ: usize = 16 * 1024;
/// Bytes before a key in the file: the key's length, and the payout.
const HEAD: usize = 2 + 8;

pub(super) struct Sorter {
    file: File,
    written: u64,
    /// The bytes of the loose keys, one after another.
    text: Vec<u8>,
    loose: Vec<Loose>,
    runs: Vec<Run>,
    /// The runs that are not at their end, as a heap by their next keys; once reading has begun.
    heap: Option<Vec<usize>>,
}

/// A key that is in no run yet. `first`: its first bytes, by which most comparisons are decided.
struct Loose {
    first: u64,
    from: usize,
    length: usize,
    payout: i64,
}

/// A sorted piece of the file, and what was read of it.
struct Run {
    next: u64,
    end: u64,
    read: Vec<u8>,
    /// Where in `read` the next entry lies: its payout, and its key from `key.0` to `key.1`.
    payout: i64,
    key: (usize, usize),
    first: u64,
}

/// The first bytes of a key, so that numbers compare as the keys do, as far as they go.
fn first_of(key: &[u8]) -> u64 {
    match key.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; 8];
            first[..key.len()].copy_from_slice(key);
            u64::from_be_bytes(first)
        }
    }
}

impl Run {
    fn key(&self) -> &[u8] {
        self.read.get(self.key.0..self.key.1).unwrap_or_default()
    }

    /// Goes to the next entry; `false` after the last.
    fn advance(&mut self, file: &File) -> Result<bool, LedgerError> {
        if self.parse() {
            return Ok(true);
        }
        let rest = self.read.len() - self.key.1.min(self.read.len());
        self.next -= rest as u64;
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        // An entry is 10 bytes and a key of 64 KB at most; ours have forty.
        self.read.resize(left.min(READ), 0);
        file.read_exact_at(&mut self.read, self.next).map_err(failed)?;
        self.next += self.read.len() as u64;
        self.key = (0, 0);
        if self.parse() || left == 0 {
            return Ok(left > 0);
        }
        Err(LedgerError::contradiction("a sorted key that is cut off"))
    }

    /// Finds the next whole entry in what was read.
    fn parse(&mut self) -> bool {
        let rest = self.read.get(self.key.1..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<2>() else { return false };
        let Some((payout, rest)) = rest.split_first_chunk::<8>() else { return false };
        let (length, from) = (usize::from(u16::from_be_bytes(*length)), self.key.1 + HEAD);
        if rest.len() < length {
            return false;
        }
        self.payout = i64::from_be_bytes(*payout);
        self.key = (from, from + length);
        self.first = first_of(self.key());
        true
    }
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
        Ok(Sorter { file, written: 0, text: Vec::new(), loose: Vec::new(), runs: Vec::new(), heap: None })
    }

    /// Keys compare as bytes.
    pub fn push(&mut self, key: &[u8], payout: i64) -> Result<(), LedgerError> {
        self.loose.push(Loose { first: first_of(key), from: self.text.len(), length: key.len(), payout });
        self.text.extend_from_slice(key);
        if self.loose.len() >= RUN { self.end_run() } else { Ok(()) }
    }

    /// Whether reading has begun, so that nothing may be pushed any more.
    pub fn is_merging(&self) -> bool {
        self.heap.is_some()
    }

    /// Writes the loose entries as one sorted run.
    fn end_run(&mut self) -> Result<(), LedgerError> {
        let text = &self.text;
        let key = |loose: &Loose| text.get(loose.from..loose.from + loose.length).unwrap_or_default();
        self.loose.sort_unstable_by(|a, b| {
            a.first.cmp(&b.first).then_with(|| key(a).cmp(key(b))).then_with(|| a.payout.cmp(&b.payout))
        });
        let mut bytes = Vec::with_capacity(text.len() + self.loose.len() * HEAD);
        for loose in &self.loose {
            let key = key(loose);
            let length = u16::try_from(key.len()).map_err(|_| LedgerError::contradiction("a key of over 64 KB"))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&loose.payout.to_be_bytes());
            bytes.extend_from_slice(key);
        }
        self.file.write_all_at(&bytes, self.written).map_err(failed)?;
        let end = self.written + bytes.len() as u64;
        self.runs.push(Run { next: self.written, end, read: Vec::new(), payout: 0, key: (0, 0), first: 0 });
        self.written = end;
        self.loose.clear();
        self.text.clear();
        Ok(())
    }

    /// Hands the next entry in order to `take`; `false` after the last. No more may be pushed once this
    /// was asked.
    pub fn next(&mut self, take: impl FnOnce(&[u8], i64)) -> Result<bool, LedgerError> {
        let mut heap = match self.heap.take() {
            Some(heap) => heap,
            None => self.begin_merge()?,
        };
        let Some(top) = heap.first().copied() else {
            self.heap = Some(heap);
            return Ok(false);
        };
        let run = &mut self.runs[top];
        take(run.key(), run.payout);
        if !run.advance(&self.file)? {
            heap.swap_remove(0);
        }
        sink(&mut heap, &self.runs, 0);
        self.heap = Some(heap);
        Ok(true)
    }

    fn begin_merge(&mut self) -> Result<Vec<usize>, LedgerError> {
        self.end_run()?;
        (self.text, self.loose) = (Vec::new(), Vec::new());
        let mut heap = Vec::with_capacity(self.runs.len());
        for (place, run) in self.runs.iter_mut().enumerate() {
            if run.advance(&self.file)? {
                heap.push(place);
            }
        }
        for place in (0..heap.len() / 2).rev() {
            sink(&mut heap, &self.runs, place);
        }
        Ok(heap)
    }
}

/// Lets the run at this place of the heap sink to where it belongs.
fn sink(heap: &mut [usize], runs: &[Run], mut place: usize) {
    let less = |a: usize, b: usize| {
        let (a, b) = (&runs[a], &runs[b]);
        a.first < b.first || a.first == b.first && (a.key(), a.payout) < (b.key(), b.payout)
    };
    loop {
        let (left, right) = (2 * place + 1, 2 * place + 2);
        let mut least = place;
        for child in [left, right] {
            if child < heap.len() && less(heap[child], heap[least]) {
                least = child;
            }
        }
        if least == place {
            return;
        }
        heap.swap(place, least);
        place = least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: impl Iterator<Item = (Vec<u8>, i64)>) -> Vec<(Vec<u8>, i64)> {
        let folder = crate::ledger::tests::scratch();
        let mut sorter = Sorter::new(folder.path(), "sorting").unwrap();
        for (key, payout) in keys {
            sorter.push(&key, payout).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the sorting file has no name");
        let mut found = Vec::new();
        while sorter.next(|key, payout| found.push((key.to_vec(), payout))).unwrap() {}
        found
    }

    #[test]
    fn entries_come_back_in_order_however_many_runs_they_took() {
        let many = i64::try_from(RUN).unwrap() * 2 + 17;
        let keys = (0..many).map(|n| (format!("K{:09}", (n * 7_919) % many).into_bytes(), n));
        let mut expected: Vec<_> = keys.clone().collect();
        expected.sort();
        assert_eq!(sorted(keys), expected);
        assert_eq!(sorted(std::iter::empty()), []);
    }

    #[test]
    fn short_long_and_equal_keys_compare_as_bytes_do() {
        let texts = ["", "a", "a\0", "a\0\0\0\0\0\0\0\0", "abcdefgh", "abcdefghi", "abcdefgh\0", "b", "b", "\u{ff}"];
        let many = i64::try_from(RUN).unwrap() + 100;
        let keys = (0..many).rev().map(|n| (texts[usize::try_from(n * 7).unwrap() % texts.len()].into(), n));
        let mut expected: Vec<(Vec<u8>, i64)> = keys.clone().collect();
        expected.sort();
        assert_eq!(sorted(keys), expected);
    }
}
