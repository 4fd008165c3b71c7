//! `payoutd reconcile`: what MonCash says about a period, against the ledger.
//!
//! Must never: correct anything by itself.

use super::exit;
use clap::Args;
use jiff::civil::Date;
use std::path::PathBuf;

/// Ask MonCash about every payout of a period, compare, and prove the balance
///
/// Writes CSV to stdout, one row a payout, and says what differs. Goes through the running daemon's
/// rate limit where one runs. Corrects nothing: that is a person's order.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ReconcileArgs {
    /// First day, such as 2026-08-01
    #[arg(long, value_name = "D", requires = "to")]
    pub from: Option<Date>,
    /// Last day, included
    #[arg(long, value_name = "D", requires = "from")]
    pub to: Option<Date>,
    /// Only this batch, such as B000012
    #[arg(long, value_name = "B")]
    pub batch: Option<String>,
    /// A statement of the account from the business portal (CSV), compared too
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
}
