//! What says paid but is not ours to the letter waits for a person, and is never sent again.

use super::answers;
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;

/// Says paid, and did not pay.
fn paid_as(transaction: &str, reference: &str, amount: &str) -> Act {
    let receiver = row(reference, 1).instruction.receiver.msisdn();
    Act::says(200, answers::transfer_as(transaction, amount, &receiver))
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_another_payout_has_is_held() {
    let mut house = House::new();
    house.moncash.script("A1", [Act { debit: Some(SECOND / 10), ..paid_as("TX1", "A1", "100.00") }]);
    house.moncash.script("A2", [paid_as("TX1", "A2", "100.00")]);
    house.admit(&rows("A", 2, 100));
    house.run_until(MINUTE, |house| house.word("A2") == StateWord::Held).await;
    assert_eq!(house.held_for("A2"), "EchoDiffers");
    assert_eq!(house.word("A1"), StateWord::Paid);
    house.restart();
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "held", "yes", 0)]).await;
    assert_eq!(house.moncash.transfers_of("A2").len(), 1);
}

/// The same answer twice, each with its money: the second may be true, or the echo of the first.
#[tokio::test(start_paused = true)]
async fn a_duplicate_transaction_id_is_not_sent_again_even_where_both_were_debited() {
    let mut house = House::new();
    for reference in ["A1", "A2"] {
        house.moncash.script(reference, [Act { debit: Some(SECOND / 10), ..paid_as("TX1", reference, "100.00") }]);
    }
    house.admit(&rows("A", 2, 100));
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "held", "yes", 1)]).await;
    assert_eq!(house.held_for("A2"), "EchoDiffers");
    // Nor when a person has MonCash asked again, or the process is another.
    assert!(house.order(Verb::AskAgain, "A2").await.is_err());
    house.restart();
    house.ends(&[("A2", "held", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_echo_of_another_amount_is_held() {
    let mut house = House::new();
    house.moncash.script("A1", [paid_as("TX1", "A1", "99.00")]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "EchoDiffers");
    house.run_for(GRACE * 2).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_was_used_before_is_held_and_nothing_is_sent() {
    let mut house = House::new();
    house.moncash.pay_behind_our_back("A1", 10_000);
    house.admit(&rows("A", 2, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "ReferenceUsedBefore");
    assert!(house.keeps("A1", "successful"), "the answer that says paid is the evidence");
    house.ends(&[("A1", "held", "yes", 1), ("A2", "paid", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 0);
    // Nobody can send it by a release either: it may be theirs.
    assert!(house.order(Verb::Release, "A1").await.is_err());
    assert!(house.order(Verb::Cancel, "A1").await.is_err());
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.ends(&[("A1", "held", "yes", 1)]).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_was_refused_before_is_held_and_not_asked_about_for_days() {
    let mut house = House::new();
    let refused = || {
        let body =
            answers::refused(403, answers::FULL).replace("/Api/v1/Transfert", "/Api/v1/PrefundedTransactionStatus");
        Said::Http(403, body)
    };
    house.moncash.script_status("A1", (0..500).map(|_| refused()));
    house.admit(&rows("A", 2, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "ReferenceRefusedBefore");
    assert!(house.keeps("A1", answers::FULL), "the answer that says refused is the evidence");
    house.ends(&[("A1", "held", "unknown", 0), ("A2", "paid", "yes", 1)]).await;
    assert!(house.moncash.status_calls_of("A1").len() < 5);
    assert_eq!(house.moncash.transfers_of("A1").len(), 0);
    // An earlier call of theirs may still pay: a release does not send it.
    assert!(house.order(Verb::Release, "A1").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn old_money_does_not_wake() {
    let mut house = House::with(|set| set.policy.queued_for = HOUR);
    house.order_house(Verb::Pause).await.unwrap();
    house.admit(&rows("A", 2, 100));
    house.run_for(MINUTE).await;
    house.clock.sleep(2 * HOUR);
    house.order_house(Verb::Resume).await.unwrap();
    house.run_for(MINUTE).await;
    assert_eq!(house.held_for("A1"), "TooOld");
    assert_eq!(house.moncash.transfers().len(), 0);
    house.order(Verb::Release, "A1").await.unwrap();
    house.ends(&[("A1", "paid", "yes", 1), ("A2", "held", "no", 0)]).await;
    assert_eq!(house.held_for("A2"), "TooOld");
}

#[tokio::test(start_paused = true)]
async fn a_successful_status_after_a_refusal_is_never_forgotten() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::says(403, answers::refused(403, answers::FULL))]);
    let (status, body) = answers::successful();
    house.moncash.script_status("A1", [Said::Truth, Said::Http(status, body)]);
    house.pay_a_control().await;
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Held).await;
    assert_eq!(house.held_for("A1"), "Contradiction");
    // From here on MonCash says "not found". It said paid once: no decline, no second Transfert.
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.run_for(GRACE * 3).await;
    assert_eq!(house.word("A1"), StateWord::Held);
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    house.restart();
    house.order(Verb::AskAgain, "A1").await.unwrap();
    house.run_for(GRACE * 3).await;
    assert_eq!(house.word("A1"), StateWord::Held);
}

#[tokio::test(start_paused = true)]
async fn before_a_successor_is_sent_every_ancestor_is_asked() {
    let mut house = House::new();
    let full = || Act::says(403, answers::refused(403, answers::FULL));
    house.moncash.script("A1", [full()]);
    house.moncash.script("A1.r2", [full()]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    house.admit(&[retry("A1.r2", "A1", 100)]);
    house.run_until(MINUTE, |house| house.word("A1.r2") == StateWord::Declined).await;
    let admitted = house.clock.world_ms();
    house.admit(&[retry("A1.r3", "A1.r2", 100)]);
    house.run_until(MINUTE, |house| house.word("A1.r3") == StateWord::Paid).await;
    let sent = house.moncash.transfers_of("A1.r3")[0];
    for ancestor in ["A1", "A1.r2", "A1.r3"] {
        let asked = house.moncash.status_calls_of(ancestor);
        assert!(asked.iter().any(|at| (admitted..=sent).contains(at)), "{ancestor} was not asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_successor_of_what_was_paid_after_all_is_held() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::says(403, answers::refused(403, answers::FULL))]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    house.moncash.pay_behind_our_back("A1", 10_000);
    house.admit(&[retry("A1.r2", "A1", 100)]);
    house.run_until(MINUTE, |house| house.word("A1.r2") == StateWord::Held).await;
    assert_eq!(house.held_for("A1.r2"), "AncestorNotUnpaid");
    assert!(house.keeps("A1.r2", "successful"), "the answer that says paid is the evidence");
    house.run_for(3 * GRACE).await;
    assert_eq!(house.moncash.transfers_of("A1.r2").len(), 0);
    assert_eq!((house.moncash.debits_of("A1"), house.moncash.debits_of("A1.r2")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_an_older_check_is_not_taken_for_one_to_the_newer() {
    let mut house = House::new();
    house.moncash.script("A1", [Act::says(403, answers::refused(403, answers::FULL))]);
    house.admit(&rows("A", 1, 100));
    house.run_until(MINUTE, |house| house.word("A1") == StateWord::Declined).await;
    house.moncash.pay_behind_our_back("A1", 10_000);
    house.moncash.status_takes.set(20 * SECOND);
    let asked = house.moncash.status_calls_of("A1").len();
    house.admit(&[retry("A1.r2", "A1", 100)]);
    house.run_until(MINUTE, |house| house.moncash.status_calls_of("A1").len() > asked).await;
    // The question about the ancestor is under way; the check begins anew with the row itself.
    house.order(Verb::Hold, "A1.r2").await.unwrap();
    house.order(Verb::Release, "A1.r2").await.unwrap();
    house.run_until(2 * MINUTE, |house| house.word("A1.r2") == StateWord::Held).await;
    assert_eq!(house.held_for("A1.r2"), "AncestorNotUnpaid");
    assert_eq!(house.moncash.transfers_of("A1.r2").len(), 0);
}
