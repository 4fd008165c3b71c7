//! A text column that holds what somebody said, or a code: words as they are, a code as the object that an event's
//! body has.
//!
//! Must never: read what a person wrote as a code. Words that begin as an object does are kept in one.

use crate::payout::message::{Detail, Said};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept<'a, C> {
    Code(C),
    Words(Cow<'a, str>),
}

/// How an object begins.
const OBJECT: char = '{';

pub(super) fn print<C: Serialize>(said: &Said<C>) -> String {
    let kept = match said {
        Said::Words(words) if !words.starts_with(OBJECT) => return words.clone(),
        Said::Words(words) => Kept::Words(Cow::Borrowed(words)),
        Said::Coded { code } => Kept::Code(code),
    };
    // Codes and texts always have a JSON.
    serde_json::to_string(&kept).unwrap_or_default()
}

/// What is no object of ours is words: an older ledger kept those that begin so as they are.
pub(super) fn read<C: DeserializeOwned>(text: &str) -> Said<C> {
    let kept = text.starts_with(OBJECT).then(|| serde_json::from_str(text).ok()).flatten();
    match kept {
        Some(Kept::Code(code)) => Said::Coded { code },
        Some(Kept::Words(words)) => Said::Words(words.into_owned()),
        None => Said::Words(text.to_string()),
    }
}

/// A text of an older ledger as it would be printed today.
pub(super) fn as_printed(text: &str) -> String {
    if text.starts_with(OBJECT) { print::<Detail>(&read(text)) } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::message::GuardHold;

    #[test]
    fn a_person_can_write_no_code() {
        let code = Said::code(GuardHold::PaidAlready);
        let printed = print(&code);
        assert_eq!(printed, serde_json::to_string(&code).unwrap());
        for said in [code, printed.as_str().into(), r#"{"words":"x"}"#.into(), "{ wait".into(), "wait".into()] {
            assert_eq!(read(&print(&said)), said);
        }
        assert_eq!(read::<GuardHold>("{ wait"), "{ wait".into(), "as an older ledger kept it");
        assert_eq!(as_printed("{ wait"), print::<GuardHold>(&"{ wait".into()));
    }
}
