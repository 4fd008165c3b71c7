//! The texts that an Excel workbook keeps apart from its sheets: which of them are struck out from the first letter to
//! the last.
//!
//! Must never: call a text struck out of which a part still counts.

use super::Bytes;
use super::archive::{self, for_each_element};
use super::xlsx_inks::is_on;
use crate::payroll::problem::Problem;
use quick_xml::events::BytesStart;
use std::collections::BTreeSet;
use zip::ZipArchive;

/// The pieces of a text, each with letters of its own.
#[derive(Debug, Default)]
pub(super) struct Runs {
    all: u32,
    struck: u32,
}

impl Runs {
    /// Takes an element of the text in, whichever comes.
    pub fn see(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        match element.local_name().as_ref() {
            "r" => self.all = self.all.saturating_add(1),
            "strike" if is_on(element)? => self.struck = self.struck.saturating_add(1),
            _ => {}
        }
        Ok(())
    }

    pub fn are_struck(&self) -> bool {
        self.all > 0 && self.struck == self.all
    }
}

/// The places of the shared texts that are struck out.
pub(super) fn struck(archive: &mut ZipArchive<Bytes>) -> Result<BTreeSet<u32>, Problem> {
    let mut struck = BTreeSet::new();
    let Some(part) = archive::part_like(archive, "xl/sharedStrings.xml")? else { return Ok(struck) };
    let (mut next, mut runs) = (0_u32, Runs::default());
    for_each_element(archive, &part, &mut |element| {
        if element.local_name().as_ref() == "si" {
            if std::mem::take(&mut runs).are_struck() {
                struck.insert(next - 1);
            }
            next = next.saturating_add(1);
        }
        runs.see(element)
    })?;
    if runs.are_struck() && next > 0 {
        struck.insert(next - 1);
    }
    Ok(struck)
}
