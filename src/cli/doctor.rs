//! `payoutd doctor`: whether everything that payoutd stands on is in order.
//!
//! Must never: send a Transfert, show the secret, or stop at the first finding.

use super::context::Context;
use super::exit::{self, Exit};
use super::rebind::identity;
use super::{doctor_online, print};
use crate::config::{Config, Environment, secret};
use crate::files::guard::{Laxity, look_at_private_folder};
use crate::files::{Folder, prove_moves};
use crate::ledger::{LedgerError, Reader};
use crate::report::cell::one_line;
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Check the configuration, the secret, the folders, the ledger, the clock and the account
///
/// Asks MonCash for a token and for the balance, and never sends a Transfert. Run it as the user that
/// payoutd runs as: another may not see its folders and secret.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct DoctorArgs {
    /// Look at this machine alone; MonCash is not asked
    #[arg(long)]
    pub offline: bool,
}

/// One finding of the doctor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Good(String),
    Warning(String),
    Bad(String),
}

/// Exit code 1 when something is bad; 2 when there is no usable configuration to look at.
pub async fn run(args: DoctorArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let mut findings = look_at_settings(&config);
    findings.extend(look_at_folders(&config));
    findings.push(look_at_space(&config));
    findings.extend(look_at_ledger(&config));
    // What was found is told before MonCash is waited for.
    print::print(&word(&findings))?;
    let asked = match (args.offline, &config.moncash.base_url) {
        (true, _) => vec![Finding::Warning("account: MonCash was not asked (--offline)".to_string())],
        (false, None) => vec![Finding::Good("account: the simulator inside this process; nothing to ask".to_string())],
        (false, Some(_)) => doctor_online::look(&config).await,
    };
    print::print(&word(&asked))?;
    let bad = findings.iter().chain(&asked).any(|finding| matches!(finding, Finding::Bad(_)));
    Ok(if bad { Exit::Failed } else { Exit::Done })
}

/// What the configuration and the secret look like from here.
pub fn look_at_settings(config: &Config) -> Vec<Finding> {
    let address = config.moncash.base_url.as_deref().unwrap_or("the simulator in this process");
    let mut findings = vec![Finding::Good(format!(
        "settings: environment {}, account {}, {address}",
        config.moncash.environment, config.moncash.client_id
    ))];
    findings.extend(config.warnings().into_iter().map(Finding::Warning));
    findings.push(match (config.read_secret(), secret::source(&config.moncash)) {
        (Ok(_), Some(source)) => Finding::Good(format!("secret: {source}")),
        (Ok(_), None) => Finding::Bad("secret: it came and went while it was looked at".to_string()),
        (Err(error), _) => Finding::Bad(format!("secret: {error}")),
    });
    findings
}

/// Whether the folders are there and can be worked in. Only folders that exist are tried; none is made.
pub fn look_at_folders(config: &Config) -> Vec<Finding> {
    let folders = &config.folders;
    let mut findings = vec![look_at_folder("batches", &folders.batches), look_at_folder("state", &folders.state)];
    findings.extend(look_at_moves(&folders.batches));
    findings.extend(look_at_private_folder(&folders.state).map(|lax| match lax {
        Laxity::Writable(words) => Finding::Bad(format!("state: {words}")),
        Laxity::Open(words) => Finding::Warning(format!("state: {words}")),
    }));
    findings
}

fn look_at_folder(name: &str, folder: &Path) -> Finding {
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Ok(about) if !about.is_dir() => Finding::Bad(format!("{name}: {shown} is not a folder: move it away")),
        Ok(_) => match rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK) {
            Ok(()) => Finding::Good(format!("{name}: {shown}")),
            Err(e) => {
                Finding::Bad(format!("{name}: {shown} may not be written by this user ({e}): chown it to payoutd's"))
            }
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Finding::Warning(format!("{name}: {shown} is not there yet: `payoutd run` makes it"))
        }
        Err(e) => Finding::Bad(format!("{name}: {shown} cannot be looked at: {e}")),
    }
}

/// Files go from folder to folder by rename: tried with a file of our own.
fn look_at_moves(batches: &Path) -> Option<Finding> {
    let there: Vec<PathBuf> =
        ["inbox", "processing", "accepted", "rejected", "reports"].iter().map(|name| batches.join(name)).collect();
    if !there.iter().all(|path| path.is_dir()) {
        return None;
    }
    let opened: Result<Vec<Folder>, _> = there.iter().map(|path| Folder::open(path)).collect();
    let moved = opened.and_then(|folders| {
        let [inbox, processing, accepted, rejected, reports] = folders.as_slice() else { return Ok(()) };
        prove_moves(inbox, processing)?;
        prove_moves(processing, accepted)?;
        prove_moves(processing, rejected)?;
        prove_moves(reports, rejected)
    });
    Some(match moved {
        Ok(()) => Finding::Good("batches: files can be moved from folder to folder, replacing nothing".to_string()),
        Err(error) => Finding::Bad(format!("batches: files cannot be moved from folder to folder: {error}")),
    })
}

fn look_at_space(config: &Config) -> Finding {
    let state = &config.folders.state;
    let needed = config.safety.min_free;
    // Before the first run: where the folder will be.
    let near = state.ancestors().find(|folder| folder.is_dir()).unwrap_or(state);
    match Folder::open(near).and_then(|folder| folder.free_space()) {
        Ok(free) if free < needed => Finding::Bad(format!(
            "space: {} MB are free at {}, [safety] min_free wants {} MB: nothing is sent until there is room",
            free / 1_000_000,
            near.display(),
            needed / 1_000_000
        )),
        Ok(free) => Finding::Good(format!("space: {} MB are free at {}", free / 1_000_000, near.display())),
        Err(error) => Finding::Bad(format!("space: {error}")),
    }
}

/// Whether the ledger can be read, whose it is, and what stops the sending.
fn look_at_ledger(config: &Config) -> Vec<Finding> {
    match read_ledger(config) {
        Ok(findings) => findings,
        Err(LedgerError::Missing(_)) => {
            vec![Finding::Warning("ledger: there is none yet: `payoutd run` makes it".to_string())]
        }
        Err(error) => vec![Finding::Bad(format!("ledger: {error}"))],
    }
}

fn read_ledger(config: &Config) -> Result<Vec<Finding>, LedgerError> {
    let ledger = Reader::open(&config.folders.state)?;
    let (bound, ours) = (ledger.identity()?, identity(config));
    let head = ledger.head()?;
    let mut findings = vec![if bound == ours {
        Finding::Good(format!("ledger: {} events, {bound}", head.seq))
    } else {
        Finding::Bad(format!(
            "ledger: it belongs to {bound}, the configuration says {ours}: correct the configuration, or 'payoutd rebind'"
        ))
    }];
    if config.moncash.environment == Environment::Simulator {
        findings.push(Finding::Warning("ledger: it is a simulation's; no money moves".to_string()));
    }
    let standing = ledger.standing()?;
    if let Some(why) = &standing.suspicion {
        findings.push(Finding::Bad(format!(
            "ledger: nothing is sent, because it may be older than its last send ({}): look, then 'payoutd resume --reason …'",
            one_line(why)
        )));
    }
    for words in [&standing.account_refused, &standing.equal_refusals].into_iter().flatten() {
        findings.push(Finding::Bad(format!(
            "ledger: nothing is sent, because MonCash refused ({}): find out why, then 'payoutd resume'",
            one_line(words)
        )));
    }
    if let Some(order) = &standing.paused {
        let (who, reason) = (one_line(&order.who), one_line(&order.reason));
        findings.push(Finding::Warning(format!("ledger: paused by {who} ({reason}); 'payoutd resume' goes on")));
    }
    Ok(findings)
}

fn word(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = match finding {
            Finding::Good(what) => writeln!(text, "good     {what}"),
            Finding::Warning(what) => writeln!(text, "warning  {what}"),
            Finding::Bad(what) => writeln!(text, "BAD      {what}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doctor_names_what_is_bad_and_goes_on_looking() {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::write(folder.path().join("batches"), "").expect("write");
        std::fs::create_dir(folder.path().join("state")).expect("folder");
        let text = "[moncash]\nclient_id = \"me\"\nclient_secret_file = \"missing\"\n[safety]\nmin_free = \"900TB\"\n";
        let config = Config::from_text(text, &folder.path().join("payoutd.toml")).expect("good");
        let mut findings = look_at_settings(&config);
        findings.extend(look_at_folders(&config));
        findings.push(look_at_space(&config));
        findings.extend(look_at_ledger(&config));
        let said = word(&findings);
        for line in [
            "good     settings: environment sandbox, account me",
            "BAD      secret:",
            "BAD      batches:",
            "good     state:",
            "BAD      space:",
            "warning  ledger: there is none yet",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
    }
}
