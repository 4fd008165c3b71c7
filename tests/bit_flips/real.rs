//! The same with the real binary and MonCash on a socket: a payroll half paid when the daemon was
//! killed, a bit flipped in its state folder, and `payoutd run --once`.
//!
//! Must never: judge by the product's own ledger.

use super::bank::{Bank, Debit};
use super::damage::{self, Damage};
use super::moneyed::House;
use super::pages::Use;
use super::town::Image;
use payoutd::ledger::{FILE, HIGH_WATER_FILE};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Trials in `cargo test`; `tests/soak flips` tries many more.
const TRIALS: usize = 24;
/// Trials at once: they wait more than they work.
const ABREAST: usize = 8;

/// Whom nobody may pay: cancelled, held, and a batch on hold.
const NEVER: [&str; 5] = ["AUG-4", "AUG-5", "SEP-1", "SEP-2", "SEP-3"];

struct Base {
    house: House,
    state: Image,
    debits: Vec<Debit>,
}

/// July is paid. August was half paid when the daemon was killed: one Transfert lost, one cancelled
/// row, one held, the last commits in the log alone. September is on hold.
fn base() -> Base {
    let house = House::new();
    house.drop_payroll("july.csv", "JUL", 4);
    house.run("run --once").ends(&[0]);
    house.run("pause --reason payday").ends(&[0]);
    house.drop_payroll("august.csv", "AUG", 8);
    house.run("run --once").ends(&[4]);
    house.drop_payroll("september.csv", "SEP", 3);
    house.run("run --once").ends(&[4]);
    for order in ["hold B000003", "cancel AUG-4", "hold AUG-5", "resume"] {
        house.run(&format!("{order} --reason payday")).ends(&[0]);
    }
    house.bank.books().slow = 50;
    house.bank.lose("AUG-2");
    let daemon = house.start();
    house.wait_until("some of August is sent", |house| house.transfers() >= 4 + 4);
    daemon.kill();
    let debits = house.bank.books().debits.clone();
    let state = Image::of("killed", &house.path("state"), 0);
    Base { house, state, debits }
}

/// What came of one run.
struct Outcome {
    code: i32,
    text: String,
    debits: Vec<Debit>,
    told: BTreeMap<String, Vec<String>>,
}

fn live(base: &Base, damage: Option<&Damage>) -> (Outcome, i32) {
    let house = House::at(Arc::new(Bank::open_with(base.debits.clone())));
    house.copy_from(&base.house, "batches");
    std::fs::create_dir(house.path("state")).unwrap();
    base.state.put(&house.path("state"));
    if let Some(damage) = damage {
        let path = house.path("state").join(damage.file);
        let mut bytes = std::fs::read(&path).unwrap();
        damage.apply(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
    }
    let verify = house.run("verify").code;
    let said = house.run("run --once");
    let references = ["JUL", "AUG", "SEP"].iter().flat_map(|prefix| (1..=8).map(move |n| format!("{prefix}-{n}")));
    let told = references.map(|reference| (reference.clone(), house.told(&reference))).collect();
    let mut debits = house.bank.books().debits.clone();
    debits.sort_by(|a, b| a.reference.cmp(&b.reference));
    (Outcome { code: said.code, text: said.text, debits, told }, verify)
}

/// The damage must be noticed in words that say what to do, or nothing may be other than without it.
fn judge(outcome: &Outcome, expected: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, debit) in outcome.debits.iter().enumerate() {
        let reference = debit.reference.as_str();
        if outcome.debits[..place].iter().any(|other| other.reference == reference) {
            wrong.push(format!("{reference} was debited again"));
        }
        if NEVER.contains(&reference) {
            wrong.push(format!("{reference} was debited although it must not be"));
        }
        if !expected.debits.contains(debit) {
            wrong.push(format!("{debit:?} is not what was ordered"));
        }
    }
    let words: &[&str] = match outcome.code {
        6 => &["the ledger is damaged", "the ledger contradicts itself"],
        4 => &["payoutd resume"],
        2 => &["install the newer", "payoutd rebind"],
        1 => &["check that the disk"],
        _ => &[],
    };
    let noticed = words.iter().any(|words| outcome.text.contains(words));
    if !noticed && (&outcome.debits, &outcome.told) != (&expected.debits, &expected.told) {
        let told = outcome.told.iter().filter(|(of, told)| expected.told.get(*of) != Some(told));
        let told: Vec<_> = told.collect();
        let missing: Vec<_> = expected.debits.iter().filter(|debit| !outcome.debits.contains(debit)).collect();
        wrong.push(format!("ended with {}, not debited {missing:?}, told {told:?}:\n{}", outcome.code, outcome.text));
    }
    if outcome.text.contains("panicked") {
        wrong.push(outcome.text.clone());
    }
    wrong
}

fn damages(base: &Base, trials: usize) -> Vec<Damage> {
    let mut dice = super::dice(20);
    let map = base.state.map();
    let wal: &'static str = Box::leak(Image::wal().into_boxed_str());
    let beside = trials / 6;
    let mut all = damage::flips_beside(wal, base.state.file(wal).len(), beside, &mut dice);
    all.extend(damage::flips_beside(HIGH_WATER_FILE, base.state.file(HIGH_WATER_FILE).len(), beside / 2, &mut dice));
    all.extend(damage::flips_beside("live.json", base.state.file("live.json").len(), beside / 2, &mut dice));
    let live = damage::flips(&map, trials * 8, &mut dice)
        .into_iter()
        .filter(|flip| !flip.place.ends_with(&format!("{:?}", Use::Free)));
    all.extend(live.take(trials - all.len()));
    assert!(!base.state.file(FILE).is_empty());
    all
}

#[test]
fn the_real_program_pays_nobody_wrongly_upon_a_flipped_bit() {
    let _alone = super::STARTS.write();
    let base = base();
    let (expected, clean) = live(&base, None);
    assert_eq!(clean, 0, "verify of the undamaged ledger");
    assert_eq!(expected.debits.len(), 4 + 6, "{}", expected.text);
    assert!(judge(&expected, &expected).is_empty());
    let damages = damages(&base, super::number("PAYOUTD_FLIPS_REAL").unwrap_or(TRIALS));
    let next = AtomicUsize::new(0);
    let results: Vec<(usize, Outcome, i32)> = std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::SeqCst);
                let Some(damage) = damages.get(place) else { return done };
                let (outcome, verify) = live(&base, Some(damage));
                done.push((place, outcome, verify));
            }
        };
        let workers: Vec<_> = (0..ABREAST).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut codes: BTreeMap<i32, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (place, outcome, _) in &results {
        *codes.entry(outcome.code).or_default() += 1;
        wrong.extend(judge(outcome, &expected).into_iter().map(|what| format!("{}: {what}", damages[*place])));
    }
    let seen = results.iter().filter(|(_, _, verify)| *verify != 0).count();
    println!("real binary: {} trials, verify noticed {seen}; exit codes (code: times) {codes:?}", results.len());
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}
