//! The verdict, from the gateway's books and from the files that people see; from nothing else.
//!
//! Must never: ask the product, but for `verify`.

use super::gateway::Gateway;
use super::house::{House, hash_of, names_in};
use std::collections::BTreeMap;
use std::fs;

/// One line of a report.
pub struct Line {
    pub reference: String,
    pub status: String,
    pub may: String,
}

/// Every line of every report that lies there.
pub fn report_lines(house: &House) -> Vec<Line> {
    let folder = house.at("batches/reports");
    let mut lines = Vec::new();
    for name in names_in(&folder).iter().filter(|name| name.ends_with(".report.csv")) {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        let column = |name| column(&bytes, name);
        let rest = column("status").into_iter().zip(column("may_have_been_paid"));
        let all = column("reference").into_iter().zip(rest);
        lines.extend(all.map(|(reference, (status, may))| Line { reference, status, may }));
    }
    lines
}

/// Whether some batch's summary says that it is not final.
pub fn all_final(house: &House) -> bool {
    let folder = house.at("batches/reports");
    let summaries: Vec<String> = names_in(&folder).into_iter().filter(|n| n.ends_with(".summary.txt")).collect();
    !summaries.is_empty()
        && summaries.iter().all(|name| {
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            text.lines().any(|line| line.starts_with("FINAL"))
        })
}

/// What holds at any moment: nobody was debited twice, and no report that lies there calls paid what
/// was not, or unpaid for good what was.
pub fn at_any_moment(house: &House, gateway: &Gateway) -> Vec<String> {
    let mut wrong = Vec::new();
    let books = gateway.books();
    for (who, count) in books.debits.iter().chain(&books.persons).filter(|(_, count)| **count > 1) {
        wrong.push(format!("{who} was debited {count} times"));
    }
    for line in report_lines(house) {
        let debits = books.debits.get(&line.reference).copied().unwrap_or(0);
        let lies = match line.status.as_str() {
            "paid" => debits != 1 || line.may != "yes",
            "declined" | "cancelled" => debits != 0 || line.may != "no",
            "in_doubt" => line.may == "no",
            _ => false,
        };
        if lies {
            wrong.push(format!(
                "the report says {} is {} (may have been paid: {}), and it was debited {debits} times",
                line.reference, line.status, line.may
            ));
        }
    }
    wrong
}

/// What holds when all is done: every row of every accepted file in one report line with its true and
/// final outcome, every dropped file kept as it was, nothing left lying about.
pub fn at_the_end(house: &House, gateway: &Gateway) -> Vec<String> {
    let mut wrong = at_any_moment(house, gateway);
    let (accepted, reports) = (house.at("batches/accepted"), house.at("batches/reports"));
    let mut rows: BTreeMap<String, u32> = BTreeMap::new();
    for name in names_in(&accepted) {
        let base = name.trim_end_matches(".csv");
        let there = column(&fs::read(accepted.join(&name)).unwrap_or_default(), "reference");
        let told = column(&fs::read(reports.join(format!("{base}.report.csv"))).unwrap_or_default(), "reference");
        if there != told {
            wrong.push(format!("{name} has the rows {there:?} and its report the lines {told:?}"));
        }
        there.into_iter().for_each(|reference| *rows.entry(reference).or_default() += 1);
    }
    let mut lines: BTreeMap<String, u32> = BTreeMap::new();
    for line in report_lines(house) {
        if !matches!(line.status.as_str(), "paid" | "declined") {
            wrong.push(format!("{} is {} at the end", line.reference, line.status));
        }
        *lines.entry(line.reference).or_default() += 1;
    }
    if rows.is_empty() || rows != lines || rows.values().any(|count| *count != 1) {
        wrong.push(format!("rows {rows:?}, report lines {lines:?}"));
    }
    for reference in gateway.books().debits.keys().filter(|reference| !rows.contains_key(*reference)) {
        wrong.push(format!("{reference} was debited and is in no accepted file"));
    }
    if !all_final(house) {
        wrong.push("a summary does not say FINAL".to_string());
    }
    wrong.extend(kept(house));
    wrong
}

fn kept(house: &House) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut kept = Vec::new();
    for folder in ["batches/accepted", "batches/rejected"] {
        kept.extend(names_in(&house.at(folder)).iter().map(|name| {
            let bytes = fs::read(house.at(folder).join(name)).unwrap_or_default();
            hash_of(&bytes)
        }));
    }
    for (name, hash) in &house.dropped {
        match kept.iter().position(|other| other == hash) {
            Some(at) => drop(kept.remove(at)),
            None => wrong.push(format!("{name} was dropped and is neither in accepted/ nor, unchanged, in rejected/")),
        }
    }
    if !kept.is_empty() {
        wrong.push("accepted/ or rejected/ hold a file that nobody dropped".to_string());
    }
    for folder in ["batches/inbox", "batches/processing"] {
        let left = names_in(&house.at(folder));
        if !left.is_empty() {
            wrong.push(format!("left in {folder}: {left:?}"));
        }
    }
    for folder in ["batches", "batches/accepted", "batches/rejected", "batches/reports", "state"] {
        let drafts = |name: &String| name.starts_with('.') || name.ends_with(".mark") || name.ends_with(".tmp");
        let left: Vec<String> = names_in(&house.at(folder)).into_iter().filter(drafts).collect();
        if !left.is_empty() {
            wrong.push(format!("left in {folder}: {left:?}"));
        }
    }
    wrong
}

/// One column of a CSV file.
pub fn column(bytes: &[u8], name: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(bytes);
    let place = reader.headers().ok().and_then(|headers| {
        headers.iter().position(|found| found.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
    });
    let Some(place) = place else { return Vec::new() };
    reader.records().flatten().filter_map(|row| row.get(place).map(str::to_string)).collect()
}
