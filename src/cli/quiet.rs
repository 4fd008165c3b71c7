//! Log lines while a live view is on the terminal that they would go to: the least important are left out,
//! the others come after the view.
//!
//! Must never: lose a warning.

use std::io::{self, Write};
use std::sync::Mutex;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// What waits for the view's end; `None` while there is no view.
static KEPT: Mutex<Option<Vec<u8>>> = Mutex::new(None);
/// Bytes that are kept at most; what comes after that goes out at once, view or not.
const MOST_KEPT: usize = 1 << 20;

/// Where log lines go: stderr, or what is kept for after the view.
pub struct Logs;

pub enum Writer {
    Stderr,
    Keep,
    Nowhere,
}

impl MakeWriter<'_> for Logs {
    type Writer = Writer;

    fn make_writer(&self) -> Writer {
        Writer::Stderr
    }

    fn make_writer_for(&self, about: &Metadata<'_>) -> Writer {
        let full = KEPT.lock().ok().map(|kept| kept.as_ref().map(|kept| kept.len() >= MOST_KEPT));
        match full {
            Some(Some(false)) if *about.level() > Level::WARN => Writer::Nowhere,
            Some(Some(false)) => Writer::Keep,
            _ => Writer::Stderr,
        }
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Writer::Stderr => io::stderr().lock().write(bytes),
            Writer::Nowhere => Ok(bytes.len()),
            Writer::Keep => {
                if let Ok(mut kept) = KEPT.lock()
                    && let Some(kept) = kept.as_mut()
                {
                    kept.extend_from_slice(bytes);
                    return Ok(bytes.len());
                }
                io::stderr().lock().write(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A view is on the terminal.
pub fn begin() {
    if let Ok(mut kept) = KEPT.lock() {
        *kept = Some(Vec::new());
    }
}

/// It is gone: what was kept comes now.
pub fn end() {
    let kept = KEPT.lock().ok().and_then(|mut kept| kept.take()).unwrap_or_default();
    let _ = io::stderr().lock().write_all(&kept);
}
