//! What the guards found, in the words of people.
//!
//! Must never: leave out that there is more than what is named.

use super::told::told;
use super::{Saying, Value, say};
use crate::payout::batch::Batch;
use crate::payout::message::{GuardHold, Said};
use crate::payout::terms::{Earlier, Finding, Guard, Named, Other, Terms};

/// A finding as one sentence: what it is, and the first rows that it is about.
pub fn tell(finding: &Finding) -> Saying {
    let mut rows: Vec<Saying> = finding.named.iter().map(|row| one(finding.guard, row)).collect();
    let more = finding.rows.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    if more > 0 && !rows.is_empty() {
        rows.push(say!("guard-more", rows = more));
    }
    match listed(rows) {
        Some(rows) => say!("guard-told", what = headline(finding), rows = rows),
        None => headline(finding),
    }
}

/// Several as one, with semicolons between them; none of none.
fn listed(all: Vec<Saying>) -> Option<Saying> {
    all.into_iter().reduce(|before, next| say!("guard-listed", before = before, next = next))
}

fn headline(finding: &Finding) -> Saying {
    let Finding { rows, against, found, .. } = finding;
    match finding.guard {
        Guard::Above => say!("guard-above", found = found, limit = against),
        Guard::SameNumber if found == Finding::SAME_AMOUNT => say!("guard-same-amount", rows = *rows),
        Guard::SameNumber => say!("guard-same-number", rows = *rows),
        Guard::Missing => say!("guard-missing", rows = *rows, batches = against),
        Guard::NewPeople => say!("guard-new-people", rows = *rows),
        Guard::ChangedNumber => say!("guard-changed-number", rows = *rows, batches = against),
        Guard::ChangedAmount => say!("guard-changed-amount", rows = *rows, factor = found, batches = against),
        Guard::Period => say!("guard-period", said = found, month = against),
        Guard::OverWallet => say!("guard-over-wallet", rows = *rows, limit = against),
        Guard::Shortfall => say!("guard-shortfall", missing = found, needed = against),
        Guard::PaidAlready => say!("guard-paid-already", rows = *rows, within = within(against)),
        Guard::NewLayout if against.is_empty() => say!("guard-new-layout", columns = found),
        Guard::NewLayout => say!("guard-changed-layout", columns = found, before = against),
        Guard::ManyZero => say!("guard-many-zero", rows = *rows, all = against),
        Guard::OpenEnd => say!("guard-open-end"),
    }
}

/// One row: where it stands, whose it is, and what was and is.
fn one(guard: Guard, row: &Named) -> Saying {
    let Named { line, was, is, receiver, .. } = row;
    let line = line.to_string();
    let who = whose(&row.reference, &row.name);
    match guard {
        Guard::SameNumber if row.earlier.as_ref().is_some_and(|earlier| !earlier.reference.is_empty()) => {
            let Earlier { reference, name, amount: paid, .. } = row.earlier.clone().unwrap_or_default();
            say!(
                "guard-row-same-number-twice",
                line = line,
                who = who,
                receiver = receiver,
                amount = is,
                earlier = was,
                before = whose(&reference, &name),
                paid = paid
            )
        }
        Guard::SameNumber => say!("guard-row-same-number", line = line, who = who, receiver = receiver, earlier = was),
        Guard::Missing => say!("guard-row-missing", line = line, who = who, receiver = receiver, amount = was),
        Guard::ChangedNumber | Guard::ChangedAmount => {
            say!("guard-row-changed", line = line, who = who, was = was, is = is)
        }
        Guard::NewLayout if was.is_empty() => {
            say!("guard-row-new", line = line, who = who, receiver = receiver, amount = is)
        }
        Guard::NewLayout => say!("guard-row-layout", line = line, who = who, was = was, is = is),
        Guard::OpenEnd => say!("guard-row-open-end", line = line, who = who, receiver = receiver, amount = is),
        Guard::OverWallet => say!("guard-row-over-wallet", line = line, who = who, receiver = receiver, sum = is),
        Guard::PaidAlready => {
            let Other { batch, day, .. } = row.other.clone().unwrap_or_default();
            let became = became(row.other.as_ref());
            say!(
                "guard-row-paid-already",
                line = line,
                who = who,
                other = was,
                day = day,
                batch = batch,
                became = became
            )
        }
        Guard::NewPeople | Guard::Above | Guard::Period | Guard::Shortfall | Guard::ManyZero => {
            say!("guard-row-new", line = line, who = who, receiver = receiver, amount = is)
        }
    }
}

fn whose(reference: &str, name: &str) -> String {
    if name.is_empty() { reference.to_string() } else { format!("{reference}, {name}") }
}

/// A number of days, or a time that is none as it was written.
fn within(against: &str) -> Value {
    let days = against.parse::<u64>().map(|days| say!("within-days", days = days));
    days.unwrap_or_else(|_| say!("within-time", time = against)).into()
}

/// What became of the other payout: its state's word, as reports have it.
fn became(other: Option<&Other>) -> Value {
    match other {
        None => "".into(),
        Some(other) if other.again => say!("became-paid-again", status = &other.status).into(),
        Some(other) if other.perhaps => say!("became-perhaps-paid", status = &other.status).into(),
        Some(other) => other.status.as_str().into(),
    }
}

/// What is told of the hold of the guard for the same person and amount.
pub(super) fn hold_of_guard(finding: &Finding) -> Saying {
    say!("hold-paid-already", what = tell(finding))
}

/// Why a batch is on hold: by the guard, or by a person, whose words stay as they are.
pub fn why_on_hold(batch: &Batch) -> Option<Saying> {
    Some(hold(batch.hold.as_ref()?, &batch.terms))
}

/// The same, of what is kept of a hold and the terms of its batch.
pub fn hold(kept: &Said<GuardHold>, terms: &Terms) -> Saying {
    let guard = match kept {
        // An older ledger keeps the guard's sentence.
        Said::Words(words) => return told(words),
        Said::Coded { code: GuardHold::PaidAlready } => Guard::PaidAlready,
    };
    let found = terms.findings.iter().find(|finding| finding.guard == guard);
    found.map_or_else(|| say!("why-as-told", text = guard.word()), hold_of_guard)
}

/// Why a batch waits for approval, reason by reason. An older ledger does not tell.
pub fn reasons(batch: &Batch) -> Vec<Saying> {
    let told: Vec<Saying> = batch.terms.holding().map(tell).collect();
    if told.is_empty() { vec![say!("waits-approval")] } else { told }
}

/// The same as one sentence.
pub fn why_approval(batch: &Batch) -> Saying {
    listed(reasons(batch)).unwrap_or_else(|| say!("waits-approval"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn what_is_not_named_is_counted_in_every_language() {
        let row = Named {
            line: 4,
            reference: "JUL-4".into(),
            was: "100.00".into(),
            is: "1000.00".into(),
            ..Named::default()
        };
        let finding = Finding {
            guard: Guard::ChangedAmount,
            hold: true,
            rows: 7,
            named: vec![row],
            against: "B000001".into(),
            found: "3".into(),
        };
        for language in Language::ALL {
            let text = tell(&finding).text(language);
            assert!(
                ["7", "JUL-4", "100.00", "1000.00", "B000001", "6"].iter().all(|part| text.contains(part)),
                "{text}"
            );
        }
        assert_eq!(
            tell(&finding).text(Language::English),
            "7 rows are more than 3 times as much, or as little, as in the last payroll (B000001): line 4 (JUL-4): \
             1000.00 instead of 100.00; and 6 more"
        );
    }
}
