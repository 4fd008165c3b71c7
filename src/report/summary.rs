//! The summary beside a report, `STEM.BATCH.summary.txt`: for people, the answer first.
//!
//! Must never: sound final while something can change, call doubt a failure, advise paying by hand
//! where money may have moved, or let a text from outside begin a line.

use super::batch_report::{ChainHead, Closing, ReportHead, unpaid};
use super::cell::{local, one_line};
use super::mark::Mark;
use super::names::ReportNames;
use super::publish::RetryOutcome;
use super::view::BalanceView;
use super::{reasons, style};
use crate::ledger::rows::RowView;
use crate::payout::batch::{BatchState, Tally};
use crate::payout::money::Amount;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payroll::read_as;
use crate::words::findings::tell;
use crate::words::{Language, Saying, Value, say};
use jiff::tz::TimeZone;

/// Begins the line that keeps the chain's head, in every language.
const HEAD_LINE: &str = "Chain head: ";

/// Characters of a status and its word of the report's column: `incertain (in_doubt)`.
const WIDE: usize = 22;

/// Rows listed with their reasons; the report has them all.
const LISTED: usize = 20;

/// What the rows of a report add up to.
#[derive(Debug, Default)]
pub struct Found {
    pub tally: Tally,
    /// Declined or cancelled, and yet it is not certain that no money moved.
    pub unsure: u32,
    /// Held, and it is not certain that no money moved.
    pub held_unsure: u32,
    /// Not paid here, but under a later reference.
    pub paid_later: u32,
    /// In which the rows are listed.
    pub language: Language,
    held: Listing,
    ended: Listing,
}

#[derive(Debug, Default)]
struct Listing {
    first: Vec<String>,
    rows: u32,
}

impl Listing {
    fn add(&mut self, row: &RowView<'_>, language: Language) {
        self.rows += 1;
        if self.first.len() >= LISTED {
            return;
        }
        let name = if row.name.is_empty() { String::new() } else { format!(", {}", row.name) };
        let said = say!(
            "listing-row",
            line = row.line.to_string(),
            who = format!("{}{name}", row.reference),
            status = word_of(row.status, language),
            may = may_of(row.may_have_been_paid),
            reason = reasons::text(&row.reason, language)
        );
        let said = match &row.retried_as {
            Some(reference) => {
                let status = word_of(row.final_status, language);
                say!("listing-later", row = said, reference = reference.as_ref(), status = status)
            }
            None => said,
        };
        self.first.push(format!("  {}", one_line(&said.text(language))));
    }

    fn show(&self, title: Saying, language: Language, out: &mut Vec<String>) {
        if self.rows == 0 {
            return;
        }
        out.push(String::new());
        let shown = u32::try_from(self.first.len()).unwrap_or(u32::MAX);
        let title = match self.rows > shown {
            true => say!("listing-cut", title = title, shown = shown, rows = self.rows),
            false => title,
        };
        out.push(format!("{}{}", title.text(language), colon(language)));
        out.extend(self.first.iter().cloned());
    }
}

/// A colon as the language sets it.
pub(super) fn colon(language: Language) -> &'static str {
    if language == Language::French { "\u{a0}:" } else { ":" }
}

/// A status for people: in English the word of the report's column.
fn word_of(word: StateWord, language: Language) -> Value {
    match language {
        Language::English => word.as_str().into(),
        Language::French | Language::Kreyol => style::word(word).into(),
    }
}

fn may_of(money: MayHaveBeenPaid) -> Saying {
    match money {
        MayHaveBeenPaid::No => say!("may-no"),
        MayHaveBeenPaid::Unknown => say!("may-unknown"),
        MayHaveBeenPaid::Yes => say!("may-yes"),
    }
}

/// Where a batch stands, in words.
pub(super) fn state_of(state: BatchState) -> Saying {
    match state {
        BatchState::AwaitingApproval => say!("batch-awaiting-approval"),
        BatchState::OnHold => say!("batch-on-hold"),
        BatchState::Paying => say!("batch-paying"),
        BatchState::Waiting => say!("batch-waiting"),
        BatchState::NeedsPerson => say!("batch-needs-person"),
        BatchState::Complete => say!("batch-complete"),
        BatchState::Cancelled => say!("batch-cancelled"),
    }
}

impl Found {
    pub fn in_words_of(language: Language) -> Found {
        Found { language, ..Found::default() }
    }

    /// `None` when the amounts overflow.
    pub fn add(&mut self, row: &RowView<'_>) -> Option<()> {
        let word = row.status;
        let amount = self.tally.amount(word).checked_add(row.amount)?;
        self.tally.set(word, self.tally.count(word).checked_add(1)?, amount);
        let ended = matches!(word, StateWord::Declined | StateWord::Cancelled);
        if ended && row.may_have_been_paid != MayHaveBeenPaid::No {
            self.unsure += 1;
        }
        if word == StateWord::Held && row.may_have_been_paid != MayHaveBeenPaid::No {
            self.held_unsure += 1;
        }
        if ended && row.final_status == StateWord::Paid {
            self.paid_later += 1;
        }
        match word {
            StateWord::Held => self.held.add(row, self.language),
            StateWord::Declined | StateWord::Cancelled => self.ended.add(row, self.language),
            StateWord::Queued | StateWord::InDoubt | StateWord::Paid => {}
        }
        Some(())
    }
}

/// How many of a kind, and how that is said.
type Part = (u32, fn(u32) -> Saying);

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
            out.push(self.say(say!("simulation")));
        }
        out.push(self.say(self.answer()));
        out.push(String::new());
        let batch = &self.head.batch;
        out.push(self.say(say!("summary-batch", batch = batch.id.to_string(), file = &batch.file)));
        if let Some(read_as) = &self.head.read_as {
            out.extend(read_as::reading(read_as).into_iter().map(|line| self.say(line)));
        }
        out.push(self.say(if self.is_final { say!("summary-final") } else { say!("summary-renewed") }));
        out.push(self.say(self.state()));
        out.push(String::new());
        self.say_counts(&mut out);
        let warnings: Vec<Saying> = batch.terms.warnings().map(tell).collect();
        if !warnings.is_empty() {
            out.push(String::new());
            out.push(self.say(say!("summary-warned")));
            out.extend(warnings.into_iter().map(|what| format!("- {}", self.say(what))));
        }
        out.push(String::new());
        out.push(self.say(balance(self.closing.balance.as_ref(), &self.head.zone)));
        out.push(String::new());
        out.push(self.say(say!("next")));
        out.extend(self.next().into_iter().map(|what| format!("- {}", self.say(what))));
        self.found.held.show(say!("listing-held"), self.language(), &mut out);
        self.found.ended.show(say!("listing-ended"), self.language(), &mut out);
        out.push(String::new());
        out.push(self.say(say!("summary-report", file = &self.names.report)));
        out.push(self.say(say!("summary-written", at = local(self.closing.at, &self.head.zone))));
        // These two are read by payoutd and are the same in every language.
        out.push(format!("{HEAD_LINE}{} {}", self.head.chain.number, one_line(&self.head.chain.hash)));
        out.push(self.mark.line());
        out.push(String::new());
        out.join("\n")
    }

    fn language(&self) -> Language {
        self.head.style.language
    }

    /// One line of the page, whatever stands in it.
    fn say(&self, saying: Saying) -> String {
        one_line(&saying.text(self.language()))
    }

    fn count(&self, word: StateWord) -> u32 {
        self.found.tally.count(word)
    }

    /// The first line: who was paid.
    fn answer(&self) -> Saying {
        let rows = self.head.batch.rows;
        let paid = self.count(StateWord::Paid);
        let sum = self.found.tally.amount(StateWord::Paid).grouped();
        let unsure = self.found.unsure;
        if !self.is_final {
            return say!("summary-not-final", paid = paid, rows = rows, sum = sum, rest = self.still_open());
        }
        if paid == rows {
            return say!("summary-all-paid", rows = rows, sum = sum);
        }
        if self.count(StateWord::Cancelled) == rows {
            return match unsure {
                0 => say!("summary-all-cancelled", rows = rows),
                _ => say!("summary-all-cancelled-unsure", rows = rows, unsure = unsure),
            };
        }
        let parts = self.list([
            (self.count(StateWord::Declined), |count| say!("part-declined", count = count)),
            (self.count(StateWord::Cancelled), |count| say!("part-cancelled", count = count)),
        ]);
        let rest = rows.saturating_sub(paid);
        let unpaid = unpaid(self.found).grouped();
        match unsure {
            0 => say!(
                "summary-some-paid",
                paid = paid,
                rows = rows,
                sum = sum,
                rest = rest,
                unpaid = unpaid,
                parts = parts
            ),
            _ => say!(
                "summary-some-paid-unsure",
                paid = paid,
                rows = rows,
                sum = sum,
                rest = rest,
                unpaid = unpaid,
                parts = parts,
                unsure = unsure
            ),
        }
    }

    fn still_open(&self) -> String {
        let open = self.list([
            (self.found.held_unsure, |count| say!("part-held-unsure", count = count)),
            (self.count(StateWord::Held).saturating_sub(self.found.held_unsure), |count| {
                say!("part-held", count = count)
            }),
            (self.count(StateWord::InDoubt), |count| say!("part-in-doubt", count = count)),
            (self.count(StateWord::Queued), |count| say!("part-queued", count = count)),
            (self.count(StateWord::Declined), |count| say!("part-declined", count = count)),
            (self.count(StateWord::Cancelled), |count| say!("part-cancelled", count = count)),
        ]);
        if open.is_empty() { say!("part-nothing").text(self.language()) } else { open }
    }

    /// `2 declined, 1 cancelled`: what there is some of.
    fn list<const N: usize>(&self, parts: [Part; N]) -> String {
        let some = parts.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, part)| part(count).text(self.language())).collect::<Vec<_>>().join(", ")
    }

    fn state(&self) -> Saying {
        let now = &self.closing.now;
        let state = match self.language() {
            // The word of `status --json`.
            Language::English => Value::from(now.state.word()),
            Language::French | Language::Kreyol => state_of(now.state).into(),
        };
        match &now.why {
            Some(why) => say!("summary-state-why", state = state, why = why.clone()),
            None => say!("summary-state", state = state),
        }
    }

    /// Each status with its word in the report's column, so that people find its rows there.
    fn say_counts(&self, out: &mut Vec<String>) {
        let (tally, language) = (&self.found.tally, self.language());
        let width = if language == Language::English { 10 } else { WIDE };
        let mut line =
            |name: &str, rows: &str, amount: &str| out.push(format!("{name:<width$} {rows:>9} {amount:>22}"));
        line(&self.say(say!("table-status")), &self.say(say!("table-rows")), "HTG");
        for word in StateWord::ALL {
            let name = match language {
                Language::English => word.as_str().to_string(),
                _ => format!("{} ({})", style::word(word).text(language), word.as_str()),
            };
            line(&name, &tally.count(word).to_string(), &tally.amount(word).grouped());
        }
        let batch = &self.head.batch;
        line(&self.say(say!("table-all")), &batch.rows.to_string(), &batch.amount.grouped());
    }

    fn next(&self) -> Vec<Saying> {
        let id = self.head.batch.id.to_string();
        let mut next = Vec::new();
        if self.count(StateWord::InDoubt) > 0 {
            next.push(say!("next-in-doubt", count = self.count(StateWord::InDoubt)));
        }
        if self.count(StateWord::Held) > 0 {
            next.push(say!("next-held", count = self.count(StateWord::Held)));
        }
        match self.closing.now.state {
            BatchState::AwaitingApproval => next.push(say!("next-approve", batch = id)),
            BatchState::OnHold => next.push(say!("next-release", batch = id)),
            BatchState::Waiting => next.push(say!("next-waiting")),
            BatchState::Paying | BatchState::NeedsPerson | BatchState::Complete | BatchState::Cancelled => {}
        }
        match self.retry {
            RetryOutcome::Written { rows } => next.push(say!("next-retry", count = *rows, file = &self.names.retry)),
            RetryOutcome::KeptChanged { rows } => {
                next.push(say!("next-retry-changed", count = *rows, file = &self.names.retry));
            }
            RetryOutcome::NotYet | RetryOutcome::Nothing => {}
        }
        if self.found.unsure > 0 {
            next.push(say!("next-unsure", count = self.found.unsure));
        }
        if self.found.paid_later > 0 {
            next.push(say!("next-paid-later", count = self.found.paid_later, column = say!("heading-retried-as")));
        }
        if next.is_empty() {
            next.push(if self.is_final { say!("next-nothing") } else { say!("next-goes-on") });
        }
        next
    }
}

/// The prefunded account in one line.
pub fn balance(balance: Option<&BalanceView>, zone: &TimeZone) -> Saying {
    let Some(balance) = balance else { return say!("balance-unknown") };
    let htg = |amount: Amount| amount.grouped();
    say!(
        "balance",
        reading = htg(balance.reading),
        at = local(balance.at, zone),
        reserved = htg(balance.reserved),
        floor = htg(balance.floor),
        spendable = htg(balance.spendable)
    )
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
