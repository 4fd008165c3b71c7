//! `payoutd rebind`: the ledger accepts a new client id.
//!
//! Must never: happen while a payout is in doubt.

use super::exit;
use super::order::parse_reason;
use clap::Args;

/// Let the ledger accept the client id of the configuration, when MonCash gave a new one
///
/// A ledger belongs to one environment, host and account, because a question about a payout must go
/// to the account that paid it. Possible only while nothing is in doubt.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct RebindArgs {
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: String,
}
