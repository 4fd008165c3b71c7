//! The rates are never exceeded, however late the loop is; and they are used, where it is not late.

use super::*;
use crate::payout::moment::{BootMoment, Moment, Wall};
use proptest::prelude::*;
use std::task::Poll;

/// tokio's paused clock turned with the finest step there is, as the kernel's timers nearly do.
struct FineClock;

impl Clock for FineClock {
    fn now(&self) -> Moment {
        Moment { wall: Wall(0), boot: BootMoment { boot: 1, ms: 0 } }
    }

    fn until(&self, at: Instant) -> crate::clock::Wait<'_> {
        Box::pin(async move { pass(at.saturating_duration_since(tokio::time::Instant::now())).await })
    }
}

async fn pass(time: Duration) {
    tokio::time::advance(time).await;
}

/// What delays a call: the turn that opens it comes late, takes its time, and the call is not polled
/// at once when its moment has come.
#[derive(Clone, Debug)]
struct Delays {
    wake: Duration,
    turn: Duration,
    poll: Duration,
}

fn micros(most: u64) -> impl Strategy<Value = Duration> {
    // Mostly small, sometimes a stall.
    prop_oneof![9 => 0..=most / 50 + 1, 1 => 0..=most].prop_map(Duration::from_micros)
}

fn delays() -> impl Strategy<Value = Delays> {
    (micros(300_000), micros(300_000), micros(300_000)).prop_map(|(wake, turn, poll)| Delays { wake, turn, poll })
}

/// Makes one call after another as the loop does; the moments at which they began.
async fn run(pace: &Pace, delays: &[Delays], lead_for: Duration) -> Vec<Instant> {
    let mut began = Vec::new();
    for Delays { wake, turn, poll } in delays {
        while let Err(wait) = pace.look(0, pace.lead(lead_for)) {
            pass(wait).await;
            pass(*wake).await;
        }
        pass(*turn).await;
        let permit = pace.permit();
        pass(*poll).await;
        permit.due(&FineClock).await;
        began.push(tokio::time::Instant::now());
    }
    began
}

fn paused<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(work)
}

/// In no window, wherever it begins and however long it is, more than rate·n + 1.
fn assert_kept(began: &[Instant], period: Duration) {
    for (i, first) in began.iter().enumerate() {
        for (more, last) in began[i..].iter().enumerate() {
            let least = period * u32::try_from(more).unwrap();
            assert!(*last - *first >= least, "{} calls within {:?}", more + 1, *last - *first);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_two_calls_leave_within_a_period_however_late_the_loop_is(
        period in 1_000_u64..400_000,
        delays in prop::collection::vec(delays(), 2..60),
    ) {
        let period = Duration::from_micros(period);
        paused(async {
            let pace = Pace::every(period);
            assert_kept(&run(&pace, &delays, Duration::from_millis(1)).await, period);
        });
    }

    #[test]
    fn the_rate_is_used_in_full_while_turns_are_over_before_their_calls_moment(
        period in 10_000_u64..400_000,
        late in prop::collection::vec((0_u64..1_000, 0_u64..1_000), 100..200),
    ) {
        let period = Duration::from_micros(period);
        let delays: Vec<Delays> = late
            .into_iter()
            .map(|(wake, turn)| Delays {
                wake: Duration::from_micros(wake),
                turn: Duration::from_micros(turn),
                poll: Duration::ZERO,
            })
            .collect();
        paused(async {
            let pace = Pace::every(period);
            let began = run(&pace, &delays, Duration::from_millis(1)).await;
            let took = *began.last().unwrap() - began[0];
            let could = period * u32::try_from(began.len() - 1).unwrap();
            assert!(could.as_secs_f64() >= 0.995 * took.as_secs_f64(), "{took:?} where {could:?} were enough");
        });
    }

    #[test]
    fn permits_that_wait_together_leave_one_by_one(
        period in 1_000_u64..50_000,
        polls in prop::collection::vec(0_u64..100_000, 2..12),
    ) {
        let period = Duration::from_micros(period);
        paused(async {
            let pace = Pace::every(period);
            let mut began = Vec::new();
            let mut waiting: Vec<Permit> = polls.iter().map(|_| pace.permit()).collect();
            // Dropped before its moment, it leaves that to the next.
            waiting.pop();
            for (permit, late) in waiting.into_iter().zip(&polls) {
                pass(Duration::from_micros(*late)).await;
                permit.due(&FineClock).await;
                began.push(tokio::time::Instant::now());
            }
            assert_kept(&began, period);
            assert!(pace.next_leaves().is_none());
        });
    }
}

#[test]
fn the_rate_is_kept_in_the_first_second_too() {
    paused(async {
        let period = Duration::from_millis(200);
        let began = run(
            &Pace::every(period),
            &vec![Delays { wake: Duration::ZERO, turn: Duration::ZERO, poll: Duration::ZERO }; 20],
            Duration::ZERO,
        )
        .await;
        let first_second = began.iter().filter(|at| **at < began[0] + Duration::from_secs(1)).count();
        assert_eq!(first_second, 5);
    });
}

#[test]
fn a_quiet_hour_saves_up_nothing() {
    for period in [Duration::from_millis(200), Duration::from_micros(100)] {
        paused(async {
            let pace = Pace::every(period);
            pass(Duration::from_secs(3600)).await;
            let fits = u32::try_from((GRAIN.as_nanos() / period.as_nanos()).max(1)).unwrap();
            for taken in 0..fits {
                assert!(pace.look(taken, Duration::ZERO).is_ok(), "{period:?}: {taken}");
            }
            assert!(pace.look(fits, Duration::ZERO).is_err(), "{period:?}");
        });
    }
}

#[test]
fn above_a_thousand_a_second_no_more_leave_than_the_grain_holds_beyond_the_rate() {
    paused(async {
        let period = Duration::from_micros(30);
        let pace = Pace::every(period);
        let (mut began, burst) = (Vec::new(), 2_000 / 30);
        for late in (0..400_u64).map(|n| n * 7_919 % 5_000) {
            let mut taken = 0;
            while pace.look(taken, Duration::ZERO).is_ok() {
                taken += 1;
            }
            for _ in 0..taken {
                pace.permit().due(&FineClock).await;
                began.push(tokio::time::Instant::now());
            }
            pass(Duration::from_micros(late)).await;
        }
        assert!(began.len() > 10_000);
        for (i, first) in began.iter().enumerate().step_by(17) {
            for (more, last) in began[i..].iter().enumerate().step_by(13) {
                let allowed = (*last - *first).as_nanos() / period.as_nanos() + burst;
                assert!(more as u128 <= allowed, "{} calls within {:?}", more + 1, *last - *first);
            }
        }
    });
}

/// A clock for futures that are polled at every step of time.
struct Stepped;

impl Clock for Stepped {
    fn now(&self) -> Moment {
        FineClock.now()
    }

    fn until(&self, at: Instant) -> crate::clock::Wait<'_> {
        Box::pin(std::future::poll_fn(
            move |_| {
                if tokio::time::Instant::now() >= at { Poll::Ready(()) } else { Poll::Pending }
            },
        ))
    }

    fn nearly(&self, at: Instant) -> crate::clock::Wait<'_> {
        self.until(at.checked_sub(WAKE_UP).unwrap_or(at))
    }
}

/// What happens to a call on its way out, in steps of time.
#[derive(Clone, Debug)]
struct Way {
    connecting: u32,
    /// Between its moment and its bytes.
    stall: u32,
    /// It breaks before it leaves.
    breaks: bool,
}

const STEP: Duration = Duration::from_micros(10);

/// Launches calls as the loop does, each as early as [`Pace::lead`] and [`Pace::reach`] say; when they left.
async fn send_all(pace: &Pace, ways: &[Way]) -> Vec<Instant> {
    let departures = RefCell::new(Vec::new());
    let mut ways = ways.iter().cloned();
    let mut next = ways.next();
    let mut calls: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    while next.is_some() || !calls.is_empty() {
        if next.is_some() && pace.look(0, pace.lead(Duration::ZERO) + pace.reach()).is_ok() {
            let way = next.take().unwrap();
            next = ways.next();
            let (permit, departures) = (pace.permit(), &departures);
            calls.push(Box::pin(async move {
                Stepped.until(tokio::time::Instant::now() + STEP * way.connecting).await;
                let left = Left::default();
                // The connection has one too.
                let body = left.clone();
                let moment = permit.nearly_due(&Stepped, left).await;
                Stepped.until(moment + STEP * way.stall).await;
                if !way.breaks {
                    let now = tokio::time::Instant::now();
                    body.set(now).unwrap();
                    departures.borrow_mut().push(now);
                }
            }));
        }
        calls.retain_mut(|call| call.as_mut().poll(&mut context).is_pending());
        pass(STEP).await;
    }
    drop(calls);
    departures.into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn no_two_calls_leave_within_a_period_however_long_they_connect_and_however_they_are_held_up(
        period in 1_000_u64..30_000,
        ways in prop::collection::vec(
            (0_u32..10_000, prop_oneof![4 => 0_u32..5, 1 => 0_u32..3_000], prop::bool::weighted(0.1)),
            2..30,
        ),
    ) {
        let ways: Vec<Way> =
            ways.into_iter().map(|(connecting, stall, breaks)| Way { connecting, stall, breaks }).collect();
        let period = Duration::from_micros(period);
        paused(async { assert_kept(&send_all(&Pace::every(period), &ways).await, period) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_rate_is_used_in_full_however_long_connecting_takes(
        least in 0_u32..20_000,
        more in prop::collection::vec(0_u32..2_000, 150..200),
    ) {
        let ways: Vec<Way> =
            more.into_iter().map(|more| Way { connecting: least + more, stall: 0, breaks: false }).collect();
        let period = Duration::from_millis(10);
        paused(async {
            let left = send_all(&Pace::every(period), &ways).await;
            // Not the first: how long connecting takes is not known yet.
            let left = &left[40..];
            let took = *left.last().unwrap() - left[0];
            let could = period * u32::try_from(left.len() - 1).unwrap();
            assert!(could.as_secs_f64() >= 0.995 * took.as_secs_f64(), "{took:?} where {could:?} were enough");
        });
    }
}

/// A rate that is changed while calls wait for their moments.
#[test]
fn a_new_rate_counts_from_the_call_that_left_last_and_makes_up_for_nothing() {
    paused(async {
        let ms = Duration::from_millis;
        let pace = Pace::every(ms(1_000));
        let none = vec![Delays { wake: Duration::ZERO, turn: Duration::ZERO, poll: Duration::ZERO }; 3];
        let slow = run(&pace, &none, Duration::ZERO).await;
        assert_kept(&slow, ms(1_000));
        pass(ms(900)).await;
        // Ten quiet periods of the new rate went by meanwhile: one call may leave, not ten.
        pace.change(ms(90));
        let fast = run(&pace, &none, Duration::ZERO).await;
        assert_kept(&[&slow[2..], &fast].concat(), ms(90));
        assert!(fast[2] - slow[2] < ms(1_200), "the new rate is used: {:?}", fast[2] - slow[2]);
        // A permit that was given at one rate leaves at the other, and what is counted stays even, above a
        // thousand a second too.
        for (before, after) in [(ms(90), Duration::from_micros(100)), (Duration::from_micros(100), ms(500))] {
            pace.change(before);
            pass(ms(1_000)).await;
            let permits = [pace.permit(), pace.permit()];
            pace.change(after);
            for permit in permits {
                permit.due(&FineClock).await;
            }
            assert_eq!((pace.beat.waiting.get(), pace.beat.unbegun.get(), pace.beat.connected.get()), (0, 0, 0));
        }
        let last = pace.beat.last.borrow().as_ref().expect("a call left").moment;
        let next = run(&pace, &none[..1], Duration::ZERO).await;
        assert_kept(&[last, next[0]], ms(500));
    });
}
