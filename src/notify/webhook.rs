//! A webhook that an event is posted to: one call, over https or to this machine, bounded in time and in
//! what is read of the answer.
//!
//! Must never: follow a redirect, use a proxy, send the same call twice, or tell the address (its path
//! may be a secret).

use super::shown;
use crate::moncash::tls::set_up_tls;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 4096;
const LOCALHOST: &str = "localhost";

/// The HTTP client, made once it is needed.
#[derive(Default)]
pub(super) struct Caller {
    /// With or without encryption.
    made: Option<(bool, Client)>,
}

impl Caller {
    pub(super) fn client(&mut self, address: &str) -> Result<Client, String> {
        let encrypted = address.starts_with("https:");
        if let Some((_, client)) = self.made.as_ref().filter(|(made, _)| *made == encrypted) {
            return Ok(client.clone());
        }
        let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        let client = Client::builder()
            .tls_backend_preconfigured(set_up_tls(encrypted).map_err(|error| error.to_string())?)
            .https_only(encrypted)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .resolve_to_addrs(LOCALHOST, &here)
            .pool_max_idle_per_host(0)
            .user_agent(concat!("payoutd/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(tell)?;
        self.made = Some((encrypted, client.clone()));
        Ok(client)
    }
}

/// One call.
pub(super) struct Post<'a> {
    pub client: Client,
    pub address: &'a str,
    pub header: &'a str,
    pub secret: Option<&'a str>,
}

impl Post<'_> {
    pub(super) async fn deliver(&self, body: &[u8], limit: Duration) -> Result<String, String> {
        let url = Url::parse(self.address).map_err(|error| format!("the webhook's address is not one: {error}"))?;
        let host = url.host_str().unwrap_or_default().to_string();
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body.to_vec());
        if let Some(secret) = self.secret {
            let name: HeaderName = self.header.parse().map_err(|_| "webhook_header is not a header's name")?;
            let value = if self.header.eq_ignore_ascii_case("authorization") && !secret.contains(' ') {
                format!("Bearer {secret}")
            } else {
                secret.to_string()
            };
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| "the webhook's secret holds characters that a header cannot carry")?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        tokio::select! {
            biased;
            answer = converse(request, self.secret) => answer.map_err(|why| format!("{host}: {why}")),
            () = tokio::time::sleep(limit) => {
                Err(format!("{host}: no whole answer within {}", humantime::format_duration(limit)))
            }
        }
    }
}

async fn converse(request: reqwest::RequestBuilder, secret: Option<&str>) -> Result<String, String> {
    let mut answer = request.send().await.map_err(tell)?;
    let status = answer.status();
    let mut body = Vec::new();
    // What the status says stands, however the rest of the answer ends.
    while let Ok(Some(piece)) = answer.chunk().await {
        body.extend(piece.iter().take(LONGEST_ANSWER - body.len()));
        if body.len() == LONGEST_ANSWER {
            break;
        }
    }
    let words = shown(&body, secret);
    let what = if words.is_empty() {
        format!("HTTP {}", status.as_u16())
    } else {
        format!("HTTP {}: {words}", status.as_u16())
    };
    match status {
        status if status.is_success() => Ok(what),
        status if status.is_redirection() => Err(format!("{what} (redirects are not followed)")),
        _ => Err(what),
    }
}

/// An error and its causes in one line, without the address.
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
    told
}
