//! `payoutd check --online`: what MonCash says of every receiver in a file.
//!
//! Must never: make any call but CustomerStatus, or take no answer for a good one.

use super::exit::Exit;
use super::pacing::Paced;
use super::{check, print, run};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::daemon;
use crate::moncash::gateway::Gateway;
use crate::moncash::wallet::{Wallet, read_wallet};
use crate::payout::instruction::Account;
use crate::words::{one_line, say};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

/// So many questions in a row without an answer, and the rest are not asked.
const GIVE_UP: u32 = 5;

/// Asks about each receiver once, and tells those that may not be payable.
pub async fn ask(path: &Path, config: &Config) -> anyhow::Result<Exit> {
    let receivers = receivers(path, config)?;
    if receivers.is_empty() {
        return Ok(Exit::Done);
    }
    let (place, _simulator) = run::place(config).await?;
    let moncash = Paced::new(daemon::client(config, &place, Rc::new(SystemClock::new()))?, config);
    let (mut bad, mut unanswered, mut in_a_row) = (0, 0, 0);
    let language = config.reports.language;
    let total = u32::try_from(receivers.len()).unwrap_or(u32::MAX);
    for (receiver, line) in receivers {
        if in_a_row == GIVE_UP {
            unanswered += 1;
            continue;
        }
        let reply = moncash.ask(|client| client.customer(receiver)).await;
        match read_wallet(&reply) {
            Wallet::Good => in_a_row = 0,
            Wallet::Bad(words) => {
                (bad, in_a_row) = (bad + 1, 0);
                let (line, receiver, said) = (line.to_string(), receiver.msisdn(), one_line(&words));
                let text = say!("check-customer", line = line, receiver = receiver, said = said);
                print::print(&format!("  {}\n", text.text(language)))?;
            }
            Wallet::NoAnswer(words) => {
                (unanswered, in_a_row) = (unanswered + 1, in_a_row + 1);
                print::tell(&format!("no answer about {} (line {line}): {}", receiver.masked(), one_line(&words)));
            }
        }
    }
    let fine = total - bad - unanswered;
    let [fine_text, bad_text, unanswered_text] = [fine, bad, unanswered].map(|count: u32| count.to_string());
    let text = say!("check-asked", receivers = total, fine = fine_text, bad = bad_text, unanswered = unanswered_text);
    print::print(&format!("  {}\n", text.text(language)))?;
    Ok(match (bad, unanswered) {
        (_, 1..) => Exit::Failed,
        (1.., 0) => Exit::NotAllPaid,
        (0, 0) => Exit::Done,
    })
}

/// Each receiver of a good row, with the first line it stands on.
fn receivers(path: &Path, config: &Config) -> anyhow::Result<BTreeMap<Account, u32>> {
    let mut receivers = BTreeMap::new();
    // What keeps the file from being read was told by the examination.
    let rules = daemon::file_rules(config);
    let Ok(look) = rules.open(check::open(path)?, Some(None)) else { return Ok(receivers) };
    let Ok(reader) = rules.open(check::open(path)?, Some(look.find_mark())) else { return Ok(receivers) };
    for row in reader.flatten() {
        receivers.entry(row.instruction.receiver).or_insert(row.line);
    }
    Ok(receivers)
}
