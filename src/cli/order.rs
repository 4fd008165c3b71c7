//! `payoutd approve`, `hold`, `release`, `cancel`: a person's orders about a batch or a payout.
//!
//! Must never: be without a reason, or be taken for done before the ledger says so.

use super::exit;
use clap::Args;

/// Longest reason in characters: it is kept with the order for ever and printed in reports.
pub const LONGEST_REASON: usize = 500;

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct OrderArgs {
    /// A batch such as B000012, or the reference of one payout
    #[arg(value_name = "BATCH|REFERENCE")]
    pub target: String,
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: String,
}

/// A reason somebody can read later: one line, not empty, not endless.
pub fn parse_reason(text: &str) -> Result<String, String> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err("is empty: say why, for whoever reads this in a year".to_string());
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(format!("is longer than {LONGEST_REASON} characters"));
    }
    if reason.chars().any(char::is_control) {
        return Err("holds a line end or another control character: write one line".to_string());
    }
    Ok(reason.to_string())
}
