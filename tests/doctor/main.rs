//! `payoutd doctor` on houses that are ill, each in one way: it must find what is wrong, name the file,
//! setting or host, and say what mends it.
//!
//! Must never: reach beyond loopback, or leave a process behind.

mod disk;
mod house;
mod machine;
mod moncash;
mod network;
mod rights;

#[path = "../security/gateway.rs"]
#[allow(dead_code)]
mod gateway;
#[path = "../security/pki.rs"]
#[allow(dead_code)]
mod pki;
