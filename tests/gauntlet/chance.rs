//! Chance that a seed decides: the same seed, question and count give the same answer, whatever
//! order threads ask in.
//!
//! Must never: keep a state, or the order of calls would decide what goes wrong.

/// A seed to ask.
#[derive(Clone, Copy, Debug)]
pub struct Chance(pub u64);

impl Chance {
    /// A number for the `n`-th time that `what` is asked about `whom`.
    pub fn roll(self, what: &str, whom: &str, n: u64) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in what.bytes().chain([0xff]).chain(whom.bytes()).chain(n.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The finalizer of splitmix64: FNV alone leaves neighbours alike.
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    /// Below `under`.
    pub fn below(self, under: u64, what: &str, whom: &str, n: u64) -> u64 {
        self.roll(what, whom, n) % under.max(1)
    }

    /// One of a table of weights.
    pub fn weighted<T: Copy>(self, table: &[(u64, T)], what: &str, whom: &str, n: u64) -> T {
        let total: u64 = table.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total, what, whom, n);
        for (weight, thing) in table {
            if left < *weight {
                return *thing;
            }
            left -= weight;
        }
        table[0].1
    }
}
