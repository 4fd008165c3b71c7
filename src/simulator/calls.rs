//! The eight calls, answered truthfully.
//!
//! Must never: know of faults. What a call does and says here is what MonCash would do and say.

use super::answers;
use super::bank::TransferOrder;
use super::collection::{Outcome, PAYABLE_MS};
use super::exchange::{Call, HttpAnswer, Lag, Request};
use super::journal::Says;
use super::model::Model;
use super::number::{as_binary_expansion, as_short_number};
use super::people::{Whom, read_receiver};
use super::token::{Holder, NoGrant, Stranger, read_grant};
use crate::payout::money::{Amount, ExactNumber};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Duration;

/// What was answered, and what that says.
pub struct Truth {
    pub says: Says,
    pub answer: HttpAnswer,
}

impl Truth {
    fn new(says: Says, answer: HttpAnswer) -> Truth {
        Truth { says, answer }
    }
}

/// What a fault changes about a truthful answer.
#[derive(Clone, Copy, Debug)]
pub struct Tweak {
    pub lag: Lag,
    pub balance_age: Option<Duration>,
    pub long_balance: bool,
}

impl Default for Tweak {
    fn default() -> Tweak {
        Tweak { lag: Lag::Usual, balance_age: None, long_balance: false }
    }
}

/// The texts and numbers of a JSON object, each as it was written. MonCash takes either for the
/// other, as Spring does.
#[derive(Debug, Default)]
pub struct Fields {
    /// `None` where the body is no JSON object.
    values: Option<BTreeMap<String, String>>,
}

impl Fields {
    pub fn read(request: &Request) -> Fields {
        if request.call.is_get() || request.call == Call::Token {
            return Fields { values: Some(BTreeMap::new()) };
        }
        let values = serde_json::from_slice::<BTreeMap<String, Box<RawValue>>>(&request.body).ok();
        let text_of = |raw: &RawValue| match raw.get().as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw.get()).ok(),
            Some(b'-' | b'0'..=b'9') => Some(raw.get().to_string()),
            _ => None,
        };
        Fields {
            values: values
                .map(|all| all.into_iter().filter_map(|(key, raw)| text_of(&raw).map(|text| (key, text))).collect()),
        }
    }

    /// A value that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.as_ref()?.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The reference, or what stands in its place.
    pub fn reference(&self) -> &str {
        ["reference", "orderId", "transactionId"].iter().find_map(|name| self.get(name)).unwrap_or_default()
    }

    pub fn receiver(&self) -> &str {
        ["receiver", "account"].iter().find_map(|name| self.get(name)).unwrap_or_default()
    }

    fn amount(&self) -> Option<Amount> {
        let number = ExactNumber::parse(self.get("amount")?)?;
        let amount = number.floor();
        (amount.is_positive() && number.is(amount)).then_some(amount)
    }
}

impl Model {
    /// Does what the call asks, and says what came of it.
    pub(super) fn answer(
        &mut self,
        entry: usize,
        request: &Request,
        fields: &Fields,
        now_ms: u64,
        tweak: Tweak,
    ) -> Truth {
        if request.call == Call::Token {
            return self.answer_token(request, now_ms);
        }
        if request.call == Call::Transfer {
            return match self.admit_transfer(request, fields, now_ms) {
                Err(turned_away) => turned_away,
                Ok(order) => self.execute(entry, &order, now_ms, tweak.lag),
            };
        }
        let holder = match self.admit(request, fields, now_ms) {
            Err(turned_away) => return turned_away,
            Ok(holder) => holder,
        };
        match request.call {
            Call::Token | Call::Transfer => self.malformed(request.call, "Not here", now_ms),
            Call::Status => self.answer_status(holder, fields, now_ms),
            Call::Balance => self.answer_balance(now_ms, tweak),
            Call::Customer => self.answer_customer(fields, now_ms),
            Call::CreatePayment => self.create_payment(fields, now_ms),
            Call::PaymentByOrder | Call::PaymentByTransaction => self.find_payment(request.call, fields, now_ms),
        }
    }

    /// Who asks, if it may ask this and the body can be read.
    fn admit(&self, request: &Request, fields: &Fields, now_ms: u64) -> Result<Holder, Truth> {
        let call = request.call;
        let failure = |says, status, message| {
            Truth::new(says, answers::failure(call.path(), status, message, self.stamp(now_ms)))
        };
        let holder = self
            .tokens
            .holder(request.authorization.as_deref(), now_ms)
            .map_err(|stranger: Stranger| Truth::new(Says::Unauthorized, answers::stranger(&stranger)))?;
        let is_json = request.content_type.as_deref().is_some_and(|kind| kind.starts_with("application/json"));
        if !call.is_get() && !is_json {
            return Err(failure(Says::Malformed, 415, "Content type not supported"));
        }
        if call.needs_payouts() && holder == Holder::Collection {
            let message = "the receiver organization queried by short code does not exist";
            return Err(failure(Says::Refused, 403, message));
        }
        if call.needs_payouts() && !self.settings.payouts_enabled {
            return Err(failure(Says::Refused, 403, "No short code for user account"));
        }
        if fields.values.is_none() {
            return Err(failure(Says::Malformed, 400, "JSON parse error"));
        }
        Ok(holder)
    }

    /// The transfer that is asked for, if it may be asked for and can be understood.
    pub(super) fn admit_transfer(
        &self,
        request: &Request,
        fields: &Fields,
        now_ms: u64,
    ) -> Result<TransferOrder, Truth> {
        self.admit(request, fields, now_ms)?;
        let malformed = |message| self.malformed(Call::Transfer, message, now_ms);
        let reference = fields.get("reference").ok_or_else(|| malformed("The reference is required"))?;
        let receiver = fields.get("receiver").ok_or_else(|| malformed("The receiver is required"))?;
        let receiver = read_receiver(receiver).ok_or_else(|| malformed("The receiver is incorrect"))?;
        let amount = fields.amount().ok_or_else(|| {
            Truth::new(Says::Malformed, answers::amount_incorrect(Call::Transfer, self.stamp(now_ms)))
        })?;
        let description = fields.get("desc").unwrap_or_default().to_string();
        Ok(TransferOrder { reference: reference.to_string(), receiver, amount, description })
    }

    /// Moves the money, or refuses.
    pub(super) fn execute(&mut self, entry: usize, order: &TransferOrder, now_ms: u64, lag: Lag) -> Truth {
        let stamp = self.stamp(now_ms);
        let later = |wait: Duration| now_ms.saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let known_from = match lag {
            Lag::Usual => Some(later(self.settings.status_lag)),
            Lag::For(wait) => Some(later(wait)),
            Lag::Never => None,
        };
        match self.bank.pay(&self.settings, order, now_ms, known_from) {
            Ok(payment) => {
                if let Some(entry) = self.journal.entry(entry) {
                    entry.transaction_id = Some(payment.transaction_id.clone());
                    entry.paid_at_ms = Some(now_ms);
                }
                Truth::new(Says::Successful, answers::transfer(payment, stamp))
            }
            Err(refusal) => Truth::new(Says::Refused, answers::refused(&refusal, stamp)),
        }
    }

    fn answer_token(&mut self, request: &Request, now_ms: u64) -> Truth {
        match read_grant(request, &self.settings) {
            Err(NoGrant::BadCredentials) => {
                let answer = answers::failure(Call::Token.path(), 401, "Bad credentials", self.stamp(now_ms));
                Truth::new(Says::Unauthorized, answer)
            }
            Err(NoGrant::BadGrant) => {
                let answer = answers::oauth_failure(400, "unsupported_grant_type", "Unsupported grant type");
                Truth::new(Says::Malformed, answer)
            }
            Ok(holder) => {
                let token = self.tokens.give(holder, &self.settings, &mut self.seed, now_ms);
                let jti = self.seed.hex();
                Truth::new(Says::Successful, answers::token(&token, self.settings.token_life.as_secs(), &jti))
            }
        }
    }

    fn answer_status(&self, holder: Holder, fields: &Fields, now_ms: u64) -> Truth {
        let stamp = self.stamp(now_ms);
        let Some(reference) = fields.get("reference") else {
            return self.malformed(Call::Status, "The reference is required", now_ms);
        };
        // Another account's transactions are not found, however successful they were.
        if holder == Holder::Collection {
            return Truth::new(Says::NotFound, answers::not_found(stamp));
        }
        if self.bank.is_known(reference, now_ms) {
            return Truth::new(Says::Successful, answers::paid(stamp));
        }
        match self.bank.refusal(reference) {
            Some(refusal) if self.settings.status_tells_refusals => {
                Truth::new(Says::Refused, answers::refused(refusal, stamp))
            }
            _ => Truth::new(Says::NotFound, answers::not_found(stamp)),
        }
    }

    fn answer_balance(&self, now_ms: u64, tweak: Tweak) -> Truth {
        let age = tweak.balance_age.unwrap_or(self.settings.balance_lag);
        let then = now_ms.saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        let balance = self.bank.balance_at(then);
        let long = tweak.long_balance || self.settings.long_balance;
        let number = if long { as_binary_expansion(balance) } else { as_short_number(balance) };
        Truth::new(Says::Successful, answers::balance(&number, self.stamp(now_ms)))
    }

    fn answer_customer(&self, fields: &Fields, now_ms: u64) -> Truth {
        let stamp = self.stamp(now_ms);
        match fields.get("account").and_then(read_receiver) {
            Some(account) if !Whom::any(&self.settings.unknown, account) => {
                let active = !Whom::any(&self.settings.inactive, account);
                Truth::new(Says::Successful, answers::customer(active, stamp))
            }
            _ => Truth::new(Says::NotFound, answers::failure(Call::Customer.path(), 404, "Customer not found", stamp)),
        }
    }

    fn create_payment(&mut self, fields: &Fields, now_ms: u64) -> Truth {
        let stamp = self.stamp(now_ms);
        let Some(amount) = fields.amount() else {
            return Truth::new(Says::Malformed, answers::amount_incorrect(Call::CreatePayment, stamp));
        };
        let Some(order) = fields.get("orderId") else {
            return self.malformed(Call::CreatePayment, "The orderId is required", now_ms);
        };
        let token = self.seed.hex();
        if !self.orders.open(order, amount, &token, now_ms) {
            let answer = answers::failure(Call::CreatePayment.path(), 403, "The order is paid already", stamp);
            return Truth::new(Says::Refused, answer);
        }
        let (created, expired) = (document_time(stamp), document_time(stamp.saturating_add(PAYABLE_MS)));
        Truth::new(Says::Successful, answers::payment_created(&token, &created, &expired, stamp))
    }

    fn find_payment(&self, call: Call, fields: &Fields, now_ms: u64) -> Truth {
        let stamp = self.stamp(now_ms);
        let order = match call {
            Call::PaymentByOrder => fields.get("orderId").and_then(|id| self.orders.by_id(id)),
            _ => fields.get("transactionId").and_then(|id| self.orders.by_transaction(id)),
        };
        match order.map(|order| (order, &order.outcome)) {
            Some((order, Outcome::Paid { transaction_id, payer })) => {
                Truth::new(Says::Successful, answers::payment(call, order, transaction_id, payer, stamp))
            }
            _ => Truth::new(Says::NotFound, answers::failure(call.path(), 404, "Transaction Not Found", stamp)),
        }
    }

    fn malformed(&self, call: Call, message: &str, now_ms: u64) -> Truth {
        Truth::new(Says::Malformed, answers::failure(call.path(), 400, message, self.stamp(now_ms)))
    }
}

/// A moment as the document's CreatePayment sample writes it: `2019-05-24 12:46:55:107`.
fn document_time(stamp_ms: u64) -> String {
    let moment = i64::try_from(stamp_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S:%3f").to_string()
}
