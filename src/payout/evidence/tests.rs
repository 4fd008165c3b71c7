//! What every answer means, one row a case: HTTP status and body, then how Transfert's, the status
//! call's and the balance call's reader understand it. A body that one call understands is shown to
//! the other two as well.
//!
//! Must never: hold a row that reads "paid" or "not found" without being the exact JSON.

use super::*;
use crate::payout::instruction::Reference;
use crate::payout::moment::BootMoment;

pub(super) fn ours() -> Instruction {
    Instruction {
        reference: Reference::parse("PAY-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::from_centimes(10_000),
        description: "Test Api Transfer".to_string(),
        retry_of: None,
    }
}

pub(super) fn answered(status: u16, body: &str, cut: bool) -> Reply {
    let at = |ms| BootMoment { boot: 1, ms };
    let http = Http { status, body: body.to_string(), cut, retry_after: None };
    Reply { outcome: Outcome::Answered(http), asked: at(1), ended: at(2), token: 1 }
}

fn transfer_word(answer: &TransferAnswer) -> &'static str {
    match answer {
        TransferAnswer::Paid { .. } => "PAID",
        TransferAnswer::PaidOther { .. } => "paid other",
        TransferAnswer::NeverLeft { .. } => "never left",
        TransferAnswer::Unknown { .. } => "-",
        TransferAnswer::Refused { kind, .. } => match kind {
            Refusal::Decline => "decline",
            Refusal::Payee => "payee",
            Refusal::Shortage => "shortage",
            Refusal::Account => "account",
            Refusal::TooMany => "too many",
            Refusal::Token => "token",
            Refusal::Unclear => "unclear",
        },
    }
}

fn status_word(answer: &StatusAnswer) -> &'static str {
    match answer {
        StatusAnswer::Successful => "SUCCESSFUL",
        StatusAnswer::NotFound => "NOT FOUND",
        StatusAnswer::RefusalRepeated { .. } => "refused",
        StatusAnswer::Account { .. } => "account",
        StatusAnswer::TooMany => "too many",
        StatusAnswer::Token => "token",
        StatusAnswer::Unknown { .. } => "-",
    }
}

fn balance_word(answer: &BalanceAnswer) -> String {
    match answer {
        BalanceAnswer::Reading(amount) => amount.to_string(),
        BalanceAnswer::Account { .. } => "account".to_string(),
        BalanceAnswer::TooMany => "too many".to_string(),
        BalanceAnswer::Token => "token".to_string(),
        BalanceAnswer::Unknown { .. } => "-".to_string(),
    }
}

/// HTTP status, body, Transfert, status call, balance.
type Row = (u16, &'static str, &'static str, &'static str, &'static str);

fn check(rows: &[Row], cut: bool) {
    let declines = vec!["Wallet closed".to_string(), "The reference already exists".to_string()];
    for (status, body, transfer, told, balance) in rows {
        let reply = answered(*status, body, cut);
        assert_eq!(transfer_word(&read_transfer(&reply, &ours(), &declines)), *transfer, "Transfert: {status} {body}");
        assert_eq!(status_word(&read_status(&reply)), *told, "status call: {status} {body}");
        assert_eq!(balance_word(&read_balance(&reply)), *balance, "balance: {status} {body}");
    }
}

#[test]
fn the_documents_own_bodies_mean_what_it_says() {
    #[rustfmt::skip]
    check(&[
        (200, r#"{"path":"/Api/v1/Transfert","transfer":{"transaction_id":"12874820","amount":100.0,"receiver":"50937007294","message":"successful","desc":"Test Api Transfer"},"timestamp":1589927614388,"status":200}"#, "PAID", "-", "-"),
        (200, r#"{"path":"/Api/v1/PrefundedTransactionStatus","transStatus":"successful","timestamp":1732154100298,"status":200}"#, "-", "SUCCESSFUL", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found","message":"Can't find this transaction","timestamp":1732131728381,"status":404}"#, "payee", "NOT FOUND", "-"),
        (403, r#"{"path":"/Api/v1/Transfert","error":"Forbidden","message":"Maximum Account Balance","timestamp":1732154199606,"status":403}"#, "decline", "refused", "-"),
        (200, r#"{"path":"/Api/v1/PrefundedBalance","balance":{"balance":29814021.179999999701976776123046875,"message":"successful"},"timestamp":1732205962423,"status":200}"#, "-", "-", "29814021.17"),
        // Other calls' answers say nothing about a transfer.
        (200, r#"{"path":"/v1/RetrieveTransactionPayment","payment":{"reference":"1559796839","transaction_id":"12874820","cost":10,"message":"successful","payer":"50937007294"},"timestamp":1560029360970,"status":200}"#, "-", "-", "-"),
        (200, r#"{"path":"/v1/CustomerStatus","customerStatus":{"type":"fullkyc","status":["registered","active"]},"timestamp":1558715815122,"status":200,"mode":"live"}"#, "-", "-", "-"),
        (202, r#"{"path":"/v1/CreatePayment","payment_token":{"expired":"2019-05-24 12:46:55:107","created":"2019-05-24 12:36:55:107","token":"t"},"timestamp":1558715815122,"status":202,"mode":"live"}"#, "-", "-", "-"),
        (200, r#"{"access_token":"t","token_type":"bearer","expires_in":59,"scope":"read,write","jti":"j"}"#, "-", "-", "-"),
    ], false);
}

#[test]
fn reported_wordings_are_sorted_and_what_is_not_listed_is_no_decline() {
    #[rustfmt::skip]
    check(&[
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found","message":"Transaction Not Found","status":404}"#, "payee", "NOT FOUND", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus ","message":"can’t find this transaction ","status":"404"}"#, "payee", "NOT FOUND", "-"),
        (403, r#"{"path":"/Api/v1/Transfert","error":"Forbidden","message":"the receiver organization queried by the short code does not exist","status":403}"#, "account", "account", "account"),
        (403, r#"{"path":"/Api/v1/PrefundedBalance","error":"Forbidden","message":"No short code for user account","status":403}"#, "account", "account", "account"),
        (404, r#"{"path":"/Api/v1/Transfert","error":"Not Found","message":"Receiver not found","status":404}"#, "payee", "-", "-"),
        (403, r#"{"path":"/Api/v1/Transfert","message":"The balance is insufficient for the transaction.","status":403}"#, "shortage", "-", "-"),
        (403, r#"{"path":"/Api/v1/Transfert","message":"Declined due to limit rule: daily","status":403}"#, "payee", "-", "-"),
        (400, r#"{"message":"Failed to match a reason type because the Identity Type factor of the credit party does not match.","status":400}"#, "payee", "-", "-"),
        (400, r#"{"message":"The amount is incorrect","status":400}"#, "payee", "-", "-"),
        (403, r#"{"message":"wallet CLOSED","status":403}"#, "decline", "-", "-"),
        // Words that speak of a payment already made are never a decline, whatever settings add.
        (400, r#"{"message":"Duplicate transaction","status":400}"#, "unclear", "-", "-"),
        (400, r#"{"message":"The reference already exists","status":400}"#, "unclear", "-", "-"),
        (400, r#"{"message":"Référence déjà utilisée","status":400}"#, "unclear", "-", "-"),
        (409, r#"{"message":"Conflict","status":409}"#, "unclear", "-", "-"),
        (400, r#"{"message":"Maximum Account Balance","status":400}"#, "payee", "-", "-"),
        (403, r#"{"message":"Maximum Account Balance exceeded?","status":403}"#, "payee", "-", "-"),
        (401, r#"{"error":"invalid_token","error_description":"expired"}"#, "token", "token", "token"),
        (401, "", "token", "token", "token"),
        (429, "<html>slow down</html>", "too many", "too many", "too many"),
        (500, r#"{"error":"Internal Server Error","message":"NullPointerException","status":500}"#, "-", "-", "-"),
        (500, r#"{"error":"x","message":"No short code for user account","status":500}"#, "-", "-", "account"),
    ], false);
}

#[test]
fn only_an_answer_that_is_ours_to_the_letter_is_paid() {
    #[rustfmt::skip]
    check(&[
        (202, r#"{"transfer":{"transaction_id":12874820,"amount":"100","receiver":50937007294,"message":"successful"},"status":202}"#, "PAID", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1a","amount":1e2,"receiver":"37007294","message":"successful"},"status":"202","error":null}"#, "PAID", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":99.999999999999999,"receiver":"50937007294","message":"successful"}}"#, "PAID", "-", "-"),
        // Says paid, but not what was asked.
        (200, r#"{"transfer":{"transaction_id":"1","amount":100.01,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":99.99,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":null,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":[100],"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":1e999999999999,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":1e-2147483648,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":99999999999999999999,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007295","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"Receiver account","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":null,"amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":" ","amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"null","amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":0,"amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1\n2","amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":true,"amount":100,"receiver":"50937007294","message":"successful"}}"#, "paid other", "-", "-"),
        // Says paid and something else.
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"status":404}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"status":"2e9"}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"status":{}}"#, "paid other", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"error":"Forbidden"}"#, "paid other", "-", "-"),
        (403, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"message":"Maximum Account Balance","status":403}"#, "-", "-", "-"),
        (404, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"},"status":200}"#, "-", "-", "-"),
        // Does not say paid.
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"Successful"}}"#, "-", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294"},"message":"successful"}"#, "-", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":["successful"]}}"#, "-", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"failed","message":"successful"}}"#, "-", "-", "-"),
        (200, r#"{"transfer":["1",100,"50937007294","successful"],"status":200}"#, "-", "-", "-"),
        (200, r#"[{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"}]"#, "-", "-", "-"),
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"#, "-", "-", "-"),
        (200, r#"{"transfer":null,"message":"successful","status":200}"#, "-", "-", "-"),
        (200, "<html>successful</html>", "-", "-", "-"),
        (200, "", "-", "-", "-"),
    ], false);
}

#[test]
fn not_found_is_the_exact_json_and_nothing_else() {
    #[rustfmt::skip]
    check(&[
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":200}"#, "-", "-", "-"),
        (200, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":404}"#, "-", "-", "-"),
        (200, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":200}"#, "-", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction"}"#, "payee", "-", "-"),
        (404, r#"{"message":"Can't find this transaction","status":404}"#, "payee", "-", "-"),
        (404, r#"{"path":"/Api/v1/RetrieveOrderPayment","message":"Transaction Not Found","status":404}"#, "payee", "-", "-"),
        (404, r#"{"error":"Not Found","message":"Transaction Not Found","status":404}"#, "payee", "NOT FOUND", "-"),
        (404, r#"{"path":null,"error":"Not Found","message":"Transaction Not Found","status":404}"#, "payee", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found","message":"No message available","status":404}"#, "payee", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","transStatus":"successful","status":404}"#, "-", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","transfer":{},"status":404}"#, "-", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"x","message":"Can't find this transaction","status":404}"#, "-", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":404"#, "-", "-", "-"),
        (404, r#"[null,null,"/Api/v1/PrefundedTransactionStatus","Not Found","Can't find this transaction",404]"#, "-", "-", "-"),
        (404, "Can't find this transaction", "-", "-", "-"),
        (404, "<html>404 Not Found</html>", "-", "-", "-"),
        (410, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":410}"#, "unclear", "-", "-"),
        (500, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":500}"#, "-", "-", "-"),
        (403, r#"{"message":"Maximum Account Balance","status":403}"#, "decline", "-", "-"),
    ], false);
}

#[test]
fn only_trans_status_speaks_of_the_transfer() {
    #[rustfmt::skip]
    check(&[
        (200, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"successful","status":200}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"pending","message":"successful","status":200}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"Successful","status":200}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"failed","status":200}"#, "-", "-", "-"),
        (200, r#"{"transStatus":null,"message":"successful","status":200}"#, "-", "-", "-"),
        (200, r#"{"transStatus":["successful"],"status":200}"#, "-", "-", "-"),
        (200, r#"["successful"]"#, "-", "-", "-"),
        (200, r#"{"transStatus":"successful","status":404}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"successful","error":"Not Found","status":200}"#, "-", "-", "-"),
        (404, r#"{"transStatus":"successful","status":404}"#, "-", "-", "-"),
        (500, r#"{"transStatus":"successful","status":500}"#, "-", "-", "-"),
        (302, r#"{"transStatus":"successful","status":302}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"failed","transStatus":"successful"}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"successful"}"#, "-", "SUCCESSFUL", "-"),
    ], false);
}

#[test]
fn a_balance_is_read_exactly_or_not_at_all() {
    #[rustfmt::skip]
    check(&[
        (200, r#"{"balance":{"balance":"1250.509","message":"successful"},"status":200}"#, "-", "-", "1250.50"),
        (200, r#"{"balance":{"balance":-0.001}}"#, "-", "-", "-0.01"),
        (200, r#"{"balance":{"balance":2.981402118E7,"message":"successful"}}"#, "-", "-", "29814021.18"),
        (200, r#"{"balance":{"balance":1e300,"message":"successful"}}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":1e-2147483648}}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":"many","message":"successful"}}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":null,"message":"successful"}}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":100,"message":"failed"}}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":100,"balance":900}}"#, "-", "-", "-"),
        (200, r#"{"balance":[100,"successful"]}"#, "-", "-", "-"),
        (200, r#"{"balance":100,"status":200}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":100},"status":500}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":100},"error":"stale"}"#, "-", "-", "-"),
    ], false);
}

#[test]
fn a_cut_body_proves_nothing_however_whole_it_looks() {
    #[rustfmt::skip]
    check(&[
        (200, r#"{"transfer":{"transaction_id":"1","amount":100,"receiver":"50937007294","message":"successful"}}"#, "-", "-", "-"),
        (404, r#"{"path":"/Api/v1/PrefundedTransactionStatus","message":"Can't find this transaction","status":404}"#, "-", "-", "-"),
        (403, r#"{"path":"/Api/v1/Transfert","message":"Maximum Account Balance","status":403}"#, "-", "-", "-"),
        (200, r#"{"transStatus":"successful","status":200}"#, "-", "-", "-"),
        (200, r#"{"balance":{"balance":100,"message":"successful"}}"#, "-", "-", "-"),
    ], true);
}

#[test]
fn a_lost_call_is_unknown_and_only_one_that_never_left_says_so() {
    let of = |outcome| Reply { outcome, ..answered(200, "", false) };
    let lost = of(Outcome::Lost("time-out".into()));
    let never = of(Outcome::NeverLeft("no connection".into()));
    assert_eq!(transfer_word(&read_transfer(&lost, &ours(), &[])), "-");
    assert_eq!(transfer_word(&read_transfer(&never, &ours(), &[])), "never left");
    for reply in [&lost, &never] {
        assert_eq!(status_word(&read_status(reply)), "-");
        assert_eq!(balance_word(&read_balance(reply)), "-");
        assert_eq!(token_refused(reply), None);
    }
}

#[test]
fn only_a_refusal_of_our_client_stops_the_house() {
    #[rustfmt::skip]
    let rows: [(u16, &str, bool); 13] = [
        (401, "", true),
        (401, "<html>", true),
        (401, r#"{"error":"unauthorized","error_description":"Bad credentials"}"#, true),
        (400, r#"{"error":"invalid_client"}"#, true),
        (400, r#"{"error":"unauthorized_client"}"#, true),
        (403, r#"{"error":"access_denied"}"#, true),
        (403, "<html>blocked by the firewall</html>", false),
        (400, r#"{"error":"invalid_scope"}"#, false),
        (400, "", false),
        (400, r#"["invalid_client"]"#, false),
        (429, r#"{"error":"invalid_client"}"#, false),
        (500, r#"{"error":"invalid_client"}"#, false),
        (200, r#"{"access_token":"t","expires_in":59}"#, false),
    ];
    for (status, body, refused) in rows {
        assert_eq!(token_refused(&answered(status, body, false)).is_some(), refused, "{status} {body}");
    }
}

#[test]
fn what_people_read_of_an_answer_is_short_and_without_control_characters() {
    let body = format!(r#"{{"message":"{}\u001b[2J\n","status":404}}"#, "x".repeat(5000));
    let TransferAnswer::Refused { words, .. } = read_transfer(&answered(404, &body, false), &ours(), &[]) else {
        panic!("a refusal");
    };
    assert!(words.chars().count() <= LONGEST_WORDS + 1 && !words.chars().any(char::is_control));
}
