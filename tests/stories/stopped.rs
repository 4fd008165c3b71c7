//! The program stopped with SIGSTOP, for longer than the grace, at every kind of call; and under a clock
//! on the wall that jumps at the end of summer. What the gateway does meanwhile, it does.
//!
//! How long it is stopped is the subject here: the waits are lower bounds, and nothing hangs on them
//! being exact. The moments inside the program are told by `tests/engine/suspended.rs`.

use super::gateway::{Act, Gateway};
use super::house::{GRACE, House, payroll, signal};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::Duration;

const LIVE: &str = "[approval]\nabove = \"none\"\n";
const STOPPED_FOR: Duration = GRACE.saturating_add(Duration::from_millis(500));

/// Stops the process at the calls that are wanted, before they are answered, and lets it go on longer than
/// the grace later; the answers lie in its sockets by then. Its id is written into `process`; `stops` counts.
fn stop_at(
    gateway: &Gateway,
    wanted: impl Fn(&'static str, &str) -> bool + Send + Sync + 'static,
) -> (Arc<AtomicI32>, Arc<AtomicUsize>) {
    let (process, stops) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicUsize::new(0)));
    let (id, still, count) = (process.clone(), process.clone(), stops.clone());
    gateway.witness(move |call, reference| {
        let id = id.load(Ordering::SeqCst);
        if id == 0 || !wanted(call, reference) {
            return;
        }
        count.fetch_add(1, Ordering::SeqCst);
        signal(id, Signal::STOP);
        let still = still.clone();
        std::thread::spawn(move || {
            std::thread::sleep(STOPPED_FOR);
            if still.load(Ordering::SeqCst) == id {
                signal(id, Signal::CONT);
            }
        });
    });
    (process, stops)
}

/// Ends the program; from here on nobody stops it or lets it go on.
fn end(process: &AtomicI32, daemon: &mut super::house::Process) {
    process.store(0, Ordering::SeqCst);
    signal(daemon.id(), Signal::CONT);
    assert_eq!(daemon.stop(), 0);
}

fn first_time(wanted: &'static str, of: &'static str) -> impl Fn(&'static str, &str) -> bool + Send + Sync {
    let seen = AtomicUsize::new(0);
    move |call, reference| call == wanted && reference == of && seen.fetch_add(1, Ordering::SeqCst) == 0
}

#[test]
fn a_program_stopped_over_the_grace_while_its_answer_is_on_its_way_hears_it_and_sends_nothing_again() {
    for act in [Act::Pays, Act::Breaks(Some(Duration::ZERO)), Act::Breaks(Some(STOPPED_FOR))] {
        let gateway = Gateway::open();
        let house = House::build(&gateway, LIVE);
        gateway.script("SAL-2", [act.clone()]);
        let (process, stops) = stop_at(&gateway, first_time("transfer", "SAL-2"));
        let mut daemon = house.start("run");
        process.store(daemon.id(), Ordering::SeqCst);
        house.drop_file("july.csv", &payroll("SAL", 3));
        house.until("everybody is paid", || {
            let told = house.reports();
            told.len() == 3 && told.values().all(|(status, _)| status == "paid")
        });
        assert_eq!(stops.load(Ordering::SeqCst), 1);
        end(&process, &mut daemon);
        house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "paid", 1), ("SAL-3", "paid", 1)]);
        assert_eq!(gateway.transfers_of("SAL-2"), 1, "{act:?}");
    }
}

/// Between the last "not found" and the second Transfert, and at the questions before: what is sent after
/// the stop was asked about after the grace, and the first call's money, which moved while the program
/// stood still, is found.
#[test]
fn a_program_stopped_over_the_grace_at_its_questions_finds_what_landed_meanwhile() {
    for question in 1..=4 {
        let gateway = Gateway::open();
        let house = House::build(&gateway, LIVE);
        // Lands while the program stands still at its first questions after the call.
        gateway.script("SAL-1", [Act::Breaks(Some(Duration::from_millis(1_500)))]);
        let asked = AtomicUsize::new(0);
        let (process, stops) = stop_at(&gateway, move |call, reference| {
            // The first is check_first's.
            call == "status" && reference == "SAL-1" && asked.fetch_add(1, Ordering::SeqCst) == question
        });
        let mut daemon = house.start("run");
        process.store(daemon.id(), Ordering::SeqCst);
        house.drop_file("july.csv", &payroll("SAL", 2));
        house.until("both are paid", || {
            let told = house.reports();
            told.len() == 2 && told.values().all(|(status, _)| status == "paid")
        });
        assert!(stops.load(Ordering::SeqCst) <= 1);
        end(&process, &mut daemon);
        house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "paid", 1)]);
        assert_eq!(gateway.transfers_of("SAL-1"), 1, "stopped at question {question}");
    }
}

/// Again and again, at every kind of call, with lost calls among them.
#[test]
fn a_program_stopped_over_the_grace_again_and_again_pays_each_person_once() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    gateway.script("SAL-2", [Act::Breaks(None), Act::Breaks(Some(Duration::from_secs(1)))]);
    gateway.script("SAL-3", [Act::Hangs(true)]);
    gateway.script("SAL-4", [Act::Hangs(false)]);
    gateway.script("SAL-5", [Act::Refuses("Maximum Account Balance")]);
    let calls = AtomicUsize::new(0);
    let (process, stops) = stop_at(&gateway, move |_, _| {
        let n = calls.fetch_add(1, Ordering::SeqCst);
        matches!(n, 0 | 1 | 4 | 9 | 15 | 19 | 24 | 31 | 40)
    });
    let mut daemon = house.start("run");
    process.store(daemon.id(), Ordering::SeqCst);
    house.drop_file("july.csv", &payroll("SAL", 6));
    house.until("everything is settled", || {
        let told = house.reports();
        told.len() == 6 && told.values().all(|(status, _)| matches!(status.as_str(), "paid" | "declined"))
    });
    assert!(stops.load(Ordering::SeqCst) >= 5, "it was hardly stopped");
    end(&process, &mut daemon);
    let paid = ["SAL-1", "SAL-2", "SAL-3", "SAL-4", "SAL-6"].map(|reference| (reference, "paid", 1));
    house.ends(&gateway, &paid);
    house.ends(&gateway, &[("SAL-5", "declined", 0)]);
    second_calls_had_their_grace(&gateway);
}

/// By the gateway's own clock: every second Transfert came a grace after the first, and after a "not
/// found" that was asked for in between.
fn second_calls_had_their_grace(gateway: &Gateway) {
    for person in 1..=6 {
        let reference = format!("SAL-{person}");
        for pair in gateway.calls("transfer", &reference).windows(2) {
            assert!(pair[1].at - pair[0].at >= GRACE, "{reference} was sent again within the grace");
            let asked = gateway.calls("status", &reference);
            let denied = asked.iter().filter(|a| a.said == "not found" && a.at > pair[0].at && a.at < pair[1].at);
            assert!(denied.count() >= 2, "{reference} was sent again on too few answers");
        }
    }
}

/// A time zone whose clocks are turned in `seconds` from now, back or forward by an hour.
fn zone_that_turns(back: bool, seconds: i64) -> String {
    let turns = Timestamp::now() + seconds.seconds();
    // The rule speaks in the local time that ends: summer (UTC+1) or winter (UTC).
    let local = (turns + if back { 1.hours() } else { 0.hours() }).to_zoned(TimeZone::UTC);
    let (day, time) = (local.date().day_of_year_no_leap().unwrap_or(59), local.strftime("%H:%M:%S"));
    let other = if day > 180 { 1 } else { 365 };
    if back { format!("WIN0SUM,J{other}/0,J{day}/{time}") } else { format!("WIN0SUM,J{day}/{time},J{other}/0") }
}

#[test]
fn clocks_that_are_turned_for_summer_or_winter_in_the_grace_change_nothing() {
    for back in [true, false] {
        let gateway = Gateway::open();
        let house = House::build(&gateway, LIVE);
        gateway.script("SAL-2", [Act::Breaks(None)]);
        gateway.script("SAL-3", [Act::Breaks(Some(Duration::from_secs(2)))]);
        house.drop_file("july.csv", &payroll("SAL", 3));
        let zone = zone_that_turns(back, 2);
        house.run_in("run --once --for 120s", &[("TZ", &zone)]).ends(0);
        house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "paid", 1), ("SAL-3", "paid", 1)]);
        second_calls_had_their_grace(&gateway);
        assert_eq!((gateway.transfers_of("SAL-2"), gateway.transfers_of("SAL-3")), (2, 1));
        // It did turn, and the report's times can be told apart.
        let report = house.read("batches/reports", ".report.csv");
        assert!(report.contains("+00:00") && report.contains("+01:00"), "{zone}: {report}");
        // The same file under yet another zone is the same file.
        house.drop_file("july.csv", &payroll("SAL", 3));
        house.run_in("run --once --for 120s", &[("TZ", "Pacific/Kiritimati")]).ends(3);
        assert_eq!(gateway.debits(), 3);
    }
}
