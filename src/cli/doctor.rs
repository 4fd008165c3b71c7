//! `payoutd doctor`: whether everything that payoutd stands on is in order.
//!
//! Must never: send a Transfert, show the secret, or stop at the first finding.

mod books;
mod disk;
mod finding;
mod machine;
mod online;
mod rights;

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::{Config, secret};
use crate::daemon::notify::way;
use clap::Args;
use finding::{Finding, Grade, as_json, word};

/// Check the configuration, the secret, the folders, the disk, the ledger, the network, the account and the clock
///
/// Asks MonCash for a token and for the balance, and never sends a Transfert. Every finding names the
/// file, setting or host, and says what mends it. Run it as the user that payoutd runs as: another may not
/// see its folders and secret.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct DoctorArgs {
    /// Look at this machine alone; MonCash is not asked
    #[arg(long)]
    pub offline: bool,
    /// Where MonCash refuses the credentials, ask its other environment for a token with them, to tell
    /// whether they are that one's. Sends them there. From a sandbox at MonCash's own address live is asked in any case
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = online::MONCASHS_OWN, conflicts_with = "offline")]
    pub other_environment: Option<String>,
    /// The findings as a JSON array: grade, about, what, mend
    #[arg(long)]
    pub json: bool,
}

/// Exit code 1 when something is bad; 2 when there is no usable configuration to look at.
pub async fn run(args: DoctorArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let mut findings = look_here(&config);
    if !args.json {
        // What was found is told before MonCash is waited for.
        print::print(&word(&findings))?;
    }
    let asked = match (args.offline, &config.moncash.base_url) {
        (true, _) => vec![Finding::told(Grade::Warning, "account", "MonCash was not asked (--offline)")],
        (false, None) => vec![Finding::good("account", "the simulator inside this process; nothing to ask")],
        (false, Some(address)) => online::look(&config, address, args.other_environment.as_deref()).await,
    };
    if !args.json {
        print::print(&word(&asked))?;
    }
    findings.extend(asked);
    if args.json {
        print::print(&as_json(&findings))?;
    }
    Ok(if findings.iter().any(Finding::is_bad) { Exit::Failed } else { Exit::Done })
}

/// What is seen without asking anybody.
fn look_here(config: &Config) -> Vec<Finding> {
    let mut findings = look_at_settings(config);
    match disk::look_whether_read_only(config) {
        Some(read_only) => findings.push(read_only),
        None => {
            findings.extend(rights::look(config));
            findings.extend(disk::look(config));
        }
    }
    findings.extend(machine::look(config));
    findings.extend(books::look(config));
    findings.extend(look_at_notify(config));
    findings
}

/// Whether the first alarm would reach somebody.
fn look_at_notify(config: &Config) -> Option<Finding> {
    config.notify.way.as_ref()?;
    Some(match way(&config.notify).and_then(|way| way.look()) {
        Ok(()) => Finding::good("notify", "somebody is told; 'payoutd notify --test' tries it"),
        Err(why) => Finding::bad("notify", why, "correct it, then 'payoutd notify --test'"),
    })
}

/// What the configuration and the secret look like from here.
fn look_at_settings(config: &Config) -> Vec<Finding> {
    let address = config.moncash.base_url.as_deref().unwrap_or("the simulator in this process");
    let mut findings = vec![Finding::good(
        "settings",
        format!("environment {}, account {}, {address}", config.moncash.environment, config.moncash.client_id),
    )];
    findings.extend(config.warnings().into_iter().map(|words| Finding::told(Grade::Warning, "settings", words)));
    findings.push(match (config.read_secret(), secret::source(&config.moncash)) {
        (Ok(_), Some(source)) => Finding::good("secret", source.to_string()),
        (Ok(_), None) => Finding::told(Grade::Bad, "secret", "it came and went while it was looked at: look again"),
        (Err(error), _) => Finding::told(Grade::Bad, "secret", error.to_string()),
    });
    findings
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
        let said = word(&look_here(&config));
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
