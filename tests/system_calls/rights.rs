//! Folders that payoutd may not use. As root nothing is forbidden, so there the program runs as nobody.
//!
//! Must never: change the rights of anything outside of the house.

use super::gateway::Gateway;
use super::house::{House, PROGRAM, USUAL, payroll};
use super::judge;
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;
use std::time::Duration;
use support::left_out;

const PATIENCE: Duration = Duration::from_secs(60);
/// Debian's nobody.
const NOBODY: u32 = 65_534;

/// The words before a program that may not do everything; `None`, and says so, where that cannot be.
fn unprivileged(house: &House) -> Option<Vec<String>> {
    if !rustix::process::geteuid().is_root() {
        return Some(Vec::new());
    }
    // The build folder may be closed to nobody: a copy lies in the house.
    fs::copy(PROGRAM, house.real("payoutd")).unwrap();
    give_away(house.real("").as_path());
    let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    let mut words = vec!["setpriv".to_string()];
    words.extend(ids);
    words.extend(["--clear-groups", "sh", "-c", "exec ./payoutd \"$@\""].map(str::to_string));
    let tried =
        Command::new(&words[0]).args(&words[1..]).args([PROGRAM, "--version"]).current_dir(house.real("")).output();
    match tried {
        Ok(out) if out.status.success() => Some(words),
        other => {
            left_out("folders without rights", &format!("setpriv cannot be used here ({other:?})"));
            None
        }
    }
}

fn give_away(folder: &std::path::Path) {
    chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            give_away(&entry.path());
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}

fn set_rights(house: &House, name: &str, mode: u32) {
    fs::set_permissions(house.at(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn folders_without_rights_are_named_and_nothing_is_sent() {
    for (folder, mode) in [("state", 0o500), ("state", 0o000), ("batches/inbox", 0o000), ("batches", 0o500)] {
        let gateway = Gateway::open();
        let mut house = House::build(&gateway.base_url(), USUAL);
        fs::create_dir(house.at("state")).unwrap();
        house.drop_file("july.csv", &payroll(&["R-1", "R-2"]));
        let Some(words) = unprivileged(&house) else { return };
        set_rights(&house, folder, mode);
        let ended = house.run(&words, &["run", "--once"], PATIENCE);
        assert_eq!(ended.code, Some(1), "{folder} {mode:o}: {}", ended.last_words());
        let message = &ended.err[ended.err.find("payoutd: ").unwrap_or(0)..];
        assert!(message.contains(&format!("/{folder}")) && message.contains("ermission denied"), "{message}");
        assert!(
            message.contains("check ") && message.contains("owner") && message.contains("start again"),
            "{message}"
        );
        assert!(gateway.books().transfers.is_empty());
        set_rights(&house, folder, 0o700);
        let ended = house.run(&words, &["run", "--once"], PATIENCE);
        assert_eq!(ended.code, Some(0), "{}", ended.last_words());
        assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
    }
}

#[test]
fn an_inbox_that_is_closed_for_a_while_stops_no_payment_and_loses_no_file() {
    let gateway = Gateway::open();
    let mut house = House::build(&gateway.base_url(), USUAL);
    house.drop_file("july.csv", &payroll(&["R-1", "R-2-SLOW"]));
    let Some(words) = unprivileged(&house) else { return };
    let child = house.command(&words, &["run"]).spawn().unwrap();
    let mut life = house.life(child);
    gateway.wait_for("the slow one is debited", |books| books.debits.contains_key("R-2-SLOW"));
    // A folder that is open stays open: what is forbidden is to rename what lies in it. Who is not root
    // cannot drop into a closed inbox, and closes the folder that files are taken into.
    let closed = if words.is_empty() { "batches/processing" } else { "batches/inbox" };
    set_rights(&house, closed, 0o000);
    house.drop_file("august.csv", &super::house::payroll_from(3, &["R-3"]));
    life.wait_for_words("the inbox gives trouble");
    gateway.change(|books| books.released = true);
    life.wait_for_words("batch complete");
    set_rights(&house, closed, 0o700);
    gateway.wait_for("the file that waited is paid", |books| books.debits.contains_key("R-3"));
    life.signal(Signal::TERM);
    let ended = life.end_within(PATIENCE);
    assert_eq!(ended.code, Some(0), "{}", ended.last_words());
    assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
}
