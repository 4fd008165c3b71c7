//! Retry files: dropped twice, edited, their `retry_of` erased, and dropped while the batch they come
//! from is still being changed. Each person is paid once along the whole chain.

use super::gateway::{Act, Gateway};
use super::house::House;

const FULL: Act = Act::Refuses("Maximum Account Balance");
const HEADER: &str = "reference,receiver,amount,name\n";

/// A house whose `SAL-1` was declined and `SAL-2` paid; its retry file.
fn declined(gateway: &Gateway) -> (House, String) {
    let house = House::build(gateway, "[approval]\nabove = \"none\"\n");
    gateway.script("SAL-1", [FULL]);
    house.drop_file("july.csv", &format!("{HEADER}SAL-1,37000001,101.50,Marie\nSAL-2,37000002,102.50,Jean\n"));
    house.once().ends(3);
    let retry = house.read("batches/reports", ".retry.csv");
    assert!(retry.contains("SAL-1.r2") && !retry.contains("SAL-2"), "{retry}");
    (house, retry)
}

fn rejected(house: &House, name: &str, text: &str, code: &str) {
    house.drop_file(name, text);
    house.once().ends(3).says("1 file was rejected");
    let errors = house.read("batches/rejected", &format!("{name}.errors.csv"));
    assert!(errors.contains(&format!(",{code},")), "{name}: no {code} in {errors}");
}

#[test]
fn a_retry_file_dropped_twice_pays_each_person_once() {
    let gateway = Gateway::open();
    let (house, retry) = declined(&gateway);
    // Twice at once, and the second under another name.
    house.drop_file("retry.csv", &retry);
    house.drop_file("retry (copie).csv", &retry);
    house.once().ends(3).says("1 file was rejected");
    house.ends(&gateway, &[("SAL-1", "declined", 0), ("SAL-1.r2", "paid", 1), ("SAL-2", "paid", 1)]);
    // Later again; with a line end more; with another amount; under a reference of somebody's own.
    rejected(&house, "again.csv", &retry, "file_known");
    rejected(&house, "again2.csv", &format!("{retry}\n\n"), "reference_known");
    rejected(&house, "cheaper.csv", &retry.replace("101.50", "50.00"), "reference_known_differs");
    rejected(&house, "renamed.csv", &retry.replace("SAL-1.r2", "SAL-1-BIS"), "retry_of_repeated");
    rejected(&house, "next.csv", &retry.replace("SAL-1.r2", "SAL-1.r3").replace("101.50", "9.00"), "retry_of_repeated");
    house.ends(&gateway, &[("SAL-1", "declined", 0), ("SAL-1.r2", "paid", 1)]);
    assert_eq!(gateway.debits(), 2);
}

#[test]
fn a_retry_file_dropped_again_while_its_answer_is_lost_waits_for_the_first() {
    let gateway = Gateway::open();
    let (house, retry) = declined(&gateway);
    gateway.script("SAL-1.r2", [Act::Breaks(Some(std::time::Duration::from_secs(1)))]);
    let mut daemon = house.start("run");
    house.drop_file("retry.csv", &retry);
    house.until("the retry is sent", || gateway.transfers_of("SAL-1.r2") == 1);
    house.drop_file("renamed.csv", &retry.replace("SAL-1.r2", "SAL-1.r3"));
    house
        .until("the second file is rejected", || !house.names("batches/rejected", "renamed.csv.errors.csv").is_empty());
    house.until("the first is paid", || house.reports().get("SAL-1.r2").is_some_and(|(status, _)| status == "paid"));
    assert_eq!(daemon.stop(), 0);
    house.ends(&gateway, &[("SAL-1.r2", "paid", 1)]);
    assert_eq!(gateway.transfers_of("SAL-1.r2"), 1);
}

#[test]
fn a_retry_file_whose_retry_of_was_erased_is_rejected() {
    let gateway = Gateway::open();
    let (house, retry) = declined(&gateway);
    let erased = retry.replace(",SAL-1,", ",,");
    assert_ne!(erased, retry);
    rejected(&house, "erased.csv", &erased, "retry_of_erased");
    rejected(
        &house,
        "erased2.csv",
        &erased.replace("SAL-1.r2", "sal-1.R7").replace("101.50", "7.00"),
        "retry_of_erased",
    );
    // With the column gone altogether.
    rejected(&house, "columns.csv", "reference,receiver,amount\nSAL-1.r2,37000001,101.50\n", "retry_of_erased");
    house.drop_file("retry.csv", &retry);
    house.once().ends(0);
    house.ends(&gateway, &[("SAL-1.r2", "paid", 1)]);
}

/// The reference was too long for the ending: a hash stands for its end, and nothing in it tells the old
/// one.
#[test]
fn an_erased_retry_of_is_noticed_under_a_reference_that_had_to_be_cut() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    let long = "SALAIRE-JUILLET-2026-SECTION-NORD-000001";
    gateway.script(long, [FULL]);
    house.drop_file("july.csv", &format!("{HEADER}{long},37000001,101.50,Marie\n"));
    house.once().ends(3);
    let retry = house.read("batches/reports", ".retry.csv");
    let erased = retry.replace(&format!(",{long},"), ",,").replace("101.50", "90.00");
    assert!(!erased.contains(long), "{erased}");
    rejected(&house, "erased.csv", &erased, "retry_of_erased");
    house.drop_file("retry.csv", &retry);
    house.once().ends(0);
    house.ends(&gateway, &[(long, "declined", 0)]);
    assert_eq!(gateway.debits(), 1);
}

#[test]
fn a_retry_that_pays_somebody_paid_before_waits_for_a_person_and_so_does_its_correction() {
    let gateway = Gateway::open();
    let (house, retry) = declined(&gateway);
    // By a slip of the hand it names the wallet, and the amount, of the one who was paid.
    house.drop_file("slip.csv", &retry.replace("37000001", "37000002").replace("101.50", "102.50"));
    house.once().ends(3).says("wait");
    house.run("status").ends(0).says("the same person the same amount");
    assert_eq!(gateway.debits(), 1, "sent before a person looked");
    house.run("cancel B000002 --reason slip").ends(0);
    house.once();
    // Corrected as it should be: a wallet that works, a smaller amount.
    let next = house.read("batches/reports", "B000002.retry.csv");
    house.drop_file("corrected.csv", &next.replace("37000002", "37000009").replace("102.50", "99.00"));
    // What it repeats named somebody who is paid: once more a person says that it is meant.
    house.once().ends(3).says("wait");
    assert_eq!(gateway.debits(), 1);
    house.run("release B000003 --reason corrected").ends(0);
    house.once().ends(0);
    house.ends(&gateway, &[("SAL-1", "declined", 0), ("SAL-1.r2", "cancelled", 0), ("SAL-1.r3", "paid", 1)]);
}

/// Somebody was tired of waiting and made a row of their own; then the retry file is dropped as well.
#[test]
fn a_retry_of_a_person_who_was_paid_since_in_another_file_waits_for_a_person() {
    let gateway = Gateway::open();
    let (house, retry) = declined(&gateway);
    house.drop_file("by-hand.csv", &format!("{HEADER}MARIE-JULY,37000001,101.50,Marie\n"));
    house.once().ends(0);
    house.drop_file("retry.csv", &retry);
    house.once().ends(3).says("wait");
    house.ends(&gateway, &[("SAL-1", "declined", 0), ("MARIE-JULY", "paid", 1), ("SAL-1.r2", "queued", 0)]);
    house.run("cancel B000003 --reason paid").ends(0);
    house.once();
    house.ends(&gateway, &[("MARIE-JULY", "paid", 1), ("SAL-1.r2", "cancelled", 0)]);
}

/// A batch is given up, its retry file dropped; then somebody drops the old rows again. They may come
/// back only while nothing pays them in their place.
#[test]
fn a_batch_cancelled_while_its_retry_file_is_already_dropped_does_not_come_back() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"150.00\"\n");
    let rows = "SAL-1,37000001,101.50,Marie\nSAL-2,37000002,102.50,Jean\n";
    house.drop_file("july.csv", &format!("{HEADER}{rows}"));
    house.once().ends(3);
    house.run("cancel B000001 --reason wrong").ends(0);
    house.once();
    let retry = house.read("batches/reports", ".retry.csv");
    // Corrected amounts, so that no guard for equal amounts sees them.
    let one_row = |text: &str, wanted: &str| -> String {
        text.lines()
            .filter(|line| line.starts_with("reference") || line.starts_with(wanted))
            .map(|l| format!("{l}\n"))
            .collect()
    };
    house.drop_file("retry.csv", &one_row(&retry, "SAL-1.r2").replace("101.50", "91.00"));
    // The day's batches count together, the cancelled one too.
    house.once().ends(3);
    house.run("approve B000002 --reason right").ends(0);
    house.once().ends(0);
    rejected(&house, "july again.csv", &format!("{HEADER}SAL-1,37000001,99.00,Marie\n"), "reference_known_differs");
    rejected(&house, "july third.csv", &format!("{HEADER}SAL-1,37000001,101.50,Marie\n"), "reference_known");
    // The row that nothing pays in its place may come; then its retry may not.
    house.drop_file("jean.csv", &format!("{HEADER}SAL-2,37000002,92.00,Jean\n"));
    house.once().ends(3);
    house.run("approve B000003 --reason right").ends(0);
    house.once().ends(0);
    rejected(&house, "jean retry.csv", &one_row(&retry, "SAL-2.r2"), "retry_of_not_unpaid");
    house.ends(&gateway, &[("SAL-1.r2", "paid", 1), ("SAL-2", "paid", 1)]);
    assert_eq!(gateway.debits(), 2);
}

/// A row made by hand that repeats what is still being asked about.
#[test]
fn a_hand_made_retry_of_what_may_be_paid_is_rejected() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    gateway.script("SAL-1", [Act::Breaks(Some(std::time::Duration::from_millis(2_500)))]);
    let mut daemon = house.start("run");
    house.drop_file("july.csv", &format!("{HEADER}SAL-1,37000001,101.50,Marie\n"));
    house.until("it is sent", || gateway.transfers_of("SAL-1") == 1);
    // Refused while MonCash was heard between the look and the order; then the order is repeated.
    house.until("the cancel is taken", || {
        house.run("cancel SAL-1 --reason hurry").text.contains("could not be stopped")
    });
    house.drop_file("hurry.csv", "reference,receiver,amount,retry_of\nSAL-1.r2,37000001,101.50,SAL-1\n");
    house.until("it is rejected", || !house.names("batches/rejected", "hurry.csv.errors.csv").is_empty());
    let errors = house.read("batches/rejected", "hurry.csv.errors.csv");
    assert!(errors.contains(",retry_of_not_unpaid,") && errors.contains("do not pay by hand"), "{errors}");
    house.until("it is paid", || house.reports().get("SAL-1").is_some_and(|(status, _)| status == "paid"));
    assert_eq!(daemon.stop(), 0);
    house.ends(&gateway, &[("SAL-1", "paid", 1)]);
    assert!(house.names("batches/reports", ".retry.csv").is_empty(), "offered again");
}
