//! How `[guards]` is written.
//!
//! Must never: take a guard that is misspelt for one that is off.

use super::read::positive_amount;
use super::reader::{Reader, text};
use super::sections::Guards;
use crate::payout::money::Amount;
use crate::payout::terms::{Act, SameNumber};
use toml::de::DeValue;

pub(super) fn guards(r: &mut Reader<'_>, live: bool) -> Guards {
    Guards {
        same_number: r.read("guards", "same_number", SameNumber::default(), same_number),
        missing: r.read("guards", "missing", Act::Warn, act),
        new_people: r.read("guards", "new_people", Act::Warn, act),
        changed_number: r.read("guards", "changed_number", Act::Warn, act),
        changed_amount: r.read("guards", "changed_amount", Act::Warn, act),
        change_factor: r.read("guards", "change_factor", 300, factor),
        period: r.read("guards", "period", Act::Warn, act),
        // In live a person looks at it once; elsewhere it is tried out.
        new_layout: r.read("guards", "new_layout", if live { Act::Hold } else { Act::Warn }, act),
        over_wallet: r.read("guards", "over_wallet", Act::Warn, act),
        wallet_limit: r.read("guards", "wallet_limit", Amount::from_centimes(10_000_000), positive_amount),
        shortfall: r.read("guards", "shortfall", Act::Warn, act),
        // Off: the sandbox's CustomerStatus is not reliable, and every number is a call.
        customer_status: r.read("guards", "customer_status", Act::Off, act_that_warns),
    }
}

fn act(value: &DeValue<'_>) -> Result<Act, String> {
    match text(value)? {
        "off" => Ok(Act::Off),
        "warn" => Ok(Act::Warn),
        "hold" => Ok(Act::Hold),
        _ => Err("must be \"off\", \"warn\" or \"hold\" (wait for approval)".to_string()),
    }
}

/// One word for every amount; `""` stands for none.
fn same_number(value: &DeValue<'_>) -> Result<SameNumber, String> {
    match text(value)? {
        "" => Ok(SameNumber::default()),
        _ => act(value).map(SameNumber::all),
    }
}

/// Of a guard that speaks in previews only.
fn act_that_warns(value: &DeValue<'_>) -> Result<Act, String> {
    match act(value) {
        Ok(Act::Hold) | Err(_) => {
            Err("must be \"off\" or \"warn\": MonCash is asked for previews alone, so it holds no batch".to_string())
        }
        known => known,
    }
}

/// A factor with at most two decimals, in hundredths.
fn factor(value: &DeValue<'_>) -> Result<u32, String> {
    let wanted = || "must be a factor in quotes from \"1.01\" to \"1000\", such as \"3\"".to_string();
    let hundredths = Amount::parse(text(value)?).map_err(|_| wanted())?.centimes();
    u32::try_from(hundredths).ok().filter(|factor| (101..=100_000).contains(factor)).ok_or_else(wanted)
}
