//! What is common to all answers: whether the call was carried out, and MonCash's words where not.
//!
//! Must never: call an answer accepted that contradicts itself.

use super::{Text, WireError, parse_body, quote};
use crate::payout::reply::{Outcome, Reply};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What every answer may hold beside its own: `{path, error, message, timestamp, status}`, and
/// `{error, error_description}` of the token service.
#[derive(Default, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    error_description: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
}

impl Envelope<'_> {
    /// Why it was refused, in MonCash's words.
    fn words(&self) -> String {
        let text = |part: Option<&RawValue>| part.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
        let words = text(self.message).or_else(|| text(self.error_description)).or_else(|| text(self.error));
        words.map_or_else(|| "no reason given".to_string(), |words| quote(&words))
    }

    /// The status that the body itself tells, printed as a number or as a text.
    fn status(&self) -> Result<Option<u16>, WireError> {
        let Some(raw) = self.status else { return Ok(None) };
        let text = serde_json::from_str::<Text>(raw.get()).ok();
        match text.and_then(|text| text.0.parse().ok()) {
            Some(status) => Ok(Some(status)),
            None => Err(WireError::Unexpected(format!("its own status is {}", quote(raw.get())))),
        }
    }

    fn tells_an_error(&self) -> bool {
        self.error.is_some_and(|error| error.get() != "\"\"")
    }
}

/// The body of an answer that carried the call out: 2xx, whole, and no failure inside.
pub fn accepted_body(reply: &Reply) -> Result<&str, WireError> {
    let http = match &reply.outcome {
        Outcome::Answered(http) => http,
        Outcome::NeverLeft(why) | Outcome::Lost(why) => return Err(WireError::NoAnswer(why.clone())),
    };
    let refused = |status, message| Err(WireError::Refused { status, message });
    if !(200..300).contains(&http.status) {
        return refused(http.status, parse_body::<Envelope<'_>>(&http.body).unwrap_or_default().words());
    }
    if http.cut {
        return Err(WireError::Cut);
    }
    let envelope = parse_body::<Envelope<'_>>(&http.body)?;
    match envelope.status()? {
        Some(inner) if !(200..300).contains(&inner) => refused(inner, envelope.words()),
        _ if envelope.tells_an_error() => refused(http.status, envelope.words()),
        _ => Ok(&http.body),
    }
}
