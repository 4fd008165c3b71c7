//! On which terms a batch was admitted: who dropped it, what the guards found, why it waits for
//! approval. Part of its admission event, so that an auditor reads it years later.
//!
//! Must never: hold a whole account number, or more than a few rows; a file may have millions.

use super::money::Amount;
use serde::{Deserialize, Serialize};

/// What was known and found when the file was admitted. What an older ledger does not tell is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The user (uid) to whom the file belonged when it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_by: Option<u32>,
    /// The file's own `# period:` line, as `2026-07`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The file's own `# pay on:` line, as `2026-07-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_on: Option<String>,
    /// What the guards and `[approval] above` found; those that hold come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// What finds something before harm is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// `[approval] above`: the batches of one day together come to more.
    Above,
    /// Two rows to one number in a file; for the same amount where [`Finding::SAME_AMOUNT`] says so.
    SameNumber,
    /// People who were paid in the last payroll and are not in this one.
    Missing,
    /// People who were never to be paid before.
    NewPeople,
    /// The name of the last payroll, with another number.
    ChangedNumber,
    /// Far more or less than in the last payroll.
    ChangedAmount,
    /// `# period:` is not the month in which it is paid.
    Period,
    /// More to one number than a wallet may hold.
    OverWallet,
    /// The balance does not cover it, fees included.
    Shortfall,
    /// `[safety] paid_already`: the same person and amount in another batch. It puts a batch on hold, by
    /// [`super::batch::Batch::hold`], and never makes it wait for approval.
    PaidAlready,
    /// The sheet is read by other columns than those by which its people were paid last.
    NewLayout,
    /// Many rows have an amount of zero, and `[intake] zero` leaves them out.
    ManyZero,
    /// The last line of the file has no end, and nothing vouches for it. It has no setting: a reference or an
    /// amount that lost its end would be paid, and the whole one again.
    OpenEnd,
}

/// What a guard does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It does not look.
    Off,
    /// It says so.
    Warn,
    /// The batch waits for approval.
    Hold,
}

/// What `[guards] same_number` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameNumber {
    /// Where an earlier row pays the number the same amount.
    pub same_amount: Act,
    /// Where it pays another one.
    pub other_amount: Act,
}

impl SameNumber {
    pub fn all(act: Act) -> SameNumber {
        SameNumber { same_amount: act, other_amount: act }
    }
}

/// Unless a word is written: one payment twice is harm, two payments to one wallet may be right.
impl Default for SameNumber {
    fn default() -> SameNumber {
        SameNumber { same_amount: Act::Hold, other_amount: Act::Warn }
    }
}

impl Guard {
    /// Its setting in `[guards]`, and how previews name it.
    pub fn word(self) -> &'static str {
        match self {
            Guard::Above => "above",
            Guard::SameNumber => "same_number",
            Guard::Missing => "missing",
            Guard::NewPeople => "new_people",
            Guard::ChangedNumber => "changed_number",
            Guard::ChangedAmount => "changed_amount",
            Guard::Period => "period",
            Guard::OverWallet => "over_wallet",
            Guard::Shortfall => "shortfall",
            Guard::PaidAlready => "paid_already",
            Guard::NewLayout => "new_layout",
            Guard::ManyZero => "many_zero",
            Guard::OpenEnd => "open_end",
        }
    }
}

/// What a guard found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub guard: Guard,
    /// It makes the batch wait for approval; otherwise it only warns.
    pub hold: bool,
    /// Rows or people that it speaks of.
    #[serde(default)]
    pub rows: u32,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Named>,
    /// What it was compared with: a batch, a month, an amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub against: String,
    /// What it comes to, where it is one value: a month, an amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
}

/// One row that a guard speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// In the file; of a missing person, in the file of the last payroll.
    pub line: u32,
    pub reference: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Masked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub receiver: String,
    /// What it was before: an amount, or a masked number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub was: String,
    /// What it is now.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub is: String,
    /// The payout of another batch that it is about; `was` is its reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Other>,
    /// The row of the same file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
}

/// An earlier row of the same file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub line: u32,
    /// Empty where a file has too many such rows to remember.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub amount: String,
}

/// A payout of another batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    pub batch: String,
    /// When it was admitted, as `2026-07-30`.
    pub day: String,
    /// Its state's word.
    pub status: String,
    /// It ended unpaid, and a later row pays it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// It ended, and may be paid all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub perhaps: bool,
}

impl Finding {
    /// `found` of [`Guard::SameNumber`] where an earlier row pays the same amount.
    pub const SAME_AMOUNT: &str = "same_amount";

    /// A finding that is about the file and not about rows of it.
    pub fn of_file(guard: Guard, hold: bool, found: String, against: String) -> Finding {
        Finding { guard, hold, rows: 0, named: Vec::new(), against, found }
    }
}

impl Terms {
    pub fn is_plain(&self) -> bool {
        *self == Terms::default()
    }

    /// What only warns.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.hold)
    }

    /// What makes the batch wait for approval.
    pub fn holding(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.hold)
    }
}

/// Whether a batch waits for approval because the batches of its day come to too much together:
/// who splits a file pays no less. `earlier`: what was admitted on that day before it.
pub fn above(limit: Option<Amount>, earlier: Amount, total: Amount) -> Option<Finding> {
    let limit = limit?;
    let day = earlier.saturating_add(total);
    (day > limit).then(|| Finding::of_file(Guard::Above, true, day.to_string(), limit.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_days_batches_count_together_towards_approval() {
        let htg = |amount: i64| Amount::from_centimes(amount * 100);
        let waits = |earlier, total| above(Some(htg(1000)), htg(earlier), htg(total)).is_some();
        assert!(!waits(0, 1000) && waits(0, 1001));
        assert!(!waits(600, 400) && waits(600, 401) && waits(1000, 1));
        assert!(above(None, htg(9_999), htg(9_999)).is_none());
        assert!(above(Some(Amount::ZERO), Amount::ZERO, htg(1)).is_some());
        let found = above(Some(htg(1000)), htg(600), htg(500)).unwrap();
        assert_eq!((found.found.as_str(), found.against.as_str(), found.hold), ("1100.00", "1000.00", true));
    }

    #[test]
    fn an_admission_that_tells_of_no_terms_is_read_as_one_without() {
        assert_eq!(serde_json::from_str::<Terms>("{}").unwrap(), Terms::default());
        assert_eq!(serde_json::to_string(&Terms::default()).unwrap(), "{}");
    }
}
