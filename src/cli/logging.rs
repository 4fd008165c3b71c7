//! Logs: one line an event on stderr, as text or JSON.
//!
//! Must never: let a value that came from outside break a line, move a cursor or colour a terminal;
//! or let other crates log at a level where they would show headers and bodies.

use super::{LogFormat, LogLevel};
use std::fmt::{self, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Crates that are not ours may warn and no more: their finer levels show what goes over the wire.
const OTHERS: LevelFilter = LevelFilter::WARN;

/// Starts logging for the process. A second call changes nothing.
pub fn start(format: LogFormat, level: LogLevel) {
    let level = LevelFilter::from(level);
    let filter = Targets::new().with_default(OTHERS.min(level)).with_target("payoutd", level);
    let lines = tracing_subscriber::fmt::layer().event_format(Lines { format }).with_writer(std::io::stderr);
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// Now as people and machines both read it: RFC 3339 in the local zone.
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
        let mut fields = Fields::default();
        event.record(&mut fields);
        let about = event.metadata();
        fields.mask();
        let line = match self.format {
            LogFormat::Text => fields.as_text(&local_time(), about.level().as_str()),
            LogFormat::Json => fields.as_json(&local_time(), about.level().as_str(), about.target()),
        };
        out.write_str(&line)
    }
}

/// An event's message and its other fields, in order.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, serde_json::Value)>,
}

impl Fields {
    fn take(&mut self, field: &Field, value: serde_json::Value) {
        match (field.name(), value) {
            ("message", serde_json::Value::String(text)) => self.message = text,
            (name, value) => self.others.push((name, value)),
        }
    }

    /// Whole account numbers, wherever they come from: MonCash's words, a person's reason.
    fn mask(&mut self) {
        self.message = mask_accounts(&self.message);
        for (_, value) in &mut self.others {
            if let serde_json::Value::String(text) = value {
                *text = mask_accounts(text);
            }
        }
    }

    fn as_text(&self, time: &str, level: &str) -> String {
        let mut line = format!("{time} {level:>5} ");
        escape_into(&mut line, &self.message);
        for (name, value) in &self.others {
            let _ = write!(line, " {name}=");
            match value {
                serde_json::Value::String(text) if is_plain(text) => line.push_str(text),
                serde_json::Value::String(text) => {
                    line.push('"');
                    escape_into(&mut line, &text.replace('\\', "\\\\").replace('"', "\\\""));
                    line.push('"');
                }
                other => {
                    let _ = write!(line, "{other}");
                }
            }
        }
        line.push('\n');
        line
    }

    fn as_json(&self, time: &str, level: &str, target: &str) -> String {
        let mut object = serde_json::Map::new();
        for (name, value) in &self.others {
            object.insert((*name).to_string(), value.clone());
        }
        for (name, value) in [("time", time), ("level", level), ("target", target), ("message", &self.message)] {
            object.insert(name.to_string(), value.into());
        }
        // JSON escapes line ends itself, but leaves DEL, C1 and bidirectional marks as they are;
        // outside of strings it has none of these.
        let mut line = String::new();
        for c in serde_json::Value::Object(object).to_string().chars() {
            if is_unprintable(c) {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| {
                    let _ = write!(line, "\\u{unit:04x}");
                });
            } else {
                line.push(c);
            }
        }
        line.push('\n');
        line
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        self.take(field, text.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}").into());
    }
}

/// Digits of a wallet's number with its country: 509 and eight more.
const ACCOUNT_DIGITS: usize = 11;
const COUNTRY: &str = "509";

/// Every run of eleven digits that begins with 509 becomes `509••••7294`. (Eight digits alone may be
/// anything, a transaction's id too: whoever logs an account number masks it himself.)
fn mask_accounts(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        if digits.len() == ACCOUNT_DIGITS && digits.starts_with(COUNTRY) {
            masked.push_str(COUNTRY);
            masked.push_str("••••");
            masked.push_str(&run[ACCOUNT_DIGITS - 4..]);
        } else {
            masked.push_str(run);
        }
    }
    masked
}

/// Whether a text needs no quotes in a line of text.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._:/-+•%,@#".contains(c))
}

/// Control characters, and the marks that turn the direction of what follows or break a line.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn escape_into(line: &mut String, text: &str) {
    for c in text.chars() {
        if is_unprintable(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Kept;
        fn make_writer(&self) -> Kept {
            self.clone()
        }
    }

    fn logged(format: LogFormat, log: impl FnOnce()) -> String {
        let kept = Kept::default();
        let lines = tracing_subscriber::fmt::layer().event_format(Lines { format }).with_writer(kept.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
        let bytes = kept.0.lock().expect("not poisoned").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    const HOSTILE: &str = "a\nlevel=ERROR\u{1b}[2J\r\u{7f}\u{9b}31m\u{202e}\u{2028}\u{0}\"\\";

    #[test]
    fn a_hostile_value_stays_on_its_line() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, || {
                tracing::info!(file = HOSTILE, shown = %HOSTILE, debugged = ?HOSTILE, "told: {HOSTILE}");
            });
            assert_eq!(text.matches('\n').count(), 1, "{text:?}");
            assert!(text.ends_with('\n'));
            let bad: Vec<char> = text.trim_end_matches('\n').chars().filter(|c| is_unprintable(*c)).collect();
            assert!(bad.is_empty(), "{format:?} lets through {bad:?}");
        }
    }

    #[test]
    fn a_whole_account_number_is_masked_wherever_it_stands() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, || {
                tracing::info!(words = "+50937007294/50937007294", n = %"50937007294", "for 50937007294.");
            });
            assert!(!text.contains("37007294") && text.matches("509••••7294").count() == 4, "{text}");
        }
        for fine in ["12874820", "150937007294", "5093700729", "50837007294", "2026-07-31"] {
            assert_eq!(mask_accounts(fine), fine);
        }
    }

    #[test]
    fn json_lines_carry_what_was_logged_exactly() {
        let text = logged(LogFormat::Json, || tracing::warn!(rows = 3, ok = true, file = HOSTILE, "told"));
        let line: serde_json::Value = serde_json::from_str(&text).expect("one JSON object");
        assert_eq!((&line["rows"], &line["ok"]), (&3.into(), &true.into()));
        assert_eq!(line["file"].as_str(), Some(HOSTILE));
        assert_eq!((line["level"].as_str(), line["message"].as_str()), (Some("WARN"), Some("told")));
        assert!(line["time"].as_str().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok()), "{line}");
    }

    #[test]
    fn text_lines_read_like_a_sentence_with_its_facts() {
        let text =
            logged(LogFormat::Text, || tracing::info!(batch = "B000012", file = "août 2026.csv", rows = 3, "admitted"));
        let (time, rest) = text.split_once(' ').expect("a time first");
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
        assert_eq!(rest, " INFO admitted batch=B000012 file=\"août 2026.csv\" rows=3\n");
    }
}
