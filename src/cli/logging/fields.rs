//! What an event tells: its message and its facts, masked and made harmless.
//!
//! Must never: let through a whole account number, or anything that breaks a line or moves a cursor.

use crate::payout::instruction::{mask_account_runs, mask_accounts};
use std::fmt::{self, Write};
use tracing::Event;
use tracing::field::{Field, Visit};

/// What became of a payout: in a line of text the message says it already.
const OUTCOME: &str = "outcome";
/// Names of payouts and of MonCash's transactions.
const NAMES: [&str; 2] = ["reference", "transaction"];

/// An event's message and its other fields, in order.
#[derive(Default)]
pub(super) struct Fields {
    message: String,
    others: Vec<(&'static str, serde_json::Value)>,
}

impl Fields {
    fn take(&mut self, field: &Field, value: serde_json::Value) {
        match (field.name(), value) {
            ("message", serde_json::Value::String(text)) => self.message = text,
            (name, value) => self.others.push((name, value)),
        }
    }

    /// What an event tells, no whole account number in it, wherever that came from: MonCash's words, a
    /// person's reason, a field that was logged as a number.
    pub(super) fn of(event: &Event<'_>) -> Fields {
        let mut fields = Fields::default();
        event.record(&mut fields);
        fields.message = mask_accounts(&fields.message);
        for (name, value) in &mut fields.others {
            match value {
                // Names that people gave, which journalctl looks for: no more is masked than must be.
                serde_json::Value::String(text) if NAMES.contains(name) => *text = mask_account_runs(text),
                serde_json::Value::String(text) => *text = mask_accounts(text),
                serde_json::Value::Number(number) => {
                    let text = number.to_string();
                    let masked = mask_account_runs(&text);
                    if masked != text {
                        *value = masked.into();
                    }
                }
                _ => {}
            }
        }
        fields
    }

    /// Name and value of each fact, as texts without anything that could move a cursor.
    pub(super) fn facts(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.others.iter().map(|(name, value)| {
            let text = match value {
                serde_json::Value::String(text) => printable(text),
                other => other.to_string(),
            };
            (*name, text)
        })
    }

    /// The message and its facts, as a line of text has them.
    pub(super) fn in_words(&self) -> String {
        let mut line = String::new();
        escape_into(&mut line, &self.message);
        for (name, value) in self.others.iter().filter(|(name, _)| *name != OUTCOME) {
            let _ = write!(line, " {name}=");
            match value {
                serde_json::Value::String(text) if is_plain(text) => line.push_str(text),
                serde_json::Value::String(text) => {
                    line.push('"');
                    escape_into(&mut line, &text.replace('\\', "\\\\").replace('"', "\\\""));
                    line.push('"');
                }
                other => {
                    let _ = write!(line, "{other}");
                }
            }
        }
        line
    }

    pub(super) fn as_json(&self, time: &str, level: &str, target: &str) -> String {
        let mut object = serde_json::Map::new();
        for (name, value) in &self.others {
            object.insert((*name).to_string(), value.clone());
        }
        for (name, value) in [("time", time), ("level", level), ("target", target), ("message", &self.message)] {
            object.insert(name.to_string(), value.into());
        }
        // JSON escapes line ends itself, but leaves DEL, C1 and bidirectional marks as they are;
        // outside of strings it has none of these.
        let mut line = String::new();
        for c in serde_json::Value::Object(object).to_string().chars() {
            if is_unprintable(c) {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| {
                    let _ = write!(line, "\\u{unit:04x}");
                });
            } else {
                line.push(c);
            }
        }
        line.push('\n');
        line
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        self.take(field, text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}").into());
    }
}

/// Whether a text needs no quotes in a line of text.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._:/-+•%,@#".contains(c))
}

/// Control characters, and the marks that turn the direction of what follows or break a line.
pub(super) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A text in which nothing breaks a line or moves a cursor.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    escape_into(&mut shown, text);
    shown
}

fn escape_into(line: &mut String, text: &str) {
    for c in text.chars() {
        if is_unprintable(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
}
