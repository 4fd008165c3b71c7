//! The rates: Transfert at its own, questions at theirs. governor, on tokio's clock, so that a
//! simulation's paused time is obeyed too.
//!
//! Must never: let a burst through that the account's owner did not allow.

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::time::Duration;

/// Up to this rate no two calls share a moment; above it two may, because the timer's grain is a
/// millisecond and a late wake-up could otherwise never be caught up.
const SINGLE_UP_TO: Duration = Duration::from_millis(200);
/// Above a thousand a second the grain of the timer holds several calls.
const TIMER_GRAIN: Duration = Duration::from_millis(2);

#[derive(Clone, Debug)]
struct TokioClock {
    start: tokio::time::Instant,
}

impl Clock for TokioClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::from(self.start.elapsed())
    }
}

/// One rate.
pub struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Nanos>>,
    clock: TokioClock,
}

impl Pace {
    /// One call every `period`.
    pub fn every(period: Duration) -> Pace {
        let period = period.max(Duration::from_nanos(100));
        let burst = if period >= SINGLE_UP_TO {
            1
        } else {
            u32::try_from(TIMER_GRAIN.as_nanos() / period.as_nanos()).unwrap_or(u32::MAX).max(2)
        };
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let clock = TokioClock { start: tokio::time::Instant::now() };
        let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        Pace { limiter: RateLimiter::direct_with_clock(quota, clock.clone()), clock }
    }

    /// Takes a permit, or says how long until there is one.
    pub fn take(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|not_until| {
            let wait = not_until.earliest_possible().duration_since(self.clock.now());
            Duration::from(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_kept_in_the_first_second_too() {
        let pace = Pace::every(Duration::from_millis(200));
        let start = tokio::time::Instant::now();
        let mut taken = 0;
        while start.elapsed() < Duration::from_secs(1) {
            match pace.take() {
                Ok(()) => taken += 1,
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
        assert_eq!(taken, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_hour_saves_up_nothing() {
        let pace = Pace::every(Duration::from_millis(200));
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(pace.take().is_ok());
        assert!(pace.take().is_err());
    }
}
