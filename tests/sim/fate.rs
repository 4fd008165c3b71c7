//! When and where the process dies: at any await, before any commit, after any commit and before
//! its calls are polled, with a Transfert just gone or its answer just in.
//!
//! Must never: strike without being counted, or be counted without having struck.

use crate::bank::Bank;
use crate::chance::Chance;
use crate::clock::WorldClock;
use payoutd::engine::EngineError;
use payoutd::engine::chores::{Chore, Progress};
use payoutd::engine::desk::Desk;
use payoutd::ledger::Ledger;
use payoutd::payout::moment::Moment;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

/// Where a process is to die. The number counts down to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Lives,
    Await(u64),
    BeforeCommit(u64),
    AfterCommit(u64),
    /// As it is, and the high-water mark of that commit never reached the disk.
    AfterCommitBeforeMark(u64),
    CallLeft(u64),
    AnswerCame(u64),
    /// While it starts.
    Opening,
}

impl Fate {
    pub fn draw(chance: &mut Chance) -> Fate {
        let far = *chance.pick(&[3, 8, 25, 80]);
        let n = chance.between(1, far);
        let few = chance.between(1, 6);
        *chance.weighted(&[
            (1, Fate::Lives),
            (6, Fate::Await(n)),
            (5, Fate::BeforeCommit(n)),
            (6, Fate::AfterCommit(n)),
            (2, Fate::AfterCommitBeforeMark(n)),
            (3, Fate::CallLeft(few)),
            (3, Fate::AnswerCame(few)),
            (1, Fate::Opening),
        ])
    }
}

/// What the commit hook shares with the rest; the hook may live on any thread.
#[derive(Default)]
struct Hook {
    /// Commits to go; zero: none of them dies.
    to_go: AtomicU64,
    fails: AtomicU64,
    struck: AtomicU64,
    mark: Mutex<Option<Vec<u8>>>,
}

/// One life of the process, and its end.
pub struct Reaper {
    pub fate: Fate,
    bank: Rc<Bank>,
    polls: Cell<u64>,
    begun: u64,
    answered: u64,
    hook: Arc<Hook>,
    /// Sleeps of the machine between a commit and the first poll of its calls.
    naps: RefCell<Option<(u64, Duration)>>,
    pub clock: Rc<WorldClock>,
}

impl Reaper {
    pub fn new(fate: Fate, nap: Option<(u64, Duration)>, bank: &Rc<Bank>) -> Rc<Reaper> {
        let hook = Hook::default();
        let (to_go, fails) = match fate {
            Fate::BeforeCommit(n) => (n, 1),
            Fate::AfterCommit(n) | Fate::AfterCommitBeforeMark(n) => (n, 0),
            _ => (0, 0),
        };
        hook.to_go.store(to_go, Relaxed);
        hook.fails.store(fails, Relaxed);
        Rc::new(Reaper {
            polls: Cell::new(if let Fate::Await(n) = fate { n } else { 0 }),
            fate,
            begun: bank.transfers_begun.get(),
            answered: bank.transfers_answered.get(),
            hook: Arc::new(hook),
            naps: RefCell::new(nap),
            clock: bank.clock.clone(),
            bank: bank.clone(),
        })
    }

    /// Lays the hook into the ledger's commits.
    pub fn watch(&self, ledger: &mut Ledger) {
        let hook = self.hook.clone();
        let mark: PathBuf = ledger.state().join(payoutd::ledger::HIGH_WATER_FILE);
        let keep_mark = matches!(self.fate, Fate::AfterCommitBeforeMark(_));
        let at_commit = move || {
            let to_go = hook.to_go.load(Relaxed);
            if to_go == 0 {
                return false;
            }
            hook.to_go.store(to_go - 1, Relaxed);
            if to_go > 1 {
                return false;
            }
            hook.struck.store(1, Relaxed);
            if keep_mark {
                *hook.mark.lock().unwrap() = std::fs::read(&mark).ok();
            }
            hook.fails.load(Relaxed) == 1
        };
        ledger.on_commit(at_commit).unwrap();
    }

    /// The mark as it was before the last commit, where it is to be lost.
    pub fn lost_mark(&self) -> Option<Vec<u8>> {
        self.hook.mark.lock().unwrap().take()
    }

    /// A commit was made to fail.
    pub fn commit_failed(&self) -> bool {
        self.hook.struck.load(Relaxed) == 1 && self.hook.fails.load(Relaxed) == 1
    }

    /// A commit was made after which the process is to die.
    fn committed(&self) -> bool {
        self.hook.struck.load(Relaxed) == 1 && self.hook.fails.load(Relaxed) == 0
    }

    /// Where it died of a failed commit.
    pub fn place_of_failure(&self) -> &'static str {
        if let Fate::AnswerCame(_) = self.fate { "an answer came, before its commit" } else { "before a commit" }
    }

    /// Whether the process dies before it is polled again.
    fn dies_before_poll(&self) -> Option<&'static str> {
        let polls = self.polls.get();
        if polls == 0 {
            return None;
        }
        self.polls.set(polls - 1);
        (polls == 1).then_some("at an await")
    }

    fn dies_after_poll(&self) -> Option<&'static str> {
        match self.fate {
            Fate::CallLeft(n) if self.bank.transfers_begun.get() >= self.begun + n => Some("a call has just left"),
            _ => None,
        }
    }

    /// From here on the next commit fails: the answer was heard and is not on disk.
    fn look_for_answer(&self) {
        if let Fate::AnswerCame(n) = self.fate
            && self.bank.transfers_answered.get() >= self.answered + n
            && self.hook.struck.load(Relaxed) == 0
        {
            self.hook.fails.store(1, Relaxed);
            self.hook.to_go.store(1, Relaxed);
        }
    }
}

/// Stands between the chores: the first slice after every commit is here.
pub struct Seam(pub Rc<Reaper>, pub &'static str);

impl Chore for Seam {
    fn slice(&mut self, _: &mut Ledger, desk: &Desk, _: Moment, _: Duration) -> anyhow::Result<Progress> {
        if self.0.committed() {
            anyhow::bail!(self.1);
        }
        let mut naps = self.0.naps.borrow_mut();
        if let Some((transfers, time)) = *naps
            && desk.doubts().len() as u64 >= transfers
        {
            *naps = None;
            self.0.bank.record.fault("suspended between an intent and its call");
            self.0.bank.record.note(format_args!("the machine is suspended for {time:?}, calls just committed"));
            self.0.clock.sleep(time);
        }
        // Long: the loop's own look-out for orders decides.
        Ok(Progress::Idle { look_again: Duration::from_secs(3600), pending: false })
    }
}

/// The loop, until it ends or dies.
pub struct Mortal<'a, F> {
    pub run: Pin<&'a mut F>,
    pub reaper: Rc<Reaper>,
}

/// How it went on.
pub enum End<T> {
    Died(&'static str),
    Ended(Result<T, EngineError>),
}

impl<T, F: Future<Output = Result<T, EngineError>>> Future for Mortal<'_, F> {
    type Output = End<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End<T>> {
        if let Some(place) = self.reaper.dies_before_poll() {
            return Poll::Ready(End::Died(place));
        }
        self.reaper.look_for_answer();
        let polled = self.run.as_mut().poll(context);
        if let Some(place) = self.reaper.dies_after_poll() {
            return Poll::Ready(End::Died(place));
        }
        polled.map(End::Ended)
    }
}
