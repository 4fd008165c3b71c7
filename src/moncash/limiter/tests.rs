//! Permits are never more than the rate allows, through every change of it.

use super::*;
use crate::moncash::gateway::Unsent;
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::reply::Http;
use proptest::prelude::*;
use std::pin::Pin;

fn paused<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(work)
}

async fn pass(time: Duration) {
    tokio::time::advance(time).await;
}

/// All permits that there are now.
fn take_all(limiter: &Limiter) -> u32 {
    (0..).take_while(|_| limiter.check().is_ok()).count().try_into().unwrap()
}

/// Some time passes, so many permits are wanted, and perhaps the rate is changed.
#[derive(Clone, Debug)]
struct Step {
    passes: Duration,
    wanted: u32,
    period: Option<Duration>,
}

fn periods() -> impl Strategy<Value = Duration> {
    prop_oneof![100_u64..20_000, 20_000_u64..2_000_000].prop_map(Duration::from_micros)
}

fn steps() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![4 => 0_u64..30_000, 1 => 0_u64..5_000_000].prop_map(Duration::from_micros);
    let period = prop_oneof![9 => Just(None), 1 => periods().prop_map(Some)];
    (passes, 0_u32..6, period).prop_map(|(passes, wanted, period)| Step { passes, wanted, period })
}

/// A permit, and what stood at its moment: how many calls the rates would have allowed since the
/// beginning, and the burst.
struct Permit {
    allowed: f64,
    burst: f64,
}

async fn run(first: Duration, steps: &[Step]) -> Vec<Permit> {
    let limiter = Limiter::every(first);
    let (mut permits, mut allowed) = (Vec::new(), 0.0);
    for Step { passes, wanted, period } in steps {
        pass(*passes).await;
        allowed += passes.as_secs_f64() / limiter.period().as_secs_f64();
        for _ in 0..*wanted {
            if limiter.check().is_ok() {
                permits.push(Permit { allowed, burst: f64::from(burst(limiter.period()).get()) });
            }
        }
        if let Some(period) = period {
            limiter.change(*period);
        }
    }
    permits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn in_no_n_seconds_are_there_more_than_rate_n_and_the_burst(
        first in periods(),
        steps in prop::collection::vec(steps(), 2..120),
    ) {
        let permits = paused(run(first, &steps));
        for (at, first) in permits.iter().enumerate() {
            for (more, last) in permits[at..].iter().enumerate() {
                let most = last.allowed - first.allowed + first.burst;
                assert!((more + 1) as f64 <= most + 1e-6, "{} permits where {most} are allowed", more + 1);
            }
        }
    }
}

#[test]
fn a_quiet_hour_saves_up_the_burst_and_no_more() {
    for (period_us, burst) in [
        (1_000_000_000, 1),
        (1_000_000, 1),
        (200_000, 1),
        (100_000, 2),
        (20_000, 2),
        (10_000, 2),
        (5_000, 4),
        (1_000, 20),
        (500, 40),
    ] {
        paused(async {
            let limiter = Limiter::every(Duration::from_micros(period_us));
            assert_eq!(take_all(&limiter), burst, "at first, {period_us} µs");
            pass(Duration::from_secs(3600 * 24 * 365)).await;
            assert_eq!(take_all(&limiter), burst, "after a year, {period_us} µs");
        });
    }
}

#[test]
fn a_refusal_takes_nothing_and_says_when_the_next_permit_is_free() {
    paused(async {
        let limiter = Limiter::every(Duration::from_millis(200));
        limiter.check().unwrap();
        let next = tokio::time::Instant::now() + Duration::from_millis(200);
        for _ in 0..1000 {
            assert_eq!(limiter.check(), Err(next));
        }
        pass(Duration::from_millis(199)).await;
        assert_eq!(limiter.check(), Err(next));
        pass(Duration::from_millis(1)).await;
        assert_eq!(limiter.check(), Ok(()));
    });
}

#[test]
fn another_rate_begins_with_a_whole_period_and_the_same_rate_is_none() {
    let ms = Duration::from_millis;
    for old in [ms(1_000_000), ms(200), ms(10), ms(1)] {
        for new in [ms(1_000), ms(200), ms(20), ms(2)].into_iter().filter(|new| *new != old) {
            paused(async {
                let limiter = Limiter::every(old);
                // Nothing was asked for: the old one is full.
                pass(ms(3_600_000)).await;
                limiter.change(new);
                assert_eq!(limiter.check(), Err(tokio::time::Instant::now() + new), "{old:?}, {new:?}");
                pass(new).await;
                assert_eq!(take_all(&limiter), 1, "{old:?}, {new:?}");
                pass(new).await;
                limiter.change(new);
                assert_eq!(take_all(&limiter), 1, "{old:?}, {new:?}");
            });
        }
    }
}

#[test]
fn a_seconds_worth_of_calls_may_wait_to_leave_and_one_at_least() {
    for (period_ms, most, questions) in [(1_000_000, 1, 1), (1_000, 1, 1), (200, 5, 4), (10, 100, 99)] {
        paused(async {
            let limiter = Limiter::every(Duration::from_millis(period_ms));
            assert_eq!((limiter.most_unsent(), limiter.most_unsent_questions()), (most, questions));
        });
    }
}

/// A MonCash that refuses each token once; the next one takes its time.
struct Refusing {
    refusals_left: Cell<u32>,
    token_takes: Duration,
    unsent: Cell<usize>,
    answered: RefCell<Vec<Instant>>,
}

fn answer(status: u16) -> Call {
    let at = BootMoment { boot: 1, ms: 1 };
    let http = Http { status, body: String::new(), cut: false, retry_after: None };
    Box::pin(async move { Reply { outcome: Outcome::Answered(http), asked: at, ended: at, token: 1 } })
}

impl Gateway for Refusing {
    fn transfer(&self, _: &Instruction) -> Call {
        answer(500)
    }

    fn status(&self, _: &Reference) -> Call {
        let left = self.refusals_left.get();
        if left > 0 {
            self.refusals_left.set(left - 1);
            return answer(401);
        }
        self.answered.borrow_mut().push(Instant::now());
        answer(200)
    }

    fn balance(&self) -> Call {
        answer(500)
    }

    fn customer(&self, _: Account) -> Call {
        answer(500)
    }

    fn ready(&self) -> bool {
        true
    }

    fn unsent(&self) -> Unsent {
        Unsent { transfers: 0, questions: self.unsent.get() }
    }

    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        let takes = self.token_takes;
        Box::pin(async move {
            tokio::time::sleep(takes).await;
            None
        })
    }
}

fn refusing(refusals: u32, token_takes: Duration) -> Rc<Refusing> {
    Rc::new(Refusing {
        refusals_left: Cell::new(refusals),
        token_takes,
        unsent: Cell::new(0),
        answered: RefCell::default(),
    })
}

#[test]
fn questions_that_waited_for_one_token_leave_one_by_one() {
    paused(async {
        let (gateway, limiter) = (refusing(50, 10 * WORTH), Rc::new(Limiter::every(Duration::from_millis(200))));
        let began = Instant::now();
        let reference = Reference::parse("PAY-1").unwrap();
        let all = (0..50).map(|_| put(&gateway, &limiter, |gateway| gateway.status(&reference)));
        let replies = futures_util::future::join_all(all).await;
        assert!(replies.iter().all(|reply| reply.http().is_some_and(|http| http.status == 200)));
        let times = gateway.answered.borrow();
        assert!(times[0] >= began + 10 * WORTH, "a permit is taken once there is a token");
        for two in times.windows(2) {
            assert!(two[1] - two[0] >= limiter.period());
        }
    });
}

#[test]
fn a_question_is_not_put_again_while_a_seconds_worth_of_others_has_not_left() {
    paused(async {
        let (gateway, limiter) = (refusing(1, Duration::ZERO), Rc::new(Limiter::every(Duration::from_millis(200))));
        gateway.unsent.set(limiter.most_unsent_questions());
        let reference = Reference::parse("PAY-1").unwrap();
        let mut question = Box::pin(put(&gateway, &limiter, |gateway| gateway.status(&reference)));
        assert!(tokio::time::timeout(10 * WORTH, &mut question).await.is_err());
        gateway.unsent.set(0);
        question.await;
        assert_eq!(gateway.answered.borrow().len(), 1);
    });
}
