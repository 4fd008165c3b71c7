//! Promises about any bytes that are dropped as a batch file.
//!
//! Must never: pass over a file that was taken without holding every row of it against the bytes.

use super::{cells, outputs};
use payoutd::intake::examine::{Examination, Rules, Step, Verdict};
use payoutd::intake::terms::FileRules;
use payoutd::payout::aside::ZeroRows;
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payroll::{Code, ColumnNames, Encoding, Header, Limits, Problem, Row, Totals};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};

/// Longer inputs are cut: what a longer file does, tests show that do not run a million times.
const LONGEST: usize = 160 * 1024;

/// Files up to this length are also read in other shapes (other line ends, cut).
const SHORT: usize = 16 * 1024;

pub fn limits() -> Limits {
    Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: Some(Amount::from_centimes(1_000_000_000)),
        zero: ZeroRows::Refuse,
    }
}

/// What a reading came to.
#[derive(Debug, PartialEq)]
pub struct Reading {
    pub header: Option<Header>,
    pub rows: Vec<Row>,
    pub problems: Vec<Problem>,
    pub totals: Option<Totals>,
}

impl Reading {
    fn codes(&self) -> Vec<(u32, Code)> {
        self.problems.iter().map(|problem| (problem.line, problem.code)).collect()
    }
}

/// Reads a file as the house does: looked through for the mark of its amounts, then row by row.
pub fn read(data: &[u8]) -> Reading {
    read_by(data, data)
}

/// The same, with a source of its own for the rows.
fn read_by(data: &[u8], source: impl Read) -> Reading {
    let mut reading = Reading { header: None, rows: Vec::new(), problems: Vec::new(), totals: None };
    let rules = FileRules { limits: limits(), columns: ColumnNames::default() };
    let mark = rules.open(data, Some(None)).ok().and_then(|look| look.find_mark());
    let mut reader = match rules.open(source, Some(mark)) {
        Ok(reader) => reader,
        Err(problem) => {
            reading.problems.push(problem);
            return reading;
        }
    };
    reading.header = Some(reader.header().clone());
    for row in &mut reader {
        match row {
            Ok(row) => reading.rows.push(row),
            Err(more) => reading.problems.extend(more),
        }
    }
    match reader.finish() {
        Ok(totals) => reading.totals = Some(totals),
        Err(more) => reading.problems.extend(more),
    }
    reading
}

/// Characters of a cell that a problem quotes; hidden ones are written as escapes.
const LONGEST_QUOTE: usize = 200 * "\\u{10ffff}".len() + 1;

/// Everything that is promised of a file with these bytes. Says whether it was taken.
pub fn hold(data: &[u8]) -> bool {
    let data = &data[..data.len().min(LONGEST)];
    let (reading, duplicates) = hold_any(data);
    if data.len() <= SHORT {
        other_line_ends(data, &reading);
    }
    let Some(totals) = &reading.totals else { return false };
    // The other reader knows no workbooks: `workbook::hold` is for them.
    if totals.read_as.encoding != Encoding::Workbook {
        check_rows(data, &reading, totals);
        if data.len() <= SHORT {
            check_cut(data, &reading);
        }
    }
    if duplicates == 0 {
        outputs::hold(&reading);
    }
    duplicates == 0
}

/// What is promised of any file, a workbook too: what it is read as, and how many references are there twice.
pub fn hold_any(data: &[u8]) -> (Reading, usize) {
    let reading = read(data);
    assert_eq!(reading.problems.is_empty(), reading.totals.is_some(), "refused if and only if it is said why");
    for problem in &reading.problems {
        let sentence = problem.problem.to_string();
        let told = [&problem.column, &problem.value, &sentence];
        assert!(told.iter().all(|text| !text.chars().any(char::is_control)), "{problem:?}");
        assert!(told.iter().all(|text| text.chars().count() <= LONGEST_QUOTE), "it quotes a whole cell");
        assert!(problem.line > 0 && !sentence.is_empty());
    }
    assert_eq!(read_by(data, Trickle { rest: data, seed: digest(data)[0] }), reading, "a slow disk changes nothing");
    let duplicates = duplicates(&reading.rows);
    examine(data, &reading, duplicates);
    (reading, duplicates)
}

fn digest(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

fn duplicates(rows: &[Row]) -> usize {
    let keys: BTreeSet<String> = rows.iter().map(|row| cells::key(row.instruction.reference.as_str())).collect();
    rows.len() - keys.len()
}

/// The examination that `check` and the inbox make agrees with the plain reading.
fn examine(data: &[u8], reading: &Reading, duplicates: usize) {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::memfd_create("batch", flags).expect("memory"));
    file.write_all(data).expect("memory");
    let guards = payoutd::intake::guards::GuardSettings::off();
    let file_rules = FileRules { limits: limits(), columns: ColumnNames::default() };
    let rules = Rules { file: file_rules, paid_already_within: None, guards, now: Wall(1_785_000_000_000), seed: 7 };
    let mut examination = Examination::begin(file, rules).expect("a file in memory");
    let mut told = Vec::new();
    let verdict = loop {
        let mut tell = |problem: &Problem| {
            told.push((problem.line, problem.code));
            Ok(())
        };
        match examination.slice(None, &mut tell).expect("a file in memory") {
            Step::More => {}
            Step::Done(verdict) => break verdict,
        }
    };
    let twice = told.iter().filter(|(_, code)| *code == Code::ReferenceTwice).count();
    match verdict {
        Verdict::Good(good) => {
            assert_eq!((Some(&good.totals), told.len(), duplicates), (reading.totals.as_ref(), 0, 0));
        }
        Verdict::Bad(bad) => {
            assert!(bad.problems > 0 && bad.problems == told.len() as u64, "a refusal says why");
            assert!(twice >= duplicates && (reading.totals.is_none() || twice > 0));
            told.retain(|(_, code)| *code != Code::ReferenceTwice);
            assert_eq!(told, reading.codes(), "the same problems");
        }
    }
}

/// What the rows of a file that is in order say, held against the bytes by another reader.
fn check_rows(data: &[u8], reading: &Reading, totals: &Totals) {
    assert_eq!(totals.sha256, digest(data), "what sha256sum says");
    let sum: i64 = reading.rows.iter().map(|row| row.instruction.amount.centimes()).sum();
    assert_eq!((totals.rows as usize, totals.amount.centimes()), (reading.rows.len(), sum), "the total is its rows");
    assert!(totals.controls.total.is_none_or(|(said, _)| said == totals.amount));
    assert!(totals.controls.rows.is_none_or(|(said, _)| said == totals.rows));
    let header = reading.header.as_ref().expect("a header");
    let text = cells::text(data, totals.read_as.encoding == Encoding::Windows1252);
    let records = cells::records(text.as_bytes(), header.delimiter.byte());
    let folded =
        |cell: &str| cell.trim().trim_start_matches('\u{feff}').to_lowercase().replace(['é', '_', '-', ' '], "");
    let place =
        |cells: &[String], wanted: &[&str]| cells.iter().position(|cell| wanted.contains(&folded(cell).as_str()));
    // Names that only the product's own folding knows are passed over: the rest of the promises hold anyway.
    let columns = records.iter().position(|cells| {
        place(cells, &["reference", "rfrence"]).is_some()
            && place(cells, &["amount"]).is_some()
            && place(cells, &["receiver"]).is_some()
    });
    let Some(at) = columns else { return };
    let places = ["reference", "receiver", "amount"].map(|name| place(&records[at], &[name]));
    let [Some(reference), Some(receiver), Some(amount)] = places else { return };
    let mut rows = reading.rows.iter();
    // One mark stands before the centimes of all amounts.
    let mut marks = vec!['.', ','];
    for record in &records[at + 1..] {
        let first = record.first().map_or("", |cell| cell.trim());
        let is_blank = record.iter().all(|cell| cell.chars().all(|c| c.is_whitespace() || ",;|".contains(c)));
        if is_blank
            || first.starts_with('#')
                && record.get(reference).is_none_or(|cell| cell.trim().is_empty() || reference == 0)
        {
            continue;
        }
        let bare: Vec<String> = record.iter().map(|cell| cells::bare(cell)).collect();
        let cell = |place: usize| bare.get(place).map_or("", String::as_str);
        if !cell(receiver).contains(|c: char| c.is_ascii_digit()) {
            // A total, which must agree; no wallet stands there.
            let agrees = |mark: &char| cells::centimes(cell(amount), *mark) == Some(totals.amount.centimes());
            assert!(totals.read_as.total_row && marks.iter().any(agrees), "{record:?}");
            continue;
        }
        let row = rows.next().expect("no row more than was read").clone();
        let order = row.instruction;
        assert_eq!(order.reference.as_str(), cell(reference));
        marks.retain(|mark| cells::centimes(cell(amount), *mark) == Some(order.amount.centimes()));
        assert!(!marks.is_empty(), "{}", cell(amount));
        let wallet = cells::wallet(cell(receiver)).expect("a wallet's number");
        assert_eq!(order.receiver.msisdn(), format!("509{wallet}"), "{}", cell(receiver));
        assert!(order.amount.is_positive() && order.amount <= limits().max_amount);
    }
    assert!(rows.next().is_none(), "a row that is not in the file");
}

/// Line ends are no content. Of UTF-16 a byte is half a letter, and none is looked for.
fn other_line_ends(data: &[u8], reading: &Reading) {
    let is_utf_16 = [[0xfe, 0xff], [0xff, 0xfe]].iter().any(|mark| data.starts_with(mark));
    if is_utf_16 || data.contains(&b'\r') || data.contains(&b'"') || data.contains(&0) {
        return;
    }
    // By themselves, `\r` and letters that are not UTF-8 are Excel for Mac's, and refused.
    let ends = if std::str::from_utf8(data).is_ok() { &[&b"\r\n"[..], b"\r"][..] } else { &[&b"\r\n"[..]] };
    for &end in ends {
        let other: Vec<u8> = data
            .iter()
            .flat_map(|byte| if *byte == b'\n' { end } else { std::slice::from_ref(byte) })
            .copied()
            .collect();
        let other = read(&other);
        assert_eq!((&other.rows, other.codes()), (&reading.rows, reading.codes()), "with {end:?}");
    }
}

/// Cut anywhere, a file is refused, or a person is asked whether it is whole, or it pays the first rows of the whole
/// one, to the letter.
fn check_cut(data: &[u8], reading: &Reading) {
    let seed = digest(data);
    let cuts = seed.chunks(2).map(|pair| usize::from(pair[0]) * 256 + usize::from(pair[1]));
    for cut in cuts.map(|at| at % data.len()).chain([data.len() - 1]) {
        let part = read(&data[..cut]);
        if part.totals.as_ref().is_none_or(|totals| totals.open_end) {
            continue;
        }
        for (left, right) in part.rows.iter().zip(&reading.rows) {
            let pays = |row: &Row| {
                let order = &row.instruction;
                (order.reference.clone(), order.receiver, order.amount, order.retry_of.clone())
            };
            assert_eq!(pays(left), pays(right), "cut at {cut}");
        }
        assert!(part.rows.len() <= reading.rows.len(), "cut at {cut}");
    }
}

/// Gives a few bytes at a time.
struct Trickle<'a> {
    rest: &'a [u8],
    seed: u8,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.seed = self.seed.wrapping_mul(5).wrapping_add(3);
        if self.seed == 0 {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let wanted = (usize::from(self.seed) * 17 + 1).min(buffer.len());
        self.rest.read(&mut buffer[..wanted])
    }
}
