//! A command or a webhook that is broken in every way: people are paid all the same, and it is told.

use super::ear::{Does, Ear, command, configure, told, writes};
use super::gateway::Gateway;
use super::house::{House, payroll};
use std::fs;

const PEOPLE: usize = 60;

/// A payroll is paid, whoever is to be told of it; the journal then says these words.
fn is_paid(house: &House, gateway: &Gateway, words: &str) {
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &payroll("N", PEOPLE as u32));
    house.until("all are paid", || gateway.debits() == PEOPLE);
    house.until(words, || house.journal().contains(words));
    house.until("the report", || house.read_or_nothing("batches/reports", ".summary.txt").contains("FINAL"));
    assert_eq!(daemon.stop(), 0, "{}", house.journal());
    assert!(gateway.paid_twice().is_empty());
    assert!(!house.journal().contains("PATH-SECRET"), "{}", house.journal());
}

impl House {
    fn read_or_nothing(&self, folder: &str, ending: &str) -> String {
        let name = self.names(folder, ending).pop();
        name.and_then(|name| fs::read_to_string(self.path(folder).join(name)).ok()).unwrap_or_default()
    }
}

fn paid_with_command(script: &str, words: &str) {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    let setting = command(house.folder.path(), script);
    configure(&house, &format!("{setting}timeout = \"1s\"\n"));
    is_paid(&house, &gateway, words);
}

#[test]
fn a_command_that_is_missing_or_fails_never_stops_the_paying() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[notify]\ncommand = [\"/nowhere/tell\"]\n");
    is_paid(&house, &gateway, "could not be started: No such file");
    paid_with_command("echo broken >&2; exit 7", "it ended with exit code 7: broken");
    paid_with_command("kill -9 $$", "it was ended by signal 9");
    paid_with_command("yes | head -c 50000000; exit 1", "it ended with exit code 1");
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    configure(&house, &writes(house.folder.path()));
    fs::set_permissions(house.path("tell"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("mode");
    is_paid(&house, &gateway, "anybody may write to it");
    assert!(told(&house).is_empty());
}

/// Whether a process lives (a zombie does not).
fn lives(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

#[test]
fn a_command_that_hangs_or_forks_is_ended_with_everything_it_began() {
    for script in [
        "sleep 1000 & echo $! $$ > ids; wait",
        "sleep 1000 & echo $! $$ > ids",
        "trap '' TERM; echo $$ > ids; while :; do :; done",
    ] {
        let gateway = Gateway::open();
        let house = House::build(&gateway, "");
        let script = script.replace("ids", &format!("'{}'", house.path("ids").display()));
        let setting = command(house.folder.path(), &script);
        configure(&house, &format!("{setting}timeout = \"1s\"\nevents = [\"batch_complete\"]\n"));
        let mut daemon = house.start("run");
        house.drop_file("july.csv", &payroll("N", PEOPLE as u32));
        house.until("all are paid", || gateway.debits() == PEOPLE);
        house.until("it was begun", || !fs::read_to_string(house.path("ids")).unwrap_or_default().is_empty());
        let ids = fs::read_to_string(house.path("ids")).expect("ids");
        house.until("nothing of it is left", || !ids.split_whitespace().any(lives));
        assert_eq!(daemon.stop(), 0, "{}", house.journal());
    }
}

#[test]
fn a_command_gets_the_event_and_nothing_of_payoutds_own() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    let out = house.path("seen").display().to_string();
    let script = format!(
        "env > '{out}'; pwd >> '{out}'; ls -l /proc/self/fd >> '{out}'; echo \"args $# $1\" >> '{out}'; cat >> '{out}'"
    );
    configure(&house, &command(house.folder.path(), &script));
    house.run("notify --test").ends(0).says("delivered: exit code 0");
    let by_hand = fs::read_to_string(house.path("seen")).expect("seen");
    fs::remove_file(house.path("seen")).expect("remove");
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &payroll("N", 2));
    house.until("told", || fs::read_to_string(house.path("seen")).unwrap_or_default().contains("batch_complete"));
    daemon.stop();
    let by_daemon = fs::read_to_string(house.path("seen")).expect("seen");
    for seen in [by_hand, by_daemon] {
        assert!(!seen.contains("open-sesame") && !seen.contains("PAYOUTD"), "{seen}");
        assert!(seen.contains("\n/\n") && seen.contains("args 1 an argument; with $HOME"), "{seen}");
        assert!(!seen.contains("sqlite") && !seen.contains("socket:") && !seen.contains("high-water"), "{seen}");
    }
}

#[test]
fn a_whole_payroll_is_paid_while_the_first_delivery_hangs() {
    let gateway = Gateway::open();
    let ear = Ear::open([Does::Hangs]);
    let house = House::build(&gateway, &format!("{}timeout = \"2m\"\n", ear.setting()));
    let _daemon = house.start("run");
    house.drop_file("july.csv", &payroll("N", PEOPLE as u32));
    house.until("the webhook is called", || ear.heard().len() == 1);
    house.until("all are paid", || gateway.debits() == PEOPLE);
    house.until("the report", || house.read_or_nothing("batches/reports", ".summary.txt").contains("FINAL"));
    // Nothing was delivered meanwhile: the one call still hangs, and has not even been given up.
    assert!(!house.journal().contains("could not be delivered"), "{}", house.journal());
    assert_eq!((ear.heard().len(), ear.taken().len()), (1, 0));
    house.run("status").ends(0).says("complete");
    // Whoever stops it does not wait for the webhook's two minutes.
}

#[test]
fn a_webhook_that_fails_in_every_way_is_tried_again_until_it_takes_the_event() {
    for (does, words) in [
        (Does::Says(500), "HTTP 500: thank you"),
        (Does::Says(403), "HTTP 403: thank you"),
        (Does::Closes, "a notification could not be delivered"),
        (Does::Redirects, "redirects are not followed"),
        (Does::Hangs, "no whole answer within 1s"),
        (Does::HalfAnswer, "no whole answer within 1s"),
    ] {
        let gateway = Gateway::open();
        let ear = Ear::open([does.clone()]);
        let house = House::build(&gateway, &format!("{}timeout = \"1s\"\n", ear.setting()));
        let mut daemon = house.start("run");
        house.drop_file("july.csv", &payroll("N", 5));
        house.until(words, || house.journal().contains(words));
        house.until("both events are taken", || ear.taken().len() == 2);
        daemon.stop();
        assert_eq!(gateway.debits(), 5);
        let ids: Vec<_> = ear.heard().iter().map(|heard| heard.event["id"].clone()).collect();
        assert_eq!(ids.len(), 3, "{does:?}: {ids:?}");
        assert!(house.journal().contains("delivered again"), "{}", house.journal());
        assert!(!house.journal().contains("PATH-SECRET"), "{}", house.journal());
    }
}

#[test]
fn a_webhook_gets_the_secret_in_its_header_and_nobody_else_sees_it() {
    let gateway = Gateway::open();
    let ear = Ear::open([Does::Takes, Does::Takes, Does::Says(500)]);
    let house = House::build(&gateway, "");
    fs::write(house.path("hook"), format!("http://{}/x\n", ear.address)).expect("write");
    fs::write(house.path("key"), "hunter2\n").expect("write");
    configure(&house, "[notify]\nwebhook_file = \"hook\"\nwebhook_secret_file = \"key\"\n");
    fs::set_permissions(house.path("hook"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
    // What others can read is no secret.
    fs::set_permissions(house.path("key"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("mode");
    house.run("notify --test").ends(1).says("webhook_secret_file").says("chmod 600");
    fs::set_permissions(house.path("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
    house.run("notify --test").ends(0).says("\"event\": \"test\"").says("delivered: HTTP 200: thank you");
    assert!(ear.heard()[0].head.to_ascii_lowercase().contains("authorization: bearer hunter2"), "{:?}", ear.heard());
    configure(&house, "webhook_header = \"X-Api-Key\"\n");
    let said = house.run("notify --test").ends(0);
    assert!(ear.heard()[1].head.to_ascii_lowercase().contains("x-api-key: hunter2"), "{:?}", ear.heard());
    assert!(!said.text.contains("hunter2"));
    house.run("notify --test").ends(1).says("NOT delivered: 127.0.0.1: HTTP 500");
    let gone = ear.address;
    drop(ear);
    let _free = std::net::TcpListener::bind(gone);
    drop(_free);
    house.run("notify --test").ends(1).says("NOT delivered");
}

#[test]
fn an_event_that_nobody_takes_is_given_up_and_that_is_told() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[notify]\ncommand = [\"/nowhere/tell\"]\nretry_for = \"1s\"\n");
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &payroll("N", 3));
    house.until("it is given up", || house.journal().contains("a notification was given up: nobody was told"));
    house.until("all are paid", || gateway.debits() == 3);
    daemon.stop();
    house.run("notify").ends(0).says("given up:");
}
