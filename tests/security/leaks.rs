//! A payroll against a MonCash that repeats whatever it is sent, and fails in every way: nothing that the
//! program says or keeps holds the secret, a token or the credentials, and no log a whole account number.
//!
//! Left out on purpose: accounts in reports, the retry file, the ledger and `explain`, where they belong.

use super::bank::{Bank, NOT_FOUND, granted};
use super::canary::{self, BASIC, SECRET, TOKEN};
use super::gateway::{Gateway, Request, Script, answer, json};
use super::house::{House, said, tree};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PEOPLE: usize = 12;

/// Everything a server may know of a caller, in every way that servers write.
fn echo(request: &Request) -> String {
    let spell = |text: &str, how: &dyn Fn(u32) -> String| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { how(c as u32) }).collect()
    };
    let mut page = format!("<html><pre>{}\n\n{}</pre>", request.head, request.body);
    for secret in [SECRET, TOKEN, BASIC, BASIC.trim_end_matches('=')] {
        page.push_str(&format!("\n{secret}\n<p title=\"{}\">", spell(secret, &|c| format!("&#{c};"))));
        page.push_str(&spell(secret, &|c| format!("%{c:02X}")));
        page.push_str(&format!("\n{}", spell(secret, &|c| format!("\\u{c:04x}"))));
        page.push_str(&format!("\n{}\n{}\n", secret.replace('/', "\\/"), secret.replace('&', "&amp;")));
    }
    page
}

fn failure(path: &str, status: u16, message: &str) -> Vec<u8> {
    let body =
        serde_json::json!({"path": path, "error": "Forbidden", "message": message, "timestamp": 1, "status": status});
    json(status, &body.to_string())
}

fn hostile(bank: Bank) -> Script {
    let calls = Arc::new(AtomicUsize::new(0));
    Arc::new(move |request: &Request| {
        let call = calls.fetch_add(1, Ordering::SeqCst);
        let said = serde_json::from_str::<serde_json::Value>(&request.body).unwrap_or_default();
        let reference = said["reference"].as_str().unwrap_or_default();
        let receiver = said["receiver"].as_str().unwrap_or_default();
        let number: usize = reference.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(99);
        let page = echo(request);
        match request.path() {
            "/Api/oauth/token" => match call {
                0 => answer(401, "text/html", &page),
                1 => json(401, &serde_json::json!({"error": "invalid_client", "error_description": page}).to_string()),
                2 => json(302, &granted(TOKEN)),
                _ => json(200, &granted(TOKEN)),
            },
            "/Api/v1/PrefundedBalance" if call.is_multiple_of(3) => answer(500, "text/html", &page),
            "/Api/v1/PrefundedBalance" if call.is_multiple_of(5) => failure("/Api/v1/PrefundedBalance", 400, &page),
            "/Api/v1/PrefundedTransactionStatus" if call.is_multiple_of(11) => answer(502, "text/html", &page),
            "/Api/v1/PrefundedTransactionStatus" if call.is_multiple_of(13) => {
                json(401, &serde_json::json!({"error": "invalid_token", "error_description": page}).to_string())
            }
            "/Api/v1/PrefundedTransactionStatus" if bank.debits().is_empty() => json(404, NOT_FOUND),
            "/Api/v1/Transfert" => match number {
                1 | 2 => bank.answer(request),
                3 => failure("/Api/v1/Transfert", 403, "Maximum Account Balance"),
                4 => failure("/Api/v1/Transfert", 404, &format!("Customer {receiver} ({}) not found", &receiver[3..])),
                5 => failure("/Api/v1/Transfert", 400, &page),
                6 => answer(500, "text/html", &page),
                7 => json(401, &serde_json::json!({"error": "invalid_token", "error_description": page}).to_string()),
                8 => answer(200, "text/plain", &TOKEN[..20]),
                9 => format!("HTTP/1.1 200 X\r\ncontent-length: 99999\r\n\r\n{page}").into_bytes(),
                10 => format!("HTTP/1.1 200 {TOKEN}\r\nx-{SECRET}: {BASIC}\r\n\r\n").into_bytes(),
                11 => Vec::new(),
                _ => answer(200, "text/html", &(" ".repeat(65_520) + TOKEN)),
            },
            _ => bank.answer(request),
        }
    })
}

#[test]
fn nothing_it_says_or_keeps_holds_a_secret_a_token_or_an_account_in_a_log() {
    let bank = Bank::default();
    let gateway = Gateway::plain(hostile(bank.clone()));
    let house = House::at(&gateway.base_url("http"));
    let receiver = |person: usize| format!("370{:05}", 13_570 + person);
    let rows: String =
        (1..=PEOPLE).map(|p| format!("PAY-{p},509{},{}.00,Person {p}\n", receiver(p), 100 + p)).collect();
    house.write("batches/inbox/july.csv", &format!("reference,receiver,amount,name\n{rows}"));
    house.write("batches/inbox/bad.csv", "reference,receiver,amount\nPAY-1,37099999,1.00\nPAY-77,370135710,x\n");
    let mut told: Vec<(String, String)> = Vec::new();
    let mut logs = String::new();
    // MonCash refuses the account at first; whatever stops the sending is lifted as a person would.
    for format in ["text", "json", "text", "json"] {
        let ran = house.run(&["--log", "trace", "--log-format", format, "run", "--once", "--for", "4s"]);
        logs.push_str(&ran.text);
        house.run(&["resume", "--reason", "look again"]);
    }
    for line in [
        "doctor",
        "status",
        "status --json",
        "verify",
        "report",
        "reconcile",
        "moncash token",
        "moncash balance",
        "moncash status PAY-7",
        "moncash customer 37013571",
        "moncash payment --order A",
        "check batches/accepted/july.B000001.csv",
        "check --online batches/accepted/july.B000001.csv",
        "backup copy.sqlite3",
        "pause --reason x",
        "resume",
        "restore nothing",
        "hold PAY-5 --reason x",
        "release PAY-5 --reason x",
        "cancel PAY-6 --reason x",
        "completions bash",
        "man",
        "run --help",
        "moncash --help",
        "doctor --help",
        "simulate --help",
        "--help",
        "no-such-command",
        "--log trace moncash balance",
    ] {
        let mut command = house.command(&line.split(' ').collect::<Vec<_>>());
        told.push((line.to_string(), said(command.env("PAYOUTD_CLIENT_SECRET", SECRET)).text));
    }
    for person in 1..=PEOPLE {
        told.push((format!("explain PAY-{person}"), house.run(&["explain", &format!("PAY-{person}")]).text));
        told.push((
            format!("explain --json {person}"),
            house.run(&["explain", "--json", &format!("PAY-{person}")]).text,
        ));
    }
    told.push(("logs".to_string(), logs.clone()));
    for (what, text) in &told {
        assert_eq!(canary::find(text.as_bytes()), Vec::<String>::new(), "{what} shows it:\n{text}");
        assert!(!text.contains("panicked"), "{what}: {text}");
    }
    let kept = tree(house.folder.path());
    assert!(kept.iter().any(|(path, _)| path.ends_with("ledger.sqlite3")) && kept.len() > 8, "{kept:?}");
    for (path, bytes) in kept.iter().filter(|(path, _)| !path.ends_with("secret")) {
        assert_eq!(canary::find(bytes), Vec::<String>::new(), "{} holds it", path.display());
    }
    // The hostile answers did come, and their harmless parts were kept as evidence.
    let all: String = told.iter().map(|(_, text)| text.as_str()).collect();
    for evidence in ["(taken out)", "Maximum Account Balance", "not found", "<html>"] {
        assert!(all.contains(evidence), "{evidence} was not seen");
    }
    let status = std::fs::read_to_string(house.path("batches/STATUS.txt")).unwrap();
    let problems = std::fs::read_to_string(house.path("batches/rejected/bad.csv.errors.csv")).unwrap();
    let problems = problems.replace(",370135710,", ",,");
    // A cell of the user's own may be echoed in `value`; the sentences beside it name nobody else.
    for person in 1..=PEOPLE {
        let number = receiver(person);
        for (what, text) in [("a log", &logs), ("STATUS.txt", &status), ("an errors file", &problems)] {
            let line = text.lines().find(|line| line.contains(&number));
            assert_eq!(line, None, "{what} shows a whole account number");
        }
    }
    assert!(logs.contains("509••••3574"), "the masked account of the person that MonCash named:\n{logs}");
}
