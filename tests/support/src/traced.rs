//! strace on payoutd, which closes itself to the other programs of its user (src/cli/memory.rs).
//!
//! Must never: be given to a payoutd that a test looks into without strace.

/// The words for strace that keep payoutd open to it: the first `prctl` of a thread, which must be among the traced
/// calls, is not carried out. Without them strace sees neither the paths and bytes in its memory nor what its
/// descriptors are, unless root runs it.
pub const OPEN: [&str; 2] = ["-e", "inject=prctl:retval=0:when=1"];
