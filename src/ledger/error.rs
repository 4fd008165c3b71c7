//! What can go wrong with the ledger, and with which exit code the process ends for it.
//!
//! Must never: show an SQL library's type to the rest of the house, or turn damage into a panic.

use crate::payout::state::{BatchId, Contradiction, PayoutId};
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// Whose ledger it is: a ledger belongs to one environment, host and account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// `simulator`, `sandbox` or `live`.
    pub environment: String,
    /// Host (and port, where one is given) of the REST API.
    pub host: String,
    /// The client id of the prefunded account.
    pub account: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {} with client id {}", self.environment, self.host, self.account)
    }
}

/// Which payoutd laid out a format that is newer than ours; empty where that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewerBy(pub String);

impl std::fmt::Display for NewerBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.is_empty() {
            true => f.write_str(", of a newer payoutd"),
            false => write!(f, ", which payoutd {} laid out", self.0.escape_debug()),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(
        "another payoutd holds the state folder {}: stop it first ('systemctl status payoutd' shows it); nothing was done",
        .0.display()
    )]
    Held(PathBuf),
    #[error("{0}: nothing was done, because anybody could put another ledger in its place")]
    Exposed(String),
    #[error(
        "there is no ledger in {}: check [folders] state. Where nothing was ever paid from here, 'payoutd run' makes one; else 'payoutd restore' a backup",
        .0.display()
    )]
    Missing(PathBuf),
    #[error(
        "this ledger belongs to {bound}, but the configuration says {asked}: nothing was sent; correct the configuration, or accept the new account with 'payoutd rebind --reason …'"
    )]
    OtherIdentity { bound: Box<Identity>, asked: Box<Identity> },
    #[error(
        "this ledger has format {found}{by}; this is payoutd {}, which knows formats up to {known}: install the newer one; nothing was done",
        super::migrate::OURS
    )]
    NewerSchema { found: i64, known: i64, by: NewerBy },
    #[error(
        "this ledger has format {found}, of an earlier payoutd; this one ({}) works on format {known}: nothing was changed. The next start of 'payoutd run' keeps a verified copy of it and brings it up to date; until then the payoutd that wrote it can read it",
        super::migrate::OURS
    )]
    OlderSchema { found: i64, known: i64 },
    #[error(
        "the ledger is damaged: {what}; nothing more is sent; keep a copy of the state folder, run 'payoutd verify', then 'payoutd restore' a backup"
    )]
    Damaged { what: String },
    #[error(
        "the ledger contradicts itself: {0}; nothing more is sent; keep a copy of the state folder and run 'payoutd verify'"
    )]
    Contradiction(String),
    #[error(
        "the ledger could not be read or written ({0}): check that the disk is neither full nor damaged, and the folder's owner; then start again"
    )]
    Disk(String),
    #[error(
        "a commit to the ledger failed and may or may not be on disk ({0}): payoutd ends; check that the disk is neither full nor damaged, then start again: what was written is read then"
    )]
    CommitFailed(String),
    #[error(
        "another payoutd opened this ledger (opening {theirs}, ours was {ours}): this one ends without sending anything more"
    )]
    Outrun { ours: i64, theirs: i64 },
    /// MonCash's transaction id is on another payout already. Nothing was changed.
    #[error("transaction {transaction} is recorded for payout {} already", .payout.0)]
    TransactionKnown { transaction: String, payout: PayoutId },
    /// An attempt was to be opened although the batch may not be sent. Nothing was changed.
    #[error("batch {batch} may not be sent: {why}")]
    OrderStands { batch: BatchId, why: String },
    #[error("there is no payout {} in the ledger", .0.0)]
    NoSuchPayout(PayoutId),
    /// What was asked for is not possible now; nothing was changed.
    #[error("{0}")]
    Refused(String),
}

impl LedgerError {
    /// The exit code of a process that ends for this error (see the contract).
    pub fn exit_code(&self) -> u8 {
        match self {
            LedgerError::Held(_) => 5,
            LedgerError::Damaged { .. } | LedgerError::Contradiction(_) => 6,
            LedgerError::OtherIdentity { .. }
            | LedgerError::NewerSchema { .. }
            | LedgerError::OlderSchema { .. }
            | LedgerError::Exposed(_) => 2,
            _ => 1,
        }
    }

    /// Why, without what a whole message says around it.
    pub(super) fn cause(&self) -> String {
        match self {
            LedgerError::Disk(why) | LedgerError::CommitFailed(why) => why.clone(),
            other => other.to_string(),
        }
    }

    pub(super) fn damaged(what: impl Into<String>) -> LedgerError {
        LedgerError::Damaged { what: what.into() }
    }

    pub(super) fn contradiction(what: impl Into<String>) -> LedgerError {
        LedgerError::Contradiction(what.into())
    }

    pub(super) fn disk(doing: impl std::fmt::Display, error: impl std::fmt::Display) -> LedgerError {
        LedgerError::Disk(format!("{doing}: {error}"))
    }
}

impl From<Contradiction> for LedgerError {
    fn from(contradiction: Contradiction) -> LedgerError {
        LedgerError::Contradiction(contradiction.to_string())
    }
}

/// Inside this room only: an SQL error becomes one of ours, by what it means for the money.
impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> LedgerError {
        use rusqlite::Error;
        match &error {
            Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => LedgerError::damaged(error.to_string()),
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => {
                    LedgerError::Contradiction(error.to_string())
                }
                _ => LedgerError::Disk(format!("{error}{}", step(failure.extended_code))),
            },
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
            | Error::InvalidColumnType(..) => LedgerError::damaged(error.to_string()),
            // A schema that lacks what every ledger has.
            Error::SqlInputError { .. } => LedgerError::damaged(error.to_string()),
            _ => LedgerError::Disk(error.to_string()),
        }
    }
}

/// At which step of its work with the file SQLite met the error, where its extended code says so.
fn step(extended: std::ffi::c_int) -> &'static str {
    use rusqlite::ffi;
    match extended {
        ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ => ", while reading",
        ffi::SQLITE_IOERR_WRITE => ", while writing",
        ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => ", while flushing to disk",
        ffi::SQLITE_IOERR_TRUNCATE => ", while shortening",
        ffi::SQLITE_IOERR_DELETE => ", while removing the write-ahead log",
        ffi::SQLITE_IOERR_SHMOPEN | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP => {
            ", while making the write-ahead log's index"
        }
        _ => "",
    }
}
