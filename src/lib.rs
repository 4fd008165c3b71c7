#![forbid(unsafe_code)]

pub mod clock;
pub mod moncash;
pub mod payout;
