//! No reference is paid twice, whatever is lost, and nobody is forgotten over it.

use super::answers::FULL;
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::payout::state::{ConfirmedBy, State, StateWord};

#[tokio::test(start_paused = true)]
async fn a_payroll_is_paid_each_person_once() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 20, 100));
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 20);
    assert_eq!(house.moncash.transfers().len(), 20);
    let order: Vec<String> = (1..=20).map(|i| format!("A{i}")).collect();
    assert_eq!(house.moncash.order(), order, "rows go in file order");
    house.is_sound(&["A1", "A20"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_never_paid_again() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::paid_unheard()]);
    house.admit(&rows("A", 1, 100));
    house.run_until(2 * MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    let State::Paid { by, .. } = house.payout("A1").state else { panic!() };
    assert_eq!(by, ConfirmedBy::Status);
    house.run_for(GRACE * 3).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    house.is_sound(&["A1"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_lost_before_paying_is_made_again_once_the_proof_is_whole() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(GRACE * 3, |house| house.word("A1") == StateWord::Paid).await;
    let sent = house.moncash.transfers_of("A1");
    assert_eq!(sent.len(), 2);
    let grace = u64::try_from(GRACE.as_millis()).unwrap();
    let ended = sent[0] + 10_000;
    assert!(sent[1] >= ended + grace, "the grace was not served");
    let after: Vec<u64> =
        house.moncash.status_calls_of("A1").into_iter().filter(|at| *at >= ended + grace && *at < sent[1]).collect();
    assert!(after.len() >= 3, "not enough questions after the grace: {after:?}");
    assert!(sent[1] - after.last().unwrap() <= 10_000, "the last answer was stale");
    let control = house.moncash.status_calls_of("CONTROL");
    assert!(control.iter().any(|at| *at >= ended + grace && *at < sent[1]), "no control question: {control:?}");
    assert_eq!(house.moncash.debits_of("A1"), 1);
    house.is_sound(&["A1", "CONTROL"]);
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_lands_late_in_the_grace_is_found_and_not_repeated() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lands_after(GRACE)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(GRACE * 2, |house| house.word("A1") == StateWord::Paid).await;
    house.run_for(GRACE).await;
    assert_eq!(house.moncash.debits_of("A1"), 1);
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_control_question_nothing_is_proven_and_the_others_go_on() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE * 3).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    // Another payout goes, is confirmed, and gives the control.
    house.admit(&rows("B", 1, 100));
    house.run_until(MINUTE, |house| house.word("B1") == StateWord::Paid).await;
    house.run_until(5 * MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_status_service_that_forgot_what_it_knew_proves_nothing() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    let (status, body) = super::answers::not_found();
    *house.moncash.every_status.borrow_mut() = Some(Said::Http(status, body));
    house.run_for(GRACE * 3).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "a blind status service is no proof");
    assert_eq!(house.word("A1"), StateWord::InDoubt);
}

#[tokio::test(start_paused = true)]
async fn a_doubt_is_settled_while_a_big_payroll_keeps_flowing() {
    let mut house = House::with(|set| set.policy.proof.grace = MINUTE);
    house.moncash.script("A1", [Act::lost()]);
    house.moncash.status_takes.set(2 * SECOND);
    house.admit(&rows("A", 1000, 10));
    // A confirmation every 200 ms must not make every control question stale while it is asked.
    house.run_until(150 * SECOND, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 2);
    let controls = house.moncash.log.borrow().len();
    assert!(controls < 3000, "the questions ran wild: {controls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_changes_between_the_questions_does_not_stop_the_proof() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    for _ in 0..60 {
        house.run_for(7 * SECOND).await;
        house.moncash.ready.set(false);
    }
    assert_eq!(house.word("A1"), StateWord::Paid);
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn attempts_that_are_used_up_are_held_for_a_person() {
    let mut house = House::with(|set| set.policy.attempts = 2);
    house.moncash.script("A1", [Act::lost(), Act::lost(), Act::lost()]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(GRACE * 4, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "AttemptsUsed");
    assert_eq!(house.moncash.transfers_of("A1").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_never_answered_for_certain_is_held_in_the_end() {
    let mut house = House::with(|set| set.policy.ask_for = 10 * MINUTE);
    house.moncash.script("A1", [Act::lost()]);
    house.admit(&rows("A", 1, 100));
    house.run_until(HOUR, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "AskedTooLong");
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_verifiably_never_left_goes_again_after_one_question() {
    let mut house = House::new();
    let never = Act { debit: None, answer: SECOND, said: Said::NeverLeft };
    house.moncash.script("A1", [never]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.payout("A1").attempts, 2);
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_decline_is_final_only_when_the_status_call_agrees() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::says(403, super::answers::refused(403, FULL))]);
    house.moncash.script_status("A1", [Said::Truth, Said::Lost, Said::Lost]);
    let batch = house.admit(&rows("A", 1, 100));
    house.run_for(5 * SECOND).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt, "nobody has confirmed it yet");
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    assert!(house.payout("A1").state.reason().to_string().contains(FULL));
    assert!(house.batch(batch).completed.is_some());
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_decline_after_an_ambiguous_attempt_waits_for_the_whole_grace() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::lost(), Act::says(403, super::answers::refused(403, FULL))]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(GRACE * 3, |house| house.payout("A1").attempts == 2).await;
    let second = *house.moncash.transfers_of("A1").last().unwrap();
    house.run_for(GRACE / 2).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt, "the first attempt may still land");
    house.run_until(GRACE * 3, |house| house.word("A1") == StateWord::Declined).await;
    let declined = house.clock.world_ms();
    assert!(declined - second >= u64::try_from(GRACE.as_millis()).unwrap());
    assert_eq!(house.moncash.transfers_of("A1").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_404_refusal_waits_for_the_full_proof_and_then_declines_in_moncashs_words() {
    let mut house = House::new();
    let words = "Receiver has no account";
    house.moncash.script("A1", [Act::says(404, super::answers::refused(404, words))]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_for(GRACE).await;
    assert_eq!(house.word("A1"), StateWord::InDoubt);
    house.run_until(GRACE, |house| house.word("A1") == StateWord::Declined).await;
    assert_eq!(house.payout("A1").state.reason().to_string(), words);
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "what is refused about the receiver is not sent again");
}
