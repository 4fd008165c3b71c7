//! What several suites need.
//!
//! Must never: know the product.
#![forbid(unsafe_code)]

pub mod traced;

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

/// Says what a test left out on this machine, and why, in one line: past the test runner, which keeps back
/// what passing tests print and may have begun a line. `.ci/run` collects these lines.
pub fn left_out(what: &str, why: &str) {
    let sentence = format!("LEFT OUT: {what}: {why}").split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = std::io::stdout().write_all(format!("\n{sentence}\n").as_bytes());
}
