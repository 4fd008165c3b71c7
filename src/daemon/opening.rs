//! Opening the ledger at a start: waits for a command that is at work on it, and tells the service manager
//! where bringing it to a new format takes long.
//!
//! Must never: wait for another daemon.

use super::signals::notify;
use super::{Place, identity};
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{self, Ledger, LedgerError, Opened};
use sd_notify::NotifyState;
use std::path::Path;
use std::time::Duration;

/// How long the service manager lets a start take that brings the ledger to a new format, in microseconds: an
/// hour, for a copy and an audit of every payout there ever was.
const FOR_A_NEW_FORMAT: u32 = 3_600_000_000;
/// How long a command may have the ledger before a start gives up: `resolve --not-paid` asks MonCash, a minute
/// at most, and less than the 90 s that a service manager lets a start take.
const FOR_A_COMMAND: Duration = Duration::from_secs(75);
/// How often it is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// So many times the folder must be found held with no command at work before it is another daemon that has
/// it: a command may end, and the next one begin, between the two looks.
const LOOKS: u32 = 3;

/// The ledger of the configuration, for a daemon.
///
/// # Errors
/// As [`Ledger::open`]; [`LedgerError::Held`] at once where another daemon has it, and after 75 s where a command has.
pub(super) async fn open_ledger(config: &Config, place: &Place, clock: &dyn Clock) -> Result<Opened, LedgerError> {
    let state = &config.folders.state;
    if let Some(format) = ledger::older_format(state) {
        tracing::warn!(
            format,
            "the ledger is of an earlier payoutd: nothing to do, it is copied, brought up to date and audited first"
        );
        let words = "bringing the ledger to a new format; nothing is sent before it is done";
        notify(&[NotifyState::ExtendTimeoutUsec(FOR_A_NEW_FORMAT), NotifyState::Status(words)]);
    }
    when_no_command_has_it(state, || Ledger::open(state, &identity(config, place), clock.now())).await
}

async fn when_no_command_has_it(
    state: &Path,
    mut open: impl FnMut() -> Result<Opened, LedgerError>,
) -> Result<Opened, LedgerError> {
    let give_up = tokio::time::Instant::now() + FOR_A_COMMAND;
    let (mut looks, mut told) = (0, false);
    loop {
        let held = match open() {
            Err(held @ LedgerError::Held(_)) => held,
            opened => return opened,
        };
        if ledger::is_command_at_work(state)? {
            looks = 0;
            if !told {
                tracing::info!("a payoutd command is at work on the ledger: waiting for it to end");
                told = true;
            }
        } else {
            looks += 1;
        }
        if looks >= LOOKS || tokio::time::Instant::now() >= give_up {
            return Err(held);
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::ledger::{Identity, command_at_work};

    fn open(state: &Path) -> Result<Opened, LedgerError> {
        let word = |text: &str| text.to_string();
        let identity = Identity { environment: word("simulator"), host: word("here"), account: word("story") };
        Ledger::open(state, &identity, SystemClock::new().now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_start_waits_for_a_command_and_not_for_another_daemon() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let at_work = command_at_work(state).unwrap();
        let has_it = open(state).unwrap();
        let began = tokio::time::Instant::now();
        let ends = async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            drop((has_it, at_work));
        };
        let (opened, ()) = tokio::join!(when_no_command_has_it(state, || open(state)), ends);
        let opened = opened.map_err(|error| error.to_string()).unwrap();
        assert!(began.elapsed() >= Duration::from_secs(20));

        // What has it now says of no command.
        let began = tokio::time::Instant::now();
        let second = when_no_command_has_it(state, || open(state)).await;
        assert!(matches!(second, Err(LedgerError::Held(_))));
        assert!(began.elapsed() < Duration::from_secs(1));

        let _at_work = command_at_work(state).unwrap();
        let began = tokio::time::Instant::now();
        assert!(matches!(when_no_command_has_it(state, || open(state)).await, Err(LedgerError::Held(_))));
        assert!(began.elapsed() >= FOR_A_COMMAND, "a command that never ends is waited for, but not for ever");
        drop(opened);
    }
}
