//! What the tests of the MonCash client share: a clock that stands, a client, a salary, and the answers
//! of the API document. `tests/wire` uses it as well.

use super::server::{Act, Seen};
use payoutd::clock::Clock;
use payoutd::moncash::client::Client;
use payoutd::moncash::settings::{Secret, Settings};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use payoutd::payout::money::Amount;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

pub const SECRET: &str = "s3cr3t-of-the-account";

/// A clock that stands until it is moved.
pub struct HandClock(Cell<u64>);

impl HandClock {
    pub fn advance(&self, by: Duration) {
        self.0.set(self.0.get() + u64::try_from(by.as_millis()).unwrap());
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        let ms = self.0.get();
        let wall = Wall(1_700_000_000_000 + i64::try_from(ms).unwrap());
        Moment { wall, boot: BootMoment { boot: 1, ms } }
    }
}

pub fn client_of(base_url: impl Into<String>) -> (Client, Rc<HandClock>) {
    let clock = Rc::new(HandClock(Cell::new(0)));
    let settings = Settings::new(base_url, "my-client", Secret::new(SECRET));
    (Client::new(settings, Rc::clone(&clock) as Rc<dyn Clock>).unwrap(), clock)
}

pub fn salary(reference: &str) -> Instruction {
    Instruction {
        reference: reference_of(reference),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::parse("1250.50").unwrap(),
        description: "Salaire \"août\"".to_string(),
        retry_of: None,
    }
}

pub fn reference_of(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

/// The access token that the server grants `n`th, from nought.
pub fn token_value(n: usize) -> String {
    format!("eyJ-token-number-{n}")
}

/// Answers as the API document does, its scanning faults corrected.
pub fn as_documented(seen: &Seen, before: usize) -> Act {
    let body = match seen.path() {
        "/Api/oauth/token" => {
            let token = token_value(before);
            format!(
                r#"{{"access_token":"{token}","token_type":"bearer","expires_in":59,"scope":"read,write","jti":"the jti"}}"#
            )
        }
        "/Api/v1/CreatePayment" => {
            let body = r#"{"path":"/v1/CreatePayment","payment_token":{"expired":"2019-05-24 12:46:55:107",
                "created":"2019-05-24 12:36:55:107","token":"page-token"},"timestamp":1558715815122,"status":202,
                "mode":"sandbox"}"#;
            return Act::Answer(202, body.to_string());
        }
        "/Api/v1/RetrieveTransactionPayment" | "/Api/v1/RetrieveOrderPayment" => {
            r#"{"path":"/v1/RetrieveOrderPayment ","payment":{"reference":"1559796839","transaction_id":"12874820",
                "cost":10,"message":"successful","payer":"50937007294"},"timestamp":1560029360970,"status":200}"#
                .to_string()
        }
        "/Api/v1/CustomerStatus" => r#"{"path":"/v1/CustomerStatus","customerStatus":{"type":"fullkyc",
            "status":["registered","active"]},"timestamp":1558715815122,"status":200,"mode":"sandbox"}"#
            .to_string(),
        "/Api/v1/Transfert" => r#"{"path":"/Api/v1/Transfert","transfer":{"transaction_id":"T1","amount":1250.5,
            "receiver":"50937007294","message":"successful","desc":"Salaire"},"timestamp":1589927614388,"status":200}"#
            .to_string(),
        "/Api/v1/PrefundedTransactionStatus" => r#"{"path":"/Api/v1/PrefundedTransactionStatus",
            "transStatus":"successful","timestamp":1732154100298,"status":200}"#
            .to_string(),
        "/Api/v1/PrefundedBalance" => r#"{"path":"/Api/v1/PrefundedBalance","balance":
            {"balance":29814021.179999999701976776123046875,"message":"successful"},"timestamp":1732205962423,
            "status":200}"#
            .to_string(),
        other => panic!("the API has no {other}"),
    };
    Act::Answer(200, body)
}

pub const TOKEN: &str = "/Api/oauth/token";
pub const TRANSFERT: &str = "/Api/v1/Transfert";
pub const STATUS: &str = "/Api/v1/PrefundedTransactionStatus";
pub const BALANCE: &str = "/Api/v1/PrefundedBalance";
