//! Commands that tell: status, explain, report, verify, reconcile, doctor, moncash, simulate.

use super::house::House;

#[test]
fn a_house_without_a_ledger_is_told_and_no_error() {
    let house = House::plain();
    house.run("status").ends(0).says("There is no ledger");
    let said = house.run("status --json").ends(0);
    let status: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(status["batches"], serde_json::json!([]));
    for line in ["explain SAL-1", "report", "verify", "backup copy", "reconcile", "pause", "hold SAL-1 --reason x"] {
        house.run(line).ends(1).says("there is no ledger");
    }
    assert!(!house.path("state").exists() && !house.path("copy").exists());
}

#[test]
fn a_paid_payroll_is_told_in_every_way() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(0);

    house.run("status").ends(0).says("july.csv").says("SIMULATION");
    let batch = house.batch(1);
    assert_eq!((&batch["state"], &batch["counts"]["paid"]), (&"complete".into(), &3.into()));

    let told = house.run("explain sal-0002").ends(1);
    assert!(told.err.contains("knows no reference") && told.out.is_empty());
    let told = house.run("explain sal-2").ends(0).says("SAL-2: paid").says("raw answer");
    let known = |word: &&str| word.starts_with("SIM-") && word.len() > 6;
    let transaction = told.out.split_whitespace().find(known).expect("a transaction id");
    house.run(&format!("explain {}", transaction.trim_end_matches(','))).ends(0).says("SAL-2: paid");
    house.run("explain 3700-0002").ends(0).says("SAL-2: paid");
    let page = house.run("explain SAL-1 --json").ends(0).out;
    let page: serde_json::Value = serde_json::from_str(&page).expect("JSON");
    assert_eq!(page["payouts"][0]["reference"], "SAL-1");

    let said = house.run("verify").ends(0).says("agrees with itself");
    assert!(said.out.contains("1 chain heads of summaries"), "{}", said.out);
    let said = house.run("reconcile --print").ends(0);
    assert_eq!(said.out.matches(",match,").count(), 3, "{}", said.out);
    assert!(said.err.contains("balance now"), "{}", said.err);
    house
        .run("doctor")
        .ends(0)
        .says("credentials: MonCash gave a token")
        .says("account: balance")
        .says("clock: agrees");
}

#[test]
fn a_report_that_was_lost_or_edited_is_written_again_and_a_newer_one_is_left() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(0);
    let report = house.path("batches/reports/july.B000001.report.csv");
    let whole = std::fs::read(&report).expect("report");
    std::fs::remove_file(&report).expect("remove");
    house.run("report B000001").ends(0).says("july.B000001.report.csv (final)");
    assert_eq!(std::fs::read(&report).expect("report"), whole);
    std::fs::write(&report, "edited").expect("write");
    house.run("report").ends(0);
    assert_eq!(std::fs::read(&report).expect("report"), whole);

    house.run("report B000009").ends(1).says("no batch B000009");
    house.run("report july").ends(2).says("such as B000012");

    // A summary from an event that this ledger has not reached.
    let summary = house.path("batches/reports/july.B000001.summary.txt");
    let text = std::fs::read_to_string(&summary).expect("summary");
    let newer = text.replace("ledger event ", "ledger event 9");
    assert_ne!(newer, text);
    std::fs::write(&summary, &newer).expect("write");
    std::fs::write(&report, "newer").expect("write");
    house.run("report").ends(1).says("has not reached");
    assert_eq!(std::fs::read_to_string(&report).expect("report"), "newer");
    assert_eq!(std::fs::read_to_string(&summary).expect("summary"), newer);
}

#[test]
fn verify_finds_what_was_changed_by_hand_or_cut_off() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(0);
    let summary = house.path("batches/reports/july.B000001.summary.txt");
    let text = std::fs::read_to_string(&summary).expect("summary");
    let at = text.find("Chain head: ").expect("head") + "Chain head: ".len();
    std::fs::write(&summary, format!("{}9{}", &text[..at], &text[at..])).expect("write");
    house.run("verify").ends(6).says("is missing").says("pay nobody by hand");
    std::fs::write(&summary, &text).expect("write");
    house.run("verify").ends(0);

    let ledger = rusqlite::Connection::open(house.path("state/ledger.sqlite3")).expect("open");
    ledger.execute("UPDATE event SET at = at + 1 WHERE seq = 3", []).expect("update");
    drop(ledger);
    house.run("verify").ends(6).says("event 3");
}

#[test]
fn reconcile_tells_a_debit_that_the_ledger_knows_nothing_of_and_a_statement_is_held_against_it() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(1), "awaiting_approval");
    // Nothing was paid yet, and MonCash knows nothing of it: they agree.
    house.run("reconcile --batch B000001").ends(0);
    house.run("approve B000001 --reason ok").ends(0);
    assert_eq!((house.state_of(1), house.batch(1)["why"].as_str()), ("waiting".into(), Some("payoutd is not running")));
    house.run("run --once").ends(0);
    let today = jiff::Zoned::now().date();
    house.run(&format!("reconcile --print --from {today} --to {today}")).ends(0).says("SAL-1");
    let said = house.run("reconcile --print --from 2020-01-01 --to 2020-01-31").ends(0);
    assert!(!said.out.contains("SAL-1"));
    house.run("reconcile --batch B000007").ends(1).says("no batch");
    house.run("reconcile --from 2026-02-01 --to 2026-01-01").ends(2);

    house.write("good.csv", "reference;amount\nSAL-1;100.01\nSAL-2;-100.02\n");
    house.run("reconcile --statement good.csv").ends(0).says("differs from the ledger on 0 rows");
    house.write("bad.csv", "reference,amount\nSAL-1,100.01\nSAL-1,100.01\nOTHER-7,5.00\n");
    let said = house.run("reconcile --print --statement bad.csv").ends(3);
    for part in ["twice", "only_ours", "OTHER-7", "only_theirs"] {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
    house.write("named.csv", "Journal\n\nNo;Somme\nSAL-1;100,01\nSAL-2;99,02\n");
    let columns = ["--statement-reference", "no", "--statement-amount", "somme"];
    let said = house.run_args(&[&["reconcile", "--print", "--statement", "named.csv"][..], &columns].concat()).ends(3);
    assert!(said.out.contains(",matched,") && said.out.contains(",different_amount,"), "{}", said.out);
    house.write("odd.csv", "a,b\n1,2\n");
    house.run("reconcile --statement odd.csv").ends(2).says("names no column");
}

#[test]
fn the_doctor_tells_whose_fault_it_is() {
    let house = House::new(&["--collection-client-id", "collector"], "");
    let config = std::fs::read_to_string(house.path("payoutd.toml")).expect("config");
    house.write("payoutd.toml", &config.replace("client_id = \"client_id\"", "client_id = \"collector\""));
    house.run("doctor").ends(1).says("credentials of the collection account");
    house.write("payoutd.toml", &config.replace("client_id = \"client_id\"", "client_id = \"nobody\""));
    house.run("doctor").ends(1).says("MonCash refused them");
    house.run("doctor --offline").ends(0).says("MonCash was not asked");

    let house = House::new(&["--payouts-disabled"], "");
    house.run("doctor").ends(1).says("payouts are not enabled");
    house.run("moncash balance").ends(1).says("No short code");
}

#[test]
fn one_call_of_the_rest_api_is_made_for_a_person_and_none_of_them_pays() {
    let house = House::new(&["--unknown", "*99"], "");
    house.run("moncash token").ends(0).says("access token");
    house.run("moncash balance").ends(0).says("HTG");
    house.run("moncash customer 37000001").ends(0).says("active");
    house.run("moncash customer 37000099").ends(1).says("Customer not found");
    house.run("moncash status SAL-1").ends(1).says("find");
    house.run("moncash create-payment --amount 10 --order A1").ends(0).says("Payment page");
    house.run("moncash payment --order A1").ends(1);
    house.run("moncash transfert").ends(2);
}

#[test]
fn the_simulator_refuses_other_machines_and_fault_files_that_are_wrong() {
    let house = House::plain();
    house.run("simulate --listen 0.0.0.0:80").ends(2).says("this machine alone");
    house.write("faults.toml", "[[fault]]\nkind = \"nonsense\"\n");
    house.run("simulate --listen 127.0.0.1:0 --faults faults.toml").ends(2).says("faults.toml");
}

#[test]
fn a_simulators_ledger_is_looked_at_without_a_configuration() {
    let house = House::plain();
    std::fs::remove_file(house.path("payoutd.toml")).expect("configuration");
    house.run("run").ends(2).says("there is none");
    house.run("run --simulator --once").ends(0);
    house.run("status").ends(0).says("simulator");
    house.run("run").ends(2).says("there is none");
}
