//! What an Excel workbook's styles say of the numbers in its cells: percentages, money other than gourdes, how many
//! decimals are shown, and what is struck out or has the colour of its background. The library tells dates, and nothing of these.
//!
//! Must never: be needed to read a cell. A workbook without styles has plain numbers.

use super::archive::{self, attribute, for_each_element};
use super::format::{Format, Shown, shows_two_decimals};
use super::unit::Unit;
use super::xlsx_inks::Inks;
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

/// How a cell shows what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub unit: Option<Unit>,
    pub shown: Shown,
}

/// The styles that say something, by their place in the list that cells refer to.
#[derive(Debug, Default)]
pub(super) struct Styles(BTreeMap<u32, Rc<Style>>);

impl Style {
    /// Of a format that every Excel knows.
    fn known(id: &str) -> Style {
        let unit = PERCENT.contains(&id.trim()).then_some(Unit::Percent);
        let format = Format { two_decimals: shows_two_decimals(id), ..Format::default() };
        Style { unit, shown: Shown { format, unseen: None } }
    }
}

impl Styles {
    /// Also sees that what the library will make of them is small enough.
    pub fn read(archive: &mut ZipArchive<Bytes>) -> Result<Styles, Problem> {
        let Some(part) = archive::part_like(archive, STYLES)? else { return Ok(Styles::default()) };
        let (mut longest, mut count) = (0, 0_usize);
        let (mut formats, mut styles) = (BTreeMap::new(), BTreeMap::new());
        // Styles of cells, and not those that other lists of the part have.
        let (mut of_cells, mut index, mut inks) = (false, 0_u32, Inks::default());
        for_each_element(archive, &part, &mut |element| {
            for attribute in element.attributes() {
                longest = longest.max(attribute.map_err(|error| broken(&error))?.value.len());
            }
            count += usize::from(element.local_name().as_ref() == "xf");
            if count.saturating_mul(STYLE.saturating_add(longest.saturating_mul(2))) > LARGEST_STYLES {
                return Err(too_large(say!("workbook-unpacks-too-large")));
            }
            inks.see(element)?;
            match element.local_name().as_ref() {
                "numFmt" => {
                    let (id, format) = (attribute(element, "numFmtId")?, attribute(element, "formatCode")?);
                    let (Some(id), Some(format)) = (id, format) else { return Ok(()) };
                    let shown = Shown { format: Format::of(&format), unseen: None };
                    formats.insert(id, Style { unit: Unit::of_format(&format), shown });
                }
                "cellXfs" => of_cells = true,
                "cellStyleXfs" | "cellStyles" | "dxfs" => of_cells = false,
                "xf" if of_cells => {
                    let id = attribute(element, "numFmtId")?.unwrap_or_default();
                    let mut style = formats.get(&id).cloned().unwrap_or_else(|| Style::known(&id));
                    style.shown.unseen = inks.unseen(element, style.shown.format.is_white)?;
                    if style != Style::default() {
                        styles.insert(index, Rc::new(style));
                    }
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
    pub fn style(&self, style: &str) -> Option<Rc<Style>> {
        self.0.get(&style.trim().parse().ok()?).cloned()
    }
}
