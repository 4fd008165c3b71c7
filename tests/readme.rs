//! README's claims that a program can check: settings and defaults, error codes, commands, columns,
//! exit codes, and that every test is told of. And ARCHITECTURE.md's: that what it names exists where
//! it says.
//!
//! Must never: pass because a table was not found; each test says how much it compared.

use clap::CommandFactory;
use payoutd::cli::Cli;
use payoutd::cli::exit::Exit;
use payoutd::config::Config;
use payoutd::payroll::Code;
use payoutd::report::batch_report::COLUMNS;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const README: &str = include_str!("../README.md");
const ARCHITECTURE: &str = include_str!("../src/ARCHITECTURE.md");
/// Where every key of the file is read.
const READ: &str = concat!(
    include_str!("../src/config/read.rs"),
    include_str!("../src/config/guards.rs"),
    include_str!("../src/config/notify.rs")
);

/// The cells of the rows of the table whose header begins with these cells.
fn table(header: &str) -> Vec<Vec<&'static str>> {
    let begins = format!("| {header} |");
    let mut lines = README.lines().skip_while(|line| !line.starts_with(&begins)).skip(2);
    let rows: Vec<Vec<&str>> = lines.by_ref().map_while(cells).collect();
    assert!(!rows.is_empty(), "README has no table that begins with {begins}");
    rows
}

fn cells(line: &'static str) -> Option<Vec<&'static str>> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(inner.split(" | ").map(str::trim).collect())
}

/// What stands between a cell's first two backticks.
fn code(cell: &str) -> &str {
    cell.split('`').nth(1).unwrap_or_default()
}

fn config(environment: &str, section: &str, line: &str) -> Result<Config, String> {
    let mut text = String::from("[moncash]\n");
    for setting in ["client_id = \"me\"", &format!("environment = \"{environment}\"")] {
        if section != "moncash" || !line.starts_with(&setting[..setting.len().min(9)]) {
            text.push_str(setting);
            text.push('\n');
        }
    }
    if section != "moncash" {
        text.push_str(&format!("[{section}]\n"));
    }
    text.push_str(line);
    Config::from_text(&text, Path::new("/x/payoutd.toml")).map_err(|error| error.to_string())
}

/// Section and key of every setting that the code reads, from its source.
fn keys_of_the_code() -> BTreeSet<(String, String)> {
    let mut keys = BTreeSet::new();
    for call in ["r.read(", "r.read_live(live, ", "r.read_if_written("] {
        for (at, _) in READ.match_indices(call) {
            let arguments = READ[at + call.len()..].trim_start();
            let (section, rest) = match arguments.strip_prefix("S, ") {
                Some(rest) => ("safety", rest),
                None => (arguments.split('"').nth(1).unwrap_or_default(), arguments.split_once(',').unwrap().1),
            };
            keys.insert((section.to_string(), rest.split('"').nth(1).unwrap_or_default().to_string()));
        }
    }
    keys
}

/// `[section] key` and the row's other cells.
fn keys_of_the_readme() -> BTreeMap<(String, String), Vec<&'static str>> {
    let rows = table("key | default | meaning");
    let count = rows.len();
    let keys: BTreeMap<_, _> = rows
        .into_iter()
        .map(|row| {
            let (section, key) = code(row[0]).split_once("] ").expect("`[section] key`");
            ((section.trim_start_matches('[').to_string(), key.to_string()), row)
        })
        .collect();
    assert_eq!(keys.len(), count, "a key stands twice");
    keys
}

#[test]
fn every_setting_is_told_and_every_told_setting_exists() {
    let told: BTreeSet<_> = keys_of_the_readme().into_keys().collect();
    let known = keys_of_the_code();
    assert!(known.len() > 30, "{known:?}");
    assert_eq!(told, known);
}

#[test]
fn every_told_default_is_the_codes() {
    let without = format!("{:?}", config("sandbox", "moncash", "").expect("the least file"));
    let mut compared = 0;
    for ((section, key), row) in keys_of_the_readme() {
        let default = code(row[1]);
        if default.is_empty() {
            assert_eq!(row[1], "–", "[{section}] {key}");
            continue;
        }
        let with = config("sandbox", &section, &format!("{key} = {default}\n"))
            .unwrap_or_else(|error| panic!("[{section}] {key} = {default}: {error}"));
        assert_eq!(format!("{with:?}"), without, "[{section}] {key} = {default}");
        compared += 1;
    }
    assert!(compared > 30, "{compared}");
}

#[test]
fn the_settings_without_default_in_live_are_those_that_live_asks_for() {
    let refused = config("live", "moncash", "").expect_err("live on defaults");
    let mut asked = 0;
    for ((section, key), row) in keys_of_the_readme() {
        let is_told = row[2].starts_with("*live*");
        assert_eq!(refused.contains(&format!("[{section}] {key}")), is_told, "[{section}] {key}: {refused}");
        asked += usize::from(is_told);
    }
    let explained = table("setting | why nobody can decide it for you");
    assert_eq!(explained.len(), asked);
    for row in explained {
        assert!(refused.contains(code(row[0])), "{}", row[0]);
    }
}

#[test]
fn every_error_code_is_told_and_every_told_code_exists() {
    let told: Vec<&str> = table("code | what is wrong").into_iter().map(|row| code(row[0])).collect();
    let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(told, known);
}

#[test]
fn every_command_is_told() {
    let told: BTreeSet<String> = table("command | does")
        .iter()
        .flat_map(|row| row[0].split('`').filter_map(|part| part.strip_prefix("payoutd ")))
        .map(|form| form.split_whitespace().next().unwrap_or_default().to_string())
        .collect();
    let known: BTreeSet<String> = Cli::command().get_subcommands().map(|c| c.get_name().to_string()).collect();
    let missing: Vec<&String> = known.difference(&told).collect();
    assert!(missing.is_empty() && known.len() > 15, "README does not tell {missing:?}");
}

#[test]
fn every_told_option_of_a_command_exists() {
    let mut compared = 0;
    for row in table("command | does") {
        let name = code(row[0]).strip_prefix("payoutd ").and_then(|form| form.split_whitespace().next());
        let definition = Cli::command();
        let Some(command) = name.and_then(|name| definition.find_subcommand(name)) else { continue };
        if command.has_subcommands() {
            continue; // Told apart below.
        }
        let mut built = command.clone();
        built.build();
        for option in row.iter().flat_map(|cell| cell.split(['`', ' ', '|', ',', ';', '[', ']'])) {
            let Some(long) = option.trim_end_matches(['`', '.', '\\']).strip_prefix("--") else { continue };
            let known = built.get_arguments().any(|argument| argument.get_long() == Some(long));
            assert!(known, "payoutd {} has no --{long}", command.get_name());
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
}

/// What stands between backticks, inline or fenced, line by line.
fn code_lines(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.split('`').skip(1).step_by(2).flat_map(str::lines)
}

/// A command as it is typed: its name and what follows.
fn typed(line: &str) -> Option<(&str, &str)> {
    // An event as it is told: what stands in it is a sentence.
    if line.starts_with('{') {
        return None;
    }
    let (_, rest) = line.rsplit_once("payoutd ")?;
    let name = rest.split([' ', ',']).next()?;
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase());
    is_name.then(|| (name, &rest[name.len()..]))
}

#[test]
fn every_told_command_exists_with_its_options() {
    let definition = Cli::command();
    let mut options = 0;
    let mut told = BTreeSet::new();
    for line in code_lines(README) {
        let Some((name, rest)) = typed(line) else { continue };
        let command =
            definition.find_subcommand(name).unwrap_or_else(|| panic!("README tells `{line}`: no such command"));
        told.insert(name);
        let part = rest.split_whitespace().next().and_then(|word| command.find_subcommand(word));
        for word in rest.split([' ', '|', '[', ']', '\\']) {
            let Some(long) = word.strip_prefix("--") else { continue };
            let arguments = command.get_arguments().chain(definition.get_arguments());
            let mut arguments = arguments.chain(part.into_iter().flat_map(|part| part.get_arguments()));
            assert!(arguments.any(|argument| argument.get_long() == Some(long)), "README tells `{line}`: no --{long}");
            options += 1;
        }
    }
    assert!(told.len() > 20 && options > 20, "{told:?}, {options} options");
}

#[test]
fn every_part_of_the_moncash_command_is_told_and_exists() {
    let definition = Cli::command();
    let parts = definition.find_subcommand("moncash").expect("moncash");
    let row = table("command | does").into_iter().find(|row| row[0].contains("payoutd moncash")).expect("its row");
    let told: Vec<&str> = row[1].split('`').skip(1).step_by(2).collect();
    for form in &told {
        let name = form.split(' ').next().unwrap_or_default();
        let part = parts.find_subcommand(name).unwrap_or_else(|| panic!("no payoutd moncash {form}"));
        for long in form.split(' ').filter_map(|word| word.strip_prefix("--")) {
            assert!(part.get_arguments().any(|argument| argument.get_long() == Some(long)), "{form}");
        }
    }
    for part in parts.get_subcommands() {
        assert!(told.iter().any(|form| form.split(' ').next() == Some(part.get_name())), "{}", part.get_name());
    }
}

#[test]
fn the_columns_are_the_codes() {
    assert!(README.contains(&format!("\n{}\n", COLUMNS.join(","))), "the report's columns");
    for column in README.split("| column | says |").nth(1).unwrap().lines().skip(2).map_while(cells) {
        for name in column[0].split(", ").map(code) {
            assert!(COLUMNS.contains(&name), "{name}");
        }
    }
    let retry = include_str!("report/complete.retry.csv").lines().next().unwrap_or_default();
    let ours = "reference,receiver,amount,description,name,retry_of,reason";
    assert!(retry.starts_with(ours) && README.contains(&format!("\n{ours}\n")), "{retry}");
    assert!(README.contains("\nline,column,value,code,problem\n"));
}

#[test]
fn the_exit_codes_are_the_programs() {
    let told: Vec<u8> = table("exit code | means").iter().map(|row| row[0].parse().expect("a number")).collect();
    let known = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::NotAllPaid,
        Exit::StoppedEarly,
        Exit::Occupied,
        Exit::Damaged,
        Exit::Alarm,
    ];
    assert_eq!(told, known.map(|exit| exit as u8));
}

/// Binaries that gather suites.
const GATHER: [&str; 2] = ["library", "program"];

/// Files and folders under tests/ that hold a suite.
fn suites() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let paths = std::fs::read_dir(folder).expect("tests/").map(|entry| entry.expect("entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").exists())
        .map(|path| path.file_stem().expect("name").to_string_lossy().into_owned())
        .filter(|name| !GATHER.contains(&name.as_str()))
        .collect()
}

#[test]
fn every_suite_is_told_with_a_command_that_names_it() {
    let rows = table("tests | show | command");
    let mut told = BTreeSet::new();
    for row in &rows {
        let words: Vec<&str> = code(row[2]).split_whitespace().collect();
        told.extend(words.windows(2).filter(|two| two[0] == "--test").map(|two| two[1].to_string()));
        told.extend(words.iter().filter_map(|word| word.strip_suffix("::")).map(str::to_string));
    }
    told.retain(|name| !GATHER.contains(&name.as_str()));
    assert_eq!(told, suites(), "README's table of tests and the folder tests/ differ");
}

/// Cargo finds none by itself, because they are gathered: one that is forgotten would never run.
#[test]
fn every_suite_is_built() {
    let manifest = include_str!("../Cargo.toml");
    let gathered = [include_str!("library.rs"), include_str!("program.rs")];
    for suite in suites() {
        let binaries = manifest.matches(&format!("path = \"tests/{suite}/main.rs\"")).count();
        let modules = gathered.iter().map(|file| file.matches(&format!("\nmod {suite};\n")).count()).sum::<usize>();
        assert_eq!(binaries + modules, 1, "{suite} is built in {binaries} binaries and {modules} modules");
    }
}

#[test]
fn the_example_payroll_is_one() {
    let text = README.split("```text\nreference,receiver,amount,").nth(1).and_then(|rest| rest.split("```").next());
    let text = format!("reference,receiver,amount,{}", text.expect("an example"));
    let limits = payoutd::daemon::limits(&config("sandbox", "moncash", "").expect("the least file"));
    let mut reader = payoutd::payroll::Reader::open(text.as_bytes(), &limits).expect("a header");
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 2);
    reader.finish().expect("control lines that agree");
}

/// Every file under a folder, as a path from the package's root.
fn files_under(folder: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
        let path = format!("{folder}/{}", entry.expect("entry").file_name().to_string_lossy());
        if root.join(&path).is_dir() {
            found.extend(files_under(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

/// Whether a text holds this name as a whole word.
fn holds(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

#[test]
fn every_file_that_the_architecture_names_exists_and_holds_what_is_said_to_be_in_it() {
    let sources = files_under("src");
    let parts: Vec<&str> = ARCHITECTURE.split('`').collect();
    let (mut files, mut names) = (0, 0);
    let mut file: Option<String> = None;
    for at in (1..parts.len()).step_by(2) {
        let part = parts[at];
        if part.ends_with(".rs") || part.ends_with(".sql") {
            let known = |path: &&String| **path == format!("src/{part}") || path.ends_with(&format!("/{part}"));
            let path =
                sources.iter().find(known).cloned().or_else(|| (!text_of(part).is_empty()).then(|| part.to_string()));
            assert!(path.is_some(), "ARCHITECTURE.md names `{part}`, which does not exist");
            (file, files) = (path, files + 1);
            continue;
        }
        // A name right behind a file's is in that file.
        let follows = matches!(parts[at - 1], " " | ", " | " and ");
        match file.as_ref().filter(|_| follows && is_name(part)) {
            Some(path) => {
                let name = part.rsplit("::").next().unwrap_or_default();
                assert!(holds(&text_of(path), name), "ARCHITECTURE.md looks for `{part}` in {path}");
                names += 1;
            }
            None => file = None,
        }
    }
    assert!(files > 70 && names > 30, "{files} files, {names} names");
}

#[test]
fn every_promise_that_the_architecture_names_is_a_test() {
    let all: String = files_under("src").iter().chain(&files_under("tests")).map(|path| text_of(path)).collect();
    let schema = include_str!("../src/ledger/schema.sql");
    let mut found = 0;
    for name in ARCHITECTURE.split('`').skip(1).step_by(2) {
        if is_name(name) && name.matches('_').count() >= 3 && !holds(schema, name) {
            assert!(
                all.contains(&format!("fn {name}(")),
                "ARCHITECTURE.md names the test `{name}`, which does not exist"
            );
            found += 1;
        }
    }
    assert!(found > 30, "{found}");
}

#[test]
fn every_file_of_the_loop_is_told_in_the_architecture() {
    for path in files_under("src/engine").into_iter().filter(|path| !path.ends_with("/tests.rs")) {
        let name = path.trim_start_matches("src/engine/");
        assert!(ARCHITECTURE.contains(&format!("`{name}`")), "ARCHITECTURE.md does not tell of {path}");
    }
}
