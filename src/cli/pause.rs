//! `payoutd pause` and `payoutd resume`: no new Transfert at all, and again.
//!
//! Must never: stop the questions about payouts in doubt, or lift the suspicion of a ledger that
//! the person has not seen.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::order::{give, parse_reason};
use super::print;
use crate::daemon;
use crate::ledger::Reader;
use crate::payout::order::{Target, Verb};
use crate::report::cell::one_line;
use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct PauseArgs {
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: Option<String>,
    /// This machine was put back to an earlier day (a snapshot, a clone): treat every unfinished payout as
    /// possibly paid, ask MonCash about each, and send nothing until `payoutd resume`. Needs --reason
    #[arg(long, requires = "reason")]
    pub distrust: bool,
}

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ResumeArgs {
    /// Why; kept with your name and the time. Required where the ledger may be older than its last send
    #[arg(long, value_parser = parse_reason)]
    pub reason: Option<String>,
}

pub async fn pause(args: PauseArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let verb = if args.distrust { Verb::Distrust } else { Verb::Pause };
    let reason = args.reason.unwrap_or_else(|| "no reason given".to_string());
    give(&config, None, verb, Target::House, reason).await
}

pub async fn resume(args: ResumeArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let standing = Reader::open(&config.folders.state)?.standing()?;
    if let Some(order) = &standing.paused {
        print::print(&format!("paused by {}: {}\n", one_line(&order.who), one_line(&order.reason)))?;
    }
    for words in [&standing.account_refused, &standing.equal_refusals].into_iter().flatten() {
        print::print(&format!("stopped, because MonCash refused: {}\n", one_line(words)))?;
    }
    if let Some(why) = &standing.suspicion {
        print::print(&format!(
            "stopped, because this ledger may be older than its last send: {}\n",
            one_line(&why.to_string())
        ))?;
        let found = daemon::live(&config.folders.state, super::now()).and_then(|live| live.found);
        if let Some(found) = found.filter(|found| !found.is_empty()) {
            print::print(&format!("{}\n", found.saying()))?;
        }
        if args.reason.is_none() {
            let text = "say with --reason that you have looked: is this the newest ledger (no newer copy, no other machine \
                        with it), and what do the portal's last payouts say? Nothing was resumed";
            return Err(WrongUsage(text.to_string()).into());
        }
    }
    let reason = args.reason.unwrap_or_else(|| "no reason given".to_string());
    give(&config, None, Verb::Resume, Target::HouseSeen { suspicion: standing.suspicion }, reason).await
}
