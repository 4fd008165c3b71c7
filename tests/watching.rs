//! `payoutd status --watch` and the demo on a real pseudo-terminal (that of `script`, from util-linux; where
//! there is none the tests say that they were left out), and where there is no terminal.
//!
//! Must never: be judged by the clock; what is awaited has minutes.

#[path = "stories/gateway.rs"]
#[allow(dead_code)]
mod gateway;
#[path = "stories/house.rs"]
#[allow(dead_code)]
mod house;
#[path = "gauntlet/wire.rs"]
#[allow(dead_code)]
mod wire;

use gateway::{Act, Gateway};
use house::{House, payroll, signal};
use rustix::process::Signal;
use std::fs;
use std::process::{Child, Command, Stdio};
use support::left_out;

const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l";
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";

fn has_script() -> bool {
    let has = Command::new("script").arg("--version").output().is_ok_and(|out| out.status.success());
    if !has {
        left_out("the view on a terminal", "there is no `script` (util-linux) to make one");
    }
    has
}

/// Watches on a terminal of this size; what it shows is added to `seen`, and its number to `number`.
fn watch(house: &House, columns: u16, rows: u16, environment: &str) -> Child {
    let program = env!("CARGO_BIN_EXE_payoutd");
    let inner =
        format!("stty cols {columns} rows {rows}; echo $$ > number; exec env {environment} {program} status --watch");
    Command::new("script")
        .args(["-qfec", &inner, "seen"])
        .current_dir(house.folder.path())
        .env("SHELL", "/bin/sh")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("script")
}

fn seen(house: &House) -> String {
    String::from_utf8_lossy(&fs::read(house.path("seen")).unwrap_or_default()).into_owned()
}

fn number(house: &House) -> i32 {
    fs::read_to_string(house.path("number")).expect("number").trim().parse().expect("a process")
}

/// Ends it as Ctrl-C does, and returns everything that it wrote.
fn end(house: &House, mut watching: Child, with: Signal) -> String {
    signal(number(house), with);
    watching.wait().expect("end");
    seen(house)
}

/// The pages that were drawn.
fn pages(text: &str) -> Vec<String> {
    let view = text.split(ENTER).nth(1).and_then(|rest| rest.split(LEAVE).next()).expect("a view");
    view.split("\u{1b}[H").skip(1).map(str::to_string).collect()
}

/// A page's lines as one sees them.
fn lines(page: &str) -> Vec<String> {
    let plain = |line: &str| {
        let mut out = String::new();
        let mut parts = line.split('\u{1b}');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            out.push_str(part.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap_or_default());
        }
        out
    };
    page.split('\n').map(|line| plain(line.trim_end_matches('\r'))).collect()
}

#[test]
fn the_view_is_drawn_in_place_and_leaves_the_terminal_as_it_was() {
    if !has_script() {
        return;
    }
    let gateway = Gateway::open();
    gateway.script("W-2", [Act::Hangs(true)]);
    let house = House::build(&gateway, "");
    let mut daemon = house.start("run");
    for (columns, rows) in [(80, 24), (40, 12)] {
        for with in [Signal::INT, Signal::TERM] {
            let _ = fs::remove_file(house.path("seen"));
            let watching = watch(&house, columns, rows, "TERM=xterm");
            house.until("the view", || seen(&house).contains("Ctrl-C ends") || seen(&house).contains("more lines"));
            house.drop_file(&format!("{columns}-{with:?}.csv"), &payroll("W", 3));
            house.until("its batch", || pages(&seen(&house)).iter().any(|page| page.contains("B000001")));
            house.until("a second page", || pages(&seen(&house)).len() > 1);
            let text = end(&house, watching, with);
            let (before, after) =
                (text.split(ENTER).next().unwrap_or_default(), text.rsplit(LEAVE).next().unwrap_or_default());
            assert!(!before.contains('\u{1b}') || before.contains("Script started"), "{before:?}");
            assert!(after.contains("MonCash sandbox, account story") && !after.contains("\u{1b}[?"), "{after:?}");
            assert!(!text.contains("\u{1b}[2J"), "a cleared page flickers");
            for page in &pages(&text) {
                let lines = lines(page);
                assert!(lines.len() <= usize::from(rows), "{lines:#?}");
                let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
                assert!(widest <= usize::from(columns), "{widest} > {columns}: {lines:#?}");
            }
        }
    }
    daemon.stop();
}

#[test]
fn colours_are_left_out_where_nobody_wants_them_and_a_dumb_terminal_gets_plain_lines() {
    if !has_script() {
        return;
    }
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    house.drop_file("july.csv", &payroll("W", 3));
    house.once().ends(0);
    for (environment, view, colours) in
        [("TERM=xterm", true, true), ("TERM=xterm NO_COLOR=1", true, false), ("TERM=dumb", false, false)]
    {
        let _ = fs::remove_file(house.path("seen"));
        let watching = watch(&house, 80, 24, environment);
        house.until("the batch", || seen(&house).contains("B000001"));
        let text = end(&house, watching, Signal::INT);
        assert_eq!((text.contains(ENTER), text.contains("\u{1b}[1m")), (view, colours), "{environment}: {text:?}");
        assert!(view || !text.contains('\u{1b}'), "{environment}: {text:?}");
    }
}

#[test]
fn without_a_terminal_there_is_a_line_for_each_change_and_nothing_else() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "");
    let mut daemon = house.start("run");
    house.until("the ledger", || house.path("state/live.json").exists());
    let out = fs::File::create(house.path("watched")).expect("file");
    let mut watching = Command::new(env!("CARGO_BIN_EXE_payoutd"))
        .args(["status", "--watch"])
        .current_dir(house.folder.path())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn()
        .expect("watch");
    let watched = || fs::read_to_string(house.path("watched")).unwrap_or_default();
    house.drop_file("july.csv", &payroll("W", 3));
    house.until("it is complete", || watched().contains("complete, 3/3 settled: 3 paid; HTG 307.50 of 307.50"));
    // The daemon renews its own word meanwhile; nothing of it is a change.
    let lines = watched().lines().count();
    house.run("pause --reason lunch").ends(0);
    let paused = format!("PAUSED: {} (lunch)", payoutd::files::users::name_of(rustix::process::getuid().as_raw()));
    house.until("the pause", || watched().contains(&paused));
    assert_eq!(watched().lines().count(), lines + 1, "{}", watched());
    assert!(!watched().contains('\u{1b}'));
    signal(i32::try_from(watching.id()).expect("a number"), Signal::INT);
    assert_eq!(watching.wait().expect("end").code(), Some(0));
    daemon.stop();
}

#[test]
fn the_demo_on_a_terminal_shows_the_view_and_ends_with_the_summary() {
    if !has_script() {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("folder");
    let program = env!("CARGO_BIN_EXE_payoutd");
    fs::write(folder.path().join("two.csv"), payroll("D", 2)).expect("write");
    let inner =
        format!("stty cols 60 rows 20; exec env TERM=xterm TMPDIR={} {program} demo two.csv", folder.path().display());
    let ended = Command::new("script")
        .args(["-qfec", &inner, "seen"])
        .current_dir(folder.path())
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("script");
    let text = String::from_utf8_lossy(&fs::read(folder.path().join("seen")).expect("seen")).into_owned();
    assert!(ended.success(), "{text}");
    let after = text.split(LEAVE).nth(1).expect("it left the view");
    assert!(after.contains("All 2 people were paid"), "{after}");
    assert!(!after.contains(" INFO ") && pages(&text).iter().any(|page| page.contains("2 paid")), "{text}");
}
