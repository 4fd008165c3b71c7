//! README's claims that a program can check: settings and defaults, error codes, commands, columns,
//! exit codes, and that every test is told of.
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
/// Where every key of the file is read.
const READ: &str = include_str!("../src/config/read.rs");

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
        for option in row.iter().flat_map(|cell| cell.split(['`', ' ', '|', ',', ';'])) {
            let Some(long) = option.trim_end_matches(['`', '.', '\\']).strip_prefix("--") else { continue };
            let known = command.get_arguments().any(|argument| argument.get_long() == Some(long));
            assert!(known, "payoutd {} has no --{long}", command.get_name());
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
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
    let known =
        [Exit::Done, Exit::Failed, Exit::Usage, Exit::NotAllPaid, Exit::StoppedEarly, Exit::Occupied, Exit::Damaged];
    assert_eq!(told, known.map(|exit| exit as u8));
}

#[test]
fn every_test_file_is_told_with_a_command_that_names_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let rows = table("tests | show | command");
    let commands: Vec<&str> = rows.iter().map(|row| code(row[2])).collect();
    let mut known = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("tests/") {
        let path = entry.expect("entry").path();
        let is_test = path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").exists();
        if is_test {
            known.insert(path.file_stem().expect("name").to_string_lossy().into_owned());
        }
    }
    let told: BTreeSet<String> = commands
        .iter()
        .flat_map(|command| command.split("--test ").skip(1))
        .map(|rest| rest.split_whitespace().next().unwrap_or_default().to_string())
        .collect();
    assert_eq!(told, known, "README's table of tests and the folder tests/ differ");
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
