//! The loop rests when there is nothing to do, and `run --once` ends when nothing can move, and not
//! before.

use super::house::*;
use super::moncash::{Act, Said};
use payoutd::engine::chores::{Chore, Progress};
use payoutd::engine::desk::Desk;
use payoutd::engine::{Bell, Ending, Until};
use payoutd::ledger::Ledger;
use payoutd::payout::batch::BatchEvent;
use payoutd::payout::moment::{Moment, Wall};
use payoutd::payout::order::{Target, Verb};
use payoutd::payout::state::StateWord;
use std::time::Duration;

/// Counts the turns.
#[derive(Default)]
struct Turns(u32);

impl Chore for Turns {
    fn slice(&mut self, _: &mut Ledger, _: &Desk, _: Moment, _: Duration) -> anyhow::Result<Progress> {
        self.0 += 1;
        Ok(Progress::Idle { look_again: HOUR, pending: false })
    }
}

async fn turns_in(house: &mut House, time: Duration) -> u32 {
    let (bell, mut turns) = (Bell::default(), Turns::default());
    let mut chores: [&mut dyn Chore; 1] = [&mut turns];
    tokio::select! {
        biased;
        ended = house.engine().run(Until::Stopped, &bell, &bell, &mut chores) => panic!("{ended:?}"),
        () = tokio::time::sleep(time) => {}
    }
    turns.0
}

/// Four looks for orders a second, and a few for what came.
const AN_HOURS_LOOKS: u32 = 4 * 3600;
/// Half as many while nothing is queued or in doubt.
const AN_IDLE_HOURS_LOOKS: u32 = 2 * 3600;

#[tokio::test(start_paused = true)]
async fn an_idle_hour_is_quiet() {
    let mut house = House::new();
    house.run_for(SECOND).await;
    let turns = turns_in(&mut house, HOUR).await;
    assert!(turns <= AN_IDLE_HOURS_LOOKS + 10, "{turns} turns");
    assert_eq!(house.moncash.log.borrow().len(), 0, "nothing to ask for");
}

#[tokio::test(start_paused = true)]
async fn an_order_to_an_idle_house_is_answered_at_the_next_look() {
    let mut house = House::new();
    house.run_for(MINUTE).await;
    for verb in [Verb::Pause, Verb::Resume] {
        let order = house.post(verb, Target::House);
        house.run_for(Duration::from_millis(550)).await;
        assert!(house.answered_already(order).is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_without_money_is_quiet() {
    let mut house = House::new();
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", 99_999_000);
    house.admit(&rows("A", 300, 100));
    house.run_for(MINUTE).await;
    let calls = house.moncash.log.borrow().len();
    let turns = turns_in(&mut house, HOUR).await;
    assert!(turns <= AN_HOURS_LOOKS + 1000, "{turns} turns");
    let calls = house.moncash.log.borrow().len() - calls;
    assert!((100..=130).contains(&calls), "{calls} calls: the balance is asked every 30 s, and nothing else");
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_grace_is_quiet() {
    let mut house = House::with(|set| set.policy.proof.grace = 2 * HOUR);
    *house.moncash.every_transfer.borrow_mut() = Some(Act::lost());
    house.moncash.status_takes.set(20 * SECOND);
    house.admit(&rows("A", 4, 100));
    house.run_for(10 * MINUTE).await;
    let calls = house.moncash.log.borrow().len();
    let turns = turns_in(&mut house, HOUR).await;
    assert!(turns <= AN_HOURS_LOOKS + 2000, "{turns} turns");
    let calls = house.moncash.log.borrow().len() - calls;
    assert!(calls <= 4 * 60 + 130, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn run_once_waits_for_the_time_to_regret() {
    let mut house = House::new();
    let later = |event: &mut BatchEvent| {
        let BatchEvent::Admitted { start, .. } = event else { panic!() };
        *start = Wall(start.0 + 600_000);
    };
    let batch = house.admit_as(&rows("A", 2, 100), later);
    let admitted = house.clock.world_ms();
    assert_eq!(house.run_once().await, Ending::Done);
    assert_eq!(house.count(batch, StateWord::Paid), 2, "it ended before its time had come");
    assert!(house.moncash.transfers()[0] >= admitted + 600_000);
}

#[tokio::test(start_paused = true)]
async fn run_once_does_not_wait_for_a_person_who_holds_a_doubt() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.order(Verb::Hold, "A1").await.unwrap();
    let ended = tokio::time::timeout(4 * HOUR, house.run_once()).await.expect("it ends");
    assert_eq!(ended, Ending::Done);
    assert_eq!(house.word("A1"), StateWord::InDoubt);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_what_is_under_way_is_waited_for() {
    let mut house = House::new();
    house.moncash.transfer_takes.set(20 * SECOND);
    let batch = house.admit(&rows("A", 100, 10));
    let ended = house.run_to_end(Until::NothingMoves { for_at_most: Some(10 * SECOND) }).await.unwrap();
    assert_eq!(ended, Ending::TimeUp);
    let sent = u32::try_from(house.moncash.transfers().len()).unwrap();
    assert_eq!(house.count(batch, StateWord::InDoubt), 0, "a doubt was left for want of patience");
    assert_eq!(house.count(batch, StateWord::Paid), sent);
}

#[tokio::test(start_paused = true)]
async fn a_big_batch_that_is_cancelled_is_settled_in_seconds() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 6000, 10));
    house.order_batch(Verb::Cancel, batch).await.unwrap();
    house.run_until(3 * SECOND, |house| house.batch(batch).completed.is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_keeps_nobody_from_stopping_and_stays_in_doubt() {
    let mut house = House::new();
    house.moncash.script("A1", [Act { debit: None, answer: SECOND, said: Said::Nothing }]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.stop.ring();
    let stopped = house.clock.world_ms();
    assert_eq!(house.run_to_end(Until::Stopped).await.unwrap(), Ending::Stopped);
    assert!((90_000..91_000).contains(&(house.clock.world_ms() - stopped)), "the drain is 90 s");
    assert_eq!(house.word("A1"), StateWord::InDoubt);
}

#[tokio::test(start_paused = true)]
async fn run_once_does_not_wait_for_ever_for_a_check_that_stays_unclear() {
    let mut house = House::new();
    let pending = || Said::Http(200, r#"{"transStatus":"pending","status":200}"#.to_string());
    house.moncash.script_status("A1", (0..500).map(|_| pending()));
    house.pay_a_control().await;
    house.admit(&rows("A", 2, 100));
    let ended = tokio::time::timeout(HOUR, house.run_once()).await.expect("it ends");
    assert!(matches!(&ended, Ending::Early(why) if why.to_string().contains("no certain answer")), "{ended:?}");
    assert_eq!(house.word("A1"), StateWord::Queued, "nothing was sent for it");
    assert_eq!(house.word("A2"), StateWord::Paid, "the others went on");
}
