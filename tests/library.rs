//! Every suite about the library, its pages and its files, in one binary: what they share is built and linked
//! once. The simulation, the power cuts and the wire have binaries of their own, as they change or measure what
//! belongs to the whole process, or are built a second time.
//!
//! `cargo test --test library engine::` runs one of them.
//!
//! Must never: hold a suite that changes what belongs to the whole process, or that starts programs (`program.rs`
//! says why).

// Several suites use the same house.
#![allow(clippy::duplicate_mod)]

#[path = "balance_proof/main.rs"]
mod balance_proof;
mod column_table;
#[path = "decision_table/main.rs"]
mod decision_table;
#[path = "engine/main.rs"]
mod engine;
#[path = "fuzz/main.rs"]
mod fuzz;
mod inbox;
mod packaging;
#[path = "payroll_files/main.rs"]
mod payroll_files;
mod readme;
mod runbook;
mod simulator;
mod simulator_model;
