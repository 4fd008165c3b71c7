//! The commands: their arguments and help here and in one file each, and the way from a parsed
//! command line to an exit code.
//!
//! Must never: decide about money (rooms below do), or write logs to stdout.

pub mod backup;
pub mod check;
mod check_online;
pub mod completions;
pub mod context;
mod days;
pub mod demo;
pub mod doctor;
pub mod exit;
pub mod explain;
pub mod logging;
pub mod man;
pub mod memory;
pub mod moncash;
pub mod notify;
pub mod order;
mod pacing;
pub mod pause;
mod person;
pub mod print;
mod progress;
mod quiet;
pub mod rebind;
pub mod reconcile;
pub mod report;
pub mod resolve;
pub mod restore;
pub mod run;
pub mod runbook;
mod screen;
pub mod simulate;
pub mod status;
#[cfg(test)]
mod tests;
pub mod verify;
mod verify_files;

use crate::clock::{Clock, SystemClock};
use crate::payout::moment::Wall;
use crate::payout::order::Verb;
use clap::{Args, Parser, Subcommand, ValueEnum};
use context::Context;
use exit::Exit;
use std::path::PathBuf;
use tracing_subscriber::filter::LevelFilter;

/// Pays a payroll into MonCash wallets: each person once, with a report that an auditor accepts.
#[derive(Debug, Parser)]
#[command(
    name = "payoutd",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = exit::HELP,
    long_about = "Pays a payroll into MonCash wallets: each person once, with a report that an auditor accepts.\n\n\
                  Drop a CSV file into the inbox; every row becomes a payout; the report lies beside it. To see it \
                  without money or network: payoutd demo"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "For every command")]
pub struct Global {
    /// The configuration file; else ./payoutd.toml, else /etc/payoutd/payoutd.toml
    #[arg(long, global = true, value_name = "FILE", env = "PAYOUTD_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// How logs are written to stderr; else text, and under systemd entries of the journal with fields
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// The least important thing that is logged
    #[arg(
        long = "log",
        global = true,
        value_name = "LEVEL",
        default_value = "info",
        env = "PAYOUTD_LOG",
        hide_env_values = true
    )]
    pub log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> LevelFilter {
        match level {
            LogLevel::Off => LevelFilter::OFF,
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::DemoArgs),
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Status(status::StatusArgs),
    Explain(explain::ExplainArgs),
    Report(report::ReportArgs),
    Reconcile(reconcile::ReconcileArgs),
    /// Let a batch that waits for approval be paid
    Approve(order::OrderArgs),
    /// Stop a batch or a payout until it is released
    ///
    /// Nothing new is sent for it. Calls already under way are not called back; the answer says
    /// which these are.
    Hold(order::OrderArgs),
    /// Lift a hold that `payoutd hold` set
    ///
    /// Never touches a payout whose outcome is unknown: that is `payoutd resolve`'s.
    Release(order::OrderArgs),
    /// Give up a batch or a payout for good, and say what could not be stopped
    ///
    /// What was paid stays paid; what may have been paid is settled first. A cancelled reference is
    /// burned: paying that person later takes a new one.
    Cancel(order::OrderArgs),
    Resolve(resolve::ResolveArgs),
    /// Send no new Transfert at all, for any batch, until `payoutd resume`
    ///
    /// Questions about payouts in doubt go on. Survives a restart.
    Pause(pause::PauseArgs),
    /// Send again, after `payoutd pause` or after payoutd stopped by itself
    ///
    /// Lifts whatever stops the sending: a pause, the stop after MonCash refused the account or refused
    /// many payouts alike, and, with --reason, the suspicion that this ledger is older than its last send
    /// (after `payoutd restore`, a snapshot, a clone). Look first at what it would lift: it says so.
    Resume(pause::ResumeArgs),
    Notify(notify::NotifyArgs),
    Moncash(moncash::MoncashArgs),
    Verify(verify::VerifyArgs),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    Rebind(rebind::RebindArgs),
    Doctor(doctor::DoctorArgs),
    Simulate(Box<simulate::SimulateArgs>),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs a parsed command.
///
/// # Errors
/// Whatever ended it; [`Exit::of`] knows the code and [`print::word_error`] the words.
pub async fn run(cli: Cli) -> anyhow::Result<Exit> {
    let context = Context::new(&cli.global);
    dispatch(cli.command, &context).await.map_err(|error| context.blame_the_user(error))
}

async fn dispatch(command: Command, context: &Context) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Run(args) => run::run(args, context).await,
        Command::Check(args) => check::run(args, context).await,
        Command::Status(args) => status::run(args, context).await,
        Command::Explain(args) => explain::run(args, context).await,
        Command::Report(args) => report::run(args, context).await,
        Command::Reconcile(args) => reconcile::run(args, context).await,
        Command::Approve(args) => order::run(Verb::Approve, args, context).await,
        Command::Hold(args) => order::run(Verb::Hold, args, context).await,
        Command::Release(args) => order::run(Verb::Release, args, context).await,
        Command::Cancel(args) => order::run(Verb::Cancel, args, context).await,
        Command::Resolve(args) => resolve::run(args, context).await,
        Command::Pause(args) => pause::pause(args, context).await,
        Command::Resume(args) => pause::resume(args, context).await,
        Command::Notify(args) => notify::run(args, context).await,
        Command::Moncash(args) => moncash::run(args, context).await,
        Command::Simulate(args) => simulate::run(*args).await,
        Command::Verify(args) => verify::run(args, context).await,
        Command::Backup(args) => backup::run(args, context).await,
        Command::Restore(args) => restore::run(args, context).await,
        Command::Rebind(args) => rebind::run(args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Completions(args) => completions::run(args).await,
        Command::Man(args) => man::run(args).await,
    }
}

/// Now, for people: what commands show and name files by.
fn now() -> Wall {
    SystemClock::new().now().wall
}
