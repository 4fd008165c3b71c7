//! `payoutd pause` and `payoutd resume`: no new Transfert at all, and again.
//!
//! Must never: stop the questions about payouts in doubt.

use super::exit;
use super::order::parse_reason;
use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct PauseArgs {
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: Option<String>,
}
