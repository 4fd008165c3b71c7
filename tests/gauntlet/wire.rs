//! HTTP/1.1 as far as a gateway needs it, by hand over std, so that every way to break it is at hand.
//!
//! Must never: share code with the product or its simulator.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A request whose body came whole.
pub struct Request {
    pub line: String,
    pub bearer: String,
    pub body: String,
}

/// Reads the next request; `None` when the client is gone or left it unfinished.
pub fn read_request(stream: &mut TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(120))).ok()?;
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&piece[..n]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_string())
        });
        found.unwrap_or_default()
    };
    let length: usize = header("content-length").parse().unwrap_or(0);
    while bytes.len() < head_end + length {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&piece[..n]),
        }
    }
    Some(Request {
        line: head.lines().next().unwrap_or_default().to_string(),
        bearer: header("authorization").trim_start_matches("Bearer ").to_string(),
        body: String::from_utf8_lossy(&bytes[head_end..head_end + length]).into_owned(),
    })
}

/// Waits until `until`; false when the client hung up before.
pub fn client_stays(stream: &mut TcpStream, until: Instant) -> bool {
    let mut byte = [0];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        if stream.set_read_timeout(Some(left.min(Duration::from_millis(20)))).is_err() {
            return false;
        }
        match stream.peek(&mut byte) {
            Ok(0) => return false,
            // A client that sends on before its answer would be a client that repeats itself.
            Ok(_) => std::thread::sleep(Duration::from_millis(5)),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(_) => return false,
        }
    }
}

/// Closes with a reset instead of a good-bye. std cannot ask for that; tokio's socket can.
pub fn reset(stream: TcpStream, runtime: &tokio::runtime::Handle) {
    let _inside = runtime.enter();
    let _ = stream.set_nonblocking(true);
    if let Ok(stream) = tokio::net::TcpStream::from_std(stream) {
        let _ = stream.set_zero_linger();
    }
}

/// An answer of MonCash's usual form.
pub fn answer(status: u16, extra: &str, kind: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{extra}\r\n{body}", body.len())
}

/// Whether it was written whole.
pub fn write(stream: &mut TcpStream, text: &str) -> bool {
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).is_ok()
}
