//! All chance of the simulation: splitmix64 from one seed, in streams that do not disturb each other.
//!
//! Must never: take a number from anywhere but its seed.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// One stream of a seed. Another stream drawing more or less changes nothing in this one.
    pub fn stream(seed: u64, stream: u64) -> Chance {
        let mut chance = Chance(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ stream.wrapping_mul(0xa076_1d64_78bd_642f));
        chance.draw();
        chance
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Zero to `under`, `under` left out; zero where that is zero.
    pub fn below(&mut self, under: u64) -> u64 {
        if under == 0 { 0 } else { self.draw() % under }
    }

    /// Both ends included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A wait between two, in whole milliseconds.
    pub fn wait(&mut self, least: Duration, most: Duration) -> Duration {
        Duration::from_millis(self.between(ms(least), ms(most)))
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(from.len() as u64)).unwrap();
        &from[place]
    }

    /// One of a table, by its weights.
    pub fn weighted<'a, T>(&mut self, table: &'a [(u64, T)]) -> &'a T {
        let mut left = self.below(table.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in table {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return one,
            }
        }
        &table[0].1
    }
}

pub fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
