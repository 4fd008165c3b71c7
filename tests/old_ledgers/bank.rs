//! MonCash with books of its own, on a loopback socket: pays whatever is asked, a second time too,
//! and writes down what it debited, to whom and for which reference.
//!
//! Must never: share code with the product or its simulator, or refuse a repeated reference.

use super::wire;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debit {
    pub reference: String,
    pub receiver: String,
    pub centimes: i64,
}

#[derive(Default)]
pub struct Books {
    pub debits: Vec<Debit>,
    pub transfers: Vec<String>,
    /// References whose next Transfert is lost: the connection breaks and nobody is paid.
    pub losing: BTreeSet<String>,
    /// Transferts wait for this many milliseconds before they are answered.
    pub slow: u64,
}

impl Books {
    pub fn times(&self, reference: &str) -> usize {
        self.debits.iter().filter(|debit| debit.reference == reference).count()
    }
}

pub struct Bank {
    address: SocketAddr,
    books: Arc<Mutex<Books>>,
    stop: Arc<AtomicBool>,
}

impl Bank {
    pub fn open() -> Bank {
        Bank::open_with(Vec::new())
    }

    /// A bank that debited something before.
    pub fn open_with(debits: Vec<Debit>) -> Bank {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let books = Arc::new(Mutex::new(Books { debits, ..Books::default() }));
        let stop = Arc::<AtomicBool>::default();
        let (inside, closed) = (books.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let books = inside.clone();
                std::thread::spawn(move || serve(stream, &books));
            }
        });
        Bank { address, books, stop }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/Api", self.address)
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub fn lose(&self, reference: &str) {
        self.books().losing.insert(reference.to_string());
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, books: &Mutex<Books>) {
    let _ = stream.set_nodelay(true);
    while let Some(request) = wire::read_request(&mut stream) {
        let target = request.line.split(' ').nth(1).unwrap_or_default();
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let told = match target.rsplit('/').next().unwrap_or_default() {
            "token" => Some((200, r#"{"access_token":"t","token_type":"bearer","expires_in":59}"#.to_string())),
            "Transfert" => transfer(&body, books),
            "PrefundedTransactionStatus" => Some(status(&body, books)),
            "PrefundedBalance" => Some((
                200,
                answer("PrefundedBalance", r#""balance":{"balance":9000000.00,"message":"successful"}"#, 200),
            )),
            other => Some((404, failure(other, 404, "Not Found", "nothing here"))),
        };
        let Some((status, body)) = told else { return };
        if !wire::write(&mut stream, &wire::answer(status, "", "application/json", &body)) {
            return;
        }
    }
}

fn transfer(body: &Value, books: &Mutex<Books>) -> Option<(u16, String)> {
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_string();
    let (reference, receiver, amount) = (text("reference"), text("receiver"), body["amount"].to_string());
    let (lost, number, slow) = {
        let mut books = books.lock().unwrap();
        let lost = books.losing.remove(&reference);
        books.transfers.push(reference.clone());
        if !lost {
            let centimes = centimes_of(&amount);
            books.debits.push(Debit { reference: reference.clone(), receiver: receiver.clone(), centimes });
        }
        (lost, books.debits.len(), books.slow)
    };
    std::thread::sleep(Duration::from_millis(slow));
    if lost {
        return None;
    }
    let told = format!(
        r#""transfer":{{"transaction_id":"BK-{number}","amount":{amount},"receiver":"{receiver}","message":"successful","desc":""}}"#
    );
    Some((200, answer("Transfert", &told, 200)))
}

fn status(body: &Value, books: &Mutex<Books>) -> (u16, String) {
    let reference = body["reference"].as_str().unwrap_or_default();
    if books.lock().unwrap().times(reference) > 0 {
        return (
            200,
            answer("PrefundedTransactionStatus", r#""message":"successful","transStatus":"successful""#, 200),
        );
    }
    (404, failure("PrefundedTransactionStatus", 404, "Not Found", "Can't find this transaction"))
}

fn answer(call: &str, told: &str, status: u16) -> String {
    format!(r#"{{"path":"/Api/v1/{call}",{told},"timestamp":1,"status":{status}}}"#)
}

fn failure(call: &str, status: u16, error: &str, message: &str) -> String {
    answer(call, &format!(r#""error":"{error}","message":"{message}""#), status)
}

/// Centimes of a JSON number, without a float.
fn centimes_of(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    whole.parse::<i64>().unwrap_or(0) * 100 + part[..2].parse::<i64>().unwrap_or(0)
}
