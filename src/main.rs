//! Arguments, logging, exit code; nothing else.
#![forbid(unsafe_code)]
// As in lib.rs.
#![cfg_attr(
    not(test),
    deny(
        clippy::allow_attributes_without_reason,
        clippy::cast_sign_loss,
        clippy::dbg_macro,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::exit,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

use clap::Parser;
use payoutd::cli::exit::Exit;
use payoutd::cli::{Cli, logging, memory, print, run, runbook};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before a secret can be read.
    let open = memory::close();
    // Before anything can open a connection: rustls panics without a provider. A second
    // installation is refused, and then there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help_or_error) => {
            let _ = help_or_error.print();
            return if help_or_error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    logging::start(cli.global.log_format, cli.global.log_level);
    if let Some(what) = open {
        tracing::warn!(
            "{what}, so the secret in this process's memory is less well kept: run it as a user of its own, under the unit in systemd/"
        );
    }
    let ended = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| anyhow::Error::new(e).context("cannot start the event loop"))
        .and_then(|runtime| runtime.block_on(run(cli)));
    let exit = ended.unwrap_or_else(|error| {
        let entry = runbook::hint(&error).map(|entry| format!("\n{entry}")).unwrap_or_default();
        logging::tell_last(&format!("{}{entry}", print::word_error(&error)));
        Exit::of(&error)
    });
    logging::finish();
    exit.into()
}
