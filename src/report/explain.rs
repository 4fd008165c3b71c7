//! `payoutd explain`: everything known of a payout, for people and as JSON: its row, every call,
//! every raw answer, every order, and the hashes that chain them.
//!
//! Must never: leave out an event that it cannot read, shorten an answer, or sound sure where the
//! ledger is not.

use super::SIMULATION;
use super::cell::{local, one_line};
use super::reasons;
use crate::ledger::rows::{Known, ReportRow, StoredEvent};
use crate::payout::batch::BatchEvent;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{Basis, ByOrder, Event, MayHaveBeenPaid, Raw, StandingOrder};
use crate::payroll::read_as;
use crate::words::findings;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::value::RawValue;

/// One payout and all that happened to it.
#[derive(Clone, Debug)]
pub struct Story {
    pub known: Known,
    /// Its row as the report has it.
    pub row: Option<ReportRow>,
    /// What happened to its batch as a whole: admission, approval, holds.
    pub batch_events: Vec<StoredEvent>,
    /// What happened to the payout itself, in order.
    pub events: Vec<StoredEvent>,
}

/// For people. Empty where there is no story: the caller says that nothing is known.
pub fn render_text(stories: &[Story], simulated: bool, zone: &TimeZone) -> String {
    let mut out = Vec::new();
    if simulated {
        out.push(SIMULATION.to_string());
    }
    for story in stories {
        if !out.is_empty() {
            out.push(String::new());
        }
        tell(story, zone, &mut out);
    }
    out.push(String::new());
    out.join("\n")
}

fn tell(story: &Story, zone: &TimeZone, out: &mut Vec<String>) {
    let known = &story.known;
    let may = known.may_have_been_paid;
    let warning = match may {
        MayHaveBeenPaid::Unknown => ": may already be paid, do not pay by hand",
        MayHaveBeenPaid::No | MayHaveBeenPaid::Yes => "",
    };
    out.push(format!("{}: {}{warning}", known.reference, known.status.as_str()));
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            out.push(format!("  {name:<20} {}", one_line(&value)));
        }
    };
    fact("may have been paid", may.word().to_string());
    fact("receiver", known.receiver.msisdn());
    fact("amount", format!("HTG {}", known.amount.grouped()));
    fact("batch", format!("{}, line {} of {}", known.batch, known.line, known.file));
    fact("admitted", local(known.admitted, zone));
    fact("Transfert calls", known.attempts.to_string());
    if let Some(row) = &story.row {
        let reference = |it: &Option<_>| it.as_ref().map(ToString::to_string).unwrap_or_default();
        fact("name", row.name.clone());
        fact("description", row.description.clone());
        fact("transaction", row.transaction.clone().unwrap_or_default());
        fact("first sent", row.first_sent.map(|at| local(at, zone)).unwrap_or_default());
        fact("settled", row.settled.map(|at| local(at, zone)).unwrap_or_default());
        fact("confirmed by", row.confirmed_by.to_string());
        fact("reason", row.reason.to_string());
        fact("runbook", reasons::entry(&row.reason).unwrap_or_default());
        fact("retry of", reference(&row.retry_of));
        fact("retried as", reference(&row.retried_as));
        fact("final status", row.final_status.as_str().to_string());
        fact("other cells", row.other.join(" | "));
    }
    chapter("What happened to its batch:", &story.batch_events, zone, out);
    chapter("What happened to it:", &story.events, zone, out);
}

fn chapter(title: &str, events: &[StoredEvent], zone: &TimeZone, out: &mut Vec<String>) {
    if events.is_empty() {
        return;
    }
    out.push(format!("  {title}"));
    for event in events {
        let (said, details) = read(&event.body);
        let kind = one_line(&event.kind);
        out.push(format!("    {}. {} {kind}: {}", event.no, local(event.at, zone), one_line(&said)));
        out.extend(details.iter().map(|line| format!("         {}", one_line(line))));
        out.push(format!("         ledger event {}, hash {}", event.seq, one_line(&event.hash)));
    }
}

/// An event's body as a sentence, and the raw answers and orders in it. One that this version
/// cannot read is shown as it is stored.
fn read(body: &str) -> (String, Vec<String>) {
    if let Ok(event) = serde_json::from_str::<Event>(body) {
        return read_payout_event(&event);
    }
    match serde_json::from_str::<BatchEvent>(body) {
        Ok(event) => read_batch_event(&event),
        Err(_) => (body.to_string(), Vec::new()),
    }
}

fn read_payout_event(event: &Event) -> (String, Vec<String>) {
    let mut details = Vec::new();
    let said = match event {
        Event::Sent { attempt, basis, .. } => {
            details.extend(basis_lines(basis));
            format!("the intent of attempt {attempt} of Transfert was committed: from here on it may have left")
        }
        Event::Answered { attempt, answer, raw, .. } => {
            details.push(raw_line(raw));
            format!("the call of attempt {attempt} ended; read as {}", word_of(answer))
        }
        Event::Asked { attempt, answer, raw, .. } => {
            details.push(raw_line(raw));
            format!("MonCash was asked about attempt {attempt}; read as {}", word_of(answer))
        }
        Event::Paid { by, transaction, raw, order } => {
            details.extend(raw.iter().map(raw_line));
            details.extend(order.iter().map(order_line));
            let transaction = transaction.as_deref().unwrap_or("not told");
            format!("paid, confirmed by {}, transaction {transaction}", by.word())
        }
        Event::Declined { words, raw } => {
            // A decline of two answers names the events that hold them.
            details.push(if raw.status.is_none() && raw.ms == 0 { raw.text.clone() } else { raw_line(raw) });
            format!("declined by MonCash: {words}")
        }
        Event::Held { reason, money, detail, raw, order } => {
            details.extend((!detail.is_empty()).then(|| format!("detail: {detail}")));
            details.extend(raw.iter().map(raw_line));
            details.extend(order.iter().map(order_line));
            format!("waits for a person, may have been paid: {}. {reason}", money.word())
        }
        Event::Cancelled { money, order } => {
            details.push(order_line(order));
            format!("cancelled, may have been paid: {}", money.word())
        }
        Event::Released { order } => {
            details.push(order_line(order));
            "released: it may be sent".to_string()
        }
        Event::Reopened { order, .. } => {
            details.push(order_line(order));
            "MonCash is asked again".to_string()
        }
        Event::Suspected { why, .. } => format!("nothing is sure about what was sent: {why}"),
        Event::Ordered { standing, order } => {
            details.push(order_line(order));
            match standing {
                Some(StandingOrder::Hold) => "hold ordered: no further attempt".to_string(),
                Some(StandingOrder::Cancel) => {
                    "cancel ordered: no further attempt, cancelled once proven unpaid".to_string()
                }
                None => "the standing order was lifted".to_string(),
            }
        }
    };
    (said, details)
}

fn read_batch_event(event: &BatchEvent) -> (String, Vec<String>) {
    match event {
        BatchEvent::Admitted {
            file, sha256, rows_digest, rows, amount_centimes, hold, terms, read_as: read, ..
        } => {
            let amount = Amount::from_centimes(*amount_centimes).grouped();
            let mut details = vec![format!("file SHA-256 {sha256}"), format!("rows digest {rows_digest}")];
            details.extend(read.iter().flat_map(|read| read_as::reading(read)).map(|line| line.to_string()));
            details.extend(hold.iter().map(|why| format!("held at once: {}", findings::hold(why, terms))));
            (format!("{file} was admitted: {rows} rows, HTG {amount}"), details)
        }
        BatchEvent::Approved { order } => ("approved".to_string(), vec![order_line(order)]),
        BatchEvent::OnHold { order } => ("put on hold".to_string(), vec![order_line(order)]),
        BatchEvent::Freed { order } => ("hold lifted".to_string(), vec![order_line(order)]),
        BatchEvent::CancelOrdered { order } => ("cancel ordered".to_string(), vec![order_line(order)]),
        BatchEvent::Completed => ("complete".to_string(), Vec::new()),
    }
}

fn basis_lines(basis: &Basis) -> Vec<String> {
    match basis {
        Basis::CheckedFirst { answers } => {
            let mut lines = vec!["allowed because MonCash did not know the reference:".to_string()];
            lines.extend(answers.iter().map(raw_line));
            lines
        }
        Basis::Unchecked => vec!["allowed as the first attempt; [safety] check_first is off".to_string()],
        Basis::NeverLeft => vec!["allowed because the attempt before never left this machine".to_string()],
        Basis::Proven { grace_ms, not_found, control } => vec![format!(
            "allowed by proof that the attempt before did not pay: {} s of grace served, {not_found} times not found, control {control}",
            grace_ms / 1000
        )],
    }
}

fn raw_line(raw: &Raw) -> String {
    let status = raw.status.map_or_else(|| "no HTTP status".to_string(), |status| format!("HTTP {status}"));
    format!("raw answer: {status} after {} ms: {}", raw.ms, raw.text)
}

fn order_line(order: &ByOrder) -> String {
    format!("order of {}: {}", order.who, order.reason)
}

/// How an answer was read, in the ledger's own words.
fn word_of(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_else(|error| format!("(cannot be shown: {error})"))
}

#[derive(Serialize)]
struct Page<'a> {
    simulated: bool,
    payouts: Vec<PayoutPage<'a>>,
}

#[derive(Serialize)]
struct PayoutPage<'a> {
    reference: &'a str,
    receiver: String,
    amount: String,
    status: &'a str,
    may_have_been_paid: &'a str,
    attempts: u32,
    batch: String,
    file: &'a str,
    line: u32,
    admitted_at: String,
    row: Option<RowPage<'a>>,
    batch_events: Vec<EventPage<'a>>,
    events: Vec<EventPage<'a>>,
}

#[derive(Serialize)]
struct RowPage<'a> {
    name: &'a str,
    description: &'a str,
    transaction_id: Option<&'a str>,
    first_sent_at: Option<String>,
    settled_at: Option<String>,
    confirmed_by: &'a str,
    reason: String,
    retry_of: Option<&'a str>,
    retried_as: Option<&'a str>,
    final_status: &'a str,
    other: &'a [String],
}

#[derive(Serialize)]
struct EventPage<'a> {
    event: i64,
    no: u32,
    at: String,
    kind: &'a str,
    body: Body<'a>,
    hash: &'a str,
}

/// The stored JSON exactly as it is; a body that is not JSON comes as a string.
#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Json(&'a RawValue),
    Text(&'a str),
}

/// For scripts: one JSON object, indented but for the events' bodies, which are as stored.
pub fn render_json(stories: &[Story], simulated: bool, zone: &TimeZone) -> Result<String, serde_json::Error> {
    let payouts = stories.iter().map(|story| payout_page(story, zone)).collect();
    serde_json::to_string_pretty(&Page { simulated, payouts })
}

fn payout_page<'a>(story: &'a Story, zone: &TimeZone) -> PayoutPage<'a> {
    let known = &story.known;
    PayoutPage {
        reference: known.reference.as_str(),
        receiver: known.receiver.msisdn(),
        amount: known.amount.to_string(),
        status: known.status.as_str(),
        may_have_been_paid: known.may_have_been_paid.word(),
        attempts: known.attempts,
        batch: known.batch.to_string(),
        file: &known.file,
        line: known.line,
        admitted_at: local(known.admitted, zone),
        row: story.row.as_ref().map(|row| row_page(row, zone)),
        batch_events: story.batch_events.iter().map(|event| event_page(event, zone)).collect(),
        events: story.events.iter().map(|event| event_page(event, zone)).collect(),
    }
}

fn row_page<'a>(row: &'a ReportRow, zone: &TimeZone) -> RowPage<'a> {
    let time = |at: Option<Wall>| at.map(|at| local(at, zone));
    RowPage {
        name: &row.name,
        description: &row.description,
        transaction_id: row.transaction.as_deref(),
        first_sent_at: time(row.first_sent),
        settled_at: time(row.settled),
        confirmed_by: row.confirmed_by,
        reason: row.reason.to_string(),
        retry_of: row.retry_of.as_ref().map(|reference| reference.as_str()),
        retried_as: row.retried_as.as_ref().map(|reference| reference.as_str()),
        final_status: row.final_status.as_str(),
        other: &row.other,
    }
}

fn event_page<'a>(event: &'a StoredEvent, zone: &TimeZone) -> EventPage<'a> {
    let body = serde_json::from_str::<&RawValue>(&event.body).map_or(Body::Text(&event.body), Body::Json);
    let (at, kind, hash) = (local(event.at, zone), &event.kind, &event.hash);
    EventPage { event: event.seq, no: event.no, at, kind, body, hash }
}

#[cfg(test)]
mod tests;
