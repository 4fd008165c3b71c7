//! What MonCash charges on top of a transfer, as a hypothesis that readings of the balance can refute.
//!
//! Must never: call a fee learned that was seen only once, or that is no round one: whatever is missing
//! would then be called a fee.

use crate::payout::funds::Fee;
use crate::payout::money::Amount;
use crate::words::{Saying, say};

/// A hundred percent, in parts per million.
const WHOLE: i128 = 1_000_000;
/// Percentages are taken to be whole steps of 0.01 %: contracts name no finer ones.
const STEP: i128 = 100;
/// Highest percentage that is believed, in parts per million: a fifth of every transfer is no fee.
const MOST: i128 = 200_000;
/// Candidates that are reckoned with to the centime.
const MOST_LEARNED: usize = 6;
/// Samples that are compared with each other.
const MOST_SAMPLES: usize = 60;

/// How a share of a centime is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    Up,
    Nearest,
    Down,
}

/// A fee, and how it is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    pub fee: Fee,
    pub rounding: Rounding,
}

impl Charge {
    /// The three ways in which one fee can be rounded; up first, as payoutd reckons.
    pub fn all(fee: Fee) -> [Charge; 3] {
        [Rounding::Up, Rounding::Nearest, Rounding::Down].map(|rounding| Charge { fee, rounding })
    }

    /// The fee of one transfer, in centimes.
    pub fn of(&self, amount: Amount) -> i64 {
        let share = i128::from(amount.centimes()) * i128::from(self.fee.parts_per_million);
        let rounded = match self.rounding {
            Rounding::Up => share + WHOLE - 1,
            Rounding::Nearest => share + WHOLE / 2,
            Rounding::Down => share,
        }
        .div_euclid(WHOLE);
        i64::try_from(rounded).unwrap_or(i64::MAX).saturating_add(self.fee.fixed.centimes())
    }

    /// `3 % of each amount and HTG 5.00 a transfer`.
    pub fn words(fee: Fee) -> Saying {
        let ppm = fee.parts_per_million;
        let percent = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
        let percent = percent.trim_end_matches('0').trim_end_matches('.').to_string();
        let fixed = fee.fixed.grouped();
        match (ppm, fee.fixed.centimes()) {
            (0, 0) => say!("fee-nothing"),
            (_, 0) => say!("fee-percent", percent = percent),
            (0, _) => say!("fee-fixed", fixed = fixed),
            (_, _) => say!("fee-both", percent = percent, fixed = fixed),
        }
    }
}

/// What a stretch whose both ends are certain shows: so many transfers of so much took so much more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub rows: i64,
    pub paid: i64,
    /// What left the account beyond `paid`, in centimes.
    pub beyond: i64,
}

impl Sample {
    /// Whether a fee explains it, but for rounding: less than a centime a transfer.
    fn is_explained_by(&self, fee: Fee) -> bool {
        let share = (i128::from(self.paid) * i128::from(fee.parts_per_million)).div_euclid(WHOLE);
        let reckoned = share + i128::from(self.rows) * i128::from(fee.fixed.centimes());
        (i128::from(self.beyond) - reckoned).abs() <= i128::from(self.rows)
    }
}

/// Fees that explain at least two samples and more than half of them: those that explain most first, and of
/// these the roundest. Which of them it is to the centime, a reckoning of every transfer says. What was
/// seen once is not learned; [`suggest`] words it.
pub fn learn(samples: &[Sample]) -> Vec<Fee> {
    let samples = samples.get(..samples.len().min(MOST_SAMPLES)).unwrap_or_default();
    let mut found: Vec<(usize, u32, Fee)> = Vec::new();
    for fee in candidates(samples) {
        // Two stretches that paid the same sum say as much as one.
        let mut sums: Vec<i64> =
            samples.iter().filter(|sample| sample.is_explained_by(fee)).map(|sample| sample.paid).collect();
        let explained = sums.len();
        sums.sort_unstable();
        sums.dedup();
        if sums.len() >= 2 && explained * 2 > samples.len() && !found.iter().any(|(.., other)| *other == fee) {
            found.push((explained, digits(fee), fee));
        }
    }
    found.sort_by_key(|(explained, digits, _)| (std::cmp::Reverse(*explained), *digits));
    found.into_iter().take(MOST_LEARNED).map(|(.., fee)| fee).collect()
}

/// How many digits it takes to write a fee down: contracts name round ones.
fn digits(fee: Fee) -> u32 {
    let written = |number: u64| number.to_string().trim_end_matches('0').len() as u32;
    written(u64::from(fee.parts_per_million)) + written(fee.fixed.centimes().unsigned_abs())
}

/// The round percentage that would explain a single stretch: a hint, not knowledge.
pub fn suggest(sample: &Sample) -> Option<Fee> {
    percentage(sample.beyond, sample.paid).filter(|fee| fee.parts_per_million > 0 && sample.is_explained_by(*fee))
}

fn candidates(samples: &[Sample]) -> Vec<Fee> {
    let mut found = Vec::new();
    for sample in samples.iter().filter(|sample| sample.rows > 0 && sample.paid > 0) {
        found.extend(percentage(sample.beyond, sample.paid));
        found.extend(fixed(sample.beyond, sample.rows).map(|fixed| Fee { parts_per_million: 0, fixed }));
        for other in samples {
            // Two equations, two unknowns: beyond = percent × paid + fixed × rows.
            let by =
                i128::from(sample.paid) * i128::from(other.rows) - i128::from(other.paid) * i128::from(sample.rows);
            if by == 0 {
                continue;
            }
            let share =
                i128::from(sample.beyond) * i128::from(other.rows) - i128::from(other.beyond) * i128::from(sample.rows);
            let Some(percent) = round_share(share * WHOLE, by) else { continue };
            let share = (i128::from(sample.paid) * i128::from(percent.parts_per_million)).div_euclid(WHOLE);
            let rest = i128::from(sample.beyond) - share;
            let rest = i64::try_from(rest).ok().and_then(|rest| fixed(rest, sample.rows));
            // Rounding moves the fixed part by less than a centime a transfer, either way.
            for by in [0, -1, 1] {
                let fixed = rest.map(|fixed| fixed.centimes() + by).filter(|fixed| *fixed >= 0);
                found.extend(fixed.map(|fixed| Fee { fixed: Amount::from_centimes(fixed), ..percent }));
            }
        }
    }
    found
}

fn percentage(beyond: i64, paid: i64) -> Option<Fee> {
    round_share(i128::from(beyond) * WHOLE, i128::from(paid))
}

/// `over / under` parts per million, to the nearest step, where that can be a fee.
fn round_share(over: i128, under: i128) -> Option<Fee> {
    if under == 0 {
        return None;
    }
    let (over, under) = if under < 0 { (-over, -under) } else { (over, under) };
    let parts = (over + under * STEP / 2).div_euclid(under * STEP) * STEP;
    let parts_per_million = u32::try_from(parts).ok().filter(|_| parts <= MOST)?;
    Some(Fee { parts_per_million, fixed: Amount::ZERO })
}

/// The nearest whole centime a transfer.
fn fixed(beyond: i64, rows: i64) -> Option<Amount> {
    let each = beyond.checked_add(rows / 2)?.checked_div_euclid(rows)?;
    (each >= 0).then(|| Amount::from_centimes(each))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(fee: Fee, rounding: Rounding, amounts: &[i64]) -> Sample {
        let charge = Charge { fee, rounding };
        let beyond = amounts.iter().map(|amount| charge.of(Amount::from_centimes(*amount))).sum();
        Sample { rows: i64::try_from(amounts.len()).unwrap(), paid: amounts.iter().sum(), beyond }
    }

    #[test]
    fn a_fee_is_learned_from_two_stretches_however_it_is_rounded() {
        let amounts: [&[i64]; 3] = [&[123_457, 99_999, 250_001], &[50_050, 777_777], &[310_000; 9]];
        for (parts_per_million, fixed) in [(30_000, 0), (0, 500), (12_500, 250), (0, 0), (100, 1)] {
            let fee = Fee { parts_per_million, fixed: Amount::from_centimes(fixed) };
            for rounding in [Rounding::Up, Rounding::Nearest, Rounding::Down] {
                let samples: Vec<Sample> = amounts.iter().map(|amounts| sample(fee, rounding, amounts)).collect();
                // Within the rounding there may be others that explain as much.
                let learned = learn(&samples);
                assert!(learned.contains(&fee), "{fee:?} {rounding:?}: {learned:?}");
            }
        }
    }

    #[test]
    fn what_was_seen_once_or_differs_each_time_is_no_fee() {
        let once = sample(Fee { parts_per_million: 30_000, fixed: Amount::ZERO }, Rounding::Up, &[100_000, 200_000]);
        assert_eq!(learn(&[once]), []);
        assert_eq!(learn(&[once, once]), []);
        let suggested = suggest(&once).map(|fee| Charge::words(fee).to_string());
        assert_eq!(suggested, Some("3 % of each amount".to_string()));
        let odd = |beyond| Sample { rows: 10, paid: 1_000_000 + beyond, beyond };
        assert_eq!(learn(&[odd(31_337), odd(2), odd(777_777), odd(90_909)]), []);
    }
}
