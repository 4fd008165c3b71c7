//! A terminal that a view is drawn on, in place: without flicker, and left as it was.
//!
//! Must never: write a sequence to what is no terminal, or leave a cursor hidden.

use crate::report::live_view::{Ink, Line, Size};
use rustix::termios::tcgetwinsize;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

/// Columns and rows of a terminal that does not say.
const USUAL: Size = Size { columns: 80, rows: 24 };
/// Another page than the one with the command lines, and no cursor; and back.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l";
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";
/// To the first place; to the line's end; to the page's end.
const HOME: &str = "\u{1b}[H";
const REST_OF_LINE: &str = "\u{1b}[K";
const REST_OF_PAGE: &str = "\u{1b}[J";
const PLAIN: &str = "\u{1b}[0m";

/// Which stream a view is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

impl Stream {
    fn write(self, text: &str) -> io::Result<()> {
        let write = |out: &mut dyn Write| out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match self {
            Stream::Out => write(&mut io::stdout().lock()),
            Stream::Err => write(&mut io::stderr().lock()),
        }
    }

    fn is_terminal(self) -> bool {
        match self {
            Stream::Out => io::stdout().is_terminal(),
            Stream::Err => io::stderr().is_terminal(),
        }
    }

    fn size(self) -> Size {
        let told = match self {
            Stream::Out => tcgetwinsize(io::stdout()),
            Stream::Err => tcgetwinsize(io::stderr()),
        };
        let told = told.ok().filter(|told| told.ws_col > 0 && told.ws_row > 0);
        told.map_or(USUAL, |told| Size { columns: told.ws_col, rows: told.ws_row })
    }
}

/// A page of its own on a terminal; whoever drops it has the old one back.
pub struct Screen {
    stream: Stream,
    colours: bool,
    shown: String,
    size: Size,
}

impl Screen {
    /// `None` where there is no terminal, or one that cannot be drawn on.
    pub fn enter(stream: Stream) -> Option<Screen> {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        if dumb || !stream.is_terminal() {
            return None;
        }
        let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let size = stream.size();
        stream.write(ENTER).ok()?;
        Some(Screen { stream, colours, shown: String::new(), size })
    }

    /// As it is now: people resize their windows.
    pub fn size(&self) -> Size {
        self.stream.size()
    }

    /// Shows a page in the place of the last; writes nothing where it is the same.
    pub fn draw(&mut self, lines: &[Line]) -> io::Result<()> {
        let size = self.size();
        let page = page(lines, self.colours);
        if page == self.shown && size == self.size {
            return Ok(());
        }
        self.size = size;
        self.stream.write(&page)?;
        self.shown = page;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nobody is there any more where it fails.
        let _ = self.stream.write(LEAVE);
    }
}

/// One page, written at once: each line over the old one, then what is left of the old page is cleared.
fn page(lines: &[Line], colours: bool) -> String {
    let mut page = String::from(HOME);
    for (number, Line { text, ink }) in lines.iter().enumerate() {
        let between = if number == 0 { "" } else { "\r\n" };
        let _ = match colours && *ink != Ink::Plain {
            true => write!(page, "{between}{}{text}{PLAIN}{REST_OF_LINE}", ink.begins()),
            false => write!(page, "{between}{text}{REST_OF_LINE}"),
        };
    }
    page.push_str(REST_OF_PAGE);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_overwrites_the_last_and_clears_nothing_before_it_is_written() {
        let lines = [Line { text: "a".into(), ink: Ink::Good }, Line { text: "b".into(), ink: Ink::Plain }];
        assert_eq!(page(&lines, true), "\u{1b}[H\u{1b}[32ma\u{1b}[0m\u{1b}[K\r\nb\u{1b}[K\u{1b}[J");
        // Without colours there is nothing but places.
        assert_eq!(page(&lines, false), "\u{1b}[Ha\u{1b}[K\r\nb\u{1b}[K\u{1b}[J");
        assert!(!page(&lines, true).contains("\u{1b}[2J"), "a cleared page flickers");
    }
}
