//! A ledger that may be older than its last send sends nothing unasked.

use super::between::run_with;
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::engine::{Ending, Until};
use payoutd::ledger::{backup, restore};
use payoutd::payout::order::{Target, Verb};
use payoutd::payout::state::{BatchId, StateWord};

/// A house whose ledger was copied with `n` rows queued, went on for a moment, and was put back.
async fn restored(n: u32) -> (House, BatchId, usize) {
    let mut house = House::new();
    house.pay_a_control().await;
    let batch = house.admit(&rows("A", n, 10));
    let copy = house.folder.path().join("copy.sqlite3");
    backup(house.folder.path(), &copy).unwrap();
    house.run_for(SECOND).await;
    let forgotten = house.moncash.transfers().len() - 1;
    assert!(forgotten > 0);
    house.crash();
    restore(&copy, house.folder.path(), payoutd::clock::Clock::now(&*house.clock).wall).unwrap();
    house.start();
    (house, batch, forgotten)
}

#[tokio::test(start_paused = true)]
async fn a_restored_ledger_sends_nothing_until_a_person_looked_and_asks_about_everything_first() {
    let (mut house, batch, forgotten) = restored(10).await;
    let started = house.clock.world_ms();
    let sent = house.moncash.transfers().len();
    house.run_for(2 * GRACE).await;
    assert_eq!(house.moncash.transfers().len(), sent, "sent by a ledger that may be old");
    assert_eq!(house.count(batch, StateWord::Queued), 0, "everything unfinished is doubt");
    house.order_house(Verb::Resume).await.unwrap();
    let settled = |house: &mut House| house.count(batch, StateWord::InDoubt) == 0;
    house.run_until(GRACE * 2, settled).await;
    for i in 1..=10 {
        let reference = format!("A{i}");
        assert_eq!(house.moncash.debits_of(&reference), 1, "{reference}");
        let first = house.moncash.transfers_of(&reference)[0];
        if i <= forgotten {
            assert_eq!(house.held_for(&reference), "PaidByWhom", "{reference}");
        } else {
            assert_eq!(house.word(&reference), StateWord::Paid, "{reference}");
            assert!(first >= started + u64::try_from(GRACE.as_millis()).unwrap(), "{reference} had no grace");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_resume_that_comes_before_everything_is_in_doubt_waits_for_it() {
    let (mut house, batch, _) = restored(1600).await;
    let id = house.post(Verb::Resume, Target::House);
    // The command itself obeys, with no daemon about.
    assert_eq!(house.run_to_end(Until::OrdersObeyed).await.unwrap(), Ending::Done);
    house.answered_already(id).unwrap();
    let sent = house.moncash.transfers().len();
    assert_eq!(house.count(batch, StateWord::Queued), 0, "rows were left that would be sent unasked");
    house.restart();
    house.run_for(GRACE / 2).await;
    assert_eq!(house.moncash.transfers().len(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_batch_of_a_restored_ledger_is_not_called_never_sent() {
    let mut house = House::new();
    house.order_house(Verb::Pause).await.unwrap();
    let batch = house.admit(&rows("A", 1200, 10));
    let seen = house.batch(batch).state(false).word().to_string();
    house.post(Verb::Cancel, Target::Batch { id: batch.0, seen });
    // The process dies in the middle of the cancelling.
    let died = run_with(&mut house, MINUTE, |ledger| ledger.batch(batch).unwrap().unwrap().cancel.is_some()).await;
    assert!(died.is_err());
    let cancelled = house.count(batch, StateWord::Cancelled);
    assert!(cancelled < 1200);
    house.crash();
    house.start_suspecting(Some("the machine was restored"));
    house.run_for(10 * SECOND).await;
    assert_eq!(house.count(batch, StateWord::Cancelled), cancelled, "nobody knows whether the others were sent");
    assert_eq!(house.count(batch, StateWord::InDoubt), 1200 - cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_distrust_while_a_call_is_open_neither_loses_its_answer_nor_stops_the_process() {
    let mut house = House::new();
    house.moncash.script("A1", [Act { debit: Some(SECOND), answer: 50 * SECOND, said: Said::Truth }]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.order_house(Verb::Distrust).await.unwrap();
    house.run_for(2 * MINUTE).await;
    assert_eq!(house.word("A1"), StateWord::Paid);
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_distrust_lets_every_grace_count_anew() {
    let mut house = House::new();
    house.pay_a_control().await;
    house.order_house(Verb::Pause).await.unwrap();
    house.admit(&rows("A", 2, 100));
    house.order_house(Verb::Distrust).await.unwrap();
    house.run_for(2 * GRACE).await;
    house.order_house(Verb::Distrust).await.unwrap();
    let again = house.clock.world_ms();
    house.run_for(SECOND).await;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(GRACE * 2, |house| house.word("A2") == StateWord::Paid).await;
    assert!(house.moncash.transfers_of("A1")[0] >= again + u64::try_from(GRACE.as_millis()).unwrap() - 1000);
}

#[tokio::test(start_paused = true)]
async fn run_once_of_a_suspected_ledger_ends_and_says_why() {
    let (mut house, _, _) = restored(20).await;
    let ended = tokio::time::timeout(4 * HOUR, house.run_once()).await.expect("it ends");
    assert!(matches!(ended, Ending::Early(why) if why.to_string().contains("older than its last send")));
}
