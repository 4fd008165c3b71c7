//! The simulator over HTTP, on this machine alone, with faults on real sockets.
//!
//! Must never: decide an answer (the model does), or show a token or a secret.

use super::exchange::{Call, HttpAnswer, Request, Sending, Wire};
use super::model::Model;
use super::page;
use super::settings::{Client, Settings};
use super::socket::{Grip, LoopbackListener, OpenConnections};
use super::token::read_form;
use super::{answers, exchange};
use crate::clock::{Clock, SystemClock};
use crate::payout::money::Amount;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on, post};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

/// Pieces into which a dripping body is cut.
const DRIPS: u32 = 20;

/// The model, the moment it began, and the payments that are still to come.
#[derive(Clone)]
struct Desk {
    model: Arc<Mutex<Model>>,
    began: Instant,
    late: Arc<Mutex<JoinSet<()>>>,
}

impl Desk {
    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn send(&self, sending: Sending) -> Wire {
        let now_ms = self.now_ms();
        self.model().send(sending, now_ms)
    }

    /// Pays at its time, whether or not the client is still there, and passes on what came of it.
    fn pay_later(&self, wait: Duration, payment: exchange::LatePayment) -> tokio::sync::oneshot::Receiver<Sending> {
        let (tell, told) = tokio::sync::oneshot::channel();
        let desk = self.clone();
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        while late.try_join_next().is_some() {}
        late.spawn(async move {
            tokio::time::sleep(wait).await;
            let now_ms = desk.now_ms();
            if let Some(sending) = desk.model().pay_late(payment, now_ms) {
                // Nobody listens any more where the client has hung up.
                let _ = tell.send(sending);
            }
        });
        told
    }
}

/// A simulator that is listening. It stops when this is dropped.
pub struct Embedded {
    address: SocketAddr,
    desk: Desk,
    server: JoinHandle<()>,
    open: OpenConnections,
}

impl Embedded {
    /// Listens on a free port of the loopback address.
    pub async fn start(settings: Settings, seed: u64) -> io::Result<Embedded> {
        Embedded::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings, seed).await
    }

    /// Listens on a loopback address; any other is an error. Needs a runtime with time and net.
    pub async fn listen(address: SocketAddr, mut settings: Settings, seed: u64) -> io::Result<Embedded> {
        let open = OpenConnections::default();
        let listener = LoopbackListener::bind(address, open.clone()).await?;
        let address = listener.address()?;
        if settings.epoch_ms == 0 {
            settings.epoch_ms = u64::try_from(SystemClock::new().now().wall.0).unwrap_or(0);
        }
        let desk = Desk {
            model: Arc::new(Mutex::new(Model::new(settings, seed))),
            began: Instant::now(),
            late: Arc::default(),
        };
        let app = routes(desk.clone()).into_make_service_with_connect_info::<Grip>();
        let server = tokio::spawn(async move {
            // It never ends by itself.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Embedded { address, desk, server, open })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes for `base_url`.
    pub fn base_url(&self) -> String {
        format!("http://{}/Api", self.address)
    }

    /// The client of the prefunded account.
    pub fn client(&self) -> Client {
        self.model().settings().client.clone()
    }

    /// The model, to look at and to top up. Never held across an await.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        self.desk.model()
    }

    /// Puts money into the prefunded account and gives the new balance; `None` when the amount is
    /// not above zero or more than can be counted.
    pub fn top_up(&self, amount: Amount) -> Option<Amount> {
        let now_ms = self.now_ms();
        self.model().top_up(amount, now_ms)
    }

    /// How often a reference was debited.
    pub fn debits(&self, reference: &str) -> usize {
        self.model().bank().debits(reference).count()
    }

    /// Milliseconds since it began, as the model counts them.
    /// How many debits there were, and how many references were debited more than once.
    pub fn count_debits(&self) -> (usize, usize) {
        let model = self.model();
        let bank = model.bank();
        let twice = bank.references().filter(|reference| bank.debits(reference).count() > 1).count();
        (bank.payments().len(), twice)
    }

    pub fn now_ms(&self) -> u64 {
        self.desk.now_ms()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.server.abort();
        self.desk.late.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.open.close();
    }
}

fn routes(desk: Desk) -> Router {
    let mut router = Router::new();
    for call in Call::ALL {
        let method = if call.is_get() { MethodFilter::GET } else { MethodFilter::POST };
        let serve = move |desk, grip, headers, body| serve_call(call, desk, grip, headers, body);
        router = router.route(call.path(), on(method, serve));
    }
    router
        .route(page::PATH, get(show_page).post(decide))
        .route("/simulator/debits", get(show_debits))
        .route("/simulator/balance", get(show_balance))
        .route("/simulator/transfers", get(show_transfers))
        .route("/simulator/calls", get(show_calls))
        .route("/simulator/faults", get(show_faults).post(switch_faults))
        .route("/simulator/top-up", post(top_up))
        .fallback(say_nowhere)
        .method_not_allowed_fallback(say_wrong_method)
        .with_state(desk)
}

/// One of the eight calls. The body has been read whole when this begins.
async fn serve_call(
    call: Call,
    State(desk): State<Desk>,
    ConnectInfo(grip): ConnectInfo<Grip>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).map(str::to_string);
    let request = Request {
        call,
        authorization: text(header::AUTHORIZATION),
        content_type: text(header::CONTENT_TYPE),
        body: body.to_vec(),
    };
    let arrived = Instant::now();
    let now_ms = desk.now_ms();
    let plan = desk.model().handle(&request, now_ms);
    let paid = plan.payment.map(|(wait, payment)| desk.pay_later(wait, payment));
    let sending = match (plan.answer, paid) {
        (Some((wait, sending)), _) => {
            if !wait.is_zero() {
                tokio::time::sleep_until(arrived + wait).await;
            }
            Some(sending)
        }
        (None, Some(paid)) => paid.await.ok(),
        (None, None) => None,
    };
    // Should a client have hung up by now, this is never reached: hyper has dropped the future.
    match sending.map(|sending| desk.send(sending)) {
        Some(Wire::Answer(answer)) => respond(answer),
        Some(Wire::Cut(answer)) => {
            grip.cut();
            respond(answer)
        }
        Some(Wire::Drip(answer, over)) => drip(answer, over),
        Some(Wire::Reset) | None => {
            grip.reset();
            StatusCode::OK.into_response()
        }
        Some(Wire::Hang) => std::future::pending().await,
    }
}

fn respond(answer: HttpAnswer) -> Response {
    part(answer).into_response()
}

fn part(answer: HttpAnswer) -> (StatusCode, HeaderMap, String) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(answer.content_type));
    if let Some(seconds) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    if let Some(location) = answer.location {
        headers.insert(header::LOCATION, header::HeaderValue::from_static(location));
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, answer.body)
}

/// Sends the body in small pieces, evenly over a time.
fn drip(answer: HttpAnswer, over: Duration) -> Response {
    let (status, headers, body) = part(answer);
    let size = body.len().div_ceil(usize::try_from(DRIPS).unwrap_or(1)).max(1);
    let pieces: Vec<Bytes> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    let pause = over / u32::try_from(pieces.len()).unwrap_or(DRIPS).max(1);
    let drops = futures_util::stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        let piece = pieces.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, Infallible>(piece), pieces))
    });
    (status, headers, Body::from_stream(drops)).into_response()
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

type Asked = Query<BTreeMap<String, String>>;

async fn show_debits(State(desk): State<Desk>, Query(asked): Asked) -> Response {
    json(desk.model().debits_json(asked.get("reference").map(String::as_str)))
}

async fn show_balance(State(desk): State<Desk>) -> Response {
    json(desk.model().balance_json())
}

fn after(asked: &BTreeMap<String, String>) -> usize {
    asked.get("after").and_then(|number| number.parse().ok()).unwrap_or(0)
}

async fn show_transfers(State(desk): State<Desk>, Query(asked): Asked) -> Response {
    json(desk.model().transfers_json(after(&asked)))
}

async fn show_calls(State(desk): State<Desk>, Query(asked): Asked) -> Response {
    json(desk.model().calls_json(after(&asked)))
}

async fn show_faults(State(desk): State<Desk>) -> Response {
    json(desk.model().faults_json())
}

fn complain(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, json(format!("{{\"error\":{}}}\n", answers::quoted(message)))).into_response()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    enabled: bool,
}

async fn switch_faults(State(desk): State<Desk>, body: Bytes) -> Response {
    let Ok(Switch { enabled }) = serde_json::from_slice(&body) else {
        return complain("send {\"enabled\":false} or {\"enabled\":true}");
    };
    let mut model = desk.model();
    model.enable_faults(enabled);
    json(model.faults_json())
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TopUp {
    amount: String,
}

async fn top_up(State(desk): State<Desk>, body: Bytes) -> Response {
    let amount = serde_json::from_slice::<TopUp>(&body).ok().and_then(|top_up| Amount::parse(&top_up.amount).ok());
    let now_ms = desk.now_ms();
    let mut model = desk.model();
    match amount.and_then(|amount| model.top_up(amount, now_ms)) {
        Some(_) => json(model.balance_json()),
        None => complain("send an amount above zero, such as {\"amount\":\"1000.00\"}"),
    }
}

fn html((status, page): page::Shown) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

async fn show_page(State(desk): State<Desk>, Query(asked): Asked) -> Response {
    let now_ms = desk.now_ms();
    let token = asked.get("token").map(String::as_str).unwrap_or_default();
    html(desk.model().payment_page(token, now_ms))
}

async fn decide(State(desk): State<Desk>, body: Bytes) -> Response {
    let form = read_form(&body);
    let text = |name| form.get(name).map(String::as_str);
    let now_ms = desk.now_ms();
    let token = text("token").unwrap_or_default();
    match text("decision") {
        Some("pay") => html(desk.model().decide_payment(token, Some(text("payer").unwrap_or_default()), now_ms)),
        Some("cancel") => html(desk.model().decide_payment(token, None, now_ms)),
        _ => complain("decision is pay or cancel"),
    }
}

async fn say_nowhere(State(desk): State<Desk>, uri: Uri) -> Response {
    let stamp = desk.model().stamp(desk.now_ms());
    respond(answers::failure(uri.path(), 404, "No message available", stamp))
}

async fn say_wrong_method(State(desk): State<Desk>, uri: Uri) -> Response {
    let stamp = desk.model().stamp(desk.now_ms());
    respond(answers::failure(uri.path(), 405, "Request method not supported", stamp))
}
