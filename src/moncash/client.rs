//! The one client of the MonCash REST API: all eight calls, each made with a live access token.
//!
//! Must never: repeat a Transfert, decide what an answer means for a payout, or keep a token
//! where it could be printed.

use super::gateway::{Call, Gateway, Unsent};
use super::http::{Ask, Line, Slip};
use super::redact::take_out;
use super::settings::{self, ClientError, Secret, Settings};
use super::token::{Token, Tokens, withhold_token};
use super::wire::{self, Payment, PaymentPage, WireError};
use crate::clock::Clock;
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::BootMoment;
use crate::payout::money::Amount;
use crate::payout::reply::{Outcome, Reply};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared, WeakShared};
use reqwest::header::HeaderValue;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Paths of the eight calls below the base address. API document, by their sections.
const TOKEN: &str = "/oauth/token";
const TRANSFERT: &str = "/v1/Transfert";
const STATUS: &str = "/v1/PrefundedTransactionStatus";
const BALANCE: &str = "/v1/PrefundedBalance";
const CUSTOMER: &str = "/v1/CustomerStatus";
const CREATE_PAYMENT: &str = "/v1/CreatePayment";
const BY_TRANSACTION: &str = "/v1/RetrieveTransactionPayment";
const BY_ORDER: &str = "/v1/RetrieveOrderPayment";

/// A question waits this long for the token call to leave its quiet time after failures; where it
/// would take longer, the question ends at once, unasked.
const LONGEST_WAIT_FOR_TOKEN_CALL: Duration = Duration::from_secs(5);

/// A typed value and the raw answer it was read from.
#[derive(Clone, Debug)]
pub struct Typed<T> {
    pub value: Result<T, WireError>,
    pub reply: Reply,
}

/// The client. Cloning it shares the connections and the token.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    line: Line,
    gateway_base: String,
    /// `Basic` credentials of the token call.
    basic: HeaderValue,
    /// What no answer may be kept with: the secret, and the credentials as the header spells them.
    client_secret: Secret,
    spelled_basic: Secret,
    clock: Rc<dyn Clock>,
    tokens: RefCell<Tokens>,
    /// Calls that have not left yet.
    unsent_transfers: Arc<AtomicUsize>,
    unsent_questions: Arc<AtomicUsize>,
    /// The token call under way, shared by all who wait for it; weak, so that it ends when nobody
    /// waits any more.
    fetching: RefCell<Option<WeakShared<LocalBoxFuture<'static, Reply>>>>,
}

/// Where it speaks to; nothing of who it is.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("gateway_base", &self.inner.gateway_base).finish_non_exhaustive()
    }
}

impl Client {
    /// Checks the settings; opens no connection yet.
    pub fn new(settings: Settings, clock: Rc<dyn Clock>) -> Result<Client, ClientError> {
        let base_url = settings::check(&settings)?;
        let line = Line::new(&settings, &base_url)?;
        let basic = line.make_basic(&settings)?;
        let inner = Inner {
            spelled_basic: spelled(&basic),
            basic,
            line,
            gateway_base: settings::gateway_base(&base_url),
            client_secret: settings.client_secret,
            clock,
            tokens: RefCell::default(),
            unsent_transfers: Arc::default(),
            unsent_questions: Arc::default(),
            fetching: RefCell::default(),
        };
        Ok(Client { inner: Rc::new(inner) })
    }

    /// GATEWAY_BASE: where the hosted payment page is.
    pub fn gateway_base(&self) -> &str {
        &self.inner.gateway_base
    }

    /// The raw answer of the last token call, if it gave no usable token. A 401 here says that the
    /// credentials are wrong.
    pub fn last_token_failure(&self) -> Option<Reply> {
        self.inner.tokens.borrow().last_failure()
    }

    /// How far MonCash's clock was ahead of ours in its last answer, in milliseconds; less the time that
    /// the answer took. `None` before the first answer that tells its date.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.inner.line.clock_ahead()
    }

    /// How long the token at hand still lives; `None` without one.
    pub fn token_life(&self) -> Option<Duration> {
        self.inner.tokens.borrow().left(self.inner.now())
    }

    /// `POST /v1/CreatePayment`: asks for the page on which a customer pays `amount` for an order.
    pub async fn create_payment(&self, order_id: &str, amount: Amount) -> Typed<PaymentPage> {
        let reply = match wire::create_payment(order_id, amount) {
            Ok(body) => self.inner.ask(Ask::PostJson { path: CREATE_PAYMENT, body }).await,
            Err(e) => never_left(self.inner.now(), format!("the payment cannot be written as JSON: {e}")),
        };
        Typed { value: wire::read_payment_page(&reply, &self.inner.gateway_base), reply }
    }

    /// `POST /v1/RetrieveTransactionPayment`: the payment with MonCash's transaction id.
    pub async fn payment_by_transaction(&self, transaction_id: &str) -> Typed<Payment> {
        let body = wire::by_transaction(transaction_id);
        let reply = self.inner.ask(Ask::PostJson { path: BY_TRANSACTION, body }).await;
        let value = wire::read_payment(&reply).and_then(|payment| payment.check_transaction(transaction_id));
        Typed { value, reply }
    }

    /// `POST /v1/RetrieveOrderPayment`: the payment for the merchant's own order id.
    pub async fn payment_by_order(&self, order_id: &str) -> Typed<Payment> {
        let body = wire::by_order(order_id);
        let reply = self.inner.ask(Ask::PostJson { path: BY_ORDER, body }).await;
        let value = wire::read_payment(&reply).and_then(|payment| payment.check_order(order_id));
        Typed { value, reply }
    }
}

impl Gateway for Client {
    fn transfer(&self, instruction: &Instruction) -> Call {
        let (inner, slip) = (Rc::clone(&self.inner), Slip::new(&self.inner.unsent_transfers));
        let positive = instruction.amount.is_positive();
        let body = wire::transfert(instruction);
        Box::pin(async move {
            let begun = inner.now();
            let body = match body {
                Ok(body) if positive => body,
                Ok(_) => return never_left(begun, "the amount is not above zero"),
                Err(e) => return never_left(begun, format!("the transfer cannot be written as JSON: {e}")),
            };
            let live = inner.tokens.borrow().live(begun);
            let Some(token) = live else {
                return never_left(begun, "no live access token was at hand");
            };
            inner.send(&Ask::PostJson { path: TRANSFERT, body }, &token, slip).await
        })
    }

    fn status(&self, reference: &Reference) -> Call {
        Box::pin(self.inner.ask(Ask::PostJson { path: STATUS, body: wire::status(reference) }))
    }

    fn balance(&self) -> Call {
        Box::pin(self.inner.ask(Ask::Get { path: BALANCE }))
    }

    fn customer(&self, account: Account) -> Call {
        Box::pin(self.inner.ask(Ask::PostJson { path: CUSTOMER, body: wire::customer(account) }))
    }

    fn ready(&self) -> bool {
        self.inner.tokens.borrow().is_ready(self.inner.now())
    }

    fn unsent(&self) -> Unsent {
        let count = |unsent: &AtomicUsize| unsent.load(Ordering::SeqCst);
        Unsent { transfers: count(&self.inner.unsent_transfers), questions: count(&self.inner.unsent_questions) }
    }

    fn try_again(&self) {
        self.inner.tokens.borrow_mut().try_again();
    }

    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            let now = inner.now();
            let good = inner.tokens.borrow().is_ready(now) && !inner.tokens.borrow().is_worn(now);
            if good { None } else { Some(inner.fetch().await) }
        })
    }

    fn wears_out(&self) -> bool {
        self.inner.tokens.borrow().is_worn(self.inner.now())
    }
}

impl Inner {
    fn now(&self) -> BootMoment {
        self.clock.now().boot
    }

    /// A question. It is counted among the unsent at once, also while it waits for a token.
    fn ask(self: &Rc<Self>, ask: Ask) -> impl Future<Output = Reply> + 'static {
        let (inner, slip) = (Rc::clone(self), Slip::new(&self.unsent_questions));
        async move {
            let begun = inner.now();
            match inner.get_token().await {
                Some(token) => inner.send(&ask, &token, slip).await,
                None => never_left(begun, inner.tell_why_no_token()),
            }
        }
    }

    /// One call with this token, exactly once.
    async fn send(&self, ask: &Ask, token: &Token, slip: Slip) -> Reply {
        let asked = self.now();
        let mut outcome = self.line.call(ask, token.bearer.clone(), &*self.clock, slip).await;
        take_out(&mut outcome, &[&token.value, &self.client_secret, &self.spelled_basic]);
        withhold_token(&mut outcome);
        let reply = Reply { outcome, asked, ended: self.now(), token: token.number };
        let mut tokens = self.tokens.borrow_mut();
        match reply.http().map(|http| http.status) {
            Some(401) => tokens.note_refused(token.number),
            Some(status) if status < 500 => tokens.note_let_in(token.number),
            _ => {}
        }
        drop(tokens);
        reply
    }

    async fn get_token(self: &Rc<Self>) -> Option<Token> {
        let live = self.tokens.borrow().live(self.now());
        if live.is_some() {
            return live;
        }
        if self.tokens.borrow().quiet_left() > LONGEST_WAIT_FOR_TOKEN_CALL {
            return None;
        }
        self.fetch().await;
        self.tokens.borrow().live(self.now())
    }

    /// The token call, or the one that is under way already.
    fn fetch(self: &Rc<Self>) -> Shared<LocalBoxFuture<'static, Reply>> {
        let mut fetching = self.fetching.borrow_mut();
        let under_way = fetching.as_ref().and_then(WeakShared::upgrade);
        if let Some(shared) = under_way.filter(|shared| shared.peek().is_none()) {
            return shared;
        }
        let shared = Rc::clone(self).call_for_token().boxed_local().shared();
        *fetching = shared.downgrade();
        shared
    }

    async fn call_for_token(self: Rc<Self>) -> Reply {
        // Looked at now and then: a person may say that the wait is over.
        loop {
            let quiet = self.tokens.borrow().quiet_left();
            if quiet.is_zero() {
                break;
            }
            tokio::time::sleep(quiet.min(LOOK_WHILE_QUIET)).await;
        }
        let asked = self.now();
        let form = Ask::PostForm { path: TOKEN, body: wire::TOKEN_FORM };
        let mut outcome = self.line.call(&form, self.basic.clone(), &*self.clock, Slip::new(&Arc::default())).await;
        take_out(&mut outcome, &[&self.client_secret, &self.spelled_basic]);
        let ended = self.now();
        self.tokens.borrow_mut().take_in(outcome, asked, ended)
    }

    fn tell_why_no_token(&self) -> String {
        let failure = self.tokens.borrow().last_failure();
        let why = match failure.map(|reply| reply.outcome) {
            Some(Outcome::Answered(http)) => format!(
                "the token call was answered with HTTP {}: {}",
                http.status,
                http.body
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .chars()
                    .take(SHOWN_OF_REFUSAL)
                    .collect::<String>()
            ),
            Some(Outcome::NeverLeft(why) | Outcome::Lost(why)) => why,
            None => "it was refused or came too late to be used".to_string(),
        };
        format!("no access token: {why}")
    }
}

/// How soon a call that waits after failures notices that it need not.
const LOOK_WHILE_QUIET: Duration = Duration::from_millis(250);
/// Characters of a refused token call that are told to people.
const SHOWN_OF_REFUSAL: usize = 200;

/// The credentials in base64, without what pads them: a page that repeats the header may cut that.
fn spelled(basic: &HeaderValue) -> Secret {
    let text = basic.to_str().unwrap_or_default();
    Secret::new(text.strip_prefix("Basic ").unwrap_or(text).trim_end_matches('='))
}

fn never_left(at: BootMoment, why: impl Into<String>) -> Reply {
    Reply { outcome: Outcome::NeverLeft(why.into()), asked: at, ended: at, token: 0 }
}
