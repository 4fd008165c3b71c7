//! `payoutd restore`: a copy of the ledger put in place, safely.
//!
//! Must never: throw away the ledger it replaces, or let an old copy send what was sent since.

use super::exit;
use clap::Args;
use std::path::PathBuf;

/// Put a backup in place, after checking it; the present ledger is kept aside
///
/// payoutd must not be running. A backup does not know what was sent after it was made: every
/// unfinished payout in it is treated as possibly paid, and MonCash is asked first.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct RestoreArgs {
    /// A file written by `payoutd backup`
    pub file: PathBuf,
}
