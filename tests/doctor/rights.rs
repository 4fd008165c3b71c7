//! Folders that the wrong people may write to, or that payoutd may not.

use super::house::{House, NOBODY, NOWHERE};
use std::os::unix::fs::chown;
use support::left_out;

/// A group of nobody's here; the tests give it to folders.
const FINANCE: u32 = 41_001;
const APPROVE: u32 = 41_002;

fn offline(house: &House) -> Option<super::house::Said> {
    let words = house.as_nobody()?;
    Some(house.doctor_under(&words, &["--offline"]))
}

#[test]
fn folders_that_payoutd_may_not_use_are_named_with_the_command() {
    for name in ["inbox", "approvals", "reports"] {
        let house = House::at(NOWHERE);
        house.set_mode(&format!("batches/{name}"), 0o500);
        let Some(said) = offline(&house) else { return };
        let path = format!("batches/{name}");
        said.ends(1).finds("BAD", name, &[&path, "may not be read and written", "mode 0500", "mend: chown ", "chmod "]);
        house.set_mode(&path, 0o700);
    }
    let house = House::at(NOWHERE);
    house.set_mode("state", 0o500);
    let Some(said) = offline(&house) else { return };
    said.ends(1).finds("BAD", "state", &["may not be written by this user", "mend: chown "]);
}

#[test]
fn a_notification_that_would_reach_nobody_is_bad() {
    let house = House::at(NOWHERE);
    let notify = |line: &str| house.configure("sandbox", NOWHERE, "client_id", &format!("[notify]\n{line}\n"));
    notify("command = [\"/nowhere/tell\"]");
    house.doctor(&["--offline"]).ends(1).finds(
        "BAD",
        "notify",
        &["/nowhere/tell could not be started", "notify --test"],
    );
    std::fs::write(house.path("tell"), "#!/bin/sh\n").unwrap();
    house.set_mode("tell", 0o777);
    notify(&format!("command = [\"{}\"]", house.path("tell").display()));
    house.doctor(&["--offline"]).ends(1).finds("BAD", "notify", &["anybody may write to it"]);
    house.set_mode("tell", 0o600);
    house.doctor(&["--offline"]).ends(1).finds("BAD", "notify", &["nobody may run it"]);
    house.set_mode("tell", 0o700);
    house.doctor(&["--offline"]).finds("good", "notify", &["somebody is told"]);
    notify("webhook = \"https://h.example/\"\nwebhook_secret_file = \"key\"");
    std::fs::write(house.path("key"), "k\n").unwrap();
    house.set_mode("key", 0o666);
    house.doctor(&["--offline"]).ends(1).finds("BAD", "notify", &["webhook_secret_file", "chmod 600"]);
}

#[test]
fn folders_that_everybody_may_write_to_are_bad() {
    for (name, harm) in [
        ("inbox", "may lay payrolls there"),
        ("approvals", "may approve and give orders"),
        ("orders", "may approve and give orders"),
        ("accepted", "may change what was paid"),
        ("reports", "may change what was paid"),
    ] {
        let house = House::at(NOWHERE);
        house.set_mode(&format!("batches/{name}"), 0o1777);
        let said = house.doctor(&["--offline"]);
        said.ends(1).finds("BAD", name, &["written by everybody (mode 1777)", harm, "mend: chown ", "chmod "]);
    }
    let house = House::at(NOWHERE);
    house.set_mode("batches", 0o755);
    house.doctor(&["--offline"]).finds("warning", "batches", &["open to every user", "mend: chmod o= "]);
    house.set_mode("batches", 0o700);
    house.set_mode("state", 0o755);
    house.doctor(&["--offline"]).finds("warning", "state", &["open to other users", "chmod 700"]);
    house.set_mode("state", 0o777);
    house.doctor(&["--offline"]).ends(1).finds("BAD", "state", &["written by anybody", "chmod 700"]);
}

#[test]
fn the_packages_model_is_good_and_who_drops_must_not_approve() {
    if !rustix::process::geteuid().is_root() {
        return left_out("groups", "only root can give a folder to a group that it is not in");
    }
    let house = House::at(NOWHERE);
    let give = |group, mode, names: &[&str]| {
        for name in names {
            house.give_group(&format!("batches/{name}"), group);
            house.set_mode(&format!("batches/{name}"), mode);
        }
    };
    house.give_group("batches", FINANCE);
    house.set_mode("batches", 0o2750);
    give(FINANCE, 0o3770, &["inbox", "check"]);
    give(APPROVE, 0o3770, &["approvals", "orders"]);
    give(FINANCE, 0o2750, &["accepted", "rejected", "reports"]);
    house.doctor(&["--offline"]).ends(0).never_says("BAD");

    give(FINANCE, 0o3770, &["approvals"]);
    let said = house.doctor(&["--offline"]);
    said.ends(1).finds(
        "BAD",
        "approvals",
        &["group 41001", "drops files into the inbox", "approve it himself", "payoutd-approve"],
    );
    give(APPROVE, 0o3770, &["approvals"]);

    give(FINANCE, 0o2770, &["reports"]);
    house.doctor(&["--offline"]).ends(0).finds("warning", "reports", &["written by group 41001", "chmod 2750"]);
    give(FINANCE, 0o2770, &["inbox"]);
    house.doctor(&["--offline"]).finds("warning", "inbox", &["may exchange the files of others", "mend: chmod +t"]);
    give(FINANCE, 0o1770, &["inbox"]);
    house.doctor(&["--offline"]).finds("warning", "inbox", &["does not pass on its group", "mend: chmod g+s"]);

    give(FINANCE, 0o3770, &["inbox"]);
    chown(house.path("batches/inbox"), Some(NOBODY), None).unwrap();
    house.doctor(&["--offline"]).ends(1).finds("BAD", "inbox", &["sticky and belongs to", "cannot take files"]);
}

#[test]
fn a_file_that_payoutd_cannot_read_is_named() {
    let house = House::at(NOWHERE);
    let Some(words) = house.as_nobody() else { return };
    std::fs::write(house.path("batches/inbox/july.csv"), "reference,receiver,amount\n").unwrap();
    house.set_mode("batches/inbox/july.csv", 0o000);
    let said = house.doctor_under(&words, &["--offline"]);
    said.ends(1).finds("BAD", "inbox", &["1 file cannot be read", "july.csv", "mend: chmod g+r "]);
}

#[test]
fn what_a_command_as_root_left_behind_is_told() {
    if !rustix::process::geteuid().is_root() {
        return left_out("files of another user", "only root can make them");
    }
    let house = House::at(NOWHERE);
    let Some(words) = house.as_nobody() else { return };
    std::fs::write(house.path("state/high-water"), "").unwrap();
    let said = house.doctor_under(&words, &["--offline"]);
    said.ends(1).finds("BAD", "state", &["high-water (root)", "do not belong to", "chown -R 65534 "]);
    let said = house.doctor(&["--offline"]);
    said.finds("warning", "rights", &["this is root", "runuser -u "]);
}

#[test]
fn a_command_of_the_wrong_user_says_whose_command_it_is() {
    if !rustix::process::geteuid().is_root() {
        return left_out("a ledger of another user", "only root can make one");
    }
    let house = House::at(NOWHERE);
    let Some(words) = house.as_nobody() else { return };
    chown(house.path("state"), Some(0), Some(0)).unwrap();
    let said = house.run_under(&words, &["status"]);
    said.ends(1).says("payoutd: this ran as user nobody, and the ledger belongs to root: run it as that user");
    said.says("because: ").says("ermission denied").says("see: RUNBOOK.md#ledger-disk");
    house.run_under(&[], &["status"]).ends(0).never_says("this ran as user");
}

#[test]
fn a_file_in_a_folders_place_is_told_as_one() {
    let house = House::at(NOWHERE);
    std::fs::remove_dir(house.path("state")).unwrap();
    std::fs::write(house.path("state"), "").unwrap();
    house.doctor(&["--offline"]).ends(1).finds("BAD", "state", &["is not a folder", "[folders] state"]);
    house.run_under(&[], &["run", "--once"]).ends(1).says("/state is a file: move it away, or correct [folders] state");
    let house = House::at(NOWHERE);
    std::fs::remove_dir_all(house.path("batches")).unwrap();
    std::fs::write(house.path("batches"), "").unwrap();
    let said = house.run_under(&[], &["run", "--once"]);
    said.ends(1).says("/batches is not a folder: move it away").says("see: RUNBOOK.md#file-not-folder");
}
