//! Every warning and error of the log says what a person does now: somebody reads it at 3 a.m.

use crate::source::{Source, places};

/// What such a line has somewhere, in words that are typed or done. Not a grammar: a list that grows when
/// a new line needs another verb.
const DOES: &[&str] = &[
    "look at",
    "make room",
    "run it",
    "run '",
    "start payoutd",
    "stop payoutd",
    "pay nobody",
    "do not pay",
    "nothing to do",
    "read the",
    "read it",
    "compare the",
    "find out",
    "correct it",
    "check the",
];

/// (file, words of the line that are put together elsewhere, who holds them to it)
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("src/daemon/mod.rs", "the state folder {}", "a_folder_of_ours_alone_is_told_when_it_is_not"),
    ("src/daemon/status.rs", "{}", "every_standstill_is_told_with_what_to_do"),
    ("src/engine/hear.rs", "held: {reason}", "every_reason_for_holding_says_what_to_do"),
    ("src/intake/terms.rs", "{}: {LOOK}", "`LOOK` beside it"),
];

pub fn remedies(source: &Source) -> Vec<String> {
    lines(source)
        .into_iter()
        .filter(|(_, told)| !DOES.iter().any(|does| told.contains(does)))
        .filter(|(_, told)| !ELSEWHERE.iter().any(|(path, words, _)| *path == source.path && words == told))
        .map(|(at, told)| format!("{}: {told}", source.at(at)))
        .collect()
}

/// The message of each `warn!` and `error!` of the product: its last text in quotes that is not an
/// argument of another call.
fn lines(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for name in ["warn!", "error!"] {
        for at in places(&source.product, name) {
            let end = at + closing(&source.product[at..]);
            found.push((at, message(&source.text[at..end])));
        }
    }
    found
}

/// Where the parenthesis closes that is the first to open.
fn closing(code: &str) -> usize {
    let mut open = 0;
    for (at, b) in code.bytes().enumerate() {
        match b {
            b'(' => open += 1,
            b')' if open == 1 => return at,
            b')' => open -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The first text in quotes that stands at the top level behind a comma or the parenthesis, its broken
/// lines joined.
fn message(call: &str) -> String {
    let inside = call.split_once('(').map_or("", |(_, inside)| inside);
    let (mut depth, mut begins) = (0, true);
    let bytes = inside.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = at + 1 + quoted(&bytes[at + 1..]);
                if depth == 0 && begins {
                    let text = &inside[at + 1..end];
                    return text.split("\\\n").map(str::trim_start).collect::<Vec<_>>().concat();
                }
                at = end;
                begins = false;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b',' => begins = true,
            b if b.is_ascii_whitespace() => {}
            _ => begins = false,
        }
        at += 1;
    }
    String::new()
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_a_remedy_is_found_however_it_is_written() {
        let planted = [
            "fn f() { tracing::warn!(\"it failed: {error}\"); }",
            "fn f() { error!(file = show(\"look at\"), \"it failed\"); }",
            "fn f() {\n warn!(\n %batch,\n \"it \\\n failed\",\n x(1)\n ); }",
        ];
        for text in planted {
            assert_eq!(remedies(&Source::new("src/x.rs", text)).len(), 1, "{text}");
        }
        let fine = "fn f() { warn!(words = \"x\", \"it failed ({error}): look at the disk\"); }";
        assert_eq!(remedies(&Source::new("src/x.rs", fine)), Vec::<String>::new());
    }

    #[test]
    fn what_is_held_elsewhere_is_still_told() {
        let sources = crate::source::read_sources();
        let all: String = sources.iter().map(|source| source.text.as_str()).collect();
        for (path, words, holder) in ELSEWHERE {
            let source = sources.iter().find(|source| source.path == *path).expect(path);
            assert!(lines(source).iter().any(|(_, told)| told == words), "{path} tells no {words:?} any more");
            assert!(holder.starts_with('`') || all.contains(&format!("fn {holder}(")), "{holder} is no test");
        }
        let told: usize = sources.iter().map(|source| lines(source).len()).sum();
        assert!(told > 25, "only {told} warnings and errors were found: they are written otherwise now");
    }
}
