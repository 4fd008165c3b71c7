//! An OpenDocument sheet, row by row. The library unpacks all sheets at once, repeated rows written
//! out: what that comes to is counted first, and which rows are hidden.
//!
//! Must never: let the library unpack what was not counted, or read what is not well-formed: it looks for ends
//! of elements that may never come.

use super::archive::{self, Xml};
use super::row::SheetRow;
use super::sheets::{self, Listed};
use super::unit::Unit;
use super::value::Cell;
use super::{Bytes, Queue, broken, hand_over, too_large, unreadable};
use crate::payroll::problem::{Problem, quote};
use crate::words::say;
use calamine::{Ods, Reader};
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::ops::Range;
use zip::ZipArchive;

/// Cells of all sheets together, written out: 50,000 people with ten columns. The library holds some
/// hundred bytes for each.
const MOST_CELLS: u64 = 500_000;
/// Bytes of their texts, written out with their elements: more than twice what an OpenDocument may have without repeats.
const MOST_WRITTEN: u64 = 32 << 20;

/// What a person sees of a sheet, and the library does not tell.
#[derive(Default)]
struct Seen {
    name: String,
    hidden: bool,
    /// Rows under which nothing is filled.
    rows: u64,
    /// Columns right of which nothing is filled.
    columns: u64,
    /// Cells as the rows are written, empty ones before others included.
    written: u64,
    /// Bytes of what stands in cells, for every time that it stands there.
    bytes: u64,
    /// Filled rows that are hidden, from 0; also those with something in a cell that lies under another one.
    hidden_rows: Vec<Range<u64>>,
    /// Cells whose number is no plain one, by the first of the rows that they stand in.
    units: BTreeMap<u64, Units>,
}

/// What the numbers of a row, or of several like it, are stored as.
struct Units {
    rows: Range<u64>,
    columns: Vec<(Range<u64>, Unit)>,
}

impl Seen {
    fn unit_of(&self, row: u64, column: u64) -> Option<&Unit> {
        let units = self.units.range(..=row).next_back().map(|(_, units)| units).filter(|u| u.rows.contains(&row))?;
        units.columns.iter().find(|(columns, _)| columns.contains(&column)).map(|(_, unit)| unit)
    }
}

pub(super) async fn read(bytes: Bytes, wanted: Option<String>, queue: Queue) -> Result<(), Problem> {
    let seen = look(&bytes)?;
    let cells = |seen: &Seen| seen.rows.saturating_mul(seen.columns).max(seen.written);
    if seen.iter().map(cells).fold(0, u64::saturating_add) > MOST_CELLS {
        return Err(too_large(say!("workbook-too-many-cells", cells = MOST_CELLS)));
    }
    if seen.iter().map(|seen| seen.bytes).fold(0, u64::saturating_add) > MOST_WRITTEN {
        return Err(too_large(say!("workbook-unpacks-too-large")));
    }
    let listed: Vec<Listed> = seen
        .iter()
        .map(|seen| Listed { name: seen.name.clone(), hidden: seen.hidden, filled: seen.rows > 0 })
        .collect();
    let place = sheets::choose(&listed, wanted.as_deref())?;
    let mut book: Ods<Bytes> = Ods::new(bytes.clone()).map_err(|error| broken(&error))?;
    let (Some(seen), Some(Ok(range))) = (seen.get(place), book.worksheet_range_at(place)) else {
        return Err(unreadable(say!("workbook-no-workbook")));
    };
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    // What the library gives must be where the look has seen it.
    if range.end().map(|(row, _)| u64::from(row) + 1) != Some(seen.rows) {
        return Err(unreadable(say!("workbook-contradicts", row = seen.rows)));
    }
    for (index, cells) in (first_row..).zip(range.rows()) {
        let is_hidden = seen.hidden_rows.iter().any(|rows| rows.contains(&u64::from(index)));
        let mut row = SheetRow::new(index, is_hidden);
        for (column, value) in (first_column..).zip(cells) {
            let cell = Cell::of_open_document(value);
            match seen.unit_of(u64::from(index), u64::from(column)) {
                None => row.set(column, &cell)?,
                Some(unit) => row.set(column, &Cell::Text(&unit.write(&cell)))?,
            }
        }
        if !row.is_empty() {
            hand_over(&queue, row).await;
        }
    }
    Ok(())
}

/// The document's content, whose elements are each opened and closed in their turn.
struct Content<'a> {
    xml: Xml<'a>,
    /// Elements that are open.
    depth: u64,
}

impl<'a> Content<'a> {
    fn open(archive: &'a mut ZipArchive<Bytes>) -> Result<Content<'a>, Problem> {
        let mut xml = archive::xml(archive, archive::CONTENT)?;
        xml.config_mut().check_end_names = true;
        Ok(Content { xml, depth: 0 })
    }

    fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, Problem> {
        buffer.clear();
        let event = self.xml.read_event_into(buffer).map_err(|error| broken(&error))?;
        match &event {
            Event::Start(_) => self.depth = self.depth.saturating_add(1),
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(unreadable(say!("workbook-cut"))),
            _ => {}
        }
        Ok(event)
    }

    /// Bytes that were read by now.
    fn position(&self) -> u64 {
        self.xml.buffer_position()
    }

    fn row_ended(&mut self) {
        self.xml.get_mut().get_mut().row_ended();
    }
}

fn look(bytes: &Bytes) -> Result<Vec<Seen>, Problem> {
    let mut archive = archive::open(bytes)?;
    let mut content = Content::open(&mut archive)?;
    let (mut sheets, mut buffer) = (Vec::new(), Vec::new());
    // Styles that hide a sheet come before the sheets.
    let (mut style, mut hiding, mut flat) = (String::new(), Vec::new(), Vec::new());
    loop {
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "style:style" => style = attribute(&element, "style:name")?.unwrap_or_default(),
                "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                    hiding.push(style.clone());
                }
                "style:table-row-properties" if attribute(&element, "style:row-height")?.is_some_and(is_no_height) => {
                    flat.push(style.clone());
                }
                "table:table" => {
                    let name = attribute(&element, "table:name")?.unwrap_or_default();
                    let style = attribute(&element, "table:style-name")?;
                    let hidden = style.is_some_and(|style| hiding.contains(&style));
                    sheets.push(look_at_sheet(&mut content, Seen { name, hidden, ..Seen::default() }, &flat)?);
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
        content.row_ended();
    }
}

/// `0cm`, `0.00mm`; a row so low that nobody sees it is measured in tenths of a millimetre.
fn is_no_height(height: String) -> bool {
    let number: String = height.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let (whole, rest) = number.split_once('.').unwrap_or((&number, ""));
    let is_zero = |text: &str| text.bytes().all(|b| b == b'0');
    is_zero(whole) && (is_zero(rest.get(..1).unwrap_or(rest)) || height.ends_with("mm"))
}

/// `flat`: names of the styles whose rows have no height.
fn look_at_sheet(content: &mut Content<'_>, mut seen: Seen, flat: &[String]) -> Result<Seen, Problem> {
    let (mut buffer, mut row, mut folded) = (Vec::new(), 0_u64, Vec::new());
    loop {
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-row-group" => {
                    folded.push(attribute(&element, "table:display")?.as_deref() == Some("false"));
                }
                "table:table-row" => {
                    let repeated = repeats(&element, "table:number-rows-repeated")?;
                    let visibility = attribute(&element, "table:visibility")?;
                    let is_flat = attribute(&element, "table:style-name")?.is_some_and(|style| flat.contains(&style));
                    let hidden = visibility.is_some_and(|word| word != "visible") || folded.contains(&true) || is_flat;
                    let RowSeen { width, written, bytes, covered, units } = look_at_row(content)?;
                    let after = row.saturating_add(repeated);
                    seen.written = seen.written.saturating_add(written);
                    seen.bytes = seen.bytes.saturating_add(bytes.saturating_mul(repeated.saturating_add(1)));
                    if width > 0 {
                        seen.rows = after;
                        seen.columns = seen.columns.max(width);
                        if hidden || covered {
                            seen.hidden_rows.push(row..after);
                        }
                        if !units.is_empty() {
                            seen.units.insert(row, Units { rows: row..after, columns: units });
                        }
                    }
                    row = after;
                }
                // The library takes the end of a table within a cell for the end of the sheet.
                "table:table" => return Err(unreadable(say!("workbook-table-in-cell"))),
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                "table:table-row-group" => drop(folded.pop()),
                "table:table" => return Ok(seen),
                _ => {}
            },
            Event::Eof => return Err(unreadable(say!("workbook-cut"))),
            _ => {}
        }
        content.row_ended();
    }
}

/// A row as it is written.
#[derive(Default)]
struct RowSeen {
    /// Columns up to the last that holds anything.
    width: u64,
    /// Cells up to the last, or without it where it is empty.
    written: u64,
    /// Bytes of what stands in its cells, for every time that it is repeated.
    bytes: u64,
    /// Something stands in a cell that lies under another one.
    covered: bool,
    units: Vec<(Range<u64>, Unit)>,
}

fn look_at_row(content: &mut Content<'_>) -> Result<RowSeen, Problem> {
    let (mut buffer, mut at, mut seen) = (Vec::new(), 0_u64, RowSeen::default());
    let (mut repeated, mut holds, mut unit) = (1, false, None);
    let (mut open, mut begun, mut spaces) = (false, 0, 0_u64);
    loop {
        let position = content.position();
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" if !open => {
                    open = true;
                    repeated = repeats(&element, "table:number-columns-repeated")?;
                    holds = has_value(&element)?;
                    unit = stored_unit(&element)?;
                    (begun, spaces) = (position, 0);
                }
                "text:p" => holds = true,
                // Many spaces, written as their number.
                "text:s" => spaces = spaces.saturating_add(repeats(&element, "text:c")?),
                // What stands in them would not be counted as the library unpacks it.
                "table:table" | "table:table-row" | "table:table-cell" | "table:covered-table-cell" => {
                    return Err(unreadable(say!("workbook-table-in-cell")));
                }
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                name @ ("table:table-cell" | "table:covered-table-cell") => {
                    let after = at.saturating_add(repeated);
                    open = false;
                    seen.written = if holds { after } else { at };
                    if holds {
                        let bytes = content.position().saturating_sub(begun).saturating_add(spaces);
                        seen.bytes = seen.bytes.saturating_add(bytes.saturating_mul(repeated));
                        seen.width = after;
                        seen.covered |= name == "table:covered-table-cell";
                        seen.units.extend(unit.take().map(|unit| (at..after, unit)));
                    }
                    at = after;
                }
                "table:table-row" => return Ok(seen),
                _ => {}
            },
            Event::Eof => return Err(unreadable(say!("workbook-cut"))),
            _ => {}
        }
    }
}

/// Whether a cell's element has a value or a formula, of whatever type.
fn has_value(cell: &BytesStart<'_>) -> Result<bool, Problem> {
    for attribute in cell.attributes() {
        let name = attribute.map_err(|error| broken(&error))?.key;
        if name.as_ref().starts_with("office:") || name.as_ref() == "table:formula" {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the cell's number is stored as.
fn stored_unit(cell: &BytesStart<'_>) -> Result<Option<Unit>, Problem> {
    Ok(match attribute(cell, "office:value-type")?.as_deref() {
        Some("percentage") => Some(Unit::Percent),
        Some("currency") => attribute(cell, "office:currency")?.and_then(|code| Unit::currency(&code)),
        _ => None,
    })
}

fn repeats(element: &BytesStart<'_>, name: &str) -> Result<u64, Problem> {
    match attribute(element, name)? {
        None => Ok(1),
        Some(text) => text.parse().map_err(|_| unreadable(say!("workbook-row-number", number = quote(&text)))),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    let found = element.try_get_attribute(name).map_err(|error| broken(&error))?;
    found.map(|attribute| archive::value(&attribute)).transpose()
}
