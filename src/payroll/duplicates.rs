//! References that stand twice in one file, found with 8 bytes a row.
//!
//! First reading: [`DuplicateFinder`] keeps a keyed hash of every reference. Sorted, which
//! [`DuplicateSearch`] does in steps, equal hashes are [`Suspects`]: few, unless the file is pasted twice. Second reading: [`Confirmation`] compares
//! the suspects' references themselves and names the earlier line.
//!
//! Must never: call two different references one.

use super::problem::{Code, Problem};
use crate::payout::instruction::{LONGEST_REFERENCE, Reference};
use crate::words::say;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

/// A hash that a file's writer cannot foresee, given a seed that he does not know.
#[derive(Clone, Debug)]
struct KeyHash(DefaultHasher);

impl KeyHash {
    fn seeded(seed: u64) -> KeyHash {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(seed);
        KeyHash(hasher)
    }

    fn of(&self, key: &str) -> u64 {
        let mut hasher = self.0.clone();
        hasher.write(key.as_bytes());
        hasher.finish()
    }
}

/// Hashes that are sorted at a time: a millisecond's work, because a slice of an examination waits.
const RUN: usize = 32 * 1024;
/// Hashes of one step of the search, about: a millisecond as well.
const STEP: usize = 16 * 1024;

/// Gathers the references of a file's first reading.
#[derive(Debug)]
pub struct DuplicateFinder {
    hash: KeyHash,
    /// Sorted runs, one after another, and what is in no run yet.
    hashes: Vec<u64>,
    /// Where each run ends.
    runs: Vec<usize>,
}

impl DuplicateFinder {
    /// `seed`: a number that nobody outside can foresee.
    pub fn new(seed: u64) -> DuplicateFinder {
        DuplicateFinder { hash: KeyHash::seeded(seed), hashes: Vec::new(), runs: Vec::new() }
    }

    pub fn push(&mut self, reference: &Reference) {
        self.hashes.push(self.hash.of(reference.key_in(&mut [0; LONGEST_REFERENCE])));
        if self.hashes.len() - self.begun() >= RUN {
            self.end_run();
        }
    }

    fn begun(&self) -> usize {
        self.runs.last().copied().unwrap_or(0)
    }

    /// Sorts what is in no run. Of equal hashes two are kept: a file that holds one reference a million
    /// times must not make a step of the search long.
    fn end_run(&mut self) {
        let begun = self.begun();
        self.hashes[begun..].sort_unstable();
        let mut kept = begun;
        for place in begun..self.hashes.len() {
            let hash = self.hashes[place];
            if kept < begun + 2 || self.hashes[kept - 2] != hash {
                self.hashes[kept] = hash;
                kept += 1;
            }
        }
        self.hashes.truncate(kept);
        self.runs.push(kept);
    }

    /// All rows were told: now the hashes that came more than once are looked for, in steps.
    pub fn search(mut self) -> DuplicateSearch {
        self.end_run();
        let begins = std::iter::once(0).chain(self.runs.iter().copied());
        let runs = begins.zip(self.runs.iter().copied()).collect();
        let width = u64::MAX / (self.hashes.len() / STEP + 1) as u64;
        let DuplicateFinder { hash, hashes, .. } = self;
        DuplicateSearch { hash, hashes, runs, width, below: 0, step: Vec::new(), twice: Vec::new() }
    }

    /// The hashes that came more than once, all at once.
    pub fn suspects(self) -> Suspects {
        let mut search = self.search();
        while search.step() {}
        search.suspects()
    }
}

/// Looks for the hashes that came more than once: in steps, each over one part of all that a hash can be.
/// Hashes are spread evenly, so that the parts are alike.
#[derive(Debug)]
pub struct DuplicateSearch {
    hash: KeyHash,
    hashes: Vec<u64>,
    /// What is left of each run: from, and to where it ends.
    runs: Vec<(usize, usize)>,
    /// How many values of a hash one step covers, and up to which value the steps have come.
    width: u64,
    below: u64,
    step: Vec<u64>,
    twice: Vec<u64>,
}

impl DuplicateSearch {
    /// Does one bounded step; `false` once nothing is left to do.
    pub fn step(&mut self) -> bool {
        let bound = self.below.checked_add(self.width);
        self.step.clear();
        for (from, end) in &mut self.runs {
            let left = &self.hashes[*from..*end];
            let count = bound.map_or(left.len(), |bound| left.iter().take_while(|hash| **hash < bound).count());
            self.step.extend_from_slice(&left[..count]);
            *from += count;
        }
        self.step.sort_unstable();
        for pair in self.step.windows(2) {
            if pair[0] == pair[1] && self.twice.last() != Some(&pair[0]) {
                self.twice.push(pair[0]);
            }
        }
        self.below = bound.unwrap_or(self.below);
        bound.is_some()
    }

    /// What the steps found.
    pub fn suspects(self) -> Suspects {
        Suspects { hash: self.hash, hashes: self.twice }
    }
}

/// Hashes that more than one row has.
#[derive(Debug)]
pub struct Suspects {
    hash: KeyHash,
    hashes: Vec<u64>,
}

impl Suspects {
    /// None: the file has no duplicates, and no second look is needed.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }
}

/// Where a suspect's first row was seen, and where its key lies in the arena.
#[derive(Clone, Copy, Debug, Default)]
struct First {
    /// 0: not seen yet; lines count from 1.
    line: u32,
    from: u32,
    length: u8,
}

/// Told every row of the second reading, it names those whose reference stood before.
#[derive(Debug)]
pub struct Confirmation {
    suspects: Suspects,
    /// One for each suspect hash.
    firsts: Vec<First>,
    keys: String,
    /// Different references with one hash, and what has no room in the arena.
    others: BTreeMap<String, u32>,
}

impl Confirmation {
    pub fn new(suspects: Suspects) -> Confirmation {
        let firsts = vec![First::default(); suspects.len()];
        Confirmation { suspects, firsts, keys: String::new(), others: BTreeMap::new() }
    }

    /// Takes a row in. `column` is the reference column's name in the file's header. The problem
    /// stands on the later line and names the earlier one.
    pub fn see(&mut self, line: u32, column: &str, reference: &Reference) -> Option<Problem> {
        let key = reference.key();
        let hash = self.suspects.hash.of(&key);
        let place = self.suspects.hashes.binary_search(&hash).ok()?;
        let earlier = self.earlier_line(place, line, key)?;
        let text = say!("reference-twice", line = earlier.to_string());
        Some(Problem::of_cell(line, column, reference.as_str(), Code::ReferenceTwice, text))
    }

    /// The line where `key` was seen first; `None`: it is seen for the first time, and remembered.
    fn earlier_line(&mut self, place: usize, line: u32, key: String) -> Option<u32> {
        let first = self.firsts.get(place).copied().unwrap_or_default();
        let from = u32::try_from(self.keys.len());
        if let (0, Ok(from), Ok(length)) = (first.line, from, u8::try_from(key.len())) {
            self.keys.push_str(&key);
            self.firsts[place] = First { line, from, length };
            return None;
        }
        let start = first.from as usize;
        if first.line > 0 && self.keys.get(start..start + usize::from(first.length)) == Some(key.as_str()) {
            return Some(first.line);
        }
        match self.others.entry(key) {
            std::collections::btree_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        Reference::parse(text).unwrap()
    }

    fn duplicates(texts: &[&str]) -> Vec<(u32, String)> {
        let mut finder = DuplicateFinder::new(7);
        texts.iter().for_each(|text| finder.push(&reference(text)));
        let mut confirmation = Confirmation::new(finder.suspects());
        let lines = (2..).zip(texts);
        lines
            .filter_map(|(line, text)| confirmation.see(line, "reference", &reference(text)))
            .map(|problem| (problem.line, problem.problem.to_string().chars().filter(char::is_ascii_digit).collect()))
            .collect()
    }

    #[test]
    fn a_reference_that_stands_twice_is_named_with_its_earlier_line() {
        assert_eq!(duplicates(&["A", "B", "C"]), []);
        assert_eq!(duplicates(&["A", "b", "B", "007", "7", "B"]), [(4, "3".into()), (6, "5".into()), (7, "3".into())]);
    }

    #[test]
    fn every_hash_that_came_twice_is_found_wherever_it_stood_and_in_short_steps() {
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let many = 3 * RUN as u64 + 5;
        let mut finder = DuplicateFinder::new(7);
        let mut tell = |value: u64| {
            finder.hashes.push(value);
            if finder.hashes.len() - finder.begun() >= RUN {
                finder.end_run();
            }
        };
        (1..=many).for_each(|n| tell(hash(n)));
        // Beside each other, runs apart, at both ends of what a hash can be, and one very often.
        let twice = [hash(1), hash(2), hash(many - 1), hash(many / 2), 0, u64::MAX];
        (0..2 * RUN).for_each(|_| tell(hash(17)));
        twice.iter().chain(&twice[4..]).for_each(|value| tell(*value));
        let mut expected: Vec<u64> = twice.iter().copied().chain([hash(17)]).collect();
        expected.sort_unstable();
        let mut search = finder.search();
        let mut longest = 0;
        while search.step() {
            longest = longest.max(search.step.len());
        }
        assert_eq!(search.suspects().hashes, expected);
        assert!(longest < 2 * STEP, "{longest} hashes in one step");
    }

    #[test]
    fn two_references_with_one_hash_are_told_apart() {
        let mut finder = DuplicateFinder::new(7);
        finder.push(&reference("A"));
        finder.push(&reference("A"));
        let mut suspects = finder.suspects();
        suspects.hashes = vec![suspects.hash.of("a")];
        let mut confirmation = Confirmation::new(suspects);
        let twins = [(2, "a", None), (3, "b", None), (4, "a", Some(2)), (5, "b", Some(3)), (6, "b", Some(3))];
        for (line, key, earlier) in twins {
            assert_eq!(confirmation.earlier_line(0, line, key.to_string()), earlier, "{line}");
        }
    }
}
