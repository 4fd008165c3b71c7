//! The sentences of what the loop does, and of what keeps it from sending (`payout/activity.rs` has the kinds).
//!
//! Must never: decide anything.

use super::cell::local;
use crate::payout::activity::{Blocked, Doing, Early, Found};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::words::{Saying, said, say};
use jiff::tz::TimeZone;
use std::fmt;

/// How the sentence around it goes.
enum Frame {
    Stopped,
    Waiting,
    Money,
    None,
}

impl Blocked {
    fn what(&self) -> (Frame, Saying) {
        match self {
            Blocked::Suspect { why } => (Frame::Stopped, say!("blocked-suspect", why = said(why))),
            Blocked::Paused { who, reason } => (Frame::None, say!("blocked-paused", who = who, reason = reason)),
            Blocked::DiskLow => (Frame::Stopped, say!("blocked-disk")),
            Blocked::AccountRefused { words } => (Frame::Stopped, say!("blocked-account-refused", words = words)),
            Blocked::EqualRefusals { words } => (Frame::Stopped, say!("blocked-equal-refusals", words = words)),
            Blocked::Storm => (Frame::Waiting, say!("blocked-storm")),
            Blocked::StatusBlind => (Frame::Waiting, say!("blocked-status-blind")),
            Blocked::Throttled => (Frame::Waiting, say!("blocked-throttled")),
            Blocked::Hours { opens } => {
                (Frame::Waiting, say!("blocked-hours", at = local(Wall(*opens), &TimeZone::system())))
            }
            Blocked::BalanceSilent => (Frame::Waiting, say!("blocked-balance-silent")),
            Blocked::BalanceUnknown => (Frame::Waiting, say!("blocked-balance-unknown")),
            Blocked::BalanceLags => (Frame::None, say!("blocked-balance-lags")),
            Blocked::Shortage { centimes, rows } => {
                let htg = Amount::from_centimes(*centimes).grouped();
                (Frame::Money, say!("blocked-shortage", htg = htg, rows = *rows))
            }
        }
    }

    /// The whole sentence.
    pub fn saying(&self) -> Saying {
        match self.what() {
            (Frame::Stopped, what) => say!("blocked-stopped", what = what),
            (Frame::Waiting, what) => say!("blocked-waiting", what = what),
            (Frame::Money, what) => say!("blocked-money", what = what),
            (Frame::None, what) => what,
        }
    }

    /// As a sentence of its own: somebody may have to top up or make room.
    pub fn first_line(&self) -> Saying {
        match self.what() {
            (Frame::Stopped, what) => say!("blocked-stopped-first", what = what),
            (Frame::Money, what) => say!("blocked-money-first", what = what),
            (Frame::Waiting | Frame::None, what) => say!("blocked-waiting-first", what = what),
        }
    }

    /// Of one batch, behind its state's word, which says already that it waits.
    pub fn of_a_batch(&self) -> Saying {
        match self.what() {
            (Frame::Stopped, what) => say!("blocked-stopped", what = what),
            (Frame::Waiting | Frame::Money | Frame::None, what) => what,
        }
    }
}

impl Doing {
    pub fn saying(&self) -> Saying {
        match self {
            Doing::Nothing => say!("doing-nothing"),
            Doing::Stopping => say!("doing-stopping"),
            Doing::Stopped => say!("doing-stopped"),
            Doing::Blocked(blocked) => blocked.saying(),
            Doing::Paying { rows } => say!("doing-paying", rows = *rows),
            Doing::Asking { payouts } => say!("doing-asking", payouts = *payouts),
            Doing::NotRunning(None) => say!("doing-not-running"),
            Doing::NotRunning(Some(blocked)) => say!("doing-not-running-and", blocked = blocked.saying()),
            Doing::NoLedger => say!("doing-no-ledger"),
        }
    }

    /// What the payments wait for, as a sentence of its own.
    pub fn first_line(&self) -> Saying {
        match self {
            Doing::Blocked(blocked) => blocked.first_line(),
            other => say!("blocked-waiting-first", what = other.saying()),
        }
    }
}

impl Found {
    pub fn saying(&self) -> Saying {
        let htg = Amount::from_centimes(self.paid_centimes).grouped();
        say!("suspect-found", paid = self.paid, htg = htg, unknown = self.not_found, open = self.open)
    }
}

/// Behind "stopped early:".
impl fmt::Display for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Early::Unanswered => f.write_str("MonCash does not answer, or not in its own words"),
            Early::Unclear => f.write_str(
                "MonCash does not answer, or gives no certain answer, about references that are asked about before they are paid",
            ),
            Early::Stopped { by: Blocked::Suspect { why }, found } => {
                let found = found.map(|found| format!("; {}", found.saying())).unwrap_or_default();
                write!(
                    f,
                    "the ledger may be older than its last send ({why}){found}; 'payoutd resume' when you have looked"
                )
            }
            Early::Stopped { by: Blocked::Paused { .. }, .. } => {
                f.write_str("payoutd is paused: 'payoutd resume' goes on")
            }
            Early::Stopped { by: Blocked::DiskLow, .. } => f.write_str("too little free disk space: make room"),
            Early::Stopped { by: Blocked::AccountRefused { words }, .. } => write!(
                f,
                "MonCash refuses the account ({words}): correct client id or secret, start payoutd again, then 'payoutd resume'"
            ),
            Early::Stopped { by: Blocked::EqualRefusals { words }, .. } => write!(
                f,
                "MonCash refused many payouts in a row with the same words ({words}): find out why, then 'payoutd resume'"
            ),
            Early::Stopped { by: Blocked::Shortage { centimes, rows }, .. } => {
                let htg = Amount::from_centimes(*centimes).grouped();
                write!(f, "the balance is too low: HTG {htg} are missing to pay the remaining {rows} rows")
            }
            Early::Stopped {
                by:
                    by @ (Blocked::Storm
                    | Blocked::StatusBlind
                    | Blocked::Throttled
                    | Blocked::Hours { .. }
                    | Blocked::BalanceSilent
                    | Blocked::BalanceUnknown
                    | Blocked::BalanceLags),
                ..
            } => by.saying().fmt(f),
        }
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.saying().fmt(f)
    }
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.saying().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_loop_says_reads_as_it_always_did() {
        let money = Blocked::Shortage { centimes: 33_600, rows: 6 };
        assert_eq!(
            money.to_string(),
            "waiting for money: HTG 336.00 are missing to pay the remaining 6 rows; top up the prefunded account and \
             payoutd goes on by itself"
        );
        assert!(money.of_a_batch().to_string().starts_with("HTG 336.00 are missing"));
        assert_eq!(Blocked::DiskLow.to_string(), "nothing is sent: too little free disk space; make room");
        assert_eq!(Blocked::DiskLow.of_a_batch().to_string(), Blocked::DiskLow.to_string());
        assert_eq!(Blocked::Throttled.to_string(), "waiting: MonCash asked for fewer calls");
        assert_eq!(Doing::NotRunning(None).to_string(), "payoutd is not running");
        let paused = Blocked::Paused { who: "jean".to_string(), reason: "lunch".to_string() };
        assert_eq!(
            Doing::NotRunning(Some(paused)).to_string(),
            "payoutd is not running; paused by jean (lunch); 'payoutd resume' goes on"
        );
    }

    #[test]
    fn the_first_line_says_what_payments_wait_for() {
        let first = |doing: Doing| doing.first_line().to_string();
        let money = Blocked::Shortage { centimes: 500, rows: 2 };
        assert!(first(Doing::Blocked(money)).starts_with("Payments wait for money: HTG 5.00 are missing"));
        let disk = "Nothing is sent: too little free disk space; make room";
        assert_eq!(first(Doing::Blocked(Blocked::DiskLow)), disk);
        let storm = "Payments wait: MonCash does not answer; a harmless question goes first";
        assert_eq!(first(Doing::Blocked(Blocked::Storm)), storm);
        assert_eq!(first(Doing::NotRunning(None)), "Payments wait: payoutd is not running");
    }
}
