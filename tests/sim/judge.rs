//! The auditor: MonCash's list of debits on one side, the files that users see on the other, and the
//! ledger's own replay of its events.
//!
//! Must never: ask the loop, or excuse what the README does not.

use crate::bank::{Bank, Debit};
use crate::house::{House, TRANSFERS_PER_SECOND};
use crate::mail::Mail;
use crate::payroll::key;
use crate::record::Record;
use payoutd::payout::evidence::{Refusal, TransferAnswer};
use payoutd::payout::instruction::Reference;
use payoutd::payout::state::{Basis, ConfirmedBy, Event};
use std::collections::BTreeMap;

/// So many calls may leave at once at that rate.
const BURST: u64 = 2;

/// Everything that is wrong, in words; empty when nothing is.
pub fn judge(house: &mut House, bank: &Bank, mail: &Mail, record: &Record) -> Vec<String> {
    let mut wrong = house.complaints.clone();
    if wrong.is_empty() {
        let debits = bank.debits();
        let excused = twice(bank, &debits, record, &mut wrong);
        floor(bank, mail, &mut wrong);
        rate(bank, &mut wrong);
        let lines = report_lines(house, &mut wrong);
        truth(&lines, &debits, &excused, mail, &mut wrong);
        contradictions(house, &lines, &mut wrong);
        files(house, mail, &mut wrong);
        replay(house, &mut wrong);
    }
    wrong
}

/// No reference twice, and no person twice in a pay period. Gives the people for whom the README
/// makes no promise: a debit of theirs was known only after the grace, and payoutd was told to send
/// again.
fn twice(bank: &Bank, debits: &[Debit], record: &Record, wrong: &mut Vec<String>) -> Vec<String> {
    let (grace, world) = (bank.world.grace, &bank.world);
    let mut of_reference: BTreeMap<String, Vec<&Debit>> = BTreeMap::new();
    let mut of_person: BTreeMap<String, Vec<&Debit>> = BTreeMap::new();
    for debit in debits {
        of_reference.entry(key(&debit.reference)).or_default().push(debit);
        of_person.entry(debit.whom.clone()).or_default().push(debit);
    }
    let mut excused = Vec::new();
    for (whom, theirs) in of_reference.iter().chain(&of_person).filter(|(_, theirs)| theirs.len() > 1) {
        // All but the last must have been hidden from payoutd for longer than the grace.
        let hidden = theirs[..theirs.len() - 1].iter().all(|debit| debit.is_after(grace));
        if hidden && world.retry {
            record.count(|counts| counts.in_the_window += 1);
            excused.push(theirs[0].whom.clone());
        } else {
            let told: Vec<String> = theirs.iter().map(|debit| debit.told()).collect();
            wrong.push(format!("{whom} was debited {} times: {}", theirs.len(), told.join("; ")));
        }
    }
    // What is known too late may also be reported as not paid.
    excused.extend(debits.iter().filter(|debit| debit.is_after(grace)).map(|debit| debit.whom.clone()));
    excused
}

/// Given truthful readings, and where nobody's debit came later than payoutd was told to wait for.
fn floor(bank: &Bank, mail: &Mail, wrong: &mut Vec<String>) {
    let (grace, lag) = (bank.world.grace, bank.world.balance_lag);
    let late = bank.debits().iter().any(|debit| debit.is_after(grace) || debit.is_behind_its_success(lag));
    if !bank.world.balance_lies && !late && !mail.forgot() && bank.lowest() < bank.world.floor {
        wrong.push(format!("the balance went to {} centimes, under the floor of {}", bank.lowest(), bank.world.floor));
    }
}

/// In no n seconds of a life more Transferts than the rate's and its burst.
fn rate(bank: &Bank, wrong: &mut Vec<String>) {
    for life in bank.arrivals.borrow().iter() {
        let too_many = life.iter().enumerate().find_map(|(i, first)| {
            // A moment is read in whole milliseconds.
            let allowed = |last: &u64| (last - first + 1) * TRANSFERS_PER_SECOND / 1000 + BURST;
            let (j, last) = life.iter().enumerate().skip(i).find(|(j, last)| (j - i + 1) as u64 > allowed(last))?;
            Some(format!("{} Transferts from {first} to {last} ms", j - i + 1))
        });
        wrong.extend(too_many);
    }
}

/// One line of a report.
struct Line {
    report: String,
    reference: String,
    status: String,
    may_have_been_paid: String,
    whom: String,
}

fn columns(bytes: &[u8], names: [&str; 4]) -> Vec<[String; 4]> {
    let text = String::from_utf8_lossy(bytes);
    let separator = if text.lines().next().is_some_and(|line| line.contains(';')) { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).delimiter(separator).from_reader(bytes);
    let headers: Vec<String> = reader
        .headers()
        .map(|names| names.iter().map(|name| name.trim_start_matches('\u{feff}').to_string()).collect())
        .unwrap_or_default();
    let places = names.map(|name| headers.iter().position(|known| known == name));
    let cell = |row: &csv::StringRecord, place: Option<usize>| {
        place.and_then(|at| row.get(at)).unwrap_or_default().trim_start_matches('\'').to_string()
    };
    reader.records().flatten().map(|row| places.map(|place| cell(&row, place))).collect()
}

/// Every accepted row in one line of its batch's report, in the order of the file.
fn report_lines(house: &House, wrong: &mut Vec<String>) -> Vec<Line> {
    let mut lines = Vec::new();
    let known = payoutd::ledger::Reader::open(house.state()).unwrap();
    for name in house.names("accepted") {
        let base = name.trim_end_matches(".csv");
        let batch = base.rsplit('.').next().and_then(payoutd::payout::state::BatchId::parse);
        let in_ledger = batch.is_some_and(|batch| {
            known
                .batch(batch)
                .unwrap()
                .is_some_and(|b| name == format!("{}.{}.csv", b.file.trim_end_matches(".csv"), b.id))
        });
        let file = std::fs::read(house.batches("accepted").join(&name)).unwrap();
        let report = std::fs::read(house.batches("reports").join(format!("{base}.report.csv"))).unwrap_or_default();
        let names = ["reference", "status", "may_have_been_paid", "description"];
        let (rows, told) = (columns(&file, names), columns(&report, names));
        if !in_ledger {
            // The ledger that admitted it is gone; what it had reported is kept.
            continue;
        }
        let same = rows.len() == told.len() && rows.iter().zip(&told).all(|(row, line)| row[0] == line[0]);
        if !same {
            wrong.push(format!("{name} has {} rows and its report {} lines, or others", rows.len(), told.len()));
        }
        lines.extend(told.into_iter().map(|[reference, status, may_have_been_paid, whom]| Line {
            report: base.to_string(),
            reference,
            status,
            may_have_been_paid,
            whom,
        }));
    }
    lines
}

/// At rest: paid if and only if debited once; not paid, not debited.
fn truth(lines: &[Line], debits: &[Debit], excused: &[String], mail: &Mail, wrong: &mut Vec<String>) {
    let mut told: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        told.entry(key(&line.reference)).or_default().push(line);
    }
    for (reference, lines) in &told {
        let debited = debits.iter().filter(|debit| key(&debit.reference) == *reference).count();
        // What an older ledger forgot it may call unpaid where it never asked.
        let forgotten =
            debits.iter().any(|debit| key(&debit.reference) == *reference && debit.called < mail.restored());
        let paid = lines.iter().filter(|line| line.status == "paid").count();
        if excused.contains(&lines[0].whom) {
            continue;
        }
        for line in lines {
            let Line { status, may_have_been_paid: maybe, report, .. } = line;
            let problem = match (status.as_str(), maybe.as_str()) {
                ("paid", _) if debited != 1 => Some("is called paid"),
                // A reference cancelled before any Transfert may be admitted again and paid there.
                ("declined" | "cancelled", "no") if debited != 0 && paid == 0 && !forgotten => {
                    Some("is called not paid")
                }
                ("paid" | "declined" | "cancelled", _) => None,
                _ => Some("is not settled"),
            };
            if let Some(problem) = problem {
                wrong.push(format!("{reference} in {report} {problem}: {status}, {maybe}, debited {debited} times"));
            }
        }
        let unsure = lines.iter().any(|line| line.may_have_been_paid == "unknown");
        if debited == 1 && paid != 1 && !unsure && !forgotten {
            wrong.push(format!("{reference} was debited and {paid} report lines call it paid"));
        }
        if lines.iter().filter(|line| line.status != "cancelled").count() > 1 {
            wrong.push(format!("{reference} is in more than one report line that is not cancelled"));
        }
    }
    if !mail.forgot() {
        for debit in debits.iter().filter(|debit| !told.contains_key(&key(&debit.reference))) {
            wrong.push(format!("{} was debited and is in no report", debit.reference));
        }
    }
}

/// What Transfert refused for good and the status call then calls paid is never settled by itself: only one of
/// the two can be true of one attempt, so a person looks first.
fn contradictions(house: &House, lines: &[Line], wrong: &mut Vec<String>) {
    let reader = payoutd::ledger::Reader::open(house.state()).unwrap();
    for reference in lines.iter().filter_map(|line| Reference::parse(&line.reference).ok()) {
        let Some(known) = reader.known_reference(&reference.key()).unwrap() else { continue };
        let (mut refused, mut ambiguous) = (false, false);
        for stored in reader.history(known.payout).unwrap() {
            let event: Event = serde_json::from_str(&stored.body).unwrap();
            match event {
                Event::Sent { basis, .. } => {
                    refused = false;
                    ambiguous |= matches!(basis, Basis::Proven { .. });
                }
                Event::Suspected { .. } => ambiguous = true,
                Event::Answered { answer: TransferAnswer::Refused { kind: Refusal::Decline, .. }, .. } => {
                    refused = true
                }
                // A person looks at it.
                Event::Held { .. } => refused = false,
                Event::Paid { by: ConfirmedBy::Status, .. } if refused && !ambiguous => {
                    wrong.push(format!("{reference} was refused, and called paid without a person's look"));
                }
                _ => {}
            }
        }
    }
}

/// Every dropped file lies unchanged in `accepted/`, or in `rejected/` beside an errors file, once
/// for each time that it was dropped; nothing is left lying elsewhere.
fn files(house: &House, mail: &Mail, wrong: &mut Vec<String>) {
    let mut kept: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    for folder in ["accepted", "rejected"] {
        for name in house.names(folder) {
            let bytes = std::fs::read(house.batches(folder).join(&name)).unwrap();
            *kept.entry(bytes).or_default() += 1;
        }
    }
    for dropped in &mail.dropped {
        match kept.get_mut(dropped.content.as_bytes()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => wrong.push(format!("{} was dropped and is neither accepted nor rejected as it was", dropped.name)),
        }
    }
    for folder in ["inbox", "processing"] {
        let left = house.names(folder);
        if !left.is_empty() {
            wrong.push(format!("left in {folder}/: {left:?}"));
        }
    }
    let rejected = house.names("rejected");
    for name in rejected.iter().filter(|name| name.ends_with(".csv")) {
        let ours = name.ends_with(".errors.csv") || name.contains(".new");
        let errors = format!("{name}.errors.csv");
        let stem = format!("{}.errors.csv", name.trim_end_matches(".csv"));
        if !ours && !rejected.contains(&errors) && !rejected.contains(&stem) {
            wrong.push(format!("{name} was rejected without an errors file"));
        }
    }
    for folder in ["", "accepted", "rejected", "reports"] {
        let hidden: Vec<String> = house.names(folder).into_iter().filter(|name| name.starts_with('.')).collect();
        if !hidden.is_empty() {
            wrong.push(format!("left in {folder}/: {hidden:?}"));
        }
    }
}

/// The events replay to the states.
fn replay(house: &House, wrong: &mut Vec<String>) {
    match payoutd::ledger::verify(house.state(), &[]) {
        Ok(findings) => wrong.extend(findings.problems.into_iter().map(|problem| format!("verify: {problem}"))),
        Err(error) => wrong.push(format!("verify: {error}")),
    }
}
