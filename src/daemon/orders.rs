//! The chore that obeys orders given by files, and keeps the forms for them in `reports/`.
//!
//! Must never: carry an order out itself (the loop does), give one twice, or stop the paying because
//! a folder gives trouble.

use super::{AFTER_TROUBLE, Board};
use crate::engine::chores::{Chore, Progress};
use crate::engine::desk::Desk;
use crate::files::{FileError, Folder, remove_leftovers, show};
use crate::intake::form::Ordered;
use crate::intake::order_files::{HearError, Heard, OrderFile, OrderFolder, keep_form};
use crate::ledger::{Ledger, LedgerError};
use crate::payout::message::Said;
use crate::payout::moment::{BootMoment, Moment};
use crate::payout::order::FourEyes;
use crate::payout::state::BatchId;
use crate::words::{Language, said, say};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often the folders are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked whether the loop answered an order.
const ANSWERED_EVERY: Duration = Duration::from_millis(100);

/// What the chore goes by.
pub struct OrderSettings {
    /// A file is taken once it stood still this long.
    pub settle: Duration,
    pub rescan: Duration,
    pub four_eyes: Option<FourEyes>,
    pub language: Language,
}

pub struct Orders {
    settings: OrderSettings,
    /// `approvals/` and `orders/`.
    folders: [OrderFolder; 2],
    reports: Folder,
    board: Board,
    /// The forms that lie in `reports/`.
    forms: BTreeMap<BatchId, BTreeSet<Ordered>>,
    under_way: Option<UnderWay>,
    looked: Option<BootMoment>,
    pending: bool,
    trouble: Option<BootMoment>,
}

/// An order that waits for the loop's answer.
struct UnderWay {
    folder: usize,
    file: OrderFile,
    order: i64,
}

impl Orders {
    /// Opens the folders below `batches`, and finds the forms that lie in `reports/`.
    ///
    /// # Errors
    /// A folder cannot be used.
    pub fn open(batches: &Folder, reports: Folder, settings: OrderSettings, board: Board) -> Result<Orders, FileError> {
        let folders = [OrderFolder::open(batches, "approvals")?, OrderFolder::open(batches, "orders")?];
        for folder in folders.iter().flat_map(OrderFolder::folders) {
            remove_leftovers(folder)?;
        }
        let mut forms: BTreeMap<BatchId, BTreeSet<Ordered>> = BTreeMap::new();
        reports.each_name(|name| {
            if let Some((batch, ordered)) = Ordered::of_name(name) {
                forms.entry(batch).or_default().insert(ordered);
            }
            true
        })?;
        let (under_way, looked, trouble) = (None, None, None);
        Ok(Orders { settings, folders, reports, board, forms, under_way, looked, pending: false, trouble })
    }

    /// Other settings from here on. Forms that lie there already stay as they are.
    pub fn go_by(&mut self, settings: OrderSettings) {
        self.settings = settings;
        self.looked = None;
    }

    fn idle(&self) -> Progress {
        let waits = self.under_way.is_some();
        let look_again = if waits { ANSWERED_EVERY } else { self.look_every() };
        Progress::Idle { look_again, pending: waits || self.pending }
    }

    fn look_every(&self) -> Duration {
        LOOK_EVERY.min(self.settings.rescan)
    }

    /// One step; true where there may be another at once.
    fn step(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment) -> Result<bool, HearError> {
        if self.keep_forms(ledger, desk, now)? {
            return Ok(true);
        }
        if let Some(under_way) = &self.under_way {
            let Some(outcome) = ledger.order_outcome(under_way.order)? else { return Ok(false) };
            let (text, language) = (said(&outcome.said), self.settings.language);
            let answer =
                if outcome.refused { say!("order-refused", why = text) } else { say!("order-done", outcome = text) };
            let folder = &self.folders[under_way.folder];
            folder.put_aside(&under_way.file, outcome.refused, &answer.text(language), now.wall)?;
            self.under_way = None;
            self.looked = None;
            return Ok(true);
        }
        if desk.is_draining() || self.looked.is_some_and(|at| !now.boot.served(at, self.look_every())) {
            return Ok(false);
        }
        self.looked = Some(now.boot);
        self.look(ledger, now)
    }

    fn look(&mut self, ledger: &mut Ledger, now: Moment) -> Result<bool, HearError> {
        let OrderSettings { settle, four_eyes, language, .. } = self.settings;
        let (mut pending, mut left, mut next) = (false, Vec::new(), None);
        for (place, folder) in self.folders.iter_mut().enumerate() {
            let looked = folder.look(settle, now)?;
            pending |= looked.pending;
            left.extend(looked.left.into_iter().map(|left| (show(&left.name), Said::code(left.why))));
            if let Some(file) = looked.ready.into_iter().next().filter(|_| next.is_none()) {
                next = Some((place, file));
            }
        }
        self.pending = pending || next.is_some();
        self.board.borrow_mut().left_orders = left;
        let Some((place, file)) = next else { return Ok(false) };
        match self.folders[place].hear(&file, ledger, four_eyes, language)? {
            Heard::Order(order) => {
                // A process that died after this file's order was given left the file where it lay.
                let given = order.from.as_ref().map(|from| ledger.order_from(from)).transpose()?.flatten();
                let order = match given {
                    Some(order) => order,
                    None => {
                        tracing::info!(
                            file = show(&file.name),
                            who = order.by.who,
                            verb = order.verb.word(),
                            "an order by file"
                        );
                        ledger.leave_order(&order, now.wall)?
                    }
                };
                self.under_way = Some(UnderWay { folder: place, file, order });
            }
            Heard::Refused(why) => {
                tracing::warn!(
                    file = show(&file.name),
                    "an order by file was refused ({why}): read the answer beside it, then give the order again if it is still meant"
                );
                let answer = say!("order-refused", why = why).text(language);
                self.folders[place].put_aside(&file, true, &answer, now.wall)?;
                self.looked = None;
            }
            Heard::Changed => {}
        }
        Ok(true)
    }

    /// Writes one form that is wanted and not there, or takes one away; false where all are as they should.
    fn keep_forms(&mut self, ledger: &Ledger, desk: &Desk, now: Moment) -> Result<bool, HearError> {
        for (id, lane) in desk.lanes() {
            let lie = self.forms.get(id);
            let amiss = |ordered: &Ordered| ordered.fits(&lane.batch) != lie.is_some_and(|lie| lie.contains(ordered));
            if let Some(ordered) = Ordered::ALL.into_iter().find(amiss) {
                let read_as = ledger.read_as(*id)?;
                keep_form(&self.reports, ordered, &lane.batch, read_as.as_ref(), self.settings.language, now.wall)?;
                let forms = self.forms.entry(*id).or_default();
                if ordered.fits(&lane.batch) {
                    forms.insert(ordered)
                } else {
                    forms.remove(&ordered)
                };
                return Ok(true);
            }
        }
        let gone = self.forms.iter().find(|(id, _)| !desk.lanes().contains_key(*id));
        let Some((id, ordered)) = gone.map(|(id, forms)| (*id, forms.first().copied())) else { return Ok(false) };
        if let (Some(ordered), Some(batch)) = (ordered, ledger.batch(id)?)
            && batch.is_final()
        {
            keep_form(&self.reports, ordered, &batch, None, self.settings.language, now.wall)?;
        }
        let forms = self.forms.entry(id).or_default();
        forms.pop_first();
        if forms.is_empty() {
            self.forms.remove(&id);
        }
        Ok(true)
    }

    /// The forms as they should lie when the process ends.
    pub fn finish(&mut self, ledger: &Ledger, desk: &Desk, now: Moment) {
        while let Ok(true) = self.keep_forms(ledger, desk, now) {}
    }
}

impl Chore for Orders {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        if self.trouble.is_some_and(|since| !now.boot.served(since, AFTER_TROUBLE)) {
            return Ok(Progress::Idle { look_again: AFTER_TROUBLE, pending: false });
        }
        let due = self.looked.is_none_or(|at| now.boot.served(at, self.look_every()));
        if time.is_zero() {
            return Ok(if due || self.under_way.is_some() { Progress::More } else { self.idle() });
        }
        match self.step(ledger, desk, now) {
            Ok(true) => Ok(Progress::More),
            Ok(false) => {
                self.trouble = None;
                Ok(self.idle())
            }
            Err(HearError::Ledger(error)) if !matches!(error, LedgerError::Refused(_)) => Err(error.into()),
            Err(error) => {
                tracing::error!(
                    "the folders for orders give trouble ({error}): look at approvals/ and orders/, their owner and the disk; it is tried again every {} s",
                    AFTER_TROUBLE.as_secs()
                );
                self.trouble = Some(now.boot);
                self.board.borrow_mut().left_orders =
                    vec![("approvals/, orders/".to_string(), error.to_string().into())];
                Ok(Progress::Idle { look_again: AFTER_TROUBLE, pending: false })
            }
        }
    }
}
