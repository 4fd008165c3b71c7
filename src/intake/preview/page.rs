//! The sentences of a preview, the answer first.
//!
//! Must never: say "ready" of a file that somebody should look at.

use super::wallets::Answers;
use crate::intake::examine::{Bad, Good};
use crate::intake::terms::Guard as PaidAlready;
use crate::payout::moment::Wall;
use crate::payout::terms::{Finding, Guard};
use crate::payroll::{Problem, read_as};
use crate::words::findings::tell;
use crate::words::{Saying, say};

/// What a preview says of the wallets.
pub(super) enum Wallets<'a> {
    NotAsked,
    Asking,
    Answered(&'a Answers),
}

impl Wallets<'_> {
    fn are_unusual(&self) -> bool {
        matches!(self, Wallets::Answered(answers) if answers.are_unusual())
    }

    fn lines(&self) -> Vec<Saying> {
        match self {
            Wallets::NotAsked => Vec::new(),
            Wallets::Asking => vec![say!("preview-asking")],
            Wallets::Answered(answers) => answers.lines(),
        }
    }
}

/// One finding of a preview, with the setting that it comes from and what it would do.
pub fn finding_line(finding: &Finding) -> Saying {
    let (guard, what) = (finding.guard.word(), tell(finding));
    match (finding.hold, finding.guard) {
        (true, _) => say!("preview-holds", guard = guard, what = what),
        (false, Guard::Shortfall) => say!("preview-short", guard = guard, what = what),
        (false, _) => say!("preview-warns", guard = guard, what = what),
    }
}

/// Local time to the minute.
pub(super) fn in_words(at: Wall) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn taken(
    good: &Good,
    findings: &[Finding],
    paid_already: PaidAlready,
    wallets: &Wallets<'_>,
) -> Vec<Saying> {
    let (rows, htg) = (good.totals.rows, good.totals.amount.grouped());
    let held = good.paid_already.as_ref().filter(|_| paid_already == PaidAlready::Hold);
    let first = if held.is_some() {
        say!("preview-held", rows = rows, htg = htg)
    } else if findings.iter().any(|finding| finding.hold) {
        say!("preview-approval", rows = rows, htg = htg)
    } else if findings.is_empty() && good.paid_already.is_none() && !wallets.are_unusual() {
        say!("preview-ready", rows = rows, htg = htg)
    } else {
        say!("preview-ready-but", rows = rows, htg = htg)
    };
    let read_as = good.read_as();
    let mut lines = vec![first];
    lines.extend(read_as::reading(&read_as));
    lines.extend(good.totals.controls.pay_on.map(|(day, _)| say!("preview-pay-on", day = day.to_string())));
    if let Some(found) = &good.paid_already {
        let what = tell(found);
        lines.push(if held.is_some() {
            say!("preview-holds", guard = "paid_already", what = what)
        } else {
            say!("preview-warns", guard = "paid_already", what = what)
        });
    }
    lines.extend(findings.iter().map(finding_line));
    lines.extend(wallets.lines());
    lines.push(say!("preview-next"));
    lines
}

pub(super) fn rejected(bad: &Bad, named: &[Problem]) -> Vec<Saying> {
    let mut lines = vec![say!("preview-rejected", problems = bad.problems, rows = bad.rows)];
    let shared = bad.shared.of_every_row(bad.rows);
    let mut more = bad.problems.saturating_sub(u64::from(bad.rows).saturating_mul(shared.len() as u64));
    for problem in shared {
        let (place, code) = (place_of(problem), problem.code.to_string());
        lines.push(say!("every-row", rows = bad.rows, place = place, code = code, what = problem.problem.clone()));
    }
    for problem in named.iter().filter(|problem| !bad.shared.tells(problem, bad.rows)) {
        more = more.saturating_sub(1);
        let (place, code) = (place_of(problem), problem.code.to_string());
        lines.push(say!("preview-problem", place = place, code = code, what = problem.problem.clone()));
    }
    if more > 0 {
        lines.push(say!("guard-more", rows = more));
    }
    lines.push(say!("preview-correct"));
    lines
}

/// Where a problem stands, and what stands there: `4, amount "1,500"`.
pub fn place_of(problem: &Problem) -> String {
    let mut place = problem.line.to_string();
    if !problem.column.is_empty() {
        place.push_str(&format!(", {}", problem.column));
    }
    if !problem.value.is_empty() {
        place.push_str(&format!(" \"{}\"", problem.value));
    }
    place
}
