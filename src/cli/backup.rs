//! `payoutd backup`: a copy of the ledger while it runs.
//!
//! Must never: overwrite a file.

use super::exit;
use clap::Args;
use std::path::PathBuf;

/// Copy the ledger into a file, also while payoutd runs
///
/// Do not copy ledger.sqlite3 by hand: a copy of a database in use is torn.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct BackupArgs {
    /// The file to write; it must not exist yet
    pub file: PathBuf,
}
