//! The words of the simulated MonCash: every body as the API document has it.
//!
//! Must never: decide anything.

use super::bank::{Payment, Refusal};
use super::collection::Order;
use super::exchange::{Call, HttpAnswer};
use super::number::{as_java_double, as_short_number};
use super::token::Stranger;

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The failure body of the API: `{path, error, message, timestamp, status}`.
pub fn failure(path: &str, status: u16, message: &str, stamp: u64) -> HttpAnswer {
    HttpAnswer::json(
        status,
        format!(
            r#"{{"path":{},"error":{},"message":{},"timestamp":{stamp},"status":{status}}}"#,
            quoted(path),
            quoted(reason(status)),
            quoted(message)
        ),
    )
}

/// A failure as Spring's OAuth reports it.
pub fn oauth_failure(status: u16, error: &str, description: &str) -> HttpAnswer {
    HttpAnswer::json(status, format!(r#"{{"error":{},"error_description":{}}}"#, quoted(error), quoted(description)))
}

/// 401. Spring echoes the token, and so a client must not keep this body as it is.
pub fn stranger(stranger: &Stranger) -> HttpAnswer {
    match stranger {
        Stranger::NoToken => {
            oauth_failure(401, "unauthorized", "Full authentication is required to access this resource")
        }
        Stranger::Unknown(token) => oauth_failure(401, "invalid_token", &format!("Invalid access token: {token}")),
        Stranger::Spent(token) => oauth_failure(401, "invalid_token", &format!("Access token expired: {token}")),
    }
}

/// Section AUTHENTICATION.
pub fn token(token: &str, seconds: u64, jti: &str) -> HttpAnswer {
    HttpAnswer::json(
        200,
        format!(
            r#"{{"access_token":{},"token_type":"bearer","expires_in":{seconds},"scope":"read,write","jti":{}}}"#,
            quoted(token),
            quoted(jti)
        ),
    )
}

/// Section PREFUNDED/PAYOUT.
pub fn transfer(payment: &Payment, stamp: u64) -> HttpAnswer {
    HttpAnswer::json(
        200,
        format!(
            concat!(
                r#"{{"path":"/Api/v1/Transfert","transfer":{{"transaction_id":{},"amount":{},"receiver":{},"#,
                r#""message":"successful","desc":{}}},"timestamp":{},"status":200}}"#
            ),
            quoted(&payment.transaction_id),
            as_java_double(payment.order.amount),
            quoted(&payment.order.receiver.msisdn()),
            quoted(&payment.order.description),
            stamp
        ),
    )
}

/// A refused transfer, under whichever call tells of it.
pub fn refused(refusal: &Refusal, stamp: u64) -> HttpAnswer {
    failure(Call::Transfer.path(), refusal.status, &refusal.message, stamp)
}

/// Section CHECK PREFUNDED TRANSACTION STATUS.
pub fn paid(stamp: u64) -> HttpAnswer {
    let body = format!(
        r#"{{"path":"/Api/v1/PrefundedTransactionStatus","transStatus":"successful","timestamp":{stamp},"status":200}}"#
    );
    HttpAnswer::json(200, body)
}

pub fn not_found(stamp: u64) -> HttpAnswer {
    failure(Call::Status.path(), 404, "Can't find this transaction", stamp)
}

/// Section BALANCE PREFUNDED. `number` is printed as it comes.
pub fn balance(number: &str, stamp: u64) -> HttpAnswer {
    let body = format!(
        r#"{{"path":"/Api/v1/PrefundedBalance","balance":{{"balance":{number},"message":"successful"}},"timestamp":{stamp},"status":200}}"#
    );
    HttpAnswer::json(200, body)
}

/// Section CHECK CUSTOMER STATUS.
pub fn customer(active: bool, stamp: u64) -> HttpAnswer {
    let state = if active { "active" } else { "inactive" };
    let body = format!(
        r#"{{"path":"/v1/CustomerStatus","customerStatus":{{"type":"fullkyc","status":["registered","{state}"]}},"timestamp":{stamp},"status":200,"mode":"sandbox"}}"#
    );
    HttpAnswer::json(200, body)
}

/// Section CREATE PAYMENT.
pub fn payment_created(token: &str, created: &str, expired: &str, stamp: u64) -> HttpAnswer {
    let body = format!(
        r#"{{"path":"/v1/CreatePayment","payment_token":{{"expired":{},"created":{},"token":{}}},"timestamp":{stamp},"status":202,"mode":"sandbox"}}"#,
        quoted(expired),
        quoted(created),
        quoted(token)
    );
    HttpAnswer::json(202, body)
}

/// Section PAYMENT DETAILS. `call` is the one of the two that was asked.
pub fn payment(call: Call, order: &Order, transaction_id: &str, payer: &str, stamp: u64) -> HttpAnswer {
    let path = call.path().trim_start_matches("/Api");
    let body = format!(
        r#"{{"path":"{path}","payment":{{"reference":{},"transaction_id":{},"cost":{},"message":"successful","payer":{}}},"timestamp":{stamp},"status":200}}"#,
        quoted(&order.id),
        quoted(transaction_id),
        as_short_number(order.amount),
        quoted(payer)
    );
    HttpAnswer::json(200, body)
}

/// A body of the right call whose values have the wrong types.
pub fn wrong_types(call: Call) -> HttpAnswer {
    let body = match call {
        Call::Token => r#"{"access_token":59,"token_type":null,"expires_in":"soon","scope":[],"jti":{}}"#,
        Call::Transfer => r#"{"path":17,"transfer":"successful","timestamp":"now","status":"200"}"#,
        Call::Status => r#"{"path":[],"transStatus":{"successful":true},"timestamp":null,"status":"200"}"#,
        Call::Balance => r#"{"path":null,"balance":["lots"],"timestamp":{},"status":true}"#,
        Call::Customer => r#"{"path":false,"customerStatus":"active","timestamp":"","status":[200]}"#,
        Call::CreatePayment => r#"{"path":1,"payment_token":"token","timestamp":"now","status":"202"}"#,
        Call::PaymentByOrder | Call::PaymentByTransaction => r#"{"path":1,"payment":[10],"status":"200"}"#,
    };
    HttpAnswer::json(200, body.to_string())
}

/// The page of a proxy in front of MonCash.
pub fn html(status: u16) -> HttpAnswer {
    let title = format!("{status} {}", reason(status));
    HttpAnswer {
        content_type: "text/html",
        ..HttpAnswer::json(
            status,
            format!("<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>nginx</body></html>"),
        )
    }
}

/// The amount is not one that can be paid.
pub fn amount_incorrect(call: Call, stamp: u64) -> HttpAnswer {
    failure(call.path(), 400, "The amount is incorrect", stamp)
}

/// HTTP's own name of a status.
pub fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    }
}
