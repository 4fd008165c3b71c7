//! From the inbox into the ledger, in slices: claim, read once to examine, read again to load, make
//! visible, put the file where it belongs. A file is admitted whole or not at all.
//!
//! Must never: admit bytes that were not the ones examined, or leave a claimed file without a
//! batch, an errors file or a next try.

use super::examine::{Bad, Examination, Good, IntakeError, Rules, Step, Verdict, date};
use super::inbox::{Inbox, InboxError, ScanOutcome};
use super::reject::ErrorsFile;
use super::{Claimed, Left};
use crate::files::{Draft, SHARED_FILE, show, with_suffix};
use crate::ledger::rows::NewRow;
use crate::ledger::{Clash, ClashKind, IndexStep, Ledger, SLICE};
use crate::payout::batch::{Approval, Batch, BatchEvent};
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::BatchId;
use crate::payroll::{Code, CsvWriter, Delimiter, Limits, Problem, Reader, Row, Totals};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

/// What the guard for the same person and amount does to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Hold,
    Warn,
}

/// `[intake]`, `[limits]`, `[approval]` and the guard of `[safety]`.
#[derive(Clone, Debug)]
pub struct AdmitSettings {
    pub limits: Limits,
    pub paid_already_within: Option<Duration>,
    pub paid_already: Guard,
    /// A batch above this waits for approval; `None`: none waits.
    pub approval_above: Option<Amount>,
    pub start_after: Duration,
    /// A number that nobody outside can foresee.
    pub seed: u64,
}

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

enum Work {
    Nothing,
    Examining(Box<Claimed>, Box<Examination>, Option<Box<ErrorsFile>>),
    Loading(Box<Loading>),
    Indexing(Box<Loading>),
    /// An admission that failed is removed before anything else; then the file is rejected.
    Abandoning(BatchId, Option<(Box<Claimed>, Problem)>),
    /// Writing `NAME.new.csv`, the rows that the ledger does not know yet.
    Salvaging(Box<Salvage>),
}

struct Loading {
    claimed: Claimed,
    good: Good,
    reader: Option<Reader<File>>,
    batch: BatchId,
    received: Wall,
}

struct Salvage {
    claimed: Claimed,
    errors: Option<ErrorsFile>,
    reader: Option<Reader<File>>,
    known: Vec<u32>,
    writer: CsvWriter<Draft>,
    rows: u32,
}

/// The door of the house.
pub struct Admission {
    inbox: Inbox,
    settings: AdmitSettings,
    work: Work,
    /// Files that an earlier process had claimed.
    leftovers: Vec<OsString>,
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
    }

    /// Does one bounded slice.
    pub fn slice(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Took, IntakeError> {
        match std::mem::replace(&mut self.work, Work::Nothing) {
            Work::Nothing => self.look(ledger, now),
            Work::Examining(claimed, examination, errors) => self.examine(ledger, claimed, examination, errors, now),
            Work::Loading(loading) => self.load(ledger, loading, now),
            Work::Indexing(loading) => self.index(ledger, loading, now),
            Work::Abandoning(batch, file) => self.abandon(ledger, batch, file, now),
            Work::Salvaging(salvage) => self.salvage(salvage, now),
        }
    }

    fn look(&mut self, ledger: &mut Ledger, now: Moment) -> Result<Took, IntakeError> {
        if !self.started {
            self.started = true;
            if let Some(batch) = ledger.admission_interrupted()? {
                tracing::warn!(%batch, "an admission was interrupted: it is removed and its file is read again");
                self.work = Work::Abandoning(batch, None);
                return Ok(Took::More);
            }
            self.leftovers = self.inbox.processing()?;
        }
        if let Some(name) = self.leftovers.pop() {
            return self.take_up(ledger, &name, now);
        }
        if let Some(next) = self.next_look
            && next.boot == now.boot.boot
            && now.boot.ms < next.ms
        {
            let look_again = Duration::from_millis(next.ms - now.boot.ms);
            return Ok(Took::Nothing { look_again, pending: !self.outcome.waiting.is_empty() });
        }
        self.outcome = self.inbox.scan(now)?;
        self.next_look = Some(now.boot.plus(self.outcome.next_look));
        let Some(name) = self.outcome.ready.first().cloned() else {
            let pending = !self.outcome.waiting.is_empty();
            return Ok(Took::Nothing { look_again: self.outcome.next_look, pending });
        };
        // There may be more than one: look again as soon as this one is done.
        self.next_look = None;
        match self.inbox.claim(&name, now) {
            Ok(claimed) => self.begin(claimed, now)?,
            Err(error @ (InboxError::Changed { .. } | InboxError::Left { .. })) => tracing::info!("{error}"),
            Err(error) => tracing::warn!(file = show(&name), "not taken: {error}"),
        }
        Ok(Took::More)
    }

    /// A file that an earlier process had claimed: admitted already, or to be read anew.
    fn take_up(&mut self, ledger: &Ledger, name: &OsStr, now: Moment) -> Result<Took, IntakeError> {
        let claimed = match self.inbox.resume(name) {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(file = show(name), "left in processing/: {error}");
                return Ok(Took::More);
            }
        };
        let sha256 = hash(&claimed).map_err(|source| IntakeError::Read { name: show(name), source })?;
        if let Some(batch) = ledger.known_file(&sha256)?
            && !self.is_accepted(batch.id)?
        {
            let kept = self.inbox.accept(&claimed, &batch.id.to_string(), now.wall)?;
            tracing::info!(batch = %batch.id, file = show(&kept), "accepted; the last process was stopped before it could move the file");
            return Ok(Took::More);
        }
        self.begin(claimed, now)?;
        Ok(Took::More)
    }

    fn is_accepted(&self, batch: BatchId) -> Result<bool, IntakeError> {
        let ending = format!(".{batch}.csv");
        let mut found = false;
        self.inbox.folders.accepted.each_name(|name| {
            found |= name.as_encoded_bytes().ends_with(ending.as_bytes());
            !found
        })?;
        Ok(found)
    }

    fn begin(&mut self, claimed: Claimed, now: Moment) -> Result<(), IntakeError> {
        let rules = Rules {
            limits: self.settings.limits,
            paid_already_within: self.settings.paid_already_within,
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
        let rejected = &self.inbox.folders.rejected;
        let step = examination.slice(Some(ledger), &mut |problem| add(&mut errors, rejected, delimiter, problem))?;
        match step {
            Step::More => {
                self.work = Work::Examining(claimed, examination, errors);
                Ok(Took::More)
            }
            Step::Done(Verdict::Good(good)) => self.begin_loading(ledger, *claimed, *good, now),
            Step::Done(Verdict::Bad(bad)) => {
                self.turn_away(*claimed, bad, errors.map(|errors| *errors), delimiter, now)
            }
        }
    }

    fn turn_away(
        &mut self,
        claimed: Claimed,
        bad: Bad,
        errors: Option<ErrorsFile>,
        delimiter: Delimiter,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        if !bad.others_are_fit {
            return self.reject(claimed, errors, bad.problems, now);
        }
        let draft = Draft::begin(&self.inbox.folders.rejected, SHARED_FILE)?;
        let read = |source| IntakeError::Read { name: show(&claimed.name), source };
        let mut file = claimed.file.try_clone().map_err(read)?;
        file.seek(SeekFrom::Start(0)).map_err(read)?;
        let reader = Reader::open(file, &self.settings.limits).ok();
        let mut writer = CsvWriter::new(draft, delimiter);
        let other = reader.as_ref().map(|reader| reader.header().other_as_written.clone()).unwrap_or_default();
        let own = ["reference", "receiver", "amount", "description", "name", "retry_of"].map(str::to_string);
        writer.write_row(own.into_iter().chain(other)).map_err(read)?;
        let salvage = Salvage { claimed, errors, reader, known: bad.known_lines, writer, rows: 0 };
        self.work = Work::Salvaging(Box::new(salvage));
        Ok(Took::More)
    }

    /// Writes the rows that are new into a file of their own, ready to be dropped.
    fn salvage(&mut self, mut salvage: Box<Salvage>, now: Moment) -> Result<Took, IntakeError> {
        let name = show(&salvage.claimed.name);
        let read = |source| IntakeError::Read { name: name.clone(), source };
        for _ in 0..SLICE {
            let row = match salvage.reader.as_mut().and_then(Iterator::next) {
                Some(Ok(row)) => row,
                Some(Err(_)) => continue,
                None => {
                    let Salvage { claimed, errors, writer, rows, .. } = *salvage;
                    return self.end_salvage(claimed, errors, writer, rows, now);
                }
            };
            if salvage.known.binary_search(&row.line).is_err() {
                write_row(&mut salvage.writer, &row).map_err(read)?;
                salvage.rows += 1;
            }
        }
        self.work = Work::Salvaging(salvage);
        Ok(Took::More)
    }

    fn end_salvage(
        &mut self,
        claimed: Claimed,
        errors: Option<ErrorsFile>,
        mut writer: CsvWriter<Draft>,
        rows: u32,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        let name = show(&claimed.name);
        let read = |source| IntakeError::Read { name: name.clone(), source };
        writer.write_row([format!("# rows: {rows}")]).map_err(read)?;
        let mut draft = writer.finish().map_err(read)?;
        let stem = super::stem(&claimed.name);
        let wanted = with_suffix(stem, ".new.csv");
        let mut placed = None;
        for candidate in crate::files::free_names(&wanted, &super::stamp(now.wall)).take(100) {
            match draft.publish_new(&candidate) {
                Ok(()) => {
                    placed = Some(candidate);
                    break;
                }
                Err(crate::files::FileError::Taken { .. }) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(placed) = placed {
            tracing::info!(file = show(&placed), rows, "the rows that are new lie in rejected/ as a file of their own");
        }
        let problems = errors.as_ref().map_or(0, ErrorsFile::count);
        self.reject(claimed, errors, problems, now)
    }

    fn reject(
        &mut self,
        claimed: Claimed,
        errors: Option<ErrorsFile>,
        problems: u64,
        now: Moment,
    ) -> Result<Took, IntakeError> {
        let rejected = self.inbox.reject(&claimed, errors, now.wall)?;
        tracing::warn!(
            file = show(&claimed.name),
            problems,
            errors = rejected.errors.as_deref().map(show),
            "file rejected: nobody is paid from it; the errors file in rejected/ says what to correct"
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
        let read = |source| IntakeError::Read { name: name.clone(), source };
        let mut file = claimed.file.try_clone().map_err(read)?;
        file.seek(SeekFrom::Start(0)).map_err(read)?;
        let batch = ledger.admission_begin(&name, now.wall, &good.header.other_as_written, now.wall)?;
        match Reader::open(file, &self.settings.limits) {
            Ok(reader) => {
                let loading = Loading { claimed, good, reader: Some(reader), batch, received: now.wall };
                self.work = Work::Loading(Box::new(loading));
            }
            Err(problem) => self.work = Work::Abandoning(batch, Some((Box::new(claimed), problem))),
        }
        Ok(Took::More)
    }

    fn load(&mut self, ledger: &mut Ledger, mut loading: Box<Loading>, now: Moment) -> Result<Took, IntakeError> {
        let mut rows = Vec::with_capacity(SLICE);
        if let Some(reader) = &mut loading.reader {
            for row in reader.by_ref().take(SLICE) {
                match row {
                    Ok(Row { line, instruction, name, other }) => rows.push(NewRow { line, instruction, name, other }),
                    Err(_) => return Ok(self.give_up(loading, changed())),
                }
            }
        }
        if !rows.is_empty() {
            ledger.admission_load(loading.batch, &rows)?;
        }
        if rows.len() == SLICE {
            self.work = Work::Loading(loading);
            return Ok(Took::More);
        }
        // The bytes loaded must be the bytes examined.
        let read_again = loading.reader.take().map(Reader::finish);
        let same = matches!(&read_again, Some(Ok(totals)) if same_file(totals, &loading.good.totals));
        if !same || loading.claimed.check_unchanged().is_err() {
            return Ok(self.give_up(loading, changed()));
        }
        let _ = now;
        self.work = Work::Indexing(loading);
        Ok(Took::More)
    }

    fn give_up(&mut self, loading: Box<Loading>, problem: Problem) -> Took {
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
                let text = format!("{retry_of} was never admitted: correct retry_of.");
                let problem = Problem::of_cell(line, "retry_of", retry_of.as_str(), Code::RetryOfUnknown, text);
                Ok(self.give_up(loading, problem))
            }
            IndexStep::Done => {
                let Loading { claimed, good, batch, received, .. } = *loading;
                let admitted = self.admission_event(&claimed, &good, received, now);
                let admitted = ledger.admission_finish(batch, &admitted, now.wall)?;
                self.inbox.accept(&claimed, &batch.to_string(), now.wall)?;
                tell_admitted(&admitted, &good);
                Ok(Took::Admitted(batch))
            }
        }
    }

    fn admission_event(&self, claimed: &Claimed, good: &Good, received: Wall, now: Moment) -> BatchEvent {
        let totals = &good.totals;
        let waits = self.settings.approval_above.is_some_and(|above| totals.amount > above);
        let hold = good.paid_already.clone().filter(|_| self.settings.paid_already == Guard::Hold);
        let regret = i64::try_from(self.settings.start_after.as_millis()).unwrap_or(i64::MAX);
        BatchEvent::Admitted {
            file: show(&claimed.name),
            sha256: totals.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            rows_digest: String::new(),
            rows: totals.rows,
            amount_centimes: totals.amount.centimes(),
            received,
            approval: if waits { Approval::Awaited } else { Approval::NotNeeded },
            hold: hold.map(|why| format!("{why}; if that is right, 'payoutd release'")),
            start: Wall(now.wall.0.saturating_add(regret)),
            other_columns: good.header.other_as_written.clone(),
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
        add(&mut errors, &self.inbox.folders.rejected, Delimiter::Comma, &problem)?;
        self.reject(*claimed, errors.map(|errors| *errors), 1, now)
    }
}

fn add(
    errors: &mut Option<Box<ErrorsFile>>,
    rejected: &crate::files::Folder,
    delimiter: Delimiter,
    problem: &Problem,
) -> Result<(), IntakeError> {
    let file = match errors {
        Some(file) => file,
        None => errors.insert(Box::new(ErrorsFile::begin(rejected, delimiter)?)),
    };
    Ok(file.add(problem)?)
}

fn same_file(a: &Totals, b: &Totals) -> bool {
    a.sha256 == b.sha256 && a.rows == b.rows && a.amount == b.amount
}

fn changed() -> Problem {
    let text = "The file was changed while it was read: nobody is paid from it. Drop it again once it is complete.";
    Problem::of_file(Code::Unreadable, text)
}

fn clash_problem(clash: &Clash) -> Problem {
    let known = &clash.known;
    let place = format!("batch {} ({}, line {}) on {}", known.batch, known.file, known.line, date(known.admitted));
    let (column, code, text) = match clash.kind {
        ClashKind::ReferenceKnown => (
            "reference",
            Code::ReferenceKnown,
            format!("This reference was admitted in {place} and is {}.", known.status.as_str()),
        ),
        ClashKind::AncestorNotUnpaid => (
            "retry_of",
            Code::RetryOfNotUnpaid,
            format!(
                "{} ({place}) is {}: only what is certainly not paid may be paid again.",
                known.reference,
                known.status.as_str()
            ),
        ),
        ClashKind::RepeatedAlready => (
            "retry_of",
            Code::RetryOfRepeated,
            format!("{} ({place}) repeats the same payout already and is {}.", known.reference, known.status.as_str()),
        ),
    };
    Problem::of_cell(clash.line, column, clash.reference.as_str(), code, text)
}

fn write_row(writer: &mut CsvWriter<Draft>, row: &Row) -> std::io::Result<()> {
    let order = &row.instruction;
    let retry_of = order.retry_of.as_ref().map(|old| old.as_str().to_string()).unwrap_or_default();
    let own = [
        order.reference.as_str().to_string(),
        order.receiver.msisdn(),
        order.amount.to_string(),
        order.description.clone(),
        row.name.clone(),
        retry_of,
    ];
    writer.write_row(own.into_iter().chain(row.other.iter().cloned()))
}

fn hash(claimed: &Claimed) -> std::io::Result<[u8; 32]> {
    use sha2::Digest;
    let mut file = claimed.file.try_clone()?;
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Hasher(sha2::Sha256::new());
    std::io::copy(&mut file, &mut hasher)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(hasher.0.finalize().into())
}

struct Hasher(sha2::Sha256);

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        sha2::Digest::update(&mut self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn tell_admitted(batch: &Batch, good: &Good) {
    tracing::info!(
        batch = %batch.id,
        file = batch.file,
        rows = batch.rows,
        htg = %batch.amount,
        waits_for_approval = batch.approval == Approval::Awaited,
        "batch admitted"
    );
    if let Some(why) = &good.paid_already {
        tracing::warn!(batch = %batch.id, held = batch.hold.is_some(), "{why}");
    }
}
