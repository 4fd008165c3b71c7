//! More than one machine, or one that was put back: what MonCash is asked protects, what the folders
//! tell, and where only a person knows.

use super::gateway::{Act, Gateway};
use super::house::{GRACE, House, copy_folder, payroll};
use std::fs;
use std::time::Duration;

const LIVE: &str = "[approval]\nabove = \"none\"\n";
/// Everything waits for an approval: so that a moment before the first Transfert can be kept.
const APPROVED: &str = "[approval]\nabove = \"0\"\n";

const EVERYBODY: [&str; 4] = ["SAL-1", "SAL-2", "SAL-3", "SAL-4"];

fn everybody(status: &'static str) -> Vec<(&'static str, &'static str, usize)> {
    EVERYBODY.iter().map(|reference| (*reference, status, 1)).collect()
}

/// A machine that was put back, state and batches folder alike, to the moment before it paid; SAL-2's
/// money takes its time.
fn put_back(gateway: &Gateway, landing: Duration) -> House {
    let house = House::build(gateway, APPROVED);
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(3);
    for folder in ["state", "batches"] {
        copy_folder(&house.path(folder), &house.path("snapshot").join(folder));
    }
    gateway.script("SAL-2", [Act::Breaks(Some(landing))]);
    let mut daemon = house.start("run");
    house.run("approve B000001 --reason ok").ends(0);
    house.until("everybody was sent to", || gateway.debits() == 4);
    daemon.kill();
    for folder in ["state", "batches"] {
        fs::remove_dir_all(house.path(folder)).expect("remove");
        fs::rename(house.path("snapshot").join(folder), house.path(folder)).expect("put back");
    }
    house
}

#[test]
fn a_machine_put_back_to_a_snapshot_pays_nobody_again_whom_moncash_knows() {
    let gateway = Gateway::open();
    let house = put_back(&gateway, Duration::ZERO);
    // Nothing is told by itself: ledger and mark are of one day.
    let said = house.run("status").ends(0);
    assert!(!said.text.contains("may be older"), "{}", said.text);
    house.run("verify").ends(0);
    house.run("approve B000001 --reason again").ends(0);
    house.once().ends(3);
    house.ends(&gateway, &everybody("held"));
    assert_eq!(gateway.debits(), 4);
}

/// README: before anything else, `pause --distrust`. Then also the call that nobody knows of yet is found.
#[test]
fn a_distrusted_snapshot_waits_out_the_grace_of_the_calls_that_it_forgot() {
    let gateway = Gateway::open();
    let house = put_back(&gateway, GRACE - Duration::from_millis(500));
    house.run_words(&["pause", "--distrust", "--reason", "snapshot of Monday"]).ends(0);
    house.run("approve B000001 --reason again").ends(0);
    let sent = gateway.log().len();
    house.drop_file("august.csv", &payroll("AUG", 1));
    house.once().ends(4).says("snapshot of Monday");
    assert!(house.path("batches/inbox/august.csv").exists(), "admitted by a ledger that is distrusted");
    let later = gateway.log();
    assert!(later.iter().skip(sent).all(|called| called.call != "transfer"), "sent before a person looked");
    house.run("resume --reason looked").ends(0);
    house.once().ends(3);
    house.ends(&gateway, &everybody("held"));
    assert_eq!(gateway.transfers_of("SAL-2"), 1);
}

#[test]
fn a_second_machine_with_the_same_account_pays_nobody_whom_the_first_has_paid() {
    let gateway = Gateway::open();
    gateway.script("SAL-3", [Act::Breaks(Some(Duration::ZERO))]);
    let first = House::build(&gateway, LIVE);
    first.drop_file("july.csv", &payroll("SAL", 4));
    first.once().ends(0);
    let second = House::build(&gateway, LIVE);
    second.drop_file("july.csv", &payroll("SAL", 4));
    second.once().ends(3).says("4 payouts are declined, cancelled or held");
    first.ends(&gateway, &everybody("paid"));
    second.ends(&gateway, &everybody("held"));
    let page = fs::read_to_string(second.path("batches/STATUS.txt")).expect("STATUS.txt");
    assert!(page.contains("do not pay by hand"), "{page}");
    assert_eq!(gateway.debits(), 4);
}

/// The machine is cloned while a payroll is on hold; both copies are then told to go on, one after the
/// other, as happens when the old one wakes up after its stand-in.
#[test]
fn a_clone_that_wakes_up_after_its_stand_in_pays_nobody_again() {
    let gateway = Gateway::open();
    let first = House::build(&gateway, APPROVED);
    first.drop_file("july.csv", &payroll("SAL", 4));
    first.once().ends(3);
    let stand_in = House::build(&gateway, APPROVED);
    fs::remove_dir_all(stand_in.path("batches")).expect("remove");
    for folder in ["state", "batches"] {
        copy_folder(&first.path(folder), &stand_in.path(folder));
    }
    for house in [&stand_in, &first] {
        house.run("approve B000001 --reason go").ends(0);
    }
    stand_in.once().ends(0);
    first.once().ends(3);
    stand_in.ends(&gateway, &everybody("paid"));
    first.ends(&gateway, &everybody("held"));
    assert_eq!(gateway.debits(), 4);
}

#[test]
fn two_payoutds_on_one_state_folder_are_one() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, LIVE);
    let mut daemon = house.start("run");
    house.until("the daemon works", || house.path("state/live.json").exists());
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(5);
    house.until("everybody is paid", || gateway.debits() == 4);
    house.until("the report is final", || house.reports().values().all(|(status, _)| status == "paid"));
    assert_eq!(daemon.stop(), 0);
    house.ends(&gateway, &everybody("paid"));
}

/// The status service of another account knows nothing of what ours paid.
#[test]
fn a_ledger_does_not_follow_its_settings_to_another_account() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "ask_for = \"20s\"\n[approval]\nabove = \"none\"\n");
    gateway.script("SAL-1", [Act::Breaks(Some(Duration::from_millis(1500)))]);
    house.drop_file("july.csv", &payroll("SAL", 4));
    let mut daemon = house.start("run");
    house.until("it is sent", || gateway.transfers_of("SAL-1") == 1);
    daemon.kill();
    let settings = fs::read_to_string(house.path("payoutd.toml")).expect("settings");
    fs::write(house.path("payoutd.toml"), settings.replace("\"story\"", "\"another\"")).expect("write");
    let asked = gateway.log().len();
    house.once().ends(2).says("rebind");
    house.run("rebind --reason new").ends(1);
    assert_eq!(gateway.log().len(), asked, "the other account was asked");
    fs::write(house.path("payoutd.toml"), settings).expect("write");
    house.once().ends(0);
    house.ends(&gateway, &everybody("paid"));
}

/// The same client id whose tokens open another account's status service: it denies everything.
#[test]
fn a_status_service_that_denies_what_it_must_know_gets_nobody_paid_twice() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "ask_for = \"8s\"\n[approval]\nabove = \"none\"\n");
    gateway.script("SAL-2", [Act::Breaks(Some(Duration::ZERO))]);
    gateway.blind(true);
    house.drop_file("july.csv", &payroll("SAL", 4));
    house.once().ends(3);
    house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "held", 1), ("SAL-4", "paid", 1)]);
    assert!(gateway.calls("status", "SAL-2").len() > 5, "it was hardly asked");
    assert_eq!(gateway.transfers_of("SAL-2"), 1);
    gateway.blind(false);
    house.run("resolve SAL-2 --ask-again --reason sees").ends(0);
    house.once().ends(0);
    house.ends(&gateway, &everybody("paid"));
}
