//! A gateway that counts: on threads and std sockets, in the test's own process, so that nothing that
//! is done to the product's process is done to it. What befalls a payout is in its reference:
//! `…FULL` is refused for a full wallet (until the wallet is emptied), `…LOST` is debited and its
//! answer never written, `…SLOW` is debited and answered once the test says so, the first Transfert
//! of `…NEVER` is answered never and debits nothing. Everybody else is paid.
//!
//! Must never: share code with the product or its simulator, or refuse a repeated reference.

use super::wire::{self, Request, answer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

const PATH: &str = "/Api/v1/";
/// Longer than any client of the tests waits for an answer.
const HANG: Duration = Duration::from_secs(60);
/// What the account holds, in HTG: more than any payroll here.
const BALANCE: &str = "900000.00";

pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    books: Mutex<Books>,
    changed: Condvar,
    stop: AtomicBool,
}

/// What was asked for and what moved.
#[derive(Default)]
pub struct Books {
    /// Transferts that came whole, by reference.
    pub transfers: BTreeMap<String, u32>,
    /// Debits by reference.
    pub debits: BTreeMap<String, u32>,
    /// Debits by receiver.
    pub persons: BTreeMap<String, u32>,
    /// `…FULL` has room again.
    pub emptied: bool,
    /// `…SLOW` may be answered.
    pub released: bool,
    tokens: u32,
}

impl Gateway {
    pub fn open() -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let at_door = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if at_door.stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let inside = at_door.clone();
                std::thread::spawn(move || inside.serve(stream));
            }
        });
        Gateway { address, shared }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/Api", self.address)
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.shared.books.lock().unwrap()
    }

    /// Changes the world, for calls that wait and calls to come.
    pub fn change(&self, change: impl FnOnce(&mut Books)) {
        change(&mut self.books());
        self.shared.changed.notify_all();
    }

    /// Waits until something is so; the end of patience is a failure of the test.
    pub fn wait_for(&self, what: &str, so: impl Fn(&Books) -> bool) {
        let end = Instant::now() + HANG;
        let mut books = self.books();
        while !so(&books) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it never came that {what}");
            books = self.shared.changed.wait_timeout(books, left).unwrap().0;
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.changed.notify_all();
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        while let Some(request) = wire::read_request(&mut stream) {
            let target = request.line.split(' ').nth(1).unwrap_or_default().to_string();
            let text = match target.strip_prefix(PATH) {
                _ if target == "/Api/oauth/token" => self.token(),
                Some("Transfert") => self.transfer(&request, &mut stream),
                Some("PrefundedTransactionStatus") => Some(self.status(&request)),
                Some("PrefundedBalance") => Some(balance()),
                _ => Some(answer(404, "", "text/html", "<html>nothing here</html>")),
            };
            if self.stop.load(Ordering::SeqCst) || !text.is_some_and(|text| wire::write(&mut stream, &text)) {
                return;
            }
        }
    }

    fn token(&self) -> Option<String> {
        let n = {
            let mut books = self.books();
            books.tokens += 1;
            books.tokens
        };
        let body = format!(
            r#"{{"access_token":"bearer-{n}","token_type":"bearer","expires_in":59,"scope":"read,write","jti":"j"}}"#
        );
        Some(answer(200, "", "application/json", &body))
    }

    fn transfer(&self, request: &Request, stream: &mut TcpStream) -> Option<String> {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_string();
        let (reference, receiver) = (text("reference"), text("receiver"));
        let never;
        let call = {
            let mut books = self.books();
            let full = reference.contains("FULL") && !books.emptied;
            *books.transfers.entry(reference.clone()).or_default() += 1;
            let call: u32 = books.transfers.values().sum();
            never = reference.ends_with("NEVER") && books.transfers[&reference] == 1;
            if !full && !never {
                *books.debits.entry(reference.clone()).or_default() += 1;
                *books.persons.entry(receiver.clone()).or_default() += 1;
            }
            self.changed.notify_all();
            if full {
                return Some(failure("Transfert", 403, "Forbidden", "Maximum Account Balance"));
            }
            call
        };
        if reference.ends_with("LOST") {
            return None;
        }
        if never {
            wire::client_stays(stream, Instant::now() + HANG);
            return None;
        }
        if reference.ends_with("SLOW") {
            let end = Instant::now() + HANG;
            let mut books = self.books();
            while !books.released && !self.stop.load(Ordering::SeqCst) && Instant::now() < end {
                books = self.changed.wait_timeout(books, Duration::from_millis(100)).unwrap().0;
            }
        }
        let amount = body["amount"].to_string();
        let desc = body["desc"].to_string();
        let body = format!(
            r#"{{"path":"{PATH}Transfert","transfer":{{"transaction_id":"GT-{call}","amount":{amount},"receiver":"{receiver}","message":"successful","desc":{desc}}},"timestamp":1589927614388,"status":200}}"#
        );
        Some(answer(200, "", "application/json", &body))
    }

    fn status(&self, request: &Request) -> String {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let own = "PrefundedTransactionStatus";
        if self.books().debits.contains_key(body["reference"].as_str().unwrap_or_default()) {
            let body = format!(r#"{{"path":"{PATH}{own}","transStatus":"successful","timestamp":1,"status":200}}"#);
            return answer(200, "", "application/json", &body);
        }
        failure(own, 404, "Not Found", "Can't find this transaction")
    }
}

fn balance() -> String {
    let body = format!(
        r#"{{"path":"{PATH}PrefundedBalance","balance":{{"balance":{BALANCE},"message":"successful"}},"timestamp":1,"status":200}}"#
    );
    answer(200, "", "application/json", &body)
}

fn failure(call: &str, status: u16, error: &str, message: &str) -> String {
    let body =
        format!(r#"{{"path":"{PATH}{call}","error":"{error}","message":"{message}","timestamp":1,"status":{status}}}"#);
    answer(status, "", "application/json", &body)
}
