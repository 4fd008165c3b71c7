//! The columns beside those that are taken, watched from the first row to the last.
//!
//! Must never: ask twice for one thing, or ask without a row that shows why.

use super::cells::{Beside, Cell, Column};
use super::decide::{Verdict, beside};
use super::name::{Name, Role};
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payroll::problem::{Code, Problem, quote};
use crate::words::{Saying, say};

/// A column that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub place: usize,
    pub name: String,
    pub says: Name,
}

/// A column that has no other role.
#[derive(Clone, Copy, Debug)]
pub struct Other<'a> {
    pub place: usize,
    pub name: &'a str,
    pub hidden: bool,
    pub of_wallet: Name,
    pub of_amount: Name,
}

/// What a row has in the column that is taken, and in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub line: u32,
    pub taken: String,
    pub other: String,
}

#[derive(Clone, Debug)]
struct Rival {
    role: Role,
    place: usize,
    name: String,
    says: Name,
    /// Nobody sees the column.
    hidden: bool,
    seen: Column,
    /// The first row that shows why a person is asked, and how well: one with two values before one with none.
    shown: Option<(Weight, Shown)>,
}

/// How well a row shows that two columns are not the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    OneEmpty,
    Both,
}

/// All of a file.
#[derive(Clone, Debug, Default)]
pub struct Rivals {
    /// The wallet's column, and the amount's.
    taken: Option<[Taken; 2]>,
    rivals: Vec<Rival>,
}

/// Watches are templates in a header that is compared; what they have seen is not.
impl PartialEq for Rivals {
    fn eq(&self, other: &Rivals) -> bool {
        self.taken == other.taken && self.rivals.len() == other.rivals.len()
    }
}

impl Eq for Rivals {}

impl Rivals {
    /// Watches whatever could be meant beside the two.
    pub fn new<'a>(wallet: Taken, amount: Taken, others: impl Iterator<Item = Other<'a>> + Clone) -> Rivals {
        let mut rivals = Vec::new();
        for (taken, role) in [(&wallet, Role::Wallet), (&amount, Role::Amount)] {
            for Other { place, name, hidden, of_wallet, of_amount } in others.clone() {
                let says = if role == Role::Wallet { of_wallet } else { of_amount };
                let at_worst = super::Cells { filled: true, alike: true, differs: true };
                if beside(role, taken.says, says, at_worst) != Verdict::Other {
                    let (name, seen) = (name.to_string(), Column::default());
                    rivals.push(Rival { role, place, name, says, hidden, seen, shown: None });
                }
            }
        }
        Rivals { taken: Some([wallet, amount]), rivals }
    }

    /// Nothing could be meant instead.
    pub fn is_none(&self) -> bool {
        self.rivals.is_empty()
    }

    /// Takes a row in: `cell` gives the text at a place.
    pub fn see<'a>(
        &mut self,
        line: u32,
        wallet: Option<Account>,
        amount: Option<Amount>,
        reference: &str,
        cell: impl Fn(usize) -> &'a str,
    ) {
        let Some([of_wallet, of_amount]) = &self.taken else { return };
        let row = Beside { amount, wallet, reference };
        for rival in &mut self.rivals {
            let taken = if rival.role == Role::Wallet { of_wallet } else { of_amount };
            let text = cell(rival.place);
            let weight = match rival.seen.see(rival.role, text, &row) {
                Cell::Differs => Weight::Both,
                // What is taken off may be as much as what is paid.
                Cell::Same if rival.says == Name::Adjustment => Weight::Both,
                Cell::Empty => Weight::OneEmpty,
                Cell::Same => continue,
            };
            if rival.shown.as_ref().is_none_or(|(shown, _)| *shown < weight) {
                let shown = Shown { line, taken: quote(cell(taken.place).trim()), other: quote(text.trim()) };
                rival.shown = Some((weight, shown));
            }
        }
    }

    fn verdicts(&self) -> impl Iterator<Item = (&Rival, &Taken, Verdict)> {
        self.rivals.iter().filter_map(|rival| {
            let [wallet, amount] = self.taken.as_ref()?;
            let taken = if rival.role == Role::Wallet { wallet } else { amount };
            Some((rival, taken, beside(rival.role, taken.says, rival.says, rival.seen.cells(rival.role))))
        })
    }

    /// Columns that could be meant, and whose name says less than that of the one that is taken.
    pub fn passed_over(&self) -> impl Iterator<Item = (Role, &str)> {
        self.verdicts()
            .filter(|(.., verdict)| *verdict == Verdict::PassedOver)
            .map(|(rival, ..)| (rival.role, rival.name.as_str()))
    }

    /// Nobody is paid before a person has said which column is meant: one question for each role, about the
    /// column that says most.
    pub fn asks(&self) -> Vec<Problem> {
        [Role::Wallet, Role::Amount]
            .into_iter()
            .filter_map(|role| {
                let asked =
                    self.verdicts().filter(|(rival, _, verdict)| rival.role == role && *verdict == Verdict::Ask);
                let (rival, taken, _) = asked.max_by_key(|(rival, ..)| rival.says)?;
                let line = rival.shown.as_ref().map_or(1, |(_, shown)| shown.line);
                let cell = rival.shown.as_ref().map_or("", |(_, shown)| shown.other.as_str());
                Some(Problem::of_cell(line, &rival.name, cell, Code::ColumnAmbiguous, question(rival, taken)))
            })
            .collect()
    }
}

/// What a person is asked. One renaming settles it: to the name that says most.
fn question(rival: &Rival, taken: &Taken) -> Saying {
    let (first, second) = (quote(&taken.name), quote(&rival.name));
    let Some((_, shown)) = rival.shown.as_ref().filter(|_| taken.says < Name::Whole) else {
        let column = if rival.role == Role::Wallet { "receiver" } else { "amount" };
        return say!("column-ambiguous", first = first, second = second, column = column);
    };
    let line = shown.line.to_string();
    let cell = |text: &str| if text.is_empty() { say!("cell-empty") } else { say!("cell-text", text = text) };
    let (one, two) = (cell(&shown.taken), cell(&shown.other));
    match rival.role {
        _ if rival.hidden => {
            say!("column-asks-hidden", line = line, first = first, second = second, one = one, two = two)
        }
        Role::Wallet if rival.says >= Name::Strong => {
            say!("column-asks-two-wallets", line = line, first = first, second = second, one = one, two = two)
        }
        Role::Wallet => say!("column-asks-wallet", line = line, first = first, second = second, one = one, two = two),
        Role::Amount if rival.says == Name::Adjustment => {
            say!("column-asks-adjustment", line = line, first = first, second = second, one = one, two = two)
        }
        Role::Amount => say!("column-asks-amount", line = line, first = first, second = second, one = one, two = two),
    }
}
