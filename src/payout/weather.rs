//! Whether MonCash is well enough to be sent to: throttle, breaker, refused account, equal
//! refusals, a blind status call.
//!
//! Must never: let one wrong setting decline a payroll, or lost answers pile up.

use super::evidence::{BalanceAnswer, Refusal, StatusAnswer, TransferAnswer};
use super::moment::BootMoment;
use std::time::Duration;

/// So many unknown outcomes of Transfert in a row stop the sending until a harmless question is
/// answered. Enough that a single dropped connection stops nothing; few enough that a dead
/// gateway costs five doubts and not a payroll.
pub const UNKNOWNS_IN_A_ROW: u32 = 5;
/// So many unreadable answers of the status call in a row: doubts could not be settled, so none
/// are added.
pub const BLIND_AFTER: u32 = 5;
/// Wait after a 429 that does not say how long.
pub const THROTTLE: Duration = Duration::from_secs(10);
/// Longest wait that a Retry-After can impose.
pub const LONGEST_THROTTLE: Duration = Duration::from_secs(3600);
/// First wait between harmless questions while the breaker is open; doubles up to the next.
pub const FIRST_PROBE: Duration = Duration::from_secs(2);
pub const LONGEST_PROBE: Duration = Duration::from_secs(60);

/// How fit MonCash is for a Transfert now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fitness {
    Clear,
    /// One call at a time until one is answered.
    Careful,
    Throttled {
        until: BootMoment,
    },
    /// Too many lost answers: a harmless question comes first.
    Storm,
    /// The status call cannot be read.
    StatusBlind,
    /// Our account was refused; a person must look.
    AccountRefused {
        words: String,
    },
    /// The same refusal again and again; a person must look.
    EqualRefusals {
        words: String,
    },
}

#[derive(Clone, Debug, Default)]
pub struct Weather {
    throttled_until: Option<BootMoment>,
    unknowns: u32,
    storm: bool,
    careful: bool,
    probes: u32,
    last_probe: Option<BootMoment>,
    blind: u32,
    refusals: u32,
    refusal_words: String,
    /// Persisted; lifted by `payoutd resume`.
    account_refused: Option<String>,
    /// Persisted; lifted by `payoutd resume`.
    equal_refusals: Option<String>,
}

impl Weather {
    /// With what the ledger remembers from before.
    pub fn new(account_refused: Option<String>, equal_refusals: Option<String>) -> Weather {
        Weather { account_refused, equal_refusals, ..Weather::default() }
    }

    pub fn account_refused(&self) -> Option<&str> {
        self.account_refused.as_deref()
    }

    pub fn equal_refusals(&self) -> Option<&str> {
        self.equal_refusals.as_deref()
    }

    pub fn fitness(&self, now: BootMoment) -> Fitness {
        if let Some(words) = &self.account_refused {
            return Fitness::AccountRefused { words: words.clone() };
        }
        if let Some(words) = &self.equal_refusals {
            return Fitness::EqualRefusals { words: words.clone() };
        }
        if let Some(until) = self.throttled_until
            && now.boot == until.boot
            && now.ms < until.ms
        {
            return Fitness::Throttled { until };
        }
        if self.storm {
            return Fitness::Storm;
        }
        if self.blind >= BLIND_AFTER {
            return Fitness::StatusBlind;
        }
        if self.careful {
            return Fitness::Careful;
        }
        Fitness::Clear
    }

    /// Until when queries wait as well, after a 429.
    pub fn throttled(&self, now: BootMoment) -> Option<BootMoment> {
        self.throttled_until.filter(|until| now.boot == until.boot && now.ms < until.ms)
    }

    /// When the next harmless question is due while the breaker is open.
    pub fn probe_due(&self) -> Option<BootMoment> {
        let last = self.last_probe?;
        let wait = FIRST_PROBE.saturating_mul(1 << self.probes.min(6)).min(LONGEST_PROBE);
        Some(last.plus(wait))
    }

    /// A harmless question goes out.
    pub fn probing(&mut self, now: BootMoment) {
        self.probes = if self.last_probe.is_none() { 0 } else { self.probes + 1 };
        self.last_probe = Some(now);
    }

    /// A person said that the trouble is over.
    pub fn resume(&mut self) {
        // What MonCash asked for (Retry-After) stands whatever a person says.
        *self = Weather { careful: true, throttled_until: self.throttled_until, ..Weather::default() };
    }

    pub fn hear_transfer(
        &mut self,
        answer: &TransferAnswer,
        retry_after: Option<Duration>,
        now: BootMoment,
        equal_refusals_allowed: u32,
    ) {
        match answer {
            TransferAnswer::Paid { .. } => {
                self.unknowns = 0;
                self.careful = false;
                self.refusals = 0;
            }
            TransferAnswer::PaidOther { .. } => self.refuse_equally("paid, but not as asked", equal_refusals_allowed),
            TransferAnswer::Refused { kind, words } => match kind {
                Refusal::TooMany => self.throttle(retry_after, now),
                Refusal::Token => self.unknown(),
                Refusal::Account => {
                    self.refuse_account(words);
                    self.refuse_equally(words, equal_refusals_allowed);
                }
                Refusal::Decline | Refusal::Payee | Refusal::Shortage | Refusal::Unclear => {
                    self.unknowns = 0;
                    self.careful = false;
                    self.refuse_equally(words, equal_refusals_allowed);
                }
            },
            TransferAnswer::NeverLeft { .. } | TransferAnswer::Unknown { .. } => {
                if let Some(wait) = retry_after {
                    self.throttle(Some(wait), now);
                }
                self.unknown();
            }
        }
    }

    pub fn hear_status(&mut self, answer: &StatusAnswer, retry_after: Option<Duration>, now: BootMoment) {
        match answer {
            StatusAnswer::Successful | StatusAnswer::NotFound | StatusAnswer::RefusalRepeated { .. } => {
                self.blind = 0;
                self.clear_up();
            }
            StatusAnswer::Account { words } => self.refuse_account(words),
            StatusAnswer::TooMany => self.throttle(retry_after, now),
            StatusAnswer::Token | StatusAnswer::Unknown { .. } => self.blind = self.blind.saturating_add(1),
        }
    }

    pub fn hear_balance(&mut self, answer: &BalanceAnswer, retry_after: Option<Duration>, now: BootMoment) {
        match answer {
            BalanceAnswer::Reading(_) => self.clear_up(),
            BalanceAnswer::Account { words } => self.refuse_account(words),
            BalanceAnswer::TooMany => self.throttle(retry_after, now),
            BalanceAnswer::Token | BalanceAnswer::Unknown { .. } => {}
        }
    }

    /// The token call said that our credentials are wrong.
    pub fn hear_token_refused(&mut self, words: &str) {
        self.refuse_account(words);
    }

    fn unknown(&mut self) {
        self.unknowns = self.unknowns.saturating_add(1);
        if self.unknowns >= UNKNOWNS_IN_A_ROW || self.careful {
            self.storm = true;
        }
    }

    /// A harmless question was answered: the storm is over, but the next sends go one by one.
    fn clear_up(&mut self) {
        if self.storm {
            self.storm = false;
            self.careful = true;
            self.unknowns = 0;
        }
        self.probes = 0;
        self.last_probe = None;
    }

    fn throttle(&mut self, retry_after: Option<Duration>, now: BootMoment) {
        let until = now.plus(retry_after.unwrap_or(THROTTLE).min(LONGEST_THROTTLE));
        let longer = self.throttled_until.is_none_or(|old| old.boot != until.boot || old.ms < until.ms);
        if longer {
            self.throttled_until = Some(until);
        }
    }

    fn refuse_account(&mut self, words: &str) {
        self.account_refused.get_or_insert_with(|| words.to_string());
    }

    fn refuse_equally(&mut self, words: &str, allowed: u32) {
        if self.refusal_words != words {
            self.refusal_words = words.to_string();
            self.refusals = 0;
        }
        self.refusals = self.refusals.saturating_add(1);
        if self.refusals >= allowed.max(1) {
            self.equal_refusals.get_or_insert_with(|| words.to_string());
        }
    }
}

#[cfg(test)]
mod tests;
