//! What comes next for a payout that was never sent.
//!
//! Must never: send what MonCash was heard to know, or what a person or a gate keeps.

use super::{Action, House, Wait, gate_shut, hold, house_shut, money_short, record};
use crate::payout::batch::Gate;
use crate::payout::funds::Cover;
use crate::payout::message::{Detail, Said};
use crate::payout::moment::Wall;
use crate::payout::precheck::Checked;
use crate::payout::state::{Event, HeldReason, MayHaveBeenPaid, Payout, State};
use std::time::Duration;

/// How long ago a clear check may have been asked when the first Transfert is decided. Longer than one call with
/// its ancestors' may take (60 s, sandbox answers of 20 s): one that is stale at its answer would be made for ever.
pub const CHECK_FRESH: Duration = Duration::from_secs(180);

/// Decides for a payout that was never sent. `queued_since`: admission, approval or release,
/// whichever came last. `cover`: whether the funds cover this payout.
pub fn decide_queued(
    payout: &Payout,
    house: &House,
    gate: &Gate,
    checked: &Checked,
    cover: Cover,
    needs_check: bool,
    queued_since: Wall,
) -> Action {
    if *checked == Checked::UnderWay {
        return Action::Wait(Wait::Reply);
    }
    // What MonCash was heard to say stands, whatever else keeps the payout from going: a cancelled
    // row is offered for a retry, and this person may have the money.
    if *checked == Checked::Used {
        return hold(HeldReason::ReferenceUsedBefore, MayHaveBeenPaid::Yes, Said::default());
    }
    // Somebody has sent it; what became of an earlier call of theirs is not known here.
    if *checked == Checked::Refused {
        return hold(HeldReason::ReferenceRefusedBefore, MayHaveBeenPaid::Unknown, Said::default());
    }
    if let Gate::Cancelled(order) = gate {
        return record(Event::Cancelled { money: MayHaveBeenPaid::No, order: order.clone() });
    }
    if let Checked::Ancestor { reference } = checked {
        let detail = Said::code(Detail::Repeats { reference: reference.clone() });
        return hold(HeldReason::AncestorNotUnpaid, MayHaveBeenPaid::No, detail);
    }
    // A batch that waits for a person does not age: the approval or release is the person's word
    // that the money is still meant, and the wait counts from there.
    if let Some(wait) = gate_shut(gate, house.now.wall) {
        return Action::Wait(wait);
    }
    if house.now.wall.since(queued_since) > house.policy.queued_for {
        return hold(HeldReason::TooOld, MayHaveBeenPaid::No, Said::default());
    }
    if let Some(wait) = house_shut(house) {
        return Action::Wait(wait);
    }
    if let Some(wait) = money_short(cover) {
        return Action::Wait(wait);
    }
    debug_assert!(payout.state == State::Queued);
    if !needs_check {
        return Action::SendFirst;
    }
    let now = house.now.boot;
    match checked {
        Checked::Clear { asked } if now.since(*asked).is_some_and(|age| age <= CHECK_FRESH) => Action::SendFirst,
        Checked::Unclear { asked } if !now.served(*asked, house.policy.ask_every) && asked.boot == now.boot => {
            Action::Wait(Wait::Until(asked.plus(house.policy.ask_every)))
        }
        // The last four were dealt with above.
        Checked::NotYet
        | Checked::Clear { .. }
        | Checked::Unclear { .. }
        | Checked::UnderWay
        | Checked::Used
        | Checked::Refused
        | Checked::Ancestor { .. } => Action::Check,
    }
}
