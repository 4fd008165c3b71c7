//! What an OpenDocument's styles say of cells: how many decimals a number is shown with, and what nobody sees.
//!
//! Must never: be needed to read a cell. A document without styles has plain numbers.

use super::archive::attribute;
use super::format::{Format, Shown};
use crate::payroll::problem::Problem;
use crate::payroll::records::Unseen;
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;

/// The part with the styles that have names for people.
pub(super) const NAMED: &str = "styles.xml";
/// Styles within styles.
const DEEPEST: u32 = 8;
const WHITE: &str = "#ffffff";
/// Letters that are black, or white where what is behind them is dark: they are seen.
const AUTOMATIC: &str = "automatic";

/// How a number is shown.
#[derive(Clone, Debug, Default)]
struct Data {
    /// Numbers in it, and those with two decimals: all of them, and no more.
    numbers: u32,
    two_decimals: u32,
    /// It shows something that is no plain number.
    is_other: bool,
    is_of_texts: bool,
    /// Styles that are used instead, with their conditions.
    others: Vec<(String, String)>,
}

/// How a cell is shown.
#[derive(Clone, Debug, Default)]
struct OfCell {
    parent: String,
    data: Option<String>,
    is_struck: Option<bool>,
    colour: Option<String>,
    background: Option<String>,
}

/// Every style, in the order of the document: that of the parts, and in them.
#[derive(Debug, Default)]
pub(super) struct Styles {
    data: BTreeMap<String, Data>,
    cells: BTreeMap<String, OfCell>,
    /// Of letters within a text.
    texts: BTreeMap<String, OfCell>,
    /// A style of cells has conditions.
    pub has_conditions: bool,
    /// The style that is described at the moment: of cells, or of letters.
    described: Option<(bool, String)>,
    /// How numbers are shown, as it is described at the moment.
    open: Option<String>,
}

impl Styles {
    /// Takes an element of a style in, whichever comes.
    pub fn see(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        let (full, local) = (element.name(), element.local_name());
        match full.as_ref() {
            "style:style" => {
                self.open = None;
                let name = attribute(element, "name")?.unwrap_or_default();
                let family = attribute(element, "family")?.unwrap_or_default();
                let parent = attribute(element, "parent-style-name")?.unwrap_or_default();
                let style = OfCell { parent, data: attribute(element, "data-style-name")?, ..OfCell::default() };
                self.described = match family.as_str() {
                    "table-cell" => Some((true, name.clone())),
                    "text" => Some((false, name.clone())),
                    _ => None,
                };
                match family.as_str() {
                    "table-cell" => drop(self.cells.insert(name, style)),
                    "text" => drop(self.texts.insert(name, style)),
                    _ => {}
                }
            }
            "style:default-style" => (self.open, self.described) = (None, None),
            "style:text-properties" | "style:table-cell-properties" if self.open.is_none() => {
                let lines =
                    [attribute(element, "text-line-through-style")?, attribute(element, "text-line-through-type")?];
                let (colour, background) = (attribute(element, "color")?, attribute(element, "background-color")?);
                let is_window = attribute(element, "use-window-font-color")?.is_some_and(|word| word == "true");
                let Some(style) = self.described() else { return Ok(()) };
                for line in lines.into_iter().flatten() {
                    style.is_struck = Some(line != "none");
                }
                if full.as_ref() == "style:text-properties" {
                    let colour = colour.map(|colour| colour.to_ascii_lowercase());
                    style.colour = is_window.then(|| AUTOMATIC.to_string()).or(colour).or(style.colour.take());
                } else {
                    let background = background.map(|colour| colour.to_ascii_lowercase());
                    style.background = background.or(style.background.take());
                }
            }
            "style:map" => {
                let other = attribute(element, "apply-style-name")?.unwrap_or_default();
                let condition = attribute(element, "condition")?.unwrap_or_default();
                match self.open_data() {
                    Some(data) => data.others.push((condition, other)),
                    None => self.has_conditions = true,
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

    fn described(&mut self) -> Option<&mut OfCell> {
        let (is_of_cells, name) = self.described.as_ref()?;
        if *is_of_cells { self.cells.get_mut(name) } else { self.texts.get_mut(name) }
    }

    fn see_data(&mut self, local: &str, element: &BytesStart<'_>) -> Result<(), Problem> {
        if local.ends_with("-style") {
            let name = attribute(element, "name")?.unwrap_or_default();
            let is_of_texts = local == "text-style";
            let is_other = !matches!(local, "number-style" | "currency-style" | "text-style");
            self.data.insert(name.clone(), Data { is_other, is_of_texts, ..Data::default() });
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
        let style = self.whole(name);
        let format = style.data.as_ref().and_then(|name| self.data.get(name)).map(|data| self.format(data));
        let behind = style.background.filter(|colour| colour != "transparent").unwrap_or_else(|| WHITE.to_string());
        let unseen = match style.is_struck {
            Some(true) => Some(Unseen::Struck),
            _ => (style.colour.as_deref() == Some(behind.as_str())).then_some(Unseen::Colour),
        };
        Shown { format: format.unwrap_or_default(), unseen }
    }

    /// Whether letters of the style of this name are struck out.
    pub fn strikes(&self, name: &str) -> bool {
        self.texts.get(name).is_some_and(|style| style.is_struck == Some(true))
    }

    /// With what its parents say.
    fn whole(&self, name: &str) -> OfCell {
        let (mut whole, mut name) = (OfCell::default(), name);
        for _ in 0..DEEPEST {
            let Some(style) = self.cells.get(name) else { break };
            whole.data = whole.data.or_else(|| style.data.clone());
            whole.is_struck = whole.is_struck.or(style.is_struck);
            whole.colour = whole.colour.or_else(|| style.colour.clone());
            whole.background = whole.background.or_else(|| style.background.clone());
            name = &style.parent;
        }
        whole
    }

    fn format(&self, data: &Data) -> Format {
        let others = || data.others.iter().map(|(condition, name)| (condition, self.data.get(name)));
        let all = || std::iter::once(Some(data)).chain(others().map(|(_, other)| other));
        // Each section that shows a number shows it so, and one does.
        let is_two = |section: Option<&Data>| section.is_some_and(|s| !s.is_other && s.numbers == s.two_decimals);
        let shows = |section: &Data| section.is_other || section.numbers > 0;
        let of_positive = others().find(|(condition, _)| condition.replace(' ', "").starts_with("value()>"));
        let positive = of_positive.map_or(Some(data), |(_, other)| other);
        Format {
            two_decimals: all().all(is_two) && all().flatten().any(|section| section.numbers > 0),
            hides_numbers: positive.is_some_and(|section| !shows(section)) || !all().flatten().any(shows),
            hides_texts: data.is_of_texts && !data.is_other,
            is_white: false,
        }
    }
}
