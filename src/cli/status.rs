//! `payoutd status`: how things stand.
//!
//! Must never: change anything, or scan settled payouts to count them.

mod watch;

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::{Config, Environment};
use crate::daemon;
use crate::ledger::{LedgerError, Reader};
use crate::payout::activity::Doing;
use crate::payout::moment::Wall;
use crate::report::status_table::Screen;
use crate::report::view::HouseView;
use crate::report::{status_json, status_table};
use clap::Args;
use jiff::tz::TimeZone;
use std::io::IsTerminal;
use std::time::Duration;

/// How often --watch looks whether something has changed.
const LOOK: Duration = Duration::from_secs(1);
/// Columns of a terminal that does not say.
const USUAL_COLUMNS: u16 = 120;

/// Show the batches, counts and amounts, the balance, how MonCash is, and what waits for a person
///
/// Works without a running payoutd and without the secret. Nothing is asked.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct StatusArgs {
    /// As one JSON object; amounts are texts with two decimals
    #[arg(long)]
    pub json: bool,
    /// Show it live, until Ctrl-C: a page that renews itself on a terminal, else a line for each change
    #[arg(long)]
    pub watch: bool,
}

pub async fn run(args: StatusArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    if !args.watch {
        show(&look(&config)?, &config, args.json)?;
    } else if args.json {
        watch_json(&config).await?;
    } else {
        watch::watch(&config, || look(&config)).await?;
    }
    Ok(Exit::Done)
}

/// Shows every change, until Ctrl-C or until nobody reads any more.
async fn watch_json(config: &Config) -> anyhow::Result<()> {
    let mut shown = None;
    loop {
        let now = look(config)?;
        if shown.as_ref().is_none_or(|shown| timeless(&now) != timeless(shown)) {
            if !show(&now, config, true)? {
                return Ok(());
            }
            shown = Some(now);
        }
        tokio::select! {
            biased;
            interrupted = tokio::signal::ctrl_c() => return Ok(interrupted?),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn timeless(view: &Option<HouseView>) -> Option<HouseView> {
    view.clone().map(|view| HouseView { at: Wall(0), ..view })
}

/// `None` while there is no ledger.
fn look(config: &Config) -> anyhow::Result<Option<HouseView>> {
    let now = super::now();
    let ledger = match Reader::open(&config.folders.state) {
        Ok(ledger) => ledger,
        Err(LedgerError::Missing(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let live = daemon::live(&config.folders.state, now);
    let mut view = daemon::view(&ledger, config, live.as_ref(), now)?;
    // Whose ledger it is, not whose the configuration is.
    let identity = ledger.identity()?;
    view.account = identity.account;
    view.simulated |= identity.environment == Environment::Simulator.as_str();
    view.environment = identity.environment;
    Ok(Some(view))
}

/// Returns whether somebody still reads.
fn show(view: &Option<HouseView>, config: &Config, json: bool) -> anyhow::Result<bool> {
    let zone = TimeZone::system();
    let mut text = match view {
        Some(view) if !json => status_table::render(view, &zone, screen()),
        None if !json => format!("{}\n", no_ledger(config)),
        view => status_json::render(view.as_ref().unwrap_or(&nothing(config)), &zone)?,
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(print::print(&text)?)
}

fn no_ledger(config: &Config) -> String {
    let state = config.folders.state.display();
    format!("There is no ledger in {state} yet: nothing was ever admitted here. 'payoutd run' makes one.")
}

/// A house without a ledger, for scripts.
fn nothing(config: &Config) -> HouseView {
    HouseView {
        environment: config.moncash.environment.to_string(),
        account: config.moncash.client_id.clone(),
        simulated: config.moncash.environment == Environment::Simulator,
        balance: None,
        weather: Doing::NoLedger,
        paused: None,
        batches: Vec::new(),
        alarms: Vec::new(),
        waiting_for_person: Vec::new(),
        in_doubt_since: std::collections::BTreeMap::new(),
        left_in_inbox: Vec::new(),
        rejected: Vec::new(),
        at: super::now(),
    }
}

fn screen() -> Screen {
    if !std::io::stdout().is_terminal() {
        return Screen::Plain;
    }
    Screen::Terminal(comfy_table::Table::new().width().unwrap_or(USUAL_COLUMNS))
}
