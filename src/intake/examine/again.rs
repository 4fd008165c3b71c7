//! Second looks of an examination: at the amounts, where one of them can be read in two ways, and at the
//! references that may stand twice.
//!
//! Must never: decide by a look alone; what the first reading does not find proved in its own bytes is refused.

use super::{Examination, IntakeError, Outcome, Phase, SLICE, SLICE_BYTES, Step};
use crate::payroll::{Confirmation, DuplicateFinder, Mark, Problem, Reader};
use std::fs::File;
use std::io::{Seek, SeekFrom};

impl Examination {
    /// Begins to look for an amount that shows the file's decimal mark, from the first byte.
    pub(super) fn begin_look(
        &mut self,
        reader: Box<Reader<File>>,
        duplicates: DuplicateFinder,
    ) -> Result<Step, IntakeError> {
        let at = self.file.stream_position().map_err(unreadable)?;
        let file = self.rewound()?;
        match self.rules.file.open(file, Some(None)) {
            Ok(look) => self.phase = Phase::Amounts(reader, duplicates, Box::new(look), at),
            // It opened before: somebody writes to it.
            Err(_) => self.settle(reader, duplicates, None, at)?,
        }
        Ok(Step::More)
    }

    /// Reads on until an amount shows which mark stands before the centimes.
    pub(super) fn look_at_amounts(
        &mut self,
        reader: Box<Reader<File>>,
        duplicates: DuplicateFinder,
        mut look: Box<Reader<File>>,
        at: u64,
    ) -> Result<Step, IntakeError> {
        let mut bytes = 0;
        for _ in 0..SLICE {
            let line = look.next_line();
            let ended = line.is_none();
            bytes += line.flatten().and_then(Result::ok).map_or(0, |row| row.text_bytes());
            if bytes >= SLICE_BYTES {
                break;
            }
            if ended || look.mark().is_some() {
                self.settle(reader, duplicates, look.mark(), at)?;
                return Ok(Step::More);
            }
        }
        self.phase = Phase::Amounts(reader, duplicates, look, at);
        Ok(Step::More)
    }

    /// Goes on with the rows, now that it is known what their amounts mean.
    fn settle(
        &mut self,
        mut reader: Box<Reader<File>>,
        duplicates: DuplicateFinder,
        mark: Option<Mark>,
        at: u64,
    ) -> Result<(), IntakeError> {
        self.file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        self.mark = mark;
        reader.settle(mark);
        self.phase = Phase::Rows(reader, duplicates);
        Ok(())
    }

    pub(super) fn rewound(&mut self) -> Result<File, IntakeError> {
        self.file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        self.file.try_clone().map_err(unreadable)
    }

    pub(super) fn twins(
        &mut self,
        mut reader: Box<Reader<File>>,
        mut confirmation: Confirmation,
        outcome: Box<Outcome>,
        ledger: bool,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        for _ in 0..SLICE {
            let Some(line) = reader.next_line() else {
                self.phase = self.after_twins(outcome, ledger);
                return Ok(Step::More);
            };
            let Some(row) = line else { continue };
            let Some(reference) = reader.reference_of(&row) else { continue };
            let line = match &row {
                Ok(row) => row.line,
                Err(problems) => problems.first().map_or(0, |problem| problem.line),
            };
            if let Some(problem) = confirmation.see(line, &outcome.header.reference, reference) {
                self.complain(&problem, tell)?;
            }
        }
        self.phase = Phase::Twins(reader, confirmation, outcome);
        Ok(Step::More)
    }
}

fn unreadable(source: std::io::Error) -> IntakeError {
    IntakeError::Read { name: "the file".to_string(), source }
}
