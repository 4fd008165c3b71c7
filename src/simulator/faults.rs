//! The fault plan: what goes wrong, when, and how often it did. Pure.
//!
//! Must never: strike unnoticed (every strike is counted), or guess at a key it does not know.
//!
//! ```text
#![doc = include_str!("faults.md")]
//! ```

use super::exchange::{Call, Lag};
use super::people::Whom;
use super::seed::Seed;
use super::share::Share;
use crate::payout::instruction::Account;
use std::time::Duration;

/// The file's format, for people.
pub const FORMAT: &str = include_str!("faults.md");

/// What a fault does to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strike {
    Late,
    Drip,
    Hang,
    Reset,
    Error { status: u16 },
    Html { status: u16 },
    Half,
    Cut,
    WrongTypes,
    Huge,
    Answer { status: u16, body: String },
    Unauthorized,
    Throttled { retry_after: Option<u64> },
    Redirect,
    Refuse { status: u16, message: String },
    Unseen,
    Blind,
    StaleBalance { age: Duration },
    LongBalance,
}

/// What a fault does to the money of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pays {
    No,
    Yes,
    /// So long after the call.
    Later(Duration),
}

/// One `[[fault]]`, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `None` for any call.
    pub call: Option<Call>,
    pub reference: Option<String>,
    pub receiver: Option<Whom>,
    pub from: Duration,
    pub until: Option<Duration>,
    pub chance: Option<Share>,
    pub nth: Vec<u64>,
    pub times: Option<u64>,
    /// As the file names it.
    pub kind: &'static str,
    pub strike: Strike,
    pub delay: Option<Duration>,
    pub pays: Pays,
    pub lag: Lag,
}

/// What a fault chooses by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub call: Call,
    pub reference: &'a str,
    pub receiver: Option<Account>,
    pub now: Duration,
}

impl Fault {
    fn fits(&self, facts: &Facts) -> bool {
        self.call.is_none_or(|call| call == facts.call)
            && self.reference.as_deref().is_none_or(|reference| reference == facts.reference)
            && self.receiver.as_ref().is_none_or(|whom| facts.receiver.is_some_and(|account| whom.matches(account)))
            && facts.now >= self.from
            && self.until.is_none_or(|until| facts.now < until)
    }
}

/// The faults of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    pub faults: Vec<Fault>,
}

/// How often one fault fitted a call, and how often it struck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub fitted: u64,
    pub fired: u64,
}

/// A plan at work.
#[derive(Debug)]
pub struct Faults {
    plan: FaultPlan,
    tallies: Vec<Tally>,
    pub enabled: bool,
}

impl Faults {
    pub fn new(plan: FaultPlan) -> Faults {
        Faults { tallies: vec![Tally::default(); plan.faults.len()], plan, enabled: true }
    }

    /// The fault that strikes this call, if one does.
    pub fn choose(&mut self, facts: &Facts, seed: &mut Seed) -> Option<Fault> {
        if !self.enabled {
            return None;
        }
        let mut struck = None;
        for (fault, tally) in self.plan.faults.iter().zip(&mut self.tallies) {
            if !fault.fits(facts) {
                continue;
            }
            tally.fitted += 1;
            let meant = fault.nth.is_empty() || fault.nth.contains(&tally.fitted);
            let used_up = fault.times.is_some_and(|times| tally.fired >= times);
            if struck.is_some() || !meant || used_up || !fault.chance.is_none_or(|chance| seed.strikes(chance)) {
                continue;
            }
            tally.fired += 1;
            struck = Some(fault.clone());
        }
        struck
    }

    /// Every fault with its tally, in the file's order.
    pub fn tallies(&self) -> impl Iterator<Item = (&Fault, Tally)> {
        self.plan.faults.iter().zip(self.tallies.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(call: Call, reference: &str, second: u64) -> Facts<'_> {
        Facts { call, reference, receiver: None, now: Duration::from_secs(second) }
    }

    #[test]
    fn the_example_that_people_read_is_a_fault_file() {
        let example = FORMAT.split_once("Example:").map(|(_, example)| example).unwrap();
        let plan = FaultPlan::parse(example).unwrap();
        assert_eq!(plan.faults.len(), 3);
        assert_eq!(plan.faults[0].lag, Lag::For(Duration::from_secs(60)));
        assert_eq!(plan.faults[1].pays, Pays::Later(Duration::from_secs(20)));
        assert_eq!(plan.faults[2].pays, Pays::No);
    }

    #[test]
    fn a_fault_strikes_exactly_the_calls_it_was_meant_for_and_counts_them() {
        let text = r#"
            [[fault]]
            call = "transfer"
            kind = "hang"
            nth = [2, 4]
            [[fault]]
            call = "status"
            reference = "A"
            kind = "blind"
            times = 1
            [[fault]]
            kind = "error"
            from = "10s"
            until = "20s"
        "#;
        let mut faults = Faults::new(FaultPlan::parse(text).unwrap());
        let mut seed = Seed::new(0);
        let mut kind =
            |call, reference, second| faults.choose(&facts(call, reference, second), &mut seed).map(|f| f.kind);
        let hung: Vec<_> = (0..5).map(|_| kind(Call::Transfer, "A", 0)).collect();
        assert_eq!(hung, [None, Some("hang"), None, Some("hang"), None]);
        assert_eq!(kind(Call::Status, "B", 0), None);
        assert_eq!(kind(Call::Status, "A", 0), Some("blind"));
        assert_eq!(kind(Call::Status, "A", 0), None);
        assert_eq!(kind(Call::Balance, "", 10), Some("error"));
        assert_eq!(kind(Call::Balance, "", 20), None);
        let fired: Vec<u64> = faults.tallies().map(|(_, tally)| tally.fired).collect();
        assert_eq!(fired, [2, 1, 1]);
        faults.enabled = false;
        assert_eq!(faults.choose(&facts(Call::Balance, "", 10), &mut seed), None);
    }

    #[test]
    fn the_first_fault_that_strikes_is_the_only_one() {
        let text = "[[fault]]\nkind = \"hang\"\nnth = [2]\n[[fault]]\nkind = \"reset\"\n[[fault]]\nkind = \"half\"";
        let mut faults = Faults::new(FaultPlan::parse(text).unwrap());
        let mut seed = Seed::new(0);
        let struck: Vec<_> =
            (0..3).map(|_| faults.choose(&facts(Call::Balance, "", 0), &mut seed).map(|f| f.kind)).collect();
        assert_eq!(struck, [Some("reset"), Some("hang"), Some("reset")]);
        let tallies: Vec<_> = faults.tallies().map(|(_, tally)| (tally.fitted, tally.fired)).collect();
        assert_eq!(tallies, [(3, 1), (3, 2), (3, 0)]);
    }

    #[test]
    fn a_chance_is_kept_in_the_long_run_and_repeated_by_its_seed() {
        let strikes = |seed| {
            let plan = FaultPlan::parse("[[fault]]\nkind = \"reset\"\nchance = \"5%\"").unwrap();
            let (mut faults, mut seed) = (Faults::new(plan), Seed::new(seed));
            (0..10_000).map(|_| faults.choose(&facts(Call::Transfer, "", 0), &mut seed).is_some()).collect::<Vec<_>>()
        };
        let struck = strikes(7).iter().filter(|struck| **struck).count();
        assert!((400..600).contains(&struck), "{struck}");
        assert_eq!(strikes(7), strikes(7));
        assert_ne!(strikes(7), strikes(8));
    }
}
