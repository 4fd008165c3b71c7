//! A question that a chore wants put to MonCash: the reconciliation's. It takes a permit of the loop's one
//! query rate, and goes only when nothing else wants it.
//!
//! Must never: move a payout, or be asked before what pays and settles.

use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use crate::payout::evidence::read_status;
use crate::payout::instruction::Reference;
use crate::payout::reply::Reply;
use crate::payout::weather::Fitness;
use std::cell::RefCell;
use std::rc::Rc;

/// Shared between the loop and the chore that runs the errand.
pub type Errands = Rc<RefCell<Errand>>;

/// One question at a time.
#[derive(Debug, Default)]
pub enum Errand {
    #[default]
    None,
    Wanted(Reference),
    UnderWay,
    Answered(Reply),
}

impl Errand {
    pub fn is_wanted(&self) -> bool {
        matches!(self, Errand::Wanted(_))
    }

    /// MonCash's reply, once it is there.
    pub fn take_answer(&mut self) -> Option<Reply> {
        match std::mem::take(self) {
            Errand::Answered(reply) => Some(reply),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl Desk {
    pub(super) fn choose_errand(&mut self, room: &mut Room<'_>, fitness: &Fitness) {
        if *fitness != Fitness::Clear || !room.ready {
            return;
        }
        let mut errand = self.errands.borrow_mut();
        if let Errand::Wanted(reference) = &*errand
            && room.query()
        {
            room.launches.push(Launch::Errand { reference: reference.clone() });
            *errand = Errand::UnderWay;
        }
    }

    pub(super) fn hear_errand(&mut self, reply: &Reply) {
        let answer = read_status(reply);
        self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        *self.errands.borrow_mut() = Errand::Answered(reply.clone());
    }
}
