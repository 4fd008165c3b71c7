//! Where finished proofs are put: whole, under a name of their own, in `reports/`; and the alarms that they
//! raise, in `alarms/`, until a person acknowledges them by taking the file away or by a command.
//!
//! Must never: overwrite anything. A proof that was filed stays as it was filed; a second one of the
//! same period gets a date. Nor may an alarm go away by itself.

use crate::files::{Draft, FileError, Folder, SHARED_FILE, SHARED_FOLDER, free_names, show};
use crate::payout::moment::Wall;
use crate::words::{Language, say};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

/// How many names with a date are tried: far more than anybody reconciles in a second.
const MOST_NAMES_TRIED: usize = 1000;

/// The folder of alarms, in the batches folder.
const ALARMS: &str = "alarms";
/// Ends an alarm's name.
const ALARM: &str = ".ALARM.txt";
/// Bytes of an alarm that are read; ours have a few thousand.
const LONGEST_ALARM: u64 = 1 << 20;

/// Raises an alarm: `text` lies in `alarms/` until a person acknowledges it. Returns the file's name.
pub fn raise(batches: &Path, name: &str, text: &str, language: Language, now: Wall) -> Result<OsString, FileError> {
    let folder = Folder::open_or_create(&batches.join(ALARMS), SHARED_FOLDER)?;
    let file = format!("{name}{ALARM}");
    let how = say!("alarm-how", file = &file).text(language);
    put(&folder, &file, &format!("{text}\n{how}\n"), now)
}

/// The alarms that nobody has acknowledged, by name.
pub fn alarms(batches: &Path) -> Vec<String> {
    // Nobody raised one yet, or the folder is not to be read: `doctor` and the next alarm tell.
    let Ok(folder) = Folder::open(&batches.join(ALARMS)) else { return Vec::new() };
    let names = folder.names().unwrap_or_default();
    let mut names: Vec<String> = names.iter().map(|name| show(name)).filter(|name| name.ends_with(".txt")).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// Files an alarm in `reports/` with who acknowledged it and why, and only then takes it away. `None` where
/// there is no such alarm.
pub fn acknowledge(batches: &Path, name: &str, line: &str, now: Wall) -> Result<Option<OsString>, FileError> {
    if !alarms(batches).iter().any(|alarm| alarm == name) {
        return Ok(None);
    }
    let folder = Folder::open(&batches.join(ALARMS))?;
    let Some(text) = folder.read_text(OsStr::new(name), LONGEST_ALARM)? else { return Ok(None) };
    let reports = Folder::open_or_create(&batches.join("reports"), SHARED_FOLDER)?;
    let stem = name.trim_end_matches(".txt");
    let filed = put(&reports, &format!("{stem}.acknowledged.txt"), &format!("{text}{line}\n"), now)?;
    folder.remove_own_if_there(OsStr::new(name))?;
    Ok(Some(filed))
}

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
