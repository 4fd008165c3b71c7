//! The shapes of MonCash's bodies, and what is common to reading them: the exact text of numbers, a
//! body's own status, the words of a failure.
//!
//! Must never: read anything but one JSON object, or a number through a float.

use crate::payout::reply::Http;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Longest part of an answer that goes into a sentence.
pub(super) const LONGEST_WORDS: usize = 200;

#[derive(Deserialize)]
pub(super) struct TransferBody<'a> {
    #[serde(borrow, default)]
    pub(super) transfer: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) status: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct TransferPart<'a> {
    #[serde(borrow, default)]
    pub(super) transaction_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) receiver: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FailureBody<'a> {
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(borrow, default)]
    pub(super) status: Option<&'a RawValue>,
    /// A failure that carries a success beside it is none.
    #[serde(borrow, default)]
    pub(super) transfer: Option<&'a RawValue>,
    #[serde(rename = "transStatus", borrow, default)]
    pub(super) trans_status: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct StatusBody<'a> {
    #[serde(rename = "transStatus", default)]
    pub(super) trans_status: Option<String>,
    /// Not part of this call's answer: a body that has it contradicts itself.
    #[serde(borrow, default)]
    pub(super) transfer: Option<&'a RawValue>,
    /// One that is there and null is a path that is not this call's, and none left out.
    #[serde(default, deserialize_with = "there")]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(borrow, default)]
    pub(super) status: Option<&'a RawValue>,
}

fn there<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::deserialize(value)?.unwrap_or_default()))
}

#[derive(Deserialize)]
pub(super) struct BalanceBody<'a> {
    #[serde(borrow)]
    pub(super) balance: &'a RawValue,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) status: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(super) struct BalancePart<'a> {
    #[serde(borrow)]
    pub(super) balance: &'a RawValue,
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// Reads a JSON object. An array is refused although serde would take its values one by one for the
/// fields: `["successful"]` is not MonCash's JSON.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    let begins = text.trim_start_matches([' ', '\t', '\r', '\n']);
    begins.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

/// Whether `value` says something: neither missing, null nor the empty text.
pub(super) fn says_something(value: Option<&RawValue>) -> bool {
    value.is_some_and(|value| !matches!(value.get(), "null" | "\"\""))
}

/// The text of a JSON string or number, exactly as printed. Neither: nothing.
pub(super) fn plain(value: &RawValue) -> Option<String> {
    let text = value.get();
    if text.starts_with('"') {
        return serde_json::from_str::<String>(text).ok();
    }
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-').then(|| text.to_string())
}

/// A body's own `status`, where there is one, must be the HTTP status.
pub(super) fn agrees(body_status: Option<&RawValue>, http: &Http) -> bool {
    body_status.is_none_or(|value| plain(value).is_some_and(|text| text == http.status.to_string()))
}

pub(super) fn shorten(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    if clean.chars().count() <= LONGEST_WORDS {
        return clean.to_string();
    }
    let mut short: String = clean.chars().take(LONGEST_WORDS).collect();
    short.push('…');
    short
}

pub(super) fn unreadable(http: &Http) -> String {
    format!("HTTP {} with a body that payoutd cannot read as MonCash's", http.status)
}

/// The failure that a body tells, where it is well-formed and true to its HTTP status.
pub(super) struct Failure {
    pub(super) path: String,
    pub(super) words: String,
}

pub(super) fn failure(http: &Http) -> Option<Failure> {
    if http.cut {
        return None;
    }
    let body: FailureBody = object(&http.body)?;
    if !agrees(body.status, http) || body.transfer.is_some() || body.trans_status.is_some() {
        return None;
    }
    let words = body.message.filter(|m| !m.trim().is_empty()).or(body.error)?;
    Some(Failure { path: body.path.unwrap_or_default(), words: shorten(&words) })
}

pub(super) fn speaks_of(words: &str, list: &[&str]) -> bool {
    let words = words.to_lowercase();
    list.iter().any(|part| words.contains(part))
}
