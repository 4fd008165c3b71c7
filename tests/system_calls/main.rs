//! The real binary at the system calls that change something: killed before each of them, each
//! failing, each cut short.
//!
//! `cargo test --test program system_calls::` takes a seeded sample; `PAYOUTD_SYSTEM_CALLS` is the seed of another one.
//! `tests/soak system-calls` takes all of them. With `--nocapture` either prints a line for every kind of
//! blow, every message with which a run ended, and every violation.
//!
//! Must never: judge by the product's own ledger, touch the machine's clock, or reach beyond loopback.

mod campaign;
mod disks;
mod doors;
mod gateway;
mod house;
mod judge;
mod mounts;
mod rights;
mod signals;
mod strace;
mod wall;
// The gauntlet uses more of it.
#[allow(dead_code)]
#[path = "../gauntlet/wire.rs"]
mod wire;

use campaign::Case;
use house::hash_of;
use std::collections::BTreeMap;
use std::io::Write;
use strace::{Blow, Call};
use support::left_out;

/// Past the test harness, which shows `println!` of failed tests alone.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The cases of every call.
fn all_cases(calls: &[Call]) -> Vec<(Call, Blow)> {
    let mut plan = Vec::new();
    for call in calls {
        let mut blows = vec![Blow::Kill, Blow::Stop];
        // The runtime wakes itself through an eventfd, which no disk can make fail.
        if !call.what.contains("<anon_inode:") {
            blows.extend([Blow::Fails("EIO"), Blow::Fails("ENOSPC")]);
        }
        let network = matches!(call.kind.as_str(), "socket" | "connect" | "writev" | "shutdown");
        match call.kind.as_str() {
            // From any of its writes on, a run writes to an eventfd too.
            "write" => {}
            "pwrite64" => {
                let error = ["EIO", "ENOSPC", "EROFS"][call.n as usize % 3];
                blows.extend([Blow::Short, Blow::FailsFromHereOn(error)]);
            }
            // Each takes the two minutes after which a run gives up on MonCash.
            _ if network && call.n % 4 != 1 => {}
            _ if network => blows.push(Blow::FailsFromHereOn("EIO")),
            _ => blows.extend([Blow::FailsFromHereOn("EIO"), Blow::FailsFromHereOn("ENOSPC")]),
        }
        plan.extend(blows.into_iter().map(|blow| (call.clone(), blow)));
    }
    plan
}

/// How many cases a sample has besides those at flushes and renames.
const BY_CHANCE: usize = 16;
/// Of the kills and the failures at flushes and renames a sample has every so many-th, beginning with its seed.
const EVERY_KILL: u64 = 4;
const EVERY_FAILURE: u64 = 8;

/// A sample: kills at flushes and renames and at whatever comes right after a flush, failures of flushes and
/// renames, an inbox that nothing can be taken from; and some by seed from all the rest.
fn sample(calls: &[Call], seed: u64) -> Vec<(Call, Blow)> {
    let flushes = |call: &Call| call.kind.contains("sync");
    let mut plan = Vec::new();
    for (no, call) in calls.iter().enumerate() {
        let after_flush = no.checked_sub(1).and_then(|before| calls.get(before)).is_some_and(flushes);
        let places = flushes(call) || call.kind.contains("rename");
        let turn = seed.wrapping_add(no as u64);
        if (places || after_flush) && turn.is_multiple_of(EVERY_KILL) {
            plan.push((call.clone(), Blow::Kill));
        }
        if places && turn.is_multiple_of(EVERY_FAILURE) {
            plan.push((call.clone(), Blow::Fails(if call.n % 2 == 0 { "EIO" } else { "ENOSPC" })));
        }
        if call.kind == "renameat2" && call.n == 1 {
            plan.push((call.clone(), Blow::FailsFromHereOn("EIO")));
        }
    }
    let mut rest: Vec<(Call, Blow)> = all_cases(calls);
    rest.retain(|case| !plan.contains(case));
    rest.sort_by_key(|(call, blow)| hash_of(format!("{seed} {} {} {blow:?}", call.kind, call.n).as_bytes()));
    plan.extend(rest.into_iter().take(BY_CHANCE));
    plan
}

#[test]
fn every_call_may_be_the_last_or_fail_and_nobody_is_paid_twice() {
    if let Some(why) = strace::missing() {
        return left_out("spoilt system calls", &why);
    }
    let calls = campaign::all_calls();
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    calls.iter().for_each(|call| *kinds.entry(&call.kind).or_default() += 1);
    println!("{} calls of a run can be spoilt: {kinds:?}", calls.len());
    let asked = std::env::var("PAYOUTD_SYSTEM_CALLS").unwrap_or_default();
    let whole = all_cases(&calls);
    let all = whole.len();
    let plan = match asked.as_str() {
        "all" => whole,
        other => sample(&calls, other.parse().unwrap_or(1)),
    };
    say(&format!("\n{} of {all} cases of spoilt calls (PAYOUTD_SYSTEM_CALLS=all: all of them)", plan.len()));
    let cases = campaign::run_all(&plan);
    tell(&cases);
    let violations: usize = cases.iter().map(|case| case.wrong.len()).sum();
    let struck = cases.iter().filter(|case| case.struck.is_some()).count();
    println!("{} cases, {struck} struck, {violations} violations", cases.len());
    assert_eq!(violations, 0);
    assert!(struck * 5 >= cases.len() * 4, "only {struck} of {} cases struck", cases.len());
}

/// A line for each kind of blow and ending, and every message that a run ended with.
fn tell(cases: &[Case]) {
    let mut endings: BTreeMap<(Blow, &str), u32> = BTreeMap::new();
    let mut messages: BTreeMap<&str, (u32, String)> = BTreeMap::new();
    for case in cases {
        let ending = if case.struck.is_none() { "never came" } else { &case.ending };
        *endings.entry((case.blow, ending)).or_default() += 1;
        if !case.message.is_empty() {
            let at = format!("{:?} at {}", case.blow, case.struck.as_deref().unwrap_or("-"));
            messages.entry(&case.message).or_insert((0, at)).0 += 1;
        }
    }
    for ((blow, ending), count) in &endings {
        println!("{blow:?}: {count} ended: {ending}");
    }
    for (message, (count, example)) in &messages {
        println!("{count} x, such as {example}\n    {}", message.replace('\n', "\n    "));
    }
}

/// What the whole harness stands on: strace's SIGKILL comes before the call is carried out.
#[test]
fn the_knife_falls_before_the_call() {
    if let Some(why) = strace::missing() {
        return left_out("the knife's own test", &why);
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let call = Call { kind: "mkdir".to_string(), n: 2, what: String::new() };
    let words = strace::spoiling(&trace, &call, Blow::Kill);
    let mut command = std::process::Command::new(&words[0]);
    command.args(&words[1..]).args(["mkdir", "one", "two", "three"]).current_dir(folder.path());
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&command.status().unwrap()), Some(9));
    assert_eq!(house::names_in(folder.path()), ["one", "trace"]);
}
