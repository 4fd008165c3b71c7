//! Names and contents that would like to be paths, and links that lie where the program writes.

use super::bank::Bank;
use super::gateway::Gateway;
use super::house::{House, said};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

const VICTIM: &str = "nobody may change this\n";

/// Everything below the house but where it may write, and what lies beside the house.
fn outside(house: &House) -> Vec<String> {
    let mut seen = Vec::new();
    for folder in [house.folder.path(), house.folder.path().parent().unwrap().join("payoutd-escape").as_path()] {
        seen.extend(names(folder));
    }
    seen
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn no_path_is_made_from_what_a_file_says_or_is_called() {
    let bank = Bank::default();
    let gateway = Gateway::plain(bank.script());
    let house = House::at(&gateway.base_url("http"));
    house.run(&["run", "--once"]).ends(0);
    let before = outside(&house);
    let header = "reference,receiver,amount,file_../../x,/etc/passwd,name\n";
    let hostile: [&[u8]; 9] = [
        b"-rf.csv",
        b"$(touch escaped).csv",
        b"`touch escaped`;touch escaped.csv",
        b"a\nb\r\x1b[2J.csv",
        b"..\\..\\escaped.csv",
        b"%2e%2e%2fescaped.csv",
        b"july.B000001.report.csv",
        b"..csv.B999999.csv",
        b"\xff\xfe/escaped.csv",
    ];
    for (n, name) in hostile.iter().filter(|name| !name.contains(&b'/')).enumerate() {
        let row = format!("{header}A{n}/../../../../x{n},3700{n}294,100.00,../../y,/tmp/z,../../../n\n");
        fs::write(house.path("batches/inbox").join(std::ffi::OsStr::from_bytes(name)), row).unwrap();
    }
    let said = house.run(&["run", "--once"]);
    assert!(bank.debits().values().all(|times| *times == 1) && !bank.debits().is_empty(), "{}", said.text);
    assert!(!said.text.contains('\u{1b}') && !said.text.contains('\r'), "a name steers the terminal: {}", said.text);
    house.run(&["explain", "A0/../../../../x0"]).ends(0);
    house.run(&["report", "../../../etc/passwd"]);
    house.run(&["cancel", "../../x", "--reason", "../../y"]);
    assert_eq!(outside(&house), before, "something was written outside of batches/ and state/");
    for folder in ["inbox", "processing", "accepted", "rejected", "reports"] {
        for entry in fs::read_dir(house.path("batches").join(folder)).unwrap().flatten() {
            assert!(entry.file_type().unwrap().is_file(), "{:?} is no file", entry.path());
        }
    }
}

/// The names of drafts can be foretold from the process's number: so many ahead.
const FORETOLD: usize = 60;

#[test]
fn a_link_where_it_writes_is_never_followed() {
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    house.write("batches/inbox/june.csv", "reference,receiver,amount\nPAY-1,37007294,100.00\n");
    house.run(&["run", "--once"]).ends(0);
    let victim = house.write("victim", VICTIM);
    house.write("batches/inbox/july.csv", "reference,receiver,amount\nPAY-2,37007294,100.50\n");
    house.write("batches/inbox/bad.csv", "reference,receiver,amount\nPAY-3,1x,1\n");
    let planted = [
        "batches/STATUS.txt",
        "batches/reports/june.B000001.report.csv",
        "batches/reports/june.B000001.summary.txt",
        "batches/rejected/bad.csv.errors.csv",
        "batches/rejected/bad.csv",
        "state/live.json",
    ];
    for name in planted {
        let _ = fs::remove_file(house.path(name));
        symlink(&victim, house.path(name)).unwrap();
    }
    // A shell plants links under the names that the program, which it becomes, will choose.
    let plant = format!(
        "ln -s \"$PWD/victim\" batches/inbox/.payoutd-$$-0.tmp; \
         for folder in batches batches/accepted batches/rejected batches/reports state; do n=0; while [ $n -lt {FORETOLD} ]; do \
         ln -s \"$PWD/victim\" $folder/.payoutd-$$-$n.tmp; n=$((n+1)); done; done; exec {} run --once",
        env!("CARGO_BIN_EXE_payoutd")
    );
    let ran = said(Command::new("sh").args(["-c", &plant]).current_dir(house.folder.path()));
    ran.ends(3).says("report=july.B000002.report.csv");
    house.run(&["report"]).ends(0);
    house.run(&["backup", "victim"]).ends(1);
    assert_eq!(fs::read_to_string(&victim).unwrap(), VICTIM, "{}", ran.text);
    for name in ["batches/STATUS.txt", planted[1], planted[2], "batches/reports/july.B000002.report.csv"] {
        assert!(fs::symlink_metadata(house.path(name)).unwrap().is_file(), "{name}: {}", ran.text);
    }
}

#[test]
fn a_ledger_or_a_mark_that_is_a_link_leads_nowhere() {
    let gateway = Gateway::plain(Bank::default().script());
    for name in ["high-water", "ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm"] {
        let house = House::at(&gateway.base_url("http"));
        let victim = house.write("victim", VICTIM);
        fs::create_dir(house.path("state")).unwrap();
        symlink(&victim, house.path("state").join(name)).unwrap();
        let said = house.run(&["run", "--once", "--for", "2s"]);
        assert_eq!(fs::read_to_string(&victim).unwrap(), VICTIM, "{name}: {}", said.text);
        assert!(!said.text.contains("panicked"), "{name}: {}", said.text);
    }
}
