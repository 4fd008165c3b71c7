//! Processes that were stopped (SIGSTOP) and machines that slept for longer than the grace, at every
//! step of a payout; and clocks that jump. MonCash does not sleep.
//!
//! The binary is stopped for real in `tests/stories/stopped.rs`.

use super::between::run_with;
use super::house::*;
use super::judge::ms;
use super::moncash::{Act, Said};
use payoutd::payout::state::StateWord;

/// Sleeps once, between the commit that opens an attempt and the first poll of its call.
async fn sleep_between_intent_and_call(house: &mut House, attempt: u32) {
    let (clock, mut slept) = (house.clock.clone(), false);
    let sleeping = |ledger: &payoutd::ledger::Ledger| {
        let opened = ledger.doubts().unwrap().into_iter().any(|id| ledger.payout(id).unwrap().attempts == attempt);
        if !slept && opened {
            slept = true;
            clock.sleep(3 * GRACE);
        }
        false
    };
    run_with(house, 3 * GRACE, sleeping).await.unwrap();
    assert!(slept, "no attempt {attempt} was opened");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_longer_than_the_grace_between_intent_and_call_makes_no_old_call() {
    let mut house = House::new();
    house.admit(&rows("A", 1, 100));
    let before = house.clock.world_ms();
    sleep_between_intent_and_call(&mut house, 1).await;
    let sent = house.moncash.transfers_of("A1");
    assert_eq!(sent.len(), 1, "the call of the old intent was made");
    let asked =
        house.moncash.status_calls_of("A1").into_iter().filter(|at| *at > before + ms(3 * GRACE)).min().unwrap();
    assert!((asked..asked + 10_000).contains(&sent[0]), "sent without asking again after the sleep");
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_paid_while_the_machine_slept_before_its_call_is_not_paid_again() {
    let mut house = House::new();
    house.admit(&rows("A", 1, 100));
    let moncash = house.moncash.clone();
    let mut slept = false;
    let clock = house.clock.clone();
    let sleeping = |ledger: &payoutd::ledger::Ledger| {
        if !slept && !ledger.doubts().unwrap().is_empty() {
            slept = true;
            clock.sleep(3 * GRACE);
            // A stand-in machine, or a person in the portal.
            moncash.pay_behind_our_back("A1", 10_000);
        }
        false
    };
    run_with(&mut house, MINUTE, sleeping).await.unwrap();
    house.ends(&[("A1", "held", "yes", 1)]).await;
    assert_eq!(house.held_for("A1"), "PaidByWhom");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_between_proof_and_resend_makes_no_call_on_the_old_proof() {
    // The first call's money moves while the machine sleeps, after the grace: the proof was right when
    // it was made and is wrong when the machine wakes.
    let mut house = House::new();
    house.moncash.script("A1", [Act::lands_after(2 * GRACE)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    sleep_between_intent_and_call(&mut house, 2).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "the second call was made on the old proof");
    house.ends(&[("A1", "paid", "yes", 1)]).await;
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_between_proof_and_resend_the_whole_proof_is_made_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    sleep_between_intent_and_call(&mut house, 2).await;
    let woke = house.clock.world_ms();
    house.run_until(3 * GRACE, |house| house.word("A1") == StateWord::Paid).await;
    let again = house.moncash.transfers_of("A1")[1];
    let asked = house.moncash.status_calls_of("A1").into_iter().filter(|at| *at < again && again - at < 60_000);
    assert!(asked.count() >= 2 && again + ms(3 * GRACE) > woke, "sent on questions from before the sleep");
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.payout("A1").attempts, 3, "the second attempt never left");
}

#[tokio::test(start_paused = true)]
async fn a_check_over_which_the_machine_slept_is_asked_again_before_the_first_call() {
    let mut house = House::with(|set| set.transfer_every = MINUTE);
    house.admit(&rows("A", 3, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    house.run_until(MINUTE, |house| !house.moncash.status_calls_of("A2").is_empty()).await;
    house.run_for(SECOND).await;
    assert!(house.moncash.transfers_of("A2").is_empty());
    house.sleeps(HOUR);
    house.moncash.pay_behind_our_back("A2", 10_000);
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "held", "yes", 1), ("A3", "paid", "yes", 1)]).await;
    assert_eq!(house.held_for("A2"), "ReferenceUsedBefore");
    assert!(house.moncash.transfers_of("A2").is_empty());
}

/// The process stands still while the answer lies in its socket.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_long_after_the_grace_is_heard_and_nothing_is_sent_again() {
    for said in [Said::Truth, Said::Lost] {
        let mut house = House::new();
        house.moncash.script("A1", [Act { debit: Some(SECOND), answer: 20 * SECOND, said }]);
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
        house.sleeps(10 * GRACE);
        house.ends(&[("A1", "paid", "yes", 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_lost_in_a_sleep_has_its_whole_grace_after_the_waking() {
    let mut house = House::new();
    // Unheard of until the machine wakes; then it lands within the grace that counts from there.
    house.moncash.script("A1", [Act { debit: Some(10 * GRACE + GRACE / 2), answer: 20 * SECOND, said: Said::Lost }]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.sleeps(10 * GRACE);
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn money_that_landed_while_the_machine_slept_over_the_grace_is_found() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lands_after(GRACE / 2)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(MINUTE).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    house.sleeps(2 * GRACE);
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

/// What was asked before the sleep proves nothing after it: the reference may have been paid since.
#[tokio::test(start_paused = true)]
async fn questions_from_before_a_sleep_are_no_proof_after_it() {
    let mut house = House::with(|set| set.floor = payoutd::payout::money::Amount::from_centimes(90_000_000));
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    // Money is short, so that the proven payout waits.
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", 20_000_000);
    house.run_for(GRACE + 2 * MINUTE).await;
    house.sleeps(2 * GRACE);
    house.moncash.pay_behind_our_back("A1", 10_000);
    house.moncash.top_up(200_000);
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "sent on answers from before the sleep");
}

/// A "not found" that lies in the socket while the machine sleeps is as old as the sleep: on whichever
/// question it falls, the second call is not made on it.
#[tokio::test(start_paused = true)]
async fn an_answer_that_slept_in_its_socket_is_no_proof() {
    for question in 0..6 {
        let mut house = House::new();
        house.moncash.status_sees_at_once.set(true);
        house.moncash.status_takes.set(4 * SECOND);
        house.moncash.script("A1", [Act::lost()]);
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
        let grace_over = house.clock.world_ms() + 10_000 + ms(GRACE);
        // Questions about A1 and its control, after the grace.
        let asked = |house: &House| {
            let of =
                |reference| house.moncash.status_calls_of(reference).into_iter().filter(|at| *at >= grace_over).count();
            of("A1") + of("CONTROL")
        };
        house.run_until(2 * GRACE, |house| asked(house) > question || house.moncash.transfers_of("A1").len() > 1).await;
        let before = house.moncash.transfers_of("A1").len();
        house.sleeps(2 * GRACE);
        if before == 1 {
            // What the first call was proven not to have done, it does while the machine sleeps.
            house.moncash.pay_late("A1", &row("A1", 100));
        }
        house.ends(&[("A1", "paid", "yes", 1)]).await;
        assert_eq!(house.moncash.transfers_of("A1").len(), before, "slept over question {question}");
    }
}

const DAY_MS: i64 = 86_400_000;

#[tokio::test(start_paused = true)]
async fn a_wall_clock_that_jumps_to_and_fro_neither_shortens_nor_repeats_the_grace() {
    for (first, then) in [(DAY_MS, -DAY_MS), (-DAY_MS, DAY_MS), (-3_600_000, 0), (3_600_000, -7_200_000)] {
        let mut house = House::new();
        house.moncash.script("A1", [Act::lost()]);
        house.pay_a_control().await;
        house.admit(&rows("A", 1, 100));
        house.run_for(GRACE / 3).await;
        house.clock.turn(first);
        house.run_for(GRACE / 3).await;
        house.clock.turn(then);
        house.run_until(2 * GRACE, |house| house.word("A1") == StateWord::Paid).await;
        let sent = house.moncash.transfers_of("A1");
        let waited = sent[1] - (sent[0] + 10_000);
        assert!((ms(GRACE)..ms(GRACE + MINUTE)).contains(&waited), "turned by {first} and {then}: {waited} ms");
        house.ends(&[("A1", "paid", "yes", 1)]).await;
    }
}

/// The hour that the clocks go back happens twice; the one that they go forward, never.
#[tokio::test(start_paused = true)]
async fn a_wall_clock_set_back_over_the_grace_in_a_restart_makes_nobody_young_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lands_after(GRACE - 30 * SECOND)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE / 2).await;
    house.crash();
    house.clock.turn(-3_600_000);
    house.start();
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn money_that_lands_after_a_reboot_in_the_grace_is_found() {
    let mut house = House::new();
    // After the grace as the old boot counted it; within the one that the new boot counts.
    house.moncash.script("A1", [Act::lands_after(GRACE + GRACE / 2)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE - 20 * SECOND).await;
    house.crash();
    house.clock.reboot();
    house.clock.turn(-DAY_MS);
    house.start();
    house.ends(&[("A1", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}
