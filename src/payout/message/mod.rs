//! What payoutd itself says and keeps, as codes with their values: details of holds, why the ledger is
//! suspected, why a guard holds a batch, answers to orders. What people read is made from them in `words`, in
//! their language.
//!
//! Must never: change what a code means, or what its values are called: ledgers keep both.

mod answer;

pub use answer::{Answer, Lifted};

use super::state::BatchId;
use serde::{Deserialize, Serialize};

/// What is kept where payoutd, MonCash or a person may have spoken: a plain text, or an object with a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said<C> {
    /// As MonCash or a person said it. In older ledgers payoutd's own English sentences, too.
    Words(String),
    Coded {
        code: C,
    },
}

impl<C> Said<C> {
    pub fn code(code: C) -> Said<C> {
        Said::Coded { code }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Said::Words(words) if words.is_empty())
    }
}

impl<C> Default for Said<C> {
    fn default() -> Said<C> {
        Said::Words(String::new())
    }
}

impl<C> From<&str> for Said<C> {
    fn from(words: &str) -> Said<C> {
        Said::Words(words.to_string())
    }
}

impl<C> From<String> for Said<C> {
    fn from(words: String) -> Said<C> {
        Said::Words(words)
    }
}

/// What stands behind the reason of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    Repeats {
        reference: String,
    },
    Transaction {
        transaction: String,
    },
    /// One transaction pays one payout, and the ledger knows this one from another.
    TransactionKnown {
        transaction: String,
        payout: i64,
    },
    RefusedAndSuccessful,
    NoTransaction,
    /// Both masked.
    OtherReceiver {
        receiver: String,
        wanted: String,
    },
    NoReceiver,
    OtherAmount {
        centimes: i64,
        wanted_centimes: i64,
    },
    NoAmount,
    /// The body's own status, inside that of the answer.
    OtherStatus {
        status: String,
        http: u16,
    },
    ErrorBeside {
        error: String,
    },
}

/// Why a ledger may be older than its last send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    MarkMissing {
        event: i64,
    },
    MarkUnreadable,
    Restored,
    /// It ends before an event, or an opening, that was written once.
    EndsEarly {
        event: i64,
        opening: i64,
        written: i64,
        opened: i64,
    },
    BatchForgotten {
        batch: BatchId,
        last: BatchId,
    },
    OtherEvent {
        event: i64,
    },
    /// A file of a batch whose number this ledger never gave out; `last`: the last that it did.
    StrangeBatch {
        batch: BatchId,
        last: Option<BatchId>,
    },
    SummaryElsewhere {
        batch: BatchId,
        event: i64,
    },
    /// A person's `pause --distrust`.
    SaidBy {
        who: String,
        reason: String,
    },
    /// One that was found while another stood.
    Again {
        now: Box<Said<Suspicion>>,
        before: Box<Said<Suspicion>>,
    },
}

/// Which guard put a batch on hold. What it found stands in the batch's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardHold {
    PaidAlready,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes_are_told_apart_in_an_events_body_whatever_a_person_writes() {
        let code = Said::code(GuardHold::PaidAlready);
        assert_eq!(serde_json::to_string(&code).unwrap(), r#"{"code":"paid_already"}"#);
        for said in [code, "paid_already".into(), r#"{"code":"paid_already"}"#.into(), Said::default()] {
            let text = serde_json::to_string(&said).unwrap();
            assert_eq!(text.starts_with('{'), matches!(said, Said::Coded { .. }), "{text}");
            assert_eq!(serde_json::from_str::<Said<GuardHold>>(&text).unwrap(), said);
        }
    }

    #[test]
    fn a_code_that_is_not_known_is_never_taken_for_words() {
        assert!(serde_json::from_str::<Said<Detail>>(r#"{"code":"of_a_later_payoutd"}"#).is_err());
    }
}
