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
use crate::words::{Saying, say};

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
    let outcome = match known.status {
        StateWord::Paid => say!("known-is-paid"),
        StateWord::Queued => say!("known-waits"),
        StateWord::InDoubt => say!("known-in-doubt"),
        StateWord::Held => say!("known-held"),
        StateWord::Declined | StateWord::Cancelled => match &again {
            Some((other, status)) if !matches!(status, StateWord::Declined | StateWord::Cancelled) => {
                say!("known-paid-again", status = word(known.status), other = other, now = word(*status))
            }
            _ => {
                let old = again.as_ref().map_or(&known.reference, |(other, _)| other);
                say!("known-may-be-paid-again", status = word(known.status), old = old)
            }
        },
    };
    let value = order.reference.as_str();
    let amounts = known.amount != order.amount;
    let differs = match (amounts, known.receiver != order.receiver) {
        (false, false) => {
            let text = say!("reference-known", place = place(known), outcome = outcome);
            return Problem::of_cell(row.line, &header.reference, value, Code::ReferenceKnown, text);
        }
        (true, false) => say!("differs-amount", then = known.amount, now = order.amount),
        (true, true) => say!("differs-amount-and-receiver", then = known.amount, now = order.amount),
        (false, true) => say!("differs-receiver"),
    };
    let text = say!("reference-known-differs", place = place(known), differs = differs, outcome = outcome);
    Problem::of_cell(row.line, &header.reference, value, Code::ReferenceKnownDiffers, text)
}

/// Where a payout that the ledger knows stands.
fn place(known: &Known) -> Saying {
    say!(
        "known-place",
        batch = known.batch.to_string(),
        file = &known.file,
        line = known.line.to_string(),
        date = date(known.admitted)
    )
}

/// A status in the reader's language.
pub(super) fn word(status: StateWord) -> Saying {
    match status {
        StateWord::Queued => say!("known-word-queued"),
        StateWord::InDoubt => say!("known-word-in-doubt"),
        StateWord::Paid => say!("known-word-paid"),
        StateWord::Declined => say!("known-word-declined"),
        StateWord::Held => say!("known-word-held"),
        StateWord::Cancelled => say!("known-word-cancelled"),
    }
}

/// What a row pays again, if that is certainly not paid.
pub(super) fn retried(
    row: &Row,
    old: &Reference,
    ledger: &LedgerReader,
) -> Result<Result<Known, Problem>, IntakeError> {
    let problem = |code, text: Saying| Problem::of_cell(row.line, "retry_of", old.as_str(), code, text);
    let Some(known) = ledger.known_reference(&old.key())? else {
        let text = say!("retry-of-never-admitted", old = old);
        return Ok(Err(problem(Code::RetryOfUnknown, text)));
    };
    if !matches!(known.status, StateWord::Declined | StateWord::Cancelled) {
        let (batch, line) = (known.batch.to_string(), known.line.to_string());
        let text = say!("retry-of-not-unpaid", old = old, batch = batch, line = line, status = word(known.status));
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
        let text = say!("retry-of-erased");
        let problem = || Problem::of_cell(row.line, &header.reference, reference.as_str(), Code::RetryOfErased, text);
        return Ok(reference.was_cut_for_a_retry().then(problem));
    };
    let batch = known.batch.to_string();
    let text = say!("retry-of-erased-known", base = base, batch = batch, status = word(known.status));
    Ok(Some(Problem::of_cell(row.line, &header.reference, reference.as_str(), Code::RetryOfErased, text)))
}

/// The problem of a file whose content was admitted before.
pub(super) fn file_known(batch: &Batch) -> Problem {
    let count = |word| batch.tally.count(word);
    let open = count(StateWord::Queued) + count(StateWord::InDoubt) + count(StateWord::Held);
    let text = say!(
        "file-known",
        date = date(batch.admitted),
        batch = batch.id.to_string(),
        rows = batch.rows,
        paid = count(StateWord::Paid),
        declined = count(StateWord::Declined),
        cancelled = count(StateWord::Cancelled),
        open = open,
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
    let (place, status) = (place(known), word(known.status));
    let (column, code, text) = match clash.kind {
        ClashKind::ReferenceKnown => {
            ("reference", Code::ReferenceKnown, say!("clash-reference-known", place = place, status = status))
        }
        ClashKind::AncestorNotUnpaid => (
            "retry_of",
            Code::RetryOfNotUnpaid,
            say!("clash-ancestor", reference = &known.reference, place = place, status = status),
        ),
        ClashKind::RepeatedAlready => (
            "retry_of",
            Code::RetryOfRepeated,
            say!("clash-repeated", reference = &known.reference, place = place, status = status),
        ),
    };
    Problem::of_cell(clash.line, column, clash.reference.as_str(), code, text)
}
