//! Amounts that a formula gives with more than two decimals, in cells that show two: what a person sees is paid.
//!
//! Must never: use a float, or round otherwise than spreadsheets show: half a centime away from zero.

use super::controls::Controls;
use super::records::{FormulaResult, Record};
use crate::payout::money::{Amount, AmountError};

/// Digits behind the point that are kept of a stored number. A spreadsheet has fifteen digits in all.
const PLACES: usize = 15;
/// How many of such parts are a centime.
const CENTIME: i128 = 10_i128.pow(13);

/// The amount in a cell that a workbook stores as a number.
pub(super) fn read(record: &Record<'_>, place: usize) -> Result<Amount, AmountError> {
    match stored(record, place) {
        Some(stored) => Ok(stored.shown()),
        None => Amount::parse(record.cell(place).unwrap_or_default().trim()),
    }
}

/// What is stored, where that is finer than centimes and what the cell shows is paid.
fn stored(record: &Record<'_>, place: usize) -> Option<Finer> {
    let facts = record.facts(place);
    if !facts.two_decimals || facts.result == FormulaResult::NoFormula {
        return None;
    }
    let text = record.cell(place)?.trim();
    (Amount::parse(text) == Err(AmountError::TooPrecise)).then(|| Finer::parse(text))?
}

/// An amount as it is stored, finer than centimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Finer(i128);

impl Finer {
    /// Of a number's digits: `13725.50325`, `-0.005`.
    fn parse(text: &str) -> Option<Finer> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let kept = decimals.get(..PLACES).unwrap_or(decimals);
        let parts: i128 = format!("{whole}{kept:0<PLACES$}").parse().ok()?;
        Some(Finer(parts))
    }

    /// As a cell with two decimals shows it.
    fn shown(self) -> Amount {
        let half = (self.0.abs() + CENTIME / 2) / CENTIME;
        Amount::from_centimes(i64::try_from(half * self.0.signum()).unwrap_or(i64::MAX))
    }
}

/// What was taken as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShownAmounts {
    pub count: u32,
    /// By how much what is stored is more than what is shown, all together.
    excess: i128,
}

impl ShownAmounts {
    /// Takes an amount in that is paid.
    pub(super) fn add(&mut self, record: &Record<'_>, place: usize) {
        if let Some(stored) = stored(record, place) {
            self.count(stored);
        }
    }

    fn count(&mut self, stored: Finer) {
        let shown = i128::from(stored.shown().centimes()) * CENTIME;
        self.count = self.count.saturating_add(1);
        self.excess = self.excess.saturating_add(stored.0 - shown);
    }

    /// The total that the sheet may have: of the amounts shown, or what a cell shows that adds the stored ones up.
    pub(super) fn agreeing(&self, controls: &Controls, total: Amount) -> Amount {
        let stored = self.total_of_stored(total);
        if controls.total.is_some_and(|(said, _)| said == stored) { stored } else { total }
    }

    /// What a cell shows that adds the stored amounts up, where those shown come to this.
    pub fn total_of_stored(&self, shown: Amount) -> Amount {
        Finer(i128::from(shown.centimes()).saturating_mul(CENTIME).saturating_add(self.excess)).shown()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_to_the_centime_half_away_from_zero() {
        for (stored, centimes) in [
            ("13725.50325", 1_372_550),
            ("13725.505", 1_372_551),
            ("13725.504999999", 1_372_550),
            ("0.005", 1),
            ("0.004999999999999999", 0),
            ("-0.005", -1),
            ("-13725.50325", -1_372_550),
            ("1.995", 200),
        ] {
            assert_eq!(Finer::parse(stored).unwrap().shown().centimes(), centimes, "{stored}");
        }
        assert_eq!(Finer::parse("1E-30"), None);
    }

    #[test]
    fn the_stored_amounts_come_to_another_total() {
        let mut shown = ShownAmounts::default();
        for _ in 0..3 {
            shown.count(Finer::parse("0.333333333333333").unwrap());
        }
        assert_eq!((shown.count, shown.total_of_stored(Amount::from_centimes(99)).centimes()), (3, 100));
    }
}
