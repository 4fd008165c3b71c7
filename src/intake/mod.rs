//! From the inbox to the ledger: what lies there, when it is taken, and where it goes.
//!
//! Must never: take a file that somebody may still be writing, overwrite or delete what a person
//! dropped, or leave a file in two places.

pub mod admit;
pub mod claim;
mod compare;
pub mod error;
pub mod examine;
pub mod form;
mod guard;
pub mod guards;
mod half_file;
pub mod inbox;
mod judge;
mod known;
mod last_payroll;
mod layout;
mod loading;
pub mod order_files;
pub mod pay_day;
mod people;
pub mod preview;
mod receivers;
mod recognise;
pub mod reject;
mod repeats;
mod salvage;
pub mod settling;
pub mod shared;
pub mod terms;
mod twice;
pub mod watch;

pub use claim::{Claimed, Rejected};
pub use inbox::{Folders, Inbox, InboxError, InboxSettings, Left, ScanOutcome, stem};
pub use reject::ErrorsFile;
pub use watch::InboxWatch;

use crate::payout::moment::Wall;

/// The moment at which the local day of `wall` began.
pub fn begin_of_day(wall: Wall) -> Wall {
    let zone = jiff::tz::TimeZone::system();
    let moment = jiff::Timestamp::from_millisecond(wall.0).unwrap_or_default().to_zoned(zone);
    let begin = moment.start_of_day().map_or(wall.0, |begin| begin.timestamp().as_millisecond());
    Wall(begin)
}

/// A date and time as a file name can carry it, in the local zone: `20260731-101500`.
pub fn stamp(wall: Wall) -> String {
    let zone = jiff::tz::TimeZone::system();
    let moment = jiff::Timestamp::from_millisecond(wall.0).unwrap_or_default();
    moment.to_zoned(zone).strftime("%Y%m%d-%H%M%S").to_string()
}
