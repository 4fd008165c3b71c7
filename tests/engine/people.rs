//! What people do twice, too late or to the wrong thing: approvals, cancels, retries, old batches.

use super::answers::{FULL, refused};
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::payout::batch::{Approval, BatchEvent};
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;

fn awaits_approval(event: &mut BatchEvent) {
    let BatchEvent::Admitted { approval, .. } = event else { panic!() };
    *approval = Approval::Awaited;
}

#[tokio::test(start_paused = true)]
async fn an_approval_given_twice_pays_once() {
    let mut house = House::new();
    let batch = house.admit_as(&rows("A", 3, 100), awaits_approval);
    // Two people at the same moment, both of whom saw it wait.
    let seen = || payoutd::payout::order::Target::Batch { id: batch.0, seen: "awaiting_approval".to_string() };
    let (first, second) = (house.post(Verb::Approve, seen()), house.post(Verb::Approve, seen()));
    house.answered(first).await.unwrap();
    assert!(house.answered(second).await.is_err(), "the second approval was not refused");
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert!(house.order_batch(Verb::Approve, batch).await.is_err());
    house.restart();
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "paid", "yes", 1), ("A3", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_process_died_over_it_is_obeyed_once() {
    for dies in 0..6 {
        let mut house = House::new();
        let batch = house.admit_as(&rows("A", 2, 100), awaits_approval);
        let seen = payoutd::payout::order::Target::Batch { id: batch.0, seen: "awaiting_approval".to_string() };
        let order = house.post(Verb::Approve, seen);
        let mut commits = 0;
        let hook = move || {
            commits += 1;
            commits > dies
        };
        house.engine().ledger().on_commit(hook).unwrap();
        let until = payoutd::engine::Until::Stopped;
        let _ = tokio::time::timeout(MINUTE, house.run_to_end(until)).await;
        house.restart();
        house.answered(order).await.unwrap();
        house.ends(&[("A1", "paid", "yes", 1), ("A2", "paid", "yes", 1)]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_cancelled_with_calls_in_flight_tells_the_truth_of_every_row() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.moncash.script("A2", [Act::lands_after(GRACE / 2)]);
    house.moncash.script("A3", [Act { answer: 30 * SECOND, ..Act::paid() }]);
    house.moncash.script("A4", [Act::says(403, refused(403, FULL))]);
    house.pay_a_control().await;
    let batch = house.admit(&rows("A", 600, 10));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A4").is_empty()).await;
    house.order_batch(Verb::Cancel, batch).await.unwrap();
    let sent = house.moncash.transfers().len();
    house.ends(&[("A1", "cancelled", "no", 0), ("A2", "paid", "yes", 1), ("A3", "paid", "yes", 1)]).await;
    house.tells(&[("A4", "declined", "no", 0), ("A600", "cancelled", "no", 0)]);
    assert_eq!(house.moncash.transfers().len(), sent, "something was sent after the cancel");
}

/// The retry file of a batch goes while that batch's people are being given up elsewhere.
#[tokio::test(start_paused = true)]
async fn a_retry_cancelled_in_flight_burns_neither_person_nor_chain() {
    let mut house = House::new();
    let full = || Act::says(403, refused(403, FULL));
    house.moncash.script("A1", [full()]);
    house.moncash.script("A1.r2", [Act::lands_after(GRACE / 2)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    let second = house.admit(&[retry("A1.r2", "A1", 90)]);
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1.r2").is_empty()).await;
    house.order_batch(Verb::Cancel, second).await.unwrap();
    house.ends(&[("A1", "declined", "no", 0), ("A1.r2", "paid", "yes", 1)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_chain_of_retries_pays_a_person_once() {
    let mut house = House::new();
    let full = || Act::says(403, refused(403, FULL));
    house.moncash.script("A1", [full()]);
    house.moncash.script("A1.r2", [Act::lost(), full()]);
    house.moncash.script("A1.r3", [Act::paid_unheard()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    house.admit(&[retry("A1.r2", "A1", 90)]);
    house.run_until(4 * GRACE, |house| house.word("A1.r2") == StateWord::Declined).await;
    house.admit(&[retry("A1.r3", "A1.r2", 80)]);
    house.ends(&[("A1", "declined", "no", 0), ("A1.r2", "declined", "no", 0), ("A1.r3", "paid", "yes", 1)]).await;
}

/// Old money: a doubt that nobody could settle for a month is not sent again by itself. By then people
/// have been paid in another way.
#[tokio::test(start_paused = true)]
async fn a_doubt_that_slept_for_a_month_is_not_sent_again_without_a_person() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.moncash.script("A2", [Act::paid_unheard()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 2, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A2").is_empty()).await;
    house.crash();
    house.clock.sleep(30 * 24 * HOUR);
    house.clock.reboot();
    house.start();
    house.ends(&[("A1", "held", "unknown", 0), ("A2", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "a month-old salary was sent");
    assert!(house.report()[1].reason.to_string().contains("queued_for"), "{}", house.report()[1].reason);
    // A person who wants it sent all the same says so, and MonCash is asked everything anew.
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}

/// MonCash is away from the first answer on, for longer than old money may wait.
#[tokio::test(start_paused = true)]
async fn a_doubt_that_moncash_could_not_settle_for_days_is_not_sent_again_without_a_person() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    *house.moncash.every_status.borrow_mut() = Some(Said::Lost);
    house.run_for(MINUTE).await;
    house.sleeps(72 * HOUR);
    *house.moncash.every_status.borrow_mut() = None;
    house.ends(&[("A1", "held", "unknown", 0)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

/// A slip of the pen: the transaction belongs to another payout. It is refused, and stops nobody.
#[tokio::test(start_paused = true)]
async fn a_transaction_recorded_for_two_payouts_is_refused_and_the_loop_goes_on() {
    let mut house = House::with(|set| set.policy.proof.retry = false);
    house.moncash.script("A2", [Act::lost()]);
    house.admit(&rows("A", 2, 100));
    house.run_until(3 * GRACE, |house| house.word("A2") == StateWord::Held).await;
    let transaction = house.report()[0].transaction.clone().expect("A1's transaction");
    let refused = house.order(Verb::ResolvePaid { transaction: transaction.clone() }, "A2").await.unwrap_err();
    assert!(refused.contains("A1"), "{refused}");
    house.restart();
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "held", "unknown", 0)]).await;
    // With no daemon about, the same.
    let payout = house.payout("A2");
    let (seen, seen_events) = (payout.state.word().as_str().to_string(), payout.events);
    let target = payoutd::payout::order::Target::Payout { id: payout.id.0, seen, seen_events };
    let order = house.post(Verb::ResolvePaid { transaction }, target);
    house.restart();
    house.run_to_end(payoutd::engine::Until::OrdersObeyed).await.unwrap();
    assert!(house.answered_already(order).is_err());
}
