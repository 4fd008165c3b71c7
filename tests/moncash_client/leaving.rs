//! A call connects at once and leaves at once; until its body is given it can be taken back, and is counted.

use super::*;
use futures_util::FutureExt;
use payoutd::moncash::gateway::{Gateway, Unsent};
use payoutd::payout::reply::Outcome;

const NONE: Unsent = Unsent { transfers: 0, questions: 0 };

/// Looks at a call, and lets the rest of the runtime run in between: so far it comes.
async fn advance<T>(call: &mut (impl Future<Output = T> + Unpin), looks: usize) -> Option<T> {
    for _ in 0..looks {
        if let Some(end) = call.now_or_never() {
            return Some(end);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// It is dropped at every place that it can come to: before and after it is connected, while its body lies
/// with the transport, and after it left.
#[tokio::test]
async fn a_call_that_is_dropped_before_it_left_never_leaves() {
    let (server, client, _) = prepared(|_| Act::Hang).await;
    let (mut taken_back, mut left) = (Vec::new(), Vec::new());
    for looks in 0..60 {
        let reference = format!("PAY-{looks}");
        let mut call = client.transfer(&salary(&reference));
        assert!(advance(&mut call, looks).await.is_none(), "nobody answers");
        let unsent = client.unsent();
        drop(call);
        assert_eq!(client.unsent(), NONE);
        if unsent == NONE { left.push(reference) } else { taken_back.push(reference) }
    }
    server.wait_for(TRANSFERT, left.len()).await;
    // What is left of the others has had its time.
    client.balance().await;
    let came: Vec<String> = server.seen(TRANSFERT).into_iter().map(|seen| seen.body).collect();
    let is_there = |reference: &&String| came.iter().any(|body| body.contains(&format!("\"{reference}\"")));
    assert!(left.iter().all(|reference| is_there(&reference)), "counted as left: {left:?}; came: {came:?}");
    assert!(!taken_back.iter().any(|reference| is_there(&reference)), "taken back: {taken_back:?}; came: {came:?}");
    assert!(taken_back.len() > 2 && left.len() > 2, "{taken_back:?} {left:?}");
}

#[tokio::test]
async fn calls_count_as_unsent_from_their_launch_until_they_leave_or_end() {
    let (server, client, clock) = prepared(|_| Act::Hang).await;
    let mut calls: Vec<_> = (0..3).map(|n| client.transfer(&salary(&format!("PAY-{n}")))).collect();
    assert_eq!(client.unsent(), Unsent { transfers: 3, questions: 0 }, "nobody looked at them yet");
    calls.pop();
    assert_eq!(client.unsent().transfers, 2, "one is dropped");
    let mut calls = futures_util::future::join_all(calls);
    tokio::select! {
        biased;
        replies = &mut calls => panic!("nobody answers: {replies:?}"),
        () = server.wait_for(TRANSFERT, 2) => {}
    }
    assert_eq!(client.unsent(), NONE, "they left, and are under way");

    // Without a token a Transfert ends at once, and a question waits.
    clock.advance(std::time::Duration::from_secs(3600));
    let question = client.status(&reference_of("PAY-1"));
    assert_eq!(client.unsent(), Unsent { transfers: 0, questions: 1 });
    assert!(question.await.http().is_some());
    clock.advance(std::time::Duration::from_secs(3600));
    let reply = client.transfer(&salary("PAY-9")).await;
    assert!(matches!(reply.outcome, Outcome::NeverLeft(_)), "{reply:?}");
    assert_eq!(client.unsent(), NONE);
}
