//! `payoutd verify`: the audit of the ledger.
//!
//! Must never: change the ledger it judges.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::verify_files::{self, Files, Told};
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
/// high-water file), and the files of batches/accepted with the SHA-256 that the ledger keeps of each. Reads
/// everything, so it takes a while on a large ledger. Works while payoutd runs. Exit code 6 when something
/// does not agree; 3 when a file of batches/accepted is missing, and all else agrees.
///
/// With --since only what happened since: every event and its hash, the heads kept outside since, every
/// row of every batch in which something happened, account, openings and readings. Quick enough for every
/// night; the whole audit is for every month, and for trouble.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_VERIFY)]
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
    let (state, batches) = (&config.folders.state, &config.folders.batches);
    if let Some(since) = args.since {
        let partial = ledger::verify_since(state, &heads, since)?;
        let files = compare_files(&partial.findings, state, batches, partial.from)?;
        return tell_partial(partial, &files);
    }
    let findings = ledger::verify(state, &heads)?;
    let files = compare_files(&findings, state, batches, 0)?;
    let end =
        findings.head.as_ref().map_or_else(String::new, |head| format!("Chain head: {} {}\n", head.seq, head.hash));
    let counts = format!(
        "{} events, {} payouts, {} batches read; {} chain heads of summaries compared.\n{end}",
        findings.events,
        findings.payouts,
        findings.batches,
        heads.len()
    );
    conclude(&findings, &files, "The ledger agrees with itself.", &counts)
}

/// A ledger that does not agree with itself is no measure for files.
fn compare_files(findings: &Findings, state: &Path, batches: &Path, since: i64) -> anyhow::Result<Files> {
    match findings.is_clean() {
        true => Ok(verify_files::compare(state, batches, since)?),
        false => Ok(Files::default()),
    }
}

fn tell_partial(partial: Partial, files: &Files) -> anyhow::Result<Exit> {
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
    conclude(&findings, files, &format!("The ledger agrees with itself since event {from}."), &counts)
}

fn conclude(findings: &Findings, files: &Files, answer: &str, counts: &str) -> anyhow::Result<Exit> {
    if findings.is_clean() {
        print::print(&format!("{answer}\n{counts}{}", tell_files(files)))?;
        return Ok(conclude_files(files));
    }
    print::print(&format!("{}{counts}", tell_problems(findings)))?;
    print::tell(
        "the ledger does not agree: stop payoutd, keep a copy of the whole state folder, pay nobody by hand, and ask for \
         help; 'payoutd restore' puts a backup in place",
    );
    Ok(Exit::Damaged)
}

fn tell_files(files: &Files) -> String {
    let Files { agree, under_way, differ, missing } = files;
    let mut text = format!("Files of accepted/ that are what was read and paid from: {agree}.\n");
    if *under_way > 0 {
        let _ = writeln!(text, "In processing/ still: {under_way}.");
    }
    for (told, what) in
        [(differ, "Files of accepted/ that are NOT what was read"), (missing, "Files of accepted/ that are missing")]
    {
        if told.count > 0 {
            let _ = writeln!(text, "{what}: {}", told.count);
            tell_named(told, &mut text);
        }
    }
    text
}

fn tell_named(told: &Told, text: &mut String) {
    for line in &told.named {
        let _ = writeln!(text, "  {line}");
    }
    let untold = told.count.saturating_sub(told.named.len() as u64);
    if untold > 0 {
        let _ = writeln!(text, "  and {untold} more");
    }
}

fn conclude_files(files: &Files) -> Exit {
    if files.differ.count > 0 {
        print::tell(
            "the ledger agrees, and so does what was paid; but somebody changed files after they were read: find out who may \
             write to accepted/ ('payoutd doctor --offline'), and get the files back from a backup or from who dropped them",
        );
        return Exit::Damaged;
    }
    if files.missing.count > 0 {
        print::tell(
            "files are missing from accepted/: if you archive them elsewhere, their SHA-256 is in 'payoutd explain REFERENCE'",
        );
        return Exit::NotAllPaid;
    }
    Exit::Done
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
