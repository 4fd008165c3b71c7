//! What an Excel workbook's styles say of the numbers in its cells: percentages, and money other than gourdes.
//! The library tells dates, and nothing of these.
//!
//! Must never: be needed to read a cell. A workbook without styles has plain numbers.

use super::archive::{self, attribute, for_each_element};
use super::unit::Unit;
use super::{Bytes, broken, too_large};
use crate::payroll::problem::Problem;
use crate::words::say;
use std::collections::BTreeMap;
use std::rc::Rc;
use zip::ZipArchive;

/// Where it lies in the archive: where the library reads it, too.
const STYLES: &str = "xl/styles.xml";
/// Formats that every Excel knows without their being written (ECMA-376 part 1, 18.8.30): `0%` and `0.00%`.
const PERCENT: [&str; 2] = ["9", "10"];
/// Bytes of a style as the library holds it, without its texts.
const STYLE: usize = 512;
/// Bytes of all styles of cells: for each of them the library copies the texts of its font and its format.
const LARGEST_STYLES: usize = 64 << 20;

/// The styles whose numbers are no plain ones, by their place in the list that cells refer to.
#[derive(Debug, Default)]
pub(super) struct Styles(BTreeMap<u32, Rc<Unit>>);

impl Styles {
    /// Also sees that what the library will make of them is small enough.
    pub fn read(archive: &mut ZipArchive<Bytes>) -> Result<Styles, Problem> {
        let Some(part) = archive::part_like(archive, STYLES)? else { return Ok(Styles::default()) };
        let (mut longest, mut count) = (0, 0_usize);
        let (mut formats, mut styles) = (BTreeMap::new(), BTreeMap::new());
        for id in PERCENT {
            formats.insert(id.to_string(), Rc::new(Unit::Percent));
        }
        // Styles of cells, and not those that other lists of the part have.
        let (mut of_cells, mut index) = (false, 0_u32);
        for_each_element(archive, &part, &mut |element| {
            for attribute in element.attributes() {
                longest = longest.max(attribute.map_err(|error| broken(&error))?.value.len());
            }
            count += usize::from(element.local_name().as_ref() == "xf");
            if count.saturating_mul(STYLE.saturating_add(longest.saturating_mul(2))) > LARGEST_STYLES {
                return Err(too_large(say!("workbook-unpacks-too-large")));
            }
            match element.local_name().as_ref() {
                "numFmt" => {
                    let (id, format) = (attribute(element, "numFmtId")?, attribute(element, "formatCode")?);
                    let (Some(id), Some(format)) = (id, format) else { return Ok(()) };
                    match Unit::of_format(&format) {
                        Some(unit) => drop(formats.insert(id, Rc::new(unit))),
                        None => drop(formats.remove(&id)),
                    }
                }
                "cellXfs" => of_cells = true,
                "cellStyleXfs" | "cellStyles" | "dxfs" => of_cells = false,
                "xf" if of_cells => {
                    let unit = attribute(element, "numFmtId")?.and_then(|id| formats.get(&id));
                    styles.extend(unit.map(|unit| (index, Rc::clone(unit))));
                    index = index.saturating_add(1);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Styles(styles))
    }

    pub fn are_plain(&self) -> bool {
        self.0.is_empty()
    }

    /// Of the style that a cell names.
    pub fn unit(&self, style: &str) -> Option<Rc<Unit>> {
        self.0.get(&style.trim().parse().ok()?).cloned()
    }
}
