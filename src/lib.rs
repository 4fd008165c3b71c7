#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]
// For the product only: tests may unwrap, start threads and read clocks. `.clippy.toml` lists the methods.
#![cfg_attr(
    not(test),
    deny(
        clippy::allow_attributes_without_reason,
        clippy::cast_sign_loss,
        clippy::dbg_macro,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::exit,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

// In reading order. The core: what a payout is and what may happen to it next. No `as` there: it cuts in silence.
#[cfg_attr(not(test), deny(clippy::as_conversions))]
pub mod payout;

// What people read, in three languages.
pub mod words;

// Where time comes from.
pub mod clock;

// Folders and names, so that nobody's file is lost.
pub mod files;

// The file format, in and out.
pub mod payroll;

// The REST client, and the seam between it and the loop.
pub mod moncash;

// What happened, on disk: the truth.
#[cfg_attr(not(test), deny(clippy::cast_possible_truncation))]
pub mod ledger;

// What is counted, for whoever watches.
pub mod metrics;

// From the inbox to the ledger.
pub mod intake;

// The loop that owns every payout.
pub mod engine;

// What people read afterwards.
pub mod report;

// What MonCash says of a period, held against the ledger.
pub mod reconcile;

// Telling somebody outside.
pub mod notify;

// What people can set.
pub mod config;

// Everything, wired together.
pub mod daemon;

// A MonCash without money.
pub mod simulator;

// The commands.
pub mod cli;
