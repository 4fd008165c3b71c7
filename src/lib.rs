#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod ledger;
pub mod moncash;
pub mod payout;
