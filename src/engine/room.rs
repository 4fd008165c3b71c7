//! The room there is for calls in one turn: rates, calls in flight, the token.
//!
//! Must never: hand out more than the rates allow.

use super::Settings;
use super::calls::{Calls, Launch};
use super::pace::Pace;
use std::time::Duration;
use tokio::time::Instant;

/// The room there is for calls in one turn.
pub struct Room<'a> {
    pub transfer_pace: &'a Pace,
    pub query_pace: &'a Pace,
    pub transfers: usize,
    pub queries: usize,
    /// A live token is at hand.
    pub ready: bool,
    /// It should be renewed all the same.
    pub token_wears_out: bool,
    pub launches: Vec<Launch>,
    /// When there is a permit that was wanted.
    pub next_permit: Option<Instant>,
    /// How long before its moment a call may be opened.
    lead: Lead,
    /// Permits handed out in this turn.
    taken: Taken,
}

#[derive(Clone, Copy)]
struct Lead {
    transfer: Duration,
    query: Duration,
}

#[derive(Clone, Copy, Default)]
struct Taken {
    transfers: u32,
    queries: u32,
}

impl<'a> Room<'a> {
    /// `turn`: as long as a turn takes, commit included.
    pub fn new(
        calls: &Calls,
        settings: &Settings,
        (transfer_pace, query_pace): (&'a Pace, &'a Pace),
        turn: Duration,
    ) -> Room<'a> {
        Room {
            transfer_pace,
            query_pace,
            transfers: settings.max_in_flight.saturating_sub(calls.transfers()),
            queries: settings.max_in_flight.saturating_sub(calls.queries()),
            ready: calls.ready(),
            token_wears_out: calls.token_wears_out(),
            launches: Vec::new(),
            next_permit: None,
            lead: Lead { transfer: transfer_pace.lead(turn) + transfer_pace.reach(), query: query_pace.lead(turn) },
            taken: Taken::default(),
        }
    }

    pub fn wait_for(&mut self, wait: Duration) {
        let at = tokio::time::Instant::now() + wait;
        self.next_permit = Some(self.next_permit.map_or(at, |known| known.min(at)));
    }

    /// A permit for a question; false when there is none now.
    pub fn query(&mut self) -> bool {
        if self.queries == 0 {
            return false;
        }
        match self.query_pace.look(self.taken.queries, self.lead.query) {
            Ok(()) => {
                self.queries -= 1;
                self.taken.queries += 1;
                true
            }
            Err(wait) => {
                self.wait_for(wait);
                false
            }
        }
    }

    /// A permit for a Transfert, which includes the token it will carry.
    pub fn transfer(&mut self) -> bool {
        if self.transfers == 0 || !self.ready {
            return false;
        }
        match self.transfer_pace.look(self.taken.transfers, self.lead.transfer) {
            Ok(()) => {
                self.transfers -= 1;
                self.taken.transfers += 1;
                true
            }
            Err(wait) => {
                self.wait_for(wait);
                false
            }
        }
    }
}
