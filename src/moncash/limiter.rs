//! The rates at which MonCash is called: governor's limiter, on tokio's clock.
//!
//! Must never: give a burst because the rate was changed.

use super::gateway::{Call, Gateway};
use crate::payout::reply::{Outcome, Reply};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::cell::{Cell, RefCell};
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Up to this rate (5/s) calls go one by one.
const ONE_BY_ONE_FROM: Duration = Duration::from_millis(200);
/// Above it two may go together, or as many as fit into this: a loop that is late by less loses nothing.
const LATE_AT_MOST: Duration = Duration::from_millis(20);
/// The shortest period, far below that of the fastest rate in a configuration.
const SHORTEST_PERIOD: Duration = Duration::from_nanos(100);
/// Calls that wait to leave must not be more than fit into this.
const WORTH: Duration = Duration::from_secs(1);
/// Among questions one place of them is the balance's: nobody can tell when a call without a body leaves, and
/// there is one such at a time.
const KEPT_FOR_BALANCE: usize = 1;

/// One rate.
pub struct Limiter {
    period: Cell<Duration>,
    made: Instant,
    gcra: RefCell<Gcra>,
}

type Gcra = RateLimiter<NotKeyed, InMemoryState, Since, NoOpMiddleware<Duration>>;

/// Tokio's clock, as time since a moment.
struct Since(Instant);

impl Clock for Since {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Limiter {
    /// One call every `period`.
    pub fn every(period: Duration) -> Limiter {
        let (period, made) = (period.max(SHORTEST_PERIOD), tokio::time::Instant::now());
        Limiter { period: Cell::new(period), made, gcra: RefCell::new(gcra(period, made)) }
    }

    /// Another rate from now on. It begins empty: the first call comes a whole period later.
    pub fn change(&self, period: Duration) {
        let period = period.max(SHORTEST_PERIOD);
        if self.period.replace(period) != period {
            let gcra = gcra(period, self.made);
            // All of the burst fits into one full limiter.
            let _ = gcra.check_n(burst(period));
            self.gcra.replace(gcra);
        }
    }

    /// Takes a permit; else says when there may be one.
    ///
    /// # Errors
    /// There is none now.
    pub fn check(&self) -> Result<(), Instant> {
        self.gcra.borrow().check().map_err(|not_until| self.made + not_until.earliest_possible())
    }

    /// Waits for a permit.
    pub async fn permit(&self) {
        while let Err(at) = self.check() {
            tokio::time::sleep_until(at).await;
        }
    }

    pub fn period(&self) -> Duration {
        self.period.get()
    }

    /// How many Transferts may stand between their permit and their first byte: what a second allows, and at
    /// least one.
    pub fn most_unsent(&self) -> usize {
        let fit = WORTH.as_nanos() / self.period().as_nanos();
        usize::try_from(fit).unwrap_or(usize::MAX).max(1)
    }

    /// The same for questions.
    pub fn most_unsent_questions(&self) -> usize {
        self.most_unsent().saturating_sub(KEPT_FOR_BALANCE).max(1)
    }
}

fn gcra(period: Duration, since: Instant) -> Gcra {
    // The period is never zero.
    let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
    RateLimiter::direct_with_clock(quota.allow_burst(burst(period)), Since(since))
}

/// So many calls may go at once.
fn burst(period: Duration) -> NonZeroU32 {
    let fit = LATE_AT_MOST.as_nanos() / period.as_nanos();
    let calls = if period >= ONE_BY_ONE_FROM { 1 } else { u32::try_from(fit).unwrap_or(u32::MAX).max(2) };
    NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN)
}

/// A question whose first permit the caller has: where the token is refused (401), it is put once more, with
/// a new token and then a permit of its own, so that those who waited for one token do not leave together.
pub fn put<G: Gateway + ?Sized, Q: Fn(&G) -> Call>(
    gateway: &Rc<G>,
    limiter: &Rc<Limiter>,
    question: Q,
) -> impl Future<Output = Reply> + use<G, Q> {
    let (gateway, limiter) = (Rc::clone(gateway), Rc::clone(limiter));
    let first = question(&gateway);
    async move {
        let refused = first.await;
        if refused.http().is_none_or(|http| http.status != 401) {
            return refused;
        }
        gateway.prepare().await;
        while gateway.unsent().questions >= limiter.most_unsent_questions() {
            tokio::time::sleep(limiter.period()).await;
        }
        limiter.permit().await;
        let again = question(&gateway).await;
        // No new token was to be had.
        if matches!(again.outcome, Outcome::NeverLeft(_)) { refused } else { again }
    }
}

#[cfg(test)]
mod tests;
