//! Answers of a reconciliation under way, kept in a file of the state folder, so that one that was
//! broken off goes on where it stopped instead of asking everything again.
//!
//! An answer counts for [`COUNTS_FOR`], and only while the payout stands where it stood when MonCash
//! was asked. What was no certain answer is not kept.
//!
//! Must never: give out an answer about a payout that has moved since, or of another ledger or period.

use crate::ledger::rows::ReportRow;
use crate::payout::evidence::StatusAnswer;
use crate::payout::moment::Wall;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an answer counts: a run that is broken off in the evening is finished the next day, and
/// nobody files last week's answers as today's.
pub const COUNTS_FOR: Duration = Duration::from_secs(24 * 3600);
/// Answers after which the file is pushed to disk; a power cut costs so many questions.
const SYNC_EVERY: u32 = 100;
/// Longest line that is read, in bytes; MonCash's words are kept to a few hundred.
const LONGEST_LINE: usize = 16 * 1024;

/// What the file is about; a file about anything else is begun anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    answers: u32,
    ledger: String,
    of: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    payout: i64,
    status: String,
    attempts: u32,
    at: i64,
    answer: StatusAnswer,
}

/// The answers that are kept.
pub struct Kept {
    path: PathBuf,
    file: File,
    lines: BTreeMap<i64, Line>,
    unsynced: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("another 'payoutd reconcile' of the same period is under way: wait until it has ended")]
    Busy,
    #[error("{path} cannot be used: {source}")]
    Disk { path: String, source: io::Error },
}

impl Kept {
    /// Opens the answers of `of` (a period or batch, fit for a file's name) about one ledger; `fresh`
    /// throws away what is there.
    pub fn open(state: &Path, ledger: &str, of: &str, fresh: bool) -> Result<Kept, KeptError> {
        let path = state.join(format!("reconcile-{of}.answers"));
        let about = About { answers: 1, ledger: ledger.to_string(), of: of.to_string() };
        let disk = |source| KeptError::Disk { path: path.display().to_string(), source };
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&path).map_err(disk)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(KeptError::Busy),
            Err(TryLockError::Error(error)) => return Err(disk(error)),
        }
        let lines = if fresh { None } else { read(&file, &about).map_err(disk)? };
        let mut kept = Kept { path: path.clone(), file, lines: BTreeMap::new(), unsynced: 0 };
        match lines {
            Some(lines) => kept.lines = lines,
            None => kept.begin(&about).map_err(disk)?,
        }
        Ok(kept)
    }

    fn begin(&mut self, about: &About) -> io::Result<()> {
        self.file.set_len(0)?;
        self.write(about)
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }

    /// How many answers an earlier run left.
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// What MonCash said of this payout as it stands now, and when, if that still counts.
    pub fn about(&self, row: &ReportRow, now: Wall) -> Option<(StatusAnswer, Wall)> {
        let line = self.lines.get(&row.id.0)?;
        let asked = Wall(line.at);
        let same = line.status == row.status.as_str() && line.attempts == row.attempts;
        let recent = asked <= now && now.since(asked) < COUNTS_FOR;
        (same && recent).then(|| (line.answer.clone(), asked))
    }

    /// Keeps an answer, if it is a certain one.
    pub fn keep(&mut self, row: &ReportRow, answer: &StatusAnswer, now: Wall) -> Result<(), KeptError> {
        match answer {
            StatusAnswer::Successful | StatusAnswer::NotFound | StatusAnswer::RefusalRepeated { .. } => {}
            StatusAnswer::Account { .. }
            | StatusAnswer::TooMany
            | StatusAnswer::Token
            | StatusAnswer::Unknown { .. } => return Ok(()),
        }
        let line = Line {
            payout: row.id.0,
            status: row.status.as_str().to_string(),
            attempts: row.attempts,
            at: now.0,
            answer: answer.clone(),
        };
        let written = self.write(&line).and_then(|()| {
            self.unsynced += 1;
            if self.unsynced < SYNC_EVERY {
                return Ok(());
            }
            self.unsynced = 0;
            self.file.sync_data()
        });
        written.map_err(|source| KeptError::Disk { path: self.path.display().to_string(), source })
    }

    /// The reconciliation is done: the next one of the same period asks anew.
    pub fn done(self) -> Result<(), KeptError> {
        std::fs::remove_file(&self.path)
            .map_err(|source| KeptError::Disk { path: self.path.display().to_string(), source })
    }
}

/// The answers of a file about the same thing; `None` where it is about another, or about nothing. A
/// line that a crash left half written ends it, and is cut off.
fn read(file: &File, about: &About) -> io::Result<Option<BTreeMap<i64, Line>>> {
    let mut reader = BufReader::new(file);
    reader.rewind()?;
    let mut lines = BTreeMap::new();
    let mut whole: u64 = 0;
    let mut begun = false;
    loop {
        let mut text = String::new();
        let length = match io::Read::take(&mut reader, LONGEST_LINE as u64).read_line(&mut text) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => break,
            Err(error) => return Err(error),
        };
        if !text.ends_with('\n') {
            break;
        }
        if begun {
            let Ok(line) = serde_json::from_str::<Line>(&text) else { break };
            lines.insert(line.payout, line);
        } else if serde_json::from_str::<About>(&text).ok().as_ref() == Some(about) {
            begun = true;
        } else {
            return Ok(None);
        }
        whole += length as u64;
    }
    if !begun {
        return Ok(None);
    }
    file.set_len(whole)?;
    Ok(Some(lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::instruction::{Account, Reference};
    use crate::payout::money::Amount;
    use crate::payout::state::{MayHaveBeenPaid, PayoutId, StateWord};

    fn row(id: i64, status: StateWord) -> ReportRow {
        ReportRow {
            id: PayoutId(id),
            line: 2,
            reference: Reference::parse("A-1").unwrap(),
            receiver: Account::parse("37007294").unwrap(),
            name: String::new(),
            amount: Amount::from_centimes(100),
            description: String::new(),
            status,
            may_have_been_paid: MayHaveBeenPaid::No,
            transaction: None,
            attempts: 1,
            first_sent: None,
            settled: None,
            confirmed_by: "",
            reason: crate::payout::state::Reason::Nothing,
            retry_of: None,
            retried_as: None,
            final_status: status,
            other: Vec::new(),
        }
    }

    const NOW: Wall = Wall(1_000_000_000);

    #[test]
    fn a_certain_answer_counts_for_a_day_and_while_the_payout_stands_where_it_stood() {
        let folder = tempfile::tempdir().unwrap();
        let open = |fresh| Kept::open(folder.path(), "ours", "july", fresh).unwrap();
        let paid = row(1, StateWord::Paid);
        let mut kept = open(false);
        assert!(matches!(Kept::open(folder.path(), "ours", "july", false), Err(KeptError::Busy)));
        kept.keep(&paid, &StatusAnswer::Successful, NOW).unwrap();
        kept.keep(&row(2, StateWord::Paid), &StatusAnswer::Unknown { why: "HTTP 500".into() }, NOW).unwrap();
        drop(kept);
        let kept = open(false);
        assert_eq!(kept.about(&paid, NOW), Some((StatusAnswer::Successful, NOW)));
        assert_eq!(kept.about(&row(2, StateWord::Paid), NOW), None);
        assert_eq!(kept.about(&row(1, StateWord::Held), NOW), None);
        let day = i64::try_from(COUNTS_FOR.as_millis()).unwrap();
        assert_eq!(kept.about(&paid, Wall(NOW.0 + day)), None);
        // A clock that was set back says nothing about an answer's age.
        assert_eq!(kept.about(&paid, Wall(NOW.0 - 1)), None);
        drop(kept);
        assert_eq!(open(true).count(), 0);
    }

    #[test]
    fn a_torn_end_is_cut_off_and_a_file_about_something_else_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = Kept::open(folder.path(), "ours", "july", false).unwrap();
        kept.keep(&row(1, StateWord::Paid), &StatusAnswer::Successful, NOW).unwrap();
        let path = kept.path.clone();
        drop(kept);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{}", &whole[whole.len() / 2..whole.len() - 3])).unwrap();
        let mut kept = Kept::open(folder.path(), "ours", "july", false).unwrap();
        assert_eq!(kept.count(), 1);
        kept.keep(&row(3, StateWord::Paid), &StatusAnswer::NotFound, NOW).unwrap();
        drop(kept);
        assert_eq!(Kept::open(folder.path(), "ours", "july", false).unwrap().count(), 2);
        // Another account's answers are nobody's.
        assert_eq!(Kept::open(folder.path(), "theirs", "july", false).unwrap().count(), 0);
    }
}
