//! What a person sees of an Excel sheet, and the library does not tell: which rows are hidden, how many
//! cells each has, and which of them show no plain number.
//!
//! Must never: hold more than one row.

use super::archive::{self, Xml, attribute};
use super::unit::Unit;
use super::xlsx_styles::Styles;
use super::{Bytes, broken, too_large, unreadable};
use crate::payroll::problem::{Problem, quote};
use crate::words::say;
use quick_xml::events::{BytesStart, Event};
use std::rc::Rc;
use zip::ZipArchive;

/// Rows and cells one after the other that are formatted and hold nothing: they are passed over in one step of the
/// daemon's loop. A whole sheet of empty rows is fewer.
const MOST_EMPTY: u32 = 1_200_000;

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
    /// Rows and cells that hold nothing, since the last that holds something. Carried on from sheet to sheet.
    pub empty: u32,
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
