//! The folders and the process of one world: the real household on real files, started, run for a
//! while, killed, started again.
//!
//! Must never: reach into the loop; between two runs it sees what any reader of the ledger sees.

use crate::bank::Bank;
use crate::clock::WorldClock;
use crate::fate::{End, Fate, Mortal, Reaper, Seam};
use crate::gateway::Line;
use crate::record::Record;
use crate::world::World;
use payoutd::clock::Clock;
use payoutd::config::Config;
use payoutd::daemon::{Household, Place, identity};
use payoutd::engine::chores::Chore;
use payoutd::engine::{Bell, Ending, EngineError, Until};
use payoutd::ledger::{FILE, HIGH_WATER_FILE, Ledger, LedgerError, Reader};
use payoutd::moncash::settings::Secret;
use payoutd::payout::activity::Blocked;
use payoutd::payout::decide::Wait;
use payoutd::payout::money::Amount;
use payoutd::payout::state::BatchId;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

pub struct House {
    pub folder: TempDir,
    pub clock: Rc<WorldClock>,
    pub bank: Rc<Bank>,
    pub record: Rc<Record>,
    pub world: World,
    config: Config,
    place: Place,
    household: Option<(Household, Rc<Reaper>)>,
    /// What should never have been: the process ended by itself.
    pub complaints: Vec<String>,
}

/// How a stretch of life went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    GoesOn,
    Died,
}

impl House {
    pub fn build(world: &World, clock: Rc<WorldClock>, bank: Rc<Bank>, record: Rc<Record>) -> House {
        let folder = support::folder(env!("CARGO_TARGET_TMPDIR"));
        let config = Config::from_text(&settings(world), &folder.path().join("payoutd.toml")).unwrap();
        std::fs::create_dir_all(config.folders.batches.join("inbox")).unwrap();
        let place = Place {
            base_url: "https://sandbox.example".to_string(),
            host: "sandbox.example".to_string(),
            client_id: "sim".to_string(),
            secret: Secret::new("never sent"),
        };
        House {
            folder,
            clock,
            bank,
            record,
            world: world.clone(),
            config,
            place,
            household: None,
            complaints: Vec::new(),
        }
    }

    pub fn batches(&self, folder: &str) -> PathBuf {
        self.config.folders.batches.join(folder)
    }

    pub fn state(&self) -> &Path {
        &self.config.folders.state
    }

    pub fn runs(&self) -> bool {
        self.household.is_some()
    }

    /// Starts the process.
    pub fn start(&mut self, fate: Fate, nap: Option<(u64, Duration)>) -> Life {
        self.record.note(format_args!("start"));
        let reaper = Reaper::new(fate, nap, &self.bank);
        let opened = match Ledger::open(self.state(), &identity(&self.config, &self.place), self.clock.now()) {
            Ok(opened) => opened,
            Err(error) => {
                self.complaints.push(format!("the ledger did not open: {error}"));
                return Life::Died;
            }
        };
        let mut opened = opened;
        if let Some(why) = &opened.suspicion {
            self.record.note(format_args!("suspicion: {why}"));
        }
        reaper.watch(&mut opened.ledger);
        if fate == Fate::Opening {
            drop(opened);
            self.record.crash("while it starts");
            return Life::Died;
        }
        let line = Rc::new(Line::new(&self.bank));
        match Household::open(&self.config, &self.place, opened, line, self.clock.clone(), None) {
            Ok(household) => {
                self.household = Some((household, reaper));
                Life::GoesOn
            }
            Err(_) if reaper.commit_failed() => {
                self.record.crash("while it starts");
                Life::Died
            }
            Err(error) => {
                self.complaints.push(format!("the house did not open: {error:#}"));
                Life::Died
            }
        }
    }

    /// Lets the process live for some time, or until it dies.
    pub async fn run_for(&mut self, time: Duration) -> Life {
        let status_file = self.world.status_file;
        let Some((household, reaper)) = &mut self.household else { return Life::Died };
        let (stop, reaper) = (Bell::default(), reaper.clone());
        let end = {
            let (engine, [intake, orders, previews, reports, status, ..]) = household.parts();
            let seam = |place| Seam(reaper.clone(), place);
            let mut first = seam("after a turn's commit, before its calls");
            let mut second = seam("after a commit of the intake");
            let mut third = seam("after a commit of the reports");
            let mut all: Vec<&mut dyn Chore> =
                vec![&mut first, intake, &mut second, orders, previews, reports, &mut third];
            if status_file {
                all.push(status);
            }
            let run = pin!(engine.run(Until::Stopped, &stop, &stop, &mut all));
            tokio::select! {
                biased;
                end = Mortal { run, reaper: reaper.clone() } => end,
                () = tokio::time::sleep(time) => return Life::GoesOn,
            }
        };
        match end {
            End::Died(place) => self.die(place),
            End::Ended(Err(EngineError::Ledger(LedgerError::CommitFailed(_)))) if reaper.commit_failed() => {
                self.die(reaper.place_of_failure());
            }
            End::Ended(Err(EngineError::Chore(error))) => match error.downcast_ref::<&'static str>() {
                Some(place) => {
                    let place = *place;
                    self.die_after_commit(place, &reaper);
                }
                None if reaper.commit_failed() => self.die("before a commit of a chore"),
                None => self.complain(format!("a chore ended the process: {error:#}")),
            },
            End::Ended(other) => self.complain(format!("the process ended by itself: {other:?}")),
        }
        Life::Died
    }

    fn complain(&mut self, what: String) {
        self.complaints.push(what);
        self.household = None;
    }

    /// The process dies without a word; what it asked MonCash for goes on.
    pub fn die(&mut self, place: &'static str) {
        self.household = None;
        self.record.crash(place);
    }

    fn die_after_commit(&mut self, place: &'static str, reaper: &Reaper) {
        let mark = reaper.lost_mark();
        let lost = mark.is_some();
        self.household = None;
        if let Some(mark) = mark {
            std::fs::write(self.state().join(HIGH_WATER_FILE), mark).unwrap();
        }
        self.record.crash(if lost { "after a commit, before its high-water mark" } else { place });
    }

    /// SIGTERM: it sends nothing new, waits for what is under way, writes its reports.
    pub async fn stop(&mut self) {
        let Some((household, reaper)) = &mut self.household else { return };
        self.record.note(format_args!("stopped"));
        let stop = Bell::default();
        stop.ring();
        let (engine, mut all) = household.parts();
        let ended = engine.run(Until::Stopped, &stop, &stop, &mut all).await;
        let ended: anyhow::Result<Ending> = ended.map_err(Into::into);
        let failed = ended.and_then(|ending| household.finish(ending)).err();
        let killed = reaper.commit_failed();
        match failed {
            Some(_) if killed => self.die("before a commit of a stop"),
            Some(error) => self.complain(format!("a stop did not end well: {error:#}")),
            None => self.household = None,
        }
    }

    /// Looks into the ledger of the process that runs, as another reader would.
    pub fn reader(&mut self) -> Option<&Reader> {
        let (household, _) = self.household.as_mut()?;
        Some(household.parts().0.reader())
    }

    /// What keeps things from coming to rest, in words.
    pub fn standstill(&mut self) -> String {
        let (inbox, processing) = (self.names("inbox"), self.names("processing"));
        let now = self.clock.now();
        let Some((household, _)) = self.household.as_mut() else { return "no process".to_string() };
        let (engine, _) = household.parts();
        let blocked = engine.desk().blocked(now);
        let batches = engine.reader().batches_unfinished().unwrap();
        let open: Vec<String> =
            batches.iter().map(|b| format!("{} {:?} {:?}", b.id, b.state(false), b.tally)).collect();
        format!("blocked {blocked:?}; inbox {inbox:?}; processing {processing:?}; {open:?}")
    }

    /// The amount in centimes of the payout that goes first once there is money, where nothing but money is
    /// waited for.
    pub fn waits_for_money(&mut self) -> Option<i64> {
        let now = self.clock.now();
        let (household, _) = self.household.as_mut()?;
        let (engine, _) = household.parts();
        let desk = engine.desk();
        let short = matches!(desk.blocked(now), Some(Blocked::Shortage { .. }));
        if !short || !desk.doubts().is_empty() || desk.funds().reserved() != Amount::ZERO {
            return None;
        }
        let turn = |id: &&BatchId| desk.served().is_none_or(|served| **id > served);
        let (next, then): (Vec<&BatchId>, Vec<&BatchId>) = desk.lanes().keys().partition(turn);
        let mut lanes = next.into_iter().chain(then).filter_map(|id| desk.lanes().get(id));
        let lane = lanes.find(|lane| matches!(lane.waits, Some(Wait::Funds { .. })))?;
        lane.window.front().map(|queued| queued.payout.instruction.amount.centimes())
    }

    /// A copy of the ledger as it lies there while no process runs.
    pub fn copy_ledger(&self) -> Option<Vec<u8>> {
        assert!(!self.runs());
        std::fs::read(self.state().join(FILE)).ok()
    }

    /// Puts a copy in the place of the ledger.
    pub fn put_ledger(&self, copy: &[u8]) {
        assert!(!self.runs());
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.state().join(format!("{FILE}{ending}")));
        }
        std::fs::write(self.state().join(FILE), copy).unwrap();
    }

    /// Names in a folder below `batches/`, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.batches(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

pub const TRANSFERS_PER_SECOND: u64 = 10;

fn settings(world: &World) -> String {
    let grace = world.grace.as_secs();
    let after = if world.retry { "retry" } else { "hold" };
    let fee = if world.fee { "3" } else { "0" };
    let floor = crate::answers::htg(world.floor);
    let above = if world.approval { "900.00" } else { "none" };
    let (lag, regret) = (world.balance_lag.as_secs(), world.regret.as_secs());
    format!(
        r#"[moncash]
environment = "sandbox"
base_url = "https://sandbox.example"
client_id = "sim"
connect_timeout = "2s"
request_timeout = "4s"
[engine]
transfers_per_second = {TRANSFERS_PER_SECOND}
queries_per_second = 20
max_in_flight = 8
drain = "5s"
[intake]
settle = "0s"
rescan = "1s"
start_after = "{regret}s"
[safety]
after_not_found = "{after}"
grace = "{grace}s"
not_found_answers = 2
ask_every = "2s"
ask_at_most_every = "8s"
ask_for = "200s"
equal_refusals = 6
min_free = "1MB"
[balance]
floor = "{floor}"
fee_percent = "{fee}"
poll = "5s"
balance_lag = "{lag}s"
[approval]
above = "{above}"
"#
    )
}
