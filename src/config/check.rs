//! What settings must be to each other, and what live demands.
//!
//! Must never: mend a setting. A person wrote it; a person changes it.

use super::Config;
use super::reader::Reader;
use super::sections::{Environment, Moncash};
use super::units;
use std::time::Duration;

/// Least grace in live: integrators trust "not found" only after it. Also the default.
pub const MIN_GRACE_LIVE: Duration = Duration::from_secs(30 * 60);

pub fn check(config: &Config, r: &mut Reader<'_>) {
    check_address(&config.moncash, r);
    check_times(config, r);
    check_folders(config, r);
    check_limits(config, r);
    if config.moncash.environment == Environment::Live {
        check_live(config, r);
    }
}

/// Sandbox settings must not reach live money, nor the other way round.
fn check_address(moncash: &Moncash, r: &mut Reader<'_>) {
    let Some((_, host)) = moncash.base_url.as_deref().and_then(|url| units::base_url(url).ok()) else {
        return;
    };
    let environment = moncash.environment;
    if environment == Environment::Simulator && !units::is_loopback(&host) {
        r.problem("moncash", "base_url", "must be this machine with environment \"simulator\": or take the line out");
    }
    for other in [Environment::Sandbox, Environment::Live] {
        if environment != other && other.host() == Some(host.trim_end_matches('.')) {
            let what = format!("is MonCash's {other} system, but environment is \"{environment}\": make the two agree");
            r.problem("moncash", "base_url", what);
        }
    }
}

fn check_times(config: &Config, r: &mut Reader<'_>) {
    let safety = &config.safety;
    if config.moncash.connect_timeout >= config.moncash.request_timeout {
        r.problem("moncash", "connect_timeout", "must be shorter than request_timeout, which is for the whole call");
    }
    if safety.ask_every > safety.ask_at_most_every {
        r.problem("safety", "ask_every", "must not be longer than ask_at_most_every");
    }
    if safety.ask_for <= safety.grace {
        r.problem("safety", "ask_for", "must be longer than grace: \"not found\" counts only after the grace");
    }
    if config.intake.start_after >= safety.queued_for {
        r.problem("intake", "start_after", "must be shorter than [safety] queued_for, or every payout ends held");
    }
}

fn check_folders(config: &Config, r: &mut Reader<'_>) {
    let (batches, state) = (&config.folders.batches, &config.folders.state);
    if batches.starts_with(state) || state.starts_with(batches) {
        let what = "and [folders] batches must lie apart: people drop files in one, only payoutd writes in the other";
        r.problem("folders", "state", what);
    }
}

fn check_limits(config: &Config, r: &mut Reader<'_>) {
    let limits = &config.limits;
    if limits.min_amount > limits.max_amount {
        r.problem("limits", "min_amount", "must not be more than max_amount");
    }
    if limits.max_batch_amount.is_some_and(|most| most < limits.min_amount) {
        r.problem("limits", "max_batch_amount", "is less than min_amount: no batch could be admitted");
    }
}

fn check_live(config: &Config, r: &mut Reader<'_>) {
    if !config.safety.check_first {
        r.problem("safety", "check_first", "must be true in live: take the line out");
    }
    if config.safety.grace < MIN_GRACE_LIVE {
        r.problem("safety", "grace", "must be at least 30m in live: a lost call may still pay until then");
    }
}
