//! `payoutd run`: the daemon.
//!
//! Must never: start on a live account without a configuration file.

use super::context::Context;
use super::exit::{self, Exit};
use super::{logging, print};
use crate::config::{Config, Environment};
use crate::daemon::{self, Options, Outcome, Place};
use crate::engine::{Bell, Ending, Until};
use crate::ledger::LedgerError;
use crate::moncash::settings::Secret;
use crate::report::cell::one_line;
use crate::simulator::{Embedded, Settings as SimulatorSettings};
use clap::Args;
use std::time::Duration;

/// Watch the inbox and pay what is dropped there, until told to stop
///
/// A file is taken once it stopped growing, checked as a whole, admitted or rejected as a whole, and
/// then paid row by row. SIGTERM or Ctrl-C stops it: nothing new is sent, calls under way are waited
/// for, reports are written. What is unfinished goes on at the next start.
///
/// SIGHUP lets it read its configuration file again, while it pays: all that can change while it runs is taken
/// together, or the file is refused as a whole with the words of a start. What needs a restart is told by name:
/// [moncash], [folders] and how the service is run. With --once, without a file, and when the terminal that it was started from is
/// closed, SIGHUP is a stop.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_RUN)]
pub struct RunArgs {
    /// Pay in a simulator: no network, no money. The only way to run without a configuration file
    #[arg(long)]
    pub simulator: bool,
    /// Take what lies in the inbox, work until nothing can move without a person, write the reports, exit
    #[arg(long)]
    pub once: bool,
    /// With --once: stop after this long even if payouts are left, such as 2h
    #[arg(long = "for", value_name = "TIME", requires = "once", value_parser = parse_time)]
    pub time: Option<Duration>,
}

pub async fn run(args: RunArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = if args.simulator { context.load_for_simulator()? } else { context.load_file()? };
    for warning in config.warnings() {
        tracing::warn!("{warning}; if that is not meant, correct it in the configuration");
    }
    let until = if args.once { Until::NothingMoves { for_at_most: args.time } } else { Until::Stopped };
    let (place, _simulator) = place(&config).await?;
    let _keeper = tokio::spawn(logging::keep_sending());
    tracing::info!(
        environment = %config.moncash.environment,
        account = place.client_id,
        batches = %config.folders.batches.display(),
        state = %config.folders.state.display(),
        "payoutd {} starts",
        env!("CARGO_PKG_VERSION")
    );
    let outcome = daemon::run(&config, &place, Options { until, stop: Bell::default(), watch: None })
        .await
        .map_err(|error| name_the_ledger(error, &config))?;
    let exit = exit_of(&outcome, args.once);
    print::print(&sentence(&outcome, args.once))?;
    Ok(exit)
}

/// An error of the ledger says which file it is about.
fn name_the_ledger(error: anyhow::Error, config: &Config) -> anyhow::Error {
    if !error.chain().any(|cause| cause.is::<LedgerError>()) || Exit::of(&error) == Exit::Occupied {
        return error;
    }
    let file = config.folders.state.join(crate::ledger::FILE);
    error.context(format!("trouble with the ledger {}", file.display()))
}

/// Where MonCash answers for this configuration; the simulator lives as long as its handle.
pub async fn place(config: &Config) -> anyhow::Result<(Place, Option<Embedded>)> {
    let moncash = &config.moncash;
    if let Some(base_url) = &moncash.base_url {
        let host = host_of(base_url);
        let place = Place {
            base_url: base_url.clone(),
            host,
            client_id: moncash.client_id.clone(),
            secret: Secret::new(config.read_secret()?.expose()),
        };
        return Ok((place, None));
    }
    anyhow::ensure!(
        moncash.environment == Environment::Simulator,
        "[moncash] base_url is missing for environment {}",
        moncash.environment
    );
    let simulator = Embedded::start(SimulatorSettings::default(), 1).await?;
    Ok((embedded_place(&simulator), Some(simulator)))
}

/// The host of a simulator inside this process.
pub const EMBEDDED: &str = "embedded simulator";

/// How to reach a simulator inside this process.
pub fn embedded_place(simulator: &Embedded) -> Place {
    let client = simulator.client();
    Place {
        base_url: simulator.base_url(),
        host: EMBEDDED.to_string(),
        client_id: client.id.clone(),
        secret: Secret::new(&client.secret),
    }
}

/// The host of an address, without its port: what a ledger is bound to.
pub fn host_of(base_url: &str) -> String {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    // A colon within brackets belongs to an IPv6 address.
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.to_ascii_lowercase()
}

/// The exit code of a run; see the contract.
pub fn exit_of(outcome: &Outcome, once: bool) -> Exit {
    if !once {
        return Exit::Done;
    }
    // Stopped by something outside: also where it kept a file in the inbox from being admitted.
    if matches!(outcome.ending, Some(Ending::Early(_))) {
        return Exit::StoppedEarly;
    }
    let early = !matches!(outcome.ending, Some(Ending::Done));
    if early && outcome.unfinished > 0 {
        return Exit::StoppedEarly;
    }
    if outcome.rejected > 0 || outcome.not_paid > 0 || outcome.unfinished > 0 {
        return Exit::NotAllPaid;
    }
    Exit::Done
}

fn sentence(outcome: &Outcome, once: bool) -> String {
    if !once {
        return String::new();
    }
    let mut text = match &outcome.ending {
        Some(Ending::Early(why)) => format!("stopped early: {why}\n"),
        Some(Ending::TimeUp) => "stopped: the time is up\n".to_string(),
        Some(Ending::Stopped) => "stopped by a signal\n".to_string(),
        Some(Ending::Done) | None => String::new(),
    };
    if outcome.rejected > 0 {
        let files = counted(u64::from(outcome.rejected), "file was", "files were");
        text.push_str(&format!("{files} rejected: see the errors files in rejected/\n"));
    }
    if outcome.not_paid > 0 {
        let payouts = counted(outcome.not_paid, "payout is", "payouts are");
        text.push_str(&format!("{payouts} declined, cancelled or held: see the summaries in reports/\n"));
    }
    if outcome.waiting > 0 {
        let payouts = counted(outcome.waiting, "payout waits", "payouts wait");
        text.push_str(&format!("{payouts} for a person to approve or release: 'payoutd status' says what to type\n"));
        for (batch, why) in &outcome.why_waiting {
            text.push_str(&format!("  {batch}: {}\n", one_line(&why.to_string())));
        }
    }
    let open = outcome.unfinished.saturating_sub(outcome.waiting);
    if open > 0 {
        let payouts = counted(open, "payout is", "payouts are");
        text.push_str(&format!("{payouts} queued or in doubt: payoutd goes on with them; do not pay them by hand\n"));
    }
    match (text.is_empty(), outcome.paid) {
        (true, 0) => text.push_str("done: there was nothing to pay\n"),
        (true, paid) => {
            text.push_str(&format!("done: every payout is paid ({})\n", counted(paid, "payout", "payouts")));
        }
        (false, 0) => {}
        (false, paid) => text.push_str(&format!("{} paid\n", counted(paid, "payout is", "payouts are"))),
    }
    text
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn parse_time(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be longer than nothing".to_string()),
        Ok(time) => Ok(time),
        Err(e) => Err(format!("{e}; write a time such as 30m or 2h")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_bound_to_the_host_whatever_its_port() {
        for (url, host) in [
            ("https://Sandbox.example/Api", "sandbox.example"),
            ("http://127.0.0.1:8089/Api", "127.0.0.1"),
            ("http://[::1]:8089/Api", "[::1]"),
            ("http://[::1]/Api", "[::1]"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }
}
