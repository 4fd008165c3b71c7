//! How the sheet was understood: which column is what, and what was read over. It is kept with the batch for whoever
//! has to answer for it.
//!
//! Must never: hold a whole wallet's number; the rows have it.

use super::terms::Named;
use serde::{Deserialize, Serialize};

/// Which column was taken for what, by its name in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnsRead {
    pub amount: String,
    pub receiver: String,
    /// The column, or what references were built from.
    pub reference: String,
    /// Two where the name stands in two columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The file is in payoutd's own words, as its retry files are.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own: bool,
}

/// Cells (or lines) of which something was read over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellsCleaned {
    pub what: String,
    pub cells: u32,
    /// The first one's line.
    pub line: u32,
}

/// What was understood of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub columns: ColumnsRead,
    /// The first row and the last, as they were read: `is` is the amount.
    pub first: Option<Named>,
    pub last: Option<Named>,
    /// Columns that could be meant too, and whose names say less than those of the ones that were taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<String>,
    /// What `[columns]` names and the file does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_there: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleaned: Vec<CellsCleaned>,
    /// Amounts of a workbook that are paid as their cells show them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shown: u32,
    /// The workbook's sheet has conditional formats, which are not looked at.
    #[serde(default, skip_serializing_if = "is_false")]
    pub conditional_formats: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_false(is: &bool) -> bool {
    !*is
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
