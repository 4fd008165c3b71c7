//! The files beside the ledger under a power cut: the claimed batch file, the report, its summary and
//! retry file, the errors file, a backup. The real binary, its real system calls, and a real file
//! system that is cut off from its disk.
//!
//! What a machine lacks (strace; root, loop devices and mkfs.ext4) is left out, and told.
//!
//! Must never: pass in silence without having looked.

mod calls;
mod ext4;
mod house;
mod model;

use ext4::{Ext4, put};
use house::{House, Simulator, hash_of, payroll, until};
use model::Model;
use power_loss_vfs::Chance;
use std::process::{Command, Stdio};
use support::left_out;

/// Rows of the payroll whose calls are traced: one is declined, so that there is a retry file.
const ROWS: u32 = 5;

fn has_strace() -> bool {
    // A tracer that may not trace is as good as none.
    Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|ended| ended.success())
}

#[test]
fn whatever_the_moment_of_the_cut_every_file_is_whole_and_none_is_gone() {
    if !has_strace() {
        return left_out("the order of the system calls", "strace is not here, or may not trace");
    }
    let simulator = Simulator::start(&["--full", "50930000003"]);
    let place = tempfile::tempdir().unwrap();
    let house = House::build(place.path(), &simulator);
    house.drop_file("july.csv", &payroll("JUL", 1, ROWS));
    house.drop_file("bad.csv", "reference,receiver,amount\nX-1,30000001,much\n");
    let mut model = Model::new(&house.folder, &["july.csv", "bad.csv"]);
    let trace = place.path().join("trace");
    for arguments in [&["run", "--once", "--for", "60s"][..], &["backup", "copy.sqlite3"]] {
        let ended = house.run_traced(&trace, arguments);
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(matches!(ended.status.code(), Some(0 | 3)), "{arguments:?}: {:?} {told}", ended.status);
        let text = std::fs::read(&trace).unwrap();
        let calls = calls::read(&String::from_utf8_lossy(&text)).unwrap();
        for call in &calls {
            model.take(call).unwrap();
        }
        model.judge_end().unwrap();
    }
    println!(
        "system calls: {} states of the folders, at {} commits and {} Transferts",
        model.states, model.commits, model.sends
    );
    assert_eq!(simulator.debits(), (4, 4, 0));
    assert!(model.sends >= 4 && model.commits > 10 && model.states > 300, "too little was seen");
    for (folder, ending) in [
        ("reports", ".report.csv"),
        ("reports", ".summary.txt"),
        ("reports", ".retry.csv"),
        ("rejected", ".errors.csv"),
    ] {
        assert_eq!(house.files(folder, ending).len(), 1, "{ending}");
    }
}

/// A file system to cut off, or the word that there is none.
fn ext4() -> Option<Ext4> {
    match Ext4::make() {
        Ok(made) => Some(made),
        Err(why) => {
            left_out("an ext4 cut off from its disk", &why);
            None
        }
    }
}

/// The control: a cut that loses nothing would prove nothing.
#[test]
fn the_file_system_forgets_what_was_not_flushed_and_nothing_else() {
    let Some(disk) = ext4() else { return };
    let folder = disk.folder();
    put(&folder, "flushed", "all of it", true);
    put(&folder, "not flushed", "all of it", false);
    std::fs::rename(folder.join("flushed"), folder.join("renamed")).unwrap();
    disk.cut();
    disk.come_back();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    assert_eq!(read("flushed"), "all of it", "a rename whose folder was not flushed is undone");
    assert_eq!((read("renamed"), read("not flushed")), (String::new(), String::new()));
}

/// Rows of each of the two payrolls on the disk that is cut.
const MANY: u32 = 40;
/// Cuts while they are paid; `POWER_CUTS` sets another number.
const CUTS: u64 = 8;

#[test]
fn a_payroll_is_paid_once_however_often_the_power_goes() {
    let Some(disk) = ext4() else { return };
    let simulator = Simulator::start(&[]);
    let house = House::build(&disk.folder(), &simulator);
    let texts = [payroll("JUL", 1, MANY), payroll("AUG", 1001, MANY)];
    put(&house.place("inbox"), "july.csv", &texts[0], true);
    put(&house.place("inbox"), "bad.csv", "reference,receiver,amount\nX-1,30000001,much\n", true);
    put(&house.folder, "payoutd.toml", &std::fs::read_to_string(house.folder.join("payoutd.toml")).unwrap(), true);
    put(&house.folder, "kept", "the folders", true);
    let cuts = std::env::var("POWER_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(CUTS);
    let mut chance = Chance::of(cuts);
    let everybody = u64::from(MANY) * 2;
    let accepted = |name: &str| house.files("accepted", ".csv").iter().any(|(found, _)| found.starts_with(name));
    for number in 0..cuts {
        let mut daemon = house.start(&["run"]);
        if number == 0 {
            until("the first payroll is taken", || !house.place("inbox").join("july.csv").exists());
        } else if number == 1 {
            // As most people copy: without a flush. Once it is accepted it must not be lost.
            put(&house.place("inbox"), "august.csv", &texts[1], false);
            until("the second payroll is admitted", || accepted("august"));
        } else {
            let paid = simulator.debits().0;
            let more = chance.below(12) as u64;
            until("the next people are paid", || {
                simulator.debits().0 >= (paid + more).min(everybody) || daemon.has_ended()
            });
        }
        disk.cut();
        daemon.kill();
        disk.come_back();
        is_whole(&house, &texts, number >= 1);
    }
    let ended = house.run(&["run", "--once", "--for", "100s"]);
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&ended.stderr));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(simulator.debits(), (everybody, everybody, 0), "each person once, by the simulator's own count: {said}");
    disk.cut();
    disk.come_back();
    is_whole(&house, &texts, true);
    let reports = house.files("reports", ".report.csv");
    let paid: usize = reports.iter().map(|(_, text)| text.matches(",paid,yes,").count()).sum();
    assert_eq!((reports.len(), paid), (2, everybody as usize), "the last report outlives the last cut");
    println!("ext4: {} power cuts, {everybody} people paid once each", cuts + 1);
}

/// What lies in the folders after a cut: whole files, and a ledger that passes its audit.
fn is_whole(house: &House, texts: &[String; 2], both: bool) {
    for (name, text) in house.files("reports", ".report.csv") {
        let rows = text.matches("JUL-").count() + text.matches("AUG-").count();
        assert_eq!(rows, MANY as usize, "{name} is not whole: {text}");
    }
    for (name, text) in house.files("reports", ".summary.txt") {
        assert!(text.contains("Event number"), "{name} is not whole: {text}");
    }
    let mut hashes: Vec<String> = ["inbox", "processing", "accepted"]
        .iter()
        .flat_map(|folder| house.files(folder, ".csv"))
        .filter(|(name, _)| !name.starts_with("bad"))
        .map(|(_, text)| hash_of(&text))
        .collect();
    hashes.sort();
    let mut dropped: Vec<String> = texts.iter().take(1 + usize::from(both)).map(|text| hash_of(text)).collect();
    dropped.sort();
    assert_eq!(hashes, dropped, "every dropped file lies in one place, unchanged");
    for (name, text) in house.files("rejected", ".errors.csv") {
        assert!(text.starts_with("line,column,value,code,problem\n2,amount,much,"), "{name} is not whole: {text}");
    }
    if house.folder.join("state/ledger.sqlite3").exists() {
        let audit = house.run(&["verify"]);
        // A ledger that lost its power before its first commit is empty, and not damaged.
        let empty = String::from_utf8_lossy(&audit.stderr).contains("there is no ledger");
        assert!(audit.status.success() || empty, "{}", String::from_utf8_lossy(&audit.stdout));
    }
}
