//! Questions that chores want put to MonCash: the reconciliation's, and those of previews. Each takes a permit of the loop's one
//! query rate, and goes only when nothing else wants it.
//!
//! Must never: move a payout, or be asked before what pays and settles.

use super::calls::Launch;
use super::desk::Desk;
use super::room::Room;
use crate::payout::evidence::read_status;
use crate::payout::instruction::{Account, Reference};
use crate::payout::reply::Reply;
use crate::payout::weather::Fitness;
use std::cell::RefCell;
use std::rc::Rc;

/// Shared between the loop and the chore that runs the errand.
pub type Errands = Rc<RefCell<Errand>>;

/// A place for each chore that has errands, so that none takes another's answer.
#[derive(Debug, Default)]
pub struct Places {
    reconciliation: Errands,
    previews: Errands,
}

/// Whose errand it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Reconciliation,
    Previews,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// The status call about a payout.
    Status(Reference),
    /// CustomerStatus of a wallet.
    Customer(Account),
}

/// One question at a time.
#[derive(Debug, Default)]
pub enum Errand {
    #[default]
    None,
    Wanted(Question),
    UnderWay,
    Answered(Reply),
}

impl Errand {
    pub fn is_wanted(&self) -> bool {
        matches!(self, Errand::Wanted(_))
    }

    /// Whether the next one may be left.
    pub fn is_free(&self) -> bool {
        matches!(self, Errand::None)
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

impl Places {
    pub fn of(&self, runner: Runner) -> &Errands {
        match runner {
            Runner::Reconciliation => &self.reconciliation,
            Runner::Previews => &self.previews,
        }
    }

    pub fn any_is_wanted(&self) -> bool {
        BY_TURNS.iter().any(|runner| self.of(*runner).borrow().is_wanted())
    }
}

/// People wait for a preview; a reconciliation has all day.
const BY_TURNS: [Runner; 2] = [Runner::Previews, Runner::Reconciliation];

impl Desk {
    pub(super) fn choose_errands(&mut self, room: &mut Room<'_>, fitness: &Fitness) {
        if *fitness != Fitness::Clear || !room.ready {
            return;
        }
        for runner in BY_TURNS {
            let mut errand = self.errands.of(runner).borrow_mut();
            if let Errand::Wanted(question) = &*errand
                && room.query()
            {
                room.launches.push(Launch::Errand { runner, question: question.clone() });
                *errand = Errand::UnderWay;
            }
        }
    }

    pub(super) fn hear_errand(&mut self, runner: Runner, reply: &Reply) {
        // What CustomerStatus answers says nothing of the status call.
        if runner == Runner::Reconciliation {
            let answer = read_status(reply);
            self.weather.hear_status(&answer, reply.http().and_then(|http| http.retry_after), reply.ended);
        }
        *self.errands.of(runner).borrow_mut() = Errand::Answered(reply.clone());
    }
}
