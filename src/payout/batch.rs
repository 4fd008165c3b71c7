//! What a batch can be: derived from its payouts' tally and the orders that stand on it.
//!
//! Must never: call a batch complete while a payout is queued, in doubt or held.

use super::aside::{Aside, FilledDown};
use super::message::{GuardHold, Said};
use super::moment::Wall;
use super::money::Amount;
use super::reading::Reading;
use super::state::{BatchId, ByOrder, Payout, StateWord};
use super::terms::Terms;
use serde::{Deserialize, Serialize};

/// Rows and HTG of a batch by status; changed in the same transaction as the payouts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [u32; 6],
    amounts: [Amount; 6],
}

impl Tally {
    pub fn count(&self, word: StateWord) -> u32 {
        self.counts[place(word)]
    }

    pub fn amount(&self, word: StateWord) -> Amount {
        self.amounts[place(word)]
    }

    pub fn set(&mut self, word: StateWord, rows: u32, amount: Amount) {
        self.counts[place(word)] = rows;
        self.amounts[place(word)] = amount;
    }

    /// Moves one payout of `amount` from one status to another. `None` when the tally never held
    /// it: the ledger contradicts itself.
    #[must_use]
    pub fn moved(mut self, from: StateWord, to: StateWord, amount: Amount) -> Option<Tally> {
        let (from, to) = (place(from), place(to));
        self.counts[from] = self.counts[from].checked_sub(1)?;
        self.amounts[from] = self.amounts[from].checked_sub(amount).filter(|left| *left >= Amount::ZERO)?;
        self.counts[to] = self.counts[to].checked_add(1)?;
        self.amounts[to] = self.amounts[to].checked_add(amount)?;
        Some(self)
    }

    pub fn rows(&self) -> u32 {
        self.counts.iter().sum()
    }
}

fn place(word: StateWord) -> usize {
    match word {
        StateWord::Queued => 0,
        StateWord::InDoubt => 1,
        StateWord::Paid => 2,
        StateWord::Declined => 3,
        StateWord::Held => 4,
        StateWord::Cancelled => 5,
    }
}

/// Whether a batch may be paid as far as people are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    NotNeeded,
    Awaited,
    Given,
}

/// What a batch allows its payouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    AwaitingApproval,
    OnHold,
    NotBefore(Wall),
    Cancelled(ByOrder),
}

impl Gate {
    /// Whether money may leave through it now.
    pub fn is_open(&self, now: Wall) -> bool {
        match self {
            Gate::Open => true,
            Gate::NotBefore(start) => *start <= now,
            Gate::AwaitingApproval | Gate::OnHold | Gate::Cancelled(_) => false,
        }
    }

    /// Whether it opens by itself, and not yet.
    pub fn opens_later(&self, now: Wall) -> bool {
        match self {
            Gate::NotBefore(start) => *start > now,
            Gate::Open | Gate::AwaitingApproval | Gate::OnHold | Gate::Cancelled(_) => false,
        }
    }

    /// The same outside of the payment hours, which begin at `opens`; `None` within them. What waits for a
    /// person waits for them first.
    #[must_use]
    pub fn within_hours(self, opens: Option<Wall>) -> Gate {
        let Some(opens) = opens else { return self };
        match self {
            Gate::Open => Gate::NotBefore(opens),
            Gate::NotBefore(start) => Gate::NotBefore(opens.max(start)),
            Gate::AwaitingApproval | Gate::OnHold | Gate::Cancelled(_) => self,
        }
    }
}

/// One admitted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    /// The name under which it was dropped.
    pub file: String,
    /// SHA-256 of the file's bytes.
    pub sha256: [u8; 32],
    pub rows: u32,
    pub amount: Amount,
    pub received: Wall,
    pub admitted: Wall,
    pub approval: Approval,
    /// A hold of a person or of a guard, with its reason.
    pub hold: Option<Said<GuardHold>>,
    /// A standing cancel, with its reason.
    pub cancel: Option<String>,
    /// When somebody last approved or released it; `queued_for` counts from the later of this and
    /// its admission.
    pub freed: Option<Wall>,
    /// Not sent before.
    pub start: Wall,
    /// Who dropped it and what the guards found.
    pub terms: Terms,
    pub tally: Tally,
    /// Number of the last event of the batch or of one of its payouts.
    pub last_event: i64,
    /// The event number up to which a report was written.
    pub reported: i64,
    pub completed: Option<Wall>,
}

/// How a file was read: which letters, separator and decimal mark it was taken to have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAs {
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE`, `Windows-1252`.
    pub encoding: String,
    /// Between two cells.
    pub separator: String,
    /// `point` or `comma`; none where no amount shows which.
    pub decimal: Option<String>,
    /// A row of the sheet added the others up, and agreed.
    pub total_row: bool,
    /// What the references were built from, where the file has no column of them.
    pub reference: Option<String>,
    /// It began with the byte-order mark of UTF-8.
    #[serde(default)]
    pub marked: bool,
    /// Rows of zero that were left out.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub zero: Aside,
    /// Lines above the header and below the TOTAL that were left aside.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub aside: Aside,
    /// Lines below the last person that hold formulas and nobody.
    #[serde(default, skip_serializing_if = "FilledDown::is_none")]
    pub filled: FilledDown,
    /// What was understood of the sheet; none of batches from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
}

/// What happens to a batch as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchEvent {
    Admitted {
        file: String,
        /// SHA-256 of the file, in hex, as `sha256sum` prints it.
        sha256: String,
        /// SHA-256 over all row digests in their order, in hex.
        rows_digest: String,
        rows: u32,
        amount_centimes: i64,
        received: Wall,
        approval: Approval,
        hold: Option<Said<GuardHold>>,
        start: Wall,
        /// The names of the file's other columns, in order.
        other_columns: Vec<String>,
        /// How the file was read. Ledgers of before have no such words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read_as: Option<Box<ReadAs>>,
        #[serde(default, skip_serializing_if = "Terms::is_plain")]
        terms: Terms,
    },
    Approved {
        order: ByOrder,
    },
    /// Held by a person, or by a guard (then the order's `who` is "payoutd").
    OnHold {
        order: ByOrder,
    },
    Freed {
        order: ByOrder,
    },
    CancelOrdered {
        order: ByOrder,
    },
    Completed,
}

impl BatchEvent {
    pub fn kind(&self) -> &'static str {
        match self {
            BatchEvent::Admitted { .. } => "batch_admitted",
            BatchEvent::Approved { .. } => "batch_approved",
            BatchEvent::OnHold { .. } => "batch_on_hold",
            BatchEvent::Freed { .. } => "batch_released",
            BatchEvent::CancelOrdered { .. } => "batch_cancel_ordered",
            BatchEvent::Completed => "batch_completed",
        }
    }
}

/// A batch's state, as `status --json` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    AwaitingApproval,
    OnHold,
    Paying,
    /// Nothing is wrong with the batch; something outside it is awaited.
    Waiting,
    NeedsPerson,
    Complete,
    Cancelled,
}

impl BatchState {
    pub const ALL: [BatchState; 7] = [
        BatchState::AwaitingApproval,
        BatchState::OnHold,
        BatchState::Paying,
        BatchState::Waiting,
        BatchState::NeedsPerson,
        BatchState::Complete,
        BatchState::Cancelled,
    ];

    pub fn word(self) -> &'static str {
        match self {
            BatchState::AwaitingApproval => "awaiting_approval",
            BatchState::OnHold => "on_hold",
            BatchState::Paying => "paying",
            BatchState::Waiting => "waiting",
            BatchState::NeedsPerson => "needs_person",
            BatchState::Complete => "complete",
            BatchState::Cancelled => "cancelled",
        }
    }
}

impl Batch {
    /// `blocked`: what keeps every batch from being sent now (balance, weather, a pause), if
    /// anything does.
    pub fn state(&self, blocked: bool) -> BatchState {
        let count = |word| self.tally.count(word);
        if self.tally.count(StateWord::Queued) + count(StateWord::InDoubt) + count(StateWord::Held) == 0 {
            let all_cancelled = count(StateWord::Cancelled) == self.rows;
            return if all_cancelled && self.rows > 0 { BatchState::Cancelled } else { BatchState::Complete };
        }
        if self.cancel.is_none() && count(StateWord::Queued) > 0 {
            if self.approval == Approval::Awaited {
                return BatchState::AwaitingApproval;
            }
            if self.hold.is_some() {
                return BatchState::OnHold;
            }
            return if blocked { BatchState::Waiting } else { BatchState::Paying };
        }
        if count(StateWord::InDoubt) > 0 {
            return BatchState::Paying;
        }
        BatchState::NeedsPerson
    }

    /// What its standing orders and its own start allow.
    pub fn gate(&self) -> Gate {
        if let Some(reason) = &self.cancel {
            return Gate::Cancelled(ByOrder { who: "the order on the batch".to_string(), reason: reason.clone() });
        }
        if self.approval == Approval::Awaited {
            return Gate::AwaitingApproval;
        }
        if self.hold.is_some() {
            return Gate::OnHold;
        }
        if self.start > self.admitted { Gate::NotBefore(self.start) } else { Gate::Open }
    }

    /// Since when `queued_for` counts for one of its payouts: its admission, its own start, approval or
    /// release, whichever came last.
    pub fn queued_since(&self, payout: &Payout) -> Wall {
        [Some(self.start), self.freed, payout.released].into_iter().flatten().fold(self.admitted, Wall::max)
    }

    /// Whether it waits for its own time: the time to regret, or the day that its file names.
    pub fn starts_later(&self, now: Wall) -> bool {
        self.start > self.admitted && self.start > now
    }

    /// Whether nothing can change any more without a new order.
    pub fn is_final(&self) -> bool {
        matches!(self.state(false), BatchState::Complete | BatchState::Cancelled)
    }

    /// Moves the batch. `None` when the event cannot follow.
    pub fn apply(&mut self, event: &BatchEvent, at: Wall) -> Option<()> {
        match event {
            BatchEvent::Admitted { .. } => return None,
            BatchEvent::Approved { .. } => {
                if self.approval != Approval::Awaited {
                    return None;
                }
                self.approval = Approval::Given;
                self.freed = Some(at);
            }
            BatchEvent::OnHold { order } => self.hold = Some(Said::Words(order.reason.clone())),
            BatchEvent::Freed { .. } => {
                self.hold.take()?;
                self.freed = Some(at);
            }
            BatchEvent::CancelOrdered { order } => {
                if self.cancel.is_some() {
                    return None;
                }
                self.cancel = Some(order.reason.clone());
            }
            BatchEvent::Completed => {
                if !self.is_final() {
                    return None;
                }
                self.completed = Some(self.completed.unwrap_or(at));
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
