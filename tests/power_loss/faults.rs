//! A disk that answers EIO, ENOSPC or "busy" at each operation of a verb in turn.
//!
//! Judged three ways: what the ledger said; what the next process finds, with the page cache intact
//! (a flush that failed let go of what it was to flush, yet it can still be read); and what is left
//! when the power goes, right then and again after that next process believed what it read.
//!
//! Must never: let the failing process do anything more.

use crate::house::*;
use crate::judge::{Print, look};
use payoutd::ledger::{IndexStep, Ledger, LedgerError, verify};
use payoutd::payout::state::BatchId;
use power_loss_vfs::{Cursor, Disk, Done, Fault, Image, Syncs, Trace, Trouble};
use std::path::Path;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// With a full log that must be copied back first.
    Open,
    Send,
    Answer,
    Load,
    Finish,
    /// An orderly end: the log is copied back and removed.
    Close,
}

pub const VERBS: [Verb; 6] = [Verb::Open, Verb::Send, Verb::Answer, Verb::Load, Verb::Finish, Verb::Close];

/// (trouble, how much was done all the same, whether everything after it fails too)
pub const TROUBLES: [(Trouble, Done, bool); 8] = [
    (Trouble::Eio, Done::Nothing, false),
    (Trouble::Eio, Done::Half, false),
    (Trouble::Eio, Done::All, false),
    (Trouble::Eio, Done::Nothing, true),
    (Trouble::Full, Done::Nothing, false),
    (Trouble::Full, Done::Half, true),
    (Trouble::Busy, Done::Nothing, false),
    (Trouble::Busy, Done::Nothing, true),
];

/// Power cuts tried at each of the two moments.
const CUTS: u64 = 3;
/// No verb has more operations.
const END: u64 = 500;

#[derive(Debug, Default)]
pub struct Count {
    pub faults: u64,
    pub commit_failed: u64,
    /// Of these, the commit was there when the ledger was reopened.
    pub there_all_the_same: u64,
    pub other_errors: u64,
    /// The verb succeeded: the trouble was in what it does beside.
    pub no_error: u64,
    pub cuts: u64,
}

impl Count {
    pub fn add(mut self, other: &Count) -> Count {
        self.faults += other.faults;
        self.commit_failed += other.commit_failed;
        self.there_all_the_same += other.there_all_the_same;
        self.other_errors += other.other_errors;
        self.no_error += other.no_error;
        self.cuts += other.cuts;
        self
    }
}

/// A ledger with a log that is not copied back: what every case begins with.
pub struct Start {
    image: Image,
    water: Vec<u8>,
}

/// Later than anything in the start.
const LATER: u64 = 10_000;

impl Start {
    pub fn build() -> Start {
        let mut house = House::new(None);
        house.open();
        house.admit("july.csv", &rows("A", 3));
        house.send(&["A1"]);
        house.kill();
        Start { image: house.disk.image(), water: house.water() }
    }
}

/// Brings the house to where the verb begins.
fn prepare(house: &mut House, verb: Verb) {
    if verb == Verb::Open {
        return;
    }
    house.open();
    if matches!(verb, Verb::Load | Verb::Finish) {
        let batch = house.begin_admission("august.csv");
        if verb == Verb::Finish {
            house.load(batch, &rows("B", 3));
            while house.ledger().admission_index(batch).unwrap() != IndexStep::Done {}
        }
    }
}

fn work(house: &mut House, verb: Verb) -> Result<(), LedgerError> {
    let now = house.now();
    let second = BatchId(2);
    match verb {
        Verb::Open => house.try_open(),
        Verb::Send => {
            let mut payout = house.try_payout("A2")?;
            let mut turn = house.ledger().begin(now.wall)?;
            turn.open_first(&mut payout, now.boot, checked())?;
            turn.commit()
        }
        Verb::Answer => {
            let mut payout = house.try_payout("A1")?;
            let mut turn = house.ledger().begin(now.wall)?;
            turn.record(&mut payout, &paid("T-1"))?;
            turn.commit()
        }
        Verb::Load => house.ledger().admission_load(second, &rows("B", 3)),
        Verb::Finish => {
            let event = admission("august.csv", second, &rows("B", 3), now.wall);
            house.ledger().admission_finish(second, &event, now.wall).map(drop)
        }
        Verb::Close => {
            house.close();
            Ok(())
        }
    }
}

/// Every operation of a verb fails in turn. `Err`: what was wrong, and where.
pub fn fail_everywhere(start: &Start, verb: Verb) -> Result<Count, String> {
    let mut count = Count::default();
    let place = fast_folder();
    let prints = {
        let mut house = House::on(start.image.clone(), &start.water, LATER);
        prepare(&mut house, verb);
        let before = look(place.path(), house.disk.image());
        work(&mut house, verb).map_err(|error| format!("{verb:?} without trouble: {error}"))?;
        (before.map(rows_of), look(place.path(), house.disk.image()).map(rows_of))
    };
    for (trouble, done, for_good) in TROUBLES {
        for at in 0..END {
            let mut house = House::on(start.image.clone(), &start.water, LATER);
            prepare(&mut house, verb);
            house.disk.fail(Fault { at, trouble, done, for_good });
            let said = work(&mut house, verb);
            let case = Case { verb, at, trouble, done, said: said.as_ref().err().map(ToString::to_string), prints };
            let fatal = matches!(said, Err(LedgerError::CommitFailed(_)));
            if !house.disk.heal() {
                break;
            }
            if fatal && verb != Verb::Open {
                case.is_fatal(&mut house)?;
            }
            count.faults += 1;
            match &said {
                Ok(()) => count.no_error += 1,
                Err(_) if fatal => count.commit_failed += 1,
                Err(_) => count.other_errors += 1,
            }
            let there = case.follow(house, fatal, &mut count)?;
            count.there_all_the_same += u64::from(fatal && there);
        }
    }
    Ok(count)
}

fn rows_of(print: Print) -> u64 {
    print.rows
}

struct Case {
    verb: Verb,
    at: u64,
    trouble: Trouble,
    done: Done,
    said: Option<String>,
    /// Before the verb and after it, as it goes without trouble.
    prints: (Option<u64>, Option<u64>),
}

impl Case {
    fn wrong(&self, what: impl std::fmt::Display) -> String {
        let Case { verb, at, trouble, done, said, prints } = self;
        let said = said.as_deref().unwrap_or("it succeeded");
        format!("{what}: {verb:?}, {trouble:?} at operation {at}, {done:?} of it done; '{said}'; {prints:?}")
    }

    /// Nothing more is written by a process whose commit failed, whatever the disk says by now.
    fn is_fatal(&self, house: &mut House) -> Result<(), String> {
        let now = house.now();
        let again = house.ledger().begin(now.wall).and_then(|turn| turn.commit());
        if !matches!(again, Err(LedgerError::CommitFailed(_))) {
            return Err(self.wrong("a ledger whose commit failed went on"));
        }
        Ok(())
    }

    fn allowed(&self, fatal: bool) -> Vec<Option<u64>> {
        let (before, after) = self.prints;
        match (&self.said, fatal) {
            (None, _) => vec![after],
            (Some(_), true) => vec![before, after],
            // Only a commit may leave anything to doubt.
            (Some(_), false) => vec![before],
        }
    }

    /// The process ends. Power cut, or next process and then power cut; whether the verb was found
    /// done.
    fn follow(&self, mut house: House, fatal: bool, count: &mut Count) -> Result<bool, String> {
        house.kill();
        let water = house.water();
        let bench = fast_folder();
        let allowed = self.allowed(fatal);
        let trace = house.disk.take_trace();
        self.cut(&bench, &trace, &water, &allowed, "the power went then", count)?;
        // The machine goes on: the same disk, the same page cache, with what was let go of.
        house.disk.resume(trace);
        house.try_open().map_err(|error| self.wrong(format!("the next process: {error}")))?;
        let believed = look(fast_folder().path(), house.disk.image()).map(rows_of);
        if !allowed.contains(&believed) {
            return Err(self.wrong("the next process found what never was"));
        }
        let water = house.water();
        let trace = house.disk.take_trace();
        house.kill();
        self.cut(&bench, &trace, &water, &[believed], "what the next process believed went with the power", count)?;
        Ok(believed == self.prints.1)
    }

    fn cut(
        &self,
        bench: &tempfile::TempDir,
        trace: &Trace,
        water: &[u8],
        allowed: &[Option<u64>],
        what: &str,
        count: &mut Count,
    ) -> Result<(), String> {
        let mut cursor = Cursor::at_start(&trace.base, Syncs::Honest);
        trace.ops.iter().for_each(|op| cursor.step(op));
        for seed in 0..CUTS {
            count.cuts += 1;
            let found = reopen(bench.path(), cursor.cut(seed + self.at * 100), water);
            let found = found.map_err(|error| self.wrong(format!("{what}, and it does not open: {error}")))?;
            if !allowed.contains(&found) {
                return Err(self.wrong(what));
            }
        }
        Ok(())
    }
}

/// Opens as the daemon does, audits, and reads all rows.
fn reopen(folder: &Path, image: Image, water: &[u8]) -> Result<Option<u64>, String> {
    let state = folder.canonicalize().unwrap();
    std::fs::write(state.join(payoutd::ledger::HIGH_WATER_FILE), water).unwrap();
    let disk = Disk::insert(&state, image);
    let opened = Ledger::open(&state, &identity(), moment(LATER * 2)).map_err(|error| error.to_string())?;
    if let Some(why) = opened.suspicion {
        return Err(format!("a suspicion: {why}"));
    }
    let audit = verify(&state, &[]).map_err(|error| error.to_string())?;
    if !audit.is_clean() {
        return Err(format!("the audit: {:?}", audit.problems));
    }
    let image = disk.image();
    drop((opened.ledger, disk));
    Ok(look(&state, image).map(rows_of))
}
