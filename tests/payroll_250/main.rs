//! The measure of the whole thing, by the simulator's own count: a payroll of 250 people is dropped
//! while the daemon runs, dropped again, dropped under another name — each person is paid once.
//!
//! Must never: ask the product's ledger, or reach beyond loopback.

mod house;
mod workbook;

use house::{House, SETTLE, Simulator, hashes, names_in, payroll, until};
use std::fs;
use std::io::Write;
use std::time::Instant;
use support::left_out;

/// Rows of the file whose admission is cut off: many slices.
const MANY: usize = 20_000;

#[test]
fn two_hundred_and_fifty_people_are_paid_once_however_often_the_file_is_dropped() {
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator, "");
    let text = payroll("JUL", 250);
    let mut daemon = house.start(&["run"]);
    house.drop_file("juillet.csv", &text);
    until("the first people are paid", || simulator.debits().0 > 5);
    house.drop_file("juillet.csv", &text);
    house.drop_file("juillet (copie).csv", &text);
    until("everybody is paid", || simulator.debits().0 == 250);
    until("the report is final", || house.read("reports", ".summary.txt").contains("\nFINAL"));
    until("both copies are rejected", || house.named("rejected", ".errors.csv").len() == 2);
    until("STATUS.txt is there", || house.place("STATUS.txt").exists());
    assert_eq!(daemon.terminate(), Some(0), "SIGTERM drains and ends well");

    let (debits, references, twice) = simulator.debits();
    assert_eq!((debits, references, twice), (250, 250, 0), "each person once, by the simulator's own count");
    let report = house.read("reports", ".report.csv");
    let lines: Vec<&str> = report.lines().filter(|line| line.contains("JUL-")).collect();
    assert_eq!(lines.len(), 250, "one line for each row");
    assert!(lines.iter().all(|line| line.contains(",paid,")), "{report}");
    let summary = house.read("reports", ".summary.txt");
    assert!(summary.contains("All 250 people were paid"), "{summary}");
    for errors in house.named("rejected", ".errors.csv") {
        let told = fs::read_to_string(house.place("rejected").join(&errors)).unwrap();
        let mut words = told.lines();
        assert_eq!(words.next(), Some("line,column,value,code,problem"));
        let problem = words.next().unwrap_or_default();
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-").to_string();
        for part in ["B000001", today.as_str(), "paid"] {
            assert!(told.contains(part), "{errors} does not say {part}: {problem}");
        }
    }
    let kept = hashes(&[house.place("accepted"), house.place("rejected")]);
    let original = house::hash_of(text.as_bytes());
    assert_eq!(kept.iter().filter(|hash| **hash == original).count(), 3, "all three files are kept, unchanged");
    assert!(names_in(&house.place("inbox")).is_empty() && names_in(&house.place("processing")).is_empty());
}

#[test]
fn a_run_once_ends_with_0_then_3_and_with_4_until_there_is_money() {
    let simulator = Simulator::start(&["--balance", "2000.00"]);
    let house = House::build(&simulator, "");
    assert_eq!(house.once(), Some(0), "nothing to do is done");
    house.drop_file("petit.csv", "reference,receiver,amount\nA-1,30000001,500.00\n");
    assert_eq!(house.once(), Some(0), "every payout is paid");
    house.drop_file("petit.csv", "reference,receiver,amount\nA-1,30000001,500.00\n");
    assert_eq!(house.once(), Some(3), "something was rejected");
    house.drop_file("grand.csv", "reference,receiver,amount\nB-1,30000003,900.00\nB-2,30000004,900.00\n");
    assert_eq!(house.once(), Some(4), "the balance is too low for the second");
    assert_eq!(simulator.debits().0, 2);
    let summary = house.read("reports", "grand.B000002.summary.txt");
    assert!(summary.lines().nth(1).is_some_and(|line| line.starts_with("NOT FINAL")), "{summary}");
    assert_eq!(house.once(), Some(4), "and still is");
    simulator.top_up("1000.00");
    assert_eq!(house.once(), Some(0), "with money it goes on by itself");
    assert_eq!(simulator.debits(), (3, 3, 0));
}

#[test]
fn a_kill_in_the_middle_of_an_admission_leaves_no_half_batch() {
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator, "[approval]\nabove = \"0\"\n");
    let text = payroll("BIG", u32::try_from(MANY).unwrap());
    house.drop_file("grand.csv", &text);
    for _ in 0..4 {
        let before = house.ledger_size();
        let mut daemon = house.start(&["run"]);
        // Killed while rows are on their way into the ledger: it has grown, and nothing is accepted.
        until("rows go into the ledger", || {
            house.ledger_size() > before + 400_000 || !names_in(&house.place("accepted")).is_empty()
        });
        daemon.kill();
        let rows = house.rows_told("BIG-");
        assert!(rows.is_empty() || rows == [MANY], "half a batch is told: {rows:?}");
    }
    let mut daemon = house.start(&["run"]);
    until("the file is admitted", || house.named("accepted", ".csv").len() == 1);
    until("a report of every row", || house.rows_told("BIG-") == [MANY]);
    assert_eq!(daemon.terminate(), Some(0));
    assert_eq!(house.rows_told("BIG-"), [MANY], "one batch, whole");
    assert_eq!(simulator.debits().0, 0, "nobody approved it");
    assert!(names_in(&house.place("processing")).is_empty() && house.named("rejected", "").is_empty());
}

#[test]
fn a_file_that_still_grows_is_not_taken() {
    if !(0..9).any(|_| grows_beside_others()) {
        left_out(
            "a file that still grows",
            &format!("each time this machine paused for {SETTLE:?} between two pieces"),
        );
    }
}

/// A file grows in small pieces while whole files beside it are dropped and taken, for each of which the daemon looks
/// at the inbox twice or more. `false`: this machine stood still between two pieces, so that it was taken rightly.
fn grows_beside_others() -> bool {
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator, "");
    let mut daemon = house.start(&["run"]);
    let inbox = house.place("inbox");
    let text = payroll("GROW", 5_000);
    let mut growing = fs::File::create(inbox.join("lent.csv")).unwrap();
    let (mut written, mut last) = (0, Instant::now());
    for whole in ["un.csv", "deux.csv", "trois.csv"] {
        house.drop_file(whole, &format!("reference,receiver,amount\n{whole},39000001,{}.50\n", 100 + written));
        while inbox.join(whole).exists() {
            let before = std::mem::replace(&mut last, Instant::now());
            growing.write_all(&text.as_bytes()[written..written + 7]).unwrap();
            written += 7;
            if !inbox.join("lent.csv").exists() {
                let pause = before.elapsed();
                assert!(pause >= SETTLE, "taken with {written} bytes, {pause:?} after the piece before");
                return false;
            }
            // Time for a daemon that does not wait to take it whole.
            std::thread::sleep(SETTLE / 3);
        }
    }
    // To the end of its row.
    let end = written + text[written..].find('\n').unwrap() + 1;
    growing.write_all(&text.as_bytes()[written..end]).unwrap();
    let people = text[..end].lines().count() as u64 - 1;
    until("everybody is paid", || simulator.debits().0 == people + 3);
    assert_eq!(daemon.terminate(), Some(0));
    assert_eq!(simulator.debits(), (people + 3, people + 3, 0));
    assert!(people > 0 && house.named("rejected", "").is_empty());
    true
}
