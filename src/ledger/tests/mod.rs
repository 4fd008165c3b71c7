//! The ledger's promises, each broken once on purpose while it was written.

mod admission;
mod audit;
mod copies;
mod groups;
mod guards;
mod house;
mod moving;
mod plans;
mod readings;
mod seals;
mod walk;

use super::rows::NewRow;
use super::*;
use crate::payout::batch::{Approval, Batch, BatchEvent};
use crate::payout::evidence::{Control, ProofRules, StatusAnswer, TransferAnswer, prove_unpaid};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{
    Basis, BatchId, ByOrder, ConfirmedBy, Event, HeldReason, MayHaveBeenPaid, Payout, PayoutId, Raw, StateWord,
};
use std::time::Duration;
use tempfile::TempDir;

pub(super) const DAY: i64 = 86_400_000;

pub(super) fn identity() -> Identity {
    Identity {
        environment: "sandbox".to_string(),
        host: "sandbox.example".to_string(),
        account: "client-1".to_string(),
    }
}

pub(super) fn moment(ms: u64) -> Moment {
    Moment { wall: Wall(20_000 * DAY + i64::try_from(ms).unwrap()), boot: BootMoment { boot: 7, ms } }
}

pub(super) fn wall(ms: u64) -> Wall {
    moment(ms).wall
}

pub(super) fn order() -> ByOrder {
    ByOrder { who: "Marie".to_string(), reason: "test".to_string() }
}

/// A folder that goes away.
pub(in crate::ledger) fn scratch() -> TempDir {
    let program = std::env::current_exe().unwrap();
    support::folder(program.parent().unwrap())
}

/// A ledger in a folder that goes away.
pub(super) struct House {
    pub folder: TempDir,
    pub ledger: Ledger,
}

impl House {
    pub fn new() -> House {
        let folder = scratch();
        let opened = Ledger::open(folder.path(), &identity(), moment(0)).unwrap();
        assert_eq!(opened.suspicion, None, "a new ledger raises no suspicion");
        House { folder, ledger: opened.ledger }
    }

    /// Dies without a word, and starts again.
    pub fn restart(
        self,
        now: Moment,
    ) -> (House, Option<crate::payout::message::Said<crate::payout::message::Suspicion>>) {
        let House { folder, ledger } = self;
        drop(ledger);
        let opened = Ledger::open(folder.path(), &identity(), now).unwrap();
        (House { folder, ledger: opened.ledger }, opened.suspicion)
    }

    /// Changes the database behind the ledger's back, with every guard of SQLite's off.
    pub fn tamper(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.folder.path().join(FILE)).unwrap();
        connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
        // A trigger that stood in the way is put back: it is not to be what is found.
        let schema = include_str!("../schema.sql");
        for trigger in schema.split("CREATE TRIGGER ").skip(1) {
            let text = &trigger[..trigger.find("END;").unwrap()];
            connection.execute_batch(&format!("CREATE TRIGGER IF NOT EXISTS {text}END;")).unwrap();
        }
        assert!(connect::has_our_schema(&connection).unwrap());
    }

    /// Seals every row as it now is: what a forger would do, or a row that is whole but old.
    pub fn reseal(&self) {
        let connection = rusqlite::Connection::open(self.folder.path().join(FILE)).unwrap();
        seal::register(&connection).unwrap();
        let payouts = format!("UPDATE payout SET seal = payoutd_seal('payout', {})", stored::SEALED);
        connection.execute_batch(&payouts).unwrap();
        for table in [&seal::META, &seal::BATCH, &seal::STANDING, &seal::ORDER] {
            let every = table.statement();
            let every = every.split(" WHERE ").next().unwrap();
            connection.execute_batch(every).unwrap();
        }
    }

    pub fn admit(&mut self, rows: &[NewRow]) -> Batch {
        self.load(rows);
        let batch = self.ledger.admission_interrupted().unwrap().unwrap();
        while self.ledger.admission_index(batch).unwrap() != IndexStep::Done {}
        self.ledger.admission_finish(batch, &admitted(rows), wall(1)).unwrap()
    }

    /// Everything but the indexes and the last transaction.
    pub fn load(&mut self, rows: &[NewRow]) -> BatchId {
        let batch = self.ledger.admission_begin("july.csv", wall(0), &["team".to_string()], wall(0)).unwrap();
        for slice in rows.chunks(SLICE) {
            self.ledger.admission_load(batch, slice).unwrap();
        }
        batch
    }

    /// Loads and indexes until a row stands in the way; what stood there.
    pub fn admit_until_stopped(&mut self, rows: &[NewRow]) -> IndexStep {
        let batch = self.load(rows);
        let stopped = loop {
            match self.ledger.admission_index(batch).unwrap() {
                IndexStep::More => {}
                other => break other,
            }
        };
        while self.ledger.admission_abandon(batch).unwrap() {}
        stopped
    }

    pub fn payout(&self, reference: &str) -> Payout {
        let known = self.ledger.known_reference(&Reference::key_of(reference)).unwrap().unwrap();
        self.ledger.payout(known.payout).unwrap()
    }

    /// Records one event of one payout in a turn of its own.
    pub fn record(&mut self, payout: &mut Payout, event: &Event, ms: u64) {
        let mut turn = self.ledger.begin(wall(ms)).unwrap();
        turn.record(payout, event).unwrap();
        turn.commit().unwrap();
    }

    pub fn send(&mut self, payout: &mut Payout, ms: u64) {
        let mut turn = self.ledger.begin(wall(ms)).unwrap();
        assert_eq!(turn.open_first(payout, moment(ms).boot, checked()).unwrap(), 1);
        turn.commit().unwrap();
    }

    pub fn pay(&mut self, reference: &str, transaction: &str, ms: u64) -> Payout {
        let mut payout = self.payout(reference);
        self.send(&mut payout, ms);
        self.record(&mut payout, &paid(transaction), ms + 1);
        payout
    }

    pub fn decline(&mut self, reference: &str, ms: u64) -> Payout {
        let mut payout = self.payout(reference);
        self.send(&mut payout, ms);
        self.record(&mut payout, &lost(1, ms + 1), ms + 1);
        let declined = Event::Declined { words: "Maximum Account Balance".to_string(), raw: raw() };
        self.record(&mut payout, &declined, ms + 2);
        payout
    }

    pub fn cancel(&mut self, reference: &str, ms: u64) -> Payout {
        let mut payout = self.payout(reference);
        self.record(&mut payout, &Event::Cancelled { money: MayHaveBeenPaid::No, order: order() }, ms);
        payout
    }
}

pub(super) fn row(line: u32, reference: &str, receiver: u32, centimes: i64) -> NewRow {
    NewRow {
        line,
        instruction: Instruction {
            reference: Reference::parse(reference).unwrap(),
            receiver: Account::from_local(receiver).unwrap(),
            amount: Amount::from_centimes(centimes),
            description: "July".to_string(),
            retry_of: None,
        },
        name: format!("Person {line}"),
        other: vec!["blue".to_string()],
    }
}

pub(super) fn retry(line: u32, reference: &str, of: &str) -> NewRow {
    let mut row = row(line, reference, 37_007_294, 5_000);
    row.instruction.retry_of = Some(Reference::parse(of).unwrap());
    row
}

/// `n` rows R1… of one gourde more each.
pub(super) fn rows(n: u32) -> Vec<NewRow> {
    (1..=n).map(|i| row(i + 1, &format!("R{i}"), 37_000_000 + i, i64::from(i) * 100)).collect()
}

/// A file that gave an order.
pub(super) fn origin(file: &str) -> crate::payout::order::Origin {
    let (folder, file, sha256) = ("orders".to_string(), file.to_string(), "ab".repeat(32));
    crate::payout::order::Origin { folder, file, sha256, inode: 7, modified: (5, 6) }
}

pub(super) fn admitted(rows: &[NewRow]) -> BatchEvent {
    BatchEvent::Admitted {
        file: "july.csv".to_string(),
        sha256: "ab".repeat(32),
        rows_digest: String::new(),
        rows: u32::try_from(rows.len()).unwrap(),
        amount_centimes: rows.iter().map(|row| row.instruction.amount.centimes()).sum(),
        received: wall(0),
        approval: Approval::NotNeeded,
        hold: None,
        start: wall(1),
        other_columns: vec!["team".to_string()],
        read_as: None,
        terms: Default::default(),
    }
}

pub(super) fn raw() -> Raw {
    Raw { status: Some(200), text: "{}".to_string(), ms: 3 }
}

pub(super) fn checked() -> Basis {
    Basis::CheckedFirst { answers: vec![raw()] }
}

pub(super) fn paid(transaction: &str) -> Event {
    let transaction = Some(transaction.to_string());
    Event::Paid { by: ConfirmedBy::Transfer, transaction, raw: Some(raw()), order: None }
}

pub(super) fn lost(attempt: u32, ms: u64) -> Event {
    let answer = TransferAnswer::Unknown { why: "time-out".to_string() };
    Event::Answered { attempt, at: moment(ms).boot, answer, raw: raw() }
}

pub(super) fn not_found(attempt: u32, ms: u64) -> Event {
    let at = moment(ms).boot;
    Event::Asked { attempt, asked: at, ended: at, token: 1, answer: StatusAnswer::NotFound, raw: raw() }
}
