//! What MonCash says of the wallets of a file in `check/`: each number once, one question after the other.
//! The page says meanwhile that it is being asked, and is renewed at the end.
//!
//! Must never: take no answer for a good one, or hold in memory more numbers than [`MOST_ASKED`].

use crate::files::Seen;
use crate::intake::examine::Good;
use crate::intake::terms::FileRules;
use crate::moncash::wallet::Wallet;
use crate::payout::instruction::Account;
use crate::payroll::{Problem, Reader};
use crate::words::{Saying, one_line, say};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;

/// So many numbers of a file are asked about: eight minutes at the usual rate.
pub const MOST_ASKED: usize = 5_000;
/// So many questions in a row without an answer, and the rest are not asked.
const GIVE_UP: u32 = 5;
/// Lines of one slice of the reading: a few milliseconds.
const SLICE: usize = 500;
/// Wallets that are named; the rest are counted.
const MOST_NAMED: usize = 200;

/// A file whose wallets are asked about, or wait for their turn.
pub(super) struct Asking {
    pub name: OsString,
    pub seen: Seen,
    pub good: Box<Good>,
    stage: Stage,
    pub answers: Answers,
}

enum Stage {
    Waiting,
    Reading(Box<Reader<File>>, BTreeMap<Account, u32>),
    /// What is still to be asked, the last line first.
    Asking(Vec<(Account, u32)>),
}

impl Asking {
    pub fn of(name: OsString, seen: Seen, good: Box<Good>) -> Asking {
        Asking { name, seen, good, stage: Stage::Waiting, answers: Answers::default() }
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    /// Begins to read who is in the file.
    pub fn begin(&mut self, file: File, rules: &FileRules) -> Result<(), Problem> {
        self.stage = Stage::Reading(Box::new(rules.open(file, Some(self.good.mark))?), BTreeMap::new());
        Ok(())
    }

    /// Reads a slice, where there is one to read.
    pub fn read(&mut self) -> bool {
        let Stage::Reading(reader, found) = &mut self.stage else { return false };
        for _ in 0..SLICE {
            let row = match reader.next() {
                Some(Ok(row)) => row,
                Some(Err(_)) => continue,
                None => {
                    self.ask();
                    return true;
                }
            };
            if found.len() == MOST_ASKED && !found.contains_key(&row.instruction.receiver) {
                self.answers.only_some = true;
                self.ask();
                return true;
            }
            found.entry(row.instruction.receiver).or_insert(row.line);
        }
        true
    }

    fn ask(&mut self) {
        let Stage::Reading(_, found) = &mut self.stage else { return };
        let mut all: Vec<(Account, u32)> = std::mem::take(found).into_iter().collect();
        all.sort_by_key(|(_, line)| std::cmp::Reverse(*line));
        self.stage = Stage::Asking(all);
    }

    /// Who is asked about next, and the line; `None` while the file is read, and at the end.
    pub fn next(&self) -> Option<(Account, u32)> {
        match &self.stage {
            Stage::Asking(left) => left.last().copied(),
            Stage::Waiting | Stage::Reading(..) => None,
        }
    }

    /// The answer about [`Asking::next`].
    pub fn hear(&mut self, wallet: Wallet) {
        let Stage::Asking(left) = &mut self.stage else { return };
        let Some((account, line)) = left.pop() else { return };
        self.answers.note(account, line, wallet);
        if self.answers.unanswered_in_a_row >= GIVE_UP {
            let rest = u32::try_from(left.len()).unwrap_or(u32::MAX);
            self.answers.unanswered = self.answers.unanswered.saturating_add(rest);
            left.clear();
        }
    }

    /// Whether there is something to do before the next answer comes.
    pub fn has_work(&self) -> bool {
        self.next().is_none()
    }

    pub fn is_done(&self) -> bool {
        matches!(&self.stage, Stage::Asking(left) if left.is_empty())
    }
}

/// What came of asking.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    fine: u32,
    bad: u32,
    /// The first of them: line, number, MonCash's words.
    named: Vec<(u32, Account, String)>,
    unanswered: u32,
    unanswered_in_a_row: u32,
    only_some: bool,
}

impl Answers {
    fn note(&mut self, account: Account, line: u32, wallet: Wallet) {
        match wallet {
            Wallet::NoAnswer(_) => {
                self.unanswered += 1;
                self.unanswered_in_a_row += 1;
                return;
            }
            Wallet::Good => self.fine += 1,
            Wallet::Bad(words) => {
                self.bad += 1;
                if self.named.len() < MOST_NAMED {
                    self.named.push((line, account, one_line(&words)));
                }
            }
        }
        self.unanswered_in_a_row = 0;
    }

    /// Whether somebody should look before the file is dropped.
    pub fn are_unusual(&self) -> bool {
        self.bad > 0
    }

    /// For the page.
    pub fn lines(&self) -> Vec<Saying> {
        let mut lines: Vec<Saying> = self
            .named
            .iter()
            .map(|(line, account, said)| {
                say!("check-customer", line = line.to_string(), receiver = account.msisdn(), said = said.clone())
            })
            .collect();
        let more = self.bad.saturating_sub(u32::try_from(self.named.len()).unwrap_or(u32::MAX));
        if more > 0 {
            lines.push(say!("guard-more", rows = more));
        }
        let [fine, bad, unanswered] = [self.fine, self.bad, self.unanswered].map(|count| count.to_string());
        let receivers = self.fine.saturating_add(self.bad).saturating_add(self.unanswered);
        lines.push(say!("check-asked", receivers = receivers, fine = fine, bad = bad, unanswered = unanswered));
        if self.only_some {
            lines.push(say!("preview-asked-some", receivers = receivers.to_string()));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn account(number: u32) -> Account {
        Account::from_local(37_000_000 + number).unwrap()
    }

    fn told(answers: &Answers) -> String {
        answers.lines().iter().map(|line| line.text(Language::English)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn no_answer_is_never_a_good_one() {
        let mut answers = Answers::default();
        answers.note(account(1), 2, Wallet::Good);
        answers.note(account(2), 3, Wallet::NoAnswer("500".to_string()));
        assert!(!answers.are_unusual());
        let text = told(&answers);
        assert!(text.contains("2 receivers: 1 can be paid, 0 perhaps not, 1 without an answer"), "{text}");
        answers.note(account(3), 4, Wallet::Bad("\"Customer not found\"".to_string()));
        assert!(answers.are_unusual());
        assert!(told(&answers).contains("line 4, receiver \"50937000003\" [customer_status]: MonCash says"));
    }

    #[test]
    fn many_bad_wallets_are_counted_and_the_first_ones_named() {
        let mut answers = Answers::default();
        for number in 0..250 {
            answers.note(account(number), number + 2, Wallet::Bad("x".to_string()));
        }
        let text = told(&answers);
        assert_eq!(text.matches("[customer_status]").count(), MOST_NAMED);
        assert!(text.contains("250 perhaps not"), "{text}");
    }
}
