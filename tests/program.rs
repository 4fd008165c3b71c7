//! Every suite that runs the built program, in one binary: most of their time they wait, for graces and for
//! processes, and so they wait beside each other. What they share is built and linked once.
//!
//! `cargo test --test program commands::` runs one of them.
//!
//! Must never: hold a suite that changes what belongs to the whole process, or that opens a ledger itself: a program
//! that is just being started holds the lock of each state folder that is open here.

// Several suites use the same gateway or house.
#![allow(clippy::duplicate_mod)]

mod cli;
#[path = "commands/main.rs"]
mod commands;
#[path = "doctor/main.rs"]
mod doctor;
#[path = "gauntlet/main.rs"]
mod gauntlet;
#[path = "inbox_attacked/main.rs"]
mod inbox_attacked;
#[path = "metrics/main.rs"]
mod metrics;
#[path = "moncash_client/main.rs"]
mod moncash_client;
#[path = "notify/main.rs"]
mod notify;
#[path = "old_ledgers/main.rs"]
mod old_ledgers;
#[path = "payroll_250/main.rs"]
mod payroll_250;
#[path = "power_loss_files/main.rs"]
mod power_loss_files;
#[path = "reload/main.rs"]
mod reload;
#[path = "security/main.rs"]
mod security;
mod service;
#[path = "sheets/main.rs"]
mod sheets;
#[path = "standby/main.rs"]
mod standby;
#[path = "stories/main.rs"]
mod stories;
#[path = "system_calls/main.rs"]
mod system_calls;
mod watching;
