//! `payoutd status` for a screen: tables on a wide terminal, paragraphs on a narrow one, aligned plain columns
//! elsewhere.
//!
//! Must never: tell less than `status --json`, or pass a control sequence from outside on to the
//! terminal.

use super::SIMULATION;
use super::cell::{local, one_line};
use super::summary::balance;
use super::view::{BatchView, HouseView, WaitingItem};
use crate::payout::moment::Wall;
use crate::payout::state::StateWord;
use crate::words::say;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

/// On a terminal with fewer columns a batch's row would be broken into pieces of three letters.
const WIDE: u16 = 140;

/// Where the page goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// A terminal of so many columns.
    Terminal(u16),
    /// A pipe or a file: no lines, no wrapping.
    Plain,
}

pub fn render(house: &HouseView, zone: &TimeZone, screen: Screen) -> String {
    let mut out = Vec::new();
    if house.simulated {
        out.push(SIMULATION.to_string());
    }
    out.push(format!(
        "MonCash {}, account {}, {}",
        one_line(&house.environment),
        one_line(&house.account),
        local(house.at, zone)
    ));
    if let Some(paused) = &house.paused {
        out.push(format!("PAUSED: {}", one_line(paused)));
    }
    if !house.alarms.is_empty() {
        out.push(one_line(&say!("status-alarm", count = house.alarms.len()).to_string()));
        out.extend(house.alarms.iter().map(|name| format!("  {}", one_line(name))));
    }
    out.push(format!("Weather: {}", one_line(&house.weather.to_string())));
    out.push(one_line(&balance(house.balance.as_ref(), zone).to_string()));
    if let Some(width) = narrow(screen) {
        out = out.iter().map(|line| paragraph(line, 4, width)).collect();
    }
    out.push(String::new());
    out.push(if house.batches.is_empty() { "No batches.".to_string() } else { batches(house, zone, screen) });
    if !house.waiting_for_person.is_empty() {
        out.push(String::new());
        out.push("Waiting for a person:".to_string());
        out.push(waiting(house, screen));
    }
    if !house.left_in_inbox.is_empty() {
        out.push(String::new());
        out.push("Left in the inbox:".to_string());
        let mut table = new_table(screen);
        for (name, why) in &house.left_in_inbox {
            table.add_row([one_line(name), one_line(&why.to_string())]);
        }
        out.push(show(&table));
    }
    out.push(String::new());
    out.join("\n")
}

/// How many columns a page of paragraphs has; `None` where tables have room.
fn narrow(screen: Screen) -> Option<usize> {
    match screen {
        Screen::Terminal(width) if width < WIDE => Some(usize::from(width)),
        Screen::Terminal(_) | Screen::Plain => None,
    }
}

/// A paragraph: broken between words, its further lines set in by `indent`. A word that is too long stays whole,
/// and so does an amount with its groups of digits.
fn paragraph(text: &str, indent: usize, width: usize) -> String {
    let begins = text.len() - text.trim_start().len();
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in unbroken(text.trim_start()) {
        let fits = line.is_empty() || line.width() + 1 + word.width() <= width;
        if !fits {
            lines.push(std::mem::take(&mut line));
        }
        match line.is_empty() {
            true => line = format!("{}{word}", " ".repeat(if lines.is_empty() { begins } else { indent })),
            false => line = format!("{line} {word}"),
        }
    }
    lines.push(line);
    lines.join("\n")
}

/// Words; `HTG 3 125 000.00` is one.
fn unbroken(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        match words.last_mut() {
            Some(last) if is_digit(word.chars().next()) && (last == "HTG" || is_digit(last.chars().last())) => {
                *last = format!("{last} {word}");
            }
            _ => words.push(word.to_string()),
        }
    }
    words
}

fn new_table(screen: Screen) -> Table {
    let mut table = Table::new();
    // Width and style come from the caller alone, so that a page is the same in every test.
    table.force_no_tty();
    match screen {
        Screen::Terminal(width) => {
            table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        Screen::Plain => {
            table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table
}

fn show(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>().join("\n")
}

fn batches(house: &HouseView, zone: &TimeZone, screen: Screen) -> String {
    if let Some(width) = narrow(screen) {
        let all: Vec<String> = house.batches.iter().map(|it| batch_in_words(it, zone, width)).collect();
        return all.join("\n");
    }
    let mut table = new_table(screen);
    let mut header = vec!["batch", "file", "state"];
    header.extend(StateWord::ALL.map(StateWord::as_str));
    header.extend(["HTG paid", "HTG in all", "received", "completed"]);
    table.set_header(header);
    for it in &house.batches {
        let batch = &it.batch;
        let why = it.why.as_ref().map(|why| format!(": {}", one_line(&why.to_string()))).unwrap_or_default();
        let mut row = vec![batch.id.to_string(), one_line(&batch.file), format!("{}{why}", it.state.word())];
        row.extend(StateWord::ALL.map(|word| batch.tally.count(word).to_string()));
        row.push(batch.tally.amount(StateWord::Paid).grouped());
        row.push(batch.amount.grouped());
        row.push(when(batch.received, zone, screen));
        row.push(batch.completed.map_or_else(|| "-".to_string(), |at| when(at, zone, screen)));
        table.add_row(row);
    }
    for number in 3..=10 {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    show(&table)
}

fn batch_in_words(it: &BatchView, zone: &TimeZone, width: usize) -> String {
    let (batch, tally) = (&it.batch, &it.batch.tally);
    let why = it.why.as_ref().map(|why| format!(": {}", one_line(&why.to_string()))).unwrap_or_default();
    let counts: Vec<String> = StateWord::ALL
        .iter()
        .filter(|word| tally.count(**word) > 0)
        .map(|word| format!("{} {}", tally.count(*word), word.as_str()))
        .collect();
    let paid = tally.amount(StateWord::Paid).grouped();
    let screen = Screen::Terminal(0);
    let completed = batch.completed.map_or_else(String::new, |at| format!(", completed {}", when(at, zone, screen)));
    let lines = [
        format!("{} {}, {}{why}", batch.id, one_line(&batch.file), it.state.word()),
        format!("  {}; HTG {paid} paid of {}", counts.join(", "), batch.amount.grouped()),
        format!("  received {}{completed}", when(batch.received, zone, screen)),
    ];
    lines.map(|line| paragraph(&line, 4, width)).join("\n")
}

/// A terminal has no room for seconds and zone; they are in the page's first line.
fn when(at: Wall, zone: &TimeZone, screen: Screen) -> String {
    let whole = local(at, zone);
    match screen {
        Screen::Terminal(_) => whole.get(..16).map(|minute| minute.replace('T', " ")).unwrap_or(whole),
        Screen::Plain => whole,
    }
}

fn waiting(house: &HouseView, screen: Screen) -> String {
    if let Some(width) = narrow(screen) {
        let words = |it: &WaitingItem| {
            let place = [
                it.reference.as_ref().map(ToString::to_string),
                it.batch.map(|batch| batch.to_string()),
                it.line.map(|line| format!("line {line}")),
                Some(it.state.to_string()),
            ];
            let place: Vec<String> = place.into_iter().flatten().collect();
            let what = format!("  {}: {}", place.join(", "), one_line(&it.reason.to_string()));
            let to_do = format!("    {}", one_line(&it.what_to_do.to_string()));
            [what, to_do].map(|line| paragraph(&line, 4, width)).join("\n")
        };
        return house.waiting_for_person.iter().map(words).collect::<Vec<_>>().join("\n");
    }
    let mut table = new_table(screen);
    table.set_header(["reference", "batch", "line", "state", "reason", "what to do"]);
    for it in &house.waiting_for_person {
        table.add_row([
            it.reference.as_ref().map_or_else(|| "-".to_string(), ToString::to_string),
            it.batch.map_or_else(|| "-".to_string(), |batch| batch.to_string()),
            it.line.map_or_else(|| "-".to_string(), |line| line.to_string()),
            it.state.to_string(),
            one_line(&it.reason.to_string()),
            one_line(&it.what_to_do.to_string()),
        ]);
    }
    show(&table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::batch_report::tests::golden;
    use crate::report::status_text::tests::{house, quiet, zone};

    #[test]
    fn a_pipe_gets_plain_columns_and_a_terminal_a_table() {
        golden("status_plain.txt", &render(&house(), &zone(), Screen::Plain));
        let wide = render(&house(), &zone(), Screen::Terminal(160));
        golden("status_terminal.txt", &wide);
        assert!(render(&quiet(), &zone(), Screen::Plain).contains("No batches."));
    }

    #[test]
    fn a_narrow_terminal_gets_paragraphs_that_fit() {
        let page = render(&house(), &zone(), Screen::Terminal(80));
        golden("status_narrow.txt", &page);
        assert!(page.lines().all(|line| line.width() <= 80 || !line.trim().contains(' ')), "{page}");
    }

    #[test]
    fn a_terminal_is_never_commanded_by_a_file_name() {
        let mut house = house();
        house.batches[0].batch.file = "\u{1b}]0;owned\u{7}.csv".to_string();
        house.waiting_for_person[0].reason = crate::words::say!("why-as-told", text = "\u{1b}[2J");
        for screen in [Screen::Plain, Screen::Terminal(80)] {
            assert!(!render(&house, &zone(), screen).contains(['\u{1b}', '\u{7}']));
        }
    }

    #[test]
    fn a_simulation_says_so_first() {
        let mut house = house();
        house.simulated = true;
        assert!(render(&house, &zone(), Screen::Plain).starts_with(SIMULATION));
    }
}
