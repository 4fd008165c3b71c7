//! `payoutd completions`: what a shell needs to complete the commands.

use super::{Cli, exit, exit::Exit, print};
use clap::{Args, CommandFactory};

/// Print the completions for a shell
///
/// For bash: payoutd completions bash > /etc/bash_completion.d/payoutd
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: clap_complete::Shell,
}

pub async fn run(args: CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "payoutd", &mut script);
    print::print_bytes(&script)?;
    Ok(Exit::Done)
}
