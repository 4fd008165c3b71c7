//! The exit codes that scripts rely on, in one place.
//!
//! Must never: give a new meaning to a number that is out in the world.

use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::ledger::LedgerError;
use std::process::ExitCode;

/// How a command ended. The numbers are a promise to scripts and to systemd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; for `run --once` every payout is paid; for `check` nothing to correct.
    Done = 0,
    /// An error.
    Failed = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Finished, but something was rejected, declined, cancelled or held; for `check` something to
    /// correct.
    NotAllPaid = 3,
    /// Stopped early, with payouts queued or in doubt. Wins over `NotAllPaid`.
    StoppedEarly = 4,
    /// Another payoutd holds the state folder.
    Occupied = 5,
    /// The ledger is damaged or contradicts itself.
    Damaged = 6,
    /// `reconcile`: money moved that the ledger calls unpaid or cannot explain. Nothing was changed.
    Alarm = 7,
}

impl Exit {
    /// The code for an error that ended a command. Errors with a code of their own are listed here
    /// and nowhere else.
    pub fn of(error: &anyhow::Error) -> Exit {
        if error.chain().any(|cause| cause.is::<ConfigError>() || cause.is::<WrongUsage>()) {
            return Exit::Usage;
        }
        match ledger_error(error).map(LedgerError::exit_code) {
            Some(5) => return Exit::Occupied,
            Some(6) => return Exit::Damaged,
            Some(2) => return Exit::Usage,
            _ => {}
        }
        Exit::Failed
    }
}

/// The ledger's error behind a failure. A chore's error is told as the loop's own, which hides its
/// first cause from the chain.
pub(super) fn ledger_error(error: &anyhow::Error) -> Option<&LedgerError> {
    error.chain().find_map(|cause| match cause.downcast_ref::<EngineError>() {
        Some(EngineError::Chore(inner)) => ledger_error(inner),
        _ => cause.downcast_ref::<LedgerError>(),
    })
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Arguments that are well-formed but cannot be meant together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUsage(pub String);

/// For the end of every command's help.
pub const HELP: &str = "\
Exit codes:
  0  done
  1  an error
  2  wrong usage or configuration
  5  another payoutd holds the state folder
  6  the ledger is damaged or contradicts itself: restore a backup, ask for help";

/// For `verify`.
pub const HELP_VERIFY: &str = "\
Exit codes:
  0  everything agrees
  1  an error
  2  wrong usage or configuration
  3  the ledger agrees; a file of batches/accepted is missing
  6  the ledger does not agree, or a file of batches/accepted is not what was read";

/// For `run`.
pub const HELP_RUN: &str = "\
Exit codes:
  0  done; with --once: every payout is paid
  1  an error
  2  wrong usage or configuration
  3  finished, but something was rejected, declined, cancelled or held
  4  stopped early: low balance, MonCash unreachable, account refused, or time up, and payouts are
     queued or in doubt (4 wins over 3)
  5  another payoutd holds the state folder
  6  the ledger is damaged or contradicts itself: restore a backup, ask for help";

/// For `reconcile`.
pub const HELP_RECONCILE: &str = "\
Exit codes:
  0  MonCash and the ledger agree on every row
  1  an error
  2  wrong usage or configuration
  3  something differs, or got no certain answer: see the verdict and advice columns
  4  broken off: MonCash does not answer or refuses the account; run it again, it goes on from there
  6  the ledger is damaged or contradicts itself: restore a backup, ask for help
  7  ALARM: MonCash paid what the ledger calls unpaid, or money left the account that nothing
     explains; nothing was changed: pay nobody by hand, look at the summary (7 wins over 3)";

/// For `simulate`.
pub const HELP_SIMULATE: &str = "\
The long --help describes the fault file.

Exit codes:
  0  stopped by Ctrl-C or SIGTERM
  1  an error, such as a port that is taken
  2  wrong usage, or a fault file that cannot be read";

/// For `check`.
pub const HELP_CHECK: &str = "\
Exit codes:
  0  every row is fine
  1  an error: a file could not be read, or --online got no answer about somebody
  2  wrong usage or configuration
  3  something to correct, or the batch would wait on hold for a person";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_promised_ones() {
        let all = [
            (Exit::Done, 0),
            (Exit::Failed, 1),
            (Exit::Usage, 2),
            (Exit::NotAllPaid, 3),
            (Exit::StoppedEarly, 4),
            (Exit::Occupied, 5),
            (Exit::Damaged, 6),
            (Exit::Alarm, 7),
        ];
        for (exit, number) in all {
            assert_eq!(exit as u8, number, "{exit:?}");
        }
    }

    #[test]
    fn a_damaged_ledger_is_one_whoever_of_the_house_met_it() {
        use crate::engine::EngineError;
        let damage = || LedgerError::Damaged { what: "a page".to_string() };
        assert_eq!(Exit::of(&anyhow::Error::new(EngineError::from(damage()))), Exit::Damaged);
        let chore = EngineError::from(anyhow::Error::new(damage()).context("while a report was written"));
        assert_eq!(Exit::of(&anyhow::Error::new(chore).context("trouble")), Exit::Damaged);
        assert_eq!(Exit::of(&anyhow::Error::new(EngineError::from(anyhow::Error::new(damage())))), Exit::Damaged);
    }

    #[test]
    fn a_bad_configuration_is_wrong_usage_however_deep_it_lies() {
        let config = ConfigError { file: None, problems: Vec::new() };
        assert_eq!(Exit::of(&anyhow::Error::new(config).context("cannot start")), Exit::Usage);
        assert_eq!(Exit::of(&anyhow::anyhow!("disk")), Exit::Failed);
    }

    #[test]
    fn a_damaged_ledger_is_told_as_one_whoever_met_the_damage() {
        let damage = || LedgerError::Damaged { what: "a bit flipped".to_string() };
        for met in [EngineError::Ledger(damage()), EngineError::Chore(damage().into())] {
            assert_eq!(Exit::of(&anyhow::Error::new(met).context("the daemon ended")), Exit::Damaged);
        }
    }
}
