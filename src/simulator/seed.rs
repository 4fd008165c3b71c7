//! The simulator's own chance: a splitmix64 generator, the same on every machine.
//!
//! Must never: take a number from anywhere but its seed, or guard a secret.

use super::share::Share;
use std::time::Duration;

/// A stream of numbers that depends on its seed and on nothing else.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Seed {
    pub fn new(seed: u64) -> Seed {
        Seed(seed)
    }

    /// The next number (splitmix64, Steele, Lea and Flood 2014).
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether something that happens in `share` of all cases happens now.
    pub fn strikes(&mut self, share: Share) -> bool {
        self.draw() % Share::WHOLE < share.ppm()
    }

    /// A wait between two, both included, in whole milliseconds.
    pub fn wait_between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let spread = u64::try_from(longest.saturating_sub(shortest).as_millis()).unwrap_or(u64::MAX);
        if spread == 0 {
            return shortest;
        }
        shortest + Duration::from_millis(self.draw() % spread.saturating_add(1))
    }

    /// Thirty-two hexadecimal digits, for tokens and their like.
    pub fn hex(&mut self) -> String {
        format!("{:016x}{:016x}", self.draw(), self.draw())
    }
}
