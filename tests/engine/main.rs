//! The loop's promises: the real engine on the real ledger in one thread, under a clock that the
//! test turns, against a MonCash that counts what it debits.

mod answers;
mod between;
mod clock;
mod house;
mod moncash;

mod answers_that_differ;
mod crashes;
mod money;
mod never_twice;
mod orders;
mod quiet;
mod rate;
mod suspicion;
mod weather;
