//! A house to pay from: the real engine on a real ledger in a folder that goes away, under a clock
//! that the test turns.
//!
//! Must never: reach into the loop; it sees what the ledger, the desk and MonCash show.

use super::clock::WorldClock;
use super::moncash::{MonCash, MonCashLine};
use payoutd::clock::Clock;
use payoutd::engine::{Bell, Ending, Engine, EngineError, Settings, Until};
use payoutd::ledger::rows::NewRow;
use payoutd::ledger::{Identity, IndexStep, Ledger, LedgerError, Reader, SLICE, post_order};
use payoutd::payout::batch::{Approval, Batch, BatchEvent};
use payoutd::payout::decide::Policy;
use payoutd::payout::evidence::ProofRules;
use payoutd::payout::funds::Fee;
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payout::order::{Order, Target, Verb};
use payoutd::payout::state::{BatchId, ByOrder, Payout, State, StateWord};
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

/// Short enough that a test is soon over, long against every other wait.
pub const GRACE: Duration = Duration::from_secs(300);
pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);

pub struct House {
    pub folder: TempDir,
    pub clock: Rc<WorldClock>,
    pub moncash: Rc<MonCash>,
    /// Changes what the next start is set to.
    pub set: Rc<dyn Fn(&mut Settings)>,
    pub engine: Option<Engine>,
    pub stop: Bell,
    files: u8,
    /// Off only in the stories that show a window which README states.
    pub judged: bool,
}

/// Every story is judged at its end, whatever it was about.
impl Drop for House {
    fn drop(&mut self) {
        if self.judged && !std::thread::panicking() {
            self.is_sound(&[]);
        }
    }
}

impl House {
    pub fn new() -> House {
        House::with(|_| {})
    }

    /// A house with a million HTG and settings of its own; nothing is admitted yet.
    pub fn with(set: impl Fn(&mut Settings) + 'static) -> House {
        let clock = WorldClock::new();
        House::at(MonCash::new(clock.clone(), 1_000_000), clock, Rc::new(set))
    }

    /// Another machine with the same account: a state folder of its own, one MonCash.
    pub fn beside(other: &House) -> House {
        House::at(other.moncash.clone(), other.clock.clone(), other.set.clone())
    }

    fn at(moncash: Rc<MonCash>, clock: Rc<WorldClock>, set: Rc<dyn Fn(&mut Settings)>) -> House {
        let mut house = House {
            // Below target/, where nobody who tidies the machine looks.
            folder: support::folder(env!("CARGO_TARGET_TMPDIR")),
            moncash,
            clock,
            set,
            engine: None,
            stop: Bell::default(),
            files: 0,
            judged: true,
        };
        house.start();
        house
    }

    pub fn identity() -> Identity {
        Identity { environment: "sandbox".into(), host: "sandbox.example".into(), account: "client-1".into() }
    }

    /// Starts the process.
    pub fn start(&mut self) {
        self.start_suspecting(None);
    }

    pub fn start_suspecting(&mut self, why: Option<&str>) {
        let mut settings = settings();
        (self.set)(&mut settings);
        let opened = Ledger::open(self.folder.path(), &House::identity(), self.clock.now()).unwrap();
        let suspicion = opened.suspicion.or(why.map(Into::into));
        let line = Rc::new(MonCashLine(self.moncash.clone()));
        self.engine = Some(Engine::open(opened.ledger, line, self.clock.clone(), settings, suspicion).unwrap());
    }

    /// The process dies without a word; its calls under way are not cancelled on MonCash's side.
    pub fn crash(&mut self) {
        self.engine = None;
        self.stop = Bell::default();
    }

    pub fn restart(&mut self) {
        self.crash();
        self.start();
    }

    pub fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("a process that runs")
    }

    /// Lets the daemon run for some time.
    pub async fn run_for(&mut self, time: Duration) {
        let (stop, wake) = (self.stop.clone(), Bell::default());
        tokio::select! {
            biased;
            ended = self.engine().run(Until::Stopped, &stop, &wake, &mut []) => panic!("it ended by itself: {ended:?}"),
            () = tokio::time::sleep(time) => {}
        }
    }

    /// Lets the daemon run until something is so, looking every 100 ms.
    pub async fn run_until(&mut self, at_most: Duration, mut so: impl FnMut(&mut House) -> bool) {
        let end = tokio::time::Instant::now() + at_most;
        while !so(self) {
            assert!(tokio::time::Instant::now() < end, "it did not happen within {at_most:?}");
            self.run_for(Duration::from_millis(100)).await;
        }
    }

    /// Lets it run until its own end; `run` with whatever the test wants.
    pub async fn run_to_end(&mut self, until: Until) -> Result<Ending, EngineError> {
        let (stop, wake) = (self.stop.clone(), Bell::default());
        self.engine().run(until, &stop, &wake, &mut []).await
    }

    pub async fn run_once(&mut self) -> Ending {
        self.run_to_end(Until::NothingMoves { for_at_most: Some(24 * HOUR) }).await.unwrap()
    }

    /// Admits a batch of the rows as they stand.
    pub fn admit(&mut self, rows: &[NewRow]) -> BatchId {
        self.admit_as(rows, |_| {})
    }

    /// Admits a batch, with an admission of its own making.
    pub fn admit_as(&mut self, rows: &[NewRow], change: impl FnOnce(&mut BatchEvent)) -> BatchId {
        self.files += 1;
        let (now, file) = (self.clock.now().wall, self.files);
        let ledger = self.engine().ledger();
        let batch = ledger.admission_begin(&format!("file-{file}.csv"), now, &[], now).unwrap();
        for slice in rows.chunks(SLICE) {
            ledger.admission_load(batch, slice).unwrap();
        }
        loop {
            match ledger.admission_index(batch).unwrap() {
                IndexStep::More => {}
                IndexStep::Done => break,
                other => panic!("not admitted: {other:?}"),
            }
        }
        let mut event = admitted(rows, file, now);
        change(&mut event);
        ledger.admission_finish(batch, &event, now).unwrap();
        self.look_at_batches();
        batch
    }

    /// What the intake does when it has admitted a batch: the loop looks again.
    fn look_at_batches(&mut self) {
        let mut told = Admitted(false);
        let mut chores: [&mut dyn payoutd::engine::chores::Chore; 1] = [&mut told];
        let (engine, stop) = (self.engine.as_mut().unwrap(), Bell::default());
        let run = engine.run(Until::Stopped, &stop, &stop, &mut chores);
        // One poll is one turn; nothing waits in it.
        let _ = futures_util::FutureExt::now_or_never(run);
    }

    /// Looks into the ledger: through the process that runs, or past one that is gone.
    pub fn look<T>(&self, ask: impl FnOnce(&Reader) -> Result<T, LedgerError>) -> T {
        let seen = match &self.engine {
            Some(engine) => ask(engine.reader()),
            None => Reader::open(self.folder.path()).and_then(|reader| ask(&reader)),
        };
        seen.unwrap()
    }

    pub fn payout(&self, reference: &str) -> Payout {
        self.look(|reader| {
            let known = reader.known_reference(&Reference::key_of(reference))?;
            reader.payout(known.expect("an admitted reference").payout)
        })
    }

    pub fn word(&self, reference: &str) -> StateWord {
        self.payout(reference).state.word()
    }

    /// How the ledger words why a payout is held.
    pub fn held_for(&self, reference: &str) -> String {
        match self.payout(reference).state {
            State::Held { reason, .. } => format!("{reason:?}"),
            other => format!("not held but {other:?}"),
        }
    }

    pub fn batch(&self, id: BatchId) -> Batch {
        self.look(|reader| reader.batch(id)).expect("an admitted batch")
    }

    pub fn count(&self, id: BatchId, word: StateWord) -> u32 {
        self.batch(id).tally.count(word)
    }

    /// Leaves an order as a command does; its number.
    pub fn post(&self, verb: Verb, target: Target) -> i64 {
        let by = ByOrder { who: "Marie".to_string(), reason: "she said so".to_string() };
        post_order(self.folder.path(), &Order { verb, target, by, uid: None, from: None }, self.clock.now().wall)
            .unwrap()
    }

    /// A person orders something of a payout as it stands now, and waits for the answer.
    pub async fn order(&mut self, verb: Verb, reference: &str) -> Result<String, String> {
        let payout = self.payout(reference);
        let seen = payout.state.word().as_str().to_string();
        let target = Target::Payout { id: payout.id.0, seen, seen_events: payout.events };
        let id = self.post(verb, target);
        self.answered(id).await
    }

    pub async fn order_batch(&mut self, verb: Verb, batch: BatchId) -> Result<String, String> {
        let seen = self.batch(batch).state(false).word().to_string();
        let id = self.post(verb, Target::Batch { id: batch.0, seen });
        self.answered(id).await
    }

    pub async fn order_house(&mut self, verb: Verb) -> Result<String, String> {
        let id = self.post(verb, Target::House);
        self.answered(id).await
    }

    pub async fn answered(&mut self, id: i64) -> Result<String, String> {
        let outcome = |house: &House| house.look(|reader| reader.order_outcome(id));
        self.run_until(MINUTE, |house| outcome(house).is_some()).await;
        self.answered_already(id)
    }

    /// The answer that an order has got by now.
    pub fn answered_already(&self, id: i64) -> Result<String, String> {
        let outcome = self.look(|reader| reader.order_outcome(id)).expect("an answer");
        let said = outcome.said.to_string();
        if outcome.refused { Err(said) } else { Ok(said) }
    }

    /// Whether some event of the payout keeps this text of MonCash's.
    pub fn keeps(&self, reference: &str, text: &str) -> bool {
        let id = self.payout(reference).id;
        let history = self.look(|reader| reader.history(id));
        history.iter().any(|event| event.body.contains(text))
    }

    /// What keeps every batch from being sent, in the loop's words.
    pub fn blocked(&self) -> String {
        let desk = self.engine.as_ref().expect("a process that runs").desk();
        desk.blocked(self.clock.now()).map(|blocked| blocked.to_string()).unwrap_or_default()
    }

    /// One small payout that Transfert confirms: what a control question can be put about.
    pub async fn pay_a_control(&mut self) {
        self.admit(&[row("CONTROL", 10)]);
        self.run_until(MINUTE, |house| house.word("CONTROL") == StateWord::Paid).await;
    }
}

/// Tells the loop once that a batch came.
struct Admitted(bool);

impl payoutd::engine::chores::Chore for Admitted {
    fn slice(
        &mut self,
        _: &mut Ledger,
        _: &payoutd::engine::desk::Desk,
        _: payoutd::payout::moment::Moment,
        _: Duration,
    ) -> anyhow::Result<payoutd::engine::chores::Progress> {
        use payoutd::engine::chores::Progress;
        let told = std::mem::replace(&mut self.0, true);
        Ok(if told { Progress::Idle { look_again: HOUR, pending: false } } else { Progress::Changed })
    }
}

pub fn settings() -> Settings {
    Settings {
        policy: Policy {
            check_first: true,
            proof: ProofRules { grace: GRACE, not_found_answers: 3, retry: true },
            ask_every: Duration::from_secs(10),
            ask_at_most_every: MINUTE,
            ask_for: 24 * HOUR,
            queued_for: 48 * HOUR,
            attempts: 3,
            equal_refusals: 10,
            also_declines: Vec::new(),
        },
        transfer_every: Duration::from_millis(200),
        query_every: Duration::from_millis(100),
        max_in_flight: 64,
        drain: Duration::from_secs(90),
        fee: Fee::default(),
        floor: Amount::ZERO,
        balance_lag: Duration::from_secs(10),
        poll: Duration::from_secs(30),
        min_free: 0,
        free_space: Box::new(|| None),
        hours: payoutd::engine::hours::Hours::always(),
        four_eyes: None,
    }
}

fn admitted(rows: &[NewRow], file: u8, now: Wall) -> BatchEvent {
    BatchEvent::Admitted {
        file: format!("file-{file}.csv"),
        sha256: format!("{file:02x}").repeat(32),
        rows_digest: String::new(),
        rows: u32::try_from(rows.len()).unwrap(),
        amount_centimes: rows.iter().map(|row| row.instruction.amount.centimes()).sum(),
        received: now,
        approval: Approval::NotNeeded,
        hold: None,
        start: now,
        other_columns: Vec::new(),
        read_as: None,
        terms: Default::default(),
    }
}

/// One row; every reference has a receiver of its own.
pub fn row(reference: &str, htg: i64) -> NewRow {
    let sum = reference.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    NewRow {
        line: 2,
        instruction: Instruction {
            reference: Reference::parse(reference).unwrap(),
            receiver: Account::from_local(30_000_000 + sum % 10_000_000).unwrap(),
            amount: Amount::from_centimes(htg * 100),
            description: String::new(),
            retry_of: None,
        },
        name: String::new(),
        other: Vec::new(),
    }
}

/// `n` rows `A1`, `A2`… of the same amount.
pub fn rows(prefix: &str, n: u32, htg: i64) -> Vec<NewRow> {
    (1..=n).map(|i| NewRow { line: i + 1, ..row(&format!("{prefix}{i}"), htg) }).collect()
}

/// A row that repeats another, for the same person.
pub fn retry(reference: &str, of: &str, htg: i64) -> NewRow {
    let mut row = row(reference, htg);
    row.instruction.receiver = self::row(of.split(".r").next().unwrap_or(of), htg).instruction.receiver;
    row.instruction.retry_of = Some(Reference::parse(of).unwrap());
    row
}

/// Whether an end of the loop is a commit that failed.
pub fn commit_failed(ended: &Result<Ending, EngineError>) -> bool {
    matches!(ended, Err(EngineError::Ledger(LedgerError::CommitFailed(_))))
}
