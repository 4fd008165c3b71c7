//! What the machine gives: open files, and a tool that must not write to the ledger.

use super::house::{House, NOWHERE, said};
use std::process::Command;

#[test]
fn too_few_open_files_for_the_calls_under_way_are_told() {
    let house = House::at(NOWHERE);
    let said = house.doctor_under(&["sh", "-c", "ulimit -n 50; exec \"$@\"", "sh"], &["--offline"]);
    said.ends(1).finds("BAD", "files", &["may open 50 files", "max_in_flight = 64 needs 128", "LimitNOFILE="]);
}

#[test]
fn an_old_sqlite_tool_is_told_and_a_new_one_is_not() {
    let house = House::at(NOWHERE);
    let with = |version: &str| {
        // Written by a shell: a file that a sister of this test keeps open for writing cannot be started.
        let line = format!("printf '#!/bin/sh\\necho {version} 2022-12-28 df5c253c\\n' >sqlite3 && chmod 755 sqlite3");
        let made = Command::new("sh").args(["-c", &line]).current_dir(house.path("")).status();
        assert!(made.unwrap().success());
        let mut command = house.command(&[], &["--offline"]);
        said(command.env("PATH", format!("{}:/usr/bin:/bin", house.path("").display())))
    };
    let told = with("3.40.1");
    told.ends(0).finds("warning", "sqlite", &["/sqlite3 is SQLite 3.40.1", "before 3.51.3", "payoutd backup "]);
    with("3.51.3").ends(0).never_says("warning  sqlite");
}
