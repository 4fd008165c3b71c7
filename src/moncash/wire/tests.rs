//! Promises about the bodies that go out and the typed answers that come in.

use super::*;
use crate::payout::moment::BootMoment;
use crate::payout::reply::{Http, Outcome};

fn answered(status: u16, body: &str) -> Reply {
    let at = BootMoment { boot: 1, ms: 0 };
    let http = Http { status, body: body.to_string(), cut: false, retry_after: None };
    Reply { outcome: Outcome::Answered(http), asked: at, ended: at, token: 1 }
}

fn payment(cost: &str) -> Reply {
    let body = format!(
        r#"{{"path":"/v1/RetrieveOrderPayment ","payment":{{"reference":1559796839,"transaction_id":"12874820",
        "cost":{cost},"message":"successful","payer":"50937007294"}},"timestamp":1560029360970,"status":200}}"#
    );
    answered(200, &body)
}

#[test]
fn money_is_read_by_its_digits_whether_printed_as_number_or_text() {
    for (cost, centimes) in [
        ("10", 1_000),
        ("10.50", 1_050),
        ("\"10.50\"", 1_050),
        ("29814021.179999999701976776123046875", 2_981_402_118),
        ("2.981402118E7", 2_981_402_118),
    ] {
        let read = read_payment(&payment(cost));
        assert!(read.is_ok_and(|p| p.cost.number.is(Amount::from_centimes(centimes))), "{cost}");
    }
    for cost in ["null", "true", "[]", "\"ten\"", "1e999"] {
        assert!(matches!(read_payment(&payment(cost)), Err(WireError::Unexpected(_))), "{cost}");
    }
}

#[test]
fn an_id_keeps_its_digits_also_as_a_number() {
    let read = read_payment(&payment("10")).map(|p| (p.reference, p.transaction_id));
    assert_eq!(read, Ok(("1559796839".to_string(), "12874820".to_string())));
}

#[test]
fn a_refusal_is_told_in_moncash_s_words_wherever_the_status_stands() {
    let refused = |status, message: &str| Err(WireError::Refused { status, message: message.to_string() });
    let body = r#"{"error":"Not Found","message":"Transaction Not Found","timestamp":1,"status":404}"#;
    assert_eq!(read_payment(&answered(404, body)), refused(404, "Transaction Not Found"));
    assert_eq!(read_payment(&answered(200, body)), refused(404, "Transaction Not Found"));
    assert_eq!(read_payment(&answered(200, &body.replace("404", "\"404\""))), refused(404, "Transaction Not Found"));
    assert_eq!(read_payment(&answered(502, "<html>")), refused(502, "no reason given"));
    let oauth = r#"{"error":"unauthorized","error_description":"Bad\ncredentials"}"#;
    assert_eq!(read_payment(&answered(401, oauth)), refused(401, "Bad credentials"));
}

#[test]
fn half_an_answer_and_a_doubled_key_give_no_value() {
    for body in ["", "{", r#"{"payment":{"reference":"1"}}"#, r#"{"balance":{"balance":1,"balance":2}}"#] {
        assert!(read_payment(&answered(200, body)).is_err(), "{body}");
        assert!(read_balance(body).is_err(), "{body}");
        assert!(read_customer(body).is_err(), "{body}");
        assert!(read_status(body).is_err(), "{body}");
    }
}

#[test]
fn a_wallet_s_status_is_a_list_also_when_it_is_one_word() {
    let one = read_customer(r#"{"customerStatus":{"type":"fullkyc","status":"active"},"status":200}"#);
    assert_eq!(one.map(|c| c.status), Ok(vec!["active".to_string()]));
}

#[test]
fn a_payment_token_cannot_change_the_page_s_address() {
    let reply = answered(202, r#"{"payment_token":{"token":"a b&x=1#/../é"},"mode":"sandbox"}"#);
    let page = read_payment_page(&reply, "https://h/Moncash-middleware").map(|page| page.redirect_url);
    let address = "https://h/Moncash-middleware/Payment/Redirect?token=a+b%26x%3D1%23%2F..%2F%C3%A9";
    assert_eq!(page, Ok(address.to_string()));
}

#[test]
fn people_are_told_nothing_that_the_engine_would_not_believe() {
    for (status, body) in [
        (202, r#"{"transStatus":"successful","status":200}"#),
        (200, r#"{"transStatus":"successful","status":"fine"}"#),
        (200, r#"{"transStatus":"successful","error":"Internal"}"#),
        (200, r#"["successful"]"#),
    ] {
        assert!(tell_status(&answered(status, body)).is_err(), "{body}");
    }
    assert!(tell_balance(&answered(200, r#"{"balance":{"balance":10,"message":"pending"},"status":200}"#)).is_err());
    assert_eq!(tell_status(&answered(200, r#"{"transStatus":"pending","status":200}"#)), Ok("pending".to_string()));
    let payment = r#"{"payment":{"reference":"A2","transaction_id":"T2","cost":10,"message":"successful"}}"#;
    let payment = read_payment(&answered(200, payment)).unwrap();
    assert!(payment.clone().check_order("A1").is_err() && payment.clone().check_transaction("T1").is_err());
    assert!(payment.clone().check_order("A2").is_ok() && payment.check_transaction("T2").is_ok());
}
