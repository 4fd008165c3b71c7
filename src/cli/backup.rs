//! `payoutd backup`: a copy of the ledger while it runs, once or regularly.
//!
//! Must never: overwrite a file, or take away one that is no regular copy of ours.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use super::verify::tell_problems;
use crate::ledger::{self, Head};
use clap::Args;
use std::path::{Path, PathBuf};

/// Copy the ledger into a file, also while payoutd runs
///
/// Do not copy ledger.sqlite3 by hand: a copy of a database in use is torn. The copy holds people's
/// accounts: it is readable by its owner alone. What is sent after it was made it does not know.
///
/// With --into it is a regular backup: a dated file in a folder, and the oldest beyond --keep are taken away
/// once the new one is whole and on disk.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct BackupArgs {
    /// The file to write; it must not exist yet. Regular, dated copies: --into FOLDER
    #[arg(required_unless_present = "into")]
    pub file: Option<PathBuf>,
    /// A folder, best on another disk, that gets a dated copy: ledger-20261122T211500123Z.sqlite3
    #[arg(long, value_name = "FOLDER", conflicts_with = "file")]
    pub into: Option<PathBuf>,
    /// With --into: how many of these copies stay there
    #[arg(long, value_name = "N", default_value_t = 30, requires = "into", value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: u16,
    /// Audit the whole copy as `payoutd verify` does, beyond SQLite's own check of it; exit code 6 where it
    /// contradicts itself
    #[arg(long)]
    pub audit: bool,
}

pub async fn run(args: BackupArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let state = &config.folders.state;
    let Some(folder) = &args.into else {
        let file = args.file.unwrap_or_default();
        let head = ledger::backup(state, &file)?;
        return finish(&file, &head, args.audit, "");
    };
    let shelved = ledger::backup_into(state, folder, usize::from(args.keep), super::now())?;
    let mut more = String::new();
    if shelved.removed > 0 {
        more.push_str(&format!("{} older ones were taken away.\n", shelved.removed));
    }
    if shelved.from_the_future > 0 {
        more.push_str(&format!(
            "{} copies in {} are dated later than now and were left alone: look at the machine's clock, then at them.\n",
            shelved.from_the_future,
            folder.display()
        ));
    }
    if shelved.same_disk {
        print::tell(&format!(
            "{} lies on the disk that the ledger lies on: a backup there is lost with it; ship it elsewhere",
            folder.display()
        ));
    }
    finish(&shelved.file, &shelved.head, args.audit, &more)
}

fn finish(file: &Path, head: &Head, audit: bool, more: &str) -> anyhow::Result<Exit> {
    if audit {
        let findings = ledger::verify_copy(file, std::slice::from_ref(head))?;
        if !findings.is_clean() {
            print::print(&tell_problems(&findings))?;
            print::tell(&format!("{} contradicts itself, and so does the ledger: payoutd verify", file.display()));
            return Ok(Exit::Damaged);
        }
    }
    print::print(&format!(
        "{} is a copy of the ledger up to event {}, checked and on disk.\n{more}Chain head: {} {}\n",
        file.display(),
        head.seq,
        head.seq,
        head.hash
    ))?;
    Ok(Exit::Done)
}
