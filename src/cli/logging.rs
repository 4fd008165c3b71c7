//! Logs: one line an event on stderr, as text or JSON; under systemd an entry of the journal, with its facts
//! as fields that `journalctl` finds by.
//!
//! Must never: let a value that came from outside break a line, move a cursor or colour a terminal;
//! let other crates log at a level where they would show headers and bodies; or make the loop wait for
//! whoever takes the logs.

mod fields;
mod journal;
#[cfg(test)]
mod tests;

use super::{LogFormat, LogLevel, print};
use fields::Fields;
use journal::{Journal, ToJournal};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Crates that are not ours may warn and no more: their finer levels show what goes over the wire.
const OTHERS: LevelFilter = LevelFilter::WARN;

/// The journal of this process, where its logs go there.
static JOURNAL: OnceLock<Arc<Journal>> = OnceLock::new();

/// Starts logging for the process: in the format that was asked for, else to the journal where stderr is
/// the journal's, else as text. A second call changes nothing.
pub fn start(format: Option<LogFormat>, level: LogLevel) {
    let level = LevelFilter::from(level);
    let filter = Targets::new().with_default(OTHERS.min(level)).with_target("payoutd", level);
    let registry = tracing_subscriber::registry().with(filter);
    let journal = if format.is_none() { Journal::of_this_service() } else { None };
    if let Some(journal) = journal {
        let journal = JOURNAL.get_or_init(|| Arc::new(journal));
        let _ = registry.with(ToJournal(journal.clone())).try_init();
        return;
    }
    let lines = Lines { format: format.unwrap_or(LogFormat::Text) };
    let _ =
        registry.with(tracing_subscriber::fmt::layer().event_format(lines).with_writer(super::quiet::Logs)).try_init();
}

/// Sends on what the journal did not take at once. Never ends.
pub async fn keep_sending() {
    match JOURNAL.get() {
        Some(journal) => journal.keep_sending().await,
        None => std::future::pending().await,
    }
}

/// The last words of a process that ends with an error.
pub fn tell_last(text: &str) {
    match JOURNAL.get() {
        Some(journal) => journal.tell_error(text),
        None => print::tell(text),
    }
}

/// How long the end of the process waits for journald.
const LAST_CHANCE: Duration = Duration::from_secs(2);

/// Gives the journal what is left, for a moment at most: the process ends.
pub fn finish() {
    let lost = JOURNAL.get().map_or(0, |journal| journal.finish(LAST_CHANCE));
    if lost > 0 {
        print::tell(&format!(
            "{lost} log lines were not taken by the journal: what happened to payouts is in the ledger"
        ));
    }
}

/// Now as people and machines both read it: RFC 3339 in the local zone.
#[expect(clippy::disallowed_methods, reason = "shown to people: nothing about money hangs on it")]
fn local_time() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// Writes events as lines.
struct Lines {
    format: LogFormat,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let fields = Fields::of(event);
        let about = event.metadata();
        let line = match self.format {
            LogFormat::Text => {
                format!("{} {:>5} {}\n", local_time(), about.level().as_str(), fields.in_words())
            }
            LogFormat::Json => fields.as_json(&local_time(), about.level().as_str(), about.target()),
        };
        out.write_str(&line)
    }
}
