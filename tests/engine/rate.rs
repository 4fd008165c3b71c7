//! The rates are kept, in every window, by MonCash's own count; and they are used.

use super::house::*;
use super::moncash::{Act, Called, MonCash, Said};
use payoutd::engine::chores::{Chore, Progress};
use payoutd::engine::desk::Desk;
use payoutd::engine::{Bell, Until};
use payoutd::ledger::Ledger;
use payoutd::payout::moment::Moment;
use payoutd::payout::state::{BatchId, StateWord};
use std::rc::Rc;
use std::time::Duration;

/// In no window more than its time allows, and one.
fn keeps(times: &[u64], period: Duration) {
    let period = u64::try_from(period.as_micros()).unwrap();
    for (i, first) in times.iter().enumerate() {
        for (j, last) in times.iter().enumerate().skip(i) {
            let calls = u64::try_from(j - i + 1).unwrap();
            // A moment is read in whole milliseconds.
            let allowed = (last - first + 1) * 1000 / period + 1;
            assert!(calls <= allowed, "{calls} calls from {first} to {last} ms, {allowed} allowed");
        }
    }
}

async fn pay_at(period: Duration, rows_: u32) {
    let mut house = House::with(move |set| {
        set.transfer_every = period;
        set.query_every = (period / 4).min(Duration::from_millis(100));
        set.max_in_flight = 200;
    });
    let began = house.clock.world_ms();
    let batch = house.admit(&rows("A", rows_, 1));
    house.run_until(2 * HOUR, |house| house.batch(batch).completed.is_some()).await;
    let sent = house.moncash.transfers();
    assert_eq!(sent.len(), usize::try_from(rows_).unwrap());
    keeps(&sent, period);
    let first_second = sent.iter().filter(|at| **at < began + 1000).count();
    assert!(first_second as u128 <= 1000 / period.as_millis() + 1, "{first_second} in the first second");
    let took = u128::from(sent.last().unwrap() - sent[0]) * 1000;
    let could = period.as_micros() * u128::from(rows_ - 1);
    assert!(took * 99 <= could * 100, "{took} µs where {could} µs were enough");
}

#[tokio::test(start_paused = true)]
async fn five_a_second_are_five_a_second() {
    pay_at(Duration::from_millis(200), 500).await;
}

#[tokio::test(start_paused = true)]
async fn one_in_five_seconds_is_one_in_five_seconds() {
    pay_at(5 * SECOND, 60).await;
}

#[tokio::test(start_paused = true)]
async fn fifty_a_second_are_fifty_a_second() {
    pay_at(Duration::from_millis(20), 1500).await;
}

#[tokio::test(start_paused = true)]
async fn slow_checks_and_slow_answers_do_not_slow_a_hundred_a_second() {
    let mut house = House::with(|set| {
        set.transfer_every = Duration::from_millis(10);
        set.query_every = Duration::from_millis(4);
        set.max_in_flight = 400;
    });
    house.moncash.transfer_takes.set(3 * SECOND);
    house.moncash.status_takes.set(3 * SECOND);
    let batch = house.admit(&rows("A", 2000, 1));
    house.run_until(HOUR, |house| house.batch(batch).completed.is_some()).await;
    let sent = house.moncash.transfers();
    keeps(&sent, Duration::from_millis(10));
    let took = sent.last().unwrap() - sent[0];
    assert!(took * 995 <= 1999 * 10 * 1000, "{took} ms where 19990 ms were enough");
}

/// Counts the slices that were given time, and those that were given some although a Transfert whose
/// intent is on disk had not left.
struct Slices {
    moncash: Rc<MonCash>,
    with_time: u32,
    in_the_way: u32,
}

impl Chore for Slices {
    fn slice(&mut self, ledger: &mut Ledger, _: &Desk, _: Moment, time: Duration) -> anyhow::Result<Progress> {
        if time.is_zero() {
            return Ok(Progress::Later);
        }
        self.with_time += 1;
        let sent = self.moncash.transfers().len();
        let opened = ledger.batch(BatchId(1))?.map_or(0, |b| b.rows - b.tally.count(StateWord::Queued));
        self.in_the_way += u32::from(opened as usize > sent);
        // The paused clock goes on only while the loop rests.
        Ok(Progress::Idle { look_again: Duration::from_millis(1), pending: false })
    }
}

#[tokio::test(start_paused = true)]
async fn chores_get_their_time_and_never_that_of_a_transfert_about_to_leave() {
    let mut house = House::with(|set| {
        set.transfer_every = Duration::from_millis(20);
        set.query_every = Duration::from_millis(10);
    });
    house.admit(&rows("A", 1000, 1));
    let mut slices = Slices { moncash: house.moncash.clone(), with_time: 0, in_the_way: 0 };
    let (bell, mut chores) = (Bell::default(), [&mut slices as &mut dyn Chore]);
    tokio::select! {
        biased;
        ended = house.engine().run(Until::Stopped, &bell, &bell, &mut chores) => panic!("{ended:?}"),
        () = tokio::time::sleep(10 * SECOND) => {}
    }
    let sent = house.moncash.transfers().len();
    // The first half second goes into balance, token and checks.
    assert!((475..=501).contains(&sent), "{sent} in 10 s");
    assert!(slices.with_time > 1000, "{} slices", slices.with_time);
    assert_eq!(slices.in_the_way, 0);
}

#[tokio::test(start_paused = true)]
async fn questions_keep_to_a_rate_of_their_own() {
    let mut house = House::with(|set| set.query_every = Duration::from_millis(250));
    *house.moncash.every_transfer.borrow_mut() = Some(Act::paid_unheard());
    house.admit(&rows("A", 60, 1));
    house.run_for(5 * MINUTE).await;
    let asked = house.moncash.times(|called| matches!(called, Called::Status(_) | Called::Balance));
    assert!(asked.len() > 60);
    keeps(&asked, Duration::from_millis(250));
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_are_open_than_the_settings_allow() {
    let mut house = House::with(|set| set.max_in_flight = 7);
    house.moncash.transfer_takes.set(30 * SECOND);
    let batch = house.admit(&rows("A", 30, 10));
    house.run_until(10 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.moncash.most_open.get(), 7);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_by_transfers_and_by_questions() {
    for status_says_it in [false, true] {
        let mut house = House::new();
        let wait = Said::TooMany(Some(90 * SECOND));
        if status_says_it {
            house.moncash.script_status("A20", [wait]);
        } else {
            house.moncash.script("A20", [Act { said: wait, ..Act::says(429, String::new()) }]);
        }
        house.admit(&rows("A", 100, 10));
        let said = |house: &mut House| match status_says_it {
            true => !house.moncash.status_calls_of("A20").is_empty(),
            false => !house.moncash.transfers_of("A20").is_empty(),
        };
        house.run_until(MINUTE, said).await;
        house.run_for(Duration::from_millis(600)).await;
        let calls = house.moncash.log.borrow().len();
        house.run_for(89 * SECOND).await;
        assert_eq!(house.moncash.log.borrow().len(), calls, "a call was made although MonCash asked for none");
        house.run_for(MINUTE).await;
        assert_eq!(house.word("A50"), StateWord::Paid, "it goes on by itself");
    }
}

#[tokio::test(start_paused = true)]
async fn three_salaries_do_not_wait_behind_three_thousand() {
    let mut house = House::new();
    house.admit(&rows("A", 3000, 10));
    house.run_for(20 * SECOND).await;
    let small = house.admit(&rows("B", 3, 10));
    house.run_until(5 * SECOND, |house| house.batch(small).completed.is_some()).await;
    let order = house.moncash.order();
    let (first, last) = (order.iter().position(|r| r == "B1"), order.iter().position(|r| r == "B3"));
    assert!(last.unwrap() - first.unwrap() <= 6, "they take turns");
}
