//! Errors files: `rejected/NAME.errors.csv`, written while the batch file is read.
//!
//! Must never: keep problems in memory (a file may have a million), or show a rejected file
//! without its errors file.

use super::claim::{Rejected, is_free};
use super::inbox::InboxError;
use crate::files::{Draft, FileError, Folder, SHARED_FILE, free_names, move_into, show, with_suffix};
use crate::payroll::{Delimiter, Problem, ProblemWriter};
use crate::words::Language;
use std::ffi::OsStr;

/// What follows the rejected file's name.
pub const ERRORS_SUFFIX: &str = ".errors.csv";

/// Names tried until one is free for both files.
const MOST_TRIES: usize = 1000;

/// An errors file under way. Dropped before its file is rejected, it leaves nothing.
#[derive(Debug)]
pub struct ErrorsFile {
    writer: ProblemWriter<Draft>,
    /// The first problems, until it is clear whether they are few enough to be put in order.
    first: Vec<Problem>,
    count: u64,
}

/// So many problems are put in the order of their lines; of more, those of the whole file and of
/// rows that stand twice come last. Bounds what is held in memory.
const PUT_IN_ORDER: usize = 1000;

impl ErrorsFile {
    /// Begins a draft in `rejected/`. Begin it with the first problem.
    pub fn begin(rejected: &Folder, delimiter: Delimiter, language: Language) -> Result<ErrorsFile, InboxError> {
        let mut draft = Draft::begin(rejected, SHARED_FILE)?;
        if language != Language::English {
            // By it Excel shows é and ò.
            std::io::Write::write_all(&mut draft, "\u{feff}".as_bytes()).map_err(failed)?;
        }
        let writer = ProblemWriter::begin(draft, delimiter, language).map_err(failed)?;
        Ok(ErrorsFile { writer, first: Vec::new(), count: 0 })
    }

    pub fn add(&mut self, problem: &Problem) -> Result<(), InboxError> {
        self.count += 1;
        if self.count <= PUT_IN_ORDER as u64 {
            self.first.push(problem.clone());
            return Ok(());
        }
        self.write_first()?;
        self.writer.add(problem).map_err(failed)
    }

    fn write_first(&mut self) -> Result<(), InboxError> {
        for problem in std::mem::take(&mut self.first) {
            self.writer.add(&problem).map_err(failed)?;
        }
        Ok(())
    }

    /// Writes what is held back, in the order of the lines, and ends the file.
    fn finish(mut self) -> Result<Draft, InboxError> {
        self.first.sort_by_key(|problem| problem.line);
        self.write_first()?;
        self.writer.finish().map_err(failed)
    }

    /// How many problems it holds.
    pub fn count(&self) -> u64 {
        self.count
    }
}

fn failed(source: std::io::Error) -> InboxError {
    FileError::Io { doing: "written", name: "the errors file".to_string(), source }.into()
}

/// Publishes the errors file and moves the batch file beside it, under a name that is free for both.
/// An equal errors file without its batch file is what a crash between the two steps left: it is used.
pub(super) fn put_beside(
    errors: ErrorsFile,
    from: &Folder,
    in_processing: &OsStr,
    rejected: &Folder,
    name: &OsStr,
    stamp: &str,
) -> Result<Rejected, InboxError> {
    let mut draft = errors.finish()?;
    for candidate in free_names(name, stamp).take(MOST_TRIES) {
        if !is_free(rejected, &candidate)? {
            continue;
        }
        let errors_name = with_suffix(&candidate, ERRORS_SUFFIX);
        let stands = !is_free(rejected, &errors_name)? && draft.stands_as(&errors_name)?;
        if !stands {
            match draft.publish_new(&errors_name) {
                Err(FileError::Taken { .. }) => continue,
                published => published?,
            }
        }
        let name = move_into(from, in_processing, rejected, &candidate, stamp)?;
        return Ok(Rejected { name, errors: Some(errors_name) });
    }
    Err(FileError::Taken { name: show(name) }.into())
}
