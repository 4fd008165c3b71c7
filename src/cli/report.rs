//! `payoutd report`: the reports, written again.
//!
//! Must never: put an older report over a newer one.

use super::exit;
use clap::Args;

/// Write the reports again (never an older one over a newer)
///
/// Reports are written by themselves; this is for one that was lost, moved or edited.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ReportArgs {
    /// Batches such as B000012; all of them when none is named
    #[arg(value_name = "BATCH")]
    pub batches: Vec<String>,
}
