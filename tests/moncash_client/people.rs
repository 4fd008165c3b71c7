//! `payoutd moncash …` as a person sees it.

use super::server::{Act, Server};
use super::{SECRET, TOKEN, as_documented, client_of};
use clap::{Args, FromArgMatches};
use payoutd::cli::moncash::{MoncashArgs, call};
use payoutd::moncash::client::Client;

async fn say(client: &Client, words: &[&str]) -> (bool, String) {
    let command = MoncashArgs::augment_args(clap::Command::new("moncash"));
    let words = std::iter::once("moncash").chain(words.iter().copied());
    let args = MoncashArgs::from_arg_matches(&command.get_matches_from(words)).unwrap();
    let mut out = Vec::new();
    let done = call(args, client, &mut out).await.unwrap();
    (done, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn every_answer_is_told_in_plain_words_with_the_raw_answer_below() {
    let server = Server::start(as_documented).await;
    let (client, _) = client_of(server.base_url());
    for (words, plain) in [
        (&["token"][..], "MonCash gave an access token that lives 59 s more (it is not shown)\nHTTP 200\n"),
        (&["balance"], "Balance of the prefunded account: 29814021.17 HTG"),
        (&["customer", "3700-7294"], "Wallet 50937007294: fullkyc; registered, active\nHTTP 200\n"),
        (&["status", "PAY-1"], "Payout PAY-1: successful (only \"successful\" means paid)\nHTTP 200\n"),
        (
            &["create-payment", "--amount", "10", "--order", "A1"],
            "/Moncash-middleware/Payment/Redirect?token=page-token\n",
        ),
        (
            &["payment", "--order", "1559796839"],
            "Order 1559796839: paid (successful). 10 HTG from 50937007294, transaction 12874820",
        ),
        (&["payment", "--transaction", "12874820"], "Order 1559796839: paid"),
    ] {
        let (done, told) = say(&client, words).await;
        assert!(done && told.contains(plain), "{words:?} told: {told}");
        assert!(!told.contains("eyJ-token") && !told.contains(SECRET));
    }
}

#[tokio::test]
async fn a_refusal_and_wrong_credentials_are_told_too() {
    let body = r#"{"error":"Not Found","message":"Can't find this transaction","timestamp":1,"status":404}"#;
    let server = Server::start(move |seen, before| match seen.path() {
        TOKEN => as_documented(seen, before),
        _ => Act::Answer(404, body.to_string()),
    })
    .await;
    let (client, _) = client_of(server.base_url());
    let (done, told) = say(&client, &["status", "PAY-1"]).await;
    assert!(!done);
    assert_eq!(told, format!("MonCash refused: Can't find this transaction (status 404)\nHTTP 404\n{body}\n"));

    let server = Server::start(|_, _| Act::Answer(401, r#"{"error":"invalid_client"}"#.to_string())).await;
    let (client, _) = client_of(server.base_url());
    let (done, told) = say(&client, &["token"]).await;
    assert!(!done);
    assert_eq!(told, "MonCash refused: invalid_client (status 401)\nHTTP 401\n{\"error\":\"invalid_client\"}\n");
    let (done, told) = say(&client_of("http://127.0.0.1:1/Api").0, &["balance"]).await;
    assert!(!done && told.starts_with("The call never left this machine: no access token: "), "{told}");
}
