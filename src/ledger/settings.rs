//! The settings that touch money, as they were in force: recorded when payoutd starts with others than it ran
//! on last, and when it takes others while it runs. An auditor sees since when which floor, fee, limit or
//! approval counted.
//!
//! An event of the chain, in a series of its own (`batch` is [`SETTINGS`]), as readings of the balance are.
//! Must never: be read to decide anything; the configuration file says what counts.

use super::chain::Link;
use super::error::LedgerError;
use super::reader::Reader;
use super::transaction::print;
use super::turn::Turn;
use crate::payout::moment::Wall;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number that settings carry in place of a batch's.
pub(super) const SETTINGS: i64 = -2;
const KIND: &str = "settings";

/// By `[section] key`, as they stood in the file.
pub type Values = BTreeMap<String, String>;

/// What was recorded at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// Which payoutd: what `default` means is its.
    payoutd: String,
    /// Taken while it ran, not at a start.
    reloaded: bool,
    /// Those that are others than before, with what they were; all of them in the first record.
    was: BTreeMap<String, Option<String>>,
    now: Values,
}

/// Settings that were in force from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub at: Wall,
    pub payoutd: String,
    pub reloaded: bool,
    /// By key: what it was, where that is known, and what it is.
    pub changed: BTreeMap<String, (Option<String>, String)>,
}

impl Turn<'_> {
    /// Records the settings in force from now on, where they are not those that were recorded last.
    pub fn record_settings(&mut self, settings: &Values, reloaded: bool) -> Result<(), LedgerError> {
        let last = self.transaction.ledger.last_settings()?;
        let (no, old) = last.map_or((0, Values::new()), |(no, body)| (no, body.now));
        if no > 0 && old == *settings {
            return Ok(());
        }
        let others = settings.iter().filter(|(key, value)| old.get(*key) != Some(*value));
        let was = others.map(|(key, _)| (key.clone(), old.get(key).cloned())).collect();
        let payoutd = env!("CARGO_PKG_VERSION").to_string();
        let body = print(&Body { payoutd, reloaded, was, now: settings.clone() })?;
        let transaction = &mut self.transaction;
        let (at, no) = (transaction.at.0, no + 1);
        transaction.append(&Link { at, batch: SETTINGS, payout: None, no, attempt: None, kind: KIND, body: &body })?;
        Ok(())
    }
}

impl Reader {
    fn last_settings(&self) -> Result<Option<(i64, Body)>, LedgerError> {
        let found = self.one(
            "SELECT no, body FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 \
             ORDER BY no DESC LIMIT 1",
            [SETTINGS],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )?;
        found.map(|(no, body)| Ok((no, read(no, &body)?))).transpose()
    }

    /// Every record, in its order.
    pub fn settings_in_force(&self) -> Result<Vec<InForce>, LedgerError> {
        let mut last = 0;
        self.all(
            "SELECT no, at, kind, body FROM event INDEXED BY event_of_batch WHERE payout IS NULL AND batch = ?1 ORDER BY no",
            [SETTINGS],
            |row| {
                let (no, at, kind, body): (i64, i64, String, String) =
                    (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                let Body { payoutd, reloaded, was, now } = read(no, &body)?;
                if kind != KIND || no != last + 1 {
                    return Err(unreadable(no));
                }
                last = no;
                let changed = was.into_iter().map(|(key, was)| {
                    let is = now.get(&key).cloned().unwrap_or_default();
                    (key, (was, is))
                });
                Ok(InForce { at: Wall(at), payoutd, reloaded, changed: changed.collect() })
            },
        )
    }
}

fn read(no: i64, body: &str) -> Result<Body, LedgerError> {
    serde_json::from_str(body).map_err(|_| unreadable(no))
}

fn unreadable(no: i64) -> LedgerError {
    LedgerError::damaged(format!("record {no} of the settings is not readable or out of its order"))
}

/// For the audit: every record is readable and in its order.
pub(super) fn check(reader: &Reader) -> Result<(), LedgerError> {
    reader.settings_in_force().map(|_| ())
}
