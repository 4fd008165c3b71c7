//! A sentence that is not yet in any language: its key, and what stands in it.
//!
//! Must never: be compared or kept by its wording; scripts read codes, people read this.

use super::{Language, catalogue};
use crate::payout::instruction::Reference;
use crate::payout::money::Amount;
use std::borrow::Cow;
use std::fmt;

/// What stands in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// As it is, in every language: a name, an amount, a cell.
    Text(String),
    /// A number that chooses between one and many.
    Count(u64),
    /// A sentence, or a part of one, in the same language as the whole.
    Saying(Box<Saying>),
}

/// A sentence of the catalogue. [`fmt::Display`] is English: for logs, and where nobody chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    key: &'static str,
    values: Vec<(&'static str, Value)>,
}

impl Saying {
    /// By [`super::say!`], so that a test finds every key that is used.
    pub fn new(key: &'static str, values: Vec<(&'static str, Value)>) -> Saying {
        Saying { key, values }
    }

    /// Its name in the catalogue.
    pub fn key(&self) -> &'static str {
        self.key
    }

    pub(super) fn values(&self) -> &[(&'static str, Value)] {
        &self.values
    }

    /// In this language.
    pub fn text(&self, language: Language) -> String {
        catalogue::text(self, language)
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl From<Saying> for Value {
    fn from(saying: Saying) -> Value {
        Value::Saying(Box::new(saying))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

macro_rules! text {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Value {
            fn from(text: $kind) -> Value {
                Value::Text(text.to_string())
            }
        })*
    };
}
text!(&str, &String, Cow<'_, str>, char, Amount, Reference, &Reference);

macro_rules! count {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Value {
            fn from(count: $kind) -> Value {
                // Nothing that is counted here comes near the end of a u64.
                Value::Count(u64::try_from(count).unwrap_or(u64::MAX))
            }
        })*
    };
}
count!(u8, u16, u32, u64, usize);
