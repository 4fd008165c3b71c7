//! What the running program tells whoever watches: the built binary against a simulator in a process of its
//! own, its pages read by Prometheus's rules and compared with `status --json`.
//!
//! Must never: take the program's word for a number that can be had elsewhere.

mod exposition;
#[allow(dead_code)]
#[path = "../commands/house.rs"]
mod house;
mod shipped;
mod slow;

use exposition::Exposition;
use house::{House, Running};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// Longest wait for an answer: the server's own time for a connection, and more.
const PATIENCE: Duration = Duration::from_secs(20);

/// A house whose metrics are on a socket in its folder.
fn watched(simulate: &[&str], more: &str) -> House {
    let house = House::new(simulate, more);
    let place = format!("[metrics]\nlisten = \"unix:{}\"\n", socket(&house).display());
    house.configure("simulator", &format!("{place}{more}"));
    house
}

fn socket(house: &House) -> PathBuf {
    house.path("metrics.sock")
}

/// One request; status and body.
fn get(house: &House, page: &str) -> (u16, String) {
    try_get(house, page).expect("an answer")
}

fn try_get(house: &House, page: &str) -> std::io::Result<(u16, String)> {
    let mut stream = UnixStream::connect(socket(house))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {page} HTTP/1.1\r\nHost: payoutd\r\n\r\n").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    assert_eq!(length, Some(body.len()), "{head}");
    if page == "/metrics" && status == 200 {
        assert!(head.to_ascii_lowercase().contains("content-type: text/plain; version=0.0.4"), "{head}");
    }
    Ok((status, body.to_string()))
}

#[track_caller]
fn scrape(house: &House) -> Exposition {
    let (status, body) = get(house, "/metrics");
    assert_eq!(status, 200, "{body}");
    exposition::read(&body).unwrap_or_else(|why| panic!("{why}\n{body}"))
}

fn start(house: &House) -> Running {
    let running = house.start();
    house.wait_until("the socket", || try_get(house, "/healthz").is_ok());
    running
}

/// Waits until the page, renewed, fits.
fn until(house: &House, what: &str, fits: impl Fn(&Exposition) -> bool) -> Exposition {
    house.wait_until(what, || fits(&scrape(house)));
    scrape(house)
}

fn status(house: &House) -> serde_json::Value {
    serde_json::from_str(&house.run("status --json").ends(0).out).expect("JSON")
}

const STATES: [&str; 6] = ["queued", "in_doubt", "paid", "declined", "held", "cancelled"];

/// Waits until every number that both tell is the same: `status` is renewed every two seconds. The page.
#[track_caller]
fn agreed(house: &House) -> Exposition {
    let last = std::cell::RefCell::new(Vec::new());
    let told = || -> Exposition {
        let (page, status) = (scrape(house), status(house));
        last.replace(differences(&page, &status));
        page
    };
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        let page = told();
        if last.borrow().is_empty() {
            return page;
        }
        assert!(std::time::Instant::now() < end, "metrics and status differ: {:#?}", last.borrow());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn differences(page: &Exposition, status: &serde_json::Value) -> Vec<String> {
    let mut differ = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differ.push(format!("{what}: {ours}, and status says {theirs}"));
        }
    };
    let batches = status["batches"].as_array().expect("batches");
    for state in STATES {
        let rows: u64 = batches.iter().map(|batch| batch["counts"][state].as_u64().expect("a count")).sum();
        let sum: i64 = batches.iter().map(|batch| centimes(&batch["amounts"][state])).sum();
        let labels = [("state", state)];
        compare(state, page.value("payoutd_payouts", &labels), rows.to_string());
        compare(state, centimes_of(&page.value("payoutd_payouts_htg", &labels)).to_string(), sum.to_string());
    }
    for state in ["awaiting_approval", "on_hold", "paying", "waiting", "needs_person", "complete", "cancelled"] {
        let count = batches.iter().filter(|batch| batch["state"] == state).count();
        compare(state, page.value("payoutd_batches", &[("state", state)]), count.to_string());
    }
    for (name, key) in [
        ("payoutd_balance_htg", "reading"),
        ("payoutd_spendable_htg", "spendable"),
        ("payoutd_reserved_htg", "reserved"),
        ("payoutd_floor_htg", "floor"),
    ] {
        compare(name, page.value(name, &[]), status["balance"][key].as_str().expect("a text").to_string());
    }
    let alarms = status["alarms"].as_array().expect("alarms").len();
    compare("alarms", page.value("payoutd_alarms_unacknowledged", &[]), alarms.to_string());
    differ
}

fn centimes(amount: &serde_json::Value) -> i64 {
    centimes_of(amount.as_str().expect("a text"))
}

fn centimes_of(text: &str) -> i64 {
    let (whole, cents) = text.split_once('.').expect("two decimals");
    assert_eq!(cents.len(), 2, "{text}");
    format!("{whole}{cents}").parse().expect("a number")
}

#[test]
fn the_page_is_what_prometheus_reads_and_agrees_with_status() {
    let house = watched(&[], "");
    let running = start(&house);
    let empty = scrape(&house);
    assert_eq!(empty.value("payoutd_payouts", &[("state", "paid")]), "0");
    assert!(!empty.has("payoutd_balance_htg"), "nobody told a balance yet");
    assert_eq!(empty.value("payoutd_ready", &[]), "1");

    house.drop_payroll("july.csv", "JULY", 250);
    house.wait_until("the batch", || house.state_of(1) == "complete");
    let page = agreed(&house);
    let outcomes = |word| page.number("payoutd_payout_outcomes_total", &[("outcome", word)]);
    assert_eq!(outcomes("paid") + outcomes("declined"), 250.0);
    assert_eq!(outcomes("paid"), page.number("payoutd_payouts", &[("state", "paid")]));
    let transfers = ["answered", "refused"].map(|how| ("outcome", how));
    let calls: f64 =
        transfers.iter().map(|how| page.number("payoutd_calls_total", &[("call", "transfer"), *how])).sum();
    assert_eq!(calls, 250.0, "one Transfert a person");
    assert_eq!(page.number("payoutd_call_duration_seconds_count", &[("call", "transfer")]), 250.0);
    assert!(page.number("payoutd_commit_duration_seconds_count", &[]) > 0.0);
    assert!(page.number("payoutd_loop_longest_turn_seconds", &[]) > 0.0);
    let events = page.value("payoutd_high_water_event", &[]);
    let verified = house.run("verify").ends(0);
    assert!(verified.out.replace([' ', ','], "").contains(&events), "{} says another end than {events}", verified.out);
    let size = std::fs::metadata(house.path("state/ledger.sqlite3")).expect("the ledger").len();
    assert_eq!(page.value("payoutd_ledger_size_bytes", &[]), size.to_string());

    // A second payroll stands still: a person paused.
    house.run("pause --reason lunch").ends(0);
    house.drop_payroll("august.csv", "AUGUST", 40);
    until(&house, "40 wait", |page| page.value("payoutd_payouts", &[("state", "queued")]) == "40");
    let page = agreed(&house);
    assert_eq!(page.value("payoutd_sending_blocked", &[("reason", "paused")]), "1");
    assert_eq!(page.value("payoutd_ready", &[]), "0");
    let (code, told) = get(&house, "/readyz");
    assert!(code == 503 && told.starts_with("not ready: paused by") && told.contains("payoutd resume"), "{told}");
    assert_eq!(get(&house, "/healthz"), (200, "well: the loop turns\n".to_string()));
    assert_eq!(get(&house, "/").0, 404);

    // What was complete before the start is known after it.
    assert_eq!(running.stop(), 0);
    let running = start(&house);
    let again =
        until(&house, "it has read its batches", |page| page.value("payoutd_payouts", &[("state", "queued")]) == "40");
    for state in STATES {
        let labels = [("state", state)];
        assert_eq!(again.value("payoutd_payouts_htg", &labels), page.value("payoutd_payouts_htg", &labels), "{state}");
    }
    assert_eq!(again.value("payoutd_batches", &[("state", "complete")]), "1");
    assert_eq!(running.stop(), 0);
}

#[test]
fn a_doubt_and_its_age_are_told_while_it_lasts() {
    let files = tempfile::tempdir().expect("folder");
    let faults = files.path().join("faults.toml");
    std::fs::write(&faults, "[[fault]]\ncall = \"transfer\"\nreference = \"D-2\"\nkind = \"reset\"\npays = \"no\"\n")
        .expect("write");
    let house = watched(&["--faults", &faults.to_string_lossy()], "");
    let _running = start(&house);
    house.drop_payroll("d.csv", "D", 3);
    until(&house, "a doubt that stays", |page| {
        page.value("payoutd_payouts", &[("state", "paid")]) == "2"
            && page.number("payoutd_oldest_doubt_age_seconds", &[]) > 1.0
    });
    let page = agreed(&house);
    assert_eq!(page.value("payoutd_payouts", &[("state", "in_doubt")]), "1");
    assert_eq!(page.value("payoutd_payouts_htg", &[("state", "in_doubt")]), "100.02");
    assert_eq!(page.value("payoutd_calls_total", &[("call", "transfer"), ("outcome", "lost")]), "1");
    let first = page.number("payoutd_oldest_doubt_age_seconds", &[]);
    until(&house, "it grows older", |page| page.number("payoutd_oldest_doubt_age_seconds", &[]) > first + 1.0);
}

#[test]
fn watching_writes_nothing_and_names_nobody() {
    let house = watched(&[], "");
    let _running = start(&house);
    house.drop_payroll("n.csv", "N", 5);
    house.wait_until("the batch", || house.state_of(1) == "complete");
    let quiet = until(&house, "the closing reading", |page| page.number("payoutd_balance_age_seconds", &[]) > 1.0);
    for _ in 0..20 {
        scrape(&house);
    }
    let after = scrape(&house);
    for name in ["payoutd_high_water_event", "payoutd_commit_duration_seconds_count"] {
        assert_eq!(quiet.value(name, &[]), after.value(name, &[]), "{name}");
    }
    for page in ["/metrics", "/readyz", "/healthz"] {
        let (_, text) = get(&house, page);
        for name in ["Person", "N-1", "37000001", "client_id"] {
            assert!(!text.contains(name), "{page} names {name}");
        }
    }
}

/// Inodes of the sockets that a process listens on.
fn listens(process: u32) -> Vec<String> {
    let mut listening = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text = std::fs::read_to_string(format!("/proc/{process}/net/{table}")).expect("the kernel's table");
        let rows = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
        listening.extend(rows.filter(|row| row[3] == "0A").map(|row| row[9].to_string()));
    }
    let text = std::fs::read_to_string(format!("/proc/{process}/net/unix")).expect("the kernel's table");
    let rows = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    listening.extend(rows.filter(|row| row[3] == "00010000").map(|row| row[6].to_string()));
    let own = std::fs::read_dir(format!("/proc/{process}/fd")).expect("its files");
    let own: Vec<String> = own
        .flatten()
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_string()))
        .collect();
    listening.retain(|inode| own.contains(inode));
    listening
}

fn process_of(house: &House) -> u32 {
    let live = std::fs::read_to_string(house.path("state/live.json")).expect("live.json");
    let live: serde_json::Value = serde_json::from_str(&live).expect("JSON");
    live["process"].as_u64().and_then(|id| u32::try_from(id).ok()).expect("its number")
}

#[test]
fn nothing_listens_unless_it_is_set_and_then_on_this_machine_alone() {
    let house = House::plain();
    let running = house.start();
    // It closes itself to other programs of its user; root may look.
    if std::fs::read_dir(format!("/proc/{}/fd", process_of(&house))).is_ok() {
        assert_eq!(listens(process_of(&house)), Vec::<String>::new(), "it listens, and nobody asked for it");
    }
    assert_eq!(running.stop(), 0);
    house.configure("simulator", "[metrics]\nlisten = \"0.0.0.0:9464\"\n");
    house.run("run --once").ends(2).says("other machines").says("127.0.0.1:9464");
    house.configure("simulator", "[metrics]\nlisten = \"127.0.0.1:0\"\n");
    let _running = house.start();
    let log = || std::fs::read_to_string(house.path("daemon.log")).unwrap_or_default();
    house.wait_until("where it listens", || log().contains("metrics are served"));
    let address = log()
        .split("at=http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next().map(str::to_string))
        .expect("an address");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let mut stream = std::net::TcpStream::connect(&address).expect("connect");
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").expect("ask");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answer");
    exposition::read(text.split_once("\r\n\r\n").expect("a body").1).expect("a good page");
}

#[test]
fn a_door_that_is_taken_keeps_nobody_from_being_paid() {
    let house = watched(&[], "");
    std::fs::write(socket(&house), "mine").expect("write");
    let _running = house.start();
    house.drop_payroll("t.csv", "T", 5);
    house.wait_until("the batch", || house.state_of(1) == "complete");
    let log = std::fs::read_to_string(house.path("daemon.log")).expect("log");
    assert!(log.contains("no metrics can be served") && log.contains("look at [metrics] listen"), "{log}");
    assert_eq!(std::fs::read_to_string(socket(&house)).expect("kept"), "mine");
}
