//! The files of `accepted/` against the SHA-256 that the ledger keeps of each: what an auditor holds in his hands
//! is what was paid from.
//!
//! Must never: change a file, or hold one in memory.

use crate::files::{Folder, accepted_name, is_accepted_as, show};
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::Batch;
use crate::payout::state::BatchId;
use crate::report::cell::one_line;
use sha2::{Digest, Sha256};
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;

/// Bytes that are read at a time.
const BLOCK: usize = 64 * 1024;
/// Files that are named of each kind; more are counted.
const NAMED: usize = 20;

/// What the comparison came to.
#[derive(Debug, Default)]
pub struct Files {
    pub agree: u64,
    /// Taken, and not yet moved to `accepted/`.
    pub under_way: u64,
    pub differ: Told,
    pub missing: Told,
}

/// The first few in words, and how many there are.
#[derive(Debug, Default)]
pub struct Told {
    pub count: u64,
    pub named: Vec<String>,
}

impl Told {
    fn add(&mut self, words: String) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(words);
        }
    }
}

/// Compares the file of every batch in which something happened since an event; 0 for all.
pub fn compare(state: &Path, batches: &Path, since: i64) -> Result<Files, LedgerError> {
    let ledger = Reader::open(state)?;
    let mut files = Files::default();
    let accepted = Folder::open(&batches.join("accepted")).map_err(|error| error.to_string());
    let processing = Folder::open(&batches.join("processing")).ok();
    let mut one = |batch: &Batch| compare_one(batch, accepted.as_ref(), processing.as_ref(), &mut files);
    if since > 0 {
        // As their rows stand: what happened before is not looked at, and may not even agree.
        ledger.batches_latest(u32::MAX)?.iter().filter(|batch| batch.last_event >= since).for_each(one);
        return Ok(files);
    }
    for number in 1..=ledger.highest_batch()?.map_or(0, |batch| batch.0) {
        ledger.batch(BatchId(number))?.iter().for_each(&mut one);
    }
    Ok(files)
}

fn compare_one(batch: &Batch, accepted: Result<&Folder, &String>, processing: Option<&Folder>, files: &mut Files) {
    let name = accepted_name(batch.file.as_ref(), &batch.id.to_string());
    let shown = format!("accepted/{} ({})", show(&name), batch.id);
    let mut trouble = accepted.err().cloned().unwrap_or_else(|| "it is not there".to_string());
    if let Ok(folder) = accepted {
        // The usual name first; where that was taken, the file has a date in its name.
        for candidate in std::iter::once(name.clone()).chain(dated(folder, &name, batch)) {
            match hash(folder, &candidate) {
                Ok(found) if found == batch.sha256 => {
                    files.agree += 1;
                    return;
                }
                Ok(found) => {
                    let (is, was) = (hex(&found), hex(&batch.sha256));
                    files.differ.add(format!("{shown}: its SHA-256 is {is}, and {was} was read and paid from"));
                    return;
                }
                Err(Unread::Missing) => {}
                Err(Unread::Trouble(why)) => trouble = format!("it cannot be read: {}", one_line(&why)),
            }
        }
    }
    if processing.is_some_and(|folder| hash(folder, OsStr::new(&batch.file)).is_ok_and(|it| it == batch.sha256)) {
        files.under_way += 1;
        return;
    }
    files.missing.add(format!("{shown}: {trouble}"));
}

/// Names with a date of files that are kept for this batch, where the usual one has none.
fn dated(folder: &Folder, usual: &OsStr, batch: &Batch) -> Vec<OsString> {
    if folder.look(usual).is_ok_and(|seen| seen.is_some()) {
        return Vec::new();
    }
    let id = batch.id.to_string();
    let mut found = Vec::new();
    let _ = folder.each_name(|name| {
        let of_batch = name.to_string_lossy().contains(&format!(".{id}."));
        if of_batch && !is_accepted_as(name, &id) {
            found.push(name.to_os_string());
        }
        true
    });
    found
}

enum Unread {
    Missing,
    Trouble(String),
}

fn hash(folder: &Folder, name: &OsStr) -> Result<[u8; 32], Unread> {
    let trouble = |error: &dyn std::fmt::Display| Unread::Trouble(error.to_string());
    let (mut file, _) = folder.open_file(name).map_err(|error| match error {
        crate::files::FileError::Missing { .. } => Unread::Missing,
        other => trouble(&other),
    })?;
    let (mut hash, mut block) = (Sha256::new(), vec![0_u8; BLOCK]);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(block.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(trouble(&error)),
        }
    }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
