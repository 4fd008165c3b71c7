//! Sentences that were written down in English, known again: against the sources that write them.
//!
//! Must never: pass because the sources were not found.

use super::told::{Piece, known, sentences, told};
use super::{Language, catalogue};
use std::path::Path;

/// The rule that several answers of the core end in.
const FOUR_EYES: &str = "[approval] four_eyes asks for another person than the one who dropped the batch";

/// A source without its tests, lines that were broken within a text put together again.
fn source(path: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut joined = String::new();
    for part in code.split("\\\n") {
        joined.push_str(if joined.is_empty() { part } else { part.trim_start() });
    }
    joined
}

/// The texts of a source that are sentences: with a space, and longer than any name.
fn texts(source: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("#[error("));
    let quoted = |line: &str| -> Vec<String> { line.split('"').skip(1).step_by(2).map(str::to_string).collect() };
    lines.flat_map(quoted).filter(|text| text.len() > 12 && text.contains(' ')).collect()
}

/// A text of `format!` with something in its places: what it can come to.
fn filled(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in text.split('{').enumerate() {
        let Some((name, rest)) = part.split_once('}').filter(|_| place > 0) else {
            out.push_str(part);
            continue;
        };
        let before = out.rsplit(' ').nth(1).unwrap_or_default().to_string();
        out.push_str(match name {
            "reference" | "of" | "transaction" | "tag" => "JUL-1",
            "rule" => FOUR_EYES,
            "found" => "ti-jean says so: look",
            "batch" | "known" => "B000012",
            "seen" | "now" => "paying",
            "queued" | "under_way" | "in_doubt" | "held" | "paid" | "uid" | "event" => "3",
            // What stands there is told by the word before it.
            "" if before == "batch" || out.ends_with("batch ") => "B000012",
            "" if out.ends_with("payout ") => "3",
            "" if out.ends_with("the one that paid ") || out.ends_with("done to ") || out.ends_with("about ") => {
                "JUL-1"
            }
            "" if out.ends_with("is ") && !out.ends_with("file is ") => "held",
            "" if out.ends_with("resumed: ") => "the pause, the stop after equal refusals",
            "ours" => "this ledger has no batch at all",
            _ => "release",
        });
        out.push_str(rest);
    }
    out
}

#[test]
fn every_answer_to_an_order_and_every_reason_for_a_suspicion_is_known_again_and_reads_the_same_in_english() {
    let mut seen = 0;
    for path in ["engine/orders.rs", "payout/order.rs"] {
        for text in texts(&source(path)) {
            // What only joins others, or is never an answer.
            let is_rule = text == FOUR_EYES;
            if text.contains("{} says so") || text.starts_with("resolve --") || is_rule {
                continue;
            }
            let text = filled(&text);
            let known = known(&text).unwrap_or_else(|| panic!("{path}: {text:?} is in no catalogue"));
            assert_eq!(known.to_string(), text);
            for language in [Language::French, Language::Kreyol] {
                assert_ne!(known.text(language), text, "{language}");
            }
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// The other way round: no sentence lies here that nobody writes down any more.
#[test]
fn every_sentence_is_still_said_somewhere() {
    let mut all = String::new();
    for path in [
        "engine/orders.rs",
        "payout/order.rs",
        "payout/decide/queued.rs",
        "payout/decide/doubt.rs",
        "payout/evidence.rs",
        "payout/heard.rs",
        "engine/hear.rs",
        "daemon/household.rs",
        "intake/inbox.rs",
        "intake/claim.rs",
        "intake/recognise.rs",
        "intake/settling.rs",
        "files.rs",
    ] {
        all.push_str(&source(path));
    }
    let guards = catalogue::files(Language::English).iter().find(|(topic, _)| *topic == "guards").unwrap().1;
    all.push_str(guards);
    for (key, pieces) in sentences() {
        // Only older ledgers have these: the guard keeps what it finds as values now.
        if ["told-pays-again", "told-pay-again", "told-row-again", "told-and-more"].contains(key) {
            continue;
        }
        for piece in pieces {
            let Piece::Text(text) = piece else { continue };
            assert!(all.contains(&text.replace(FOUR_EYES, "{rule}")), "{key}: nobody says {text:?}");
        }
    }
}

#[test]
fn what_others_said_stays_as_they_said_it() {
    for text in [
        "Maximum Account Balance",
        "Jean is ill",
        "wait for the bank",
        "transaction lost by the bank",
        "JUL-1 is not mine",
        "batch B1 is approved: many payouts go",
        "the pause.",
        "",
    ] {
        for language in Language::ALL {
            assert_eq!(told(text).text(language), text);
        }
    }
}

#[test]
fn what_an_older_ledger_keeps_of_the_guard_is_told_in_every_language() {
    let text = "2 rows pay the same person the same amount as another batch of the last 20 days: line 2 (AUG-1): JUL-1 of \
                2026-07-30, batch B000012, paid; line 3 (AUG-2): JUL-2 of 2026-07-30, batch B000012, declined, but \
                perhaps paid; and 4 more; if that is right, 'payoutd release'";
    assert_eq!(told(text).to_string(), text);
    let french = told(text).text(Language::French);
    assert!(
        french.contains("ligne 3 (AUG-2)") && french.contains("et 4 de plus") && !french.contains("rows"),
        "{french}"
    );
}
