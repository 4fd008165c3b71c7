//! The values that `status`, STATUS.txt and summaries are rendered from. The engine fills them in.
//!
//! Must never: hold a secret, or anything that has to be looked up to be shown.

use crate::payout::activity::Doing;
use crate::payout::batch::{Batch, BatchState};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::BatchId;
use crate::words::Saying;
use crate::words::left::Left;
use std::collections::BTreeMap;

/// The state of things at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseView {
    /// `simulator`, `sandbox` or `live`.
    pub environment: String,
    /// The client id of the prefunded account.
    pub account: String,
    pub simulated: bool,
    /// None until MonCash told the balance for the first time.
    pub balance: Option<BalanceView>,
    /// What is done now, or why nothing is.
    pub weather: Doing,
    /// Who paused the sending and why, while it is paused.
    pub paused: Option<String>,
    /// Those under way first, then those completed lately: as many as people want to see.
    pub batches: Vec<BatchView>,
    /// What a reconciliation found and nobody has acknowledged, by the files' names in `alarms/`.
    pub alarms: Vec<String>,
    pub waiting_for_person: Vec<WaitingItem>,
    /// Since when the oldest doubt of a batch is one, where the loop tells.
    pub in_doubt_since: BTreeMap<BatchId, Wall>,
    /// Files that were not taken from the inbox, and why.
    pub left_in_inbox: Vec<Left>,
    /// Files rejected since payoutd started, by their names in `rejected/`; the latest first.
    pub rejected: Vec<String>,
    pub at: Wall,
}

/// The prefunded account, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceView {
    /// What MonCash said.
    pub reading: Amount,
    /// When that reading was asked for.
    pub at: Wall,
    /// What is sent or may be, and not settled.
    pub reserved: Amount,
    /// What may still be sent without going under the floor.
    pub spendable: Amount,
    pub floor: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    pub batch: Batch,
    pub state: BatchState,
    /// Why it is in that state, where there is something to say.
    pub why: Option<Saying>,
}

/// Something that only a person can move on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// None where the whole batch waits, or the whole house.
    pub reference: Option<Reference>,
    /// None where the whole house waits.
    pub batch: Option<BatchId>,
    pub line: Option<u32>,
    /// The word of the payout's or the batch's state.
    pub state: &'static str,
    pub reason: Saying,
    /// The exact command to type.
    pub what_to_do: Saying,
}
