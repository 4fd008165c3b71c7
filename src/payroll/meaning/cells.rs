//! What the cells of a column say beside those of the column that is taken, row by row.
//!
//! Must never: hold more than a bounded number of cells, or let one cell decide what a column is.

use super::name::Role;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payroll::amounts;
use crate::payroll::cleaned::{Purpose, bare};
use std::collections::BTreeSet;

/// What a whole column came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// Some cell holds something that counts: an amount that is not zero, a wallet.
    pub filled: bool,
    /// Most of them are what the role wants.
    pub alike: bool,
    /// In some row it says something else than the column that is taken, or nothing where that one does.
    pub differs: bool,
}

/// Different numbers that are remembered, to tell those of people and papers from sums. Beyond it they are
/// all different so far.
const MOST_NUMBERS: usize = 4_096;
/// A column of fewer cells is not called a column of people's numbers.
const FEWEST_NUMBERS: u32 = 3;
/// Within this many times the taken amount a number may be a sum of the same kind.
const TIMES: i64 = 20;
/// Sums of money mostly end so, numbers of people and papers do not (in centimes).
const ROUND: i64 = 5_000;
/// Whole numbers that may be years (in centimes).
const YEARS: std::ops::RangeInclusive<i64> = 190_000..=210_000;

/// What was seen of a column so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    /// Cells that hold something, and of those what they are.
    filled: u32,
    readable: u32,
    in_range: u32,
    years: u32,
    dates: u32,
    in_reference: u32,
    round: u32,
    /// Whole numbers, each one more than the cell before.
    steps: u32,
    last: Option<i64>,
    numbers: BTreeSet<i64>,
    /// Digits of every number so far; none where they are not equally many, or not whole.
    digits: Option<usize>,
    uneven: bool,
    twice: bool,
    differs: bool,
    /// Says nothing in a row in which the taken column says something.
    lacks: bool,
}

/// The row as it was read by the columns that are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside<'a> {
    pub amount: Option<Amount>,
    pub wallet: Option<Account>,
    pub reference: &'a str,
}

/// What one cell is to the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing, or nothing that counts.
    Empty,
    /// The same as in the column that is taken.
    Same,
    Differs,
}

impl Column {
    /// Takes in a cell.
    pub fn see(&mut self, role: Role, text: &str, beside: &Beside<'_>) -> Cell {
        let seen = match role {
            Role::Amount => self.see_amount(&bare(text, Purpose::Amount, |_| {}), beside),
            Role::Wallet => self.see_wallet(&bare(text, Purpose::Wallet, |_| {}), beside),
        };
        match seen {
            Cell::Empty => self.lacks = true,
            Cell::Same => {}
            Cell::Differs => self.differs = true,
        }
        seen
    }

    fn see_amount(&mut self, text: &str, beside: &Beside<'_>) -> Cell {
        let Some(taken) = beside.amount else { return Cell::Same };
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        // Of a word, a dash, a zero nothing is handed out.
        if !text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            return Cell::Empty;
        }
        self.filled += 1;
        let Some(centimes) = magnitude(text) else { return Cell::Differs };
        self.readable += 1;
        let taken = taken.centimes();
        if centimes.saturating_mul(TIMES) >= taken && centimes <= taken.saturating_mul(TIMES) {
            self.in_range += 1;
        }
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        self.in_reference += u32::from(beside.reference.contains(text));
        self.years += u32::from(is_whole && YEARS.contains(&centimes));
        self.round += u32::from(centimes % ROUND == 0);
        self.steps += u32::from(self.last.is_some_and(|last| last + 100 == centimes));
        self.last = Some(centimes);
        self.uneven |= !is_whole || *self.digits.get_or_insert(digits) != digits;
        self.twice |= self.numbers.contains(&centimes);
        if self.numbers.len() < MOST_NUMBERS {
            self.numbers.insert(centimes);
        }
        if centimes == taken { Cell::Same } else { Cell::Differs }
    }

    fn see_wallet(&mut self, text: &str, beside: &Beside<'_>) -> Cell {
        let Some(taken) = beside.wallet else { return Cell::Same };
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Cell::Empty;
        }
        self.filled += 1;
        let Some(account) = wallet(text) else { return Cell::Differs };
        self.readable += 1;
        self.in_range += 1;
        self.dates += u32::from(is_day(account.local()));
        if account == taken { Cell::Same } else { Cell::Differs }
    }

    /// What the column came to.
    pub fn cells(&self, role: Role) -> Cells {
        let most = |count: u32| u64::from(count) * 2 > u64::from(self.filled);
        let is_sum = || {
            let are_years = most(self.years) && !most(self.round);
            let are_numbered =
                self.filled >= FEWEST_NUMBERS && u64::from(self.steps) * 10 >= u64::from(self.filled - 1) * 9;
            let are_numbers = self.filled >= FEWEST_NUMBERS && !self.uneven && !self.twice && !most(self.round);
            !(are_years || are_numbered || are_numbers || most(self.in_reference))
        };
        let alike = most(self.in_range)
            && match role {
                Role::Amount => is_sum(),
                Role::Wallet => !most(self.dates),
            };
        let filled = self.filled > 0;
        Cells { filled, alike, differs: self.readable > 0 && (self.differs || self.lacks) }
    }
}

/// A sum without its sign, in centimes: `-1 250,00`, `(1250.00)`. One with more decimals is cut: it is only
/// compared.
fn magnitude(text: &str) -> Option<i64> {
    let bare = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    let bare = bare.trim().trim_start_matches(['-', '−', '–', '+']).trim_start();
    let figure = amounts::read(bare).or_else(|error| match bare.rsplit_once(['.', ',']) {
        Some((whole, decimals)) if decimals.len() > 2 => {
            amounts::read(&format!("{whole}.{}", decimals.get(..2).unwrap_or_default()))
        }
        _ => Err(error),
    });
    match figure.ok()? {
        amounts::Figure::Plain(amount) | amounts::Figure::Proof(amount, _) | amounts::Figure::Either(amount, _) => {
            (amount.centimes() > 0).then_some(amount.centimes())
        }
    }
}

/// A wallet's number: eight digits that begin with 3, 4 or 5.
fn wallet(text: &str) -> Option<Account> {
    let account = crate::payroll::cells::parse_receiver(text).ok()?;
    matches!(account.local() / 10_000_000, 3..=5).then_some(account)
}

/// `30112026`: eight digits that are a day.
fn is_day(digits: u32) -> bool {
    let (day, month, year) = (digits / 1_000_000, digits / 10_000 % 100, digits % 10_000);
    (1..=31).contains(&day) && (1..=12).contains(&month) && (1900..=2100).contains(&year)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a column of these cells comes to beside amounts of 15 000.00, 12 000.00, 9 000.00 and so on.
    fn sums(cells: &[&str]) -> Cells {
        let mut column = Column::default();
        for (place, text) in cells.iter().enumerate() {
            let row = i64::try_from(place).unwrap();
            let amount = Some(Amount::from_centimes(1_500_000 - row * 30_000));
            let reference = format!("P-2026-{}", 811_234 + row * 7);
            column.see(Role::Amount, text, &Beside { amount, wallet: None, reference: &reference });
        }
        column.cells(Role::Amount)
    }

    fn wallets(cells: &[&str]) -> Cells {
        let mut column = Column::default();
        for text in cells {
            let wallet = Account::parse("36010001").ok();
            column.see(Role::Wallet, text, &Beside { amount: None, wallet, reference: "" });
        }
        column.cells(Role::Wallet)
    }

    #[test]
    fn sums_are_told_from_other_numbers() {
        for cells in [
            &["10000,00", "12000,00", "9000,00"][..],
            &["-500.00", "(1 200,00)", "800"],
            &["10000", "12000", "voir note", "9000"],
            &["5000", "", "", "", "-", "0,00"],
            &["2000", "2000", "2000"],
            &["13725.50325", "12000", "9500.5"],
            &["10000"],
        ] {
            assert!(sums(cells).alike, "{cells:?}");
        }
        for cells in [
            &["1", "2", "3", "4"][..],
            &["2021", "2022", "2019", "2020"],
            &["36010001", "36010002", "36010003"],
            &["811234", "811241", "811248"],
            &["10234", "10317", "10999", "11873"],
            &["oui", "non", "oui"],
            &["", "0", "-"],
            &["12", "8", "10"],
            &["30/11/2026", "29/11/2026"],
        ] {
            assert!(!sums(cells).alike, "{cells:?}");
        }
    }

    #[test]
    fn one_bad_cell_neither_removes_a_column_nor_makes_one() {
        assert!(sums(&["10000,00", "x1y", "9000,00"]).differs);
        assert!(!sums(&["15000,00", "14700.00", "14400"]).differs, "equal in every row");
        assert!(sums(&["15000,00", "", "14400"]).differs, "empty where the other says something");
        assert!(!sums(&["", "", ""]).differs && !sums(&["", "", ""]).filled);
        assert!(sums(&["0", "0", "500"]).filled);
        assert!(wallets(&["31020001", "n'a pas", "31020003"]).alike);
        assert!(wallets(&["31020001", "12", "31020003"]).alike);
    }

    #[test]
    fn wallets_are_told_from_days_and_other_numbers() {
        assert!(wallets(&["+509 3102-0001", "50931020002", "31020003.0"]).alike);
        for cells in [
            &["30112026", "31122025", "30062026"][..],
            &["2026-11-30", "2026-12-31"],
            &["001-234-567-8"],
            &["12345678", "23456789"],
            &["15000.00"],
        ] {
            assert!(!wallets(cells).alike, "{cells:?}");
        }
        assert!(!wallets(&["36010001", "3601-0001"]).differs);
    }
}
