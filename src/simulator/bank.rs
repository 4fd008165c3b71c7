//! The money of the simulated MonCash: the prefunded balance, the wallets, and every debit.
//!
//! Must never: create or lose a centime. What leaves the balance is in a wallet or is a fee.

use super::people::Whom;
use super::settings::{Repeated, Settings};
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// A Transfert that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferOrder {
    pub reference: String,
    pub receiver: Account,
    pub amount: Amount,
    pub description: String,
}

/// A debit that happened.
#[derive(Clone, Debug)]
pub struct Payment {
    pub transaction_id: String,
    pub order: TransferOrder,
    pub fee: Amount,
    /// When the money moved.
    pub at_ms: u64,
    /// From when the status call knows of it; `None` for never.
    pub known_from_ms: Option<u64>,
}

/// Why a transfer was refused: the answer that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, message: &str) -> Refusal {
        Refusal { status, message: message.to_string() }
    }
}

/// How far back a stale reading of the balance can go.
pub const BALANCE_MEMORY: Duration = Duration::from_secs(3600);

#[derive(Debug)]
pub struct Bank {
    balance: Amount,
    /// The balance after each change that is still within memory, oldest first.
    past: VecDeque<(u64, Amount)>,
    wallets: BTreeMap<Account, Amount>,
    payments: Vec<Payment>,
    by_reference: BTreeMap<String, Vec<usize>>,
    refusals: BTreeMap<String, Refusal>,
    /// Everything that ever came in.
    paid_in: Amount,
}

impl Bank {
    pub fn new(opening: Amount) -> Bank {
        Bank {
            balance: opening,
            past: VecDeque::from([(0, opening)]),
            wallets: BTreeMap::new(),
            payments: Vec::new(),
            by_reference: BTreeMap::new(),
            refusals: BTreeMap::new(),
            paid_in: opening,
        }
    }

    /// Moves the money, or says why not. `known_from_ms`: from when the status call knows of it.
    pub fn pay(
        &mut self,
        settings: &Settings,
        order: &TransferOrder,
        now_ms: u64,
        known_from_ms: Option<u64>,
    ) -> Result<&Payment, Refusal> {
        let fee = settings.fee(order.amount);
        match self.judge(settings, order, fee) {
            Ok((balance, wallet)) => {
                self.set_balance(balance, now_ms);
                self.wallets.insert(order.receiver, wallet);
            }
            Err(refusal) => {
                self.refuse(&order.reference, refusal.clone());
                return Err(refusal);
            }
        }
        let number = self.payments.len();
        self.by_reference.entry(order.reference.clone()).or_default().push(number);
        self.payments.push(Payment {
            transaction_id: format!("SIM-{:x}-{:06}", settings.epoch_ms, number + 1),
            order: order.clone(),
            fee,
            at_ms: now_ms,
            known_from_ms,
        });
        Ok(&self.payments[number])
    }

    /// What the balance and the wallet would be after this transfer.
    fn judge(&self, settings: &Settings, order: &TransferOrder, fee: Amount) -> Result<(Amount, Amount), Refusal> {
        if Whom::any(&settings.unknown, order.receiver) {
            return Err(Refusal::new(404, "Customer not found"));
        }
        if Whom::any(&settings.inactive, order.receiver) {
            return Err(Refusal::new(
                403,
                "Failed to match a reason type because the Identity Type factor of the credit party does not match.",
            ));
        }
        if settings.repeated == Repeated::Refused && self.by_reference.contains_key(&order.reference) {
            return Err(Refusal::new(403, "The reference was used before"));
        }
        let full = Refusal::new(403, "Maximum Account Balance");
        let wallet = self.wallet(settings, order.receiver).checked_add(order.amount).ok_or(full.clone())?;
        if settings.wallet_limit.is_some_and(|limit| wallet > limit) || Whom::any(&settings.full, order.receiver) {
            return Err(full);
        }
        match order.amount.checked_add(fee).and_then(|cost| self.balance.checked_sub(cost)) {
            Some(left) if left >= Amount::ZERO => Ok((left, wallet)),
            _ => Err(Refusal::new(403, "The balance is insufficient for the transaction.")),
        }
    }

    pub fn refuse(&mut self, reference: &str, refusal: Refusal) {
        self.refusals.insert(reference.to_string(), refusal);
    }

    pub fn refusal(&self, reference: &str) -> Option<&Refusal> {
        self.refusals.get(reference)
    }

    pub fn wallet(&self, settings: &Settings, account: Account) -> Amount {
        let opening = if Whom::any(&settings.full, account) { settings.wallet_limit } else { None };
        self.wallets.get(&account).copied().unwrap_or(opening.unwrap_or(Amount::ZERO))
    }

    pub fn balance(&self) -> Amount {
        self.balance
    }

    /// The balance as it was at a moment, as far back as memory goes.
    pub fn balance_at(&self, at_ms: u64) -> Amount {
        let after = self.past.partition_point(|(from, _)| *from <= at_ms);
        self.past.get(after.saturating_sub(1)).map_or(self.balance, |(_, balance)| *balance)
    }

    /// Puts money into the prefunded account; `None` when that is more than can be counted.
    pub fn top_up(&mut self, amount: Amount, now_ms: u64) -> Option<Amount> {
        let balance = self.balance.checked_add(amount)?;
        self.paid_in = self.paid_in.checked_add(amount)?;
        self.set_balance(balance, now_ms);
        Some(balance)
    }

    fn set_balance(&mut self, balance: Amount, now_ms: u64) {
        self.balance = balance;
        self.past.push_back((now_ms, balance));
        let memory = u64::try_from(BALANCE_MEMORY.as_millis()).unwrap_or(u64::MAX);
        // The entry before the oldest moment within memory is the one that holds at that moment.
        while self.past.get(1).is_some_and(|(from, _)| from.saturating_add(memory) < now_ms) {
            self.past.pop_front();
        }
    }

    /// Whether the status call knows that this reference was paid.
    pub fn is_known(&self, reference: &str, now_ms: u64) -> bool {
        self.debits(reference).any(|payment| payment.known_from_ms.is_some_and(|from| from <= now_ms))
    }

    /// Every debit of a reference, in order.
    pub fn debits(&self, reference: &str) -> impl Iterator<Item = &Payment> {
        self.by_reference.get(reference).into_iter().flatten().filter_map(|number| self.payments.get(*number))
    }

    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.by_reference.keys().map(String::as_str)
    }

    /// Every debit, in the order in which the money moved.
    pub fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// What went out with fees, what was taken as fees, and what ever came in.
    pub fn totals(&self) -> Totals {
        let sum = |part: fn(&Payment) -> Amount| {
            self.payments.iter().fold(Amount::ZERO, |total, payment| total.saturating_add(part(payment)))
        };
        Totals { paid: sum(|p| p.order.amount), fees: sum(|p| p.fee), paid_in: self.paid_in }
    }
}

/// Sums over everything that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub paid: Amount,
    pub fees: Amount,
    pub paid_in: Amount,
}
