//! Sentences of payoutd's own that ledgers before format 4 keep in English: answers to orders, details of holds, why
//! the ledger is suspected, what a guard found. They and their chain stay as they are; here they are known again by
//! their English words and told in the reader's language. What is written today is a code (`payout/message`), and
//! nothing of it is read here.
//!
//! Must never: change what MonCash or a person said. What is not wholly one of these sentences stays as it is.

use super::catalogue;
use super::saying::{Saying, Value};
use super::{Language, say};
use crate::payout::batch::BatchState;
use crate::payout::state::{BatchId, StateWord};
use std::sync::LazyLock;

/// The topic of the catalogue that holds these sentences.
pub(super) const TOPIC: &str = "told";

/// A sentence's parts, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(&'static str),
    Value(&'static str),
}

/// Every sentence, in the order of the file: the first that fits is meant.
static SENTENCES: LazyLock<Vec<(&'static str, Vec<Piece>)>> = LazyLock::new(|| {
    let files = catalogue::files(Language::English);
    let text = files.iter().find(|(topic, _)| *topic == TOPIC).map_or("", |(_, text)| text);
    let sentence = |line: &'static str| {
        let (key, pattern) = line.split_once(" = ")?;
        (!line.starts_with('#')).then(|| (key, pieces(pattern)))
    };
    text.lines().filter_map(sentence).collect()
});

#[cfg(test)]
pub(super) fn sentences() -> &'static [(&'static str, Vec<Piece>)] {
    &SENTENCES
}

fn pieces(pattern: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (place, part) in pattern.split("{ $").enumerate() {
        let (name, text) = if place == 0 { (None, part) } else { name_and_text(part) };
        pieces.extend(name.map(Piece::Value));
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
    }
    pieces
}

fn name_and_text(part: &'static str) -> (Option<&'static str>, &'static str) {
    part.split_once(" }").map_or((None, part), |(name, text)| (Some(name), text))
}

/// What was written down, as a saying: a sentence of ours, or the words as they are.
pub(super) fn told(text: &str) -> Saying {
    known(text).unwrap_or_else(|| say!("why-as-told", text = text))
}

/// `None`: it is no sentence of ours.
pub(super) fn known(text: &str) -> Option<Saying> {
    SENTENCES.iter().find_map(|(key, pieces)| Some(Saying::new(key, values(pieces, text)?)))
}

/// The values that stand in a text which has just these pieces.
fn values(pieces: &[Piece], text: &str) -> Option<Vec<(&'static str, Value)>> {
    let (mut rest, mut values, mut open) = (text, Vec::new(), None);
    for piece in pieces {
        match (*piece, open.take()) {
            (Piece::Value(name), None) => open = Some(name),
            // Two values side by side could be parted anywhere.
            (Piece::Value(_), Some(_)) => return None,
            (Piece::Text(literal), None) => rest = rest.strip_prefix(literal)?,
            (Piece::Text(literal), Some(name)) => {
                let (value, behind) = rest.split_once(literal)?;
                values.push((name, value_of(name, value)?));
                rest = behind;
            }
        }
    }
    match open {
        Some(name) => values.push((name, value_of(name, rest)?)),
        None if rest.is_empty() => {}
        None => return None,
    }
    Some(values)
}

/// What may stand in a sentence under this name; `None`: this is something else.
fn value_of(name: &str, text: &str) -> Option<Value> {
    let fits = match name {
        "state" | "seen" => is_state(text),
        "batch" => BatchId::parse(text).is_some(),
        // Some are two words: "resolve --ask-again".
        "verb" => {
            let word = text.strip_prefix("resolve --").unwrap_or(text);
            !word.is_empty() && !word.contains(' ')
        }
        "reference" | "transaction" | "other" | "day" => !text.is_empty() && !text.contains(' '),
        "queued" | "doubt" | "paid" | "held" | "number" | "line" | "more" => {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
        }
        _ => !text.is_empty(),
    };
    let value = match name {
        "what" => told(text).into(),
        "parts" => list(text, ", ", |before, next| say!("listed-parts", before = before, next = next))?.into(),
        "rows" => list(text, "; ", |before, next| say!("guard-listed", before = before, next = next))?.into(),
        // By which a language finds its plural.
        "queued" | "doubt" | "paid" | "held" => match text.parse::<u32>() {
            Ok(count) => Value::from(count),
            Err(_) => Value::from(text),
        },
        _ => Value::from(text),
    };
    fits.then_some(value)
}

fn list(text: &str, between: &str, join: impl Fn(Saying, Saying) -> Saying) -> Option<Saying> {
    text.split(between).map(known).reduce(|before, next| Some(join(before?, next?)))?
}

fn is_state(word: &str) -> bool {
    const BATCH: [BatchState; 7] = [
        BatchState::AwaitingApproval,
        BatchState::OnHold,
        BatchState::Paying,
        BatchState::Waiting,
        BatchState::NeedsPerson,
        BatchState::Complete,
        BatchState::Cancelled,
    ];
    StateWord::parse(word).is_some() || BATCH.iter().any(|state| state.word() == word)
}
