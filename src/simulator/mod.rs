//! A MonCash that lives in this process: for `payoutd demo`, `payoutd simulate` and the tests.
//!
//! [`model`] is pure and knows the answers; [`server`] puts them on sockets, faults included.
//! Must never: look real (transaction ids begin `SIM-`), or be reached from another machine.

pub mod answers;
pub mod bank;
pub mod calls;
pub mod collection;
pub mod exchange;
pub mod fault_file;
pub mod faults;
pub mod journal;
pub mod model;
pub mod number;
pub mod page;
pub mod people;
pub mod seed;
pub mod server;
pub mod settings;
pub mod share;
pub mod socket;
pub mod token;
pub mod views;

pub use server::Embedded;
pub use settings::Settings;
