//! What ships beside the binary agrees with the binary.

use payoutd::cli::exit::Exit;
use payoutd::config::{Config, secret};
use std::path::Path;
use std::time::Duration;

const UNIT: &str = include_str!("../systemd/payoutd.service");

/// The values of a setting of the unit.
fn unit(key: &str) -> Vec<&'static str> {
    UNIT.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

fn unit_time(key: &str) -> Duration {
    let text = unit(key).first().copied().unwrap_or_default();
    humantime::parse_duration(text).expect("a time")
}

#[test]
fn systemd_restarts_after_a_crash_but_not_into_a_wall() {
    assert_eq!(unit("Restart"), ["on-failure"]);
    let prevented = unit("RestartPreventExitStatus").join(" ");
    for exit in [Exit::Usage, Exit::Occupied, Exit::Damaged] {
        let code = (exit as u8).to_string();
        assert!(prevented.split(' ').any(|word| word == code), "{exit:?} would be restarted for ever");
    }
    for exit in [Exit::Failed, Exit::StoppedEarly] {
        let code = (exit as u8).to_string();
        assert!(!prevented.split(' ').any(|word| word == code), "{exit:?} must be restarted");
    }
}

#[test]
fn systemd_waits_longer_for_a_stop_than_the_daemon_does() {
    let config = Config::simulator_default(Path::new("/x")).expect("defaults");
    assert!(unit_time("TimeoutStopSec") >= config.engine.drain + Duration::from_secs(60));
    assert_eq!(unit("Type"), ["notify"]);
    assert!(unit_time("WatchdogSec") >= Duration::from_secs(60));
}

#[test]
fn the_secret_reaches_the_daemon_under_the_name_it_looks_for() {
    let names: Vec<&str> = unit("LoadCredential").iter().filter_map(|value| value.split(':').next()).collect();
    assert_eq!(names, [secret::CREDENTIAL]);
}

#[test]
fn the_boot_id_stays_readable_and_the_example_lies_in_the_units_folder() {
    assert!(unit("ProcSubset").is_empty(), "without /proc/sys every start counts as a reboot");
    let example = Config::from_text(include_str!("../systemd/payoutd.toml"), Path::new("/etc/payoutd/payoutd.toml"));
    let example = example.expect("a good example");
    let home = Path::new("/var/lib").join(unit("StateDirectory").first().copied().unwrap_or_default());
    assert!(example.folders.state.starts_with(&home) && example.folders.batches.starts_with(&home));
}

#[test]
fn the_unit_sees_who_a_file_belongs_to() {
    assert_eq!(unit("PrivateUsers"), ["no"], "four eyes are told apart by the files' users");
}
