//! The MonCash REST API: one typed client for all eight calls.

pub mod client;
pub mod gateway;
mod http;
pub mod limiter;
mod redact;
pub mod settings;
pub mod tls;
mod token;
pub mod trouble;
pub mod wallet;
pub mod wire;
