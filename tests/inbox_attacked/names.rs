//! Names: any bytes that a filesystem takes, and names that are taken already everywhere.
//!
//! Must never: leave a name out because it is silly.

use super::house::{House, payroll};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;

fn bad_names() -> Vec<Vec<u8>> {
    let texts = [
        "a\nb.csv",
        "\n.csv",
        "tab\there.csv",
        "\u{1b}[2J\u{1b}]0;owned\u{7}.csv",
        "\u{9b}31m.csv",
        "\u{202e}vsc.exe.csv",
        "quote\".csv",
        "apostrophe'.csv",
        "$(reboot).csv",
        "`id`.csv",
        "%s%n.csv",
        "=cmd|' C calc'!A0.csv",
        "-rf.csv",
        "--help.csv",
        "..csv.csv",
        "..\\..\\x.csv",
        "%2e%2e%2fx.csv",
        " .csv",
        "x .csv",
        "\u{a0}.csv",
        "é.csv",
        "e\u{301}.csv",
        "JULY.CsV",
        "july.csv.csv",
        "july.B000001.csv",
        "july.B000001.report.csv",
        "july.errors.csv",
        "july.csv.errors.csv",
        "july.new.csv",
        "STATUS.txt.csv",
        "con.csv",
    ];
    let mut names: Vec<Vec<u8>> = texts.iter().map(|name| name.as_bytes().to_vec()).collect();
    names.push(b"\xff\xfe\x80.csv".to_vec());
    names.push(b"cut\xc3.csv".to_vec());
    names.push([vec![b'n'; 251], b".csv".to_vec()].concat());
    names.push([vec![b'n'; 250], b".CSV".to_vec()].concat());
    names.push([vec![b'.'; 1], "é".repeat(125).into_bytes(), b".csv".to_vec()].concat());
    names.push([vec![b'x'; 1], "é".repeat(125).into_bytes(), b".csv".to_vec()].concat());
    names
}

fn starts_hidden(name: &[u8]) -> bool {
    name.starts_with(b".") || name.starts_with(b"~")
}

#[test]
fn whatever_a_file_is_called_it_is_admitted_or_rejected_once_and_nothing_is_overwritten() {
    let mut house = House::build();
    let mut bytes = Vec::new();
    // Twice: a good file, then a bad one of the same name; then the good one's name once more.
    for (turn, ending) in ["", "BAD,x,y,z\n", ""].iter().enumerate() {
        for (number, name) in bad_names().iter().enumerate() {
            let text = format!("{}{ending}", payroll(&format!("T{turn}N{number}"), 1));
            house.drop_file(OsStr::from_bytes(name), &text);
            bytes.push((name.clone(), turn, text));
        }
        house.run();
        for name in bad_names().iter().filter(|name| starts_hidden(name)) {
            // Work in progress by its name: it lies where it lay. Out of the way for the next turn.
            let path = house.place("inbox").join(OsStr::from_bytes(name));
            fs::remove_file(path).unwrap();
        }
        assert!(house.names("inbox").is_empty() && house.names("processing").is_empty());
    }
    assert_eq!(house.troubles, Vec::<String>::new());
    let taken = bytes.iter().filter(|(name, _, _)| !starts_hidden(name));
    let mut count = 0;
    for (name, turn, text) in taken {
        assert_eq!(house.copies(text.as_bytes()), 1, "{:?} in turn {turn}", String::from_utf8_lossy(name));
        count += 1;
    }
    assert_eq!(house.batches().len(), count / 3 * 2);
    for folder in ["accepted", "rejected"] {
        assert!(house.names(folder).iter().all(|name| name.len() <= 255));
    }
    // Nothing escaped the folders.
    let mut outside: Vec<OsString> =
        fs::read_dir(house.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    outside.sort();
    assert_eq!(outside, ["batches", "state"]);
}

#[test]
fn what_the_ledger_and_status_keep_of_a_name_is_one_line_without_control_characters() {
    let mut house = House::build();
    for (number, name) in bad_names().iter().enumerate() {
        house.drop_file(OsStr::from_bytes(name), payroll(&format!("N{number}"), 1));
    }
    house.run();
    for batch in house.batches() {
        assert!(!batch.file.chars().any(char::is_control), "{:?}", batch.file);
    }
}

#[test]
fn unfinished_names_and_lock_files_wait() {
    let mut house = House::build();
    for name in
        [".july.csv", "~july.csv", "~$locked.csv", ".~lock.open.csv#", "july.csv.part", "july.csv~", "csv", ".csv"]
    {
        house.drop_file(name, payroll("WAIT", 1));
    }
    house.drop_file("locked.csv", payroll("LOCKED", 1));
    house.drop_file("open.csv", payroll("OPEN", 1));
    house.run();
    assert!(house.batches().is_empty());
    assert_eq!(house.names("inbox").len(), 10);
    fs::remove_file(house.place("inbox/~$locked.csv")).unwrap();
    fs::remove_file(house.place("inbox/.~lock.open.csv#")).unwrap();
    house.run();
    assert_eq!(house.batches().len(), 2);
}

/// Every name that the product will want is somebody else's already.
#[test]
fn names_that_are_taken_everywhere_get_a_date_and_what_had_them_stays() {
    let mut house = House::build();
    let theirs = [
        "processing/july.csv",
        "accepted/july.B000001.csv",
        "accepted/july.B000002.csv",
        "rejected/july.csv",
        "rejected/july.csv.errors.csv",
        "rejected/july.new.csv",
    ];
    let before: BTreeMap<&str, String> = theirs.iter().map(|name| (*name, format!("theirs: {name}"))).collect();
    house.run();
    for (name, text) in &before {
        // A folder's own file in one place, so that it is not taken for a leftover.
        fs::write(house.place(name), text).unwrap();
    }
    let first = payroll("PAY", 2);
    let bad = "reference,receiver,amount\nX,y,z\n";
    // Half of it is known: the rest is offered as july.new.csv.
    let half = format!("{}NEW-1,37007294,5.00,x\n", payroll("PAY", 2));
    for text in [first.as_str(), bad, half.as_str()] {
        house.drop_file("july.csv", text);
        house.run();
        assert_eq!(house.copies(text.as_bytes()), 1);
    }
    for (name, text) in &before {
        assert_eq!(fs::read_to_string(house.place(name)).unwrap(), *text, "{name}");
    }
    assert_eq!((house.batches().len(), house.names("accepted").len()), (1, 3));
    // Theirs: three; ours: two files, two errors files, one file of new rows.
    assert_eq!(house.names("rejected").len(), 8, "{:?}", house.names("rejected"));
}
