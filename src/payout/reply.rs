//! One call's raw outcome, as the client hands it back and the ledger keeps it as evidence.
//!
//! Must never: be interpreted here (that is `evidence.rs`), or hold a token or a secret.

use super::moment::BootMoment;
use std::time::Duration;

/// What came back from one call to MonCash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub outcome: Outcome,
    /// When the call was begun.
    pub asked: BootMoment,
    /// When its end was observed.
    pub ended: BootMoment,
    /// Which access token carried it: a number that grows with each new token. Zero when the call
    /// never got one.
    pub token: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The request's body was never polled: nothing can have reached MonCash. Says why.
    NeverLeft(String),
    /// The call left, or may have, and no whole answer came. Says why.
    Lost(String),
    /// A whole answer.
    Answered(Http),
}

/// A whole HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    pub status: u16,
    /// The body as text; bytes that are not UTF-8 are shown as U+FFFD.
    pub body: String,
    /// The body was longer than the cap and `body` is only its beginning.
    pub cut: bool,
    /// `Retry-After`, where it was given in seconds or as a date, as a wait from `ended`.
    pub retry_after: Option<Duration>,
}

impl Reply {
    pub fn http(&self) -> Option<&Http> {
        match &self.outcome {
            Outcome::Answered(http) => Some(http),
            Outcome::NeverLeft(_) | Outcome::Lost(_) => None,
        }
    }
}
