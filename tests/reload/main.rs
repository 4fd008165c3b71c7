//! SIGHUP lets the built program read its configuration again while it pays: what is taken shows in what
//! MonCash receives, what is not is said by name, and a bad file changes nothing.
//!
//! Where a test says that nothing is sent, the rate is one call in a thousand seconds: no luck is needed for it.
//!
//! Must never: judge by what the program says of itself alone.

#[path = "../old_ledgers/bank.rs"]
mod bank;
mod house;
#[allow(dead_code)]
#[path = "../gauntlet/wire.rs"]
mod wire;

use house::{File, House, NEVER_AGAIN};
use rustix::process::Signal;

const FAST: &str = "200";

#[test]
fn a_new_rate_is_taken_while_people_are_paid_and_an_older_one_again() {
    let slow = File::default();
    let house = House::new(&slow);
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 30);
    house.wait_for_sent("JUL", 1);
    let told = daemon.reload(&File { rate: FAST, ..slow.clone() });
    assert!(told.contains("taken: [engine] transfers_per_second 200 (was 0.001)"), "{told}");
    house.wait_for_sent("JUL", 30);
    // Slow again: the next call would leave a thousand seconds after the last one.
    let told = daemon.reload(&slow);
    assert!(told.contains("transfers_per_second 0.001 (was 200)"), "{told}");
    house.drop_payroll("august.csv", "AUG", 5);
    house.wait_until("August waits for its turn", |house| house.batch("august.csv")["counts"]["queued"] == 5);
    assert_eq!(house.sent("AUG"), 0, "it left at the rate before");
    daemon.reload(&File { rate: FAST, ..slow });
    house.wait_for_sent("AUG", 5);
    assert_eq!(daemon.stop(), 0);
    house.everybody_is_paid_once("JUL", 30);
    house.everybody_is_paid_once("AUG", 5);
    assert_eq!(house.run("verify").0, 0);
}

#[test]
fn a_bad_file_is_refused_whole_with_the_words_of_a_start_and_the_one_before_goes_on() {
    let good = File::default();
    let house = House::new(&good);
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 4);
    house.wait_for_sent("JUL", 1);
    // Everything in it is good but one word.
    let bad = File { rate: FAST, floor: "12.00", more: "[reports]\nlangage = \"fr\"\n", ..good.clone() };
    let told = daemon.reload(&bad);
    assert!(told.contains("was refused") && told.contains("the one before goes on"), "{told}");
    let (code, at_start) = house.run("run --once");
    let message = at_start.lines().find(|line| line.contains("[reports] langage")).unwrap_or_default();
    let message = message.split_once("configuration ").map_or(message, |(_, rest)| rest);
    assert_eq!(code, 2);
    assert!(message.contains("did you mean language?") && house.log().contains(message), "{message}\n{}", house.log());
    assert_eq!(house.sent("JUL"), 1, "the rate of a refused file was taken");
    // A file that is not there, or no file at all, neither.
    std::fs::remove_file(house.path("payoutd.toml")).unwrap();
    daemon.signal(Signal::HUP);
    house.hear("RELOADING=1");
    house.hear("STATUS=");
    assert!(house.log().contains("there is no such file"), "{}", house.log());
    let told = daemon.reload(&File { rate: FAST, ..good });
    assert!(told.contains("taken: [engine] transfers_per_second"), "{told}");
    house.wait_for_sent("JUL", 4);
    assert_eq!(daemon.stop(), 0);
    house.everybody_is_paid_once("JUL", 4);
    assert!(!house.run_settings().contains("12.00"));
}

impl House {
    fn run_settings(&self) -> String {
        let (code, text) = self.run("explain --settings");
        assert_eq!(code, 0, "{text}");
        text
    }
}

#[test]
fn what_cannot_change_is_said_by_name_and_stays_while_the_rest_is_taken() {
    let good = File::default();
    let house = House::new(&good);
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 6);
    house.wait_for_sent("JUL", 1);
    let other = File { client: "another", state: "elsewhere", rate: FAST, ..good.clone() };
    let told = daemon.reload(&other);
    assert!(told.contains("needs a restart: [folders] state, [moncash] client_id"), "{told}");
    assert!(told.contains("taken: [engine] transfers_per_second"), "{told}");
    house.wait_for_sent("JUL", 6);
    assert!(!house.path("elsewhere").exists());
    // It is told again as long as it is so.
    let told = daemon.reload(&other);
    assert!(told.contains("nothing taken") && told.contains("needs a restart: [folders] state"), "{told}");
    // A file for another environment is weighed for other money: nothing of it is taken.
    for environment in ["live", "simulator"] {
        let told = daemon.reload(&File { environment, rate: NEVER_AGAIN, ..good.clone() });
        assert!(told.contains("was refused"), "{told}");
        assert!(house.log().contains("that takes a restart"), "{}", house.log());
    }
    house.drop_payroll("august.csv", "AUG", 6);
    house.wait_for_sent("AUG", 6);
    house.write(&good);
    assert_eq!(daemon.stop(), 0);
    house.everybody_is_paid_once("AUG", 6);
}

#[test]
fn live_is_not_weakened_by_a_reload() {
    let live = File { environment: "live", floor: "1.00", ..File::default() };
    let house = House::new(&live);
    let daemon = house.start(&["run"]);
    let told = daemon.reload(&File { check_first: false, rate: FAST, ..live.clone() });
    assert!(told.contains("was refused"), "{told}");
    assert!(house.log().contains("[safety] check_first: must be true in live"), "{}", house.log());
    // What live has no default for is not to be taken out either.
    std::fs::write(
        house.path("payoutd.toml"),
        std::fs::read_to_string(house.path("payoutd.toml"))
            .unwrap()
            .replace("check_first = false", "")
            .replace("after_not_found = \"retry\"", ""),
    )
    .unwrap();
    daemon.signal(Signal::HUP);
    house.hear("RELOADING=1");
    house.hear("STATUS=");
    assert!(house.log().contains("decide and write each: [safety] after_not_found"), "{}", house.log());
    // And not by a file for another environment, where it would be good.
    let told = daemon.reload(&File { environment: "sandbox", check_first: false, ..live });
    assert!(told.contains("was refused"), "{told}");
    assert_eq!(daemon.stop(), 0);
}

#[test]
fn floor_and_fee_count_from_the_next_turn_on_with_calls_under_way() {
    let fast = File { rate: FAST, ..File::default() };
    let house = House::new(&fast);
    house.bank.books().slow = 300;
    house.bank.lose("JUL-3");
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 40);
    house.wait_for_sent("JUL", 3);
    // The bank tells HTG 9 000 000 whatever it debits.
    let told = daemon.reload(&File { floor: "8999999.00", fee: "3", ..fast.clone() });
    assert!(told.contains("[balance] floor \"8999999.00\" (was \"0.00\")"), "{told}");
    house.drop_payroll("august.csv", "AUG", 10);
    house.wait_until("it waits for money", |house| house.run("status").1.contains("are missing"));
    assert_eq!(house.sent("AUG"), 0, "sent under the floor");
    assert_eq!(house.status()["balance"]["floor"], "8999999.00");
    daemon.reload(&File { fee: "5", ..fast });
    house.wait_for_sent("AUG", 10);
    for file in ["july.csv", "august.csv"] {
        house.wait_until("it is complete", |house| house.batch(file)["state"] == "complete");
    }
    assert_eq!(daemon.stop(), 0);
    house.everybody_is_paid_once("JUL", 40);
    house.everybody_is_paid_once("AUG", 10);
    // Nothing stays reserved: what went in with one fee went out with it.
    assert_eq!(house.status()["balance"]["reserved"], "0.00");
    // And an auditor sees since when which counted.
    let settings = house.run_settings();
    for line in [
        "[balance] floor: \"8999999.00\" (was \"0.00\")",
        "[balance] fee_percent: \"3\" (was \"0\")",
        "[balance] fee_percent: \"5\" (was \"3\")",
        "(read again, payoutd",
    ] {
        assert!(settings.contains(line), "no {line:?} in\n{settings}");
    }
    assert_eq!(house.run("verify").0, 0);
}

/// A file that is being read when the settings change is admitted by the new ones, or was admitted before.
#[test]
fn no_batch_is_admitted_half_by_the_settings_before_and_half_by_the_new_ones() {
    let open = File::default();
    let house = House::new(&open);
    let daemon = house.start(&["run"]);
    house.drop_payroll("small.csv", "SMALL", 2);
    house.wait_for_sent("SMALL", 1);
    house.drop_payroll("large.csv", "LARGE", 60_000);
    house.wait_until("the large one is taken", |house| house.log().contains("large.csv"));
    let told = daemon.reload(&File { above: "0", rate: FAST, ..open });
    assert!(told.contains("[approval] above \"0\" (was \"none\")"), "{told}");
    house.wait_until("the large one is admitted", |house| !house.batch("large.csv").is_null());
    let log = house.log();
    if log.find("configuration read again") < log.find("batch=B000002") {
        assert_eq!(house.batch("large.csv")["state"], "awaiting_approval");
        assert_eq!(house.sent("LARGE"), 0);
    }
    // What was admitted before keeps its terms.
    house.wait_for_sent("SMALL", 2);
    assert_eq!(daemon.stop(), 0);
    assert_eq!(house.run("verify").0, 0);
}

#[test]
fn twice_quickly_is_answered_twice_or_once_and_the_last_file_counts() {
    let file = File::default();
    let house = House::new(&file);
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 5);
    house.wait_for_sent("JUL", 1);
    for floor in ["1.00", "2.00", "3.00", "4.00"] {
        house.write(&File { floor, ..file.clone() });
        daemon.signal(Signal::HUP);
    }
    house.write(&File { floor: "5.00", rate: FAST, ..file });
    daemon.signal(Signal::HUP);
    let (mut begun, mut ready) = (0, 0);
    loop {
        let heard = house.hear("READY=1");
        begun += heard.iter().filter(|line| *line == "RELOADING=1").count();
        ready += heard.iter().filter(|line| *line == "READY=1").count();
        assert_eq!(begun, ready, "every reload is answered");
        if heard.iter().any(|line| line.contains("floor \"5.00\"")) {
            break;
        }
    }
    house.wait_for_sent("JUL", 5);
    assert_eq!(daemon.stop(), 0);
    house.everybody_is_paid_once("JUL", 5);
}

#[test]
fn while_it_stops_the_file_is_not_read_again_and_nothing_more_is_sent() {
    let file = File { rate: FAST, ..File::default() };
    let house = House::new(&file);
    house.bank.books().slow = 1_500;
    let daemon = house.start(&["run"]);
    house.drop_payroll("july.csv", "JUL", 300);
    house.wait_for_sent("JUL", 2);
    daemon.signal(Signal::TERM);
    house.wait_until("it stops", |house| house.log().contains("stopping: nothing new is sent"));
    let sent = house.sent("JUL");
    house.write(&File { rate: "1000", floor: "7.00", ..file });
    daemon.signal(Signal::HUP);
    assert_eq!(daemon.ends(), 0);
    assert!(house.log().contains("it is read at the next start"), "{}", house.log());
    assert!(!house.log().contains("configuration read again"), "{}", house.log());
    // Calls whose intent was on disk when the stop came may still have been on their way to MonCash.
    assert!(house.sent("JUL") <= sent + 64, "{} after {sent}", house.sent("JUL"));
    assert_eq!(house.run("verify").0, 0);
}

#[test]
fn a_hangup_stops_what_ends_by_itself() {
    let house = House::new(&File::default());
    house.drop_payroll("july.csv", "JUL", 3);
    let daemon = house.start(&["run", "--once"]);
    house.wait_for_sent("JUL", 1);
    daemon.signal(Signal::HUP);
    assert_eq!(daemon.ends(), 4);
    assert_eq!(house.sent("JUL"), 1);
}
