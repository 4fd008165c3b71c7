//! Metrics: what is counted, how it is printed for Prometheus, and the small server that hands it out.
//!
//! The loop counts ([`meters::Meters`]), the daemon puts the rest together when somebody asks, and the
//! server only carries questions to the loop and answers back. So what is told was true a moment ago, and
//! where nobody asks nothing is done.
//!
//! Must never: decide anything, hold a payout or an account, or make the loop wait for whoever reads.

pub mod families;
pub mod histogram;
pub mod meters;
pub mod page;
pub mod server;
