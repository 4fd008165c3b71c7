//! The balance proof as a page: CSV, one row a stretch between two readings and one a span between two
//! quiet ones; and in words.
//!
//! Must never: say that everything is explained where something is only possible.

use super::balance::{Closed, NAMED, Prover, Stretch, Verdict};
use super::charge::Charge;
use super::proof::{Chosen, Proof, Question, closing};
use super::summary;
use super::work::ReconcileError;
use crate::ledger::Reader;
use crate::payout::batch::Batch;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payroll::{CsvWriter, Delimiter};
use std::io::Write;

const COLUMNS: [&str; 15] = [
    "kind",
    "from",
    "to",
    "opening",
    "rows",
    "paid",
    "fees",
    "top_up",
    "closing",
    "difference",
    "may_rows",
    "may_have_left",
    "verdict",
    "advice",
    "payouts",
];

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
    time: fn(Wall) -> String,
) -> Result<(W, summary::Proof), ReconcileError> {
    let proof = Proof::begin(ledger, batches, question)?;
    let chosen = proof.choose()?;
    let mut csv = CsvWriter::new(to, Delimiter::Comma);
    csv.write_row(COLUMNS)?;
    let mut outcome = Outcome::default();
    let prover = proof.walk::<ReconcileError>(chosen.charge, &mut |closed| {
        outcome.take(ledger, &closed)?;
        for stretch in std::iter::once(&closed.stretch).chain(&closed.span) {
            csv.write_row(row(ledger, stretch, time)?)?;
        }
        Ok(())
    })?;
    let words = outcome.words(question, &chosen, &prover, time);
    Ok((csv.finish()?, words))
}

fn htg(centimes: i64) -> String {
    Amount::from_centimes(centimes).to_string()
}

fn row(ledger: &Reader, stretch: &Stretch, time: fn(Wall) -> String) -> Result<[String; 15], ReconcileError> {
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
        advice(stretch.verdict).to_string(),
        if asks { names(ledger, stretch)? } else { String::new() },
    ])
}

fn advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Exact => "",
        Verdict::TopUp => {
            "money came in: it must be a deposit of yours; if it is not, look for a payout of that amount that took nothing"
        }
        Verdict::InFlight => "payouts cross a reading: see the span that it belongs to",
        Verdict::OpenDoubt => "payouts in doubt may be the difference: settle them, then run reconcile again",
        Verdict::Unexplained => {
            "more left than anything explains: hold it against the account's statement in the MonCash portal; do not pay by hand"
        }
    }
}

/// The references of a stretch's payouts.
fn names(ledger: &Reader, stretch: &Stretch) -> Result<String, ReconcileError> {
    let mut names = Vec::new();
    for id in &stretch.named {
        names.push(ledger.standpoint(*id)?.reference.to_string());
    }
    if stretch.named_of > stretch.named.len() as i64 {
        names.push(format!("and {} more", stretch.named_of - NAMED as i64));
    }
    Ok(names.join(" "))
}

impl Outcome {
    fn take(&mut self, ledger: &Reader, closed: &Closed) -> Result<(), ReconcileError> {
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
                self.unexplained.push((stretch.clone(), names(ledger, stretch)?));
            }
        }
        Ok(())
    }

    fn words(self, question: &Question, chosen: &Chosen, prover: &Prover, time: fn(Wall) -> String) -> summary::Proof {
        let mut lines = Vec::new();
        let grouped = |centimes: i64| Amount::from_centimes(centimes).grouped();
        let between =
            |stretch: &Stretch| format!("between {} and {}", time(stretch.from.asked_at), time(stretch.to.asked_at));
        match (&self.first, &self.last) {
            (Some(first), Some(last)) => {
                lines.push(format!("Opening reading: HTG {} at {}", first.from.balance.grouped(), time(first.from.asked_at)));
                lines.push(format!("Paid:            HTG {} ({} payouts)", grouped(self.paid), self.rows));
                lines.push(format!("Fees:            HTG {} ({})", grouped(self.fees), Charge::words(chosen.charge.fee)));
                lines.push(format!("Came in:         HTG {}", grouped(self.top_up)));
                lines.push(format!("Closing reading: HTG {} at {}", last.to.balance.grouped(), time(last.to.asked_at)));
            }
            _ => lines.push(
                "There are no two readings of the balance to compare: nothing is proven. payoutd reads it while it pays, and once after."
                    .to_string(),
            ),
        }
        for stretch in &self.top_ups {
            lines.push(format!(
                "HTG {} came in {}: check it against your deposits.",
                grouped(stretch.top_up),
                between(stretch)
            ));
        }
        for (stretch, names) in &self.unexplained {
            let names = if names.is_empty() { "none".to_string() } else { names.clone() };
            lines.push(format!(
                "UNEXPLAINED: HTG {} left the account {}. Payouts in this stretch: {names}",
                grouped(stretch.unexplained),
                between(stretch)
            ));
        }
        for stretch in &self.doubts {
            lines.push(format!(
                "HTG {} is missing {}; payouts in doubt (HTG {}) may be it. Not proven until they are settled.",
                grouped(stretch.difference),
                between(stretch),
                grouped(stretch.may)
            ));
        }
        let (pending, sum) = prover.pending();
        if pending > 0 && self.last.is_some() {
            lines.push(format!(
                "Not surely in the last reading: {pending} payouts, HTG {} with fees. The next reading proves them.",
                grouped(sum)
            ));
        }
        if self.unexplained.is_empty() && self.doubts.is_empty() && pending == 0 && self.last.is_some() {
            lines.push(format!("Every centime is explained, over {} stretches between readings.", self.stretches));
        }
        let alarm = (self.unexplained_count > 0).then(|| match self.unexplained.first() {
            Some((stretch, _)) if self.unexplained_count == 1 => format!(
                "HTG {} left the account {} that nothing explains. Do not pay by hand.",
                grouped(stretch.unexplained),
                between(stretch)
            ),
            _ => format!(
                "money left the account that nothing explains, in {} stretches between readings (at least HTG {}). Do not pay by hand.",
                self.unexplained_count,
                grouped(self.unexplained_sum)
            ),
        });
        let set = Charge::words(question.fee);
        let remark = match (chosen.learned, chosen.suggestion) {
            (true, _) => Some(format!(
                "MonCash charges {}, and [balance] says {set}: correct fee_percent and fee_fixed, or the floor is not kept.",
                Charge::words(chosen.charge.fee)
            )),
            (false, Some(fee)) => Some(format!(
                "A fee of {} would explain it, and [balance] says {set}: look into your contract. It was seen only once.",
                Charge::words(fee)
            )),
            (false, None) if !self.doubts.is_empty() => {
                Some("The balance is not proven while payouts are in doubt.".to_string())
            }
            (false, None) => None,
        };
        summary::Proof { lines, alarm, remark }
    }
}
