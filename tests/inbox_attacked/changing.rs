//! Files that change while they are taken, read, read again and put away.
//!
//! Must never: strike at a favourite moment only.

use super::house::{House, payroll, wait_for_a_tick};
use payoutd::intake::admit::Took;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// More rows than one slice holds, so that there are moments within each reading.
const ROWS: u32 = 2_300;

/// What somebody does who kept the file open, or may write into the folders.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Strike {
    Append,
    AppendHalfRow,
    Truncate,
    Empty,
    /// Another amount in its last row, nothing else.
    Rewrite,
    /// The same, and the time of modification is set back.
    RewriteAndSetBack,
    /// Written through a mapping's like: at one place, the first row.
    RewriteFirst,
    SecondName,
    Replace,
    ReplaceByLink,
    Delete,
    Forbid,
}

const ALL: [Strike; 12] = [
    Strike::Append,
    Strike::AppendHalfRow,
    Strike::Truncate,
    Strike::Empty,
    Strike::Rewrite,
    Strike::RewriteAndSetBack,
    Strike::RewriteFirst,
    Strike::SecondName,
    Strike::Replace,
    Strike::ReplaceByLink,
    Strike::Delete,
    Strike::Forbid,
];

/// What the file holds afterwards.
fn struck(strike: Strike, text: &str) -> String {
    let changed_last = format!("{}9.99,x\n", &text[..text.len() - "9.99,x\n".len()]);
    match strike {
        Strike::Append => format!("{text}LATE-1,37007294,5.00,x\n"),
        Strike::AppendHalfRow => format!("{text}LATE-1,370072"),
        Strike::Truncate => text[..text.len() / 2].to_string(),
        Strike::Empty => String::new(),
        Strike::Rewrite | Strike::RewriteAndSetBack => changed_last,
        Strike::RewriteFirst => text.replacen(",30000001,", ",39999999,", 1),
        Strike::Replace => payroll("OTHER", 3),
        _ => text.to_string(),
    }
}

fn hit(strike: Strike, path: &Path, open: &File, text: &str, elsewhere: &Path) {
    let mut open = open;
    let before = open.metadata().unwrap().modified().unwrap();
    let mut write = |at: SeekFrom, bytes: &[u8]| {
        open.seek(at).unwrap();
        open.write_all(bytes).unwrap();
    };
    let after = struck(strike, text);
    match strike {
        Strike::Append | Strike::AppendHalfRow => write(SeekFrom::End(0), &after.as_bytes()[text.len()..]),
        Strike::Rewrite | Strike::RewriteFirst => write(SeekFrom::Start(0), after.as_bytes()),
        Strike::RewriteAndSetBack => {
            write(SeekFrom::Start(0), after.as_bytes());
            open.set_modified(before).unwrap();
        }
        Strike::Truncate | Strike::Empty => open.set_len(after.len() as u64).unwrap(),
        Strike::SecondName => fs::hard_link(path, elsewhere).unwrap(),
        Strike::Replace => {
            fs::write(elsewhere, &after).unwrap();
            fs::rename(elsewhere, path).unwrap();
        }
        Strike::ReplaceByLink => {
            fs::rename(path, elsewhere).unwrap();
            std::os::unix::fs::symlink(elsewhere, path).unwrap();
        }
        Strike::Delete => fs::remove_file(path).unwrap(),
        Strike::Forbid => {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o0)).unwrap();
        }
    }
}

/// References and centimes of a payroll's text, by nobody's reader but this.
fn orders(text: &str) -> Vec<(String, i64)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_string(), cells[2].replace('.', "").parse().unwrap())
    };
    text.lines().skip(1).map(row).collect()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// One strike before one slice. False when the file was put away before that slice came.
fn strike_at(strike: Strike, at: usize) -> bool {
    let what = format!("{strike:?} before slice {at}");
    let mut house = House::build();
    let text = payroll("PAY", ROWS);
    let dropped = house.drop_file("july.csv", &text);
    house.drop_file("other.csv", payroll("FINE", 2));
    let open = OpenOptions::new().read(true).write(true).open(&dropped).unwrap();
    let elsewhere = house.folder.path().join("elsewhere");
    let mut was_hit = false;
    house.run_struck(|house, slice| {
        let lies = ["inbox", "processing"].map(|folder| house.place(folder).join("july.csv"));
        if let Some(path) = lies.iter().find(|path| path.exists()).filter(|_| slice == at) {
            wait_for_a_tick(path);
            hit(strike, path, &open, &text, &elsewhere);
            was_hit = true;
        }
    });
    let batches = house.batches();
    assert!(batches.iter().any(|batch| batch.file == "other.csv"), "{what}: the other file goes on");
    // Whatever was admitted is one of the two contents whole, by its rows and by its digest.
    for batch in batches.iter().filter(|batch| batch.file != "other.csv") {
        let rows: Vec<_> =
            house.rows(batch).iter().map(|row| (row.reference.to_string(), row.amount.centimes())).collect();
        let versions = [text.clone(), struck(strike, &text)];
        let version = versions.iter().find(|version| sha256(version.as_bytes()) == batch.sha256);
        let version = version.unwrap_or_else(|| panic!("{what}: a digest of neither content"));
        assert_eq!(rows, orders(version), "{what}");
        let kept: Vec<_> =
            house.names("accepted").into_iter().filter(|name| name.as_encoded_bytes().starts_with(b"july.")).collect();
        if strike == Strike::Delete && kept.is_empty() {
            continue;
        }
        let [kept] = kept.as_slice() else { panic!("{what}: {kept:?}") };
        let bytes = fs::read(house.place("accepted").join(kept)).unwrap();
        assert_eq!(sha256(&bytes), batch.sha256, "{what}: what lies in accepted/ is what was admitted");
    }
    let july = batches.iter().filter(|batch| batch.file != "other.csv").count();
    assert!(july <= 1, "{what}");
    // Rejected: beside its errors file, and nobody is paid from it.
    let rejected = house.names("rejected");
    let errors = rejected.iter().filter(|name| name.as_encoded_bytes().ends_with(b".errors.csv")).count();
    assert_eq!(rejected.len(), errors * 2, "{what}: {rejected:?}");
    assert!(house.place("rejected").join("other.csv").symlink_metadata().is_err());
    let all = ["inbox", "processing", "accepted", "rejected"].map(|folder| house.names(folder));
    let found = all.iter().flatten().filter(|name| {
        let name = name.as_encoded_bytes();
        name.starts_with(b"july") && !name.ends_with(b".errors.csv") && !name.ends_with(b".new.csv")
    });
    let expected = usize::from(strike != Strike::Delete || !was_hit || july == 1 && found.clone().count() == 1);
    assert_eq!(found.count(), expected, "{what}: in exactly one place: {all:?}");
    was_hit
}

#[test]
fn whenever_a_file_changes_one_whole_content_is_admitted_or_none() {
    // One moment in four for each, every moment by some of them; `PAYOUTD_INBOX_STRIKES=all`: all.
    let step = if std::env::var_os("PAYOUTD_INBOX_STRIKES").is_some() { 1 } else { 4 };
    let mut struck = 0;
    for (number, strike) in ALL.into_iter().enumerate() {
        let mut at = number % step;
        while strike_at(strike, at) {
            struck += 1;
            at += step;
        }
        assert!(at > 6, "{strike:?}: struck in the inbox and in both readings, until slice {at}");
    }
    println!("{struck} strikes");
}

#[test]
fn a_file_is_not_claimed_when_its_content_changed_in_place_and_its_time_was_set_back() {
    let mut house = House::build();
    let text = payroll("PAY", 2);
    let path = house.drop_file("july.csv", &text);
    house.slice();
    house.seconds += 10;
    let open = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    wait_for_a_tick(&path);
    hit(Strike::RewriteAndSetBack, &path, &open, &text, Path::new(""));
    assert!(!matches!(house.slice(), Took::Admitted(_)));
    assert!(house.names("processing").is_empty(), "it waits anew");
    house.run();
    assert_eq!(house.batches()[0].sha256, sha256(&fs::read(house.place("accepted/july.B000001.csv")).unwrap()));
}

#[test]
fn a_file_that_grows_for_ever_is_never_taken_and_stops_nobody() {
    let mut house = House::build();
    let path = house.drop_file("growing.csv", payroll("GROW", 1));
    house.drop_file("other.csv", payroll("FINE", 2));
    for _ in 0..30 {
        while house.slice() == Took::More {}
        house.seconds += 9;
        let mut open = OpenOptions::new().append(true).open(&path).unwrap();
        wait_for_a_tick(&path);
        open.write_all(b"MORE,37007294,1.00,x\n").unwrap();
    }
    assert!(path.exists() && house.names("processing").is_empty());
    assert_eq!(house.batches().len(), 1, "the other one was");
}

#[test]
fn half_a_file_that_stood_still_is_refused_and_the_whole_one_is_taken_later() {
    let mut house = House::build();
    let text = payroll("PAY", 40);
    house.drop_file("july.csv", &text[..text.len() - 9]);
    house.run();
    assert_eq!(house.codes("july.csv").first().map(String::as_str), Some("cells_missing"));
    assert!(house.batches().is_empty());
    house.drop_file("july.csv", &text);
    house.run();
    assert_eq!(house.batches()[0].rows, 40);
    assert_eq!(house.copies(text.as_bytes()), 1);
}

#[test]
fn the_same_file_twice_pays_once_whatever_it_is_called() {
    let mut house = House::build();
    let text = payroll("PAY", 5);
    house.drop_file("a.csv", &text);
    house.drop_file("b.csv", &text);
    house.run();
    house.drop_file("a.csv", &text);
    house.run();
    assert_eq!(house.batches().len(), 1);
    assert_eq!(house.copies(text.as_bytes()), 3, "each in one place");
    for name in ["a.csv", "b.csv"] {
        let codes = house.codes(name);
        assert!(codes.contains(&"file_known".to_string()), "{name}: {codes:?}");
        assert_eq!(codes.iter().filter(|code| *code == "reference_known").count(), 5);
    }
}

#[test]
fn one_reference_in_two_files_dropped_at_once_is_paid_from_one() {
    let mut house = House::build();
    house.drop_file("a.csv", "reference,receiver,amount\nPAY-1,37007294,5.00\nPAY-2,37007295,5.00\n");
    house.drop_file("b.csv", "reference,receiver,amount\n0pay-1,37007294,5.00\nPAY-3,37007295,5.00\n");
    house.drop_file("c.csv", "reference,receiver,amount\npay-1,37007294,500.00\n");
    house.run();
    assert_eq!(house.batches().len(), 1);
    let paid: Vec<_> = house.rows(&house.batches()[0]).iter().map(|row| row.reference.key()).collect();
    assert_eq!(paid.iter().filter(|key| key.ends_with("pay-1")).count(), 1);
    assert_eq!(house.codes("b.csv"), ["reference_known"]);
    assert_eq!(house.codes("c.csv"), ["reference_known_differs"]);
    let new = fs::read_to_string(house.place("rejected/b.new.csv")).unwrap();
    assert!(new.contains("PAY-3") && !new.to_lowercase().contains("pay-1"), "{new}");
}
