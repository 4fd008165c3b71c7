//! Good and bad configuration files, one row a case.

use super::*;
use crate::payout::money::Amount;
use crate::payout::terms::Act;
use crate::words::Language;
use std::time::Duration;

const LIVE: &str = "[moncash]\nenvironment = \"live\"\nclient_id = \"me\"\n[safety]\nafter_not_found = \"retry\"\n\
                    [balance]\nfee_percent = \"3\"\n[approval]\nabove = \"none\"\n";

fn read(text: &str) -> Result<Config, String> {
    Config::from_text(text, Path::new("/etc/payoutd/payoutd.toml")).map_err(|e| e.to_string())
}

/// A sandbox file with these lines at its end.
fn sandbox(more: &str) -> Result<Config, String> {
    read(&format!("[moncash]\nclient_id = \"me\"\n{more}"))
}

fn refused(result: Result<Config, String>) -> String {
    result.expect_err("this file must be refused")
}

#[test]
fn the_simulator_runs_on_defaults_that_are_the_documented_ones() {
    let c = Config::simulator_default(Path::new("/home/me")).expect("good defaults");
    let s = Duration::from_secs;
    assert_eq!((c.moncash.environment, c.moncash.base_url, c.file), (Environment::Simulator, None, None));
    assert_eq!((c.moncash.connect_timeout, c.moncash.request_timeout), (s(10), s(60)));
    assert_eq!(
        (c.engine.transfers_per_second, c.engine.queries_per_second),
        (Rate::per_second(5), Rate::per_second(10))
    );
    assert_eq!((c.engine.max_in_flight, c.engine.drain), (64, s(90)));
    assert_eq!(c.folders.batches, Path::new("/home/me/batches"));
    assert_eq!(c.folders.state, Path::new("/home/me/state"));
    assert_eq!((c.intake.settle, c.intake.rescan, c.intake.start_after), (s(10), s(10), s(0)));
    let safety = &c.safety;
    assert!(safety.check_first);
    assert_eq!((safety.after_not_found, safety.grace, safety.not_found_answers), (AfterNotFound::Retry, s(1800), 3));
    assert_eq!((safety.ask_every, safety.ask_at_most_every, safety.ask_for), (s(30), s(600), s(86_400)));
    assert_eq!((safety.queued_for, safety.attempts, safety.equal_refusals), (s(172_800), 3, 10));
    assert_eq!((safety.paid_already_within, safety.paid_already), (Some(s(1_728_000)), PaidAlready::Hold));
    assert_eq!(safety.min_free, 500_000_000);
    assert_eq!((c.balance.floor, c.balance.fee_ppm, c.balance.fee_fixed), (Amount::ZERO, 0, Amount::ZERO));
    assert_eq!((c.balance.poll, c.balance.balance_lag), (s(30), s(10)));
    assert_eq!(c.limits.max_amount, Amount::from_centimes(7_500_000));
    assert_eq!((c.limits.min_amount, c.limits.max_batch_amount), (Amount::from_centimes(100), None));
    assert_eq!(c.approval.above, None);
    assert_eq!((c.reports.language, c.reconcile.daily, c.reconcile.monthly), (Language::English, None, None));
}

#[test]
fn good_files_are_read_as_written() {
    let c = sandbox(
        "client_secret_file = \"secret\"\n[engine]\ntransfers_per_second = 0.2\n[folders]\nstate = \"/srv/state\"\n",
    );
    let c = c.expect("good");
    assert_eq!(c.moncash.base_url.as_deref(), Some("https://sandbox.moncashbutton.digicelgroup.com/Api"));
    assert_eq!(c.moncash.client_secret_file.as_deref(), Some(Path::new("/etc/payoutd/secret")));
    assert_eq!(c.engine.transfers_per_second.period(), Duration::from_secs(5));
    assert_eq!(c.folders.batches, Path::new("/etc/payoutd/batches"));
    assert_eq!(c.folders.state, Path::new("/srv/state"));

    let live = read(LIVE).expect("good");
    assert_eq!(live.moncash.base_url.as_deref(), Some("https://moncashbutton.digicelgroup.com/Api"));
    assert_eq!((live.balance.fee_ppm, live.approval.above), (30_000, None));

    let off = sandbox(
        "[safety]\npaid_already_within = \"\"\n[approval]\nabove = \"0\"\n[limits]\nmax_batch_amount = \"1000000\"\n",
    );
    let off = off.expect("good");
    assert_eq!((off.safety.paid_already_within, off.approval.above), (None, Some(Amount::ZERO)));
    assert_eq!(off.limits.max_batch_amount, Some(Amount::from_centimes(100_000_000)));
    assert_eq!(sandbox("[approval]\nabove = \"\"\n").map(|c| c.approval.above), Ok(None));
    let hours = "[engine]\nhours = \"06:30-24:00\"\ndays = [\"mon\", \"SAT\"]\nholidays = [\"2026-12-25\"]\n";
    let hours = sandbox(hours).expect("good").engine.hours;
    assert_eq!((hours.from, hours.until, hours.holidays.len()), (390, 1440, 1));
    assert_eq!(hours.days, [true, false, false, false, false, true, false]);
    let guards =
        sandbox("[guards]\nmissing = \"hold\"\nperiod = \"off\"\nchange_factor = \"2.5\"\n").expect("good").guards;
    assert_eq!((guards.missing, guards.period, guards.new_people), (Act::Hold, Act::Off, Act::Warn));
    assert_eq!(guards.change_factor, 250);
    sandbox("base_url = \"http://127.0.0.1:8080/Api/\"\n").expect("loopback");
    let haiti = sandbox("[reports]\nlanguage = \"ht\"\n").expect("good");
    assert_eq!(haiti.reports.language, Language::Kreyol);
    let early = sandbox("[reconcile]\ndaily = \"05:30\"\n").expect("good").reconcile.daily;
    assert_eq!(early.map(|time| time.to_string()), Some("05:30:00".to_string()));
    assert!(read("\u{feff}").is_err(), "sandbox needs a client id");
}

/// What is added to a sandbox file; what the message must hold.
#[test]
fn bad_settings_are_refused_with_line_key_and_remedy() {
    let table: &[(&str, &[&str])] = &[
        ("[safety]\ngarce = \"30m\"", &["line 4, [safety] garce", "did you mean grace?"]),
        ("[engine]\ngrace = \"30m\"", &["line 4, [engine] grace", "belongs in [safety]"]),
        ("[engine]\nattemps = 3", &["did you mean attempts in [safety]?"]),
        ("[safety]\ncolour = 1", &["[safety] colour", "[safety] knows check_first, after_not_found, grace"]),
        ("[saftey]\ngrace = \"30m\"", &["line 3, [saftey]", "did you mean [safety]?"]),
        ("[colours]\n", &["there are [moncash], [engine]"]),
        ("[[engine]]\n", &["line 3", "single brackets"]),
        ("client_secret = \"hunter2\"", &["line 3, [moncash] client_secret", "file of its own (chmod 600)"]),
        ("environment = \"production\"", &["line 3, [moncash] environment", "\"sandbox\" or \"live\""]),
        ("environment = \"live", &["line 3", "not valid TOML"]),
        ("client_id = \"twice\"", &["line 3", "not valid TOML"]),
        ("base_url = \"http://a.example/Api\"", &["line 3, [moncash] base_url", "use https"]),
        ("base_url = \"https://moncashbutton.digicelgroup.com/Api\"", &["MonCash's live system", "\"sandbox\""]),
        ("base_url = \"https://MonCashButton.digicelgroup.com.:443/x\"", &["MonCash's live system"]),
        ("client_secret_file = \"~/secret\"", &["only a shell understands"]),
        ("connect_timeout = \"60s\"", &["line 3, [moncash] connect_timeout", "shorter than request_timeout"]),
        ("request_timeout = 60", &["line 3, [moncash] request_timeout", "text in quotes, but is a whole number"]),
        ("request_timeout = \"60\"", &["time with its unit"]),
        ("[engine]\ntransfers_per_second = 0", &["more than 0", "payoutd pause"]),
        ("[engine]\ntransfers_per_second = \"5\"", &["number without quotes"]),
        ("[engine]\ntransfers_per_second = nan", &["plain number"]),
        ("[engine]\ntransfers_per_second = -1", &["plain number"]),
        ("[engine]\nqueries_per_second = inf", &["plain number"]),
        ("[engine]\nmax_in_flight = 0", &["from 1 to 1000"]),
        ("[engine]\nmax_in_flight = 0x40", &["whole number"]),
        ("[folders]\nbatches = \"data\"\nstate = \"data/state\"", &["line 5, [folders] state", "lie apart"]),
        ("[folders]\nstate = \"\"", &["is empty"]),
        ("[intake]\nrescan = \"0s\"", &["at least 10ms"]),
        ("[intake]\nstart_after = \"3days\"", &["shorter than [safety] queued_for"]),
        ("[safety]\ncheck_first = \"true\"", &["true or false without quotes"]),
        ("[safety]\nafter_not_found = \"resend\"", &["\"retry\" or \"hold\""]),
        ("[safety]\nattempts = 0", &["from 1 to 1000"]),
        ("[safety]\nask_every = \"1h\"", &["[safety] ask_every", "ask_at_most_every"]),
        ("[safety]\nask_for = \"10m\"", &["[safety] ask_for", "longer than grace"]),
        ("[safety]\nqueued_for = \"2 years\"", &["longer than a year"]),
        ("[safety]\npaid_already_within = \"20\"", &["\"\" = off"]),
        ("[safety]\npaid_already = \"off\"", &["paid_already_within = \"\""]),
        ("[safety]\nmin_free = \"500\"", &["size with its unit"]),
        ("[safety]\nmin_free = 500", &["text in quotes"]),
        ("[reconcile]\ndaily = \"5h30\"", &["[reconcile] daily", "\"05:30\""]),
        ("[reconcile]\ndaily = \"24:00\"", &["[reconcile] daily"]),
        ("[reports]\ndialect = \"excel\"", &["[reports] dialect", "\"as_received\""]),
        ("[reports]\nlanguage = \"creole\"", &["[reports] language", "\"ht\" (kreyòl ayisyen)"]),
        ("[balance]\nfloor = 100.0", &["amount in quotes"]),
        ("[balance]\nfloor = \"-1.00\"", &["not be negative"]),
        ("[balance]\nfee_fixed = \"1.005\"", &["more than two decimals"]),
        ("[balance]\nfee_percent = 3", &["text in quotes"]),
        ("[balance]\nfee_percent = \"3,5\"", &["percentage such as"]),
        ("[limits]\nmin_amount = \"0\"", &["more than 0.00"]),
        ("[limits]\nmin_amount = \"80000\"", &["line 4, [limits] min_amount", "more than max_amount"]),
        ("[limits]\nmax_batch_amount = \"0.50\"", &["less than min_amount"]),
        ("[engine]\nhours = \"20:00-06:00\"", &["[engine] hours", "\"06:00-20:00\""]),
        ("[engine]\nhours = \"6-20\"", &["[engine] hours", "\"06:00-20:00\""]),
        ("[engine]\nhours = \"06:00-24:01\"", &["[engine] hours"]),
        ("[engine]\ndays = \"fri-mon\"", &["[engine] days", "\"mon-fri\""]),
        ("[engine]\ndays = []", &["[engine] days"]),
        ("[engine]\ndays = [\"lendi\"]", &["[engine] days"]),
        ("[engine]\nholidays = [\"25.12.2026\"]", &["[engine] holidays", "2026-12-25"]),
        ("[guards]\nmissing = \"on\"", &["[guards] missing", "\"hold\" (wait for approval)"]),
        ("[guards]\ncustomer_status = \"hold\"", &["[guards] customer_status", "it holds no batch"]),
        ("[guards]\nchange_factor = \"1\"", &["[guards] change_factor", "such as \"3\""]),
        ("[guards]\nchange_factor = 3", &["[guards] change_factor"]),
        ("[approval]\nfour_eyes = \"yes\"", &["true or false without quotes"]),
        ("[approval]\nabove = \"all\"", &["or \"none\""]),
        ("[approval]\nabove = \"-5\"", &["not be negative"]),
    ];
    for (more, expected) in table {
        let message = refused(sandbox(more));
        for part in *expected {
            assert!(message.contains(part), "{more}\nmust say: {part}\nbut says: {message}");
        }
        assert!(message.contains("/etc/payoutd/payoutd.toml"), "names the file: {message}");
    }
    assert!(refused(read("grace = \"1h\"\n")).contains("belongs in [safety]"));
    assert!(refused(read("moncash = 5\n")).contains("line 1"));
    assert!(refused(read("")).contains("[moncash] client_id: is missing"));
}

#[test]
fn all_problems_are_told_at_once_in_the_files_order() {
    let text = "[moncash]\nclient_id = \"a b\"\n[safety]\ngrase = \"30m\"\nattempts = \"3\"\n[engien]\n";
    let error = Config::from_text(text, Path::new("p.toml")).expect_err("refused");
    let lines: Vec<_> = error.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(5), Some(6)]);
    assert!(error.to_string().starts_with("configuration p.toml has 4 problems:\n  line 2, [moncash] client_id:"));
}

#[test]
fn live_refuses_to_start_until_every_live_setting_is_written() {
    let bare = refused(read("[moncash]\nenvironment = \"live\"\nclient_id = \"me\"\n"));
    for name in ["[safety] after_not_found", "[balance] fee_percent", "[approval] above"] {
        assert!(bare.contains(name), "{bare}");
    }
    for line in ["after_not_found = \"retry\"", "fee_percent = \"3\"", "above = \"none\""] {
        let message = refused(read(&LIVE.replace(line, "")));
        assert!(message.contains(line.split(' ').next().unwrap_or("?")), "{message}");
    }
    assert!(refused(read(&LIVE.replace("\"none\"", "\"\""))).contains("[approval] above"), "\"\" decides nothing");
}

#[test]
fn live_allows_no_shortcut_of_safety() {
    for (line, expected) in [
        ("check_first = false", "must be true in live"),
        ("grace = \"29m 59s\"", "at least 30m in live"),
        ("grace = \"0s\"", "at least 30m in live"),
    ] {
        let text = LIVE.replace("[safety]", &format!("[safety]\n{line}"));
        assert!(refused(read(&text)).contains(expected), "{line}");
        sandbox(&format!("[safety]\n{line}")).expect("sandbox may");
    }
    let crossed =
        LIVE.replace("client_id", "base_url = \"https://sandbox.moncashbutton.digicelgroup.com/Api\"\nclient_id");
    assert!(refused(read(&crossed)).contains("MonCash's sandbox system"));
    let away = "[moncash]\nenvironment = \"simulator\"\nbase_url = \"https://moncashbutton.digicelgroup.com/Api\"\n";
    assert!(refused(read(away)).contains("must be this machine"));
}

#[test]
fn no_message_shows_what_may_be_the_secret() {
    for text in [
        "[moncash]\nclient_secret = \"hunter2\"\n",
        "[moncash]\nclient_secret = \"hunter2\n",
        "[moncash]\nclient_secret = hunter2\n",
        "[moncash]\nclient_id = \"hunter2 x\"\n",
        "[moncash]\nenvironment = \"hunter2\"\nbase_url = \"http://me:hunter2@a/\"\n",
        "client_secret = \"hunter2\"\nclient_secret = \"hunter2\"\n",
    ] {
        let message = refused(read(text));
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn any_bytes_are_read_or_refused_but_never_a_panic() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::default();
    let piece = prop_oneof![
        Just("[moncash]\n".to_string()),
        Just("[safety]\ngrace = ".to_string()),
        Just("= \"".to_string()),
        Just("fee_percent".to_string()),
        "\\PC{0,8}",
        "[0-9.eE+-]{0,12}",
    ];
    let text = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    runner
        .run(&text, |text| {
            let _ = read(&text);
            Ok(())
        })
        .expect("no panic");
}

#[test]
fn the_example_file_is_good_and_live_once_its_live_lines_are_taken_in() {
    let unwritten = include_str!("../../systemd/payoutd.toml");
    // A ledger belongs to its client id for ever: none is made for one that nobody wrote.
    assert!(refused(read(unwritten)).contains("[moncash] client_id"));
    let example = &unwritten.replace("client_id = \"\"", "client_id = \"me\"");
    let config = read(example).expect("the example must be good");
    assert_eq!(config.moncash.environment, Environment::Sandbox);
    let live: String = example
        .replace("environment = \"sandbox\"", "environment = \"live\"")
        .lines()
        .map(|line| line.strip_prefix("#live# ").unwrap_or(line).to_string() + "\n")
        .collect();
    assert_ne!(live.lines().filter(|l| l.starts_with("fee_percent")).count(), 0);
    let config = read(&live).expect("the example with its live lines must be good");
    assert_eq!(config.moncash.environment, Environment::Live);
    assert!(refused(read(&example.replace("\"sandbox\"", "\"live\""))).contains("[approval] above"));
}

#[test]
fn warnings_name_what_deserves_a_second_look() {
    let warned = |text: &str| read(text).map(|c| c.warnings().join("\n")).expect("good");
    assert_eq!(Config::simulator_default(Path::new("/x")).map(|c| c.warnings()), Ok(Vec::new()));
    let live = warned(LIVE);
    assert!(live.contains("floor is 0.00") && live.contains("whoever can write to the inbox can pay"), "{live}");
    let tight = warned(&format!("{LIVE}[engine]\nmax_in_flight = 4\ndrain = \"1s\"\n"));
    assert!(tight.contains("max_in_flight is less than 50") && tight.contains("drain is shorter"), "{tight}");
    let elsewhere = warned(&LIVE.replace("client_id", "base_url = \"http://127.0.0.1:1\"\nclient_id"));
    assert!(elsewhere.contains("receives the secret"), "{elsewhere}");
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("payoutd.toml");
    let message = |path: &Path| Config::load(path).expect_err("refused").to_string();
    assert!(message(&path).contains("no such file"));
    std::fs::write(&path, b"\xff\xfe").expect("write");
    assert!(message(&path).contains("not UTF-8"));
    std::fs::write(&path, vec![b'#'; 1_000_001]).expect("write");
    assert!(message(&path).contains("larger than 1 MB"));
    std::fs::write(&path, "\u{feff}[moncash]\nclient_id = \"me\"\n").expect("write");
    let config = Config::load(&path).expect("a byte order mark is no problem");
    assert_eq!(config.folders.state, folder.path().join("state"));
}

#[test]
fn watchers_are_let_in_from_this_machine_alone() {
    use super::metrics::Listen;
    let listen = |value: &str| sandbox(&format!("[metrics]\nlisten = \"{value}\"\n"));
    assert_eq!(sandbox("").expect("good").metrics.listen, None, "off unless set");
    assert_eq!(listen("").expect("good").metrics.listen, None);
    for port in ["127.0.0.1:9464", "[::1]:9464", "127.0.0.9:1"] {
        assert_eq!(listen(port).expect("good").metrics.listen, Some(Listen::Port(port.parse().unwrap())));
    }
    let socket = listen("unix:/run/payoutd/metrics.sock").expect("good").metrics.listen;
    assert_eq!(socket, Some(Listen::Socket("/run/payoutd/metrics.sock".into())));
    for open in ["0.0.0.0:9464", "192.168.1.7:9464", "[::]:9464", "8.8.8.8:9464"] {
        let told = refused(listen(open));
        assert!(told.contains("other machines") && told.contains("\"127.0.0.1:9464\""), "{told}");
    }
    for wrong in ["9464", "localhost", "unix:metrics.sock", "unix:", "unix:/run/", "/run/x.sock", "127.0.0.1"] {
        let told = refused(listen(wrong));
        assert!(told.contains("[metrics] listen") && told.contains("such as"), "{told}");
    }
}
