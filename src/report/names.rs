//! The names of a batch's files: `STEM.BATCH.report.csv` and its neighbours, from whatever name
//! the user's file had.
//!
//! Must never: make a name that leaves the folder, hides, or is longer than a file system takes.

use crate::files::split_batch_name;
use crate::payout::state::BatchId;

/// Longest file name in bytes on every Linux file system that matters.
const LONGEST_NAME: usize = 255;

/// The longest text that is put around a stem: the mark's dot and the summary's ending.
const LONGEST_ENDING: usize = ".".len() + ".summary.txt".len();

/// What the files of one batch are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportNames {
    pub report: String,
    pub summary: String,
    pub retry: String,
    /// There only while a report is being put in place, or after a crash within.
    pub mark: String,
}

impl ReportNames {
    pub fn of(file: &str, batch: BatchId) -> ReportNames {
        let base = base(file, batch);
        ReportNames {
            report: format!("{base}.report.csv"),
            summary: format!("{base}.summary.txt"),
            retry: format!("{base}.retry.csv"),
            mark: format!(".{base}.mark"),
        }
    }
}

/// `STEM.BATCH`: the file's name without its ending, and the batch. Control characters and
/// separators become `_`, a dot at the beginning too; a long stem is cut, and the batch keeps the
/// name unique.
pub fn base(file: &str, batch: BatchId) -> String {
    // The endings are ASCII, so that what is before them is text as well.
    let stem = split_batch_name(file.as_ref()).0.to_str().unwrap_or(file);
    let batch = batch.to_string();
    let room = LONGEST_NAME - LONGEST_ENDING - batch.len() - ".".len();
    let mut out = String::with_capacity(stem.len());
    for c in stem.chars() {
        let c = match c {
            '/' | '\\' => '_',
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            '.' | '~' if out.is_empty() => '_',
            c if c.is_control() => '_',
            c => c,
        };
        if out.len() + c.len_utf8() > room {
            break;
        }
        out.push(c);
    }
    if out.is_empty() {
        out.push('_');
    }
    format!("{out}.{batch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_named_after_its_file_and_batch() {
        let names = ReportNames::of("salaires juillet.CSV", BatchId(12));
        assert_eq!(names.report, "salaires juillet.B000012.report.csv");
        assert_eq!(names.summary, "salaires juillet.B000012.summary.txt");
        assert_eq!(names.retry, "salaires juillet.B000012.retry.csv");
        assert_eq!(base("v1.2.csv", BatchId(1)), "v1.2.B000001");
        assert_eq!(base(".csv", BatchId(1)), "_csv.B000001");
        assert_eq!(base("paie.XLSX", BatchId(1)), "paie.B000001");
        assert_eq!(base("né", BatchId(1)), "né.B000001");
    }

    #[test]
    fn a_hostile_name_stays_in_its_folder_and_fits_the_file_system() {
        for file in [
            "../../etc/passwd.csv",
            "..",
            "a\nb\u{1b}[2J.csv",
            ".hidden.csv",
            "~$x.csv",
            "\0.csv",
            "\u{202e}vsc.csv",
            &format!("{}.csv", "é".repeat(127)),
            &"x".repeat(255),
            &"\u{10ffff}".repeat(80),
        ] {
            for batch in [BatchId(1), BatchId(i64::MAX)] {
                let names = ReportNames::of(file, batch);
                for name in [&names.report, &names.summary, &names.retry, &names.mark] {
                    assert!(name.len() <= LONGEST_NAME, "{name}");
                    assert!(!name.contains(['/', '\\']) && !name.chars().any(char::is_control), "{name:?}");
                }
                assert!(!names.report.starts_with('.') && names.report.contains(&batch.to_string()));
                assert!(std::fs::write(tempfile::tempdir().unwrap().path().join(&names.mark), "").is_ok());
            }
        }
    }
}
