//! A state folder that was deleted, a ledger that was restored: what is told without asking, and that
//! nobody is paid again.

use super::gateway::{Act, Gateway};
use super::house::{GRACE, House, payroll};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const LIVE: &str = "[approval]\nabove = \"none\"\n";

fn all(prefix: &str, people: usize, status: &'static str) -> Vec<(String, &'static str, usize)> {
    (1..=people).map(|person| (format!("{prefix}-{person}"), status, 1)).collect()
}

fn ends(house: &House, gateway: &Gateway, told: &[(String, &'static str, usize)]) {
    let told: Vec<(&str, &str, usize)> =
        told.iter().map(|(r, status, debits)| (r.as_str(), *status, *debits)).collect();
    house.ends(gateway, &told);
}

#[test]
fn a_deleted_state_folder_is_told_and_the_same_file_pays_nobody_again() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    gateway.script("SAL-2", [Act::Breaks(Some(Duration::ZERO))]);
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(0);
    let before = house.read("batches/reports", ".summary.txt");
    fs::remove_dir_all(house.path("state")).expect("delete");
    // What lies in accepted/ and reports/ is told from: nothing is admitted before a person has looked.
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(4).says("older than its last send");
    assert!(house.path("batches/inbox/july.csv").exists(), "taken by a ledger that knows nothing");
    let page = fs::read_to_string(house.path("batches/STATUS.txt")).expect("STATUS.txt");
    assert!(page.contains("payoutd resume"), "{page}");
    house.run("resume --reason deleted").ends(0);
    house.once().ends(3).says("4 payouts are declined, cancelled or held");
    ends(&house, &gateway, &all("SAL", 4, "held"));
    assert_eq!(gateway.debits(), 4);
    // The old summary is still there, and no batch has its number.
    let summaries = house.names("batches/reports", ".summary.txt");
    let texts =
        summaries.iter().map(|name| fs::read_to_string(house.path("batches/reports").join(name)).expect("text"));
    assert!(texts.collect::<Vec<_>>().contains(&before), "the only trace of the payments is gone");
    assert!(summaries.iter().any(|name| name.contains("B000002")), "{summaries:?}");
}

#[test]
fn when_every_folder_was_deleted_the_same_file_pays_nobody_again() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    gateway.script("SAL-3", [Act::Breaks(Some(Duration::ZERO))]);
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(0);
    fs::remove_dir_all(house.path("state")).expect("delete");
    fs::remove_dir_all(house.path("batches")).expect("delete");
    fs::create_dir_all(house.path("batches/inbox")).expect("inbox");
    // Nothing can tell it; MonCash is asked about each reference, and knows them.
    house.drop_file("july.csv", &(payroll("SAL", 4) + "SAL-5,37000005,9.00,New\n"));
    house.once().ends(3);
    ends(&house, &gateway, &all("SAL", 4, "held"));
    house.ends(&gateway, &[("SAL-5", "paid", 1)]);
    assert_eq!(gateway.debits(), 5);
}

/// Deleted with a call on its way. README: after a lost ledger no file is dropped again before the grace
/// is over, because nothing remembers the calls that were out.
#[test]
fn a_state_folder_deleted_with_a_call_on_its_way_needs_the_wait_that_readme_tells() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    gateway.script("SAL-1", [Act::Breaks(Some(Duration::from_secs(2)))]);
    house.drop_file("july.csv", &payroll("SAL", 1));
    let mut daemon = house.start("run");
    house.until("it is sent", || gateway.transfers_of("SAL-1") == 1);
    daemon.kill();
    let lost = Instant::now();
    fs::remove_dir_all(house.path("state")).expect("delete");
    house.drop_file("july.csv", &payroll("SAL", 1));
    house.once().ends(4);
    house.until("the grace is over", || lost.elapsed() > GRACE);
    house.run("resume --reason waited").ends(0);
    house.once().ends(3);
    house.ends(&gateway, &[("SAL-1", "held", 1)]);
    assert_eq!(gateway.transfers_of("SAL-1"), 1);
}

/// A backup taken while the calls are out, restored after they paid.
#[test]
fn a_backup_taken_mid_flight_and_restored_sends_nothing_before_a_person_looked_and_nobody_twice() {
    let gateway = Gateway::open();
    let house = Arc::new(House::build(&gateway, LIVE));
    // Heard, lost and paid, lost and paid late, never seen.
    gateway.script("SAL-2", [Act::Hangs(true)]);
    gateway.script("SAL-3", [Act::Breaks(Some(Duration::from_secs(2)))]);
    gateway.script("SAL-4", [Act::Breaks(None)]);
    let (keeper, begun) = (house.clone(), AtomicBool::new(false));
    let taken = Arc::new(AtomicBool::new(false));
    let done = taken.clone();
    gateway.witness(move |call, reference| {
        if call == "transfer" && reference == "SAL-3" && !begun.swap(true, Ordering::SeqCst) {
            // Else the copy knows nobody whom the control question could be about.
            keeper.until("the first is on record as paid", || keeper.run("explain SAL-1").text.contains("SAL-1: paid"));
            keeper.run("backup copy.sqlite3").ends(0);
            done.store(true, Ordering::SeqCst);
        }
    });
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &payroll("SAL", 6));
    house.until("the copy is taken", || taken.load(Ordering::SeqCst));
    // A call is noted only once its witness is done.
    house.until("every call is noted", || (1..=6).all(|n| gateway.transfers_of(&format!("SAL-{n}")) > 0));
    daemon.kill();
    let sent = gateway.log().iter().filter(|called| called.call == "transfer").count();
    house.run("restore copy.sqlite3").ends(0).says("payoutd resume");
    house.once().ends(4).says("older than its last send");
    let since = gateway.log().iter().filter(|called| called.call == "transfer").count();
    assert_eq!(sent, since, "sent by a ledger that may be old");
    house.run("resume --reason looked").ends(0);
    let ended = house.once();
    let held = house.reports().values().filter(|(status, _)| status == "held").count();
    ended.ends(if held > 0 { 3 } else { 0 });
    house.ends(&gateway, &[("SAL-4", "paid", 1)]);
    for (reference, (status, may)) in house.reports() {
        assert_eq!(gateway.debits_of(&reference), 1, "{reference} is {status}");
        assert!(status == "paid" || (status == "held" && may == "yes"), "{reference} is {status}, paid? {may}");
    }
    // A person records what the portal says; then the batch is complete and true.
    for (reference, (status, _)) in house.reports() {
        if status == "held" {
            house.run(&format!("resolve {reference} --paid PORTAL-{reference} --reason portal")).ends(0);
        }
    }
    house.once().ends(0);
    ends(&house, &gateway, &all("SAL", 6, "paid"));
}

/// A ledger that forgot a whole batch: its file lies in accepted/, and somebody drops it again.
#[test]
fn a_file_of_a_batch_that_a_restored_ledger_forgot_pays_nobody_again() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    house.drop_file("june.csv", &payroll("JUNE", 2));
    house.once().ends(0);
    house.run("backup copy.sqlite3").ends(0);
    house.drop_file("july.csv", &payroll("JULY", 2));
    house.once().ends(0);
    house.run("restore copy.sqlite3").ends(0);
    house.drop_file("july.csv", &payroll("JULY", 2));
    house.once().ends(4);
    house.run("resume --reason looked").ends(0);
    house.once();
    house.run("resume --reason looked");
    house.once().ends(3);
    ends(&house, &gateway, &all("JULY", 2, "held"));
    assert_eq!(gateway.debits(), 4);
    house.run("status").ends(0).says("july.csv");
}
