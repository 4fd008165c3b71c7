//! Files that LibreOffice itself wrote (`libreoffice/make.py` says how): read right, or refused with the right
//! words; and files of payoutd's own that LibreOffice opened and saved again.
//!
//! Must never: pass because a file is missing from the page of what is expected.

use super::dialects::told;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/payroll_files/libreoffice")
}

/// `expected.txt`: names of files behind `==`, then how they are read, row by row, or what is wrong with them.
fn expected() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder().join("expected.txt")).unwrap();
    let mut found = BTreeMap::new();
    for part in text.split("== ").skip(1) {
        let (names, lines) = part.split_once('\n').unwrap();
        for name in names.split_whitespace() {
            let told = lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            let told = told.collect::<Vec<_>>().join("\n");
            assert!(found.insert(name.to_string(), told).is_none(), "{name} is there twice");
        }
    }
    found
}

#[test]
fn files_that_libreoffice_made_are_read_right_or_refused_with_the_right_words() {
    let mut expected = expected();
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut wrong = String::new();
    for path in names {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !["csv", "xlsx", "ods", "xls"].contains(&ending) {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        let found = told(&std::fs::read(&path).unwrap());
        let found = found.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        if expected.remove(&name).as_ref() != Some(&found) {
            wrong.push_str(&format!("== {name}\n{found}\n"));
        }
    }
    assert!(wrong.is_empty(), "otherwise than expected:\n{wrong}");
    assert!(expected.is_empty(), "no such file: {:?}", expected.keys());
}
