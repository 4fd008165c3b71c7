//! The MonCash REST API: one typed client for all eight calls.

pub mod gateway;
