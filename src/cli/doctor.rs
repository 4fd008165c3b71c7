//! `payoutd doctor`: whether everything that payoutd stands on is in order.
//!
//! Must never: send a Transfert, show the secret, or stop at the first finding.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::{Config, secret};
use clap::Args;
use std::fmt::Write;
use std::path::Path;

/// Check the configuration, the secret, the folders, the clock and the account
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct DoctorArgs {}

/// One finding of the doctor's.
pub enum Finding {
    Good(String),
    Warning(String),
    Bad(String),
}

/// Exit code 1 when something is bad; 2 when there is no usable configuration to look at.
pub async fn run(_: DoctorArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let mut findings = look_at_settings(&config);
    findings.extend(look_at_folders(&config));
    print::print(&word(&findings))?;
    let bad = findings.iter().any(|finding| matches!(finding, Finding::Bad(_)));
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

/// Whether the folders are there and of the right kind. Writing is left to the daemon, which holds
/// the lock for it.
pub fn look_at_folders(config: &Config) -> Vec<Finding> {
    let folders = [("batches", &config.folders.batches), ("state", &config.folders.state)];
    folders.iter().map(|(name, folder)| look_at_folder(name, folder)).collect()
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
        let text = "[moncash]\nclient_id = \"me\"\nclient_secret_file = \"missing\"\n";
        let config = Config::from_text(text, &folder.path().join("payoutd.toml")).expect("good");
        let mut findings = look_at_settings(&config);
        findings.extend(look_at_folders(&config));
        let said = word(&findings);
        for line in [
            "good     settings: environment sandbox, account me",
            "BAD      secret:",
            "BAD      batches:",
            "good     state:",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
    }
}
