//! Style and layering, as tests: what the design forbids is found in the sources, not in a review.
//!
//! Every rule is a function over text, and every rule has a test that plants a violation and sees it
//! found. Must never: build, run or read anything but the files under `src/`.

mod bans;
mod layers;
mod remedies;
mod source;

use source::{Source, read_sources};

/// Runs one rule over the tree and fails with every finding, one a line.
fn hold(rule: &str, judge: impl Fn(&Source) -> Vec<String>) {
    let findings: Vec<String> = read_sources().iter().flat_map(judge).collect();
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

#[test]
fn rooms_import_only_what_lies_below_them() {
    hold("an import against the layers (tests/tidy/layers.rs has the table)", layers::judge_imports);
}

#[test]
fn every_room_has_its_place_in_the_table() {
    hold("a room that tests/tidy/layers.rs does not know", layers::judge_room);
}

#[test]
fn nothing_waits_where_money_is_decided() {
    hold("tokio in a room that never waits: take the moment as an argument", bans::waiting);
}

#[test]
fn nothing_is_left_open() {
    hold("left open", bans::left_open);
}

#[test]
fn files_open_with_what_they_are_for() {
    hold("a file without an opening `//!`", bans::opening);
}

#[test]
fn files_stay_readable_in_one_sitting() {
    hold("a long file: is there a second room in it?", bans::length);
}

#[test]
fn no_file_is_called_utils() {
    hold("a name that says nothing", bans::names);
}

#[test]
fn every_warning_says_what_to_do_now() {
    hold("a warning or error without what to do now (tests/tidy/remedies.rs has the words)", remedies::remedies);
}

#[test]
fn the_sources_are_found() {
    let paths: Vec<String> = read_sources().into_iter().map(|s| s.path).collect();
    for path in ["src/lib.rs", "src/main.rs", "src/payout/money.rs", "src/config/tests.rs"] {
        assert!(paths.iter().any(|p| p == path), "{path} is not among the sources");
    }
}
