//! `[notify]`: who is told of what happens, and by which way.
//!
//! Must never: show an address (it may hold a secret), or take one that would travel unencrypted.

use super::reader::{Reader, text};
use super::units;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeValue;

/// What may be told, by the word that stands in the JSON.
pub const EVENTS: [&str; 11] = [
    "batch_admitted",
    "file_rejected",
    "batch_waits",
    "batch_complete",
    "payouts_held",
    "in_doubt_too_long",
    "balance_low",
    "account_refused",
    "sending_stopped",
    "ledger_suspect",
    "reconciliation_alarm",
];
/// The header that carries the secret unless another is named.
const HEADER: &str = "Authorization";
/// Longest time for one delivery: whoever is slower does not take notifications, it works.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Most words of a command.
const MOST_WORDS: usize = 64;
/// Longest name of a header.
const LONGEST_HEADER: usize = 64;

/// `[notify]`: who is told of what happens.
#[derive(Clone, Debug)]
pub struct Notify {
    /// `None`: nobody is told.
    pub way: Option<Way>,
    /// What is told of: words of [`EVENTS`].
    pub events: BTreeSet<&'static str>,
    /// For one delivery as a whole.
    pub timeout: Duration,
    /// An event that could not be delivered for so long is given up.
    pub retry_for: Duration,
    /// A payout in doubt for so long is told of.
    pub in_doubt_after: Duration,
}

/// How an event is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A program and its arguments, run without a shell; the event is its standard input.
    Command(Vec<String>),
    Webhook(Webhook),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    pub address: Address,
    /// The header that the secret goes into.
    pub header: String,
    pub secret_file: Option<PathBuf>,
}

/// Where a webhook is. Some hold a secret in their path.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    Written(String),
    /// Alone on one line of a private file.
    InFile(PathBuf),
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Written(_) => f.write_str("Written(hidden)"),
            Address::InFile(path) => write!(f, "InFile({})", path.display()),
        }
    }
}

impl Default for Notify {
    fn default() -> Notify {
        Notify {
            way: None,
            events: EVENTS.into_iter().collect(),
            timeout: Duration::from_secs(10),
            retry_for: Duration::from_secs(24 * 3600),
            in_doubt_after: Duration::from_secs(2 * 3600),
        }
    }
}

pub(super) fn notify(r: &mut Reader<'_>, folder: &Path) -> Notify {
    let usual = Notify::default();
    let command = r.read_if_written("notify", "command", command);
    let webhook = r.read_if_written("notify", "webhook", address);
    let webhook_file = r.read_if_written("notify", "webhook_file", super::read::path);
    let header = r.read_if_written("notify", "webhook_header", header);
    let secret_file = r.read_if_written("notify", "webhook_secret_file", super::read::path).map(|p| folder.join(p));
    let address = match (webhook, webhook_file) {
        (Some(_), Some(_)) => {
            r.problem("notify", "webhook_file", "stands beside webhook: keep one of the two");
            None
        }
        (Some(written), None) => Some(Address::Written(written)),
        (None, file) => file.map(|file| Address::InFile(folder.join(file))),
    };
    if command.is_some() && address.is_some() {
        r.problem("notify", "command", "stands beside a webhook: keep one of the two (a command may call others)");
    }
    if address.is_none() && (header.is_some() || secret_file.is_some()) {
        r.problem("notify", "webhook", "is missing: a header or secret is there for it");
    }
    if header.is_some() && secret_file.is_none() {
        r.problem("notify", "webhook_header", "is for webhook_secret_file, which is missing");
    }
    let webhook = |address| Webhook { address, header: header.unwrap_or_else(|| HEADER.to_string()), secret_file };
    Notify {
        way: command.map(Way::Command).or_else(|| address.map(webhook).map(Way::Webhook)),
        events: r.read("notify", "events", usual.events, events),
        timeout: r.read("notify", "timeout", usual.timeout, timeout),
        retry_for: r.read("notify", "retry_for", usual.retry_for, super::read::wait),
        in_doubt_after: r.read("notify", "in_doubt_after", usual.in_doubt_after, super::read::wait),
    }
}

fn command(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let wanted = || {
        "must be a list: the program's whole path and its arguments, such as [\"/usr/local/bin/tell\", \"ops\"]; no \
         shell takes it apart"
            .to_string()
    };
    let words = words(value).ok_or_else(wanted)?;
    match words.first() {
        Some(program) if program.starts_with('/') && words.len() <= MOST_WORDS => Ok(words),
        _ => Err(wanted()),
    }
}

fn words(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(items) = value else { return None };
    let word = |item: &DeValue<'_>| match item {
        DeValue::String(word) if !word.contains('\0') => Some(word.to_string()),
        _ => None,
    };
    items.iter().map(|item| word(item.get_ref())).collect()
}

fn events(value: &DeValue<'_>) -> Result<BTreeSet<&'static str>, String> {
    let wanted = || format!("must be a list of some of \"{}\"", EVENTS.join("\", \""));
    let words = words(value).ok_or_else(wanted)?;
    let known = |word: &String| EVENTS.into_iter().find(|known| known == word).ok_or_else(wanted);
    words.iter().map(known).collect()
}

fn address(value: &DeValue<'_>) -> Result<String, String> {
    check_address(text(value)?)
}

/// `https` anywhere, `http` to this machine only. Never repeats the address.
///
/// # Errors
/// What is wrong with it.
pub fn check_address(text: &str) -> Result<String, String> {
    let url =
        reqwest::Url::parse(text.trim()).map_err(|e| format!("is not an address such as \"https://host/…\" ({e})"))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a name or password: see webhook_secret_file".to_string());
    }
    match url.scheme() {
        "https" => Ok(url.to_string()),
        "http" if units::is_loopback(host) => Ok(url.to_string()),
        "http" => {
            Err("is http to another machine: use https (http is for this machine's own address only)".to_string())
        }
        _ => Err("must begin with https://".to_string()),
    }
}

fn header(value: &DeValue<'_>) -> Result<String, String> {
    let name = text(value)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if name.is_empty() || name.len() > LONGEST_HEADER || !name.bytes().all(plain) {
        return Err("must be a header's name such as \"Authorization\" or \"X-Api-Key\"".to_string());
    }
    Ok(name.to_string())
}

fn timeout(value: &DeValue<'_>) -> Result<Duration, String> {
    let time = super::read::wait(value)?;
    if time > LONGEST_TIMEOUT {
        return Err(format!("must be at most {}", humantime::format_duration(LONGEST_TIMEOUT)));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(lines: &str) -> Result<Notify, String> {
        let text = format!("[moncash]\nclient_id = \"me\"\n[notify]\n{lines}\n");
        Config::from_text(&text, Path::new("/etc/payoutd/payoutd.toml")).map(|c| c.notify).map_err(|e| e.to_string())
    }

    #[test]
    fn one_way_is_read_and_two_are_refused() {
        let none = read("").unwrap();
        assert_eq!((none.way, none.events.len()), (None, EVENTS.len()));
        let command = read("command = [\"/bin/tell\", \"a b\"]\nevents = [\"balance_low\"]").unwrap();
        assert_eq!(command.way, Some(Way::Command(vec!["/bin/tell".to_string(), "a b".to_string()])));
        assert_eq!(command.events, BTreeSet::from(["balance_low"]));
        let hook = read("webhook_file = \"hook\"\nwebhook_secret_file = \"/s\"\nwebhook_header = \"X-Key\"").unwrap();
        let Some(Way::Webhook(hook)) = hook.way else { panic!("no webhook") };
        assert_eq!(hook.address, Address::InFile(PathBuf::from("/etc/payoutd/hook")));
        assert_eq!((hook.header.as_str(), hook.secret_file.as_deref()), ("X-Key", Some(Path::new("/s"))));
        for (lines, part) in [
            ("command = [\"/bin/tell\"]\nwebhook = \"https://h/x\"", "stands beside a webhook"),
            ("webhook = \"https://h/x\"\nwebhook_file = \"f\"", "keep one of the two"),
            ("webhook_secret_file = \"f\"", "[notify] webhook"),
            ("webhook = \"https://h/x\"\nwebhook_header = \"X-Key\"", "webhook_secret_file, which is missing"),
            ("command = \"/bin/tell\"", "must be a list"),
            ("command = [\"tell\"]", "whole path"),
            ("command = []", "whole path"),
            ("events = [\"everything\"]", "balance_low"),
            ("timeout = \"1h\"", "at most 2m"),
            ("webhook_header = \"X Key\"", "a header's name"),
        ] {
            let refused = read(lines).expect_err(lines);
            assert!(refused.contains(part), "{lines}: {refused}");
        }
    }

    #[test]
    fn an_address_is_https_or_this_machine_and_never_shown() {
        for good in
            ["https://hooks.example/T0/SECRET?x=1", "http://127.0.0.1:9/x", "http://[::1]/", "http://localhost:1/"]
        {
            let hook = read(&format!("webhook = \"{good}\"")).unwrap();
            assert!(!format!("{hook:?}").contains("SECRET"));
        }
        for bad in [
            "http://hooks.example/SECRET",
            "ftp://127.0.0.1/SECRET",
            "https://me:SECRET@h/",
            "SECRET",
            "http://10.0.0.1/SECRET",
        ] {
            let refused = read(&format!("webhook = \"{bad}\"")).expect_err(bad);
            assert!(refused.contains("[notify] webhook") && !refused.contains("SECRET"), "{refused}");
        }
    }
}
