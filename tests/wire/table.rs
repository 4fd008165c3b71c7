//! `cases.txt`: what each endpoint must come back with under each fault, one line a fault.
//!
//! Must never: accept a fault without a line, or a line without a fault.

use super::cell::{Ends, Found};
use super::endpoints::Endpoint;
use std::collections::BTreeMap;

const TEXT: &str = include_str!("cases.txt");

/// Between two columns.
const BAR: char = '|';
/// Between two values of which either is right: what a reset does to bytes on their way is the kernel's.
const OR: &str = " or ";

/// What a line asks for.
pub struct Case {
    ends: &'static str,
    outcome: &'static str,
    words: Vec<&'static str>,
}

/// The column of an endpoint's word. The two calls that ask for a payment share one.
fn column(endpoint: Endpoint) -> usize {
    match endpoint {
        Endpoint::Token => 0,
        Endpoint::Transfert => 1,
        Endpoint::Status => 2,
        Endpoint::Balance => 3,
        Endpoint::Customer => 4,
        Endpoint::CreatePayment => 5,
        Endpoint::ByOrder | Endpoint::ByTransaction => 6,
    }
}

pub fn read() -> BTreeMap<&'static str, Case> {
    let mut cases = BTreeMap::new();
    for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split(BAR).map(str::trim).collect();
        let [name, ends, outcome, words @ ..] = columns.as_slice() else { panic!("a short line: {line}") };
        assert_eq!(words.len(), 7, "{line}");
        let case = Case { ends, outcome, words: words.to_vec() };
        assert!(cases.insert(*name, case).is_none(), "two lines for {name}");
    }
    cases
}

fn name_of(ends: Ends) -> &'static str {
    match ends {
        Ends::Now => "at once",
        Ends::ConnectTimeout => "10 s",
        Ends::Deadline => "60 s",
    }
}

/// What differs from the line, in words.
pub fn compare(case: &Case, endpoint: Endpoint, found: &Found) -> Vec<String> {
    let mut wrong = found.broken.clone();
    let mut hold = |what: &str, asked: &str, came: &str| {
        if !asked.split(OR).any(|one| one == came) {
            wrong.push(format!("{what}: \"{came}\" instead of \"{asked}\""));
        }
    };
    hold("ends", case.ends, name_of(found.ends));
    hold("outcome", case.outcome, &found.outcome);
    hold("word", case.words[column(endpoint)], &found.word);
    wrong
}

/// The line that these findings would make, to be read and judged by a person before it goes into the file.
pub fn line_of(name: &str, found: &[(Endpoint, Found)]) -> String {
    let all = |values: Vec<String>| {
        let mut values = values;
        values.sort();
        values.dedup();
        values.join(OR)
    };
    let ends = all(found.iter().map(|(_, found)| name_of(found.ends).to_string()).collect());
    let outcome = all(found.iter().map(|(_, found)| found.outcome.clone()).collect());
    let words: Vec<String> = (0..7)
        .map(|n| all(found.iter().filter(|(e, _)| column(*e) == n).map(|(_, f)| f.word.clone()).collect()))
        .collect();
    let mut line = format!("{name:<42} | {ends:<7} | {outcome:<22}");
    for word in words {
        line += &format!(" | {word:<10}");
    }
    line.trim_end().to_string()
}
