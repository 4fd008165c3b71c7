//! Promises about whatever the world may answer: no bytes and no status make a reader panic, or say
//! "paid" or "not found" without the words for it being there.

use super::tests::{answered, ours};
use super::*;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

fn any_status() -> impl Strategy<Value = u16> {
    prop_oneof![select(vec![200u16, 201, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503]), any::<u16>()]
}

/// Values near to MonCash's, right ones and wrong ones.
fn any_value() -> impl Strategy<Value = Value> {
    let words = [
        "successful",
        "Successful",
        "pending",
        "",
        "null",
        "0",
        "12874820",
        "50937007294",
        "37007294",
        "50937007295",
        "100",
        "100.00",
        "100.01",
        "99.99",
        "1e2",
        "200",
        "202",
        "404",
        "Not Found",
        "Can't find this transaction",
        "Transaction Not Found",
        "Maximum Account Balance",
        "/Api/v1/Transfert",
        "/Api/v1/PrefundedTransactionStatus",
    ];
    let texts: Vec<Value> = words.iter().map(|word| json!(word)).collect();
    let numbers =
        vec![json!(100), json!(100.0), json!(100.01), json!(0), json!(-1), json!(200), json!(202), json!(404)];
    prop_oneof![6 => select(texts), 4 => select(numbers), 1 => select(vec![json!(null), json!(true), json!([]), json!({})])]
}

fn part_of(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::collection::vec((select(keys.to_vec()), any_value()), 0..6).prop_map(|pairs| {
        let pairs = pairs.into_iter().map(|(key, value)| (key.to_string(), value));
        Value::Object(pairs.collect::<Map<_, _>>())
    })
}

/// A body put together from MonCash's keys, with one right answer in it as often as not.
fn any_body() -> impl Strategy<Value = Value> {
    let transfer = prop_oneof![
        Just(json!({"transaction_id": "1", "amount": 100, "receiver": "50937007294", "message": "successful"})),
        part_of(&["transaction_id", "amount", "receiver", "message"]),
        any_value(),
    ];
    let right = vec![
        json!({}),
        json!({"path": "/Api/v1/PrefundedTransactionStatus", "message": "Transaction Not Found", "status": 404}),
        json!({"path": "/Api/v1/PrefundedTransactionStatus", "transStatus": "successful", "status": 200}),
    ];
    let spoiled = part_of(&["path", "error", "message", "status", "transStatus", "timestamp"]);
    let envelope = (select(right), proptest::option::of(spoiled)).prop_map(|(mut right, spoiled)| {
        if let (Value::Object(right), Some(Value::Object(spoiled))) = (&mut right, spoiled) {
            right.extend(spoiled.into_iter().take(2));
        }
        right
    });
    let balance = prop_oneof![part_of(&["balance", "message"]), any_value()];
    (envelope, proptest::option::of(transfer), proptest::option::of(balance)).prop_map(
        |(mut body, transfer, balance)| {
            if let Value::Object(body) = &mut body {
                body.extend(transfer.map(|part| ("transfer".to_string(), part)));
                body.extend(balance.map(|part| ("balance".to_string(), part)));
            }
            body
        },
    )
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The same questions put to the body by another reader, with none of evidence's code.
fn is_wholly_ours(status: u16, body: &Value) -> bool {
    let part = &body["transfer"];
    let text = |key: &str| text_of(part.get(key));
    (200..300).contains(&status)
        && part.is_object()
        && text("message") == "successful"
        && !matches!(text("transaction_id").as_str(), "" | "0" | "null")
        && ["50937007294", "37007294"].contains(&text("receiver").as_str())
        && ["100", "100.0", "100.00", "1e2"].contains(&text("amount").as_str())
}

fn is_exactly_not_found(status: u16, body: &Value) -> bool {
    let text = |key: &str| text_of(body.get(key));
    let of_this_call = match body.get("path") {
        Some(path) => path == "/Api/v1/PrefundedTransactionStatus",
        None => text("error") == "Not Found",
    };
    status == 404
        && text("status") == "404"
        && of_this_call
        && ["Can't find this transaction", "Transaction Not Found"].contains(&text("message").as_str())
        && body.get("transStatus").is_none_or(Value::is_null)
        && body.get("transfer").is_none_or(Value::is_null)
}

fn read_all(reply: &Reply) -> (TransferAnswer, StatusAnswer) {
    let _ = (read_balance(reply), token_refused(reply));
    (read_transfer(reply, &ours(), &["Wallet closed".to_string()]), read_status(reply))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic_or_pay(bytes in proptest::collection::vec(any::<u8>(), 0..200), status in any_status()) {
        let (transfer, told) = read_all(&answered(status, &String::from_utf8_lossy(&bytes), false));
        let pays = matches!(transfer, TransferAnswer::Paid { .. } | TransferAnswer::PaidOther { .. });
        prop_assert!(!pays);
        prop_assert!(!matches!(told, StatusAnswer::Successful | StatusAnswer::NotFound));
    }

    #[test]
    fn paid_needs_receiver_amount_word_and_id_and_not_found_the_exact_json(body in any_body(), status in any_status()) {
        let (transfer, told) = read_all(&answered(status, &body.to_string(), false));
        if matches!(transfer, TransferAnswer::Paid { .. }) {
            prop_assert!(is_wholly_ours(status, &body), "{} {}", status, body);
        }
        if told == StatusAnswer::NotFound {
            prop_assert!(is_exactly_not_found(status, &body), "{} {}", status, body);
        }
        if told == StatusAnswer::Successful {
            prop_assert!((200..300).contains(&status) && body["transStatus"] == "successful", "{} {}", status, body);
        }
    }

    #[test]
    fn a_right_answer_with_a_byte_changed_or_lost_is_never_another_payment(
        place in 0usize..200, byte in any::<u8>(), lose in any::<bool>(),
    ) {
        let body = r#"{"path":"/Api/v1/Transfert","transfer":{"transaction_id":"12874820","amount":100.0,"receiver":"50937007294","message":"successful"},"status":200}"#;
        let mut bytes = body.as_bytes().to_vec();
        let place = place % bytes.len();
        if lose { bytes.truncate(place) } else { bytes[place] = byte }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (transfer, told) = read_all(&answered(200, &text, false));
        if let TransferAnswer::Paid { .. } = transfer {
            let value: Value = serde_json::from_str(&text).unwrap();
            prop_assert!(is_wholly_ours(200, &value), "{}", text);
        }
        prop_assert!(!matches!(told, StatusAnswer::Successful | StatusAnswer::NotFound));
    }
}
