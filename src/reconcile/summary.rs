//! The words of a reconciliation: the first line is the answer, then what it rests on.
//!
//! Must never: sound sure where MonCash gave no answer, or advise paying anybody.

use super::compare::Verdict;
use super::page::{Alarms, Page};
use crate::ledger::Head;
use crate::payout::money::Amount;
use crate::words::{Language, Saying, say};
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

    /// Everything that was looked at.
    pub fn total_rows(&self) -> u32 {
        self.total.0
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
    pub lines: Vec<Saying>,
    /// Money left the account that nothing explains: one sentence.
    pub alarm: Option<Saying>,
    /// Something a person should know, such as another fee than the one that is set.
    pub remark: Option<Saying>,
}

pub struct Summary<'a> {
    pub language: Language,
    /// Says that nothing is real, where it is so.
    pub banner: Option<Saying>,
    /// The period or batch.
    pub of: &'a Saying,
    pub counts: &'a Counts,
    pub statement_lines: Option<usize>,
    pub proof: &'a Proof,
    pub balance: &'a Saying,
    /// Files that lie beside it.
    pub files: &'a [String],
    pub head: &'a Head,
    pub at: &'a str,
}

impl Summary<'_> {
    /// The whole text; its first line (the second, below the banner of a simulation) is the answer.
    pub fn render(&self) -> String {
        let mut out: Vec<String> = self.banner.iter().map(|banner| self.say(banner)).collect();
        out.push(self.say(&self.answer()));
        out.push(String::new());
        out.push(self.say(&say!("reconcile-of", of = self.of.clone())));
        for (verdict, count, amount) in &self.counts.sums {
            out.push(format!("  {:<20} {count:>8}  HTG {:>18}", verdict.word(), amount.grouped()));
        }
        if let Some(lines) = self.statement_lines {
            let differs = self.counts.statement_differs;
            out.push(self.say(&say!("reconcile-statement", lines = lines, differs = differs)));
        }
        if !self.proof.lines.is_empty() {
            out.push(String::new());
            out.push(self.say(&say!("reconcile-balance")));
            out.extend(self.proof.lines.iter().map(|line| format!("  {}", self.say(line))));
        }
        out.push(self.say(self.balance));
        out.push(String::new());
        out.push(self.say(&say!("next")));
        out.extend(self.next().iter().map(|what| format!("  {}", self.say(what))));
        if self.counts.alarm() {
            let alarms = &self.counts.alarms;
            out.push(String::new());
            out.push(self.say(&say!("reconcile-alarms")));
            out.extend(alarms.named.iter().map(|name| format!("  {name}")));
            let untold = (alarms.rows as usize).saturating_sub(alarms.named.len());
            if untold > 0 {
                out.push(format!("  {}", self.say(&say!("reconcile-alarms-more", count = untold))));
            }
        }
        out.push(String::new());
        out.extend(self.files.iter().map(|file| self.say(&say!("summary-report", file = file))));
        out.push(self.say(&say!("summary-written", at = self.at)));
        // Read by payoutd, and the same in every language.
        out.push(format!("Chain head: {} {}", self.head.seq, self.head.hash));
        out.push(String::new());
        out.join("\n")
    }

    fn say(&self, saying: &Saying) -> String {
        saying.text(self.language)
    }

    /// The answer, in one line.
    pub fn answer(&self) -> Saying {
        let counts = self.counts;
        if counts.alarm() {
            let amount = counts.alarms.amount.grouped();
            return say!("reconcile-alarm", count = counts.alarms.rows, amount = amount);
        }
        if let Some(alarm) = &self.proof.alarm {
            return say!("reconcile-alarm-balance", alarm = alarm.clone());
        }
        let (count, amount) = counts.total;
        let there = counts.rows(Verdict::PaidThereNotHere);
        let here = counts.rows(Verdict::PaidHereNotThere);
        let unknown = counts.rows(Verdict::Unknown);
        if counts.differs() {
            let parts = [
                (here, say!("part-here", count = here)),
                (there, say!("part-there", count = there)),
                (unknown, say!("part-unanswered", count = unknown)),
                (counts.statement_differs, say!("part-statement", count = counts.statement_differs)),
            ];
            let some = parts.iter().filter(|(count, _)| *count > 0).map(|(_, part)| self.say(part));
            let parts = some.collect::<Vec<_>>().join("; ");
            return say!("reconcile-differs", parts = parts);
        }
        let agree = match count {
            0 => say!("reconcile-nothing"),
            count => say!("reconcile-agrees", count = count, amount = amount.grouped()),
        };
        match &self.proof.remark {
            Some(remark) => say!("reconcile-agrees-but", agree = agree, remark = remark.clone()),
            None => agree,
        }
    }

    fn next(&self) -> Vec<Saying> {
        let mut next = Vec::new();
        let counts = self.counts;
        if counts.alarm() || self.proof.alarm.is_some() {
            next.push(say!("do-pay-nobody"));
        }
        if counts.alarm() {
            next.push(say!("do-look-up"));
        }
        if self.proof.alarm.is_some() {
            next.push(say!("do-hold-against"));
        }
        if counts.rows(Verdict::PaidHereNotThere) > 0 {
            next.push(say!("do-ask-support"));
        }
        if counts.rows(Verdict::Unknown) > 0 {
            next.push(say!("do-run-again"));
        }
        if counts.statement_differs > 0 {
            next.push(say!("do-compare-statement"));
        } else if counts.rows(Verdict::PaidThereNotHere) > 0 && !counts.alarm() {
            next.push(say!("do-look-up"));
        }
        next.extend(self.proof.remark.clone());
        if next.is_empty() {
            next.push(say!("do-file-this"));
        }
        next
    }
}
