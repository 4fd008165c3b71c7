//! What people read after a run, in the cases that are easily told wrongly.

use super::house::House;

#[test]
fn a_batch_that_awaits_approval_is_not_called_in_doubt() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", 3);
    let said = house.run("run --once").ends(3).says("3 payouts wait for a person to approve or release");
    assert!(!said.out.contains("in doubt"), "{}", said.out);
    house.run("approve B000001 --reason ok").ends(0);
    house.run("run --once").ends(0).says("done: every payout is paid (3 payouts)");
    house.run("run --once").ends(0).says("done: there was nothing to pay");
}

#[test]
fn a_hold_is_told_once_and_in_words() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 1);
    house.run("run --once").ends(0).says("(1 payout)");
    house.drop_payroll("again.csv", "OTHER", 1);
    house.run("run --once").ends(3).says("1 payout waits for a person");
    let why = house.batch(2)["why"].as_str().unwrap_or_default().to_string();
    assert!(why.starts_with("1 row pays the same person"), "{why}");
    assert!(why.contains("the last 20 days"), "{why}");
    let page = std::fs::read_to_string(house.path("batches/STATUS.txt")).expect("STATUS.txt");
    assert!(page.contains("on hold: 1 row pays") && !page.contains("on hold: on hold"), "{page}");
    house.drop_payroll("july.csv", "SAL", 1);
    house.run("run --once").ends(3).says("1 file was rejected");
}

#[test]
fn a_moncash_that_is_down_from_the_start_is_not_called_paying() {
    let house = House::plain();
    let settings = std::fs::read_to_string(house.path("payoutd.toml")).expect("settings");
    let address = settings.split('"').find(|text| text.starts_with("http://")).expect("address").to_string();
    // Nobody listens on port 1.
    house.write("payoutd.toml", &settings.replace(&address, "http://127.0.0.1:1/Api"));
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once --for 3s").ends(4).says("2 payouts are queued or in doubt");
    let page = std::fs::read_to_string(house.path("batches/STATUS.txt")).expect("STATUS.txt");
    assert!(page.contains("july.csv, waiting: MonCash does not answer"), "{page}");
    assert!(!page.contains("under way"), "{page}");
    let summary = house.path("batches/reports/july.B000001.summary.txt");
    let summary = std::fs::read_to_string(summary).expect("summary");
    assert!(summary.contains("State: waiting: MonCash "), "{summary}");
}

#[test]
fn a_summary_says_what_a_batch_waits_for() {
    let house = House::new(&["--balance", "250"], "");
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(4).says("the balance is too low");
    let summary = house.path("batches/reports/july.B000001.summary.txt");
    let summary = std::fs::read_to_string(summary).expect("summary");
    assert!(summary.contains("State: waiting: HTG ") && summary.contains("top up"), "{summary}");
}

#[test]
fn the_journal_says_once_that_money_is_missing() {
    let house = House::new(&["--balance", "250"], "[balance]\npoll = \"1s\"\nbalance_lag = \"1s\"\n");
    house.drop_payroll("july.csv", "SAL", 3);
    let daemon = house.start();
    let lines = || {
        let log = std::fs::read_to_string(house.path("daemon.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("waiting for money")).count()
    };
    house.wait_until("the journal says it", || lines() > 0);
    // Some balance readings later it has not said it again.
    let asked = std::time::Instant::now();
    house.wait_until("some readings", || asked.elapsed() > std::time::Duration::from_secs(4));
    assert_eq!(lines(), 1);
    assert_eq!(daemon.stop(), 0);
}
