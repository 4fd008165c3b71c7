//! Ready-made orders about a batch: what stands in `BATCH.approve.txt` and its kin, written for people
//! to copy, and read again strictly.
//!
//! Must never: read an order out of a file that does not name the batch by its content, or take a
//! line for granted that it does not know.

use crate::files::show;
use crate::payout::batch::{Approval, Batch};
use crate::payout::money::Amount;
use crate::payout::order::Verb;
use crate::payout::state::{BatchId, StateWord};
use crate::words::{Language, Saying, say};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;

/// Longest reason in characters: it is kept with the order for ever and printed in reports.
pub const LONGEST_REASON: usize = 500;

/// What a file may order about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ordered {
    Approve,
    Hold,
    Release,
    Cancel,
}

impl Ordered {
    pub const ALL: [Ordered; 4] = [Ordered::Approve, Ordered::Hold, Ordered::Release, Ordered::Cancel];

    /// As it stands behind `order:` and in the file's name.
    pub fn word(self) -> &'static str {
        match self {
            Ordered::Approve => "approve",
            Ordered::Hold => "hold",
            Ordered::Release => "release",
            Ordered::Cancel => "cancel",
        }
    }

    pub fn verb(self) -> Verb {
        match self {
            Ordered::Approve => Verb::Approve,
            Ordered::Hold => Verb::Hold,
            Ordered::Release => Verb::Release,
            Ordered::Cancel => Verb::Cancel,
        }
    }

    /// The folder below `batches/` that a copy of the form belongs into.
    pub fn folder(self) -> &'static str {
        match self {
            Ordered::Approve => "approvals",
            Ordered::Hold | Ordered::Release | Ordered::Cancel => "orders",
        }
    }

    /// The form's name in `reports/`.
    pub fn name(self, batch: BatchId) -> String {
        format!("{batch}.{}.txt", self.word())
    }

    /// Of which batch this is the form's name.
    pub fn of_name(name: &OsStr) -> Option<(BatchId, Ordered)> {
        let mut parts = name.to_str()?.split('.');
        let (batch, word, ending) = (parts.next()?, parts.next()?, parts.next()?);
        let ordered = Ordered::ALL.into_iter().find(|ordered| ordered.word() == word)?;
        let batch = BatchId::parse(batch).filter(|_| ending == "txt" && parts.next().is_none())?;
        (ordered.name(batch) == name.to_str()?).then_some((batch, ordered))
    }

    /// Whether there is anything to order of that kind now.
    pub fn fits(self, batch: &Batch) -> bool {
        let waits = batch.cancel.is_none() && batch.tally.count(StateWord::Queued) > 0;
        match self {
            _ if batch.is_final() || batch.cancel.is_some() => false,
            Ordered::Approve => waits && batch.approval == Approval::Awaited,
            Ordered::Hold => batch.hold.is_none(),
            Ordered::Release => batch.hold.is_some(),
            Ordered::Cancel => true,
        }
    }
}

/// What a form orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub ordered: Ordered,
    pub batch: BatchId,
    /// Of the batch file, in hex.
    pub sha256: String,
    pub rows: u32,
    pub total: Amount,
    /// What the person wrote behind `reason:`.
    pub reason: String,
}

/// The form for a batch, with what a person must know to use it. `reading`: how the sheet was understood; `why`: why
/// the batch waits.
pub fn write(ordered: Ordered, batch: &Batch, reading: &[Saying], why: &[Saying], language: Language) -> String {
    let id = batch.id.to_string();
    let title = match ordered {
        Ordered::Approve => say!("form-approve", batch = &id),
        Ordered::Hold => say!("form-hold", batch = &id),
        Ordered::Release => say!("form-release", batch = &id),
        Ordered::Cancel => say!("form-cancel", batch = &id),
    };
    let mut remarks = vec![title.text(language)];
    let folder = format!("batches/{}/", ordered.folder());
    remarks.push(say!("form-how", folder = folder).text(language));
    remarks.extend(reading.iter().map(|line| line.text(language)));
    if !why.is_empty() {
        remarks.push(say!("form-why").text(language));
        remarks.extend(why.iter().map(|why| format!("- {}", why.text(language))));
    }
    remarks.push(say!("form-reason").text(language));
    let mut out = String::new();
    for remark in remarks {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# {}", remark.replace(['\n', '\r'], " "));
    }
    let sha256: String = batch.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = write!(
        out,
        "\norder: {}\nbatch: {id}\nfile: {}\nsha256: {sha256}\nrows: {}\ntotal: {}\nreason:\n",
        ordered.word(),
        show(OsStr::new(&batch.file)),
        batch.rows,
        batch.amount
    );
    out
}

/// Reads a form. Lines that begin with `#` are for people; every other must be known, and be there once.
pub fn read(bytes: &[u8]) -> Result<Form, Saying> {
    let text = std::str::from_utf8(bytes).map_err(|_| say!("form-not-text"))?;
    let mut lines: BTreeMap<&str, &str> = BTreeMap::new();
    let lines_in_use = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    for line in lines_in_use.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once(':').ok_or_else(|| say!("form-line", line = line))?;
        let (key, value) = (key.trim(), value.trim());
        if !["order", "batch", "file", "sha256", "rows", "total", "reason"].contains(&key) {
            return Err(say!("form-line", line = line));
        }
        if lines.insert(key, value).is_some() {
            return Err(say!("form-twice", key = key));
        }
    }
    let of = |key: &'static str| lines.get(key).copied().ok_or_else(|| say!("form-missing", key = key));
    let unclear = |key: &'static str, value: &str| say!("form-unclear", key = key, value = value);
    let word = of("order")?;
    let ordered = Ordered::ALL.into_iter().find(|it| it.word() == word).ok_or_else(|| unclear("order", word))?;
    let batch = of("batch")?;
    let batch = BatchId::parse(batch).ok_or_else(|| unclear("batch", batch))?;
    let rows = of("rows")?;
    let total = of("total")?;
    let reason = lines.get("reason").copied().unwrap_or_default();
    if reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(say!("form-reason-long", most = LONGEST_REASON));
    }
    Ok(Form {
        ordered,
        batch,
        sha256: of("sha256")?.to_ascii_lowercase(),
        rows: rows.parse().map_err(|_| unclear("rows", rows))?,
        total: Amount::parse(total).map_err(|_| unclear("total", total))?,
        reason: reason.to_string(),
    })
}

impl Form {
    /// An error unless the form means this very batch: its file, its rows and its total.
    pub fn agrees(&self, batch: &Batch) -> Result<(), Saying> {
        let sha256: String = batch.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let id = batch.id.to_string();
        if self.sha256 != sha256 {
            return Err(say!("form-other-file", batch = id));
        }
        if self.rows != batch.rows {
            return Err(say!("form-other-rows", batch = id, said = self.rows, rows = batch.rows));
        }
        if self.total != batch.amount {
            return Err(say!(
                "form-other-total",
                batch = id,
                said = self.total.grouped(),
                total = batch.amount.grouped()
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
