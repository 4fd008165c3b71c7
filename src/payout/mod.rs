//! The core: what a payout is and what may happen to it next. Pure: it neither waits, reads a
//! clock, draws a random number nor touches disk or network.

pub mod activity;
pub mod aside;
pub mod batch;
pub mod control;
pub mod decide;
pub mod evidence;
pub mod funds;
pub mod heard;
pub mod hours;
pub mod instruction;
pub mod message;
pub mod moment;
pub mod money;
pub mod order;
pub mod precheck;
pub mod reading;
pub mod reply;
pub mod state;
pub mod terms;
pub mod weather;
