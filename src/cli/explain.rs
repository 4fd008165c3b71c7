//! `payoutd explain`: everything known of a payout.
//!
//! Must never: change anything, or leave out an answer because it is ugly.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::Environment;
use crate::ledger::Reader;
use crate::ledger::rows::Known;
use crate::report::cell::one_line;
use crate::report::explain::{Story, render_json, render_text};
use clap::Args;
use jiff::tz::TimeZone;

/// Tell everything known of a payout: its row, every call, every raw answer, every order
///
/// For an account: all its payouts. Works without a network; nothing is asked. Exit code 1 when the
/// ledger knows nothing of it.
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

pub async fn run(args: ExplainArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let ledger = Reader::open(&config.folders.state)?;
    let found = ledger.find(&args.what)?;
    if found.is_empty() {
        anyhow::bail!(
            "the ledger in {} knows no reference, account or transaction '{}': nothing was ever admitted under it here",
            config.folders.state.display(),
            one_line(args.what.trim())
        );
    }
    let stories = found.into_iter().map(|known| tell(&ledger, known)).collect::<anyhow::Result<Vec<Story>>>()?;
    let simulated = ledger.identity()?.environment == Environment::Simulator.as_str();
    let zone = TimeZone::system();
    let mut text =
        if args.json { render_json(&stories, simulated, &zone)? } else { render_text(&stories, simulated, &zone) };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print::print(&text)?;
    Ok(Exit::Done)
}

fn tell(ledger: &Reader, known: Known) -> anyhow::Result<Story> {
    Ok(Story {
        row: Some(ledger.report_row_of(known.payout)?),
        batch_events: ledger.batch_history(known.batch)?,
        events: ledger.history(known.payout)?,
        known,
    })
}
