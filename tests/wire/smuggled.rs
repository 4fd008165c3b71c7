//! An answer that nobody asked for must never be taken for the answer to the next question: the status
//! call's answer does not say whom it is about, so that one person's "successful" would be booked as
//! another's, and one person's "not found" would send another's money again.
//!
//! Must never: rely on luck. Every pair of moments on both sides is tried.

use super::endpoints::documented;
use super::house::{STATUS, TRANSFERT, client_of, reference_of, salary};
use super::server::answer;
use futures_util::future::join_all;
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Moments on each side: turns of the runtime between one step and the next.
const MOMENTS: [usize; 8] = [0, 1, 2, 3, 5, 8, 60, 200];

/// What is written without having been asked for.
#[derive(Clone, Copy, Debug)]
enum Extra {
    Successful,
    NotFound,
    Paid,
    /// The head now, the body when somebody asks again.
    Begun,
}

impl Extra {
    fn bytes(self) -> Vec<u8> {
        let not_found = r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found",
            "message":"Can't find this transaction","timestamp":1,"status":404}"#;
        match self {
            Extra::Successful => answer(200, &documented(STATUS, 0)),
            Extra::NotFound => answer(404, not_found),
            Extra::Paid => answer(200, &documented(TRANSFERT, 0)),
            Extra::Begun => answer(200, &documented(STATUS, 0)).split_once("\r\n\r\n").unwrap().0.to_string(),
        }
        .into_bytes()
    }
}

/// Answers every question with its own body in `about`, and after each answer, `wait` turns later,
/// writes something that nobody asked for.
async fn answer_too_much(mut stream: TcpStream, extra: Extra, wait: usize, seen: Arc<Mutex<Vec<String>>>) {
    while let Some((path, body)) = read_request(&mut stream).await {
        seen.lock().unwrap().push(body.clone());
        let about = if path.ends_with("token") { "null" } else { &body };
        let text = documented(&path, 0).replacen('{', &format!("{{\"about\":{about},"), 1);
        if stream.write_all(answer(200, &text).as_bytes()).await.is_err() {
            return;
        }
        for _ in 0..wait {
            tokio::task::yield_now().await;
        }
        if stream.write_all(&extra.bytes()).await.is_err() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |n| n.parse().unwrap()) {
                return Some((head.split(' ').nth(1).unwrap().to_string(), body.to_string()));
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
            _ => return None,
        }
    }
}

async fn start(extra: Extra, wait: usize) -> (Client, Arc<Mutex<Vec<String>>>, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (client, _) = client_of(format!("http://127.0.0.1:{port}/Api"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_too_much(stream, extra, wait, Arc::clone(&kept)));
        }
    });
    (client, seen, port)
}

/// Asks about one payout after the other, and pays one in between; every answer must be its question's.
async fn ask_one_after_the_other(extra: Extra, server_waits: usize, client_waits: usize) -> Vec<String> {
    let (client, seen, _) = start(extra, server_waits).await;
    client.prepare().await;
    let mut wrong = Vec::new();
    for n in 0..6 {
        for _ in 0..client_waits {
            tokio::task::yield_now().await;
        }
        let reference = format!("PAY-{n}");
        let reply = match n {
            3 => client.transfer(&salary(&reference)).await,
            _ => client.status(&reference_of(&reference)).await,
        };
        let about = format!("\"reference\":\"{reference}\"}}");
        if !reply.http().is_some_and(|http| http.body.contains(&about)) {
            wrong
                .push(format!("{extra:?} after {server_waits}, asked after {client_waits}: {reference} got {reply:?}"));
        }
    }
    let times = seen.lock().unwrap().iter().filter(|body| body.contains("\"PAY-3\"")).count();
    if times != 1 {
        wrong.push(format!("{extra:?}: the Transfert came {times} times"));
    }
    wrong
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_never_taken_for_the_next_ones() {
    let mut wrong = Vec::new();
    let mut rounds = 0;
    for extra in [Extra::Successful, Extra::NotFound, Extra::Paid, Extra::Begun] {
        for server_waits in MOMENTS {
            for client_waits in MOMENTS {
                wrong.extend(ask_one_after_the_other(extra, server_waits, client_waits).await);
                rounds += 6;
            }
        }
    }
    println!("{rounds} questions, each after an answer too many: {} got another's", wrong.len());
    assert!(wrong.is_empty(), "{} of {rounds}, the first: {}", wrong.len(), wrong[0]);
}

#[tokio::test]
async fn answers_that_come_in_another_order_stay_with_their_questions() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, _) = client_of(format!("http://{}/Api", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        // The token is answered at once; then all questions are read, and answered last one first.
        let (mut first, _) = listener.accept().await.unwrap();
        read_request(&mut first).await.unwrap();
        let granted = answer(200, &documented("/Api/oauth/token", 0));
        first.write_all(granted.as_bytes()).await.unwrap();
        let mut waiting = Vec::new();
        while waiting.len() < 20 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (_, body) = read_request(&mut stream).await.unwrap();
            waiting.push((stream, body));
        }
        for (stream, body) in waiting.iter_mut().rev() {
            let text = documented(STATUS, 0).replacen('{', &format!("{{\"about\":{body},"), 1);
            stream.write_all(answer(200, &text).as_bytes()).await.unwrap();
        }
        std::future::pending::<()>().await;
    });
    client.prepare().await;
    let client = Rc::new(client);
    let replies = join_all((0..20).map(|n| client.status(&reference_of(&format!("PAY-{n}"))))).await;
    for (n, reply) in replies.iter().enumerate() {
        let about = format!("\"about\":{{\"reference\":\"PAY-{n}\"}}");
        assert!(reply.http().is_some_and(|http| http.body.contains(&about)), "{reply:?}");
    }
}
