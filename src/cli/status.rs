//! `payoutd status`: how things stand.
//!
//! Must never: change anything, or scan settled payouts to count them.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::{Config, Environment};
use crate::daemon;
use crate::ledger::{LedgerError, Reader};
use crate::payout::moment::Wall;
use crate::report::doing::Doing;
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
/// Moves the cursor home and clears a terminal.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Show the batches, counts and amounts, the balance, how MonCash is, and what waits for a person
///
/// Works without a running payoutd and without the secret. Nothing is asked.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct StatusArgs {
    /// As one JSON object; amounts are texts with two decimals
    #[arg(long)]
    pub json: bool,
    /// Show it again whenever it changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
}

pub async fn run(args: StatusArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let first = look(&config)?;
    if !args.watch {
        show(&first, &config, args.json, false)?;
        return Ok(Exit::Done);
    }
    let clear = !args.json && std::io::stdout().is_terminal();
    tokio::select! {
        biased;
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        watched = watch(first, &config, args.json, clear) => watched?,
    }
    Ok(Exit::Done)
}

/// Shows every change; ends when nobody reads any more.
async fn watch(first: Option<HouseView>, config: &Config, json: bool, clear: bool) -> anyhow::Result<()> {
    let mut shown = first;
    if !show(&shown, config, json, clear)? {
        return Ok(());
    }
    loop {
        tokio::time::sleep(LOOK).await;
        let now = look(config)?;
        if timeless(&now) == timeless(&shown) {
            continue;
        }
        if !show(&now, config, json, clear)? {
            return Ok(());
        }
        shown = now;
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
fn show(view: &Option<HouseView>, config: &Config, json: bool, clear: bool) -> anyhow::Result<bool> {
    let zone = TimeZone::system();
    let mut text = match view {
        Some(view) if !json => status_table::render(view, &zone, screen()),
        None if !json => format!(
            "There is no ledger in {} yet: nothing was ever admitted here. 'payoutd run' makes one.\n",
            config.folders.state.display()
        ),
        view => status_json::render(view.as_ref().unwrap_or(&nothing(config)), &zone)?,
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let before = if clear { CLEAR } else { "" };
    Ok(print::print(&format!("{before}{text}"))?)
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
