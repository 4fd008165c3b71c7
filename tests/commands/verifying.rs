//! `verify` and the files of accepted/: what an auditor holds in his hands is what was paid from.

use super::house::House;
use std::fs;

const AGREE: &str = "Files of accepted/ that are what was read and paid from: 2.";

fn two_payrolls() -> House {
    let house = House::new(&[], "[safety]\npaid_already_within = \"\"\n");
    for (name, prefix) in [("july.csv", "JUL"), ("august.csv", "AUG")] {
        house.drop_payroll(name, prefix, 2);
        house.run("run --once").ends(0);
    }
    house.run("verify").ends(0).says(AGREE);
    house
}

#[test]
fn a_file_that_was_changed_after_it_was_read_is_told_with_both_hashes() {
    let house = two_payrolls();
    let path = house.path("batches/accepted/july.B000001.csv");
    let whole = fs::read(&path).expect("file");
    fs::write(&path, String::from_utf8_lossy(&whole).replace("100.01", "900.01")).expect("write");
    let said = house.run("verify").ends(6);
    let line = said.out.lines().find(|line| line.contains("july.B000001.csv")).expect("its line");
    assert!(line.contains("(B000001)") && line.contains("its SHA-256 is") && line.contains("was read and paid from"));
    assert!(said.out.contains("The ledger agrees with itself.") && said.out.contains("are NOT what was read: 1"));
    assert!(said.err.contains("somebody changed files"), "{}", said.err);
    fs::write(&path, &whole).expect("write");
    house.run("verify").ends(0).says(AGREE);
}

#[test]
fn a_file_that_is_missing_is_told_and_one_with_a_date_in_its_name_is_found() {
    let house = two_payrolls();
    let (kept, dated) = ("batches/accepted/july.B000001.csv", "batches/accepted/july.B000001.20260731-120000.csv");
    fs::rename(house.path(kept), house.path(dated)).expect("rename");
    house.run("verify").ends(0).says(AGREE);
    fs::rename(house.path(dated), house.path("elsewhere.csv")).expect("rename");
    house.run("verify").ends(3).says("that are missing: 1").says("july.B000001.csv (B000001): it is not there");
    // Taken, and not moved yet: no trouble.
    fs::rename(house.path("elsewhere.csv"), house.path("batches/processing/july.csv")).expect("rename");
    house.run("verify").ends(0).says("In processing/ still: 1.");
}

#[test]
fn an_audit_since_an_event_compares_the_files_of_what_happened_since() {
    let house = two_payrolls();
    let said = house.run("verify").ends(0);
    let head = said.out.lines().find_map(|line| line.strip_prefix("Chain head: ")).expect("head");
    let head: i64 = head.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    house.drop_payroll("september.csv", "SEP", 1);
    house.run("run --once").ends(0);
    fs::remove_file(house.path("batches/accepted/july.B000001.csv")).expect("remove");
    let since = format!("verify --since {}", head + 1);
    house.run(&since).ends(0).says("paid from: 1.");
    fs::write(house.path("batches/accepted/september.B000003.csv"), "x").expect("write");
    house.run(&since).ends(6).says("september.B000003.csv (B000003)");
}
