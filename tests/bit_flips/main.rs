//! Damage: a ledger in the middle of its payrolls, and then a bit flipped, a page zeroed, lost,
//! exchanged or filled with noise, a file cut. Nobody may be paid upon it silently: either the
//! damage is noticed, in words, or everything that is paid and told is what the files say.
//!
//! ```text
//! PAYOUTD_FLIPS=20000 PAYOUTD_FLIPS_REAL=500 [PAYOUTD_FLIPS_SEED=7] cargo test --test bit_flips -- --nocapture
//! ```
//!
//! Must never: judge by what the product says about its own payments.

#[allow(dead_code)]
#[path = "../engine/answers.rs"]
mod answers;
#[allow(dead_code)]
#[path = "../old_ledgers/bank.rs"]
mod bank;
#[allow(dead_code)]
#[path = "../engine/clock.rs"]
mod clock;
mod damage;
#[allow(dead_code)]
#[path = "../engine/house.rs"]
mod house;
#[allow(dead_code)]
#[path = "../engine/judge.rs"]
mod judge;
#[allow(dead_code)]
#[path = "../engine/moncash.rs"]
mod moncash;
#[allow(dead_code)]
#[path = "../old_ledgers/house.rs"]
mod moneyed;
mod pages;
mod real;
mod town;
mod trial;
#[allow(dead_code)]
#[path = "../gauntlet/wire.rs"]
mod wire;

use damage::{Damage, Dice};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, RwLock};
use town::{Image, Town};
use trial::{Noticed, Outcome, Verdict};

fn town() -> &'static Town {
    static TOWN: OnceLock<Town> = OnceLock::new();
    TOWN.get_or_init(|| {
        let _none_starts = STARTS.read();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(town::build())
    })
}

/// Flips of each kind in `cargo test`; `tests/soak flips` tries many more.
const FLIPS: usize = 100;

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn dice(stream: u64) -> Dice {
    let seed = number("PAYOUTD_FLIPS_SEED").unwrap_or(1) as u64;
    Dice(seed.wrapping_mul(1_000_003).wrapping_add(stream))
}

/// Taken to write while programs are started: until one of them runs, it has the lock of each state folder that
/// is open in this process, and a trial that opens its folder again would find it held.
static STARTS: RwLock<()> = RwLock::new(());

/// Tries every damage on an image, two at a time, and prints what was noticed where.
fn hold(title: &str, image: &Image, damages: &[Damage]) {
    let _none_starts = STARTS.read();
    let expected = trial::undamaged(town(), image);
    let next = AtomicUsize::new(0);
    let verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(|| work(image, damages, &expected, &next))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut table: BTreeMap<(&str, Noticed), usize> = BTreeMap::new();
    let mut harmless: BTreeMap<&str, usize> = BTreeMap::new();
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    let (mut business, mut seen) = (0, 0);
    let mut wrong = Vec::new();
    for (place, verdict) in &verdicts {
        let damage = &damages[*place];
        *table.entry((damage.kind(), verdict.noticed)).or_default() += 1;
        if verdict.noticed == Noticed::Never {
            *harmless.entry(damage.place.rsplit(", ").next().unwrap_or_default()).or_default() += 1;
        }
        if damage.business {
            business += 1;
            seen += usize::from(verdict.by_verify);
            if !verdict.by_verify {
                *missed.entry(damage.place.clone()).or_default() += 1;
            }
        }
        if !verdict.wrong.is_empty() {
            wrong.push(format!(
                "{damage}: {:?}, {}\n    {}",
                verdict.noticed,
                verdict.words,
                verdict.wrong.join("\n    ")
            ));
        }
    }
    println!("{title}: {} trials on the image '{}'", verdicts.len(), image.name);
    for ((kind, noticed), count) in table {
        println!("{count:7} {kind}, {noticed:?}");
    }
    println!("        never noticed, and nothing was other than without it: {harmless:?}");
    if business > 0 {
        println!("        verify noticed {seen} of {business} flips in business data; not: {missed:?}");
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} went wrong:\n{}", wrong.len(), verdicts.len(), wrong.join("\n"));
    if damages.iter().all(|damage| damage.business) {
        assert_eq!(seen, business, "verify missed flips in business data: {missed:?}");
    }
}

fn work(image: &Image, damages: &[Damage], expected: &Outcome, next: &AtomicUsize) -> Vec<(usize, Verdict)> {
    let mut done = Vec::new();
    loop {
        let place = next.fetch_add(1, Ordering::SeqCst);
        let Some(damage) = damages.get(place) else { return done };
        let tried = std::panic::AssertUnwindSafe(|| trial::try_it(town(), image, expected, damage));
        let verdict = std::panic::catch_unwind(tried).unwrap_or_else(|_| Verdict {
            noticed: Noticed::Never,
            by_verify: false,
            words: String::new(),
            wrong: vec!["it panicked".to_string()],
        });
        done.push((place, verdict));
    }
}

#[test]
fn no_flipped_bit_in_a_known_value_is_paid_upon_silently() {
    let image = &town().rest;
    let values = trial::values(image);
    let mut all = damage::flips_in_values(&image.map(), image.file(payoutd::ledger::FILE), &values, &mut dice(1));
    let mut dice = dice(2);
    let most = number("PAYOUTD_FLIPS").unwrap_or(FLIPS);
    while all.len() > most {
        all.swap_remove(dice.below(all.len()));
    }
    hold("known values", image, &all);
}

#[test]
fn no_flipped_bit_anywhere_is_paid_upon_silently() {
    let most = number("PAYOUTD_FLIPS").unwrap_or(FLIPS);
    hold("anywhere", &town().rest, &damage::flips(&town().rest.map(), most, &mut dice(3)));
}

/// A lost record of an opening once let a grace count from an earlier one (seed 7 of 1500).
#[test]
fn no_flipped_bit_in_the_list_of_openings_cuts_a_grace_short() {
    let image = &town().rest;
    let all = damage::flips(&image.map(), 6_000, &mut dice(8));
    let openings =
        all.into_iter().filter(|flip| flip.place.starts_with("event_opened") && !flip.place.ends_with("Free"));
    hold("openings", image, &openings.take(number("PAYOUTD_FLIPS").unwrap_or(FLIPS) / 4).collect::<Vec<_>>());
}

#[test]
fn no_flipped_bit_lifts_a_pause_or_a_suspicion() {
    let most = number("PAYOUTD_FLIPS").unwrap_or(FLIPS) / 4;
    for image in [&town().paused, &town().distrusted] {
        let map = image.map();
        let standing: Vec<Damage> = damage::flips(&map, most * 8, &mut dice(4))
            .into_iter()
            .filter(|flip| flip.place.starts_with("standing") || flip.place.starts_with("event"))
            .take(most)
            .collect();
        hold("what stands", image, &standing);
    }
}

#[test]
fn no_lost_exchanged_or_ruined_page_is_paid_upon_silently() {
    let image = &town().rest;
    let all = damage::coarse(&image.map(), image.file(payoutd::ledger::FILE), &town().earlier, &mut dice(5));
    hold("pages", image, &all);
}

#[test]
fn no_flipped_bit_beside_the_ledger_is_paid_upon_silently() {
    let most = number("PAYOUTD_FLIPS").unwrap_or(FLIPS) / 4;
    let image = &town().killed;
    let wal: &'static str = Box::leak(Image::wal().into_boxed_str());
    let length = image.file(wal).len();
    assert!(length > 10_000, "the log has {length} bytes: nothing is in it");
    hold("log", image, &damage::flips_beside(wal, length, most, &mut dice(6)));
    let mark = payoutd::ledger::HIGH_WATER_FILE;
    let length = town().rest.file(mark).len();
    hold("mark", &town().rest, &damage::flips_beside(mark, length, most, &mut dice(7)));
}
