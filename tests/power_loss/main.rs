//! The power goes at every operation of the ledger's disk, and nothing that was acknowledged is
//! gone, nothing is there by half.
//!
//! The real ledger runs unchanged on a disk in memory (`tests/power_loss_vfs`), which says what an
//! unflushed write may leave. Controls in which the harness must find losses: `synchronous=NORMAL`
//! and `OFF`, a journal that is deleted instead of a write-ahead log, a disk that lies about its
//! flushes.
//!
//! Must never: need more of the machine than a folder.

mod faults;
mod house;
mod judge;
mod upgrade;
mod walk;
mod work;

use power_loss_vfs::{Syncs, Without};
use walk::{Count, Plan, Water, cut};

/// Cuts at each operation of the month in `cargo test`; `tests/soak power-loss` has 19 (`POWER_LOSS_SEEDS`).
const SEEDS: u64 = 3;
/// States that each cut at each operation comes to at least: fewer, and the month has become shorter.
const STATES: u64 = 1_000;

fn seeds() -> u64 {
    std::env::var("POWER_LOSS_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS)
}

fn told(name: &str, count: &Count, began: std::time::Instant) {
    println!(
        "{name}: {} commits in {} operations; {} states ({} of a second cut while reopening), {} sound, {} lost, {} broken, {} suspected; {:.1} s",
        count.commits,
        count.operations,
        count.states,
        count.twice,
        count.sound,
        count.lost,
        count.broken,
        count.suspected,
        began.elapsed().as_secs_f64()
    );
}

#[test]
fn no_acknowledged_commit_is_lost_and_none_is_there_by_half() {
    let began = std::time::Instant::now();
    let plan = Plan { syncs: Syncs::Honest, seeds: seeds(), stride: 1, again: 3, water: Water::Honest };
    let month = cut(&work::month(None), &plan);
    told("a month", &month, began);
    assert!(month.is_sound(), "{month:?}");
    // The long log costs more to read: every operation around its end, some of the others.
    let long = cut(&work::long(None), &Plan { seeds: 1, stride: 7, ..plan });
    told("a long log", &long, began);
    assert!(long.is_sound(), "{long:?}");
    assert!(month.states >= seeds() * STATES, "only {} states", month.states);
}

/// A control: what it takes away is missed.
fn misses(name: &str, without: Option<Without>, syncs: Syncs) -> Count {
    let began = std::time::Instant::now();
    let plan = Plan { syncs, seeds: 1, stride: 1, again: 0, water: Water::Newest };
    let count = cut(&work::month(without), &plan);
    told(name, &count, began);
    count
}

#[test]
fn synchronous_normal_loses_acknowledged_commits_and_the_high_water_mark_tells() {
    let count = misses("control, synchronous=NORMAL", Some(Without::Full), Syncs::Honest);
    assert!(count.lost * 5 > count.states, "{count:?}");
    assert_eq!(count.broken, 0, "NORMAL loses commits and keeps the ledger whole: {count:?}");
    assert!(count.lost_and_suspected * 2 > count.lost, "{count:?}");
}

#[test]
fn synchronous_off_breaks_the_ledger() {
    let count = misses("control, synchronous=OFF", Some(Without::AnySync), Syncs::Honest);
    assert!((count.lost + count.broken) * 2 > count.states, "{count:?}");
}

#[test]
fn a_deleted_journal_loses_the_last_commit() {
    let count = misses("control, journal_mode=DELETE", Some(Without::Wal), Syncs::Honest);
    assert!(count.lost > 0, "{count:?}");
}

#[test]
fn a_disk_that_lies_about_its_flushes_loses_acknowledged_commits() {
    let count = misses("control, a flush that comes 12 operations late", None, Syncs::Late(12));
    assert!(count.lost > 0, "{count:?}");
}

#[test]
fn a_mark_that_is_ahead_of_the_ledger_or_damaged_or_gone_is_always_noticed() {
    let began = std::time::Instant::now();
    let run = work::month(None);
    for (name, water) in [("a mark ahead", Water::Ahead), ("a damaged mark", Water::Damaged)] {
        let count = cut(&run, &Plan { syncs: Syncs::Honest, seeds: 1, stride: 2, again: 0, water });
        told(name, &count, began);
        assert!(count.states > 200 && count.suspected == count.states && count.broken == 0, "{count:?}");
    }
}

#[test]
fn a_commit_that_failed_is_believed_only_after_reopening_whatever_failed_in_it() {
    let began = std::time::Instant::now();
    let start = &faults::Start::build();
    let count = std::thread::scope(|scope| {
        let verbs: Vec<_> =
            faults::VERBS.map(|verb| scope.spawn(move || faults::fail_everywhere(start, verb))).into_iter().collect();
        let counts = verbs.into_iter().map(|verb| verb.join().expect("a verb to its end"));
        counts
            .map(|count| count.unwrap_or_else(|wrong| panic!("{wrong}")))
            .fold(faults::Count::default(), |sum, one| sum.add(&one))
    });
    println!("failing disk: {count:?}; {:.1} s", began.elapsed().as_secs_f64());
    assert!(count.commit_failed > 0 && count.there_all_the_same > 0 && count.other_errors > 0, "{count:?}");
}
