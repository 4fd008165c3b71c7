//! Which line is the header, and what stands above it: institution, month, address.
//!
//! Must never: pass over a line above the header that could be somebody's row.

use super::aside::{is_wallet, stands_as_amount, text_of};
use super::columns::{self, Columns};
use super::controls::{self, Controls};
use super::dialect::Delimiter;
use super::half_file::Tail;
use super::names::ColumnNames;
use super::problem::{Code, Problem};
use super::record::CellKind;
use super::records::{Record, Records};
use crate::payout::aside::Aside;
use crate::words::say;
use std::io::Read;

/// The header is one of so many lines; blank ones and `#` lines do not count. A title block has a few.
pub(super) const MOST_LINES: usize = 20;
/// Lines before the header, of whatever kind: what the dialect is found from has no more.
const MOST_LINES_BEFORE: u32 = 64 * 1024;

/// The header, and what was read on the way to it.
pub(super) struct HeaderLine {
    pub line: u32,
    pub columns: Columns,
    /// What stands above.
    pub aside: Aside,
    pub controls: Controls,
    pub tail: Tail,
}

/// A line above the header, until it is known which column is which.
struct Above {
    line: u32,
    cells: Vec<(String, CellKind)>,
}

/// Finds the header: the first line that names a wallet and an amount. Where none does, the first line is told
/// as a header that lacks them.
pub(super) fn find<R: Read>(
    records: &mut Records<R>,
    delimiter: Delimiter,
    wanted: &ColumnNames,
) -> Result<HeaderLine, Problem> {
    let mut controls = Controls::default();
    let mut above: Vec<Above> = Vec::new();
    while let Some(record) = records.read()? {
        if record.line > MOST_LINES_BEFORE {
            break;
        }
        if record.is_blank() {
            continue;
        }
        if controls::is_control_or_remark(&record) || is_long_remark(&record, wanted) {
            controls.read(&record)?;
            continue;
        }
        if record.broken {
            return Err(Problem::of_line(record.line, Code::Quotes, say!("header-quotes")));
        }
        if record.hidden {
            return Err(Problem::of_line(record.line, Code::RowHidden, say!("workbook-row-hidden")));
        }
        if columns::names_wallet_and_amount(record.cells(), wanted) {
            let is_hidden = |place| record.is_hidden_column(place);
            let columns = Columns::resolve(record.line, record.cells(), is_hidden, wanted)?.parted_by(delimiter);
            let mut aside = Aside::default();
            for line in &above {
                line.leave_aside(record.line, &columns, &mut aside)?;
            }
            let tail = Tail::of(&record, false, &columns);
            return Ok(HeaderLine { line: record.line, columns, aside, controls, tail });
        }
        above.push(Above::of(&record));
        if above.len() >= MOST_LINES {
            break;
        }
    }
    Err(above.first().map_or_else(missing, |first| first.refuse_as_header(wanted)))
}

fn missing() -> Problem {
    Problem::of_file(Code::HeaderMissing, say!("header-missing"))
}

/// Before the header, a `#` line may hold delimiters: no row can stand there. Unless it is the
/// header itself.
fn is_long_remark(record: &Record<'_>, wanted: &ColumnNames) -> bool {
    let starts = record.cells().next().is_some_and(|cell| cell.trim().starts_with('#'));
    starts && !columns::names_all(&record.cells().map(str::to_string).collect::<Vec<_>>(), wanted)
}

impl Above {
    fn of(record: &Record<'_>) -> Above {
        let cells = record.cells().enumerate();
        Above { line: record.line, cells: cells.map(|(place, cell)| (cell.to_string(), record.kind(place))).collect() }
    }

    /// A line above the header that holds a wallet or an amount may be somebody's row.
    fn leave_aside(&self, header: u32, columns: &Columns, aside: &mut Aside) -> Result<(), Problem> {
        let header = header.to_string();
        let problem = |place: usize, sentence| {
            let name = columns.names.get(place).map_or("", String::as_str);
            let value = self.cells.get(place).map_or("", |(text, _)| text);
            Err(Problem::of_cell(self.line, name, value, Code::LineAboveHeader, sentence))
        };
        if let Some(place) = self.cells.iter().position(|(text, kind)| is_wallet(text, *kind)) {
            return problem(place, say!("above-header-wallet", header = header));
        }
        if self.cells.get(columns.amount).is_some_and(|(text, kind)| stands_as_amount(text, *kind)) {
            return problem(columns.amount, say!("above-header-amount", header = header));
        }
        aside.note(self.line, &text_of(self.cells.iter().map(|(text, _)| text.as_str())));
        Ok(())
    }

    /// Says what it lacks as a header.
    fn refuse_as_header(&self, wanted: &ColumnNames) -> Problem {
        let cells = self.cells.iter().map(|(text, _)| text.as_str());
        Columns::resolve(self.line, cells, |_| false, wanted).err().unwrap_or_else(missing)
    }
}

#[cfg(test)]
mod tests;
