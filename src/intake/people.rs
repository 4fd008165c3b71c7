//! Who is in a file: gathered while it is read for the first time, in memory that does not grow with it.
//!
//! Must never: hold a row; a file may have millions.

use super::receivers::Receivers;
use crate::payout::instruction::Account;
use crate::payroll::Row;
use std::collections::BTreeSet;

/// Numbers that stand in more than one row and are remembered; of a file with more, the rest are counted.
const MOST_TWICE: usize = 20_000;
/// People of the file that stand for all when it is compared with an earlier batch, at most.
const SAMPLE: usize = 400;

#[derive(Debug)]
pub(super) struct People {
    receivers: Receivers,
    /// Numbers in more than one row.
    twice: BTreeSet<u32>,
    /// More of them than are remembered.
    twice_untold: u32,
    sample: Vec<Account>,
    /// Every so many rows one is put into the sample.
    stride: u32,
    rows: u32,
}

impl Default for People {
    fn default() -> People {
        let (receivers, twice, sample) = (Receivers::default(), BTreeSet::new(), Vec::new());
        People { receivers, twice, twice_untold: 0, sample, stride: 1, rows: 0 }
    }
}

impl People {
    pub fn note(&mut self, row: &Row) {
        let receiver = row.instruction.receiver;
        if !self.receivers.insert(receiver) && !self.twice.contains(&receiver.local()) {
            if self.twice.len() < MOST_TWICE {
                self.twice.insert(receiver.local());
            } else {
                self.twice_untold = self.twice_untold.saturating_add(1);
            }
        }
        if self.rows.is_multiple_of(self.stride) {
            self.sample.push(receiver);
        }
        self.rows = self.rows.saturating_add(1);
        if self.sample.len() >= SAMPLE {
            let mut place = 0_usize;
            self.sample.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride = self.stride.saturating_mul(2);
        }
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    pub fn holds(&self, receiver: Account) -> bool {
        self.receivers.contains(receiver)
    }

    pub fn is_twice(&self, receiver: Account) -> bool {
        self.twice.contains(&receiver.local())
    }

    /// How many numbers stand in more than one row.
    pub fn twice(&self) -> u32 {
        u32::try_from(self.twice.len()).unwrap_or(u32::MAX).saturating_add(self.twice_untold)
    }

    /// How many of them are not remembered.
    pub fn twice_untold(&self) -> u32 {
        self.twice_untold
    }

    /// People of the file, evenly spread.
    pub fn sample(&self) -> &[Account] {
        &self.sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::instruction::{Instruction, Reference};
    use crate::payout::money::Amount;

    fn row(n: u32) -> Row {
        let instruction = Instruction {
            reference: Reference::parse(&format!("R{n}")).unwrap(),
            receiver: Account::from_local(30_000_000 + n).unwrap(),
            amount: Amount::from_centimes(100),
            description: String::new(),
            retry_of: None,
        };
        Row { line: n + 2, instruction, name: String::new(), other: Vec::new() }
    }

    #[test]
    fn the_sample_stays_small_and_reaches_to_the_end_of_the_file() {
        let mut people = People::default();
        for n in 0..100_000 {
            people.note(&row(n));
        }
        let last = people.sample().last().unwrap().local();
        assert!((SAMPLE / 2..SAMPLE).contains(&people.sample().len()), "{}", people.sample().len());
        assert!(last > 30_099_000, "{last}");
        assert_eq!((people.rows(), people.twice()), (100_000, 0));
        people.note(&row(7));
        people.note(&row(7));
        assert_eq!(people.twice(), 1);
        assert!(people.is_twice(row(7).instruction.receiver) && !people.is_twice(row(8).instruction.receiver));
    }
}
