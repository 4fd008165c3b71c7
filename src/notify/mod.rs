//! Telling somebody outside what happened: a command that is run with the event on its standard input, or
//! a webhook that it is posted to. And what is remembered of it, so that each event is told once.
//!
//! Must never: be in the way of paying, hand a secret to a command, or run for longer than its time.

mod command;
pub mod memory;
mod webhook;

use command::Running;
use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// Characters of an answer that are told to people.
const ANSWER_SHOWN: usize = 200;

/// How an event is delivered, with everything that is needed for it.
#[derive(Clone)]
pub enum Way {
    /// A program and its arguments.
    Command(Vec<String>),
    Webhook {
        address: String,
        /// The header for the secret.
        header: String,
        secret: Option<String>,
    },
}

impl Way {
    /// Whether it can be taken, as far as that shows without telling anybody anything.
    ///
    /// # Errors
    /// Why not, in words for people.
    pub fn look(&self) -> Result<(), String> {
        match self {
            Way::Command(words) => command::look_at(Path::new(words.first().map_or("", String::as_str))),
            Way::Webhook { .. } => Ok(()),
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Command(words) => f.debug_tuple("Command").field(words).finish(),
            Way::Webhook { .. } => f.write_str("Webhook(hidden)"),
        }
    }
}

/// Delivers one event at a time.
#[derive(Default)]
pub struct Carrier {
    caller: RefCell<webhook::Caller>,
    /// A command that could not be ended: there is no second one beside it.
    stuck: RefCell<Option<Running>>,
}

impl Carrier {
    /// Delivers `body`, and says what came back.
    ///
    /// # Errors
    /// Why it was not delivered, in words for people.
    pub async fn deliver(&self, way: &Way, body: &[u8], timeout: Duration) -> Result<String, String> {
        match way {
            Way::Command(words) => {
                if let Some(stuck) = self.stuck.take()
                    && let Some(stuck) = stuck.still_there()
                {
                    self.stuck.replace(Some(stuck));
                    return Err("the command before this one has not ended although it was killed".to_string());
                }
                let (outcome, stuck) = command::run(words, body, timeout).await;
                self.stuck.replace(stuck);
                outcome
            }
            Way::Webhook { address, header, secret } => {
                let client = self.caller.borrow_mut().client(address)?;
                let post = webhook::Post { client, address, header, secret: secret.as_deref() };
                post.deliver(body, timeout).await
            }
        }
    }
}

/// The beginning of an answer in one line, without what must not be shown.
fn shown(bytes: &[u8], secret: Option<&str>) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => text.replace(secret, "(hidden)"),
        None => text.into_owned(),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    if let Some((cut, _)) = line.char_indices().nth(ANSWER_SHOWN) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_in_one_short_line_without_the_secret() {
        assert_eq!(shown(b" ok\r\n\x1b[2J fine ", None), "ok [2J fine");
        assert_eq!(shown(b"bad token hunter2!", Some("hunter2")), "bad token (hidden)!");
        assert_eq!(shown("é".repeat(300).as_bytes(), None).chars().count(), 201);
        let way = Way::Webhook { address: "https://h/SECRET".into(), header: "A".into(), secret: Some("S".into()) };
        assert_eq!(format!("{way:?}"), "Webhook(hidden)");
    }
}
