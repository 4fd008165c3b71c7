//! The retry file of a complete batch: the rows that were certainly not paid, under new references,
//! ready to correct and drop into the inbox.
//!
//! Must never: offer a row that was, may have been or is being paid, here or by a successor.

use super::batch_report::ReportHead;
use super::publish::{Hashed, disk};
use super::style::{BYTE_ORDER_MARK, Style, reason_headings, retry_headings};
use super::{ReportError, reasons};
use crate::files::{Draft, FileError, Folder, SHARED_FILE};
use crate::ledger::rows::ReportRow;
use crate::payout::instruction::{CUT_DIGITS, LONGEST_REFERENCE, Reference, ReferenceError};
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payroll::columns::count_known;
use crate::payroll::writer::make_harmless as harmless;
use crate::payroll::{ColumnNames, fold};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::io::{self, Write};

/// Longest number after `.r` that is read as ours; more digits are somebody's own ending.
const LONGEST_NUMBER: usize = 6;

/// Whether the row may be paid again without any doubt: it ended without money, and nothing took
/// its place. A successor that is dead itself is offered by its own batch's retry file.
pub fn may_be_retried(row: &ReportRow) -> bool {
    let ended = |word| matches!(word, StateWord::Declined | StateWord::Cancelled);
    ended(row.status)
        && row.may_have_been_paid == MayHaveBeenPaid::No
        && row.transaction.is_none()
        && row.retried_as.is_none()
        && ended(row.final_status)
}

/// The reference under which `old` is paid again: `OLD.r2`, and `OLD.r3` after `OLD.r2`. Where
/// that is longer than a reference may be, the end of OLD gives way to a hyphen and twelve hex
/// digits of the SHA-256 of OLD (lower case, no leading zeros). The full old one is in `retry_of`.
pub fn next_reference(old: &Reference) -> Result<Reference, ReferenceError> {
    let (base, number) = split_ending(old.as_str());
    let ending = format!(".r{number}");
    let room = LONGEST_REFERENCE.saturating_sub(ending.len());
    if base.len() <= room {
        return Reference::parse(&format!("{base}{ending}"));
    }
    let digits = super::publish::hex(&Sha256::digest(Reference::key_of(base).as_bytes()));
    let kept = base.get(..room.saturating_sub(1 + CUT_DIGITS)).unwrap_or_default();
    let digits = digits.get(..CUT_DIGITS).unwrap_or_default();
    Reference::parse(&format!("{kept}-{digits}{ending}"))
}

/// The reference without our ending, and the number that comes next.
fn split_ending(old: &str) -> (&str, u32) {
    let ending = old.rfind(['r', 'R']).filter(|at| *at > 1).and_then(|at| {
        let base = old.get(..at)?.strip_suffix('.')?;
        let digits = old.get(at + 1..)?;
        let plain = !digits.starts_with('0') && digits.len() <= LONGEST_NUMBER;
        let number: u32 = plain.then(|| digits.parse().ok())??;
        (number >= 2 && !base.is_empty()).then_some((base, number + 1))
    });
    ending.unwrap_or((old, 2))
}

/// The names that the file's other columns have here: a `reason` of the file, by its name in any of our
/// languages, steps aside as `file_reason` for ours. Where there is a `file_reason` already, the `reason`
/// is an older one of ours and is left out (`None`).
fn other_names(other: &[String]) -> Vec<Option<String>> {
    let reasons = reason_headings().map(|name| fold(&name));
    let aside = |name: &str| format!("file_{name}");
    let is_known = |name: &String| count_known(std::slice::from_ref(name), &ColumnNames::default()) > 0;
    let taken: Vec<String> = other.iter().map(|name| fold(name)).collect();
    let was_ours = |folded: &String| taken.contains(&fold(&aside(folded)));
    other
        .iter()
        .map(|name| match fold(name) {
            // By a setting a column may have another meaning than its name; here it would be taken for ours.
            folded if !reasons.contains(&folded) && is_known(name) => Some(aside(&folded)),
            folded if !reasons.contains(&folded) => Some(name.clone()),
            folded if was_ours(&folded) => None,
            folded => Some(aside(&folded)),
        })
        .collect()
}

/// A retry file while it grows.
pub struct RetryFile {
    csv: csv::Writer<Hashed<Draft>>,
    other: Vec<bool>,
    simulated: bool,
    style: Style,
    rows: u32,
    name: String,
    batch: String,
}

/// A whole retry file on disk, not yet under its name.
pub struct SealedRetry {
    pub file: Draft,
    pub rows: u32,
    /// SHA-256 in hex.
    pub sha256: String,
}

impl RetryFile {
    pub fn begin(folder: &Folder, name: &str, batch: &str, head: &ReportHead) -> Result<RetryFile, ReportError> {
        let (style, simulated) = (head.style, head.simulated);
        let mut file = Hashed::new(Draft::begin(folder, SHARED_FILE).map_err(disk(name, batch))?);
        if style.mark {
            file.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(|e| disk(name, batch)(e.into()))?;
        }
        let mut csv = csv::WriterBuilder::new().delimiter(style.delimiter.byte()).flexible(true).from_writer(file);
        let names = other_names(&head.other_columns);
        let header = retry_headings(style.language).into_iter().chain(names.iter().flatten().cloned());
        let header = header.map(|name| harmless(&name).into_owned());
        csv.write_record(header).map_err(|e| disk(name, batch)(io::Error::from(e).into()))?;
        let other = names.iter().map(Option::is_some).collect();
        Ok(RetryFile { csv, other, simulated, style, rows: 0, name: name.to_string(), batch: batch.to_string() })
    }

    /// Adds the row if it may be paid again.
    pub fn push(&mut self, row: &ReportRow) -> Result<(), ReportError> {
        if !may_be_retried(row) {
            return Ok(());
        }
        let next = next_reference(&row.reference).map_err(|error| ReportError::Contradicts {
            batch: self.batch.clone(),
            what: format!("line {}: the reference {} {error}", row.line, row.reference),
        })?;
        let mark = if self.simulated { "SIMULATION: " } else { "" };
        let reason = format!("{mark}{}", reasons::text(&row.reason, self.style.language));
        let own = [
            next.to_string(),
            self.style.receiver(row.receiver),
            self.style.amount(row.amount),
            harmless(&row.description).into_owned(),
            harmless(&row.name).into_owned(),
            row.reference.to_string(),
            harmless(&reason).into_owned(),
        ];
        let kept = row.other.iter().zip(&self.other).filter(|(_, kept)| **kept);
        let other = kept.map(|(cell, _)| harmless(cell).into_owned());
        self.csv
            .write_record(own.into_iter().chain(other))
            .map_err(|e| disk(&self.name, &self.batch)(io::Error::from(e).into()))?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the file with its number of rows, by which a half file is noticed. There is no total:
    /// amounts are among what people correct.
    pub fn seal(self) -> Result<SealedRetry, ReportError> {
        let RetryFile { csv, rows, name, batch, .. } = self;
        let failed = |error: FileError| disk(&name, &batch)(error);
        let mut hashed = csv.into_inner().map_err(|e| failed(e.into_error().into()))?;
        writeln!(hashed, "# rows: {rows}").map_err(|e| failed(e.into()))?;
        let (mut file, sha256) = hashed.into_parts();
        file.seal(OsStr::new(&name)).map_err(failed)?;
        Ok(SealedRetry { file, rows, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::batch_report::tests::row;
    use proptest::prelude::*;

    fn next(old: &str) -> String {
        next_reference(&Reference::parse(old).unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_retry_has_the_next_number_of_its_reference() {
        for (old, new) in [
            ("PAY-1", "PAY-1.r2"),
            ("PAY-1.r2", "PAY-1.r3"),
            ("PAY-1.R9", "PAY-1.r10"),
            ("a.r1", "a.r1.r2"),
            ("a.r02", "a.r02.r2"),
            ("a.r1234567", "a.r1234567.r2"),
            ("r2", "r2.r2"),
            ("a-r2", "a-r2.r2"),
            ("2.r2.r2", "2.r2.r3"),
            (&"x".repeat(37), &format!("{}.r2", "x".repeat(37))),
        ] {
            assert_eq!(next(old), new);
        }
    }

    #[test]
    fn a_long_reference_is_cut_and_stays_its_own() {
        let a = format!("{}1", "x".repeat(39));
        let b = format!("{}2", "x".repeat(39));
        assert_eq!(next(&a).len(), 40);
        assert!(next(&a).starts_with(&"x".repeat(24)) && next(&a).ends_with(".r2"));
        assert_ne!(next(&a), next(&b));
        for whole in [a.as_str(), "PAY-1.r2", "x-0123456789ab.r2"] {
            assert!(!Reference::parse(whole).unwrap().was_cut_for_a_retry(), "{whole}");
        }
        assert_eq!(next(&a.to_uppercase())[24..], next(&a)[24..], "case is not part of a reference");
        let mut link = a;
        for number in 2..120 {
            link = next(&link);
            assert!(Reference::parse(&link).unwrap().was_cut_for_a_retry(), "{link}");
            assert!(link.ends_with(&format!(".r{number}")), "{link}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_reference_has_a_valid_successor_that_differs(old in "[A-Za-z0-9][A-Za-z0-9._:/-]{0,38}[A-Za-z0-9]") {
            let old = Reference::parse(&old).unwrap();
            let new = next_reference(&old).unwrap();
            prop_assert_ne!(old.key(), new.key());
        }
    }

    #[test]
    fn only_what_was_certainly_not_paid_is_offered_again() {
        use MayHaveBeenPaid::{No, Unknown, Yes};
        use StateWord::*;
        for word in StateWord::ALL {
            for may in [No, Unknown, Yes] {
                for last in StateWord::ALL {
                    for successor in [None, Some("PAY-1.r2")] {
                        let mut row = ReportRow { transaction: None, ..row(2) };
                        row.status = word;
                        row.may_have_been_paid = may;
                        row.final_status = last;
                        row.retried_as = successor.map(|s| Reference::parse(s).unwrap());
                        let expected = matches!(word, Declined | Cancelled)
                            && may == No
                            && matches!(last, Declined | Cancelled)
                            && successor.is_none();
                        assert_eq!(may_be_retried(&row), expected, "{word:?} {may:?} {last:?} {successor:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_reason_column_of_the_file_steps_aside_once() {
        let names = |other: &[&str]| {
            let other: Vec<String> = other.iter().map(ToString::to_string).collect();
            other_names(&other)
        };
        assert_eq!(names(&["Reason", "team"]), [Some("file_reason".into()), Some("team".into())]);
        assert_eq!(names(&["reason", "file_reason"]), [None, Some("file_reason".into())]);
        // Told apart as the reader tells them apart, or the retry file could not be dropped.
        assert_eq!(names(&["Réason", "reason!"]), [Some("file_reason".into()), Some("reason!".into())]);
    }
}
