//! Security, each claim shown from outside on the built program: what leaks, who may read a secret,
//! what is spoken to, which files are made, what a unit and a core dump show.
//!
//! Must never: reach beyond loopback, leave a process behind, or trust the product to judge itself.

mod address;
mod bank;
mod canary;
mod folders;
mod gateway;
mod house;
mod leaks;
mod old_tls;
mod paths;
mod pki;
mod process;
mod secret_files;
mod settings;
mod stall;
mod tls;
mod unit;
mod wire_logs;
