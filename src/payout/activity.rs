//! What the loop does, and why it sends nothing: one ordered list of everything that keeps money back, each with
//! its word and with who can change it. The sentences are in `report/doing.rs`.
//!
//! Must never: leave out what keeps money back, or let what passes by itself hide what a person must do.

use super::decide::{Stop, Wait};
use super::message::{Said, Suspicion};
use super::moment::Wall;
use super::money::Amount;
use super::state::ByOrder;
use super::weather::Fitness;
use serde::{Deserialize, Serialize};

/// What keeps every batch from being sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// The ledger may be older than its last send.
    Suspect {
        why: Said<Suspicion>,
    },
    Paused {
        who: String,
        reason: String,
    },
    DiskLow,
    AccountRefused {
        words: String,
    },
    EqualRefusals {
        words: String,
    },
    Storm,
    StatusBlind,
    Throttled,
    /// It is not within the payment hours; they begin then (milliseconds since 1970).
    Hours {
        opens: i64,
    },
    /// MonCash has never told the balance, and does not answer.
    BalanceSilent,
    BalanceUnknown,
    /// The balance does not show the last payments yet.
    BalanceLags,
    Shortage {
        centimes: i64,
        rows: u64,
    },
}

/// What ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A person looks for what is behind it, and then says `resume`.
    LookAndResume,
    /// The person who stopped it says `resume`.
    Resume,
    MakeRoom,
    TopUp,
    /// It passes by itself; where it lasts, MonCash is asked.
    WaitThenAsk,
    /// It passes by itself.
    Wait,
}

impl Blocked {
    /// The words of all, in the order of the list.
    pub const WORDS: [&str; 13] = [
        "suspect",
        "paused",
        "disk_low",
        "account_refused",
        "equal_refusals",
        "throttled",
        "storm",
        "status_blind",
        "hours",
        "balance_lags",
        "shortage",
        "balance_silent",
        "balance_unknown",
    ];

    /// Its place in the list: what comes first is told where one thing is told.
    fn place(&self) -> usize {
        match self {
            Blocked::Suspect { .. } => 0,
            Blocked::Paused { .. } => 1,
            Blocked::DiskLow => 2,
            Blocked::AccountRefused { .. } => 3,
            Blocked::EqualRefusals { .. } => 4,
            Blocked::Throttled => 5,
            Blocked::Storm => 6,
            Blocked::StatusBlind => 7,
            Blocked::Hours { .. } => 8,
            Blocked::BalanceLags => 9,
            Blocked::Shortage { .. } => 10,
            Blocked::BalanceSilent => 11,
            Blocked::BalanceUnknown => 12,
        }
    }

    /// For scripts and metrics.
    pub fn word(&self) -> &'static str {
        Blocked::WORDS[self.place()]
    }

    pub fn remedy(&self) -> Remedy {
        match self {
            Blocked::Suspect { .. } | Blocked::AccountRefused { .. } | Blocked::EqualRefusals { .. } => {
                Remedy::LookAndResume
            }
            Blocked::Paused { .. } => Remedy::Resume,
            Blocked::DiskLow => Remedy::MakeRoom,
            Blocked::Shortage { .. } => Remedy::TopUp,
            Blocked::Storm | Blocked::StatusBlind | Blocked::BalanceSilent | Blocked::BalanceUnknown => {
                Remedy::WaitThenAsk
            }
            Blocked::Throttled | Blocked::Hours { .. } | Blocked::BalanceLags => Remedy::Wait,
        }
    }
}

/// What the loop does now, or why it does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    #[default]
    Nothing,
    /// It waits for the calls under way, and ends.
    Stopping,
    Stopped,
    Blocked(Blocked),
    Paying {
        rows: u64,
    },
    Asking {
        payouts: u64,
    },
    /// No loop runs; and what keeps one from sending.
    NotRunning(Option<Blocked>),
    /// There is no ledger yet.
    NoLedger,
}

/// What MonCash says of what is unfinished in a ledger that may be older than its last send: counts of payouts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// MonCash calls them paid, and this ledger does not know by which call: they are held.
    pub paid: u32,
    pub paid_centimes: i64,
    /// In doubt, and MonCash did not find them when it was asked last.
    pub not_found: u32,
    /// In doubt, and there is no answer that says either.
    pub open: u32,
}

impl Found {
    pub fn is_empty(&self) -> bool {
        self.paid == 0 && self.not_found == 0 && self.open == 0
    }
}

/// Why `run --once` ends before everything is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Early {
    /// By what stands until somebody does something; of a suspicion, what MonCash says meanwhile.
    Stopped { by: Blocked, found: Option<Found> },
    /// MonCash leaves calls unanswered, or the status call cannot be read.
    Unanswered,
    /// `check_first` brings no certain answer about any reference.
    Unclear,
}

/// What the house is like, as far as it can keep money back.
#[derive(Clone, Debug, Default)]
pub struct Circumstances<'a> {
    /// Stopping: nothing new is sent.
    pub draining: bool,
    /// Why the ledger may be older than its last send.
    pub suspicion: Option<&'a Said<Suspicion>>,
    /// What is unfinished is still being put in doubt.
    pub suspecting: bool,
    pub paused: Option<&'a ByOrder>,
    pub disk_low: bool,
    pub account_refused: Option<&'a str>,
    pub equal_refusals: Option<&'a str>,
    /// Of what passes by itself.
    pub fitness: Option<&'a Fitness>,
    pub money: Money,
    /// It is not within the payment hours, something would go if it were, and then they begin.
    pub opens: Option<Wall>,
}

/// What the first payout of some open batch waits for, of money.
#[derive(Clone, Copy, Debug, Default)]
pub struct Money {
    /// Some batch waits for money: so much is missing for so many rows.
    pub short: Option<(Amount, u32)>,
    /// The reading may not show the last payments, or shows a rise that was read once.
    pub lags: bool,
    /// Some batch waits for a reading of the balance.
    pub unread: bool,
    /// MonCash leaves calls unanswered.
    pub silent: bool,
}

impl Circumstances<'_> {
    /// What keeps every single payout from leaving, whatever its batch, weather and funds.
    pub fn stop(&self) -> Option<Stop> {
        if self.draining {
            return Some(Stop::Draining);
        }
        if self.suspicion.is_some() || self.suspecting {
            return Some(Stop::Suspect);
        }
        if self.paused.is_some() {
            return Some(Stop::Paused);
        }
        self.disk_low.then_some(Stop::Disk)
    }

    /// Everything that keeps every batch from being sent, in the order in which it matters.
    pub fn blocked(&self) -> Vec<Blocked> {
        let text = |text: Option<&str>| text.map(str::to_string);
        let mut list: Vec<Blocked> = [
            self.suspicion.cloned().or_else(|| self.suspecting.then(Said::default)).map(|why| Blocked::Suspect { why }),
            self.paused.map(|by| Blocked::Paused { who: by.who.clone(), reason: by.reason.clone() }),
            self.disk_low.then_some(Blocked::DiskLow),
            text(self.account_refused).map(|words| Blocked::AccountRefused { words }),
            text(self.equal_refusals).map(|words| Blocked::EqualRefusals { words }),
            self.fitness.and_then(passing),
            self.opens.map(|opens| Blocked::Hours { opens: opens.0 }),
        ]
        .into_iter()
        .flatten()
        .chain(self.money.blocked())
        .collect();
        list.sort_by_key(Blocked::place);
        list
    }

    /// The first of it.
    pub fn first_blocked(&self) -> Option<Blocked> {
        self.blocked().into_iter().next()
    }

    /// What the loop does: `rows` may go, and `doubts` are asked about.
    pub fn doing(&self, rows: u32, doubts: usize) -> Doing {
        if self.draining {
            return Doing::Stopping;
        }
        match self.first_blocked() {
            Some(blocked) => Doing::Blocked(blocked),
            None if rows > 0 => Doing::Paying { rows: u64::from(rows) },
            None if doubts > 0 => Doing::Asking { payouts: u64::try_from(doubts).unwrap_or(u64::MAX) },
            None => Doing::Nothing,
        }
    }
}

/// The weather that passes by itself; what a person must look at stands in the ledger too.
fn passing(fitness: &Fitness) -> Option<Blocked> {
    match fitness {
        Fitness::Throttled { .. } => Some(Blocked::Throttled),
        Fitness::Storm => Some(Blocked::Storm),
        Fitness::StatusBlind => Some(Blocked::StatusBlind),
        Fitness::Clear | Fitness::Careful | Fitness::AccountRefused { .. } | Fitness::EqualRefusals { .. } => None,
    }
}

impl Money {
    fn blocked(&self) -> impl Iterator<Item = Blocked> {
        let short = self.short.map(|(htg, rows)| match self.lags {
            true => Blocked::BalanceLags,
            false => Blocked::Shortage { centimes: htg.centimes(), rows: u64::from(rows) },
        });
        let unread = self.unread.then_some(match self.silent {
            true => Blocked::BalanceSilent,
            // Nothing goes before MonCash has told the balance: a MonCash that is down from the start.
            false => Blocked::BalanceUnknown,
        });
        [short, unread].into_iter().flatten()
    }

    /// Takes in what the first payout of an open batch waits for.
    pub fn count(&mut self, wait: &Wait, shortage: Option<(Amount, u32)>) {
        match wait {
            Wait::Funds { .. } => self.short = shortage,
            Wait::FundsUnknown => self.unread = true,
            Wait::Approval
            | Wait::BatchHold
            | Wait::StartTime(_)
            | Wait::Stopped(_)
            | Wait::Weather
            | Wait::Reply
            | Wait::Control
            | Wait::HoldOrder
            | Wait::Until(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> Said<Suspicion> {
        Said::code(Suspicion::Restored)
    }

    fn everything() -> (ByOrder, Vec<Fitness>) {
        let by = ByOrder { who: "jean".into(), reason: "lunch".into() };
        let until = super::super::moment::BootMoment { boot: 1, ms: 9 };
        (by, vec![Fitness::Throttled { until }, Fitness::Storm, Fitness::StatusBlind])
    }

    #[test]
    fn everything_that_holds_is_in_the_list_in_its_order_and_each_has_its_word() {
        let (by, weathers) = everything();
        let mut seen = Vec::new();
        for fitness in &weathers {
            for (lags, silent) in [(false, false), (true, true)] {
                let circumstances = Circumstances {
                    suspicion: Some(&old()),
                    paused: Some(&by),
                    disk_low: true,
                    account_refused: Some("no"),
                    equal_refusals: Some("full"),
                    fitness: Some(fitness),
                    money: Money { short: Some((Amount::from_centimes(5), 2)), lags, unread: true, silent },
                    opens: Some(Wall(7)),
                    ..Circumstances::default()
                };
                let list = circumstances.blocked();
                assert!(list.is_sorted_by_key(Blocked::place), "{list:?}");
                assert_eq!(list.len(), 9);
                seen.extend(list.iter().map(Blocked::word));
            }
        }
        for word in Blocked::WORDS {
            assert!(seen.contains(&word), "{word} is never told");
        }
        assert_eq!(Circumstances::default().blocked(), Vec::new());
    }

    /// Each alone keeps money back, is the first thing told, and says what ends it.
    #[test]
    fn each_thing_alone_is_what_the_loop_is_said_to_do() {
        let (by, _) = everything();
        let until = super::super::moment::BootMoment { boot: 1, ms: 9 };
        let (throttled, storm, blind) = (Fitness::Throttled { until }, Fitness::Storm, Fitness::StatusBlind);
        let nothing = Circumstances::default;
        let short = |lags| Money { short: Some((Amount::from_centimes(5), 2)), lags, ..Money::default() };
        let unread = |silent| Money { unread: true, silent, ..Money::default() };
        use Remedy::{LookAndResume, MakeRoom, Resume, TopUp, Wait, WaitThenAsk};
        for (circumstances, word, remedy) in [
            (Circumstances { suspicion: Some(&old()), ..nothing() }, "suspect", LookAndResume),
            (Circumstances { paused: Some(&by), ..nothing() }, "paused", Resume),
            (Circumstances { disk_low: true, ..nothing() }, "disk_low", MakeRoom),
            (Circumstances { account_refused: Some("no"), ..nothing() }, "account_refused", LookAndResume),
            (Circumstances { equal_refusals: Some("full"), ..nothing() }, "equal_refusals", LookAndResume),
            (Circumstances { fitness: Some(&throttled), ..nothing() }, "throttled", Wait),
            (Circumstances { fitness: Some(&storm), ..nothing() }, "storm", WaitThenAsk),
            (Circumstances { fitness: Some(&blind), ..nothing() }, "status_blind", WaitThenAsk),
            (Circumstances { opens: Some(Wall(7)), ..nothing() }, "hours", Wait),
            (Circumstances { money: short(true), ..nothing() }, "balance_lags", Wait),
            (Circumstances { money: short(false), ..nothing() }, "shortage", TopUp),
            (Circumstances { money: unread(true), ..nothing() }, "balance_silent", WaitThenAsk),
            (Circumstances { money: unread(false), ..nothing() }, "balance_unknown", WaitThenAsk),
        ] {
            let first = circumstances.first_blocked().unwrap();
            assert_eq!((first.word(), first.remedy()), (word, remedy));
            assert_eq!(circumstances.doing(3, 1), Doing::Blocked(first));
        }
        assert_eq!(nothing().doing(3, 1), Doing::Paying { rows: 3 });
        assert_eq!(nothing().doing(0, 1), Doing::Asking { payouts: 1 });
        assert_eq!(nothing().doing(0, 0), Doing::Nothing);
        let draining = Circumstances { draining: true, suspicion: Some(&old()), ..nothing() };
        assert_eq!((draining.doing(3, 1), draining.stop()), (Doing::Stopping, Some(Stop::Draining)));
    }

    #[test]
    fn a_stop_is_told_too() {
        let (by, _) = everything();
        for (circumstances, stop) in [
            (Circumstances { suspicion: Some(&old()), paused: Some(&by), ..Circumstances::default() }, Stop::Suspect),
            (Circumstances { paused: Some(&by), disk_low: true, ..Circumstances::default() }, Stop::Paused),
            (Circumstances { disk_low: true, ..Circumstances::default() }, Stop::Disk),
            (Circumstances { suspecting: true, ..Circumstances::default() }, Stop::Suspect),
        ] {
            assert_eq!(circumstances.stop(), Some(stop));
            assert!(circumstances.first_blocked().is_some());
        }
        assert_eq!(Circumstances::default().stop(), None);
    }
}
