//! The modes of everything the program makes, whatever the umask, and what it says of folders that are
//! more open than they should be.

use super::bank::Bank;
use super::gateway::Gateway;
use super::house::{House, said};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::left_out;

const NOBODY: u32 = 65_534;

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Everything below a folder, itself too.
fn all(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = vec![folder.clone()];
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        if entry.path().is_dir() { found.extend(all(entry.path())) } else { found.push(entry.path()) }
    }
    found
}

#[test]
fn what_it_makes_is_closed_to_others_whatever_the_umask() {
    let gateway = Gateway::plain(Bank::default().script());
    for (umask, folder, file) in [("000", 0o700, 0o640), ("022", 0o700, 0o640), ("077", 0o700, 0o600)] {
        let house = House::at(&gateway.base_url("http"));
        fs::remove_dir_all(house.path("batches")).unwrap();
        let under = |args: &str| {
            let mut command = Command::new("sh");
            let line = format!("umask {umask}; exec {} --log error {args}", env!("CARGO_BIN_EXE_payoutd"));
            said(command.args(["-c", &line]).current_dir(house.folder.path()))
        };
        under("run --once").ends(0);
        house.write("batches/inbox/july.csv", "reference,receiver,amount\nPAY-1,37007294,100.00\n");
        house.write("batches/inbox/bad.csv", "reference,receiver,amount\nPAY-1,1,100.00\n");
        under("run --once").ends(3);
        under("backup copy.sqlite3").ends(0);
        assert!(matches!(under("reconcile").code, 0 | 3));
        assert_eq!(mode_of(&house.path("copy.sqlite3")), 0o600, "a backup");
        for path in all(house.path("state")) {
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode_of(&path), wanted, "umask {umask}: {}", path.display());
        }
        let dropped = |path: &Path| path.ends_with("july.B000001.csv") || path.ends_with("bad.csv");
        for path in all(house.path("batches")).iter().filter(|path| !dropped(path)) {
            let wanted = if path.is_dir() { folder } else { file };
            assert_eq!(mode_of(path), wanted, "umask {umask}: {}", path.display());
        }
    }
}

#[test]
fn a_state_folder_that_is_open_is_told_and_one_that_anybody_may_write_is_refused() {
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    house.run(&["run", "--once"]).ends(0);
    for open in [0o755, 0o750, 0o770] {
        fs::set_permissions(house.path("state"), Permissions::from_mode(open)).unwrap();
        house.run(&["run", "--once"]).ends(0).says("run  chmod 700 ");
        house.run(&["doctor", "--offline"]).says("warning  state: ").says("run  chmod 700 ");
    }
    for writable in [0o777, 0o703, 0o1777] {
        fs::set_permissions(house.path("state"), Permissions::from_mode(writable)).unwrap();
        house.run(&["run", "--once"]).ends(2).says("run  chmod 700 ").says("anybody could put another ledger");
        house.run(&["doctor", "--offline"]).says("BAD      state: ");
        house.run(&["pause", "--reason", "x"]).ends(2).says("run  chmod 700 ");
    }
    fs::set_permissions(house.path("state"), Permissions::from_mode(0o700)).unwrap();
    let quiet = house.run(&["run", "--once"]);
    assert!(!quiet.ends(0).text.contains("chmod"), "{}", quiet.text);
    if !rustix::process::geteuid().is_root() {
        return left_out("a state folder of another user", "only root can give a folder to one");
    }
    chown(house.path("state"), Some(NOBODY), None).unwrap();
    house.run(&["run", "--once"]).says("belongs to user 65534");
    house.run(&["doctor", "--offline"]).says("warning  state: ").says("belongs to user 65534");
}
