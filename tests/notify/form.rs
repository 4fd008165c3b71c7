//! The form of an event, as README documents it: one example of each kind.
//!
//! Must never: pass because README has no example.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const README: &str = include_str!("../../README.md");

/// README's example of each kind.
pub fn examples() -> BTreeMap<String, Value> {
    let blocks = README.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let events = blocks.flat_map(str::lines).filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let events = events.filter(|event| event["event"].is_string());
    events.map(|event| (event["event"].as_str().unwrap_or_default().to_string(), event)).collect()
}

/// Every field, by its path, with the kind of its value.
fn fields(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| fields(value, &format!("{path}.{name}"), all)),
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{path}[]"), all)),
        Value::String(_) => drop(all.insert(format!("{path}: text"))),
        Value::Number(_) => drop(all.insert(format!("{path}: number"))),
        Value::Bool(_) => drop(all.insert(format!("{path}: yes or no"))),
        Value::Null => drop(all.insert(format!("{path}: null"))),
    }
}

/// Holds an event against README's example of its kind: the same fields, of the same kinds.
#[track_caller]
pub fn holds(event: &Value) {
    let kind = event["event"].as_str().expect("a kind");
    let examples = examples();
    let example =
        examples.get(kind).unwrap_or_else(|| panic!("README has no example of {kind}; this is one:\n{event}"));
    let (mut here, mut there) = (BTreeSet::new(), BTreeSet::new());
    fields(event, "", &mut here);
    fields(example, "", &mut there);
    assert_eq!(here, there, "README's example of {kind} has other fields than\n{event}");
    assert_eq!((&event["version"], &example["version"]), (&1.into(), &1.into()));
}

#[test]
fn there_is_one_example_of_each_kind() {
    let told: Vec<String> = examples().into_keys().collect();
    let mut known: Vec<String> = payoutd::config::notify::EVENTS.iter().map(ToString::to_string).collect();
    known.push("test".to_string());
    known.sort();
    assert_eq!(told, known);
}
