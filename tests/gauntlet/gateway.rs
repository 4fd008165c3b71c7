//! The hostile gateway: a MonCash of its own, on threads and std sockets, that hangs, resets, debits
//! late and lies by seed, and writes down everything in order of arrival.
//!
//! Must never: share code with the product or its simulator, or refuse a repeated reference.

use super::answers::{self, PATH, cents_of, failure, odd_success};
use super::bank::Bank;
use super::faults::{End, Fault, Paid, Trouble, World};
use super::log::{At, Log, What};
use super::wire;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Longer than any client of the test waits.
const HANG: Duration = Duration::from_secs(30);

/// Hears of every moment that happens, before the gateway goes on. The driver kills there.
pub type Witness = Arc<dyn Fn(&str) + Send + Sync>;

pub struct Gateway {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

pub struct Shared {
    world: World,
    began: Instant,
    books: Mutex<Books>,
    calls: AtomicU64,
    stop: AtomicBool,
    witness: Mutex<Option<Witness>>,
    runtime: tokio::runtime::Runtime,
}

pub struct Books {
    pub log: Log,
    pub bank: Bank,
    tokens: BTreeMap<String, At>,
    asked: BTreeMap<String, u64>,
    transfers: u64,
    blind_until: Option<At>,
    /// Balance questions since the last Transfert: who asks again and again waits for money.
    idle_balances: u32,
    /// Paid in, piece by piece, when the client seems to wait for money.
    pub top_ups: Vec<i64>,
}

impl Gateway {
    pub fn open(world: World, balance: i64, top_ups: Vec<i64>) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let books = Books {
            log: Log::default(),
            bank: Bank::new(balance),
            tokens: BTreeMap::new(),
            asked: BTreeMap::new(),
            transfers: 0,
            blind_until: None,
            idle_balances: 0,
            top_ups,
        };
        let shared = Arc::new(Shared {
            world,
            began: Instant::now(),
            books: Mutex::new(books),
            calls: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            witness: Mutex::new(None),
            runtime: tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap(),
        });
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

    pub fn set_witness(&self, witness: Witness) {
        *self.shared.witness.lock().unwrap() = Some(witness);
    }

    pub fn note_kill(&self, moment: &str) {
        self.shared.books().log.push(self.shared.now(), What::Kill { moment: moment.to_string() });
    }

    /// The books, with everything in them that is due by now.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.shared.books()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn now(&self) -> At {
        self.began.elapsed()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.books.lock().unwrap();
        let now = self.now();
        let Books { bank, log, .. } = &mut *books;
        bank.settle(now, &self.world, log);
        books
    }

    fn happened(&self, what: &str) {
        let witness = self.witness.lock().unwrap().clone();
        if let Some(witness) = witness {
            witness(what);
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        while let Some(request) = wire::read_request(&mut stream) {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let target = request.line.split(' ').nth(1).unwrap_or_default().to_string();
            let rest = match target.strip_prefix(PATH) {
                _ if target == "/Api/oauth/token" => self.token(stream),
                Some("Transfert") => self.transfer(stream, &request),
                Some("PrefundedTransactionStatus") => self.status(stream, &request),
                Some("PrefundedBalance") => self.balance(stream, &request),
                _ => {
                    wire::write(&mut stream, &wire::answer(404, "", "text/html", "<html>nothing here</html>"));
                    return;
                }
            };
            match rest {
                Some(kept) => stream = kept,
                None => return,
            }
        }
    }

    fn bearer_lives(&self, bearer: &str) -> bool {
        let now = self.now();
        self.books().tokens.get(bearer).is_some_and(|until| now < *until)
    }

    /// What befalls a question, counted.
    fn trouble(&self, kind: &str, whom: &str, n: u64) -> Trouble {
        let trouble = self.world.question(kind, whom, n);
        *self.books().log.faults.entry(trouble.name()).or_default() += 1;
        trouble
    }

    fn nth(&self, kind: &str, whom: &str) -> u64 {
        let mut books = self.books();
        let count = books.asked.entry(format!("{kind} {whom}")).or_default();
        *count += 1;
        *count - 1
    }

    fn token(&self, mut stream: TcpStream) -> Option<TcpStream> {
        let n = self.nth("token", "");
        let name = format!("bearer-{n}-of-the-gauntlet");
        let life = self.world.token_life;
        {
            let now = self.now();
            let mut books = self.books();
            books.log.push(now, What::Token);
            books.tokens.insert(name.clone(), now + Duration::from_secs(life));
        }
        self.happened("token asked");
        let body = format!(
            r#"{{"access_token":"{name}","token_type":"bearer","expires_in":{life},"scope":"read,write","jti":"j"}}"#
        );
        match self.trouble("token", "", n) {
            // 401 and 403 would be our credentials' fault: a person's matter, and not this test's.
            Trouble::TokenRefused | Trouble::None | Trouble::Slow => {}
            trouble => return self.disturb(stream, trouble),
        }
        wire::write(&mut stream, &wire::answer(200, "", "application/json", &body)).then_some(stream)
    }

    fn transfer(&self, mut stream: TcpStream, request: &wire::Request) -> Option<TcpStream> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_string();
        let (reference, receiver, desc) = (text("reference"), text("receiver"), text("desc"));
        let amount = body["amount"].to_string();
        let cents = cents_of(&amount);
        let fault;
        let attempt;
        {
            let now = self.now();
            let lives = self.bearer_lives(&request.bearer);
            let mut books = self.books();
            let count = books.bank.attempts.entry(reference.clone()).or_default();
            attempt = *count;
            *count += 1;
            books.transfers += 1;
            books.idle_balances = 0;
            if let Some((from, long)) = self.world.blind
                && books.transfers == from
            {
                books.blind_until = Some(now + long);
            }
            let expired = Fault { name: "expired token", paid: Paid::Never, end: End::TokenRefused };
            fault = if lives { self.world.transfer(&reference, attempt) } else { expired };
            *books.log.faults.entry(fault.name).or_default() += 1;
            let (reference, receiver) = (reference.clone(), receiver.clone());
            books.log.push(now, What::Transfer { call, reference, receiver, cents, fault: fault.name });
        }
        self.happened("transfer arrived");
        self.pay(call, &reference, cents, attempt, fault);
        if fault.paid == Paid::AtOnce {
            self.happened("debited, not answered");
        }
        let success = |receiver: &str, amount: &str| {
            format!(
                r#"{{"path":"/Api/v1/Transfert","transfer":{{"transaction_id":"GT-{call}","amount":{amount},"receiver":"{receiver}","message":"successful","desc":{}}},"timestamp":1589927614388,"status":200}}"#,
                serde_json::to_string(&desc).unwrap_or_default()
            )
        };
        let good = wire::answer(200, "", "application/json", &success(&receiver, &amount));
        let refusal = |status: u16, error: &str, message: &str| {
            let extra = if status == 429 { "Retry-After: 1\r\n" } else { "" };
            wire::answer(status, extra, "application/json", &failure("Transfert", status, error, message))
        };
        let (text, keep) = match fault.end {
            End::Success => (good, true),
            End::SlowSuccess => {
                let slow = Duration::from_millis(100 + self.world.chance.below(1200, "slow", &reference, attempt));
                if !wire::client_stays(&mut stream, Instant::now() + slow) {
                    self.end(call, &reference, "client gave up");
                    return None;
                }
                (good, true)
            }
            End::OddSuccess => (odd_success(call, &receiver, &amount), true),
            End::OtherEcho => (wire::answer(200, "", "application/json", &success("50930000000", &amount)), true),
            End::SuccessAndClose => (good, false),
            End::Hang => {
                let left = !wire::client_stays(&mut stream, Instant::now() + HANG);
                self.end(call, &reference, if left { "client gave up" } else { "gateway gave up" });
                return None;
            }
            End::Reset => {
                self.end(call, &reference, "reset");
                wire::reset(stream, self.runtime.handle());
                return None;
            }
            End::Half => (good[..good.len() - 20].to_string(), false),
            End::HalfJson => {
                let whole = success(&receiver, &amount);
                (wire::answer(200, "", "application/json", &whole[..whole.len() / 2]), true)
            }
            End::Html502 => (wire::answer(502, "", "text/html", "<html><h1>502 Bad Gateway</h1></html>"), false),
            End::Failure500 => (refusal(500, "Internal Server Error", "java.lang.NullPointerException"), true),
            End::Busy503 => (wire::answer(503, "Retry-After: 0\r\n", "text/plain", "busy"), true),
            End::TooMany => (refusal(429, "Too Many Requests", "slow down"), true),
            End::TokenRefused => {
                self.books().tokens.remove(&request.bearer);
                (wire::answer(401, "", "application/json", r#"{"error":"invalid_token"}"#), true)
            }
            End::FullWallet => {
                self.books().bank.refused.insert(reference.clone(), true);
                (refusal(403, "Forbidden", "Maximum Account Balance"), true)
            }
            End::NoSuchReceiver => (refusal(404, "Not Found", "The customer has no account"), true),
            End::BadRequest => (refusal(400, "Bad Request", "The receiver is not valid"), true),
            End::Redirect => (wire::answer(307, "Location: /Api/v1/Transfert\r\n", "text/plain", ""), true),
            End::Timeout408 => (wire::answer(408, "Connection: close\r\n", "text/plain", ""), false),
        };
        self.end(call, &reference, "answered");
        let whole = wire::write(&mut stream, &text);
        self.happened("transfer answered");
        (whole && keep).then_some(stream)
    }

    fn pay(&self, call: u64, reference: &str, cents: i64, attempt: u64, fault: Fault) {
        let mut books = self.books();
        let now = self.now();
        let Books { bank, log, .. } = &mut *books;
        match fault.paid {
            Paid::Never => {}
            Paid::AtOnce => bank.debit(now, call, reference, cents, &self.world, log),
            Paid::Late => bank.debit_later(now + self.world.lateness(reference, attempt), call, reference, cents),
        }
    }

    fn end(&self, call: u64, reference: &str, how: &'static str) {
        let mut books = self.books();
        let now = self.now();
        books.log.push(now, What::TransferEnd { call, reference: reference.to_string(), how });
    }

    fn status(&self, mut stream: TcpStream, request: &wire::Request) -> Option<TcpStream> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let reference = body["reference"].as_str().unwrap_or_default().to_string();
        let n = self.nth("status", &reference);
        let lives = self.bearer_lives(&request.bearer);
        {
            let mut books = self.books();
            let now = self.now();
            books.log.push(now, What::Question { call, reference: reference.clone() });
        }
        self.happened("status asked");
        let trouble = if lives { self.trouble("status", &reference, n) } else { Trouble::TokenRefused };
        if !matches!(trouble, Trouble::None | Trouble::Slow | Trouble::Close) {
            return self.disturb(stream, trouble);
        }
        let slow = if trouble == Trouble::Slow { Duration::from_millis(400) } else { self.world.slow_status };
        if !wire::client_stays(&mut stream, Instant::now() + slow) {
            return None;
        }
        let (said, status, body) = self.say(&reference);
        let whole = wire::write(&mut stream, &wire::answer(status, "", "application/json", &body));
        {
            let mut books = self.books();
            let now = self.now();
            books.log.push(now, What::Said { call, reference, said, whole });
        }
        self.happened("status answered");
        (whole && trouble != Trouble::Close).then_some(stream)
    }

    /// The truth about a reference, as late and as blind as the world has it.
    fn say(&self, reference: &str) -> (&'static str, u16, String) {
        let books = self.books();
        let now = self.now();
        let own = "PrefundedTransactionStatus";
        let not_found = failure(own, 404, "Not Found", "Can't find this transaction");
        if books.blind_until.is_some_and(|until| now < until) {
            return ("not found", 404, not_found);
        }
        if books.bank.knows(reference, now, self.world.status_lag(reference)) {
            let body = format!(r#"{{"path":"{PATH}{own}","transStatus":"successful","timestamp":1,"status":200}}"#);
            return ("successful", 200, body);
        }
        if books.bank.refused.contains_key(reference) && self.world.repeats_refusal(reference) {
            return ("refusal", 403, failure("Transfert", 403, "Forbidden", "Maximum Account Balance"));
        }
        ("not found", 404, not_found)
    }

    fn balance(&self, mut stream: TcpStream, request: &wire::Request) -> Option<TcpStream> {
        let n = self.nth("balance", "");
        let lives = self.bearer_lives(&request.bearer);
        let told = {
            let mut books = self.books();
            let now = self.now();
            books.log.push(now, What::Balance);
            books.idle_balances += 1;
            if books.idle_balances > 4 && !books.top_ups.is_empty() {
                let more = books.top_ups.remove(0);
                books.bank.top_up(now, more);
                books.idle_balances = 0;
            }
            books.bank.told(now, self.world.stale)
        };
        self.happened("balance asked");
        let trouble = if lives { self.trouble("balance", "", n) } else { Trouble::TokenRefused };
        if !matches!(trouble, Trouble::None | Trouble::Slow | Trouble::Close) {
            return self.disturb(stream, trouble);
        }
        let number = format!("{}.{:02}", told / 100, told % 100);
        let body = format!(
            r#"{{"path":"{PATH}PrefundedBalance","balance":{{"balance":{number},"message":"successful"}},"timestamp":1,"status":200}}"#
        );
        wire::write(&mut stream, &wire::answer(200, "", "application/json", &body)).then_some(stream)
    }

    /// Answers a question in a way that says nothing.
    fn disturb(&self, mut stream: TcpStream, trouble: Trouble) -> Option<TcpStream> {
        match trouble {
            Trouble::Hang => {
                wire::client_stays(&mut stream, Instant::now() + HANG);
                return None;
            }
            Trouble::Reset => {
                wire::reset(stream, self.runtime.handle());
                return None;
            }
            Trouble::Close => return None,
            Trouble::Half => {
                wire::write(&mut stream, answers::HALF);
                return None;
            }
            _ => {}
        }
        wire::write(&mut stream, &answers::nonsense(trouble)).then_some(stream)
    }
}
