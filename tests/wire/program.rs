//! The real program against the nastiest of the faults: `run --once` with the debits counted on the
//! enemy's side, and `payoutd moncash …` for the calls that only that command makes.
//!
//! Must never: believe a report before the debits were counted.

use super::endpoints::{Endpoint, documented};
use super::enemy::Enemy;
use super::faults::{self, Scene};
use super::house::{BALANCE, SECRET, STATUS, TRANSFERT};
use super::server::answer;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

/// Debits and Transferts by reference.
#[derive(Default)]
struct Bank {
    debits: BTreeMap<String, u32>,
    transfers: BTreeMap<String, u32>,
}

/// The payout that the fault strikes, between two that pay without trouble and serve as controls.
const STRUCK: &str = "PAY-2";
const PAYROLL: &str =
    "reference,receiver,amount\nPAY-1,37000001,100.01\nPAY-2,37007294,1250.50\nPAY-3,37000003,100.03\n";

/// The nastiest faults, by their names in `cases.txt`: what they do to a Transfert's answer.
const ON_TRANSFERT: [&str; 14] = [
    "FIN without a byte",
    "RST in the body",
    "silence in the body",
    "dripping body",
    "307 to itself",
    "308 elsewhere",
    "401 with the documented body",
    "a body of 48 MB",
    "endless headers",
    "length too long, then FIN",
    "chunk size over 64 bits",
    "a second answer at once",
    "BOM",
    "the word in capitals",
];

/// Programs that run side by side; more would wait for the processor, and their calls for the deadline.
const AT_A_TIME: usize = 5;

/// Where a question is struck for ever, nothing is sent and nothing is said to be certain.
const ON_QUESTIONS: [(Endpoint, &str); 8] = [
    (Endpoint::Token, "307 elsewhere"),
    (Endpoint::Token, "half the JSON"),
    (Endpoint::Token, "an endless header"),
    (Endpoint::Status, "HTTP/1.0 cut by the FIN"),
    (Endpoint::Status, "the word in capitals"),
    (Endpoint::Status, "the documented not found as 200"),
    (Endpoint::Balance, "1e400"),
    (Endpoint::Balance, "endless chunks"),
];

/// The bank's answer to a request; a Transfert debits here, before any fault touches its answer.
fn bank_answer(bank: &Mutex<Bank>, debits: bool, path: &str, body: &str, before: usize) -> Vec<u8> {
    let said: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let reference = said["reference"].as_str().unwrap_or_default().to_string();
    let mut bank = bank.lock().unwrap();
    let text = match path {
        TRANSFERT => {
            let times = bank.transfers.entry(reference.clone()).or_default();
            *times += 1;
            if reference != STRUCK || debits || *times > 1 {
                *bank.debits.entry(reference.clone()).or_default() += 1;
            }
            format!(
                r#"{{"path":"/Api/v1/Transfert","transfer":{{"transaction_id":"T-{reference}","amount":{},"receiver":{},"message":"successful","desc":""}},"timestamp":1,"status":200}}"#,
                said["amount"], said["receiver"]
            )
        }
        STATUS if bank.debits.contains_key(&reference) => documented(STATUS, 0),
        STATUS => {
            let body = r#"{"path":"/Api/v1/PrefundedTransactionStatus","error":"Not Found","message":"Can't find this transaction","timestamp":1,"status":404}"#;
            return answer(404, body).into_bytes();
        }
        BALANCE => r#"{"path":"/Api/v1/PrefundedBalance","balance":{"balance":99999.00,"message":"successful"},"timestamp":1,"status":200}"#.to_string(),
        _ => documented(path, before),
    };
    answer(200, &text).into_bytes()
}

/// An enemy in a thread and runtime of its own, for as long as `work` lasts.
fn beside<T>(
    endpoint: Endpoint,
    fault: &str,
    strikes: usize,
    debits: bool,
    work: impl FnOnce(&str, &Mutex<Bank>) -> T,
) -> T {
    let bank = Arc::new(Mutex::new(Bank::default()));
    let (kept, fault) = (Arc::clone(&bank), fault.to_string());
    let (tell, told) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let answers = Box::new(move |path: &str, body: &str, n: usize| bank_answer(&kept, debits, path, body, n));
            let enemy = Enemy::start(endpoint.path(), answers).await;
            let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (here, there) = (enemy.address, elsewhere.local_addr().unwrap());
            let scene = Scene { endpoint, good: endpoint.good(), here, elsewhere: there };
            let all = faults::all();
            let fault = all.iter().find(|one| one.name == fault).unwrap_or_else(|| panic!("no fault {fault}"));
            let script = (fault.script)(&scene);
            if endpoint == Endpoint::Transfert {
                enemy.arm_for(STRUCK, script, strikes);
            } else {
                enemy.arm(script);
            }
            tell.send(enemy.address).unwrap();
            tokio::select! {
                biased;
                _ = stopped => {}
                _ = elsewhere.accept() => panic!("somebody went elsewhere"),
            }
        });
    });
    let address = told.recv().unwrap();
    let result = work(&format!("http://{address}/Api"), &bank);
    let _ = stop.send(());
    thread.join().unwrap();
    result
}

fn configure(folder: &Path, base_url: &str, after_not_found: &str) {
    std::fs::create_dir_all(folder.join("batches/inbox")).unwrap();
    let text = format!(
        r#"[moncash]
environment = "sandbox"
base_url = "{base_url}"
client_id = "my-client"
connect_timeout = "500ms"
request_timeout = "1500ms"
[engine]
transfers_per_second = 40
queries_per_second = 100
drain = "3s"
[folders]
batches = "batches"
state = "state"
[intake]
settle = "0s"
rescan = "1s"
[safety]
check_first = true
after_not_found = "{after_not_found}"
grace = "1s"
not_found_answers = 2
ask_every = "100ms"
ask_at_most_every = "300ms"
ask_for = "1h"
min_free = "1MB"
[balance]
fee_percent = "0"
poll = "1s"
balance_lag = "0s"
[approval]
above = "none"
"#
    );
    std::fs::write(folder.join("payoutd.toml"), text).unwrap();
    std::fs::write(folder.join("batches/inbox/july.csv"), PAYROLL).unwrap();
}

/// The binary, with a proxy in its environment that leads nowhere.
fn payoutd(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
    command.args(["--config", "payoutd.toml"]).args(words).current_dir(folder).stdin(Stdio::null());
    command.env("PAYOUTD_CLIENT_SECRET", SECRET).env_remove("PAYOUTD_CONFIG").env_remove("NOTIFY_SOCKET");
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:1");
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap()
}

/// The reports' rows: reference and status.
fn reported(folder: &Path) -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder.join("batches/reports")) else { return rows };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(".report.csv")) {
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_path(entry.path()).unwrap();
        for row in reader.records().map(Result::unwrap).filter(|row| row.get(1).is_some_and(|r| r.starts_with("PAY-")))
        {
            rows.insert(row[1].to_string(), row[6].to_string());
        }
    }
    rows
}

/// One run with the fault on the first Transfert of one payout.
fn strike_a_transfert(fault: &str, debits: bool, after_not_found: &str) {
    let folder = tempfile::tempdir().unwrap();
    beside(Endpoint::Transfert, fault, 1, debits, |base_url, bank| {
        configure(folder.path(), base_url, after_not_found);
        let said = payoutd(folder.path(), &["run", "--once", "--for", "60s"]);
        let (bank, told) = (bank.lock().unwrap(), String::from_utf8_lossy(&said.stderr).into_owned());
        let context = format!("{fault}, debited: {debits}, {after_not_found}:\n{told}");
        let held = !debits && after_not_found == "hold";
        let times = |of: &BTreeMap<String, u32>, reference: &str| of.get(reference).copied().unwrap_or(0);
        let transfers = if debits || held { 1 } else { 2 };
        for reference in ["PAY-1", STRUCK, "PAY-3"] {
            let struck = reference == STRUCK;
            let paid = !(struck && held);
            assert_eq!(times(&bank.debits, reference), u32::from(paid), "{reference}: {context}");
            assert_eq!(times(&bank.transfers, reference), if struck { transfers } else { 1 }, "{reference}: {context}");
            let status = if paid { "paid" } else { "held" };
            assert_eq!(
                reported(folder.path()).get(reference).map(String::as_str),
                Some(status),
                "{reference}: {context}"
            );
        }
        assert_eq!(said.status.code(), Some(if held { 3 } else { 0 }), "{context}");
        assert!(!told.contains(SECRET) && !told.contains("eyJ-token"), "{context}");
    });
}

#[test]
fn the_program_pays_once_whatever_becomes_of_a_transferts_answer() {
    // A second answer that says paid is believed where the first said so, so it is tried with a debit only.
    let silent = ON_TRANSFERT.iter().filter(|fault| !fault.starts_with("a second answer")).enumerate();
    let undebited = silent.map(|(n, fault)| (*fault, false, if n % 2 == 0 { "retry" } else { "hold" }));
    let runs: Vec<_> = ON_TRANSFERT.iter().map(|fault| (*fault, true, "retry")).chain(undebited).collect();
    for some in runs.chunks(AT_A_TIME) {
        std::thread::scope(|scope| {
            for (fault, debits, after_not_found) in some {
                scope.spawn(|| strike_a_transfert(fault, *debits, after_not_found));
            }
        });
    }
    println!("{} runs of payoutd run --once", runs.len());
}

#[test]
fn the_program_sends_nothing_while_a_question_gets_no_certain_answer() {
    std::thread::scope(|scope| {
        for (endpoint, fault) in ON_QUESTIONS {
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                beside(endpoint, fault, usize::MAX, true, |base_url, bank| {
                    configure(folder.path(), base_url, "retry");
                    let said = payoutd(folder.path(), &["run", "--once", "--for", "6s"]);
                    let told = String::from_utf8_lossy(&said.stderr);
                    assert_eq!(said.status.code(), Some(4), "{endpoint:?}, {fault}: {told}");
                    assert!(bank.lock().unwrap().transfers.is_empty(), "{endpoint:?}, {fault}: {told}");
                    let rows = reported(folder.path());
                    assert!(rows.len() == 3 && rows.values().all(|status| status == "queued"), "{rows:?}: {told}");
                    assert!(!told.contains(SECRET) && !told.contains("eyJ-token"), "{endpoint:?}, {fault}: {told}");
                });
            });
        }
    });
}

/// The calls of `payoutd moncash`, each with the words that only success may bring.
const FOR_PEOPLE: [(Endpoint, &[&str], &str); 7] = [
    (Endpoint::Token, &["token"], "gave an access token"),
    (Endpoint::Balance, &["balance"], "Balance of the prefunded"),
    (Endpoint::Customer, &["customer", "37007294"], "Wallet 509"),
    (Endpoint::Status, &["status", "PAY-1"], ": successful"),
    (Endpoint::CreatePayment, &["create-payment", "--amount", "10", "--order", "A1"], "Payment page"),
    (Endpoint::ByOrder, &["payment", "--order", "1559796839"], ": paid"),
    (Endpoint::ByTransaction, &["payment", "--transaction", "12874820"], ": paid"),
];

const ON_PEOPLES_CALLS: [(&str, &str); 8] = [
    ("FIN without a byte", "No whole answer came"),
    ("RST without a byte", "No whole answer came"),
    ("silence in the body", "No whole answer came: no whole answer within 1s 500ms"),
    ("307 elsewhere", "HTTP 307"),
    ("a body of 48 MB", "(only its beginning)"),
    ("status 500 inside 200", "MonCash refused"),
    ("UTF-16 LE", "not what the API document shows"),
    ("garbage", "No whole answer came"),
];

#[test]
fn every_call_for_people_fails_in_plain_words_and_promises_nothing() {
    let mut runs = 0;
    for (endpoint, words, success) in FOR_PEOPLE {
        for (fault, plain) in ON_PEOPLES_CALLS {
            if endpoint == Endpoint::Token && fault == "status 500 inside 200" {
                continue; // The token's answer has no status of its own.
            }
            let folder = tempfile::tempdir().unwrap();
            beside(endpoint, fault, usize::MAX, true, |base_url, _| {
                configure(folder.path(), base_url, "retry");
                let said = payoutd(folder.path(), &[&["moncash"], words].concat());
                let told =
                    format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
                let context = format!("{endpoint:?}, {fault}: {told}");
                assert_eq!(said.status.code(), Some(1), "{context}");
                assert!(!told.contains(success) && !told.contains(SECRET) && !told.contains("eyJ-token"), "{context}");
                assert!(told.contains(plain) || endpoint == Endpoint::Token, "{context}");
            });
            runs += 1;
        }
    }
    println!("{runs} runs of payoutd moncash");
}

/// So that a fault that never strikes cannot pass for one that was survived.
#[test]
fn the_same_calls_without_a_fault_succeed() {
    for (endpoint, words, success) in FOR_PEOPLE {
        let folder = tempfile::tempdir().unwrap();
        beside(endpoint, "whole answer, then FIN", usize::MAX, true, |base_url, _| {
            configure(folder.path(), base_url, "retry");
            let said = payoutd(folder.path(), &[&["moncash"], words].concat());
            let told = String::from_utf8_lossy(&said.stdout);
            assert!(said.status.success() && told.contains(success), "{endpoint:?}: {told}");
        });
    }
}
