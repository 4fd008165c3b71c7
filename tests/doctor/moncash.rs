//! Credentials, account and clock, against simulators and a server whose clock is wrong.

use super::gateway::{Gateway, Request, Script};
use super::house::{CLIENT, House, NOWHERE, SECRET, Simulator};
use std::sync::Arc;

#[test]
fn a_healthy_house_has_nothing_bad() {
    let simulator = Simulator::start(&[]);
    let house = House::at(&simulator.base_url);
    let said = house.doctor(&[]);
    said.ends(0).says("good     credentials: MonCash gave a token to client_id");
    said.says("good     account: balance HTG").says("good     clock: agrees");
    said.says("good     batches: files can be moved from folder to folder").says("good     state: locks keep a second");
    said.says("good     inotify: ").says("good     sqlite: ").says("good     files: ").says("good     space: ");
    said.never_says("BAD").never_says(SECRET);
}

#[test]
fn a_wrong_secret_or_client_id_is_told_with_where_it_came_from() {
    let simulator = Simulator::start(&[]);
    let house = House::at(&simulator.base_url);
    house.write_secret("not-this-one");
    let said = house.doctor(&[]);
    said.ends(1).finds(
        "BAD",
        "credentials",
        &["MonCash refused them", "client id client_id", "/secret", "mend: write"],
    );
    said.never_says("not-this-one");
    house.write_secret(SECRET);
    house.configure("sandbox", &simulator.base_url, "stranger", "");
    house.doctor(&[]).ends(1).finds("BAD", "credentials", &["client id stranger", "environment sandbox"]);
}

#[test]
fn the_collection_accounts_credentials_are_told_from_the_prefunded_ones() {
    let simulator = Simulator::start(&["--collection-client-id", "collector"]);
    let house = House::at(&simulator.base_url);
    house.configure("sandbox", &simulator.base_url, "collector", "");
    let said = house.doctor(&[]);
    said.ends(1).finds(
        "BAD",
        "account",
        &["client id collector", "credentials of the collection account", "short code"],
    );
    said.finds("BAD", "account", &["mend: the prefunded account has its own", "client_id"]);
}

#[test]
fn payouts_that_are_not_enabled_are_told_with_whom_to_ask() {
    let simulator = Simulator::start(&["--payouts-disabled"]);
    let house = House::at(&simulator.base_url);
    house.doctor(&[]).ends(1).finds("BAD", "account", &["payouts are not enabled", CLIENT, "mend: ask Digicel"]);
}

#[test]
fn keys_of_the_sandbox_on_live_and_the_reverse_are_told_apart_from_wrong_ones() {
    let sandbox = Simulator::start(&["--client-id", "of-sandbox"]);
    let live = Simulator::start(&["--client-id", "of-live"]);
    for (environment, here, key, there) in
        [("live", &live, "of-sandbox", &sandbox), ("sandbox", &sandbox, "of-live", &live)]
    {
        let house = House::at(&here.base_url);
        house.configure(environment, &here.base_url, key, "");
        let theirs = if environment == "live" { "sandbox" } else { "live" };
        house.doctor(&[]).ends(1).finds("BAD", "credentials", &["MonCash refused them", "doctor --other-environment"]);
        let said = house.doctor(&["--other-environment", &there.base_url]);
        said.ends(1).finds("BAD", "credentials", &[&format!("these are keys of {theirs}"), "mend: ", environment]);
        house.configure(environment, &here.base_url, "of-nobody", "");
        let said = house.doctor(&["--other-environment", &there.base_url]);
        said.ends(1).finds("BAD", "credentials", &[&format!("{theirs} does not take them either")]);
    }
}

#[test]
fn a_secret_that_is_missing_or_open_to_others_is_told_with_the_command() {
    let house = House::at(NOWHERE);
    house.set_mode("secret", 0o644);
    let said = house.doctor(&[]);
    said.ends(1).finds("BAD", "secret", &["open to other users", "run  chmod 600 "]).says("without a secret");
    std::fs::remove_file(house.path("secret")).unwrap();
    house.doctor(&["--offline"]).ends(1).finds("BAD", "secret", &["cannot be opened", "/secret"]);
}

/// A MonCash whose clock is so many seconds ahead of this machine's.
fn ahead(seconds: i64) -> Gateway {
    let script: Script = Arc::new(move |request: &Request| {
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap();
        let body = match request.path() {
            "/Api/oauth/token" => r#"{"access_token":"t0ken-of-a-test","token_type":"bearer","expires_in":59}"#,
            _ => {
                r#"{"path":"/Api/v1/PrefundedBalance","balance":{"balance":900.0,"message":"successful"},"status":200}"#
            }
        };
        format!(
            "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    });
    Gateway::plain(script)
}

#[test]
fn a_clock_that_is_off_is_told_by_how_much_which_way_and_what_sets_it() {
    for (seconds, grade, code, words) in [
        (600, "warning", 0, "s behind MonCash"),
        (-600, "warning", 0, "s ahead of MonCash"),
        (100_000, "BAD", 1, "s behind MonCash"),
        (-100_000, "BAD", 1, "s ahead of MonCash"),
    ] {
        let house = House::at(&ahead(seconds).base_url("http"));
        let said = house.doctor(&[]);
        said.ends(code).finds(grade, "clock", &[words, "timedatectl set-ntp true"]);
        let told = said.text.split("this machine is ").nth(1).unwrap().split(' ').next().unwrap();
        let off: i64 = told.parse().unwrap();
        // The answer's way took some time, and Date is told to the second.
        assert!((off - seconds.abs()).abs() < 60, "{off} for {seconds}");
    }
}

#[test]
fn scripts_read_the_findings_as_json() {
    let house = House::at(NOWHERE);
    let said = house.doctor(&["--offline", "--json"]);
    let begin = said.ends(0).text.find('[').unwrap();
    let line = said.text[begin..].lines().next().unwrap();
    let findings: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
    assert!(findings.len() > 8 && findings.iter().all(|it| it["grade"].is_string() && it["what"].is_string()));
}
