//! The built daemon while its folders are taken away under it, and as a user that may not read or
//! move everything.
//!
//! Must never: wait without an end, or need root; what needs it is left out and says so.

use super::process::{House, payroll};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use support::left_out;

/// Nobody's user and group on Linux.
const NOBODY: u32 = 65_534;

fn status(house: &House) -> String {
    fs::read_to_string(house.path("batches/STATUS.txt")).unwrap_or_default()
}

#[test]
fn an_inbox_that_is_replaced_or_linked_elsewhere_is_told_and_taken_up_again_when_it_is_back() {
    // The same people are paid again and again.
    let house = House::new(&[], "[safety]\npaid_already_within = \"\"\n");
    let daemon = house.start();
    let (inbox, away) = (house.path("batches/inbox"), house.path("away"));
    fs::create_dir(house.path("elsewhere")).unwrap();
    let replacements: [(&str, &dyn Fn()); 2] = [
        ("replaced", &|| fs::create_dir(&inbox).unwrap()),
        ("linked", &|| symlink(house.path("elsewhere"), &inbox).unwrap()),
    ];
    for (number, (what, replace)) in replacements.iter().enumerate() {
        fs::rename(&inbox, &away).unwrap();
        replace();
        if inbox.exists() {
            house.drop_payroll("lost.csv", "LOST", 1);
        }
        house.wait_until(what, || status(&house).contains("was removed or replaced while payoutd runs"));
        assert_eq!(house.run("status --json").ends(0).code, 0, "it lives");
        if inbox.is_symlink() {
            fs::remove_file(&inbox).unwrap();
        } else if inbox.exists() {
            assert!(inbox.join("lost.csv").exists(), "{what}: what nobody takes lies where it lay");
            fs::remove_dir_all(&inbox).unwrap();
        }
        fs::rename(&away, &inbox).unwrap();
        house.drop_payroll(&format!("{number}.csv"), &format!("PAY-{number}"), 2);
        house.wait_until("the next file is taken", || house.state_of(number + 1) == "complete");
    }
    assert!(house.path("elsewhere/lost.csv").exists(), "no link was followed");
    assert_eq!(daemon.stop(), 0);
}

/// The program as another user: what it may not read or move is told, and the others go on.
#[test]
fn files_of_other_users_and_folders_that_are_read_only_are_told_and_stop_nobody() {
    if !rustix::process::geteuid().is_root() {
        return left_out("files of another user in the inbox", "only root can drop them");
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("payoutd");
    fs::copy(env!("CARGO_BIN_EXE_payoutd"), &program).unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let text = "[moncash]\nenvironment = \"simulator\"\n[engine]\ntransfers_per_second = 500\nqueries_per_second = 1000\n\
                [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n[safety]\nmin_free = \"1MB\"\n[balance]\npoll = \"1s\"\n\
                balance_lag = \"100ms\"\n";
    fs::write(folder.path().join("payoutd.toml"), text).unwrap();
    let inbox = folder.path().join("batches/inbox");
    fs::create_dir_all(&inbox).unwrap();
    for path in ["", "batches", "batches/inbox"] {
        chown(folder.path().join(path), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let run = || {
        let mut command = Command::new(&program);
        command
            .args(["run", "--simulator", "--once", "--for", "60s"])
            .current_dir(folder.path())
            .uid(NOBODY)
            .gid(NOBODY);
        command.env_remove("PAYOUTD_CONFIG").stdin(Stdio::null()).output()
    };
    let place = |name: &str, mode: u32, text: &str| {
        let path = inbox.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
    };
    place("secret.csv", 0o600, &payroll("SECRET", 1));
    place("forbidden.csv", 0o000, &payroll("FORBIDDEN", 1));
    place("readable.csv", 0o644, &payroll("READABLE", 2));
    let Ok(out) = run() else {
        return left_out("files of another user in the inbox", "nobody may not run the program here");
    };
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(0), "{said}");
    let told = |name: &str| fs::read_to_string(folder.path().join("batches").join(name)).unwrap_or_default();
    let status = told("STATUS.txt");
    for name in ["secret.csv", "forbidden.csv"] {
        assert!(status.contains(&format!("{name}: is closed to payoutd")), "{status}");
        assert!(inbox.join(name).exists());
    }
    assert!(told("reports/readable.B000001.summary.txt").contains("SIMULATION"), "{said}");

    // The inbox's own folder may not be changed: nothing can be moved out of it.
    place("stays.csv", 0o644, &payroll("STAYS", 1));
    fs::set_permissions(&inbox, PermissionsExt::from_mode(0o555)).unwrap();
    chown(&inbox, Some(0), Some(0)).unwrap();
    let out = run().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_ne!(out.status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(Path::new(&inbox.join("stays.csv")).exists());
}
