//! The shortest MonCash that pays: token, balance, status, Transfert; and its own count of debits.
//!
//! Must never: refuse a repeated reference. Whoever sends one twice pays twice, and it shows.

use super::gateway::{Request, Script, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Bank {
    debits: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Bank {
    pub fn script(&self) -> Script {
        let bank = self.clone();
        Arc::new(move |request| bank.answer(request))
    }

    pub fn debits(&self) -> BTreeMap<String, usize> {
        self.debits.lock().unwrap().clone()
    }

    pub fn answer(&self, request: &Request) -> Vec<u8> {
        let field = |name: &str| {
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap_or_default();
            body[name].clone()
        };
        let reference = || field("reference").as_str().unwrap_or_default().to_string();
        match request.path() {
            "/Api/oauth/token" => json(200, &granted(super::canary::TOKEN)),
            "/Api/v1/PrefundedBalance" => json(
                200,
                r#"{"path":"/Api/v1/PrefundedBalance","balance":{"balance":900000.0,"message":"successful"},"status":200}"#,
            ),
            "/Api/v1/PrefundedTransactionStatus" if self.debits().contains_key(&reference()) => json(
                200,
                r#"{"path":"/Api/v1/PrefundedTransactionStatus","transStatus":"successful","timestamp":1,"status":200}"#,
            ),
            "/Api/v1/PrefundedTransactionStatus" => json(404, NOT_FOUND),
            "/Api/v1/Transfert" => {
                let mut debits = self.debits.lock().unwrap();
                *debits.entry(reference()).or_default() += 1;
                let number: usize = debits.values().sum();
                let (amount, receiver) = (field("amount"), field("receiver"));
                json(
                    200,
                    &format!(
                        r#"{{"path":"/Api/v1/Transfert","transfer":{{"transaction_id":"T{number}","amount":{amount},"receiver":{receiver},"message":"successful","desc":""}},"timestamp":1,"status":200}}"#
                    ),
                )
            }
            _ => json(404, "{}"),
        }
    }
}

pub const NOT_FOUND: &str = r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found","message":"Can't find this transaction","timestamp":1,"status":404}"#;

pub fn granted(token: &str) -> String {
    serde_json::json!({ "access_token": token, "token_type": "bearer", "expires_in": 59 }).to_string()
}
