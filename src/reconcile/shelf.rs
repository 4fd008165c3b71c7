//! Where finished proofs are put: whole, under a name of their own, in `reports/`.
//!
//! Must never: overwrite anything. A proof that was filed stays as it was filed; a second one of the
//! same period gets a date.

use crate::files::{Draft, FileError, Folder, SHARED_FILE, free_names};
use crate::payout::moment::Wall;
use std::ffi::{OsStr, OsString};
use std::io::Write;

/// How many names with a date are tried: far more than anybody reconciles in a second.
const MOST_NAMES_TRIED: usize = 1000;

/// A date and time as a file name can carry it, in the local zone.
pub fn stamp(now: Wall) -> String {
    let moment = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y%m%d-%H%M%S").to_string()
}

/// Publishes a draft under `name`, or under that name with a date where it is taken. Returns the name.
pub fn publish(draft: &mut Draft, name: &str, now: Wall) -> Result<OsString, FileError> {
    let name = OsStr::new(name);
    for candidate in free_names(name, &stamp(now)).take(MOST_NAMES_TRIED) {
        match draft.publish_new(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(FileError::Taken { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(FileError::Taken { name: crate::files::show(name) })
}

/// Writes a text whole and publishes it.
pub fn put(folder: &Folder, name: &str, text: &str, now: Wall) -> Result<OsString, FileError> {
    let mut draft = Draft::begin(folder, SHARED_FILE)?;
    draft.write_all(text.as_bytes()).map_err(FileError::from)?;
    publish(&mut draft, name, now)
}
