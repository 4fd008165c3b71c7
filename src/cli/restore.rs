//! `payoutd restore`: a copy of the ledger put in place, safely.
//!
//! Must never: throw away the ledger it replaces, or let an old copy send what was sent since.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::order::{by, parse_reason};
use super::print;
use super::verify::tell_problems;
use crate::ledger::{self, LedgerError};
use crate::payout::order::{Order, Target, Verb};
use clap::Args;
use std::path::{Path, PathBuf};

/// Put a backup in place, after checking it; the present ledger is kept aside
///
/// payoutd must not be running. A backup does not know what was sent after it was made: every
/// unfinished payout in it is treated as possibly paid, MonCash is asked about each, and nothing is
/// sent or admitted until a person has looked and says `payoutd resume --reason …`.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct RestoreArgs {
    /// A file written by `payoutd backup`
    pub file: PathBuf,
    /// That no other payoutd can send from this account any more, and how you know: "host A is switched off, its
    /// secret was replaced". Required where there is no ledger yet, which is how a standby takes over; kept in
    /// the ledger with your name
    #[arg(long, value_name = "HOW YOU KNOW", value_parser = parse_reason)]
    pub the_other_is_stopped: Option<String>,
}

pub async fn run(args: RestoreArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let state = &config.folders.state;
    anyhow::ensure!(
        args.file.is_file(),
        "{} is not a file: name one that 'payoutd backup' wrote; nothing was changed",
        args.file.display()
    );
    let paid_here = [ledger::FILE, ledger::HIGH_WATER_FILE].iter().any(|name| state.join(name).exists());
    if args.the_other_is_stopped.is_none() && !paid_here {
        let text = format!(
            "there is no ledger in {}, so this may be another machine than the one that paid. Two payoutds with one account pay \
             people twice. Make sure that the other one cannot send any more (systemd/STANDBY.md), then say so: --the-other-is-stopped \
             \"how you know\". Where this is the same machine and its disk was lost, say that. Nothing was changed",
            state.display()
        );
        return Err(WrongUsage(text).into());
    }
    let findings = ledger::verify_copy(&args.file, &[]).map_err(|error| not_a_backup(&args.file, error))?;
    if !findings.is_clean() {
        print::print(&tell_problems(&findings))?;
        print::tell(&format!(
            "{} contradicts itself: nothing was changed; restore another copy, or ask for help",
            args.file.display()
        ));
        return Ok(Exit::Damaged);
    }
    let restored = ledger::restore(&args.file, state, super::now())?;
    if let Some(known) = args.the_other_is_stopped {
        record(state, known)?;
    }
    let kept = match &restored.kept {
        Some(kept) => format!("The ledger that lay there was kept as {}.\n", kept.display()),
        None => "There was no ledger before.\n".to_string(),
    };
    print::print(&format!(
        "{} lies in place as the ledger in {}, up to event {}.\n{kept}\
         What was sent after that copy was made, it does not know. Therefore:\n\
         \x20 1. Start payoutd. It sends and admits nothing, takes every unfinished payout for possibly paid, and asks \
         MonCash about each. Do not pay by hand.\n\
         \x20 2. Files of batches/accepted whose batch 'payoutd status' does not show were admitted after the copy: their \
         people may be paid. Compare with their reports before you drop them again.\n\
         \x20 3. When you have looked: payoutd resume --reason \"…\"\n",
        args.file.display(),
        state.display(),
        restored.head.seq,
    ))?;
    Ok(Exit::Done)
}

/// What is wrong with the file is nothing wrong with the ledger.
fn not_a_backup(file: &Path, error: LedgerError) -> LedgerError {
    let what = match error {
        LedgerError::Damaged { what } | LedgerError::Contradiction(what) | LedgerError::Disk(what) => what,
        LedgerError::Missing(_) => "nothing is in it".to_string(),
        other => return other,
    };
    LedgerError::Refused(format!(
        "{} is no whole copy of a ledger ({what}): nothing was changed, and nothing is said of the ledger that lies in place; \
         restore another copy",
        file.display()
    ))
}

/// The statement becomes an order in the ledger that was put in place: the next start carries it out, and it is
/// in the chain from then on.
fn record(state: &Path, known: String) -> anyhow::Result<()> {
    if let Some(format) = ledger::older_format(state) {
        anyhow::bail!(
            "the copy lies in place, and what you stated could not be recorded in it, because its format is {format}: payoutd brings it up to \
             date at its start; then say it once more: payoutd pause --distrust --reason \"…\""
        );
    }
    let reason = format!("took over with a copy; no other payoutd can send: {known}");
    let order = Order { verb: Verb::Distrust, target: Target::House, by: by(reason), uid: None, from: None };
    ledger::post_order(state, &order, super::now())?;
    Ok(())
}
