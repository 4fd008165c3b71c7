//! The room there is for calls in one turn: rates, calls in flight, calls that have not left yet, the token.
//!
//! Must never: hand out more than the rates allow.

use super::Settings;
use super::calls::{Calls, Launch};
use crate::moncash::limiter::Limiter;
use std::time::Duration;
use tokio::time::Instant;

/// The room there is for calls in one turn.
pub struct Room<'a> {
    pub transfers: Places<'a>,
    pub queries: Places<'a>,
    /// A live token is at hand.
    pub ready: bool,
    /// It should be renewed all the same.
    pub token_wears_out: bool,
    pub launches: Vec<Launch>,
    /// When there is a permit that was wanted.
    pub next_permit: Option<Instant>,
}

/// The room for one kind of call.
pub struct Places<'a> {
    limiter: &'a Limiter,
    /// So many more may be under way.
    pub free: usize,
    /// So many more may stand between permit and first byte.
    may_wait: usize,
}

/// Why there is no permit.
enum Full {
    /// A reply makes room.
    UntilReply,
    Until(Instant),
}

impl Places<'_> {
    /// A permit is given only to a call that is made.
    fn take(&mut self) -> Result<(), Full> {
        if self.free == 0 {
            return Err(Full::UntilReply);
        }
        // After a stall of the network no more than this leaves at once.
        if self.may_wait == 0 {
            return Err(Full::Until(tokio::time::Instant::now() + self.limiter.period()));
        }
        self.limiter.check().map_err(Full::Until)?;
        self.free -= 1;
        self.may_wait -= 1;
        Ok(())
    }
}

impl<'a> Room<'a> {
    pub fn new(
        calls: &Calls,
        settings: &Settings,
        (transfer_limiter, query_limiter): (&'a Limiter, &'a Limiter),
    ) -> Room<'a> {
        let unsent = calls.unsent();
        let free = |under_way| settings.max_in_flight.saturating_sub(under_way);
        let transfers_may_wait = transfer_limiter.most_unsent().saturating_sub(unsent.transfers);
        let questions_may_wait = query_limiter.most_unsent_questions().saturating_sub(unsent.questions);
        Room {
            transfers: Places {
                limiter: transfer_limiter,
                free: free(calls.transfers()),
                may_wait: transfers_may_wait,
            },
            queries: Places { limiter: query_limiter, free: free(calls.queries()), may_wait: questions_may_wait },
            ready: calls.ready(),
            token_wears_out: calls.token_wears_out(),
            launches: Vec::new(),
            next_permit: None,
        }
    }

    pub fn wait_for(&mut self, wait: Duration) {
        self.wait_until(tokio::time::Instant::now() + wait);
    }

    fn wait_until(&mut self, at: Instant) {
        self.next_permit = Some(self.next_permit.map_or(at, |known| known.min(at)));
    }

    /// A permit for a question; false when there is none now.
    pub fn query(&mut self) -> bool {
        let taken = self.queries.take();
        self.is_given(taken)
    }

    /// A permit for a Transfert, which includes the token it will carry.
    pub fn transfer(&mut self) -> bool {
        if !self.ready {
            return false;
        }
        let taken = self.transfers.take();
        self.is_given(taken)
    }

    fn is_given(&mut self, taken: Result<(), Full>) -> bool {
        if let Err(Full::Until(at)) = taken {
            self.wait_until(at);
        }
        taken.is_ok()
    }
}
