//! A network whose connections hang for ten seconds and then all stand at once: MonCash meets no flood.
//!
//! Must never: fail because the machine is slow. It holds MonCash's own count against an upper bound, and
//! what this process was held up is added to every window.

use super::bank::Bank;
use super::gateway::{Gateway, Request};
use super::house::{House, said, settings, wait_until};
use super::pki::{Authority, Flaw};
use rustls::version::TLS13;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const RATE: u32 = 20;
const QUERIES: u32 = 40;
/// At these rates.
const BURST: usize = 2;
const PEOPLE: u32 = 140;
const HANGS: Duration = Duration::from_secs(10);

/// Connections hang while it is shut.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn shut(&self, shut: bool) {
        *self.0.lock().unwrap() = shut;
        self.1.notify_all();
    }

    fn pass(&self) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |shut| *shut).unwrap());
    }
}

/// The longest that a thread of this process slept beyond what it wanted, in microseconds.
fn watch_the_machine() -> Arc<AtomicU64> {
    let longest = Arc::new(AtomicU64::new(0));
    let watched = Arc::downgrade(&longest);
    std::thread::spawn(move || {
        while let Some(longest) = watched.upgrade() {
            let began = Instant::now();
            std::thread::sleep(Duration::from_millis(2));
            longest.fetch_max(u64::try_from(began.elapsed().as_micros()).unwrap(), Ordering::SeqCst);
        }
    });
    longest
}

#[track_caller]
fn keeps(arrivals: &[Instant], rate: u32, held_up: Duration) {
    for (i, first) in arrivals.iter().enumerate() {
        for (more, last) in arrivals[i..].iter().enumerate() {
            let window = *last - *first + held_up + Duration::from_secs(1);
            let allowed = (window.as_secs_f64() * f64::from(rate)) as usize + BURST;
            assert!(more < allowed, "{} calls in {:?}, {allowed} allowed", more + 1, *last - *first);
        }
    }
}

#[test]
fn connections_that_hang_for_ten_seconds_and_then_all_stand_are_no_flood() {
    let (authority, bank, gate) = (Authority::new(), Bank::default(), Arc::new(Gate::default()));
    let arrivals: Arc<Mutex<Vec<(String, Instant)>>> = Arc::default();
    let (config, hangs) = (authority.server(Flaw::None, &[&TLS13]), gate.clone());
    let tls = Arc::new(move || {
        hangs.pass();
        Some(Arc::clone(&config))
    });
    let (noted, answers) = (arrivals.clone(), bank.script());
    let script = Arc::new(move |request: &Request| {
        noted.lock().unwrap().push((request.path().to_string(), Instant::now()));
        answers(request)
    });
    let held_up = watch_the_machine();
    let gateway = Gateway::start("127.0.0.1:0", tls, script);
    let house = House::at(&gateway.base_url("https"));
    house.write("ca.pem", &authority.pem);
    let text = settings(&gateway.base_url("https"))
        .replace("transfers_per_second = 100", &format!("transfers_per_second = {RATE}\nmax_in_flight = 1000"))
        .replace("queries_per_second = 200", &format!("queries_per_second = {QUERIES}"))
        .replace("connect_timeout = \"4s\"", "connect_timeout = \"60s\"")
        .replace("request_timeout = \"5s\"", "request_timeout = \"100s\"");
    house.write("payoutd.toml", &text);
    let mut payroll = String::from("reference,receiver,amount\n");
    for person in 0..PEOPLE {
        let _ = writeln!(payroll, "PAY-{person},{},100.00", 37_000_000 + person);
    }
    house.write("batches/inbox/july.csv", &payroll);
    let mut command = house.command(&["run", "--once"]);
    command.env("SSL_CERT_FILE", house.path("ca.pem"));
    let payroll = std::thread::spawn(move || said(&mut command).ends(0).code);

    let of = |path: &str| {
        let all = arrivals.lock().unwrap();
        all.iter().filter(|(of, _)| of == path).map(|(_, at)| *at).collect::<Vec<Instant>>()
    };
    let transfers = || of("/Api/v1/Transfert");
    wait_until("some are paid", || transfers().len() >= 20);
    gate.shut(true);
    std::thread::sleep(HANGS);
    gate.shut(false);
    assert_eq!(payroll.join().unwrap(), 0);

    let held_up = Duration::from_micros(held_up.load(Ordering::SeqCst));
    let longest_gap = transfers().windows(2).map(|two| two[1] - two[0]).max().unwrap();
    assert!(longest_gap >= HANGS / 2, "nothing hung: a Transfert came at least every {longest_gap:?}");
    keeps(&transfers(), RATE, held_up);
    let mut questions = of("/Api/v1/PrefundedTransactionStatus");
    questions.extend(of("/Api/v1/PrefundedBalance"));
    questions.sort();
    keeps(&questions, QUERIES, held_up);
    assert_eq!(bank.debits().len(), PEOPLE as usize);
    assert!(bank.debits().values().all(|times| *times == 1), "{:?}", bank.debits());
}
