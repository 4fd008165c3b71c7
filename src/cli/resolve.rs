//! `payoutd resolve`: a person settles a held payout.
//!
//! Must never: work without one of the three findings and a reason.

use super::exit;
use super::order::parse_reason;
use clap::Args;

/// Settle a held payout after looking into it: it was paid, it was not, or MonCash is asked again
///
/// For a payout whose outcome nobody could learn from MonCash's answers. Look at the account's
/// statement first: a wrong --not-paid pays a person twice.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ResolveArgs {
    /// The payout's reference
    pub reference: String,
    #[command(flatten)]
    pub finding: Finding,
    /// How you know; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: String,
}

/// Exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Finding {
    /// It was paid, with this transaction id
    #[arg(long, value_name = "TRANSACTION")]
    pub paid: Option<String>,
    /// It was not paid. MonCash is asked once more; refused while a call is open or in grace. Ends in cancelled
    #[arg(long)]
    pub not_paid: bool,
    /// Ask MonCash again as for any doubt
    #[arg(long)]
    pub ask_again: bool,
}
