//! `payoutd status --json`, as the README's page for scripts has it.
//!
//! Must never: rename, reorder or leave out a key, or print money as a number.

use super::cell::local;
use super::view::{BalanceView, BatchView, HouseView, WaitingItem};
use crate::payout::batch::Tally;
use crate::payout::moment::Wall;
use crate::payout::state::StateWord;
use jiff::tz::TimeZone;
use serde::Serialize;

#[derive(Serialize)]
struct House<'a> {
    environment: &'a str,
    account: &'a str,
    /// Null until MonCash told it for the first time.
    balance: Option<Balance>,
    weather: String,
    batches: Vec<Batch<'a>>,
    /// Files in `alarms/` that nobody has acknowledged.
    alarms: &'a [String],
    waiting_for_person: Vec<Waiting<'a>>,
}

#[derive(Serialize)]
struct Balance {
    reading: String,
    at: String,
    reserved: String,
    spendable: String,
    floor: String,
}

#[derive(Serialize)]
struct Batch<'a> {
    id: String,
    file: &'a str,
    state: &'a str,
    why: String,
    rows: u32,
    amount: String,
    counts: ByStatus<u32>,
    amounts: ByStatus<String>,
    received_at: String,
    /// Null until it is complete.
    completed_at: Option<String>,
}

#[derive(Serialize)]
struct ByStatus<T> {
    queued: T,
    in_doubt: T,
    paid: T,
    declined: T,
    held: T,
    cancelled: T,
}

#[derive(Serialize)]
struct Waiting<'a> {
    /// Null where the whole batch waits.
    reference: Option<&'a str>,
    /// Null where the whole house waits.
    batch: Option<String>,
    line: Option<u32>,
    state: &'a str,
    reason: String,
    what_to_do: String,
}

/// One JSON object, indented, without a line end.
pub fn render(house: &HouseView, zone: &TimeZone) -> Result<String, serde_json::Error> {
    let weather = match &house.paused {
        Some(paused) => format!("paused: {paused}; {}", house.weather),
        None => house.weather.to_string(),
    };
    serde_json::to_string_pretty(&House {
        environment: &house.environment,
        account: &house.account,
        balance: house.balance.as_ref().map(|it| balance(it, zone)),
        weather,
        batches: house.batches.iter().map(|it| batch(it, zone)).collect(),
        alarms: &house.alarms,
        waiting_for_person: house.waiting_for_person.iter().map(waiting).collect(),
    })
}

fn balance(it: &BalanceView, zone: &TimeZone) -> Balance {
    Balance {
        reading: it.reading.to_string(),
        at: local(it.at, zone),
        reserved: it.reserved.to_string(),
        spendable: it.spendable.to_string(),
        floor: it.floor.to_string(),
    }
}

fn batch<'a>(it: &'a BatchView, zone: &TimeZone) -> Batch<'a> {
    let time = |at: Wall| local(at, zone);
    let tally = &it.batch.tally;
    Batch {
        id: it.batch.id.to_string(),
        file: &it.batch.file,
        state: it.state.word(),
        why: it.why.as_ref().map(ToString::to_string).unwrap_or_default(),
        rows: it.batch.rows,
        amount: it.batch.amount.to_string(),
        counts: by_status(tally, Tally::count),
        amounts: by_status(tally, |tally, word| tally.amount(word).to_string()),
        received_at: time(it.batch.received),
        completed_at: it.batch.completed.map(time),
    }
}

fn by_status<T>(tally: &Tally, value: impl Fn(&Tally, StateWord) -> T) -> ByStatus<T> {
    ByStatus {
        queued: value(tally, StateWord::Queued),
        in_doubt: value(tally, StateWord::InDoubt),
        paid: value(tally, StateWord::Paid),
        declined: value(tally, StateWord::Declined),
        held: value(tally, StateWord::Held),
        cancelled: value(tally, StateWord::Cancelled),
    }
}

fn waiting(it: &WaitingItem) -> Waiting<'_> {
    Waiting {
        reference: it.reference.as_ref().map(|reference| reference.as_str()),
        batch: it.batch.map(|batch| batch.to_string()),
        line: it.line,
        state: it.state,
        reason: it.reason.to_string(),
        what_to_do: it.what_to_do.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::batch_report::tests::golden;
    use crate::report::status_text::tests::{house, quiet, zone};

    #[test]
    fn scripts_find_every_key_where_it_was_promised() {
        golden("status.json", &format!("{}\n", render(&house(), &zone()).unwrap()));
    }

    #[test]
    fn a_house_without_anything_is_whole_json() {
        let value: serde_json::Value = serde_json::from_str(&render(&quiet(), &zone()).unwrap()).unwrap();
        assert!(value["balance"].is_null());
        assert_eq!(value["batches"], serde_json::json!([]));
        assert_eq!(value["waiting_for_person"], serde_json::json!([]));
    }
}
