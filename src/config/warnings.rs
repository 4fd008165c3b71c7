//! Settings that are allowed but deserve a second look.
//!
//! Must never: refuse anything; that is `check`'s.

use super::sections::{Environment, PaidAlready};
use super::{Config, units};
use crate::payout::money::Amount;
use std::time::Duration;

/// How long an answer of MonCash may take on a bad day; what `max_in_flight` is weighed against.
const SLOW_ANSWER_S: u64 = 10;
/// A file settled for less than this may still be on its way over a network folder.
const SHORT_SETTLE: Duration = Duration::from_secs(2);

pub fn of(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut warn = |when: bool, what: &str| {
        if when {
            warnings.push(what.to_string());
        }
    };
    let simulator = config.moncash.environment == Environment::Simulator;
    let live = config.moncash.environment == Environment::Live;
    let safety = &config.safety;

    let needed = u64::from(config.engine.transfers_per_second.milli()) * SLOW_ANSWER_S / 1000;
    warn(
        u64::try_from(config.engine.max_in_flight).unwrap_or(u64::MAX) < needed,
        &format!(
            "[engine] max_in_flight is less than {needed}: when answers take 10 s, transfers_per_second is not reached"
        ),
    );
    warn(
        config.engine.drain < config.moncash.request_timeout,
        "[engine] drain is shorter than [moncash] request_timeout: a stop may leave calls in doubt that would have been answered",
    );
    warn(
        config.intake.settle < SHORT_SETTLE && !simulator,
        "[intake] settle is under 2s: a file that is still being copied may be taken",
    );
    warn(
        safety.paid_already_within.is_none() && !simulator,
        "[safety] paid_already_within is off: the same payroll under new references would be paid again",
    );
    warn(safety.min_free == 0, "[safety] min_free is 0: a full disk is noticed only when a write fails");
    warn(!safety.check_first, "[safety] check_first is false: a reference that MonCash knows already is not noticed");
    if !live {
        return warnings;
    }
    warn(
        safety.paid_already == PaidAlready::Warn,
        "[safety] paid_already only warns: a payroll dropped twice is paid twice",
    );
    warn(config.approval.above.is_none(), "[approval] above is \"none\": whoever can write to the inbox can pay");
    warn(config.balance.floor == Amount::ZERO, "[balance] floor is 0.00: the account may be emptied");
    warn(
        config.balance.fee_ppm == 0 && config.balance.fee_fixed == Amount::ZERO,
        "[balance] fee_percent and fee_fixed are 0: compare with a statement, unexpected fees break the floor",
    );
    let host = config.moncash.base_url.as_deref().and_then(|url| units::base_url(url).ok()).map(|(_, host)| host);
    warn(
        host.as_deref() != Environment::Live.host(),
        "[moncash] base_url is not MonCash's own live address: whoever answers there receives the secret",
    );
    warnings
}
