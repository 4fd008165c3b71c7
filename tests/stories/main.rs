//! Named stories of things that go wrong with files, folders, machines and clocks, told with the built
//! program and real folders against a MonCash of the test's own. The judge of each is that MonCash's
//! count of debits by reference and by person, the words of the reports, and the exit code.
//!
//! What needs exact moments inside the program is told by `tests/engine`, under a paused clock.

mod gateway;
mod house;
#[path = "../gauntlet/wire.rs"]
#[allow(dead_code)]
mod wire;

mod lost_state;
mod machines;
mod retries;
mod rewritten;
mod stopped;
