//! What lies in this process's memory stays there: the secret and the token must live in it, and a
//! core dump or a look into the process by another program of the same user would show them.
//!
//! Must never: keep the program from starting. Where the system refuses, it is told and gone on.

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// No core dump, and for other programs of this user no /proc/PID/environ, no /proc/PID/mem and no
/// ptrace. Returns what the system refused, for a warning once there is a log.
#[must_use]
pub fn close() -> Option<String> {
    let mut refused = Vec::new();
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        refused.push(format!("the process could not be closed to other programs ({error})"));
    }
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // A unit may forbid the call and have set the limit itself.
    if setrlimit(Resource::Core, none).is_err() && getrlimit(Resource::Core).current != Some(0) {
        refused.push("core dumps could not be switched off".to_string());
    }
    (!refused.is_empty()).then(|| refused.join("; "))
}
