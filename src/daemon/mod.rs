//! Wires the house together: ledger, client, inbox, loop, reports, signals, the service manager.
//!
//! Must never: decide about a payout, or start on a folder that another payoutd holds.

mod house;
mod intake;
pub mod obey;
mod reports;
mod status;

pub use house::{Live, live, view};
pub use reports::{WriteError, write_again};

use crate::clock::{Clock, SystemClock};
use crate::config::{AfterNotFound, Config, Environment, PaidAlready};
use crate::engine::chores::Chore;
use crate::engine::desk::gate_of;
use crate::engine::{Bell, Ending, Engine, EngineError, Settings as EngineSettings, Until};
use crate::files::guard::look_at_private_folder;
use crate::files::{Folder, remove_leftovers};
use crate::intake::admit::Admission;
use crate::intake::terms::{AdmitSettings, Guard};
use crate::intake::{Inbox, InboxSettings, InboxWatch};
use crate::ledger::{Identity, Ledger, Opened, Reader};
use crate::moncash::client::Client;
use crate::moncash::settings::{Secret, Settings as ClientSettings};
use crate::payout::decide::{Gate, Policy};
use crate::payout::evidence::ProofRules;
use crate::payout::funds::Fee;
use crate::payout::state::{BatchId, StateWord};
use crate::payroll::Limits;
use anyhow::Context;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Where MonCash answers, and how to sign in there.
pub struct Place {
    pub base_url: String,
    /// What the ledger is bound to: the host, or "embedded simulator".
    pub host: String,
    pub client_id: String,
    pub secret: Secret,
}

/// Is shown how things stand.
pub type Watch = Box<dyn Fn(&crate::report::view::HouseView)>;

/// How to run.
pub struct Options {
    pub until: Until,
    /// Rung to stop; signals ring it too.
    pub stop: Bell,
    /// Told after every renewal of the status, for a live view.
    pub watch: Option<Watch>,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub ending: Option<Ending>,
    pub rejected: u32,
    pub not_paid: u64,
    pub paid: u64,
    /// Payouts that are queued or in doubt.
    pub unfinished: u64,
    /// Those of them that wait for a person: their batch awaits approval or is on hold.
    pub waiting: u64,
}

/// What chores tell one another and the end of the run.
#[derive(Default)]
struct Shared {
    /// Batches that this run had to do with.
    batches: BTreeSet<BatchId>,
    rejected: u32,
    /// The latest of them, by their names in `rejected/`.
    rejected_names: Vec<String>,
    /// Files left in the inbox, and why.
    left: Vec<(String, String)>,
    /// Batches whose report is due although none of their own events say so.
    report_again: BTreeSet<BatchId>,
    /// The inbox may have changed.
    inbox_hint: bool,
}

type Board = Rc<RefCell<Shared>>;

/// The identity that a ledger is bound to.
pub fn identity(config: &Config, place: &Place) -> Identity {
    Identity {
        environment: config.moncash.environment.to_string(),
        host: place.host.clone(),
        account: place.client_id.clone(),
    }
}

/// Runs the daemon.
pub async fn run(config: &Config, place: &Place, options: Options) -> anyhow::Result<Outcome> {
    let clock: Rc<dyn Clock> = Rc::new(SystemClock::new());
    let Opened { ledger, suspicion } = Ledger::open(&config.folders.state, &identity(config, place), clock.now())?;
    if let Some(lax) = look_at_private_folder(&config.folders.state) {
        tracing::warn!("the state folder {}", lax.words());
    }
    let inbox = Inbox::open(
        &config.folders.batches,
        InboxSettings { settle: config.intake.settle, rescan: config.intake.rescan },
    )?;
    let folders = &inbox.folders;
    for folder in
        [&folders.batches, &folders.inbox, &folders.processing, &folders.accepted, &folders.rejected, &folders.reports]
    {
        remove_leftovers(folder)?;
    }
    let stranger = unknown_batches(&ledger, &inbox)?;
    let suspicion = suspicion.or(strange(stranger, ledger.last_number()?));
    let client = client(config, place, clock.clone())?;
    let mut watch = InboxWatch::begin(&inbox.folders.inbox);

    let board: Board = Rc::default();
    board.borrow_mut().batches.extend(ledger.batches_unfinished()?.iter().map(|batch| batch.id));
    let simulated = config.moncash.environment == Environment::Simulator;
    let admission = Admission::new(inbox, admit_settings(config));
    let reports_folder = config.folders.batches.join("reports");
    let mut intake = intake::Intake::new(admission, board.clone());
    let mut reports = reports::Reports::new(reports_folder, simulated, board.clone());
    let mut status = status::Status::new(config, place, board.clone(), options.watch);
    let mut engine = Engine::open(ledger, Rc::new(client), clock, engine_settings(config), suspicion)?;

    if let Some(batch) = stranger {
        // The suspicion is in the ledger by now and is asked about once: from here on the numbers of
        // this ledger come after the stranger's.
        let at = engine.now().wall;
        engine.ledger().skip_numbers(batch, at)?;
    }
    let wake = Bell::default();
    let stop = options.stop.clone();
    // Before READY: a signal that comes right after it must stop the loop, not the process.
    let signals = signals();
    notify_service("READY=1");
    let outside = async {
        tokio::join!(listen_for_signals(signals, stop.clone()), async {
            loop {
                watch.changed().await;
                board.borrow_mut().inbox_hint = true;
                wake.ring();
            }
        });
    };
    let ending = {
        let mut chores: [&mut dyn Chore; 3] = [&mut intake, &mut reports, &mut status];
        tokio::select! {
            ending = engine.run(options.until, &stop, &wake, &mut chores) => ending,
            () = outside => unreachable_end(),
        }
    }?;
    notify_service("STOPPING=1");
    let now = engine.now();
    engine.last_chore(|ledger, desk| reports.write_all(ledger, desk, now))?;
    status.write_last(&mut engine)?;
    let outcome = outcome(engine.ledger(), &board.borrow(), ending)?;
    Ok(outcome)
}

/// Signals and hints never end by themselves.
fn unreachable_end() -> Result<Ending, EngineError> {
    Ok(Ending::Stopped)
}

/// The client for this configuration.
pub fn client(config: &Config, place: &Place, clock: Rc<dyn Clock>) -> anyhow::Result<Client> {
    let mut settings = ClientSettings::new(&place.base_url, &place.client_id, place.secret.clone());
    settings.connect_timeout = config.moncash.connect_timeout;
    settings.request_timeout = config.moncash.request_timeout;
    Client::new(settings, clock).context("the MonCash client could not be made")
}

fn engine_settings(config: &Config) -> EngineSettings {
    let state = config.folders.state.clone();
    EngineSettings {
        policy: policy(config),
        transfer_every: config.engine.transfers_per_second.period(),
        query_every: config.engine.queries_per_second.period(),
        max_in_flight: config.engine.max_in_flight,
        drain: config.engine.drain,
        fee: fee(config),
        floor: config.balance.floor,
        balance_lag: config.balance.balance_lag,
        poll: config.balance.poll,
        min_free: config.safety.min_free,
        free_space: Box::new(move || Folder::open(&state).and_then(|folder| folder.free_space()).ok()),
    }
}

/// The fee that is reckoned with.
pub fn fee(config: &Config) -> Fee {
    Fee { parts_per_million: config.balance.fee_ppm, fixed: config.balance.fee_fixed }
}

fn policy(config: &Config) -> Policy {
    let safety = &config.safety;
    Policy {
        check_first: safety.check_first,
        proof: ProofRules {
            grace: safety.grace,
            not_found_answers: safety.not_found_answers,
            retry: safety.after_not_found == AfterNotFound::Retry,
        },
        ask_every: safety.ask_every,
        ask_at_most_every: safety.ask_at_most_every,
        ask_for: safety.ask_for,
        queued_for: safety.queued_for,
        attempts: safety.attempts,
        equal_refusals: safety.equal_refusals,
        also_declines: safety.also_declines.clone(),
    }
}

/// What a file may order.
pub fn limits(config: &Config) -> Limits {
    Limits {
        max_amount: config.limits.max_amount,
        min_amount: config.limits.min_amount,
        max_batch_amount: config.limits.max_batch_amount,
    }
}

fn admit_settings(config: &Config) -> AdmitSettings {
    AdmitSettings {
        limits: limits(config),
        paid_already_within: config.safety.paid_already_within,
        paid_already: match config.safety.paid_already {
            PaidAlready::Hold => Guard::Hold,
            PaidAlready::Warn => Guard::Warn,
        },
        approval_above: config.approval.above,
        start_after: config.intake.start_after,
        seed: unforeseeable(),
    }
}

/// Keys the duplicate finder, so that nobody can write a file of hash twins.
pub fn unforeseeable() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn strange(stranger: Option<BatchId>, known: BatchId) -> Option<String> {
    let batch = stranger?;
    let ours = match known {
        BatchId(0) => "this ledger has no batch at all".to_string(),
        known => format!("this ledger gave out no number after {known}"),
    };
    Some(format!("accepted/ or reports/ hold a file of batch {batch}, and {ours}"))
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

/// SIGTERM and Ctrl-C. From here on they do not end the process by themselves.
fn signals() -> Option<(Signal, Signal)> {
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(term), Ok(interrupt)) => Some((term, interrupt)),
        _ => {
            tracing::warn!("signals cannot be listened for: stop payoutd with SIGKILL, which harms nothing");
            None
        }
    }
}

async fn listen_for_signals(signals: Option<(Signal, Signal)>, stop: Bell) {
    let Some((mut term, mut interrupt)) = signals else {
        return std::future::pending().await;
    };
    loop {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.ring();
    }
}

/// Tells the service manager, where there is one.
fn notify_service(state: &str) {
    let told = match state {
        "READY=1" => sd_notify::notify(false, &[sd_notify::NotifyState::Ready]),
        _ => sd_notify::notify(false, &[sd_notify::NotifyState::Stopping]),
    };
    if let Err(error) = told {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

fn outcome(ledger: &Reader, board: &Shared, ending: Ending) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome { ending: Some(ending), rejected: board.rejected, ..Outcome::default() };
    for id in &board.batches {
        let Some(batch) = ledger.batch(*id)? else { continue };
        let count = |word| u64::from(batch.tally.count(word));
        outcome.not_paid += count(StateWord::Declined) + count(StateWord::Cancelled) + count(StateWord::Held);
        outcome.unfinished += count(StateWord::Queued) + count(StateWord::InDoubt);
        outcome.paid += count(StateWord::Paid);
        if matches!(gate_of(&batch), Gate::AwaitingApproval | Gate::OnHold) {
            outcome.waiting += count(StateWord::Queued);
        }
    }
    Ok(outcome)
}

/// How long a chore that failed for a passing reason waits.
const AFTER_TROUBLE: Duration = Duration::from_secs(10);
