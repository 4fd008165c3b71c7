//! Calls under way. Each is a plain future that returns a raw reply and touches nothing.
//!
//! Must never: begin a Transfert long after its intent, or drop one that may have left.

use super::errands::{Question, Runner};
use crate::clock::Clock;
use crate::moncash::gateway::{Call, Gateway, Unsent};
use crate::moncash::limiter::{Limiter, put};
use crate::payout::instruction::{Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::order::Order;
use crate::payout::reply::{Outcome, Reply};
use crate::payout::state::PayoutId;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// A Transfert that does not begin within this of its intent is not made: the machine slept, and
/// what was true of the funds, the weather and the orders may not be true any more.
pub const BEGIN_WITHIN: Duration = Duration::from_secs(5);

/// So many looks at the sockets in a row that bring no answer end a turn's gathering. With one, answers that
/// were a few microseconds behind paid for a turn of their own: a payroll on loopback took a seventh longer.
const LOOKS_IN_VAIN: u32 = 2;

/// What a turn wants called. Every Transfert here has its intent on disk.
#[derive(Debug)]
pub enum Launch {
    Transfer {
        payout: PayoutId,
        instruction: Box<Instruction>,
        opened: BootMoment,
    },
    /// The status call about an attempt in doubt.
    Ask {
        payout: PayoutId,
        attempt: u32,
        reference: Reference,
    },
    /// `check_first`, for the payout or one of its ancestors.
    Check {
        payout: PayoutId,
        reference: Reference,
    },
    /// About a payout that Transfert confirmed: does the status call know what it should?
    Control {
        reference: Reference,
    },
    /// The status call about anything, to see whether it can be read again.
    Probe {
        reference: Reference,
    },
    /// A chore's question.
    Errand {
        runner: Runner,
        question: Question,
    },
    /// The last question of `resolve --not-paid`.
    NotPaid {
        order_id: i64,
        order: Box<Order>,
        payout: PayoutId,
        reference: Reference,
    },
    Balance,
    Token,
}

/// What a call was for.
#[derive(Debug)]
pub enum Purpose {
    Transfer { payout: PayoutId },
    Ask { payout: PayoutId, attempt: u32 },
    Check { payout: PayoutId, reference: Reference },
    Control { reference: Reference },
    Probe,
    Errand { runner: Runner },
    NotPaid { order_id: i64, order: Box<Order>, payout: PayoutId },
    Balance,
    Token,
}

/// A call that ended.
#[derive(Debug)]
pub struct Done {
    pub purpose: Purpose,
    /// None only for a token call that was not needed.
    pub reply: Option<Reply>,
}

type UnderWay = Pin<Box<dyn Future<Output = Done>>>;

/// All calls under way, and those that ended and were not heard yet.
pub struct Calls {
    gateway: Rc<dyn Gateway>,
    clock: Rc<dyn Clock>,
    query_limiter: Rc<Limiter>,
    under_way: FuturesUnordered<UnderWay>,
    arrived: Vec<Done>,
    transfers: usize,
    queries: usize,
}

impl Calls {
    pub fn new(gateway: Rc<dyn Gateway>, clock: Rc<dyn Clock>, query_limiter: Rc<Limiter>) -> Calls {
        Calls {
            gateway,
            clock,
            query_limiter,
            under_way: FuturesUnordered::new(),
            arrived: Vec::new(),
            transfers: 0,
            queries: 0,
        }
    }

    pub fn transfers(&self) -> usize {
        self.transfers
    }

    pub fn queries(&self) -> usize {
        self.queries
    }

    pub fn none_under_way(&self) -> bool {
        self.under_way.is_empty() && self.arrived.is_empty()
    }

    /// Calls that were launched and have not left yet.
    pub fn unsent(&self) -> Unsent {
        self.gateway.unsent()
    }

    /// Whether a Transfert launched now would leave at once.
    pub fn ready(&self) -> bool {
        self.gateway.ready()
    }

    /// A person says that the trouble is over.
    pub fn try_again(&self) {
        self.gateway.try_again();
    }

    /// Whether the token is best renewed now, although a Transfert would still leave with it.
    pub fn token_wears_out(&self) -> bool {
        self.gateway.wears_out()
    }

    /// Begins the calls of a turn that was committed.
    pub fn launch(&mut self, launches: Vec<Launch>) {
        for launch in launches {
            match &launch {
                Launch::Transfer { .. } => self.transfers += 1,
                _ => self.queries += 1,
            }
            self.under_way.push(self.future(launch));
        }
    }

    fn future(&self, launch: Launch) -> UnderWay {
        match launch {
            Launch::Transfer { payout, instruction, opened } => {
                let call = self.gateway.transfer(&instruction);
                done(Purpose::Transfer { payout }, transfer_in_time(call, self.clock.clone(), opened))
            }
            Launch::Ask { payout, attempt, reference } => {
                done(Purpose::Ask { payout, attempt }, self.status(reference))
            }
            Launch::Check { payout, reference } => {
                let call = self.status(reference.clone());
                done(Purpose::Check { payout, reference }, call)
            }
            Launch::Control { reference } => {
                let call = self.status(reference.clone());
                done(Purpose::Control { reference }, call)
            }
            Launch::Probe { reference } => done(Purpose::Probe, self.status(reference)),
            Launch::Errand { runner, question } => match question {
                Question::Status(reference) => done(Purpose::Errand { runner }, self.status(reference)),
                Question::Customer(account) => {
                    done(Purpose::Errand { runner }, self.question(move |gateway| gateway.customer(account)))
                }
            },
            Launch::NotPaid { order_id, order, payout, reference } => {
                done(Purpose::NotPaid { order_id, order, payout }, self.status(reference))
            }
            Launch::Balance => done(Purpose::Balance, self.question(|gateway| gateway.balance())),
            Launch::Token => {
                let call = self.gateway.prepare();
                Box::pin(async move { Done { purpose: Purpose::Token, reply: call.await } })
            }
        }
    }

    fn status(&self, reference: Reference) -> impl Future<Output = Reply> + use<> {
        self.question(move |gateway| gateway.status(&reference))
    }

    fn question<Q: Fn(&(dyn Gateway + 'static)) -> Call>(&self, question: Q) -> impl Future<Output = Reply> + use<Q> {
        put(&self.gateway, &self.query_limiter, question)
    }

    /// Waits for the next call to end; never, when none is under way. What the kernel has by then is taken
    /// in too, look by look, until [`LOOKS_IN_VAIN`] bring nothing: a turn costs one flush, and the same few
    /// pages, however many answers it carries. Nobody is waited for.
    pub async fn wait(&mut self) {
        match self.under_way.next().await {
            Some(done) => self.take(done),
            None => std::future::pending().await,
        }
        let mut in_vain = 0;
        while in_vain < LOOKS_IN_VAIN && !self.under_way.is_empty() {
            let known = self.arrived.len();
            // Lets the runtime look at its sockets once.
            tokio::task::yield_now().await;
            self.take_ended();
            in_vain = if self.arrived.len() > known { 0 } else { in_vain + 1 };
        }
    }

    /// Everything that ended by now.
    pub fn arrived(&mut self) -> Vec<Done> {
        self.take_ended();
        std::mem::take(&mut self.arrived)
    }

    fn take_ended(&mut self) {
        while let Some(Some(done)) = self.under_way.next().now_or_never() {
            self.take(done);
        }
    }

    fn take(&mut self, done: Done) {
        match done.purpose {
            Purpose::Transfer { .. } => self.transfers -= 1,
            _ => self.queries -= 1,
        }
        self.arrived.push(done);
    }
}

fn done(purpose: Purpose, call: impl Future<Output = Reply> + 'static) -> UnderWay {
    Box::pin(async move { Done { purpose, reply: Some(call.await) } })
}

/// The call, if it begins within [`BEGIN_WITHIN`] of its intent; else it is not made.
async fn transfer_in_time(call: Call, clock: Rc<dyn Clock>, opened: BootMoment) -> Reply {
    let now = clock.now().boot;
    if now.since(opened).is_some_and(|age| age <= BEGIN_WITHIN) {
        return call.await;
    }
    let why = "the call did not begin within 5 s of its intent".to_string();
    Reply { outcome: Outcome::NeverLeft(why), asked: now, ended: now, token: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::payout::instruction::Account;
    use std::cell::RefCell;

    /// Each question is answered after so many looks at the runtime; `None`: never.
    struct Slow(RefCell<Vec<Option<u32>>>);

    impl Slow {
        fn call(&self) -> Call {
            let looks = self.0.borrow_mut().remove(0);
            Box::pin(async move {
                let Some(looks) = looks else { return std::future::pending().await };
                for _ in 0..looks {
                    tokio::task::yield_now().await;
                }
                let now = SystemClock::new().now().boot;
                Reply { outcome: Outcome::Lost(String::new()), asked: now, ended: now, token: 1 }
            })
        }
    }

    impl Gateway for Slow {
        fn transfer(&self, _: &Instruction) -> Call {
            self.call()
        }
        fn status(&self, _: &Reference) -> Call {
            self.call()
        }
        fn balance(&self) -> Call {
            self.call()
        }
        fn customer(&self, _: Account) -> Call {
            self.call()
        }
        fn ready(&self) -> bool {
            true
        }
        fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
            Box::pin(std::future::ready(None))
        }
    }

    /// How many calls one wait brings.
    async fn brought_by_one_wait(looks: &[Option<u32>]) -> usize {
        let gateway = Rc::new(Slow(RefCell::new(looks.to_vec())));
        let limiter = Rc::new(Limiter::every(Duration::ZERO));
        let mut calls = Calls::new(gateway, Rc::new(SystemClock::new()), limiter);
        calls.launch(looks.iter().map(|_| Launch::Balance).collect());
        calls.wait().await;
        calls.arrived().len()
    }

    #[tokio::test]
    async fn a_turn_carries_the_answers_that_are_there_and_waits_for_none() {
        let flowing: Vec<Option<u32>> = (1..=64).map(Some).collect();
        assert_eq!(brought_by_one_wait(&flowing).await, 64, "one look after the other brings one more");
        assert_eq!(brought_by_one_wait(&[Some(1), None, Some(2), None]).await, 2, "what never comes holds up nothing");
        assert_eq!(brought_by_one_wait(&[Some(1), Some(3), Some(5)]).await, 3, "nor does one look without an answer");
        assert_eq!(brought_by_one_wait(&[Some(1), Some(40)]).await, 1, "what comes later is for another turn");
    }
}
