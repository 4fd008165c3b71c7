//! Whether a wallet can be paid, as CustomerStatus tells it. API document, "CHECK CUSTOMER STATUS".
//!
//! Must never: take no answer for a good one.

use super::wire::{WireError, accepted_body, read_customer};
use crate::payout::reply::Reply;

/// The words of a wallet that can be paid.
const GOOD: [&str; 2] = ["registered", "active"];

/// What CustomerStatus says of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wallet {
    /// Registered and active.
    Good,
    /// Perhaps it cannot be paid: MonCash's own words.
    Bad(String),
    /// Nothing is known: why.
    NoAnswer(String),
}

/// Reads the reply of a CustomerStatus call.
pub fn read_wallet(reply: &Reply) -> Wallet {
    match accepted_body(reply).and_then(read_customer) {
        Ok(customer) => {
            let has = |word: &&str| customer.status.iter().any(|status| status.eq_ignore_ascii_case(word));
            if GOOD.iter().all(has) { Wallet::Good } else { Wallet::Bad(format!("\"{}\"", customer.status.join(", "))) }
        }
        Err(WireError::Refused { status: 400 | 404, message }) => Wallet::Bad(format!("\"{message}\"")),
        Err(error) => Wallet::NoAnswer(error.to_string()),
    }
}
