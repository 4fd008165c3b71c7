//! `payoutd backup`: a copy of the ledger while it runs.
//!
//! Must never: overwrite a file.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::ledger;
use clap::Args;
use std::path::PathBuf;

/// Copy the ledger into a file, also while payoutd runs
///
/// Do not copy ledger.sqlite3 by hand: a copy of a database in use is torn. The copy holds people's
/// accounts: it is readable by its owner alone. What is sent after it was made it does not know.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct BackupArgs {
    /// The file to write; it must not exist yet
    pub file: PathBuf,
}

pub async fn run(args: BackupArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let head = ledger::backup(&config.folders.state, &args.file)?;
    print::print(&format!(
        "{} is a copy of the ledger up to event {}, checked and on disk.\nChain head: {} {}\n",
        args.file.display(),
        head.seq,
        head.seq,
        head.hash
    ))?;
    Ok(Exit::Done)
}
