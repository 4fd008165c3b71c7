//! How many people are paid in a second: by the daemon, beside what HTTP and disk alone would allow, and
//! beside a careful script. MonCash is `payoutd simulate`, a process of its own, on loopback.
//!
//! H: the same Transferts by the same client, as many in flight, and no ledger. L: the same turns of the
//! same ledger, and no HTTP. Who does both in one thread can reach 1/(1/H + 1/L).
//!
//! Must never: count a payout that was not paid, or measure with a check, a seal or a flush left out.

use super::house::{House, Simulator, folder};
use super::measure::{Run, grouped, has, median, run};
use super::table::{Line, Target};
use futures_util::stream::{FuturesUnordered, StreamExt};
use payoutd::clock::{Clock, SystemClock};
use payoutd::ledger::rows::NewRow;
use payoutd::ledger::{FILE, Identity, IndexStep, Ledger, SLICE};
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway;
use payoutd::moncash::settings::{Secret, Settings};
use payoutd::payout::batch::{Approval, BatchEvent};
use payoutd::payout::evidence::{TransferAnswer, read_transfer};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::money::Amount;
use payoutd::payout::reply::{Http, Outcome, Reply};
use payoutd::payout::state::{Basis, BatchId, ConfirmedBy, Event, Payout, PayoutId, Raw};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::Instant;

/// Rounds, in which everything takes its turn.
const ROUNDS: usize = 3;
/// Rows of the payroll that the daemon pays: some seconds' work.
const ROWS: u32 = 24_000;
/// The same for the script, which is slower; a row takes it as long whatever their number.
const ROWS_OF_SCRIPT: u32 = 1_000;
/// `max_in_flight`, the usual one.
const IN_FLIGHT: usize = 64;
/// Queued payouts that the loop reads at a time, and the number under which it does so.
const WINDOW: u32 = 256;
const REFILL_UNDER: usize = 64;
/// Far more than MonCash takes.
const LEAST_A_SECOND: f64 = 2_000.0;
/// Flushes of which the median is taken.
const FLUSHES: usize = 301;
/// What SQLite puts on disk at the least: one page.
const PAGE: usize = 4096;
/// More than anybody here is paid, and wallets that hold any amount.
const RICH: [&str; 4] = ["--balance", "999999999.00", "--wallet-limit", "none"];
const SCRIPT: &str = include_str!("careful_script.py");

/// What a round found, in payouts a second.
#[derive(Default)]
struct Found {
    http: Vec<f64>,
    ledger: Vec<f64>,
    ideal: Vec<f64>,
    plain: Vec<f64>,
    checked: Vec<f64>,
    script: Vec<f64>,
    of_ideal: Vec<f64>,
    of_plain: Vec<f64>,
    of_script: Vec<f64>,
    flush_ms: Vec<f64>,
    peak_kib: u64,
}

pub fn measure() -> Vec<Line> {
    let with_script = has("python3");
    let mut found = Found::default();
    for _ in 0..ROUNDS {
        found.flush_ms.push(flush_ms());
        let (http, ledger) = (http_alone(), ledger_alone());
        let ideal = 1.0 / (1.0 / http + 1.0 / ledger);
        let (plain, peak) = payroll(false);
        let (checked, _) = payroll(true);
        found.http.push(http);
        found.ledger.push(ledger);
        found.ideal.push(ideal);
        found.plain.push(plain);
        found.checked.push(checked);
        found.of_ideal.push(plain / ideal);
        found.of_plain.push(checked / plain);
        found.peak_kib = found.peak_kib.max(peak);
        if with_script {
            let script = script();
            found.script.push(script);
            found.of_script.push(plain / script);
        }
    }
    lines(found)
}

fn lines(found: Found) -> Vec<Line> {
    let a_second = |figures: &[f64]| format!("{}/s", grouped(median(figures.to_vec())));
    let flush = median(found.flush_ms);
    let plain = median(found.plain.clone());
    let share = median(found.of_ideal);
    let beside = format!(
        "HTTP alone {}, ledger alone {}, both {}",
        a_second(&found.http),
        a_second(&found.ledger),
        a_second(&found.ideal)
    );
    let mut lines = vec![
        Line {
            what: "payouts, each intent and answer on disk".to_string(),
            ours: a_second(&found.plain),
            beside: format!("a flush takes {flush:.2} ms"),
            value: Some(plain),
            told: a_second(&found.plain),
            targets: vec![Target::AtLeast(LEAST_A_SECOND)],
            to_reach: "at least 2,000/s".to_string(),
            peak_kib: Some(found.peak_kib),
        },
        told("the same", a_second(&found.plain), beside, share, "of the ideal"),
    ];
    let (ours, share) = (a_second(&found.checked), median(found.of_plain));
    lines.push(told("the same with `check_first`", ours, a_second(&found.plain), share, "of without"));
    let what = "the same payroll beside a careful Python script";
    lines.push(if found.script.is_empty() {
        Line::left_out(what, "no python3")
    } else {
        Line::ratio(what, a_second(&found.plain), a_second(&found.script), median(found.of_script), 1.0)
            .without_target()
    });
    lines
}

/// A share that is told.
fn told(what: &str, ours: String, beside: String, share: f64, of: &str) -> Line {
    let told = format!("{:.0} % {of}", share * 100.0);
    Line { told, ..Line::ratio(what, ours, beside, share, 1.0).without_target() }
}

/// One page written and flushed, where the ledgers lie.
fn flush_ms() -> f64 {
    let folder = folder();
    let file = std::fs::File::create(folder.path().join("page")).expect("a file");
    let times = (0..FLUSHES).map(|round| {
        let page = [u8::try_from(round % 251).unwrap_or(0); PAGE];
        let began = Instant::now();
        file.write_all_at(&page, 0).expect("a page is written");
        file.sync_data().expect("it is flushed");
        began.elapsed().as_secs_f64() * 1000.0
    });
    median(times.collect())
}

fn instruction(number: u32) -> Instruction {
    Instruction {
        reference: Reference::parse(&format!("JULY-{number:06}")).expect("a reference"),
        receiver: Account::from_local(30_000_000 + number).expect("a receiver"),
        amount: Amount::from_centimes(250_000 + i64::from(number % 1000)),
        description: "Salary July".to_string(),
        retry_of: None,
    }
}

fn write_payroll(path: &Path, rows: u32) {
    let mut text = String::from("reference,receiver,amount,description,name\n");
    for Instruction { reference, receiver, amount, description, .. } in (1..=rows).map(instruction) {
        writeln!(text, "{reference},{},{amount},{description},Somebody", receiver.msisdn()).expect("a row");
    }
    std::fs::write(path, text).expect("a payroll");
}

/// The daemon pays a payroll: payouts a second from the first intent to the last answer, both as the
/// ledger has them, and its most memory.
fn payroll(check_first: bool) -> (f64, u64) {
    let simulator = Simulator::start(&RICH);
    let settings = format!(
        "[engine]\ntransfers_per_second = 100000\nqueries_per_second = 100000\nmax_in_flight = {IN_FLIGHT}\n\
         [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n[safety]\ncheck_first = {check_first}\n"
    );
    let house = House::build(&simulator.address, &settings);
    write_payroll(&house.place("inbox").join("july.csv"), ROWS);
    let Run { peak_kib, status, .. } = run(&mut house.command(&["run", "--once"]));
    assert!(status.success(), "everybody is paid: {status}");
    let ledger = rusqlite::Connection::open(house.path().join("state").join(FILE)).expect("the ledger");
    let sql = "SELECT count(*), max(settled_at) - min(first_sent_at) FROM payout WHERE state = 'paid'";
    let (paid, ms): (u32, u32) =
        ledger.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("what was paid");
    assert_eq!(paid, ROWS, "everybody is paid");
    (f64::from(paid) * 1000.0 / f64::from(ms), peak_kib)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// H: every Transfert of the payroll, and nothing is kept.
fn http_alone() -> f64 {
    let simulator = Simulator::start(&RICH);
    let instructions: Vec<Instruction> = (1..=ROWS).map(instruction).collect();
    let settings =
        Settings::new(format!("http://{}/Api", simulator.address), "client_id", Secret::new("client_secret"));
    let client = Client::new(settings, Rc::new(SystemClock::new())).expect("a client");
    runtime().block_on(async {
        client.prepare().await;
        let began = Instant::now();
        let mut waiting = instructions.iter();
        let mut under_way: FuturesUnordered<_> = waiting.by_ref().take(IN_FLIGHT).map(|i| client.transfer(i)).collect();
        let mut paid = 0u32;
        while let Some(reply) = under_way.next().await {
            paid += u32::from(reply.http().is_some_and(|http| http.status == 200));
            under_way.extend(waiting.next().map(|instruction| client.transfer(instruction)));
        }
        assert_eq!(paid, ROWS, "every Transfert is answered");
        f64::from(ROWS) / began.elapsed().as_secs_f64()
    })
}

/// L: every turn of the payroll, its answers made up. A turn settles what the last one opened.
fn ledger_alone() -> f64 {
    let clock = SystemClock::new();
    let folder = folder();
    let word = |text: &str| text.to_string();
    let identity = Identity { environment: word("simulator"), host: word("127.0.0.1"), account: word("client_id") };
    let mut ledger = Ledger::open(folder.path(), &identity, clock.now()).expect("a ledger").ledger;
    let batch = admit(&mut ledger, &clock);
    let (mut window, mut last): (VecDeque<Payout>, Option<PayoutId>) = (VecDeque::new(), None);
    let mut open: Vec<Payout> = Vec::new();
    let mut paid = 0;
    let began = Instant::now();
    while paid < ROWS {
        if window.len() < REFILL_UNDER {
            let ids = ledger.queued_after(batch, last, WINDOW).expect("the next rows");
            last = ids.last().copied().or(last);
            window.extend(ids.into_iter().map(|id| ledger.payout(id).expect("a row")));
        }
        let now = clock.now();
        let mut turn = ledger.begin(now.wall).expect("a turn");
        for mut payout in open.drain(..) {
            let event = answered(&payout, &clock);
            turn.record(&mut payout, &event).expect("an answer");
            paid += 1;
        }
        for mut payout in window.drain(..IN_FLIGHT.min(window.len())) {
            turn.open_first(&mut payout, now.boot, Basis::Unchecked).expect("an intent");
            open.push(payout);
        }
        turn.batch(batch).expect("the batch");
        turn.commit().expect("a commit");
    }
    f64::from(paid) / began.elapsed().as_secs_f64()
}

/// What MonCash says of a payout, read as evidence.
fn answered(payout: &Payout, clock: &SystemClock) -> Event {
    let Instruction { receiver, amount, description, .. } = &payout.instruction;
    let body = format!(
        "{{\"path\":\"/Api/v1/Transfert\",\"transfer\":{{\"transaction_id\":\"SIM-19a0b1c2d3e-{:06}\",\"amount\":{amount},\
         \"receiver\":\"{}\",\"message\":\"successful\",\"desc\":\"{description}\"}},\"timestamp\":1764000000000,\"status\":200}}",
        payout.id.0,
        receiver.msisdn()
    );
    let now = clock.now().boot;
    let outcome = Outcome::Answered(Http { status: 200, body, cut: false, retry_after: None });
    let reply = Reply { outcome, asked: now, ended: now, token: 1 };
    let TransferAnswer::Paid { transaction } = read_transfer(&reply, &payout.instruction, &[]) else {
        panic!("this answer says paid");
    };
    let raw = Some(Raw::of(&reply));
    Event::Paid { by: ConfirmedBy::Transfer, transaction: Some(transaction), raw, order: None }
}

fn admit(ledger: &mut Ledger, clock: &SystemClock) -> BatchId {
    let at = clock.now().wall;
    let rows: Vec<NewRow> = (1..=ROWS)
        .map(|number| NewRow {
            line: number + 1,
            instruction: instruction(number),
            name: "Somebody".to_string(),
            other: Vec::new(),
        })
        .collect();
    let batch = ledger.admission_begin("july.csv", at, &[], at).expect("an admission");
    for slice in rows.chunks(SLICE) {
        ledger.admission_load(batch, slice).expect("rows");
    }
    while ledger.admission_index(batch).expect("an index") != IndexStep::Done {}
    let event = BatchEvent::Admitted {
        file: "july.csv".to_string(),
        sha256: "ab".repeat(32),
        rows_digest: String::new(),
        rows: ROWS,
        amount_centimes: rows.iter().map(|row| row.instruction.amount.centimes()).sum(),
        received: at,
        approval: Approval::NotNeeded,
        hold: None,
        start: at,
        other_columns: Vec::new(),
        read_as: None,
        terms: Default::default(),
    };
    ledger.admission_finish(batch, &event, at).expect("it is admitted");
    batch
}

/// The script pays a payroll; it says itself how long that took from the first row to the last.
fn script() -> f64 {
    let simulator = Simulator::start(&RICH);
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("pay.py"), SCRIPT).expect("the script");
    write_payroll(&place("july.csv"), ROWS_OF_SCRIPT);
    let mut command = Command::new("python3");
    command.arg(place("pay.py")).arg(place("july.csv")).arg(place("ledger.db")).arg(&simulator.address);
    let done = command.output().expect("the script runs");
    assert!(done.status.success(), "the script pays: {}", String::from_utf8_lossy(&done.stderr));
    let seconds: f64 = String::from_utf8_lossy(&done.stdout).trim().parse().expect("its seconds");
    f64::from(ROWS_OF_SCRIPT) / seconds
}
