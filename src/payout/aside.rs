//! Lines of a file by which nobody is paid, and which are no fault: counted, and the first of them named.
//!
//! Must never: lose count, or grow with the file.

use serde::{Deserialize, Serialize};

/// So many are named; a file may have millions.
const MOST_NAMED: usize = 50;
/// Characters of what a line says.
const LONGEST_TEXT: usize = 200;

/// What becomes of a row whose amount is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroRows {
    /// It is wrong, and the file with it.
    #[default]
    Refuse,
    /// It is left out, and told.
    LeaveOut,
}

/// Lines that were left aside.
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
    /// What stands there, shortened.
    pub text: String,
}

/// Lines below the last person that hold formulas and nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledDown {
    pub lines: u32,
    /// The line of the first; 0 where there is none.
    pub first: u32,
}

impl FilledDown {
    pub fn note(&mut self, line: u32) {
        if self.is_none() {
            self.first = line;
        }
        self.lines = self.lines.saturating_add(1);
    }

    pub fn is_none(&self) -> bool {
        self.lines == 0
    }
}

impl Aside {
    pub fn note(&mut self, line: u32, text: &str) {
        self.lines = self.lines.saturating_add(1);
        if self.named.len() >= MOST_NAMED {
            return;
        }
        let mut short: String = text.chars().take(LONGEST_TEXT).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        self.named.push(LineAside { line, text: short });
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
        assert_eq!((aside.lines, aside.named.len(), aside.unnamed()), (300, MOST_NAMED, 250));
        assert_eq!(aside.named[0], LineAside { line: 2, text: format!("{}…", "é".repeat(LONGEST_TEXT)) });
    }
}
