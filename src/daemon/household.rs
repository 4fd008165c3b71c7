//! Everything that a running payoutd consists of, but for what reaches it from outside: signals, hints
//! of the inbox, the service manager. The daemon runs it, and so does the simulation, with a clock
//! and a MonCash of its own.
//!
//! Must never: begin to send before the suspicions of this start are in the ledger.

use super::orders::OrderSettings;
use super::{
    Board, Outcome, Place, Shared, Watch, engine_settings, file_rules, four_eyes, guards, intake, metrics, notify,
    orders, previews, reconcile, reports, status, unforeseeable,
};
use crate::clock::Clock;
use crate::config::reload::Reloaded;
use crate::config::{Config, Environment, PaidAlready};
use crate::engine::chores::Chore;
use crate::engine::errands::Runner;
use crate::engine::{Bell, Ending, Engine};
use crate::files::{Folder, remove_leftovers};
use crate::intake::admit::Admission;
use crate::intake::examine::Rules;
use crate::intake::preview::PreviewSettings;
use crate::intake::terms::{AdmitSettings, Guard};
use crate::intake::{Inbox, InboxSettings};
use crate::ledger::{Ledger, LedgerError, Opened, Reader};
use crate::moncash::gateway::Gateway;
use crate::payout::batch::Gate;
use crate::payout::message::{Said, Suspicion};
use crate::payout::moment::{Moment, Wall};
use crate::payout::state::{BatchId, StateWord};
use crate::payout::terms::Act;
use crate::words::findings::{why_approval, why_on_hold};
use anyhow::Context;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;

/// The loop, its chores and what they tell one another.
pub struct Household {
    engine: Engine,
    intake: intake::Intake,
    orders: orders::Orders,
    previews: previews::Previews,
    reports: reports::Reports,
    status: status::Status,
    reconciler: reconcile::Reconciler,
    metrics: metrics::Metrics,
    pub(super) notifier: notify::Notifier,
    pub(super) board: Board,
    batches: PathBuf,
    clock: Rc<dyn Clock>,
}

impl Household {
    /// Takes over the folders and what the ledger holds. Nothing is sent yet.
    ///
    /// # Errors
    /// A folder or the ledger cannot be used.
    pub fn open(
        config: &Config,
        place: &Place,
        opened: Opened,
        gateway: Rc<dyn Gateway>,
        clock: Rc<dyn Clock>,
        watch: Option<Watch>,
    ) -> anyhow::Result<Household> {
        let Opened { ledger, suspicion } = opened;
        let inbox = Inbox::open(&config.folders.batches, inbox_settings(config))
            .with_context(|| cannot_use(&config.folders.batches))?;
        let folders = &inbox.folders;
        for folder in [
            &folders.batches,
            &folders.inbox,
            &folders.processing,
            &folders.accepted,
            &folders.rejected,
            &folders.reports,
        ] {
            remove_leftovers(folder).with_context(|| cannot_use(&config.folders.batches))?;
        }
        let stranger = unknown_batches(&ledger, &inbox)?;
        let forgotten = reports::forgotten(&ledger, &inbox.folders.reports)?;
        let suspicion = suspicion.or(found_here(stranger, ledger.last_number()?, &forgotten).map(Said::code));
        let board: Board = Rc::default();
        board.borrow_mut().batches.extend(ledger.batches_unfinished()?.iter().map(|batch| batch.id));
        // Written again, the summary gets a date, and is asked about once.
        board.borrow_mut().report_again.extend(forgotten.iter().map(|(batch, _)| *batch));
        if suspicion.is_some() {
            // Another ledger may have written over reports of this one: each is looked at once more.
            let all = ledger.batches_latest(u32::MAX)?;
            board.borrow_mut().report_again.extend(all.iter().map(|batch| batch.id));
        }
        let simulated = config.moncash.environment == Environment::Simulator;
        let orders =
            orders::Orders::open(&folders.batches, folders.reports.try_clone()?, order_settings(config), board.clone())
                .with_context(|| cannot_use(&config.folders.batches))?;
        let settings = preview_settings(config);
        let mut previews = previews::Previews::open(&folders.batches, settings, config.intake.rescan, board.clone())
            .with_context(|| cannot_use(&config.folders.batches))?;
        let admission = Admission::new(inbox, admit_settings(config));
        let reports_folder = config.folders.batches.join("reports");
        let intake = intake::Intake::new(admission, board.clone());
        let reports = reports::Reports::new(reports_folder, simulated, config.reports, board.clone());
        let notifier = notify::Notifier::new(config, place, board.clone());
        let status = status::Status::new(config, place, board.clone(), watch);
        let metrics = metrics::Metrics::new(config, board.clone(), clock.now().wall);
        let mut engine = Engine::open(ledger, gateway, clock.clone(), engine_settings(config), suspicion)?;
        let reconciler = reconcile::Reconciler::new(config, engine.errands(Runner::Reconciliation));
        previews.asks_by(engine.errands(Runner::Previews));
        if let Some(batch) = stranger {
            // The suspicion is in the ledger by now and is asked about once: from here on the numbers
            // of this ledger come after the stranger's.
            let at = engine.now().wall;
            engine.ledger().skip_numbers(batch, at)?;
        }
        Ok(Household {
            engine,
            intake,
            orders,
            previews,
            reports,
            status,
            reconciler,
            metrics,
            notifier,
            board,
            batches: config.folders.batches.clone(),
            clock,
        })
    }

    /// The settings that touch money go on record, where they are not those of the last time.
    ///
    /// # Errors
    /// The ledger cannot be used.
    pub fn record_settings(&mut self, config: &Config, reloaded: bool) -> Result<(), LedgerError> {
        let at = self.engine.now().wall;
        let mut turn = self.engine.ledger().begin(at)?;
        turn.record_settings(&config.money_settings(), reloaded)?;
        turn.commit()
    }

    /// Goes by other settings from the next turn on, all of it or nothing: what can fail comes first.
    ///
    /// # Errors
    /// The ledger cannot be used; the process ends then, as for any trouble with it.
    pub fn go_by(&mut self, reloaded: &Reloaded) -> Result<(), LedgerError> {
        let config = reloaded.config();
        self.record_settings(config, true)?;
        self.engine.go_by(engine_settings(config))?;
        self.intake.go_by(admit_settings(config), inbox_settings(config));
        self.orders.go_by(order_settings(config));
        self.previews.go_by(preview_settings(config), config.intake.rescan);
        self.reports.go_by(config.reports);
        self.status.go_by(config);
        self.reconciler.go_by(config);
        self.metrics.go_by(config);
        Ok(())
    }

    /// The folder that files are dropped into.
    pub fn inbox(&self) -> &Folder {
        self.intake.inbox()
    }

    pub(super) fn now(&self) -> Moment {
        self.engine.now()
    }

    /// What came of the configuration that was read again; what the service manager is told with it.
    pub(super) fn note_reread(&mut self, words: String) -> String {
        self.status.note_reread(words);
        self.status.words(&self.engine.desk().doing(self.engine.now()))
    }

    /// The loop and its chores, in the order in which they get their slices.
    pub fn parts(&mut self) -> (&mut Engine, [&mut dyn Chore; 8]) {
        (
            &mut self.engine,
            [
                &mut self.intake,
                &mut self.orders,
                &mut self.previews,
                &mut self.reports,
                &mut self.status,
                &mut self.reconciler,
                &mut self.metrics,
                &mut self.notifier,
            ],
        )
    }

    /// Where questions of watchers are put for the loop.
    pub(super) fn questions(&self) -> metrics::Questions {
        self.metrics.questions()
    }

    /// The daemon that goes on reconciles by itself, and asks about the wallets of previews, where that is set.
    pub fn begin_days(&mut self) {
        self.reconciler.begin_days();
        self.previews.begin_asking();
    }

    /// What is left to do when the loop has ended: the reports that are due, the status.
    ///
    /// # Errors
    /// The ledger cannot be used.
    pub fn finish(&mut self, ending: Ending) -> anyhow::Result<Outcome> {
        let now = self.engine.now();
        let (orders, reports, notifier) = (&mut self.orders, &mut self.reports, &mut self.notifier);
        self.engine.last_chore(|ledger, desk| {
            orders.finish(ledger, desk, now);
            reports.write_all(ledger, desk, now)?;
            anyhow::Ok(notifier.look_last(ledger, desk, now)?)
        })?;
        self.status.write_last(&mut self.engine)?;
        outcome(self.engine.ledger(), &self.board.borrow(), ending)
    }

    /// Tells what is still to be told to whoever `[notify]` names; not for long.
    pub async fn tell_rest(&mut self, carrying: Pin<&mut impl Future<Output = ()>>, answered: &Bell) {
        let clock = self.clock.clone();
        self.notifier.deliver_rest(self.engine.ledger(), || clock.now(), carrying, answered).await;
    }

    /// Says so if people will look for a report, or after `run --once` for a batch, in vain.
    ///
    /// # Errors
    /// One that says what is missing, and why.
    pub fn nothing_is_missing(&self, once: bool) -> anyhow::Result<()> {
        let (board, batches) = (self.board.borrow(), &self.batches);
        if let Some((batch, why)) = board.unwritten.first_key_value() {
            anyhow::bail!(
                "the report of {batch} is not in {} ({why}): what was paid is in the ledger, see 'payoutd status'; check the disk (full? read-only?), then start payoutd again",
                batches.join("reports").display()
            );
        }
        match board.inbox_trouble.as_ref().filter(|_| once) {
            Some(trouble) => anyhow::bail!(
                "files could not be taken from {} ({trouble}): check the disk (full? read-only?) and the folders' owner, then start again",
                batches.join("inbox").display()
            ),
            None => Ok(()),
        }
    }
}

fn cannot_use(batches: &Path) -> String {
    format!(
        "the folders in {} cannot be used: check [folders] batches, their owner and the disk (full? read-only?), then start again",
        batches.display()
    )
}

fn inbox_settings(config: &Config) -> InboxSettings {
    InboxSettings { settle: config.intake.settle, rescan: config.intake.rescan }
}

fn order_settings(config: &Config) -> OrderSettings {
    OrderSettings {
        settle: config.intake.settle,
        rescan: config.intake.rescan,
        four_eyes: four_eyes(config),
        language: config.reports.language,
    }
}

fn admit_settings(config: &Config) -> AdmitSettings {
    AdmitSettings {
        file: file_rules(config),
        language: config.reports.language,
        paid_already_within: config.safety.paid_already_within,
        paid_already: match config.safety.paid_already {
            PaidAlready::Hold => Guard::Hold,
            PaidAlready::Warn => Guard::Warn,
        },
        guards: guards(config),
        approval_above: config.approval.above,
        start_after: config.intake.start_after,
        seed: unforeseeable(),
    }
}

fn preview_settings(config: &Config) -> PreviewSettings {
    let AdmitSettings { file, paid_already_within, paid_already, guards, approval_above, seed, .. } =
        admit_settings(config);
    PreviewSettings {
        rules: Rules { file, paid_already_within, guards, now: Wall(0), seed },
        paid_already,
        approval_above,
        ask_about_wallets: config.guards.customer_status != Act::Off,
        settle: config.intake.settle,
        language: config.reports.language,
    }
}

/// What this start found besides what the ledger knows of itself.
fn found_here(stranger: Option<BatchId>, last: BatchId, forgotten: &[(BatchId, i64)]) -> Option<Suspicion> {
    let last = (last != BatchId(0)).then_some(last);
    let elsewhere = |(batch, event): &(BatchId, i64)| Suspicion::SummaryElsewhere { batch: *batch, event: *event };
    stranger.map(|batch| Suspicion::StrangeBatch { batch, last }).or_else(|| forgotten.first().map(elsewhere))
}

/// Batches that lie in `accepted/` or `reports/` and that the ledger has never heard of: it is older
/// than they are.
fn unknown_batches(ledger: &Ledger, inbox: &Inbox) -> anyhow::Result<Option<BatchId>> {
    let known = ledger.last_number()?.0;
    let mut stranger: Option<BatchId> = None;
    for folder in [&inbox.folders.accepted, &inbox.folders.reports] {
        folder.each_name(|name| {
            let text = name.to_string_lossy();
            let batch = text.split('.').rev().find_map(BatchId::parse);
            if let Some(batch) = batch.filter(|batch| batch.0 > known) {
                stranger = Some(stranger.map_or(batch, |most: BatchId| most.max(batch)));
            }
            true
        })?;
    }
    Ok(stranger)
}

fn outcome(ledger: &Reader, board: &Shared, ending: Ending) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome { ending: Some(ending), rejected: board.rejected, ..Outcome::default() };
    for id in &board.batches {
        let Some(batch) = ledger.batch(*id)? else { continue };
        let count = |word| u64::from(batch.tally.count(word));
        outcome.not_paid += count(StateWord::Declined) + count(StateWord::Cancelled) + count(StateWord::Held);
        outcome.unfinished += count(StateWord::Queued) + count(StateWord::InDoubt);
        outcome.paid += count(StateWord::Paid);
        let why = match (batch.gate(), why_on_hold(&batch)) {
            (Gate::AwaitingApproval, _) => why_approval(&batch),
            (Gate::OnHold, Some(why)) => why,
            (Gate::Open | Gate::OnHold | Gate::NotBefore(_) | Gate::Cancelled(_), _) => continue,
        };
        outcome.waiting += count(StateWord::Queued);
        if count(StateWord::Queued) > 0 {
            outcome.why_waiting.push((batch.id, why));
        }
    }
    Ok(outcome)
}
