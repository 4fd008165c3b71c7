//! What lies in `systemd/` for Prometheus and Grafana speaks of metrics that exist, and of entries of the
//! runbook that exist.

use super::{exposition, get, scrape, start, watched};
use payoutd::metrics::families;
use std::collections::BTreeSet;
use std::path::Path;

const RULES: &str = include_str!("../../systemd/payoutd.rules.yml");
const DASHBOARD: &str = include_str!("../../systemd/payoutd-dashboard.json");
const README: &str = include_str!("../../README.md");

/// Names of ours in a text.
fn names(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("payoutd_") && !word.ends_with('_'))
        .map(str::to_string)
        .collect()
}

/// Names that a query may use: of every family, and of the parts of histograms.
fn known() -> BTreeSet<String> {
    let parts = |family: &&families::Family| match family.kind {
        families::Kind::Histogram => ["_bucket", "_sum", "_count"].map(|end| format!("{}{end}", family.name)).to_vec(),
        _ => vec![family.name.to_string()],
    };
    families::ALL.iter().flat_map(parts).collect()
}

#[test]
fn every_family_is_exposed_and_every_exposed_one_is_declared() {
    let house = watched(&[], "");
    let _running = start(&house);
    house.drop_payroll("f.csv", "F", 5);
    house.wait_until("the batch", || house.state_of(1) == "complete");
    let page = scrape(&house);
    let declared: BTreeSet<String> = families::ALL.iter().map(|family| family.name.to_string()).collect();
    let shown: BTreeSet<String> = page.families.keys().cloned().collect();
    let missing: Vec<&String> = declared.difference(&shown).collect();
    // Absent before the first one.
    assert_eq!(missing, ["payoutd_last_reconciliation_timestamp_seconds"]);
    assert_eq!(shown.difference(&declared).count(), 0);
    for family in families::ALL.iter().filter(|family| shown.contains(family.name)) {
        assert_eq!(page.families[family.name], family.kind.word());
    }
    let again = exposition::read(&get(&house, "/metrics").1).expect("a page");
    assert_eq!(again.families, page.families);
}

#[test]
fn rules_dashboard_and_readme_speak_of_metrics_that_exist() {
    let known = known();
    for (what, text, least) in [("the rules", RULES, 10), ("the dashboard", DASHBOARD, 20)] {
        let named = names(text);
        let strange: Vec<&String> = named.difference(&known).collect();
        assert!(strange.is_empty() && named.len() >= least, "{what}: {strange:?} of {}", named.len());
    }
    let table = README.split("| metric | says |").nth(1).expect("README's table of metrics");
    let rows = table.lines().skip(2).map_while(|line| line.strip_prefix("| `"));
    let told: BTreeSet<&str> = rows.filter_map(|row| row.split(['`', '{']).next()).collect();
    let declared: BTreeSet<&str> = families::ALL.iter().map(|family| family.name).collect();
    assert_eq!(told, declared);
}

/// The words behind a key of the rules, rule by rule.
fn of_rules(key: &str) -> Vec<&'static str> {
    RULES.lines().filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": ")).collect()
}

#[test]
fn every_alert_says_what_and_how_bad_and_names_its_entry_of_the_runbook() {
    let alerts = of_rules("- alert");
    assert!(alerts.len() >= 12, "{alerts:?}");
    assert_eq!(alerts.iter().collect::<BTreeSet<_>>().len(), alerts.len(), "a name twice");
    for key in ["expr", "severity", "summary", "description", "runbook"] {
        assert_eq!(of_rules(key).len(), alerts.len(), "each alert has one {key}");
    }
    let runbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/RUNBOOK.md");
    let text = std::fs::read_to_string(runbook).unwrap_or_default();
    for link in of_rules("runbook") {
        let anchor = link.trim_matches('"').strip_prefix("systemd/RUNBOOK.md#").expect("a link into the runbook");
        assert!(!anchor.is_empty());
        // Until the runbook lies there.
        if !text.is_empty() {
            assert!(text.contains(&format!("id=\"{anchor}\"")), "the runbook has no {anchor}");
        }
    }
}

#[test]
fn the_dashboard_is_one_that_grafana_imports() {
    let board: serde_json::Value = serde_json::from_str(DASHBOARD).expect("JSON");
    for key in ["title", "uid", "schemaVersion", "panels", "templating", "time", "__inputs", "__requires"] {
        assert!(!board[key].is_null(), "no {key}");
    }
    assert!(board["id"].is_null(), "an id belongs to one Grafana");
    let panels = board["panels"].as_array().expect("panels");
    assert!(panels.len() >= 12);
    let mut ids = BTreeSet::new();
    let mut taken = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "an id twice");
        let place = |key: &str| panel["gridPos"][key].as_u64().expect("a place");
        assert!(place("x") + place("w") <= 24, "{}: wider than the page", panel["title"]);
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(taken.insert((x, y)), "{} lies on another panel", panel["title"]);
            }
        }
        if panel["type"] == "row" {
            continue;
        }
        let targets = panel["targets"].as_array().expect("targets");
        assert!(!targets.is_empty());
        for target in targets {
            assert!(target["expr"].as_str().is_some_and(|expr| !names(expr).is_empty() || expr.contains("up{")));
            assert!(target["refId"].is_string());
        }
        assert_eq!(panel["datasource"]["uid"], "${DS_PROMETHEUS}");
    }
}
