//! The files that people drop: payrolls, the same again, renamed, edited, broken.
//!
//! Must never: ask for a second payment of a person that nobody promises to hold back (one person
//! twice in one file, or under another reference with another amount).

use crate::answers::htg;
use crate::chance::Chance;
use std::fmt::Write;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub reference: String,
    /// Person and pay period, as the description names them: `E03 P1`.
    pub whom: String,
    pub receiver: u32,
    pub centimes: i64,
    pub retry_of: String,
}

/// References are compared without case and leading zeros.
pub fn key(reference: &str) -> String {
    reference.trim_start_matches('0').to_ascii_lowercase()
}

/// The payrolls of a world: one row a person and period, in files of a few rows.
pub fn payrolls(chance: &mut Chance) -> Vec<Vec<Row>> {
    let files = chance.between(2, 4);
    let mut first = 1;
    let mut payrolls: Vec<Vec<Row>> = Vec::new();
    for file in 0..files {
        let period = 1 + file / 2;
        if file % 2 == 0 {
            first = 1;
        }
        let rows = *chance.pick(&[1, 2, 3, 3, 4, 6]);
        let digits = chance.one_in(3);
        payrolls.push((first..first + rows).map(|person| row(person, period, digits)).collect());
        first += rows;
    }
    payrolls
}

fn row(person: u64, period: u64, digits: bool) -> Row {
    let (e, p) = (i64::try_from(person).unwrap(), i64::try_from(period).unwrap());
    Row {
        reference: if digits { format!("2026{period:02}{person:03}") } else { format!("P{period}-E{person:02}") },
        whom: format!("E{person:02} P{period}"),
        receiver: 30_000_000 + u32::try_from(person).unwrap(),
        // Another amount for every person and period.
        centimes: 20_000 + e * 3_700 + p * 1_111,
        retry_of: String::new(),
    }
}

/// A file of these rows. `style` changes its bytes and nothing else.
pub fn file(rows: &[Row], style: u64) -> String {
    let separator = [",", ";"][usize::from(style % 2 == 1)];
    let mut text = ["reference", "receiver", "amount", "description", "retry_of"].join(separator);
    text.push('\n');
    for row in rows {
        let receiver = format!("509{}", row.receiver);
        let amount = htg(row.centimes);
        let cells = [&row.reference, &receiver, &amount, &row.whom, &row.retry_of].map(String::as_str);
        let _ = writeln!(text, "{}", cells.join(separator));
    }
    if style % 3 == 1 {
        let _ = writeln!(text, "# rows: {}", rows.len());
    }
    text
}

/// A file in which one row cannot be paid.
pub fn broken(rows: &[Row], chance: &mut Chance) -> String {
    let mut rows = rows.to_vec();
    let place = usize::try_from(chance.below(rows.len() as u64)).unwrap();
    if chance.one_in(2) {
        rows[place].centimes = -rows[place].centimes;
    } else {
        rows[place].receiver = 7;
    }
    file(&rows, 0)
}

/// The same references, written as a spreadsheet or a hurried person writes them.
pub fn rewritten(rows: &[Row]) -> Vec<Row> {
    let again = |row: &Row| {
        let digits = row.reference.bytes().all(|byte| byte.is_ascii_digit());
        let reference = if digits { format!("00{}", row.reference) } else { row.reference.to_ascii_lowercase() };
        Row { reference, ..row.clone() }
    };
    rows.iter().map(again).collect()
}

/// The same people and amounts under references of their own.
pub fn renamed(rows: &[Row], number: u64) -> Vec<Row> {
    let again = |row: &Row| Row { reference: format!("N{number}/{}", row.reference), ..row.clone() };
    rows.iter().map(again).collect()
}

/// What a retry file asks for: read as anybody reads a CSV file.
pub fn read(text: &str) -> Vec<Row> {
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.contains(';') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).delimiter(separator).from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().unwrap().iter().map(|name| name.trim_start_matches('\u{feff}').to_string()).collect();
    let place = |name: &str| names.iter().position(|known| known == name);
    let places = ["reference", "description", "receiver", "amount", "retry_of"].map(place);
    let mut rows = Vec::new();
    for record in reader.records().flatten() {
        let cell = |n: usize| places[n].and_then(|at| record.get(at)).unwrap_or_default().to_string();
        rows.push(Row {
            reference: cell(0),
            whom: cell(1),
            receiver: cell(2).trim_start_matches("509").parse().unwrap_or(0),
            centimes: cell(3).replace('.', "").parse().unwrap_or(0),
            retry_of: cell(4),
        });
    }
    rows
}
