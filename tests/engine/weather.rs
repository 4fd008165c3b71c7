//! When MonCash is not well, nothing is piled onto it and nobody is declined over it.

use super::answers;
use super::house::*;
use super::moncash::{Act, Said};
use payoutd::engine::Ending;
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;
use std::time::Duration;

const NO_SHORT_CODE: &str = "No short code for user account";

#[tokio::test(start_paused = true)]
async fn lost_answers_in_a_row_stop_the_sending_until_a_question_is_answered_and_then_go_one_by_one() {
    let mut house = House::new();
    let batch = house.admit(&rows("A", 100, 10));
    house.run_until(MINUTE, |house| house.word("A5") == StateWord::Paid).await;
    let lost = Act { debit: None, answer: SECOND, said: Said::Lost };
    *house.moncash.every_transfer.borrow_mut() = Some(lost);
    *house.moncash.every_status.borrow_mut() = Some(Said::Lost);
    *house.moncash.every_balance.borrow_mut() = Some(Said::Lost);
    let before = house.moncash.transfers().len();
    house.run_for(2 * MINUTE).await;
    let doubts = house.moncash.transfers().len() - before;
    assert!(doubts <= 12, "{doubts} sends into a dead gateway");
    // One harmless question is answered; Transfert is still dead: one at a time finds that out.
    *house.moncash.every_balance.borrow_mut() = None;
    *house.moncash.every_status.borrow_mut() = None;
    house.run_for(2 * MINUTE).await;
    house.moncash.most_open.set(0);
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.most_open.get(), 1, "careful means one at a time");
    *house.moncash.every_transfer.borrow_mut() = None;
    house.run_until(HOUR, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 100);
    house.is_sound(&["A10", "A11", "A12"]);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_transfert_refuses_stops_everything_and_declines_nobody() {
    let mut house = House::new();
    *house.moncash.every_transfer.borrow_mut() = Some(Act::says(403, answers::refused(403, NO_SHORT_CODE)));
    let batch = house.admit(&rows("A", 50, 10));
    house.run_for(GRACE * 3).await;
    let sent = house.moncash.transfers().len();
    assert!(sent <= 5, "{sent} were sent to an account that is refused");
    assert_eq!(house.count(batch, StateWord::Declined), 0);
    house.restart();
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), sent, "a restart forgets nothing");
    assert!(house.blocked().contains(NO_SHORT_CODE));
    *house.moncash.every_transfer.borrow_mut() = None;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(2 * GRACE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 50);
    house.is_sound(&["A1", "A2"]);
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_balance_is_refused_sends_nothing() {
    let mut house = House::new();
    let words = "the receiver organization queried by the short code does not exist";
    let body = answers::failure("/Api/v1/PrefundedBalance", 403, "Forbidden", words);
    *house.moncash.every_balance.borrow_mut() = Some(Said::Http(403, body));
    let batch = house.admit(&rows("A", 5, 10));
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), 0);
    assert!(matches!(house.run_once().await, Ending::Early(why) if why.to_string().contains("refuses the account")));
    *house.moncash.every_balance.borrow_mut() = None;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_the_token_call_refuses_stop_everything() {
    let mut house = House::new();
    house.moncash.ready.set(false);
    let body = r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#.to_string();
    *house.moncash.every_token.borrow_mut() = Some(Said::Http(401, body));
    let batch = house.admit(&rows("A", 5, 10));
    house.run_for(10 * MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), 0);
    let tokens = house.moncash.times(|called| *called == super::moncash::Called::Token).len();
    assert!(tokens <= 2, "{tokens} knocks with a wrong key");
    *house.moncash.every_token.borrow_mut() = None;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(MINUTE, |house| house.batch(batch).completed.is_some()).await;
}

#[tokio::test(start_paused = true)]
async fn equal_refusals_stop_the_sending() {
    let mut house = House::new();
    house.moncash.ready.set(true);
    *house.moncash.every_transfer.borrow_mut() = Some(Act::says(403, answers::refused(403, answers::FULL)));
    let batch = house.admit(&rows("A", 200, 10));
    house.run_for(5 * MINUTE).await;
    let sent = house.moncash.transfers().len();
    assert!((10..=14).contains(&sent), "{sent} were refused before it stopped");
    house.restart();
    house.run_for(MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), sent);
    assert!(matches!(house.run_once().await, Ending::Early(why) if why.to_string().contains(answers::FULL)));
    *house.moncash.every_transfer.borrow_mut() = None;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(5 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid) as usize, 200 - sent);
}

#[tokio::test(start_paused = true)]
async fn while_the_status_call_cannot_be_read_no_doubt_is_added() {
    let mut house = House::with(|set| set.policy.check_first = false);
    let batch = house.admit(&rows("A", 300, 10));
    for i in 1..=5 {
        house.moncash.script(&format!("A{}", i * 10), [Act::lost()]);
    }
    *house.moncash.every_status.borrow_mut() = Some(Said::Http(500, "oops".to_string()));
    house.run_for(5 * MINUTE).await;
    let sent = house.moncash.transfers().len();
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), sent, "blind, and still sending");
    assert!(sent < 300);
    let asked = house.moncash.times(|called| matches!(called, super::moncash::Called::Status(_))).len();
    assert!(asked < 200, "{asked} questions to a blind service in ten minutes");
    *house.moncash.every_status.borrow_mut() = None;
    house.run_until(HOUR, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 300);
}

#[tokio::test(start_paused = true)]
async fn a_moncash_that_never_answers_or_cannot_be_read_ends_run_once_early() {
    let oops = Said::Http(500, "oops".to_string());
    for (status, balance) in [(Said::Lost, Some(Said::Lost)), (oops.clone(), Some(oops.clone())), (oops, None)] {
        let mut house = House::new();
        *house.moncash.every_status.borrow_mut() = Some(status);
        *house.moncash.every_balance.borrow_mut() = balance;
        house.admit(&rows("A", 5, 10));
        let ended = tokio::time::timeout(Duration::from_secs(900), house.run_once()).await.expect("it ends");
        assert!(matches!(&ended, Ending::Early(why) if why.to_string().contains("does not answer")), "{ended:?}");
    }
}
