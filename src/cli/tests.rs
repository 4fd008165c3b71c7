//! The command line is a promise to scripts: every documented form parses, nothing else does.

use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("payoutd").chain(line.split_whitespace()))
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_documented_form_parses() {
    for line in [
        "demo",
        "demo august.csv",
        "run",
        "run --simulator",
        "run --once",
        "run --once --for 2h",
        "check a.csv b.csv",
        "check --online a.csv",
        "status --json",
        "status --watch",
        "explain SAL-1 --json",
        "report",
        "report B000001 B000002",
        "reconcile",
        "reconcile --from 2026-08-01 --to 2026-08-31 --batch B000001 --statement s.csv",
        "approve B000001 --reason checked",
        "hold SAL-1 --reason wait",
        "release B000001 --reason ok",
        "cancel SAL-1 --reason left",
        "resolve SAL-1 --paid 123 --reason statement",
        "resolve SAL-1 --not-paid --reason statement",
        "resolve SAL-1 --ask-again --reason hm",
        "pause",
        "pause --distrust --reason snapshot",
        "resume",
        "resume --reason looked",
        "moncash token",
        "moncash customer 37007294",
        "simulate --listen 127.0.0.1:0 --seed 7",
        "doctor --offline",
        "verify",
        "backup copy.sqlite3",
        "restore copy.sqlite3",
        "rebind --reason rotated",
        "doctor",
        "completions bash",
        "man",
        "--config p.toml --log-format json --log debug status",
        "status --config p.toml --log-format text --log warn",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).err().map(|e| e.to_string()).unwrap_or_default());
    }
}

#[test]
fn what_cannot_be_meant_is_wrong_usage() {
    for line in [
        "",
        "paydoubt",
        "run --for 2h",
        "run --once --for 0s",
        "run --once --for soon",
        "check",
        "explain",
        "reconcile --from 2026-08-01",
        "reconcile --from yesterday --to 2026-08-31",
        "approve B000001",
        "cancel --reason x",
        "resolve SAL-1 --reason x",
        "resolve SAL-1 --paid 1 --not-paid --reason x",
        "resolve SAL-1 --not-paid",
        "rebind",
        "pause --distrust",
        "resolve SAL-1 --paid --reason x",
        "moncash transfert",
        "simulate --listen 0.0.0.0:80",
        "backup",
        "status --log loud",
        "status --log-format xml",
        "completions dos",
    ] {
        let error = parse(line).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line}: {error}");
    }
}

#[test]
fn a_reason_is_one_line_that_says_something() {
    for reason in ["", "  ", "two\nlines", "\u{1b}[2J", &"x".repeat(501)] {
        assert!(order::parse_reason(reason).is_err(), "{reason:?}");
    }
    assert_eq!(order::parse_reason(" ok 1 "), Ok("ok 1".to_string()));
}

#[test]
fn every_command_explains_itself_and_its_exit_codes() {
    let mut all = Cli::command();
    all.build();
    for command in all.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name} has no help");
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("Exit codes:") || command.has_subcommands(), "{name} has no exit codes");
        for arg in command.get_arguments().filter(|a| !a.is_global_set()) {
            assert!(arg.get_help().is_some(), "{name} {} has no help", arg.get_id());
        }
    }
}
