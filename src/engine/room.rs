//! The room there is for calls in one turn: rates, calls in flight, the token.
//!
//! Must never: hand out more than the rates allow.

use super::Settings;
use super::calls::{Calls, Launch};
use super::pace::Pace;
use std::time::Duration;

/// The room there is for calls in one turn.
pub struct Room<'a> {
    pub transfer_pace: &'a Pace,
    pub query_pace: &'a Pace,
    pub transfers: usize,
    pub queries: usize,
    /// A live token is at hand.
    pub ready: bool,
    pub launches: Vec<Launch>,
    /// How long until a permit that was wanted.
    pub next_permit: Option<Duration>,
}

impl<'a> Room<'a> {
    pub fn new(calls: &Calls, settings: &Settings, transfer_pace: &'a Pace, query_pace: &'a Pace) -> Room<'a> {
        Room {
            transfer_pace,
            query_pace,
            transfers: settings.max_in_flight.saturating_sub(calls.transfers()),
            queries: settings.max_in_flight.saturating_sub(calls.queries()),
            ready: calls.ready(),
            launches: Vec::new(),
            next_permit: None,
        }
    }

    pub fn wait_for(&mut self, wait: Duration) {
        self.next_permit = Some(self.next_permit.map_or(wait, |known| known.min(wait)));
    }

    /// A permit for a question; false when there is none now.
    pub fn query(&mut self) -> bool {
        if self.queries == 0 {
            return false;
        }
        match self.query_pace.take() {
            Ok(()) => {
                self.queries -= 1;
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
        match self.transfer_pace.take() {
            Ok(()) => {
                self.transfers -= 1;
                true
            }
            Err(wait) => {
                self.wait_for(wait);
                false
            }
        }
    }
}
