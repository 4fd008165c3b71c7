//! Approvals and other orders by files alone: nobody types a command.

use super::house::{House, payroll};
use payoutd::ledger::post_order;
use payoutd::payout::moment::Wall;
use payoutd::payout::order::{Order, Origin, Target, Verb};
use payoutd::payout::state::ByOrder;
use sha2::{Digest, Sha256};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use support::left_out;

const APPROVAL: &str = "[approval]\nabove = \"0\"\n";
const FOUR_EYES: &str = "[approval]\nabove = \"0\"\nfour_eyes = true\n";

fn text(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn copy(house: &House, from: &str, to: &str) {
    std::fs::copy(house.path(from), house.path(to)).expect("copy");
}

fn exists(house: &House, name: &str) -> bool {
    house.path(name).exists()
}

/// The answer beside an order's file, once both lie there: the answer is written before the file is moved.
fn answer(house: &House, name: &str) -> String {
    let order = name.strip_suffix(".answer.txt").expect("an answer's name");
    house.wait_until(name, || exists(house, name) && exists(house, order));
    text(house, name)
}

fn people() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives a file to a user, and to him alone. Only root can; others see that their own approval is refused.
fn give(path: &Path, uid: u32) {
    chown(path, Some(uid), Some(uid)).expect("chown");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
}

#[test]
fn a_copy_of_the_ready_made_file_approves_the_batch_and_nothing_else_does() {
    let house = House::new(&[], APPROVAL);
    let daemon = house.start();
    house.drop_payroll("july.csv", "SAL", 3);
    house.wait_until("the form", || exists(&house, "batches/reports/B000001.approve.txt"));
    let form = text(&house, "batches/reports/B000001.approve.txt");
    assert!(form.contains("above [approval] above (HTG 0.00)") && form.contains("rows: 3\n"), "{form}");
    assert_eq!(house.state_of(1), "awaiting_approval");

    // Wrong content, wrong folder, wrong kind of file: refused or left, and nobody is paid.
    house.write("batches/approvals/wrong.txt", &form.replace("rows: 3", "rows: 4"));
    assert!(answer(&house, "batches/approvals/refused/wrong.txt.answer.txt").contains("REFUSED, nothing was done"));
    assert!(text(&house, "batches/approvals/refused/wrong.txt").contains("rows: 4"));
    house.write("batches/orders/approve.txt", &form);
    assert!(answer(&house, "batches/orders/refused/approve.txt.answer.txt").contains("batches/approvals/"));
    symlink(house.path("batches/reports/B000001.approve.txt"), house.path("batches/approvals/link.txt")).expect("link");
    let kept = house.write("kept.txt", &form);
    std::fs::hard_link(&kept, house.path("batches/approvals/second.txt")).expect("link");
    assert!(answer(&house, "batches/approvals/refused/second.txt.answer.txt").contains("hard link"));
    house.wait_until("the link is told", || {
        text(&house, "batches/STATUS.txt").contains("approvals/link.txt: is a link")
    });
    assert_eq!(house.state_of(1), "awaiting_approval");

    // A reason that the person wrote, the line ends of an editor, a name that the file manager made.
    let mine = form.replace("reason:", "reason: checked with Marie").replace('\n', "\r\n");
    house.write("batches/approvals/B000001.approve - Copy.txt", &mine);
    let said = answer(&house, "batches/approvals/done/B000001.approve - Copy.txt.answer.txt");
    assert!(said.contains("DONE: batch B000001 is approved: 3 payouts go."), "{said}");
    assert_eq!(text(&house, "batches/approvals/done/B000001.approve - Copy.txt"), mine);
    house.wait_until("all are paid", || house.state_of(1) == "complete");
    house.wait_until("no form is left", || !exists(&house, "batches/reports/B000001.cancel.txt"));
    assert!(!exists(&house, "batches/reports/B000001.approve.txt"));

    // The same file once more changes nothing, and both lie there afterwards.
    house.write("batches/approvals/B000001.approve - Copy.txt", &mine);
    assert!(
        answer(&house, "batches/approvals/refused/B000001.approve - Copy.txt.answer.txt")
            .contains("nothing can be ordered")
    );
    assert!(house.path("batches/approvals/link.txt").is_symlink());
    let uid = rustix::process::geteuid().as_raw();
    house.run("explain SAL-1 --pack pack.txt").ends(0);
    let pack = text(&house, "pack.txt");
    for part in
        [&format!("(uid {uid})"), "checked with Marie", "batches/approvals/B000001.approve - Copy.txt, SHA-256 "]
    {
        assert!(pack.contains(part), "{part}: {pack}");
    }
    assert_eq!(daemon.stop(), 0);
    house.run("verify").ends(0);
}

#[test]
fn hold_release_and_cancel_go_by_files_too() {
    let house = House::new(&[], "[approval]\nabove = \"none\"\n");
    house.run("run --once").ends(0);
    house.run("pause --reason wait").ends(0);
    let daemon = house.start();
    house.drop_payroll("july.csv", "SAL", 3);
    house.wait_until("the form", || exists(&house, "batches/reports/B000001.hold.txt"));
    copy(&house, "batches/reports/B000001.hold.txt", "batches/orders/hold.txt");
    answer(&house, "batches/orders/done/hold.txt.answer.txt");
    assert_eq!(house.state_of(1), "on_hold");
    house.wait_until("the next form", || exists(&house, "batches/reports/B000001.release.txt"));
    assert!(!exists(&house, "batches/reports/B000001.hold.txt"));
    copy(&house, "batches/reports/B000001.release.txt", "batches/orders/hold.txt");
    house.wait_until("it is released", || house.state_of(1) != "on_hold");
    copy(&house, "batches/reports/B000001.cancel.txt", "batches/orders/cancel.txt");
    let said = answer(&house, "batches/orders/done/cancel.txt.answer.txt");
    assert!(said.contains("3 payouts are stopped"), "{said}");
    house.run("resume --reason go").ends(0);
    house.wait_until("it is cancelled", || house.state_of(1) == "cancelled");
    assert_eq!(daemon.stop(), 0);
    // Two orders had one name: neither was overwritten.
    let done = std::fs::read_dir(house.path("batches/orders/done")).expect("done").count();
    assert_eq!(done, 6);
}

#[test]
fn run_once_obeys_what_lies_there() {
    let house = House::new(&[], APPROVAL);
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    copy(&house, "batches/reports/B000001.approve.txt", "batches/approvals/B000001.approve.txt");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(1), "complete");
    assert!(exists(&house, "batches/approvals/done/B000001.approve.txt"));
}

#[test]
fn four_eyes_asks_for_another_person_by_file_and_by_command() {
    let house = House::new(&[], FOUR_EYES);
    let dropped = house.write("july.csv", &payroll("SAL", 2));
    if people() {
        give(&dropped, 1001);
    }
    std::fs::rename(&dropped, house.path("batches/inbox/july.csv")).expect("drop");
    let daemon = house.start();
    house.wait_until("the form", || exists(&house, "batches/reports/B000001.approve.txt"));
    let lay = |name: &str, uid: u32, mode: u32| {
        let path = house.write(name, &text(&house, "batches/reports/B000001.approve.txt"));
        if people() {
            give(&path, uid);
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("chmod");
        std::fs::rename(path, house.path("batches/approvals").join(name)).expect("lay");
    };
    // By the one who dropped it; payoutd's own file, moved instead of copied; one that others may change.
    lay("own.txt", 1001, 0o644);
    assert!(answer(&house, "batches/approvals/refused/own.txt.answer.txt").contains("four_eyes"));
    lay("moved.txt", 0, 0o644);
    assert!(answer(&house, "batches/approvals/refused/moved.txt.answer.txt").contains("four_eyes"));
    lay("open.txt", 1002, 0o664);
    assert!(answer(&house, "batches/approvals/refused/open.txt.answer.txt").contains("others than its owner"));
    // On the command line the user counts, and the one behind sudo.
    house.run_as(1001, "approve B000001 --reason mine").ends(1).says("four_eyes");
    house.run("approve B000001 --reason service").ends(1).says("four_eyes");
    assert_eq!(house.state_of(1), "awaiting_approval");
    if people() {
        lay("other.txt", 1002, 0o644);
        answer(&house, "batches/approvals/done/other.txt.answer.txt");
        house.wait_until("all are paid", || house.state_of(1) == "complete");
        let dropped = house.write("august.csv", &payroll("AUG", 1).replace("100.", "101."));
        give(&dropped, 1001);
        std::fs::rename(&dropped, house.path("batches/inbox/august.csv")).expect("drop");
        house.wait_until("the next", || house.state_of(2) == "awaiting_approval");
        house.run_as(1002, "approve B000002 --reason fine").ends(0).says("is approved");
        house.wait_until("all are paid", || house.state_of(2) == "complete");
    } else {
        left_out("an approval by another person", "only root can give files to one");
    }
    assert_eq!(daemon.stop(), 0);
    house.run("verify").ends(0);
}

#[test]
fn a_payroll_that_is_split_over_files_of_one_day_waits_all_the_same() {
    // Three people with HTG 100.01 to 100.03 come to 300.06.
    let house = House::new(&[], "[approval]\nabove = \"700\"\n");
    for (place, name) in ["a.csv", "b.csv", "c.csv"].into_iter().enumerate() {
        house.drop_payroll(name, name, 3);
        // The last one is above; two together are not. The guard for the same person would hold them.
        let text = text(&house, &format!("batches/inbox/{name}")).replace("3700000", &format!("370000{}", place + 1));
        house.write(&format!("batches/inbox/{name}"), &text);
        house.run("run --once").ends(if place == 2 { 3 } else { 0 });
    }
    let states = [1, 2, 3].map(|batch| house.state_of(batch));
    assert_eq!(states, ["complete", "complete", "awaiting_approval"]);
    let why = house.batch(3)["why"].as_str().unwrap_or_default().to_string();
    assert!(why.contains("HTG 900.18 together") && why.contains("HTG 700.00"), "{why}");
    assert!(text(&house, "batches/STATUS.txt").contains("HTG 900.18 together"));
}

#[test]
fn an_order_whose_file_a_dead_process_left_lying_is_not_given_twice() {
    let house = House::new(&[], APPROVAL);
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    copy(&house, "batches/reports/B000001.approve.txt", "batches/approvals/yes.txt");
    // What a process leaves that died after the order was in the ledger and before its file was moved.
    let path = house.path("batches/approvals/yes.txt");
    let about = std::fs::metadata(&path).expect("metadata");
    let sha256 = Sha256::digest(std::fs::read(&path).expect("read"));
    let from = Origin {
        folder: "approvals".to_string(),
        file: "yes.txt".to_string(),
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        inode: about.ino(),
        modified: (about.mtime(), about.mtime_nsec()),
    };
    let target = Target::Batch { id: 1, seen: "awaiting_approval".to_string() };
    let by = ByOrder { who: "marie".to_string(), reason: "by file".to_string() };
    let order = Order { verb: Verb::Approve, target, by, uid: Some(1001), from: Some(from) };
    post_order(&house.path("state"), &order, Wall(1_790_000_000_000)).expect("order");
    house.run("run --once").ends(0);
    assert!(text(&house, "batches/approvals/done/yes.txt.answer.txt").starts_with("DONE: batch B000001 is approved"));
    let refused = std::fs::read_dir(house.path("batches/approvals/refused")).expect("refused").count();
    assert_eq!(refused, 0, "it was ordered a second time");
    house.run("verify").ends(0);
}
