//! What a person sees of an OpenDocument's sheets, and the library does not tell: which rows and columns are hidden,
//! which numbers are no plain ones, and what all of it unpacks to.
//!
//! Must never: read on in what is not well-formed: the library looks for ends of elements that may never come.

use super::archive::{self, Xml, for_each_element};
use super::format::Shown;
use super::ods_styles::{NAMED, Styles};
use super::unit::Unit;
use super::{Bytes, broken, unreadable};
use crate::payroll::problem::{Problem, quote};
use crate::words::say;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use zip::ZipArchive;

/// What a person sees of a sheet, and the library does not tell.
#[derive(Default)]
pub(super) struct Seen {
    pub name: String,
    pub hidden: bool,
    /// Rows under which nothing is filled.
    pub rows: u64,
    /// Columns right of which nothing is filled.
    pub columns: u64,
    /// Cells as the rows are written, empty ones before others included.
    pub written: u64,
    /// Bytes of what stands in cells, for every time that it stands there.
    pub bytes: u64,
    /// Filled rows that are hidden, from 0; also those with something in a cell that lies under another one.
    pub hidden_rows: Vec<Range<u64>>,
    /// Places of columns that nobody sees.
    pub hidden_columns: Vec<Range<usize>>,
    /// Formulas work with numbers as their cells show them, and not as they are stored.
    pub works_with_shown: bool,
    /// It has formats under conditions.
    pub conditional: bool,
    /// Cells of which something is said, by the first of the rows that they stand in.
    notes: BTreeMap<u64, Notes>,
}

/// What is said of the cells of a row, or of several like it.
struct Notes {
    rows: Range<u64>,
    columns: Vec<(Range<u64>, Note)>,
}

/// What is said of a cell beside its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// What its number is stored as.
    pub unit: Option<Unit>,
    pub shown: Shown,
    /// A formula in it: what cannot be read alike in each of several cells is no longer itself.
    pub formula: Option<Rc<str>>,
    /// The formula's result is stored.
    pub has_result: bool,
    /// All of its letters are struck out.
    pub is_struck: bool,
}

impl Seen {
    /// What is said of a cell.
    pub fn note(&self, row: u64, column: u64) -> Option<&Note> {
        let notes = self.notes.range(..=row).next_back().map(|(_, notes)| notes).filter(|n| n.rows.contains(&row))?;
        notes.columns.iter().find(|(columns, _)| columns.contains(&column)).map(|(_, note)| note)
    }
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

pub(super) fn look(bytes: &Bytes) -> Result<Vec<Seen>, Problem> {
    let mut archive = archive::open(bytes)?;
    let mut styles = Styles::default();
    if archive.index_for_name(NAMED).is_some() {
        for_each_element(&mut archive, NAMED, &mut |element| styles.see(element))?;
    }
    let mut content = Content::open(&mut archive)?;
    let (mut sheets, mut buffer) = (Vec::new(), Vec::new());
    // Styles that hide a sheet come before the sheets.
    let (mut style, mut hiding, mut flat) = (String::new(), Vec::new(), Vec::new());
    let (mut narrow, mut works_with_shown) = (Vec::new(), false);
    loop {
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "style:style" => {
                    style = attribute(&element, "style:name")?.unwrap_or_default();
                    styles.see(&element)?;
                }
                "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                    hiding.push(style.clone());
                }
                "style:table-row-properties" if attribute(&element, "style:row-height")?.is_some_and(is_no_height) => {
                    flat.push(style.clone());
                }
                "style:table-column-properties"
                    if attribute(&element, "style:column-width")?.is_some_and(is_no_height) =>
                {
                    narrow.push(style.clone());
                }
                "table:calculation-settings" => {
                    let shown = attribute(&element, "table:precision-as-shown")?;
                    works_with_shown = shown.is_some_and(|word| word == "true");
                }
                "table:table" => {
                    let name = attribute(&element, "table:name")?.unwrap_or_default();
                    let style = attribute(&element, "table:style-name")?;
                    let hidden = style.is_some_and(|style| hiding.contains(&style));
                    let seen =
                        Seen { name, hidden, works_with_shown, conditional: styles.has_conditions, ..Seen::default() };
                    sheets.push(look_at_sheet(&mut content, seen, &flat, &narrow, &styles)?);
                }
                _ => styles.see(&element)?,
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

/// `flat` and `narrow`: names of the styles whose rows have no height, and whose columns no width.
fn look_at_sheet(
    content: &mut Content<'_>,
    mut seen: Seen,
    flat: &[String],
    narrow: &[String],
    styles: &Styles,
) -> Result<Seen, Problem> {
    let (mut buffer, mut row, mut folded) = (Vec::new(), 0_u64, Vec::new());
    // How cells without a style of their own are shown, by their columns.
    let (mut column, mut defaults) = (0_usize, Vec::new());
    loop {
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-row-group" | "table:table-column-group" => {
                    folded.push(attribute(&element, "table:display")?.as_deref() == Some("false"));
                }
                "table:table-column" => {
                    let repeated = repeats(&element, "table:number-columns-repeated")?;
                    let after = column.saturating_add(usize::try_from(repeated).unwrap_or(usize::MAX));
                    let visibility = attribute(&element, "table:visibility")?;
                    let is_narrow =
                        attribute(&element, "table:style-name")?.is_some_and(|style| narrow.contains(&style));
                    if visibility.is_some_and(|word| word != "visible") || folded.contains(&true) || is_narrow {
                        seen.hidden_columns.push(column..after);
                    }
                    let style = attribute(&element, "table:default-cell-style-name")?;
                    let shown = style.map(|style| styles.of_cell(&style)).unwrap_or_default();
                    if shown != Shown::default() {
                        defaults.push((column..after, shown));
                    }
                    column = after;
                }
                "table:table-row" => {
                    let repeated = repeats(&element, "table:number-rows-repeated")?;
                    let visibility = attribute(&element, "table:visibility")?;
                    let is_flat = attribute(&element, "table:style-name")?.is_some_and(|style| flat.contains(&style));
                    let hidden = visibility.is_some_and(|word| word != "visible") || folded.contains(&true) || is_flat;
                    let RowSeen { width, written, bytes, covered, mut notes } =
                        look_at_row(content, styles, &defaults, attribute(&element, "table:default-cell-style-name")?)?;
                    let after = row.saturating_add(repeated);
                    seen.written = seen.written.saturating_add(written);
                    seen.bytes = seen.bytes.saturating_add(bytes.saturating_mul(repeated.saturating_add(1)));
                    if width > 0 {
                        seen.rows = after;
                        seen.columns = seen.columns.max(width);
                        if hidden || covered {
                            seen.hidden_rows.push(row..after);
                        }
                        if !notes.is_empty() {
                            is_repeated(&mut notes, repeated > 1);
                            seen.notes.insert(row, Notes { rows: row..after, columns: notes });
                        }
                    }
                    row = after;
                }
                "calcext:conditional-format" => seen.conditional = true,
                // The library takes the end of a table within a cell for the end of the sheet.
                "table:table" => return Err(unreadable(say!("workbook-table-in-cell"))),
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                "table:table-row-group" | "table:table-column-group" => drop(folded.pop()),
                "table:table" => return Ok(seen),
                _ => {}
            },
            Event::Eof => return Err(unreadable(say!("workbook-cut"))),
            _ => {}
        }
        content.row_ended();
    }
}

/// What formulas mean that are written once for several cells is not said.
fn is_repeated(notes: &mut [(Range<u64>, Note)], all: bool) {
    for (columns, note) in notes {
        if note.formula.is_some() && (all || columns.end > columns.start.saturating_add(1)) {
            note.formula = Some(Rc::from("?"));
        }
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
    notes: Vec<(Range<u64>, Note)>,
}

/// `defaults`: how cells without a style of their own are shown, by their columns; `style`: by the row.
fn look_at_row(
    content: &mut Content<'_>,
    styles: &Styles,
    defaults: &[(Range<usize>, Shown)],
    style: Option<String>,
) -> Result<RowSeen, Problem> {
    let of_row = style.map(|style| styles.of_cell(&style));
    let of_column = |at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        defaults.iter().find(|(columns, _)| columns.contains(&at)).map(|(_, shown)| *shown)
    };
    let (mut buffer, mut at, mut seen) = (Vec::new(), 0_u64, RowSeen::default());
    let (mut repeated, mut holds, mut note) = (1, false, Note::default());
    let (mut open, mut begun, mut spaces) = (false, 0, 0_u64);
    // Letters of the cell's text: some are struck out, some count; and the pieces that they lie in.
    let (mut struck, mut counts, mut spans, mut remarks) = (false, false, Vec::new(), 0_u32);
    loop {
        let position = content.position();
        match content.next(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" if !open => {
                    open = true;
                    repeated = repeats(&element, "table:number-columns-repeated")?;
                    holds = has_value(&element)?;
                    let own = attribute(&element, "table:style-name")?.map(|style| styles.of_cell(&style));
                    note = Note {
                        unit: stored_unit(&element)?,
                        shown: own.or(of_row).or_else(|| of_column(at)).unwrap_or_default(),
                        formula: attribute(&element, "table:formula")?.map(Rc::from),
                        has_result: attribute(&element, "office:value-type")?.is_some(),
                        is_struck: false,
                    };
                    (begun, spaces) = (position, 0);
                    (struck, counts) = (false, false);
                }
                "text:p" => holds = true,
                // What is said about the cell is not in it.
                "office:annotation" => remarks += 1,
                "text:span" => {
                    let style = attribute(&element, "text:style-name")?;
                    spans.push(style.is_some_and(|style| styles.strikes(&style)));
                }
                // Many spaces, written as their number.
                "text:s" => spaces = spaces.saturating_add(repeats(&element, "text:c")?),
                // What stands in them would not be counted as the library unpacks it.
                "table:table" | "table:table-row" | "table:table-cell" | "table:covered-table-cell" => {
                    return Err(unreadable(say!("workbook-table-in-cell")));
                }
                _ => {}
            },
            Event::Text(text) if open && remarks == 0 && !text.trim().is_empty() => match spans.contains(&true) {
                true => struck = true,
                false => counts = true,
            },
            Event::End(element) => match element.name().as_ref() {
                "office:annotation" => remarks = remarks.saturating_sub(1),
                "text:span" => drop(spans.pop()),
                name @ ("table:table-cell" | "table:covered-table-cell") => {
                    let after = at.saturating_add(repeated);
                    open = false;
                    seen.written = if holds { after } else { at };
                    if holds {
                        let bytes = content.position().saturating_sub(begun).saturating_add(spaces);
                        seen.bytes = seen.bytes.saturating_add(bytes.saturating_mul(repeated));
                        seen.width = after;
                        seen.covered |= name == "table:covered-table-cell";
                        note.is_struck = struck && !counts;
                        let says = note.is_struck || note.unit.is_some() || note.formula.is_some();
                        if says || note.shown != Shown::default() {
                            seen.notes.push((at..after, std::mem::take(&mut note)));
                        }
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
