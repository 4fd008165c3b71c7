//! A call with a leave connects at once and sends its first byte at its moment.

use super::*;
use payoutd::moncash::gateway::{Gateway, Leave, Left, TooLate};
use payoutd::payout::reply::Outcome;
use server::{answer, read_request};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

/// What the other side saw of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Saw {
    Nothing,
    /// Closed without a byte.
    Closed,
    /// When the first bytes came, and how many came at once.
    First(Instant, String),
}

type Connections = Arc<Mutex<Vec<Saw>>>;

/// A gateway as documented that writes down when each connection spoke.
async fn gateway() -> (String, Connections) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/Api", listener.local_addr().unwrap());
    let connections = Connections::default();
    let kept = connections.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, kept.clone()));
        }
    });
    (base_url, connections)
}

async fn serve(mut stream: TcpStream, connections: Connections) {
    let place = {
        let mut all = connections.lock().unwrap();
        all.push(Saw::Nothing);
        all.len() - 1
    };
    let mut first = vec![0; 4096];
    let count = stream.peek(&mut first).await.unwrap_or(0);
    first.truncate(count);
    let text = String::from_utf8(first).unwrap();
    connections.lock().unwrap()[place] =
        if count == 0 { Saw::Closed } else { Saw::First(tokio::time::Instant::now(), text) };
    let Some(seen) = read_request(&mut stream).await else { return };
    if let Act::Answer(status, body) = as_documented(&seen, 0) {
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer(status, &body).as_bytes()).await;
    }
}

/// A leave, the bell that rings once it is asked for, and what grants it.
fn leave() -> (Leave, Arc<Notify>, oneshot::Sender<Result<Instant, TooLate>>, Left) {
    let (asked, left) = (Arc::new(Notify::new()), Left::default());
    let (grant, granted) = oneshot::channel();
    let bell = asked.clone();
    let due = async move {
        bell.notify_one();
        granted.await.unwrap()
    };
    (Leave { due: Box::pin(due), left: left.clone() }, asked, grant, left)
}

#[tokio::test]
async fn a_call_connects_before_its_moment_and_sends_not_a_byte_before_it_and_all_of_it_then() {
    let (base_url, connections) = gateway().await;
    let (client, _) = client_of(base_url);
    client.prepare().await;
    let (leave, asked, grant, left) = leave();
    let call = client.transfer_when(&salary("PAY-1"), leave);
    let (reply, moment) = tokio::join!(call, async {
        asked.notified().await;
        while connections.lock().unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // A byte too early would be there by now.
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(connections.lock().unwrap()[1..], [Saw::Nothing], "it is connected, and says nothing");
        assert!(left.get().is_none());
        let moment = tokio::time::Instant::now() + Duration::from_micros(100);
        assert!(grant.send(Ok(moment)).is_ok());
        moment
    });
    assert!(reply.http().is_some(), "{reply:?}");
    let Saw::First(came, text) = connections.lock().unwrap()[1].clone() else { panic!("it came") };
    assert!(text.starts_with("POST ") && text.contains("PAY-1"), "its head and its body come in one: {text}");
    assert!(moment <= came && moment <= *left.get().unwrap());
}

#[tokio::test]
async fn a_call_that_is_given_no_leave_or_given_up_at_the_door_never_leaves() {
    let (base_url, connections) = gateway().await;
    let (client, clock) = client_of(base_url);
    client.prepare().await;
    let (refused, asked, grant, left) = leave();
    let call = client.transfer_when(&salary("PAY-1"), refused);
    let (reply, ()) = tokio::join!(call, async {
        asked.notified().await;
        let now = payoutd::clock::Clock::now(&*clock).boot;
        assert!(grant.send(Err(TooLate { why: "too late".to_string(), now })).is_ok());
    });
    assert!(matches!(&reply.outcome, Outcome::NeverLeft(why) if why == "too late"), "{reply:?}");
    assert!(left.get().is_none());

    let (dropped, asked, _grant, left) = leave();
    let call = client.transfer_when(&salary("PAY-2"), dropped);
    tokio::select! {
        biased;
        () = asked.notified() => {}
        reply = call => panic!("{reply:?}"),
    }
    while connections.lock().unwrap()[1..] != [Saw::Closed, Saw::Closed] {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(left.get().is_none());
}

/// The machine slept while the call stood at the door.
#[tokio::test]
async fn a_call_that_waited_too_long_at_the_door_never_leaves() {
    let (base_url, connections) = gateway().await;
    let (client, clock) = client_of(base_url);
    client.prepare().await;
    let (leave, asked, grant, left) = leave();
    let call = client.transfer_when(&salary("PAY-1"), leave);
    let (reply, ()) = tokio::join!(call, async {
        asked.notified().await;
        clock.advance(Duration::from_secs(3600));
        assert!(grant.send(Ok(tokio::time::Instant::now())).is_ok());
    });
    assert!(matches!(&reply.outcome, Outcome::NeverLeft(why) if why.contains("the machine slept")), "{reply:?}");
    while connections.lock().unwrap()[1..] != [Saw::Closed] {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(left.get().is_none());
}
