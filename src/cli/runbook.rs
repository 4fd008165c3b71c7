//! Which entry of the runbook an error belongs to. `tests/runbook.rs` holds that the entries exist.
//!
//! Must never: name an entry for what the message itself says in full (usage, settings).

use super::exit::ledger_error;
use crate::files::FileError;
use crate::intake::inbox::InboxError;
use crate::ledger::LedgerError;

/// Where the runbook is, for people.
const PAGE: &str = "RUNBOOK.md";

/// For the end of an error's message; `None` where there is no entry.
pub fn hint(error: &anyhow::Error) -> Option<String> {
    let entry = ledger_error(error).and_then(of_ledger).or_else(|| file_error(error).map(of_file))?;
    Some(format!("  see: {PAGE}#{entry}"))
}

fn file_error(error: &anyhow::Error) -> Option<&FileError> {
    // An error that only passes on another's words hides it from the chain.
    error.chain().find_map(|cause| match cause.downcast_ref::<InboxError>() {
        Some(InboxError::File(inner) | InboxError::Folders(inner)) => Some(inner),
        _ => cause.downcast_ref::<FileError>(),
    })
}

fn of_ledger(error: &LedgerError) -> Option<&'static str> {
    Some(match error {
        LedgerError::Held(_) => "ledger-held",
        LedgerError::Exposed(_) => "ledger-exposed",
        LedgerError::Missing(_) => "ledger-missing",
        LedgerError::OtherIdentity { .. } => "ledger-other-identity",
        LedgerError::NewerSchema { .. } => "ledger-newer-schema",
        LedgerError::OlderSchema { .. } => "ledger-older-schema",
        LedgerError::Damaged { .. } => "ledger-damaged",
        LedgerError::Contradiction(_) => "ledger-contradiction",
        LedgerError::Disk(_) => "ledger-disk",
        LedgerError::CommitFailed(_) => "ledger-commit-failed",
        LedgerError::Outrun { .. } => "ledger-outrun",
        // Answers to what a person typed; they say themselves what has to happen first.
        LedgerError::TransactionKnown { .. }
        | LedgerError::OrderStands { .. }
        | LedgerError::NoSuchPayout(_)
        | LedgerError::Refused(_) => return None,
    })
}

fn of_file(error: &FileError) -> &'static str {
    match error {
        FileError::Link { .. } => "file-link",
        FileError::NotRegular { .. } => "file-not-regular",
        FileError::Missing { .. } => "file-missing",
        FileError::Taken { .. } => "file-taken",
        FileError::Held { .. } => "file-held",
        FileError::OtherFilesystem { .. } => "file-other-filesystem",
        FileError::CannotKeep { .. } => "file-cannot-keep",
        FileError::CannotLock { .. } => "file-cannot-lock",
        FileError::NotFolder { .. } => "file-not-folder",
        FileError::Io { .. } => "file-io",
    }
}
