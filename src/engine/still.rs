//! When the loop keeps still, and when it has time for chores: a Transfert leaves at its very moment only
//! if nothing else is being done just then, and arrives as far from the one before as it left only if
//! nothing comes between its first byte and its last.
//!
//! Must never: starve a chore, or keep still when no call is about to leave or on its way.

use super::Engine;
use std::time::Duration;
use tokio::time::Instant;

/// A chore's slice ends after this: nobody who waits for the loop waits noticeably longer.
pub const SLICE_TIME: Duration = Duration::from_millis(5);
/// Less time than this between two calls is not worth a slice.
const LEAST_SLICE: Duration = Duration::from_millis(1);
/// Chores that got no time for this long get some, whatever it delays: a rate that leaves no gap must
/// not keep files out and reports unwritten.
const STARVED_AFTER: Duration = Duration::from_millis(50);

/// The last turns, as far as the next one's length can be told from them.
#[derive(Default)]
pub struct TurnsTake(Duration);

impl TurnsTake {
    /// As long as the longest one lately: it is forgotten by a sixteenth with every turn.
    pub fn note(&mut self, took: Duration) {
        self.0 = took.max(self.0 - self.0 / 16);
    }

    pub fn longest(&self) -> Duration {
        self.0
    }
}

impl Engine {
    /// How long chores may take now; `None` while they had better take none.
    pub(super) fn time_for_chores(&self) -> Option<Duration> {
        let now = tokio::time::Instant::now();
        if self.put_off_since.is_some_and(|since| now.duration_since(since) >= STARVED_AFTER) {
            return Some(SLICE_TIME);
        }
        let still_from = self.transfer_pace.next_leaves().map(|at| at.checked_sub(self.keeps_still()).unwrap_or(now));
        let until = self.next_permit.into_iter().chain(still_from).min();
        let time = until.map_or(SLICE_TIME, |at| at.saturating_duration_since(now).min(SLICE_TIME));
        (time >= LEAST_SLICE).then_some(time)
    }

    /// Waits until no call is about to leave or on its way. Nothing is missed: what comes meanwhile is
    /// heard by the next turn.
    pub(super) async fn keep_still(&mut self) {
        while let Some(until) = self.still_until() {
            tokio::select! {
                biased;
                () = self.calls.keep_going() => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    /// How long before the moment of a call: as long as a turn may take, that would come too late to it.
    fn keeps_still(&self) -> Duration {
        self.transfer_pace.lead(self.turns_take.longest())
    }

    fn still_until(&self) -> Option<Instant> {
        let now = tokio::time::Instant::now();
        // Its moment may be here: it leaves at its next poll.
        let leaves = self.transfer_pace.next_leaves().map(|at| at.max(now));
        let leaves = leaves.filter(|at| at.saturating_duration_since(now) <= self.keeps_still());
        let on_its_way = [&self.transfer_pace, &self.query_pace].into_iter().filter_map(|pace| pace.on_its_way_until());
        leaves.into_iter().chain(on_its_way.filter(|until| *until > now)).max()
    }
}
