//! An event as it is told to a command or a webhook: one JSON object, whose form README documents.
//!
//! Must never: hold a whole account number or a person's name, or say of a doubt that it was not paid.

use crate::config::{Config, Environment};
use crate::payout::batch::{Batch, Tally};
use crate::payout::instruction::{mask_account_runs, mask_accounts};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{Payout, StateWord};
use crate::report::cell::local;
use crate::report::reasons;
use crate::words::{Language, Saying, say};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

/// The form of the JSON. Fields may be added; what is there keeps its meaning.
const VERSION: u32 = 1;
/// Payouts that one event names.
pub const NAMED: usize = 20;

/// How soon somebody should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    Info,
    /// Something waits for a person.
    Attention,
    /// Nothing is paid, or money may be lost.
    Alarm,
}

#[derive(Serialize)]
struct Notice<'a> {
    version: u32,
    id: &'a str,
    number: u64,
    event: &'a str,
    urgency: Urgency,
    at: String,
    environment: &'a str,
    account: &'a str,
    simulated: bool,
    text: String,
    #[serde(flatten)]
    about: &'a About,
}

/// What an event is about. What does not apply is not there.
#[derive(Clone, Debug, Default, Serialize)]
pub struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePart>,
    /// Payouts that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// HTG that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// A word for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_to_do: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payouts: Option<Vec<PayoutPart>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct BatchPart {
    id: String,
    file: String,
    rows: u32,
    amount: String,
    counts: ByStatus<u32>,
    amounts: ByStatus<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ByStatus<T> {
    queued: T,
    in_doubt: T,
    paid: T,
    declined: T,
    held: T,
    cancelled: T,
}

/// A file that was rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FilePart {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors_file: Option<String>,
    /// How many problems it has, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<u64>,
    /// The first of them. What stands in the cells is not told.
    pub first: Vec<ProblemPart>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemPart {
    pub line: String,
    pub column: String,
    pub code: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PayoutPart {
    reference: String,
    line: u32,
    /// Masked.
    receiver: String,
    amount: String,
    status: &'static str,
    may_have_been_paid: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_sent_at: Option<String>,
    why: String,
}

/// What every event of this house has in common, and its language.
pub struct Teller {
    environment: String,
    account: String,
    simulated: bool,
    language: Language,
    zone: TimeZone,
}

impl Teller {
    pub fn new(config: &Config, account: &str) -> Teller {
        Teller {
            environment: config.moncash.environment.to_string(),
            account: account.to_string(),
            simulated: config.moncash.environment == Environment::Simulator,
            language: config.reports.language,
            zone: TimeZone::system(),
        }
    }

    /// The JSON object.
    #[expect(clippy::too_many_arguments, reason = "one for each field of the object")]
    pub fn tell(
        &self,
        id: &str,
        number: u64,
        event: &str,
        urgency: Urgency,
        at: Wall,
        text: &Saying,
        about: &About,
    ) -> Value {
        let notice = Notice {
            version: VERSION,
            id,
            number,
            event,
            urgency,
            at: self.time(at),
            environment: &self.environment,
            account: &self.account,
            simulated: self.simulated,
            text: text.text(self.language),
            about,
        };
        let mut value = serde_json::to_value(notice).unwrap_or_default();
        mask(&mut value);
        value
    }

    /// A test, which is about nothing.
    pub fn test(&self, at: Wall) -> Value {
        let id = format!("test.{}", at.0);
        self.tell(&id, 0, "test", Urgency::Info, at, &say!("notice-test"), &About::default())
    }

    pub fn words(&self, saying: &Saying) -> String {
        saying.text(self.language)
    }

    pub fn time(&self, at: Wall) -> String {
        local(at, &self.zone)
    }

    /// A payout as an event names it.
    pub fn payout(&self, payout: &Payout) -> PayoutPart {
        let receiver = payout.instruction.receiver;
        PayoutPart {
            reference: payout.instruction.reference.to_string(),
            line: payout.line,
            receiver: receiver.masked(),
            amount: payout.instruction.amount.to_string(),
            status: payout.state.word().as_str(),
            may_have_been_paid: payout.state.may_have_been_paid().word(),
            first_sent_at: payout.first_sent.map(|at| self.time(at)),
            why: receiver.mask_in(&reasons::text(&payout.state.reason(), self.language)),
        }
    }
}

/// A batch as an event names it.
pub fn batch(batch: &Batch) -> BatchPart {
    BatchPart {
        id: batch.id.to_string(),
        file: batch.file.clone(),
        rows: batch.rows,
        amount: batch.amount.to_string(),
        counts: by_status(&batch.tally, Tally::count),
        amounts: by_status(&batch.tally, |tally, word| Amount::to_string(&tally.amount(word))),
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

/// What people gave as a name: with a space or dash between, digits are only digits.
const NAMES: [&str; 6] = ["reference", "file", "name", "errors_file", "alarm", "id"];

/// Account numbers in words of MonCash, of a person, in a file's name.
fn mask(value: &mut Value) {
    match value {
        Value::String(text) => *text = mask_accounts(text),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| match value {
            Value::String(text) if NAMES.contains(&name.as_str()) => *text = mask_account_runs(text),
            other => mask(other),
        }),
        _ => {}
    }
}
