//! What the gateway saw and did, in order. The judge reads nothing else but files.
//!
//! Must never: be written by anything but the gateway.

use std::collections::BTreeMap;
use std::time::Duration;

/// Since the gateway began.
pub type At = Duration;

#[derive(Clone, Debug)]
pub struct Entry {
    pub at: At,
    pub what: What,
}

// A person reads some of these, through Debug, in the story of a reference.
#[allow(dead_code)]
#[derive(Clone, Debug)]
pub enum What {
    /// A whole Transfert was read.
    Transfer {
        call: u64,
        reference: String,
        receiver: String,
        cents: i64,
        fault: &'static str,
    },
    /// Money moved.
    Debit {
        call: u64,
        reference: String,
        balance: i64,
    },
    /// Its answer begins to be written, or its connection ended.
    TransferEnd {
        call: u64,
        reference: String,
        how: &'static str,
    },
    /// A whole status question was read.
    Question {
        call: u64,
        reference: String,
    },
    /// What was said; written whole or not.
    Said {
        call: u64,
        reference: String,
        said: &'static str,
        whole: bool,
    },
    Balance,
    Token,
    /// The driver's SIGKILL, at this moment.
    Kill {
        moment: String,
    },
}

/// The log, and what it counts.
#[derive(Default)]
pub struct Log {
    pub entries: Vec<Entry>,
    pub faults: BTreeMap<&'static str, u64>,
}

impl Log {
    pub fn push(&mut self, at: At, what: What) {
        self.entries.push(Entry { at, what });
    }

    pub fn count(&self, is: impl Fn(&What) -> bool) -> usize {
        self.entries.iter().filter(|entry| is(&entry.what)).count()
    }

    /// Everything about one reference, for a person who looks for the reason.
    pub fn story(&self, of: &str) -> String {
        let mut lines = Vec::new();
        for (no, entry) in self.entries.iter().enumerate() {
            let about = match &entry.what {
                What::Transfer { reference, .. }
                | What::Debit { reference, .. }
                | What::TransferEnd { reference, .. }
                | What::Question { reference, .. }
                | What::Said { reference, .. } => reference == of,
                What::Kill { .. } => true,
                What::Balance | What::Token => false,
            };
            if about {
                lines.push(format!("    {no:5} {:8.3} s {:?}", entry.at.as_secs_f64(), entry.what));
            }
        }
        lines.join("\n")
    }
}
