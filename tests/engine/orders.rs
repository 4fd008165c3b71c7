//! Orders of people stand, and none of them touches what may have been paid.

use super::house::*;
use super::moncash::Act;
use payoutd::engine::{Ending, Until};
use payoutd::payout::batch::{Approval, BatchEvent};
use payoutd::payout::order::{Target, Verb};
use payoutd::payout::state::{ConfirmedBy, State, StateWord};

fn awaits_approval(event: &mut BatchEvent) {
    let BatchEvent::Admitted { approval, .. } = event else { panic!() };
    *approval = Approval::Awaited;
}

#[tokio::test(start_paused = true)]
async fn a_payout_cancelled_in_flight_is_cancelled_only_after_the_proof_and_never_sent_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    let told = house.order(Verb::Cancel, "A1").await.unwrap();
    assert!(told.contains("could not be stopped"), "{told}");
    let ordered = house.clock.world_ms();
    house.run_until(GRACE * 2, |house| house.word("A1") == StateWord::Cancelled).await;
    assert!(house.clock.world_ms() >= ordered + u64::try_from(GRACE.as_millis()).unwrap());
    house.run_for(GRACE).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

/// A house in which `A1` is held and may have been paid; `CONTROL` is paid.
async fn with_a_held_doubt() -> House {
    let mut house = House::with(|set| set.policy.proof.retry = false);
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(GRACE * 3, |house| house.word("A1") == StateWord::Held).await;
    house
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_answer_comes_while_orders_are_looked_for_is_answered_once() {
    let mut house = with_a_held_doubt().await;
    // As long as the loop waits before it looks for orders again.
    house.moncash.status_takes.set(std::time::Duration::from_millis(250));
    house.order(Verb::ResolveNotPaid, "A1").await.unwrap();
    assert_eq!(house.word("A1"), StateWord::Cancelled);
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_of_another_payout_is_refused_and_ends_nothing() {
    let mut house = with_a_held_doubt().await;
    let paid = |transaction: &str| Verb::ResolvePaid { transaction: transaction.to_string() };
    let refused = house.order(paid("T1-CONTROL"), "A1").await.unwrap_err();
    assert!(refused.contains("paid CONTROL already"), "{refused}");
    assert_eq!(house.word("A1"), StateWord::Held);
    house.order(paid("T2-A1"), "A1").await.unwrap();
    assert_eq!(house.word("A1"), StateWord::Paid);
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_payout_that_was_paid_is_paid() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::paid_unheard()]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.order(Verb::Cancel, "A1").await.unwrap();
    house.run_until(GRACE, |house| house.word("A1") == StateWord::Paid).await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_cancelled_in_flight_stops_what_was_not_sent_and_outlives_a_restart() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    let batch = house.admit(&rows("A", 600, 10));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    let told = house.order_batch(Verb::Cancel, batch).await.unwrap();
    assert!(told.contains("could not be stopped"), "{told}");
    house.restart();
    let stopped = |house: &mut House| house.count(batch, StateWord::Queued) == 0;
    house.run_until(MINUTE, stopped).await;
    let sent = house.moncash.transfers().len();
    assert!(sent < 20, "{sent} were sent");
    house.run_until(GRACE * 2, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.word("A1"), StateWord::Cancelled);
    assert_eq!(house.moncash.transfers().len(), sent, "nothing was sent after the order");
    house.is_sound(&["A1", "A2"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_batch_waits_and_its_doubts_are_not_sent_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    let batch = house.admit(&rows("A", 30, 10));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.order_batch(Verb::Hold, batch).await.unwrap();
    let sent = house.moncash.transfers().len();
    house.restart();
    house.run_for(GRACE * 2).await;
    assert_eq!(house.moncash.transfers().len(), sent);
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    house.order_batch(Verb::Release, batch).await.unwrap();
    house.run_until(5 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 30);
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_payout_on_hold_in_doubt_is_asked_about_but_not_sent_again_until_released() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.order(Verb::Hold, "A1").await.unwrap();
    house.restart();
    house.run_for(GRACE * 2).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    house.order(Verb::Release, "A1").await.unwrap();
    house.run_until(5 * MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

/// A payout that is held with money that may have moved, its grace long served.
async fn held_with_doubt(acts: impl IntoIterator<Item = Act>) -> House {
    let mut house = House::with(|set| set.policy.ask_for = 10 * MINUTE);
    house.moncash.script("A1", acts);
    house.admit(&rows("A", 1, 100));
    house.run_until(HOUR, |house| house.word("A1") == StateWord::Held).await;
    house
}

#[tokio::test(start_paused = true)]
async fn release_and_cancel_never_touch_doubt() {
    let mut house = held_with_doubt([Act::lost()]).await;
    for verb in [Verb::Release, Verb::Cancel, Verb::Hold] {
        let refused = house.order(verb, "A1").await.unwrap_err();
        assert_eq!(house.word("A1"), StateWord::Held, "{refused}");
    }
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn not_paid_is_refused_in_grace_and_asks_once_more_after_it() {
    let mut house = House::with(|set| set.policy.proof.retry = false);
    house.pay_a_control().await;
    let receiver = row("A1", 1).instruction.receiver.msisdn();
    let odd = super::answers::transfer_as("TX", "1.00", &receiver);
    house.moncash.script("A1", [Act::says(200, odd)]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Held).await;
    let refused = house.order(Verb::ResolveNotPaid, "A1").await.unwrap_err();
    assert!(refused.contains("grace"), "{refused}");
    house.run_for(GRACE).await;
    let asked = house.moncash.status_calls_of("A1").len();
    house.order(Verb::ResolveNotPaid, "A1").await.unwrap();
    assert_eq!(house.word("A1"), StateWord::Cancelled);
    assert_eq!(house.moncash.status_calls_of("A1").len(), asked + 1);
}

#[tokio::test(start_paused = true)]
async fn not_paid_is_refused_when_moncash_says_paid() {
    let mut house = held_with_doubt([Act::lost()]).await;
    house.moncash.pay_behind_our_back("A1", 10_000);
    let refused = house.order(Verb::ResolveNotPaid, "A1").await.unwrap_err();
    assert!(refused.contains("paid"), "{refused}");
    assert_eq!(house.word("A1"), StateWord::Held);
}

#[tokio::test(start_paused = true)]
async fn a_person_can_record_a_payment_or_have_moncash_asked_again() {
    let mut house = held_with_doubt([Act::lost()]).await;
    house.order(Verb::ResolvePaid { transaction: "TX-BY-HAND".to_string() }, "A1").await.unwrap();
    assert!(matches!(house.payout("A1").state, State::Paid { by: ConfirmedBy::Operator, .. }));
    let mut house = held_with_doubt([Act::lands_after(HOUR)]).await;
    house.run_for(HOUR).await;
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_batch_goes_before_it_is_approved() {
    let mut house = House::new();
    let batch = house.admit_as(&rows("A", 3, 100), awaits_approval);
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), 0);
    house.restart();
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), 0);
    house.order_batch(Verb::Approve, batch).await.unwrap();
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_seen_state_has_moved_is_refused() {
    let mut house = House::new();
    house.admit(&rows("A", 1, 100));
    let seen = house.payout("A1");
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    let target = Target::Payout { id: seen.id.0, seen: "queued".to_string(), seen_events: seen.events };
    let id = house.post(Verb::Cancel, target);
    let refused = house.answered(id).await.unwrap_err();
    assert!(refused.contains("when you looked"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_every_send_and_outlives_a_restart() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 100, 10));
    house.run_for(2 * SECOND).await;
    house.order_house(Verb::Pause).await.unwrap();
    let sent = house.moncash.transfers().len();
    house.restart();
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), sent);
    assert!(matches!(house.run_once().await, Ending::Early(why) if why.to_string().contains("paused")));
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(5 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 100);
}

#[tokio::test(start_paused = true)]
async fn an_order_without_a_daemon_is_obeyed_and_nothing_is_sent() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 3, 100));
    house.restart();
    let calls = house.moncash.log.borrow().len();
    let seen = house.batch(batch).state(false).word().to_string();
    let id = house.post(Verb::Hold, Target::Batch { id: batch.0, seen });
    assert_eq!(house.run_to_end(Until::OrdersObeyed).await.unwrap(), Ending::Done);
    assert!(house.answered(id).await.is_ok());
    assert!(house.batch(batch).hold.is_some());
    assert_eq!(house.moncash.log.borrow().len(), calls, "not a single call");
}

#[tokio::test(start_paused = true)]
async fn once_told_to_stop_it_sends_nothing_more_and_waits_for_what_is_under_way() {
    let mut house = House::new();
    house.moncash.transfer_takes.set(20 * SECOND);
    house.admit(&rows("A", 100, 10));
    house.run_for(3 * SECOND + SECOND / 2).await;
    let sent = house.moncash.transfers().len();
    house.stop.ring();
    assert_eq!(house.run_to_end(Until::Stopped).await.unwrap(), Ending::Stopped);
    assert_eq!(house.moncash.transfers().len(), sent, "something was sent after the order to stop");
    let paid = (1..=sent).filter(|i| house.word(&format!("A{i}")) == StateWord::Paid).count();
    assert_eq!(paid, sent, "what was under way was heard");
}
