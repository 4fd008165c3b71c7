//! What `payoutd doctor` asks MonCash: a token, the balance, and how its clock stands to ours.
//!
//! Must never: send a Transfert, or show a token.

use super::doctor::Finding;
use super::{print, run};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::daemon;
use crate::moncash::gateway::Gateway;
use crate::payout::evidence::{BalanceAnswer, read_balance, token_refused};
use crate::payout::reply::{Outcome, Reply};
use crate::report::cell::one_line;
use std::rc::Rc;

/// A clock that is wrong by more than this misleads people: days of batches, times of reports. Safety is
/// reckoned on another clock.
const CLOCK_OFF_MS: u64 = 60_000;

/// Credentials, account and clock.
pub async fn look(config: &Config) -> Vec<Finding> {
    let client = match run::place(config).await {
        Ok((place, _)) => daemon::client(config, &place, Rc::new(SystemClock::new())),
        // Told with the secret.
        Err(_) => return vec![Finding::Warning("account: MonCash was not asked, without a secret".to_string())],
    };
    let client = match client {
        Ok(client) => client,
        Err(error) => return vec![Finding::Bad(format!("account: {}", print::word_error(&error)))],
    };
    let reply = client.prepare().await;
    if client.token_life().is_none() {
        let mut findings = vec![Finding::Bad(no_token(reply.as_ref()))];
        findings.extend(clock(client.clock_ahead()));
        return findings;
    }
    let balance = client.balance().await;
    let mut findings = vec![Finding::Good("credentials: MonCash gave a token".to_string()), account(&balance)];
    findings.extend(clock(client.clock_ahead()));
    findings
}

fn no_token(reply: Option<&Reply>) -> String {
    let Some(reply) = reply else { return "credentials: MonCash gave no token".to_string() };
    if let Some(words) = token_refused(reply) {
        return format!(
            "credentials: MonCash refused them ({}): client id and secret must be those of the prefunded account",
            one_line(&words)
        );
    }
    match &reply.outcome {
        Outcome::Answered(http) => {
            format!("credentials: the token call was answered with HTTP {} and no usable token", http.status)
        }
        Outcome::NeverLeft(why) | Outcome::Lost(why) => format!(
            "credentials: MonCash does not answer ({}): check the network and [moncash] base_url",
            one_line(why)
        ),
    }
}

fn account(reply: &Reply) -> Finding {
    match read_balance(reply) {
        BalanceAnswer::Reading(amount) => Finding::Good(format!("account: balance HTG {}", amount.grouped())),
        BalanceAnswer::Account { words } => Finding::Bad(format!("account: {}", account_trouble(&words))),
        BalanceAnswer::TooMany => {
            Finding::Warning("account: MonCash asks for fewer calls; try again later".to_string())
        }
        BalanceAnswer::Token => Finding::Bad("account: MonCash refused the token it had just given".to_string()),
        BalanceAnswer::Unknown { why } => {
            Finding::Bad(format!("account: the balance could not be read ({}): try again later", one_line(&why)))
        }
    }
}

/// The two troubles that integrators report, told apart by MonCash's words.
fn account_trouble(words: &str) -> String {
    let told = one_line(words);
    if words.to_ascii_lowercase().contains("does not exist") {
        return format!(
            "these are the credentials of the collection account ({told}): the prefunded account has its own; ask Digicel for them"
        );
    }
    format!("payouts are not enabled for this account ({told}): ask Digicel to enable prefunded payouts")
}

fn clock(ahead_ms: Option<i64>) -> Vec<Finding> {
    let Some(ahead) = ahead_ms else {
        return vec![Finding::Warning("clock: MonCash did not tell its time: not compared".to_string())];
    };
    let off = ahead.unsigned_abs();
    let way = if ahead > 0 { "behind" } else { "ahead of" };
    vec![if off > CLOCK_OFF_MS {
        Finding::Warning(format!(
            "clock: this machine is {} s {way} MonCash: set it (timedatectl), or reports carry wrong times",
            off / 1000
        ))
    } else {
        Finding::Good("clock: agrees with MonCash's within a minute".to_string())
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_misleads_people_is_told_with_its_direction() {
        assert!(matches!(&clock(Some(5_000))[..], [Finding::Good(_)]));
        assert!(matches!(&clock(Some(-120_000))[..], [Finding::Warning(told)] if told.contains("120 s ahead of")));
        assert!(matches!(&clock(Some(120_000))[..], [Finding::Warning(told)] if told.contains("120 s behind")));
        assert!(matches!(&clock(None)[..], [Finding::Warning(told)] if told.contains("not compared")));
    }

    #[test]
    fn the_two_account_troubles_get_the_remedy_that_fits() {
        let collection = "the receiver organization queried by 12 short code does not exist";
        assert!(account_trouble(collection).contains("collection account"));
        assert!(account_trouble("No short code for user account").contains("not enabled"));
    }
}
