//! The verdict, from the gateway's log and from the files that users see; from nothing else.
//!
//! Must never: ask the product.

use super::drive::Run;
use super::house::{hash_of, names_in};
use super::log::{Entry, What};
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// How much the gateway's view of a call's end may lag behind the client's.
const SEEN_LATE: Duration = Duration::from_millis(500);

pub struct Rules {
    /// The grace that the product was told; no second Transfert within it.
    pub grace: Duration,
}

/// Everything that is wrong, in words; empty when nothing is.
pub fn judge(run: &Run, rules: &Rules) -> Vec<String> {
    let mut wrong = run.complaints.clone();
    // Late debits that are still due happen before anything is judged.
    while !run.gateway.books().bank.nothing_due() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let books = run.gateway.books();
    let mut debits: BTreeMap<String, u32> = BTreeMap::new();
    for entry in &books.log.entries {
        if let What::Debit { reference, .. } = &entry.what {
            *debits.entry(reference.clone()).or_default() += 1;
        }
    }
    for (reference, count) in debits.iter().filter(|(_, count)| **count > 1) {
        wrong.push(format!("{reference} was debited {count} times:\n{}", books.log.story(reference)));
    }
    for (reference, problem) in repeats(&books.log.entries, rules) {
        wrong.push(format!("{reference}: {problem}:\n{}", books.log.story(&reference)));
    }
    if books.bank.lowest < run.floor {
        wrong
            .push(format!("the balance went down to {} centimes, under the floor of {}", books.bank.lowest, run.floor));
    }
    for (reference, problem) in reports(run, &debits, &mut wrong) {
        wrong.push(format!("{reference}: {problem}:\n{}", books.log.story(&reference)));
    }
    files(run, &mut wrong);
    let journal = run.house.journal();
    for line in journal.lines().filter(|line| line.contains("panicked") || line.contains("contradict")) {
        wrong.push(format!("in the journal: {line}"));
    }
    wrong
}

/// Transferts that should not have come: the first without a "not found", the next without one asked
/// after the last had ended, and none within the grace.
fn repeats(entries: &[Entry], rules: &Rules) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut calls: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut ended: BTreeMap<u64, Duration> = BTreeMap::new();
    let mut asked: BTreeMap<u64, (&str, Duration)> = BTreeMap::new();
    let mut negatives: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for entry in entries {
        match &entry.what {
            What::TransferEnd { call, .. } => {
                ended.insert(*call, entry.at);
            }
            What::Question { call, reference } => {
                asked.insert(*call, (reference, entry.at));
            }
            What::Said { call, reference, said: "not found", whole: true } => {
                let at = asked.get(call).map_or(entry.at, |(_, at)| *at);
                negatives.entry(reference).or_default().push(at);
            }
            What::Transfer { call, reference, .. } => {
                let before = calls.entry(reference).or_default();
                let negatives = negatives.get(reference.as_str()).map_or(&[][..], Vec::as_slice);
                let problem = match before.last().map(|last| ended.get(last)) {
                    None => negatives.is_empty().then(|| "sent without a 'not found' first".to_string()),
                    Some(None) => Some("sent again before the last call had ended".to_string()),
                    Some(Some(end)) if !negatives.iter().any(|asked| *asked >= *end) => {
                        Some("sent again without a 'not found' asked after the last call".to_string())
                    }
                    Some(Some(end)) if entry.at + SEEN_LATE < *end + rules.grace => {
                        Some(format!("sent again {:?} after the last call, within the grace", entry.at - *end))
                    }
                    Some(Some(_)) => None,
                };
                wrong.extend(problem.map(|problem| (reference.clone(), problem)));
                before.push(*call);
            }
            _ => {}
        }
    }
    wrong
}

/// Every accepted row in one report line, and every word of it true.
fn reports(run: &Run, debits: &BTreeMap<String, u32>, wrong: &mut Vec<String>) -> Vec<(String, String)> {
    let (accepted, reports) = (run.house.place("accepted"), run.house.place("reports"));
    let mut untrue = Vec::new();
    let mut lines: BTreeMap<String, u32> = BTreeMap::new();
    let mut rows: BTreeMap<String, u32> = BTreeMap::new();
    for name in names_in(&accepted) {
        let base = name.trim_end_matches(".csv");
        let there = references(&fs::read(accepted.join(&name)).unwrap_or_default(), "reference");
        let told = references(&fs::read(reports.join(format!("{base}.report.csv"))).unwrap_or_default(), "reference");
        if there != told {
            wrong.push(format!("{name} has {} rows and its report {} lines, or others", there.len(), told.len()));
        }
        there.into_iter().for_each(|reference| *rows.entry(reference).or_default() += 1);
        let summary = fs::read_to_string(reports.join(format!("{base}.summary.txt"))).unwrap_or_default();
        if summary.is_empty() {
            wrong.push(format!("{name} has no summary"));
        }
    }
    for name in names_in(&reports).iter().filter(|name| name.ends_with(".report.csv")) {
        let bytes = fs::read(reports.join(name)).unwrap_or_default();
        let statuses = references(&bytes, "status");
        let maybes = references(&bytes, "may_have_been_paid");
        for ((reference, status), maybe) in references(&bytes, "reference").into_iter().zip(statuses).zip(maybes) {
            *lines.entry(reference.clone()).or_default() += 1;
            let debited = debits.get(&reference).copied().unwrap_or(0);
            let problem = match status.as_str() {
                "paid" if debited != 1 => Some("is called paid"),
                "declined" | "cancelled" if debited != 0 => Some("is called not paid"),
                "queued" | "in_doubt" => Some("is still moving at the end"),
                _ if maybe == "no" && debited != 0 => Some("is said not to have been paid"),
                _ => None,
            };
            untrue.extend(problem.map(|what| (reference, format!("{status}, {what}, debited {debited} times"))));
        }
    }
    for (reference, count) in &rows {
        if *count != 1 || lines.get(reference) != Some(count) {
            wrong.push(format!("{reference} is in {count} accepted rows and {:?} report lines", lines.get(reference)));
        }
    }
    for reference in debits.keys().filter(|reference| !rows.contains_key(*reference)) {
        wrong.push(format!("{reference} was debited and is in no accepted file"));
    }
    untrue
}

/// One column of a CSV file.
fn references(bytes: &[u8], column: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(bytes);
    let place = reader.headers().ok().and_then(|headers| {
        headers.iter().position(|name| name.trim_start_matches('\u{feff}').eq_ignore_ascii_case(column))
    });
    let Some(place) = place else { return Vec::new() };
    reader.records().flatten().filter_map(|row| row.get(place).map(str::to_string)).collect()
}

/// Every dropped file is kept, unchanged, and nothing else is left lying about.
fn files(run: &Run, wrong: &mut Vec<String>) {
    let mut kept: BTreeMap<String, u32> = BTreeMap::new();
    for folder in ["accepted", "rejected"] {
        for name in names_in(&run.house.place(folder)) {
            let bytes = fs::read(run.house.place(folder).join(&name)).unwrap_or_default();
            *kept.entry(hash_of(&bytes)).or_default() += 1;
        }
    }
    for (name, hash) in &run.house.dropped {
        match kept.get_mut(hash) {
            Some(count) if *count > 0 => *count -= 1,
            _ => wrong.push(format!("{name} was dropped and is neither in accepted/ nor, unchanged, in rejected/")),
        }
    }
    for folder in ["inbox", "processing"] {
        let left = names_in(&run.house.place(folder));
        if !left.is_empty() {
            wrong.push(format!("left in {folder}/: {left:?}"));
        }
    }
    for folder in ["", "accepted", "rejected", "reports"] {
        let hidden: Vec<String> =
            names_in(&run.house.place(folder)).into_iter().filter(|n| n.starts_with('.')).collect();
        if !hidden.is_empty() {
            wrong.push(format!("left in {folder}/: {hidden:?}"));
        }
    }
    for name in names_in(&run.house.place("rejected")).iter().filter(|name| name.ends_with(".errors.csv")) {
        let text = fs::read_to_string(run.house.place("rejected").join(name)).unwrap_or_default();
        if !text.starts_with("line,column,value,code,problem") {
            wrong.push(format!("{name} does not begin as an errors file does"));
        }
    }
}
