//! What a connection that did not come about means to whoever runs payoutd. What is wrong with a
//! certificate: `tls.rs`.
//!
//! Must never: decide whether a call left.

use std::error::Error;
use std::io::ErrorKind;

pub const NO_NAME: &str = "the server's name cannot be resolved";
pub const NOBODY_LISTENS: &str = "nobody listens there: the connection was refused";
pub const NO_ROUTE: &str = "there is no route to the server";
pub const NO_ANSWER: &str = "the server does not take the connection: a firewall may drop it, or the network is down";
pub const CUT: &str = "the connection was cut";

/// How a resolver's failure is printed; it has no kind of its own.
const RESOLVER: [&str; 2] = ["dns error", "lookup address"];

/// In words; `None` where it is something else.
pub(super) fn word_network(error: &reqwest::Error) -> Option<&'static str> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(at) = next {
        if RESOLVER.iter().any(|words| at.to_string().contains(words)) {
            return Some(NO_NAME);
        }
        if let Some(io) = at.downcast_ref::<std::io::Error>()
            && let Some(words) = word_kind(io.kind())
        {
            return Some(words);
        }
        next = at.source();
    }
    (error.is_connect() && error.is_timeout()).then_some(NO_ANSWER)
}

fn word_kind(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::ConnectionRefused => Some(NOBODY_LISTENS),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => Some(NO_ROUTE),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => Some(CUT),
        _ => None,
    }
}
