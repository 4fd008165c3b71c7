//! Every input that the fuzz targets start from, and every one that once broke a promise, held to the
//! same promises on the stable toolchain. The targets and how to run them: `tests/fuzz/run`.
//!
//! Must never: need a fuzzer.

#[path = "src/answers.rs"]
mod answers;
#[path = "src/batch.rs"]
mod batch;
#[path = "src/cells.rs"]
mod cells;
#[path = "src/outputs.rs"]
mod outputs;
#[path = "src/workbook.rs"]
mod workbook;

use std::path::{Path, PathBuf};

/// Files under `tests/`, with their names so that a failure says which one it was.
fn inputs(folders: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(top.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "expected") {
                continue;
            }
            found.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
    found.sort();
    found
}

/// How many inputs there are, and how many of them got as far as there is to get.
fn replay(folders: &[&str], hold: fn(&[u8]) -> bool) -> (usize, usize) {
    let inputs = inputs(folders);
    let far = inputs.iter().filter(|(path, bytes)| {
        println!("{}", path.display());
        hold(bytes)
    });
    (inputs.len(), far.count())
}

#[test]
fn every_known_batch_file_keeps_the_promises() {
    let (all, taken) = replay(&["fuzz/corpus/batch_reader", "csv_spectrum", "payroll_files/files"], batch::hold);
    assert!(taken >= 28 && all - taken >= 20, "{taken} of {all} are taken");
}

#[test]
fn every_known_workbook_keeps_the_promises() {
    let (all, taken) = replay(&["fuzz/corpus/workbook_reader"], workbook::hold);
    assert!(taken >= 6 && all - taken >= 6, "{taken} of {all} are taken");
}

#[test]
fn every_known_answer_is_read_as_it_was_meant() {
    let (all, certain) = replay(&["fuzz/corpus/answer_classification"], answers::hold);
    assert!(certain >= 15 && all - certain >= 20, "{certain} of {all} settle something");
}
