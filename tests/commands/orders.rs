//! Orders of people, with a daemon and without one.

use super::house::House;

const APPROVAL: &str = "[approval]\nabove = \"0\"\n";

#[test]
fn a_batch_is_approved_held_and_cancelled_without_a_daemon() {
    let house = House::new(&[], APPROVAL);
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(1), "awaiting_approval");

    house.run("hold SAL-2 --reason absent").ends(0).says("SAL-2 (batch B000001, line 3): queued").says("is held");
    house.run("cancel sal-3 --reason left").ends(0).says("SAL-3 is cancelled");
    house.run("approve B000001 --reason checked").ends(0).says("awaiting_approval, 3 rows").says("is approved");
    house.run("approve B000001 --reason again").ends(1).says("does not wait for approval");
    house.run("release SAL-2 --reason back").ends(0).says("is released");
    house.run("run --once").ends(3);
    house.run("explain SAL-2").ends(0).says("SAL-2: paid").says("order of").says("absent");
    house.run("explain SAL-3").ends(0).says("SAL-3: cancelled").says("left");
    house.run("cancel B000001 --reason late").ends(1).says("nothing can be ordered");
    house.run("cancel SAL-1 --reason late").ends(1).says("cannot be done to SAL-1, which is paid");
}

#[test]
fn what_the_ledger_does_not_know_cannot_be_ordered_about() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 1);
    house.run("run --once").ends(0);
    for line in ["hold SAL-9 --reason x", "cancel B000009 --reason x", "resolve SAL-9 --not-paid --reason x"] {
        house.run(line).ends(1).says("nothing was done");
    }
    house.run("resolve SAL-1 --paid '' --reason x").ends(2);
    house.run("approve SAL-1").ends(2);
}

/// Two people keep it back for two reasons: an answer says which one is left.
#[test]
fn an_approval_of_a_batch_on_hold_says_that_nothing_goes_and_so_does_a_release_without_approval() {
    let house = House::new(&[], APPROVAL);
    for (file, first, then) in [
        ("july.csv", ("approve", "approved and still on hold: nothing goes"), ("release", "payouts go")),
        ("august.csv", ("release", "released and still waits for approval: nothing goes"), ("approve", "payouts go")),
    ] {
        let batch = if file == "july.csv" { "B000001" } else { "B000002" };
        house.drop_payroll(file, batch, 2);
        house.run("run --once");
        // The second one is held by the guard for the same people and amounts.
        house.run(&format!("hold {batch} --reason wait"));
        house.run(&format!("{} {batch} --reason ok", first.0)).ends(0).says(first.1);
        house.run(&format!("{} {batch} --reason ok", then.0)).ends(0).says(then.1);
    }
}

#[test]
fn orders_reach_a_running_daemon() {
    let house = House::new(&[], APPROVAL);
    let daemon = house.start();
    house.run("pause --reason lunch").ends(0).says("paused");
    house.drop_payroll("july.csv", "SAL", 4);
    house.wait_until("the batch is admitted", || house.state_of(1) == "awaiting_approval");
    house.run("approve B000001 --reason ok").ends(0).says("4 payouts go");
    house.run("hold B000001 --reason wait").ends(0);
    house.wait_until("the hold shows", || house.state_of(1) == "on_hold");
    house.run("release B000001 --reason go").ends(0);
    house.run("status").ends(0).says("PAUSED");
    house.run("resume").ends(0).says("paused by").says("the pause is lifted");
    house.run("resume").ends(1).says("nothing was stopped");
    house.wait_until("all are paid", || house.state_of(1) == "complete");
    // What takes the ledger for itself waits for the daemon to be gone.
    house.run("backup copy").ends(0);
    house.run("restore copy").ends(5).says("another payoutd");
    house.run("report").ends(0);
    house.run("verify").ends(0);
    house.run("reconcile").ends(0).says("takes half");
    assert_eq!(daemon.stop(), 0);
}

/// One payout that MonCash calls paid to somebody else, without having paid it.
const WRONG_ECHO: &str = r#"
[[fault]]
call = "transfer"
reference = "SAL-1"
kind = "answer"
pays = "no"
body = '{"path":"/Api/v1/Transfert","transfer":{"transaction_id":"SIM-1","amount":100.01,"message":"successful","receiver":"50911111111"},"timestamp":1,"status":200}'
"#;

fn held() -> House {
    let files = tempfile::tempdir().expect("folder");
    let faults = files.path().join("faults.toml");
    std::fs::write(&faults, WRONG_ECHO).expect("write");
    let more = "[safety]\ngrace = \"1s\"\nask_every = \"1s\"\nask_at_most_every = \"1s\"\n[balance]\npoll = \"1s\"\nbalance_lag = \"1s\"\n";
    let house = House::new(&["--faults", &faults.to_string_lossy()], more);
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(1), "needs_person");
    house
}

#[test]
fn a_held_payout_is_touched_by_resolve_alone() {
    let house = held();
    house.run("status").ends(0).says("payoutd resolve SAL-1");
    house.run("release SAL-1 --reason x").ends(1).says("never touches doubt");
    house.run("cancel SAL-1 --reason x").ends(1).says("may already be paid");
    let transaction = "12874820";
    house.run(&format!("resolve SAL-1 --paid {transaction} --reason statement")).ends(0).says("recorded as paid");
    house.run(&format!("explain {transaction}")).ends(0).says("SAL-1: paid").says("statement");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(1), "complete");
    // MonCash knows nothing of it: reconcile says so, and changes nothing.
    house.run("reconcile --print").ends(3).says("paid_here_not_there").says("change nothing before");
    house.run("explain SAL-1").ends(0).says("SAL-1: paid");
}

#[test]
fn what_a_person_calls_not_paid_is_asked_about_once_more() {
    let house = held();
    house.wait_until("the grace is served", || house.run("resolve SAL-1 --not-paid --reason statement").code == 0);
    house.run("explain SAL-1").ends(0).says("SAL-1: cancelled");
    house.run("verify").ends(0);
}

#[test]
fn a_ledger_accepts_a_new_client_id_only_when_nothing_is_in_doubt() {
    let house = held();
    let config = std::fs::read_to_string(house.path("payoutd.toml")).expect("config");
    let rotated = config.replace("client_id = \"client_id\"", "client_id = \"rotated\"");
    house.write("payoutd.toml", &rotated);
    house.run("run --once").ends(2).says("rebind");
    house.run("doctor --offline").ends(1).says("it belongs to");
    house.run("rebind --reason rotated").ends(1).says("may have been paid by the old account");
    house.write("payoutd.toml", &config);
    house.run("rebind --reason nothing").ends(0).says("already");
    house.run("resolve SAL-1 --paid 77 --reason statement").ends(0);
    house.write("payoutd.toml", &config.replace("\"simulator\"", "\"sandbox\""));
    house.run("rebind --reason trick").ends(2).says("folders] state of its own");
    house.write("payoutd.toml", &rotated);
    house.run("rebind --reason rotated").ends(0).says("Now it belongs to");
    house.run("verify").ends(0);
}
