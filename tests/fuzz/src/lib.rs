//! What the fuzz targets hold the product to. `cargo test --test fuzz` of the main package includes
//! the same files and puts every committed input through them.
//!
//! Must never: build on the code that it judges where an oracle of its own can be written.
#![forbid(unsafe_code)]

pub mod answers;
pub mod batch;
pub mod cells;
pub mod outputs;
pub mod workbook;
