//! The access token: one call for all who need it, renewed in time, dropped when refused.

use super::server::{Act, Server};
use super::{BALANCE, STATUS, TOKEN, TRANSFERT, as_documented, client_of, prepared, reference_of, salary, token_value};
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::moncash::limiter::{Limiter, put};
use payoutd::payout::reply::Outcome;
use std::rc::Rc;
use std::time::Duration;

#[tokio::test]
async fn many_calls_at_once_share_one_token_call() {
    let server = Server::start(as_documented).await;
    let (client, _) = client_of(server.base_url());
    let calls = (0..40).map(|n| client.status(&reference_of(&format!("PAY-{n}"))));
    let replies = futures_util::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| reply.http().is_some_and(|http| http.status == 200) && reply.token == 1));
    assert_eq!((server.seen(TOKEN).len(), server.seen(STATUS).len()), (1, 40));
}

#[tokio::test]
async fn a_token_call_that_nobody_waits_for_any_more_is_begun_anew() {
    let server = Server::start(|seen, before| match seen.path() {
        TOKEN if before == 0 => Act::Hang,
        _ => as_documented(seen, before),
    })
    .await;
    let (client, _) = client_of(server.base_url());
    let mut given_up = client.prepare();
    tokio::select! {
        biased;
        _ = &mut given_up => panic!("it hangs"),
        () = server.wait_for(TOKEN, 1) => {}
    }
    drop(given_up);
    assert!(client.balance().await.http().is_some());
}

#[tokio::test]
async fn the_token_is_renewed_before_it_expires() {
    let (server, client, clock) = prepared(|_| Act::Answer(200, "{}".to_string())).await;
    clock.advance(Duration::from_secs(20));
    assert!(client.ready() && !client.wears_out());
    assert_eq!(client.prepare().await, None, "nothing to do yet");

    clock.advance(Duration::from_secs(25));
    assert!(!client.ready(), "too little life for a Transfert to come");
    assert_eq!(client.balance().await.token, 1, "enough for a call that is made now");
    assert_eq!(client.prepare().await.map(|reply| reply.token), Some(2));
    assert!(client.ready());

    clock.advance(Duration::from_secs(50));
    let reply = client.transfer(&salary("PAY-1")).await;
    assert!(matches!(reply.outcome, Outcome::NeverLeft(_)), "{reply:?}");
    assert_eq!(server.seen(TRANSFERT).len(), 0, "a Transfert is not sent with a token that may expire under way");
    assert_eq!(client.balance().await.token, 3);
    assert_eq!(server.seen(TOKEN).len(), 3);
}

#[tokio::test]
async fn a_token_is_renewed_while_the_old_one_still_carries_transferts() {
    let (server, client, clock) = prepared(|_| Act::Answer(200, "{}".to_string())).await;
    clock.advance(Duration::from_secs(30));
    assert!(client.ready() && client.wears_out());
    assert_eq!(client.prepare().await.map(|reply| reply.token), Some(2));
    assert!(client.ready() && !client.wears_out());
    assert_eq!(server.seen(TOKEN).len(), 2);
}

#[tokio::test]
async fn a_transfert_without_a_token_asks_nobody_anything() {
    let server = Server::start(as_documented).await;
    let (client, _) = client_of(server.base_url());
    let reply = client.transfer(&salary("PAY-1")).await;
    assert!(matches!(reply.outcome, Outcome::NeverLeft(_)));
    assert_eq!((server.seen(TOKEN).len(), server.seen(TRANSFERT).len(), reply.token), (0, 0, 0));
}

#[tokio::test]
async fn a_transfert_answered_401_is_never_repeated_and_its_token_is_dropped() {
    let (server, client, _) = prepared(|_| Act::Answer(401, r#"{"error":"invalid_token"}"#.to_string())).await;
    let reply = client.transfer(&salary("PAY-1")).await;
    assert_eq!(reply.http().map(|http| http.status), Some(401));
    assert!(!client.ready());
    assert_eq!((server.seen(TRANSFERT).len(), server.seen(TOKEN).len()), (1, 1));
}

/// Once the first token is refused.
fn forgetful(seen: &super::server::Seen, before: usize) -> Act {
    match seen.path() {
        STATUS if seen.header("authorization") == Some(&format!("Bearer {}", token_value(0))) => {
            Act::Answer(401, "{}".to_string())
        }
        _ => as_documented(seen, before),
    }
}

#[tokio::test]
async fn a_question_answered_401_is_asked_once_more_with_a_new_token_and_a_permit_of_its_own() {
    let server = Server::start(forgetful).await;
    let (client, _) = client_of(server.base_url());
    let client = Rc::new(client);
    assert_eq!(client.balance().await.token, 1);
    // Ten seconds from now there is the next permit.
    tokio::time::pause();
    let limiter = Rc::new(Limiter::every(Duration::from_secs(10)));
    limiter.check().unwrap();
    let began = tokio::time::Instant::now();
    let reply = put(&client, &limiter, |client| client.status(&reference_of("PAY-1"))).await;
    assert_eq!((reply.token, reply.http().map(|http| http.status)), (2, Some(200)));
    assert_eq!((server.seen(STATUS).len(), server.seen(TOKEN).len()), (2, 2));
    assert!(began.elapsed() >= Duration::from_secs(10) && limiter.check().is_err(), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_client_itself_repeats_nothing() {
    let server = Server::start(forgetful).await;
    let (client, _) = client_of(server.base_url());
    let reply = client.status(&reference_of("PAY-1")).await;
    assert_eq!(reply.http().map(|http| http.status), Some(401));
    assert_eq!(server.seen(STATUS).len(), 1);
}

#[tokio::test]
async fn an_account_that_is_refused_with_every_token_is_asked_twice_and_no_more() {
    let server = Server::start(|seen, before| match seen.path() {
        BALANCE if before > 0 => Act::Answer(401, "{}".to_string()),
        _ => as_documented(seen, before),
    })
    .await;
    let (client, _) = client_of(server.base_url());
    let (client, limiter) = (Rc::new(client), Rc::new(Limiter::every(Duration::ZERO)));
    client.balance().await;
    let reply = put(&client, &limiter, Client::balance).await;
    assert_eq!(reply.http().map(|http| http.status), Some(401));
    assert_eq!((server.seen(BALANCE).len(), server.seen(TOKEN).len()), (3, 2));
}

#[tokio::test]
async fn wrong_credentials_are_told_by_the_raw_answer_of_the_token_call() {
    let refusal = r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#;
    let server = Server::start(move |_, _| Act::Answer(401, refusal.to_string())).await;
    let (client, _) = client_of(server.base_url());
    let reply = client.balance().await;
    assert!(
        matches!(&reply.outcome, Outcome::NeverLeft(why) if why.contains("no access token") && why.contains("401"))
    );
    let failure = client.last_token_failure().unwrap();
    assert_eq!(failure.http().map(|http| (http.status, http.body.as_str())), Some((401, refusal)));
    assert_eq!((server.seen(BALANCE).len(), server.seen(TOKEN).len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_call_that_fails_is_not_hammered() {
    let server = Server::start(|_, _| Act::Answer(503, "{}".to_string())).await;
    let (client, _) = client_of(server.base_url());
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(600) {
        client.status(&reference_of("PAY-1")).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let asked = server.seen(TOKEN).len();
    assert!((2..=26).contains(&asked), "{asked} token calls in ten minutes");
    client.prepare().await;
    assert!(begun.elapsed() > Duration::from_secs(600) && server.seen(TOKEN).len() == asked + 1);
}
