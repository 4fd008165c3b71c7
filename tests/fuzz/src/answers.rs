//! Promises about any answer that MonCash, or whatever stands in its place, may give.
//!
//! An input is an HTTP status (two bytes, the higher first), a byte of circumstances, and the body.
//!
//! Must never: let a payment, a refusal or a "not found" be read where an oracle that shares no code
//! with the reader does not find it.

use payoutd::payout::evidence::{
    BalanceAnswer, Refusal, StatusAnswer, TransferAnswer, read_balance, read_status, read_transfer, token_refused,
};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::moment::BootMoment;
use payoutd::payout::money::Amount;
use payoutd::payout::reply::{Http, Outcome, Reply};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Bodies are capped by the client; longer ones show nothing new here.
const LONGEST: usize = 16 * 1024;

/// Cuts of one answer that are tried.
const CUTS: usize = 24;

/// What settings add to the short list of declines.
const ADDED: &str = "Wallet closed";

const DECLINE: &str = "maximum account balance";

fn ours() -> Instruction {
    Instruction {
        reference: Reference::parse("PAY-1").expect("a reference"),
        receiver: Account::parse("37007294").expect("a wallet"),
        amount: Amount::from_centimes(10_000),
        description: "July".to_string(),
        retry_of: None,
    }
}

fn reply(outcome: Outcome) -> Reply {
    let moment = |ms| BootMoment { boot: 1, ms };
    Reply { outcome, asked: moment(0), ended: moment(1000), token: 1 }
}

fn answered(status: u16, body: &str, cut: bool) -> Reply {
    reply(Outcome::Answered(Http { status, body: body.to_string(), cut, retry_after: None }))
}

/// Everything that is promised of an answer with these bytes. Says whether it settles something.
pub fn hold(data: &[u8]) -> bool {
    let [high, low, circumstances, body @ ..] = data else { return false };
    let status = u16::from_be_bytes([*high, *low]);
    let body = String::from_utf8_lossy(&body[..body.len().min(LONGEST)]).into_owned();
    let cut = circumstances & 1 == 1;
    judge(status, &body, cut);
    // The same body under the statuses that mean something, and cut by the client.
    for status in [200, 202, 400, 401, 403, 404, 429, 500] {
        judge(status, &body, false);
    }
    judge(status, &body, !cut);
    for status in [status, 200, 403, 404] {
        truncated(status, &body);
    }
    nothing_came(&body);
    is_certain(&read(&answered(status, &body, cut)))
}

struct Answers {
    transfer: TransferAnswer,
    status: StatusAnswer,
    balance: BalanceAnswer,
}

fn read(reply: &Reply) -> Answers {
    let added = [ADDED.to_string()];
    Answers {
        transfer: read_transfer(reply, &ours(), &added),
        status: read_status(reply),
        balance: read_balance(reply),
    }
}

/// The answer says something that a payout is settled or sent again by.
fn is_certain(answers: &Answers) -> bool {
    let decline = matches!(answers.transfer, TransferAnswer::Refused { kind: Refusal::Decline, .. });
    let paid = matches!(answers.transfer, TransferAnswer::Paid { .. } | TransferAnswer::PaidOther { .. });
    let told = [StatusAnswer::Successful, StatusAnswer::NotFound].contains(&answers.status)
        || matches!(answers.status, StatusAnswer::RefusalRepeated { .. });
    decline || paid || told || matches!(answers.balance, BalanceAnswer::Reading(_))
}

fn judge(status: u16, body: &str, cut: bool) {
    let reply = answered(status, body, cut);
    let answers = read(&reply);
    if let Some(words) = token_refused(&reply) {
        assert!([400, 401, 403].contains(&status), "{words}");
    }
    let oracle = Oracle::read(body).filter(|_| !cut);
    let is = |question: fn(&Oracle, u16) -> bool| oracle.as_ref().is_some_and(|oracle| question(oracle, status));
    match &answers.transfer {
        TransferAnswer::Paid { transaction } => {
            assert!(is(Oracle::says_paid_as_ours), "{status} {body}");
            assert!(!transaction.is_empty() && !transaction.chars().any(char::is_control));
        }
        TransferAnswer::PaidOther { why } => {
            assert!(is(Oracle::says_paid), "{status} {body}");
            assert!(!is(Oracle::says_paid_plainly_as_ours), "a plain payment is not recognised: {status} {body}");
            shown(&why.to_string());
        }
        TransferAnswer::Refused { kind, words } => {
            shown(words);
            assert!((400..500).contains(&status), "{status} {body}");
            match kind {
                Refusal::Decline => assert!(is(Oracle::says_declined), "{status} {body}"),
                Refusal::Token => assert_eq!(status, 401),
                Refusal::TooMany => assert_eq!(status, 429),
                Refusal::Payee | Refusal::Shortage | Refusal::Account | Refusal::Unclear => {
                    assert!(is(Oracle::says_failed), "{status} {body}");
                }
            }
        }
        TransferAnswer::Unknown { why } => {
            assert!(!is(Oracle::says_paid_plainly_as_ours), "a plain payment is not recognised: {status} {body}");
            shown(why);
        }
        TransferAnswer::NeverLeft { .. } => panic!("an answer came, so the call left"),
    }
    match &answers.status {
        StatusAnswer::Successful => assert!(is(Oracle::says_successful), "{status} {body}"),
        StatusAnswer::NotFound => assert!(is(Oracle::says_not_found), "{status} {body}"),
        StatusAnswer::RefusalRepeated { words } => {
            assert!(status == 403 && is(Oracle::says_declined) && words.eq_ignore_ascii_case(DECLINE), "{body}");
        }
        StatusAnswer::Account { words } => {
            shown(words);
            assert!((400..500).contains(&status));
        }
        StatusAnswer::TooMany => assert_eq!(status, 429),
        StatusAnswer::Token => assert_eq!(status, 401),
        StatusAnswer::Unknown { why } => shown(why),
    }
    if let BalanceAnswer::Reading(amount) = answers.balance {
        let most = oracle.as_ref().and_then(Oracle::balance).expect("a balance in the body");
        assert!((200..300).contains(&status) && !cut);
        if let Some(most) = most {
            assert_eq!(amount.centimes(), most, "{body}");
        }
    }
}

/// Fit for a report, a log and a terminal.
fn shown(words: &str) {
    assert!(words.chars().count() <= 300 && !words.chars().any(char::is_control), "{words:?}");
}

/// What lost its end is never worth more than doubt.
fn truncated(status: u16, body: &str) {
    let length = body.trim_end().len();
    let step = length / CUTS + 1;
    for at in (0..length).rev().step_by(step).filter(|at| body.is_char_boundary(*at)) {
        let answers = read(&answered(status, &body[..at], false));
        // Whole all the same: what was cut off followed a whole object.
        let is_whole = serde_json::from_str::<&RawValue>(&body[..at]).is_ok();
        assert!(is_whole || !is_certain(&answers), "{status} cut at {at}: {body}");
    }
}

fn nothing_came(why: &str) {
    for outcome in [Outcome::Lost(why.to_string()), Outcome::NeverLeft(why.to_string())] {
        let never = matches!(outcome, Outcome::NeverLeft(_));
        let reply = reply(outcome);
        let answers = read(&reply);
        assert!(!is_certain(&answers) && token_refused(&reply).is_none());
        assert!(matches!(answers.status, StatusAnswer::Unknown { .. }));
        assert_eq!(matches!(answers.transfer, TransferAnswer::NeverLeft { .. }), never);
        assert_eq!(matches!(answers.transfer, TransferAnswer::Unknown { .. }), !never);
    }
}

/// A body as one JSON object, by serde_json alone: keys with the exact text of their values. Where a
/// key stands twice there is none, because nobody knows which of the two was meant.
struct Oracle {
    top: BTreeMap<String, String>,
}

fn object(text: &str) -> Option<BTreeMap<String, String>> {
    // A map is read from an object alone. Numbers are not looked at: any size of them is JSON.
    let map: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
    Some(map.into_iter().map(|(key, value)| (key, value.get().to_string())).collect())
}

/// A JSON string's text, or a number as it is printed.
fn plain(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'-' | b'0'..=b'9' => Some(raw.to_string()),
        _ => None,
    }
}

impl Oracle {
    fn read(body: &str) -> Option<Oracle> {
        Some(Oracle { top: object(body)? })
    }

    fn text(&self, key: &str) -> Option<String> {
        plain(self.top.get(key)?)
    }

    fn has(&self, key: &str) -> bool {
        self.top.get(key).is_some_and(|raw| raw != "null")
    }

    fn transfer(&self) -> Option<BTreeMap<String, String>> {
        object(self.top.get("transfer")?)
    }

    fn says_paid(&self, status: u16) -> bool {
        let word = self.transfer().and_then(|part| part.get("message").and_then(|raw| plain(raw)));
        (200..300).contains(&status) && word.as_deref() == Some("successful")
    }

    /// Paid, and nothing in it is another's.
    fn says_paid_as_ours(&self, status: u16) -> bool {
        let part = self.transfer().unwrap_or_default();
        let text = |key: &str| part.get(key).and_then(|raw| plain(raw)).unwrap_or_default();
        let digits: String = text("receiver").chars().filter(char::is_ascii_digit).collect();
        let receiver = ["37007294", "50937007294", "0050937007294"].contains(&digits.as_str());
        let id = text("transaction_id").trim().to_string();
        let none = ["null", "none", "undefined", "nan"].iter().any(|none| id.eq_ignore_ascii_case(none));
        let has_id = id.chars().any(|c| c.is_alphanumeric() && c != '0') && !none;
        let error = self.top.get("error").is_none_or(|raw| raw == "null" || raw == "\"\"");
        let own = self.text("status");
        let own = match self.has("status") {
            true => own.is_some_and(|own| own.len() == 3 && own.starts_with('2')),
            false => true,
        };
        self.says_paid(status) && receiver && has_id && error && own && is_hundred(&text("amount"))
    }

    /// The document's own sample with our values: a reader that finds doubt in it would never pay.
    fn says_paid_plainly_as_ours(&self, status: u16) -> bool {
        let part = self.transfer().unwrap_or_default();
        let is = |key: &str, wanted: &[&str]| part.get(key).is_some_and(|raw| wanted.contains(&raw.as_str()));
        status == 200
            && self.top.len() == 3
            && part.len() == 4
            && self.top.get("status").is_some_and(|raw| raw == "200")
            && self.text("path").as_deref() == Some("/Api/v1/Transfert")
            && is("transaction_id", &["\"12874820\""])
            && is("amount", &["100", "100.0", "100.00"])
            && is("receiver", &["\"50937007294\"", "\"37007294\""])
            && is("message", &["\"successful\""])
    }

    fn agrees(&self, status: u16) -> bool {
        !self.has("status") || self.text("status") == Some(status.to_string())
    }

    fn says_failed(&self, status: u16) -> bool {
        let says = self.text("message").is_some() || self.text("error").is_some();
        says && self.agrees(status) && !self.has("transfer") && !self.has("transStatus")
    }

    fn says_declined(&self, status: u16) -> bool {
        let message = self.text("message").filter(|text| !text.trim().is_empty()).or(self.text("error"));
        // Control characters are shown as spaces before they are compared.
        let message: String =
            message.unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = message.trim().to_ascii_lowercase();
        let listed = words == DECLINE && status == 403 || words == ADDED.to_ascii_lowercase();
        self.says_failed(status) && listed
    }

    fn says_successful(&self, status: u16) -> bool {
        let word = self.text("transStatus");
        (200..300).contains(&status)
            && self.agrees(status)
            && word.as_deref() == Some("successful")
            && self.text("error").is_none_or(|error| error.is_empty())
            && !self.has("transfer")
    }

    fn says_not_found(&self, status: u16) -> bool {
        let message = self.text("message").unwrap_or_default().trim().replace('’', "'").to_ascii_lowercase();
        let words = ["can't find this transaction", "transaction not found"].contains(&message.as_str());
        let of_this_call = match self.top.get("path") {
            Some(_) => self.text("path").is_some_and(|path| path.trim_end().ends_with("/PrefundedTransactionStatus")),
            None => self.text("error").is_some_and(|error| error.trim().eq_ignore_ascii_case("not found")),
        };
        let own = self.text("status").as_deref() == Some("404");
        status == 404 && own && words && of_this_call && !self.has("transStatus") && !self.has("transfer")
    }

    /// The balance in centimes, rounded down; `None` within where its text is too odd to reckon here.
    fn balance(&self) -> Option<Option<i64>> {
        let part = object(self.top.get("balance")?)?;
        let text = plain(part.get("balance")?)?;
        let text = text.trim();
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) && whole.len() <= 15;
        if !is_plain || whole.is_empty() {
            return Some(None);
        }
        let decimals: String = decimals.chars().chain("00".chars()).take(2).collect();
        Some(format!("{whole}{decimals}").parse().ok())
    }
}

/// 100, or a binary expansion of it: less than a ten-thousandth of a centime away.
fn is_hundred(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(|value| (value - 100.0).abs() <= 0.000_001)
}
