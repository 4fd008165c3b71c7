//! Raw replies read as evidence, every one of them: what is not on a short list is doubt. In
//! `proof.rs`, and nowhere else, a [`ProvenUnpaid`] is minted.
//!
//! Must never: call an unknown answer a failure, or look at anything but the exact JSON.

use super::instruction::{Account, Instruction};
use super::message::{Detail, Said};
use super::money::{Amount, ExactNumber};
use super::reply::{Http, Outcome, Reply};
use body::{
    BalanceBody, BalancePart, LONGEST_WORDS, StatusBody, TransferBody, TransferPart, agrees, failure, object, plain,
    says_something, shorten, speaks_of, unreadable,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What Transfert's reply says (document: PREFUNDED/PAYOUT).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferAnswer {
    /// Paid, to our receiver, our amount.
    Paid {
        transaction: String,
    },
    /// Says paid, but not what we asked for, or not said whole.
    PaidOther {
        why: Said<Detail>,
    },
    Refused {
        kind: Refusal,
        words: String,
    },
    /// The body was never polled: nothing can have been paid by this call.
    NeverLeft {
        why: String,
    },
    /// Everything else that can happen in the world.
    Unknown {
        why: String,
    },
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// On the short list: the receiver cannot be paid. One accepted negative settles it.
    Decline,
    /// A well-formed refusal that seems to be about the receiver or the request. Settles as
    /// declined, with MonCash's words, only after the full proof.
    Payee,
    /// Too little in the prefunded account. Nobody's fault but the balance's: sent again later.
    Shortage,
    /// Our account, not the receiver: wrong credentials, collection credentials, not enabled.
    Account,
    /// 429.
    TooMany,
    /// 401.
    Token,
    /// Another 4xx: a person looks at it.
    Unclear,
}

impl Refusal {
    /// Whether it seems to be about the receiver or the request: such a payout is never sent again.
    pub fn is_about_receiver(self) -> bool {
        match self {
            Refusal::Decline | Refusal::Payee => true,
            Refusal::Shortage | Refusal::Account | Refusal::TooMany | Refusal::Token | Refusal::Unclear => false,
        }
    }
}

/// What the status call's reply says (document: CHECK PREFUNDED TRANSACTION STATUS).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusAnswer {
    Successful,
    /// The exact JSON that says that there is no such transaction.
    NotFound,
    /// The refusal of the transfer, told by the status call, as the document shows.
    RefusalRepeated {
        words: String,
    },
    Account {
        words: String,
    },
    TooMany,
    Token,
    /// Anything else: another `transStatus`, an error, no answer.
    Unknown {
        why: String,
    },
}

/// What the balance call's reply says (document: BALANCE PREFUNDED).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BalanceAnswer {
    Reading(Amount),
    Account { words: String },
    TooMany,
    Token,
    Unknown { why: String },
}

/// How MonCash writes what cannot be found (reported, high confidence).
const NOT_FOUND: [&str; 2] = ["can't find this transaction", "transaction not found"];
/// Declines that the document itself shows.
const DECLINES: [&str; 1] = ["maximum account balance"];
/// Our account's troubles (reported): collection credentials, and payouts that are not enabled.
const ACCOUNT_TROUBLES: [&str; 2] = ["short code", "receiver organization"];
/// Too little money, in the words of the ledger behind MonCash (reported).
const SHORTAGE: [&str; 2] = ["balance is insufficient", "insufficient"];
/// Words that speak of a payment already made: never a decline.
const REPEATED: [&str; 7] = ["duplicate", "already", "exists", "repeated", "déjà", "deja", "doublon"];
/// What middleware prints for an id that it does not have.
const NO_ID: [&str; 4] = ["null", "none", "undefined", "nan"];
/// Reads a reply of Transfert. `also_declines`: messages that settings add to the short list,
/// compared whole and without case.
pub fn read_transfer(reply: &Reply, ours: &Instruction, also_declines: &[String]) -> TransferAnswer {
    let http = match &reply.outcome {
        Outcome::NeverLeft(why) => return TransferAnswer::NeverLeft { why: shorten(why) },
        Outcome::Lost(why) => return TransferAnswer::Unknown { why: shorten(why) },
        Outcome::Answered(http) => http,
    };
    match http.status {
        200..=299 => read_transfer_success(http, ours),
        401 => TransferAnswer::Refused { kind: Refusal::Token, words: refusal_words(http) },
        429 => TransferAnswer::Refused { kind: Refusal::TooMany, words: refusal_words(http) },
        400..=499 => read_refusal(http, also_declines),
        _ => TransferAnswer::Unknown { why: format!("HTTP {}", http.status) },
    }
}

fn refusal_words(http: &Http) -> String {
    failure(http).map_or_else(|| format!("HTTP {}", http.status), |failure| failure.words)
}

fn read_transfer_success(http: &Http, ours: &Instruction) -> TransferAnswer {
    let unknown = || TransferAnswer::Unknown { why: unreadable(http) };
    if http.cut {
        return unknown();
    }
    let Some(body) = object::<TransferBody>(&http.body) else {
        return unknown();
    };
    let Some(transfer) = body.transfer.and_then(|part| object::<TransferPart>(part.get())) else {
        return unknown();
    };
    if transfer.message.as_deref() != Some("successful") {
        return unknown();
    }
    // MonCash says paid. From here on the answer is ours to the letter, or a person looks at it.
    let other = |detail| TransferAnswer::PaidOther { why: Said::code(detail) };
    // The body's own status was seen as 200 and as 202 under either HTTP status: any 2xx.
    if let Some(status) = body.status.filter(|status| !is_2xx(status)) {
        return other(Detail::OtherStatus { status: shorten(status.get()), http: http.status });
    }
    if says_something(body.error) {
        return other(Detail::ErrorBeside { error: shorten(body.error.map_or("", RawValue::get)) });
    }
    let transaction = transfer.transaction_id.and_then(plain).unwrap_or_default();
    let transaction = transaction.trim();
    if !is_transaction_id(transaction) {
        return other(Detail::NoTransaction);
    }
    let receiver = transfer.receiver.and_then(plain).and_then(|text| Account::parse(&text).ok());
    if receiver != Some(ours.receiver) {
        return other(match receiver {
            Some(account) => Detail::OtherReceiver { receiver: account.masked(), wanted: ours.receiver.masked() },
            None => Detail::NoReceiver,
        });
    }
    let amount = transfer.amount.and_then(plain).and_then(|text| ExactNumber::parse(&text));
    if !amount.is_some_and(|amount| amount.is(ours.amount)) {
        return other(match amount {
            Some(amount) => {
                Detail::OtherAmount { centimes: amount.floor().centimes(), wanted_centimes: ours.amount.centimes() }
            }
            None => Detail::NoAmount,
        });
    }
    TransferAnswer::Paid { transaction: transaction.to_string() }
}

/// Whether a body's own status is a 2xx, printed as a number or as a text.
fn is_2xx(status: &RawValue) -> bool {
    plain(status).is_some_and(|text| {
        text.len() == 3 && text.starts_with('2') && text.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Whether a text can be the id of a transaction. Zero and "null" are what is printed for none.
fn is_transaction_id(text: &str) -> bool {
    let says_none = NO_ID.iter().any(|none| text.eq_ignore_ascii_case(none));
    let has_sign = text.chars().any(|c| c.is_alphanumeric() && c != '0');
    has_sign && !says_none && text.len() <= LONGEST_WORDS && !text.chars().any(char::is_control)
}

fn read_refusal(http: &Http, also_declines: &[String]) -> TransferAnswer {
    let Some(failure) = failure(http) else {
        return TransferAnswer::Unknown { why: unreadable(http) };
    };
    let words = failure.words;
    let listed = |message: &str| words.trim().eq_ignore_ascii_case(message.trim());
    let documented = http.status == 403 && DECLINES.iter().any(|m| listed(m));
    let added = also_declines.iter().any(|m| listed(m));
    let kind = if speaks_of(&words, &ACCOUNT_TROUBLES) {
        Refusal::Account
    } else if documented || (added && !speaks_of(&words, &REPEATED)) {
        Refusal::Decline
    } else if speaks_of(&words, &SHORTAGE) {
        Refusal::Shortage
    } else if matches!(http.status, 400 | 403 | 404) && !speaks_of(&words, &REPEATED) {
        Refusal::Payee
    } else {
        Refusal::Unclear
    };
    TransferAnswer::Refused { kind, words }
}

/// Reads a reply of the status call.
pub fn read_status(reply: &Reply) -> StatusAnswer {
    let http = match &reply.outcome {
        Outcome::NeverLeft(why) | Outcome::Lost(why) => return StatusAnswer::Unknown { why: shorten(why) },
        Outcome::Answered(http) => http,
    };
    let unknown = || StatusAnswer::Unknown { why: unreadable(http) };
    match http.status {
        401 => return StatusAnswer::Token,
        429 => return StatusAnswer::TooMany,
        _ if http.cut => return unknown(),
        _ => {}
    }
    let Some(body) = object::<StatusBody>(&http.body) else {
        return unknown();
    };
    if !agrees(body.status, http) || body.transfer.is_some() {
        return unknown();
    }
    match http.status {
        200..=299 => match body.trans_status.as_deref() {
            Some("successful") if body.error.as_deref().unwrap_or_default().is_empty() => StatusAnswer::Successful,
            Some(other) => StatusAnswer::Unknown { why: format!("transStatus \"{}\"", shorten(other)) },
            None => unknown(),
        },
        404 if body.trans_status.is_none() && says_not_found(&body) => StatusAnswer::NotFound,
        400..=499 if body.trans_status.is_none() => {
            let words = shorten(body.message.as_deref().or(body.error.as_deref()).unwrap_or_default());
            if speaks_of(&words, &ACCOUNT_TROUBLES) {
                StatusAnswer::Account { words }
            } else if http.status == 403
                && comes_from(&body, &["/Transfert", "/PrefundedTransactionStatus"])
                && DECLINES.iter().any(|m| words.eq_ignore_ascii_case(m))
            {
                StatusAnswer::RefusalRepeated { words }
            } else {
                StatusAnswer::Unknown { why: format!("HTTP {}: {words}", http.status) }
            }
        }
        _ => unknown(),
    }
}

/// Whether the body names one of these calls as its own.
fn comes_from(body: &StatusBody, calls: &[&str]) -> bool {
    body.path.as_deref().is_some_and(|path| calls.iter().any(|call| path.trim_end().ends_with(call)))
}

/// Whether this is MonCash's own "not found" to the letter: the path of this call and the status
/// are there, as the document shows them. A gateway's or proxy's 404 in like words is not. Only an
/// answer that names no path at all may leave it out, and then it says "Not Found" as well.
fn says_not_found(body: &StatusBody) -> bool {
    let of_this_call = match &body.path {
        Some(_) => comes_from(body, &["/PrefundedTransactionStatus"]),
        None => body.error.as_deref().is_some_and(|error| error.trim().eq_ignore_ascii_case("not found")),
    };
    let words = body.message.as_deref().unwrap_or_default().trim().replace('’', "'");
    of_this_call && body.status.is_some() && NOT_FOUND.iter().any(|m| words.eq_ignore_ascii_case(m))
}

/// Reads a reply of the balance call. Rounded down to the centime.
pub fn read_balance(reply: &Reply) -> BalanceAnswer {
    let http = match &reply.outcome {
        Outcome::NeverLeft(why) | Outcome::Lost(why) => return BalanceAnswer::Unknown { why: shorten(why) },
        Outcome::Answered(http) => http,
    };
    let unknown = || BalanceAnswer::Unknown { why: unreadable(http) };
    match http.status {
        401 => BalanceAnswer::Token,
        429 => BalanceAnswer::TooMany,
        _ if http.cut => unknown(),
        200..=299 => {
            let Some(body) = object::<BalanceBody>(&http.body) else {
                return unknown();
            };
            let Some(part) = object::<BalancePart>(body.balance.get()) else {
                return unknown();
            };
            let worked = part.message.as_deref().is_none_or(|m| m == "successful") && !says_something(body.error);
            let true_status = agrees(body.status, http);
            match plain(part.balance).and_then(|text| ExactNumber::parse(text.trim())) {
                Some(number) if worked && true_status => BalanceAnswer::Reading(number.floor()),
                _ => unknown(),
            }
        }
        _ => match failure(http) {
            Some(failure) if speaks_of(&failure.words, &ACCOUNT_TROUBLES) => {
                BalanceAnswer::Account { words: failure.words }
            }
            Some(failure) => {
                BalanceAnswer::Unknown { why: format!("HTTP {} from {}: {}", http.status, failure.path, failure.words) }
            }
            None => unknown(),
        },
    }
}

/// Whether a reply of the token call says that the client id or secret is wrong
/// (document: AUTHENTICATION; 400, 401 and 403 with an OAuth failure body, or a bare 401). A bare
/// 403 is a firewall's page as often as not, and must not stop a payroll until a person comes.
pub fn token_refused(reply: &Reply) -> Option<String> {
    let http = reply.http()?;
    #[derive(Deserialize)]
    struct OAuthFailure {
        error: String,
        #[serde(default)]
        error_description: Option<String>,
    }
    let told = object::<OAuthFailure>(&http.body);
    let words = told.as_ref().map(|t| shorten(t.error_description.as_deref().unwrap_or(&t.error)));
    match http.status {
        401 => Some(words.unwrap_or_else(|| format!("HTTP {}", http.status))),
        403 => words,
        400 => told
            .filter(|t| matches!(t.error.as_str(), "invalid_client" | "unauthorized_client" | "unauthorized"))
            .and(words),
        _ => None,
    }
}

mod body;
mod proof;
pub use proof::{
    CONTROL_FRESH, Control, FRESH, Missing, ProofRules, ProvenUnpaid, decline_confirmed, prove_unpaid, refusal_stands,
};

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod tests;
