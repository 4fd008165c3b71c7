//! `payoutd status`: how things stand.
//!
//! Must never: change anything, or scan settled payouts to count them.

use super::exit;
use clap::Args;

/// Show the batches, counts and amounts, the balance, how MonCash is, and what waits for a person
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct StatusArgs {
    /// As one JSON object; amounts are texts with two decimals
    #[arg(long)]
    pub json: bool,
    /// Show it again whenever it changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
}
