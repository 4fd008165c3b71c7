//! A client that does nothing but send: a Transfert a period, each on a connection that stands already, at
//! the very moment. What the gateway counts of it beyond the rate is the machine's and the gateway's doing,
//! and nobody who sends can come below it.
//!
//! Must never: send two calls within a period.

use super::house::{Simulator, call_of};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Connections are kept so long: the slowest answer takes 3 s.
const KEPT_FOR: Duration = Duration::from_secs(4);
/// Waited out without sleeping: no timer is as exact.
const WATCHED: Duration = Duration::from_millis(1);

/// What the gateway counted (ms, its own), and the least time between two calls by the sender's clock.
pub struct Beats {
    pub arrived: Vec<u64>,
    pub least_apart: Duration,
}

/// Sends `count` Transferts, one every `period`, to a gateway that answers after 1–3 s.
pub fn send(count: u32, period: Duration) -> Beats {
    let moncash = Simulator::start(&["--latency", "1s..3s"]);
    let token = token_of(&moncash.address);
    let (mut open, mut left, mut least_apart) = (VecDeque::new(), None::<Instant>, Duration::MAX);
    for number in 0..count {
        let body = format!(
            r#"{{"amount":100.00,"receiver":"509{}","desc":"","reference":"BEAT-{number}"}}"#,
            34_000_000 + number
        );
        let call = format!(
            "POST /Api/v1/Transfert HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            moncash.address,
            body.len()
        );
        let mut connection = TcpStream::connect(&moncash.address).expect("a connection");
        connection.set_nodelay(true).expect("no delay");
        if let Some(left) = left {
            wait_out(left + period);
        }
        let leaves = Instant::now();
        connection.write_all(call.as_bytes()).expect("it leaves");
        // From the later end of the one to the earlier end of the next: it left at some moment in between.
        least_apart = left.map_or(least_apart, |left| least_apart.min(leaves.duration_since(left)));
        left = Some(Instant::now());
        open.push_back((leaves, connection));
        while open.front().is_some_and(|(since, _)| since.elapsed() > KEPT_FOR) {
            open.pop_front();
        }
    }
    std::thread::sleep(KEPT_FOR);
    Beats { arrived: moncash.times_of(call_of::TRANSFER), least_apart }
}

fn wait_out(until: Instant) {
    let early = until.checked_sub(WATCHED).unwrap_or(until);
    std::thread::sleep(early.saturating_duration_since(Instant::now()));
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

fn token_of(address: &str) -> String {
    let form = "scope=read,write&grant_type=client_credentials";
    let mut stream = TcpStream::connect(address).expect("a connection");
    // client_id:client_secret
    write!(
        stream,
        "POST /Api/oauth/token HTTP/1.0\r\nHost: {address}\r\nAuthorization: Basic Y2xpZW50X2lkOmNsaWVudF9zZWNyZXQ=\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .expect("a question");
    let mut told = String::new();
    stream.read_to_string(&mut told).expect("an answer");
    let (_, body) = told.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    body["access_token"].as_str().expect("a token").to_string()
}
