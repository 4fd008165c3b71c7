//! A source file as the rules see it: its code without comments, texts and tests.
//!
//! Not a parser of Rust; a scanner that knows where comments and literals end, and braces match.

use std::path::{Path, PathBuf};

/// One file under `src/`.
pub struct Source {
    /// From the project's top, with slashes: `src/payout/money.rs`.
    pub path: String,
    /// As it is.
    pub text: String,
    /// The same, byte for byte and line for line, with comments and the insides of literals blanked.
    pub code: String,
    /// `code` with everything under `#[cfg(test)]` blanked too; all of it in a file of tests.
    pub product: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let code = blank_comments_and_literals(text);
        let product = blank_tests(&code);
        Source { path: path.to_string(), text: text.to_string(), code, product }
    }

    /// The room it belongs to: the first name below `src/`.
    pub fn room(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    /// Names of modules from the crate's root to this file: `src/payout/mod.rs` is `[payout]`.
    pub fn module(&self) -> Vec<&str> {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path).trim_end_matches(".rs");
        below.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).collect()
    }

    /// `path:line` of a place in any of the texts.
    pub fn at(&self, offset: usize) -> String {
        let line = self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|b| **b == b'\n').count() + 1;
        format!("{}:{line}", self.path)
    }

    /// Places in the product's code where `word` stands, not as a part of a longer name.
    pub fn places(&self, word: &str) -> Vec<usize> {
        places(&self.product, word)
    }
}

/// Places where `word` stands in `code`, not as a part of a longer name.
pub fn places(code: &str, word: &str) -> Vec<usize> {
    let is_name = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let bytes = code.as_bytes();
    let (starts, ends) = (is_name(word.as_bytes().first()), is_name(word.as_bytes().last()));
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !(starts && *at > 0 && is_name(bytes.get(at - 1))))
        .filter(|at| !(ends && is_name(bytes.get(at + word.len()))))
        .collect()
}

/// Every `.rs` file under `src/`, with the files that only tests include marked as such.
pub fn read_sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&top.join("src"), &mut paths);
    paths.sort();
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("a readable source");
            let short = path.strip_prefix(top).expect("below the top").to_string_lossy().replace('\\', "/");
            Source::new(&short, &text)
        })
        .collect();
    let test_modules: Vec<String> = sources.iter().flat_map(test_modules_of).collect();
    for source in &mut sources {
        let module = source.module().join("::");
        if test_modules.iter().any(|test| module == *test || module.starts_with(&format!("{test}::"))) {
            source.product = blank(&source.product);
        }
    }
    sources
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// Modules a file declares as `#[cfg(test)] mod name;`.
pub fn test_modules_of(source: &Source) -> Vec<String> {
    places(&source.code, "#[cfg(test)]")
        .into_iter()
        .filter_map(|at| {
            let rest = source.code[at + "#[cfg(test)]".len()..].trim_start();
            let rest =
                rest.strip_prefix("pub(super) ").or(rest.strip_prefix("pub ")).unwrap_or(rest).strip_prefix("mod ")?;
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
            rest[name.len()..].trim_start().starts_with(';').then(|| {
                let mut module = source.module();
                module.push(name);
                module.join("::")
            })
        })
        .collect()
}

/// Spaces for everything but line ends, so that places stay the same.
fn blank(text: &str) -> String {
    text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect()
}

fn blank_range(code: &mut [u8], from: usize, to: usize) {
    let end = to.min(code.len());
    code[from.min(end)..end].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
}

pub fn blank_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (inside, end) = if rest.starts_with(b"//") {
            let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            (at, at + length)
        } else if rest.starts_with(b"/*") {
            (at, at + block_comment_length(rest))
        } else if let Some(length) = raw_text_length(bytes, at) {
            (at, at + length)
        } else if rest[0] == b'"' {
            (at + 1, at + quoted_length(rest) - 1)
        } else if let Some(length) = character_length(rest) {
            (at, at + length)
        } else {
            at += 1;
            continue;
        };
        blank_range(&mut code, inside, end);
        at = if rest[0] == b'"' { end + 1 } else { end }.max(at + 1);
    }
    String::from_utf8_lossy(&code).into_owned()
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at + 1 < rest.len() {
        match &rest[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Length of a raw text `r"…"`, `r#"…"#`, `br"…"` that begins here.
fn raw_text_length(bytes: &[u8], at: usize) -> Option<usize> {
    if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') {
        return None;
    }
    let rest = &bytes[at..];
    let after = rest.strip_prefix(b"b").or(rest.strip_prefix(b"c")).unwrap_or(rest).strip_prefix(b"r")?;
    let hashes = after.iter().take_while(|b| **b == b'#').count();
    let inside = after[hashes..].strip_prefix(b"\"")?;
    let closing: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let length = inside.windows(closing.len()).position(|w| w == closing).map_or(inside.len(), |p| p + closing.len());
    Some(rest.len() - inside.len() + length)
}

/// Length of `"…"` with both quotes.
fn quoted_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len() + 1
}

/// Length of a character literal; `None` for a lifetime.
fn character_length(rest: &[u8]) -> Option<usize> {
    let inside = rest.strip_prefix(b"'")?;
    if inside.first() == Some(&b'\\') {
        return inside.iter().skip(2).position(|b| *b == b'\'').map(|p| p + 4);
    }
    let text = std::str::from_utf8(&inside[..inside.len().min(8)])
        .unwrap_or_else(|e| std::str::from_utf8(&inside[..e.valid_up_to()]).unwrap_or_default());
    let first = text.chars().next()?;
    (inside.get(first.len_utf8()) == Some(&b'\'')).then(|| first.len_utf8() + 2)
}

/// Blanks each item under `#[cfg(test)]`: up to its `;` or its closing brace.
fn blank_tests(code: &str) -> String {
    let mut out = code.as_bytes().to_vec();
    for at in places(code, "#[cfg(test)]") {
        let mut depth = 0usize;
        let mut end = code.len();
        for (offset, b) in code.bytes().enumerate().skip(at + "#[cfg(test)]".len()) {
            match b {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => {
                    depth = depth.saturating_sub(1);
                    if b == b'}' && depth == 0 {
                        end = offset + 1;
                        break;
                    }
                }
                b';' | b',' if depth == 0 => {
                    end = offset + 1;
                    break;
                }
                _ => {}
            }
        }
        blank_range(&mut out, at, end);
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_not_code() {
        let text = "let a = \"f64 \\\" f64\"; // f64\n/* f64 /* f64 */ f64 */ let b = r#\"f64 \" f64\"#; let c: f64;\nlet d = '\"'; let e: &'a f64;";
        let source = Source::new("src/x.rs", text);
        assert_eq!(source.code.len(), text.len());
        let lines: Vec<String> = source.places("f64").into_iter().map(|at| source.at(at)).collect();
        assert_eq!(lines, ["src/x.rs:2", "src/x.rs:3"]);
    }

    #[test]
    fn what_only_tests_use_is_not_the_product() {
        let text = "fn a() { x.unwrap() }\n#[cfg(test)]\nmod tests { fn b() { y.unwrap() } }\n#[cfg(test)]\nuse z::unwrap;\nfn c() { w.unwrap() }";
        let source = Source::new("src/x.rs", text);
        let lines: Vec<String> = source.places(".unwrap()").into_iter().map(|at| source.at(at)).collect();
        assert_eq!(lines, ["src/x.rs:1", "src/x.rs:6"]);
    }

    #[test]
    fn files_of_tests_are_known_by_their_declaration() {
        let source = Source::new("src/config.rs", "#[cfg(test)]\nmod tests;\nmod read;\n");
        assert_eq!(test_modules_of(&source), ["config::tests"]);
    }

    #[test]
    fn names_are_matched_whole() {
        assert_eq!(places("HashMapper HashMap MyHashMap", "HashMap"), [11]);
    }
}
