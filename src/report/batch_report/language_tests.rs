//! The same report in every language: what is told changes its words, what scripts and payoutd read does not.

use super::tests::*;
use super::*;
use crate::payout::state::{HeldReason, MayHaveBeenPaid, Reason};
use crate::payroll::columns::REPORT_COLUMNS;
use crate::report::summary::chain_head;
use crate::words::Language;

fn head_in(language: Language, rows: &[ReportRow], last_event: i64) -> ReportHead {
    ReportHead { style: Style::plain(language), ..head(rows, last_event) }
}

fn in_doubt() -> Vec<ReportRow> {
    let held = Reason::Held(HeldReason::AskedTooLong, std::borrow::Cow::Owned("24h".into()));
    let mut rows = vec![
        row(2),
        ended(3, StateWord::InDoubt, MayHaveBeenPaid::Unknown, ""),
        ended(4, StateWord::Held, MayHaveBeenPaid::Unknown, ""),
        ended(5, StateWord::Queued, MayHaveBeenPaid::No, ""),
        declined(6),
    ];
    rows[1].reason = Reason::InDoubt;
    rows[2].reason = held;
    rows
}

#[test]
fn french_and_kreyol_tell_what_english_tells() {
    for (language, code) in [(Language::French, "fr"), (Language::Kreyol, "ht")] {
        let folder = tempfile::tempdir().unwrap();
        let rows = mixed();
        let simulated = ReportHead { simulated: true, ..head_in(language, &rows, 40) };
        write(folder.path(), simulated, &rows).unwrap();
        let (summary, report) = (text(folder.path(), SUMMARY), text(folder.path(), REPORT));
        assert!(summary.starts_with("SIMULATION") && report.starts_with("\u{feff}# SIMULATION"), "{summary}{report}");
        golden(&format!("complete.summary.{code}.txt"), &summary);
        golden(&format!("complete.report.{code}.csv"), &report);
        golden(&format!("complete.retry.{code}.csv"), &text(folder.path(), RETRY));
        let folder = tempfile::tempdir().unwrap();
        let rows = in_doubt();
        write(folder.path(), head_in(language, &rows, 40), &rows).unwrap();
        golden(&format!("under_way.summary.{code}.txt"), &text(folder.path(), SUMMARY));
    }
}

#[test]
fn what_concerns_doubt_says_in_every_language_not_to_pay_by_hand() {
    let never = ["Do not pay by hand", "Ne payez pas à la main", "Pa peye alamen"];
    for (language, words) in Language::ALL.into_iter().zip(never) {
        let folder = tempfile::tempdir().unwrap();
        let rows = in_doubt();
        write(folder.path(), head_in(language, &rows, 40), &rows).unwrap();
        let summary = text(folder.path(), SUMMARY);
        // In the answer and below it, each once for what is in doubt and once for what is held; and in the reason of
        // the held row.
        let told = summary.to_lowercase().matches(&words.to_lowercase()).count();
        assert_eq!((told, summary.matches(words).count()), (5, 2), "{summary}");
        let answer = summary.lines().next().unwrap_or_default().to_lowercase();
        assert_eq!(answer.matches(&words.to_lowercase()).count(), 2, "{answer}");
        let report = text(folder.path(), REPORT);
        assert_eq!(report.to_lowercase().matches(&words.to_lowercase()).count(), 2, "{report}");
    }
}

#[test]
fn words_for_scripts_are_the_same_in_every_language() {
    let rows = in_doubt();
    let cells = |language: Language| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), head_in(language, &rows, 40), &rows).unwrap();
        let report = text(folder.path(), REPORT);
        let mut reader = csv::Reader::from_reader(report.trim_start_matches('\u{feff}').as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        let reason = REPORT_COLUMNS.iter().position(|name| *name == "reason").unwrap();
        let plain = |record: csv::StringRecord| -> Vec<String> {
            record.iter().enumerate().filter(|(at, _)| *at != reason).map(|(_, cell)| cell.to_string()).collect()
        };
        (header, reader.records().map(|record| plain(record.unwrap())).collect::<Vec<_>>())
    };
    let (english, rows_in_english) = cells(Language::English);
    assert_eq!(english[..17], REPORT_COLUMNS);
    for language in [Language::French, Language::Kreyol] {
        let (header, rows) = cells(language);
        assert_eq!(rows, rows_in_english, "{language}");
        assert_eq!((header.len(), &header[17]), (18, &english[17]), "{language}");
        assert_ne!(header[..17], english[..17], "{language}");
    }
}

#[test]
fn a_change_of_language_lets_nothing_older_in_and_keeps_what_a_person_changed() {
    let rows = mixed();
    for first in Language::ALL {
        for second in Language::ALL {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), head_in(first, &rows, 40), &rows).unwrap();
            let kept = text(folder.path(), SUMMARY);
            assert_eq!(chain_head(&kept), Some(head(&rows, 40).chain), "{first}");
            assert_eq!(Mark::read(&kept).map(|mark| (mark.event, mark.head)), Some((40, 1040)), "{first}");
            let older = write(folder.path(), head_in(second, &rows, 39), &rows).unwrap_err();
            assert!(matches!(older, ReportError::Newer { .. }), "{first} {second}: {older}");
            assert_eq!(text(folder.path(), SUMMARY), kept, "{first} {second}");
            // The retry file of the other language is ours, and gives way.
            let written = write(folder.path(), head_in(second, &rows, 41), &rows).unwrap();
            assert_eq!(written.retry, RetryOutcome::Written { rows: 2 }, "{first} {second}");
            std::fs::write(folder.path().join(RETRY), "corrected").unwrap();
            let written = write(folder.path(), head_in(first, &rows, 42), &rows).unwrap();
            assert_eq!(written.retry, RetryOutcome::KeptChanged { rows: 2 }, "{first} {second}");
            assert_eq!(text(folder.path(), RETRY), "corrected");
        }
    }
}
