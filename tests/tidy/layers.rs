//! What may import what.

use crate::source::{Source, places};

/// A room, and the rooms it may import. Its own files may always import each other.
///
/// `main → cli → daemon → {intake, engine, report, reconcile} → {ledger, moncash, payroll} → payout`.
/// Never upwards, never sideways: the engine drives the chores of intake, report and reconcile by a trait of its
/// own and knows none of them. `clock`, `files`,
/// `words` and `metrics` are leaves for all but the core, which is pure.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "daemon",
            "config",
            "simulator",
            "intake",
            "engine",
            "report",
            "reconcile",
            "notify",
            "ledger",
            "moncash",
            "payroll",
            "payout",
            "clock",
            "files",
            "words",
        ],
    ),
    (
        "daemon",
        &[
            "config",
            "intake",
            "engine",
            "report",
            "reconcile",
            "notify",
            "ledger",
            "moncash",
            "payroll",
            "metrics",
            "payout",
            "clock",
            "files",
            "words",
        ],
    ),
    ("engine", &["ledger", "moncash", "metrics", "payout", "clock", "files"]),
    ("intake", &["ledger", "moncash", "payroll", "payout", "clock", "files", "words"]),
    ("report", &["ledger", "moncash", "payroll", "payout", "clock", "files", "words"]),
    ("reconcile", &["ledger", "moncash", "payroll", "payout", "clock", "files", "words"]),
    ("notify", &["moncash", "payout", "clock", "files"]),
    ("ledger", &["payout", "clock", "files"]),
    ("moncash", &["payout", "clock", "files"]),
    ("payroll", &["payout", "clock", "files", "words"]),
    ("simulator", &["payout", "clock", "files"]),
    ("config", &["payout", "files", "words"]),
    ("clock", &["payout"]),
    ("metrics", &["payout"]),
    ("words", &["payout"]),
    ("files", &[]),
    ("payout", &[]),
    // Declares the rooms; imports none.
    ("lib", &[]),
];

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    LAYERS.iter().find(|(name, _)| *name == room).map(|(_, below)| *below)
}

pub fn judge_room(source: &Source) -> Vec<String> {
    match allowed(source.room()) {
        Some(_) => Vec::new(),
        None => vec![format!("{}: room `{}`", source.path, source.room())],
    }
}

pub fn judge_imports(source: &Source) -> Vec<String> {
    let room = source.room();
    let below = allowed(room).unwrap_or_default();
    imports(source)
        .into_iter()
        .filter(|(_, imported)| imported != room && !below.contains(&imported.as_str()))
        .map(|(at, imported)| format!("{}: {room} must not import {imported}", source.at(at)))
        .collect()
}

/// Rooms that the product's code of a file names, with the place.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let code = &source.product;
    let mut found = Vec::new();
    let roots = if source.room() == "main" { ["crate::", "payoutd::"].as_slice() } else { ["crate::"].as_slice() };
    for root in roots {
        for at in places(code, root) {
            found.extend(first_names(&code[at + root.len()..]).into_iter().map(|name| (at, name)));
        }
    }
    for (at, name) in through_super(source) {
        found.push((at, name));
    }
    found
}

/// What `super::super::…` reaches, where it climbs to the root or above it.
fn through_super(source: &Source) -> Vec<(usize, String)> {
    let code = &source.product;
    let depth = source.module().len();
    places(code, "super::")
        .into_iter()
        .filter(|at| !code[..*at].ends_with("super::"))
        .flat_map(|at| {
            let mut rest = &code[at..];
            let mut climbed = 0;
            while let Some(after) = rest.strip_prefix("super::") {
                (rest, climbed) = (after, climbed + 1);
            }
            let names = if climbed >= depth + inline_modules_around(code, at) { first_names(rest) } else { Vec::new() };
            names.into_iter().map(move |name| (at, name))
        })
        .collect()
}

/// How many `mod name { … }` of the same file stand around a place.
fn inline_modules_around(code: &str, at: usize) -> usize {
    let mut open = Vec::new();
    for (offset, b) in code.bytes().enumerate().take(at) {
        if b == b'{' {
            let mut words = code[..offset].split_whitespace().rev();
            open.push(words.next().is_some() && words.next() == Some("mod"));
        } else if b == b'}' {
            open.pop();
        }
    }
    open.into_iter().filter(|is_module| *is_module).count()
}

/// The first name of a path, or of each path of a group: `{a::b, c}` is `[a, c]`.
fn first_names(rest: &str) -> Vec<String> {
    let name_of =
        |path: &str| -> String { path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        return vec![name_of(rest)];
    };
    let mut names = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name_of(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name_of(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, text: &str) -> Vec<String> {
        judge_imports(&Source::new(path, text))
    }

    #[test]
    fn a_planted_import_against_the_layers_is_found() {
        for (path, text) in [
            ("src/payout/heard.rs", "use crate::clock::Clock;"),
            ("src/payout/heard.rs", "use crate::{payout::money, ledger::Ledger};"),
            ("src/payout/heard.rs", "fn f() { super::super::ledger::open() }"),
            ("src/payout/mod.rs", "use super::moncash;"),
            ("src/payout/mod.rs", "mod inner { fn f() { super::super::moncash::f() } }"),
            ("src/ledger/mod.rs", "use crate::moncash::gateway::Gateway;"),
            ("src/moncash/client.rs", "use crate::config::Secret;"),
            ("src/moncash/client.rs", "fn f() -> crate::payroll::Row {}"),
            ("src/engine/turn.rs", "use crate::config::Config;"),
            ("src/engine/turn.rs", "use crate::report::Due;"),
            ("src/report/mod.rs", "use crate::engine::Engine;"),
            ("src/daemon.rs", "use crate::simulator::Model;"),
            ("src/daemon.rs", "use super::cli;"),
            ("src/files.rs", "use crate::payout::money::Amount;"),
            ("src/clock.rs", "use crate::files;"),
            ("src/main.rs", "use payoutd::{cli, daemon};"),
            ("src/config/read.rs", "use crate::{\n    cli::exit,\n};"),
        ] {
            assert_eq!(judged(path, text).len(), 1, "{path}: {text}: {:?}", judged(path, text));
        }
    }

    #[test]
    fn imports_downwards_and_at_home_are_let_be() {
        for (path, text) in [
            ("src/payout/heard.rs", "use crate::payout::money; use super::money::Amount;"),
            ("src/cli/run.rs", "use crate::{config::Config, daemon, simulator::{model, server}}; use super::exit;"),
            ("src/engine/turn.rs", "use crate::ledger::Ledger; use crate::metrics::Meters;"),
            ("src/config/secret.rs", "mod tests { use super::super::Config; }"),
            ("src/ledger/mod.rs", "// use crate::moncash\nlet text = \"crate::moncash\";"),
            ("src/ledger/mod.rs", "#[cfg(test)]\nmod tests { use crate::simulator::Model; }"),
            ("src/main.rs", "use payoutd::cli::run;"),
        ] {
            assert_eq!(judged(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn a_room_without_a_place_is_found() {
        assert_eq!(judge_room(&Source::new("src/misc/mod.rs", "")).len(), 1);
        assert_eq!(judge_room(&Source::new("src/misc.rs", "")).len(), 1);
    }

    /// The table itself: nobody below can reach back up, by any way round.
    #[test]
    fn the_table_has_no_circle() {
        fn reaches(from: &str, to: &str) -> bool {
            allowed(from).unwrap_or_default().iter().any(|below| *below == to || reaches(below, to))
        }
        for (room, below) in LAYERS {
            assert!(!below.contains(room) && !reaches(room, room), "{room} reaches itself");
            for name in *below {
                assert!(allowed(name).is_some(), "{room} may import {name}, which is no room");
            }
        }
    }
}
