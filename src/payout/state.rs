//! The states of a payout, the events that move it, and [`Payout::apply`], the only place where it
//! moves. Live, at start and in `payoutd verify` the same function folds the same events.
//!
//! Must never: lead from doubt back to queued, or from anything to `paid`, `declined` or
//! `cancelled` without the evidence or the order that the event carries.

mod doubt;
mod event;
mod reasons;

pub use doubt::{Call, Doubt, Inquiry, Negative};
pub use event::{Basis, ByOrder, Event, Raw, StandingOrder};
pub use reasons::{ConfirmedBy, HeldReason, MayHaveBeenPaid, Reason};

use super::evidence::TransferAnswer;
use super::instruction::Instruction;
use super::message::{Detail, Said};
use super::moment::{BootMoment, Wall};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A payout's number in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PayoutId(pub i64);

/// A batch's number in the ledger; people see `B000012`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub i64);

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{:06}", self.0)
    }
}

impl BatchId {
    /// Reads `B000012`, in any case.
    pub fn parse(text: &str) -> Option<BatchId> {
        let digits = text.strip_prefix(['B', 'b'])?;
        let plain = digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok().map(BatchId)).flatten()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Queued,
    InDoubt(Box<Doubt>),
    Paid { by: ConfirmedBy, transaction: Option<String> },
    Declined { words: String },
    Held { reason: HeldReason, money: MayHaveBeenPaid, detail: Said<Detail>, doubt: Option<Box<Doubt>> },
    Cancelled { money: MayHaveBeenPaid, reason: String },
}

impl State {
    pub fn word(&self) -> StateWord {
        match self {
            State::Queued => StateWord::Queued,
            State::InDoubt(_) => StateWord::InDoubt,
            State::Paid { .. } => StateWord::Paid,
            State::Declined { .. } => StateWord::Declined,
            State::Held { .. } => StateWord::Held,
            State::Cancelled { .. } => StateWord::Cancelled,
        }
    }

    pub fn may_have_been_paid(&self) -> MayHaveBeenPaid {
        match self {
            State::Queued | State::Declined { .. } => MayHaveBeenPaid::No,
            State::InDoubt(_) => MayHaveBeenPaid::Unknown,
            State::Paid { .. } => MayHaveBeenPaid::Yes,
            State::Held { money, .. } | State::Cancelled { money, .. } => *money,
        }
    }

    /// Whether money is set aside for it: a Transfert of ours may still take it, or took it at a time that
    /// no reading of the balance can be shown to know.
    pub fn reserves(&self) -> bool {
        match self {
            State::InDoubt(_) | State::Held { money: MayHaveBeenPaid::Unknown, .. } => true,
            // Paid before we sent anything: not by us.
            State::Held { money: MayHaveBeenPaid::Yes, doubt, .. } => doubt.is_some(),
            State::Held { money: MayHaveBeenPaid::No, .. }
            | State::Queued
            | State::Paid { .. }
            | State::Declined { .. }
            | State::Cancelled { .. } => false,
        }
    }

    /// What a report's `reason` column tells.
    pub fn reason(&self) -> Reason<'_> {
        match self {
            State::Queued | State::Paid { .. } => Reason::Nothing,
            State::InDoubt(_) => Reason::InDoubt,
            State::Declined { words } => Reason::Told(words.into()),
            State::Held { reason, detail, .. } => Reason::Held(reason.clone(), Cow::Borrowed(detail)),
            State::Cancelled { reason, .. } => Reason::Told(reason.into()),
        }
    }
}

/// A state's word, as files, the ledger and `--json` have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateWord {
    Queued,
    InDoubt,
    Paid,
    Declined,
    Held,
    Cancelled,
}

impl StateWord {
    pub const ALL: [StateWord; 6] = [
        StateWord::Queued,
        StateWord::InDoubt,
        StateWord::Paid,
        StateWord::Declined,
        StateWord::Held,
        StateWord::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StateWord::Queued => "queued",
            StateWord::InDoubt => "in_doubt",
            StateWord::Paid => "paid",
            StateWord::Declined => "declined",
            StateWord::Held => "held",
            StateWord::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<StateWord> {
        StateWord::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

/// One row of a batch and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub id: PayoutId,
    pub batch: BatchId,
    /// Line in the user's file, header included.
    pub line: u32,
    pub instruction: Instruction,
    pub state: State,
    /// Events so far; the next one has this number plus one.
    pub events: u32,
    /// Transferts so far.
    pub attempts: u32,
    pub first_sent: Option<Wall>,
    pub settled: Option<Wall>,
    /// When a person last released it; the wait of `queued_for` counts from there.
    pub released: Option<Wall>,
}

/// An event that cannot happen to a payout in this state: the ledger contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("payout {id:?}, event {no}: '{kind}' cannot follow the state '{state}'", id = id.0)]
pub struct Contradiction {
    pub id: PayoutId,
    pub no: u32,
    pub kind: &'static str,
    pub state: &'static str,
}

impl Payout {
    /// A payout as it is admitted.
    pub fn admitted(id: PayoutId, batch: BatchId, line: u32, instruction: Instruction) -> Payout {
        Payout {
            id,
            batch,
            line,
            instruction,
            state: State::Queued,
            events: 0,
            attempts: 0,
            first_sent: None,
            settled: None,
            released: None,
        }
    }

    pub fn doubt(&self) -> Option<&Doubt> {
        match &self.state {
            State::InDoubt(doubt) => Some(doubt),
            _ => None,
        }
    }

    pub fn doubt_mut(&mut self) -> Option<&mut Doubt> {
        match &mut self.state {
            State::InDoubt(doubt) => Some(doubt),
            _ => None,
        }
    }

    /// At start, for a payout that was folded from its events: what the last process saw end in
    /// another boot counts from `start`, for a doubt that is held as well.
    pub fn inherit(&mut self, start: BootMoment) {
        match &mut self.state {
            State::InDoubt(doubt) | State::Held { doubt: Some(doubt), .. } => doubt.inherit(start),
            _ => {}
        }
    }

    /// Moves the payout. Refuses what cannot follow; then nothing has changed.
    pub fn apply(&mut self, event: &Event, at: Wall) -> Result<(), Contradiction> {
        let next = self.after(event, at).ok_or_else(|| Contradiction {
            id: self.id,
            no: self.events + 1,
            kind: event.kind(),
            state: self.state.word().as_str(),
        })?;
        self.events += 1;
        if let Event::Sent { attempt, .. } = event {
            self.attempts = *attempt;
            self.first_sent = self.first_sent.or(Some(at));
        }
        if let Event::Released { .. } | Event::Reopened { .. } = event {
            self.released = Some(at);
        }
        self.settled = match next {
            State::Paid { .. } | State::Declined { .. } | State::Cancelled { .. } => Some(self.settled.unwrap_or(at)),
            State::Queued | State::InDoubt(_) | State::Held { .. } => None,
        };
        self.state = next;
        Ok(())
    }

    /// The state after `event`, or `None` when it cannot follow.
    fn after(&self, event: &Event, at: Wall) -> Option<State> {
        match (&self.state, event) {
            (State::Queued, Event::Sent { attempt: 1, at, basis }) => match basis {
                Basis::CheckedFirst { .. } => Some(doubt_of(Doubt::opened(1, *at, true, false))),
                Basis::Unchecked => Some(doubt_of(Doubt::opened(1, *at, false, false))),
                Basis::NeverLeft | Basis::Proven { .. } => None,
            },
            (State::InDoubt(doubt), Event::Sent { attempt, at, basis }) => {
                let proven = matches!(basis, Basis::NeverLeft | Basis::Proven { .. });
                let follows =
                    doubt.attempt.checked_add(1) == Some(*attempt) && doubt.call != Call::UnderWay && !doubt.said_paid;
                (proven && follows && doubt.standing.is_none()).then(|| {
                    let ambiguous = doubt.earlier_ambiguous || !doubt.never_left();
                    // Attempt 0 was proven unpaid before attempt 1: so "not found" came first.
                    let unpaid_before = doubt.unpaid_before || doubt.attempt == 0;
                    doubt_of(Doubt::opened(*attempt, *at, unpaid_before, ambiguous))
                })
            }
            (State::InDoubt(doubt), Event::Answered { attempt, at, answer, .. }) => {
                let ours = *attempt == doubt.attempt && !matches!(doubt.call, Call::Ended { .. });
                ours.then(|| {
                    let mut doubt = doubt.clone();
                    doubt.said_paid |= matches!(answer, TransferAnswer::Paid { .. } | TransferAnswer::PaidOther { .. });
                    doubt.call = Call::Ended { at: *at, answer: answer.clone() };
                    State::InDoubt(doubt)
                })
            }
            (State::InDoubt(doubt), Event::Asked { attempt, asked, ended, token, answer, raw }) => {
                (*attempt == doubt.attempt).then(|| {
                    let mut doubt = doubt.clone();
                    doubt.hear(
                        Negative { asked: *asked, token: *token, heard: *ended },
                        *ended,
                        answer,
                        raw.status,
                        at,
                    );
                    State::InDoubt(doubt)
                })
            }
            (State::InDoubt(doubt), Event::Paid { by, transaction, .. }) => {
                let shown = match by {
                    ConfirmedBy::Transfer => true,
                    // Somebody else may have used the reference before us.
                    ConfirmedBy::Status => doubt.unpaid_before,
                    // What is still being asked about is not a person's to settle.
                    ConfirmedBy::Operator => false,
                };
                shown.then(|| State::Paid { by: *by, transaction: transaction.clone() })
            }
            (State::InDoubt(doubt), Event::Declined { words, .. }) => {
                (doubt.ended().is_some() && !doubt.said_paid).then(|| State::Declined { words: words.clone() })
            }
            (State::InDoubt(doubt), Event::Held { reason, money, detail, .. }) => {
                (doubt.ended().is_some() && *money != MayHaveBeenPaid::No).then(|| {
                    let mut doubt = doubt.clone();
                    doubt.said_paid |= *money == MayHaveBeenPaid::Yes || reason.rests_on_said_paid();
                    let (reason, money, detail) = (reason.clone(), *money, detail.clone());
                    State::Held { reason, money, detail, doubt: Some(doubt) }
                })
            }
            (State::Queued, Event::Held { reason, money, detail, .. }) => {
                Some(State::Held { reason: reason.clone(), money: *money, detail: detail.clone(), doubt: None })
            }
            (State::Queued, Event::Cancelled { money: MayHaveBeenPaid::No, order }) => {
                Some(State::Cancelled { money: MayHaveBeenPaid::No, reason: order.reason.clone() })
            }
            (State::InDoubt(doubt), Event::Cancelled { money: MayHaveBeenPaid::No, order }) => {
                (doubt.call != Call::UnderWay && !doubt.said_paid)
                    .then(|| State::Cancelled { money: MayHaveBeenPaid::No, reason: order.reason.clone() })
            }
            (State::InDoubt(doubt), Event::Ordered { standing, order }) => {
                let mut doubt = doubt.clone();
                doubt.standing = standing.map(|standing| (standing, order.clone()));
                Some(State::InDoubt(doubt))
            }
            // A person's orders about what is held. Money that may have moved is only resolved.
            (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Cancelled { money, order }) => (*money
                == MayHaveBeenPaid::No)
                .then(|| State::Cancelled { money: *money, reason: order.reason.clone() }),
            (State::Held { .. }, Event::Cancelled { money, order }) => (*money != MayHaveBeenPaid::No)
                .then(|| State::Cancelled { money: *money, reason: order.reason.clone() }),
            (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Released { .. }) => Some(State::Queued),
            (State::Held { money, doubt, .. }, Event::Reopened { at, .. }) => {
                (*money != MayHaveBeenPaid::No).then(|| doubt_of(Doubt::reopened(doubt.as_deref(), *money, *at)))
            }
            (State::Held { money, .. }, Event::Paid { by: ConfirmedBy::Operator, transaction, .. }) => (*money
                != MayHaveBeenPaid::No)
                .then(|| State::Paid { by: ConfirmedBy::Operator, transaction: transaction.clone() }),
            // A ledger that may have forgotten sends: everything unfinished is in doubt.
            (State::Queued, Event::Suspected { at, .. }) => Some(doubt_of(Doubt::forgotten(*at))),
            (State::InDoubt(doubt), Event::Suspected { at, .. }) => {
                let mut doubt = doubt.clone();
                doubt.call = Call::Unobserved { from: *at };
                doubt.earlier_ambiguous = true;
                doubt.inquiry = Inquiry::default();
                Some(State::InDoubt(doubt))
            }
            (State::Held { reason, money, detail, doubt }, Event::Suspected { at, .. }) => Some(State::Held {
                reason: reason.clone(),
                money: (*money).max(MayHaveBeenPaid::Unknown),
                detail: detail.clone(),
                doubt: Some(Box::new(Doubt::reopened(doubt.as_deref(), *money, *at))),
            }),
            _ => None,
        }
    }
}

fn doubt_of(doubt: Doubt) -> State {
    State::InDoubt(Box::new(doubt))
}

#[cfg(test)]
mod tests;
