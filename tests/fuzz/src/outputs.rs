//! Promises about what is written of a file that was taken: report, retry file and the file of rows
//! that are new read back the same, and no cell of them runs in a spreadsheet.
//!
//! Must never: judge a file by the code that wrote it alone.

use super::batch::{Reading, read};
use super::cells;
use payoutd::ledger::rows::ReportRow;
use payoutd::payout::batch::{Approval, Batch, Tally};
use payoutd::payout::instruction::Reference;
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, Reason, StateWord};
use payoutd::payroll::writer::undo_harmless;
use payoutd::payroll::{CsvWriter, Delimiter, Header, Row};
use payoutd::report::batch_report::{COLUMNS, ChainHead, Closing, ReportFile, ReportHead};
use payoutd::report::style::Style;
use payoutd::report::view::BatchView;
use payoutd::words::Language;
use std::path::Path;

/// The columns of a batch file that mean something, in the order in which rows are written again.
const OWN: [&str; 6] = ["reference", "receiver", "amount", "description", "name", "retry_of"];

/// Rows that a report is written about; more show nothing new and take long.
const MOST_ROWS: usize = 200;

/// Holds what is written of these rows to its promises.
pub fn hold(reading: &Reading) {
    let header = reading.header.as_ref().expect("a header");
    for delimiter in Delimiter::ALL {
        written_again(header, &reading.rows, delimiter);
    }
    if reading.rows.len() <= MOST_ROWS {
        reported(header, &reading.rows);
    }
}

/// As `rejected/STEM.new.csv` is written.
fn written_again(header: &Header, rows: &[Row], delimiter: Delimiter) {
    let mut writer = CsvWriter::new(Vec::new(), delimiter);
    let names = OWN.into_iter().map(str::to_string).chain(header.other_as_written.iter().cloned());
    writer.write_row(names).expect("memory");
    for row in rows {
        let order = &row.instruction;
        let retry_of = order.retry_of.as_ref().map_or(String::new(), ToString::to_string);
        let own = [
            order.reference.to_string(),
            order.receiver.msisdn(),
            order.amount.to_string(),
            order.description.clone(),
            row.name.clone(),
            retry_of,
        ];
        writer.write_row(own.into_iter().chain(row.other.iter().cloned())).expect("memory");
    }
    writer.write_row([format!("# rows: {}", rows.len())]).expect("memory");
    let bytes = writer.finish().expect("memory");
    let text = String::from_utf8(bytes).expect("text");
    assert_eq!(cells::runnable(&text), Vec::<&str>::new());
    let again = read(text.as_bytes());
    assert_eq!(again.problems, [], "{text:?}");
    assert_eq!(again.rows.len(), rows.len());
    for (left, right) in again.rows.iter().zip(rows) {
        assert_eq!((&left.instruction, &left.name, &left.other), (&right.instruction, &right.name, &right.other));
    }
}

fn declined(row: &Row) -> ReportRow {
    let order = &row.instruction;
    ReportRow {
        id: PayoutId(i64::from(row.line)),
        line: row.line,
        reference: order.reference.clone(),
        receiver: order.receiver,
        name: row.name.clone(),
        amount: order.amount,
        description: order.description.clone(),
        status: StateWord::Declined,
        may_have_been_paid: MayHaveBeenPaid::No,
        transaction: None,
        attempts: 1,
        first_sent: Some(Wall(1_785_006_191_000)),
        settled: Some(Wall(1_785_006_193_000)),
        confirmed_by: "",
        reason: Reason::Told("=Maximum Account Balance;=1+1".into()),
        retry_of: order.retry_of.clone(),
        retried_as: None,
        final_status: StateWord::Declined,
        other: row.other.clone(),
    }
}

fn head_of(header: &Header, rows: &[ReportRow]) -> ReportHead {
    let amount = rows.iter().fold(Amount::ZERO, |sum, row| sum.saturating_add(row.amount));
    let count = u32::try_from(rows.len()).expect("few rows");
    let mut tally = Tally::default();
    tally.set(StateWord::Declined, count, amount);
    let batch = Batch {
        id: BatchId(12),
        file: "july.csv".to_string(),
        sha256: [7; 32],
        rows: count,
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
        last_event: 40,
        reported: 0,
        completed: None,
    };
    ReportHead {
        batch,
        other_columns: header.other_as_written.clone(),
        read_as: None,
        chain: ChainHead { number: 1040, hash: "ab".repeat(32) },
        simulated: false,
        zone: jiff::tz::TimeZone::UTC,
        style: Style::plain(Language::English),
    }
}

/// Report, summary and retry file of a batch of which every row was declined.
fn reported(header: &Header, rows: &[Row]) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a folder");
    let told: Vec<ReportRow> = rows.iter().map(declined).collect();
    let head = head_of(header, &told);
    let batch = head.batch.clone();
    let mut file = ReportFile::begin(folder.path(), head).expect("a report");
    file.push(&told).expect("rows in order");
    let now = BatchView { state: batch.state(false), batch, why: None };
    let closing = Closing { now, balance: None, at: Wall(1_785_006_200_000) };
    let written = file.finish(&closing).expect("a report");
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file of text");
    check_report(&text(&written.names.report), header, rows);
    assert!(text(&written.names.summary).lines().all(|line| !line.chars().any(char::is_control)));
    check_retry(&text(&written.names.retry), header, rows);
}

fn check_report(text: &str, header: &Header, rows: &[Row]) {
    assert_eq!(cells::runnable(text), Vec::<&str>::new());
    let records = cells::records(text.as_bytes(), b',');
    assert_eq!(records.len(), rows.len() + 1, "every row in one line");
    let others = header.other_as_written.len();
    assert_eq!(&records[0][..COLUMNS.len()], COLUMNS);
    for (record, row) in records[1..].iter().zip(rows) {
        let order = &row.instruction;
        assert_eq!(record.len(), COLUMNS.len() + others);
        let own = [order.reference.to_string(), order.receiver.msisdn(), row.name.clone(), order.amount.to_string()];
        assert_eq!(record[0], row.line.to_string());
        assert_eq!(record[1..5].iter().map(|cell| undo_harmless(cell)).collect::<Vec<_>>(), own);
        assert_eq!(undo_harmless(&record[5]), order.description);
        let other: Vec<_> = record[COLUMNS.len()..].iter().map(|cell| undo_harmless(cell)).collect();
        assert_eq!(other, row.other);
    }
}

/// The retry file can be dropped as it is.
fn check_retry(text: &str, header: &Header, rows: &[Row]) {
    assert_eq!(cells::runnable(text), Vec::<&str>::new());
    let again = read(text.as_bytes());
    assert!(again.problems.is_empty(), "a retry file that is refused: {:?} {text:?}", again.problems);
    assert_eq!(again.rows.len(), rows.len());
    let names = &again.header.as_ref().expect("a header").other_as_written;
    for (left, right) in again.rows.iter().zip(rows) {
        let (new, old) = (&left.instruction, &right.instruction);
        assert_eq!((new.receiver, new.amount, &new.description), (old.receiver, old.amount, &old.description));
        assert_eq!((new.retry_of.as_ref().map(Reference::key), &left.name), (Some(old.reference.key()), &right.name));
        assert_ne!(new.reference.key(), old.reference.key());
        for (name, cell) in header.other_as_written.iter().zip(&right.other) {
            // A name of ours steps aside; an older reason of ours is left out.
            if let Some(place) = names.iter().position(|other| other == name).filter(|place| *place > 0) {
                assert_eq!(&left.other[place], cell, "{name}");
            }
        }
    }
}
