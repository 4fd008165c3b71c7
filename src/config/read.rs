//! Every key of the file, with its default and its bounds.
//!
//! Must never: know a key that the documentation does not, or lack one that it has (a test compares).

use super::check::{self, MIN_GRACE_LIVE};
use super::columns::{names, reference};
use super::guards;
use super::metrics::{self, Metrics};
use super::reader::{Parse, Reader, boolean, number_text, text, whole};
use super::reload::Values;
use super::sections::{
    AfterNotFound, Approval, Balance, Columns, Dialect, Engine, Environment, Folders, Intake, Limits, Moncash,
    PaidAlready, Reconcile, Reports, Safety,
};
use super::times;
use super::units::{self, Rate};
use super::{Config, Problem};
use crate::payout::aside::ZeroRows;
use crate::payout::hours::PaymentHours;
use crate::payout::money::Amount;
use crate::words::Language;
use jiff::civil::Time;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeValue;

/// Most calls under way at once: each holds a socket and memory, and more were never faster.
const MOST_IN_FLIGHT: u32 = 1000;
/// Most attempts, questions or refusals a setting may ask for. More is a mistyped number.
const MOST_REPEATS: u32 = 1000;
/// Shortest wait of anything that repeats: below it a processor is kept busy for nothing.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
/// The simulator's client id unless another is set.
const SIMULATOR_CLIENT: &str = "client_id";
/// Longest client id in characters. MonCash's have 32.
const LONGEST_CLIENT_ID: usize = 200;

/// Reads and checks a whole text; relative paths count from `folder`.
pub fn read(source: &str, folder: &Path) -> Result<Config, Vec<Problem>> {
    let mut reader = Reader::new(source);
    if reader.is_broken() {
        return Err(reader.finish_broken());
    }
    let r = &mut reader;
    let environment = r.read("moncash", "environment", Environment::Sandbox, environment);
    let live = environment == Environment::Live;
    let mut config = Config {
        file: None,
        values: Values::default(),
        moncash: moncash(r, environment, folder),
        engine: engine(r),
        folders: folders(r, folder),
        intake: intake(r),
        columns: columns(r),
        safety: safety(r, live),
        balance: balance(r, live),
        limits: limits(r),
        guards: guards::guards(r, live),
        approval: approval(r, live),
        reports: reports(r),
        reconcile: Reconcile {
            daily: r.read("reconcile", "daily", None, time_or_off),
            monthly: r.read("reconcile", "monthly", None, time_or_off),
        },
        metrics: Metrics { listen: r.read("metrics", "listen", None, metrics::listen) },
        notify: super::notify::notify(r, folder),
    };
    check::check(&config, r);
    config.values = r.take_values();
    let problems = reader.finish();
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn moncash(r: &mut Reader<'_>, environment: Environment, folder: &Path) -> Moncash {
    let base_url = r.read_if_written("moncash", "base_url", base_url);
    let client_id = r.read_if_written("moncash", "client_id", client_id);
    if client_id.is_none() && environment != Environment::Simulator && !r.has("moncash", "client_id") {
        r.problem("moncash", "client_id", "is missing: write the client id of the prefunded account");
    }
    let request_timeout = r.read("moncash", "request_timeout", seconds(60), wait);
    Moncash {
        environment,
        base_url: base_url.or_else(|| environment.host().map(|host| format!("https://{host}/Api"))),
        client_id: client_id.unwrap_or_else(|| SIMULATOR_CLIENT.to_string()),
        client_secret_file: r.read_if_written("moncash", "client_secret_file", path).map(|p| folder.join(p)),
        // Where only the whole call was made short, connecting may take half of it.
        connect_timeout: r.read("moncash", "connect_timeout", seconds(10).min(request_timeout / 2), wait),
        request_timeout,
    }
}

fn engine(r: &mut Reader<'_>) -> Engine {
    Engine {
        transfers_per_second: r.read("engine", "transfers_per_second", Rate::per_second(5), rate),
        queries_per_second: r.read("engine", "queries_per_second", Rate::per_second(10), rate),
        max_in_flight: r.read("engine", "max_in_flight", 64, in_flight),
        drain: r.read("engine", "drain", seconds(90), duration),
        hours: payment_hours(r),
    }
}

fn payment_hours(r: &mut Reader<'_>) -> PaymentHours {
    let always = PaymentHours::default();
    let (from, until) = r.read("engine", "hours", (always.from, always.until), times::hours);
    PaymentHours {
        from,
        until,
        days: r.read("engine", "days", always.days, times::days),
        holidays: r.read("engine", "holidays", always.holidays, times::holidays),
    }
}

fn folders(r: &mut Reader<'_>, folder: &Path) -> Folders {
    Folders {
        batches: folder.join(r.read("folders", "batches", PathBuf::from("batches"), path)),
        state: folder.join(r.read("folders", "state", PathBuf::from("state"), path)),
    }
}

fn intake(r: &mut Reader<'_>) -> Intake {
    Intake {
        settle: r.read("intake", "settle", seconds(10), duration),
        rescan: r.read("intake", "rescan", seconds(10), wait),
        start_after: r.read("intake", "start_after", Duration::ZERO, duration),
        sheet: r.read_if_written("intake", "sheet", sheet_name),
        zero: r.read("intake", "zero", ZeroRows::Refuse, |v| match text(v)? {
            "refuse" => Ok(ZeroRows::Refuse),
            "leave_out" => Ok(ZeroRows::LeaveOut),
            _ => Err("must be \"refuse\" or \"leave_out\"".to_string()),
        }),
    }
}

fn columns(r: &mut Reader<'_>) -> Columns {
    Columns {
        reference: r.read_if_written("columns", "reference", reference),
        receiver: r.read_if_written("columns", "receiver", names),
        amount: r.read_if_written("columns", "amount", names),
        description: r.read_if_written("columns", "description", names),
        name: r.read_if_written("columns", "name", names),
        retry_of: r.read_if_written("columns", "retry_of", names),
    }
}

/// Characters of a sheet's name; Excel allows 31.
const LONGEST_SHEET_NAME: usize = 100;

fn sheet_name(value: &DeValue<'_>) -> Result<String, String> {
    let name = text(value)?.trim();
    if name.is_empty() || name.chars().count() > LONGEST_SHEET_NAME || name.chars().any(char::is_control) {
        return Err("must be a sheet's name as its tab has it".to_string());
    }
    Ok(name.to_string())
}

fn safety(r: &mut Reader<'_>, live: bool) -> Safety {
    const S: &str = "safety";
    Safety {
        check_first: r.read(S, "check_first", true, boolean),
        after_not_found: r.read_live(live, S, "after_not_found", AfterNotFound::Retry, after_not_found),
        grace: r.read(S, "grace", MIN_GRACE_LIVE, duration),
        not_found_answers: r.read(S, "not_found_answers", 3, repeats),
        ask_every: r.read(S, "ask_every", seconds(30), wait),
        ask_at_most_every: r.read(S, "ask_at_most_every", minutes(10), wait),
        ask_for: r.read(S, "ask_for", hours(24), wait),
        queued_for: r.read(S, "queued_for", hours(48), wait),
        attempts: r.read(S, "attempts", 3, repeats),
        equal_refusals: r.read(S, "equal_refusals", 10, repeats),
        also_declines: r.read(S, "also_declines", Vec::new(), messages),
        paid_already_within: r.read(S, "paid_already_within", Some(hours(20 * 24)), duration_or_off),
        paid_already: r.read(S, "paid_already", PaidAlready::Hold, paid_already),
        min_free: r.read(S, "min_free", 500_000_000, |v| units::size(text(v)?)),
    }
}

fn balance(r: &mut Reader<'_>, live: bool) -> Balance {
    Balance {
        floor: r.read("balance", "floor", Amount::ZERO, amount),
        fee_ppm: r.read_live(live, "balance", "fee_percent", 0, |v| units::percent_as_ppm(text(v)?).map(Some)),
        fee_fixed: r.read("balance", "fee_fixed", Amount::ZERO, amount),
        poll: r.read("balance", "poll", seconds(30), wait),
        balance_lag: r.read("balance", "balance_lag", seconds(10), duration),
    }
}

fn limits(r: &mut Reader<'_>) -> Limits {
    Limits {
        max_amount: r.read("limits", "max_amount", Amount::from_centimes(7_500_000), positive_amount),
        min_amount: r.read("limits", "min_amount", Amount::from_centimes(100), positive_amount),
        max_batch_amount: r.read("limits", "max_batch_amount", None, |v| match text(v)? {
            "" => Ok(None),
            _ => positive_amount(v).map(Some),
        }),
    }
}

fn approval(r: &mut Reader<'_>, live: bool) -> Approval {
    // "" stands for "not decided": the same as not written.
    let above: Parse<Option<Option<Amount>>> = |v| match text(v)? {
        "" => Ok(None),
        "none" => Ok(Some(None)),
        _ => amount(v).map(|above| Some(Some(above))).map_err(|what| format!("{what}; or \"none\"")),
    };
    Approval {
        above: r.read_live(live, "approval", "above", None, above),
        four_eyes: r.read("approval", "four_eyes", false, boolean),
    }
}

fn reports(r: &mut Reader<'_>) -> Reports {
    Reports {
        language: r.read("reports", "language", Language::English, |v| {
            let wrong = || "must be \"en\" (English), \"fr\" (français) or \"ht\" (kreyòl ayisyen)".to_string();
            Language::of_code(text(v)?).ok_or_else(wrong)
        }),
        dialect: r.read("reports", "dialect", Dialect::Plain, |v| match text(v)? {
            "plain" => Ok(Dialect::Plain),
            "as_received" => Ok(Dialect::AsReceived),
            _ => Err("must be \"plain\" or \"as_received\"".to_string()),
        }),
    }
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn minutes(n: u64) -> Duration {
    seconds(n * 60)
}

const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

fn environment(value: &DeValue<'_>) -> Result<Environment, String> {
    match text(value)? {
        "simulator" => Ok(Environment::Simulator),
        "sandbox" => Ok(Environment::Sandbox),
        "live" => Ok(Environment::Live),
        _ => Err("must be \"simulator\", \"sandbox\" or \"live\"".to_string()),
    }
}

fn after_not_found(value: &DeValue<'_>) -> Result<Option<AfterNotFound>, String> {
    match text(value)? {
        "retry" => Ok(Some(AfterNotFound::Retry)),
        "hold" => Ok(Some(AfterNotFound::Hold)),
        _ => Err("must be \"retry\" or \"hold\"".to_string()),
    }
}

fn paid_already(value: &DeValue<'_>) -> Result<PaidAlready, String> {
    match text(value)? {
        "hold" => Ok(PaidAlready::Hold),
        "warn" => Ok(PaidAlready::Warn),
        _ => Err("must be \"hold\" or \"warn\" (to switch the guard off: paid_already_within = \"\")".to_string()),
    }
}

/// Whole messages of refusals, as MonCash writes them.
fn messages(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let wanted = || "must be a list of messages in quotes, such as [\"Customer not found\"]".to_string();
    let DeValue::Array(items) = value else { return Err(wanted()) };
    items
        .iter()
        .map(|item| match item.get_ref() {
            DeValue::String(message) if !message.trim().is_empty() => Ok(message.trim().to_string()),
            _ => Err(wanted()),
        })
        .collect()
}

fn base_url(value: &DeValue<'_>) -> Result<String, String> {
    units::base_url(text(value)?).map(|(url, _)| url)
}

/// Printable ASCII without the colon that ends it in HTTP Basic.
fn client_id(value: &DeValue<'_>) -> Result<String, String> {
    let id = text(value)?;
    if id.is_empty() {
        return Err("is empty: write the client id of the prefunded account".to_string());
    }
    if id.len() > LONGEST_CLIENT_ID || !id.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        return Err("is not a client id: copy it from the business portal, without spaces".to_string());
    }
    Ok(id.to_string())
}

pub(super) fn path(value: &DeValue<'_>) -> Result<PathBuf, String> {
    match text(value)? {
        "" => Err("is empty: write a path, or take the line out".to_string()),
        path if path.contains('\0') => Err("holds a zero byte".to_string()),
        path if path.starts_with('~') => {
            Err("begins with ~, which only a shell understands: write the whole path".to_string())
        }
        path => Ok(PathBuf::from(path)),
    }
}

fn rate(value: &DeValue<'_>) -> Result<Rate, String> {
    Rate::parse(number_text(value)?)
}

fn in_flight(value: &DeValue<'_>) -> Result<usize, String> {
    let calls = between(whole(value)?, MOST_IN_FLIGHT)?;
    usize::try_from(calls).map_err(|_| "is too many".to_string())
}

fn repeats(value: &DeValue<'_>) -> Result<u32, String> {
    between(whole(value)?, MOST_REPEATS)
}

fn between(number: u32, most: u32) -> Result<u32, String> {
    if (1..=most).contains(&number) { Ok(number) } else { Err(format!("must be from 1 to {most}")) }
}

fn duration(value: &DeValue<'_>) -> Result<Duration, String> {
    units::duration(text(value)?)
}

/// A time that something repeats in or must end in: not zero.
pub(super) fn wait(value: &DeValue<'_>) -> Result<Duration, String> {
    let time = duration(value)?;
    if time < SHORTEST_WAIT {
        return Err(format!("must be at least {}", humantime::format_duration(SHORTEST_WAIT)));
    }
    Ok(time)
}

fn duration_or_off(value: &DeValue<'_>) -> Result<Option<Duration>, String> {
    match text(value)? {
        "" => Ok(None),
        _ => wait(value).map(Some).map_err(|what| format!("{what} (\"\" = off)")),
    }
}

/// `"05:30"`: hours and minutes of a day of 24 hours.
fn time_or_off(value: &DeValue<'_>) -> Result<Option<Time>, String> {
    let wrong = || "must be a time of day such as \"05:30\" (\"\" = off)".to_string();
    let text = text(value)?;
    if text.is_empty() {
        return Ok(None);
    }
    let parts = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
    let (hour, minute) = parts.ok_or_else(wrong)?;
    let number = |digits: &str| digits.parse::<i8>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
    let (hour, minute) = number(hour).zip(number(minute)).ok_or_else(wrong)?;
    Time::new(hour, minute, 0, 0).map(Some).map_err(|_| wrong())
}

fn amount(value: &DeValue<'_>) -> Result<Amount, String> {
    let text = match value {
        DeValue::Integer(_) | DeValue::Float(_) => {
            return Err("must be an amount in quotes, such as \"1250.00\"".to_string());
        }
        other => text(other)?,
    };
    let amount = Amount::parse(text).map_err(|e| e.to_string())?;
    if amount < Amount::ZERO { Err("must not be negative".to_string()) } else { Ok(amount) }
}

pub(super) fn positive_amount(value: &DeValue<'_>) -> Result<Amount, String> {
    let amount = amount(value)?;
    if amount.is_positive() { Ok(amount) } else { Err("must be more than 0.00".to_string()) }
}
