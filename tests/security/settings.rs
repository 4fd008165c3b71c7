//! A secret pasted into the wrong place of the configuration: refused without being repeated.
//!
//! Left out: `client_id`, which any secret looks like and which is shown on purpose, and the paths.

use super::canary::{self, SECRET};
use super::house::House;

#[track_caller]
fn refused(text: &str) -> String {
    let house = House::at("http://127.0.0.1:1/Api");
    house.write("payoutd.toml", text);
    let mut all = String::new();
    for args in [&["doctor", "--offline"][..], &["run", "--log", "trace"], &["status", "--log-format", "json"]] {
        let said = house.run(args);
        assert_eq!(said.code, 2, "{text}\n{}", said.text);
        assert_eq!(canary::find(said.text.as_bytes()), Vec::<String>::new(), "{text}\n{}", said.text);
        all.push_str(&said.text);
    }
    all
}

#[test]
fn the_secret_in_the_file_itself_is_refused_with_words_that_help() {
    for key in ["client_secret", "secret", "password", "client-secret", "CLIENT_SECRET"] {
        let said = refused(&format!("[moncash]\nclient_id = \"me\"\n{key} = \"{SECRET}\"\n"));
        assert!(said.contains("client_secret_file") && said.contains("chmod 600") && said.contains("line 3"), "{said}");
    }
}

#[test]
fn no_setting_repeats_a_value_that_it_refuses() {
    for (section, keys) in [
        ("moncash", &["environment", "base_url", "connect_timeout", "request_timeout"][..]),
        ("engine", &["transfers_per_second", "queries_per_second", "max_in_flight", "drain"]),
        ("intake", &["settle", "rescan", "start_after"]),
        (
            "safety",
            &[
                "check_first",
                "after_not_found",
                "grace",
                "not_found_answers",
                "ask_every",
                "ask_at_most_every",
                "ask_for",
                "queued_for",
                "attempts",
                "equal_refusals",
                "also_declines",
                "paid_already_within",
                "paid_already",
                "min_free",
            ],
        ),
        ("balance", &["floor", "fee_percent", "fee_fixed", "poll", "balance_lag"]),
        ("limits", &["max_amount", "min_amount", "max_batch_amount"]),
        ("approval", &["above"]),
    ] {
        for key in keys {
            let client = if section == "moncash" { "" } else { "[moncash]\nclient_id = \"me\"\n" };
            let ours = if section == "moncash" { "client_id = \"me\"\n" } else { "" };
            for value in [SECRET.to_string(), format!("9{SECRET}")] {
                let said = refused(&format!("{client}[{section}]\n{ours}{key} = \"{value}\"\n"));
                assert!(!said.contains("Canary"), "a part of it is repeated: {said}");
            }
        }
    }
}

#[test]
fn no_name_that_may_be_the_secret_is_repeated() {
    for text in [
        format!("\"{SECRET}\" = \"client_secret\"\n"),
        format!("[moncash]\nclient_id = \"me\"\n\"{SECRET}\" = 1\n"),
        format!("[\"{SECRET}\"]\nx = 1\n"),
        format!("[[\"{SECRET}\"]]\nx = 1\n"),
        format!("[moncash]\nclient_id = \"me\"\nclient_secret {SECRET}\n"),
        format!("[moncash]\nclient_id = \"me\"\nclient_secret_file = {SECRET}\n"),
        format!("{SECRET}\n"),
        format!("[moncash\nclient_secret = \"{SECRET}\"\n"),
        format!("[moncash]\nclient_secret = \"{SECRET}\n"),
        format!("[moncash]\nclient_id = [\"{SECRET}\"]\n[moncash]\n"),
        format!("[moncash]\nclient_id = \"me\"\n[safety]\nalso_declines = [\"x\", 1, \"{SECRET}\"]\n"),
        format!("[moncash]\nclient_id = \"me: {SECRET}\"\n"),
    ] {
        refused(&text);
    }
}
