//! A ledger that may be older than its last send sends nothing before a person has looked.

use super::house::House;

/// More payouts than the few slices of suspicion that fit between an order and its answer.
const MANY: u32 = 3_203;

#[test]
fn a_restored_ledger_takes_everything_for_possibly_paid_until_a_person_has_looked() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", MANY);
    house.run("run --once").ends(3);
    house.run("backup copy.sqlite3").ends(0).says("Chain head");
    house.run("backup copy.sqlite3").ends(1).says("exists");
    house.run("approve B000001 --reason ok").ends(0);

    house.run("restore nothing").ends(1).says("is not a file");
    house.write("junk", "this is no ledger, and far too short for one");
    house.run("restore junk").ends(1).says("no whole copy of a ledger").says("nothing was changed");
    house.run("restore copy.sqlite3").ends(0).says("before-restore").says("payoutd resume");

    // Nobody has seen a suspicion yet: a resume that was meant for something else lifts none.
    house.run("resume --reason lunch").ends(1).says("which you had not seen");
    house.run("resume").ends(2).says("restore").says("--reason");
    house.run("status").ends(0).says("may be older");
    house.run("doctor --offline").ends(1).says("may be older");
    house.run("rebind --reason x").ends(0).says("already");
    house.run("resume --reason looked").ends(0).says("may be old is lifted");
    for person in [1, 1_600, MANY] {
        house.run(&format!("explain SAL-{person}")).ends(0).says("nothing is sure").says("in_doubt");
    }
    house.run("verify").ends(0);
}

#[test]
fn a_suspicion_is_complete_before_a_resume_lifts_it() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", MANY);
    house.run("run --once").ends(3);
    house.run("pause --distrust").ends(2).says("--reason");
    house.run_args(&["pause", "--distrust", "--reason", "snapshot of Monday"]).ends(0).says("nothing is sent");
    house.run("resume --reason looked").ends(0);
    house.run(&format!("explain SAL-{MANY}")).ends(0).says("snapshot of Monday").says("in_doubt");
}

#[test]
fn batches_that_a_restored_ledger_forgot_are_told_once_and_their_numbers_never_used_again() {
    let house = House::plain();
    house.drop_payroll("july.csv", "JUL", 2);
    house.run("run --once").ends(0);
    house.run("backup copy.sqlite3").ends(0);
    house.drop_payroll("august.csv", "AUG", 2);
    house.write("other.csv", "reference,receiver,amount\nOTHER-1,37000009,5.00\n");
    house.run_args(&["run", "--once"]);
    house.run("restore copy.sqlite3").ends(0);
    // An order alone finds the copy; the daemon also sees the files of the forgotten batch.
    house.run("resume --reason x").ends(1);
    house.run("resume --reason looked").ends(0);
    house.run("run --once");
    house.run("status").ends(0).says("batch B000002");
    house.run("resume --reason looked").ends(0);
    for _ in 0..2 {
        house.run("run --once").ends(0);
    }
    std::fs::rename(house.path("other.csv"), house.path("batches/inbox/other.csv")).expect("drop");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(2), "");
    house.run("explain OTHER-1").ends(0).says("OTHER-1: paid").says("B000003");
    house.run("verify").ends(6).says("kept outside");
}

#[test]
fn the_summary_of_a_ledger_that_is_gone_is_kept_beside_the_new_one() {
    let house = House::plain();
    house.run("run --once").ends(0);
    house.run("pause --reason first").ends(0);
    house.drop_payroll("july.csv", "JUL", 2);
    house.run("run --once").ends(4);
    house.run("backup before.sqlite3").ends(0);
    house.run("resume --reason go").ends(0);
    house.run("run --once").ends(0);
    let summaries = || -> Vec<String> {
        let reports = std::fs::read_dir(house.path("batches/reports")).expect("reports");
        let texts = reports.map(|entry| entry.expect("entry").path());
        let texts = texts.filter(|path| path.to_string_lossy().contains(".summary."));
        texts.map(|path| std::fs::read_to_string(path).expect("summary")).collect()
    };
    let paid = summaries();
    assert_eq!(paid.len(), 1);
    assert!(paid[0].contains("were paid"), "{}", paid[0]);
    // The copy knows the batch and not that it was paid.
    house.run("restore before.sqlite3").ends(0);
    house.run("resume --reason looked").ends(1);
    house.run("resume --reason looked").ends(0);
    house.run("run --once");
    let kept = summaries();
    assert_eq!(kept.len(), 2);
    assert!(kept.contains(&paid[0]), "the summary that says who was paid is gone");
}
