//! Promises of a batch's report, summary and retry file: every row once, nothing older over
//! something newer, and an honest folder after a crash between any two steps.

use super::*;
use crate::payout::batch::{Approval, BatchState, Tally};
use crate::payout::instruction::{Account, Reference};
use crate::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, Reason};
use crate::payroll::writer::{make_harmless as harmless, undo_harmless};
use crate::words::Language;
use proptest::prelude::*;

pub fn row(line: u32) -> ReportRow {
    ReportRow {
        id: PayoutId(i64::from(line)),
        line,
        reference: Reference::parse(&format!("PAY-{line}")).unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        name: "Adélaïde Jean".to_string(),
        amount: Amount::from_centimes(1_250_000),
        description: "July".to_string(),
        status: StateWord::Paid,
        may_have_been_paid: MayHaveBeenPaid::Yes,
        transaction: Some(format!("{}", 1_000_000 + line)),
        attempts: 1,
        first_sent: Some(Wall(1_785_006_191_000)),
        settled: Some(Wall(1_785_006_193_000)),
        confirmed_by: "transfer",
        reason: Reason::Nothing,
        retry_of: None,
        retried_as: None,
        final_status: StateWord::Paid,
        other: vec!["Delmas".to_string()],
    }
}

pub fn ended(line: u32, status: StateWord, may: MayHaveBeenPaid, reason: &str) -> ReportRow {
    let paid = row(line);
    ReportRow {
        status,
        may_have_been_paid: may,
        transaction: None,
        settled: None,
        confirmed_by: "",
        reason: Reason::Told(reason.to_string().into()),
        final_status: status,
        ..paid
    }
}

pub fn declined(line: u32) -> ReportRow {
    ended(line, StateWord::Declined, MayHaveBeenPaid::No, "Maximum Account Balance")
}

pub fn batch_of(rows: &[ReportRow], last_event: i64) -> Batch {
    let mut tally = Tally::default();
    for row in rows {
        let word = row.status;
        tally.set(word, tally.count(word) + 1, tally.amount(word).checked_add(row.amount).unwrap());
    }
    let amount = rows.iter().fold(Amount::ZERO, |sum, row| sum.checked_add(row.amount).unwrap());
    Batch {
        id: BatchId(12),
        file: "salaires.csv".to_string(),
        sha256: [7; 32],
        rows: u32::try_from(rows.len()).unwrap(),
        amount,
        received: Wall(1_785_006_000_000),
        admitted: Wall(1_785_006_001_000),
        approval: Approval::NotNeeded,
        hold: None,
        cancel: None,
        freed: None,
        start: Wall(0),
        terms: Default::default(),
        tally,
        last_event,
        reported: 0,
        completed: None,
    }
}

pub fn head(rows: &[ReportRow], last_event: i64) -> ReportHead {
    ReportHead {
        batch: batch_of(rows, last_event),
        other_columns: vec!["Site".to_string()],
        read_as: None,
        chain: ChainHead { number: last_event + 1000, hash: "ab".repeat(32) },
        simulated: false,
        zone: TimeZone::fixed(jiff::tz::offset(-5)),
        style: Style::plain(Language::English),
    }
}

pub fn closing(batch: &Batch) -> Closing {
    let state = batch.state(false);
    let balance = BalanceView {
        reading: Amount::from_centimes(512_345_678),
        at: Wall(1_785_006_190_000),
        reserved: Amount::ZERO,
        spendable: Amount::from_centimes(502_345_678),
        floor: Amount::from_centimes(10_000_000),
    };
    let now = BatchView { batch: batch.clone(), state, why: None };
    Closing { now, balance: Some(balance), at: Wall(1_785_006_200_000) }
}

pub fn write(folder: &Path, head: ReportHead, rows: &[ReportRow]) -> Result<Written, ReportError> {
    let closing = closing(&head.batch);
    let mut file = ReportFile::begin(folder, head)?;
    for slice in rows.chunks(2) {
        file.push(slice)?;
    }
    file.finish(&closing)
}

pub fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Compares with the committed page, or writes it when PAYOUTD_WRITE_GOLDEN is set.
pub fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(name);
    if std::env::var_os("PAYOUTD_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "tests/report/{name} differs");
}

pub const REPORT: &str = "salaires.B000012.report.csv";
pub const SUMMARY: &str = "salaires.B000012.summary.txt";
pub const RETRY: &str = "salaires.B000012.retry.csv";

pub fn mixed() -> Vec<ReportRow> {
    let mut later = declined(5);
    later.retried_as = Some(Reference::parse("PAY-5.r2").unwrap());
    later.final_status = StateWord::Paid;
    let mut formula = ended(6, StateWord::Cancelled, MayHaveBeenPaid::No, "left the company\nEvent number: 99999");
    formula.name = "=HYPERLINK(\"http://x\")".to_string();
    formula.other = vec!["-2+3".to_string()];
    let by_word = ended(7, StateWord::Cancelled, MayHaveBeenPaid::Unknown, "the portal shows nothing");
    vec![row(2), row(3), declined(4), later, formula, by_word]
}

#[test]
fn a_batch_that_was_paid_says_so_first() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<ReportRow> = (2..252).map(row).collect();
    let written = write(folder.path(), head(&rows, 2512), &rows).unwrap();
    assert!(written.is_final);
    assert_eq!(names_in(folder.path()), [REPORT, SUMMARY]);
    let summary = text(folder.path(), SUMMARY);
    assert_eq!(summary.lines().next(), Some("All 250 people were paid: HTG 3 125 000.00."));
    golden("all_paid.summary.txt", &summary);
}

#[test]
fn a_complete_batch_tells_who_was_not_paid_and_offers_only_the_certain_ones() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    let written = write(folder.path(), head(&rows, 40), &rows).unwrap();
    assert_eq!(written.retry, RetryOutcome::Written { rows: 2 });
    golden("complete.report.csv", &text(folder.path(), REPORT));
    golden("complete.summary.txt", &text(folder.path(), SUMMARY));
    golden("complete.retry.csv", &text(folder.path(), RETRY));
}

#[test]
fn doubt_is_never_reported_as_failed_nor_offered_again() {
    let folder = tempfile::tempdir().unwrap();
    let doubt = "sent, no certain answer yet; may already be paid, do not pay by hand";
    let held = "MonCash gave no certain answer in time; may already be paid, do not pay by hand";
    let rows = vec![
        row(2),
        ended(3, StateWord::InDoubt, MayHaveBeenPaid::Unknown, doubt),
        ended(4, StateWord::Held, MayHaveBeenPaid::Unknown, held),
        ended(5, StateWord::Queued, MayHaveBeenPaid::No, ""),
        declined(6),
    ];
    let written = write(folder.path(), head(&rows, 40), &rows).unwrap();
    assert!(!written.is_final);
    assert_eq!(written.retry, RetryOutcome::NotYet);
    assert_eq!(names_in(folder.path()), [REPORT, SUMMARY]);
    let summary = text(folder.path(), SUMMARY);
    assert!(summary.starts_with("NOT FINAL: 1 of 5 people paid so far"));
    assert!(!summary.contains("\nFINAL") && !summary.to_lowercase().contains("failed"));
    golden("under_way.summary.txt", &summary);
}

#[test]
fn simulated_never_looks_real() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    let simulated = ReportHead { simulated: true, ..head(&rows, 40) };
    write(folder.path(), simulated.clone(), &rows).unwrap();
    for name in [REPORT, SUMMARY] {
        assert!(text(folder.path(), name).lines().next().unwrap().contains("SIMULATION: no money moved"), "{name}");
    }
    assert!(text(folder.path(), RETRY).lines().nth(1).unwrap().contains("SIMULATION: Maximum"));
    // A real report does not take its place, nor the other way round.
    assert!(matches!(write(folder.path(), head(&rows, 41), &rows), Err(ReportError::OtherWorld { .. })));
    let real = tempfile::tempdir().unwrap();
    write(real.path(), head(&rows, 40), &rows).unwrap();
    assert!(names_in(real.path()).iter().all(|name| !text(real.path(), name).contains("SIMULATION")));
    let newer = ReportHead { batch: batch_of(&rows, 41), ..simulated };
    assert!(matches!(write(real.path(), newer, &rows), Err(ReportError::OtherWorld { .. })));
}

/// Copies the folder as it is: what a crash at this moment leaves.
pub fn copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for name in names_in(from) {
        std::fs::copy(from.join(&name), to.path().join(&name)).unwrap();
    }
    to
}

#[test]
fn a_report_that_is_not_every_row_once_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let rows = mixed();
    let mut twice = rows.clone();
    twice.insert(1, row(2));
    let mut unfit = rows.clone();
    unfit[2].other.clear();
    let mut moved = rows.clone();
    moved[2] = row(4);
    for (case, given) in [("missing", rows[1..].to_vec()), ("twice", twice), ("cells", unfit), ("tally", moved)] {
        let refused = write(folder.path(), head(&rows, 40), &given).unwrap_err();
        assert!(matches!(refused, ReportError::Contradicts { .. }), "{case}: {refused}");
        assert_eq!(names_in(folder.path()), [""; 0], "{case}");
    }
}

#[test]
fn a_row_in_the_place_of_another_is_noticed_though_the_sums_agree() {
    let folder = tempfile::tempdir().unwrap();
    let rows = vec![row(2), row(3), row(4)];
    let refused = write(folder.path(), head(&rows, 40), &[row(2), row(2), row(4)]).unwrap_err();
    assert!(matches!(refused, ReportError::Contradicts { .. }), "{refused}");
    // Something moved meanwhile, so that the sums say nothing; the number of rows still does.
    let mut file = ReportFile::begin(folder.path(), head(&rows, 40)).unwrap();
    file.push(&rows[..2]).unwrap();
    let refused = file.finish(&closing(&batch_of(&rows, 41))).unwrap_err();
    assert!(matches!(refused, ReportError::Contradicts { .. }), "{refused}");
    assert_eq!(names_in(folder.path()), [""; 0]);
}

#[test]
fn a_column_that_the_report_uses_itself_gets_a_prefix() {
    let own = headings(Language::English);
    let names = |names: &[&str]| other_names(&own, &names.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(names(&["Site", "Status", "transaction id"]), ["Site", "file_Status", "file_transaction id"]);
    assert_eq!(names(&["status", "file_status", "=x"]), ["file_file_status", "file_status", "=x"]);
    assert_eq!(names(&["LINE", "file line"]), ["file_file_LINE", "file line"]);
}

proptest! {
    // Every case waits for the disk several times.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_report_reads_back_row_by_row(
        texts in proptest::collection::vec((".{0,20}", "[=+@,\"\n\r'\t -]{0,5}.{0,10}", any::<bool>()), 1..12)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<ReportRow> = texts.into_iter().zip(2u32..).map(|((name, other, paid), line)| {
            let base = if paid { row(line) } else { declined(line) };
            ReportRow { name, other: vec![other], ..base }
        }).collect();
        write(folder.path(), head(&rows, 40), &rows).unwrap();
        let mut reader = csv::Reader::from_path(folder.path().join(REPORT)).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        prop_assert_eq!(&header[..17], &COLUMNS.map(str::to_string)[..]);
        prop_assert_eq!(header[17].as_str(), "Site");
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), rows.len());
        for (record, row) in records.iter().zip(&rows) {
            prop_assert_eq!(&record[0], row.line.to_string());
            prop_assert_eq!(&record[3], harmless(&row.name));
            prop_assert_eq!(&record[6], row.status.as_str());
            prop_assert_eq!(&record[17], harmless(&row.other[0]));
            prop_assert!(record.iter().all(|cell| harmless(&undo_harmless(cell)) == cell), "{:?}", record);
        }
    }
}

#[test]
fn a_report_of_a_batch_that_waits_names_the_order_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let rows = vec![ended(2, StateWord::Queued, MayHaveBeenPaid::No, "")];
    let mut waiting = head(&rows, 3);
    waiting.batch.approval = Approval::Awaited;
    let written = write(folder.path(), waiting.clone(), &rows).unwrap();
    assert!(!written.is_final);
    assert!(text(folder.path(), SUMMARY).contains("payoutd approve B000012 --reason"));
    assert_eq!(waiting.batch.state(false), BatchState::AwaitingApproval);
    waiting.batch.approval = Approval::Given;
    waiting.batch.hold = Some("guard".into());
    write(folder.path(), waiting, &rows).unwrap();
    assert!(text(folder.path(), SUMMARY).contains("payoutd release B000012 --reason"));
}
