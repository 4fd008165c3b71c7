//! From the inbox into the ledger, in slices: claim, read once to examine, read again to load, make
//! visible, put the file where it belongs. A file is admitted whole or not at all.
//!
//! Must never: admit bytes that were not the ones examined, or leave a claimed file without a
//! batch, an errors file or a next try.

use super::error::IntakeError;
use super::examine::{Bad, Examination, Good, Rules, Step, Verdict};
use super::inbox::{Inbox, InboxError, InboxSettings, ScanOutcome};
use super::known::clash_problem;
use super::loading::Loading;
use super::recognise::Recognition;
use super::reject::ErrorsFile;
use super::salvage::Salvage;
use super::terms::{AdmitSettings, tell_admitted};
use super::{Claimed, Left, begin_of_day};
use crate::files::show;
use crate::ledger::{IndexStep, Ledger};
use crate::payout::moment::{BootMoment, Moment};
use crate::payout::money::Amount;
use crate::payout::state::BatchId;
use crate::payroll::{Code, Delimiter, Problem};
use crate::words::{Language, say};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

/// What a slice came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Took {
    /// More to do at once.
    More,
    Admitted(BatchId),
    Rejected(OsString),
    /// Nothing now. `pending`: a file in the inbox will be ready by itself.
    Nothing {
        look_again: Duration,
        pending: bool,
    },
}

pub(super) enum Work {
    Nothing,
    Examining(Box<Claimed>, Box<Examination>, Option<Box<ErrorsFile>>),
    Loading(Box<Loading>),
    Indexing(Box<Loading>),
    /// An admission that failed is removed before anything else; then the file is rejected.
    Abandoning(BatchId, Option<(Box<Claimed>, Problem)>),
    /// Whether a file that an earlier process had claimed is admitted already, by its SHA-256.
    Recognising(Box<Claimed>, Recognition),
    /// Writing `NAME.new.csv`, the rows that the ledger does not know yet.
    Salvaging(Box<Claimed>, Box<Salvage>, Option<Box<ErrorsFile>>),
}

/// The door of the house.
pub struct Admission {
    pub(super) inbox: Inbox,
    settings: AdmitSettings,
    pub(super) work: Work,
    /// Files that an earlier process had claimed.
    leftovers: Vec<OsString>,
    /// Those of them that could not be opened.
    pub(super) stuck: Vec<Left>,
    /// What the last look found fit to be taken, and is not yet.
    ready: VecDeque<OsString>,
    started: bool,
    next_look: Option<BootMoment>,
    outcome: ScanOutcome,
}

impl Admission {
    pub fn new(inbox: Inbox, settings: AdmitSettings) -> Admission {
        Admission {
            inbox,
            settings,
            work: Work::Nothing,
            leftovers: Vec::new(),
            stuck: Vec::new(),
            ready: VecDeque::new(),
            started: false,
            next_look: None,
            outcome: ScanOutcome::default(),
        }
    }

    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// What lies in the inbox and is not taken, and why.
    pub fn left(&self) -> &[Left] {
        &self.outcome.left
    }

    /// Something may have changed in the inbox: look at once.
    pub fn look_now(&mut self) {
        self.next_look = None;
    }

    /// After trouble: forgets what was under way and takes it up from what lies in `processing/`.
    pub fn begin_anew(&mut self) {
        self.work = Work::Nothing;
        self.started = false;
        self.next_look = None;
        self.ready.clear();
    }

    /// Other settings from here on. A file that is being read is read anew by them: no batch is admitted
    /// half by the one and half by the other.
    pub fn go_by(&mut self, settings: AdmitSettings, inbox: InboxSettings) {
        self.settings = settings;
        self.inbox.go_by(inbox);
        self.begin_anew();
    }

    /// Does one bounded slice.
    pub fn slice(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Took, IntakeError> {
        if ledger.admission_settle() {
            return Ok(Took::More);
        }
        match std::mem::replace(&mut self.work, Work::Nothing) {
            Work::Nothing => self.look(ledger, now),
            Work::Examining(claimed, examination, errors) => self.examine(ledger, claimed, examination, errors, now),
            Work::Loading(loading) => self.load(ledger, loading),
            Work::Indexing(loading) => self.index(ledger, loading, now),
            Work::Abandoning(batch, file) => self.abandon(ledger, batch, file, now),
            Work::Recognising(claimed, recognition) => self.recognise(ledger, claimed, recognition, now),
            Work::Salvaging(claimed, salvage, errors) => self.salvage(claimed, salvage, errors, now),
        }
    }

    fn look(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Took, IntakeError> {
        if !self.started {
            self.started = true;
            if let Some(batch) = ledger.admission_interrupted()? {
                tracing::info!(%batch, "an admission was interrupted; it is removed and its file is read again");
                self.work = Work::Abandoning(batch, None);
                return Ok(Took::More);
            }
            self.leftovers = self.inbox.processing()?;
            self.stuck.clear();
        }
        if let Some(name) = self.leftovers.pop() {
            return self.take_up(&name);
        }
        let waits = self.next_look.filter(|next| next.boot == now.boot.boot && now.boot.ms < next.ms);
        if waits.is_none() {
            self.outcome = self.inbox.scan(now)?;
            self.outcome.left.splice(0..0, self.stuck.iter().cloned());
            self.ready = std::mem::take(&mut self.outcome.ready).into();
            self.next_look = Some(now.boot.plus(self.outcome.next_look));
        }
        // What was ready at the last look is claimed one after another, each only if it is unchanged.
        let Some(name) = self.ready.pop_front() else {
            let look_again = self
                .next_look
                .map_or(Duration::ZERO, |next| Duration::from_millis(next.ms.saturating_sub(now.boot.ms)));
            return Ok(Took::Nothing { look_again, pending: !self.outcome.waiting.is_empty() });
        };
        if self.ready.is_empty() {
            // More may have become ready meanwhile.
            self.next_look = None;
        }
        match self.inbox.claim(&name, now) {
            Ok(claimed) => self.begin(claimed, now)?,
            Err(error @ (InboxError::Changed { .. } | InboxError::Left { .. })) => tracing::info!("{error}"),
            // The folders give trouble, not the file; and it may lie in processing/ already.
            Err(error @ InboxError::Folders(_)) => return Err(error.into()),
            Err(error) => tracing::warn!(
                file = show(&name),
                "not taken ({error}): look at the file in inbox/, its owner and its mode"
            ),
        }
        Ok(Took::More)
    }

    pub(super) fn begin(&mut self, claimed: Claimed, now: Moment) -> Result<(), IntakeError> {
        let rules = Rules {
            file: self.settings.file.clone(),
            paid_already_within: self.settings.paid_already_within,
            guards: self.settings.guards,
            now: now.wall,
            seed: self.settings.seed,
        };
        let name = show(&claimed.name);
        tracing::info!(file = name, bytes = claimed.size(), "file taken");
        let file = claimed.file.try_clone().map_err(|source| IntakeError::Read { name: name.clone(), source })?;
        let examination = Examination::begin(file, rules).map_err(|source| IntakeError::Read { name, source })?;
        self.work = Work::Examining(Box::new(claimed), Box::new(examination), None);
        Ok(())
    }

    fn examine(
        &mut self,
        ledger: &mut Ledger,
        claimed: Box<Claimed>,
        mut examination: Box<Examination>,
        mut errors: Option<Box<ErrorsFile>>,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        let delimiter = examination.delimiter();
        let language = self.settings.language;
        let rejected = &self.inbox.folders.rejected;
        let step =
            examination.slice(Some(ledger), &mut |problem| add(&mut errors, rejected, delimiter, language, problem))?;
        match step {
            Step::More => {
                self.work = Work::Examining(claimed, examination, errors);
                Ok(Took::More)
            }
            Step::Done(Verdict::Good(good)) => self.begin_loading(ledger, *claimed, *good, now),
            Step::Done(Verdict::Bad(bad)) => self.turn_away(*claimed, bad, errors, delimiter, now),
        }
    }

    fn turn_away(
        &mut self,
        claimed: Claimed,
        bad: Bad,
        errors: Option<Box<ErrorsFile>>,
        delimiter: Delimiter,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        if !bad.others_are_fit {
            return self.reject(claimed, errors, now);
        }
        let file = rewound(&claimed)?;
        let rejected = &self.inbox.folders.rejected;
        let salvage = Salvage::begin(file, rejected, &self.settings.file, bad.mark, delimiter, bad.known_lines)?;
        self.work = Work::Salvaging(Box::new(claimed), Box::new(salvage), errors);
        Ok(Took::More)
    }

    fn salvage(
        &mut self,
        claimed: Box<Claimed>,
        mut salvage: Box<Salvage>,
        errors: Option<Box<ErrorsFile>>,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        if !salvage.step()? {
            self.work = Work::Salvaging(claimed, salvage, errors);
            return Ok(Took::More);
        }
        salvage.finish(&claimed.name, now.wall)?;
        self.reject(*claimed, errors, now)
    }

    fn reject(&mut self, claimed: Claimed, errors: Option<Box<ErrorsFile>>, now: Moment) -> Result<Took, IntakeError> {
        let problems = errors.as_ref().map_or(0, |errors| errors.count());
        let rejected = self.inbox.reject(&claimed, errors.map(|errors| *errors), now.wall)?;
        tracing::warn!(
            file = show(&claimed.name),
            problems,
            errors = rejected.errors.as_deref().map(show),
            "file rejected, nobody is paid from it: read the errors file in rejected/, correct the file and drop it again"
        );
        Ok(Took::Rejected(rejected.name))
    }

    fn begin_loading(
        &mut self,
        ledger: &mut Ledger,
        claimed: Claimed,
        good: Good,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        let name = show(&claimed.name);
        let file = rewound(&claimed)?;
        let batch = ledger.admission_begin(&name, now.wall, &good.header.other_as_written, now.wall)?;
        match self.settings.file.open(file, Some(good.mark)) {
            Ok(reader) => {
                let loading =
                    Loading { claimed, good, reader: Some(reader), batch, received: now.wall, rows: Vec::new() };
                self.work = Work::Loading(Box::new(loading));
            }
            Err(problem) => self.work = Work::Abandoning(batch, Some((Box::new(claimed), problem))),
        }
        Ok(Took::More)
    }

    pub(super) fn give_up(&mut self, loading: Box<Loading>, problem: Problem) -> Took {
        self.work = Work::Abandoning(loading.batch, Some((Box::new(loading.claimed), problem)));
        Took::More
    }

    fn index(&mut self, ledger: &mut Ledger, loading: Box<Loading>, now: Moment) -> Result<Took, IntakeError> {
        match ledger.admission_index(loading.batch)? {
            IndexStep::More => {
                self.work = Work::Indexing(loading);
                Ok(Took::More)
            }
            IndexStep::Clash(clash) => Ok(self.give_up(loading, clash_problem(&clash))),
            IndexStep::NoAncestor { line, retry_of } => {
                let text = say!("clash-no-ancestor", old = &retry_of);
                let problem = Problem::of_cell(line, "retry_of", retry_of.as_str(), Code::RetryOfUnknown, text);
                Ok(self.give_up(loading, problem))
            }
            IndexStep::Done if loading.claimed.check_unchanged().is_err() => Ok(self.give_up(loading, changed())),
            IndexStep::Done => {
                let Loading { claimed, good, batch, received, .. } = *loading;
                let earlier = match self.settings.approval_above {
                    Some(_) => ledger.admitted_since(begin_of_day(now.wall), batch)?,
                    None => Amount::ZERO,
                };
                let name = show(&claimed.name);
                let admitted = self.settings.admission(name, &good, claimed.owner(), earlier, received, now.wall);
                let admitted = ledger.admission_finish(batch, &admitted, now.wall)?;
                tell_admitted(&admitted);
                // The batch is in the ledger and is paid, whatever becomes of its file: that is moved
                // at the next look, or at the next start.
                if let Err(error) = self.inbox.accept(&claimed, &batch.to_string(), now.wall) {
                    tracing::warn!(%batch, "its file was not moved to accepted/ yet ({error}): look at the disk and at the owner of accepted/; the batch is paid all the same");
                    self.begin_anew();
                }
                Ok(Took::Admitted(batch))
            }
        }
    }

    fn abandon(
        &mut self,
        ledger: &mut Ledger,
        batch: BatchId,
        file: Option<(Box<Claimed>, Problem)>,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        if ledger.admission_abandon(batch)? {
            self.work = Work::Abandoning(batch, file);
            return Ok(Took::More);
        }
        let Some((claimed, problem)) = file else {
            self.started = false;
            return Ok(Took::More);
        };
        let mut errors = None;
        add(&mut errors, &self.inbox.folders.rejected, Delimiter::Comma, self.settings.language, &problem)?;
        self.reject(*claimed, errors, now)
    }
}

fn add(
    errors: &mut Option<Box<ErrorsFile>>,
    rejected: &crate::files::Folder,
    delimiter: Delimiter,
    language: Language,
    problem: &Problem,
) -> Result<(), IntakeError> {
    let file = match errors {
        Some(file) => file,
        None => errors.insert(Box::new(ErrorsFile::begin(rejected, delimiter, language)?)),
    };
    Ok(file.add(problem)?)
}

pub(super) fn changed() -> Problem {
    Problem::of_file(Code::Unreadable, say!("file-changed"))
}

/// The claimed file at its first byte.
fn rewound(claimed: &Claimed) -> Result<File, IntakeError> {
    let read = |source| IntakeError::Read { name: show(&claimed.name), source };
    let mut file = claimed.file.try_clone().map_err(read)?;
    file.seek(SeekFrom::Start(0)).map_err(read)?;
    Ok(file)
}
