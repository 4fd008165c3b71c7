//! A fault that every row of a file has: a person reads it once, not 250 times.
//!
//! Must never: pass over a fault that one row has not, or keep more than [`MOST_KINDS`] problems.

use crate::payroll::Problem;

/// Kinds of faults that are counted; one that every row has is among the first row's.
const MOST_KINDS: usize = 64;

/// Of fewer rows each is told.
const FEWEST_ROWS: u32 = 3;

/// How often each kind of fault was met.
#[derive(Debug, Default)]
pub struct Shared {
    /// The first of its kind, and how many there were.
    kinds: Vec<(Problem, u64)>,
}

/// The same column and the same sentence, whatever stands in the cell.
fn is_same(one: &Problem, other: &Problem) -> bool {
    one.code == other.code && one.problem.key() == other.problem.key() && one.column == other.column
}

impl Shared {
    pub fn add(&mut self, problem: &Problem) {
        let has_room = self.kinds.len() < MOST_KINDS;
        match self.kinds.iter_mut().find(|(first, _)| is_same(first, problem)) {
            Some((_, count)) => *count += 1,
            None if has_room => self.kinds.push((problem.clone(), 1)),
            None => {}
        }
    }

    /// The first of each kind that all of so many rows have.
    pub fn of_every_row(&self, rows: u32) -> Vec<&Problem> {
        let is_shared = |(_, count): &&(Problem, u64)| rows >= FEWEST_ROWS && *count == u64::from(rows);
        self.kinds.iter().filter(is_shared).map(|(first, _)| first).collect()
    }

    /// Whether a problem is told with the others of its kind.
    pub fn tells(&self, problem: &Problem, rows: u32) -> bool {
        self.of_every_row(rows).iter().any(|first| is_same(first, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payroll::Code;
    use crate::words::say;

    #[test]
    fn a_fault_is_told_once_only_where_no_row_is_without_it() {
        let commas = |line, value| Problem::of_cell(line, "Tél", value, Code::ReceiverInvalid, say!("receiver-commas"));
        let mut shared = Shared::default();
        for line in 2..=4 {
            shared.add(&commas(line, "36,350,001"));
        }
        shared.add(&Problem::of_cell(3, "Montant", "", Code::AmountMissing, say!("amount-missing")));
        assert_eq!(shared.of_every_row(3), [&commas(2, "36,350,001")]);
        assert!(shared.tells(&commas(4, "36,350,004"), 3));
        assert_eq!(shared.of_every_row(4), Vec::<&Problem>::new(), "the fourth row has it not");
        assert!(!shared.tells(&Problem::of_cell(4, "Tél", "1", Code::ReceiverInvalid, say!("receiver-zero")), 3));
    }
}
