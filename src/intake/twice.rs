//! Rows of one file to one number: whether one pays what another pays already, and whether together they are more than a
//! wallet holds. What is remembered is bounded (`MOST_PAID`).
//!
//! Must never: call two equal payments to one number fine because they have two names, or because it forgot one of them.

use super::compare::{Noted, named};
use super::guards::GuardSettings;
use super::people::People;
use crate::payout::money::Amount;
use crate::payout::terms::{Earlier, Finding, Guard};
use crate::payroll::Row;
use std::collections::BTreeMap;

/// Numbers that stand in several rows, each with each of its amounts, that are remembered: some megabytes. What a file
/// has beyond counts as paid twice, since nobody can tell.
const MOST_PAID: usize = 40_000;
/// Of so many the name and the reference are remembered, too.
const MOST_NAMED: usize = 10_000;

/// Rows to one number.
struct Together {
    /// What the first of them pays.
    first: Amount,
    line: u32,
    several_amounts: bool,
    sum: Amount,
}

/// What the rows read so far pay to numbers that stand in several.
#[derive(Default)]
pub(super) struct Twice {
    together: BTreeMap<u32, Together>,
    /// The first row of each number and amount.
    paid: BTreeMap<(u32, Amount), Earlier>,
    forgotten: u32,
    same_amount: Noted,
    other_amount: Noted,
    over_wallet: Noted,
}

impl Twice {
    /// Takes in a row of the file's second reading.
    pub fn note(&mut self, row: &Row, people: &People, limit: Amount) {
        let order = &row.instruction;
        if !people.is_twice(order.receiver) {
            if order.amount > limit {
                self.over_wallet.note(|| named(row, String::new(), order.amount.grouped()));
            }
            return;
        }
        let number = order.receiver.local();
        let begun = Together { first: order.amount, line: row.line, several_amounts: false, sum: Amount::ZERO };
        let together = self.together.entry(number).or_insert(begun);
        let before = together.sum;
        together.sum = before.saturating_add(order.amount);
        let after = together.sum;
        if before <= limit && after > limit {
            self.over_wallet.note(|| named(row, String::new(), after.grouped()));
        }
        if order.amount != together.first && !together.several_amounts {
            together.several_amounts = true;
            let unnamed = Earlier { line: together.line, ..Earlier::default() };
            let earlier = self.paid.get(&(number, together.first)).unwrap_or(&unnamed);
            self.other_amount.note(|| after_another(row, earlier));
        }
        match self.paid.get(&(number, order.amount)) {
            Some(earlier) => self.same_amount.note(|| after_another(row, earlier)),
            None if self.paid.len() < MOST_PAID => {
                let earlier = remember(row, self.paid.len() < MOST_NAMED);
                self.paid.insert((number, order.amount), earlier);
            }
            None => self.forgotten = self.forgotten.saturating_add(1),
        }
    }

    /// What came of it.
    pub fn findings(self, guards: &GuardSettings, people: &People) -> impl Iterator<Item = Finding> {
        let Twice { mut same_amount, other_amount, over_wallet, forgotten, .. } = self;
        same_amount.rows = same_amount.rows.saturating_add(forgotten).saturating_add(people.twice_untold());
        let (acts, none, limit) = (guards.same_number, String::new, guards.wallet_limit.grouped());
        let found = |word: &str| word.to_string();
        [
            same_amount.finding(Guard::SameNumber, acts.same_amount, found(Finding::SAME_AMOUNT), none()),
            other_amount.finding(Guard::SameNumber, acts.other_amount, none(), none()),
            over_wallet.finding(Guard::OverWallet, guards.over_wallet, none(), limit),
        ]
        .into_iter()
        .flatten()
    }
}

fn remember(row: &Row, whole: bool) -> Earlier {
    let (line, amount) = (row.line, row.instruction.amount.grouped());
    if !whole {
        return Earlier { line, amount, ..Earlier::default() };
    }
    Earlier { line, amount, reference: row.instruction.reference.to_string(), name: row.name.clone() }
}

fn after_another(row: &Row, earlier: &Earlier) -> crate::payout::terms::Named {
    let told = named(row, earlier.line.to_string(), row.instruction.amount.grouped());
    crate::payout::terms::Named { earlier: Some(earlier.clone()), ..told }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::instruction::{Account, Instruction, Reference};
    use crate::payout::terms::{Act, SameNumber};

    fn row(line: u32, number: u32, amount: i64, name: &str) -> Row {
        let instruction = Instruction {
            reference: Reference::parse(&format!("R{line}")).unwrap(),
            receiver: Account::from_local(number).unwrap(),
            amount: Amount::from_centimes(amount),
            description: String::new(),
            retry_of: None,
        };
        Row { line, instruction, name: name.to_string(), other: Vec::new() }
    }

    fn found(rows: &[Row], acts: SameNumber) -> Vec<Finding> {
        let (mut people, mut twice) = (People::default(), Twice::default());
        rows.iter().for_each(|row| people.note(row));
        rows.iter().for_each(|row| twice.note(row, &people, Amount::MAX));
        twice.findings(&GuardSettings { same_number: acts, ..GuardSettings::off() }, &people).collect()
    }

    /// The lines that a finding names, each after which.
    fn pairs(finding: &Finding) -> Vec<(u32, u32)> {
        let line = |earlier: &Option<Earlier>| earlier.as_ref().map_or(0, |earlier| earlier.line);
        finding.named.iter().map(|named| (named.line, line(&named.earlier))).collect()
    }

    #[test]
    fn the_same_number_and_amount_holds_whatever_the_name_and_another_amount_warns() {
        let rows = [
            row(2, 37_000_001, 500, "Marie"),
            row(3, 37_000_002, 500, "Jean"),
            row(4, 37_000_001, 500, "Ti Jo"),
            row(5, 37_000_002, 700, "Jean"),
            row(6, 37_000_003, 500, "Rose"),
            row(7, 37_000_002, 700, "Jean"),
            row(8, 37_000_002, 900, "Jean"),
        ];
        let found = found(&rows, SameNumber::default());
        let told: Vec<_> = found.iter().map(|finding| (finding.hold, finding.rows, pairs(finding))).collect();
        assert_eq!(told, [(true, 2, vec![(4, 2), (7, 5)]), (false, 1, vec![(5, 3)])]);
        let first = &found[0].named[0];
        assert_eq!((first.name.as_str(), first.is.as_str(), first.receiver.as_str()), ("Ti Jo", "5.00", "509••••0001"));
        let earlier = Earlier { line: 2, reference: "R2".into(), name: "Marie".into(), amount: "5.00".into() };
        assert_eq!(first.earlier, Some(earlier));
    }

    #[test]
    fn a_word_that_is_written_counts_for_both() {
        let rows =
            [row(2, 37_000_001, 500, "Marie"), row(3, 37_000_001, 500, "Marie"), row(4, 37_000_001, 700, "Marie")];
        let holds = |act| found(&rows, SameNumber::all(act)).iter().map(|finding| finding.hold).collect::<Vec<_>>();
        assert_eq!((holds(Act::Hold), holds(Act::Warn), holds(Act::Off)), (vec![true; 2], vec![false; 2], vec![]));
    }

    #[test]
    fn what_was_forgotten_counts_as_paid_twice() {
        let most = u32::try_from(MOST_PAID).unwrap() + 5;
        let rows: Vec<Row> = (0..most).map(|n| row(n + 2, 37_000_001, i64::from(n) + 1, "Marie")).collect();
        let told: Vec<_> =
            found(&rows, SameNumber::default()).iter().map(|finding| (finding.hold, finding.rows)).collect();
        assert_eq!(told, [(true, 5), (false, 1)]);
    }
}
