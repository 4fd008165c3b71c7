//! The words of a reconciliation: the first line is the answer, then what it rests on.
//!
//! Must never: sound sure where MonCash gave no answer, or advise paying anybody.

use super::compare::Verdict;
use super::page::{Alarms, Page};
use crate::ledger::Head;
use crate::payout::money::Amount;
use std::io::Write;

/// What a page came to.
#[derive(Clone, Debug)]
pub struct Counts {
    sums: [(Verdict, u32, Amount); 4],
    total: (u32, Amount),
    alarms: Alarms,
    statement_differs: u32,
}

impl Counts {
    pub fn of<W: Write>(page: &Page<W>) -> Counts {
        let sum = |verdict: Verdict| {
            let (rows, amount) = page.sum(verdict);
            (verdict, rows, amount)
        };
        Counts {
            sums: Verdict::ALL.map(sum),
            total: page.total(),
            alarms: page.alarms().clone(),
            statement_differs: page.statement_differs(),
        }
    }

    pub fn alarm(&self) -> bool {
        self.alarms.rows > 0
    }

    pub fn differs(&self) -> bool {
        self.statement_differs > 0 || self.sums.iter().skip(1).any(|(_, rows, _)| *rows > 0)
    }

    fn rows(&self, verdict: Verdict) -> u32 {
        self.sums.iter().find(|(of, ..)| *of == verdict).map_or(0, |(_, rows, _)| *rows)
    }
}

/// What the balance proof says, if one was made.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    pub lines: Vec<String>,
    /// Money left the account that nothing explains: one sentence.
    pub alarm: Option<String>,
    /// Something a person should know, such as another fee than the one that is set.
    pub remark: Option<String>,
}

pub struct Summary<'a> {
    /// Says that nothing is real, where it is so.
    pub banner: Option<&'a str>,
    /// The period or batch, in words.
    pub of: &'a str,
    pub counts: &'a Counts,
    pub statement_lines: Option<usize>,
    pub proof: &'a Proof,
    pub balance: &'a str,
    /// Files that lie beside it.
    pub files: &'a [String],
    pub head: &'a Head,
    pub at: &'a str,
}

fn rows(count: u32) -> String {
    if count == 1 { "1 payout".to_string() } else { format!("{count} payouts") }
}

impl Summary<'_> {
    /// The whole text; its first line (the second, below the banner of a simulation) is the answer.
    pub fn render(&self) -> String {
        let mut out: Vec<String> = self.banner.map(str::to_string).into_iter().collect();
        out.push(self.answer());
        out.push(String::new());
        out.push(format!("Reconciliation of {}", self.of));
        for (verdict, count, amount) in &self.counts.sums {
            out.push(format!("  {:<20} {count:>8}  HTG {:>18}", verdict.word(), amount.grouped()));
        }
        if let Some(lines) = self.statement_lines {
            let differs = self.counts.statement_differs;
            out.push(format!("The statement has {lines} lines; it differs from the ledger on {differs} rows."));
        }
        if !self.proof.lines.is_empty() {
            out.push(String::new());
            out.push("Balance".to_string());
            out.extend(self.proof.lines.iter().map(|line| format!("  {line}")));
        }
        out.push(self.balance.to_string());
        out.push(String::new());
        out.push("What to do next:".to_string());
        self.say_next(&mut out);
        if self.counts.alarm() {
            let alarms = &self.counts.alarms;
            out.push(String::new());
            out.push("MonCash paid, and the ledger calls it unpaid:".to_string());
            out.extend(alarms.named.iter().map(|name| format!("  {name}")));
            let untold = (alarms.rows as usize).saturating_sub(alarms.named.len());
            if untold > 0 {
                out.push(format!("  and {untold} more: the rows whose verdict is paid_there_not_here"));
            }
        }
        out.push(String::new());
        out.extend(self.files.iter().map(|file| format!("Every row: {file}")));
        out.push(format!("Written at {}", self.at));
        out.push(format!("Chain head: {} {}", self.head.seq, self.head.hash));
        out.push(String::new());
        out.join("\n")
    }

    /// The answer, in one line.
    pub fn answer(&self) -> String {
        let counts = self.counts;
        if counts.alarm() {
            let amount = counts.alarms.amount.grouped();
            let count = rows(counts.alarms.rows);
            return format!(
                "ALARM: MonCash paid {count} (HTG {amount}) that the ledger calls unpaid. Nothing was changed. Do not pay by hand."
            );
        }
        if let Some(alarm) = &self.proof.alarm {
            return format!("ALARM: {alarm}");
        }
        let (count, amount) = counts.total;
        let there = counts.rows(Verdict::PaidThereNotHere);
        let here = counts.rows(Verdict::PaidHereNotThere);
        let unknown = counts.rows(Verdict::Unknown);
        if counts.differs() {
            let mut parts = Vec::new();
            if here > 0 {
                parts.push(format!("{} paid here and unknown there", rows(here)));
            }
            if there > 0 {
                parts.push(format!("{} paid there and not settled here", rows(there)));
            }
            if unknown > 0 {
                parts.push(format!("{} without a certain answer", rows(unknown)));
            }
            if counts.statement_differs > 0 {
                parts.push(format!("the statement differs on {} rows", counts.statement_differs));
            }
            return format!("Something differs: {}. Do not pay by hand.", parts.join("; "));
        }
        let agree = match count {
            0 => "There is no payout to compare.".to_string(),
            count => format!("MonCash and the ledger agree on every payout: {count} rows, HTG {}.", amount.grouped()),
        };
        match &self.proof.remark {
            Some(remark) => format!("{agree} {remark}"),
            None => agree,
        }
    }

    fn say_next(&self, out: &mut Vec<String>) {
        let before = out.len();
        let counts = self.counts;
        if counts.alarm() || self.proof.alarm.is_some() {
            out.push("  Pay nobody again, and nobody by hand, before this is cleared up.".to_string());
        }
        if counts.alarm() {
            out.push("  Look each of them up in the MonCash portal, and with 'payoutd explain REFERENCE'.".to_string());
        }
        if self.proof.alarm.is_some() {
            out.push(
                "  Hold the stretch that is named against the account's statement in the MonCash portal: somebody else may use the account."
                    .to_string(),
            );
        }
        if counts.rows(Verdict::PaidHereNotThere) > 0 {
            out.push(
                "  paid_here_not_there: ask MonCash's support about the transaction id, with 'payoutd explain REFERENCE' as evidence."
                    .to_string(),
            );
        }
        if counts.rows(Verdict::Unknown) > 0 {
            out.push(
                "  unknown: run 'payoutd reconcile' again later; payouts in doubt are settled by payoutd itself."
                    .to_string(),
            );
        }
        out.extend(self.proof.remark.iter().map(|remark| format!("  {remark}")));
        if out.len() == before {
            out.push("  Nothing. File this page and the CSV beside it.".to_string());
        }
    }
}
