//! One cell of the table: one endpoint under one fault, with a client of its own, judged by what the
//! enemy saw.
//!
//! Must never: sleep for luck. The clock is moved only when the enemy has said that nothing more comes.

use super::endpoints::{Endpoint, documented, outcome_of};
use super::enemy::{Connection, Enemy};
use super::faults::{Door, Fault, Scene};
use super::house::{SECRET, STATUS, client_of, reference_of};
use super::server::answer;
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::moncash::settings::{CONNECT_TIMEOUT, REQUEST_TIMEOUT};
use payoutd::payout::reply::Outcome;
use std::future::Future;
use std::net::TcpListener;
use std::time::Duration;
use tokio::time::Instant;

/// Real time within which a cell ends, on a busy machine too. A call that hangs shows here.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a deadline may be late by: the real time that passed before the clock was stopped counts.
const LATE: Duration = Duration::from_secs(5);
/// Longer than the quiet time after one failed token call.
const QUIET: Duration = Duration::from_secs(3);
/// An address to which the kernel sends no TCP packet: the call ends on this machine.
const NOWHERE: &str = "https://255.255.255.255:9/Api";
/// What the enemy can get rid of on a connection whose client takes no more: caps and socket buffers.
const MOST_TAKEN: usize = 24 * 1024 * 1024;

/// When a call came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Now,
    ConnectTimeout,
    Deadline,
}

/// What came of a cell, in the words of `cases.txt`.
#[derive(Clone, Debug)]
pub struct Found {
    pub ends: Ends,
    pub outcome: String,
    pub word: String,
    /// Rules that were broken; they hold in every cell, whatever `cases.txt` says.
    pub broken: Vec<String>,
}

/// Runs a cell in a runtime of its own.
pub fn run(endpoint: Endpoint, fault: &Fault) -> Found {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(strike(endpoint, fault))
}

/// As documented; the answer of the status call also says about whom it is.
fn documented_answer(path: &str, body: &str, before: usize) -> Vec<u8> {
    let text = documented(path, before);
    let about = if path == STATUS { text.replacen('{', &format!("{{\"about\":{body},"), 1) } else { text };
    answer(200, &about).into_bytes()
}

async fn strike(endpoint: Endpoint, fault: &Fault) -> Found {
    let mut enemy = Enemy::start_with_queue(endpoint.path(), Box::new(documented_answer), 8).await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let base_url = match fault.door {
        Door::Nowhere => NOWHERE.to_string(),
        Door::Tls => format!("https://{}/Api", enemy.address),
        Door::Open | Door::Closed | Door::Crowded => format!("http://{}/Api", enemy.address),
    };
    let (client, _clock) = client_of(base_url);
    if !matches!(fault.door, Door::Nowhere | Door::Tls) && endpoint != Endpoint::Token {
        // A token that has let a call in already: after a 401 the next one is asked for at once.
        client.prepare().await;
        assert!(client.balance().await.http().is_some_and(|http| http.status == 200));
    }
    let scene =
        Scene { endpoint, good: endpoint.good(), here: enemy.address, elsewhere: elsewhere.local_addr().unwrap() };
    match fault.door {
        Door::Closed => enemy.stop_listening().await,
        Door::Crowded => enemy.crowd_the_door().await,
        Door::Open | Door::Tls | Door::Nowhere => enemy.arm((fault.script)(&scene)),
    }
    let (known, asked_before) = (enemy.connections().len(), enemy.requests(endpoint.path()));

    let Some(ended) = make_the_call(&client, endpoint, &enemy, fault.door).await else {
        let broken = vec!["the call did not come back".to_string()];
        return Found { ends: Ends::Deadline, outcome: "none".to_string(), word: String::new(), broken };
    };
    enemy.disarm();
    let mut broken = Vec::new();
    if fault.door != Door::Crowded && within_patience(enemy.wait_until_left()).await.is_none() {
        broken.push("a connection was kept after the call".to_string());
    }
    if ended.clock_stopped {
        tokio::time::resume();
    }

    let asked = enemy.requests(endpoint.path()) - asked_before;
    let connections = enemy.connections().split_off(known);
    broken.extend(judge(endpoint, &ended.result.reply.outcome, &connections, asked));
    if elsewhere.accept().is_ok() {
        broken.push("somebody went elsewhere".to_string());
    }
    if fault.door == Door::Open && !connections.iter().any(|connection| connection.struck) {
        broken.push("the fault never struck".to_string());
    }
    let kept = format!("{:?}{:?}", ended.result.reply, client.last_token_failure());
    if [SECRET, "eyJ-token", "bXktY2xpZW50"].iter().any(|secret| kept.contains(secret)) {
        broken.push("a secret or a token is in the answer that is kept".to_string());
    }
    if fault.door == Door::Open {
        broken.extend(judge_next_call(&client, &enemy).await);
    }
    let ends = match ended.took {
        took if took < CONNECT_TIMEOUT => Ends::Now,
        took if took <= CONNECT_TIMEOUT + LATE => Ends::ConnectTimeout,
        took if took >= REQUEST_TIMEOUT && took <= REQUEST_TIMEOUT + LATE => Ends::Deadline,
        took => {
            broken.push(format!("it came back after {took:?}"));
            Ends::Deadline
        }
    };
    let outcome = outcome_of(&ended.result.reply);
    Found { ends, outcome, word: ended.result.word, broken }
}

struct Ended {
    result: super::endpoints::Result,
    took: Duration,
    clock_stopped: bool,
}

/// Makes the call. The clock is stopped as soon as the enemy stalls (before a crowded door: at once);
/// then tokio moves it on to the next deadline whenever nothing else is left to do.
async fn make_the_call(client: &Client, endpoint: Endpoint, enemy: &Enemy, door: Door) -> Option<Ended> {
    let begun = Instant::now();
    let mut call = std::pin::pin!(endpoint.call(client));
    let stalled = async {
        if door != Door::Crowded {
            enemy.wait_for_stall().await;
        }
    };
    within_patience(async {
        tokio::select! {
            biased;
            result = &mut call => return Ended { result, took: begun.elapsed(), clock_stopped: false },
            () = stalled => tokio::time::pause(),
        }
        let result = call.await;
        Ended { result, took: begun.elapsed(), clock_stopped: true }
    })
    .await
}

/// What `work` comes to, or `None` after [`PATIENCE`] of real time, which a stopped clock does not count.
async fn within_patience<T>(work: impl Future<Output = T>) -> Option<T> {
    let (give_up, given_up) = tokio::sync::oneshot::channel();
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let watchdog = std::thread::spawn(move || {
        if is_done.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = give_up.send(());
        }
    });
    let came = tokio::select! {
        biased;
        came = work => Some(came),
        Ok(()) = given_up => None,
    };
    drop(done);
    watchdog.join().unwrap();
    came
}

/// What holds in every cell, by the bytes that the enemy saw.
fn judge(endpoint: Endpoint, outcome: &Outcome, connections: &[Connection], asked: usize) -> Vec<String> {
    let mut broken = Vec::new();
    let ours: Vec<&Connection> = connections.iter().filter(|connection| connection.path() == endpoint.path()).collect();
    let bodies = ours.iter().filter(|connection| !connection.after_head().is_empty()).count();
    if ours.len() > 1 || asked > 1 {
        broken.push(format!("{} connections and {asked} whole requests instead of one", ours.len()));
    }
    if matches!(outcome, Outcome::Answered(_)) && connections.iter().filter(|c| c.struck).count() != 1 {
        broken.push(format!("an answer after {asked} requests instead of one"));
    }
    if matches!(outcome, Outcome::NeverLeft(_)) && (bodies > 0 || (!endpoint.has_body() && !ours.is_empty())) {
        broken.push("\"never left\" of a request that came".to_string());
    }
    for connection in &ours {
        let bytes = String::from_utf8_lossy(&connection.bytes);
        if bytes.matches(" HTTP/1.1\r\n").count() > 1 {
            broken.push(format!("a connection carried more than one request: {bytes}"));
        }
    }
    let most_written = connections.iter().map(|connection| connection.written).max().unwrap_or(0);
    if most_written > MOST_TAKEN {
        broken.push(format!("the client took {most_written} bytes"));
    }
    broken
}

/// The next question goes over a connection of its own and gets its own answer.
async fn judge_next_call(client: &Client, enemy: &Enemy) -> Option<String> {
    tokio::time::pause();
    tokio::time::advance(QUIET).await;
    tokio::time::resume();
    let before = enemy.connections().len();
    let Some(reply) = within_patience(client.status(&reference_of("NEXT-1"))).await else {
        return Some("the next call did not come back".to_string());
    };
    let told = reply.http().is_some_and(|http| {
        http.status == 200
            && http.body.contains(r#""about":{"reference":"NEXT-1"}"#)
            && http.body.contains("successful")
    });
    if !told {
        return Some(format!("the next call got {reply:?}"));
    }
    let after = enemy.connections();
    let carried = after[before..].iter().any(|connection| connection.path() == STATUS);
    (!carried).then(|| "the next call went over a connection that was there before".to_string())
}
