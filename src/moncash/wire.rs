//! What the calls look like on the wire: the bodies that are sent, and the answers of the calls
//! that no payout hangs on, read into types.
//!
//! Must never: pass money through a float, or judge whether a payout was paid (the core does).

use crate::payout::evidence::{self, BalanceAnswer, StatusAnswer};
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::money::{Amount, ExactNumber};
use crate::payout::reply::Reply;
use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The form of the token call. API document, "SAMPLE AUTHENTICATION BASIC"; the comma is sent as
/// it stands there.
pub(super) const TOKEN_FORM: &str = "scope=read,write&grant_type=client_credentials";

/// The word that MonCash uses for success, in every answer that has one.
const SUCCESSFUL: &str = "successful";
/// Characters of MonCash's own words that an error message repeats.
const LONGEST_QUOTE: usize = 200;

/// HTG as a JSON number with two decimals, printed from centimes.
struct Htg(Amount);

impl Serialize for Htg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

#[derive(Serialize)]
struct Transfert<'a> {
    amount: Htg,
    receiver: String,
    desc: &'a str,
    reference: &'a str,
}

/// Body of `POST /v1/Transfert`. API document, "PREFUNDED/PAYOUT".
pub(super) fn transfert(instruction: &Instruction) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Transfert {
        amount: Htg(instruction.amount),
        receiver: instruction.receiver.msisdn(),
        desc: &instruction.description,
        reference: instruction.reference.as_str(),
    })
}

/// Body of `POST /v1/PrefundedTransactionStatus`. API document, "CHECK PREFUNDED TRANSACTION STATUS".
pub(super) fn status(reference: &Reference) -> Vec<u8> {
    serde_json::json!({ "reference": reference.as_str() }).to_string().into_bytes()
}

/// Body of `POST /v1/CustomerStatus`. API document, "CHECK CUSTOMER STATUS".
pub(super) fn customer(account: Account) -> Vec<u8> {
    serde_json::json!({ "account": account.msisdn() }).to_string().into_bytes()
}

#[derive(Serialize)]
struct CreatePayment<'a> {
    amount: Htg,
    #[serde(rename = "orderId")]
    order_id: &'a str,
}

/// Body of `POST /v1/CreatePayment`. API document, "CREATE PAYMENT".
pub(super) fn create_payment(order_id: &str, amount: Amount) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&CreatePayment { amount: Htg(amount), order_id })
}

/// Body of `POST /v1/RetrieveTransactionPayment`. API document, "PAYMENT DETAILS".
pub(super) fn by_transaction(transaction_id: &str) -> Vec<u8> {
    serde_json::json!({ "transactionId": transaction_id }).to_string().into_bytes()
}

/// Body of `POST /v1/RetrieveOrderPayment`. API document, "PAYMENT DETAILS".
pub(super) fn by_order(order_id: &str) -> Vec<u8> {
    serde_json::json!({ "orderId": order_id }).to_string().into_bytes()
}

/// Why an answer gives no typed value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("no answer came: {0}")]
    NoAnswer(String),
    #[error("MonCash refused: {message} (status {status})")]
    Refused { status: u16, message: String },
    #[error("the answer is longer than any real one; only its beginning was read")]
    Cut,
    #[error("the answer is not what the API document shows: {0}")]
    Unexpected(String),
}

/// A money value of an answer: exact, and as MonCash printed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub text: String,
    pub number: ExactNumber,
}

/// Accepts `10`, `10.50` and `"10.50"`, and reads the digits themselves.
impl<'de> Deserialize<'de> for Printed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Printed, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        let number = ExactNumber::parse(text.trim()).ok_or_else(|| serde::de::Error::custom("not an amount"))?;
        Ok(Printed { text, number })
    }
}

/// A text that MonCash may also print as a number: the digits are kept as they stand.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let raw = raw.get();
        if raw.starts_with('"') {
            return serde_json::from_str(raw).map(Text).map_err(serde::de::Error::custom);
        }
        if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Ok(Text(raw.to_string()));
        }
        Err(serde::de::Error::custom("neither a text nor a number"))
    }
}

/// What CreatePayment grants: the page on which the customer pays.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// Where to send the customer: `GATEWAY_BASE/Payment/Redirect?token=…`.
    pub redirect_url: String,
    /// As MonCash writes them (no zone): `2019-05-24 12:36:55:107`.
    pub created: Option<String>,
    pub expires: Option<String>,
    /// `sandbox` or `live`.
    pub mode: Option<String>,
}

/// Without the address: it holds the payment token.
impl std::fmt::Debug for PaymentPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaymentPage").field("created", &self.created).field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// A payment received from a customer, by RetrieveTransactionPayment or RetrieveOrderPayment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The order's id, as the merchant gave it.
    pub reference: String,
    pub transaction_id: String,
    /// HTG.
    pub cost: Printed,
    pub message: String,
    /// The paying wallet as MonCash writes it.
    pub payer: Option<String>,
}

impl Payment {
    /// Only the word "successful" says that it was paid.
    pub fn is_successful(&self) -> bool {
        self.message == SUCCESSFUL
    }

    /// This payment, if it is the one with the transaction id that was asked about: somebody else's
    /// payment must not be taken for it.
    pub(super) fn check_transaction(self, asked: &str) -> Result<Payment, WireError> {
        if self.transaction_id == asked { Ok(self) } else { Err(speaks_of_other("transaction", &self.transaction_id)) }
    }

    /// This payment, if it is the one for the order that was asked about.
    pub(super) fn check_order(self, asked: &str) -> Result<Payment, WireError> {
        if self.reference == asked { Ok(self) } else { Err(speaks_of_other("order", &self.reference)) }
    }
}

fn speaks_of_other(what: &str, other: &str) -> WireError {
    WireError::Unexpected(format!("it speaks of {what} {}, which nobody asked about", quote(other)))
}

/// What CustomerStatus says of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerStatus {
    /// Such as `fullkyc`.
    pub kind: String,
    /// Such as `registered`, `active`.
    pub status: Vec<String>,
}

/// What PrefundedBalance says, for people. The engine reads the raw answer by the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub balance: Printed,
    pub message: Option<String>,
}

#[derive(Deserialize)]
struct StatusEnvelope {
    #[serde(rename = "transStatus")]
    trans_status: String,
}

#[derive(Deserialize)]
struct PaymentPageBody<'a> {
    #[serde(borrow)]
    payment_token: &'a RawValue,
    mode: Option<String>,
}

#[derive(Deserialize)]
struct PaymentTokenBody {
    token: String,
    created: Option<String>,
    expired: Option<String>,
}

#[derive(Deserialize)]
struct PaymentEnvelope<'a> {
    #[serde(borrow)]
    payment: &'a RawValue,
}

#[derive(Deserialize)]
struct PaymentBody {
    reference: Text,
    transaction_id: Text,
    cost: Printed,
    message: String,
    payer: Option<Text>,
}

#[derive(Deserialize)]
struct CustomerEnvelope<'a> {
    #[serde(rename = "customerStatus", borrow)]
    customer_status: &'a RawValue,
}

#[derive(Deserialize)]
struct CustomerBody {
    #[serde(rename = "type")]
    kind: String,
    status: OneOrMore,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    More(Vec<String>),
    One(String),
}

#[derive(Deserialize)]
struct BalanceEnvelope<'a> {
    #[serde(borrow)]
    balance: &'a RawValue,
}

#[derive(Deserialize)]
struct BalanceBody {
    balance: Printed,
    message: Option<String>,
}

/// Reads the answer of CreatePayment and makes the hosted page's address of it.
pub fn read_payment_page(reply: &Reply, gateway_base: &str) -> Result<PaymentPage, WireError> {
    let body: PaymentPageBody<'_> = parse_body(accepted_body(reply)?)?;
    let token: PaymentTokenBody = parse_body(body.payment_token.get())?;
    if token.token.is_empty() {
        return Err(WireError::Unexpected("the payment token is empty".to_string()));
    }
    let mut url = Url::parse(&format!("{gateway_base}/Payment/Redirect"))
        .map_err(|e| WireError::Unexpected(format!("no page address can be made: {e}")))?;
    url.query_pairs_mut().append_pair("token", &token.token);
    Ok(PaymentPage { redirect_url: url.into(), created: token.created, expires: token.expired, mode: body.mode })
}

/// Reads the answer of RetrieveTransactionPayment or RetrieveOrderPayment.
pub fn read_payment(reply: &Reply) -> Result<Payment, WireError> {
    let envelope: PaymentEnvelope<'_> = parse_body(accepted_body(reply)?)?;
    let payment: PaymentBody = parse_body(envelope.payment.get())?;
    Ok(Payment {
        reference: payment.reference.0,
        transaction_id: payment.transaction_id.0,
        cost: payment.cost,
        message: payment.message,
        payer: payment.payer.map(|payer| payer.0),
    })
}

/// Reads the body of an accepted CustomerStatus answer.
pub fn read_customer(body: &str) -> Result<CustomerStatus, WireError> {
    let envelope: CustomerEnvelope<'_> = parse_body(body)?;
    let customer: CustomerBody = parse_body(envelope.customer_status.get())?;
    let status = match customer.status {
        OneOrMore::More(list) => list,
        OneOrMore::One(word) => vec![word],
    };
    Ok(CustomerStatus { kind: customer.kind, status })
}

/// Reads the body of an accepted PrefundedBalance answer.
pub fn read_balance(body: &str) -> Result<Balance, WireError> {
    let envelope: BalanceEnvelope<'_> = parse_body(body)?;
    let balance: BalanceBody = parse_body(envelope.balance.get())?;
    Ok(Balance { balance: balance.balance, message: balance.message })
}

/// Reads `transStatus` out of the body of an accepted PrefundedTransactionStatus answer, for people. Only
/// "successful" is known to mean paid.
pub fn read_status(body: &str) -> Result<String, WireError> {
    parse_body(body).map(|envelope: StatusEnvelope| envelope.trans_status)
}

/// What people are told of a PrefundedBalance answer: never more than the engine would believe.
pub fn tell_balance(reply: &Reply) -> Result<Balance, WireError> {
    let told = accepted_body(reply).and_then(read_balance)?;
    match evidence::read_balance(reply) {
        BalanceAnswer::Reading(_) => Ok(told),
        _ => Err(not_believed("it names a balance")),
    }
}

/// What people are told of a PrefundedTransactionStatus answer: never more than the engine would believe.
pub fn tell_status(reply: &Reply) -> Result<String, WireError> {
    let told = accepted_body(reply).and_then(read_status)?;
    if told.trim().eq_ignore_ascii_case(SUCCESSFUL) && evidence::read_status(reply) != StatusAnswer::Successful {
        return Err(not_believed("it says successful"));
    }
    Ok(told)
}

fn not_believed(but: &str) -> WireError {
    WireError::Unexpected(format!("{but}, but contradicts itself, so payoutd does not believe it"))
}

/// Reads one JSON object; a list is refused, although its values could be taken one by one for the
/// fields.
fn parse_body<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, WireError> {
    if !body.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
        return Err(WireError::Unexpected("it is not a JSON object".to_string()));
    }
    serde_json::from_str(body).map_err(|e| WireError::Unexpected(e.to_string()))
}

fn quote(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_QUOTE).collect()
}

mod envelope;
pub use envelope::accepted_body;

#[cfg(test)]
mod tests;
