//! The binary as scripts see it: exit codes, which stream carries what, and closed pipes.

use assert_cmd::Command;
use std::path::Path;

/// payoutd in a folder of its own, with nothing of the caller's environment that it would read.
fn payoutd(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
    command.current_dir(folder);
    for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "PAYOUTD_CLIENT_SECRET", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(name);
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("payoutd.toml"), text).expect("write");
}

#[test]
fn help_and_version_are_results_and_wrong_usage_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    for line in [["--help"], ["--version"]] {
        let out = payoutd(folder.path()).args(line).output().expect("run");
        assert_eq!(out.status.code(), Some(0), "{line:?}");
        assert!(!out.stdout.is_empty() && out.stderr.is_empty(), "{line:?}");
    }
    let out = payoutd(folder.path()).args(["cancel", "B000001"]).output().expect("run");
    assert_eq!(out.status.code(), Some(2));
    assert!(out.stdout.is_empty() && text(&out.stderr).contains("--reason"));
}

#[test]
fn a_bad_configuration_ends_with_2_and_says_where_and_what() {
    let folder = tempfile::tempdir().expect("folder");
    write(folder.path(), "[moncash]\nclient_id = \"me\"\n[safety]\ngarce = \"30m\"\nattempts = \"3\"\n");
    let out = payoutd(folder.path()).arg("doctor").output().expect("run");
    let told = text(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{told}");
    assert!(out.stdout.is_empty());
    for part in
        ["configuration: payoutd.toml", "has 2 problems", "line 4, [safety] garce", "did you mean grace?", "line 5"]
    {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn a_named_configuration_that_is_missing_is_not_replaced_by_another() {
    let folder = tempfile::tempdir().expect("folder");
    write(folder.path(), "[moncash]\nclient_id = \"me\"\n");
    for (flag, variable) in [(Some("other.toml"), None), (None, Some("other.toml"))] {
        let mut command = payoutd(folder.path());
        command.arg("doctor").args(flag.map(|file| format!("--config={file}")));
        let out = command.envs(variable.map(|file| ("PAYOUTD_CONFIG", file))).output().expect("run");
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains("other.toml"), "{}", text(&out.stderr));
    }
}

#[test]
fn every_line_on_stderr_is_json_when_logs_are() {
    let folder = tempfile::tempdir().expect("folder");
    write(folder.path(), "[moncash]\nenvironment = \"simulator\"\n");
    let out = payoutd(folder.path()).args(["doctor", "--log-format", "json"]).output().expect("run");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let lines: Vec<serde_json::Value> =
        text(&out.stderr).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().any(|line| line["file"] == "payoutd.toml"), "{lines:?}");
}

#[test]
fn the_doctor_never_shows_the_secret() {
    let folder = tempfile::tempdir().expect("folder");
    // Nothing listens there: the network of the test is this machine.
    write(folder.path(), "[moncash]\nclient_id = \"me\"\nbase_url = \"http://127.0.0.1:1/Api\"\n");
    let mut command = payoutd(folder.path());
    let out = command.args(["doctor", "--log", "trace"]).env("PAYOUTD_CLIENT_SECRET", "hunter2").output().expect("run");
    let all = text(&out.stdout) + &text(&out.stderr);
    assert!(all.contains("variable PAYOUTD_CLIENT_SECRET") && !all.contains("hunter2"), "{all}");
}

#[test]
fn completions_and_manual_name_every_command() {
    let folder = tempfile::tempdir().expect("folder");
    for args in [["completions", "bash"].as_slice(), &["completions", "zsh"], &["completions", "fish"], &["man"]] {
        let out = payoutd(folder.path()).args(args).output().expect("run");
        assert_eq!(out.status.code(), Some(0), "{args:?}");
        for command in ["demo", "reconcile", "resolve", "rebind", "moncash", "simulate"] {
            assert!(text(&out.stdout).contains(command), "{args:?} lacks {command}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page_of_its_own() {
    let folder = tempfile::tempdir().expect("folder");
    let out = payoutd(folder.path()).args(["man", "--to", "."]).output().expect("run");
    assert_eq!((out.status.code(), out.stdout.len()), (Some(0), 0));
    for (page, says) in [("payoutd", "demo"), ("payoutd-run", "simulator"), ("payoutd-moncash-balance", "balance")] {
        let page = std::fs::read_to_string(folder.path().join(format!("{page}.1"))).expect("a page");
        assert!(page.contains(".TH") && page.contains(says), "{page}");
    }
    let out = payoutd(folder.path()).args(["man", "--to", "nowhere"]).output().expect("run");
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("nowhere/payoutd.1 cannot be written"), "{}", text(&out.stderr));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_payoutd")).arg("man").stdout(Stdio::piped()).spawn().expect("start");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("end").code(), Some(0));
}
