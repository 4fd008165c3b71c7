//! `payoutd restore`: a copy of the ledger put in place, safely.
//!
//! Must never: throw away the ledger it replaces, or let an old copy send what was sent since.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use super::verify::tell_problems;
use crate::ledger;
use clap::Args;
use std::path::PathBuf;

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
}

pub async fn run(args: RestoreArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let state = &config.folders.state;
    anyhow::ensure!(
        args.file.is_file(),
        "{} is not a file: name one that 'payoutd backup' wrote; nothing was changed",
        args.file.display()
    );
    let findings = ledger::verify_copy(&args.file, &[])?;
    if !findings.is_clean() {
        print::print(&tell_problems(&findings))?;
        print::tell(&format!(
            "{} contradicts itself: nothing was changed; restore another copy, or ask for help",
            args.file.display()
        ));
        return Ok(Exit::Damaged);
    }
    let restored = ledger::restore(&args.file, state, super::now())?;
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
