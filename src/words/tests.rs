//! The three languages against each other, and against what the code says.
//!
//! Must never: pass because nothing was found; `the_judges_see_what_they_judge`.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A catalogue's keys, each with the values that stand in it.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (topic, text) in catalogue::files(language) {
        for (key, body) in messages(text) {
            let earlier = keys.insert(key.clone(), variables(&body));
            assert!(earlier.is_none(), "{language}/{topic}.ftl: {key} is there twice");
        }
    }
    keys
}

/// Message by message: its key, and the text up to the next one.
fn messages(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let begins = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-');
        match (begins, line.split_once('=')) {
            (true, Some((key, body))) => found.push((key.trim().to_string(), body.to_string())),
            _ => {
                if let Some((_, body)) = found.last_mut() {
                    body.push('\n');
                    body.push_str(line);
                }
            }
        }
    }
    found
}

fn variables(body: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    body.split('$').skip(1).map(name).collect()
}

/// Every `say!` of the product: the key, and the names of its values.
fn said() -> Vec<(String, String, BTreeSet<String>)> {
    let mut said = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |path, text| {
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for call in code.split("say!(").skip(1) {
            let Some(rest) = call.trim_start().strip_prefix('"') else { continue };
            let Some((key, rest)) = rest.split_once('"') else { continue };
            said.push((path.to_string(), key.to_string(), names(rest)));
        }
    });
    said
}

/// The names before `=` of a call's arguments, at its own level.
fn names(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut argument, mut names, mut quoted, mut before) = (0, String::new(), BTreeSet::new(), false, ' ');
    for c in rest.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            ')' if depth == 0 => break,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => argument.clear(),
            '=' if depth == 0 => {
                names.insert(argument.trim().to_string());
                // What follows is its value.
                argument = "\u{0}".to_string();
            }
            _ if depth == 0 && !argument.starts_with('\u{0}') => argument.push(c),
            _ => {}
        }
        before = c;
    }
    names.into_iter().filter(|name| !name.is_empty() && !name.contains('\u{0}')).collect()
}

fn sources(folder: &Path, see: &mut dyn FnMut(&str, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, see);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("words/tests.rs") {
            see(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_sentence_is_there_in_all_three_languages_with_the_same_values() {
    let english = keys(Language::English);
    for language in [Language::French, Language::Kreyol] {
        let other = keys(language);
        let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
        let alone: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && alone.is_empty(), "{language}: missing {missing:?}, only there {alone:?}");
        for (key, values) in &english {
            assert_eq!(&other[key], values, "{language}: {key}");
        }
    }
}

#[test]
fn every_sentence_that_is_said_is_there_and_none_lies_unused() {
    let (english, said) = (keys(Language::English), said());
    let mut used = BTreeSet::new();
    for (path, key, names) in said {
        let values = english.get(&key).unwrap_or_else(|| panic!("{path}: {key} is not in the catalogue"));
        assert!(values.is_subset(&names), "{path}: {key} wants {values:?} and is given {names:?}");
        used.insert(key);
    }
    // A sentence may be a part of others: `{ other-key }`.
    let parts: String = Language::ALL.iter().flat_map(|l| catalogue::files(*l)).map(|(_, text)| *text).collect();
    // Those of the topic "told" are found by what was written down: see `told_tests`.
    let told: BTreeSet<&str> = told::sentences().iter().map(|(key, _)| *key).collect();
    let is_used = |key: &String| used.contains(key) || told.contains(key.as_str());
    let unused: Vec<_> =
        english.keys().filter(|key| !is_used(key) && !parts.contains(&format!("{{ {key} }}"))).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn every_file_is_read_without_an_error() {
    for language in Language::ALL {
        for (topic, text) in catalogue::files(language) {
            let read = fluent_bundle::FluentResource::try_new(text.to_string());
            let errors = read.map_err(|(_, errors)| errors).err();
            assert!(errors.is_none(), "{language}/{topic}.ftl: {errors:?}");
        }
    }
}

#[test]
fn a_number_chooses_between_one_and_many_as_the_language_does() {
    let text = "rows = { $rows ->\n    [one] one\n   *[other] many\n }\n";
    let word = |language: Language, rows: u64| {
        let mut bundle = catalogue::bundle(language);
        bundle.add_resource(fluent_bundle::FluentResource::try_new(text.to_string()).unwrap()).unwrap();
        let mut arguments = fluent_bundle::FluentArgs::new();
        arguments.set("rows", rows);
        let pattern = bundle.get_message("rows").unwrap().value().unwrap();
        bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    };
    let words = |language| [0, 1, 2].map(|rows| word(language, rows));
    assert_eq!(words(Language::English), ["many", "one", "many"]);
    assert_eq!(words(Language::French), ["one", "one", "many"]);
    // Kreyòl does not change a word by its number; a sentence that wants to may, as English does.
    assert_eq!(words(Language::Kreyol), ["many", "one", "many"]);
}

#[test]
fn what_is_missing_is_told_by_its_key_rather_than_not_at_all() {
    let saying = Saying::new("no-such-key", vec![("part", Value::from("x"))]);
    assert_eq!(saying.text(Language::Kreyol), "no-such-key");
}

#[test]
fn the_judges_see_what_they_judge() {
    let text = "# a remark = no key\na-key = One { $rows ->\n    [one] row\n   *[other] { $rows } rows\n } of { $file }\nb = c\n";
    let found = messages(text);
    assert_eq!(found.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a-key", "b"]);
    assert_eq!(variables(&found[0].1), BTreeSet::from(["rows".to_string(), "file".to_string()]));
    let call = ", rows = count(a, b == c), file = name(\"x, y = z)\"), other = say!(\"inner\", a = 1)) , no = 2";
    assert_eq!(names(call), ["rows", "file", "other"].map(String::from).into());
}

#[test]
fn a_language_goes_by_its_code() {
    for language in Language::ALL {
        assert_eq!(Language::of_code(language.code()), Some(language));
    }
    assert_eq!(Language::of_code("de"), None);
}
