//! Lines of a file by which nobody is paid, and which are no fault: counted, and the first of them named.
//!
//! Must never: lose count, or grow with the file.

use serde::{Deserialize, Serialize};

/// So many are named; a file may have millions.
const MOST_NAMED: usize = 200;
/// Characters of what a line says.
const LONGEST_TEXT: usize = 100;

/// What becomes of a row whose amount is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroRows {
    /// It is wrong, and the file with it.
    #[default]
    Refuse,
    /// It is left out, and told.
    LeaveOut,
}

/// Lines that were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    pub lines: u32,
    /// The first of them.
    pub named: Vec<LineAside>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineAside {
    pub line: u32,
    /// What people know it by, shortened.
    pub text: String,
}

impl Aside {
    pub fn note(&mut self, line: u32, text: &str) {
        self.lines = self.lines.saturating_add(1);
        if self.named.len() < MOST_NAMED {
            self.named.push(LineAside { line, text: text.chars().take(LONGEST_TEXT).collect() });
        }
    }

    pub fn is_none(&self) -> bool {
        self.lines == 0
    }

    /// How many are not named.
    pub fn unnamed(&self) -> u32 {
        self.lines.saturating_sub(u32::try_from(self.named.len()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_counted() {
        let mut aside = Aside::default();
        (2..302).for_each(|line| aside.note(line, &"é".repeat(500)));
        assert_eq!((aside.lines, aside.named.len(), aside.unnamed()), (300, MOST_NAMED, 100));
        assert_eq!(aside.named[0], LineAside { line: 2, text: "é".repeat(LONGEST_TEXT) });
    }
}
