//! Every fault of the table: a name, and what the enemy does. What must come of each is in `cases.txt`.
//!
//! Must never: say what is to be expected.

mod bodies;
mod http;
mod rewrite;
mod tcp;
mod tls;

use super::endpoints::Endpoint;
use super::enemy::{At, Script, Step};
use std::net::SocketAddr;

/// What a fault may know of the cell that it strikes.
pub struct Scene {
    pub endpoint: Endpoint,
    /// The body of the documented answer.
    pub good: String,
    pub here: SocketAddr,
    /// A port where nothing may ever arrive.
    pub elsewhere: SocketAddr,
}

/// The way to the enemy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Open,
    /// Nobody listens.
    Closed,
    /// The socket listens, nobody accepts, and its queue is full.
    Crowded,
    /// The client was told https.
    Tls,
    /// An address that no packet can be sent to.
    Nowhere,
}

pub struct Fault {
    pub name: &'static str,
    pub door: Door,
    pub script: Box<dyn Fn(&Scene) -> Script + Send + Sync>,
}

fn fault(name: &'static str, at: At, steps: impl Fn(&Scene) -> Vec<Step> + Send + Sync + 'static) -> Fault {
    let script = Box::new(move |scene: &Scene| Script { at, steps: steps(scene) });
    Fault { name, door: Door::Open, script }
}

/// A fault of which only the answer's bytes matter.
fn answers(name: &'static str, bytes: impl Fn(&Scene) -> Vec<u8> + Send + Sync + 'static) -> Fault {
    fault(name, At::Request, move |scene| vec![Step::Send(bytes(scene))])
}

/// An answer and a FIN.
fn answers_and_leaves(name: &'static str, bytes: impl Fn(&Scene) -> Vec<u8> + Send + Sync + 'static) -> Fault {
    fault(name, At::Request, move |scene| vec![Step::Send(bytes(scene)), Step::HalfClose])
}

/// A well-formed HTTP answer. `extra` is whole header lines.
fn whole(status: &str, extra: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{extra}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn ok(body: &[u8]) -> Vec<u8> {
    whole("200 OK", "", body)
}

pub fn all() -> Vec<Fault> {
    [tcp::all(), tls::all(), http::all(), http::framing(), bodies::all(), rewrite::all()]
        .into_iter()
        .flatten()
        .collect()
}
