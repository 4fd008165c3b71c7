//! The eight calls, byte by byte.

use super::server::{Act, Seen, Server, answer};
use super::{SECRET, TOKEN, TRANSFERT, as_documented, client_of, prepared, reference_of, salary, token_value};
use payoutd::clock::SystemClock;
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::moncash::settings::{ClientError, Secret, Settings};
use payoutd::moncash::wire::{self, WireError};
use payoutd::payout::instruction::Account;
use payoutd::payout::money::Amount;
use payoutd::payout::reply::Outcome;
use std::rc::Rc;
use std::time::Duration;

const AGENT: &str = concat!("user-agent: payoutd/", env!("CARGO_PKG_VERSION"));

/// Checks all that was sent: request line, every header, body.
fn assert_sent(server: &Server, path: &str, body: &str) {
    let seen = server.seen(path);
    assert_eq!(seen.len(), 1, "{path} was asked once");
    let Seen { head, body: sent } = &seen[0];
    let method = if body.is_empty() { "GET" } else { "POST" };
    assert_eq!(head.lines().next(), Some(format!("{method} {path} HTTP/1.1").as_str()));
    let bearer = format!("authorization: Bearer {}", token_value(0));
    let (host, length) = (format!("host: {}", server.address), format!("content-length: {}", body.len()));
    let mut expected = vec!["accept: application/json", bearer.as_str()];
    if !body.is_empty() {
        expected.extend([length.as_str(), "content-type: application/json"]);
    }
    expected.extend([host.as_str(), AGENT]);
    assert_eq!(seen[0].headers(), expected);
    assert_eq!(sent, body);
}

#[tokio::test]
async fn every_call_goes_out_as_the_document_writes_it_and_its_answer_is_read() {
    let server = Server::start(as_documented).await;
    let (client, _) = client_of(server.base_url());

    let granted = client.prepare().await.unwrap();
    let token = &server.seen(TOKEN)[0];
    assert_eq!(token.head.lines().next(), Some("POST /Api/oauth/token HTTP/1.1"));
    // my-client:s3cr3t-of-the-account
    let basic = "authorization: Basic bXktY2xpZW50OnMzY3IzdC1vZi10aGUtYWNjb3VudA==";
    let host = format!("host: {}", server.address);
    assert_eq!(
        token.headers(),
        [
            "accept: application/json",
            basic,
            "content-length: 46",
            "content-type: application/x-www-form-urlencoded",
            &host,
            AGENT,
        ]
    );
    assert_eq!(token.body, "scope=read,write&grant_type=client_credentials");
    assert_eq!((granted.token, granted.http().unwrap().status), (1, 200));

    let paid = client.transfer(&salary("PAY-1")).await;
    let body = r#"{"amount":1250.50,"receiver":"50937007294","desc":"Salaire \"août\"","reference":"PAY-1"}"#;
    assert_sent(&server, TRANSFERT, body);
    assert_eq!((paid.token, paid.http().unwrap().status), (1, 200));
    assert!(paid.http().unwrap().body.contains(r#""transaction_id":"T1""#));

    let status = client.status(&reference_of("PAY-1")).await;
    assert_sent(&server, super::STATUS, r#"{"reference":"PAY-1"}"#);
    assert_eq!(wire::read_status(&status.http().unwrap().body), Ok("successful".to_string()));

    let balance = client.balance().await;
    assert_sent(&server, super::BALANCE, "");
    let read = wire::read_balance(&balance.http().unwrap().body).unwrap();
    assert_eq!(read.balance.number.floor(), Amount::from_centimes(2_981_402_117));

    let customer = client.customer(Account::parse("37007294").unwrap()).await;
    assert_sent(&server, "/Api/v1/CustomerStatus", r#"{"account":"50937007294"}"#);
    let read = wire::read_customer(&customer.http().unwrap().body).unwrap();
    assert_eq!((read.kind.as_str(), read.status), ("fullkyc", vec!["registered".to_string(), "active".to_string()]));
}

#[tokio::test]
async fn the_merchant_calls_go_out_as_the_document_writes_them_and_their_answers_are_read() {
    let server = Server::start(as_documented).await;
    let (client, _) = client_of(server.base_url());

    let page = client.create_payment("order-7", Amount::parse("99.90").unwrap()).await;
    assert_sent(&server, "/Api/v1/CreatePayment", r#"{"amount":99.90,"orderId":"order-7"}"#);
    let page = page.value.unwrap();
    let redirect = format!("http://{}/Moncash-middleware/Payment/Redirect?token=page-token", server.address);
    assert_eq!(page.redirect_url, redirect);
    assert_eq!(page.mode.as_deref(), Some("sandbox"));
    assert!(!format!("{page:?}").contains("page-token"));

    let by_transaction = client.payment_by_transaction("12874820").await;
    assert_sent(&server, "/Api/v1/RetrieveTransactionPayment", r#"{"transactionId":"12874820"}"#);
    let by_order = client.payment_by_order("1559796839").await;
    assert_sent(&server, "/Api/v1/RetrieveOrderPayment", r#"{"orderId":"1559796839"}"#);
    assert_eq!(by_transaction.value, by_order.value);
    let payment = by_order.value.unwrap();
    assert!(payment.is_successful() && payment.cost.number.is(Amount::from_centimes(1_000)));
    assert_eq!(payment.payer.as_deref(), Some("50937007294"));
    assert!(by_order.reply.http().unwrap().body.contains("12874820"), "the raw answer stays beside it");
}

#[tokio::test]
async fn half_a_json_answer_is_handed_on_raw_and_gives_no_typed_value() {
    let half = r#"{"payment":{"reference":"1","transact"#;
    let server = Server::start(move |seen, before| match seen.path() {
        TOKEN => as_documented(seen, before),
        _ => Act::Answer(200, half.to_string()),
    })
    .await;
    let (client, _) = client_of(server.base_url());
    let payment = client.payment_by_order("1").await;
    assert!(matches!(payment.value, Err(WireError::Unexpected(_))));
    assert_eq!(payment.reply.http().map(|http| http.body.as_str()), Some(half));
    let paid = client.transfer(&salary("PAY-1")).await;
    assert_eq!(paid.http().map(|http| (http.status, http.body.as_str())), Some((200, half)));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_transfert_is_sent_once() {
    for status in [301, 302, 303, 307, 308] {
        let redirect = format!("HTTP/1.1 {status} X\r\nlocation: /Api/v1/Transfert\r\ncontent-length: 0\r\n\r\n");
        let (server, client, _) = prepared(move |_| Act::Raw(redirect.clone())).await;
        let reply = client.transfer(&salary("PAY-1")).await;
        assert_eq!(reply.http().map(|http| http.status), Some(status));
        assert_eq!(server.seen(TRANSFERT).len(), 1);
    }
}

#[tokio::test]
async fn answers_that_ask_for_another_try_get_none() {
    for status in [408, 421, 425, 429, 500, 502, 503, 504] {
        let refusal = format!("HTTP/1.1 {status} X\r\nretry-after: 120\r\ncontent-length: 2\r\n\r\n{{}}");
        let (server, client, _) = prepared(move |_| Act::Raw(refusal.clone())).await;
        let reply = client.transfer(&salary("PAY-1")).await;
        let http = reply.http().unwrap();
        assert_eq!((http.status, http.retry_after), (status, Some(Duration::from_secs(120))));
        assert_eq!(server.seen(TRANSFERT).len(), 1);
    }
}

#[tokio::test]
async fn a_huge_answer_is_kept_up_to_the_cap_and_says_that_it_was_cut() {
    let (_server, client, _) = prepared(|_| Act::Raw(answer(200, &"x".repeat(3_000_000)))).await;
    let reply = client.transfer(&salary("PAY-1")).await;
    let http = reply.http().unwrap();
    assert_eq!((http.status, http.body.len(), http.cut), (200, 64 * 1024, true));

    let (_server, client, _) = prepared(|_| Act::Raw(answer(200, &"x".repeat(64 * 1024)))).await;
    let reply = client.transfer(&salary("PAY-1")).await;
    assert_eq!(reply.http().map(|http| (http.body.len(), http.cut)), Some((64 * 1024, false)));
}

#[test]
fn money_orders_do_not_travel_unencrypted() {
    let settings = Settings::new("http://192.0.2.1/Api", "my-client", Secret::new(SECRET));
    let refused = Client::new(settings, Rc::new(SystemClock::new())).unwrap_err();
    assert!(matches!(refused, ClientError::NotEncrypted(_)));
    assert!(refused.to_string().contains("192.0.2.1") && !refused.to_string().contains(SECRET));
}

/// Runs itself again with a proxy in the environment that leads nowhere.
#[tokio::test]
async fn a_proxy_in_the_environment_is_ignored() {
    const NAME: &str = "moncash_client::calls::a_proxy_in_the_environment_is_ignored";
    const INNER: &str = "PAYOUTD_TEST_BEHIND_PROXY";
    if std::env::var_os(INNER).is_some() {
        let (server, client, _) = prepared(|_| Act::Answer(200, "{}".to_string())).await;
        assert!(client.transfer(&salary("PAY-1")).await.http().is_some());
        assert_eq!(server.seen(TRANSFERT).len(), 1);
        return;
    }
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", NAME]).env(INNER, "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        again.env(name, "http://127.0.0.1:1");
    }
    let told = again.output().unwrap();
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn no_secret_and_no_token_is_ever_printed() {
    // A server that quotes the token and the secret wherever it can, as Spring's OAuth does.
    let server = Server::start(|seen, before| match seen.path() {
        TOKEN if before == 0 => as_documented(seen, before),
        TOKEN => Act::Answer(401, format!(r#"{{"error":"invalid_client","error_description":"not {SECRET}"}}"#)),
        _ => {
            let token = seen.header("authorization").and_then(|value| value.split(' ').nth(1)).unwrap_or_default();
            Act::Answer(401, format!(r#"{{"error":"invalid_token","error_description":"expired: {token}"}}"#))
        }
    })
    .await;
    let (client, _) = client_of(server.base_url());
    let mut printed = format!("{client:?}");
    printed += &format!("{:?}", client.prepare().await);
    let refused = client.transfer(&salary("PAY-1")).await;
    assert!(matches!(&refused.outcome, Outcome::Answered(http) if http.body.contains("expired: (taken out)")));
    printed += &format!("{refused:?}");
    printed += &format!("{:?}", client.prepare().await);
    printed += &format!("{:?}", client.last_token_failure());
    printed += &format!("{:?}", client.balance().await);
    assert!(printed.contains("invalid_client"));
    for secret in [SECRET, "eyJ-token", "czNjcjN0"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
