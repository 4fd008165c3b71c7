//! Promises about putting a report in place: whole, never older over newer, beside other processes.

use super::tests::*;
use super::*;
use crate::payout::state::MayHaveBeenPaid;
use crate::payout::state::Reason;

#[test]
fn an_older_report_never_takes_the_place_of_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    write(folder.path(), head(&rows, 40), &rows).unwrap();
    let before: Vec<String> = names_in(folder.path()).iter().map(|name| text(folder.path(), name)).collect();
    let refused = write(folder.path(), head(&rows, 39), &rows).unwrap_err();
    assert!(matches!(refused, ReportError::Newer { .. }), "{refused}");
    let after: Vec<String> = names_in(folder.path()).iter().map(|name| text(folder.path(), name)).collect();
    assert_eq!(before, after);
    assert!(write(folder.path(), head(&rows, 40), &rows).is_ok(), "the same again");
    assert!(write(folder.path(), head(&rows, 41), &rows).is_ok(), "a newer one");
    // One that was begun before the newer came is refused at its end too.
    let mut late = ReportFile::begin(folder.path(), head(&rows, 42)).unwrap();
    late.push(&rows).unwrap();
    write(folder.path(), head(&rows, 43), &rows).unwrap();
    let refused = late.finish(&closing(&batch_of(&rows, 42))).unwrap_err();
    assert!(matches!(refused, ReportError::Newer { .. }), "{refused}");
    assert_eq!(names_in(folder.path()), [REPORT, RETRY, SUMMARY], "no temporary file stays");
}

#[test]
fn a_crash_between_any_two_steps_leaves_no_half_report_and_lets_nothing_older_in() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (vec![row(2), declined(3)], vec![row(2), row(3)]);
    write(folder.path(), head(&old, 40), &old).unwrap();
    let (old_csv, old_summary) = (text(folder.path(), REPORT), text(folder.path(), SUMMARY));
    let mut left = Vec::new();
    let mut file = ReportFile::begin(folder.path(), head(&new, 50)).unwrap();
    left.push((None, copy(folder.path())));
    file.push(&new).unwrap();
    let path = folder.path().to_path_buf();
    let closing_new = closing(&batch_of(&new, 50));
    file.finish_watched(&closing_new, &mut |step| left.push((Some(step), copy(&path)))).unwrap();
    let (new_csv, new_summary) = (text(folder.path(), REPORT), text(folder.path(), SUMMARY));
    assert_eq!(left.len(), 6);
    for (step, left) in left {
        let folder = left.path();
        let (csv, summary) = (text(folder, REPORT), text(folder, SUMMARY));
        assert!(csv == old_csv || csv == new_csv, "{step:?}: a report is whole");
        assert!(summary == old_summary || summary == new_summary, "{step:?}: a summary is whole");
        assert!(summary == old_summary || csv == new_csv, "{step:?}: the summary comes last");
        if step.is_some() {
            let older = write(folder, head(&old, 45), &old);
            assert!(matches!(older, Err(ReportError::Newer { .. })), "{step:?}: something older came in");
            assert_eq!(text(folder, REPORT), csv);
        }
        crate::files::remove_leftovers(&Folder::open(folder).unwrap()).unwrap();
        write(folder, head(&new, 50), &new).unwrap();
        assert_eq!(names_in(folder), [REPORT, SUMMARY], "{step:?}: start makes it whole, the old retry file goes");
    }
}

#[test]
fn a_retry_file_that_a_person_changed_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    write(folder.path(), head(&rows, 40), &rows).unwrap();
    let ours = text(folder.path(), RETRY);
    assert_eq!(write(folder.path(), head(&rows, 41), &rows).unwrap().retry, RetryOutcome::Written { rows: 2 });
    let changed = ours.replace("50937007294", "50937007295");
    std::fs::write(folder.path().join(RETRY), &changed).unwrap();
    for event in 42..44 {
        let written = write(folder.path(), head(&rows, event), &rows).unwrap();
        assert_eq!(written.retry, RetryOutcome::KeptChanged { rows: 2 });
        assert_eq!(text(folder.path(), RETRY), changed);
    }
    assert!(text(folder.path(), SUMMARY).contains("Somebody changed"));
    std::fs::remove_file(folder.path().join(RETRY)).unwrap();
    write(folder.path(), head(&rows, 44), &rows).unwrap();
    assert_eq!(text(folder.path(), RETRY), ours);
}

#[test]
fn a_report_that_cannot_be_put_in_place_leaves_the_old_answer() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    write(folder.path(), head(&rows, 40), &rows).unwrap();
    let summary = text(folder.path(), SUMMARY);
    std::fs::remove_file(folder.path().join(REPORT)).unwrap();
    std::fs::create_dir(folder.path().join(REPORT)).unwrap();
    let refused = write(folder.path(), head(&rows, 50), &rows).unwrap_err();
    assert!(matches!(refused, ReportError::Disk { .. }), "{refused}");
    assert_eq!(text(folder.path(), SUMMARY), summary);
    std::fs::remove_dir(folder.path().join(REPORT)).unwrap();
    assert!(matches!(write(folder.path(), head(&rows, 45), &rows), Err(ReportError::Newer { .. })));
    write(folder.path(), head(&rows, 50), &rows).unwrap();
    assert_eq!(names_in(folder.path()), [REPORT, RETRY, SUMMARY]);
}

#[test]
fn two_processes_do_not_put_reports_in_place_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    let other = Folder::open(folder.path()).unwrap();
    let lock = crate::files::lock_folder(&other).unwrap();
    let refused = write(folder.path(), head(&rows, 40), &rows).unwrap_err();
    assert!(matches!(refused, ReportError::Busy { .. }), "{refused}");
    assert_eq!(names_in(folder.path()), [""; 0]);
    drop(lock);
    write(folder.path(), head(&rows, 40), &rows).unwrap();
}

#[test]
fn what_moved_while_the_rows_were_read_keeps_the_report_from_being_final() {
    let folder = tempfile::tempdir().unwrap();
    let rows = vec![row(2), ended(3, StateWord::InDoubt, MayHaveBeenPaid::Unknown, "")];
    let then = head(&rows, 40);
    let now = batch_of(&[row(2), row(3)], 41);
    let mut file = ReportFile::begin(folder.path(), then).unwrap();
    file.push(&rows).unwrap();
    let written = file.finish(&closing(&now)).unwrap();
    assert!(!written.is_final);
    assert_eq!(written.event, 40, "the report is still due");
    assert!(text(folder.path(), SUMMARY).starts_with("NOT FINAL: 1 of 2 people paid so far"));
    // Even when every row that was read happened to be settled.
    let rows = vec![row(2), row(3)];
    let mut file = ReportFile::begin(folder.path(), head(&rows, 42)).unwrap();
    file.push(&rows).unwrap();
    assert!(!file.finish(&closing(&batch_of(&rows, 43))).unwrap().is_final);
}

#[test]
fn a_spoofed_summary_line_does_not_pass_for_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = vec![declined(2)];
    let spoof = "x\nEvent number: 99999, ledger event 99999, real, retry file SHA-256 none";
    rows[0].reason = Reason::Told(spoof.into());
    rows[0].name = spoof.to_string();
    let mut hostile = head(&rows, 40);
    hostile.batch.file = format!("{spoof}.csv");
    let written = write(folder.path(), hostile.clone(), &rows).unwrap();
    let mark = Mark::read(&text(folder.path(), &written.names.summary)).unwrap();
    assert_eq!((mark.event, mark.head), (40, 1040));
    assert!(write(folder.path(), hostile, &rows).is_ok());
}
