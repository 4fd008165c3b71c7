//! Payments that customers make to a merchant: orders, their hosted page, and what came of them.
//!
//! Must never: touch the prefunded balance, or call an unpaid order paid.

use crate::payout::money::Amount;
use std::collections::BTreeMap;

/// How long a payment token can be paid (the document's sample: ten minutes).
pub const PAYABLE_MS: u64 = 600_000;

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Waiting,
    Cancelled,
    Paid { transaction_id: String, payer: String },
}

/// An order that a merchant created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: String,
    pub amount: Amount,
    pub created_ms: u64,
    pub outcome: Outcome,
}

/// Why a customer cannot decide any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDecide {
    #[error("This payment is not known: begin again at the shop.")]
    Unknown,
    #[error("This payment has expired: begin again at the shop.")]
    Expired,
    #[error("This payment has been decided already.")]
    Decided,
}

#[derive(Debug, Default)]
pub struct Orders {
    orders: BTreeMap<String, Order>,
    /// Payment token to order id.
    tokens: BTreeMap<String, String>,
    /// Transaction id to order id.
    transactions: BTreeMap<String, String>,
}

impl Orders {
    /// Opens an order, or opens it again under a new token. `false` when it is paid already.
    pub fn open(&mut self, id: &str, amount: Amount, token: &str, now_ms: u64) -> bool {
        if self.orders.get(id).is_some_and(|order| matches!(order.outcome, Outcome::Paid { .. })) {
            return false;
        }
        self.tokens.retain(|_, order| order != id);
        self.tokens.insert(token.to_string(), id.to_string());
        let order = Order { id: id.to_string(), amount, created_ms: now_ms, outcome: Outcome::Waiting };
        self.orders.insert(id.to_string(), order);
        true
    }

    /// The order that a customer may decide on now.
    pub fn payable(&self, token: &str, now_ms: u64) -> Result<&Order, CannotDecide> {
        let order = self.tokens.get(token).and_then(|id| self.orders.get(id)).ok_or(CannotDecide::Unknown)?;
        if order.outcome != Outcome::Waiting {
            return Err(CannotDecide::Decided);
        }
        if now_ms.saturating_sub(order.created_ms) >= PAYABLE_MS {
            return Err(CannotDecide::Expired);
        }
        Ok(order)
    }

    /// The customer's decision. `payer` is `None` for a cancellation.
    pub fn decide(
        &mut self,
        token: &str,
        payer: Option<&str>,
        epoch_ms: u64,
        now_ms: u64,
    ) -> Result<&Order, CannotDecide> {
        let id = self.payable(token, now_ms)?.id.clone();
        let outcome = match payer {
            None => Outcome::Cancelled,
            Some(payer) => {
                let transaction_id = format!("SIM-{epoch_ms:x}-C{:06}", self.transactions.len() + 1);
                self.transactions.insert(transaction_id.clone(), id.clone());
                Outcome::Paid { transaction_id, payer: payer.to_string() }
            }
        };
        let order = self.orders.get_mut(&id).ok_or(CannotDecide::Unknown)?;
        order.outcome = outcome;
        Ok(order)
    }

    pub fn by_id(&self, id: &str) -> Option<&Order> {
        self.orders.get(id)
    }

    pub fn by_transaction(&self, transaction_id: &str) -> Option<&Order> {
        self.transactions.get(transaction_id).and_then(|id| self.orders.get(id))
    }
}
