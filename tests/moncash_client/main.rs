//! The MonCash client against a scripted server on loopback: what goes over the wire, and what is
//! said of a call that went wrong.

mod calls;
mod house;
mod leaving;
mod loss;
mod people;
mod server;
mod tokens;

pub use house::*;
use payoutd::moncash::client::Client;
use server::{Act, Server};
use std::rc::Rc;

/// A server as documented but for Transfert, and a client that holds a token.
pub async fn prepared(transfert: impl Fn(usize) -> Act + Send + Sync + 'static) -> (Server, Client, Rc<HandClock>) {
    use payoutd::moncash::gateway::Gateway;
    let server = Server::start(move |seen, before| match seen.path() {
        TRANSFERT => transfert(before),
        _ => as_documented(seen, before),
    })
    .await;
    let (client, clock) = client_of(server.base_url());
    client.prepare().await;
    assert!(client.ready());
    (server, client, clock)
}
