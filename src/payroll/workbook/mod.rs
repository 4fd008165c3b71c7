//! Workbooks (`.xlsx`, `.ods`): one sheet, row by row, as the records that a CSV file has.
//!
//! A workbook is held as it was dropped, compressed (at most [`LARGEST_FILE`]), and its sheet is read
//! through; what is hashed is what is read. The rows come out of a small coroutine, so that a large
//! sheet is read in slices like any file: the library's reader borrows from its workbook, and an
//! `async` block may hold both.
//!
//! Must never: take a row that a person does not see, choose between two sheets, or grow with the
//! size that a file unpacks to.

mod archive;
mod exact;
mod format;
mod formula;
mod ods;
mod ods_look;
mod ods_styles;
mod row;
mod sheets;
mod unit;
mod value;
mod worked;
mod xlsx;
mod xlsx_inks;
mod xlsx_look;
mod xlsx_parts;
mod xlsx_styles;
mod xlsx_texts;

use super::problem::{Code, Problem, quote};
use super::records::{LONGEST_RECORD, MOST_LINES, Record};
use crate::words::{Saying, say};
use row::SheetRow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::io::Cursor;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Bytes of a workbook as it lies on disk. Ten times what a payroll of 50,000 people takes.
pub const LARGEST_FILE: usize = 16 << 20;

/// The bytes of the file, shared by those who read it at the same time.
type Bytes = Cursor<Arc<[u8]>>;

/// What a zip archive begins with, and so every workbook of today.
pub const ARCHIVE_MARK: &[u8] = b"PK\x03\x04";

/// Rows that were read and not taken yet.
type Queue = Rc<RefCell<VecDeque<Result<SheetRow, Problem>>>>;

type Reading = Pin<Box<dyn Future<Output = Result<(), Problem>>>>;

/// The sheet that is paid from, while it is read.
pub struct Sheet {
    reading: Option<Reading>,
    queue: Queue,
    /// It has conditional formats; known when all was read.
    conditional: Rc<Cell<bool>>,
    /// The row given last: records borrow from it.
    row: SheetRow,
}

impl Sheet {
    /// Opens a workbook. `wanted`: the sheet's name (`[intake] sheet`); `None`: the only one that holds
    /// anything.
    pub fn open(bytes: Vec<u8>, wanted: Option<&str>) -> Result<Sheet, Problem> {
        if bytes.len() > LARGEST_FILE {
            return Err(too_large(say!("workbook-file-too-large", mebibytes = LARGEST_FILE >> 20)));
        }
        let bytes: Bytes = Cursor::new(Arc::from(bytes));
        let queue = Queue::default();
        let conditional = Rc::<Cell<bool>>::default();
        let (wanted, told) = (wanted.map(str::to_string), Rc::clone(&conditional));
        let reading: Reading = match archive::kind(&bytes)? {
            archive::Kind::Excel => Box::pin(xlsx::read(bytes, wanted, Rc::clone(&queue), told)),
            archive::Kind::OpenDocument => Box::pin(ods::read(bytes, wanted, Rc::clone(&queue), told)),
        };
        Ok(Sheet { reading: Some(reading), queue, conditional, row: SheetRow::default() })
    }

    /// Whether the sheet has formats under conditions, which are not worked out; known when all was read.
    pub fn has_conditional_formats(&self) -> bool {
        self.conditional.get()
    }

    /// The next row that holds anything, or a problem after which nothing of the file can be read.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, Problem> {
        let Some(row) = self.next_row()? else { return Ok(None) };
        if row.line > MOST_LINES {
            return Err(too_large(say!("workbook-too-many-rows", rows = MOST_LINES)));
        }
        if row.text.len() > LONGEST_RECORD {
            let text = say!("workbook-row-too-long", kibibytes = LONGEST_RECORD / 1024);
            return Err(Problem::of_line(row.line, Code::LineTooLong, text));
        }
        self.row = row;
        Ok(Some(self.row.record()))
    }

    /// Goes back to before the row last read: it is the next one again.
    pub fn unread(&mut self) {
        let row = std::mem::take(&mut self.row);
        if !row.is_empty() {
            self.queue.borrow_mut().push_front(Ok(row));
        }
    }

    fn next_row(&mut self) -> Result<Option<SheetRow>, Problem> {
        if let Some(row) = self.queue.borrow_mut().pop_front() {
            return row.map(Some);
        }
        let Some(reading) = &mut self.reading else { return Ok(None) };
        // It never waits for anything but for its rows to be taken.
        let poll = || reading.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        // A damaged workbook may find a library's weak spot. It is one file's problem, and must not become
        // everybody's: the file would be met again at each start.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(poll));
        if let Poll::Ready(ended) = ended.unwrap_or_else(|_| Poll::Ready(Err(unreadable(say!("workbook-broken"))))) {
            self.reading = None;
            if let Err(problem) = ended {
                self.queue.borrow_mut().push_back(Err(problem));
            }
        }
        self.queue.borrow_mut().pop_front().transpose()
    }
}

/// The cells of one row of a workbook's only filled sheet, for people. `None`: it cannot be told.
pub fn cells_of(bytes: Vec<u8>, line: u32) -> Option<String> {
    let mut sheet = Sheet::open(bytes, None).ok()?;
    while let Some(record) = sheet.read().ok()? {
        if record.line == line {
            return Some(record.cells().collect::<Vec<_>>().join(" | "));
        }
    }
    None
}

/// Hands a row over, and waits until it was taken.
async fn hand_over(queue: &Queue, row: SheetRow) {
    queue.borrow_mut().push_back(Ok(row));
    std::future::poll_fn(|_| if queue.borrow().is_empty() { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// What cannot be read, and for which reason.
fn unreadable(reason: Saying) -> Problem {
    Problem::of_file(Code::WorkbookUnreadable, say!("workbook-unreadable", reason = reason))
}

/// What the libraries say may repeat a whole part of the file.
fn broken(error: &dyn std::fmt::Display) -> Problem {
    Problem::of_file(Code::WorkbookUnreadable, say!("workbook-unreadable", reason = quote(&error.to_string())))
}

fn too_large(text: Saying) -> Problem {
    Problem::of_file(Code::WorkbookTooLarge, text)
}

#[cfg(test)]
mod tests;
