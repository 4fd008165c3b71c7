//! What can keep the door from working: the folders, a file, the ledger.
//!
//! Must never: be told for a bad file; that is a verdict, not an error.

use super::inbox::InboxError;
use crate::files::FileError;
use crate::ledger::LedgerError;

#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error(transparent)]
    Inbox(#[from] InboxError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{name} could not be read: {source}")]
    Read { name: String, source: std::io::Error },
}
