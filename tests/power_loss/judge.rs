//! Opens what a power cut left as the daemon would, and says whether anything acknowledged is gone.
//!
//! The measure is the run's own history: every state that a whole commit ever made, in order, each
//! as a hash over all rows of all tables. What is found must be one of them, not older than the last
//! that was acknowledged and not newer than the one under way.
//!
//! Must never: believe the ledger's own word alone; the rows are read past it.

use crate::house::{Run, Told, identity, moment};
use payoutd::ledger::{FILE, HIGH_WATER_FILE, Ledger, LedgerError, verify};
use power_loss_vfs::{Cursor, Disk, Image, Syncs};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

const TABLES: [&str; 8] = ["batch", "payout", "reference", "taken_over", "person", "tally", "orders", "meta"];

/// Everything that a ledger holds, but for the openings at its end, which are counted: every reopening
/// adds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    pub rows: u64,
    /// Without what stands for the whole house: a suspicion found at reopening is written there.
    but_standing: u64,
    openings: i64,
}

/// Reads all rows past the ledger. `None`: no ledger lies there.
pub fn print(database: &Path) -> rusqlite::Result<Option<Print>> {
    // To write: a journal that a power cut left can only be rolled back by who may.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(None);
    }
    let mut hasher = DefaultHasher::new();
    for table in TABLES {
        // The count of openings goes with the events that are left out below.
        let columns = if table == "meta" { "environment, host, account, next_batch" } else { "*" };
        hash_rows(&connection, &format!("SELECT {columns} FROM {table}"), &mut hasher)?;
    }
    let events = |last: &str| {
        format!("SELECT * FROM event WHERE seq <= (SELECT max(seq) FROM event WHERE {last}) AND {last} ORDER BY seq")
    };
    let mut but_standing = hasher.clone();
    hash_rows(&connection, &events("kind NOT IN ('opened', 'standing')"), &mut but_standing)?;
    hash_rows(&connection, "SELECT * FROM standing", &mut hasher)?;
    hash_rows(&connection, &events("kind <> 'opened'"), &mut hasher)?;
    let counted = "SELECT count(*) FROM event INDEXED BY event_opened WHERE kind = 'opened'";
    let openings = connection.query_row(counted, [], |row| row.get(0))?;
    Ok(Some(Print { rows: hasher.finish(), but_standing: but_standing.finish(), openings }))
}

fn hash_rows(connection: &Connection, sql: &str, hasher: &mut DefaultHasher) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Null => 0_u8.hash(hasher),
                ValueRef::Integer(number) => (1_u8, number).hash(hasher),
                ValueRef::Real(_) => panic!("a ledger holds no fractions"),
                ValueRef::Text(bytes) => (2_u8, bytes).hash(hasher),
                ValueRef::Blob(bytes) => (3_u8, bytes).hash(hasher),
            }
        }
        9_u8.hash(hasher);
    }
    Ok(())
}

/// The history of a run, by place in its trace.
pub struct History {
    /// Every state that a whole commit made, in order. The first is: no ledger.
    states: Vec<Option<Print>>,
    /// For each number of operations done: the state that was acknowledged, the newest that may be
    /// there, and what had been told by then.
    places: Vec<Place>,
}

#[derive(Clone)]
pub struct Place {
    acknowledged: usize,
    newest: usize,
    told: Told,
}

impl History {
    /// Runs the trace without a power cut and looks at every flush and every success.
    pub fn of(run: &Run, folder: &Path) -> History {
        let mut cursor = Cursor::at_start(&run.trace.base, Syncs::Honest);
        let mut states: Vec<Option<Print>> = vec![None];
        let (mut acknowledged, mut told) = (0, Told::default());
        let mut told_next = run.told.iter();
        let mut places = vec![Place { acknowledged, newest: 0, told: told.clone() }];
        let mut open_since = 0;
        for op in &run.trace.ops {
            cursor.step(op);
            if op.is_sync() || op.is_mark() {
                let print = look(folder, cursor.alive());
                if states.last() != Some(&print) {
                    states.push(print);
                }
            }
            if op.is_mark() {
                acknowledged = states.len() - 1;
                told = told_next.next().expect("one for each mark").clone();
                // Until here the commit under way may have been there already.
                places[open_since..].iter_mut().for_each(|place: &mut Place| place.newest = acknowledged);
                open_since = places.len();
            }
            places.push(Place { acknowledged, newest: acknowledged, told: told.clone() });
        }
        let newest = states.len() - 1;
        places[open_since..].iter_mut().for_each(|place| place.newest = newest);
        History { states, places }
    }

    /// How many whole commits there were.
    pub fn commits(&self) -> usize {
        self.states.len() - 1
    }

    /// The most commits that were ever under way between two successes.
    pub fn widest(&self) -> usize {
        self.places.iter().map(|place| place.newest - place.acknowledged).max().unwrap_or(0)
    }

    pub fn place(&self, done: usize) -> &Place {
        &self.places[done]
    }
}

/// What a disk holds that nothing happened to.
pub fn look(folder: &Path, image: Image) -> Option<Print> {
    let Ok(folder) = folder.canonicalize() else { panic!("no folder") };
    if !image.holds(FILE) {
        return None;
    }
    let _disk = Disk::insert(&folder, image);
    print(&folder.join(FILE)).expect("a ledger that nothing happened to")
}

/// What was found after a power cut.
#[derive(Debug, PartialEq, Eq)]
pub enum Finding {
    /// Everything acknowledged is there, whole. `suspected`: the ledger says that it may be older than
    /// its last send.
    Sound { suspected: Option<String> },
    /// So many acknowledged commits are gone.
    Lost { commits: usize, suspected: Option<String> },
    /// Neither: half a commit, a ledger that does not open or does not pass its own audit.
    Broken(String),
}

/// The disk and folder of one judge, used for one cut after the other.
pub struct Bench {
    folder: tempfile::TempDir,
}

/// A ledger that was reopened, and what the reopening itself did.
pub struct Reopened {
    pub finding: Finding,
    pub recovery: power_loss_vfs::Trace,
}

impl Bench {
    pub fn new() -> Bench {
        Bench { folder: crate::house::fast_folder() }
    }

    /// Opens the image with that high-water file as the daemon does, and judges it. `openings`: how
    /// often it may have been reopened since the run, this time included.
    pub fn judge(
        &self,
        history: &History,
        place: &Place,
        image: Image,
        water: Option<&[u8]>,
        openings: i64,
    ) -> Reopened {
        let state = self.folder.path().canonicalize().unwrap();
        let mark = state.join(HIGH_WATER_FILE);
        match water {
            Some(bytes) => std::fs::write(&mark, bytes).unwrap(),
            None => drop(std::fs::remove_file(&mark)),
        }
        // A ledger's name is on disk before SQLite ever opens it.
        std::fs::write(state.join(FILE), b"").unwrap();
        let disk = Disk::insert(&state, image);
        disk.watch(&mark);
        disk.record();
        let finding =
            self.open(history, place, &state, openings).unwrap_or_else(|error| Finding::Broken(error.to_string()));
        Reopened { finding, recovery: disk.take_trace() }
    }

    fn open(&self, history: &History, place: &Place, state: &Path, openings: i64) -> Result<Finding, LedgerError> {
        let opened = Ledger::open(state, &identity(), moment(10))?;
        let suspected = opened.suspicion.map(|why| why.to_string());
        let audit = verify(state, &[])?;
        if !audit.is_clean() {
            return Ok(Finding::Broken(format!("{:?}", audit.problems)));
        }
        let found = print(&state.join(FILE)).map_err(|error| LedgerError::Disk(error.to_string()))?;
        let found = found.ok_or_else(|| LedgerError::Disk("no ledger".to_string()))?;
        let Some(at) = history.find(&found, suspected.is_some(), openings, place) else {
            return Ok(Finding::Broken("a state that no whole commit ever made".to_string()));
        };
        if at < place.acknowledged {
            return Ok(Finding::Lost { commits: place.acknowledged - at, suspected });
        }
        for (payout, attempt) in &place.told.sent {
            if opened.ledger.payout(*payout)?.attempts < *attempt {
                return Ok(Finding::Broken(format!(
                    "attempt {attempt} of payout {} left without its intent",
                    payout.0
                )));
            }
        }
        Ok(Finding::Sound { suspected })
    }
}

impl History {
    /// Which state of the run that is; the newest that may be, where several look the same.
    fn find(&self, found: &Print, suspected: bool, openings: i64, place: &Place) -> Option<usize> {
        let range = 0..=place.newest;
        range.rev().find(|at| match &self.states[*at] {
            // A new ledger was made in the place of none.
            None => found.openings <= openings && *at == 0 && self.is_new(found),
            Some(state) => {
                let more = found.openings - state.openings;
                let same = if suspected { state.but_standing == found.but_standing } else { state.rows == found.rows };
                same && (1..=openings).contains(&more)
            }
        })
    }

    /// As a ledger is that was just made: the first state of the run is one.
    fn is_new(&self, found: &Print) -> bool {
        self.states.iter().flatten().next().is_some_and(|first| first.rows == found.rows)
    }
}
