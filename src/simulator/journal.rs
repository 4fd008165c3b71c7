//! What was asked of the simulator, in the order of asking, and what became of it.
//!
//! Judges read it to see that nothing was sent twice without a "not found" in between. Must never:
//! hold a token or a secret, or claim an answer that was not put on the wire.

use super::answers::quoted;
use super::exchange::Call;
use std::fmt::Write;

/// What the answer that went out said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// No answer went out (yet).
    Nothing,
    Successful,
    NotFound,
    Refused,
    Unauthorized,
    Malformed,
    /// Something that a fault made: no truth in it.
    Fault,
}

impl Says {
    fn name(self) -> &'static str {
        match self {
            Says::Nothing => "nothing",
            Says::Successful => "successful",
            Says::NotFound => "not_found",
            Says::Refused => "refused",
            Says::Unauthorized => "unauthorized",
            Says::Malformed => "malformed",
            Says::Fault => "fault",
        }
    }
}

/// One call.
#[derive(Clone, Debug)]
pub struct Entry {
    pub call: Call,
    pub at_ms: u64,
    /// As they stood in the request; empty where they did not.
    pub reference: String,
    pub receiver: String,
    pub amount: String,
    /// The kind of the fault that struck.
    pub fault: Option<&'static str>,
    /// What went out, when, and under which HTTP status.
    pub says: Says,
    pub answered_at_ms: Option<u64>,
    pub http: Option<u16>,
    /// The debit that this call made.
    pub transaction_id: Option<String>,
    pub paid_at_ms: Option<u64>,
}

impl Entry {
    pub fn new(call: Call, at_ms: u64) -> Entry {
        Entry {
            call,
            at_ms,
            reference: String::new(),
            receiver: String::new(),
            amount: String::new(),
            fault: None,
            says: Says::Nothing,
            answered_at_ms: None,
            http: None,
            transaction_id: None,
            paid_at_ms: None,
        }
    }
}

#[derive(Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
}

impl Journal {
    /// Begins an entry and gives its number.
    pub fn open(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    pub fn entry(&mut self, number: usize) -> Option<&mut Entry> {
        self.entries.get_mut(number)
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How often each call was asked.
    pub fn count(&self, call: Call) -> usize {
        self.entries.iter().filter(|entry| entry.call == call).count()
    }

    /// The entries after number `after` (the first is 1) that `wanted` takes, as a JSON array.
    pub fn as_json(&self, after: usize, wanted: impl Fn(&Entry) -> bool) -> String {
        let mut out = String::from("[");
        for (number, entry) in self.entries.iter().enumerate().skip(after).filter(|(_, entry)| wanted(entry)) {
            if out.len() > 1 {
                out.push_str(",\n");
            }
            write_entry(&mut out, number + 1, entry);
        }
        out.push_str("]\n");
        out
    }
}

fn write_entry(out: &mut String, number: usize, entry: &Entry) {
    let text = |value: &Option<String>| value.as_deref().map_or("null".to_string(), quoted);
    let moment = |value: Option<u64>| value.map_or("null".to_string(), |ms| ms.to_string());
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        concat!(
            r#"{{"no":{},"call":"{}","at_ms":{},"reference":{},"receiver":{},"amount":{},"fault":{},"#,
            r#""says":"{}","http":{},"answered_at_ms":{},"transaction_id":{},"paid_at_ms":{}}}"#
        ),
        number,
        entry.call.name(),
        entry.at_ms,
        quoted(&entry.reference),
        quoted(&entry.receiver),
        quoted(&entry.amount),
        entry.fault.map_or("null".to_string(), quoted),
        entry.says.name(),
        entry.http.map_or("null".to_string(), |status| status.to_string()),
        moment(entry.answered_at_ms),
        text(&entry.transaction_id),
        moment(entry.paid_at_ms),
    );
}
