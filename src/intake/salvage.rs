//! `rejected/NAME.new.csv`: of a file that was turned away because some of its references are known,
//! the rows that are new, as a file of their own, ready to be dropped.
//!
//! Must never: hold a row that the ledger knows, or hold the file in memory.

use super::error::IntakeError;
use super::stamp;
use super::terms::FileRules;
use crate::files::{Draft, FileError, Folder, SHARED_FILE, free_names, show, with_suffix};
use crate::ledger::SLICE;
use crate::payout::moment::Wall;
use crate::payroll::{CsvWriter, Delimiter, Mark, Reader, Row};
use std::ffi::{OsStr, OsString};
use std::fs::File;

/// Names tried until one is free.
const MOST_TRIES: usize = 100;

/// A file of new rows while it grows.
pub struct Salvage {
    reader: Option<Reader<File>>,
    /// Lines whose reference the ledger knows, ascending.
    known: Vec<u32>,
    writer: CsvWriter<Draft>,
    rows: u32,
}

impl Salvage {
    /// Begins with the file at its first byte.
    pub fn begin(
        file: File,
        rejected: &Folder,
        rules: &FileRules,
        mark: Option<Mark>,
        delimiter: Delimiter,
        known: Vec<u32>,
    ) -> Result<Salvage, IntakeError> {
        let reader = rules.open(file, Some(mark)).ok();
        let mut writer = CsvWriter::new(Draft::begin(rejected, SHARED_FILE)?, delimiter);
        let other = reader.as_ref().map(|reader| reader.header().other_as_written.clone()).unwrap_or_default();
        let own = ["reference", "receiver", "amount", "description", "name", "retry_of"].map(str::to_string);
        writer.write_row(own.into_iter().chain(other)).map_err(FileError::from)?;
        Ok(Salvage { reader, known, writer, rows: 0 })
    }

    /// Writes the next slice; true when there is no more.
    pub fn step(&mut self) -> Result<bool, IntakeError> {
        for _ in 0..SLICE {
            match self.reader.as_mut().and_then(Reader::next_line) {
                Some(Some(Ok(row))) if self.known.binary_search(&row.line).is_err() => {
                    write_row(&mut self.writer, &row).map_err(FileError::from)?;
                    self.rows += 1;
                }
                Some(_) => {}
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Puts the file beside the rejected `name`; a name already taken gets a date.
    pub fn finish(mut self, name: &OsStr, now: Wall) -> Result<(), IntakeError> {
        self.writer.write_row([format!("# rows: {}", self.rows)]).map_err(FileError::from)?;
        let mut draft = self.writer.finish().map_err(FileError::from)?;
        let wanted: OsString = with_suffix(super::stem(name), ".new.csv");
        for candidate in free_names(&wanted, &stamp(now)).take(MOST_TRIES) {
            match draft.publish_new(&candidate) {
                Err(FileError::Taken { .. }) => continue,
                published => published?,
            }
            let rows = self.rows;
            tracing::info!(
                file = show(&candidate),
                rows,
                "the rows that are new lie in rejected/ as a file of their own"
            );
            return Ok(());
        }
        Err(FileError::Taken { name: show(&wanted) }.into())
    }
}

fn write_row(writer: &mut CsvWriter<Draft>, row: &Row) -> std::io::Result<()> {
    let order = &row.instruction;
    let retry_of = order.retry_of.as_ref().map(|old| old.as_str().to_string()).unwrap_or_default();
    let own = [
        order.reference.as_str().to_string(),
        order.receiver.msisdn(),
        order.amount.to_string(),
        order.description.clone(),
        row.name.clone(),
        retry_of,
    ];
    writer.write_row(own.into_iter().chain(row.other.iter().cloned()))
}
