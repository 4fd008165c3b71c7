//! What must not stand in the sources and clippy has no lint for. Each exception is a file with its reason.

use crate::source::Source;

/// Longest file in lines: what a person reads in one sitting.
const LONGEST_FILE: usize = 800;

/// Longer than that: (file, reason).
const LONG: &[(&str, &str)] = &[];

/// Where nothing waits, nobody knows tokio: its clock too is a clock, and what is decided there takes
/// the moment as an argument. (The machine's clocks: `.clippy.toml`.)
pub fn waiting(source: &Source) -> Vec<String> {
    match source.room() {
        "payout" | "ledger" | "payroll" | "config" | "report" => {
            source.places("tokio").into_iter().map(|at| source.at(at)).collect()
        }
        _ => Vec::new(),
    }
}

/// In tests and comments too: a test that does not run promises nothing.
pub fn left_open(source: &Source) -> Vec<String> {
    [concat!("#[", "ignore"), concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")]
        .into_iter()
        .flat_map(|word| {
            let text = if word.starts_with('#') { &source.code } else { &source.text };
            crate::source::places(text, word).into_iter().map(move |at| format!("{}: {word}", source.at(at)))
        })
        .collect()
}

pub fn opening(source: &Source) -> Vec<String> {
    // lib.rs opens with the architecture page, by an attribute.
    let opens = source.text.starts_with("//! ") || source.path == "src/lib.rs";
    if opens { Vec::new() } else { vec![format!("{}: begins with {:?}", source.path, source.text.lines().next())] }
}

pub fn length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= LONGEST_FILE || LONG.iter().any(|(path, _)| source.path == *path) {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines", source.path)]
}

pub fn names(source: &Source) -> Vec<String> {
    let says_nothing = |part: &&&str| matches!(**part, "util" | "utils" | "helper" | "helpers" | "misc" | "common");
    source.module().iter().filter(says_nothing).map(|part| format!("{}: {part}", source.path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&Source) -> Vec<String>;

    #[test]
    fn every_rule_finds_a_planted_violation() {
        let planted: &[(Rule, &str, &str)] = &[
            (waiting, "src/payout/heard.rs", "tokio::time::Instant::now()"),
            (waiting, "src/report/mod.rs", "use tokio::time::Instant;"),
            (left_open, "src/x.rs", concat!("#[cfg(test)] mod t { #[", "ignore] fn f() {} }")),
            (left_open, "src/x.rs", concat!("// TO", "DO: later")),
            (opening, "src/x.rs", "use std::fmt;\n//! late\n"),
            (opening, "src/x.rs", ""),
            (names, "src/payout/utils.rs", ""),
            (names, "src/utils/mod.rs", ""),
        ];
        for (rule, path, text) in planted {
            assert_eq!(rule(&Source::new(path, text)).len(), 1, "{path}: {text}");
        }
        assert_eq!(length(&Source::new("src/x.rs", &"//! x\n".repeat(801))).len(), 1);
    }

    #[test]
    fn what_is_allowed_is_let_be() {
        let fine: &[(Rule, &str, &str)] = &[
            (waiting, "src/moncash/token.rs", "tokio::time::Instant::now()"),
            (waiting, "src/ledger/mod.rs", "#[cfg(test)]\nmod tests { fn f() { tokio::time::Instant::now(); } }"),
            (opening, "src/lib.rs", "#![doc = include_str!(\"ARCHITECTURE.md\")]"),
            (opening, "src/x.rs", "//! What it is for.\n"),
        ];
        for (rule, path, text) in fine {
            assert_eq!(rule(&Source::new(path, text)), Vec::<String>::new(), "{path}: {text}");
        }
        assert_eq!(length(&Source::new("src/x.rs", &"//! x\n".repeat(800))), Vec::<String>::new());
    }

    /// An exception that nothing needs any more would let the next mistake through.
    #[test]
    fn every_named_exception_exists_or_is_still_to_come() {
        for (path, reason) in LONG {
            assert!(!reason.is_empty(), "{path} is excepted without a reason");
            let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            assert!(file.exists(), "{path} is excepted and does not exist");
        }
    }
}
