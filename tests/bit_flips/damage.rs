//! Ways in which a file goes wrong, each told in words and repeatable by its seed.
//!
//! Must never: touch more than it says.

use super::pages::Map;
use std::fmt;

/// A small generator: the same damage for the same seed, everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap_or(0)
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

#[derive(Clone, Debug)]
pub enum Harm {
    Bit {
        offset: usize,
        bit: u8,
    },
    /// So many bytes of noise.
    Noise {
        offset: usize,
        bytes: Vec<u8>,
    },
    Zeroed {
        page: usize,
        size: usize,
    },
    Truncated {
        length: usize,
    },
    /// A write that never reached the disk: the page is as it was.
    Lost {
        page: usize,
        old: Vec<u8>,
    },
    Swapped {
        one: usize,
        other: usize,
        size: usize,
    },
}

#[derive(Clone, Debug)]
pub struct Damage {
    /// The file in the state folder.
    pub file: &'static str,
    pub harm: Harm,
    /// What lies there: whose, and what for.
    pub place: String,
    /// Rows and index entries: what `verify` must notice.
    pub business: bool,
}

impl Damage {
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        match &self.harm {
            Harm::Bit { offset, bit } => bytes[*offset] ^= 1 << bit,
            Harm::Noise { offset, bytes: noise } => bytes[*offset..offset + noise.len()].copy_from_slice(noise),
            Harm::Zeroed { page, size } => bytes[page * size..(page + 1) * size].fill(0),
            Harm::Truncated { length } => bytes.truncate(*length),
            Harm::Lost { page, old } => bytes[page * old.len()..(page + 1) * old.len()].copy_from_slice(old),
            Harm::Swapped { one, other, size } => {
                let first = bytes[one * size..(one + 1) * size].to_vec();
                bytes.copy_within(other * size..(other + 1) * size, one * size);
                bytes[other * size..(other + 1) * size].copy_from_slice(&first);
            }
        }
    }

    /// The kind of harm, for the table of what was noticed where.
    pub fn kind(&self) -> &'static str {
        match self.harm {
            Harm::Bit { .. } => "bit",
            Harm::Noise { .. } => "noise",
            Harm::Zeroed { .. } => "zeroed page",
            Harm::Truncated { .. } => "truncated",
            Harm::Lost { .. } => "lost write",
            Harm::Swapped { .. } => "swapped pages",
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { file, place, .. } = self;
        match &self.harm {
            Harm::Bit { offset, bit } => write!(f, "{file}: bit {bit} of byte {offset} ({place})"),
            Harm::Noise { offset, bytes } => write!(f, "{file}: {} bytes of noise at {offset} ({place})", bytes.len()),
            Harm::Zeroed { page, .. } => write!(f, "{file}: page {} zeroed ({place})", page + 1),
            Harm::Truncated { length } => write!(f, "{file}: cut to {length} bytes"),
            Harm::Lost { page, .. } => write!(f, "{file}: page {} as it was earlier ({place})", page + 1),
            Harm::Swapped { one, other, .. } => {
                write!(f, "{file}: pages {} and {} swapped ({place})", one + 1, other + 1)
            }
        }
    }
}

/// `n` flips spread evenly over everything that the map tells apart.
pub fn flips(map: &Map, n: usize, dice: &mut Dice) -> Vec<Damage> {
    let strata: Vec<_> = map.strata().into_iter().collect();
    (0..n)
        .map(|turn| {
            let ((of, owner), places) = &strata[turn % strata.len()];
            let offset = *dice.of(places);
            bit(offset, u8::try_from(dice.below(8)).unwrap_or(0), of, owner)
        })
        .collect()
}

fn bit(offset: usize, bit: u8, of: &super::pages::Use, owner: &str) -> Damage {
    let owner = if owner.is_empty() { "freelist" } else { owner };
    Damage {
        file: payoutd::ledger::FILE,
        harm: Harm::Bit { offset, bit },
        place: format!("{owner}, {of:?}"),
        business: *of == super::pages::Use::Cell,
    }
}

/// One flip in every live place where one of the values lies.
pub fn flips_in_values(map: &Map, file: &[u8], values: &[(String, Vec<u8>)], dice: &mut Dice) -> Vec<Damage> {
    let mut found = Vec::new();
    for (name, value) in values {
        for (offset, window) in file.windows(value.len()).enumerate() {
            let live = map.use_of(offset) == super::pages::Use::Cell;
            if live && window == value.as_slice() {
                let at = offset + dice.below(value.len());
                let mut flip = bit(at, u8::try_from(dice.below(8)).unwrap_or(0), &map.use_of(at), map.owner_of(at));
                flip.place = format!("{}, {name}", flip.place);
                found.push(flip);
            }
        }
    }
    found
}

/// What happens to whole pages: zeroed, noise, exchanged, lost writes, a cut file.
pub fn coarse(map: &Map, file: &[u8], earlier: &[Vec<u8>], dice: &mut Dice) -> Vec<Damage> {
    let size = map.page_size;
    let harm = |page: usize, harm: Harm| Damage {
        file: payoutd::ledger::FILE,
        harm,
        place: map.owners.get(page).cloned().unwrap_or_default(),
        business: false,
    };
    let mut all = Vec::new();
    for page in 0..map.pages() {
        all.push(harm(page, Harm::Zeroed { page, size }));
        let bytes: Vec<u8> = (0..16).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
        all.push(harm(page, Harm::Noise { offset: page * size + dice.below(size - 16), bytes }));
        let other = dice.below(map.pages());
        if other != page {
            all.push(harm(page, Harm::Swapped { one: page, other, size }));
        }
        all.push(harm(page, Harm::Truncated { length: page * size + dice.below(2) * dice.below(size) }));
        for old in earlier.iter().filter_map(|old| old.get(page * size..(page + 1) * size)) {
            if old != &file[page * size..(page + 1) * size] {
                all.push(harm(page, Harm::Lost { page, old: old.to_vec() }));
            }
        }
    }
    all
}

/// Flips anywhere in a small file beside the ledger.
pub fn flips_beside(file: &'static str, length: usize, n: usize, dice: &mut Dice) -> Vec<Damage> {
    let one = |dice: &mut Dice| Damage {
        file,
        harm: Harm::Bit { offset: dice.below(length), bit: u8::try_from(dice.below(8)).unwrap_or(0) },
        place: file.to_string(),
        business: false,
    };
    (0..n).map(|_| one(dice)).collect()
}
