//! An open file as SQLite uses it: reading, writing, flushing, locks, shared memory.
//!
//! Must never: let two connections have what only one may; a lock that is not free is refused, never
//! waited for.

use crate::disk::{Locks, SHM_PAGE, ShmPage, State, Trouble, Verdict, Without, lock};
use crate::record::Op;
use rusqlite::ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Arc, Mutex};

/// What SQLite allocates for a file of ours.
#[repr(C)]
pub(crate) struct VfsFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

pub(crate) enum Place {
    Disk {
        disk: Arc<Mutex<State>>,
        file: u64,
    },
    /// A temporary file: nobody's to keep.
    Private(Vec<u8>),
}

pub(crate) struct Handle {
    place: Place,
    connection: u64,
    level: c_int,
    /// The next flush takes the folder along.
    folder: bool,
    /// The name goes when this is closed.
    gone: Option<String>,
}

impl Handle {
    pub fn new(place: Place, connection: u64, folder: bool, gone: Option<String>) -> Handle {
        Handle { place, connection, level: ffi::SQLITE_LOCK_NONE, folder, gone }
    }

    pub fn private() -> Handle {
        Handle::new(Place::Private(Vec::new()), 0, false, None)
    }

    /// Whether the disk is to refuse a lock that is free.
    fn refuses_lock(&self) -> bool {
        matches!(&self.place, Place::Disk { disk, .. } if lock(disk).refuses_lock())
    }

    /// Does something with the file's locks; `None` for a temporary file.
    fn locks<T>(&self, work: impl FnOnce(&mut Locks) -> T) -> Option<T> {
        match &self.place {
            Place::Disk { disk, file } => Some(work(lock(disk).locks.entry(*file).or_default())),
            Place::Private(_) => None,
        }
    }

    fn run(&self, op: impl FnOnce(u64) -> Op, eio: c_int) -> c_int {
        let Place::Disk { disk, file } = &self.place else { return ffi::SQLITE_OK };
        match lock(disk).run(op(*file)) {
            Verdict::Fine => ffi::SQLITE_OK,
            Verdict::Fails(Trouble::Eio) => eio,
            Verdict::Fails(Trouble::Full) if eio == ffi::SQLITE_IOERR_WRITE => ffi::SQLITE_FULL,
            Verdict::Fails(Trouble::Full | Trouble::Busy) => eio,
        }
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(take),
    xUnlock: Some(release),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// SAFETY of the callers: `file` is memory for a `VfsFile`.
pub(crate) unsafe fn put(file: *mut ffi::sqlite3_file, handle: Handle) {
    let made =
        VfsFile { base: ffi::sqlite3_file { pMethods: &raw const METHODS }, handle: Box::into_raw(Box::new(handle)) };
    // SAFETY: by the contract of the callers.
    unsafe { file.cast::<VfsFile>().write(made) };
}

/// SAFETY of the callers: `file` was filled by `put`, is not closed, and is used by one thread.
unsafe fn of<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Handle {
    // SAFETY: by the contract of the callers.
    unsafe { &mut *(*file.cast::<VfsFile>()).handle }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; from here on the box is ours again.
    let handle = unsafe { Box::from_raw((*file.cast::<VfsFile>()).handle) };
    let connection = handle.connection;
    handle.locks(|locks| {
        unlock(locks, connection, ffi::SQLITE_LOCK_NONE);
        forget(locks, connection);
    });
    if let (Place::Disk { disk, .. }, Some(name)) = (&handle.place, handle.gone) {
        let _ = lock(disk).run(Op::Delete { name, synced: false });
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    out: *mut c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file of ours, and `count` bytes for the answer.
    let (handle, out) =
        unsafe { (of(file), std::slice::from_raw_parts_mut(out.cast::<u8>(), usize::try_from(count).unwrap_or(0))) };
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let mut fill = |content: &[u8]| {
        let there = content.get(at..).unwrap_or_default();
        let length = there.len().min(out.len());
        out[..length].copy_from_slice(&there[..length]);
        out[length..].fill(0);
        if length == out.len() { ffi::SQLITE_OK } else { ffi::SQLITE_IOERR_SHORT_READ }
    };
    match &handle.place {
        Place::Disk { disk, file } => {
            let state = lock(disk);
            fill(state.image.files.get(file).map_or(&[][..], |content| content.as_slice()))
        }
        Place::Private(content) => fill(content),
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file of ours, and `count` bytes to write.
    let (handle, bytes) =
        unsafe { (of(file), std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(count).unwrap_or(0))) };
    if let Place::Private(content) = &mut handle.place {
        let at = usize::try_from(at).unwrap_or(0);
        content.resize(content.len().max(at + bytes.len()), 0);
        content[at..at + bytes.len()].copy_from_slice(bytes);
        return ffi::SQLITE_OK;
    }
    let at = u64::try_from(at).unwrap_or(0);
    handle.run(|file| Op::Write { file, at, bytes: bytes.into() }, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let size = u64::try_from(size).unwrap_or(0);
    if let Place::Private(content) = &mut handle.place {
        content.resize(usize::try_from(size).unwrap_or(0), 0);
    }
    handle.run(|file| Op::Truncate { file, size }, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let folder = handle.folder;
    let synced = handle.run(|file| Op::Sync { file, folder }, ffi::SQLITE_IOERR_FSYNC);
    if synced == ffi::SQLITE_OK {
        handle.folder = false;
    }
    synced
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file of ours, and a place for the answer.
    let handle = unsafe { of(file) };
    let size = match &handle.place {
        Place::Disk { disk, file } => lock(disk).image.size(*file),
        Place::Private(content) => content.len(),
    };
    // SAFETY: as above.
    unsafe { *out = i64::try_from(size).unwrap_or(i64::MAX) };
    ffi::SQLITE_OK
}

fn others(holder: Option<u64>, connection: u64) -> bool {
    holder.is_some_and(|holder| holder != connection)
}

unsafe extern "C" fn take(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    if handle.level >= wanted {
        return ffi::SQLITE_OK;
    }
    if handle.refuses_lock() {
        return ffi::SQLITE_BUSY;
    }
    let connection = handle.connection;
    let taken = handle.locks(|locks| match wanted {
        ffi::SQLITE_LOCK_SHARED if others(locks.pending, connection) || others(locks.exclusive, connection) => false,
        ffi::SQLITE_LOCK_SHARED => {
            locks.shared.insert(connection);
            true
        }
        ffi::SQLITE_LOCK_RESERVED if others(locks.reserved, connection) => false,
        ffi::SQLITE_LOCK_RESERVED => {
            locks.reserved = Some(connection);
            true
        }
        _ if others(locks.pending, connection) || others(locks.reserved, connection) => false,
        _ => {
            locks.pending = Some(connection);
            let free = locks.shared.iter().all(|holder| *holder == connection);
            if free {
                locks.exclusive = Some(connection);
            }
            free
        }
    });
    if taken == Some(false) {
        return ffi::SQLITE_BUSY;
    }
    handle.level = wanted;
    ffi::SQLITE_OK
}

fn unlock(locks: &mut Locks, connection: u64, to: c_int) {
    for holder in [&mut locks.reserved, &mut locks.pending, &mut locks.exclusive] {
        if *holder == Some(connection) {
            *holder = None;
        }
    }
    if to == ffi::SQLITE_LOCK_NONE {
        locks.shared.remove(&connection);
    }
}

unsafe extern "C" fn release(file: *mut ffi::sqlite3_file, to: c_int) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let connection = handle.connection;
    handle.locks(|locks| unlock(locks, connection, to));
    handle.level = handle.level.min(to);
    ffi::SQLITE_OK
}

unsafe extern "C" fn is_reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file of ours, and a place for the answer.
    unsafe {
        let reserved = of(file).locks(|locks| locks.reserved.is_some() || locks.pending.is_some());
        *out = c_int::from(reserved == Some(true));
    }
    ffi::SQLITE_OK
}

/// Swallows the very words by which the product asks for what a control takes away.
unsafe extern "C" fn control(file: *mut ffi::sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    if what != ffi::SQLITE_FCNTL_PRAGMA {
        return ffi::SQLITE_NOTFOUND;
    }
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let Place::Disk { disk, .. } = &handle.place else { return ffi::SQLITE_NOTFOUND };
    let without = lock(disk).without;
    // SAFETY: for this question SQLite hands in an answer, a name, and a value that may be null.
    let (answer, name, value) = unsafe {
        let words = argument.cast::<*mut c_char>();
        (words, CStr::from_ptr(*words.add(1)), (!(*words.add(2)).is_null()).then(|| CStr::from_ptr(*words.add(2))))
    };
    let (name, value) =
        (name.to_bytes().to_ascii_lowercase(), value.map(|value| value.to_bytes().to_ascii_lowercase()));
    match (without, name.as_slice(), value.as_deref()) {
        (Some(Without::Full | Without::AnySync), b"synchronous", Some(b"full")) => ffi::SQLITE_OK,
        (Some(Without::Wal), b"journal_mode", Some(b"wal")) => {
            // SAFETY: SQLite frees what this allocates.
            unsafe { *answer = ffi::sqlite3_mprintf(c"wal".as_ptr()) };
            ffi::SQLITE_OK
        }
        _ => ffi::SQLITE_NOTFOUND,
    }
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// What SQLite's own says of every file on Linux.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let (connection, page) = (handle.connection, usize::try_from(page).unwrap_or(0));
    if usize::try_from(bytes) != Ok(SHM_PAGE) {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let address = handle.locks(|locks| {
        locks.mapped.insert(connection);
        while extend != 0 && locks.pages.len() <= page {
            locks.pages.push(ShmPage::new());
        }
        locks.pages.get(page).map_or(std::ptr::null_mut(), |page| page.0)
    });
    // SAFETY: SQLite hands in a place for the answer.
    unsafe { *out = address.unwrap_or(std::ptr::null_mut()).cast() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, from: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    if flags & ffi::SQLITE_SHM_LOCK != 0 && handle.refuses_lock() {
        return ffi::SQLITE_BUSY;
    }
    let connection = handle.connection;
    let slots = usize::try_from(from).unwrap_or(0)..usize::try_from(from + count).unwrap_or(0);
    let taken = handle.locks(|locks| {
        let slots = &mut locks.slots[slots];
        let (unlocking, exclusive) = (flags & ffi::SQLITE_SHM_UNLOCK != 0, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0);
        if unlocking {
            for slot in slots {
                slot.shared.remove(&connection);
                slot.exclusive = slot.exclusive.filter(|holder| *holder != connection);
            }
            return true;
        }
        let in_the_way = |slot: &crate::disk::Slot| {
            others(slot.exclusive, connection) || (exclusive && slot.shared.iter().any(|holder| *holder != connection))
        };
        if slots.iter().any(in_the_way) {
            return false;
        }
        for slot in slots {
            if exclusive {
                slot.exclusive = Some(connection);
            } else {
                slot.shared.insert(connection);
            }
        }
        true
    });
    if taken == Some(true) { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

/// The last to go leaves nothing behind: the shared memory is made anew, as after a restart.
fn forget(locks: &mut Locks, connection: u64) {
    for slot in &mut locks.slots {
        slot.shared.remove(&connection);
        slot.exclusive = slot.exclusive.filter(|holder| *holder != connection);
    }
    locks.mapped.remove(&connection);
    if locks.mapped.is_empty() {
        locks.pages.clear();
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file of ours.
    let handle = unsafe { of(file) };
    let connection = handle.connection;
    handle.locks(|locks| forget(locks, connection));
    ffi::SQLITE_OK
}
