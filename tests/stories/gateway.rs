//! A MonCash of the stories' own, on loopback: it pays what it is told to, as often as it is told to,
//! does what its script says, and counts debits by reference and by person.
//!
//! Must never: share code with the product or its simulator, or refuse a repeated reference.

use super::wire;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

const PATH: &str = "/Api/v1/";

/// What one Transfert does and says.
#[derive(Clone, Debug)]
pub enum Act {
    Pays,
    /// Refused with this message; nothing is paid.
    Refuses(&'static str),
    /// The money moves this long after the call, if at all, and the connection breaks.
    Breaks(Option<Duration>),
    /// The money moves, if it may, and there is no answer; the connection stays.
    Hangs(bool),
}

/// A call that was answered, or that no answer came to.
#[derive(Clone, Debug)]
pub struct Called {
    pub at: Instant,
    pub call: &'static str,
    pub reference: String,
    /// What was put on the wire.
    pub said: &'static str,
}

#[derive(Clone, Debug)]
struct Debit {
    at: Instant,
    reference: String,
    receiver: String,
}

/// Hears of every call before it is answered, and may hold it up.
pub type Witness = Arc<dyn Fn(&'static str, &str) + Send + Sync>;

#[derive(Default)]
struct Books {
    balance: i64,
    debits: Vec<Debit>,
    log: Vec<Called>,
    acts: BTreeMap<String, VecDeque<Act>>,
    /// The status call knows nothing.
    blind: bool,
    /// The credentials are not taken.
    refuses: bool,
    tokens: u32,
}

pub struct Gateway {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    books: Mutex<Books>,
    witness: Mutex<Option<Witness>>,
    stop: AtomicBool,
}

impl Gateway {
    /// With a million HTG.
    pub fn open() -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let books = Mutex::new(Books { balance: 100_000_000, ..Books::default() });
        let shared = Arc::new(Shared { books, witness: Mutex::default(), stop: AtomicBool::new(false) });
        let at_door = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if at_door.stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), inside) = (stream, at_door.clone()) else { continue };
                std::thread::spawn(move || inside.serve(stream));
            }
        });
        Gateway { address, shared }
    }

    /// What the next Transferts of a reference do, one after the other; then they pay.
    pub fn script(&self, reference: &str, acts: impl IntoIterator<Item = Act>) {
        self.shared.books().acts.entry(reference.to_string()).or_default().extend(acts);
    }

    pub fn witness(&self, witness: impl Fn(&'static str, &str) + Send + Sync + 'static) {
        *self.shared.witness.lock().expect("witness") = Some(Arc::new(witness));
    }

    pub fn blind(&self, blind: bool) {
        self.shared.books().blind = blind;
    }

    /// No token is given any more.
    #[allow(dead_code)]
    pub fn refuse(&self, refuses: bool) {
        self.shared.books().refuses = refuses;
    }

    /// The account then holds so much, in centimes.
    #[allow(dead_code)]
    pub fn hold(&self, balance: i64) {
        self.shared.books().balance = balance;
    }

    /// Debits of a reference, those on their way included.
    pub fn debits_of(&self, reference: &str) -> usize {
        self.shared.books().debits.iter().filter(|debit| debit.reference == reference).count()
    }

    pub fn debits(&self) -> usize {
        self.shared.books().debits.len()
    }

    /// References and people that were debited more than once.
    pub fn paid_twice(&self) -> Vec<String> {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for debit in &self.shared.books().debits {
            *counts.entry(debit.reference.clone()).or_default() += 1;
            *counts.entry(format!("person {}", debit.receiver)).or_default() += 1;
        }
        counts.into_iter().filter(|(_, count)| *count > 1).map(|(who, _)| who).collect()
    }

    /// Whether no debit is still on its way.
    pub fn at_rest(&self) -> bool {
        self.shared.books().debits.iter().all(|debit| debit.at <= Instant::now())
    }

    pub fn log(&self) -> Vec<Called> {
        self.shared.books().log.clone()
    }

    pub fn calls(&self, call: &str, reference: &str) -> Vec<Called> {
        self.log().into_iter().filter(|called| called.call == call && called.reference == reference).collect()
    }

    pub fn transfers_of(&self, reference: &str) -> usize {
        self.calls("transfer", reference).len()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Centimes of a JSON number, without a float.
fn cents_of(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    whole.parse::<i64>().unwrap_or(0) * 100 + part[..2].parse::<i64>().unwrap_or(0)
}

fn failure(call: &str, status: u16, error: &str, message: &str) -> (u16, String) {
    let body =
        format!(r#"{{"path":"{PATH}{call}","error":"{error}","message":"{message}","timestamp":1,"status":{status}}}"#);
    (status, body)
}

impl Shared {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("books")
    }

    fn happens(&self, call: &'static str, reference: &str) {
        let witness = self.witness.lock().expect("witness").clone();
        if let Some(witness) = witness {
            witness(call, reference);
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        while let Some(request) = wire::read_request(&mut stream) {
            let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let text = |name: &str| body[name].as_str().map_or_else(|| body[name].to_string(), str::to_string);
            let reference = text("reference");
            let (call, said) = if request.line.contains("/oauth/token") && self.books().refuses {
                let body = r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#;
                ("token", Some(("refused", 401, body.to_string())))
            } else if request.line.contains("/oauth/token") {
                ("token", Some(("token", 200, self.token())))
            } else if request.line.contains("PrefundedBalance") {
                ("balance", Some(("balance", 200, self.balance())))
            } else if request.line.contains("PrefundedTransactionStatus") {
                // Judged by the books as they stand when the question comes.
                let (said, (status, body)) = self.status(&reference);
                ("status", Some((said, status, body)))
            } else if request.line.contains("Transfert") {
                ("transfer", self.transfer(&reference, &text("receiver"), &text("amount")))
            } else {
                return;
            };
            let word = said.as_ref().map_or("nothing", |(word, _, _)| word);
            self.happens(call, &reference);
            self.books().log.push(Called { at: Instant::now(), call, reference: reference.clone(), said: word });
            let Some((word, status, body)) = said else { return };
            if word == "hangs" {
                wire::client_stays(&mut stream, Instant::now() + Duration::from_secs(60));
                return;
            }
            if !wire::write(&mut stream, &wire::answer(status, "", "application/json", &body)) {
                return;
            }
        }
    }

    fn token(&self) -> String {
        let mut books = self.books();
        books.tokens += 1;
        format!(r#"{{"access_token":"story-token-{}","token_type":"bearer","expires_in":59}}"#, books.tokens)
    }

    fn balance(&self) -> String {
        let told = self.books().balance;
        format!(
            r#"{{"path":"{PATH}PrefundedBalance","balance":{{"balance":{}.{:02},"message":"successful"}},"timestamp":1,"status":200}}"#,
            told / 100,
            told % 100
        )
    }

    fn status(&self, reference: &str) -> (&'static str, (u16, String)) {
        let books = self.books();
        let now = Instant::now();
        let paid = books.debits.iter().any(|debit| debit.reference == reference && debit.at <= now);
        if paid && !books.blind {
            let body = format!(
                r#"{{"path":"{PATH}PrefundedTransactionStatus","transStatus":"successful","timestamp":1,"status":200}}"#
            );
            return ("successful", (200, body));
        }
        ("not found", failure("PrefundedTransactionStatus", 404, "Not Found", "Can't find this transaction"))
    }

    fn transfer(&self, reference: &str, receiver: &str, amount: &str) -> Option<(&'static str, u16, String)> {
        let mut books = self.books();
        let act = books.acts.get_mut(reference).and_then(VecDeque::pop_front).unwrap_or(Act::Pays);
        let delay = match act {
            Act::Pays | Act::Hangs(true) => Some(Duration::ZERO),
            Act::Breaks(delay) => delay,
            Act::Refuses(_) | Act::Hangs(false) => None,
        };
        if let Some(delay) = delay {
            books.balance -= cents_of(amount);
            let at = Instant::now() + delay;
            books.debits.push(Debit { at, reference: reference.to_string(), receiver: receiver.to_string() });
        }
        let number = books.debits.len();
        match act {
            Act::Pays => {
                let body = format!(
                    r#"{{"path":"{PATH}Transfert","transfer":{{"transaction_id":"TX{number}","amount":{amount},"message":"successful","receiver":"{receiver}"}},"timestamp":1,"status":200}}"#
                );
                Some(("paid", 200, body))
            }
            Act::Refuses(message) => {
                let (status, body) = failure("Transfert", 403, "Forbidden", message);
                Some(("refused", status, body))
            }
            Act::Breaks(_) => None,
            Act::Hangs(_) => Some(("hangs", 0, String::new())),
        }
    }
}
