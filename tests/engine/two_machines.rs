//! Two machines with one account, and one machine put back to an earlier day: what MonCash itself is
//! asked about each reference protects, and how far; README says the same.
//!
//! With folders, files and the binary: `tests/stories/`.

use super::house::*;
use super::moncash::Act;
use payoutd::payout::order::Verb;
use payoutd::payout::state::StateWord;
use std::path::{Path, PathBuf};

#[tokio::test(start_paused = true)]
async fn a_second_machine_pays_nobody_whom_the_first_has_paid() {
    let mut first = House::new();
    first.moncash.script("A2", [Act::paid_unheard()]);
    first.admit(&rows("A", 3, 100));
    first.run_until(5 * MINUTE, |house| house.word("A2") == StateWord::Paid).await;
    let mut second = House::beside(&first);
    second.admit(&rows("A", 4, 100));
    second.ends(&[("A1", "held", "yes", 1), ("A2", "held", "yes", 1), ("A3", "held", "yes", 1)]).await;
    second.tells(&[("A4", "paid", "yes", 1)]);
    assert_eq!(second.held_for("A1"), "ReferenceUsedBefore");
    assert_eq!(first.moncash.transfers().len(), 4);
    first.is_sound(&[]);
}

/// The first machine is gone with a call on the wire; somebody starts another with an empty ledger.
#[tokio::test(start_paused = true)]
async fn a_stand_in_for_a_machine_that_died_finds_what_landed_before_it_asks() {
    let mut first = House::new();
    first.moncash.script("A1", [Act::lands_after(MINUTE)]);
    first.admit(&rows("A", 1, 100));
    first.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    first.crash();
    // README: wait as long as the grace before a file is dropped again.
    tokio::time::sleep(GRACE).await;
    let mut second = House::beside(&first);
    second.admit(&rows("A", 1, 100));
    second.ends(&[("A1", "held", "yes", 1)]).await;
    // And the first, when it comes back, learns that its own call paid.
    drop(second);
    first.clock.reboot();
    first.start();
    first.ends(&[("A1", "paid", "yes", 1)]).await;
}

/// What README states: nothing protects two machines that pay the same file at the same moment; each
/// asks before the other has paid.
#[tokio::test(start_paused = true)]
async fn two_machines_that_ask_at_the_same_moment_are_the_window_that_readme_states() {
    let mut first = House::new();
    let mut second = House::beside(&first);
    first.admit(&rows("A", 1, 100));
    second.admit(&rows("A", 1, 100));
    let (stop, wake) = (first.stop.clone(), payoutd::engine::Bell::default());
    let until = payoutd::engine::Until::Stopped;
    tokio::select! {
        _ = first.engine.as_mut().unwrap().run(until, &stop, &wake, &mut []) => {}
        () = second.run_for(MINUTE) => {}
    }
    (first.judged, second.judged) = (false, false);
    assert_eq!(first.moncash.debits_of("A1"), 2, "if this is prevented now, README says too little");
    // As soon as one is a status call's time ahead, it is none.
    let mut first = House::new();
    let mut second = House::beside(&first);
    first.admit(&rows("A", 1, 100));
    first.run_until(MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    second.admit(&rows("A", 1, 100));
    second.ends(&[("A1", "held", "yes", 1)]).await;
}

/// The state folder as a snapshot of the disk has it.
fn snapshot(of: &House) -> PathBuf {
    let to = of.folder.path().with_extension("snapshot");
    let _ = std::fs::remove_dir_all(&to);
    copy_files(of.folder.path(), &to);
    to
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Puts the machine back, ledger, high-water mark and all.
fn put_back(house: &House, snapshot: &Path) {
    for entry in std::fs::read_dir(house.folder.path()).unwrap().flatten() {
        std::fs::remove_file(entry.path()).unwrap();
    }
    copy_files(snapshot, house.folder.path());
    std::fs::remove_dir_all(snapshot).unwrap();
    house.clock.reboot();
}

/// A house with 4 rows to pay whose machine was put back to before it paid them; A3's answer was lost.
async fn put_back_to_before(act: Act) -> House {
    let mut house = House::new();
    house.pay_a_control().await;
    house.order_house(Verb::Pause).await.unwrap();
    house.admit(&rows("A", 4, 100));
    house.crash();
    let snapshot = snapshot(&house);
    house.start();
    house.moncash.script("A3", [act]);
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(MINUTE, |house| house.word("A4") == StateWord::Paid).await;
    house.crash();
    put_back(&house, &snapshot);
    house.start();
    assert_eq!(house.word("A1"), StateWord::Queued, "it does not know what it did");
    house
}

#[tokio::test(start_paused = true)]
async fn a_machine_put_back_to_a_snapshot_pays_nobody_again_whom_moncash_knows() {
    let mut house = put_back_to_before(Act::paid_unheard()).await;
    house.order_house(Verb::Resume).await.unwrap();
    let told = ["A1", "A2", "A3", "A4"].map(|reference| (reference, "held", "yes", 1));
    house.ends(&told).await;
    assert_eq!(house.held_for("A3"), "ReferenceUsedBefore");
}

#[tokio::test(start_paused = true)]
async fn a_distrusted_snapshot_waits_out_the_grace_of_a_call_that_it_forgot() {
    // On its way when the machine was put back, and unknown to everybody for two minutes more.
    let mut house = put_back_to_before(Act::lands_after(3 * MINUTE)).await;
    house.order_house(Verb::Distrust).await.unwrap();
    house.order_house(Verb::Resume).await.unwrap();
    let told = ["A1", "A2", "A3", "A4"].map(|reference| (reference, "held", "yes", 1));
    house.ends(&told).await;
    assert_eq!(house.held_for("A3"), "PaidByWhom");
    assert_eq!(house.moncash.transfers_of("A3").len(), 1);
}

/// Why README insists on `pause --distrust`: without it nothing knows of a call that was on its way.
#[tokio::test(start_paused = true)]
async fn a_call_on_its_way_when_an_undistrusted_machine_was_put_back_is_the_window_that_readme_states() {
    let mut house = put_back_to_before(Act::lands_after(3 * MINUTE)).await;
    house.order_house(Verb::Resume).await.unwrap();
    house.run_for(3 * GRACE).await;
    house.judged = false;
    assert_eq!(house.moncash.debits_of("A3"), 2, "if this is prevented now, README says too little");
    for reference in ["A1", "A2", "A4"] {
        assert_eq!(house.moncash.debits_of(reference), 1, "{reference}");
    }
}

/// A cold copy of the state folder, mark and all, put in place of a newer one of the same machine.
#[tokio::test(start_paused = true)]
async fn a_ledger_put_back_without_its_mark_is_noticed() {
    let mut house = House::new();
    house.pay_a_control().await;
    house.order_house(Verb::Pause).await.unwrap();
    house.admit(&rows("A", 3, 100));
    house.crash();
    let snapshot = snapshot(&house);
    house.start();
    house.moncash.script("A2", [Act::lands_after(3 * MINUTE)]);
    house.order_house(Verb::Resume).await.unwrap();
    house.run_until(MINUTE, |house| house.word("A3") == StateWord::Paid).await;
    house.crash();
    std::fs::remove_file(snapshot.join("high-water")).unwrap();
    std::fs::copy(house.folder.path().join("high-water"), snapshot.join("high-water")).unwrap();
    put_back(&house, &snapshot);
    house.start();
    let sent = house.moncash.transfers().len();
    house.run_for(3 * GRACE).await;
    assert_eq!(house.moncash.transfers().len(), sent, "it sent before anybody looked");
    house.order_house(Verb::Resume).await.unwrap();
    house.ends(&[("A1", "held", "yes", 1), ("A2", "held", "yes", 1), ("A3", "held", "yes", 1)]).await;
}

/// A copy of the ledger taken while calls are on the wire knows of the calls, and not of their ends.
#[tokio::test(start_paused = true)]
async fn a_backup_taken_mid_flight_and_restored_pays_nobody_twice() {
    for lands in [SECOND, 30 * SECOND, 2 * MINUTE, GRACE - SECOND] {
        let mut house = House::new();
        house.pay_a_control().await;
        for i in 1..=3 {
            house.moncash.script(&format!("A{i}"), [Act { answer: 20 * SECOND, ..Act::lands_after(lands) }]);
        }
        house.admit(&rows("A", 8, 100));
        house.run_until(MINUTE, |house| !house.moncash.transfers_of("A2").is_empty()).await;
        let copy = house.folder.path().join("copy.sqlite3");
        payoutd::ledger::backup(house.folder.path(), &copy).unwrap();
        house.run_for(2 * SECOND).await;
        house.crash();
        let now = payoutd::clock::Clock::now(&*house.clock).wall;
        payoutd::ledger::restore(&copy, house.folder.path(), now).unwrap();
        house.start();
        house.order_house(Verb::Resume).await.unwrap();
        house.run_for(3 * GRACE).await;
        house.is_sound(&[]);
        for row in house.report() {
            let debits = house.moncash.debits_of(row.reference.as_str());
            assert_eq!(debits, 1, "{} is {:?}, its money landed after {lands:?}", row.reference, row.status);
        }
    }
}
