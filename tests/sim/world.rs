//! What kind of world a seed makes.
//!
//! Must never: depend on anything but the seed.

use crate::chance::Chance;
use std::time::Duration;

pub const SECOND: Duration = Duration::from_secs(1);
/// The product's whole-call deadline in these worlds: every call has ended by then.
pub const TIMEOUT: Duration = Duration::from_secs(8);

/// When debits land and are known to the status call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debits {
    WithinGrace,
    /// Some come later than the grace.
    AlsoAfterGrace,
}

#[derive(Clone, Debug)]
pub struct World {
    pub seed: u64,
    pub debits: Debits,
    /// `after_not_found = "retry"`, else "hold".
    pub retry: bool,
    pub grace: Duration,
    /// Percent of Transferts and of questions that go wrong.
    pub transfer_trouble: u64,
    pub question_trouble: u64,
    /// Longest time from a debit to the status call's knowing of it.
    pub status_lag: Duration,
    /// How late a debit shows in a truthful reading; what the product is told as well.
    pub balance_lag: Duration,
    /// Readings may be stale or wrong.
    pub balance_lies: bool,
    pub token_life: Duration,
    /// A fee of 3 %.
    pub fee: bool,
    /// Centimes.
    pub floor: i64,
    pub balance: i64,
    /// The status call tells why it refused a transfer.
    pub tells_refusals: bool,
    /// One moment in a hundred for a spell of blindness of the status call to begin, per question.
    pub blind: bool,
    pub approval: bool,
    pub regret: Duration,
    /// How often the process is let live in a storm, at most.
    pub lives: u64,
    pub status_file: bool,
}

impl World {
    pub fn of(seed: u64) -> World {
        let mut chance = Chance::stream(seed, 1);
        let poor = chance.one_in(3);
        World {
            seed,
            debits: if chance.one_in(5) { Debits::AlsoAfterGrace } else { Debits::WithinGrace },
            retry: !chance.one_in(4),
            grace: SECOND * u32::try_from(chance.between(12, 20)).unwrap(),
            transfer_trouble: *chance.pick(&[20, 50, 70, 85]),
            question_trouble: *chance.pick(&[10, 30, 45, 60]),
            status_lag: *chance.pick(&[Duration::ZERO, SECOND, SECOND * 8]),
            balance_lag: *chance.pick(&[Duration::ZERO, SECOND * 2, SECOND * 8]),
            balance_lies: chance.one_in(4),
            token_life: *chance.pick(&[SECOND * 59, SECOND * 59, SECOND * 12]),
            fee: chance.one_in(3),
            floor: 50_000,
            balance: if poor { 600_000 } else { 50_000_000 },
            tells_refusals: chance.one_in(2),
            blind: chance.one_in(3),
            approval: chance.one_in(5),
            regret: *chance.pick(&[Duration::ZERO, Duration::ZERO, Duration::ZERO, SECOND * 3]),
            lives: chance.between(2, 6),
            status_file: chance.one_in(8),
        }
    }

    /// MonCash's fee, as the product is told to reckon it.
    pub fn fee_of(&self, centimes: i64) -> i64 {
        if self.fee { (centimes * 30_000 + 999_999) / 1_000_000 } else { 0 }
    }
}
