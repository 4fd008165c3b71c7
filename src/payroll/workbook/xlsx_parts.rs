//! The parts of an Excel workbook: which sheets there are, where in the archive, and that the library finds what
//! this finds, and makes no more of it than it is.
//!
//! Must never: believe how many of anything a workbook says that it has.

use super::archive::{self, attribute, for_each_element};
use super::sheets::Listed;
use super::xlsx_look::Look;
use super::{Bytes, too_large, unreadable};
use crate::payroll::problem::Problem;
use crate::words::say;
use std::collections::BTreeMap;
use zip::ZipArchive;

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

/// What a workbook says of how it is calculated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calculation {
    /// It asks to be calculated anew, or was not calculated to the end.
    pub is_unfinished: bool,
    /// With numbers as their cells show them, and not as they are stored.
    pub is_of_shown: bool,
}

impl Calculation {
    pub fn read(archive: &mut ZipArchive<Bytes>) -> Result<Calculation, Problem> {
        let mut calculation = Calculation::default();
        for_each_element(archive, WORKBOOK, &mut |element| {
            if element.local_name().as_ref() == "calcPr" {
                let is = |name: &str, word: bool| {
                    let said = attribute(element, name)?;
                    Ok::<bool, Problem>(said.is_some_and(|said| matches!(said.trim(), "1" | "true" | "on") == word))
                };
                let is_manual = attribute(element, "calcMode")?.is_some_and(|mode| mode.trim() == "manual");
                let is_behind = is("calcCompleted", false)? || is("forceFullCalc", true)?;
                calculation.is_unfinished = is("fullCalcOnLoad", true)? || is_manual && is_behind;
                calculation.is_of_shown = is("fullPrecision", false)?;
            }
            Ok(())
        })?;
        Ok(calculation)
    }
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

/// Whether a cell of the sheet holds anything. `empty`: rows and cells that hold nothing, of all sheets by now.
fn is_filled(archive: &mut ZipArchive<Bytes>, path: &str, empty: &mut u32) -> Result<bool, Problem> {
    let mut look = Look::begin(archive, path, Default::default())?;
    look.empty = *empty;
    while let Some(row) = look.next_row()? {
        if row.filled > 0 {
            return Ok(true);
        }
        *empty = look.empty;
    }
    Ok(false)
}
