//! Text from outside as one line of a page.
//!
//! Must never: let what comes from outside begin a line, or move a cursor.

/// `text` as one line: control characters and those that turn the direction of writing are shown
/// as escapes.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let unruly = c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if unruly { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}
