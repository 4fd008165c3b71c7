//! The decision: whether a column that is not taken makes a person be asked.
//!
//! Must never: look at a file. Names and what cells say come in, a verdict goes out.

use super::cells::Cells;
use super::name::{Name, Role};

/// What a column beside the one that is taken comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is another column.
    Other,
    /// It could be meant too, but the name of the one that is taken says more: that is told.
    PassedOver,
    /// Nobody is paid before a person has said which is meant.
    Ask,
}

/// What a column beside the taken one leads to. `taken` is a name by which a column is taken.
pub fn beside(role: Role, taken: Name, other: Name, cells: Cells) -> Verdict {
    let competes = match (role, taken, other) {
        // The setting names the column, and so does a name that says all there is to say.
        (_, Name::Set | Name::Whole, _) => other >= taken && cells.differs,
        // As certain as the taken one, or more and not to be taken (a hidden column).
        (_, Name::Strong, Name::Set | Name::Whole | Name::Strong) => cells.differs,
        (_, Name::Plain, Name::Set | Name::Whole | Name::Strong | Name::Plain) => cells.differs,
        // A wallet that is named so is no contact's number; of two sums either may be handed out.
        (Role::Amount, Name::Strong, Name::Plain) => cells.differs,
        (Role::Wallet, Name::Strong, _) | (Role::Amount, Name::Strong, _) => false,
        // Before what is taken off or added, or after it?
        (Role::Amount, Name::Plain, Name::Adjustment) => cells.filled,
        (_, Name::Plain, Name::Unknown) => cells.alike && cells.differs,
        (_, Name::Plain, Name::Adjustment | Name::Never) => false,
        (_, Name::Unknown | Name::Adjustment | Name::Never, _) => cells.differs,
    };
    let could_be = other >= Name::Plain || role == Role::Wallet && other == Name::Unknown && cells.alike;
    match competes {
        true => Verdict::Ask,
        false if could_be && cells.differs => Verdict::PassedOver,
        false => Verdict::Other,
    }
}
