//! The decision: given this payout, these funds, this weather, these orders and this moment, what
//! next? One straight line of early returns for each of the two states in which something can
//! happen: `queued.rs` and `doubt.rs`. `tests/decisions.txt` shows every outcome.
//!
//! Must never: answer "send" unless every gate is open, or "send again" without a proof in hand.

mod doubt;
mod queued;

pub use doubt::{Rest, decide_doubt, rest_of, settle_said_paid};
pub use queued::{CHECK_FRESH, decide_queued};

use super::batch::Gate;
use super::evidence::{Control, ProofRules, ProvenUnpaid};
use super::funds::Cover;
use super::message::{Detail, Said};
use super::moment::{BootMoment, Moment, Wall};
use super::money::Amount;
use super::state::{Event, HeldReason, MayHaveBeenPaid};
use super::weather::Fitness;
use std::time::Duration;

/// The settings that decisions hang on (`[safety]`).
#[derive(Clone, Debug)]
pub struct Policy {
    pub check_first: bool,
    pub proof: ProofRules,
    pub ask_every: Duration,
    pub ask_at_most_every: Duration,
    pub ask_for: Duration,
    pub queued_for: Duration,
    pub attempts: u32,
    pub equal_refusals: u32,
    /// Messages of refusals that settings add to the short list of declines.
    pub also_declines: Vec<String>,
}

/// What keeps the whole house from sending, apart from weather and funds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// `payoutd pause`.
    Paused,
    /// The ledger may be older than its last send and no person has looked yet.
    Suspect,
    /// Too little free disk space.
    Disk,
    /// Stopping: nothing new is sent.
    Draining,
}

/// What all payouts share at this moment.
#[derive(Clone, Debug)]
pub struct House<'a> {
    pub policy: &'a Policy,
    pub stop: Option<Stop>,
    pub fitness: &'a Fitness,
    pub control: &'a Control,
    pub now: Moment,
}

/// What to do next with one payout.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Wait(Wait),
    /// Ask the status call about the reference, and its ancestors, before anything is sent.
    Check,
    SendFirst,
    SendAgain(ProvenUnpaid),
    /// Ask the status call about the attempt in doubt.
    Ask,
    /// Put the control question.
    AskControl,
    Record(Box<Event>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    Approval,
    BatchHold,
    StartTime(Wall),
    Stopped(Stop),
    Weather,
    FundsUnknown,
    Funds {
        short: Amount,
    },
    /// For a reply that is under way.
    Reply,
    /// For a payout whose control question can be put.
    Control,
    /// For a person to lift a hold.
    HoldOrder,
    Until(BootMoment),
}

fn record(event: Event) -> Action {
    Action::Record(Box::new(event))
}

fn hold(reason: HeldReason, money: MayHaveBeenPaid, detail: Said<Detail>) -> Action {
    record(held(reason, money, detail))
}

fn held(reason: HeldReason, money: MayHaveBeenPaid, detail: Said<Detail>) -> Event {
    Event::Held { reason, money, detail, raw: None, order: None }
}

fn gate_shut(gate: &Gate, now: Wall) -> Option<Wait> {
    match gate {
        Gate::Open | Gate::Cancelled(_) => None,
        Gate::AwaitingApproval => Some(Wait::Approval),
        Gate::OnHold => Some(Wait::BatchHold),
        Gate::NotBefore(start) => (now < *start).then_some(Wait::StartTime(*start)),
    }
}

fn money_short(cover: Cover) -> Option<Wait> {
    match cover {
        Cover::Yes => None,
        Cover::Short(short) => Some(Wait::Funds { short }),
        Cover::Unknown => Some(Wait::FundsUnknown),
    }
}

fn house_shut(house: &House) -> Option<Wait> {
    if let Some(stop) = house.stop {
        return Some(Wait::Stopped(stop));
    }
    match house.fitness {
        Fitness::Clear | Fitness::Careful => None,
        Fitness::Throttled { until } => Some(Wait::Until(*until)),
        Fitness::Storm | Fitness::StatusBlind | Fitness::AccountRefused { .. } | Fitness::EqualRefusals { .. } => {
            Some(Wait::Weather)
        }
    }
}

#[cfg(test)]
mod tests;
