//! The configuration file read again while payoutd runs, between two turns of the loop.
//!
//! Must never: take a part of a file that is refused, or leave the service manager without an answer.

use super::household::Household;
use super::signals::notify;
use crate::clock::monotonic_usec;
use crate::config::Config;
use crate::report::cell::local;
use jiff::tz::TimeZone;
use sd_notify::NotifyState;

/// Reads the file of `running` again, and lets the house go by what it says now.
///
/// # Errors
/// The ledger cannot be used: the process ends, as for any trouble with it. A file that is refused is none.
pub(super) fn read_again(household: &mut Household, running: &mut Config) -> anyhow::Result<()> {
    notify(&[NotifyState::Reloading, NotifyState::MonotonicUsec(monotonic_usec())]);
    let at = local(household.now().wall, &TimeZone::system());
    let words = match running.reload() {
        Ok(reloaded) => {
            household.go_by(&reloaded)?;
            let known = running.warnings();
            *running = reloaded.config().clone();
            tracing::info!("configuration read again; {}", reloaded.words());
            for warning in running.warnings().iter().filter(|warning| !known.contains(warning)) {
                tracing::warn!("{warning}; if that is not meant, correct it in the configuration");
            }
            format!("configuration read again at {at}; {}", reloaded.words())
        }
        Err(error) => {
            tracing::error!(
                "the configuration was read again and is refused as a whole; payoutd goes on with what it has, and would not start with this file: correct it and reload again: {error}"
            );
            format!("the configuration file was refused at {at} (the journal says why) and the one before goes on")
        }
    };
    let told = household.note_reread(words);
    notify(&[NotifyState::Ready, NotifyState::Status(&told)]);
    Ok(())
}
