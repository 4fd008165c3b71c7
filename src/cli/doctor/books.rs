//! The ledger: whether it can be read, whose it is, and what stops the sending.
//!
//! Must never: open it to write.

use super::finding::{Finding, Grade};
use crate::cli::rebind::identity;
use crate::config::{Config, Environment};
use crate::ledger::{LedgerError, Reader};
use crate::report::cell::one_line;

const ABOUT: &str = "ledger";
const RESUME: &str = "payoutd resume --reason \"…\"";

pub fn look(config: &Config) -> Vec<Finding> {
    match read(config) {
        Ok(findings) => findings,
        Err(LedgerError::Missing(_)) => {
            vec![Finding::told(Grade::Warning, ABOUT, "there is none yet: `payoutd run` makes it")]
        }
        Err(error) => vec![Finding::told(Grade::Bad, ABOUT, error.to_string())],
    }
}

fn read(config: &Config) -> Result<Vec<Finding>, LedgerError> {
    let ledger = Reader::open(&config.folders.state)?;
    let (bound, ours) = (ledger.identity()?, identity(config));
    let head = ledger.head()?;
    let mut findings = vec![if bound == ours {
        Finding::good(ABOUT, format!("{} events, {bound}", head.seq))
    } else {
        Finding::bad(
            ABOUT,
            format!("it belongs to {bound}, the configuration says {ours}"),
            "correct [moncash] and [folders] state; for a new client id of the same account: payoutd rebind --reason \"…\"",
        )
    }];
    if config.moncash.environment == Environment::Simulator {
        findings.push(Finding::told(Grade::Warning, ABOUT, "it is a simulation's; no money moves"));
    }
    let standing = ledger.standing()?;
    if let Some(why) = &standing.suspicion {
        let what =
            format!("nothing is sent, because it may be older than its last send ({})", one_line(&why.to_string()));
        findings.push(Finding::bad(ABOUT, what, format!("README, After a restore: look first; then {RESUME}")));
    }
    for words in [&standing.account_refused, &standing.equal_refusals].into_iter().flatten() {
        let what = format!("nothing is sent, because MonCash refused ({})", one_line(words));
        findings.push(Finding::bad(ABOUT, what, format!("find out why; then {RESUME}")));
    }
    if let Some(order) = &standing.paused {
        let what = format!("paused by {} ({})", one_line(&order.who), one_line(&order.reason));
        findings.push(Finding::warning(ABOUT, what, RESUME));
    }
    Ok(findings)
}
