//! What was told, what is to be told, and how far the ledger was looked through: one small file in the
//! state folder, exchanged whole. What happened is derived from the ledger and from this, so that neither
//! a crash nor a restart loses an event or tells one again that was noted as delivered.
//!
//! Must never: grow without bound, or be taken for evidence.

use crate::files::{FileError, Folder, STATE_FILE, write_whole};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

/// The file in the state folder.
pub const FILE: &str = "notify.json";
/// Bytes of it that are read: far more than a full outbox has.
const LONGEST: u64 = 8 << 20;
/// Events that wait at most. While so many do, what else happened waits in the ledger.
pub const MOST_WAITING: usize = 64;
/// Names of rejected files that are remembered as told.
const NAMES_KEPT: usize = 500;
/// The first wait after a failure; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// The form of the file.
const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    version: u32,
    /// The last event of the ledger that was looked at.
    pub seen: Option<Seen>,
    /// The number of the last event that was made.
    number: u64,
    /// What lasts, by its name: told once while it does.
    pub spells: BTreeMap<String, Spell>,
    /// Payouts that were held a moment ago, by batch: told together.
    pub held: BTreeMap<i64, Gathered>,
    pub waiting: Vec<Entry>,
    pub rejected: Rejected,
    pub delivered: u64,
    pub given_up: u64,
}

/// An event of the ledger's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub seq: i64,
    /// In hex.
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// Milliseconds since 1970.
    pub since: i64,
    pub told: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// Of the first of them: the event's id.
    pub id: String,
    pub since: i64,
    /// The first payouts, by number.
    pub payouts: Vec<i64>,
    pub count: u64,
}

/// An event that is to be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub number: u64,
    pub id: String,
    pub event: String,
    pub body: serde_json::Value,
    #[serde(default)]
    pub tries: u32,
    /// For how long it was tried, while payoutd ran.
    #[serde(default)]
    pub tried_for_ms: u64,
    #[serde(default)]
    pub failure: Option<String>,
}

/// Which of the files in `rejected/` were told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The youngest errors file that was told, in milliseconds since 1970.
    pub since: i64,
    pub names: Vec<String>,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            version: VERSION,
            seen: None,
            number: 0,
            spells: BTreeMap::new(),
            held: BTreeMap::new(),
            waiting: Vec::new(),
            rejected: Rejected::default(),
            delivered: 0,
            given_up: 0,
        }
    }
}

impl Memory {
    /// What the file says; `None` where there is none, or it says nothing that can be read.
    pub fn read(state: &Path) -> Option<Memory> {
        let text = Folder::open(state).ok()?.read_text(OsStr::new(FILE), LONGEST).ok()??;
        let read: Option<Memory> = serde_json::from_str(&text).ok().filter(|read: &Memory| read.version == VERSION);
        if read.is_none() {
            tracing::warn!(
                "state/{FILE} cannot be read: notifications begin anew from here; look at 'payoutd status' for what happened before"
            );
        }
        read
    }

    /// Exchanges the file whole, on disk when this returns.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&self, state: &Path) -> Result<(), FileError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        write_whole(&Folder::open(state)?, OsStr::new(FILE), STATE_FILE, |file| file.write_all(text.as_bytes()))
    }

    /// Nobody is told any more: whoever is told again later is told from then on.
    pub fn forget(state: &Path) {
        if let Ok(folder) = Folder::open(state) {
            let _ = folder.remove_own_if_there(OsStr::new(FILE));
        }
    }

    /// Whether one more may wait.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < MOST_WAITING
    }

    /// The number that the next event gets.
    pub fn next_number(&self) -> u64 {
        self.number + 1
    }

    /// An event is to be delivered.
    pub fn add(&mut self, id: &str, event: &str, body: serde_json::Value) {
        self.number += 1;
        let (number, id, event) = (self.number, id.to_string(), event.to_string());
        self.waiting.push(Entry { number, id, event, body, tries: 0, tried_for_ms: 0, failure: None });
    }

    pub fn is_told(&self, rejected: &str) -> bool {
        self.rejected.names.iter().any(|name| name == rejected)
    }

    /// A rejected file is told of; `at`: when its errors file was written.
    pub fn note_rejected(&mut self, name: &str, at: i64) {
        self.rejected.since = self.rejected.since.max(at);
        self.rejected.names.push(name.to_string());
        let over = self.rejected.names.len().saturating_sub(NAMES_KEPT);
        self.rejected.names.drain(..over);
    }

    /// It was delivered: it is never told again.
    pub fn note_delivered(&mut self, number: u64) {
        self.waiting.retain(|entry| entry.number != number);
        self.delivered += 1;
    }

    /// It was not delivered. Returns it where its time is over.
    pub fn note_failed(&mut self, number: u64, why: &str, took: Duration, retry_for: Duration) -> Option<Entry> {
        let place = self.waiting.iter().position(|entry| entry.number == number)?;
        let entry = self.waiting.get_mut(place)?;
        entry.tries = entry.tries.saturating_add(1);
        let took = took.max(FIRST_WAIT.min(wait_after(entry.tries)));
        entry.tried_for_ms = entry.tried_for_ms.saturating_add(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        entry.failure = Some(why.to_string());
        if Duration::from_millis(entry.tried_for_ms) < retry_for {
            return None;
        }
        self.given_up += 1;
        Some(self.waiting.remove(place))
    }
}

/// How long to wait after so many failures in a row.
pub fn wait_after(failures: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_ten_minutes_and_an_event_is_given_up_in_the_end() {
        let waits: Vec<u64> = (1..=9).map(|n| wait_after(n).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
        let mut memory = Memory::default();
        memory.add("x", "test", serde_json::json!({}));
        let mut tries = 0;
        loop {
            tries += 1;
            let day = Duration::from_secs(86_400);
            if memory.note_failed(1, "no", wait_after(tries), day).is_some() {
                break;
            }
        }
        assert!((100..200).contains(&tries), "{tries}");
        assert_eq!((memory.waiting.len(), memory.given_up, memory.delivered), (0, 1, 0));
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_is_not_readable_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Memory::read(folder.path()), None);
        let mut memory = Memory::default();
        memory.add("a.1", "test", serde_json::json!({"version": 1}));
        memory.spells.insert("balance_low".to_string(), Spell { since: 5, told: true });
        memory.note_rejected("x.csv", 7);
        memory.keep(folder.path()).unwrap();
        assert_eq!(Memory::read(folder.path()), Some(memory));
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(Memory::read(folder.path()), None);
        Memory::forget(folder.path());
        assert!(!folder.path().join(FILE).exists());
    }

    #[test]
    fn names_are_kept_up_to_a_bound() {
        let mut memory = Memory::default();
        for n in 0..600 {
            memory.note_rejected(&format!("{n}.csv"), n);
        }
        assert_eq!((memory.rejected.names.len(), memory.rejected.since), (NAMES_KEPT, 599));
        assert!(memory.is_told("599.csv") && !memory.is_told("99.csv"));
    }
}
