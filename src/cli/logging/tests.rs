//! What logs look like, and what they never show.

use super::fields::is_unprintable;
use super::*;
use crate::payout::instruction::mask_accounts;
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
    for (told, shown) in [
        ("509 3700 7294", "509••••7294"),
        ("+509-3700-7294, 2 rows", "+509••••7294, 2 rows"),
        ("(509) 37007294", "(509) ••••7294"),
        ("509  37007294", "509  ••••7294"),
        ("Jean 37009999 called", "Jean ••••9999 called"),
        ("(37123456) is not 3712-3456, 3712 3456 or 3712.3456.", "(••••3456) is not ••••3456, ••••3456 or ••••3456."),
        ("509.37.00.72.94 12", "509••••7294 12"),
        ("50937007294 50937007295", "509••••7294 509••••7295"),
    ] {
        assert_eq!(mask_accounts(told), shown);
    }
    for fine in [
        "509 HTG",
        "37007294.50",
        "july-37007294.csv",
        "SIM-37007294",
        "37007294A",
        "3700729",
        "370072941",
        "20260728",
        "12874820",
        "150937007294",
        "5093700729",
        "50837007294",
        "2026-07-31",
    ] {
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

#[test]
fn a_number_and_a_reference_that_are_accounts_are_masked_and_other_names_stay() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let text = logged(format, || {
            tracing::info!(n = 50_937_007_294_u64, reference = "50937007294", "told");
            tracing::info!(reference = "509-2026-07-31-1", rows = 250, "told");
        });
        assert!(!text.contains("37007294") && text.matches("509••••7294").count() == 2, "{text}");
        assert!(text.contains("509-2026-07-31-1") && text.contains("250"), "{text}");
    }
}

#[test]
fn the_outcome_is_a_field_for_programs_and_said_once_to_people() {
    let log = || tracing::info!(reference = "A-1", outcome = "paid", "paid");
    assert!(logged(LogFormat::Text, log).ends_with(" INFO paid reference=A-1\n"));
    let line: serde_json::Value = serde_json::from_str(&logged(LogFormat::Json, log)).expect("JSON");
    assert_eq!(line["outcome"], "paid");
}
