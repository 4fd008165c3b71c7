//! Processes die and machines sleep at the worst moment; nobody is paid twice over it.

use super::between::run_with;
use super::clock::WorldClock;
use super::house::*;
use super::moncash::{Act, Called, MonCash, Said};
use payoutd::engine::Until;
use payoutd::ledger::Ledger;
use payoutd::payout::state::{ConfirmedBy, State, StateWord};
use std::rc::Rc;
use std::time::Duration;

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_between_commit_and_call_leaves_a_doubt_with_its_whole_grace_to_come() {
    let mut house = House::new();
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    let ended = run_with(&mut house, MINUTE, |ledger| !ledger.doubts().unwrap().is_empty()).await;
    assert!(ended.is_err(), "it was to die with an attempt open");
    house.crash();
    assert_eq!(house.moncash.transfers_of("A1").len(), 0);
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    tokio::time::sleep(GRACE * 2).await;
    house.start();
    let started = house.clock.world_ms();
    house.run_until(GRACE * 3, |house| house.word("A1") == StateWord::Paid).await;
    let sent = house.moncash.transfers_of("A1");
    assert_eq!(sent.len(), 1);
    assert!(sent[0] >= started + ms(GRACE), "what nobody saw end counts from the start of the new process");
    assert_eq!(house.payout("A1").attempts, 2);
    house.restart();
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_with_the_call_on_the_wire_finds_it_paid() {
    let mut house = House::new();
    house.moncash.script("A1", [Act { debit: Some(30 * SECOND), answer: MINUTE, said: Said::Truth }]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.restart();
    house.run_until(GRACE, |house| house.word("A1") == StateWord::Paid).await;
    assert!(matches!(house.payout("A1").state, State::Paid { by: ConfirmedBy::Status, .. }));
    house.restart();
    house.run_for(GRACE * 2).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    house.is_sound(&["A1"]);
}

/// What a dead process sent arrives in the life of the next one, or of the one after that.
#[tokio::test(start_paused = true)]
async fn a_call_of_a_dead_process_that_lands_in_a_later_life_is_found_there() {
    for (dies_after, lands_after) in [(100, 200), (100, 60_000), (100, 299_000), (5_000, 200_000), (30_000, 320_000)] {
        for lives in 1..4 {
            let mut house = House::new();
            let lands = Duration::from_millis(lands_after);
            house.moncash.script("A1", [Act { debit: Some(lands), answer: 50 * SECOND, said: Said::Truth }]);
            house.pay_a_control().await;
            house.admit(&rows("A", 3, 100));
            house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
            house.run_for(Duration::from_millis(dies_after)).await;
            for _ in 0..lives {
                house.restart();
                house.run_for(40 * SECOND).await;
            }
            house.ends(&[("A1", "paid", "yes", 1), ("A2", "paid", "yes", 1), ("A3", "paid", "yes", 1)]).await;
            assert_eq!(house.moncash.transfers_of("A1").len(), 1, "{lives} lives, lands after {lands:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_saw_end_in_this_boot_keeps_its_grace() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE / 2).await;
    let sent = house.moncash.transfers_of("A1")[0];
    house.restart();
    house.run_until(GRACE, |house| house.word("A1") == StateWord::Paid).await;
    let again = house.moncash.transfers_of("A1")[1];
    assert!(again >= sent + 10_000 + ms(GRACE));
    let after =
        house.moncash.status_calls_of("A1").into_iter().filter(|at| (sent + 10_000 + ms(GRACE)..again).contains(at));
    assert!(after.count() >= 3, "answers that a dead process heard do not count");
}

#[tokio::test(start_paused = true)]
async fn after_a_reboot_the_grace_counts_anew() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE - 30 * SECOND).await;
    house.crash();
    house.clock.reboot();
    house.start();
    let started = house.clock.world_ms();
    house.run_until(GRACE * 3, |house| house.word("A1") == StateWord::Paid).await;
    assert!(house.moncash.transfers_of("A1")[1] >= started + ms(GRACE), "another boot's clock proves nothing");
    house.restart();
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_between_commit_and_call_does_not_make_the_call() {
    let mut house = House::new();
    house.admit(&rows("A", 3, 100));
    let clock = house.clock.clone();
    let mut slept = false;
    let sleeping = |ledger: &Ledger| {
        if !slept && !ledger.doubts().unwrap().is_empty() {
            slept = true;
            clock.sleep(6 * SECOND);
        }
        false
    };
    run_with(&mut house, 5 * SECOND, sleeping).await.unwrap();
    house.run_until(MINUTE, |house| (1..=3).all(|i| house.word(&format!("A{i}")) == StateWord::Paid)).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "only the second attempt left");
    assert_eq!(house.payout("A1").attempts, 2, "it counts as never left: no grace, one question");
    house.is_sound(&["A1", "A2", "A3"]);
}

/// Sleeps once, when the control question after the grace is on its way.
fn sleep_at_the_control(clock: Rc<WorldClock>, moncash: Rc<MonCash>, after: u64) -> impl FnMut(&Ledger) -> bool {
    let mut slept = false;
    move |_| {
        let asked = moncash.times(|called| *called == Called::Status("CONTROL".to_string()));
        if !slept && asked.iter().any(|at| *at > after) {
            slept = true;
            clock.sleep(20 * SECOND);
        }
        false
    }
}

#[tokio::test(start_paused = true)]
async fn a_proof_over_which_the_machine_slept_is_stale_and_asked_for_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.moncash.status_takes.set(2 * SECOND);
    house.pay_a_control().await;
    let admitted = house.clock.world_ms();
    house.admit(&rows("A", 1, 100));
    let sleeping = sleep_at_the_control(house.clock.clone(), house.moncash.clone(), admitted);
    run_with(&mut house, GRACE * 2, sleeping).await.unwrap();
    assert_eq!(house.word("A1"), StateWord::Paid);
    let sent = house.moncash.transfers_of("A1")[1];
    let asked = house.moncash.status_calls_of("A1").into_iter().filter(|at| *at < sent).max().unwrap();
    assert!(sent - asked <= 12_000, "the last question is {} ms old", sent - asked);
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_payroll_survives_a_crash_at_every_commit() {
    // So many commits that the last run ends before its crash.
    for crash_at in 1..40 {
        let mut house = House::with(|set| set.policy.proof.grace = 30 * SECOND);
        house.moncash.script("A2", [Act::lost()]);
        house.moncash.script("A3", [Act::paid_unheard()]);
        let batch = house.admit(&rows("A", 4, 100));
        let mut commits = 0;
        let hook = move || {
            commits += 1;
            commits == crash_at
        };
        house.engine().ledger().on_commit(hook).unwrap();
        let before = house.moncash.transfers().len();
        let ended = tokio::time::timeout(10 * MINUTE, house.run_to_end(Until::Stopped)).await;
        if let Ok(ended) = ended {
            assert!(commit_failed(&ended), "{ended:?}");
        }
        assert!(house.moncash.transfers().len() >= before);
        house.restart();
        let paid = |house: &mut House| house.batch(batch).completed.is_some();
        house.run_until(HOUR, paid).await;
        assert_eq!(house.count(batch, StateWord::Paid), 4, "crash at commit {crash_at}");
        house.is_sound(&["A1", "A2", "A3", "A4"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_fails_ends_the_process_and_no_call_of_its_turn_leaves() {
    let mut failed_with_a_send = 0;
    for fails_at in 1..20 {
        let mut house = House::with(|set| set.policy.check_first = false);
        house.admit(&rows("A", 3, 100));
        let mut commits = 0;
        let hook = move || {
            commits += 1;
            commits == fails_at
        };
        house.engine().ledger().on_commit(hook).unwrap();
        let ended = tokio::time::timeout(MINUTE, house.run_to_end(Until::Stopped)).await;
        assert!(ended.is_err() || ended.is_ok_and(|ended| commit_failed(&ended)), "it went on after commit {fails_at}");
        house.restart();
        for i in 1..=3 {
            let reference = format!("A{i}");
            let left = !house.moncash.transfers_of(&reference).is_empty();
            let intent = house.word(&reference) != StateWord::Queued;
            assert!(!left || intent, "{reference} left without its intent on disk, commit {fails_at}");
            failed_with_a_send += u32::from(!left);
        }
    }
    assert!(failed_with_a_send > 0);
}
