//! A stretch of time, and which payouts belong to it.
//!
//! A payout belongs to the moment of its first Transfert, because from then on its money may have
//! moved, and an auditor holds it against the account's statement of that day; while nothing was sent,
//! to the moment when its batch was admitted. Sending it again, or settling it later, does not move it.
//!
//! Must never: count a payout into two periods that follow each other, or into neither.

use super::rows::ReportRow;
use crate::payout::batch::Batch;
use crate::payout::moment::Wall;

/// From a moment to before another; open where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    pub from: Option<Wall>,
    pub before: Option<Wall>,
}

impl Period {
    pub fn holds(&self, at: Wall) -> bool {
        self.from.is_none_or(|from| at >= from) && self.before.is_none_or(|before| at < before)
    }

    /// Whether this row of the batch belongs to the period.
    pub fn holds_row(&self, batch: &Batch, row: &ReportRow) -> bool {
        self.holds(row.first_sent.unwrap_or(batch.admitted))
    }

    /// Whether a payout of the batch can lie in the period. Nothing of it was first sent after it was
    /// complete.
    pub fn may_hold(&self, batch: &Batch) -> bool {
        let ended_before = batch.completed.zip(self.from).is_some_and(|(completed, from)| completed < from);
        let began_after = self.before.is_some_and(|before| batch.admitted >= before);
        !ended_before && !began_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_in_one_of_two_periods_that_follow_each_other() {
        let july = Period { from: Some(Wall(10)), before: Some(Wall(20)) };
        let august = Period { from: Some(Wall(20)), before: None };
        for at in 10..40 {
            assert!(july.holds(Wall(at)) != august.holds(Wall(at)), "{at}");
        }
        assert!(!july.holds(Wall(9)) && Period::default().holds(Wall(9)));
    }
}
