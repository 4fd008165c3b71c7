//! `payoutd demo`: a payroll paid before your eyes, with no configuration, network or money.
//!
//! Must never: reach a network, or read the configuration of a real account.

use super::exit;
use clap::Args;
use std::path::PathBuf;

/// Pay a sample payroll in a simulator and show the report. No network, no money
///
/// Needs no configuration. Pays the sample, or FILE, against a simulator inside this process, shows
/// the progress live and says where the report lies. Nothing leaves this machine.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_RUN)]
pub struct DemoArgs {
    /// A payroll of your own (CSV) instead of the sample; it is copied, not moved
    pub file: Option<PathBuf>,
}
