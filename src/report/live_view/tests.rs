//! The view at several widths, and what it may never show.

use super::*;
use crate::payout::moment::Wall;
use crate::payout::state::BatchId;
use crate::report::batch_report::tests::golden;
use crate::report::progress::Speed;
use crate::report::status_text::tests::{house, quiet, zone};

fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| format!("{}\n", line.text)).collect()
}

fn laid_out(house: &HouseView, columns: u16, rows: u16) -> Vec<Line> {
    lay_out(house, &Progress::new(None), &[], &zone(), Size { columns, rows })
}

#[test]
fn the_view_reads_at_eighty_and_at_forty_columns() {
    let mut house = house();
    let first = house.batches[0].batch.id;
    house.in_doubt_since.insert(first, Wall(house.at.0 - 3_600_000));
    golden("live_80.txt", &text(&laid_out(&house, 80, 60)));
    golden("live_40.txt", &text(&laid_out(&house, 40, 60)));
    assert!(text(&laid_out(&quiet(), 80, 24)).contains("No batches."));
}

#[test]
fn no_line_is_wider_and_no_page_higher_than_the_terminal() {
    let mut house = house();
    house.batches[0].batch.file = "Péyè 給料 ".repeat(20);
    for columns in [1, 2, 3, 10, 39, 40, 80, 200] {
        for rows in [1, 2, 5, 24, 100] {
            let lines = laid_out(&house, columns, rows);
            assert!(lines.len() <= usize::from(rows), "{rows}");
            let widest = lines.iter().map(|line| line.text.width()).max().unwrap_or(0);
            assert!(widest <= usize::from(columns), "{widest} > {columns}");
        }
    }
    assert_eq!(cut("給料です", 5), "給料…");
    assert_eq!((cut("péyè", 4), cut("péyès", 4)), ("péyè".to_string(), "péy…".to_string()));
}

#[test]
fn a_terminal_is_never_commanded_by_a_file_name_or_a_reason() {
    let mut house = house();
    house.batches[0].batch.file = "\u{1b}]0;owned\u{7}.csv".to_string();
    house.batches[0].why = Some(say!("why-as-told", text = "\u{1b}[2J\r\n"));
    house.waiting_for_person[0].reason = say!("why-as-told", text = "\u{9b}2J");
    let shown = text(&laid_out(&house, 200, 100)).replace('\n', "");
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    let lines = changes(None, &house, &zone()).concat();
    assert!(!lines.chars().any(char::is_control), "{lines:?}");
}

#[test]
fn plain_lines_tell_what_changed_and_nothing_else() {
    let before = house();
    let mut now = before.clone();
    now.at = Wall(before.at.0 + 5_000);
    assert_eq!(changes(Some(&before), &now, &zone()), Vec::<String>::new());
    let tally = &mut now.batches[0].batch.tally;
    let (rows, amount) = (tally.count(StateWord::Paid), tally.amount(StateWord::Paid));
    tally.set(StateWord::Paid, rows + 1, amount);
    let lines = changes(Some(&before), &now, &zone());
    assert!(lines.len() == 1 && lines[0].contains(&now.batches[0].batch.id.to_string()), "{lines:?}");
    assert!(changes(None, &before, &zone()).len() > 2);
}

/// The house's first batch with so many queued, as a batch that is paid.
fn paying(house: &HouseView, queued: u32, at: i64) -> HouseView {
    let mut house = house.clone();
    house.at = Wall(at);
    house.batches.truncate(1);
    let it = &mut house.batches[0];
    it.state = BatchState::Paying;
    it.batch.rows = 100;
    let amount = it.batch.tally.amount(StateWord::Queued);
    it.batch.tally.set(StateWord::Queued, queued, amount);
    house
}

#[test]
fn rate_and_time_left_are_what_was_seen_and_never_faster_than_allowed() {
    let house = house();
    let id: BatchId = house.batches[0].batch.id;
    let mut progress = Progress::new(Some(Duration::from_millis(200)));
    let mut note = |seconds: u64, queued: u32| {
        let view = paying(&house, queued, 0);
        progress.note(&view, Duration::from_secs(seconds));
        let told = (progress.speed(id).map(Speed::words), progress.left(&view, id).map(|left| left.as_secs()));
        let line = text(&lay_out(&view, &progress, &[], &zone(), Size { columns: 100, rows: 50 }));
        (told.0, told.1, line)
    };
    // One look shows no rate, and neither do two close together.
    let (rate, left, line) = note(0, 100);
    assert!(rate.is_none() && left.is_none() && line.contains("settled, —, — left"), "{line}");
    assert_eq!(note(1, 97).0, None);
    let (rate, left, line) = note(10, 70);
    assert_eq!((rate.as_deref(), left), (Some("3.0/s"), Some(23)));
    assert!(line.contains("3.0/s, about 23s left"), "{line}");
    // Nothing moves for a minute: nothing is known any more.
    let (rate, left, _) = note(100, 70);
    assert_eq!((rate, left), (None, None));
    // More than is allowed was seen, in a batch that was nearly over: it takes 200 ms each all the same.
    let (_, left, _) = note(110, 5);
    assert_eq!(left, Some(1));
}
