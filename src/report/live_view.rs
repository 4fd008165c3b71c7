//! The live view of a terminal, laid out for a width and a height; and the plain lines for where there is no
//! terminal. Pure: it is handed how things stand, how fast they went and where it is shown.
//!
//! Must never: be wider or higher than it was told, pass a control sequence from outside on, or tell a rate or
//! a time that nothing shows.

use super::SIMULATION;
use super::cell::{local, one_line};
use super::progress::Progress;
use super::view::{BatchView, HouseView};
use crate::payout::batch::BatchState;
use crate::payout::state::StateWord;
use crate::words::say;
use jiff::tz::TimeZone;
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Where the view goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
}

/// How a line is told apart on a terminal that has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    /// What a part begins with.
    Head,
    /// Something goes well.
    Good,
    /// Something waits.
    Waits,
    Alarm,
}

impl Ink {
    /// The sequence that begins it; empty for plain text.
    pub fn begins(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Head => "\u{1b}[1m",
            Ink::Good => "\u{1b}[32m",
            Ink::Waits => "\u{1b}[33m",
            Ink::Alarm => "\u{1b}[1;31m",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub ink: Ink,
}

/// Columns of a bar at most.
const LONGEST_BAR: usize = 30;
/// What is not known.
const UNKNOWN: &str = "—";
/// Complete batches that are shown.
const DONE_SHOWN: usize = 5;

/// The view. `notes`: lines of whoever shows it, told last.
pub fn lay_out(house: &HouseView, progress: &Progress, notes: &[String], zone: &TimeZone, size: Size) -> Vec<Line> {
    let mut page = Page { lines: Vec::new(), columns: usize::from(size.columns).max(1) };
    head(&mut page, house, zone);
    let (done, open): (Vec<&BatchView>, Vec<&BatchView>) =
        house.batches.iter().partition(|it| matches!(it.state, BatchState::Complete | BatchState::Cancelled));
    for it in open {
        page.add(Ink::Plain, "");
        under_way(&mut page, it, house, progress, zone);
    }
    let waiting = &house.waiting_for_person;
    if !waiting.is_empty() {
        page.add(Ink::Plain, "");
        page.add(Ink::Waits, &format!("Waiting for a person: {}", waiting.len()));
    }
    for it in waiting {
        let name = it.reference.as_ref().map(ToString::to_string).or(it.batch.map(|batch| batch.to_string()));
        let name = name.unwrap_or_else(|| "everything".to_string());
        page.add(Ink::Plain, &format!("  {name}: {}", it.reason));
        page.add(Ink::Plain, &format!("    type: {}", it.what_to_do));
    }
    if !done.is_empty() {
        page.add(Ink::Plain, "");
        page.add(Ink::Head, "Complete");
    }
    for it in done.into_iter().take(DONE_SHOWN) {
        page.add(Ink::Plain, &format!("  {} {}: {}", it.batch.id, it.batch.file, counts(it)));
    }
    if house.batches.is_empty() {
        page.add(Ink::Plain, "");
        page.add(Ink::Plain, "No batches.");
    }
    if !notes.is_empty() {
        page.add(Ink::Plain, "");
        notes.iter().for_each(|note| page.add(Ink::Plain, note));
    }
    cut_to_height(page.lines, usize::from(size.rows).max(1), usize::from(size.columns).max(1))
}

struct Page {
    lines: Vec<Line>,
    columns: usize,
}

impl Page {
    fn add(&mut self, ink: Ink, text: &str) {
        self.lines.push(Line { text: cut(&one_line(text), self.columns), ink });
    }
}

fn head(page: &mut Page, house: &HouseView, zone: &TimeZone) {
    if house.simulated {
        page.add(Ink::Waits, SIMULATION);
    }
    page.add(
        Ink::Head,
        &format!("MonCash {}, account {}, {}", house.environment, house.account, time(local(house.at, zone))),
    );
    if let Some(paused) = &house.paused {
        page.add(Ink::Alarm, &format!("PAUSED: {paused}"));
    }
    if !house.alarms.is_empty() {
        page.add(Ink::Alarm, &say!("status-alarm", count = house.alarms.len()).to_string());
    }
    page.add(Ink::Plain, &format!("Now: {}", house.weather));
    match &house.balance {
        Some(it) => {
            page.add(Ink::Plain, &format!("Balance HTG {} ({})", it.reading.grouped(), time(local(it.at, zone))));
            let (spendable, reserved) = (it.spendable.grouped(), it.reserved.grouped());
            page.add(
                Ink::Plain,
                &format!("  spendable {spendable}, reserved {reserved}, floor {}", it.floor.grouped()),
            );
        }
        None => page.add(Ink::Plain, &format!("Balance {UNKNOWN}: MonCash has not told it yet")),
    }
}

fn under_way(page: &mut Page, it: &BatchView, house: &HouseView, progress: &Progress, zone: &TimeZone) {
    let batch = &it.batch;
    page.add(Ink::Head, &format!("{} {}: {}", batch.id, batch.file, it.state.word().replace('_', " ")));
    let queued = batch.tally.count(StateWord::Queued);
    let settled = settled(it);
    let width = (page.columns / 3).min(LONGEST_BAR);
    let bar = bar(u64::from(settled), u64::from(batch.rows), width);
    let mut text = format!("{bar} {settled}/{} settled", batch.rows);
    let speed = progress.speed(batch.id).filter(|_| it.state == BatchState::Paying && queued > 0);
    let rate = speed.map_or_else(|| UNKNOWN.to_string(), |speed| speed.words());
    let left = speed.and_then(|_| progress.left(house, batch.id));
    let left = left.map_or_else(|| UNKNOWN.to_string(), |left| format!("about {}", rounded(left)));
    if queued > 0 {
        text.push_str(&format!(", {rate}, {left} left"));
    }
    let ink = if it.state == BatchState::Paying { Ink::Good } else { Ink::Waits };
    page.add(ink, &text);
    page.add(Ink::Plain, &format!("  {}", counts(it)));
    if batch.tally.count(StateWord::InDoubt) > 0 {
        let since = house.in_doubt_since.get(&batch.id).map(|at| time(local(*at, zone)));
        page.add(
            Ink::Waits,
            &format!(
                "  in doubt, do not pay by hand: since {}; may already be paid",
                since.unwrap_or_else(|| UNKNOWN.to_string())
            ),
        );
    }
    if let Some(why) = &it.why {
        page.add(Ink::Plain, &format!("  {why}"));
    }
}

/// What is certain: paid, declined or cancelled.
fn settled(it: &BatchView) -> u32 {
    let count = |word| it.batch.tally.count(word);
    count(StateWord::Paid) + count(StateWord::Declined) + count(StateWord::Cancelled)
}

/// The counts that are not zero, in their order.
fn counts(it: &BatchView) -> String {
    let of = [
        (StateWord::Paid, "paid"),
        (StateWord::Declined, "declined"),
        (StateWord::Cancelled, "cancelled"),
        (StateWord::InDoubt, "in doubt"),
        (StateWord::Held, "held"),
        (StateWord::Queued, "queued"),
    ];
    let count = |word| it.batch.tally.count(word);
    let counts = of.into_iter().filter(|(word, _)| count(*word) > 0 || *word == StateWord::Paid);
    let counts: Vec<String> = counts.map(|(word, name)| format!("{} {name}", count(word))).collect();
    format!(
        "{}; HTG {} of {}",
        counts.join(", "),
        it.batch.tally.amount(StateWord::Paid).grouped(),
        it.batch.amount.grouped()
    )
}

fn bar(done: u64, all: u64, width: usize) -> String {
    let filled = usize::try_from(done.saturating_mul(width as u64) / all.max(1)).unwrap_or(width).min(width);
    format!("[{}{}]", "#".repeat(filled), "-".repeat(width - filled))
}

/// The time of a day that people know: without the date, seconds or zone.
fn time(moment: String) -> String {
    moment.get(..19).map(|it| it.replace('T', " ")).unwrap_or(moment)
}

/// To what one can read at a glance.
fn rounded(left: Duration) -> String {
    let seconds = left.as_secs();
    let rounded = match seconds {
        0..=59 => Duration::from_secs(seconds.max(1)),
        60..=3599 => Duration::from_secs(seconds.div_ceil(60) * 60),
        _ => Duration::from_secs(seconds.div_ceil(300) * 300),
    };
    humantime::format_duration(rounded).to_string()
}

/// What fits into so many columns of a terminal; what is cut ends in `…`.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_string();
    }
    let (mut out, mut used) = (String::new(), 0);
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if used + width + 1 > columns {
            break;
        }
        out.push(c);
        used += width;
    }
    out.push('…');
    out
}

fn cut_to_height(mut lines: Vec<Line>, rows: usize, columns: usize) -> Vec<Line> {
    if lines.len() > rows {
        let more = lines.len() - rows + 1;
        lines.truncate(rows - 1);
        lines.push(Line { text: cut(&format!("… and {more} more lines: payoutd status"), columns), ink: Ink::Plain });
    }
    lines
}

/// A line for each thing that is other than it was, for where there is no terminal.
pub fn changes(before: Option<&HouseView>, now: &HouseView, zone: &TimeZone) -> Vec<String> {
    let mut lines = Vec::new();
    let at = time(local(now.at, zone));
    let mut tell = |text: String| lines.push(format!("{at} {}", one_line(&text)));
    if before.is_none() && now.simulated {
        tell(SIMULATION.to_string());
    }
    if before.is_none_or(|before| before.weather != now.weather || before.paused != now.paused) {
        tell(now.paused.as_ref().map_or_else(|| now.weather.to_string(), |paused| format!("PAUSED: {paused}")));
    }
    for it in &now.batches {
        let earlier = before.and_then(|before| before.batches.iter().find(|other| other.batch.id == it.batch.id));
        if earlier.is_some_and(|earlier| earlier.batch.tally == it.batch.tally && earlier.state == it.state) {
            continue;
        }
        let (batch, state) = (&it.batch, it.state.word());
        tell(format!("{} {}: {state}, {}/{} settled: {}", batch.id, batch.file, settled(it), batch.rows, counts(it)));
    }
    let waiting = now.waiting_for_person.len();
    if before.map_or(0, |before| before.waiting_for_person.len()) != waiting {
        tell(format!("waiting for a person: {waiting}; see 'payoutd status'"));
    }
    for alarm in now.alarms.iter().filter(|alarm| before.is_none_or(|before| !before.alarms.contains(alarm))) {
        tell(format!("ALARM of the reconciliation: {alarm}"));
    }
    lines
}

#[cfg(test)]
#[path = "live_view/tests.rs"]
mod tests;
