//! What stands for the whole house, and the events that concern no batch.
//!
//! Must never: be written when nothing changed.

use super::error::Identity;
use crate::payout::activity::Circumstances;
use crate::payout::message::{Said, Suspicion};
use crate::payout::moment::{BootMoment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::ByOrder;
use serde::{Deserialize, Serialize};

/// Weather, orders and balance that outlive a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// A person's `pause`.
    pub paused: Option<ByOrder>,
    /// MonCash refuses the account, in its words.
    pub account_refused: Option<String>,
    /// So many equal refusals in a row, in MonCash's words.
    pub equal_refusals: Option<String>,
    /// Why this ledger may be older than its last send. Stands until a person has looked.
    pub suspicion: Option<Said<Suspicion>>,
    /// The last balance reading and when it was requested.
    pub balance: Option<(Amount, Wall)>,
}

impl Standing {
    /// What of it keeps money back.
    pub fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            suspicion: self.suspicion.as_ref(),
            paused: self.paused.as_ref(),
            account_refused: self.account_refused.as_deref(),
            equal_refusals: self.equal_refusals.as_deref(),
            ..Circumstances::default()
        }
    }
}

/// The part of [`Standing`] whose every change is an event; balances come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chained {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paused: Option<ByOrder>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_refused: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub equal_refusals: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suspicion: Option<Said<Suspicion>>,
}

impl Standing {
    pub(super) fn chained(&self) -> Chained {
        Chained {
            paused: self.paused.clone(),
            account_refused: self.account_refused.clone(),
            equal_refusals: self.equal_refusals.clone(),
            suspicion: self.suspicion.clone(),
        }
    }

    pub(super) fn of(chained: Chained, balance: Option<(Amount, Wall)>) -> Standing {
        let Chained { paused, account_refused, equal_refusals, suspicion } = chained;
        Standing { paused, account_refused, equal_refusals, suspicion, balance }
    }
}

/// The number that house events carry in place of a batch's.
pub(super) const HOUSE: i64 = 0;

/// What happens to the ledger as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HouseEvent {
    /// The ledger was made for this account.
    Bound {
        identity: Identity,
        /// The format that it was laid out in, and by which payoutd; none before format 3.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        format: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        payoutd: Option<String>,
    },
    /// A later payoutd brought the ledger to its format; the one before is kept in `copy`.
    Migrated {
        from: i64,
        to: i64,
        payoutd: String,
        copy: String,
    },
    /// A process opened the ledger: whatever the one before it had under way is unobserved from
    /// here on. Replay takes doubts over at this event as the process itself did.
    Opened {
        epoch: i64,
        at: BootMoment,
        /// The number of the opening before this one; 0 for the first. A list of openings that lost
        /// one would cut a grace short.
        #[serde(default)]
        previous: i64,
        /// Whose the ledger is and what stands, said again: a start needs not look further back.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        identity: Option<Identity>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        stands: Option<Chained>,
    },
    /// A person accepted another account.
    Rebound {
        from: Identity,
        to: Identity,
        order: ByOrder,
    },
    Standing(Chained),
}

impl HouseEvent {
    pub fn kind(&self) -> &'static str {
        match self {
            HouseEvent::Bound { .. } => "bound",
            HouseEvent::Migrated { .. } => "migrated",
            HouseEvent::Opened { .. } => OPENED,
            HouseEvent::Rebound { .. } => "rebound",
            HouseEvent::Standing(_) => "standing",
        }
    }
}

/// The kind of the event that every opening writes; an index of its own finds them.
pub(super) const OPENED: &str = "opened";
