//! A disk in memory under one folder: its files as the process sees them, the record of what was
//! done, the locks, and the trouble that it is told to make.
//!
//! Must never: touch the ordinary file system but to ask whether a database's name exists there, and
//! to put an empty file where a disk already holds one.

use crate::record::{Image, Op, Trace};
use crate::vfs;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a failing disk answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Eio,
    Full,
    /// A lock that somebody else has. It strikes where locks are taken; the others where something is
    /// written.
    Busy,
}

/// How much of the failing operation was done all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Nothing,
    Half,
    All,
}

/// One failure to come.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Which operation from now on, counted from 0: writes, truncations, syncs, creations, deletions;
    /// or, for a lock that is busy, which lock.
    pub at: u64,
    pub trouble: Trouble,
    pub done: Done,
    /// Everything after it fails as well.
    pub for_good: bool,
}

/// A protection that the product asks for and does not get, for controls that must fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// `synchronous` is NORMAL, whatever is asked for.
    Full,
    /// `synchronous` is OFF.
    AnySync,
    /// The journal is deleted at every commit; there is no write-ahead log.
    Wal,
}

/// Bytes of one page of the shared memory, as SQLite asks for them.
pub(crate) const SHM_PAGE: usize = 32 * 1024;

/// A page of shared memory. SQLite keeps its address, so that it must never move.
pub(crate) struct ShmPage(pub *mut u8);

// SAFETY: an address handed to SQLite, which guards what lies there with its own locks; this crate
// neither reads nor writes it while a connection is open.
unsafe impl Send for ShmPage {}

impl ShmPage {
    pub fn new() -> ShmPage {
        // Words, so that it is aligned for SQLite's.
        ShmPage(Box::into_raw(Box::new([0_u64; SHM_PAGE / 8])).cast())
    }
}

impl Drop for ShmPage {
    fn drop(&mut self) {
        // SAFETY: made by `new` from a box of this type, and dropped once.
        drop(unsafe { Box::from_raw(self.0.cast::<[u64; SHM_PAGE / 8]>()) });
    }
}

/// Who holds what of one file. Connections are told by number.
#[derive(Default)]
pub(crate) struct Locks {
    pub shared: BTreeSet<u64>,
    pub reserved: Option<u64>,
    pub pending: Option<u64>,
    pub exclusive: Option<u64>,
    pub slots: [Slot; 8],
    pub pages: Vec<ShmPage>,
    /// Connections that use the shared memory.
    pub mapped: BTreeSet<u64>,
}

#[derive(Default)]
pub(crate) struct Slot {
    pub shared: BTreeSet<u64>,
    pub exclusive: Option<u64>,
}

#[derive(Default)]
pub(crate) struct State {
    pub image: Image,
    pub locks: BTreeMap<u64, Locks>,
    trace: Option<Trace>,
    next_file: u64,
    pub next_connection: u64,
    fault: Option<Fault>,
    /// Operations since the fault was set.
    counted: u64,
    struck: bool,
    pub without: Option<Without>,
    /// The process is dead: what its connections still do on their way out never happened.
    frozen: bool,
    /// A file of the ordinary file system, and what it held last.
    watched: Option<(PathBuf, Arc<[u8]>)>,
}

/// What an operation came to.
pub(crate) enum Verdict {
    Fine,
    Fails(Trouble),
}

impl State {
    pub fn new_file(&mut self) -> u64 {
        self.next_file = self.next_file.max(self.image.files.keys().next_back().map_or(0, |last| last + 1)) + 1;
        self.next_file
    }

    fn note(&mut self, op: Op) {
        self.look_outside();
        self.image.apply(&op);
        if let Some(trace) = &mut self.trace {
            trace.ops.push(op);
        }
    }

    /// Records what the watched file holds, if that changed.
    fn look_outside(&mut self) {
        let (Some((path, last)), Some(trace)) = (&mut self.watched, &mut self.trace) else { return };
        match std::fs::read(path) {
            Ok(bytes) if *bytes != **last => {
                *last = bytes.into();
                trace.ops.push(Op::Outside { bytes: last.clone() });
            }
            _ => {}
        }
    }

    /// Whether a lock that is free is refused all the same.
    pub fn refuses_lock(&mut self) -> bool {
        self.trouble(true).is_some()
    }

    /// Whether the trouble to come is due now.
    fn trouble(&mut self, locking: bool) -> Option<Fault> {
        let fault = self.fault.filter(|fault| (fault.trouble == Trouble::Busy) == locking)?;
        let number = self.counted;
        self.counted += 1;
        let due = number == fault.at || (fault.for_good && number > fault.at);
        self.struck |= due;
        due.then_some(fault)
    }

    /// Does it, unless it is to fail.
    pub fn run(&mut self, op: Op) -> Verdict {
        if self.frozen {
            return Verdict::Fails(Trouble::Eio);
        }
        let Some(fault) = self.trouble(false) else {
            self.note(op);
            return Verdict::Fine;
        };
        match (op, fault.done) {
            // A flush that failed lets go of what it was to flush, whatever reached the disk.
            (Op::Sync { file, .. }, _) => self.note(Op::SyncFailed { file }),
            (op, Done::All) => self.note(op),
            (Op::Write { file, at, bytes }, Done::Half) => {
                let bytes = bytes[..bytes.len() / 2].into();
                self.note(Op::Write { file, at, bytes });
            }
            (_, Done::Half | Done::Nothing) => {}
        }
        Verdict::Fails(fault.trouble)
    }
}

/// A folder whose SQLite files lie in memory. Dropped, it is forgotten.
pub struct Disk {
    folder: PathBuf,
    state: Arc<Mutex<State>>,
}

static DISKS: Mutex<BTreeMap<PathBuf, Arc<Mutex<State>>>> = Mutex::new(BTreeMap::new());

/// A panic of one test must not become the trouble of another.
pub(crate) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The disk that a file lies on, and its name there.
pub(crate) fn find(path: &Path) -> Option<(Arc<Mutex<State>>, String)> {
    let name = path.file_name()?.to_str()?.to_string();
    let disks = DISKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Some((disks.get(path.parent()?)?.clone(), name))
}

impl Disk {
    /// Puts a disk under a folder. Names of databases get an empty file in the folder, where there is
    /// none: who asks the ordinary file system whether they exist is told the truth.
    pub fn insert(folder: &Path, image: Image) -> Disk {
        vfs::register();
        let folder = folder.canonicalize().expect("a folder");
        for name in image.names.keys().filter(|name| !name.ends_with("-wal") && !name.ends_with("-journal")) {
            let path = folder.join(name);
            if !path.exists() {
                std::fs::write(&path, b"").expect("a folder that can be written");
            }
        }
        let state = Arc::new(Mutex::new(State { image, ..State::default() }));
        let mut disks = DISKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        assert!(disks.insert(folder.clone(), state.clone()).is_none(), "one disk a folder");
        Disk { folder, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// From here on everything is recorded; what lies there now is taken to be on disk.
    pub fn record(&self) {
        let mut state = self.state();
        state.trace = Some(Trace { base: state.image.clone().swept(), ops: Vec::new() });
    }

    /// The record, which ends here.
    pub fn take_trace(&self) -> Trace {
        self.state().trace.take().unwrap_or_default()
    }

    /// Goes on with a record that was taken.
    pub fn resume(&self, trace: Trace) {
        self.state().trace = Some(trace);
    }

    /// Remembers that the test heard of a success.
    pub fn mark(&self) {
        self.state().note(Op::Mark);
    }

    /// Operations recorded so far.
    pub fn recorded(&self) -> usize {
        self.state().trace.as_ref().map_or(0, |trace| trace.ops.len())
    }

    /// Sets the trouble to come.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.state();
        (state.fault, state.counted, state.struck) = (Some(fault), 0, false);
    }

    /// No more trouble; whether there was any.
    pub fn heal(&self) -> bool {
        let mut state = self.state();
        state.fault = None;
        state.struck
    }

    /// The process dies here: until [`Disk::thaw`] nothing that its connections do happens.
    pub fn freeze(&self) {
        self.state().frozen = true;
    }

    pub fn thaw(&self) {
        self.state().frozen = false;
    }

    /// Records, before each operation to come, what a file of the ordinary file system holds then.
    pub fn watch(&self, path: &Path) {
        self.state().watched = Some((path.to_path_buf(), Arc::from([])));
    }

    pub fn refuse(&self, without: Without) {
        self.state().without = Some(without);
    }

    /// What the process sees now.
    pub fn image(&self) -> Image {
        self.state().image.clone().swept()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        DISKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&self.folder);
    }
}
