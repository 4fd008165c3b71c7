//! What an OpenDocument's styles say of cells: how many decimals a number is shown with.
//!
//! Must never: be needed to read a cell. A document without styles has plain numbers.

use super::archive::attribute;
use crate::payroll::problem::Problem;
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;

/// The part with the styles that have names for people.
pub(super) const NAMED: &str = "styles.xml";
/// Styles within styles.
const DEEPEST: u32 = 8;

/// How a number is shown.
#[derive(Clone, Debug, Default)]
struct Data {
    /// Numbers in it, and those with two decimals: all of them, and no more.
    numbers: u32,
    two_decimals: u32,
    /// It shows something that is no plain number.
    is_other: bool,
    /// Styles that are used instead under a condition.
    others: Vec<String>,
}

/// How a cell is shown.
#[derive(Clone, Debug, Default)]
struct OfCell {
    parent: String,
    data: Option<String>,
}

/// Every style, in the order of the document: that of the parts, and in them.
#[derive(Debug, Default)]
pub(super) struct Styles {
    data: BTreeMap<String, Data>,
    cells: BTreeMap<String, OfCell>,
    /// How numbers are shown, as it is described at the moment.
    open: Option<String>,
}

/// What a style says of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub two_decimals: bool,
}

impl Styles {
    /// Takes an element of a style in, whichever comes.
    pub fn see(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        let (full, local) = (element.name(), element.local_name());
        match full.as_ref() {
            "style:style" => {
                self.open = None;
                let name = attribute(element, "name")?.unwrap_or_default();
                if attribute(element, "family")?.as_deref() == Some("table-cell") {
                    let parent = attribute(element, "parent-style-name")?.unwrap_or_default();
                    let data = attribute(element, "data-style-name")?;
                    self.cells.insert(name, OfCell { parent, data });
                }
            }
            "style:map" => {
                let other = attribute(element, "apply-style-name")?.unwrap_or_default();
                if let Some(data) = self.open_data() {
                    data.others.push(other);
                }
            }
            name if name.starts_with("number:") => self.see_data(local.as_ref(), element)?,
            _ => {}
        }
        Ok(())
    }

    fn open_data(&mut self) -> Option<&mut Data> {
        self.data.get_mut(self.open.as_ref()?)
    }

    fn see_data(&mut self, local: &str, element: &BytesStart<'_>) -> Result<(), Problem> {
        if local.ends_with("-style") {
            let name = attribute(element, "name")?.unwrap_or_default();
            let is_other = !matches!(local, "number-style" | "currency-style");
            self.data.insert(name.clone(), Data { is_other, ..Data::default() });
            self.open = Some(name);
            return Ok(());
        }
        let is_two = |places: Option<String>| places.is_none_or(|places| places.trim() == "2");
        let decimals = attribute(element, "decimal-places")?;
        let two = decimals.is_some()
            && is_two(decimals)
            && is_two(attribute(element, "min-decimal-places")?)
            && attribute(element, "display-factor")?.is_none();
        let Some(data) = self.open_data() else { return Ok(()) };
        match local {
            "number" => {
                data.numbers = data.numbers.saturating_add(1);
                data.two_decimals = data.two_decimals.saturating_add(u32::from(two));
            }
            "text" | "currency-symbol" | "fill-character" => {}
            _ => data.is_other = true,
        }
        Ok(())
    }

    /// What the style of this name says of a cell.
    pub fn of_cell(&self, name: &str) -> Shown {
        Shown { two_decimals: self.data_of(name, 0).is_some_and(|data| self.shows_two_decimals(data)) }
    }

    fn data_of(&self, name: &str, depth: u32) -> Option<&Data> {
        let style = self.cells.get(name).filter(|_| depth < DEEPEST)?;
        match &style.data {
            Some(data) => self.data.get(data),
            None => self.data_of(&style.parent, depth + 1),
        }
    }

    /// Each of its sections that shows a number shows it so, and one does.
    fn shows_two_decimals(&self, data: &Data) -> bool {
        let others = || data.others.iter().map(|name| self.data.get(name));
        let all = std::iter::once(Some(data))
            .chain(others())
            .all(|section| section.is_some_and(|section| !section.is_other && section.numbers == section.two_decimals));
        all && std::iter::once(Some(data)).chain(others()).flatten().any(|section| section.numbers > 0)
    }
}
