//! An evidence pack: everything about a payout on one page that an auditor can file and check without
//! payoutd. The row with its file, line and SHA-256; every call with its time, HTTP status and raw body;
//! every order with who and why; every event with what its hash is over.
//!
//! Must never: shorten an answer, leave out an event that it cannot read, or call a hash right that does
//! not follow.

use super::SIMULATION;
use super::cell::{local, one_line};
use crate::ledger::Head;
use crate::ledger::rows::{Known, ReportRow};
use crate::ledger::testimony::{ChainedEvent, HOW};
use crate::payout::batch::BatchEvent;
use crate::payout::moment::Wall;
use crate::payout::state::{Basis, ByOrder, Event, Raw};
use jiff::tz::TimeZone;

/// The file that the row came in, as it lies in `accepted/` now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    pub path: String,
    /// SHA-256 in hex; none where it cannot be read, and then why.
    pub sha256: Result<String, String>,
    /// The row's line as it stands there.
    pub line: Option<String>,
}

/// One payout and its evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub known: Known,
    pub row: ReportRow,
    /// SHA-256 of the file as it was admitted, in hex.
    pub sha256: String,
    pub kept: KeptFile,
    pub batch_events: Vec<ChainedEvent>,
    pub events: Vec<ChainedEvent>,
}

/// What the page is made from, and when.
pub struct Made<'a> {
    pub at: Wall,
    /// Environment, host and account.
    pub ledger: &'a str,
    pub head: &'a Head,
    pub simulated: bool,
    pub zone: &'a TimeZone,
}

/// The page.
pub fn render(all: &[Evidence], made: &Made<'_>) -> String {
    let mut out = Vec::new();
    if made.simulated {
        out.push(SIMULATION.to_string());
    }
    for evidence in all {
        one(evidence, made, &mut out);
        out.push(String::new());
    }
    out.push("HOW TO CHECK A HASH".to_string());
    out.push(format!("  {HOW}"));
    out.push(
        "  The row's SHA-256 is of the whole file, byte for byte as it was dropped: 'sha256sum FILE'.".to_string(),
    );
    out.push(format!(
        "Made at {} by payoutd {} from the ledger of {}",
        local(made.at, made.zone),
        env!("CARGO_PKG_VERSION"),
        one_line(made.ledger)
    ));
    out.push(format!("Chain head: {} {}", made.head.seq, made.head.hash));
    out.push(String::new());
    out.join("\n")
}

fn one(evidence: &Evidence, made: &Made<'_>, out: &mut Vec<String>) {
    let (known, row) = (&evidence.known, &evidence.row);
    out.push(format!(
        "EVIDENCE: {}, HTG {} to {}: {}; may have been paid: {}",
        known.reference,
        known.amount.grouped(),
        known.receiver.msisdn(),
        known.status.as_str(),
        known.may_have_been_paid.word()
    ));
    out.push(String::new());
    out.push("THE ROW".to_string());
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push(format!("  {name:<26} {}", one_line(value)));
        }
    };
    let time = |at: Option<Wall>| at.map(|at| local(at, made.zone)).unwrap_or_default();
    let reference = |it: &Option<crate::payout::instruction::Reference>| it.as_ref().map(ToString::to_string);
    fact("batch", &known.batch.to_string());
    fact("file", &known.file);
    fact("line", &known.line.to_string());
    fact("file's SHA-256, admitted", &evidence.sha256);
    match &evidence.kept.sha256 {
        Ok(now) if *now == evidence.sha256 => {
            fact("file as it lies now", &format!("{}: the same SHA-256", evidence.kept.path))
        }
        Ok(now) => fact("file as it lies now", &format!("{}: ANOTHER SHA-256, {now}", evidence.kept.path)),
        Err(why) => fact("file as it lies now", &format!("{}: {why}", evidence.kept.path)),
    }
    fact("the line in the file", evidence.kept.line.as_deref().unwrap_or_default());
    fact("name", &row.name);
    fact("description", &row.description);
    fact("other cells", &row.other.join(" | "));
    fact("admitted", &local(known.admitted, made.zone));
    fact("first sent", &time(row.first_sent));
    fact("settled", &time(row.settled));
    fact("transaction", row.transaction.as_deref().unwrap_or_default());
    fact("confirmed by", row.confirmed_by);
    fact("reason", &row.reason.to_string());
    fact("retry of", &reference(&row.retry_of).unwrap_or_default());
    fact("retried as", &reference(&row.retried_as).unwrap_or_default());
    out.push(String::new());
    out.push("EVERY CALL".to_string());
    said(out, evidence.events.iter().flat_map(|chained| calls(chained, made.zone)));
    out.push("EVERY ORDER".to_string());
    let all = || evidence.batch_events.iter().chain(&evidence.events);
    said(out, all().flat_map(|chained| order(chained, made.zone)));
    out.push("EVERY EVENT".to_string());
    for chained in all() {
        event(chained, made.zone, out);
    }
    let broken = all().filter(|chained| !chained.follows).count();
    out.push(match broken {
        0 => "  Every hash above was reckoned again and follows from the one before it.".to_string(),
        broken => format!(
            "  {broken} HASHES DO NOT FOLLOW: the ledger was changed or is damaged; 'payoutd verify' says where."
        ),
    });
}

fn said(out: &mut Vec<String>, lines: impl Iterator<Item = String>) {
    let before = out.len();
    out.extend(lines);
    if out.len() == before {
        out.push("  none".to_string());
    }
    out.push(String::new());
}

/// The calls that an event tells of, with their raw answers.
fn calls(chained: &ChainedEvent, zone: &TimeZone) -> Vec<String> {
    let at = local(chained.event.at, zone);
    let line = |what: &str, raw: &Raw| {
        let status = raw.status.map_or_else(|| "no HTTP status".to_string(), |status| format!("HTTP {status}"));
        format!("  {at} {what}: {status} after {} ms: {}", raw.ms, one_line(&raw.text))
    };
    let Ok(event) = serde_json::from_str::<Event>(&chained.event.body) else { return Vec::new() };
    match &event {
        Event::Sent { attempt, basis, .. } => {
            let mut lines = Vec::new();
            if let Basis::CheckedFirst { answers } = basis {
                let what = "PrefundedTransactionStatus (asked before the first Transfert; heard before this time)";
                lines.extend(answers.iter().map(|raw| line(what, raw)));
            }
            lines.push(format!("  {at} Transfert, attempt {attempt}: committed, then called"));
            lines
        }
        Event::Answered { attempt, raw, .. } => vec![line(&format!("Transfert, attempt {attempt}, ended"), raw)],
        Event::Asked { attempt, raw, .. } => {
            vec![line(&format!("PrefundedTransactionStatus about attempt {attempt}"), raw)]
        }
        Event::Paid { by, raw, .. } => {
            raw.iter().map(|raw| line(&format!("the answer that says paid (by {})", by.word()), raw)).collect()
        }
        // A decline of two answers names the events that hold them.
        Event::Declined { raw, .. } if raw.status.is_none() && raw.ms == 0 => Vec::new(),
        Event::Declined { raw, .. } => vec![line("the answer that declines", raw)],
        Event::Held { raw, .. } => raw.iter().map(|raw| line("the answer for which it was held", raw)).collect(),
        Event::Cancelled { .. }
        | Event::Released { .. }
        | Event::Reopened { .. }
        | Event::Suspected { .. }
        | Event::Ordered { .. } => Vec::new(),
    }
}

/// The order of a person in an event.
fn order(chained: &ChainedEvent, zone: &TimeZone) -> Option<String> {
    let by = order_of(&chained.event.body)?;
    let (at, kind) = (local(chained.event.at, zone), &chained.event.kind);
    Some(format!("  {at} {kind}, by {}: {}", one_line(&by.who), one_line(&by.reason)))
}

fn order_of(body: &str) -> Option<ByOrder> {
    if let Ok(event) = serde_json::from_str::<Event>(body) {
        return match event {
            Event::Paid { order, .. } | Event::Held { order, .. } => order,
            Event::Cancelled { order, .. }
            | Event::Released { order }
            | Event::Reopened { order, .. }
            | Event::Ordered { order, .. } => Some(order),
            Event::Sent { .. }
            | Event::Answered { .. }
            | Event::Asked { .. }
            | Event::Declined { .. }
            | Event::Suspected { .. } => None,
        };
    }
    match serde_json::from_str::<BatchEvent>(body).ok()? {
        BatchEvent::Approved { order }
        | BatchEvent::OnHold { order }
        | BatchEvent::Freed { order }
        | BatchEvent::CancelOrdered { order } => Some(order),
        BatchEvent::Admitted { .. } | BatchEvent::Completed => None,
    }
}

fn event(chained: &ChainedEvent, zone: &TimeZone, out: &mut Vec<String>) {
    let ChainedEvent { event, attempt, before, follows } = chained;
    let number = |it: Option<i64>| it.map_or_else(|| "none".to_string(), |it| it.to_string());
    out.push(format!(
        "  event {} at {} ({}) batch {} payout {} no {} attempt {} kind {}",
        event.seq,
        event.at.0,
        local(event.at, zone),
        event.batch.0,
        number(event.payout.map(|id| id.0)),
        event.no,
        number(*attempt),
        one_line(&event.kind)
    ));
    out.push(format!("    body   {}", one_line(&event.body)));
    out.push(format!("    before {before}"));
    let word = if *follows { "" } else { "  DOES NOT FOLLOW" };
    out.push(format!("    hash   {}{word}", event.hash));
}
