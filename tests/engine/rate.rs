//! The rates are kept, in every window, by MonCash's own count; and they are used.

use super::house::*;
use super::judge::ms;
use super::moncash::{Act, Called, Said};
use payoutd::engine::chores::{Chore, Progress};
use payoutd::engine::desk::Desk;
use payoutd::engine::{Bell, Ending, Until};
use payoutd::ledger::Ledger;
use payoutd::payout::moment::Moment;
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;
use std::time::Duration;

/// So many may leave at once.
fn burst(period: Duration) -> u64 {
    match u64::try_from(period.as_micros()).unwrap() {
        200_000.. => 1,
        micros => (20_000 / micros).max(2),
    }
}

/// In no n seconds more than rate·n and the burst; `more`: and so much longer is every window.
fn keeps_but_for(times: &[u64], period: Duration, more: Duration) {
    let (micros, more) = (u64::try_from(period.as_micros()).unwrap(), ms(more));
    for (i, first) in times.iter().enumerate() {
        for (j, last) in times.iter().enumerate().skip(i) {
            let calls = u64::try_from(j - i + 1).unwrap();
            // A moment is read in whole milliseconds.
            let allowed = (last - first + 1 + more) * 1000 / micros + burst(period);
            assert!(calls <= allowed, "{calls} calls from {first} to {last} ms, {allowed} allowed");
        }
    }
}

fn keeps(times: &[u64], period: Duration) {
    keeps_but_for(times, period, Duration::ZERO);
}

async fn pay_at(period: Duration, rows_: u32) {
    let mut house = House::with(move |set| {
        set.transfer_every = period;
        set.query_every = (period / 4).min(Duration::from_millis(100));
        set.max_in_flight = 400;
    });
    house.moncash.transfer_takes.set(3 * SECOND);
    let began = house.clock.world_ms();
    let batch = house.admit(&rows("A", rows_, 1));
    house.run_until(2 * HOUR, |house| house.batch(batch).completed.is_some()).await;
    let sent = house.moncash.transfers();
    assert_eq!(sent.len(), usize::try_from(rows_).unwrap());
    keeps(&sent, period);
    let first_second = sent.iter().filter(|at| **at < began + 1000).count();
    assert!(first_second as u128 <= 1000 / period.as_millis() + 2, "{first_second} in the first second");
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
async fn twenty_a_second_are_twenty_a_second() {
    pay_at(Duration::from_millis(50), 1000).await;
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

/// A chore that always has more to do, and takes all the time that it is given.
struct Slices(u32);

impl Chore for Slices {
    fn slice(&mut self, _: &mut Ledger, _: &Desk, _: Moment, time: Duration) -> anyhow::Result<Progress> {
        assert!(time <= Duration::from_millis(5), "{time:?}");
        self.0 += 1;
        // The paused clock goes on only while the loop rests.
        Ok(Progress::Idle { look_again: Duration::from_millis(1), pending: false })
    }
}

#[tokio::test(start_paused = true)]
async fn chores_get_a_little_time_in_every_turn_and_the_rate_is_used() {
    let mut house = House::with(|set| {
        set.transfer_every = Duration::from_millis(20);
        set.query_every = Duration::from_millis(10);
    });
    house.admit(&rows("A", 1000, 1));
    let mut slices = Slices(0);
    let (bell, mut chores) = (Bell::default(), [&mut slices as &mut dyn Chore]);
    tokio::select! {
        biased;
        ended = house.engine().run(Until::Stopped, &bell, &bell, &mut chores) => panic!("{ended:?}"),
        () = tokio::time::sleep(10 * SECOND) => {}
    }
    let sent = house.moncash.transfers().len();
    // The first half second goes into balance, token and checks.
    assert!((475..=502).contains(&sent), "{sent} in 10 s");
    assert!(slices.0 > 1000, "{} slices", slices.0);
}

/// Calls are under way all the time; the other rate is far faster, then far slower.
#[tokio::test(start_paused = true)]
async fn another_rate_gives_no_burst_and_what_the_old_one_left_unused_is_gone() {
    let mut house = House::with(|set| set.max_in_flight = 400);
    house.moncash.transfer_takes.set(3 * SECOND);
    let batch = house.admit(&rows("A", 700, 1));
    house.run_for(5 * SECOND).await;
    let mut changed = Vec::new();
    for (period_ms, time) in [(10, 3 * SECOND), (5_000, 20 * SECOND), (10, 2 * SECOND), (200, 10 * SECOND)] {
        changed.push((house.clock.world_ms(), Duration::from_millis(period_ms)));
        let settings = payoutd::engine::Settings {
            transfer_every: Duration::from_millis(period_ms),
            max_in_flight: 400,
            ..settings()
        };
        house.engine().go_by(settings).unwrap();
        house.run_for(time).await;
    }
    let sent = house.moncash.transfers();
    let ends = changed.iter().skip(1).map(|(at, _)| *at).chain([u64::MAX]);
    for ((from, period), to) in changed.iter().zip(ends) {
        // What came at that very moment had its permit before.
        let these: Vec<u64> = sent.iter().copied().filter(|at| (from + 1..=to).contains(at)).collect();
        keeps(&these, *period);
        assert!(these[0] >= from + ms(*period), "the first of {period:?} came {} ms after the change", these[0] - from);
    }
    house.run_until(HOUR, |house| house.batch(batch).completed.is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_in_a_pause_its_calls_are_heard_and_nothing_is_made_up_for() {
    let mut house = House::with(|set| {
        set.transfer_every = Duration::from_millis(50);
        set.query_every = Duration::from_millis(10);
    });
    house.moncash.transfer_takes.set(2 * SECOND);
    let batch = house.admit(&rows("A", 300, 1));
    house.run_for(5 * SECOND).await;
    house.order_house(Verb::Pause).await.unwrap();
    let (sent, paid) = (house.moncash.transfers().len(), house.count(batch, StateWord::Paid));
    assert!(usize::try_from(paid).unwrap() + 30 < sent, "calls are under way");
    house.run_for(HOUR).await;
    assert_eq!(house.moncash.transfers().len(), sent);
    assert_eq!(usize::try_from(house.count(batch, StateWord::Paid)).unwrap(), sent);
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
    keeps(&house.moncash.transfers(), Duration::from_millis(50));
}

/// Every connection hangs for 10 s, then all of them stand at once.
#[tokio::test(start_paused = true)]
async fn connections_that_hang_and_then_all_stand_let_out_a_seconds_worth_and_no_more() {
    for (period_ms, worth) in [(10, 100), (50, 20), (200, 5), (2_000, 1)] {
        let period = Duration::from_millis(period_ms);
        let mut house = House::with(move |set| {
            set.transfer_every = period;
            set.query_every = Duration::from_millis(4);
            set.max_in_flight = 4000;
        });
        let rows_ = u32::try_from(20_000 / period_ms).unwrap() + 20;
        let batch = house.admit(&rows("A", rows_, 1));
        house.run_for(4 * SECOND).await;
        let (before, hung) = (house.moncash.transfers().len(), house.clock.world_ms());
        house.moncash.hangs_until.set(hung + 10_000);
        house.run_for(9 * SECOND).await;
        let opened = rows_ - house.count(batch, StateWord::Queued);
        assert_eq!(usize::try_from(opened).unwrap(), before + worth, "intents at {period:?}");
        house.run_until(HOUR, |house| house.batch(batch).completed.is_some()).await;
        let sent = house.moncash.transfers();
        keeps_but_for(&sent, period, SECOND.max(period));
        assert!(sent[before] >= hung + 10_000 && sent[before + worth - 1] <= hung + 10_001, "they come at once");
        // And the rate is used again.
        let rest = ms(period * u32::try_from(sent.len() - before - worth).unwrap());
        assert!(sent.last().unwrap() - hung - 10_000 <= rest + 1_000, "{period:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_connections_hang_waits_for_those_calls_and_begins_no_other() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 100, 1));
    house.run_for(3 * SECOND).await;
    house.moncash.hangs_until.set(house.clock.world_ms() + 20_000);
    house.run_for(5 * SECOND).await;
    let opened = 100 - house.count(batch, StateWord::Queued);
    assert!(usize::try_from(opened).unwrap() > house.moncash.transfers().len(), "calls hang");
    house.stop.ring();
    assert_eq!(house.run_to_end(Until::Stopped).await.unwrap(), Ending::Stopped);
    assert_eq!(house.moncash.transfers().len(), usize::try_from(opened).unwrap());
    assert_eq!(house.count(batch, StateWord::Paid), opened, "what was under way was heard");
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
