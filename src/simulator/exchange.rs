//! What goes in and out of the model: a request, and a plan of what happens because of it.
//!
//! Must never: know a socket, a clock or a runtime.

use super::bank::TransferOrder;
use super::journal::Says;
use std::time::Duration;

/// The eight calls of the REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Token,
    Transfer,
    Status,
    Balance,
    Customer,
    CreatePayment,
    PaymentByOrder,
    PaymentByTransaction,
}

impl Call {
    pub const ALL: [Call; 8] = [
        Call::Token,
        Call::Transfer,
        Call::Status,
        Call::Balance,
        Call::Customer,
        Call::CreatePayment,
        Call::PaymentByOrder,
        Call::PaymentByTransaction,
    ];

    /// As fault files and journals write it.
    pub fn name(self) -> &'static str {
        match self {
            Call::Token => "token",
            Call::Transfer => "transfer",
            Call::Status => "status",
            Call::Balance => "balance",
            Call::Customer => "customer",
            Call::CreatePayment => "create_payment",
            Call::PaymentByOrder => "payment_by_order",
            Call::PaymentByTransaction => "payment_by_transaction",
        }
    }

    /// The path on the server.
    pub fn path(self) -> &'static str {
        match self {
            Call::Token => "/Api/oauth/token",
            Call::Transfer => "/Api/v1/Transfert",
            Call::Status => "/Api/v1/PrefundedTransactionStatus",
            Call::Balance => "/Api/v1/PrefundedBalance",
            Call::Customer => "/Api/v1/CustomerStatus",
            Call::CreatePayment => "/Api/v1/CreatePayment",
            Call::PaymentByOrder => "/Api/v1/RetrieveOrderPayment",
            Call::PaymentByTransaction => "/Api/v1/RetrieveTransactionPayment",
        }
    }

    /// Whether only the prefunded account's credentials will do. The status call answers others
    /// too: it merely never finds anything of theirs.
    pub fn needs_payouts(self) -> bool {
        matches!(self, Call::Transfer | Call::Balance)
    }

    /// Whether it is read with GET, and has no body.
    pub fn is_get(self) -> bool {
        self == Call::Balance
    }
}

/// One call as it arrived, whole.
#[derive(Clone, Debug)]
pub struct Request {
    pub call: Call,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    /// A JSON call under a token.
    pub fn json(call: Call, token: &str, body: String) -> Request {
        Request {
            call,
            authorization: Some(format!("Bearer {token}")),
            content_type: Some("application/json".to_string()),
            body: body.into_bytes(),
        }
    }

    /// A token call with its credentials in the form, which spares the caller base64.
    pub fn token(id: &str, secret: &str) -> Request {
        let form = format!("scope=read,write&grant_type=client_credentials&client_id={id}&client_secret={secret}");
        Request {
            call: Call::Token,
            authorization: None,
            content_type: Some("application/x-www-form-urlencoded".to_string()),
            body: form.into_bytes(),
        }
    }
}

/// A whole HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    pub status: u16,
    pub content_type: &'static str,
    /// `Retry-After`, in whole seconds.
    pub retry_after: Option<u64>,
    pub location: Option<&'static str>,
    pub body: String,
}

impl HttpAnswer {
    pub fn json(status: u16, body: String) -> HttpAnswer {
        HttpAnswer { status, content_type: "application/json;charset=UTF-8", retry_after: None, location: None, body }
    }
}

/// What is done to the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    Answer(HttpAnswer),
    /// The head, half the body that it promises, and the end.
    Cut(HttpAnswer),
    /// The head at once, the body in small pieces over this time.
    Drip(HttpAnswer, Duration),
    /// RST.
    Reset,
    /// Nothing, until the client hangs up.
    Hang,
}

/// Money that moves after the call that asked for it was dealt with. Whoever drives time hands it
/// to `Model::pay_late`, whether or not the client is still there.
#[derive(Clone, Debug)]
pub struct LatePayment {
    pub(super) entry: usize,
    pub(super) order: TransferOrder,
    pub(super) lag: Lag,
    /// Whether what comes of it is also the answer.
    pub answers: bool,
}

/// What the client gets, if it is still there. Whoever drives time hands it to `Model::send`; if
/// the client has hung up, nobody does.
#[derive(Clone, Debug)]
pub struct Sending {
    pub(super) entry: usize,
    pub(super) says: Says,
    pub(super) wire: Wire,
}

/// How long after a payment the status call learns of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    Usual,
    For(Duration),
    Never,
}

/// What a call leads to, each so long after the call arrived.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub payment: Option<(Duration, LatePayment)>,
    /// `None` only where the payment answers.
    pub answer: Option<(Duration, Sending)>,
}
