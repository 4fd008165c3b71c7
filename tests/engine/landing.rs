//! Money that moves when nobody thinks of it any more: while a proven payout waits, after a refusal, a
//! cancel or a person's word. Ours that lands late is found; it is never paid a second time.

use super::answers::{FULL, refused};
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::payout::money::Amount;
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;

/// A1 was lost, and its proof waits for money that is missing since.
async fn proven_and_short(act: Act) -> House {
    let mut house = House::with(|set| set.floor = Amount::from_centimes(90_000_000));
    house.moncash.script("A1", [act]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", 20_000_000);
    house.run_for(GRACE + 5 * MINUTE).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "money was short");
    house
}

#[tokio::test(start_paused = true)]
async fn money_that_lands_while_a_proven_payout_waits_for_a_top_up_is_found_and_not_paid_again() {
    // At the top-up, in the last question before it, just after it, and long before.
    for after in [10 * MINUTE, 16 * MINUTE, 20 * MINUTE - SECOND, 20 * MINUTE, 20 * MINUTE + SECOND / 10] {
        let mut house = proven_and_short(Act::lands_after(after)).await;
        let admitted = house.moncash.transfers_of("A1")[0];
        let until_then = (20 * MINUTE).as_millis() - u128::from(house.clock.world_ms() - admitted);
        house.run_for(std::time::Duration::from_millis(u64::try_from(until_then).unwrap())).await;
        house.moncash.top_up(200_000);
        house.ends(&[("A1", "paid", "yes", 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), 1, "landed after {after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn money_that_lands_while_a_proven_payout_waits_is_found_by_the_next_process_too() {
    let mut house = proven_and_short(Act::lands_after(12 * MINUTE)).await;
    house.crash();
    tokio::time::sleep(10 * MINUTE).await;
    house.moncash.top_up(200_000);
    house.start();
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

/// The first call fills the wallet after the second was proven to be needed; the second is refused
/// because of the first. "Declined" would be a lie, and a retry file with this person in it.
#[tokio::test(start_paused = true)]
async fn a_decline_that_our_own_first_attempt_caused_is_reported_as_paid() {
    let full = || Act::says(403, refused(403, FULL));
    for (status_lag, second) in [(0, full()), (60, full()), (200, full()), (60, Act { answer: 30 * SECOND, ..full() })]
    {
        let mut house = House::new();
        house.moncash.script("A1", [Act::lost(), second]);
        house.moncash.status_lag.set(std::time::Duration::from_secs(status_lag));
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_until(GRACE * 2, |house| house.moncash.transfers_of("A1").len() == 2).await;
        // What the first attempt was proven not to have done, it does now.
        house.moncash.pay_late("A1", &row("A1", 100));
        house.ends(&[("A1", "paid", "yes", 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), 2);
        assert_eq!(house.report().last().unwrap().confirmed_by, "status");
    }
}

#[tokio::test(start_paused = true)]
async fn a_decline_after_an_answer_that_nobody_heard_never_offers_the_person_again() {
    // The status call is late by less than the grace: the refusal alone would have declined.
    let mut house = House::new();
    house.moncash.status_lag.set(GRACE - MINUTE);
    house.moncash.script("A1", [Act::lost(), Act { debit: Some(SECOND), ..Act::says(403, refused(403, FULL)) }]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_payout_cancelled_in_flight_is_told_as_paid_whenever_its_money_lands_in_the_grace() {
    for (lands, said) in [
        (SECOND, Said::Truth),
        (SECOND, Said::Lost),
        (GRACE / 2, Said::Lost),
        (GRACE, Said::Lost),
        (GRACE / 2, Said::Http(504, "gateway".to_string())),
    ] {
        let mut house = House::new();
        house.moncash.script("A1", [Act { debit: Some(lands), answer: 10 * SECOND, said }]);
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
        let told = house.order(Verb::Cancel, "A1").await.unwrap();
        assert!(told.contains("could not be stopped") && told.contains("do not pay by hand"), "{told}");
        house.restart();
        house.ends(&[("A1", "paid", "yes", 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_outlives_the_resend_that_was_already_proven() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost(), Act::lost(), Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(2 * GRACE, |house| house.moncash.transfers_of("A1").len() == 2).await;
    house.order(Verb::Cancel, "A1").await.unwrap();
    house.ends(&[("A1", "cancelled", "no", 0)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 2, "sent again after the order");
}

/// A payout that a person may call not paid: held, its answers used up.
async fn held(act: Act) -> House {
    let mut house = House::with(|set| set.policy.proof.retry = false);
    house.moncash.script("A1", [act]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(2 * GRACE, |house| house.word("A1") == StateWord::Held).await;
    house
}

#[tokio::test(start_paused = true)]
async fn not_paid_is_refused_when_the_money_lands_during_the_question() {
    let mut house = held(Act::lands_after(30 * MINUTE)).await;
    let sent = house.moncash.transfers_of("A1")[0];
    house.moncash.status_takes.set(20 * SECOND);
    let wait = sent + 30 * 60_000 - 10_000 - house.clock.world_ms();
    house.run_for(std::time::Duration::from_millis(wait)).await;
    let refused = house.order(Verb::ResolveNotPaid, "A1").await.unwrap_err();
    assert!(refused.contains("paid"), "{refused}");
    house.ends(&[("A1", "held", "unknown", 1)]).await;
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}

/// Nobody can stop a person from saying so before the money lands; but nothing here calls it certain,
/// offers the person again or pays a successor.
#[tokio::test(start_paused = true)]
async fn what_a_person_called_not_paid_before_it_landed_is_never_called_certainly_unpaid() {
    let mut house = held(Act::lands_after(30 * MINUTE)).await;
    house.order(Verb::ResolveNotPaid, "A1").await.unwrap();
    assert_eq!(house.word("A1"), StateWord::Cancelled);
    let row = house.report().pop().unwrap();
    assert!(!payoutd::report::retry::may_be_retried(&row), "the retry file offers a person who may be paid");
    house.run_for(30 * MINUTE).await;
    // The person is put into a file by hand all the same.
    house.admit(&[retry("A1.r2", "A1", 100)]);
    house.ends(&[("A1", "cancelled", "unknown", 1), ("A1.r2", "held", "no", 0)]).await;
    assert_eq!(house.held_for("A1.r2"), "AncestorNotUnpaid");
}

#[tokio::test(start_paused = true)]
async fn with_hold_money_that_lands_however_late_is_never_paid_twice() {
    for after in [GRACE / 2, GRACE, GRACE + MINUTE, 3 * GRACE, 30 * GRACE] {
        let mut house = House::with(|set| set.policy.proof.retry = false);
        house.moncash.script("A1", [Act::lands_after(after)]);
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_for(40 * GRACE).await;
        let (status, may) = if after <= GRACE { ("paid", "yes") } else { ("held", "unknown") };
        house.ends(&[("A1", status, may, 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), 1);
        if status == "held" {
            house.order(Verb::AskAgain, "A1").await.unwrap();
            house.ends(&[("A1", "paid", "yes", 1)]).await;
        }
    }
}

/// The one window that README states, shown for what it is: with "retry", money that lands after the
/// grace, and that MonCash denied until the second call, is paid twice; and nothing is reported but
/// what is true.
#[tokio::test(start_paused = true)]
async fn with_retry_money_that_lands_after_the_proof_is_the_window_that_readme_states() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(2 * GRACE, |house| house.moncash.transfers_of("A1").len() == 2).await;
    house.moncash.pay_late("A1", &row("A1", 100));
    house.run_for(3 * GRACE).await;
    house.judged = false;
    assert_eq!(house.moncash.debits_of("A1"), 2, "if this is prevented now, README says too little");
    let row = house.report().pop().unwrap();
    assert_eq!((row.status, row.attempts), (StateWord::Paid, 2), "an auditor sees the two calls");
    // Any earlier, and it is not.
    let mut house = House::new();
    house.moncash.script("A1", [Act::lands_after(GRACE + 10 * SECOND)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}
