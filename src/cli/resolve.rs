//! `payoutd resolve`: a person settles a held payout.
//!
//! Must never: work without one of the three findings and a reason.

use super::context::Context;
use super::exit::{self, Exit};
use super::order::{give, parse_reason, see_payout};
use super::print;
use super::run::place;
use crate::ledger::Reader;
use crate::payout::order::Verb;
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
    #[arg(long, value_name = "TRANSACTION", value_parser = parse_transaction)]
    pub paid: Option<String>,
    /// It was not paid. MonCash is asked once more; refused while a call is open or in grace. Ends in cancelled
    #[arg(long)]
    pub not_paid: bool,
    /// Ask MonCash again as for any doubt
    #[arg(long)]
    pub ask_again: bool,
}

/// Longest transaction id in characters; MonCash's have about ten digits.
const LONGEST_TRANSACTION: usize = 64;

/// MonCash's transaction id as a statement prints it.
fn parse_transaction(text: &str) -> Result<String, String> {
    let id = text.trim();
    let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b));
    if plain && id.chars().count() <= LONGEST_TRANSACTION {
        Ok(id.to_string())
    } else {
        Err("is not a transaction id: write it as the statement has it, such as 12874820".to_string())
    }
}

pub async fn run(args: ResolveArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let ledger = Reader::open(&config.folders.state)?;
    let target = see_payout(&ledger, &args.reference)?;
    drop(ledger);
    let verb = match args.finding {
        Finding { paid: Some(transaction), .. } => Verb::ResolvePaid { transaction },
        Finding { not_paid: true, .. } => Verb::ResolveNotPaid,
        Finding { .. } => Verb::AskAgain,
    };
    if verb != Verb::ResolveNotPaid {
        return give(&config, None, verb, target, args.reason).await;
    }
    // Where a daemon runs, it asks; this process only where none does and the secret may be read.
    let reached = match place(&config).await {
        Ok(reached) => Some(reached),
        Err(error) => {
            print::tell(&format!("{} (a running payoutd asks MonCash for you)", print::word_error(&error)));
            None
        }
    };
    give(&config, reached.as_ref().map(|(place, _)| place), verb, target, args.reason).await
}
