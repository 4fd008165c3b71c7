//! What `payoutd doctor` asks MonCash: a token, the balance, and how its clock stands to ours.
//!
//! Must never: send a Transfert, show a token, or send credentials elsewhere than it says.

use super::finding::{Finding, Grade};
use crate::cli::{print, run};
use crate::clock::SystemClock;
use crate::config::{Config, Environment, secret};
use crate::daemon::{self, Place};
use crate::moncash::gateway::Gateway;
use crate::moncash::{settings, trouble};
use crate::payout::evidence::{BalanceAnswer, read_balance, token_refused};
use crate::payout::reply::{Outcome, Reply};
use crate::report::cell::one_line;
use std::rc::Rc;

/// Stands for MonCash's own address of the other environment.
pub const MONCASHS_OWN: &str = "moncash";

/// A clock that is wrong by more than this misleads people: days of batches, times of reports. Safety is
/// reckoned on another clock.
const CLOCK_OFF_MS: u64 = 60_000;
/// By more than this, days and payment hours are wrong, and soon certificates.
const CLOCK_WRONG_MS: u64 = 3_600_000;

/// Credentials, account and clock. `other`: an address to ask too where they are refused.
pub async fn look(config: &Config, address: &str, other: Option<&str>) -> Vec<Finding> {
    let Ok((place, _)) = run::place(config).await else {
        // Told with the secret.
        return vec![Finding::told(Grade::Warning, "account", "MonCash was not asked, without a secret")];
    };
    let client = match daemon::client(config, &place, Rc::new(SystemClock::new())) {
        Ok(client) => client,
        Err(error) => return vec![Finding::told(Grade::Bad, "account", print::word_error(&error))],
    };
    let reply = client.prepare().await;
    if client.token_life().is_none() {
        let mut findings = vec![match reply.as_ref().and_then(token_refused) {
            Some(words) => refused(config, place, &words, other).await,
            None => no_token(address, reply.as_ref()),
        }];
        findings.extend(clock(client.clock_ahead()));
        return findings;
    }
    let balance = client.balance().await;
    let told = format!("MonCash gave a token to {}", config.moncash.client_id);
    let mut findings = vec![Finding::good("credentials", told), account(config, &balance)];
    findings.extend(clock(client.clock_ahead()));
    findings
}

/// The credentials were refused. Whose are they?
async fn refused(config: &Config, mut place: Place, words: &str, other: Option<&str>) -> Finding {
    let (environment, id) = (config.moncash.environment, &config.moncash.client_id);
    let from = secret::source(&config.moncash).map_or_else(String::new, |source| format!(", secret from {source}"));
    let what = format!("MonCash refused them ({}): client id {id}{from}, environment {environment}", one_line(words));
    let write = "write client id and secret of the prefunded account of this environment (client_id in the configuration, the \
                 secret alone on one line in its file), then restart payoutd";
    let Some((theirs, address)) = elsewhere(config, &place.base_url, other) else {
        let mend = match environment {
            Environment::Simulator => write.to_string(),
            _ => format!("{write}. Are they the other environment's?  payoutd doctor --other-environment  asks there"),
        };
        return Finding::bad("credentials", what, mend);
    };
    place.base_url = address;
    let taken = match daemon::client(config, &place, Rc::new(SystemClock::new())) {
        Ok(client) => {
            client.prepare().await;
            client.token_life().is_some()
        }
        Err(error) => {
            return Finding::told(Grade::Bad, "credentials", format!("{what}; {}", print::word_error(&error)));
        }
    };
    if taken {
        let what = format!("these are keys of {theirs}, and [moncash] environment is \"{environment}\": {what}");
        let mend = format!(
            "write the keys of {environment}; or, if {theirs} is meant, environment = \"{theirs}\" with [folders] batches and \
             state of its own"
        );
        return Finding::bad("credentials", what, mend);
    }
    Finding::bad("credentials", format!("{what}; {theirs} does not take them either"), write)
}

/// The other environment and its address, where it is to be asked. Only a sandbox's keys are shown to live
/// unasked: what is good for anything there belongs there. A live secret goes nowhere by itself.
fn elsewhere(config: &Config, address: &str, other: Option<&str>) -> Option<(Environment, String)> {
    let (theirs, own) = match config.moncash.environment {
        Environment::Simulator => return None,
        Environment::Sandbox => (Environment::Live, settings::Environment::Live.base_url()),
        Environment::Live => (Environment::Sandbox, settings::Environment::Sandbox.base_url()),
    };
    match other {
        Some(MONCASHS_OWN) => Some((theirs, own.to_string())),
        Some(address) => Some((theirs, address.to_string())),
        None => (address == settings::Environment::Sandbox.base_url()).then(|| (theirs, own.to_string())),
    }
}

fn no_token(address: &str, reply: Option<&Reply>) -> Finding {
    match reply.map(|reply| &reply.outcome) {
        Some(Outcome::Answered(http)) => Finding::bad(
            "credentials",
            format!("{address} answered the token call with HTTP {} and no usable token", http.status),
            "'payoutd moncash token' shows the whole answer; is [moncash] base_url MonCash's own, and nothing in between? \
             5xx: wait, and call MonCash's support",
        ),
        Some(Outcome::NeverLeft(why) | Outcome::Lost(why)) => {
            Finding::bad("network", format!("{address} does not answer: {}", one_line(why)), mend_network(address, why))
        }
        None => Finding::bad("credentials", format!("{address} gave no token"), "payoutd moncash token"),
    }
}

/// The command that shows or mends what keeps us from MonCash.
fn mend_network(address: &str, why: &str) -> String {
    let authority = address.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(address);
    let host = run::host_of(address);
    let reach = if authority.len() > host.len() { authority.to_string() } else { format!("{authority}:443") };
    let openssl = format!("openssl s_client -connect {reach} -servername {host} </dev/null");
    let mends = [
        (
            trouble::NO_NAME,
            format!("'getent hosts {host}' must give an address: correct DNS (/etc/resolv.conf) or [moncash] base_url"),
        ),
        (
            trouble::NOBODY_LISTENS,
            "correct host and port of [moncash] base_url; a firewall may refuse it as well".to_string(),
        ),
        (trouble::NO_ROUTE, "'ip route' and 'ip addr': bring up this machine's network".to_string()),
        (
            trouble::NO_ANSWER,
            format!("'curl -v {address}' from here; open port 443 outwards in the firewall (payoutd uses no proxy)"),
        ),
        (
            "has expired",
            format!(
                "'timedatectl' first: is the clock right? Then '{openssl}' shows the dates; they are MonCash's to mend"
            ),
        ),
        ("not valid yet", format!("'timedatectl' first: is the clock right? Then '{openssl}' shows the dates")),
        ("for another name", format!("correct [moncash] base_url; '{openssl}' shows the certificate's names")),
        (
            "no authority",
            format!(
                "apt-get install --reinstall ca-certificates && update-ca-certificates; '{openssl}' shows who issued it; never switch the check off"
            ),
        ),
        ("does not speak TLS", "correct the port of [moncash] base_url: https, 443".to_string()),
        ("no TLS 1.2", format!("something old stands in between: '{openssl}'")),
        (
            "no whole answer",
            format!(
                "'curl -v {address}' from here: MonCash is slow or hangs; [moncash] request_timeout is how long it may take"
            ),
        ),
        (
            trouble::CUT,
            format!(
                "'curl -v {address}' from here: something in between cuts it; call your network's people, then MonCash's support"
            ),
        ),
    ];
    let found = mends.into_iter().find(|(words, _)| why.contains(words));
    found.map_or_else(
        || format!("check the network and [moncash] base_url: 'curl -v {address}' from here"),
        |(_, mend)| mend,
    )
}

fn account(config: &Config, reply: &Reply) -> Finding {
    match read_balance(reply) {
        BalanceAnswer::Reading(amount) => Finding::good("account", format!("balance HTG {}", amount.grouped())),
        BalanceAnswer::Account { words } => account_trouble(&config.moncash.client_id, &words),
        BalanceAnswer::TooMany => {
            let what = "MonCash asks for fewer calls";
            Finding::warning("account", what, "try again in a minute; is another program using this account?")
        }
        BalanceAnswer::Token => {
            let what = "MonCash refused the token it had just given";
            Finding::bad(
                "account",
                what,
                "payoutd moncash balance  shows the whole answer; call MonCash's support with it",
            )
        }
        BalanceAnswer::Unknown { why } => Finding::bad(
            "account",
            format!("the balance could not be read ({})", one_line(&why)),
            "payoutd moncash balance  shows the whole answer; try again later",
        ),
    }
}

/// The two troubles that integrators report, told apart by MonCash's words.
fn account_trouble(id: &str, words: &str) -> Finding {
    let told = one_line(words);
    if words.to_ascii_lowercase().contains("does not exist") {
        return Finding::bad(
            "account",
            format!("client id {id} and its secret are credentials of the collection account ({told})"),
            "the prefunded account has its own: ask Digicel for them, and write them in place of these (client_id, and the secret)",
        );
    }
    Finding::bad(
        "account",
        format!("payouts are not enabled for the account of client id {id} ({told})"),
        "ask Digicel to enable prefunded payouts; then payoutd resume --reason \"…\" if it had stopped",
    )
}

fn clock(ahead_ms: Option<i64>) -> Vec<Finding> {
    let Some(ahead) = ahead_ms else {
        return vec![Finding::told(Grade::Warning, "clock", "MonCash did not tell its time: not compared")];
    };
    let off = ahead.unsigned_abs();
    if off <= CLOCK_OFF_MS {
        return vec![Finding::good("clock", "agrees with MonCash's within a minute")];
    }
    let way = if ahead > 0 { "behind" } else { "ahead of" };
    let what = format!(
        "this machine is {} s {way} MonCash (by the Date of its answer): reports, pay days and payment hours go by it",
        off / 1000
    );
    let mend =
        "timedatectl set-ntp true  (and 'timedatectl timesync-status'); without a network time: timedatectl set-time";
    vec![if off > CLOCK_WRONG_MS { Finding::bad("clock", what, mend) } else { Finding::warning("clock", what, mend) }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_clock_that_misleads_people_is_told_with_its_direction() {
        let one = |ahead| clock(Some(ahead)).remove(0);
        assert_eq!(one(5_000).grade, Grade::Good);
        assert!(one(-120_000).what.contains("120 s ahead of") && one(-120_000).grade == Grade::Warning);
        assert!(one(120_000).what.contains("120 s behind") && one(120_000).mend.is_some());
        assert_eq!((one(3_600_001).grade, one(-86_400_000).grade), (Grade::Bad, Grade::Bad));
        assert!(clock(None)[0].what.contains("not compared"));
    }

    #[test]
    fn the_two_account_troubles_get_the_remedy_that_fits() {
        let collection = account_trouble("me", "the receiver organization queried by 12 short code does not exist");
        assert!(collection.what.contains("collection account") && collection.is_bad());
        let disabled = account_trouble("me", "No short code for user account");
        assert!(disabled.what.contains("not enabled") && disabled.is_bad());
    }

    #[test]
    fn a_live_secret_is_shown_to_nobody_else_unless_a_person_says_so() {
        let of = |environment: &str, more: &str| {
            let text = format!("[moncash]\nclient_id = \"me\"\nenvironment = \"{environment}\"\n{more}");
            Config::from_text(&text, Path::new("/x/payoutd.toml")).expect("good")
        };
        let live = "[safety]\nafter_not_found = \"hold\"\n[balance]\nfee_percent = \"0\"\n[approval]\nabove = \"0\"\n";
        let (sandbox, live) = (of("sandbox", ""), of("live", live));
        let own = |config: &Config| config.moncash.base_url.clone().unwrap_or_default();
        assert_eq!(elsewhere(&live, &own(&live), None), None);
        let there = elsewhere(&live, &own(&live), Some(MONCASHS_OWN)).unwrap();
        assert_eq!(there, (Environment::Sandbox, own(&sandbox)));
        assert_eq!(elsewhere(&sandbox, &own(&sandbox), None), Some((Environment::Live, own(&live))));
        assert_eq!(elsewhere(&sandbox, "https://127.0.0.1:1/Api", None), None, "an address of somebody's own");
        let named = elsewhere(&live, &own(&live), Some("http://127.0.0.1:1/Api")).unwrap();
        assert_eq!(named.1, "http://127.0.0.1:1/Api");
        let simulator = of("simulator", "");
        assert_eq!(elsewhere(&simulator, "http://127.0.0.1:1/Api", Some(MONCASHS_OWN)), None);
    }
}
