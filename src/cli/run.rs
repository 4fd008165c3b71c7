//! `payoutd run`: the daemon.
//!
//! Must never: start on a live account without a configuration file.

use super::exit;
use clap::Args;
use std::time::Duration;

/// Watch the inbox and pay what is dropped there, until told to stop
///
/// A file is taken once it stopped growing, checked as a whole, admitted or rejected as a whole, and
/// then paid row by row. SIGTERM or Ctrl-C stops it: nothing new is sent, calls under way are waited
/// for, reports are written. What is unfinished goes on at the next start.
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

fn parse_time(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("must be longer than nothing".to_string()),
        Ok(time) => Ok(time),
        Err(e) => Err(format!("{e}; write a time such as 30m or 2h")),
    }
}
