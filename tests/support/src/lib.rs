//! What several suites need.
//!
//! Must never: know the product.
#![forbid(unsafe_code)]

use rustix::fs::{StatVfsMountFlags, statvfs};
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";

/// A folder that goes away, in memory where the machine has such a place and programs may run there: the
/// suites that use it judge what payoutd does, and a disk's flushes would be most of their time.
///
/// `target` is for other machines: `env!("CARGO_TARGET_TMPDIR")`, not /tmp, where whoever tidies it while
/// the tests run takes the folders with it.
#[must_use]
pub fn folder(target: impl AsRef<Path>) -> TempDir {
    let memory = statvfs(MEMORY).is_ok_and(|of| !of.f_flag.contains(StatVfsMountFlags::NOEXEC));
    let made = memory.then(|| tempfile::tempdir_in(MEMORY)).and_then(Result::ok);
    made.unwrap_or_else(|| tempfile::tempdir_in(target).expect("a folder"))
}

/// Says that a test did not look at something because this machine does not allow it, past the test
/// runner, which shows what passing tests print to nobody. `.ci/run` collects these lines.
pub fn left_out(what: &str, why: &str) {
    // One write, and a line of its own: the runner prints there too.
    let _ = std::io::stdout().write_all(format!("\nLEFT OUT: {what}: {why}\n").as_bytes());
}
