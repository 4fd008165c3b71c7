//! Puts the files of one report in place, in an order that leaves a consistent and honest folder
//! after a crash between any two steps.
//!
//! All files are whole on disk under temporary names first. Then: the mark (what is coming, so
//! that from here on nothing older may come), the report, the retry file, and last the summary,
//! by which people and scripts know that the rest is there. Then the mark goes.
//!
//! Must never: replace a newer report, a report of another world, or a retry file that a person
//! has changed.

use super::ReportError;
use super::mark::Mark;
use super::names::ReportNames;
use super::retry::SealedRetry;
use crate::files::{Draft, FileError, Folder, SHARED_FILE, lock_folder, write_whole};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::io::{self, Read, Write};

/// Most bytes of a summary that are looked at for its mark.
const LONGEST_SUMMARY: u64 = 1 << 20;

/// What became of the retry file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryOutcome {
    /// The batch is not complete.
    NotYet,
    /// Nothing was certainly unpaid and without a successor.
    Nothing,
    Written {
        rows: u32,
    },
    /// A person changed the file that lies there: it stays.
    KeptChanged {
        rows: u32,
    },
}

/// The steps after which a crash leaves something different behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Marked,
    ReportPlaced,
    RetryPlaced,
    SummaryPlaced,
    Done,
}

/// Everything that is to be put in place.
pub(super) struct Ready<'a> {
    pub folder: &'a Folder,
    pub names: &'a ReportNames,
    pub batch: &'a str,
    /// Without the retry file's hash.
    pub mark: Mark,
    /// Sealed.
    pub report: Draft,
    pub retry: Option<SealedRetry>,
    pub is_final: bool,
}

pub(super) fn disk(name: &str, batch: &str) -> impl Fn(FileError) -> ReportError + use<> {
    let (name, batch) = (name.to_string(), batch.to_string());
    move |error| ReportError::Disk { name: name.clone(), batch: batch.clone(), source: error.into() }
}

/// What lies there, and whether `mark` may take its place. Returns the hashes of retry files that
/// payoutd itself wrote.
pub(super) fn look(folder: &Folder, names: &ReportNames, batch: &str, mark: &Mark) -> Result<Vec<String>, ReportError> {
    let mut written = Vec::new();
    for name in [&names.mark, &names.summary] {
        let text = folder.read_text(OsStr::new(name), LONGEST_SUMMARY).map_err(disk(name, batch))?;
        let Some(there) = text.as_deref().and_then(Mark::read) else { continue };
        mark.may_replace(&there, name)?;
        written.extend(there.retry);
    }
    Ok(written)
}

/// Puts everything in place. `summary` renders its text once the retry file's fate is known;
/// `after` is told each step (a test looks at what a crash there would leave).
pub(super) fn publish(
    ready: Ready<'_>,
    summary: impl FnOnce(&Mark, &RetryOutcome) -> String,
    after: &mut dyn FnMut(Step),
) -> Result<RetryOutcome, ReportError> {
    let Ready { folder, names, batch, mut mark, report, retry, is_final } = ready;
    // `payoutd report` may be writing the same report beside the daemon.
    let _lock = match lock_folder(folder) {
        Err(FileError::Held { .. }) => return Err(ReportError::Busy { batch: batch.to_string() }),
        locked => locked.map_err(disk(&names.report, batch))?,
    };
    let written = look(folder, names, batch, &mark)?;
    let there = hash_of(folder, &names.retry).map_err(disk(&names.retry, batch))?;
    let changed = there.is_some_and(|there| !written.contains(&there));
    let retry = retry.filter(|retry| retry.rows > 0);
    let outcome = match &retry {
        _ if !is_final => RetryOutcome::NotYet,
        None => RetryOutcome::Nothing,
        Some(retry) if changed => RetryOutcome::KeptChanged { rows: retry.rows },
        Some(retry) => RetryOutcome::Written { rows: retry.rows },
    };
    let retry = retry.filter(|_| is_final && !changed);
    mark.retry = retry.as_ref().map(|retry| retry.sha256.clone());

    let in_summary = disk(&names.summary, batch);
    let summary_name = OsStr::new(&names.summary);
    let mut page = Draft::begin(folder, SHARED_FILE).map_err(&in_summary)?;
    page.write_all(summary(&mark, &outcome).as_bytes()).map_err(FileError::from).map_err(&in_summary)?;
    page.seal(summary_name).map_err(&in_summary)?;

    write_whole(folder, OsStr::new(&names.mark), SHARED_FILE, |file| writeln!(file, "{}", mark.line()))
        .map_err(disk(&names.mark, batch))?;
    after(Step::Marked);
    report.place_over(OsStr::new(&names.report)).map_err(disk(&names.report, batch))?;
    after(Step::ReportPlaced);
    match retry {
        Some(retry) => retry.file.place_over(OsStr::new(&names.retry)),
        None if changed => Ok(()),
        None => folder.remove_own_if_there(OsStr::new(&names.retry)),
    }
    .map_err(disk(&names.retry, batch))?;
    after(Step::RetryPlaced);
    page.place_over(summary_name).map_err(&in_summary)?;
    after(Step::SummaryPlaced);
    folder
        .remove_own_if_there(OsStr::new(&names.mark))
        .and_then(|()| folder.sync())
        .map_err(disk(&names.mark, batch))?;
    after(Step::Done);
    Ok(outcome)
}

/// SHA-256 in hex of a file in the folder; `None` where there is none.
fn hash_of(folder: &Folder, name: &str) -> Result<Option<String>, FileError> {
    let Some(mut file) = folder.open_if_file(OsStr::new(name))? else { return Ok(None) };
    let mut hash = Sha256::new();
    let mut block = [0; 64 * 1024];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(Some(hex(&hash.finalize()))),
            Ok(length) => hash.update(block.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Passes bytes on and takes their SHA-256.
pub struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W> Hashed<W> {
    pub fn new(inner: W) -> Hashed<W> {
        Hashed { inner, hash: Sha256::new() }
    }

    pub fn into_parts(self) -> (W, String) {
        (self.inner, hex(&self.hash.finalize()))
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
