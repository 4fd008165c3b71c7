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

use std::path::{Path, PathBuf};

/// Files under `tests/`, with their names so that a failure says which one it was.
fn inputs(folders: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(top.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            found.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
    found.sort();
    found
}

fn replay(folders: &[&str], hold: fn(&[u8])) -> usize {
    let inputs = inputs(folders);
    for (path, bytes) in &inputs {
        println!("{}", path.display());
        hold(bytes);
    }
    inputs.len()
}

#[test]
fn every_known_batch_file_keeps_the_promises() {
    assert!(replay(&["fuzz/corpus/batch_reader", "csv_spectrum"], batch::hold) > 40);
}

#[test]
fn every_known_answer_is_read_as_it_was_meant() {
    assert!(replay(&["fuzz/corpus/answer_classification"], answers::hold) > 30);
}
