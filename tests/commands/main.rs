//! Every command as people and scripts use it, against a simulator in a process of its own: what it
//! says, its exit code, and what it leaves alone.

mod around_the_table;
mod checking;
mod copies;
mod daily;
mod folder_walk;
mod guards;
mod house;
mod layouts;
mod order_files;
mod orders;
mod reading;
mod reconciling;
mod saying;
mod verifying;
mod words;
