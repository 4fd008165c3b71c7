//! Results to stdout, one message to stderr.
//!
//! Must never: fail because nobody reads any more (`payoutd status | head` is not an error), or mix
//! results with logs.

use std::io::{self, ErrorKind, Write};

/// Writes a result to stdout at once. Returns whether anybody still reads: once it is `false`, a
/// command that prints for ever can stop.
///
/// # Errors
/// Anything but a closed pipe, such as a full disk behind a redirection.
pub fn print(text: &str) -> io::Result<bool> {
    print_bytes(text.as_bytes())
}

/// As [`print()`], for bytes.
pub fn print_bytes(bytes: &[u8]) -> io::Result<bool> {
    write_to(&mut io::stdout().lock(), bytes).map_err(|error| {
        let what = "the result could not be written to standard output: check where that goes";
        io::Error::new(error.kind(), format!("{what} ({error}); all else was done"))
    })
}

fn write_to(out: &mut impl Write, bytes: &[u8]) -> io::Result<bool> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(e),
    }
}

/// Stdout for what is written bit by bit. A reader that goes away ends nothing.
pub struct Results;

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write_to(&mut io::stdout().lock(), bytes).map(|_| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells a person on stderr; what cannot be told there cannot be told.
pub fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error as one message: what happened, then the causes, each on its line. A cause that the line
/// above already quotes is left out.
pub fn word_error(error: &anyhow::Error) -> String {
    let mut text = format!("payoutd: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str("\n  because: ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        assert_eq!(write_to(&mut Vec::new(), b"x").ok(), Some(true));
        assert_eq!(write_to(&mut Broken(ErrorKind::BrokenPipe), b"x").ok(), Some(false));
        assert!(write_to(&mut Broken(ErrorKind::StorageFull), b"x").is_err());
    }

    #[test]
    fn an_error_is_told_with_its_causes_once_each() {
        let error = anyhow::anyhow!("no space").context("cannot write: no space").context("cannot report B000001");
        assert_eq!(word_error(&error), "payoutd: cannot report B000001\n  because: cannot write: no space");
    }
}
