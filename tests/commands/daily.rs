//! The reconciliation that runs by itself, and an alarm that stays until somebody acknowledges it.

use super::house::House;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAILY: &str = "[reconcile]\ndaily = \"00:00\"\n";

/// A zone in which a day has just begun: what happened until this was called was yesterday.
pub fn zone_after_midnight() -> String {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    let midnight = now() + 1;
    while now() < midnight {
        std::thread::sleep(Duration::from_millis(20));
    }
    let to_midnight = 86_400 - midnight % 86_400;
    format!("AAA-{:02}:{:02}:{:02}", to_midnight / 3600, to_midnight / 60 % 60, to_midnight % 60)
}

fn names(house: &House, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(house.path(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    // One that is being written has no name yet that people see.
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

fn summaries(house: &House) -> Vec<String> {
    let is_one = |name: &String| name.starts_with("reconciliation-") && name.ends_with(".summary.txt");
    names(house, "batches/reports").into_iter().filter(is_one).collect()
}

fn read(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn yesterday_is_reconciled_by_itself_once_and_in_the_language_of_the_house() {
    let house = House::new(&[], &format!("{DAILY}[reports]\nlanguage = \"fr\"\n"));
    house.drop_payroll("july.csv", "SAL", 40);
    house.run("run --once").ends(0);
    assert!(!house.path("state/reconciled").exists(), "a run that ends has no days");
    let zone = zone_after_midnight();
    let running = house.start_in(&zone);
    house.wait_until("the daily reconciliation", || house.path("state/reconciled").exists());
    assert_eq!(running.stop(), 0);
    let [summary] = &summaries(&house)[..] else { panic!("{:?}", names(&house, "batches/reports")) };
    let page = read(&house, &format!("batches/reports/{summary}"));
    let mut lines = page.lines();
    assert!(lines.next().is_some_and(|line| line.starts_with("SIMULATION")), "{page}");
    let answer = "MonCash et le registre sont d’accord sur tous les paiements\u{a0}: 40 lignes, HTG 4 008.20.";
    assert!(lines.next().is_some_and(|line| line.starts_with(answer)), "{page}");
    let rows = read(&house, &format!("batches/reports/{}", summary.replace(".summary.txt", ".csv")));
    assert_eq!(rows.matches(",match,").count(), 40, "{rows}");
    assert!(names(&house, "batches/alarms").is_empty());
    // The chain's head in it is held against the ledger, whatever the language.
    house.run("verify").ends(0).says("2 chain heads of summaries");

    // Started again on the same day it has nothing to do.
    let running = house.start_in(&zone);
    house.drop_payroll("august.csv", "AUG", 2);
    house.wait_until("the next payroll", || house.state_of(2) == "on_hold");
    assert_eq!(running.stop(), 0);
    assert_eq!(summaries(&house).len(), 1);
}

#[test]
fn an_alarm_stands_in_status_and_journal_until_a_person_acknowledges_it_with_a_reason() {
    let house = House::new(&[], &format!("{DAILY}[approval]\nabove = \"0\"\n"));
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    house.run("cancel B000001 --reason twice").ends(0);
    house.run("run --once").ends(3);
    // Somebody else pays one of the references from the same account.
    let config = read(&house, "payoutd.toml").replace("above = \"0\"", "above = \"none\"").replace(DAILY, "");
    house.write("other.toml", &format!("{config}[folders]\nbatches = \"other/batches\"\nstate = \"other/state\"\n"));
    std::fs::create_dir_all(house.path("other/batches/inbox")).expect("inbox");
    house.write("other/batches/inbox/one.csv", "reference,receiver,amount\nSAL-2,37000002,100.02\n");
    house.run("--config other.toml run --once").ends(0);

    let running = house.start_in(&zone_after_midnight());
    house.wait_until("the alarm", || !names(&house, "batches/alarms").is_empty());
    let alarms = names(&house, "batches/alarms");
    let [alarm] = &alarms[..] else { panic!("{alarms:?}") };
    let text = read(&house, &format!("batches/alarms/{alarm}"));
    assert!(text.contains("ALARM: MonCash paid 1 payout (HTG 100.02)"), "{text}");
    assert!(text.contains("SAL-2 (B000001, cancelled)") && text.contains(&format!("--acknowledge {alarm}")), "{text}");
    let told = || read(&house, "batches/STATUS.txt");
    house.wait_until("STATUS.txt", || told().contains("ALARM: a reconciliation found"));
    assert_eq!(running.stop(), 0);
    let journal = read(&house, "daemon.log");
    assert!(journal.contains("ALARM: MonCash paid a payout that the ledger calls unpaid"), "{journal}");
    assert!(journal.contains("an ALARM that nobody has acknowledged lies in alarms/"), "{journal}");

    // It outlives the process that found it.
    let running = house.start();
    house.wait_until("STATUS.txt", || told().contains(&format!("alarms/{alarm}")));
    house.run("status").ends(0).says("ALARM: a reconciliation found");
    house.run("status --json").ends(0).says(&format!("\"{alarm}\""));
    house.run(&format!("reconcile --acknowledge {alarm}")).ends(2);
    house.run_args(&["reconcile", "--acknowledge", alarm, "--reason", " "]).ends(2);
    house.run("reconcile --acknowledge other.txt --reason x").ends(1).says(alarm);
    assert_eq!(names(&house, "batches/alarms"), std::slice::from_ref(alarm));
    house.run_args(&["reconcile", "--acknowledge", alarm, "--reason", "Jean paid her by the portal"]).ends(0);
    assert!(names(&house, "batches/alarms").is_empty());
    house.wait_until("STATUS.txt", || !told().contains("ALARM"));
    assert_eq!(running.stop(), 0);
    let filed = names(&house, "batches/reports").into_iter().find(|name| name.contains("acknowledged"));
    let filed = read(&house, &format!("batches/reports/{}", filed.expect("the alarm, filed")));
    assert!(filed.starts_with(&text) && filed.contains(": Jean paid her by the portal"), "{filed}");
}
