//! Notifications with the built program: every kind told in the documented form, each once also over a
//! SIGKILL, and never in the way of paying, whatever the command or the webhook does.
//!
//! That paying goes on is shown by counts: a whole payroll is paid while the first delivery has not ended.

#[path = "../stories/gateway.rs"]
#[allow(dead_code)]
mod gateway;
#[path = "../stories/house.rs"]
#[allow(dead_code)]
mod house;
#[path = "../gauntlet/wire.rs"]
#[allow(dead_code)]
mod wire;

mod broken;
mod ear;
mod form;
mod kinds;
mod once;
