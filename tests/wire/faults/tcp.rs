//! Faults of the connection: refused, crowded, closed, reset, silent, dripping.

use super::{Door, Fault, Scene, fault, ok};
use crate::enemy::{At, Script, Step};

fn door(name: &'static str, door: Door) -> Fault {
    Fault { name, door, script: Box::new(|_| Script { at: At::Accept, steps: Vec::new() }) }
}

/// The documented answer up to the middle of its body.
fn half(scene: &Scene) -> Vec<u8> {
    let mut bytes = ok(scene.good.as_bytes());
    bytes.truncate(bytes.len() - scene.good.len() / 2);
    bytes
}

fn head_only(scene: &Scene) -> Vec<u8> {
    let mut bytes = ok(scene.good.as_bytes());
    bytes.truncate(bytes.len() - scene.good.len());
    bytes
}

const STATUS_LINE: &[u8] = b"HTTP/1.1 200 OK\r\n";

pub fn all() -> Vec<Fault> {
    let send = |bytes: &[u8]| Step::Send(bytes.to_vec());
    vec![
        door("connection refused", Door::Closed),
        door("queue of connections full", Door::Crowded),
        door("address that cannot be reached", Door::Nowhere),
        fault("FIN on accept", At::Accept, |_| vec![Step::HalfClose]),
        fault("closed on accept", At::Accept, |_| vec![Step::Close]),
        fault("RST on accept", At::Accept, |_| vec![Step::Reset]),
        fault("accepted and never read", At::Accept, |_| vec![Step::Deaf]),
        fault("accepted late, then answered", At::Accept, |s| {
            vec![Step::Yield(500), Step::Request, Step::Send(ok(s.good.as_bytes()))]
        }),
        fault("FIN after the head", At::Head, |_| vec![Step::HalfClose]),
        fault("closed after the head", At::Head, |_| vec![Step::Close]),
        fault("RST after the head", At::Head, |_| vec![Step::Reset]),
        fault("FIN without a byte", At::Request, |_| vec![Step::HalfClose]),
        fault("closed without a byte", At::Request, |_| vec![Step::Close]),
        fault("RST without a byte", At::Request, |_| vec![Step::Reset]),
        fault("read and never answered", At::Request, |_| vec![Step::Stall]),
        fault("RST after the status line", At::Request, move |_| vec![send(STATUS_LINE), Step::Yield(50), Step::Reset]),
        fault("FIN after the status line", At::Request, move |_| vec![send(STATUS_LINE), Step::HalfClose]),
        fault("silence after the status line", At::Request, move |_| vec![send(STATUS_LINE), Step::Stall]),
        fault("RST after the headers", At::Request, |s| vec![Step::Send(head_only(s)), Step::Yield(50), Step::Reset]),
        fault("FIN after the headers", At::Request, |s| vec![Step::Send(head_only(s)), Step::HalfClose]),
        fault("silence after the headers", At::Request, |s| vec![Step::Send(head_only(s)), Step::Stall]),
        fault("RST in the body", At::Request, |s| vec![Step::Send(half(s)), Step::Yield(50), Step::Reset]),
        fault("FIN in the body", At::Request, |s| vec![Step::Send(half(s)), Step::HalfClose]),
        fault("silence in the body", At::Request, |s| vec![Step::Send(half(s)), Step::Stall]),
        fault("whole answer, then FIN", At::Request, |s| vec![Step::Send(ok(s.good.as_bytes())), Step::HalfClose]),
        fault("answer byte by byte", At::Request, |s| {
            let bytes = ok(s.good.as_bytes());
            bytes.into_iter().flat_map(|byte| [Step::Send(vec![byte]), Step::Yield(1)]).collect()
        }),
        fault("dripping status line", At::Request, |_| vec![Step::Drip(b"HTTP/1.1 200 ".repeat(100))]),
        fault("dripping headers", At::Request, move |_| vec![send(STATUS_LINE), Step::Drip(b"x-a: b\r\n".to_vec())]),
        fault("dripping body", At::Request, |_| {
            vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{".to_vec()), Step::Drip(b" ".to_vec())]
        }),
        fault("dripping chunks", At::Request, |_| {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
            vec![Step::Send(head), Step::Drip(b"1\r\n \r\n".to_vec())]
        }),
        fault("dripping 100s", At::Request, |_| vec![Step::Drip(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())]),
    ]
}
