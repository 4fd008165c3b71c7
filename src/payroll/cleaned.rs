//! What stands in a file's cells, or around them, that no person meant: invisible characters, Excel's `="…"`, dashes
//! of typography. It is taken out before a cell is read, and told.
//!
//! Must never: change what a person sees in a cell, or clean a cell untold.

use super::columns::Columns;
use super::record::Record;
use super::writer::undo_harmless;
use crate::payout::reading::CellsCleaned;
use crate::words::{Saying, say};
use std::borrow::Cow;

/// What was cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleaning {
    /// A first line `sep=;`, for Excel, was obeyed.
    Separator,
    /// Marks of direction, zero width and their kin were taken out.
    Invisible,
    /// A no-break space stood in or around a number or a reference.
    NoBreak,
    /// Another dash than the keyboard's stood in a phone number.
    Dash,
    /// `="…"`: how a program tells Excel that a number is text.
    TextFormula,
    /// `'37007294`: how a person does.
    Apostrophe,
    /// Excel stopped writing the empty last columns.
    LastCells,
}

impl Cleaning {
    pub const ALL: [Cleaning; 7] = [
        Cleaning::Separator,
        Cleaning::Invisible,
        Cleaning::NoBreak,
        Cleaning::Dash,
        Cleaning::TextFormula,
        Cleaning::Apostrophe,
        Cleaning::LastCells,
    ];

    /// As the ledger has it.
    fn word(self) -> &'static str {
        match self {
            Cleaning::Separator => "separator",
            Cleaning::Invisible => "invisible",
            Cleaning::NoBreak => "no_break",
            Cleaning::Dash => "dash",
            Cleaning::TextFormula => "text_formula",
            Cleaning::Apostrophe => "apostrophe",
            Cleaning::LastCells => "last_cells",
        }
    }
}

/// How often each was met, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    met: [Met; Cleaning::ALL.len()],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Met {
    cells: u32,
    line: u32,
}

impl Cleaned {
    pub fn note(&mut self, what: Cleaning, line: u32) {
        let met = &mut self.met[what as usize];
        if met.cells == 0 {
            met.line = line;
        }
        met.cells = met.cells.saturating_add(1);
    }

    /// A cell with a number or a reference, cleaned.
    pub(super) fn bare<'a>(&mut self, record: &Record<'a>, place: usize, purpose: Purpose) -> Cow<'a, str> {
        self.note_formula(record, place);
        bare(record.cell(place).unwrap_or_default(), purpose, |what| self.note(what, record.line))
    }

    /// A cell with a text, trimmed.
    pub(super) fn text<'a>(&mut self, record: &Record<'a>, place: usize) -> Cow<'a, str> {
        self.note_formula(record, place);
        text(record.cell(place).unwrap_or_default().trim(), |what| self.note(what, record.line))
    }

    /// A cell that is only echoed. A part of the reference was told already.
    pub(super) fn echoed<'a>(&mut self, record: &Record<'a>, place: usize, columns: &Columns) -> Cow<'a, str> {
        let is_told = columns.reference.places().any(|part| part == place);
        if !is_told {
            self.note_formula(record, place);
        }
        let note = |what| {
            if !is_told {
                self.note(what, record.line);
            }
        };
        echoed(record.cell(place).unwrap_or_default(), note)
    }

    fn note_formula(&mut self, record: &Record<'_>, place: usize) {
        if record.is_text_formula(place) {
            self.note(Cleaning::TextFormula, record.line);
        }
    }

    /// How many cells (or lines), and the first one's line; none where there was nothing of it.
    pub fn of(&self, what: Cleaning) -> Option<(u32, u32)> {
        let Met { cells, line } = self.met[what as usize];
        (cells > 0).then_some((cells, line))
    }

    /// As the ledger keeps it.
    pub fn kept(&self) -> Vec<CellsCleaned> {
        let keep = |what: Cleaning| {
            let (cells, line) = self.of(what)?;
            Some(CellsCleaned { what: what.word().to_string(), cells, line })
        };
        Cleaning::ALL.into_iter().filter_map(keep).collect()
    }

    /// What the ledger kept.
    pub fn of_kept(kept: &[CellsCleaned]) -> Cleaned {
        let mut cleaned = Cleaned::default();
        for what in Cleaning::ALL {
            if let Some(found) = kept.iter().find(|found| found.what == what.word()) {
                cleaned.met[what as usize] = Met { cells: found.cells, line: found.line };
            }
        }
        cleaned
    }

    /// A sentence for each that was met.
    pub fn sayings(&self) -> Vec<Saying> {
        let say = |what: Cleaning| {
            let (cells, line) = self.of(what)?;
            let line = line.to_string();
            Some(match what {
                Cleaning::Separator => say!("cleaned-separator"),
                Cleaning::Invisible => say!("cleaned-invisible", cells = cells, line = line),
                Cleaning::NoBreak => say!("cleaned-no-break", cells = cells, line = line),
                Cleaning::Dash => say!("cleaned-dash", cells = cells, line = line),
                Cleaning::TextFormula => say!("cleaned-text-formula", cells = cells, line = line),
                Cleaning::Apostrophe => say!("cleaned-apostrophe", cells = cells, line = line),
                Cleaning::LastCells => say!("cleaned-last-cells", lines = cells, line = line),
            })
        };
        Cleaning::ALL.into_iter().filter_map(say).collect()
    }
}

/// What a cell is for; a text is left as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Reference,
    Wallet,
    Amount,
}

/// A cell with a number or a reference, trimmed and cleaned. `note` is called once for each kind of cleaning.
pub fn bare(cell: &str, purpose: Purpose, mut note: impl FnMut(Cleaning)) -> Cow<'_, str> {
    let trimmed = cell.trim();
    // Asked of every row: nearly all are plain.
    if cell.is_ascii() && !trimmed.starts_with(['=', '\'']) {
        return Cow::Borrowed(trimmed);
    }
    let mut text = without_marks(cell.trim_matches(' '), &mut note);
    // Between an amount's digits they part thousands, as Excel in French writes it.
    if purpose != Purpose::Amount && text.contains(NO_BREAK) {
        note(Cleaning::NoBreak);
        text = Cow::Owned(text.replace(NO_BREAK, " "));
    }
    text = Cow::Owned(text.trim().to_string());
    text = without_formula(text, &mut note);
    if let Some(rest) = text.strip_prefix('\'') {
        note(Cleaning::Apostrophe);
        text = Cow::Owned(rest.trim().to_string());
    }
    if purpose == Purpose::Wallet && text.contains(is_dash) {
        note(Cleaning::Dash);
        text = Cow::Owned(text.replace(is_dash, "-"));
    }
    text
}

/// A cell with a text, or a column's name: without `="…"`, and without the apostrophes of our own files.
pub fn text(cell: &str, mut note: impl FnMut(Cleaning)) -> Cow<'_, str> {
    match without_formula(Cow::Borrowed(cell), &mut note) {
        Cow::Borrowed(cell) => undo_harmless(cell),
        text => text,
    }
}

/// A cell that is only echoed: invisible characters go too.
pub fn echoed(cell: &str, mut note: impl FnMut(Cleaning)) -> Cow<'_, str> {
    match without_marks(cell, &mut note) {
        Cow::Borrowed(cell) => text(cell, note),
        clean => Cow::Owned(text(&clean, note).into_owned()),
    }
}

const NO_BREAK: [char; 2] = ['\u{a0}', '\u{202f}'];

/// A character of no width, or one that only turns the reading direction.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The dashes that word processors and phones put in place of the keyboard's.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

fn without_marks<'a>(cell: &'a str, note: &mut impl FnMut(Cleaning)) -> Cow<'a, str> {
    if cell.is_ascii() || !cell.contains(is_mark) {
        return Cow::Borrowed(cell);
    }
    note(Cleaning::Invisible);
    Cow::Owned(cell.chars().filter(|c| !is_mark(*c)).collect())
}

/// What stands in `="…"`: a text alone, with nothing that Excel would work out.
fn without_formula<'a>(cell: Cow<'a, str>, note: &mut impl FnMut(Cleaning)) -> Cow<'a, str> {
    let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) else { return cell };
    let single = inner.replace("\"\"", "\u{0}");
    if single.contains('"') {
        return cell;
    }
    note(Cleaning::TextFormula);
    Cow::Owned(single.replace('\u{0}', "\"").trim().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(cell: &str, purpose: Purpose) -> (String, Vec<Cleaning>) {
        let mut met = Vec::new();
        let text = bare(cell, purpose, |what| met.push(what)).into_owned();
        (text, met)
    }

    #[test]
    fn numbers_lose_what_nobody_typed_and_it_is_told() {
        use Cleaning::*;
        use Purpose::*;
        for (cell, purpose, text, met) in [
            (" 37007294 ", Wallet, "37007294", &[][..]),
            ("\u{202a}+509 3612-0001\u{202c}", Wallet, "+509 3612-0001", &[Invisible]),
            ("3612\u{200b}0003", Wallet, "36120003", &[Invisible]),
            ("\u{feff} 36120003", Wallet, "36120003", &[Invisible]),
            ("3613\u{2013}0001", Wallet, "3613-0001", &[Dash]),
            ("3613\u{2011}0001", Wallet, "3613-0001", &[Dash]),
            ("3613\u{a0}0001", Wallet, "3613 0001", &[NoBreak]),
            ("=\"36140001\"", Wallet, "36140001", &[TextFormula]),
            ("'36140001", Wallet, "36140001", &[Apostrophe]),
            ("\u{200e}='36140001", Wallet, "='36140001", &[Invisible]),
            ("=\"C14-001\"", Reference, "C14-001", &[TextFormula]),
            ("\u{a0}C14-001", Reference, "C14-001", &[NoBreak]),
            ("C14\u{200b}-001", Reference, "C14-001", &[Invisible]),
            // Seen in the cell, so not for us to change.
            ("C14\u{2013}001", Reference, "C14\u{2013}001", &[]),
            ("=\"15000,00\"", Amount, "15000,00", &[TextFormula]),
            ("15\u{202f}000,00\u{200f}", Amount, "15\u{202f}000,00", &[Invisible]),
            ("=15000", Amount, "=15000", &[]),
            ("=\"1\"&\"5\"", Amount, "=\"1\"&\"5\"", &[]),
        ] {
            assert_eq!(cleaned(cell, purpose), (text.to_string(), met.to_vec()), "{cell:?}");
        }
    }

    #[test]
    fn texts_keep_what_a_person_wrote() {
        let of = |cell| text(cell, |_| {}).into_owned();
        assert_eq!((of("=\"Jean \"\"Jo\"\"\""), of("'=\"x\"")), ("Jean \"Jo\"".to_string(), "=\"x\"".to_string()));
        assert_eq!(of("Jo\u{200b}el"), "Jo\u{200b}el", "a name is refused with it, not changed");
        assert_eq!(echoed("\u{202a}+509 36\u{202c}", |_| {}), "+509 36");
    }

    #[test]
    fn each_kind_has_a_sentence_and_its_first_line() {
        let mut cleaned = Cleaned::default();
        assert_eq!(cleaned.sayings(), []);
        for what in Cleaning::ALL {
            cleaned.note(what, 2);
            cleaned.note(what, 7);
            assert_eq!(cleaned.of(what), Some((2, 2)));
        }
        let told: Vec<String> = cleaned.sayings().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), Cleaning::ALL.len());
        assert!(told[1..].iter().all(|text| text.contains('2')), "{told:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        /// A file that comes again has the same references.
        #[test]
        fn what_is_clean_stays_as_it_is(cell in "[=\"' 0-9A-Z\u{200b}\u{202a}\u{a0}\u{2011}-]{0,12}") {
            for purpose in [Purpose::Reference, Purpose::Wallet, Purpose::Amount] {
                let (once, _) = cleaned(&cell, purpose);
                prop_assert!(!once.contains(is_mark));
                if once.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                    prop_assert_eq!(cleaned(&once, purpose), (once.clone(), vec![]));
                }
            }
        }
    }
}
