//! `[columns]`: what the columns of a house's files are called, and what a reference is put together from.
//!
//! Must never: let a reference be written that no row could have.

use super::reader::text;
use super::sections::{ReferenceFrom, ReferencePiece};
use toml::de::DeValue;

/// Characters of a column's name, as the reader of files has it.
const LONGEST_NAME: usize = 100;
/// Characters of what a reference is built from; a reference itself has 40.
const LONGEST_PATTERN: usize = 400;

/// A column's name, or a list of them: of files that come from several programs.
pub(super) fn names(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    match value {
        DeValue::Array(items) if !items.is_empty() => items.iter().map(|item| name(item.get_ref())).collect(),
        DeValue::Array(_) => Err("must name a column, or several".to_string()),
        one => name(one).map(|name| vec![name]),
    }
}

fn name(value: &DeValue<'_>) -> Result<String, String> {
    let name = text(value)?.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err("must be a column's name as the files' first line has it".to_string());
    }
    if name.contains(['{', '}']) {
        return Err("must be one column's name; only the reference can be put together from several".to_string());
    }
    Ok(name.to_string())
}

pub(super) fn reference(value: &DeValue<'_>) -> Result<ReferenceFrom, String> {
    if matches!(value, DeValue::Array(_)) {
        return names(value).map(ReferenceFrom::Columns);
    }
    let pattern = text(value)?.trim();
    if !pattern.contains(['{', '}']) {
        return names(value).map(ReferenceFrom::Columns);
    }
    let wrong = || {
        "must be a column's name, or be put together from columns in curly brackets, such as \
         \"{matricule}-{periode}\"; between them only A-Z a-z 0-9 . _ : / -"
            .to_string()
    };
    if pattern.len() > LONGEST_PATTERN {
        return Err(wrong());
    }
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let (between, inner) = rest.split_once('{').map_or((rest, None), |(between, inner)| (between, Some(inner)));
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._:/-".contains(&b);
        if !between.bytes().all(is_plain) {
            return Err(wrong());
        }
        if !between.is_empty() {
            pieces.push(ReferencePiece::Text(between.to_string()));
        }
        let Some(inner) = inner else { break };
        let (column, after) = inner.split_once('}').ok_or_else(wrong)?;
        let column = column.trim();
        if column.is_empty() || column.contains('{') || column.chars().count() > LONGEST_NAME {
            return Err(wrong());
        }
        pieces.push(ReferencePiece::Column(column.to_string()));
        rest = after;
    }
    Ok(ReferenceFrom::Pieces(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str) -> Result<ReferenceFrom, String> {
        reference(&DeValue::String(pattern.into()))
    }

    #[test]
    fn a_reference_is_a_column_or_put_together_from_columns() {
        assert_eq!(read(" No de pièce "), Ok(ReferenceFrom::Columns(vec!["No de pièce".to_string()])));
        let text = |text: &str| ReferencePiece::Text(text.to_string());
        let column = |name: &str| ReferencePiece::Column(name.to_string());
        let pieces = vec![text("P/"), column("matricule"), text("-"), column("période")];
        assert_eq!(read("P/{matricule}-{période}"), Ok(ReferenceFrom::Pieces(pieces)));
        for wrong in ["", "{", "}", "{}", "{a", "a}", "{a}}", "{{a}", "{a} {b}", "é{a}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
