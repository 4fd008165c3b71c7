#![forbid(unsafe_code)]

pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod engine;
pub mod files;
pub mod intake;
pub mod ledger;
pub mod moncash;
pub mod payout;
pub mod payroll;
pub mod report;
pub mod simulator;
