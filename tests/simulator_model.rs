//! Promises of the simulator's model, kept without a clock, a socket or a runtime.

use payoutd::payout::money::Amount;
use payoutd::simulator::Settings;
use payoutd::simulator::exchange::{Call, HttpAnswer, LatePayment, Request, Wire};
use payoutd::simulator::faults::FaultPlan;
use payoutd::simulator::model::Model;
use payoutd::simulator::settings::{Client, Repeated};
use std::time::Duration;

const WALLET: &str = "50937007294";

/// A model whose time is driven by hand.
struct Bench {
    model: Model,
    now_ms: u64,
    token: String,
    late: Vec<(u64, LatePayment)>,
}

impl Bench {
    fn new(settings: Settings, seed: u64) -> Bench {
        let (id, secret) = (settings.client.id.clone(), settings.client.secret.clone());
        let mut bench = Bench { model: Model::new(settings, seed), now_ms: 0, token: String::new(), late: Vec::new() };
        bench.log_in(&id, &secret);
        bench
    }

    fn with_faults(text: &str) -> Bench {
        let faults = FaultPlan::parse(text).unwrap();
        Bench::new(Settings { faults, ..Settings::default() }, 1)
    }

    fn log_in(&mut self, id: &str, secret: &str) {
        if let Some(Wire::Answer(answer)) = self.ask(&Request::token(id, secret)) {
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            self.token = body["access_token"].as_str().unwrap_or_default().to_string();
        }
    }

    fn pass(&mut self, wait_ms: u64) {
        self.now_ms += wait_ms;
        let due: Vec<_> = self.late.extract_if(.., |(at, _)| *at <= self.now_ms).collect();
        for (at, payment) in due {
            self.model.pay_late(payment, at);
        }
    }

    /// Asks, and waits for the answer if one comes.
    fn ask(&mut self, request: &Request) -> Option<Wire> {
        let plan = self.model.handle(request, self.now_ms);
        if let Some((wait, payment)) = plan.payment {
            self.late.push((self.now_ms + u64::try_from(wait.as_millis()).unwrap(), payment));
        }
        let (wait, sending) = plan.answer?;
        self.pass(u64::try_from(wait.as_millis()).unwrap());
        Some(self.model.send(sending, self.now_ms))
    }

    fn ask_json(&mut self, call: Call, body: &str) -> Option<Wire> {
        let request = Request::json(call, &self.token, body.to_string());
        self.ask(&request)
    }

    fn answer(&mut self, call: Call, body: &str) -> HttpAnswer {
        match self.ask_json(call, body) {
            Some(Wire::Answer(answer)) => answer,
            other => panic!("no answer but {other:?}"),
        }
    }

    fn transfer(&mut self, reference: &str, receiver: &str, amount: &str) -> HttpAnswer {
        self.answer(Call::Transfer, &order(reference, receiver, amount))
    }

    fn status(&mut self, reference: &str) -> u16 {
        self.answer(Call::Status, &format!(r#"{{"reference":"{reference}"}}"#)).status
    }

    fn debits(&self, reference: &str) -> usize {
        self.model.bank().debits(reference).count()
    }
}

fn order(reference: &str, receiver: &str, amount: &str) -> String {
    format!(r#"{{"amount":{amount},"receiver":"{receiver}","desc":"Test","reference":"{reference}"}}"#)
}

fn htg(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn message(answer: &HttpAnswer) -> String {
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["status"], answer.status, "{}", answer.body);
    body["message"].as_str().unwrap_or_default().to_string()
}

#[test]
fn a_repeated_reference_is_paid_again_unless_the_switch_refuses_it() {
    let mut worst = Bench::new(Settings::default(), 1);
    assert_eq!(worst.transfer("A", WALLET, "100").status, 200);
    assert_eq!(worst.transfer("A", WALLET, "100").status, 200);
    assert_eq!(worst.debits("A"), 2);
    assert!(worst.model.debits_json(None).contains(r#""paid_more_than_once":["A"]"#));

    let mut kind = Bench::new(Settings { repeated: Repeated::Refused, ..Settings::default() }, 1);
    assert_eq!(kind.transfer("A", WALLET, "100").status, 200);
    assert_eq!(kind.transfer("A", WALLET, "100").status, 403);
    assert_eq!(kind.debits("A"), 1);
}

#[test]
fn the_balance_pays_amounts_and_fees_to_the_centime_and_never_goes_under_zero() {
    let settings = Settings {
        balance: htg("206.02"),
        fee_percent: "3%".parse().unwrap(),
        fee_fixed: htg("0.01"),
        ..Settings::default()
    };
    let mut bench = Bench::new(settings, 1);
    // 100.01 costs 3.0003 in percent, rounded up to 3.01, and 0.01: 103.03 in all.
    assert_eq!(bench.transfer("A", WALLET, "100.01").status, 200);
    assert_eq!(bench.model.bank().balance(), htg("102.99"));
    let refused = bench.transfer("B", WALLET, "99.99");
    assert_eq!((refused.status, message(&refused).contains("insufficient")), (403, true));
    assert_eq!(bench.model.bank().balance(), htg("102.99"));
    // 99.98 costs 2.9994, so 3.00, and 0.01: exactly what is there.
    assert_eq!(bench.transfer("C", WALLET, "99.98").status, 200);
    assert_eq!(bench.model.bank().balance(), Amount::ZERO);
    assert_eq!(bench.model.top_up(htg("1.00"), bench.now_ms), Some(htg("1.00")));
    assert_eq!(bench.model.top_up(Amount::ZERO, bench.now_ms), None);
    let totals = bench.model.bank().totals();
    assert_eq!(totals.paid_in, htg("207.02"));
    assert_eq!(totals.paid.checked_add(totals.fees), Some(htg("206.02")));
}

#[test]
fn a_wallet_takes_what_fits_and_not_a_centime_more() {
    let settings = Settings { full: vec!["*99".parse().unwrap()], ..Settings::default() };
    let mut bench = Bench::new(settings, 1);
    assert_eq!(bench.transfer("A", WALLET, "99999.99").status, 200);
    let refused = bench.transfer("B", WALLET, "0.02");
    assert_eq!((refused.status, message(&refused).as_str()), (403, "Maximum Account Balance"));
    assert_eq!(bench.transfer("C", WALLET, "0.01").status, 200);
    assert_eq!(bench.transfer("D", "50937000099", "1").status, 403);
    assert_eq!(bench.debits("B") + bench.debits("D"), 0);
}

#[test]
fn a_refusal_is_told_by_the_status_call_only_with_the_switch() {
    for (tells, status) in [(false, 404), (true, 403)] {
        let settings =
            Settings { full: vec![WALLET.parse().unwrap()], status_tells_refusals: tells, ..Settings::default() };
        let mut bench = Bench::new(settings, 1);
        assert_eq!(bench.transfer("A", WALLET, "1").status, 403);
        assert_eq!(bench.status("A"), status);
    }
}

#[test]
fn a_token_is_worth_nothing_after_59_seconds() {
    let mut bench = Bench::new(Settings::default(), 1);
    bench.pass(58_999);
    assert_eq!(bench.transfer("A", WALLET, "1").status, 200);
    bench.pass(1);
    let spent = bench.transfer("B", WALLET, "1");
    assert_eq!(spent.status, 401);
    assert!(spent.body.contains("invalid_token"), "{}", spent.body);
    assert_eq!(bench.debits("B"), 0);
    bench.log_in("client_id", "client_secret");
    assert_eq!(bench.transfer("B", WALLET, "1").status, 200);
}

#[test]
fn who_may_not_pay_out_is_told_so_and_pays_nothing() {
    let collection = Client { id: "collect".to_string(), secret: "s".to_string() };
    let settings = Settings { collection_client: Some(collection), ..Settings::default() };
    let mut bench = Bench::new(settings, 1);
    assert_eq!(bench.transfer("A", WALLET, "1").status, 200);
    bench.log_in("collect", "s");
    let refused = bench.transfer("B", WALLET, "1");
    assert_eq!((refused.status, message(&refused).contains("short code does not exist")), (403, true));
    assert_eq!(bench.answer(Call::Balance, "").status, 403);
    assert_eq!(bench.status("A"), 404, "another account's payments are not found");

    let mut bench = Bench::new(Settings { payouts_enabled: false, ..Settings::default() }, 1);
    assert_eq!(message(&bench.transfer("A", WALLET, "1")), "No short code for user account");
    assert_eq!(bench.debits("A") + bench.debits("B"), 0);
}

#[test]
fn customers_are_known_and_active_unless_set_otherwise() {
    let settings = Settings {
        unknown: vec!["50930000001".parse().unwrap()],
        inactive: vec!["*02".parse().unwrap()],
        ..Settings::default()
    };
    let mut bench = Bench::new(settings, 1);
    let account = |account: &str| format!(r#"{{"account":"{account}"}}"#);
    assert!(bench.answer(Call::Customer, &account(WALLET)).body.contains(r#""status":["registered","active"]"#));
    assert!(bench.answer(Call::Customer, &account("50930000002")).body.contains(r#"["registered","inactive"]"#));
    assert_eq!(bench.answer(Call::Customer, &account("50930000001")).status, 404);
    assert_eq!(bench.transfer("A", "50930000001", "1").status, 404);
    assert_eq!(bench.transfer("B", "50930000002", "1").status, 403);
    assert_eq!(bench.model.bank().payments().len(), 0);
}

#[test]
fn what_cannot_be_understood_is_refused_and_pays_nothing() {
    let mut bench = Bench::new(Settings::default(), 1);
    for body in [
        "",
        "{",
        "[]",
        "\"x\"",
        "{}",
        &order("A", "37007294", "1"),
        &order("A", WALLET, "0"),
        &order("A", WALLET, "-1"),
        &order("A", WALLET, "1.005"),
        &order("A", WALLET, "true"),
        &order("A", WALLET, "1e400"),
        &order("", WALLET, "1"),
        r#"{"amount":1,"receiver ":"50937007294","reference":"A"}"#,
    ] {
        assert_eq!(bench.answer(Call::Transfer, body).status, 400, "{body}");
    }
    let mut request = Request::json(Call::Transfer, &bench.token, order("A", WALLET, "1"));
    request.content_type = Some("text/plain".to_string());
    assert!(matches!(bench.ask(&request), Some(Wire::Answer(answer)) if answer.status == 415));
    request.authorization = None;
    assert!(matches!(bench.ask(&request), Some(Wire::Answer(answer)) if answer.status == 401));
    assert_eq!(bench.model.bank().payments().len(), 0);
    // A number as text and a text as number are read all the same.
    assert_eq!(bench.transfer("A", WALLET, "\"1.50\"").status, 200);
}

/// Every kind that can strike before, after and ahead of paying.
const KINDS: [&str; 10] =
    ["hang", "reset", "error", "html", "wrong_types", "unauthorized", "throttled", "redirect", "answer", "half"];

fn fault(kind: &str, more: &str) -> String {
    let body = if kind == "answer" { "body = '{}'" } else { "" };
    format!("[[fault]]\ncall = \"transfer\"\nkind = \"{kind}\"\n{body}\n{more}")
}

#[test]
fn a_fault_before_paying_never_pays_and_one_after_paying_paid_once() {
    for kind in KINDS {
        for (pays, debits) in [("no", 0), ("yes", 1)] {
            let mut bench = Bench::with_faults(&fault(kind, &format!("pays = \"{pays}\"")));
            let wire = bench.ask_json(Call::Transfer, &order("A", WALLET, "100"));
            bench.pass(3_600_000);
            assert_eq!(bench.debits("A"), debits, "{kind}, pays {pays}: {wire:?}");
            if let Some(Wire::Answer(answer)) = wire {
                let whole: Result<serde_json::Value, _> = serde_json::from_str(&answer.body);
                assert!(
                    !whole.is_ok_and(|body| body["transfer"]["message"] == "successful"),
                    "{kind} let the truth out: {}",
                    answer.body
                );
            }
            bench.log_in("client_id", "client_secret");
            assert_eq!(bench.status("A") == 200, debits == 1, "{kind}, pays {pays}");
        }
    }
}

#[test]
fn a_late_payment_moves_the_money_at_its_time_and_not_before() {
    for kind in KINDS.into_iter().filter(|kind| *kind != "half") {
        let mut bench = Bench::with_faults(&fault(kind, "pays = \"later\"\npay_delay = \"20s\""));
        bench.ask_json(Call::Transfer, &order("A", WALLET, "100"));
        assert_eq!(bench.status("A"), 404, "{kind}");
        bench.pass(19_999);
        assert_eq!((bench.debits("A"), bench.status("A")), (0, 404), "{kind}");
        bench.pass(1);
        assert_eq!((bench.debits("A"), bench.status("A")), (1, 200), "{kind}");
        assert_eq!(bench.model.bank().payments()[0].at_ms, 20_000);
    }
}

#[test]
fn a_late_payment_meets_the_balance_of_its_own_time() {
    let text = fault("hang", "pays = \"later\"\npay_delay = \"20s\"\ntimes = 1");
    let settings = Settings { balance: htg("150"), faults: FaultPlan::parse(&text).unwrap(), ..Settings::default() };
    let mut bench = Bench::new(settings, 1);
    bench.ask_json(Call::Transfer, &order("A", WALLET, "100"));
    assert_eq!(bench.transfer("B", WALLET, "100").status, 200);
    bench.pass(20_000);
    assert_eq!((bench.debits("A"), bench.model.bank().balance()), (0, htg("50.00")));
}

#[test]
fn an_answer_that_is_late_comes_at_its_time_and_the_money_when_it_should() {
    let mut bench = Bench::with_faults(&fault("late", "delay = \"5s\""));
    let request = Request::json(Call::Transfer, &bench.token, order("A", WALLET, "1"));
    let plan = bench.model.handle(&request, 0);
    assert_eq!(bench.debits("A"), 1);
    assert_eq!(plan.answer.map(|(wait, _)| wait), Some(Duration::from_secs(5)));

    let mut bench = Bench::with_faults(&fault("late", "delay = \"5s\"\npays = \"later\""));
    let request = Request::json(Call::Transfer, &bench.token, order("A", WALLET, "1"));
    let plan = bench.model.handle(&request, 0);
    assert_eq!(bench.debits("A"), 0);
    let (wait, payment) = plan.payment.unwrap();
    assert_eq!((wait, plan.answer.is_none()), (Duration::from_secs(5), true));
    let sending = bench.model.pay_late(payment, 5_000).unwrap();
    assert_eq!(bench.debits("A"), 1);
    assert!(matches!(bench.model.send(sending, 5_000), Wire::Answer(answer) if answer.status == 200));
}

#[test]
fn the_status_call_learns_late_or_never_when_told_so() {
    let mut bench = Bench::new(Settings { status_lag: Duration::from_secs(2), ..Settings::default() }, 1);
    bench.transfer("A", WALLET, "1");
    bench.pass(1_999);
    assert_eq!(bench.status("A"), 404);
    bench.pass(1);
    assert_eq!(bench.status("A"), 200);

    let text = "[[fault]]\nkind = \"unseen\"\nreference = \"A\"\n
        [[fault]]\nkind = \"reset\"\nreference = \"B\"\nlag = \"10s\"\n
        [[fault]]\nkind = \"blind\"\nreference = \"C\"\ntimes = 1";
    let mut bench = Bench::with_faults(text);
    assert_eq!(bench.transfer("A", WALLET, "1").status, 200);
    assert_eq!(bench.ask_json(Call::Transfer, &order("B", WALLET, "1")), Some(Wire::Reset));
    assert_eq!(bench.transfer("C", WALLET, "1").status, 200);
    assert_eq!([bench.status("C"), bench.status("C")], [404, 200]);
    bench.pass(9_999);
    assert_eq!(bench.debits("B"), 1);
    assert!(!bench.model.bank().is_known("B", bench.now_ms));
    bench.pass(1);
    assert!(bench.model.bank().is_known("B", bench.now_ms));
    assert_eq!((bench.debits("A"), bench.model.bank().is_known("A", u64::MAX)), (1, false));
}

#[test]
fn a_stale_balance_is_the_one_that_was() {
    let text = "[[fault]]\nkind = \"stale_balance\"\nlag = \"10s\"\nnth = [1, 2]\n
        [[fault]]\nkind = \"long_balance\"\nnth = [4]";
    let settings =
        Settings { balance: htg("29814022.18"), faults: FaultPlan::parse(text).unwrap(), ..Settings::default() };
    let mut bench = Bench::new(settings, 1);
    bench.pass(5_000);
    bench.transfer("A", WALLET, "1");
    let mut read = |wait| {
        bench.pass(wait);
        let body = bench.answer(Call::Balance, "").body;
        body.split("\"balance\":").nth(2).and_then(|rest| rest.split(',').next()).unwrap().to_string()
    };
    assert_eq!(read(9_999), "29814022.18");
    assert_eq!(read(1), "29814021.18");
    assert_eq!(read(0), "29814021.18");
    assert_eq!(read(0), "29814021.179999999701976776123046875");
}

#[test]
fn a_refusal_by_order_pays_nothing_and_says_what_it_was_told_to() {
    let mut bench = Bench::with_faults(&fault("refuse", "status = 409\nmessage = \"Declined due to limit rule: X\""));
    let refused = bench.transfer("A", WALLET, "1");
    assert_eq!((refused.status, message(&refused).as_str()), (409, "Declined due to limit rule: X"));
    assert_eq!((bench.debits("A"), bench.status("A")), (0, 404));
}

#[test]
fn the_journal_tells_what_went_out_and_never_what_did_not() {
    let text = "[[fault]]\ncall = \"transfer\"\nkind = \"hang\"\nnth = [1]\npays = \"no\"\n
        [[fault]]\ncall = \"status\"\nkind = \"half\"\nnth = [1]";
    let mut bench = Bench::with_faults(text);
    bench.ask_json(Call::Transfer, &order("A", WALLET, "1"));
    bench.answer(Call::Status, r#"{"reference":"A"}"#);
    bench.status("A");
    bench.transfer("A", WALLET, "1");
    // An answer whose client has hung up is never sent, and so it says nothing.
    let request = Request::json(Call::Status, &bench.token, r#"{"reference":"A"}"#.to_string());
    bench.model.handle(&request, bench.now_ms);
    let journal: Vec<serde_json::Value> = serde_json::from_str(&bench.model.transfers_json(0)).unwrap();
    let told: Vec<_> = journal.iter().map(|entry| (entry["call"].as_str(), entry["says"].as_str())).collect();
    let entry = |call, says| (Some(call), Some(says));
    assert_eq!(
        told,
        [
            entry("transfer", "nothing"),
            entry("status", "fault"),
            entry("status", "not_found"),
            entry("transfer", "successful"),
            entry("status", "nothing"),
        ]
    );
    assert_eq!(journal[0]["fault"], "hang");
    assert!(journal[3]["transaction_id"].as_str().unwrap().starts_with("SIM-"));
    assert!(!bench.model.calls_json(0).contains(&bench.token));
    assert!(bench.model.faults_json().contains(r#""kind":"half","fitted":3,"fired":1"#));
}

/// A day at a bad MonCash: what it told of itself afterwards.
fn a_bad_day(seed: u64) -> String {
    let mut text = String::new();
    for kind in KINDS {
        for pays in ["no", "yes"] {
            text.push_str(&fault(kind, &format!("chance = \"3%\"\npays = \"{pays}\"\n")));
        }
    }
    text.push_str(
        "[[fault]]\ncall = \"transfer\"\nkind = \"error\"\nchance = \"5%\"\npays = \"later\"\npay_delay = \"9s\"",
    );
    let settings = Settings {
        latency: (Duration::from_millis(10), Duration::from_millis(400)),
        faults: FaultPlan::parse(&text).unwrap(),
        fee_percent: "2.5".parse().unwrap(),
        ..Settings::default()
    };
    let mut bench = Bench::new(settings, seed);
    for number in 0..400 {
        if number % 50 == 49 {
            bench.log_in("client_id", "client_secret");
        }
        bench.ask_json(Call::Transfer, &order(&format!("R{}", number % 150), WALLET, "12.34"));
        bench.ask_json(Call::Status, &format!(r#"{{"reference":"R{number}"}}"#));
    }
    bench.pass(3_600_000);
    let totals = bench.model.bank().totals();
    let out = totals.paid.checked_add(totals.fees).unwrap();
    assert_eq!(totals.paid_in.checked_sub(out), Some(bench.model.bank().balance()), "a centime was made or lost");
    let faults = bench.model.faults_json();
    assert!(!faults.contains("\"fired\":0"), "a fault never fired: {faults}");
    [bench.model.calls_json(0), bench.model.debits_json(None), bench.model.balance_json(), faults].concat()
}

#[test]
fn the_same_seed_lives_the_same_day_to_the_byte() {
    assert_eq!(a_bad_day(11), a_bad_day(11));
    assert_ne!(a_bad_day(11), a_bad_day(12));
}
