//! The balance proof as a page: CSV, one row a stretch between two readings and one a span between two
//! quiet ones; and in words.
//!
//! Must never: say that everything is explained where something is only possible.

use super::balance::{Closed, NAMED, Prover, Stretch, Verdict};
use super::charge::Charge;
use super::page::begin_csv;
use super::proof::{Chosen, Proof, Question, closing};
use super::summary;
use super::work::ReconcileError;
use crate::ledger::Reader;
use crate::payout::batch::Batch;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::words::{Language, Saying, Value, say};
use std::io::Write;

/// The columns, in order. In English the words that scripts know.
fn headings(language: Language) -> [String; 15] {
    [
        say!("balance-heading-kind"),
        say!("balance-heading-from"),
        say!("balance-heading-to"),
        say!("balance-heading-opening"),
        say!("balance-heading-rows"),
        say!("balance-heading-paid"),
        say!("balance-heading-fees"),
        say!("balance-heading-top-up"),
        say!("balance-heading-closing"),
        say!("balance-heading-difference"),
        say!("balance-heading-may-rows"),
        say!("balance-heading-may-have-left"),
        say!("reconcile-heading-verdict"),
        say!("reconcile-heading-advice"),
        say!("balance-heading-payouts"),
    ]
    .map(|heading| heading.text(language))
}

/// Stretches of one kind that the summary tells of; all of them are in the CSV.
const TOLD: usize = 10;

/// What a proof came to.
#[derive(Debug, Default)]
struct Outcome {
    first: Option<Stretch>,
    last: Option<Stretch>,
    stretches: u32,
    rows: i64,
    paid: i64,
    fees: i64,
    top_up: i64,
    top_ups: Vec<Stretch>,
    unexplained: Vec<(Stretch, String)>,
    unexplained_sum: i64,
    unexplained_count: u32,
    doubts: Vec<Stretch>,
}

/// Proves, writes the page, and says what it came to. `time`: a moment in words.
pub fn write<W: Write>(
    to: W,
    ledger: &Reader,
    batches: &[Batch],
    question: &Question,
    language: Language,
    time: fn(Wall) -> String,
) -> Result<(W, summary::Proof), ReconcileError> {
    let proof = Proof::begin(ledger, batches, question)?;
    let chosen = proof.choose()?;
    let mut csv = begin_csv(to, &headings(language), language)?;
    let mut outcome = Outcome::default();
    let prover = proof.walk::<ReconcileError>(chosen.charge, &mut |closed| {
        outcome.take(ledger, &closed, language)?;
        for stretch in std::iter::once(&closed.stretch).chain(&closed.span) {
            csv.write_row(row(ledger, stretch, language, time)?)?;
        }
        Ok(())
    })?;
    let words = outcome.words(question, &chosen, &prover, time);
    Ok((csv.finish()?, words))
}

fn htg(centimes: i64) -> String {
    Amount::from_centimes(centimes).to_string()
}

fn row(
    ledger: &Reader,
    stretch: &Stretch,
    language: Language,
    time: fn(Wall) -> String,
) -> Result<[String; 15], ReconcileError> {
    let asks = matches!(stretch.verdict, Verdict::Unexplained | Verdict::OpenDoubt);
    Ok([
        if stretch.is_span { "span" } else { "stretch" }.to_string(),
        time(stretch.from.asked_at),
        time(stretch.to.asked_at),
        stretch.from.balance.to_string(),
        stretch.rows.to_string(),
        htg(stretch.paid),
        htg(stretch.fees),
        htg(stretch.top_up),
        stretch.to.balance.to_string(),
        htg(stretch.difference),
        stretch.may_rows.to_string(),
        htg(stretch.may),
        stretch.verdict.word().to_string(),
        advice(stretch.verdict).map(|advice| advice.text(language)).unwrap_or_default(),
        if asks { names(ledger, stretch, language)? } else { String::new() },
    ])
}

fn advice(verdict: Verdict) -> Option<Saying> {
    match verdict {
        Verdict::Exact => None,
        Verdict::TopUp => Some(say!("stretch-top-up")),
        Verdict::InFlight => Some(say!("stretch-in-flight")),
        Verdict::OpenDoubt => Some(say!("stretch-doubt")),
        Verdict::Unexplained => Some(say!("stretch-unexplained")),
    }
}

/// The references of a stretch's payouts.
fn names(ledger: &Reader, stretch: &Stretch, language: Language) -> Result<String, ReconcileError> {
    let mut names = Vec::new();
    for id in &stretch.named {
        names.push(ledger.standpoint(*id)?.reference.to_string());
    }
    if stretch.named_of > stretch.named.len() as i64 {
        let more = stretch.named_of - NAMED as i64;
        names.push(say!("proof-more-names", count = more.to_string()).text(language));
    }
    Ok(names.join(" "))
}

impl Outcome {
    fn take(&mut self, ledger: &Reader, closed: &Closed, language: Language) -> Result<(), ReconcileError> {
        self.stretches += 1;
        self.first.get_or_insert_with(|| closed.stretch.clone());
        self.last = Some(closed.stretch.clone());
        // The innermost that alarms is told: a span says it once more, unless it alone can tell.
        if let Some(stretch) = closing(closed) {
            self.rows += stretch.rows;
            self.paid = self.paid.saturating_add(stretch.paid);
            self.fees = self.fees.saturating_add(stretch.fees);
            self.top_up = self.top_up.saturating_add(stretch.top_up);
            if stretch.top_up > 0 && self.top_ups.len() < TOLD {
                self.top_ups.push(stretch.clone());
            }
            if stretch.verdict == Verdict::OpenDoubt && self.doubts.len() < TOLD {
                self.doubts.push(stretch.clone());
            }
        }
        let alarms = std::iter::once(&closed.stretch).chain(&closed.span);
        for stretch in alarms.filter(|stretch| stretch.verdict == Verdict::Unexplained) {
            self.unexplained_count += 1;
            // A span holds its stretches: what they showed is not added once more.
            if stretch.is_closed {
                self.unexplained_sum = self.unexplained_sum.saturating_add(stretch.unexplained);
            }
            if self.unexplained.len() < TOLD {
                self.unexplained.push((stretch.clone(), names(ledger, stretch, language)?));
            }
        }
        Ok(())
    }

    fn words(self, question: &Question, chosen: &Chosen, prover: &Prover, time: fn(Wall) -> String) -> summary::Proof {
        let mut lines = Vec::new();
        let grouped = |centimes: i64| Amount::from_centimes(centimes).grouped();
        let (from, to) =
            (|stretch: &Stretch| time(stretch.from.asked_at), |stretch: &Stretch| time(stretch.to.asked_at));
        match (&self.first, &self.last) {
            (Some(first), Some(last)) => lines.extend([
                say!("proof-opening", amount = first.from.balance.grouped(), at = from(first)),
                say!("proof-paid", amount = grouped(self.paid), rows = self.rows.to_string()),
                say!("proof-fees", amount = grouped(self.fees), fee = Charge::words(chosen.charge.fee)),
                say!("proof-came-in", amount = grouped(self.top_up)),
                say!("proof-closing", amount = last.to.balance.grouped(), at = to(last)),
            ]),
            _ => lines.push(say!("proof-none")),
        }
        for stretch in &self.top_ups {
            let amount = grouped(stretch.top_up);
            lines.push(say!("proof-top-up", amount = amount, from = from(stretch), to = to(stretch)));
        }
        for (stretch, names) in &self.unexplained {
            let names = if names.is_empty() { say!("proof-no-payouts").into() } else { Value::from(names) };
            let amount = grouped(stretch.unexplained);
            lines.push(say!(
                "proof-unexplained",
                amount = amount,
                from = from(stretch),
                to = to(stretch),
                names = names
            ));
        }
        for stretch in &self.doubts {
            let (amount, may) = (grouped(stretch.difference), grouped(stretch.may));
            lines.push(say!("proof-doubt", amount = amount, from = from(stretch), to = to(stretch), may = may));
        }
        let (pending, sum) = prover.pending();
        if pending > 0 && self.last.is_some() {
            lines.push(say!(
                "proof-pending",
                count = u64::try_from(pending).unwrap_or_default(),
                amount = grouped(sum)
            ));
        }
        if self.unexplained.is_empty() && self.doubts.is_empty() && pending == 0 && self.last.is_some() {
            lines.push(say!("proof-explained", count = self.stretches));
        }
        let alarm = (self.unexplained_count > 0).then(|| match self.unexplained.first() {
            Some((stretch, _)) if self.unexplained_count == 1 => {
                let amount = grouped(stretch.unexplained);
                say!("proof-alarm-one", amount = amount, from = from(stretch), to = to(stretch))
            }
            _ => {
                let amount = grouped(self.unexplained_sum);
                say!("proof-alarm-many", count = self.unexplained_count, amount = amount)
            }
        });
        let set = Charge::words(question.fee);
        let remark = match (chosen.learned, chosen.suggestion) {
            (true, _) => Some(say!("proof-fee-learned", fee = Charge::words(chosen.charge.fee), set = set)),
            (false, Some(fee)) => Some(say!("proof-fee-suggested", fee = Charge::words(fee), set = set)),
            (false, None) if !self.doubts.is_empty() => Some(say!("proof-in-doubt")),
            (false, None) => None,
        };
        summary::Proof { lines, alarm, remark }
    }
}
