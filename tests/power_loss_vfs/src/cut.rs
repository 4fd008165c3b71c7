//! What a power cut may leave.
//!
//! The model: what was flushed stays. Every write and truncation since may be on disk, or not, or in
//! part (a beginning of any length, or any of its 512-byte sectors), or as garbage within its own
//! bytes; in any order, each for itself; a name made or deleted since the last flush of the folder may
//! be there or not. It is harsher than a journaling file system (which keeps names in order) and
//! exactly as kind in one thing: bytes that were not being written do not change.
//!
//! Must never: let a flushed byte go, or two runs with one seed differ.

use crate::record::{Image, Op};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a disk's flush is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncs {
    Honest,
    /// The disk says "done" and does it this many operations later.
    Late(usize),
}

/// A small seeded generator (splitmix64): the same seed cuts the same way.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 where there is nothing to choose from.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { usize::try_from(self.draw() % end as u64).expect("below a usize") }
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

#[derive(Clone, Debug)]
struct Pending {
    op: Op,
    /// When it was asked for: the number of the operation.
    number: usize,
    /// Surely on disk, though something before it may not be.
    settled: bool,
    /// A flush failed over it: no later one takes it along.
    forsaken: bool,
}

/// A place in a trace: what is surely on disk, and what may be.
#[derive(Clone, Debug)]
pub struct Cursor {
    durable: Image,
    files: BTreeMap<u64, Vec<Pending>>,
    names: Vec<Pending>,
    number: usize,
    syncs: Syncs,
    /// Flushes that the disk only promised: when, and what.
    promised: Vec<(usize, Op)>,
    outside: Vec<Arc<[u8]>>,
}

impl Cursor {
    pub fn at_start(base: &Image, syncs: Syncs) -> Cursor {
        Cursor {
            durable: base.clone(),
            files: BTreeMap::new(),
            names: Vec::new(),
            number: 0,
            syncs,
            promised: Vec::new(),
            outside: Vec::new(),
        }
    }

    /// Takes the next operation of the trace.
    pub fn step(&mut self, op: &Op) {
        self.number += 1;
        self.keep_promises();
        let pending = Pending { op: op.clone(), number: self.number, settled: false, forsaken: false };
        match op {
            Op::Create { file, synced, .. } => {
                self.durable.files.entry(*file).or_default();
                self.names.push(pending);
                if *synced {
                    self.flush_names(self.number);
                }
            }
            Op::Delete { synced, .. } => {
                self.names.push(pending);
                if *synced {
                    self.flush_names(self.number);
                }
            }
            Op::Write { file, .. } | Op::Truncate { file, .. } => self.files.entry(*file).or_default().push(pending),
            Op::Sync { file, folder } => match self.syncs {
                Syncs::Honest => self.flush(*file, *folder, self.number),
                Syncs::Late(_) => self.promised.push((self.number, op.clone())),
            },
            Op::SyncFailed { file } => {
                let waiting = self.files.entry(*file).or_default();
                waiting.iter_mut().filter(|pending| !pending.settled).for_each(|pending| pending.forsaken = true);
            }
            Op::Outside { bytes } => self.outside.push(bytes.clone()),
            Op::Mark => {}
        }
    }

    /// Every content that the watched file had so far, the newest last.
    pub fn outside(&self) -> &[Arc<[u8]>] {
        &self.outside
    }

    fn keep_promises(&mut self) {
        let Syncs::Late(lag) = self.syncs else { return };
        while let Some((number, op)) = self.promised.first().cloned() {
            if number + lag > self.number {
                return;
            }
            self.promised.remove(0);
            if let Op::Sync { file, folder } = op {
                self.flush(file, folder, number);
            }
        }
    }

    /// Everything asked of a file up to then is on disk.
    fn flush(&mut self, file: u64, folder: bool, up_to: usize) {
        let waiting = self.files.entry(file).or_default();
        for pending in waiting.iter_mut().filter(|pending| pending.number <= up_to && !pending.forsaken) {
            pending.settled = true;
        }
        let sure = waiting.iter().take_while(|pending| pending.settled).count();
        for pending in waiting.drain(..sure) {
            self.durable.apply(&pending.op);
        }
        if folder {
            self.flush_names(up_to);
        }
    }

    fn flush_names(&mut self, up_to: usize) {
        let sure = self.names.iter().take_while(|pending| pending.number <= up_to).count();
        for pending in self.names.drain(..sure) {
            self.durable.apply(&pending.op);
        }
    }

    /// What the running machine sees: everything.
    pub fn alive(&self) -> Image {
        let mut image = self.durable.clone();
        for pending in self.files.values().flatten().chain(&self.names) {
            image.apply(&pending.op);
        }
        image.swept()
    }

    /// How many operations are not surely on disk.
    pub fn unsure(&self) -> usize {
        let files: usize = self.files.values().flatten().filter(|pending| !pending.settled).count();
        files + self.names.len()
    }

    /// The power goes now: one of the disks that may be left.
    pub fn cut(&self, seed: u64) -> Image {
        let mut chance = Chance::of(seed);
        let manner = Manner::of(&mut chance, self.unsure());
        let mut image = self.durable.clone();
        for pending in &self.names {
            if manner.keeps(&mut chance, pending.number) != Fate::Lost {
                image.apply(&pending.op);
            }
        }
        for waiting in self.files.values() {
            let mut order: Vec<&Pending> = waiting.iter().collect();
            // What is settled has its place; only a file without it can come in any order.
            if manner.shuffled && order.iter().all(|pending| !pending.settled) {
                for place in (1..order.len()).rev() {
                    order.swap(place, chance.below(place + 1));
                }
            }
            for pending in order {
                let fate = if pending.settled { Fate::Whole } else { manner.keeps(&mut chance, pending.number) };
                leave(&mut image, &pending.op, fate, &mut chance);
            }
        }
        image.swept()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lost,
    Whole,
    /// A beginning of it, of any length.
    Torn,
    /// Some of its sectors.
    Sectors,
    /// Its bytes are there, but not those.
    Garbled,
    /// Its place is there, empty.
    Zeros,
}

/// How one power cut goes about it.
struct Manner {
    kind: usize,
    shuffled: bool,
    /// One operation in so many is the odd one out, for kinds that have one.
    every: usize,
    odd: usize,
}

impl Manner {
    fn of(chance: &mut Chance, unsure: usize) -> Manner {
        let kind = chance.below(8);
        let every = unsure.clamp(1, 7);
        Manner { kind, shuffled: chance.one_in(3), every, odd: chance.below(every) }
    }

    fn keeps(&self, chance: &mut Chance, number: usize) -> Fate {
        let any = |chance: &mut Chance| match chance.below(6) {
            0 => Fate::Torn,
            1 => Fate::Sectors,
            2 => Fate::Garbled,
            3 => Fate::Zeros,
            4 => Fate::Lost,
            _ => Fate::Whole,
        };
        match self.kind {
            0 => Fate::Lost,
            1 => Fate::Whole,
            // All but some: the last may be missing, or damaged, or one in the middle.
            2 if number % self.every == self.odd => Fate::Lost,
            3 if number % self.every == self.odd => any(chance),
            2 | 3 => Fate::Whole,
            // Hardly any.
            4 if number % self.every == self.odd => any(chance),
            4 => Fate::Lost,
            5 if chance.one_in(2) => Fate::Whole,
            5 => Fate::Lost,
            _ => any(chance),
        }
    }
}

/// A disk's sector: written whole or not at all, as far as anything is.
const SECTOR: usize = 512;

fn leave(image: &mut Image, op: &Op, fate: Fate, chance: &mut Chance) {
    let Op::Write { file, at, bytes } = op else {
        if fate != Fate::Lost {
            image.apply(op);
        }
        return;
    };
    match fate {
        Fate::Lost => {}
        Fate::Whole => image.apply(op),
        Fate::Torn => image.write(*file, *at, &bytes[..chance.below(bytes.len())]),
        Fate::Sectors => {
            for (place, sector) in bytes.chunks(SECTOR).enumerate() {
                if chance.one_in(2) {
                    image.write(*file, *at + (place * SECTOR) as u64, sector);
                }
            }
        }
        Fate::Garbled => {
            let mut garbled = bytes.to_vec();
            if chance.one_in(2) {
                let bit = chance.below(garbled.len() * 8);
                garbled[bit / 8] ^= 1 << (bit % 8);
            } else {
                garbled.iter_mut().for_each(|byte| *byte = chance.draw().to_le_bytes()[0]);
            }
            image.write(*file, *at, &garbled);
        }
        Fate::Zeros => image.write(*file, *at, &vec![0; bytes.len()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, bytes: &[u8]) -> Op {
        Op::Write { file: 1, at, bytes: bytes.into() }
    }

    fn made() -> Op {
        Op::Create { name: "a".to_string(), file: 1, synced: true }
    }

    fn content(image: &Image) -> Vec<u8> {
        image.names.get("a").map(|file| image.files[file].to_vec()).unwrap_or_default()
    }

    fn walked(ops: &[Op], syncs: Syncs) -> Cursor {
        let mut cursor = Cursor::at_start(&Image::default(), syncs);
        ops.iter().for_each(|op| cursor.step(op));
        cursor
    }

    /// Every content that 2,000 cuts leave.
    fn left(cursor: &Cursor) -> std::collections::BTreeSet<Vec<u8>> {
        (0..2_000).map(|seed| content(&cursor.cut(seed))).collect()
    }

    #[test]
    fn what_was_flushed_stays_and_what_was_not_may_be_anything() {
        let sync = Op::Sync { file: 1, folder: false };
        let cursor = walked(&[made(), write(0, b"abcd"), sync, write(2, b"XY")], Syncs::Honest);
        let left = left(&cursor);
        for may in [b"abcd".to_vec(), b"abXY".to_vec(), b"abXd".to_vec(), b"ab\0\0".to_vec()] {
            assert!(left.contains(&may), "{may:?} is never left");
        }
        assert!(left.iter().all(|content| content.starts_with(b"ab")), "a flushed byte went");
    }

    #[test]
    fn a_flush_that_lies_keeps_nothing_until_later() {
        let sync = || Op::Sync { file: 1, folder: false };
        let early = walked(&[made(), write(0, b"abcd"), sync()], Syncs::Late(3));
        assert!(left(&early).contains(b"".as_slice()));
        let late = walked(&[made(), write(0, b"abcd"), sync(), Op::Mark, Op::Mark, Op::Mark], Syncs::Late(3));
        assert_eq!(left(&late).len(), 1);
    }

    #[test]
    fn what_a_failed_flush_let_go_no_later_flush_brings_back() {
        let sync = Op::Sync { file: 1, folder: false };
        let cursor =
            walked(&[made(), write(0, b"ab"), Op::SyncFailed { file: 1 }, write(2, b"cd"), sync], Syncs::Honest);
        assert_eq!(content(&cursor.alive()), b"abcd");
        let left = left(&cursor);
        assert!(left.contains(b"\0\0cd".as_slice()) && left.contains(b"abcd".as_slice()));
        assert!(left.iter().all(|content| content.ends_with(b"cd")));
    }

    #[test]
    fn a_name_is_sure_only_once_its_folder_is_flushed() {
        let new = || Op::Create { name: "a".to_string(), file: 1, synced: false };
        let sync = |folder| Op::Sync { file: 1, folder };
        let unsure = walked(&[new(), write(0, b"ab"), sync(false)], Syncs::Honest);
        let held: Vec<bool> = (0..200).map(|seed| unsure.cut(seed).holds("a")).collect();
        assert!(held.contains(&true) && held.contains(&false));
        let sure = walked(&[new(), write(0, b"ab"), sync(true)], Syncs::Honest);
        assert!((0..200).all(|seed| content(&sure.cut(seed)) == b"ab"));
        let gone = Op::Delete { name: "a".to_string(), synced: false };
        let undone = walked(&[new(), write(0, b"ab"), sync(true), gone], Syncs::Honest);
        let held: Vec<bool> = (0..200).map(|seed| undone.cut(seed).holds("a")).collect();
        assert!(held.contains(&true) && held.contains(&false));
    }

    #[test]
    fn one_seed_cuts_one_way() {
        let cursor = walked(&[made(), write(0, &[7; 4096]), write(1000, &[9; 4096])], Syncs::Honest);
        assert!((0..50).all(|seed| content(&cursor.cut(seed)) == content(&cursor.cut(seed))));
        assert!(left(&cursor).len() > 200, "two writes leave only {} different contents", left(&cursor).len());
    }
}
