//! File names: any bytes but `/` and NUL, 255 of them at most, and people may choose them badly.
//!
//! Must never: lose a name's ending, make a name that is too long, or show a control character.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Bytes in a file name: Linux's NAME_MAX.
const LONGEST_NAME: usize = 255;

/// Bytes of an ending that is kept as such (`.csv`); what is longer is no ending.
const LONGEST_ENDING: usize = 16;

/// What a batch file's name ends in, in any case.
const BATCH_ENDINGS: [&[u8]; 3] = [b".csv", b".xlsx", b".ods"];

/// A batch file's name without its ending (the STEM of its reports), and the ending. The ending is empty
/// where the name is no batch file's.
pub fn split_batch_name(name: &OsStr) -> (&OsStr, &OsStr) {
    let bytes = name.as_bytes();
    let length = |ending: &&[u8]| (bytes.len() > ending.len()).then(|| bytes.len() - ending.len());
    let at =
        BATCH_ENDINGS.iter().find_map(|ending| length(ending).filter(|at| bytes[*at..].eq_ignore_ascii_case(ending)));
    let (stem, ending) = bytes.split_at(at.unwrap_or(bytes.len()));
    (OsStr::from_bytes(stem), OsStr::from_bytes(ending))
}

/// The name under which an admitted file is kept: `STEM.BATCH.csv`, by whatever ending it has.
pub fn accepted_name(name: &OsStr, batch: &str) -> OsString {
    let (stem, ending) = split_batch_name(name);
    let ending = if ending.is_empty() { ".csv".to_string() } else { ending.to_string_lossy().to_ascii_lowercase() };
    with_suffix(stem, &format!(".{batch}{ending}"))
}

/// Whether `name` is one under which a file of this batch is kept.
pub fn is_accepted_as(name: &OsStr, batch: &str) -> bool {
    let (stem, ending) = split_batch_name(name);
    !ending.is_empty() && stem.as_bytes().ends_with(format!(".{batch}").as_bytes())
}

/// A name fit for messages and terminals: control characters, characters that turn the reading
/// direction, and bytes that are no text are written as escapes.
pub fn show(name: &OsStr) -> String {
    let mut out = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c == '\\' || c.is_control() || turns {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// `name` without its ending, and the ending with its point (empty when there is none).
fn split_ending(name: &OsStr) -> (&[u8], &[u8]) {
    let bytes = name.as_bytes();
    match bytes.iter().rposition(|b| *b == b'.') {
        Some(point) if point > 0 && bytes.len() - point <= LONGEST_ENDING => bytes.split_at(point),
        _ => (bytes, b""),
    }
}

/// `stem` and `suffix` as one name; the stem gives way where both are too long together.
fn join(stem: &[u8], suffix: &[u8]) -> OsString {
    let mut keep = stem.len().min(LONGEST_NAME.saturating_sub(suffix.len()));
    // Not in the middle of a UTF-8 character.
    while keep > 0 && keep < stem.len() && stem[keep] & 0b1100_0000 == 0b1000_0000 {
        keep -= 1;
    }
    OsString::from_vec([&stem[..keep], suffix].concat())
}

/// `july.csv` and `.errors.csv` make `july.csv.errors.csv`, shortened where it must be.
pub fn with_suffix(name: &OsStr, suffix: &str) -> OsString {
    join(name.as_bytes(), suffix.as_bytes())
}

/// `july.csv` and `B000012` make `july.B000012.csv`, shortened where it must be.
pub fn dated(name: &OsStr, stamp: &str) -> OsString {
    let (stem, ending) = split_ending(name);
    let suffix = [b".", stamp.as_bytes(), ending].concat();
    join(stem, &suffix)
}

/// The names to try, in order, so that nothing is overwritten: `name`, then with a date, then with
/// a date and a number.
pub fn free_names(name: &OsStr, stamp: &str) -> impl Iterator<Item = OsString> {
    (0..).map(move |turn: u32| match turn {
        0 => with_suffix(name, ""),
        1 => dated(name, stamp),
        more => dated(name, &format!("{stamp}-{more}")),
    })
}
