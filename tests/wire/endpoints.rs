//! The eight endpoints: how each is called, what the document answers, and how its answer is judged.
//!
//! Must never: judge by anything but what the product itself would act upon.

use super::house::{BALANCE, STATUS, TOKEN, TRANSFERT, as_documented, reference_of, salary};
use super::server::{Act, Seen};
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::moncash::wire::{self, WireError};
use payoutd::payout::evidence::{
    BalanceAnswer, Refusal, StatusAnswer, TransferAnswer, read_balance, read_status, read_transfer, token_refused,
};
use payoutd::payout::instruction::Account;
use payoutd::payout::money::Amount;
use payoutd::payout::reply::{Outcome, Reply};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    Token,
    Transfert,
    Status,
    Balance,
    Customer,
    CreatePayment,
    ByOrder,
    ByTransaction,
}

pub const ENDPOINTS: [Endpoint; 8] = [
    Endpoint::Token,
    Endpoint::Transfert,
    Endpoint::Status,
    Endpoint::Balance,
    Endpoint::Customer,
    Endpoint::CreatePayment,
    Endpoint::ByOrder,
    Endpoint::ByTransaction,
];

/// What came of a call: the raw reply, and the word that the product makes of it.
pub struct Result {
    pub reply: Reply,
    pub word: String,
}

impl Endpoint {
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::Token => TOKEN,
            Endpoint::Transfert => TRANSFERT,
            Endpoint::Status => STATUS,
            Endpoint::Balance => BALANCE,
            Endpoint::Customer => "/Api/v1/CustomerStatus",
            Endpoint::CreatePayment => "/Api/v1/CreatePayment",
            Endpoint::ByOrder => "/Api/v1/RetrieveOrderPayment",
            Endpoint::ByTransaction => "/Api/v1/RetrieveTransactionPayment",
        }
    }

    pub fn has_body(self) -> bool {
        self != Endpoint::Balance
    }

    /// The documented answer's body.
    pub fn good(self) -> String {
        documented(self.path(), 7)
    }

    /// What the answer hangs on: its own key, the word or text that says it worked, and a number in it.
    pub fn parts(self) -> Parts {
        let (key, word, number) = match self {
            Endpoint::Token => ("access_token", r#""eyJ-token-number-7""#, "59"),
            Endpoint::Transfert => ("transfer", r#""successful""#, "1250.5"),
            Endpoint::Status => ("transStatus", r#""successful""#, "1732154100298"),
            Endpoint::Balance => ("balance", r#""successful""#, "29814021.179999999701976776123046875"),
            Endpoint::Customer => ("customerStatus", r#""fullkyc""#, "1558715815122"),
            Endpoint::CreatePayment => ("payment_token", r#""page-token""#, "1558715815122"),
            Endpoint::ByOrder | Endpoint::ByTransaction => ("payment", r#""successful""#, "10"),
        };
        Parts { key, word, number }
    }

    /// Makes the call that all cells of this endpoint make.
    pub async fn call(self, client: &Client) -> Result {
        let (reply, word) = match self {
            Endpoint::Token => {
                let reply = client.prepare().await.expect("no token was at hand");
                let word = match token_refused(&reply) {
                    _ if client.ready() => "granted".to_string(),
                    Some(_) => "refused".to_string(),
                    None => "none".to_string(),
                };
                (reply, word)
            }
            Endpoint::Transfert => {
                let reply = client.transfer(&salary("PAY-1")).await;
                let word = word_of_transfer(&read_transfer(&reply, &salary("PAY-1"), &[]));
                (reply, word)
            }
            Endpoint::Status => {
                let reply = client.status(&reference_of("PAY-1")).await;
                let told = wire::tell_status(&reply);
                let word = word_of_status(&read_status(&reply));
                let overstated = told.as_deref() == Ok("successful") && word != "SUCCESSFUL";
                (reply, if overstated { format!("{word}, but people are told successful") } else { word })
            }
            Endpoint::Balance => {
                let reply = client.balance().await;
                let word = match read_balance(&reply) {
                    BalanceAnswer::Reading(_) => "reading",
                    BalanceAnswer::Account { .. } => "account",
                    BalanceAnswer::TooMany => "too many",
                    BalanceAnswer::Token => "token",
                    BalanceAnswer::Unknown { .. } => "unknown",
                };
                let told = wire::tell_balance(&reply).is_ok();
                let overstated = told && word != "reading";
                (reply, if overstated { format!("{word}, but people are told one") } else { word.to_string() })
            }
            Endpoint::Customer => {
                let reply = client.customer(Account::parse("37007294").unwrap()).await;
                let word = word_of_typed(&wire::accepted_body(&reply).and_then(wire::read_customer));
                (reply, word)
            }
            Endpoint::CreatePayment => {
                let typed = client.create_payment("order-7", Amount::parse("10").unwrap()).await;
                (typed.reply, word_of_typed(&typed.value))
            }
            Endpoint::ByOrder => {
                let typed = client.payment_by_order("1559796839").await;
                let paid = typed.value.as_ref().map(|payment| payment.is_successful());
                (typed.reply, word_of_payment(typed.value.as_ref().err(), paid.unwrap_or(false)))
            }
            Endpoint::ByTransaction => {
                let typed = client.payment_by_transaction("12874820").await;
                let paid = typed.value.as_ref().map(|payment| payment.is_successful());
                (typed.reply, word_of_payment(typed.value.as_ref().err(), paid.unwrap_or(false)))
            }
        };
        Result { reply, word }
    }
}

pub struct Parts {
    pub key: &'static str,
    pub word: &'static str,
    pub number: &'static str,
}

/// The body that the document shows for a path.
pub fn documented(path: &str, before: usize) -> String {
    let seen = Seen { head: format!("POST {path} HTTP/1.1"), body: String::new() };
    match as_documented(&seen, before) {
        Act::Answer(_, body) => body,
        _ => unreachable!("the document always answers"),
    }
}

/// The outcome in the words of `cases.txt`.
pub fn outcome_of(reply: &Reply) -> String {
    match &reply.outcome {
        Outcome::NeverLeft(_) => "never left".to_string(),
        Outcome::Lost(_) => "lost".to_string(),
        Outcome::Answered(http) => format!("{}{}", http.status, if http.cut { " cut" } else { "" }),
    }
}

fn word_of_transfer(answer: &TransferAnswer) -> String {
    match answer {
        TransferAnswer::Paid { .. } => "PAID",
        TransferAnswer::PaidOther { .. } => "paid other",
        TransferAnswer::NeverLeft { .. } => "never left",
        TransferAnswer::Unknown { .. } => "unknown",
        TransferAnswer::Refused { kind, .. } => match kind {
            Refusal::Decline => "DECLINE",
            Refusal::Payee => "payee",
            Refusal::Shortage => "shortage",
            Refusal::Account => "account",
            Refusal::TooMany => "too many",
            Refusal::Token => "token",
            Refusal::Unclear => "unclear",
        },
    }
    .to_string()
}

fn word_of_status(answer: &StatusAnswer) -> String {
    match answer {
        StatusAnswer::Successful => "SUCCESSFUL",
        StatusAnswer::NotFound => "NOT FOUND",
        StatusAnswer::RefusalRepeated { .. } => "REFUSAL",
        StatusAnswer::Account { .. } => "account",
        StatusAnswer::TooMany => "too many",
        StatusAnswer::Token => "token",
        StatusAnswer::Unknown { .. } => "unknown",
    }
    .to_string()
}

fn word_of_typed<T>(value: &std::result::Result<T, WireError>) -> String {
    value.as_ref().map_or_else(word_of_error, |_| "read".to_string())
}

fn word_of_payment(error: Option<&WireError>, paid: bool) -> String {
    match error {
        Some(error) => word_of_error(error),
        None if paid => "paid".to_string(),
        None => "not paid".to_string(),
    }
}

fn word_of_error(error: &WireError) -> String {
    match error {
        WireError::NoAnswer(_) => "nothing",
        WireError::Refused { .. } => "refused",
        WireError::Cut => "cut",
        WireError::Unexpected(_) => "strange",
    }
    .to_string()
}
