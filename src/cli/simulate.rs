//! `payoutd simulate`: a MonCash of one's own, on this machine, with faults if wanted.
//!
//! Must never: print a secret, or listen where another machine could reach it.

use super::exit::{self, Exit, WrongUsage};
use crate::payout::money::Amount;
use crate::simulator::faults::{FORMAT, FaultPlan};
use crate::simulator::people::Whom;
use crate::simulator::settings::{Client, Repeated, Settings};
use crate::simulator::share::Share;
use crate::simulator::{Embedded, page};
use anyhow::{Context, bail};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Largest fault file that is read, in bytes: it is written by hand.
const LARGEST_FAULT_FILE: u64 = 1 << 20;

/// What follows the options in `payoutd simulate --help`.
const MORE: &str = "\
What it tells while it runs:
  GET  /simulator/debits     every debit, counted by reference;
                             ?reference=X for one
  GET  /simulator/transfers  every Transfert and status question in order;
                             ?after=N for those after entry N
  GET  /simulator/calls      every call in order; ?after=N
  GET  /simulator/balance    the prefunded account as it truly stands
  GET  /simulator/faults     how often each fault fitted a call and fired
  POST /simulator/faults     {\"enabled\":false} switches all faults off,
                             true on again
  POST /simulator/top-up     {\"amount\":\"1000.00\"}

The same seed and the same calls in the same order meet the same faults.
Nothing is kept: once stopped, the simulator has forgotten what it paid.";

/// Serves a simulated MonCash on this machine: all eight calls and the payment page.
#[derive(clap::Args, Debug)]
#[command(after_help = exit::HELP_SIMULATE, after_long_help = long_help())]
pub struct SimulateArgs {
    /// Loopback address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8089", value_parser = parse_address)]
    listen: SocketAddr,
    /// Fault file (TOML): what goes wrong, and when
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Seed of all chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Prefunded balance at the start, in HTG
    #[arg(long, value_name = "HTG", value_parser = parse_amount)]
    balance: Option<Amount>,
    /// Client id of the prefunded account
    #[arg(long, value_name = "ID", default_value = "client_id")]
    client_id: String,
    /// Its secret
    #[arg(long, value_name = "SECRET", default_value = "client_secret", hide_default_value = true)]
    client_secret: String,
    /// A second client id that may collect but not pay out (403 "short code does not exist"); same secret
    #[arg(long, value_name = "ID")]
    collection_client_id: Option<String>,
    /// Answer as for an account whose payouts are not enabled (403 "No short code for user account")
    #[arg(long)]
    payouts_disabled: bool,
    /// Fee on top of each transfer, in percent, rounded up to the centime
    #[arg(long, value_name = "PERCENT", default_value = "0")]
    fee_percent: Share,
    /// Fee on top of each transfer, in HTG
    #[arg(long, value_name = "HTG", default_value = "0.00", value_parser = parse_amount)]
    fee_fixed: Amount,
    /// Most that a wallet may hold, in HTG, or "none"
    #[arg(long, value_name = "HTG", default_value = "100000.00", value_parser = parse_limit)]
    wallet_limit: Limit,
    /// A customer unknown to MonCash: a wallet, or an ending such as "*99"; may be repeated
    #[arg(long, value_name = "WHOM")]
    unknown: Vec<Whom>,
    /// An inactive customer; may be repeated
    #[arg(long, value_name = "WHOM")]
    inactive: Vec<Whom>,
    /// A customer whose wallet is full (403 "Maximum Account Balance"); may be repeated
    #[arg(long, value_name = "WHOM")]
    full: Vec<Whom>,
    /// What Transfert does with a reference that was paid already
    #[arg(long, value_enum, default_value = "pays")]
    repeated: Repeated,
    /// How long a token lives
    #[arg(long, value_name = "TIME", default_value = "59s", value_parser = humantime::parse_duration)]
    token_life: Duration,
    /// Time before an answer: one, or a range such as "10ms..2s"
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_range)]
    latency: (Duration, Duration),
    /// How long after a payment the status call learns of it
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    status_lag: Duration,
    /// How old the balance is that PrefundedBalance tells
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    balance_lag: Duration,
    /// Print balances as the digits of a binary fraction, as the API document's sample does
    #[arg(long)]
    long_balance: bool,
    /// Let the status call tell why a transfer was refused, instead of never having heard of it
    #[arg(long)]
    status_tells_refusals: bool,
}

/// An amount, or none. (A type of its own, because clap takes an `Option` for an absent option.)
#[derive(Clone, Copy, Debug)]
struct Limit(Option<Amount>);

fn long_help() -> String {
    format!("{MORE}\n\n{}\n\nThe fault file\n\n{FORMAT}", exit::HELP_SIMULATE)
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map_or(text.to_string(), |port| format!("127.0.0.1:{port}"));
    let numeric = match text.parse::<u16>() {
        Ok(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(),
        Err(_) => numeric,
    };
    let address: SocketAddr = numeric.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8089")?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("the simulator listens on this machine alone: use 127.0.0.1:{}", address.port()))
    }
}

fn parse_amount(text: &str) -> Result<Amount, String> {
    match Amount::parse(text) {
        Ok(amount) if amount >= Amount::ZERO => Ok(amount),
        Ok(_) => Err("must not be negative".to_string()),
        Err(problem) => Err(problem.to_string()),
    }
}

fn parse_limit(text: &str) -> Result<Limit, String> {
    if text == "none" { Ok(Limit(None)) } else { parse_amount(text).map(|amount| Limit(Some(amount))) }
}

fn parse_range(text: &str) -> Result<(Duration, Duration), String> {
    let (shortest, longest) = text.split_once("..").unwrap_or((text, text));
    let time = |part: &str| humantime::parse_duration(part.trim()).map_err(|e| e.to_string());
    let (shortest, longest) = (time(shortest)?, time(longest)?);
    if shortest > longest { Err("the shorter time comes first".to_string()) } else { Ok((shortest, longest)) }
}

fn read_faults(path: &Path) -> anyhow::Result<FaultPlan> {
    let place = || format!("the fault file {}", path.display());
    let size = std::fs::metadata(path).with_context(place)?.len();
    if size > LARGEST_FAULT_FILE {
        bail!("{} is larger than 1 MiB: it is not a fault file", place());
    }
    let text = std::fs::read_to_string(path).with_context(place)?;
    FaultPlan::parse(&text).with_context(place)
}

impl SimulateArgs {
    fn settings(&self) -> anyhow::Result<Settings> {
        let collection = |id: &String| Client { id: id.clone(), secret: self.client_secret.clone() };
        let usual = Settings::default();
        Ok(Settings {
            client: Client { id: self.client_id.clone(), secret: self.client_secret.clone() },
            collection_client: self.collection_client_id.as_ref().map(collection),
            payouts_enabled: !self.payouts_disabled,
            balance: self.balance.unwrap_or(usual.balance),
            fee_percent: self.fee_percent,
            fee_fixed: self.fee_fixed,
            wallet_limit: self.wallet_limit.0,
            unknown: self.unknown.clone(),
            inactive: self.inactive.clone(),
            full: self.full.clone(),
            repeated: self.repeated,
            token_life: self.token_life,
            latency: self.latency,
            status_lag: self.status_lag,
            balance_lag: self.balance_lag,
            long_balance: self.long_balance,
            status_tells_refusals: self.status_tells_refusals,
            faults: self.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default(),
            ..usual
        })
    }
}

/// Serves until Ctrl-C or SIGTERM. The first line on stdout is the base URL, ready for a
/// configuration file.
pub async fn run(args: SimulateArgs) -> anyhow::Result<Exit> {
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let settings = args.settings().map_err(|error| WrongUsage(format!("{error:#}")))?;
    let simulator = Embedded::listen(args.listen, settings, args.seed).await?;
    let root = format!("http://{}", simulator.address());
    let mut out = std::io::stdout().lock();
    writeln!(out, "base_url = \"{}\"", simulator.base_url())?;
    writeln!(out, "client_id = \"{}\"", args.client_id)?;
    writeln!(out, "# SIMULATION: no real money. Seed {}. Payment page: {root}{}", args.seed, page::PATH)?;
    writeln!(out, "# What it did: {root}/simulator/debits (balance, transfers, calls, faults). Ctrl-C stops it.")?;
    out.flush()?;
    drop(out);
    tokio::select! {
        biased;
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        simulate: SimulateArgs,
    }

    #[test]
    fn the_simulator_cannot_be_told_to_listen_to_other_machines() {
        for address in ["0.0.0.0:80", "192.168.1.5:8089", "[::]:80", "nonsense"] {
            assert!(parse_address(address).is_err(), "{address}");
        }
        for address in ["127.0.0.1:0", "localhost:8089", "[::1]:80", "8089"] {
            assert!(parse_address(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn settings_left_out_are_the_usual_ones() {
        let args = Line::try_parse_from(["payoutd"]).map(|line| line.simulate).unwrap();
        let (read, usual) = (args.settings().unwrap(), Settings::default());
        assert_eq!(format!("{read:?}"), format!("{usual:?}"));
    }

    #[test]
    fn the_long_help_describes_the_fault_file() {
        let help = <Line as clap::CommandFactory>::command().render_long_help().to_string();
        assert!(help.contains("stale_balance") && help.contains("/simulator/transfers"), "{help}");
    }

    #[test]
    fn a_fault_file_that_is_not_there_or_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.toml");
        assert!(format!("{:#}", read_faults(&path).unwrap_err()).contains("faults.toml"));
        std::fs::write(&path, "[[fault]]\nkind = \"late\"").unwrap();
        assert!(format!("{:#}", read_faults(&path).unwrap_err()).contains("needs a delay"));
    }
}
