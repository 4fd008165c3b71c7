//! The summary beside a report, `STEM.BATCH.summary.txt`: for people, the answer first.
//!
//! Must never: sound final while something can change, call doubt a failure, advise paying by hand
//! where money may have moved, or let a text from outside begin a line.

use super::SIMULATION;
use super::batch_report::{ChainHead, Closing, ReportHead, unpaid};
use super::cell::{counted, local, one_line};
use super::mark::Mark;
use super::names::ReportNames;
use super::publish::RetryOutcome;
use super::view::BalanceView;
use crate::ledger::rows::RowView;
use crate::payout::batch::{BatchState, Tally};
use crate::payout::money::Amount;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use jiff::tz::TimeZone;
use std::fmt::Write;

/// Begins the line that keeps the chain's head.
const HEAD_LINE: &str = "Chain head: ";

/// Rows listed with their reasons; the report has them all.
const LISTED: usize = 20;

/// What the rows of a report add up to.
#[derive(Debug, Default)]
pub struct Found {
    pub tally: Tally,
    /// Declined or cancelled, and yet it is not certain that no money moved.
    pub unsure: u32,
    /// Not paid here, but under a later reference.
    pub paid_later: u32,
    held: Listing,
    ended: Listing,
}

#[derive(Debug, Default)]
struct Listing {
    first: Vec<String>,
    rows: u32,
}

impl Listing {
    fn add(&mut self, row: &RowView<'_>) {
        self.rows += 1;
        if self.first.len() < LISTED {
            let name = if row.name.is_empty() { String::new() } else { format!(", {}", one_line(row.name)) };
            let word = row.status.as_str();
            let later = row.retried_as.as_ref().map(|reference| (reference, row.final_status.as_str()));
            let later = later.map(|(reference, word)| format!(" (now {reference}: {word})")).unwrap_or_default();
            self.first.push(format!(
                "  line {}, {}{name}: {word}, may have been paid: {}. {}{later}",
                row.line,
                row.reference,
                row.may_have_been_paid.word(),
                one_line(&row.reason)
            ));
        }
    }

    fn show(&self, title: &str, out: &mut Vec<String>) {
        if self.rows == 0 {
            return;
        }
        out.push(String::new());
        let shown = u32::try_from(self.first.len()).unwrap_or(u32::MAX);
        let which = if self.rows > shown { format!(" (the first {shown} of {})", self.rows) } else { String::new() };
        out.push(format!("{title}{which}:"));
        out.extend(self.first.iter().cloned());
    }
}

impl Found {
    /// `None` when the amounts overflow.
    pub fn add(&mut self, row: &RowView<'_>) -> Option<()> {
        let word = row.status;
        let amount = self.tally.amount(word).checked_add(row.amount)?;
        self.tally.set(word, self.tally.count(word).checked_add(1)?, amount);
        let ended = matches!(word, StateWord::Declined | StateWord::Cancelled);
        if ended && row.may_have_been_paid != MayHaveBeenPaid::No {
            self.unsure += 1;
        }
        if ended && row.final_status == StateWord::Paid {
            self.paid_later += 1;
        }
        match word {
            StateWord::Held => self.held.add(row),
            StateWord::Declined | StateWord::Cancelled => self.ended.add(row),
            StateWord::Queued | StateWord::InDoubt | StateWord::Paid => {}
        }
        Some(())
    }
}

/// Everything that a summary tells.
pub(super) struct Summary<'a> {
    pub head: &'a ReportHead,
    pub closing: &'a Closing,
    pub found: &'a Found,
    pub is_final: bool,
    pub retry: &'a RetryOutcome,
    pub names: &'a ReportNames,
    pub mark: &'a Mark,
}

impl Summary<'_> {
    pub fn render(&self) -> String {
        let mut out = Vec::new();
        if self.head.simulated {
            out.push(SIMULATION.to_string());
        }
        out.push(self.answer());
        out.push(String::new());
        let batch = &self.head.batch;
        out.push(format!("Batch {}, file {}", batch.id, one_line(&batch.file)));
        out.push(match self.is_final {
            true => "FINAL: every payout of this batch is settled.".to_string(),
            false => "NOT FINAL: this page and the report are written again while the batch is under way.".to_string(),
        });
        self.say_state(&mut out);
        out.push(String::new());
        self.say_counts(&mut out);
        out.push(String::new());
        out.push(balance_line(self.closing.balance.as_ref(), &self.head.zone));
        out.push(String::new());
        out.push("What to do next:".to_string());
        self.say_next(&mut out);
        self.found.held.show("Waiting for a person", &mut out);
        self.found.ended.show("Declined or cancelled", &mut out);
        out.push(String::new());
        out.push(format!("Every row: {}", self.names.report));
        out.push(format!("Written at {}", local(self.closing.at, &self.head.zone)));
        out.push(format!("{HEAD_LINE}{} {}", self.head.chain.number, one_line(&self.head.chain.hash)));
        out.push(self.mark.line());
        out.push(String::new());
        out.join("\n")
    }

    fn count(&self, word: StateWord) -> u32 {
        self.found.tally.count(word)
    }

    /// The first line: who was paid.
    fn answer(&self) -> String {
        let rows = self.head.batch.rows;
        let paid = self.count(StateWord::Paid);
        let sum = self.found.tally.amount(StateWord::Paid).grouped();
        if !self.is_final {
            let rest = self.still_open();
            return format!(
                "NOT FINAL: {paid} of {} paid so far: HTG {sum}; {rest}.",
                counted(rows, "person", "people")
            );
        }
        if paid == rows {
            return match rows {
                1 => format!("The one person in this file was paid: HTG {sum}."),
                _ => format!("All {rows} people were paid: HTG {sum}."),
            };
        }
        let unsure = match self.found.unsure {
            0 => String::new(),
            unsure => format!("; for {unsure} of them that is a person's word and not certain"),
        };
        if self.count(StateWord::Cancelled) == rows {
            let whole = counted(rows, "payout was", "payouts were");
            let none = if self.found.unsure == 0 { "Nobody was paid" } else { "No payment is known" };
            return format!("{none}: {whole} cancelled{unsure}.");
        }
        let parts = [(StateWord::Declined, "declined"), (StateWord::Cancelled, "cancelled")];
        let parts = list(parts.map(|(word, said)| (self.count(word), said.to_string())));
        let rest = rows.saturating_sub(paid);
        let rest = match self.found.unsure {
            0 => format!("{} not", counted(rest, "was", "were")),
            _ => format!("{rest} ended without a known payment"),
        };
        format!(
            "{paid} of {} paid: HTG {sum}; {rest}: HTG {} ({parts}){unsure}.",
            counted(rows, "person was", "people were"),
            unpaid(self.found).grouped(),
        )
    }

    fn still_open(&self) -> String {
        let held = self.count(StateWord::Held);
        let open = list([
            (held, if held == 1 { "needs you" } else { "need you" }.to_string()),
            (self.count(StateWord::InDoubt), "in doubt (may already be paid)".to_string()),
            (self.count(StateWord::Queued), "not sent yet".to_string()),
            (self.count(StateWord::Declined), "declined".to_string()),
            (self.count(StateWord::Cancelled), "cancelled".to_string()),
        ]);
        if open.is_empty() { "the report is being renewed".to_string() } else { open }
    }

    fn say_state(&self, out: &mut Vec<String>) {
        let now = &self.closing.now;
        let why = if now.why.is_empty() { String::new() } else { format!(": {}", one_line(&now.why)) };
        out.push(format!("State: {}{why}", now.state.word()));
    }

    fn say_counts(&self, out: &mut Vec<String>) {
        let tally = &self.found.tally;
        out.push(format!("{:<10} {:>9} {:>22}", "status", "rows", "HTG"));
        for word in StateWord::ALL {
            let (rows, amount) = (tally.count(word), tally.amount(word).grouped());
            out.push(format!("{:<10} {rows:>9} {amount:>22}", word.as_str()));
        }
        let batch = &self.head.batch;
        out.push(format!("{:<10} {:>9} {:>22}", "all", batch.rows, batch.amount.grouped()));
    }

    fn say_next(&self, out: &mut Vec<String>) {
        let id = self.head.batch.id;
        let before = out.len();
        if self.count(StateWord::InDoubt) > 0 {
            out.push(format!(
                "- {} in doubt: may already be paid. Do not pay by hand; payoutd keeps asking MonCash.",
                counted(self.count(StateWord::InDoubt), "payout is", "payouts are")
            ));
        }
        if self.count(StateWord::Held) > 0 {
            out.push(format!(
                "- {} a person (below). Do not pay by hand. 'payoutd explain REFERENCE' shows all that is known; \
                 the reason says which order settles it.",
                counted(self.count(StateWord::Held), "payout needs", "payouts need")
            ));
        }
        match self.closing.now.state {
            BatchState::AwaitingApproval => {
                out.push(format!("- Approve the batch: payoutd approve {id} --reason \"…\" (or cancel it)."));
            }
            BatchState::OnHold => {
                out.push(format!(
                    "- Lift the hold: payoutd release {id} --reason \"…\", or end it: payoutd cancel {id} --reason \"…\"."
                ));
            }
            BatchState::Waiting => out.push("- payoutd goes on by itself once what it waits for is there.".to_string()),
            BatchState::Paying | BatchState::NeedsPerson | BatchState::Complete | BatchState::Cancelled => {}
        }
        self.say_retry(out);
        if out.len() == before {
            out.push(if self.is_final { "- Nothing." } else { "- Nothing: payoutd goes on by itself." }.to_string());
        }
    }

    fn say_retry(&self, out: &mut Vec<String>) {
        match self.retry {
            RetryOutcome::Written { rows } => out.push(format!(
                "- {} certainly not paid and can be paid again: correct {} and drop it into the inbox.",
                counted(*rows, "person was", "people were"),
                self.names.retry
            )),
            RetryOutcome::KeptChanged { rows } => out.push(format!(
                "- {} certainly not paid. Somebody changed {}: it was left as it is; move it away to have it written again.",
                counted(*rows, "person was", "people were"),
                self.names.retry
            )),
            RetryOutcome::NotYet | RetryOutcome::Nothing => {}
        }
        if self.found.unsure > 0 {
            out.push(format!(
                "- {} cancelled on a person's word, although money may have moved: may already be paid, \
                 do not pay by hand without proof. The retry file leaves such rows out.",
                counted(self.found.unsure, "payout was", "payouts were")
            ));
        }
        if self.found.paid_later > 0 {
            out.push(format!(
                "- {} not paid here but later, under the reference in the column retried_as: do not pay again.",
                counted(self.found.paid_later, "person was", "people were")
            ));
        }
    }
}

/// `2 declined, 1 cancelled`: what there is some of.
fn list<const N: usize>(parts: [(u32, String); N]) -> String {
    let some = parts.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, said)| format!("{count} {said}")).collect::<Vec<_>>().join(", ")
}

/// The prefunded account in one line.
pub(super) fn balance_line(balance: Option<&BalanceView>, zone: &TimeZone) -> String {
    let Some(balance) = balance else { return "Balance: not known yet.".to_string() };
    let htg = |amount: Amount| amount.grouped();
    let mut out = format!("Balance: HTG {} at {}", htg(balance.reading), local(balance.at, zone));
    let _ = write!(
        out,
        "; HTG {} not settled, floor HTG {}, HTG {} may still be sent.",
        htg(balance.reserved),
        htg(balance.floor),
        htg(balance.spendable)
    );
    out
}

/// The end of the ledger's chain that a summary keeps, to be held against the ledger later. Texts
/// from outside never begin a line of a summary.
pub fn chain_head(summary: &str) -> Option<ChainHead> {
    let line = summary.lines().rev().find_map(|line| line.strip_prefix(HEAD_LINE))?;
    let (number, hash) = line.trim_end().split_once(' ')?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let number = number.parse().ok().filter(|_| is_hash)?;
    Some(ChainHead { number, hash: hash.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_summary_is_found_and_nothing_else_passes_for_one() {
        let hash = "ab".repeat(32);
        assert_eq!(chain_head(&format!("x\nChain head: 7 {hash}\ny\n")), Some(ChainHead { number: 7, hash }));
        for text in ["", "Chain head: 7 short", "Chain head: x", " Chain head: 7"] {
            assert_eq!(chain_head(text), None, "{text}");
        }
    }
}
