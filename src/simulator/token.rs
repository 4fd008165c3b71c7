//! Access tokens: given to a client for a short while, then worth nothing.
//!
//! Must never: outlive its 59 s, or be told apart from a stranger's by anything but the map.

use super::exchange::Request;
use super::seed::Seed;
use super::settings::{Client, Settings};
use std::collections::BTreeMap;

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The client of the prefunded account.
    Payouts,
    /// The client that may only collect.
    Collection,
}

/// Why a bearer is turned away. `Spent` carries the token, as Spring echoes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stranger {
    NoToken,
    Unknown(String),
    Spent(String),
}

/// The tokens given out and still remembered.
#[derive(Debug, Default)]
pub struct Tokens {
    given: BTreeMap<String, (Holder, u64)>,
}

/// How long an expired token is remembered, so that it is called expired and not unknown (ms).
const REMEMBERED_MS: u64 = 600_000;

impl Tokens {
    pub fn give(&mut self, holder: Holder, settings: &Settings, seed: &mut Seed, now_ms: u64) -> String {
        self.given.retain(|_, (_, ends)| ends.saturating_add(REMEMBERED_MS) > now_ms);
        let life = u64::try_from(settings.token_life.as_millis()).unwrap_or(u64::MAX);
        let token = format!("sim-{}", seed.hex());
        self.given.insert(token.clone(), (holder, now_ms.saturating_add(life)));
        token
    }

    /// Who holds the token of this `Authorization` header.
    pub fn holder(&self, authorization: Option<&str>, now_ms: u64) -> Result<Holder, Stranger> {
        let token = authorization.and_then(|header| after_scheme(header, "bearer")).ok_or(Stranger::NoToken)?;
        match self.given.get(token) {
            Some((holder, ends)) if now_ms < *ends => Ok(*holder),
            Some(_) => Err(Stranger::Spent(token.to_string())),
            None => Err(Stranger::Unknown(token.to_string())),
        }
    }
}

/// Why no token is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrant {
    BadCredentials,
    BadGrant,
}

/// Reads the credentials of a token call, from the header or else from the form.
pub fn read_grant(request: &Request, settings: &Settings) -> Result<Holder, NoGrant> {
    let form = read_form(&request.body);
    let basic = request.authorization.as_deref().and_then(|h| after_scheme(h, "basic")).and_then(decode_base64);
    let (id, secret) = match basic.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((id, secret)) => (id.to_string(), secret.to_string()),
        None => {
            (form.get("client_id").cloned().unwrap_or_default(), form.get("client_secret").cloned().unwrap_or_default())
        }
    };
    let is = |client: &Client| client.id == id && client.secret == secret;
    let holder = match &settings.collection_client {
        _ if is(&settings.client) => Holder::Payouts,
        Some(collection) if is(collection) => Holder::Collection,
        _ => return Err(NoGrant::BadCredentials),
    };
    if form.get("grant_type").map(String::as_str) == Some("client_credentials") {
        Ok(holder)
    } else {
        Err(NoGrant::BadGrant)
    }
}

fn after_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (first, rest) = header.split_once(' ')?;
    first.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// Reads `a=b&c=d` with its percent signs.
pub fn read_form(body: &[u8]) -> BTreeMap<String, String> {
    String::from_utf8_lossy(body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect()
}

fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let pair: Vec<u8> = bytes.by_ref().take(2).collect();
                let hex = std::str::from_utf8(&pair).ok().and_then(|h| u8::from_str_radix(h, 16).ok());
                out.push(hex.unwrap_or(b'?'));
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn decode_base64(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_from_a_header_or_a_form() {
        let settings = Settings::default();
        let grant = |authorization: Option<&str>, body: &str| {
            let request = Request {
                authorization: authorization.map(str::to_string),
                body: body.as_bytes().to_vec(),
                ..Request::token("", "")
            };
            read_grant(&request, &settings)
        };
        let form = "scope=read,write&grant_type=client_credentials";
        // echo -n client_id:client_secret | base64
        assert_eq!(grant(Some("Basic Y2xpZW50X2lkOmNsaWVudF9zZWNyZXQ="), form), Ok(Holder::Payouts));
        assert_eq!(grant(Some("Basic Y2xpZW50X2lkOndyb25n"), form), Err(NoGrant::BadCredentials));
        assert_eq!(grant(None, form), Err(NoGrant::BadCredentials));
        assert_eq!(
            grant(None, "client%5Fid=client_id&client_secret=client_secret&grant_type=password"),
            Err(NoGrant::BadGrant)
        );
        assert_eq!(grant(Some("Basic ***"), ""), Err(NoGrant::BadCredentials));
    }
}
