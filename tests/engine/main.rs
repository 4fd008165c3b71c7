//! The loop's promises: the real engine on the real ledger in one thread, under a clock that the
//! test turns, against a MonCash that counts what it debits.

mod answers;
mod between;
mod clock;
mod house;
mod judge;
mod moncash;

mod answers_that_differ;
mod crashes;
mod hours;
mod landing;
mod money;
mod never_twice;
mod orders;
mod people;
mod quiet;
mod rate;
mod status_service;
mod suspended;
mod suspicion;
mod two_machines;
mod weather;
