//! Calls that go wrong: a Transfert leaves once at the most, and "never left" is said only of
//! those that did not.

use super::server::{Act, Server, answer, read_request};
use super::{BALANCE, TRANSFERT, as_documented, client_of, prepared, salary};
use futures_util::FutureExt;
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::payout::reply::Outcome;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

fn is_lost(outcome: &Outcome, of: &str) -> bool {
    matches!(outcome, Outcome::Lost(why) if why.contains(of))
}

#[tokio::test]
async fn a_transfert_without_an_answer_is_lost_at_the_deadline() {
    let (server, client, _) = prepared(|_| Act::Hang).await;
    let begun = std::time::Instant::now();
    let (reply, ()) = tokio::join!(client.transfer(&salary("PAY-1")), async {
        server.wait_for(TRANSFERT, 1).await;
        tokio::time::pause();
    });
    assert!(is_lost(&reply.outcome, "no whole answer within 1m"), "{reply:?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "the clock was paused");
    assert_eq!((server.seen(TRANSFERT).len(), reply.token), (1, 1));
}

#[tokio::test]
async fn a_dripping_answer_ends_at_the_deadline() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{";
    let (server, client, _) = prepared(move |_| Act::Drip(head.to_string())).await;
    let (reply, begun) = tokio::join!(client.transfer(&salary("PAY-1")), async {
        server.wait_for(TRANSFERT, 1).await;
        tokio::time::pause();
        tokio::time::Instant::now()
    });
    assert!(is_lost(&reply.outcome, "no whole answer within 1m"), "{reply:?}");
    assert!(begun.elapsed() <= Duration::from_secs(61));
}

#[tokio::test]
async fn a_reset_after_the_body_came_is_a_loss() {
    let (server, client, _) = prepared(|_| Act::Reset).await;
    let reply = client.transfer(&salary("PAY-1")).await;
    assert!(matches!(reply.outcome, Outcome::Lost(_)), "{reply:?}");
    assert_eq!(server.seen(TRANSFERT).len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_loss_that_names_its_status() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"transfer\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"tra",
    ] {
        let (server, client, _) = prepared(move |_| Act::RawThenClose(bytes.to_string())).await;
        let reply = client.transfer(&salary("PAY-1")).await;
        assert!(is_lost(&reply.outcome, "HTTP 200"), "{reply:?}");
        assert_eq!(server.seen(TRANSFERT).len(), 1);
    }
    for bytes in ["", "HTTP/1.1 200", "HTTP/9.9 nonsense\r\n\r\n", "\u{0}\u{1}\u{2}"] {
        let (server, client, _) = prepared(move |_| Act::RawThenClose(bytes.to_string())).await;
        let reply = client.transfer(&salary("PAY-1")).await;
        assert!(matches!(reply.outcome, Outcome::Lost(_)), "{reply:?}");
        assert_eq!(server.seen(TRANSFERT).len(), 1);
    }
}

/// A server that closes each connection after its answer, and a client that holds a token.
async fn prepared_without_a_connection() -> (Server, Client) {
    let server = Server::start(|seen, before| match as_documented(seen, before) {
        Act::Answer(status, body) => {
            Act::RawThenClose(answer(status, &body).replacen("\r\n", "\r\nconnection: close\r\n", 1))
        }
        other => other,
    })
    .await;
    let (client, _) = client_of(server.base_url());
    client.prepare().await;
    (server, client)
}

#[tokio::test]
async fn a_refused_connection_means_never_left() {
    let (mut server, client) = prepared_without_a_connection().await;
    server.stop_listening().await;
    let reply = client.transfer(&salary("PAY-1")).await;
    assert!(matches!(reply.outcome, Outcome::NeverLeft(_)), "{reply:?}");
    assert_eq!(reply.token, 1);
    let reply = client.balance().await;
    assert!(matches!(reply.outcome, Outcome::NeverLeft(_)), "{reply:?}");
}

/// The connection stands and holds the request, but the deadline comes before a byte was written.
/// No error says that nothing was sent; only the body itself knows.
#[tokio::test]
async fn a_transfert_caught_by_the_deadline_before_it_was_written_never_leaves() {
    let (server, client) = prepared_without_a_connection().await;
    let mut call = client.transfer(&salary("PAY-1"));
    assert!((&mut call).now_or_never().is_none(), "the connection is being made");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    let reply = call.await;
    assert!(matches!(&reply.outcome, Outcome::NeverLeft(why) if why.contains("no whole answer")), "{reply:?}");

    assert!(client.balance().await.http().is_some(), "what was left of the call has had its time");
    assert_eq!(server.seen(TRANSFERT).len(), 0);
}

/// The machine sleeps while the connection is being made. No deadline has run out when it wakes: they
/// stand still with it.
#[tokio::test]
async fn a_transfert_over_whose_connecting_the_machine_slept_never_leaves() {
    let closing = |body: String| Act::RawThenClose(answer(200, &body).replacen("\r\n", "\r\nconnection: close\r\n", 1));
    let server = Server::start(move |seen, before| match as_documented(seen, before) {
        Act::Answer(_, body) => closing(body),
        other => other,
    })
    .await;
    let (client, clock) = client_of(server.base_url());
    client.prepare().await;
    let mut call = client.transfer(&salary("PAY-1"));
    assert!((&mut call).now_or_never().is_none(), "the connection is being made");
    clock.advance(Duration::from_secs(3600));
    let reply = call.await;
    assert!(matches!(&reply.outcome, Outcome::NeverLeft(why) if why.contains("the machine slept")), "{reply:?}");

    client.prepare().await;
    let mut call = client.transfer(&salary("PAY-2"));
    assert!((&mut call).now_or_never().is_none(), "the connection is being made");
    clock.advance(Duration::from_secs(3));
    assert!(call.await.http().is_some(), "a moment is no sleep");
    // What is under way already is waited for, however long the machine slept over its answer.
    let mut question = client.balance();
    assert!((&mut question).now_or_never().is_none());
    clock.advance(Duration::from_secs(40));
    assert!(question.await.http().is_some());
    let left: Vec<String> = server.seen(TRANSFERT).into_iter().map(|seen| seen.body).collect();
    assert!(left.len() == 1 && left[0].contains("PAY-2"), "{left:?}");
}

#[tokio::test]
async fn a_call_that_ends_before_tls_stands_never_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, _) = client_of(format!("https://{}/Api", listener.local_addr().unwrap()));
    let (reply, _) = tokio::join!(client.prepare(), async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 speak plainly\r\n\r\n").await.unwrap();
        stream
    });
    assert!(matches!(reply.unwrap().outcome, Outcome::NeverLeft(_)));

    let (reply, held) = tokio::join!(client.prepare(), async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        tokio::time::pause();
        (stream, hello)
    });
    assert_eq!(held.1[..3], [0x16, 3, 1], "a TLS handshake had begun");
    assert!(matches!(reply.unwrap().outcome, Outcome::NeverLeft(_)));
}

#[tokio::test]
async fn a_call_under_a_paused_clock_is_made_all_the_same() {
    let (server, client, _) = prepared(|_| Act::Answer(200, "{}".to_string())).await;
    tokio::time::pause();
    assert!(client.balance().await.http().is_some());
    assert!(client.transfer(&salary("PAY-1")).await.http().is_some());
    assert_eq!((server.seen(BALANCE).len(), server.seen(TRANSFERT).len()), (1, 1));
}

/// Rounds of the test below; enough for every pair of moments on both sides.
const ROUNDS: usize = 13 * 13;

/// The server closes every connection at some moment after its first answer, and reads on to see what
/// still comes: nothing may, since each call has a connection of its own. On a kept connection some of
/// these Transferts would be lost, and doubt costs a person half an hour.
#[tokio::test]
async fn a_server_that_closes_after_each_answer_costs_no_transfert_its_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, _) = client_of(format!("http://{}/Api", listener.local_addr().unwrap()));
    let (came, mut all_that_came) = mpsc::unbounded_channel();
    let accepting = tokio::spawn(async move {
        for n in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer_once_then_close(stream, n % 13 * 20, came.clone()));
        }
    });

    client.prepare().await;
    let mut outcomes = Vec::new();
    for n in 0..ROUNDS {
        client.balance().await;
        for _ in 0..n / 13 * 20 {
            tokio::task::yield_now().await;
        }
        outcomes.push(client.transfer(&salary(&format!("PAY-{n}"))).await.outcome);
    }

    drop(client);
    accepting.abort();
    let mut bytes = String::new();
    while let Some(more) = all_that_came.recv().await {
        bytes += &more;
    }
    for (n, outcome) in outcomes.iter().enumerate() {
        let times = bytes.matches(&format!("\"reference\":\"PAY-{n}\"")).count();
        assert!(matches!(outcome, Outcome::Answered(_)) && times == 1, "PAY-{n} came {times} times: {outcome:?}");
    }
}

async fn answer_once_then_close(mut stream: TcpStream, wait: usize, came: mpsc::UnboundedSender<String>) {
    let Some(first) = read_request(&mut stream).await else { return };
    let Act::Answer(status, body) = as_documented(&first, 0) else { return };
    let _ = stream.write_all(answer(status, &body).as_bytes()).await;
    for _ in 0..wait {
        tokio::task::yield_now().await;
    }
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let _ = came.send(first.body + &String::from_utf8_lossy(&rest));
}
