//! A state folder whose SQLite files lie on a disk in memory, the real ledger on it, and what the
//! ledger said was done.
//!
//! Must never: reach round the ledger's own verbs.

use payoutd::ledger::rows::NewRow;
use payoutd::ledger::{HIGH_WATER_FILE, Identity, IndexStep, Ledger, LedgerError};
use payoutd::payout::batch::{Approval, Batch, BatchEvent};
use payoutd::payout::evidence::{StatusAnswer, TransferAnswer};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use payoutd::payout::money::Amount;
use payoutd::payout::state::{Basis, BatchId, ByOrder, ConfirmedBy, Event, Payout, PayoutId, Raw};
use power_loss_vfs::{Disk, Image, Trace, Without};
use std::path::Path;
use tempfile::TempDir;

/// Rows of one slice of an admission here: few, so that a small batch has several.
const SLICE: usize = 4;
const DAY: i64 = 86_400_000;

/// Where the ordinary files of a state folder go. In memory where the machine has such a place: the
/// ledger flushes them, and thousands of flushes of a shared disk take minutes.
pub fn fast_folder() -> TempDir {
    support::folder(env!("CARGO_TARGET_TMPDIR"))
}

pub fn identity() -> Identity {
    Identity { environment: "sandbox".into(), host: "sandbox.example".into(), account: "client-1".into() }
}

pub fn moment(ms: u64) -> Moment {
    Moment { wall: Wall(20_000 * DAY + i64::try_from(ms).unwrap()), boot: BootMoment { boot: 7, ms } }
}

/// What was known outside the ledger when a verb had returned.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Calls that left: payout and attempt. A call leaves once its turn's commit returned.
    pub sent: Vec<(PayoutId, u32)>,
}

/// A run that was recorded: one [`Told`] for every mark of the trace.
pub struct Run {
    pub trace: Trace,
    pub told: Vec<Told>,
}

pub struct House {
    pub folder: TempDir,
    pub disk: Disk,
    ledger: Option<Ledger>,
    told: Vec<Told>,
    sent: Vec<(PayoutId, u32)>,
    ms: u64,
}

impl House {
    /// A new house on an empty disk, not yet opened.
    pub fn new(without: Option<Without>) -> House {
        let folder = fast_folder();
        let disk = Disk::insert(folder.path(), Image::default());
        if let Some(without) = without {
            disk.refuse(without);
        }
        disk.watch(&folder.path().join(HIGH_WATER_FILE));
        disk.record();
        House { folder, disk, ledger: None, told: Vec::new(), sent: Vec::new(), ms: 0 }
    }

    /// A house that finds that disk and that high-water file; not yet opened.
    pub fn on(image: Image, water: &[u8], ms: u64) -> House {
        let folder = fast_folder();
        std::fs::write(folder.path().join(HIGH_WATER_FILE), water).unwrap();
        let disk = Disk::insert(folder.path(), image);
        disk.record();
        House { folder, disk, ledger: None, told: Vec::new(), sent: Vec::new(), ms }
    }

    /// What the high-water file holds now.
    pub fn water(&self) -> Vec<u8> {
        std::fs::read(self.state().join(HIGH_WATER_FILE)).unwrap()
    }

    pub fn state(&self) -> &Path {
        self.folder.path()
    }

    pub fn ledger(&mut self) -> &mut Ledger {
        self.ledger.as_mut().expect("an open ledger")
    }

    /// A moment later than any before.
    pub fn now(&mut self) -> Moment {
        self.ms += 10;
        moment(self.ms)
    }

    /// The verb returned: what it did may be believed from here on.
    pub fn acknowledge(&mut self) {
        self.told.push(Told { sent: self.sent.clone() });
        self.disk.mark();
    }

    pub fn try_open(&mut self) -> Result<(), LedgerError> {
        let now = self.now();
        let opened = Ledger::open(self.state(), &identity(), now)?;
        assert_eq!(opened.suspicion, None, "nothing was lost here");
        self.ledger = Some(opened.ledger);
        self.acknowledge();
        Ok(())
    }

    pub fn open(&mut self) {
        self.try_open().unwrap();
    }

    /// The process ends well: SQLite copies the log back and removes it.
    pub fn close(&mut self) {
        self.ledger = None;
        self.acknowledge();
    }

    /// The process dies; the machine goes on.
    pub fn kill(&mut self) {
        self.disk.freeze();
        self.ledger = None;
        self.disk.thaw();
    }

    /// The run, and the process's end.
    pub fn end(mut self) -> Run {
        let trace = self.disk.take_trace();
        self.ledger = None;
        Run { trace, told: self.told }
    }

    pub fn begin_admission(&mut self, file: &str) -> BatchId {
        let now = self.now().wall;
        let batch = self.ledger().admission_begin(file, now, &[], now).unwrap();
        self.acknowledge();
        batch
    }

    pub fn load(&mut self, batch: BatchId, rows: &[NewRow]) {
        for slice in rows.chunks(SLICE) {
            self.ledger().admission_load(batch, slice).unwrap();
            self.acknowledge();
        }
    }

    pub fn admit(&mut self, file: &str, rows: &[NewRow]) -> Batch {
        let batch = self.begin_admission(file);
        self.load(batch, rows);
        loop {
            let step = self.ledger().admission_index(batch).unwrap();
            self.acknowledge();
            match step {
                IndexStep::More => {}
                IndexStep::Done => break,
                other => panic!("not admitted: {other:?}"),
            }
        }
        let now = self.now().wall;
        let admitted = self.ledger().admission_finish(batch, &admission(file, batch, rows, now), now).unwrap();
        self.acknowledge();
        admitted
    }

    pub fn payout(&mut self, reference: &str) -> Payout {
        self.try_payout(reference).unwrap()
    }

    pub fn try_payout(&mut self, reference: &str) -> Result<Payout, LedgerError> {
        let known = self.ledger().known_reference(&Reference::key_of(reference))?;
        self.ledger().payout(known.expect("an admitted reference").payout)
    }

    /// One turn that opens the first attempt of some payouts; then the calls leave.
    pub fn send(&mut self, references: &[&str]) {
        let now = self.now();
        let payouts: Vec<Payout> = references.iter().map(|reference| self.payout(reference)).collect();
        let mut turn = self.ledger().begin(now.wall).unwrap();
        let mut sent = Vec::new();
        for mut payout in payouts {
            sent.push((payout.id, turn.open_first(&mut payout, now.boot, checked()).unwrap()));
        }
        turn.commit().unwrap();
        self.sent.extend(sent);
        self.acknowledge();
    }

    /// One turn that records an event each of some payouts.
    pub fn record(&mut self, events: &[(&str, Event)]) {
        let now = self.now();
        let payouts: Vec<Payout> = events.iter().map(|(reference, _)| self.payout(reference)).collect();
        let mut turn = self.ledger().begin(now.wall).unwrap();
        for (mut payout, (_, event)) in payouts.into_iter().zip(events) {
            turn.record(&mut payout, event).unwrap();
        }
        turn.commit().unwrap();
        self.acknowledge();
    }

    /// One turn of whatever the caller wants.
    pub fn turn(&mut self, work: impl FnOnce(&mut payoutd::ledger::Turn, Moment)) {
        let now = self.now();
        let mut turn = self.ledger().begin(now.wall).unwrap();
        work(&mut turn, now);
        turn.commit().unwrap();
        self.acknowledge();
    }

    /// A call left: an attempt that a turn of the caller's opened.
    pub fn left(&mut self, payout: PayoutId, attempt: u32) {
        self.sent.push((payout, attempt));
        self.acknowledge();
    }
}

pub fn admission(file: &str, batch: BatchId, rows: &[NewRow], now: Wall) -> BatchEvent {
    BatchEvent::Admitted {
        file: file.to_string(),
        sha256: format!("{:02x}", batch.0).repeat(32),
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

/// `n` rows `A1`, `A2`…
pub fn rows(prefix: &str, n: u32) -> Vec<NewRow> {
    let row = |i: u32| NewRow {
        line: i + 1,
        instruction: Instruction {
            reference: Reference::parse(&format!("{prefix}{i}")).unwrap(),
            receiver: Account::from_local(37_000_000 + i).unwrap(),
            amount: Amount::from_centimes(i64::from(i) * 100),
            description: "July".to_string(),
            retry_of: None,
        },
        name: format!("Person {i}"),
        other: Vec::new(),
    };
    (1..=n).map(row).collect()
}

pub fn raw() -> Raw {
    Raw { status: Some(200), text: r#"{"status":200,"message":"successful"}"#.to_string(), ms: 3 }
}

pub fn checked() -> Basis {
    Basis::CheckedFirst { answers: vec![raw()] }
}

pub fn by() -> ByOrder {
    ByOrder { who: "Marie".to_string(), reason: "she said so".to_string() }
}

pub fn paid(transaction: &str) -> Event {
    let transaction = Some(transaction.to_string());
    Event::Paid { by: ConfirmedBy::Transfer, transaction, raw: Some(raw()), order: None }
}

pub fn answered(attempt: u32, ms: u64, answer: TransferAnswer) -> Event {
    Event::Answered { attempt, at: moment(ms).boot, answer, raw: raw() }
}

pub fn not_found(attempt: u32, ms: u64) -> Event {
    let at = moment(ms).boot;
    Event::Asked { attempt, asked: at, ended: at, token: 1, answer: StatusAnswer::NotFound, raw: raw() }
}
