//! What ships beside the binary agrees with the binary.

use payoutd::cli::exit::Exit;
use payoutd::config::{Config, secret};
use std::path::Path;
use std::time::Duration;

const UNIT: &str = include_str!("../systemd/payoutd.service");

/// The same with a simulator.
const SIMULATED: &str = include_str!("../systemd/payoutd-simulator.service");
const FOLDERS: &str = include_str!("../systemd/payoutd.tmpfiles");
const CARGO: &str = include_str!("../Cargo.toml");

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
    // Each start asks MonCash for a token and the balance.
    assert!(unit_time("RestartSec") >= Duration::from_secs(30));
    let (most, within) = (unit("StartLimitBurst"), unit_time("StartLimitIntervalSec"));
    assert_eq!((most, within), (vec!["10"], Duration::from_secs(1800)), "ten starts in half an hour");
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
    assert_eq!(unit("LoadCredential"), [format!("{}:{}", secret::CREDENTIAL, secret::OF_THE_SERVICE)]);
    assert!(include_str!("../README.md").contains(secret::FOR_A_COMMAND), "the README has another line");
}

#[test]
fn the_boot_id_stays_readable_and_the_example_lies_in_the_units_folder() {
    assert!(unit("ProcSubset").is_empty(), "without /proc/sys every start counts as a reboot");
    let example = include_str!("../systemd/payoutd.toml").replace("client_id = \"\"", "client_id = \"me\"");
    let example = Config::from_text(&example, Path::new("/etc/payoutd/payoutd.toml")).expect("a good example");
    let home = Path::new("/var/lib").join(unit("StateDirectory").first().copied().unwrap_or_default());
    assert!(example.folders.state.starts_with(&home) && example.folders.batches.starts_with(&home));
}

#[test]
fn the_unit_sees_who_a_file_belongs_to() {
    assert_eq!(unit("PrivateUsers"), ["no"], "four eyes are told apart by the files' users");
}

#[test]
fn the_simulators_unit_is_the_units_own_but_for_moncash_and_its_folder() {
    fn settings(unit: &'static str) -> Vec<&'static str> {
        unit.lines().filter(|line| line.contains('=') && !line.starts_with('#')).collect()
    }
    let apart = |line: &&str| {
        let key = line.split('=').next().unwrap_or_default();
        let own = [
            "Description",
            "Wants",
            "After",
            "ExecStart",
            "LoadCredential",
            "WorkingDirectory",
            "StateDirectory",
            "RuntimeDirectory",
        ];
        own.contains(&key) || ["IPAddressDeny", "IPAddressAllow", "WantedBy"].contains(&key)
    };
    let (real, simulated): (Vec<_>, Vec<_>) =
        (settings(UNIT).into_iter().filter(|line| !apart(line)).collect(), settings(SIMULATED));
    assert!(real.len() > 40, "{}", real.len());
    assert_eq!(simulated.iter().copied().filter(|line| !apart(line)).collect::<Vec<_>>(), real);
    let own: Vec<&str> = simulated.into_iter().filter(apart).collect();
    assert!(own.iter().all(|line| !line.contains("/etc/payoutd/payoutd.toml") && !line.contains("client-secret")));
    assert!(
        own.contains(&"ExecStart=/usr/bin/payoutd --config /etc/payoutd/simulator.toml run --simulator"),
        "{own:?}"
    );
    assert!(own.contains(&"StateDirectory=payoutd-simulator"), "{own:?}");
    let text = include_str!("../systemd/simulator.toml");
    let config = Config::from_text(text, Path::new("/etc/payoutd/simulator.toml")).expect("a good file");
    assert_eq!(config.moncash.environment.to_string(), "simulator");
    assert!(config.folders.state.starts_with("/var/lib/payoutd-simulator"));
    assert!(config.folders.batches.starts_with("/var/lib/payoutd-simulator"));
}

/// Mode, user and group of every folder below `root`, by its path from there.
fn folders(root: &str) -> Vec<(String, &'static str, &'static str, &'static str)> {
    let lines = FOLDERS.lines().filter(|line| line.starts_with("d "));
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    let inside = cells.filter_map(|cells| {
        let path = cells[1].strip_prefix(root)?;
        (path.is_empty() || path.starts_with('/')).then(|| (path.to_string(), cells[2], cells[3], cells[4]))
    });
    inside.collect()
}

#[test]
fn the_folders_modes_keep_the_state_closed_and_let_approvers_alone_approve() {
    let all = folders("/var/lib/payoutd");
    assert_eq!(all, folders("/var/lib/payoutd-simulator"), "practice is as the real thing");
    assert!(all.len() > 12, "{all:?}");
    for (path, mode, user, group) in &all {
        let mode = u32::from_str_radix(mode, 8).expect("a mode");
        assert_eq!(*user, "payoutd", "{path}: the owner of a sticky folder is who may move others' files out of it");
        assert_eq!(mode & 0o002, 0, "{path} may be written by anybody");
        match path.as_str() {
            "" => assert_eq!((mode, *group), (0o711, "payoutd")),
            "/state" => assert_eq!((mode, *group), (0o700, "payoutd")),
            "/batches" => assert_eq!((mode, *group), (0o2750, "payoutd-finance"), "the gate"),
            "/batches/inbox" | "/batches/check" => assert_eq!((mode, *group), (0o3770, "payoutd-finance")),
            "/batches/approvals" | "/batches/orders" => assert_eq!((mode, *group), (0o3775, "payoutd-approve")),
            // An alarm is acknowledged by taking it away, and it is payoutd's: no sticky bit.
            "/batches/alarms" => assert_eq!((mode, *group), (0o2775, "payoutd-approve")),
            _ => assert_eq!((mode, *group), (0o2750, "payoutd-finance"), "{path}"),
        }
    }
}

#[test]
fn the_package_takes_up_what_the_readme_installs_by_hand() {
    let readme = include_str!("../README.md");
    for file in [
        "payoutd.service",
        "payoutd-simulator.service",
        "payoutd-backup.service",
        "payoutd-backup.timer",
        "payoutd.sysusers",
        "payoutd.tmpfiles",
        "payoutd.toml",
        "simulator.toml",
    ] {
        assert!(CARGO.contains(&format!("[\"systemd/{file}\", ")), "{file} is not in the package");
        assert!(readme.contains(&format!("systemd/{file}")), "{file} is not installed by hand");
    }
    for conf in ["payoutd.toml", "simulator.toml"] {
        assert!(CARGO.contains(&format!("\"/etc/payoutd/{conf}\"")), "an upgrade would overwrite {conf}");
    }
}
