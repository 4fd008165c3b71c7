//! The chore that writes reports: those of batches under way now and then, those of complete ones
//! at once.
//!
//! Must never: write an older report over a newer, or keep the loop for a whole file.

use super::{AFTER_TROUBLE, Board};
use crate::config::{Config, Dialect, Environment, Reports as Habits};
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::files::{FileError, Folder, move_into, show};
use crate::ledger::{Head, Ledger, LedgerError, Reader};
use crate::payout::batch::{Batch, BatchState, ReadAs};
use crate::payout::instruction::Reference;
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::state::{BatchId, PayoutId};
use crate::report::ReportError;
use crate::report::batch_report::{ChainHead, Closing, ReportFile, ReportHead, SLICE, Written};
use crate::report::mark::Mark;
use crate::report::names::ReportNames;
use crate::report::style::Style;
use crate::report::summary::chain_head;
use crate::report::view::{BalanceView, BatchView};
use crate::words::Saying;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Largest summary that is looked at, in bytes; real ones are a few KiB.
const LARGEST_SUMMARY: u64 = 1 << 20;
/// How often the report of a batch under way is renewed.
const RENEW: Duration = Duration::from_secs(30);
/// While people are paid, reports that are due are looked for only so often: every turn would be a
/// reading of the ledger more.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_millis(50);

pub struct Reports {
    folder: PathBuf,
    simulated: bool,
    habits: Habits,
    board: Board,
    under_way: Option<Growing>,
    tried: BTreeMap<BatchId, Tried>,
    /// What the last summary of an unfinished batch says that it waits for.
    told: BTreeMap<BatchId, Option<Saying>>,
    looked: Option<Looked>,
}

/// A look for reports that are due, which found none that could be begun.
struct Looked {
    at: BootMoment,
    /// The ledger's last event then.
    events: i64,
    none_due: bool,
}

/// When a batch's report was last written or tried, and whether the batch was final then.
struct Tried {
    at: BootMoment,
    was_final: bool,
}

/// A report while it grows.
pub struct Growing {
    batch: BatchId,
    file: ReportFile,
    after: Option<PayoutId>,
    /// Batches that rows of this one pay again: their reports name the outcome too.
    ancestors: BTreeSet<BatchId>,
}

impl Growing {
    /// `None` when there is no such batch.
    pub fn begin(
        ledger: &Reader,
        folder: &Path,
        batch: BatchId,
        simulated: bool,
        habits: Habits,
        now: Wall,
    ) -> Result<Option<Growing>, WriteError> {
        let Some(found) = ledger.batch(batch)? else { return Ok(None) };
        set_strangers_aside(ledger, folder, &ReportNames::of(&found.file, batch), simulated, now)?;
        let head = ledger.head()?;
        let read_as = ledger.read_as(batch)?;
        let head = ReportHead {
            batch: found,
            other_columns: ledger.other_columns(batch)?,
            chain: ChainHead { number: head.seq, hash: head.hash },
            simulated,
            zone: TimeZone::system(),
            style: style(habits, read_as.as_ref()),
            read_as,
        };
        let file = ReportFile::begin(folder, head)?;
        Ok(Some(Growing { batch, file, after: None, ancestors: BTreeSet::new() }))
    }

    /// Adds one slice of rows; true when there are no more.
    pub fn step(&mut self, ledger: &Reader) -> Result<bool, WriteError> {
        let slice = u32::try_from(SLICE).unwrap_or(u32::MAX);
        let (file, mut repeated, mut last) = (&mut self.file, Vec::new(), self.after);
        let rows = ledger.each_row(self.batch, self.after, slice, |row| {
            repeated.extend(row.retry_of.map(Reference::key_of));
            last = Some(row.id);
            Ok::<(), WriteError>(file.push_row(row)?)
        })?;
        self.after = last;
        for key in repeated {
            if let Some(known) = ledger.known_reference(&key)? {
                self.ancestors.insert(known.batch);
            }
        }
        Ok(rows < slice)
    }

    pub fn finish(
        self,
        ledger: &Reader,
        why: Option<Saying>,
        blocked: bool,
        balance: Option<BalanceView>,
        at: Wall,
    ) -> Result<(Written, BTreeSet<BatchId>), WriteError> {
        let batch = ledger.batch(self.batch)?;
        let batch = batch.ok_or_else(|| LedgerError::Contradiction(format!("batch {} vanished", self.batch)))?;
        let now = BatchView { state: batch.state(blocked), why, batch };
        Ok((self.file.finish(&Closing { now, balance, at })?, self.ancestors))
    }
}

/// How a batch's files are written. What was not told when it was admitted cannot be followed.
fn style(habits: Habits, read_as: Option<&ReadAs>) -> Style {
    match (habits.dialect, read_as) {
        (Dialect::AsReceived, Some(read_as)) => Style::as_received(habits.language, read_as),
        (Dialect::AsReceived, None) | (Dialect::Plain, _) => Style::plain(habits.language),
    }
}

/// Unfinished batches whose summary tells of an event that this ledger does not have: it, and the mark
/// beside it, are older than the summary. With the number of the event.
pub fn forgotten(ledger: &Reader, reports: &Folder) -> Result<Vec<(BatchId, i64)>, WriteError> {
    let mut forgotten = Vec::new();
    for batch in ledger.batches_unfinished()? {
        let name = ReportNames::of(&batch.file, batch.id).summary;
        let Some(summary) = reports.read_text(OsStr::new(&name), LARGEST_SUMMARY)? else { continue };
        let Some(kept) = chain_head(&summary) else { continue };
        let number = kept.number;
        if !ledger.knows_head(&Head { seq: number, hash: kept.hash })? {
            forgotten.push((batch.id, number));
        }
    }
    Ok(forgotten)
}

/// A report of the same name from a ledger whose end this one does not know (it was restored, or its
/// folder deleted) may be the last trace of payments: it gets a date and stays.
fn set_strangers_aside(
    ledger: &Reader,
    folder: &Path,
    names: &ReportNames,
    simulated: bool,
    now: Wall,
) -> Result<(), WriteError> {
    let folder = Folder::open(folder)?;
    let Some(summary) = folder.read_text(OsStr::new(&names.summary), LARGEST_SUMMARY)? else { return Ok(()) };
    let Some(kept) = chain_head(&summary) else { return Ok(()) };
    // A simulation gives way to nothing real, and nothing real to it: writing is refused later.
    if Mark::read(&summary).is_some_and(|mark| mark.simulated != simulated) {
        return Ok(());
    }
    if ledger.knows_head(&Head { seq: kept.number, hash: kept.hash })? {
        return Ok(());
    }
    let stamp = crate::intake::stamp(now);
    // The summary last: while it is there, a start after a crash finds the rest of them too.
    for name in [&names.report, &names.retry, &names.summary] {
        let name = OsStr::new(name);
        if folder.look(name)?.is_some() {
            let kept = move_into(&folder, name, &folder, name, &stamp)?;
            tracing::warn!(
                kept = show(&kept),
                "a report of another ledger lay there and is kept under a name with a date: compare the two; what was paid since the backup stands only there"
            );
        }
    }
    folder.remove_own_if_there(OsStr::new(&names.mark))?;
    Ok(())
}

/// What can go wrong while a report is written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    File(#[from] FileError),
}

impl Reports {
    pub fn new(folder: PathBuf, simulated: bool, habits: Habits, board: Board) -> Reports {
        let (tried, told) = (BTreeMap::new(), BTreeMap::new());
        Reports { folder, simulated, habits, board, under_way: None, tried, told, looked: None }
    }

    /// Every report that is due, before the process ends.
    pub fn write_all(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment) -> anyhow::Result<()> {
        self.under_way = None;
        let mut due: BTreeSet<BatchId> = ledger.batches_to_report()?.into_iter().collect();
        due.append(&mut self.board.borrow_mut().report_again);
        // What a batch waits for can change without an event; the last page must not tell of what was.
        let stale = |(batch, told): &(&BatchId, &Option<Saying>)| super::house::why(desk, **batch, now).0 != **told;
        due.extend(self.told.iter().filter(stale).map(|(batch, _)| *batch));
        while let Some(batch) = due.pop_first() {
            self.begin(ledger, batch, now);
            while let Some(growing) = self.under_way.take() {
                self.go_on(ledger, growing, desk, now)?;
            }
            due.append(&mut self.board.borrow_mut().report_again);
        }
        let due = ledger.batches_to_report()?;
        self.board.borrow_mut().unwritten.retain(|batch, _| due.contains(batch));
        Ok(())
    }

    /// Other habits from the next report on.
    pub fn go_by(&mut self, habits: Habits) {
        self.habits = habits;
    }

    fn next_due(&self, ledger: &Reader, now: Moment) -> Result<Option<BatchId>, LedgerError> {
        let mut due = ledger.batches_to_report()?;
        due.extend(self.board.borrow().report_again.iter());
        for id in due {
            let Some(batch) = ledger.batch(id)? else { continue };
            if self.is_time(&batch, now) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn is_time(&self, batch: &Batch, now: Moment) -> bool {
        let Some(tried) = self.tried.get(&batch.id) else { return true };
        let is_final = batch.is_final();
        if is_final && !tried.was_final {
            return true;
        }
        let wait = if is_final { AFTER_TROUBLE } else { RENEW };
        now.boot.served(tried.at, wait)
    }

    fn begin(&mut self, ledger: &Reader, batch: BatchId, now: Moment) {
        let was_final = ledger.batch(batch).ok().flatten().is_some_and(|batch| batch.is_final());
        self.tried.insert(batch, Tried { at: now.boot, was_final });
        self.board.borrow_mut().report_again.remove(&batch);
        match Growing::begin(ledger, &self.folder, batch, self.simulated, self.habits, now.wall) {
            Ok(growing) => self.under_way = growing,
            Err(error) => self.tell_unwritten(batch, &error),
        }
    }

    fn tell_unwritten(&self, batch: BatchId, error: &WriteError) {
        tracing::warn!(%batch, "the report could not be written ({error}): look at the disk and at the owner of reports/; it is tried again by itself");
        self.board.borrow_mut().unwritten.insert(batch, error.to_string());
    }

    fn go_on(&mut self, ledger: &mut Ledger, mut growing: Growing, desk: &Desk, now: Moment) -> anyhow::Result<()> {
        let batch = growing.batch;
        match growing.step(ledger) {
            Ok(false) => {
                self.under_way = Some(growing);
                return Ok(());
            }
            Ok(true) => {}
            Err(WriteError::Ledger(error)) => return Err(error.into()),
            Err(WriteError::Report(ReportError::Contradicts { batch, what })) => {
                return Err(contradicts(&batch, &what));
            }
            Err(error) => {
                self.tell_unwritten(batch, &error);
                return Ok(());
            }
        }
        let (why, blocked) = super::house::why(desk, batch, now);
        match growing.finish(ledger, why.clone(), blocked, super::house::balance(desk), now.wall) {
            Ok((written, ancestors)) => {
                if written.is_final {
                    self.told.remove(&batch);
                } else {
                    self.told.insert(batch, why);
                }
                let mut turn = ledger.begin(now.wall)?;
                turn.mark_reported(batch, written.event)?;
                turn.commit()?;
                self.board.borrow_mut().unwritten.remove(&batch);
                if written.is_final {
                    tracing::info!(%batch, report = written.names.report, "final report written");
                    self.board.borrow_mut().report_again.extend(ancestors.into_iter().filter(|old| *old != batch));
                }
                Ok(())
            }
            Err(WriteError::Ledger(error)) => Err(error.into()),
            Err(WriteError::Report(ReportError::Contradicts { batch, what })) => Err(contradicts(&batch, &what)),
            Err(error) => {
                self.tell_unwritten(batch, &error);
                Ok(())
            }
        }
    }
}

/// Rows that do not add up are the ledger's fault: the process ends as for any other contradiction.
fn contradicts(batch: &str, what: &str) -> anyhow::Error {
    LedgerError::Contradiction(format!("the report of batch {batch} cannot be written: {what}")).into()
}

impl Reports {
    /// How long there is certainly nothing to look for. Only an event makes a report due, or the time of
    /// one that is due and was tried too lately.
    fn rests(&self, ledger: &Ledger, now: Moment) -> Option<Duration> {
        let looked = self.looked.as_ref().filter(|_| self.board.borrow().report_again.is_empty())?;
        if looked.none_due && looked.events == ledger.last_written() {
            return Some(RENEW);
        }
        now.boot.since(looked.at).and_then(|age| LOOK_AT_MOST_EVERY.checked_sub(age)).filter(|left| !left.is_zero())
    }

    /// Goes on with a report as far as the time allows.
    fn work(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, until: &Until) -> anyhow::Result<Progress> {
        loop {
            match self.under_way.take() {
                Some(growing) => self.go_on(ledger, growing, desk, now)?,
                None => {
                    let Some(batch) = self.next_due(ledger, now)? else {
                        let none_due = ledger.batches_to_report()?.is_empty();
                        self.looked = Some(Looked { at: now.boot, events: ledger.last_written(), none_due });
                        return Ok(Progress::Idle { look_again: RENEW, pending: false });
                    };
                    self.begin(ledger, batch, now);
                }
            }
            if !until.has_time() {
                return Ok(Progress::More);
            }
        }
    }
}

impl Chore for Reports {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        if let Some(look_again) = self.rests(ledger, now).filter(|_| self.under_way.is_none()) {
            return Ok(Progress::Idle { look_again, pending: false });
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        self.looked = None;
        self.work(ledger, desk, now, &Until::over(time))
    }
}

/// Writes the report of one batch again, beside a running daemon or without one. `None` when there
/// is no such batch. Never puts an older report over a newer one.
///
/// # Errors
/// Another payoutd is writing just now, the disk, or a newer report that lies there.
pub fn write_again(ledger: &Reader, config: &Config, batch: BatchId, now: Wall) -> Result<Option<Written>, WriteError> {
    let folder = config.folders.batches.join("reports");
    let simulated = ledger.identity()?.environment == Environment::Simulator.as_str();
    let Some(mut growing) = Growing::begin(ledger, &folder, batch, simulated, config.reports, now)? else {
        return Ok(None);
    };
    while !growing.step(ledger)? {}
    let live = super::house::live(&config.folders.state, now);
    let view = super::house::view(ledger, config, live.as_ref(), now)?;
    let shown = view.batches.iter().find(|view| view.batch.id == batch);
    let why = shown.and_then(|view| view.why.clone());
    let blocked = shown.is_some_and(|view| view.state == BatchState::Waiting);
    let (written, _) = growing.finish(ledger, why, blocked, view.balance, now)?;
    Ok(Some(written))
}
