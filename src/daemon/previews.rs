//! The chore that writes previews of the files in `check/`.
//!
//! Must never: let a file from there come near the ledger but to be compared, or stop the paying because
//! a folder gives trouble.

use super::{AFTER_TROUBLE, Board};
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::engine::errands::{Errand, Errands, Question};
use crate::files::{FileError, Folder, remove_leftovers, show};
use crate::intake::error::IntakeError;
use crate::intake::preview::{Looked, PreviewSettings, Previews as Previewer};
use crate::ledger::{Ledger, LedgerError};
use crate::moncash::wallet::read_wallet;
use crate::payout::instruction::Account;
use crate::payout::message::Said;
use crate::payout::moment::{BootMoment, Moment};
use std::time::Duration;

/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub struct Previews {
    previewer: Previewer,
    board: Board,
    looked: Option<BootMoment>,
    trouble: Option<BootMoment>,
    every: Duration,
    /// Where questions about wallets are left, and about whom the last one is.
    errands: Errands,
    asked: Option<Account>,
}

impl Previews {
    /// Opens the folder below `batches`.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn open(
        batches: &Folder,
        settings: PreviewSettings,
        rescan: Duration,
        board: Board,
    ) -> Result<Previews, FileError> {
        let previewer = Previewer::open(batches, settings)?;
        remove_leftovers(previewer.folder())?;
        Ok(Previews {
            previewer,
            board,
            looked: None,
            trouble: None,
            every: LOOK_EVERY.min(rescan),
            errands: Errands::default(),
            asked: None,
        })
    }
}

impl Previews {
    /// Other settings from here on.
    pub fn go_by(&mut self, settings: PreviewSettings, rescan: Duration) {
        self.previewer.go_by(settings);
        self.every = LOOK_EVERY.min(rescan);
        self.looked = None;
    }

    /// Questions about wallets are left there.
    pub fn asks_by(&mut self, errands: Errands) {
        self.errands = errands;
    }

    /// From now on wallets are asked about, where that is set: whoever runs once waits for no page.
    pub fn begin_asking(&mut self) {
        self.previewer.begin_asking();
    }

    /// Takes the answer that is there, and leaves the next question; whether it left one.
    fn ask(&mut self) -> bool {
        let mut errand = self.errands.borrow_mut();
        if let Some(reply) = errand.take_answer()
            && let Some(account) = self.asked.take()
        {
            self.previewer.hear(account, read_wallet(&reply));
        }
        let question = self.previewer.question().filter(|_| errand.is_free());
        if let Some(account) = question {
            self.asked = Some(account);
            *errand = Errand::Wanted(Question::Customer(account));
        }
        question.is_some()
    }
}

impl Chore for Previews {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        // It touches no disk and takes no time.
        let left_a_question = !desk.is_draining() && self.ask();
        let progress = self.look(ledger, desk, now, time)?;
        // The next turn lets it leave.
        let idle = matches!(progress, Progress::Idle { .. });
        Ok(if idle && left_a_question { Progress::More } else { progress })
    }
}

impl Previews {
    fn look(&mut self, ledger: &Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        let idle = Progress::Idle { look_again: self.every, pending: false };
        if desk.is_draining() || self.trouble.is_some_and(|since| !now.boot.served(since, AFTER_TROUBLE)) {
            return Ok(idle);
        }
        if !self.previewer.is_busy() && self.looked.is_some_and(|at| !now.boot.served(at, self.every)) {
            return Ok(idle);
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        self.trouble = None;
        let until = Until::over(time);
        let mut looked = self.previewer.slice(ledger, now);
        while matches!(looked, Ok(Looked::More)) && until.has_time() {
            looked = self.previewer.slice(ledger, now);
        }
        match looked {
            Ok(Looked::More) => Ok(Progress::More),
            Ok(Looked::Nothing { pending, left }) => {
                self.looked = Some(now.boot);
                let left = left.into_iter().map(|left| (show(&left.name), Said::code(left.why)));
                self.board.borrow_mut().left_checks = left.collect();
                Ok(Progress::Idle { look_again: self.every, pending })
            }
            Err(IntakeError::Ledger(error)) if !matches!(error, LedgerError::Refused(_)) => Err(error.into()),
            Err(error) => {
                tracing::error!(
                    "the folder check/ gives trouble ({error}): look at that folder, its owner and the disk; it is tried again every {} s",
                    AFTER_TROUBLE.as_secs()
                );
                self.previewer.begin_anew();
                self.trouble = Some(now.boot);
                self.board.borrow_mut().left_checks = vec![("check/".to_string(), error.to_string().into())];
                Ok(idle)
            }
        }
    }
}
