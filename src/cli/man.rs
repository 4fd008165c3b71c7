//! `payoutd man`: the manual, from the same words as `--help`.

use super::{Cli, exit, exit::Exit, print};
use clap::{Args, CommandFactory};

/// Print the manual pages of payoutd and of every command, as roff
///
/// To read it: payoutd man | man -l -
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ManArgs {}

pub async fn run(_: ManArgs) -> anyhow::Result<Exit> {
    let mut pages = Vec::new();
    let mut command = Cli::command();
    command.build();
    render(command, "payoutd".to_string(), &mut pages)?;
    print::print_bytes(&pages)?;
    Ok(Exit::Done)
}

/// One page for the command, then those of the commands in it.
fn render(command: clap::Command, name: String, pages: &mut Vec<u8>) -> std::io::Result<()> {
    let inner: Vec<clap::Command> =
        command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()).cloned().collect();
    clap_mangen::Man::new(command.display_name(name.clone()).disable_help_subcommand(true)).render(pages)?;
    for command in inner {
        let name = format!("{name}-{}", command.get_name());
        render(command, name, pages)?;
    }
    Ok(())
}
