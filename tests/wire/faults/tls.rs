//! Faults of the handshake. A client that was told https never gets a certificate that it trusts here,
//! so nothing of any call may leave.

use super::{Door, Fault, fault, ok};
use crate::enemy::{At, Step};

/// A record that says "handshake failure".
const ALERT: &[u8] = &[0x15, 3, 3, 0, 2, 2, 40];
/// The beginning of a ServerHello of TLS 1.0.
const OLD_HELLO: &[u8] = &[0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];

fn tls(name: &'static str, steps: impl Fn(Vec<u8>) -> Vec<Step> + Send + Sync + 'static) -> Fault {
    let fault = fault(name, At::Accept, move |scene| steps(ok(scene.good.as_bytes())));
    Fault { door: Door::Tls, ..fault }
}

pub fn all() -> Vec<Fault> {
    let old_hello = || {
        let mut hello = OLD_HELLO.to_vec();
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        hello
    };
    vec![
        tls("TLS: plain answer", |good| vec![Step::Send(good)]),
        tls("TLS: plain answer, then FIN", |good| vec![Step::Send(good), Step::HalfClose]),
        tls("TLS: garbage", |_| vec![Step::Send(vec![0xff; 600])]),
        tls("TLS: alert", |_| vec![Step::Send(ALERT.to_vec())]),
        tls("TLS: old version", move |_| vec![Step::Send(old_hello())]),
        tls("TLS: FIN", |_| vec![Step::HalfClose]),
        tls("TLS: RST", |_| vec![Step::Reset]),
        tls("TLS: silence", |_| vec![Step::Stall]),
        // The other way round: the client speaks plainly, and the server answers as TLS servers do.
        fault("TLS alert to a plain call", At::Request, |_| vec![Step::Send(ALERT.to_vec()), Step::HalfClose]),
        fault("TLS hello to a plain call", At::Accept, move |_| vec![Step::Send(OLD_HELLO.to_vec())]),
    ]
}
