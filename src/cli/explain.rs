//! `payoutd explain`: everything known of a payout.
//!
//! Must never: change anything, or leave out an answer because it is ugly.

use super::exit;
use clap::Args;

/// Tell everything known of a payout: its row, every call, every raw answer, every order
///
/// For an account: all its payouts. Works without a network; nothing is asked.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ExplainArgs {
    /// A reference, an account (as in the file: 37007294, 509…), or MonCash's transaction id
    #[arg(value_name = "REFERENCE|ACCOUNT|TRANSACTION")]
    pub what: String,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
}
