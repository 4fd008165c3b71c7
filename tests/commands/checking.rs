//! `payoutd check`: the same judgement as the inbox, and not a byte changed.

use super::house::{House, payroll};

#[test]
fn a_check_says_what_the_inbox_would_and_changes_nothing() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(0);
    house.write("good.csv", &payroll("AUG", 2).replace("100.", "150."));
    house.write("bad.csv", "reference,receiver,amount\nA-1,370,10.00\nA-2,37000001,1.005\nA-2,37000002,5.00\n");
    house.write("known.csv", &format!("{}NEW-1,37000009,5.00,Nine\n", payroll("SAL", 2)));
    house.write("guard.csv", &payroll("AGAIN", 3));
    let before = (house.tree("batches"), house.tree("state"));

    house.run("check good.csv").ends(0).says("2 rows, HTG 300.03: every row is fine").says(": enough");
    let said = house.run("check bad.csv").ends(3).says("rejected as a whole");
    for part in ["line 2, receiver \"370\" [receiver_invalid]", "[amount_too_precise]", "[reference_twice]"] {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
    }
    house.run("check known.csv").ends(3).says("[reference_known]").says("a file of their own");
    house.run("check guard.csv").ends(3).says("[paid_already]").says("on hold");
    house.run("check batches/accepted/july.B000001.csv").ends(3).says("[file_known]");
    house.run("check good.csv missing.csv").ends(1).says("missing.csv");
    house.run("check batches").ends(1).says("is not a file");

    assert!(before == (house.tree("batches"), house.tree("state")), "check changed something");
}

#[test]
fn a_fault_of_every_row_is_told_once() {
    let house = House::plain();
    let row = |n: u32, amount: &str| format!("A-{n};\"36,350,{n:03}\";{amount}\n");
    let amounts = ["10.00", "", "10.00", "10.00"];
    let rows: String = (1..).zip(amounts).map(|(n, amount)| row(n, amount)).collect();
    house.write("commas.csv", &format!("reference;receiver;amount\n{rows}"));
    let said = house.run("check commas.csv").ends(3).says("every row (4) has this, first in line 2, receiver");
    assert_eq!(said.out.matches("[receiver_invalid]").count(), 1, "{}", said.out);
    assert!(said.out.contains("line 3, amount [amount_missing]"), "{}", said.out);
    assert!(said.out.contains("5 problems in 4 rows"), "{}", said.out);
    // One row without it: each of the others is told.
    house.write("some.csv", &format!("reference;receiver;amount\n{rows}B-1;37000001;10.00\n"));
    let said = house.run("check some.csv").ends(3);
    assert_eq!(said.out.matches("[receiver_invalid]").count(), 4, "{}", said.out);
}

#[test]
fn what_the_balance_lacks_is_told_with_fees() {
    let house = House::new(&["--balance", "500"], "[balance]\nfee_percent = \"3\"\nfee_fixed = \"1.00\"\n");
    house.write("august.csv", "reference,receiver,amount\nA-1,37000001,400.00\n");
    house.run("check august.csv").ends(0).says("no ledger yet");
    house.drop_payroll("july.csv", "SAL", 1);
    house.run("run --once").ends(0);
    // 413 are wanted, and 500 − 104.02 are left in the account, of which the simulator took no fee.
    house.run("check august.csv").ends(0).says("With fees HTG 413.00").says("are missing");
}

#[test]
fn a_file_can_be_checked_without_any_configuration() {
    let house = House::plain();
    let alone = tempfile::tempdir().expect("folder");
    std::fs::write(alone.path().join("a.csv"), payroll("A", 2)).expect("write");
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_payoutd"));
        command.current_dir(alone.path()).env_remove("PAYOUTD_CONFIG").args(args).output().expect("run")
    };
    let out = run(&["check", "a.csv"]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(run(&["check", "--online", "a.csv"]).status.code(), Some(2));
    assert_eq!(std::fs::read_dir(alone.path()).expect("folder").count(), 1, "check made something");
    drop(house);
}

#[test]
fn every_receiver_is_asked_about_online() {
    let house = House::new(&["--unknown", "37000002", "--inactive", "37000003"], "");
    house.write("a.csv", &payroll("A", 4));
    let said = house.run("check --online a.csv").ends(3);
    assert!(said.out.contains("line 3, receiver \"50937000002\" [customer_status]"), "{}", said.out);
    assert!(said.out.contains("line 4, receiver \"50937000003\""), "{}", said.out);
    assert!(said.out.contains("4 receivers: 2 can be paid, 2 perhaps not, 0 without"), "{}", said.out);

    std::fs::write(house.path("faults.toml"), "[[fault]]\ncall = \"customer\"\nkind = \"error\"\n").expect("write");
    let faults = house.path("faults.toml");
    let deaf = House::new(&["--faults", &faults.to_string_lossy()], "");
    deaf.write("a.csv", &payroll("A", 9));
    deaf.run("check --online a.csv").ends(1).says("9 without an answer");
}
