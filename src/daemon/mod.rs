//! Wires the house together: ledger, client, inbox, loop, reports, signals, the service manager.
//!
//! Must never: decide about a payout, or start on a folder that another payoutd holds.

mod house;
mod household;
mod intake;
mod metrics;
pub mod notify;
pub mod obey;
mod opening;
mod orders;
mod previews;
mod reconcile;
mod reload;
mod reports;
mod signals;
mod status;

pub use house::{Live, live, view};
pub use household::Household;
pub use reports::{WriteError, write_again};

use crate::clock::{Clock, SystemClock};
use crate::config::{AfterNotFound, Config, ReferenceFrom, ReferencePiece};
use crate::engine::hours::Hours;
use crate::engine::{Bell, Ending, EngineError, Settings as EngineSettings, Until};
use crate::files::Folder;
use crate::files::guard::look_at_private_folder;
use crate::files::users::owner_of;
use crate::intake::InboxWatch;
use crate::intake::guards::GuardSettings;
use crate::intake::terms::FileRules;
use crate::ledger::Identity;
use crate::moncash::client::Client;
use crate::moncash::settings::{Secret, Settings as ClientSettings};
use crate::payout::decide::Policy;
use crate::payout::evidence::ProofRules;
use crate::payout::funds::Fee;
use crate::payout::order::FourEyes;
use crate::payout::state::BatchId;
use crate::payroll::{ColumnNames, Known, Limits, Piece, Wanted};
use crate::words::Saying;
use crate::words::left::Left;
use anyhow::Context;
use jiff::tz::TimeZone;
use sd_notify::NotifyState;
use signals::{Signals, notify};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

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
    /// Each of these batches, and why it waits.
    pub why_waiting: Vec<(BatchId, Saying)>,
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
    left: Vec<Left>,
    /// The same of the folders for orders.
    left_orders: Vec<Left>,
    /// And of the folder for previews.
    left_checks: Vec<Left>,
    /// Batches whose report is due although none of their own events say so.
    report_again: BTreeSet<BatchId>,
    /// The inbox may have changed.
    inbox_hint: bool,
    /// What keeps files from being taken, since the last one that was.
    inbox_trouble: Option<String>,
    /// Batches whose report could not be written when it was last tried, and why.
    unwritten: BTreeMap<BatchId, String>,
    /// Files rejected that somebody outside is to be told of; kept where somebody is.
    untold: Option<Vec<String>>,
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
    let once = matches!(options.until, Until::NothingMoves { .. });
    let opened = opening::open_ledger(config, place, &*clock).await?;
    if let Some(lax) = look_at_private_folder(&config.folders.state) {
        tracing::warn!("the state folder {}", lax.words());
    }
    let gateway = Rc::new(client(config, place, clock.clone())?);
    let mut household = Household::open(config, place, opened, gateway, clock, options.watch)?;
    if !once {
        household.begin_days();
    }
    let mut watch = InboxWatch::begin(household.inbox());
    let wake = Bell::default();
    let stop = options.stop.clone();
    household.record_settings(config, false)?;
    // Before READY: a signal that comes right after it must stop the loop, not the process.
    let reread = Bell::default();
    let rereads = !once && config.file.is_some();
    let signals = Signals::listen(stop.clone(), rereads.then(|| (reread.clone(), wake.clone())));
    notify(&[NotifyState::Ready]);
    let board = household.board.clone();
    let questions = household.questions();
    let post = household.notifier.post();
    let mut carrying = std::pin::pin!(post.carry(&wake));
    let outside = async {
        tokio::join!(signals.heed(), metrics::serve(config, questions, &wake), async {
            loop {
                watch.changed().await;
                board.borrow_mut().inbox_hint = true;
                wake.ring();
            }
        });
    };
    tokio::pin!(outside);
    let mut running = config.clone();
    let ending = loop {
        let (engine, mut chores) = household.parts();
        let ran = tokio::select! {
            ran = engine.run_interrupted(options.until, &stop, &wake, &reread, &mut chores) => ran,
            () = &mut outside => unreachable_end(),
            () = &mut carrying => unreachable_end(),
        };
        match ran? {
            Some(ending) => break ending,
            None => reload::read_again(&mut household, &mut running)?,
        }
    };
    if reread.take() {
        tracing::warn!(
            "asked to read the configuration again while stopping: nothing to do, it is read at the next start"
        );
    }
    notify(&[NotifyState::Stopping]);
    let outcome = household.finish(ending)?;
    household.tell_rest(carrying, &wake).await;
    household.nothing_is_missing(once)?;
    Ok(outcome)
}

/// Signals and hints never end by themselves.
fn unreachable_end() -> Result<Option<Ending>, EngineError> {
    Ok(Some(Ending::Stopped))
}

/// The client for this configuration.
pub fn client(config: &Config, place: &Place, clock: Rc<dyn Clock>) -> anyhow::Result<Client> {
    let mut settings = ClientSettings::new(&place.base_url, &place.client_id, place.secret.clone());
    settings.connect_timeout = config.moncash.connect_timeout;
    settings.request_timeout = config.moncash.request_timeout;
    Client::new(settings, clock).context("the MonCash client could not be made")
}

fn engine_settings(config: &Config) -> EngineSettings {
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
        free_space: least_free_space(config),
        hours: Hours { rule: config.engine.hours.clone(), zone: TimeZone::system() },
        four_eyes: four_eyes(config),
    }
}

/// `[approval] four_eyes`, with the user that payoutd's own files belong to: whose the state folder is.
pub fn four_eyes(config: &Config) -> Option<FourEyes> {
    config.approval.four_eyes.then(|| FourEyes { service: service_user(config) })
}

/// The user (uid) that payoutd's own files belong to.
pub fn service_user(config: &Config) -> u32 {
    owner_of(&config.folders.state).unwrap_or_else(|| rustix::process::geteuid().as_raw())
}

/// Room for the ledger and for the reports: who is paid must also be told. Measures both folders and
/// says the lesser; which one is short is told once, when it becomes so.
fn least_free_space(config: &Config) -> Box<dyn Fn() -> Option<u64>> {
    let places = [config.folders.state.clone(), config.folders.batches.clone()];
    let needed = config.safety.min_free;
    let short: Cell<Option<usize>> = Cell::new(None);
    Box::new(move || {
        let measured = places.iter().enumerate().filter_map(|(which, place)| {
            let free = Folder::open(place).and_then(|folder| folder.free_space()).ok()?;
            Some((free, which))
        });
        let (free, which) = measured.min()?;
        let now_short = (free < needed).then_some(which);
        if let Some(place) = now_short.filter(|_| now_short != short.get()).and_then(|which| places.get(which)) {
            tracing::warn!(folder = %place.display(), free, "little free disk space is left here: make room, nothing is sent until there is some");
        }
        short.set(now_short);
        Some(free)
    })
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

/// The guards that look at a file.
pub fn guards(config: &Config) -> GuardSettings {
    let guards = &config.guards;
    GuardSettings {
        same_number: guards.same_number,
        missing: guards.missing,
        new_people: guards.new_people,
        changed_number: guards.changed_number,
        changed_amount: guards.changed_amount,
        change_factor: guards.change_factor,
        period: guards.period,
        new_layout: guards.new_layout,
        over_wallet: guards.over_wallet,
        wallet_limit: guards.wallet_limit,
        wallet_may_overflow: guards.wallet_limit < config.limits.max_amount,
        shortfall: guards.shortfall,
        fee: fee(config),
        floor: config.balance.floor,
    }
}

/// What a file may order.
pub fn limits(config: &Config) -> Limits {
    Limits {
        max_amount: config.limits.max_amount,
        min_amount: config.limits.min_amount,
        max_batch_amount: config.limits.max_batch_amount,
        zero: config.intake.zero,
    }
}

/// By what files are read.
pub fn file_rules(config: &Config) -> FileRules {
    FileRules { limits: limits(config), columns: column_names(config) }
}

/// `[columns]`, as the reader of files takes it.
fn column_names(config: &Config) -> ColumnNames {
    let columns = &config.columns;
    let mut names = ColumnNames::default();
    names.sheet.clone_from(&config.intake.sheet);
    let named = [
        (Known::Receiver, &columns.receiver),
        (Known::Amount, &columns.amount),
        (Known::Description, &columns.description),
        (Known::Name, &columns.name),
        (Known::RetryOf, &columns.retry_of),
    ];
    for (known, name) in named {
        if let Some(name) = name {
            names.set(known, Wanted::Columns(name.clone()));
        }
    }
    match &columns.reference {
        None => {}
        Some(ReferenceFrom::Columns(name)) => names.set(Known::Reference, Wanted::Columns(name.clone())),
        Some(ReferenceFrom::Pieces(pieces)) => {
            let piece = |piece: &ReferencePiece| match piece {
                ReferencePiece::Text(text) => Piece::Text(text.clone()),
                ReferencePiece::Column(name) => Piece::Column(name.clone()),
            };
            names.set(Known::Reference, Wanted::Built(pieces.iter().map(piece).collect()));
        }
    }
    names
}

/// Keys the duplicate finder, so that nobody can write a file of hash twins.
pub fn unforeseeable() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// How long a chore that failed for a passing reason waits.
const AFTER_TROUBLE: Duration = Duration::from_secs(10);
