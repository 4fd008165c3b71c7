//! Which customers are unusual: unknown to MonCash, inactive, or with a full wallet.
//!
//! Must never: accept a receiver that MonCash would not.

use crate::payout::instruction::Account;
use std::str::FromStr;

/// One account, or every account with an ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Account(Account),
    /// Written `*99`.
    Ending(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is neither a wallet such as 50937007294 nor an ending such as *99")]
pub struct NotWhom;

impl Whom {
    pub fn matches(&self, account: Account) -> bool {
        match self {
            Whom::Account(one) => *one == account,
            Whom::Ending(ending) => account.msisdn().ends_with(ending),
        }
    }

    pub fn any(list: &[Whom], account: Account) -> bool {
        list.iter().any(|whom| whom.matches(account))
    }
}

impl FromStr for Whom {
    type Err = NotWhom;

    fn from_str(text: &str) -> Result<Whom, NotWhom> {
        match text.strip_prefix('*') {
            Some(ending) if !ending.is_empty() && ending.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Whom::Ending(ending.to_string()))
            }
            Some(_) => Err(NotWhom),
            None => Account::parse(text).map(Whom::Account).map_err(|_| NotWhom),
        }
    }
}

/// Reads a receiver as the API wants it, 509 and eight digits and nothing else.
pub fn read_receiver(text: &str) -> Option<Account> {
    let plain = text.len() == 11 && text.starts_with("509") && text.bytes().all(|b| b.is_ascii_digit());
    if plain { Account::parse(text).ok() } else { None }
}
