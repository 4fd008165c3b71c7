//! The file system as SQLite asks for it: names, and opening. Registered once a process, as its
//! default.
//!
//! Must never: serve a file that lies under no disk's folder; temporary files without a name live in
//! memory, and are nobody's to keep.

use crate::disk::{Verdict, Without, find, lock};
use crate::file::{self, Handle, Place, VfsFile};
use crate::record::Op;
use rusqlite::ffi;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::{null_mut, slice_from_raw_parts_mut};
use std::sync::Once;

/// Longest path, as SQLite's own has it.
const LONGEST_PATH: c_int = 512;
/// Julian day of 1970-01-01, in milliseconds.
const EPOCH: i64 = 210_866_760_000_000;

pub(crate) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: c_int::try_from(size_of::<VfsFile>()).expect("a small size"),
            mxPathname: LONGEST_PATH,
            pNext: null_mut(),
            zName: c"power-loss".as_ptr(),
            pAppData: null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: None,
            xGetLastError: None,
            xCurrentTimeInt64: Some(now),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        // SAFETY: the structure is leaked, so that it outlives every connection; the functions keep to
        // SQLite's contract for a VFS of version 2.
        let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(vfs), 1) };
        assert_eq!(registered, ffi::SQLITE_OK);
        // SAFETY: a function of the type that SQLite asks for, which lives for ever.
        let registered = unsafe { ffi::sqlite3_auto_extension(Some(weaken)) };
        assert_eq!(registered, ffi::SQLITE_OK);
    });
}

/// SAFETY of the callers: `name` is null or a C text of SQLite's that lives through the call.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and a C text by the contract of the callers.
    let text = unsafe { CStr::from_ptr(name) };
    Some(Path::new(OsStr::from_bytes(text.to_bytes())).to_path_buf())
}

fn makes_database(flags: c_int) -> bool {
    flags & ffi::SQLITE_OPEN_MAIN_DB != 0
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands in memory of `szOsFile` bytes; without methods it is not closed.
    unsafe { (*file).pMethods = std::ptr::null() };
    // SAFETY: the name is null or a text.
    let opened = match unsafe { path_of(name) } {
        None => Ok(Handle::private()),
        Some(path) => open_named(&path, flags),
    };
    match opened {
        Ok(handle) => {
            // SAFETY: memory of `szOsFile` bytes, which is a `VfsFile`'s size; `out_flags` is null or ours.
            unsafe {
                file::put(file, handle);
                if !out_flags.is_null() {
                    *out_flags = flags;
                }
            }
            ffi::SQLITE_OK
        }
        Err(code) => code,
    }
}

fn open_named(path: &Path, flags: c_int) -> Result<Handle, c_int> {
    let Some((disk, name)) = find(path) else { return Err(ffi::SQLITE_CANTOPEN) };
    let mut state = lock(&disk);
    let mut made = false;
    let number = match state.image.names.get(&name) {
        Some(number) => *number,
        None => {
            // An empty database that somebody made by hand, and flushed its folder.
            let found = makes_database(flags) && path.exists();
            if !found && flags & ffi::SQLITE_OPEN_CREATE == 0 {
                return Err(ffi::SQLITE_CANTOPEN);
            }
            let number = state.new_file();
            let op = Op::Create { name: name.clone(), file: number, synced: found };
            if let Verdict::Fails(_) = state.run(op) {
                return Err(ffi::SQLITE_CANTOPEN);
            }
            made = true;
            number
        }
    };
    state.next_connection += 1;
    let connection = state.next_connection;
    drop(state);
    let journal = ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
    let gone = (flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0).then_some(name);
    // As SQLite's own does: the first flush of a new journal flushes the folder with it.
    Ok(Handle::new(Place::Disk { disk, file: number }, connection, made && flags & journal != 0, gone))
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite hands in a text.
    let Some((disk, name)) = unsafe { path_of(name) }.as_deref().and_then(find) else {
        return ffi::SQLITE_IOERR_DELETE;
    };
    let mut state = lock(&disk);
    if !state.image.holds(&name) {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    match state.run(Op::Delete { name, synced: sync_folder != 0 }) {
        Verdict::Fine => ffi::SQLITE_OK,
        Verdict::Fails(_) => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, name: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: SQLite hands in a text.
    let found = unsafe { path_of(name) }.as_deref().and_then(find);
    let there = found.is_some_and(|(disk, name)| {
        let state = lock(&disk);
        let size = state.image.names.get(&name).map(|file| state.image.size(*file));
        // As SQLite's own does: an empty file does not exist, where existence is asked for.
        size.is_some_and(|size| flags != ffi::SQLITE_ACCESS_EXISTS || size > 0)
    });
    // SAFETY: SQLite hands in a place for the answer.
    unsafe { *out = c_int::from(there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(_: *mut ffi::sqlite3_vfs, name: *const c_char, room: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite hands in a text, and `room` bytes for the answer.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(room).unwrap_or(0) {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

/// The same bytes every time: SQLite mixes them into salts, which need to differ, not to be secret.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, room: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite hands in `room` bytes.
    let bytes = unsafe { &mut *slice_from_raw_parts_mut(out.cast::<u8>(), usize::try_from(room).unwrap_or(0)) };
    let mut chance = crate::Chance::of(1);
    bytes.iter_mut().for_each(|byte| *byte = chance.draw().to_le_bytes()[0]);
    room
}

/// Nobody waits: who holds a lock here is this thread itself.
unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn now(_: *mut ffi::sqlite3_vfs, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite hands in a place for the answer.
    unsafe { *out = EPOCH };
    ffi::SQLITE_OK
}

/// Runs for every new connection: takes a protection away where a control asks for it.
unsafe extern "C" fn weaken(
    database: *mut ffi::sqlite3,
    _: *mut *mut c_char,
    _: *const ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: the connection is open; the name of its main file is null, or a text that it owns.
    let path = unsafe { path_of(ffi::sqlite3_db_filename(database, c"main".as_ptr())) };
    let without = path.as_deref().and_then(find).and_then(|(disk, _)| lock(&disk).without);
    let sql = match without {
        Some(Without::Full) => c"PRAGMA synchronous=1",
        Some(Without::AnySync) => c"PRAGMA synchronous=0",
        Some(Without::Wal) | None => return ffi::SQLITE_OK,
    };
    // SAFETY: an open connection and a text; no callback, no place for a message.
    unsafe { ffi::sqlite3_exec(database, sql.as_ptr(), None, null_mut::<c_void>(), null_mut()) }
}
