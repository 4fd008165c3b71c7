//! One HTTP call: it leaves once, over a connection of its own, ends by its deadline, and its end is
//! told truthfully.
//!
//! Must never: send a body twice, take one call's answer for another's, follow a redirect, use a proxy,
//! read without a bound, or say "never left" of a body that could still leave.

use super::settings::{ClientError, LOCALHOST, Settings};
use super::tls::{set_up_tls, word_trouble};
use super::trouble::word_network;
use crate::clock::Clock;
use crate::payout::moment::Wall;
use crate::payout::reply::{Http, Outcome};
use futures_util::stream::{self, Stream};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request, Url};
use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

/// Bytes of an answer that are kept. MonCash's are under 1 KiB; an error page may be longer.
pub const LONGEST_BODY: usize = 64 * 1024;
/// Connections that are kept for the next call: none, each call has its own. Most answers do not say
/// whom they are about, so that one answer too many on a kept connection would be taken for the next
/// question's; and a call on a connection that the other side is closing is one whose fate nobody
/// knows. A handshake a call is the price.
const KEPT_CONNECTIONS: usize = 0;
/// The longest wait that a `Retry-After` can ask for.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// On top of the time for connecting, what a busy machine takes to put a body on the connection.
const TO_WRITE: Duration = Duration::from_secs(5);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// What is to be asked, all but the credentials.
#[derive(Clone)]
pub(super) enum Ask {
    Get { path: &'static str },
    PostJson { path: &'static str, body: Vec<u8> },
    PostForm { path: &'static str, body: &'static str },
}

/// The way to MonCash.
pub(super) struct Line {
    http: reqwest::Client,
    base_url: Url,
    /// Its path, without a slash at the end.
    base_path: String,
    deadline: Duration,
    /// A body that has not left this long after the call began does not leave any more.
    leaves_within: Duration,
    /// How far MonCash's clock was ahead of ours in its last answer, in milliseconds.
    ahead: Cell<Option<i64>>,
}

impl Line {
    pub(super) fn new(settings: &Settings, base_url: &Url) -> Result<Line, ClientError> {
        let encrypted = base_url.scheme() == "https";
        let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(set_up_tls(encrypted)?)
            .https_only(encrypted)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .resolve_to_addrs(LOCALHOST, &here)
            .pool_max_idle_per_host(KEPT_CONNECTIONS)
            .connect_timeout(settings.connect_timeout)
            .tcp_user_timeout(settings.request_timeout)
            // A connection ends with its one call, which has a deadline: nothing has to be kept alive.
            .tcp_keepalive(None)
            .tcp_keepalive_interval(None)
            .tcp_keepalive_retries(None)
            .user_agent(concat!("payoutd/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| ClientError::Setup(tell(e)))?;
        let (base_url, base_path) = (base_url.clone(), base_url.path().trim_end_matches('/').to_string());
        let leaves_within = settings.connect_timeout.saturating_add(TO_WRITE);
        Ok(Line {
            http,
            base_url,
            base_path,
            deadline: settings.request_timeout,
            leaves_within,
            ahead: Cell::new(None),
        })
    }

    /// How far MonCash's clock was ahead of ours in its last answer, in milliseconds, as its `Date` says
    /// (to the second). For people; nothing is reckoned by it.
    pub(super) fn clock_ahead(&self) -> Option<i64> {
        self.ahead.get()
    }

    /// HTTP Basic of the token call, encoded by reqwest, which has the encoder already.
    pub(super) fn make_basic(&self, settings: &Settings) -> Result<HeaderValue, ClientError> {
        let request =
            self.http.get(self.base_url.clone()).basic_auth(&settings.client_id, Some(settings.client_secret.expose()));
        let request = request.build().map_err(|e| ClientError::Setup(tell(e)))?;
        let mut basic = request.headers().get(AUTHORIZATION).cloned().ok_or(ClientError::ClientId)?;
        basic.set_sensitive(true);
        Ok(basic)
    }

    /// Makes one call and waits for its whole answer, or for the deadline.
    ///
    /// The deadline stands still while the machine sleeps, and a connection that was being made goes on
    /// when it wakes. So the body has a limit of its own, on the clock that counts sleep: what was true
    /// of orders, funds and the reference when the call was decided may not be true any more, and
    /// another machine may have taken over.
    ///
    /// Dropped, it takes its body back: a connection that still holds the request gives none of it.
    pub(super) async fn call(&self, ask: &Ask, authorization: HeaderValue, clock: &dyn Clock, slip: Slip) -> Outcome {
        let begun = clock.now();
        let request = match self.build(ask, authorization, &slip) {
            Ok(request) => request,
            Err(why) => return Outcome::NeverLeft(why),
        };
        // Of a question without a body nobody can tell when it leaves: the limiter keeps it a place.
        if !ask.has_body() {
            slip.0.become_once(USED);
        }
        let late = || clock.now().boot.since(begun.boot).is_none_or(|age| age > self.leaves_within);
        let mut talk = pin!(self.converse(request, begun.wall));
        let in_time = poll_fn(|context| {
            if ask.has_body() && late() && slip.revoke() {
                let limit = humantime::format_duration(self.leaves_within);
                let why = format!("the call could not be sent within {limit}: the machine slept, or was too busy");
                return Poll::Ready(Err(Broken { why, before_connecting: false }));
            }
            talk.as_mut().poll(context)
        });
        let end = tokio::select! {
            biased;
            end = in_time => end,
            () = tokio::time::sleep(self.deadline) => Err(Broken {
                why: format!("no whole answer within {}", humantime::format_duration(self.deadline)),
                before_connecting: false,
            }),
        };
        // From here on the body cannot leave any more, whatever the connection still does.
        let unsent = slip.revoke();
        match end {
            Ok(http) => Outcome::Answered(http),
            Err(broken) if ask.has_body() && unsent => Outcome::NeverLeft(broken.why),
            Err(broken) if !ask.has_body() && broken.before_connecting => Outcome::NeverLeft(broken.why),
            Err(broken) => Outcome::Lost(broken.why),
        }
    }

    fn build(&self, ask: &Ask, authorization: HeaderValue, slip: &Slip) -> Result<Request, String> {
        let (method, path) = match ask {
            Ask::Get { path } => (Method::GET, path),
            Ask::PostJson { path, .. } | Ask::PostForm { path, .. } => (Method::POST, path),
        };
        // Parsed once; only the path changes from call to call.
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}{path}", self.base_path));
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, JSON);
        headers.insert(AUTHORIZATION, authorization);
        let (kind, body) = match ask {
            Ask::Get { .. } => return Ok(request),
            Ask::PostJson { body, .. } => (JSON, body.clone()),
            Ask::PostForm { body, .. } => (FORM, body.as_bytes().to_vec()),
        };
        headers.insert(CONTENT_TYPE, kind);
        // A stream has no length of its own; without this header it would go out in chunks.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        *request.body_mut() = Some(reqwest::Body::wrap_stream(slip.carry(body)));
        Ok(request)
    }

    async fn converse(&self, request: Request, wall: Wall) -> Result<Http, Broken> {
        let mut answer =
            self.http.execute(request).await.map_err(|e| Broken { before_connecting: e.is_connect(), why: tell(e) })?;
        let status = answer.status().as_u16();
        let retry_after = read_retry_after(answer.headers(), wall);
        self.ahead.set(read_date(answer.headers()).map(|date| date.0.saturating_sub(wall.0)).or(self.ahead.get()));
        let (mut body, mut cut) = (Vec::new(), false);
        loop {
            match answer.chunk().await {
                Ok(None) => break,
                Ok(Some(piece)) => {
                    let fits = piece.len().min(LONGEST_BODY - body.len());
                    body.extend_from_slice(&piece[..fits]);
                    if fits < piece.len() {
                        cut = true;
                        break;
                    }
                }
                Err(e) => {
                    let why = format!("the answer (HTTP {status}) broke off after {} bytes: {}", body.len(), tell(e));
                    return Err(Broken { why, before_connecting: false });
                }
            }
        }
        Ok(Http { status, body: String::from_utf8_lossy(&body).into_owned(), cut, retry_after })
    }
}

impl Ask {
    fn has_body(&self) -> bool {
        !matches!(self, Ask::Get { .. })
    }
}

/// A call that ended without a whole answer.
struct Broken {
    why: String,
    /// No connection ever stood. Believed of calls without a body only; the others have a [`Slip`].
    before_connecting: bool,
}

/// The body's permission to leave. It can be used once, and is revoked with the call's end: after that no
/// byte of the body leaves, even where a connection still holds the request. While it is neither, its call
/// counts among the unsent.
pub(super) struct Slip(Arc<Leave>);

struct Leave {
    state: AtomicU8,
    unsent: Arc<AtomicUsize>,
}

const UNUSED: u8 = 0;
const USED: u8 = 1;
const REVOKED: u8 = 2;

impl Slip {
    pub(super) fn new(unsent: &Arc<AtomicUsize>) -> Slip {
        unsent.fetch_add(1, Ordering::SeqCst);
        Slip(Arc::new(Leave { state: AtomicU8::new(UNUSED), unsent: Arc::clone(unsent) }))
    }

    /// Whether the body never left. If so, it never will.
    fn revoke(&self) -> bool {
        self.0.become_once(REVOKED) || self.0.state.load(Ordering::SeqCst) == REVOKED
    }

    /// A body that gives its bytes once, and only with the slip unused.
    fn carry(&self, body: Vec<u8>) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
        let leave = Arc::clone(&self.0);
        stream::once(async move {
            match leave.become_once(USED) {
                true => Ok(body),
                false => Err(io::Error::other("the call had ended before its body was sent")),
            }
        })
    }
}

impl Drop for Slip {
    fn drop(&mut self) {
        self.revoke();
    }
}

impl Leave {
    /// False where it was used or revoked before.
    fn become_once(&self, state: u8) -> bool {
        let first = self.state.compare_exchange(UNUSED, state, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if first {
            self.unsent.fetch_sub(1, Ordering::SeqCst);
        }
        first
    }
}

/// An error and its causes in one line, without the address; first what an operator can do about it.
fn tell(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        let text = deeper.to_string();
        if !told.ends_with(&text) {
            told = format!("{told}: {text}");
        }
        cause = deeper.source();
    }
    match word_trouble(&error).or_else(|| word_network(&error)) {
        Some(words) => format!("{words} ({told})"),
        None => told,
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), from now, an hour at the most.
fn read_retry_after(headers: &HeaderMap, wall: Wall) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_or(LONGEST_RETRY_AFTER, Duration::from_secs)
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Wall(date.as_millisecond()).since(wall)
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// `Date` (RFC 9110, 6.6.1).
fn read_date(headers: &HeaderMap) -> Option<Wall> {
    let text = headers.get(DATE)?.to_str().ok()?.trim();
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Wall(date.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    fn wait_of(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        // Sun, 06 Nov 1994 08:49:37 GMT.
        read_retry_after(&headers, Wall(784_111_777_000))
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date_and_bounded() {
        let seconds = |s| Some(Duration::from_secs(s));
        for (text, wait) in [
            ("7", seconds(7)),
            ("0", seconds(0)),
            ("86400", seconds(3600)),
            ("99999999999999999999999", seconds(3600)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", seconds(60)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", seconds(0)),
            ("Mon, 07 Nov 1994 08:48:37 GMT", seconds(3600)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait_of(text), wait, "{text}");
        }
    }

    async fn poll(body: impl Stream<Item = io::Result<Vec<u8>>>) -> Option<Vec<u8>> {
        Box::pin(body).next().await.and_then(Result::ok)
    }

    #[tokio::test]
    async fn a_revoked_body_never_gives_a_byte_and_a_used_one_cannot_be_revoked() {
        let unsent = Arc::default();
        let slip = Slip::new(&unsent);
        let body = slip.carry(b"pay".to_vec());
        assert!(slip.revoke());
        assert_eq!(poll(body).await, None);
        assert!(slip.revoke(), "it stays so");

        let slip = Slip::new(&unsent);
        let (body, again) = (slip.carry(b"pay".to_vec()), slip.carry(b"pay".to_vec()));
        assert_eq!(poll(body).await, Some(b"pay".to_vec()));
        assert!(!slip.revoke());
        assert_eq!(poll(again).await, None);
    }

    #[tokio::test]
    async fn a_call_that_is_dropped_takes_its_body_back() {
        let unsent = Arc::default();
        let slip = Slip::new(&unsent);
        let body = slip.carry(b"pay".to_vec());
        drop(slip);
        assert_eq!(poll(body).await, None);
    }

    #[tokio::test]
    async fn a_call_counts_as_unsent_until_its_body_leaves_or_never_will() {
        let unsent = Arc::default();
        let slips = [(); 3].map(|()| Slip::new(&unsent));
        let count = || unsent.load(Ordering::SeqCst);
        assert_eq!(count(), 3);
        poll(slips[0].carry(b"pay".to_vec())).await;
        assert_eq!(count(), 2);
        assert!(slips[1].revoke());
        assert_eq!(count(), 1);
        drop(slips);
        assert_eq!(count(), 0);
    }
}
