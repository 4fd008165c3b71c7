//! `payoutd check`: what would happen to a file.
//!
//! Must never: change anything, anywhere.

use super::exit;
use clap::Args;
use std::path::PathBuf;

/// Say what would happen to payroll files, without changing anything
///
/// Every row's problem with its line, the totals, rows that were paid or ordered before, and what the
/// balance lacks. The inbox applies the very same rules.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_CHECK)]
pub struct CheckArgs {
    /// Payroll files (CSV)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Ask MonCash about every receiver too (CustomerStatus); takes as long as the rate allows
    #[arg(long)]
    pub online: bool,
}
