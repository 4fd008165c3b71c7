//! A disk that loses its power: an SQLite VFS held in memory which records every write, truncation,
//! sync, creation and deletion, and works out what may be left of them when the power goes.
//!
//! Test only, and the one place of the project where `unsafe` may be: SQLite's C interface (`vfs`,
//! `file`) and two system calls (`shutdown`). Whoever uses it stays in safe Rust.
//!
//! Three parts: a [`Disk`] is registered for a folder and serves every SQLite file below it, being
//! the process's default VFS; it records a [`Trace`]; a [`Cursor`] walks along the trace and at any
//! operation says what a power cut may leave ([`Image`]), which is put under another folder as the
//! next disk.
//!
//! Must never: be linked into the product, or claim more than it models: `cut` says what that is.

mod cut;
mod disk;
mod file;
mod record;
mod shutdown;
mod vfs;

pub use cut::{Chance, Cursor, Syncs};
pub use disk::{Disk, Done, Fault, Trouble, Without};
pub use record::{Image, Op, Trace};
pub use shutdown::{own_mounts, shut_down};
