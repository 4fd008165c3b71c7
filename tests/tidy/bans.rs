//! What must not stand in the sources. Each exception is a file with its reason.

use crate::source::Source;

/// Longest file in lines: what a person reads in one sitting.
const LONGEST_FILE: usize = 400;

/// (file, reason)
type Exceptions = &'static [(&'static str, &'static str)];

/// Longer than `LONGEST_FILE` for a reason.
const LONG: Exceptions = &[];

/// May read a clock. Paths ending in `/` are whole folders.
const CLOCKS: Exceptions = &[
    ("src/clock.rs", "it is the clock"),
    ("src/cli/", "shows times to people and decides nothing about money"),
    ("src/simulator/server.rs", "plays MonCash's clock for clients outside"),
];

/// May unwrap, expect or panic, for a reason that a reader can check on the spot.
const PANICS: Exceptions = &[];

/// May use a hash map although order matters there: looked up only, never walked.
const HASH_MAPS: Exceptions = &[];

/// May start a thread.
const THREADS: Exceptions = &[];

fn is_excepted(source: &Source, exceptions: Exceptions) -> bool {
    exceptions.iter().any(|(path, _)| source.path == *path || (path.ends_with('/') && source.path.starts_with(path)))
}

/// Each place where one of the words stands, outside of tests.
fn find(source: &Source, words: &[&str]) -> Vec<String> {
    words
        .iter()
        .flat_map(|word| source.places(word).into_iter().map(move |at| format!("{}: {word}", source.at(at))))
        .collect()
}

pub fn floats(source: &Source) -> Vec<String> {
    match source.room() {
        "payout" | "ledger" => find(source, &["f32", "f64"]),
        _ => Vec::new(),
    }
}

pub fn clock_reads(source: &Source) -> Vec<String> {
    if is_excepted(source, CLOCKS) {
        return Vec::new();
    }
    const READS: [&str; 6] =
        ["SystemTime::now", "Instant::now", "Zoned::now", "Timestamp::now", "clock_gettime", "UNIX_EPOCH.elapsed"];
    // tokio's clock is the one the simulation turns by hand.
    find(source, &READS)
        .into_iter()
        .zip(READS.iter().flat_map(|word| source.places(word)))
        .filter(|(_, at)| !(source.product[..*at].ends_with("tokio::time::") && tokio_clock_is_allowed(source)))
        .map(|(finding, _)| finding)
        .collect()
}

/// Rooms that wait, and so may read the clock of the waiting: written out as `tokio::time::Instant`
/// so that it cannot be mistaken for the machine's.
fn tokio_clock_is_allowed(source: &Source) -> bool {
    !matches!(source.room(), "payout" | "ledger" | "payroll" | "config" | "report")
}

pub fn left_open(source: &Source) -> Vec<String> {
    let mut findings = find(source, &["todo!", "unimplemented!", "dbg!"]);
    // In tests and comments too: a test that does not run promises nothing.
    let everywhere = [concat!("#[", "ignore"), concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    for word in everywhere {
        let text = if word.starts_with('#') { &source.code } else { &source.text };
        findings.extend(crate::source::places(text, word).into_iter().map(|at| format!("{}: {word}", source.at(at))));
    }
    findings
}

pub fn panics(source: &Source) -> Vec<String> {
    if is_excepted(source, PANICS) {
        return Vec::new();
    }
    find(source, &[".unwrap()", ".unwrap_err()", ".expect(", ".expect_err(", "panic!", "unreachable!"])
}

pub fn hash_maps(source: &Source) -> Vec<String> {
    match source.room() {
        "payout" | "engine" if !is_excepted(source, HASH_MAPS) => find(source, &["HashMap", "HashSet"]),
        _ => Vec::new(),
    }
}

pub fn threads(source: &Source) -> Vec<String> {
    if is_excepted(source, THREADS) {
        return Vec::new();
    }
    find(source, &["spawn_blocking", "thread::spawn", "thread::Builder", "thread::scope", "thread::sleep"])
}

pub fn opening(source: &Source) -> Vec<String> {
    // lib.rs opens with the architecture page, by an attribute.
    let opens = source.text.starts_with("//! ") || source.path == "src/lib.rs";
    if opens { Vec::new() } else { vec![format!("{}: begins with {:?}", source.path, source.text.lines().next())] }
}

pub fn length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= LONGEST_FILE || is_excepted(source, LONG) {
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
            (floats, "src/payout/money.rs", "fn f(x: f64) {}"),
            (floats, "src/ledger/mod.rs", "let x = 1 as f32;"),
            (clock_reads, "src/engine/mod.rs", "let t = SystemTime::now();"),
            (clock_reads, "src/engine/mod.rs", "let t = std::time::Instant::now();"),
            (clock_reads, "src/report/mod.rs", "let t = jiff::Zoned::now();"),
            (clock_reads, "src/report/mod.rs", "let t = Timestamp::now();"),
            (clock_reads, "src/ledger/mod.rs", "rustix::time::clock_gettime(id)"),
            (clock_reads, "src/payout/decide.rs", "tokio::time::Instant::now()"),
            (clock_reads, "src/simulator/model.rs", "Instant::now()"),
            (left_open, "src/x.rs", concat!("fn f() { to", "do!() }")),
            (left_open, "src/x.rs", concat!("fn f() { unimpl", "emented!() }")),
            (left_open, "src/x.rs", "fn f() { dbg!(1); }"),
            (left_open, "src/x.rs", concat!("#[cfg(test)] mod t { #[", "ignore] fn f() {} }")),
            (left_open, "src/x.rs", concat!("// TO", "DO: later")),
            (panics, "src/x.rs", "x.unwrap();"),
            (panics, "src/x.rs", "x\n    .expect(\"y\");"),
            (panics, "src/x.rs", "panic!(\"y\");"),
            (hash_maps, "src/engine/mod.rs", "use std::collections::HashMap;"),
            (hash_maps, "src/payout/batch.rs", "let s: HashSet<u8>;"),
            (threads, "src/engine/mod.rs", "tokio::task::spawn_blocking(f)"),
            (threads, "src/engine/mod.rs", "std::thread::spawn(f)"),
            (opening, "src/x.rs", "use std::fmt;\n//! late\n"),
            (opening, "src/x.rs", ""),
            (names, "src/payout/utils.rs", ""),
            (names, "src/utils/mod.rs", ""),
        ];
        for (rule, path, text) in planted {
            assert_eq!(rule(&Source::new(path, text)).len(), 1, "{path}: {text}");
        }
        assert_eq!(length(&Source::new("src/x.rs", &"//! x\n".repeat(401))).len(), 1);
    }

    #[test]
    fn what_is_allowed_is_let_be() {
        let fine: &[(Rule, &str, &str)] = &[
            (floats, "src/payout/money.rs", "// no f64\nlet x = \"f64\"; let my_f64x = 1;"),
            (floats, "src/cli/status.rs", "let share: f64;"),
            (clock_reads, "src/clock.rs", "SystemTime::now()"),
            (clock_reads, "src/cli/logging.rs", "jiff::Zoned::now()"),
            (clock_reads, "src/moncash/token.rs", "tokio::time::Instant::now()"),
            (clock_reads, "src/engine/mod.rs", "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }"),
            (panics, "src/x.rs", "x.unwrap_or(1); x.unwrap_or_default(); #[expect(dead_code)] debug_assert!(x);"),
            (panics, "src/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { x.unwrap(); } }"),
            (hash_maps, "src/cli/status.rs", "use std::collections::HashMap;"),
            (opening, "src/lib.rs", "#![doc = include_str!(\"ARCHITECTURE.md\")]"),
            (opening, "src/x.rs", "//! What it is for.\n"),
        ];
        for (rule, path, text) in fine {
            assert_eq!(rule(&Source::new(path, text)), Vec::<String>::new(), "{path}: {text}");
        }
        assert_eq!(length(&Source::new("src/x.rs", &"//! x\n".repeat(400))), Vec::<String>::new());
    }

    /// An exception that nothing needs any more would let the next mistake through.
    #[test]
    fn every_named_exception_exists_or_is_still_to_come() {
        for (path, reason) in LONG.iter().chain(PANICS).chain(HASH_MAPS).chain(THREADS) {
            assert!(!reason.is_empty(), "{path} is excepted without a reason");
            let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            assert!(file.exists(), "{path} is excepted and does not exist");
        }
    }
}
