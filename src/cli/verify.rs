//! `payoutd verify`: the audit of the ledger.
//!
//! Must never: change the ledger it judges.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::{days, print};
use crate::ledger::{self, Findings, Head, Partial, Since};
use crate::report::cell::one_line;
use crate::report::summary::chain_head;
use clap::Args;
use std::fmt::Write;
use std::path::Path;

/// Largest summary that is read, in bytes; real ones are a few KiB.
const LARGEST_SUMMARY: u64 = 1 << 20;

/// Audit the ledger: replay every event, compare with every state, check the chain of hashes
///
/// Compares the chain's head with those kept outside the ledger (summaries in batches/reports, the
/// high-water file). Reads everything, so it takes a while on a large ledger. Works while payoutd
/// runs. Exit code 6 when something does not agree.
///
/// With --since only what happened since: every event and its hash, the heads kept outside since, every
/// row of every batch in which something happened, account, openings and readings. Quick enough for every
/// night; the whole audit is for every month, and for trouble.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct VerifyArgs {
    /// A day, such as 2026-08-01, or the number of an event
    #[arg(long, value_name = "D|EVENT", value_parser = parse_since)]
    pub since: Option<Since>,
}

fn parse_since(text: &str) -> Result<Since, WrongUsage> {
    if let Ok(event) = text.parse::<i64>()
        && event > 0
    {
        return Ok(Since::Event(event));
    }
    let day = text.parse().map_err(|_| {
        let text = text.escape_debug();
        WrongUsage(format!("'{text}' is neither a day, such as 2026-08-01, nor the number of an event"))
    })?;
    days::begin(day).map(Since::At).map_err(|error| WrongUsage(error.to_string()))
}

pub async fn run(args: VerifyArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let heads = heads_outside(&config.folders.batches.join("reports"))?;
    if let Some(since) = args.since {
        return tell_partial(ledger::verify_since(&config.folders.state, &heads, since)?);
    }
    let findings = ledger::verify(&config.folders.state, &heads)?;
    let end =
        findings.head.as_ref().map_or_else(String::new, |head| format!("Chain head: {} {}\n", head.seq, head.hash));
    let counts = format!(
        "{} events, {} payouts, {} batches read; {} chain heads of summaries compared.\n{end}",
        findings.events,
        findings.payouts,
        findings.batches,
        heads.len()
    );
    conclude(&findings, "The ledger agrees with itself.", &counts)
}

fn tell_partial(partial: Partial) -> anyhow::Result<Exit> {
    let Partial { findings, from, anchored } = partial;
    let before = if anchored {
        "The event before it is one whose hash was kept outside the ledger"
    } else {
        "The event before it was taken as it stands: no hash of it was kept outside"
    };
    let end =
        findings.head.as_ref().map_or_else(String::new, |head| format!("Chain head: {} {}\n", head.seq, head.hash));
    let counts = format!(
        "{} events from event {from} on, {} payouts of {} batches read. {before}.\n\
         Not looked at: pages and indexes of the file, and what did not move since. 'payoutd verify' looks at all of it.\n{end}",
        findings.events, findings.payouts, findings.batches
    );
    conclude(&findings, &format!("The ledger agrees with itself since event {from}."), &counts)
}

fn conclude(findings: &Findings, answer: &str, counts: &str) -> anyhow::Result<Exit> {
    if findings.is_clean() {
        print::print(&format!("{answer}\n{counts}"))?;
        return Ok(Exit::Done);
    }
    print::print(&format!("{}{counts}", tell_problems(findings)))?;
    print::tell(
        "the ledger does not agree: stop payoutd, keep a copy of the whole state folder, pay nobody by hand, and ask for \
         help; 'payoutd restore' puts a backup in place",
    );
    Ok(Exit::Damaged)
}

/// What is wrong, one line each.
pub fn tell_problems(findings: &Findings) -> String {
    let things = if findings.found == 1 { "1 thing does".to_string() } else { format!("{} things do", findings.found) };
    let mut text = format!("{things} not agree:\n");
    for problem in &findings.problems {
        let _ = writeln!(text, "  {}", one_line(problem));
    }
    let untold = findings.found.saturating_sub(findings.problems.len() as u64);
    if untold > 0 {
        let _ = writeln!(text, "  and {untold} more");
    }
    text
}

/// The chain heads that summaries keep. A ledger without reports has none.
fn heads_outside(reports: &Path) -> anyhow::Result<Vec<Head>> {
    let entries = match std::fs::read_dir(reports) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => anyhow::bail!("{} could not be looked through: {error}", reports.display()),
    };
    let mut heads = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if !path.to_string_lossy().ends_with(".summary.txt") {
            continue;
        }
        let small = path.symlink_metadata().is_ok_and(|about| about.is_file() && about.len() <= LARGEST_SUMMARY);
        match small.then(|| std::fs::read_to_string(&path)) {
            Some(Ok(text)) => heads.extend(chain_head(&text).map(|head| Head { seq: head.number, hash: head.hash })),
            Some(Err(error)) => print::tell(&format!("{} could not be read: {error}; left out", path.display())),
            None => print::tell(&format!("{} is not a summary that payoutd wrote; left out", path.display())),
        }
    }
    Ok(heads)
}
