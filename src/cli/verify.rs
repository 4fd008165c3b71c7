//! `payoutd verify`: the audit of the ledger.
//!
//! Must never: change the ledger it judges.

use super::exit;
use clap::Args;

/// Audit the ledger: replay every event, compare with every state, check the chain of hashes
///
/// Compares the chain's head with those kept outside the ledger (summaries, the high-water file).
/// Reads everything, so it takes a while on a large ledger. Exit code 6 when something does not agree.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct VerifyArgs {}
