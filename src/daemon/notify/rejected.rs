//! Rejected files: nothing of them is in the ledger, so that what is told of them rests on the errors files
//! in `rejected/`.
//!
//! Must never: tell what stands in a file's cells.

use super::notice::{FilePart, ProblemPart};
use crate::files::{Folder, show};
use crate::intake::reject::ERRORS_SUFFIX;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Bytes of an errors file that are looked at; a file with more has its problems not counted.
const LOOKED_AT: u64 = 64 * 1024;
/// Problems that are told one by one.
const SHOWN: usize = 5;

/// Files in `rejected/` whose errors file was written since a moment (milliseconds since 1970).
pub fn since(batches: &Path, since: i64) -> Vec<String> {
    let Ok(folder) = Folder::open(&batches.join("rejected")) else { return Vec::new() };
    let names = folder.names().unwrap_or_default();
    let names = names.iter().map(|name| show(name));
    let names = names.filter_map(|name| name.strip_suffix(ERRORS_SUFFIX).map(str::to_string));
    names.filter(|name| written(batches, name).is_some_and(|at| at >= since)).collect()
}

/// When a rejected file's errors file was put there.
pub fn written(batches: &Path, name: &str) -> Option<i64> {
    let about = std::fs::symlink_metadata(batches.join("rejected").join(format!("{name}{ERRORS_SUFFIX}"))).ok()?;
    Some(about.ctime().saturating_mul(1000).saturating_add(about.ctime_nsec() / 1_000_000))
}

/// What its errors file says.
pub fn about(batches: &Path, name: &str) -> FilePart {
    let errors = format!("{name}{ERRORS_SUFFIX}");
    let nothing = FilePart { name: name.to_string(), ..FilePart::default() };
    let folder = Folder::open(&batches.join("rejected"));
    let Some(file) = folder.ok().and_then(|folder| folder.open_if_file(OsStr::new(&errors)).ok()?) else {
        return nothing;
    };
    let (problems, first) = read(file).unwrap_or_default();
    FilePart { errors_file: Some(errors), problems, first, ..nothing }
}

fn read(file: File) -> std::io::Result<(Option<u64>, Vec<ProblemPart>)> {
    let whole = file.metadata()?.len() <= LOOKED_AT;
    let mut text = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start_matches('\u{feff}');
    // The first heading is one plain word in every language.
    let separator = text.bytes().find(|b| !b.is_ascii_alphanumeric() && *b != b'_' && b.is_ascii()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let (mut count, mut first) = (0, Vec::new());
    for record in reader.records().map_while(Result::ok) {
        count += 1;
        let cell = |place| record.get(place).unwrap_or_default().to_string();
        if first.len() < SHOWN {
            first.push(ProblemPart { line: cell(0), column: cell(1), code: cell(3) });
        }
    }
    Ok((whole.then_some(count), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_file_is_told_by_line_column_and_code_and_never_by_its_cells() {
        let folder = tempfile::tempdir().unwrap();
        let rejected = folder.path().join("rejected");
        std::fs::create_dir(&rejected).unwrap();
        let text = "\u{feff}liy;kolòn;valè;kòd;pwoblèm\n4;receiver;Marie 37007294;receiver_invalid;\"pa bon; wè sa\"\n";
        std::fs::write(rejected.join("a.csv.errors.csv"), text).unwrap();
        let told = about(folder.path(), "a.csv");
        assert_eq!((told.problems, told.errors_file.as_deref()), (Some(1), Some("a.csv.errors.csv")));
        let problem = ProblemPart { line: "4".into(), column: "receiver".into(), code: "receiver_invalid".into() };
        assert_eq!(told.first, [problem]);
        let at = written(folder.path(), "a.csv").unwrap();
        assert_eq!((since(folder.path(), at), since(folder.path(), at + 1).len()), (vec!["a.csv".to_string()], 0));
        assert_eq!(about(folder.path(), "b.csv").errors_file, None);
    }
}
