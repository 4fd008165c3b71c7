//! The chore that admits files.
//!
//! Must never: stop the paying because a file or a folder gives trouble.

use super::{AFTER_TROUBLE, Board};
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::files::{Folder, show};
use crate::intake::InboxSettings;
use crate::intake::admit::{Admission, Took};
use crate::intake::error::IntakeError;
use crate::intake::terms::AdmitSettings;
use crate::ledger::{Ledger, LedgerError};
use crate::payout::message::Said;
use crate::payout::moment::{BootMoment, Moment};
use std::time::Duration;

/// So many of the files rejected since the start are named in STATUS.txt.
const REJECTED_SHOWN: usize = 10;

/// So many troubles in a row, and `run --once` ends without the files that are left.
const TROUBLES: u32 = 3;
/// How trouble that is no single file's is called in the list of what is left in the inbox.
const THE_INBOX: &str = "all of it";

pub struct Intake {
    admission: Admission,
    board: Board,
    trouble: Option<BootMoment>,
    /// Troubles since the last slice that had none.
    troubles: u32,
    rest: Option<Rest>,
}

/// Nothing is to be done before then, unless somebody hints at it.
struct Rest {
    until: BootMoment,
    /// A file will be ready by itself.
    pending: bool,
}

impl Intake {
    pub fn new(admission: Admission, board: Board) -> Intake {
        Intake { admission, board, trouble: None, troubles: 0, rest: None }
    }

    /// Other settings from here on.
    pub fn go_by(&mut self, settings: AdmitSettings, inbox: InboxSettings) {
        self.admission.go_by(settings, inbox);
        self.rest = None;
    }

    /// The folder that files are dropped into.
    pub fn inbox(&self) -> &Folder {
        &self.admission.inbox().folders.inbox
    }

    fn tell_left(&self) {
        let left = self.admission.left().iter().map(|left| (show(&left.name), Said::code(left.why.clone())));
        let left: Vec<_> = left.collect();
        let mut board = self.board.borrow_mut();
        // Once each: STATUS.txt goes on telling.
        for (file, why) in left.iter().filter(|it| !board.left.contains(it)) {
            tracing::warn!(file, "left in the inbox, look at it there: it {why}");
        }
        board.left = left;
    }
}

impl Chore for Intake {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        let idle = Progress::Idle { look_again: AFTER_TROUBLE, pending: false };
        // A ledger that may be old admits nothing until a person has looked.
        if desk.standing().suspicion.is_some() || desk.is_draining() {
            return Ok(idle);
        }
        if self.trouble.is_some_and(|since| !now.boot.served(since, AFTER_TROUBLE)) {
            return Ok(Progress::Idle { look_again: AFTER_TROUBLE, pending: self.troubles < TROUBLES });
        }
        if std::mem::take(&mut self.board.borrow_mut().inbox_hint) {
            self.admission.look_now();
            self.rest = None;
        }
        if let Some(rest) =
            self.rest.as_ref().filter(|rest| rest.until.boot == now.boot.boot && now.boot.ms < rest.until.ms)
        {
            let look_again = Duration::from_millis(rest.until.ms - now.boot.ms);
            return Ok(Progress::Idle { look_again, pending: rest.pending });
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        self.rest = None;
        let until = Until::over(time);
        let mut took = self.admission.slice(ledger, now);
        while matches!(took, Ok(Took::More)) && until.has_time() {
            took = self.admission.slice(ledger, now);
        }
        match took {
            Ok(took) => {
                self.trouble = None;
                self.troubles = 0;
                self.board.borrow_mut().inbox_trouble = None;
                self.tell_left();
                Ok(match took {
                    Took::More => Progress::More,
                    Took::Admitted(batch) => {
                        self.board.borrow_mut().batches.insert(batch);
                        Progress::Changed
                    }
                    Took::Rejected(name) => {
                        let mut board = self.board.borrow_mut();
                        board.rejected += 1;
                        board.rejected_names.insert(0, show(&name));
                        if let Some(untold) = &mut board.untold {
                            untold.push(show(&name));
                        }
                        board.rejected_names.truncate(REJECTED_SHOWN);
                        Progress::More
                    }
                    Took::Nothing { look_again, pending } => {
                        self.rest = Some(Rest { until: now.boot.plus(look_again), pending });
                        Progress::Idle { look_again, pending }
                    }
                })
            }
            Err(IntakeError::Ledger(error)) if !matches!(error, LedgerError::Refused(_)) => Err(error.into()),
            Err(error) => {
                tracing::error!(
                    "the inbox gives trouble ({error}): look at that folder, its owner and the disk; it is tried again every {} s",
                    AFTER_TROUBLE.as_secs()
                );
                self.admission.begin_anew();
                self.trouble = Some(now.boot);
                self.troubles += 1;
                let mut board = self.board.borrow_mut();
                board.left = vec![(THE_INBOX.to_string(), error.to_string().into())];
                board.inbox_trouble = Some(error.to_string());
                Ok(Progress::Idle { look_again: AFTER_TROUBLE, pending: self.troubles < TROUBLES })
            }
        }
    }
}
