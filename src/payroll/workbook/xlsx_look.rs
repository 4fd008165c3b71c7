//! What a person sees of an Excel sheet, and the library does not tell: which rows are hidden,
//! how many cells each has, and which of them show no plain number. Also which sheets there are, and where in
//! the archive.
//!
//! Must never: hold more than one row.

use super::archive::{self, Xml};
use super::sheets::Listed;
use super::unit::Unit;
use super::xlsx_styles::Styles;
use super::{Bytes, broken, too_large, unreadable};
use crate::payroll::problem::{Problem, quote};
use crate::words::say;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::rc::Rc;
use zip::ZipArchive;

/// Rows and cells one after the other that are formatted and hold nothing: they are passed over in one step of the
/// daemon's loop. A whole sheet of empty rows is fewer.
const MOST_EMPTY: u32 = 1_200_000;

/// Different texts of a workbook. More do not go into the bytes that they may have.
const MOST_TEXTS: u32 = 1_000_000;
/// The part that lists the sheets.
const WORKBOOK: &str = "xl/workbook.xml";

/// A sheet, and its part of the archive.
pub(super) struct Part {
    pub listed: Listed,
    pub path: String,
}

/// Every sheet of the workbook, in its order.
pub(super) fn parts(bytes: &Bytes) -> Result<Vec<Part>, Problem> {
    let mut archive = archive::open(bytes)?;
    see_that_it_is_the_workbook(&mut archive)?;
    see_that_texts_are_few(&mut archive)?;
    let targets = targets(&mut archive)?;
    let mut parts = Vec::new();
    for_each_element(&mut archive, WORKBOOK, &mut |element| {
        if element.local_name().as_ref() == "sheet" {
            let attribute = |name: &str| attribute(element, name);
            let hidden = attribute("state")?.is_some_and(|state| state != "visible");
            let (name, id) = (attribute("name")?.unwrap_or_default(), attribute("id")?.unwrap_or_default());
            if let Some(path) = targets.get(&id) {
                parts.push(Part { listed: Listed { name, hidden, filled: false }, path: path.clone() });
            }
        }
        Ok(())
    })?;
    let mut empty = 0;
    for part in &mut parts {
        part.listed.filled = is_filled(&mut archive, &part.path, &mut empty)?;
    }
    Ok(parts)
}

/// The library looks for the workbook where the archive's own list says that it lies, and for its styles beside it.
fn see_that_it_is_the_workbook(archive: &mut ZipArchive<Bytes>) -> Result<(), Problem> {
    for_each_element(archive, "_rels/.rels", &mut |element| {
        let kind = attribute(element, "Type")?.unwrap_or_default();
        let target = attribute(element, "Target")?.unwrap_or_default();
        if kind.ends_with("/officeDocument") && target.trim_start_matches('/') != WORKBOOK {
            return Err(unreadable(say!("workbook-no-workbook")));
        }
        Ok(())
    })
}

/// The library makes room for as many texts as the workbook says that it has.
fn see_that_texts_are_few(archive: &mut ZipArchive<Bytes>) -> Result<(), Problem> {
    let Some(part) = archive::part_like(archive, "xl/sharedStrings.xml")? else { return Ok(()) };
    for_each_element(archive, &part, &mut |element| {
        let stated = if element.local_name().as_ref() == "sst" { attribute(element, "uniqueCount")? } else { None };
        match stated.map(|count| count.parse::<u32>()) {
            Some(Ok(MOST_TEXTS..) | Err(_)) => Err(too_large(say!("workbook-unpacks-too-large"))),
            _ => Ok(()),
        }
    })
}

/// The worksheets' paths by the ids that the workbook has for them.
fn targets(archive: &mut ZipArchive<Bytes>) -> Result<BTreeMap<String, String>, Problem> {
    let mut targets = BTreeMap::new();
    for_each_element(archive, "xl/_rels/workbook.xml.rels", &mut |element| {
        let is_sheet = attribute(element, "Type")?.is_some_and(|kind| kind.ends_with("/worksheet"));
        if let (true, Some(id), Some(target)) = (is_sheet, attribute(element, "Id")?, attribute(element, "Target")?) {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_string(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, path);
        }
        Ok(())
    })?;
    Ok(targets)
}

/// Shows every element of a part, which holds none of them longer than a row may be.
pub(super) fn for_each_element(
    archive: &mut ZipArchive<Bytes>,
    name: &str,
    see: &mut dyn FnMut(&BytesStart<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let (mut xml, mut buffer) = (archive::xml(archive, name)?, Vec::new());
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| broken(&error))? {
            Event::Start(element) => see(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
        xml.get_mut().get_mut().row_ended();
    }
}

/// An attribute by its name, whatever prefix it has.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| broken(&error))?;
        if attribute.key.local_name().as_ref() == name {
            return archive::value(&attribute).map(Some);
        }
    }
    Ok(None)
}

/// Whether a cell of the sheet holds anything. `empty`: rows and cells that hold nothing, of all sheets by now.
fn is_filled(archive: &mut ZipArchive<Bytes>, path: &str, empty: &mut u32) -> Result<bool, Problem> {
    let mut look = Look::begin(archive, path, Styles::default())?;
    look.empty = *empty;
    while let Some(row) = look.next_row()? {
        if row.filled > 0 {
            return Ok(true);
        }
        *empty = look.empty;
    }
    Ok(false)
}

/// A row as a person sees it, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeenRow {
    /// From 0.
    pub index: u32,
    pub hidden: bool,
    /// Cells, empty ones included.
    pub cells: u32,
    /// Cells with a value or a formula.
    pub filled: u32,
}

/// A sheet's rows, one after the other.
pub(super) struct Look<'a> {
    xml: Xml<'a>,
    buffer: Vec<u8>,
    /// Rows are hidden unless they say otherwise.
    hides_rows: bool,
    next_index: u32,
    styles: Styles,
    /// Of the row seen last: cells whose number is no plain one, counted from 0 as they are written.
    units: Vec<(u32, Rc<Unit>)>,
    /// Rows and cells that hold nothing, since the last that holds something.
    empty: u32,
}

impl<'a> Look<'a> {
    pub fn begin(archive: &'a mut ZipArchive<Bytes>, path: &str, styles: Styles) -> Result<Look<'a>, Problem> {
        let xml = archive::xml(archive, path)?;
        Ok(Look { xml, buffer: Vec::new(), hides_rows: false, next_index: 0, styles, units: Vec::new(), empty: 0 })
    }

    /// What a number is in a cell of the row seen last. `cell` counts them as they are written, from 0.
    pub fn unit_of(&self, cell: u32) -> Option<&Unit> {
        let place = self.units.binary_search_by_key(&cell, |(at, _)| *at).ok()?;
        self.units.get(place).map(|(_, unit)| unit.as_ref())
    }

    pub fn next_row(&mut self) -> Result<Option<SeenRow>, Problem> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|error| broken(&error))? {
                Event::Start(element) if element.local_name().as_ref() == "sheetFormatPr" => {
                    self.hides_rows = is_true(&element, "zeroHeight")?;
                }
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    let index = match attribute(&element, "r")? {
                        None => self.next_index,
                        Some(number) => number
                            .parse::<u32>()
                            .ok()
                            .and_then(|number| number.checked_sub(1))
                            .ok_or_else(|| unreadable(say!("workbook-row-number", number = quote(&number))))?,
                    };
                    let hidden = is_hidden(&element, self.hides_rows)?;
                    if index < self.next_index {
                        return Err(unreadable(say!("workbook-row-order", row = index.saturating_add(1))));
                    }
                    self.next_index = index.saturating_add(1);
                    let (cells, filled) = self.count_cells()?;
                    self.xml.get_mut().get_mut().row_ended();
                    self.empty = if filled > 0 { 0 } else { self.empty.saturating_add(cells).saturating_add(1) };
                    if self.empty > MOST_EMPTY {
                        return Err(too_large(say!("workbook-unpacks-too-large")));
                    }
                    return Ok(Some(SeenRow { index, hidden, cells, filled }));
                }
                Event::End(element) if element.local_name().as_ref() == "sheetData" => return Ok(None),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn count_cells(&mut self) -> Result<(u32, u32), Problem> {
        let (mut cells, mut filled, mut holds) = (0_u32, 0_u32, false);
        self.units.clear();
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|error| broken(&error))? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "c" => {
                        if !self.styles.are_plain() {
                            let unit = attribute(&element, "s")?.and_then(|style| self.styles.unit(&style));
                            self.units.extend(unit.map(|unit| (cells, unit)));
                        }
                        cells = cells.saturating_add(1);
                        holds = false;
                    }
                    "v" | "is" | "f" => holds = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "c" if holds => filled = filled.saturating_add(1),
                    "row" => return Ok((cells, filled)),
                    _ => {}
                },
                Event::Eof => return Err(unreadable(say!("workbook-cut"))),
                _ => {}
            }
        }
    }
}

/// Hidden, filtered out or folded away are one attribute; a height of less than a point looks the same.
fn is_hidden(row: &BytesStart<'_>, by_default: bool) -> Result<bool, Problem> {
    let stated = attribute(row, "hidden")?;
    let points = |height: &str| height.split('.').next().unwrap_or_default().trim_start_matches('0').is_empty();
    let flat = attribute(row, "ht")?.is_some_and(|height| points(height.trim()));
    let hidden = stated.as_deref().map(means_true);
    Ok(hidden.unwrap_or(by_default && attribute(row, "ht")?.is_none()) || flat)
}

fn is_true(element: &BytesStart<'_>, name: &str) -> Result<bool, Problem> {
    Ok(attribute(element, name)?.as_deref().is_some_and(means_true))
}

fn means_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
