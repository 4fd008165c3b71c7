//! `payoutd rebind`: the ledger accepts a new client id.
//!
//! Must never: happen while a payout is in doubt, or turn a simulation's ledger into a real one.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::order::{by, parse_reason};
use super::print;
use super::run::{EMBEDDED, host_of};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::ledger::{Identity, Ledger, LedgerError, Reader, command_at_work};
use clap::Args;

/// Let the ledger accept the client id of the configuration, when MonCash gave a new one
///
/// A ledger belongs to one environment, host and account, because a question about a payout must go
/// to the account that paid it. Possible only while nothing is in doubt, with payoutd stopped, and
/// never to another environment: that takes a state folder of its own.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct RebindArgs {
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: String,
}

pub async fn run(args: RebindArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let state = &config.folders.state;
    let wanted = identity(&config);
    let bound = Reader::open(state)?.identity()?;
    if bound == wanted {
        print::print(&format!("This ledger belongs to {bound} already: nothing to do.\n"))?;
        return Ok(Exit::Done);
    }
    if bound.environment != wanted.environment {
        let text = format!(
            "this ledger is of environment {}, the configuration of {}: nothing was changed; give the other environment a \
             [folders] state of its own",
            bound.environment, wanted.environment
        );
        return Err(WrongUsage(text).into());
    }
    let now = SystemClock::new().now();
    let _at_work = command_at_work(state)?;
    let mut opened = Ledger::open_unbound(state, now)?;
    if let Some(why) = opened.suspicion {
        return Err(LedgerError::Refused(format!(
            "this ledger may be older than its last send ({why}): nothing was changed; start payoutd with the old account, \
             let it settle what is unfinished, and 'payoutd resume' first"
        ))
        .into());
    }
    opened.ledger.rebind(&wanted, &by(args.reason), now.wall)?;
    print::print(&format!("This ledger belonged to {bound}.\nNow it belongs to {wanted}.\n"))?;
    Ok(Exit::Done)
}

/// Whose ledger the configuration asks for; the secret is not needed for that.
pub fn identity(config: &Config) -> Identity {
    let host = match &config.moncash.base_url {
        Some(base_url) => host_of(base_url),
        None => EMBEDDED.to_string(),
    };
    Identity { environment: config.moncash.environment.to_string(), host, account: config.moncash.client_id.clone() }
}
