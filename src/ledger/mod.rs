//! The ledger: one SQLite file. All SQL is in this room; it speaks the core's words.

pub mod rows;
