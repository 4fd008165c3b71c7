//! The running process: what its core dump, its entries in /proc and its command line show.
//!
//! Must never: say that a core dump is impossible where the machine would not have made one anyway.

use super::bank::Bank;
use super::canary::{self, SECRET};
use super::gateway::Gateway;
use super::house::{House, Running, wait_until};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::Command;
use support::left_out;

/// A user that is nobody in particular, for tests that root runs.
const NOBODY: u32 = 65_534;

/// A daemon that holds a token, and the secret in its environment too.
fn at_work(house: &House, mut command: Command) -> Running {
    std::fs::remove_file(house.path("secret")).unwrap();
    let text = std::fs::read_to_string(house.path("payoutd.toml")).unwrap();
    house.write("payoutd.toml", &text.replace("client_secret_file = \"secret\"\n", ""));
    house.write("batches/inbox/july.csv", "reference,receiver,amount\nPAY-1,37007294,100.00\n");
    command.env("PAYOUTD_CLIENT_SECRET", SECRET);
    let running = house.start(command, "daemon.log");
    let report = house.path("batches/reports/july.B000001.summary.txt");
    wait_until("it has paid", || std::fs::read_to_string(&report).is_ok_and(|text| text.contains("\nFINAL")));
    running
}

fn core_dumped(folder: &Path, program: &mut Command, signal_it: impl FnOnce(&mut std::process::Child)) -> bool {
    let mut child = program.current_dir(folder).spawn().unwrap();
    signal_it(&mut child);
    child.wait().unwrap().core_dumped()
}

#[test]
fn a_crash_leaves_no_core_dump_even_where_the_limits_allow_one() {
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    // The control: a shell with the same limits does leave one, or nothing would be shown.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -c unlimited; kill -ABRT $$"]);
    if !core_dumped(house.folder.path(), &mut shell, |_| {}) {
        left_out(
            "a core dump as the control",
            "this machine makes none (core_pattern, limits); payoutd's limit is checked",
        );
    }
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_payoutd"), "run"]);
    command.current_dir(house.folder.path());
    let before = names(house.folder.path());
    let mut running = at_work(&house, command);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.0.id())).unwrap_or_default();
    let core: Vec<&str> = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
    let pid = rustix::process::Pid::from_child(&running.0);
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).unwrap();
    let end = running.0.wait().unwrap();
    assert_eq!(end.signal(), Some(6));
    assert!(!end.core_dumped());
    let new: Vec<String> = names(house.folder.path()).into_iter().filter(|name| !before.contains(name)).collect();
    assert!(!new.iter().any(|name| name.starts_with("core")), "{new:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn its_command_line_and_name_show_nothing() {
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    let running = at_work(&house, house.command(&["run"]));
    for entry in ["cmdline", "comm", "status", "stat"] {
        let shown = std::fs::read(format!("/proc/{}/{entry}", running.0.id())).unwrap();
        assert_eq!(canary::find(&shown), Vec::<String>::new(), "{entry}");
    }
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", running.0.id())).unwrap_or_default();
    assert_eq!(children.trim(), "", "it starts no other program, so none inherits its environment");
}

/// The secret must live in the memory of a daemon that uses it; another program of the same user, taken
/// over or merely curious, must not get at it there.
#[test]
fn another_program_of_the_same_user_cannot_look_into_it() {
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    let root = rustix::process::geteuid().is_root();
    let user = |command: &mut Command| {
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
    };
    let mut command = house.command(&["run"]);
    if root {
        // The program itself may lie where nobody may go.
        std::fs::copy(env!("CARGO_BIN_EXE_payoutd"), house.path("payoutd")).unwrap();
        command = Command::new(house.path("payoutd"));
        command.arg("run").current_dir(house.folder.path());
        give_to_nobody(house.folder.path());
    }
    user(&mut command);
    let running = at_work(&house, command);
    let look = |pid: u32, entry: &str| {
        let mut cat = Command::new("cat");
        cat.arg(format!("/proc/{pid}/{entry}"));
        user(&mut cat);
        cat.output().unwrap()
    };
    // The control: any other program of that user can be looked into.
    let mut sleep = Command::new("sleep");
    sleep.arg("1000").env("OPEN", "yes");
    user(&mut sleep);
    let open = Running(sleep.spawn().unwrap());
    wait_until("a program that is open is seen", || {
        String::from_utf8_lossy(&look(open.0.id(), "environ").stdout).contains("OPEN=yes")
    });
    for entry in ["environ", "mem", "maps", "auxv", "stack"] {
        let seen = look(running.0.id(), entry);
        assert!(!seen.status.success() && seen.stdout.is_empty(), "{entry} can be read");
    }
}

fn give_to_nobody(folder: &Path) {
    std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        std::os::unix::fs::chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        if entry.path().is_dir() {
            give_to_nobody(&entry.path());
        }
    }
}
