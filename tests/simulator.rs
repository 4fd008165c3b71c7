//! Promises of the simulator as a client meets it: over loopback, on real sockets.

use payoutd::payout::money::Amount;
use payoutd::simulator::faults::FaultPlan;
use payoutd::simulator::{Embedded, Settings};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const WALLET: &str = "50937007294";
/// Longest that a test waits for what must come: only a broken simulator is met by it.
const AT_MOST: Duration = Duration::from_secs(20);

/// A simulator and a client of it.
struct Meeting {
    simulator: Embedded,
    http: reqwest::Client,
    token: String,
}

impl Meeting {
    async fn new(settings: Settings) -> Meeting {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Embedded::start(settings, 1).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut meeting = Meeting { simulator, http, token: String::new() };
        let (_, body) = meeting.log_in().await;
        meeting.token = body["access_token"].as_str().unwrap().to_string();
        meeting
    }

    async fn with_faults(text: &str) -> Meeting {
        Meeting::new(Settings { faults: FaultPlan::parse(text).unwrap(), ..Settings::default() }).await
    }

    async fn log_in(&self) -> (u16, Value) {
        let client = self.simulator.client();
        let request = self
            .http
            .post(format!("{}/oauth/token", self.simulator.base_url()))
            .basic_auth(client.id, Some(client.secret))
            .form(&[("scope", "read,write"), ("grant_type", "client_credentials")]);
        read(request.send().await).await.unwrap()
    }

    fn ask(&self, call: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http.post(format!("{}/v1/{call}", self.simulator.base_url())).bearer_auth(&self.token).json(body)
    }

    async fn call(&self, call: &str, body: Value) -> (u16, Value) {
        read(self.ask(call, &body).send().await).await.unwrap()
    }

    async fn balance(&self) -> (u16, String) {
        let request = self.http.get(format!("{}/v1/PrefundedBalance", self.simulator.base_url()));
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    fn transfer(&self, reference: &str) -> reqwest::RequestBuilder {
        self.ask("Transfert", &order(reference))
    }

    fn place(&self, path: &str) -> String {
        format!("http://{}{path}", self.simulator.address())
    }

    async fn look(&self, path: &str) -> Value {
        read(self.http.get(self.place(path)).send().await).await.unwrap().1
    }

    fn debits(&self, reference: &str) -> usize {
        self.simulator.debits(reference)
    }
}

fn order(reference: &str) -> Value {
    json!({"amount": 100.5, "receiver": WALLET, "desc": "Test Api Transfer", "reference": reference})
}

/// Status and JSON of a whole answer; an error where the answer, its body or the JSON is not whole.
async fn read(answer: reqwest::Result<reqwest::Response>) -> Result<(u16, Value), String> {
    let answer = answer.map_err(|e| format!("{e:?}"))?;
    let status = answer.status().as_u16();
    let text = answer.text().await.map_err(|e| format!("{e:?}"))?;
    Ok((status, serde_json::from_str(&text).map_err(|e| format!("{status} {e}: {text}"))?))
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < AT_MOST, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn assert_failure(body: &Value, path: &str, status: u16, message: &str) {
    let error = body["error"].as_str().unwrap();
    let stamp = &body["timestamp"];
    assert!(stamp.as_u64().is_some_and(|ms| ms > 1_500_000_000_000), "{body}");
    let whole = json!({"path": path, "error": error, "message": message, "timestamp": stamp, "status": status});
    assert_eq!(*body, whole);
}

#[tokio::test]
async fn the_eight_calls_answer_as_the_document_has_them() {
    let meeting = Meeting::new(Settings::default()).await;
    let (status, token) = meeting.log_in().await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("bearer"), &json!(59)));
    assert_eq!((&token["scope"], token["jti"].is_string()), (&json!("read,write"), true));

    let (status, paid) = meeting.call("Transfert", order("R-1")).await;
    let id = paid["transfer"]["transaction_id"].as_str().unwrap();
    assert!(id.starts_with("SIM-"), "{id}");
    assert_eq!((status, &paid["path"], &paid["status"]), (200, &json!("/Api/v1/Transfert"), &json!(200)));
    let transfer = json!({"transaction_id": id, "amount": 100.5, "receiver": WALLET, "message": "successful",
        "desc": "Test Api Transfer"});
    assert_eq!(paid["transfer"], transfer);

    let (status, known) = meeting.call("PrefundedTransactionStatus", json!({"reference": "R-1"})).await;
    assert_eq!((status, &known["transStatus"]), (200, &json!("successful")));
    assert_eq!((&known["path"], &known["status"]), (&json!("/Api/v1/PrefundedTransactionStatus"), &json!(200)));
    let (status, unknown) = meeting.call("PrefundedTransactionStatus", json!({"reference": "R-2"})).await;
    assert_eq!(status, 404);
    assert_failure(&unknown, "/Api/v1/PrefundedTransactionStatus", 404, "Can't find this transaction");

    let (status, balance) = meeting.balance().await;
    assert_eq!(status, 200);
    let begins = r#"{"path":"/Api/v1/PrefundedBalance","balance":{"balance":99999899.5,"message":"successful"},"#;
    assert!(balance.starts_with(begins), "{balance}");

    let (status, customer) = meeting.call("CustomerStatus", json!({"account": WALLET})).await;
    let known = json!({"type": "fullkyc", "status": ["registered", "active"]});
    assert_eq!((status, &customer["customerStatus"]), (200, &known));

    let (status, bad) = meeting.call("CreatePayment", json!({"amount": 0, "orderId": "O-1"})).await;
    assert_eq!(status, 400);
    assert_failure(&bad, "/Api/v1/CreatePayment", 400, "The amount is incorrect");
    let (status, created) = meeting.call("CreatePayment", json!({"amount": 10, "orderId": "O-1"})).await;
    assert_eq!((status, &created["status"]), (202, &json!(202)));
    let payment = &created["payment_token"];
    // 2019-05-24 12:46:55:107
    for moment in [&payment["created"], &payment["expired"]] {
        let shape: String =
            moment.as_str().unwrap().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00:00:000");
    }
    for (call, body) in [
        ("RetrieveOrderPayment", json!({"orderId": "O-1"})),
        ("RetrieveTransactionPayment", json!({"transactionId": "12874820"})),
    ] {
        let (status, unpaid) = meeting.call(call, body).await;
        assert_eq!(status, 404);
        assert_failure(&unpaid, &format!("/Api/v1/{call}"), 404, "Transaction Not Found");
    }
}

#[tokio::test]
async fn wrong_credentials_and_wrong_places_are_told_so() {
    let meeting = Meeting::new(Settings::default()).await;
    let token = format!("{}/oauth/token", meeting.simulator.base_url());
    let wrong = meeting.http.post(&token).basic_auth("client_id", Some("wrong"));
    let wrong = wrong.form(&[("grant_type", "client_credentials")]).send().await;
    let (status, body) = read(wrong).await.unwrap();
    assert_eq!(status, 401);
    assert_failure(&body, "/Api/oauth/token", 401, "Bad credentials");
    let (status, _) = read(meeting.http.get(meeting.place("/Api/v1/Nothing")).send().await).await.unwrap();
    assert_eq!(status, 404);
    let (status, _) = read(meeting.http.get(meeting.place("/Api/v1/Transfert")).send().await).await.unwrap();
    assert_eq!(status, 405);
}

#[tokio::test]
async fn a_customer_pays_on_the_hosted_page_or_cancels_there() {
    let meeting = Meeting::new(Settings::default()).await;
    for (order, decision) in [("O-<1>", "pay"), ("O-2", "cancel")] {
        let (_, created) = meeting.call("CreatePayment", json!({"amount": 10, "orderId": order})).await;
        let token = created["payment_token"]["token"].as_str().unwrap().to_string();
        let page = meeting.place(&format!("/Moncash-middleware/Payment/Redirect?token={token}"));
        let shown = meeting.http.get(&page).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains("SIMULATION") && shown.contains("10.00 HTG") && !shown.contains("<1>"), "{shown}");
        let form = [("token", token.as_str()), ("payer", WALLET), ("decision", decision)];
        assert_eq!(meeting.http.post(&page).form(&form).send().await.unwrap().status(), 200);
        assert_eq!(meeting.http.post(&page).form(&form).send().await.unwrap().status(), 410, "decided twice");
    }
    let (status, paid) = meeting.call("RetrieveOrderPayment", json!({"orderId": "O-<1>"})).await;
    let id = paid["payment"]["transaction_id"].clone();
    let payment =
        json!({"reference": "O-<1>", "transaction_id": id, "cost": 10, "message": "successful", "payer": WALLET});
    assert_eq!((status, &paid["path"], &paid["payment"]), (200, &json!("/v1/RetrieveOrderPayment"), &payment));
    let (status, same) = meeting.call("RetrieveTransactionPayment", json!({"transactionId": id})).await;
    assert_eq!((status, &same["payment"]), (200, &payment));
    let (status, cancelled) = meeting.call("RetrieveOrderPayment", json!({"orderId": "O-2"})).await;
    assert_eq!(status, 404);
    assert_failure(&cancelled, "/Api/v1/RetrieveOrderPayment", 404, "Transaction Not Found");
    let nowhere = meeting.http.get(meeting.place("/Moncash-middleware/Payment/Redirect?token=x")).send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
}

#[tokio::test]
async fn every_fault_is_on_the_wire_what_its_name_says() {
    let kinds = [
        "reset",
        "error",
        "html",
        "half",
        "cut",
        "wrong_types",
        "huge",
        "answer",
        "unauthorized",
        "throttled",
        "redirect",
        "refuse",
        "unseen",
    ];
    let text: String = kinds
        .iter()
        .map(|kind| {
            let more = match *kind {
                "error" => "status = 503",
                "answer" => "status = 202\nbody = '{\"mine\":true}'",
                "throttled" => "retry_after = \"30s\"",
                _ => "",
            };
            format!("[[fault]]\ncall = \"transfer\"\nreference = \"{kind}\"\nkind = \"{kind}\"\n{more}\n")
        })
        .collect();
    let meeting = Meeting::with_faults(&text).await;
    let send = |kind: &'static str| async { meeting.transfer(kind).send().await };
    let problem = |kind| async move { read(send(kind).await).await.unwrap_err() };

    assert!(problem("reset").await.contains("ConnectionReset"), "{}", problem("reset").await);
    let (status, body) = read(send("error").await).await.unwrap();
    assert_eq!((status, &body["error"]), (503, &json!("Service Unavailable")));
    let html = send("html").await.unwrap();
    assert_eq!((html.status().as_u16(), html.headers()["content-type"].to_str().unwrap()), (502, "text/html"));
    assert!(problem("half").await.starts_with("200 EOF"), "{}", problem("half").await);
    let cut = send("cut").await.unwrap();
    assert!(cut.content_length().is_some_and(|promised| promised > 100));
    assert!(cut.text().await.is_err(), "a whole body came");
    let (status, body) = read(send("wrong_types").await).await.unwrap();
    assert_eq!((status, &body["transfer"]), (200, &json!("successful")));
    let huge = send("huge").await.unwrap().text().await.unwrap();
    assert!(huge.len() > 8 << 20 && huge.trim_end().ends_with('}'));
    assert_eq!(read(send("answer").await).await.unwrap(), (202, json!({"mine": true})));
    let (status, body) = read(send("unauthorized").await).await.unwrap();
    assert_eq!((status, &body["error"]), (401, &json!("invalid_token")));
    let throttled = send("throttled").await.unwrap();
    assert_eq!((throttled.status().as_u16(), throttled.headers()["retry-after"].to_str().unwrap()), (429, "30"));
    let redirect = send("redirect").await.unwrap();
    assert_eq!(
        (redirect.status().as_u16(), redirect.headers()["location"].to_str().unwrap()),
        (307, "/Api/v1/Transfert")
    );
    assert_eq!(read(send("refuse").await).await.unwrap().0, 403);
    assert_eq!(read(send("unseen").await).await.unwrap().0, 200);

    let faults = meeting.look("/simulator/faults").await;
    for (fault, kind) in faults["faults"].as_array().unwrap().iter().zip(kinds) {
        assert!(fault["kind"] == kind && fault["fired"].as_u64().is_some_and(|fired| fired >= 1), "{fault}");
    }
    let unpaid = ["unauthorized", "throttled", "redirect", "refuse"];
    for kind in kinds {
        assert_eq!(meeting.debits(kind) > 0, !unpaid.contains(&kind), "{kind}");
    }
}

#[tokio::test]
async fn a_reset_is_rst_and_a_hang_holds_the_connection_until_the_client_goes() {
    let text = "[[fault]]\nreference = \"H\"\nkind = \"hang\"\n[[fault]]\nreference = \"R\"\nkind = \"reset\"";
    let meeting = Meeting::with_faults(text).await;
    let raw = |reference: &str| {
        let body = order(reference).to_string();
        format!(
            "POST /Api/v1/Transfert HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            meeting.token,
            body.len()
        )
    };
    let mut stream = TcpStream::connect(meeting.simulator.address()).await.unwrap();
    stream.write_all(raw("R").as_bytes()).await.unwrap();
    let gone = stream.read_u8().await.unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::ConnectionReset);

    let mut stream = TcpStream::connect(meeting.simulator.address()).await.unwrap();
    stream.write_all(raw("H").as_bytes()).await.unwrap();
    until("the hung call is paid", || meeting.debits("H") == 1).await;
    let silence = tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await;
    assert!(silence.is_err(), "{silence:?}");

    // Stopping the simulator lets go of it.
    drop(meeting.simulator);
    let end = tokio::time::timeout(AT_MOST, stream.read_u8()).await.unwrap();
    assert!(end.is_err());
}

#[tokio::test]
async fn the_money_moves_after_the_client_has_hung_up() {
    let text = "[[fault]]\nkind = \"late\"\nreference = \"A\"\ndelay = \"500ms\"\npays = \"later\"\n
        [[fault]]\nkind = \"reset\"\nreference = \"B\"\npays = \"later\"\npay_delay = \"500ms\"\n
        [[fault]]\nkind = \"late\"\nreference = \"C\"\ndelay = \"10ms\"\npays = \"later\"\n";
    let meeting = Meeting::with_faults(text).await;
    let hung_up = meeting.transfer("A").timeout(Duration::from_millis(20)).send().await.unwrap_err();
    assert!(hung_up.is_timeout());
    assert!(meeting.transfer("B").send().await.is_err());
    until("both are paid", || meeting.debits("A") == 1 && meeting.debits("B") == 1).await;
    assert_eq!(read(meeting.transfer("C").send().await).await.unwrap().0, 200);
    let calls = meeting.look("/simulator/transfers").await;
    assert_eq!((&calls[0]["reference"], &calls[0]["says"]), (&json!("A"), &json!("nothing")));
    assert!(calls[0]["paid_at_ms"].as_u64() >= calls[0]["at_ms"].as_u64().map(|at| at + 500));
    assert!(calls[1]["paid_at_ms"].as_u64() >= calls[1]["at_ms"].as_u64().map(|at| at + 500));
    assert_eq!(&calls[2]["says"], "successful");
}

#[tokio::test]
async fn a_dripping_answer_is_whole_in_the_end() {
    let meeting = Meeting::with_faults("[[fault]]\ncall = \"status\"\nkind = \"drip\"\ndelay = \"60ms\"").await;
    let began = Instant::now();
    let (status, body) = meeting.call("PrefundedTransactionStatus", json!({"reference": "A"})).await;
    assert_eq!((status, &body["status"]), (404, &json!(404)));
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn the_simulator_tells_debits_and_takes_money_and_orders_about_faults() {
    let text = "[[fault]]\ncall = \"balance\"\nkind = \"error\"";
    let balance = Amount::parse("150.00").unwrap();
    let faults = FaultPlan::parse(text).unwrap();
    let meeting = Meeting::new(Settings { balance, faults, ..Settings::default() }).await;
    assert_eq!(meeting.call("Transfert", order("A")).await.0, 200);
    assert_eq!(meeting.call("Transfert", order("A")).await.0, 403);
    let post = |path: &str, body: &'static str| meeting.http.post(meeting.place(path)).body(body).send();
    for bad in ["", "{\"amount\":\"-1.00\"}", "{\"amount\":1}", "{\"amount\":\"1\",\"x\":1}"] {
        assert_eq!(post("/simulator/top-up", bad).await.unwrap().status(), 400, "{bad}");
    }
    let (_, told) = read(post("/simulator/top-up", "{\"amount\":\"1000.00\"}").await).await.unwrap();
    assert_eq!(told, json!({"balance": "1049.50", "paid_in": "1150.00", "paid_out": "100.50", "fees": "0.00"}));
    assert_eq!(meeting.call("Transfert", order("A")).await.0, 200);

    let debits = meeting.look("/simulator/debits").await;
    assert_eq!((&debits["debits"], &debits["references"], &debits["total"]), (&json!(2), &json!(1), &json!("201.00")));
    assert_eq!((&debits["paid_more_than_once"], &debits["by_reference"]["A"]["count"]), (&json!(["A"]), &json!(2)));
    assert_eq!(meeting.look("/simulator/debits?reference=B").await["by_reference"], json!({}));
    assert_eq!(meeting.look("/simulator/balance").await["balance"], "949.00");

    assert_eq!(meeting.balance().await.0, 500);
    let (_, off) = read(post("/simulator/faults", "{\"enabled\":false}").await).await.unwrap();
    assert_eq!(off["enabled"], false);
    assert_eq!(meeting.balance().await.0, 200);
    assert_eq!(meeting.look("/simulator/faults").await["faults"][0]["fired"], 1);

    let calls = meeting.look("/simulator/calls").await;
    let asked: Vec<_> = calls.as_array().unwrap().iter().map(|call| call["call"].as_str().unwrap()).collect();
    assert_eq!(asked, ["token", "transfer", "transfer", "transfer", "balance", "balance"]);
    assert_eq!(meeting.look("/simulator/transfers?after=3").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn other_machines_cannot_reach_it() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let refused = Embedded::listen(everywhere, Settings::default(), 1).await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("use 127.0.0.1"), "{refused}");
}

#[tokio::test]
async fn two_simulators_never_give_the_same_transaction_id() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let meeting = Meeting::new(Settings::default()).await;
        let (_, paid) = meeting.call("Transfert", order("A")).await;
        ids.push(paid["transfer"]["transaction_id"].clone());
        let began = meeting.simulator.model().settings().epoch_ms;
        until("the next millisecond", || {
            meeting.simulator.model().settings().epoch_ms + meeting.simulator.now_ms() > began
        })
        .await;
    }
    assert_ne!(ids[0], ids[1]);
}
