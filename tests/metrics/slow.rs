//! Watchers that read slowly, or never, or are too many.

use super::{PATIENCE, get, process_of, scrape, socket, start, try_get, watched};
use payoutd::metrics::server::{CONNECTION_LIVES, MOST_CONNECTIONS};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

#[test]
fn watchers_that_do_nothing_hold_up_neither_the_paying_nor_others_for_long() {
    let house = watched(&[], "");
    let _running = start(&house);
    let idle = open_files(process_of(&house));
    // Some say nothing, some ask and never read, some drip a letter.
    let many: Vec<UnixStream> = (0..MOST_CONNECTIONS * 4)
        .map(|n| {
            let mut stream = UnixStream::connect(socket(&house)).expect("connect");
            let _ = match n % 3 {
                0 => Ok(()),
                1 => stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
                _ => stream.write_all(b"GET /met"),
            };
            stream
        })
        .collect();
    house.drop_payroll("s.csv", "S", 250);
    house.wait_until("people are paid meanwhile", || house.state_of(1) == "complete");
    if let (Some(idle), Some(now)) = (idle, open_files(process_of(&house))) {
        assert!(now <= idle + MOST_CONNECTIONS + 8, "{now} files are open, {idle} were before");
    }
    // Those before this one are sent away when their time is over; then it is its turn.
    house.wait_until("a scrape among them", || try_get(&house, "/metrics").is_ok_and(|(status, _)| status == 200));
    drop(many);
    assert_eq!(get(&house, "/healthz").0, 200);
    assert_eq!(scrape(&house).value("payoutd_batches", &[("state", "complete")]), "1");
}

#[test]
fn a_connection_is_over_when_its_time_is() {
    let house = watched(&[], "");
    let _running = start(&house);
    let mut stream = UnixStream::connect(socket(&house)).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
    let began = Instant::now();
    stream.write_all(b"GET /met").expect("half a request");
    // However it ends: with nothing, an answer that says so, or a reset.
    let _ = stream.read_to_end(&mut Vec::new());
    let took = began.elapsed();
    assert!(took >= CONNECTION_LIVES - Duration::from_millis(500), "sent away after {took:?}");
    assert!(took < PATIENCE, "never sent away");
}

/// As far as it may be looked at.
fn open_files(process: u32) -> Option<usize> {
    Some(std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count())
}
