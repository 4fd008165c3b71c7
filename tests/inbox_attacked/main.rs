//! The inbox under attack: whatever is dropped there, and whatever becomes of it meanwhile, is in one
//! place, nothing of it is deleted or overwritten, nobody is paid from what was refused, and the other
//! files go on.
//!
//! Needs nothing but a filesystem; devices and files of another user only where the machine allows
//! them, and says so where it does not.

mod bounds;
mod changing;
mod crowds;
mod daemon;
mod formulas;
mod house;
mod kinds;
mod names;
#[allow(dead_code)]
#[path = "../commands/house.rs"]
mod process;
mod spectrum;

#[allow(dead_code)]
#[path = "../fuzz/src/cells.rs"]
mod cells;
