//! Reads keys out of a TOML document and collects everything that is wrong with it.
//!
//! Must never: stop at the first problem, or repeat a value of the file in a message (it may be the
//! secret, pasted into the wrong place).

use super::Problem;
use super::nearest::nearest;
use super::reload::{Value, Values};
use std::collections::BTreeMap;
use std::fmt::Debug;
use toml::de::{DeTable, DeValue};

/// Names under which people write the secret itself into the file.
const SECRET_NAMES: [&str; 6] = ["client_secret", "secret", "password", "clientsecret", "client_key", "api_key"];

type Key = (&'static str, &'static str);

/// A document being read.
pub struct Reader<'i> {
    text: &'i str,
    root: DeTable<'i>,
    /// Every key that was asked for, with its line where the file has it.
    known: BTreeMap<Key, Option<usize>>,
    /// The same in the order asked, so that messages list keys as the documentation does.
    order: Vec<Key>,
    missing_in_live: Vec<Key>,
    problems: Vec<Problem>,
    /// What every key came to, so that two readings of a file can be compared.
    values: Values,
}

impl<'i> Reader<'i> {
    pub fn new(text: &'i str) -> Reader<'i> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            text,
            root: root.into_inner(),
            known: BTreeMap::new(),
            order: Vec::new(),
            missing_in_live: Vec::new(),
            problems: Vec::new(),
            values: Values::default(),
        };
        for error in errors {
            let line = error.span().map(|span| reader.line_at(span.start));
            let what = format!("is not valid TOML here: {}", error.message().replace('\n', "; "));
            reader.problems.push(Problem { line, key: String::new(), what });
        }
        reader
    }

    /// Whether the text was TOML at all. When not, its keys are not worth judging.
    pub fn is_broken(&self) -> bool {
        !self.problems.is_empty()
    }

    fn line_at(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
    }

    /// The value of a key by `parse`, or `default` where the file has none or a wrong one.
    pub fn read<T: Debug>(&mut self, section: &'static str, key: &'static str, default: T, parse: Parse<T>) -> T {
        let value = self.read_if_written(section, key, parse).unwrap_or(default);
        self.note(section, key, &value);
        value
    }

    /// As `read`, for a setting without default in live.
    pub fn read_live<T: Debug>(
        &mut self,
        live: bool,
        section: &'static str,
        key: &'static str,
        default: T,
        parse: Parse<Option<T>>,
    ) -> T {
        let before = self.problems.len();
        let value = match self.read_if_written(section, key, parse).flatten() {
            Some(value) => value,
            None => {
                if live && self.problems.len() == before {
                    self.missing_in_live.push((section, key));
                }
                default
            }
        };
        self.note(section, key, &value);
        value
    }

    /// The value of a key, if the file has a good one.
    pub fn read_if_written<T: Debug>(
        &mut self,
        section: &'static str,
        key: &'static str,
        parse: Parse<T>,
    ) -> Option<T> {
        let found = self.root.get(section).and_then(|s| s.get_ref().as_table()).and_then(|table| table.get(key));
        let parsed = found.map(|value| (value.span(), parse(value.get_ref())));
        let line = parsed.as_ref().map(|(span, _)| self.line_at(span.start));
        self.known.insert((section, key), line);
        self.order.push((section, key));
        let written = parsed.as_ref().and_then(|(span, _)| self.text.get(span.clone())).map(one_line);
        self.values.0.insert((section, key), Value { meaning: "None".to_string(), written });
        match parsed?.1 {
            Ok(value) => {
                self.note(section, key, &Some(&value));
                Some(value)
            }
            Err(what) => {
                self.problem(section, key, what);
                None
            }
        }
    }

    fn note(&mut self, section: &'static str, key: &'static str, meaning: &impl Debug) {
        if let Some(value) = self.values.0.get_mut(&(section, key)) {
            value.meaning = format!("{meaning:?}");
        }
    }

    /// What every key came to.
    pub fn take_values(&mut self) -> Values {
        std::mem::take(&mut self.values)
    }

    /// Whether the file has this key, which was asked for, with whatever value.
    pub fn has(&self, section: &'static str, key: &'static str) -> bool {
        self.known.get(&(section, key)).copied().flatten().is_some()
    }

    /// Notes that a key is wrong, at its line if the file has it.
    pub fn problem(&mut self, section: &'static str, key: &'static str, what: impl Into<String>) {
        let line = self.known.get(&(section, key)).copied().flatten();
        self.problems.push(Problem { line, key: format!("[{section}] {key}"), what: what.into() });
    }

    /// The problems of a text that is not TOML.
    pub fn finish_broken(self) -> Vec<Problem> {
        self.problems
    }

    /// Judges what was never asked for; the problems of the whole file, in its order.
    pub fn finish(mut self) -> Vec<Problem> {
        let mut unknown = Vec::new();
        for (name, value) in &self.root {
            let line = self.line_at(name.span().start);
            let section = name.get_ref().as_ref();
            match value.get_ref() {
                DeValue::Table(table) if self.order.iter().any(|(known, _)| *known == section) => {
                    let strangers = table.keys().filter(|key| !self.is_known(section, key.get_ref()));
                    unknown.extend(strangers.map(|key| Problem {
                        line: Some(self.line_at(key.span().start)),
                        key: format!("[{section}] {}", printable(key.get_ref())),
                        what: self.word_unknown_key(Some(section), key.get_ref()),
                    }));
                }
                DeValue::Table(_) | DeValue::Array(_) => unknown.push(Problem {
                    line: Some(line),
                    key: format!("[{}]", printable(section)),
                    what: self.word_unknown_section(section),
                }),
                _ => unknown.push(Problem {
                    line: Some(line),
                    key: printable(section),
                    what: self.word_unknown_key(None, section),
                }),
            }
        }
        self.problems.extend(unknown);
        if !self.missing_in_live.is_empty() {
            let names: Vec<String> = self.missing_in_live.iter().map(|(s, k)| format!("[{s}] {k}")).collect();
            let what = format!(
                "environment is \"live\", where these have no default; decide and write each: {}",
                names.join(", ")
            );
            self.problems.push(Problem { line: None, key: String::new(), what });
        }
        self.problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        self.problems
    }

    fn is_known(&self, section: &str, key: &str) -> bool {
        self.order.contains(&(section, key))
    }

    fn word_unknown_key(&self, section: Option<&str>, key: &str) -> String {
        if SECRET_NAMES.contains(&key.to_lowercase().replace('-', "_").as_str()) {
            return "the secret does not belong in this file: write it into a file of its own (chmod 600), name that \
                    file with client_secret_file, take this line out, and ask for a new secret if others saw it"
                .to_string();
        }
        let here = || self.order.iter().filter(|(s, _)| Some(*s) == section).map(|(_, k)| *k);
        if let Some((home, _)) = self.order.iter().find(|(_, known)| *known == key) {
            return format!("is not a setting here: it belongs in [{home}]");
        }
        if let Some(meant) = nearest(key, here()) {
            return format!("is not a setting: did you mean {meant}?");
        }
        if let Some(meant) = nearest(key, self.order.iter().map(|(_, k)| *k)) {
            let home = self.order.iter().find(|(_, k)| *k == meant).map_or("", |(s, _)| s);
            return format!("is not a setting: did you mean {meant} in [{home}]?");
        }
        match section {
            Some(section) => {
                format!("is not a setting: [{section}] knows {}", here().collect::<Vec<_>>().join(", "))
            }
            None => "is not a setting: every setting stands in a section such as [moncash]".to_string(),
        }
    }

    fn word_unknown_section(&self, name: &str) -> String {
        let mut sections: Vec<&str> = self.order.iter().map(|(section, _)| *section).collect();
        sections.dedup();
        match nearest(name, sections.iter().copied()) {
            Some(meant) if meant == name => format!("is written as a list: write [{meant}] with single brackets"),
            Some(meant) => format!("is not a section: did you mean [{meant}]?"),
            None => format!("is not a section: there are [{}]", sections.join("], [")),
        }
    }
}

/// A value as it stands in the file, on one line.
fn one_line(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a value becomes a setting; the error is the rest of a sentence about the key.
pub type Parse<T> = fn(&DeValue<'_>) -> Result<T, String>;

/// Characters of the longest name that somebody may have meant as a setting.
const LONGEST_NAME: usize = 40;
/// Digits of such a name, at most. Secrets have more.
const MOST_DIGITS: usize = 2;

/// A key as a message may show it, without control characters. What looks like no name of a setting
/// is not shown: it may be the secret, pasted in front of the `=`. Its line is told all the same.
fn printable(name: &str) -> String {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_name = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
    if name.chars().count() > LONGEST_NAME || digits > MOST_DIGITS || !name.chars().all(is_name) {
        return "(a name that is not shown)".to_string();
    }
    name.escape_debug().to_string()
}

/// A string value.
pub fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    match value {
        DeValue::String(text) => Ok(text.as_ref()),
        other => Err(format!("must be a text in quotes, but is {}", kind(other))),
    }
}

pub fn boolean(value: &DeValue<'_>) -> Result<bool, String> {
    match value {
        DeValue::Boolean(yes) => Ok(*yes),
        other => Err(format!("must be true or false without quotes, but is {}", kind(other))),
    }
}

/// A whole number in decimal digits.
pub fn whole(value: &DeValue<'_>) -> Result<u32, String> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().parse().map_err(|_| "must be a whole number from 0 to 4294967295".to_string())
        }
        other => Err(format!("must be a whole number without quotes, but is {}", kind(other))),
    }
}

/// The digits of a number as they stand in the file: nothing goes through a float.
pub fn number_text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, String> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str()),
        DeValue::Float(number) => Ok(number.as_str()),
        other => Err(format!("must be a number without quotes such as 5 or 0.2, but is {}", kind(other))),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text in quotes",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
