//! Every value of everything that is decided by, each with its words.
//!
//! Must never: have a wildcard. A new variant anywhere does not compile before it has a row.

use payoutd::payout::batch::Gate;
use payoutd::payout::decide::Stop;
use payoutd::payout::evidence::{Refusal, StatusAnswer, TransferAnswer};
use payoutd::payout::funds::Cover;
use payoutd::payout::moment::{BootMoment, Wall};
use payoutd::payout::money::Amount;
use payoutd::payout::order::Verb;
use payoutd::payout::precheck::Checked;
use payoutd::payout::state::{ByOrder, StandingOrder};
use payoutd::payout::weather::Fitness;

pub const MINUTE: u64 = 60_000;
pub const DAY: i64 = 24 * 3_600_000;
/// The call of every doubt here ended at this moment.
pub const END: u64 = 100 * MINUTE;
pub const GRACE: u64 = 30 * MINUTE;
pub const AFTER: u64 = END + GRACE;

pub fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 7, ms }
}

pub fn order() -> ByOrder {
    ByOrder { who: "finance".into(), reason: "wrong file".into() }
}

/// Makes a list of values from one row or more for each variant; the match has no other arm.
macro_rules! every {
    ($name:ident -> $type:ty { $($pattern:pat => { $($words:literal: $value:expr),+ $(,)? })+ }) => {
        pub fn $name() -> Vec<(&'static str, $type)> {
            fn has_a_row(value: &$type) {
                match value {
                    $($pattern => {})+
                }
            }
            let mut rows: Vec<(&'static str, $type)> = Vec::new();
            $($(
                let value: $type = $value;
                assert!(matches!(value, $pattern), "{}: the row of another variant", $words);
                has_a_row(&value);
                rows.push(($words, value));
            )+)+
            rows
        }
    };
}

every!(gates -> Gate {
    Gate::Open => { "batch open": Gate::Open }
    Gate::AwaitingApproval => { "batch awaits approval": Gate::AwaitingApproval }
    Gate::OnHold => { "batch on hold": Gate::OnHold }
    Gate::NotBefore(_) => {
        "its start has come": Gate::NotBefore(Wall(0)),
        "its start is to come": Gate::NotBefore(Wall(i64::MAX)),
    }
    Gate::Cancelled(_) => { "batch cancelled": Gate::Cancelled(order()) }
});

every!(checks -> Checked {
    Checked::NotYet => { "not checked": Checked::NotYet }
    Checked::UnderWay => { "check under way": Checked::UnderWay }
    Checked::Clear { .. } => {
        "checked: not found": Checked::Clear { asked: at(END - 2_000) },
        "checked 181 s ago: not found": Checked::Clear { asked: at(END - 181_000) },
    }
    Checked::Used => { "checked: paid already": Checked::Used }
    Checked::Refused => { "checked: refused before": Checked::Refused }
    Checked::Ancestor { .. } => {
        "checked: ancestor not certainly unpaid": Checked::Ancestor { reference: "OLD".into() },
    }
    Checked::Unclear { .. } => {
        "checked: no certain answer": Checked::Unclear { asked: at(END - 2_000) },
        "checked 31 s ago: no certain answer": Checked::Unclear { asked: at(END - 31_000) },
    }
});

every!(stop_kinds -> Stop {
    Stop::Paused => { "paused": Stop::Paused }
    Stop::Suspect => { "ledger suspect": Stop::Suspect }
    Stop::Disk => { "disk low": Stop::Disk }
    Stop::Draining => { "stopping": Stop::Draining }
});

pub fn stops() -> Vec<(&'static str, Option<Stop>)> {
    or_none("no stop", stop_kinds())
}

every!(weathers -> Fitness {
    Fitness::Clear => { "clear": Fitness::Clear }
    Fitness::Careful => { "careful": Fitness::Careful }
    Fitness::Throttled { .. } => { "throttled": Fitness::Throttled { until: at(u64::MAX / 2) } }
    Fitness::Storm => { "storm": Fitness::Storm }
    Fitness::StatusBlind => { "status blind": Fitness::StatusBlind }
    Fitness::AccountRefused { .. } => { "account refused": Fitness::AccountRefused { words: "no".into() } }
    Fitness::EqualRefusals { .. } => { "equal refusals": Fitness::EqualRefusals { words: "no".into() } }
});

every!(covers -> Cover {
    Cover::Yes => { "covered": Cover::Yes }
    Cover::Short(_) => { "money short": Cover::Short(Amount::from_centimes(5)) }
    Cover::Unknown => { "no reading": Cover::Unknown }
});

every!(standing_kinds -> StandingOrder {
    StandingOrder::Hold => { "a hold stands": StandingOrder::Hold }
    StandingOrder::Cancel => { "a cancel stands": StandingOrder::Cancel }
});

pub fn standings() -> Vec<(&'static str, Option<StandingOrder>)> {
    or_none("no order", standing_kinds())
}

fn or_none<T>(none: &'static str, rows: Vec<(&'static str, T)>) -> Vec<(&'static str, Option<T>)> {
    std::iter::once((none, None)).chain(rows.into_iter().map(|(words, value)| (words, Some(value)))).collect()
}

fn refused(kind: Refusal) -> TransferAnswer {
    TransferAnswer::Refused { kind, words: "words".into() }
}

every!(transfer_answers -> TransferAnswer {
    TransferAnswer::Paid { .. } => { "paid": TransferAnswer::Paid { transaction: "T".into() } }
    TransferAnswer::PaidOther { .. } => { "paid, but another echo": TransferAnswer::PaidOther { why: "amount".into() } }
    TransferAnswer::Refused { kind: Refusal::Decline, .. } => { "refused: decline list": refused(Refusal::Decline) }
    TransferAnswer::Refused { kind: Refusal::Payee, .. } => { "refused: other words": refused(Refusal::Payee) }
    TransferAnswer::Refused { kind: Refusal::Shortage, .. } => { "refused: too little money": refused(Refusal::Shortage) }
    TransferAnswer::Refused { kind: Refusal::Account, .. } => { "refused: our account": refused(Refusal::Account) }
    TransferAnswer::Refused { kind: Refusal::TooMany, .. } => { "refused: 429": refused(Refusal::TooMany) }
    TransferAnswer::Refused { kind: Refusal::Token, .. } => { "refused: 401": refused(Refusal::Token) }
    TransferAnswer::Refused { kind: Refusal::Unclear, .. } => { "refused: unclear": refused(Refusal::Unclear) }
    TransferAnswer::NeverLeft { .. } => { "never left": TransferAnswer::NeverLeft { why: "no connection".into() } }
    TransferAnswer::Unknown { .. } => { "no answer": TransferAnswer::Unknown { why: "time-out".into() } }
});

every!(status_answers -> StatusAnswer {
    StatusAnswer::Successful => { "successful": StatusAnswer::Successful }
    StatusAnswer::NotFound => { "not found": StatusAnswer::NotFound }
    StatusAnswer::RefusalRepeated { .. } => { "refusal repeated": StatusAnswer::RefusalRepeated { words: "full".into() } }
    StatusAnswer::Account { .. } => { "our account refused": StatusAnswer::Account { words: "no".into() } }
    StatusAnswer::TooMany => { "429": StatusAnswer::TooMany }
    StatusAnswer::Token => { "401": StatusAnswer::Token }
    StatusAnswer::Unknown { .. } => { "unreadable": StatusAnswer::Unknown { why: "HTTP 500".into() } }
});

every!(verbs -> Verb {
    Verb::Approve => { "approve": Verb::Approve }
    Verb::Hold => { "hold": Verb::Hold }
    Verb::Release => { "release": Verb::Release }
    Verb::Cancel => { "cancel": Verb::Cancel }
    Verb::ResolvePaid { .. } => { "resolve --paid": Verb::ResolvePaid { transaction: "T".into() } }
    Verb::ResolveNotPaid => { "resolve --not-paid": Verb::ResolveNotPaid }
    Verb::AskAgain => { "resolve --ask-again": Verb::AskAgain }
    Verb::Pause => { "pause": Verb::Pause }
    Verb::Resume => { "resume": Verb::Resume }
    Verb::Distrust => { "distrust": Verb::Distrust }
});

/// The words of a list, for a product of several.
pub fn words<T>(rows: &[(&'static str, T)]) -> Vec<&'static str> {
    rows.iter().map(|(words, _)| *words).collect()
}
