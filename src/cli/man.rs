//! `payoutd man`: the manual, from the same words as `--help`.

use super::{Cli, exit, exit::Exit, print};
use anyhow::Context;
use clap::{Args, CommandFactory};
use std::path::PathBuf;

/// Print the manual pages of payoutd and of every command, as roff
///
/// To read it: payoutd man | man -l -
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ManArgs {
    /// Write each page into a file of its own in this folder instead, such as payoutd-run.1
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}

/// One page: its name and its text.
type Page = (String, Vec<u8>);

pub async fn run(args: ManArgs) -> anyhow::Result<Exit> {
    let mut pages = Vec::new();
    let mut command = Cli::command();
    command.build();
    render(command, "payoutd".to_string(), &mut pages)?;
    let Some(folder) = args.to else {
        let all: Vec<u8> = pages.into_iter().flat_map(|(_, page)| page).collect();
        print::print_bytes(&all)?;
        return Ok(Exit::Done);
    };
    for (name, page) in pages {
        let file = folder.join(format!("{name}.1"));
        std::fs::write(&file, page).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(Exit::Done)
}

/// One page for the command, then those of the commands in it.
fn render(command: clap::Command, name: String, pages: &mut Vec<Page>) -> std::io::Result<()> {
    let inner: Vec<clap::Command> =
        command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()).cloned().collect();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.display_name(name.clone()).disable_help_subcommand(true)).render(&mut page)?;
    pages.push((name.clone(), page));
    for command in inner {
        let name = format!("{name}-{}", command.get_name());
        render(command, name, pages)?;
    }
    Ok(())
}
