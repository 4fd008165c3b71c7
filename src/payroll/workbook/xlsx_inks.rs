//! The fonts and fills of an Excel workbook: what is struck out, and what has the colour of its own background.
//!
//! Must never: mix colours. They are compared as they are written; white and black are known by their usual names.

use super::archive::attribute;
use crate::payroll::problem::Problem;
use crate::payroll::records::Unseen;
use quick_xml::events::BytesStart;

const WHITE: &str = "FFFFFF";
const BLACK: &str = "000000";

/// Which list of the styles is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum List {
    #[default]
    Other,
    Fonts,
    Fills,
}

#[derive(Debug)]
struct Font {
    is_struck: bool,
    colour: String,
}

/// The workbook's fonts and fills, by their places.
#[derive(Debug, Default)]
pub(super) struct Inks {
    list: List,
    fonts: Vec<Font>,
    /// The colour behind the text. None: a pattern.
    fills: Vec<Option<String>>,
}

impl Inks {
    /// Takes an element of the styles in, whichever comes.
    pub fn see(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        match (self.list, element.local_name().as_ref()) {
            (_, "fonts") => self.list = List::Fonts,
            (_, "fills") => self.list = List::Fills,
            (_, "borders" | "cellStyleXfs" | "cellXfs" | "cellStyles" | "dxfs" | "colors") => self.list = List::Other,
            (List::Fonts, "font") => self.fonts.push(Font { is_struck: false, colour: BLACK.to_string() }),
            (List::Fonts, "strike") => {
                let is_struck = is_on(element)?;
                self.fonts.iter_mut().last().into_iter().for_each(|font| font.is_struck = is_struck);
            }
            (List::Fonts, "color") => {
                let colour = colour(element)?;
                self.fonts.iter_mut().last().into_iter().for_each(|font| font.colour.clone_from(&colour));
            }
            (List::Fills, "fill") => self.fills.push(Some(WHITE.to_string())),
            (List::Fills, "patternFill") => {
                let fill = match attribute(element, "patternType")?.as_deref() {
                    None | Some("none") => Some(WHITE.to_string()),
                    Some("solid") => Some(BLACK.to_string()),
                    Some(_) => None,
                };
                self.fills.iter_mut().last().into_iter().for_each(|last| last.clone_from(&fill));
            }
            (List::Fills, "gradientFill") => self.fills.iter_mut().last().into_iter().for_each(|last| *last = None),
            // Without a fill a colour for it may be written all the same; only a solid one begins as black.
            (List::Fills, "fgColor") => {
                let colour = colour(element)?;
                let solid = self.fills.iter_mut().last().filter(|last| last.as_deref() == Some(BLACK));
                solid.into_iter().for_each(|last| *last = Some(colour.clone()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Why nobody sees what stands in a cell of this style.
    pub fn unseen(&self, style: &BytesStart<'_>, is_white: bool) -> Result<Option<Unseen>, Problem> {
        let place =
            |name: &str| Ok::<_, Problem>(attribute(style, name)?.and_then(|id| id.trim().parse::<usize>().ok()));
        let (font, fill) = (place("fontId")?.unwrap_or_default(), place("fillId")?.unwrap_or_default());
        let Some(font) = self.fonts.get(font) else { return Ok(None) };
        let behind = match self.fills.get(fill) {
            Some(behind) => behind.as_deref(),
            None => Some(WHITE),
        };
        let colour = if is_white { WHITE } else { font.colour.as_str() };
        Ok(match font.is_struck {
            true => Some(Unseen::Struck),
            false => (behind == Some(colour)).then_some(Unseen::Colour),
        })
    }
}

/// Whether `<strike/>` says yes.
pub(super) fn is_on(element: &BytesStart<'_>) -> Result<bool, Problem> {
    Ok(!attribute(element, "val")?.is_some_and(|word| matches!(word.trim(), "0" | "false" | "off")))
}

/// A colour by the way it is written; what is usually white or black by its digits.
fn colour(element: &BytesStart<'_>) -> Result<String, Problem> {
    let tint = attribute(element, "tint")?
        .filter(|tint| !tint.trim().trim_matches(['0', '.', '-']).is_empty())
        .unwrap_or_default();
    if let Some(digits) = attribute(element, "rgb")? {
        let digits = digits.trim().to_ascii_uppercase();
        // Before six digits two may say how much shines through.
        let from = digits.len().saturating_sub(WHITE.len());
        return Ok(format!("{}{tint}", digits.get(from..).unwrap_or(&digits)));
    }
    if let Some(theme) = attribute(element, "theme")? {
        return Ok(match theme.trim() {
            "0" if tint.is_empty() => WHITE.to_string(),
            "1" if tint.is_empty() => BLACK.to_string(),
            theme => format!("theme {theme} {tint}"),
        });
    }
    let indexed = attribute(element, "indexed")?;
    Ok(match indexed.as_deref().map(str::trim) {
        Some("1" | "9" | "65") => WHITE.to_string(),
        None | Some("0" | "8" | "64") => BLACK.to_string(),
        Some(other) => format!("indexed {other} {tint}"),
    })
}
