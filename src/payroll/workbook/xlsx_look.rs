//! What a person sees of an Excel sheet, and the library does not tell: which rows and columns are hidden, how
//! many cells each row has, and what is said of each.
//!
//! Must never: hold more than one row.

use super::archive::{self, Xml, attribute};
use super::formula::LONGEST;
use super::xlsx_styles::{Style, Styles};
use super::xlsx_texts::Runs;
use super::{Bytes, broken, too_large, unreadable};
use crate::payroll::problem::{Problem, quote};
use crate::words::say;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::ops::Range;
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

/// A formula as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub text: String,
    /// Its number, where it is written once for several cells.
    pub shared: Option<String>,
    /// It is one of several cells, or of a table of results.
    pub is_of_many: bool,
    /// Its result is stored.
    pub has_result: bool,
}

impl Written {
    fn begin(element: &BytesStart<'_>) -> Result<Written, Problem> {
        let kind = attribute(element, "t")?.unwrap_or_default();
        let shared = if kind == "shared" { attribute(element, "si")? } else { None };
        let is_of_many = !matches!(kind.as_str(), "" | "normal" | "shared");
        Ok(Written { shared, is_of_many, ..Written::default() })
    }

    /// What is too long is cut, and so one byte longer than what is looked at.
    fn push(&mut self, text: &str) {
        self.text.extend(text.chars().take((LONGEST + 1).saturating_sub(self.text.len())));
    }
}

/// Which of a cell's elements is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Cell,
    Formula,
    Value,
}

/// What is said of a cell beside its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Note {
    pub style: Option<Rc<Style>>,
    pub formula: Option<Written>,
    /// Its text is struck out, letter by letter.
    pub is_struck: bool,
}

/// A sheet's rows, one after the other.
pub(super) struct Look<'a> {
    xml: Xml<'a>,
    buffer: Vec<u8>,
    /// Rows are hidden unless they say otherwise.
    hides_rows: bool,
    /// Columns are hidden unless they say otherwise.
    hides_columns: bool,
    /// Columns that nobody sees, and the first that nothing was said of yet.
    hidden_columns: Rc<[Range<usize>]>,
    next_column: usize,
    next_index: u32,
    styles: Styles,
    /// Shared texts that are struck out.
    struck: BTreeSet<u32>,
    /// Of the row seen last: cells of which something is said, counted from 0 as they are written.
    notes: Vec<(u32, Note)>,
    /// Rows and cells that hold nothing, since the last that holds something. Carried on from sheet to sheet.
    pub empty: u32,
}

impl<'a> Look<'a> {
    pub fn begin(
        archive: &'a mut ZipArchive<Bytes>,
        path: &str,
        said: (Styles, BTreeSet<u32>),
    ) -> Result<Look<'a>, Problem> {
        let xml = archive::xml(archive, path)?;
        let (styles, struck) = said;
        Ok(Look {
            xml,
            buffer: Vec::new(),
            hides_rows: false,
            hides_columns: false,
            hidden_columns: Rc::default(),
            next_column: 0,
            next_index: 0,
            styles,
            struck,
            notes: Vec::new(),
            empty: 0,
        })
    }

    /// The places of columns that nobody sees. They are known with the first row.
    pub fn hidden_columns(&self) -> &Rc<[Range<usize>]> {
        &self.hidden_columns
    }

    /// What is said of a cell of the row seen last. `cell` counts them as they are written, from 0.
    pub fn note(&self, cell: u32) -> Option<&Note> {
        let place = self.notes.binary_search_by_key(&cell, |(at, _)| *at).ok()?;
        self.notes.get(place).map(|(_, note)| note)
    }

    pub fn next_row(&mut self) -> Result<Option<SeenRow>, Problem> {
        let mut hidden_columns = Vec::new();
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|error| broken(&error))? {
                Event::Start(element) if element.local_name().as_ref() == "sheetFormatPr" => {
                    self.hides_rows = is_true(&element, "zeroHeight")?;
                    self.hides_columns = is_nothing(attribute(&element, "defaultColWidth")?);
                }
                Event::Start(element) if element.local_name().as_ref() == "col" => {
                    let (first, last) = (number(&element, "min")?, number(&element, "max")?);
                    if self.hides_columns {
                        hidden_columns.push(self.next_column..first.saturating_sub(1));
                    }
                    if is_true(&element, "hidden")? || is_nothing(attribute(&element, "width")?) {
                        hidden_columns.push(first.saturating_sub(1)..last);
                    }
                    self.next_column = last.max(self.next_column);
                }
                Event::Start(element) if element.local_name().as_ref() == "sheetData" => {
                    if self.hides_columns {
                        hidden_columns.push(self.next_column..usize::MAX);
                    }
                    self.hidden_columns = Rc::from(std::mem::take(&mut hidden_columns));
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

    /// Whether the sheet has formats under conditions, once its rows were read.
    pub fn has_conditional_formats(&mut self) -> Result<bool, Problem> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|error| broken(&error))? {
                Event::Start(element) if element.local_name().as_ref() == "conditionalFormatting" => return Ok(true),
                Event::Eof => return Ok(false),
                _ => {}
            }
        }
    }

    fn count_cells(&mut self) -> Result<(u32, u32), Problem> {
        let (mut cells, mut filled, mut holds) = (0_u32, 0_u32, false);
        let (mut note, mut within, mut is_text, mut has_result) = (Note::default(), Within::Cell, false, false);
        let (mut is_shared, mut runs) = (false, Runs::default());
        self.notes.clear();
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(|error| broken(&error))? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "c" => {
                        note = Note::default();
                        let kind = element.try_get_attribute("t").map_err(|error| broken(&error))?;
                        is_text = kind.as_ref().is_some_and(|kind| &*kind.value == "str");
                        is_shared = !self.struck.is_empty() && kind.is_some_and(|kind| &*kind.value == "s");
                        runs = Runs::default();
                        (within, has_result) = (Within::Cell, false);
                        if !self.styles.are_plain() {
                            note.style = attribute(&element, "s")?.and_then(|style| self.styles.style(&style));
                        }
                        cells = cells.saturating_add(1);
                        holds = false;
                    }
                    "is" => (holds, has_result) = (true, true),
                    "v" => {
                        // A text may be empty, and a result all the same.
                        (holds, within, has_result) = (true, Within::Value, is_text);
                    }
                    "f" => {
                        (holds, within) = (true, Within::Formula);
                        note.formula = Some(Written::begin(&element)?);
                    }
                    _ => runs.see(&element)?,
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "c" => {
                        filled = filled.saturating_add(u32::from(holds));
                        let mut note = std::mem::take(&mut note);
                        note.is_struck |= runs.are_struck();
                        if let Some(formula) = &mut note.formula {
                            formula.has_result = has_result;
                        }
                        if cells > 0 && note != Note::default() {
                            self.notes.push((cells - 1, note));
                        }
                    }
                    "row" => return Ok((cells, filled)),
                    "f" | "v" => within = Within::Cell,
                    _ => {}
                },
                Event::Text(text) => match (within, &mut note.formula) {
                    (Within::Formula, Some(formula)) => formula.push(&text),
                    (Within::Value, _) => {
                        has_result = true;
                        let place = if is_shared { text.trim().parse().ok() } else { None };
                        note.is_struck |= place.is_some_and(|place: u32| self.struck.contains(&place));
                    }
                    _ => {}
                },
                // Nothing that is worked out has signs that must be written so.
                Event::GeneralRef(_) | Event::CData(_) => match (within, &mut note.formula) {
                    (Within::Formula, Some(formula)) => formula.push("?"),
                    (Within::Value, _) => has_result = true,
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
    let flat = is_nothing(attribute(row, "ht")?);
    let hidden = stated.as_deref().map(means_true);
    Ok(hidden.unwrap_or(by_default && attribute(row, "ht")?.is_none()) || flat)
}

/// Whether a height or a width is said, and is less than one.
fn is_nothing(size: Option<String>) -> bool {
    size.is_some_and(|size| size.trim().split('.').next().unwrap_or_default().trim_start_matches('0').is_empty())
}

/// A column's number, from 1.
fn number(element: &BytesStart<'_>, name: &str) -> Result<usize, Problem> {
    let text = attribute(element, name)?.unwrap_or_default();
    text.trim().parse().map_err(|_| unreadable(say!("workbook-row-number", number = quote(&text))))
}

fn is_true(element: &BytesStart<'_>, name: &str) -> Result<bool, Problem> {
    Ok(attribute(element, name)?.as_deref().is_some_and(means_true))
}

fn means_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
