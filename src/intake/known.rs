//! What is said of a row whose reference, or whose `retry_of`, the ledger knows already.
//!
//! Must never: let a row through that could pay a person twice.

use super::error::IntakeError;
use crate::ledger::rows::Known;
use crate::ledger::{Clash, ClashKind, Reader as LedgerReader};
use crate::payout::batch::Batch;
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payroll::{Code, Header, Problem, Row};

/// The problem of a row whose reference the ledger knows. None where that one was cancelled before any
/// Transfert, and nothing was to pay the person in its place: such a reference was never used.
pub(super) fn reference_known(
    row: &Row,
    header: &Header,
    known: &Known,
    ledger: &LedgerReader,
) -> Result<Option<Problem>, IntakeError> {
    let again = ledger.paid_again_by(known.payout)?;
    let unused = known.status == StateWord::Cancelled
        && known.attempts == 0
        && known.may_have_been_paid == MayHaveBeenPaid::No
        && again.is_none();
    Ok((!unused).then(|| tell_known(row, header, known, again)))
}

fn tell_known(row: &Row, header: &Header, known: &Known, again: Option<(Reference, StateWord)>) -> Problem {
    let order = &row.instruction;
    let place = format!("batch {} ({}, line {}) on {}", known.batch, known.file, known.line, date(known.admitted));
    let outcome = match known.status {
        StateWord::Paid => "it is paid".to_string(),
        StateWord::Queued => "it waits to be paid".to_string(),
        StateWord::InDoubt => "it may already be paid, do not pay by hand".to_string(),
        StateWord::Held => "it waits for a person; see 'payoutd explain'".to_string(),
        StateWord::Declined | StateWord::Cancelled => match &again {
            Some((other, status)) if !matches!(status, StateWord::Declined | StateWord::Cancelled) => {
                format!("it was {}, and {other} pays it again: that one is {}", known.status.as_str(), status.as_str())
            }
            _ => format!(
                "it was {}: to pay this person again, give the row a new reference and put {} into retry_of, or use the batch's retry file",
                known.status.as_str(),
                again.as_ref().map_or(&known.reference, |(other, _)| other)
            ),
        },
    };
    let mut differs = Vec::new();
    if known.amount != order.amount {
        differs.push(format!("amount {} then, {} now", known.amount, order.amount));
    }
    if known.receiver != order.receiver {
        differs.push("another receiver".to_string());
    }
    let value = order.reference.as_str();
    if differs.is_empty() {
        let text = format!("This reference was admitted in {place}: {outcome}.");
        return Problem::of_cell(row.line, &header.reference, value, Code::ReferenceKnown, text);
    }
    let text = format!(
        "This reference was admitted in {place} for something else ({}): {outcome}. A new payment needs a reference of its own.",
        differs.join(", ")
    );
    Problem::of_cell(row.line, &header.reference, value, Code::ReferenceKnownDiffers, text)
}

/// What a row pays again, if that is certainly not paid.
pub(super) fn retried(
    row: &Row,
    old: &Reference,
    ledger: &LedgerReader,
) -> Result<Result<Known, Problem>, IntakeError> {
    let problem = |code, text: String| Problem::of_cell(row.line, "retry_of", old.as_str(), code, text);
    let Some(known) = ledger.known_reference(&old.key())? else {
        let text = format!("{old} was never admitted: correct retry_of, or leave it empty for a first payment.");
        return Ok(Err(problem(Code::RetryOfUnknown, text)));
    };
    if !matches!(known.status, StateWord::Declined | StateWord::Cancelled) {
        let text = format!(
            "{old} (batch {}, line {}) is {}: only what is certainly not paid may be paid again; do not pay by hand.",
            known.batch,
            known.line,
            known.status.as_str()
        );
        return Ok(Err(problem(Code::RetryOfNotUnpaid, text)));
    }
    Ok(Ok(known))
}

/// A reference with the ending of a retry, without `retry_of`, whose beginning the ledger knows:
/// the column was erased, and with it what keeps the person from being paid twice.
pub(super) fn erased_retry(row: &Row, header: &Header, ledger: &LedgerReader) -> Result<Option<Problem>, IntakeError> {
    let reference = &row.instruction.reference;
    let Some(base) = reference.retry_base() else { return Ok(None) };
    let Some(known) = ledger.known_reference(&Reference::key_of(base))? else {
        // Where the old reference was too long for the ending, only its hash is left of its end.
        let text =
            "This is a reference that payoutd made for a retry, but retry_of is empty: put back what stood there.";
        let problem = || Problem::of_cell(row.line, &header.reference, reference.as_str(), Code::RetryOfErased, text);
        return Ok(reference.was_cut_for_a_retry().then(problem));
    };
    let text = format!(
        "This is the reference of a retry of {base} (batch {}, {}), but retry_of is empty: put {base} back into retry_of.",
        known.batch,
        known.status.as_str()
    );
    Ok(Some(Problem::of_cell(row.line, &header.reference, reference.as_str(), Code::RetryOfErased, text)))
}

/// The problem of a file whose content was admitted before.
pub(super) fn file_known(batch: &Batch) -> Problem {
    let count = |word| batch.tally.count(word);
    let text = format!(
        "This very file was admitted on {} as batch {} ({}: {} paid, {} declined, {} cancelled, {} not settled): \
         nobody is paid from it again. Was another file meant?",
        date(batch.admitted),
        batch.id,
        if batch.rows == 1 { "1 row".to_string() } else { format!("{} rows", batch.rows) },
        count(StateWord::Paid),
        count(StateWord::Declined),
        count(StateWord::Cancelled),
        count(StateWord::Queued) + count(StateWord::InDoubt) + count(StateWord::Held),
    );
    Problem::of_file(Code::FileKnown, text)
}

/// A day as people write it.
pub fn date(at: Wall) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d").to_string()
}

/// Why a row cannot be admitted, found while the batch was indexed.
pub(super) fn clash_problem(clash: &Clash) -> Problem {
    let known = &clash.known;
    let place = format!("batch {} ({}, line {}) on {}", known.batch, known.file, known.line, date(known.admitted));
    let (column, code, text) = match clash.kind {
        ClashKind::ReferenceKnown => (
            "reference",
            Code::ReferenceKnown,
            format!("This reference was admitted in {place} and is {}.", known.status.as_str()),
        ),
        ClashKind::AncestorNotUnpaid => (
            "retry_of",
            Code::RetryOfNotUnpaid,
            format!(
                "{} ({place}) is {}: only what is certainly not paid may be paid again.",
                known.reference,
                known.status.as_str()
            ),
        ),
        ClashKind::RepeatedAlready => (
            "retry_of",
            Code::RetryOfRepeated,
            format!("{} ({place}) repeats the same payout already and is {}.", known.reference, known.status.as_str()),
        ),
    };
    Problem::of_cell(clash.line, column, clash.reference.as_str(), code, text)
}
