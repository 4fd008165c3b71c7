//! A spreadsheet rewrites what it opens: leading zeros, case, `1E5`, dates, long numbers. Under whatever
//! a reference looks like then, nobody is paid twice.

use super::gateway::Gateway;
use super::house::House;

const HEADER: &str = "reference,receiver,amount\n";

#[test]
fn references_that_excel_cut_or_recased_are_the_same_and_nobody_is_paid_again() {
    let (gateway, text) =
        (Gateway::open(), format!("{HEADER}000417,37000001,100.00\n0042-a,37000002,101.00\nPay-9,37000003,102.00\n"));
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    house.drop_file("july.csv", &text);
    house.once().ends(0);
    // Once by Excel, once by somebody's keyboard; with and without a change that makes it another file.
    for (name, rows) in [
        ("excel.csv", "417,37000001,100.00\n42-A,37000002,101.00\nPAY-9,37000003,102.00\n"),
        ("excel2.csv", "0417,37000001,90.00\npAY-9,37000003,10.00\n00000042-a,37000002,11.00\n"),
    ] {
        house.drop_file(name, &format!("{HEADER}{rows}"));
        house.once().ends(3).says("1 file was rejected");
        let errors = house.read("batches/rejected", &format!("{name}.errors.csv"));
        assert_eq!(errors.matches("reference_known").count(), 3, "{errors}");
    }
    // Twice in one file is once too often as well.
    house.drop_file("twice.csv", &format!("{HEADER}00X1,37000004,1.00\nx1,37000005,2.00\n"));
    house.once().ends(3);
    assert!(house.read("batches/rejected", "twice.csv.errors.csv").contains("reference_twice"));
    house.ends(&gateway, &[("000417", "paid", 1), ("0042-a", "paid", 1), ("Pay-9", "paid", 1)]);
    assert_eq!(gateway.debits(), 3);
}

/// `1E5` becomes 100000 or 1.00E+05, `3-7` a date, a long number its first fifteen digits: those are new
/// references. The guard for the same person and amount keeps the batch from going unseen.
#[test]
fn references_that_excel_turned_into_other_ones_wait_for_a_person() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    let rows = "1E5,37000001,100.00\n3-7,37000002,101.00\n20260700000000001234,37000003,102.00\n";
    house.drop_file("july.csv", &format!("{HEADER}{rows}"));
    house.once().ends(0);
    // As shown in a narrow column and saved: not references at all.
    let rows = "1.00E+05,37000001,100.00\n3-Jul,37000002,101.00\n2.0260700E+19,37000003,102.00\n";
    house.drop_file("shown.csv", &format!("{HEADER}{rows}"));
    house.once().ends(3);
    let errors = house.read("batches/rejected", "shown.csv.errors.csv");
    assert_eq!(errors.matches(",scientific_notation,").count(), 2, "{errors}");
    assert_eq!(errors.matches(",date_found,").count(), 1, "{errors}");
    // As whole numbers and plain days: good references, and a file that waits.
    let rows = "100000,37000001,100.00\n2026-07-03,37000002,101.00\n20260700000000000000,37000003,102.00\n";
    house.drop_file("numbers.csv", &format!("{HEADER}{rows}"));
    house.once().ends(3).says("wait for a person");
    house.run("status").ends(0).says("pay the same person the same amount");
    assert_eq!(gateway.debits(), 3, "sent before a person looked");
    house.run("cancel B000002 --reason excel").ends(0);
    house.once();
    house.ends(&gateway, &[("1E5", "paid", 1), ("100000", "cancelled", 0), ("2026-07-03", "cancelled", 0)]);
}

/// Two batches with the same person, dropped at once: the second waits, whichever it is.
#[test]
fn the_same_person_in_two_batches_dropped_at_once_is_paid_once_until_a_person_has_looked() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    house.drop_file("a.csv", &format!("{HEADER}SAL-1,37000001,100.00\nSAL-2,37000002,100.00\n"));
    house.drop_file("b.csv", &format!("{HEADER}BIS-1,+509 3700-0001,100\nBIS-3,37000003,100.00\n"));
    house.once().ends(3).says("wait for a person");
    house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "paid", 1), ("BIS-1", "queued", 0), ("BIS-3", "queued", 0)]);
    house.run("cancel BIS-1 --reason twice").ends(0);
    house.run("release B000002 --reason looked").ends(0);
    house.once().ends(3);
    house.ends(&gateway, &[("BIS-1", "cancelled", 0), ("BIS-3", "paid", 1)]);
}

/// The same reference in two files that arrive together is in one of them only.
#[test]
fn one_reference_in_two_files_dropped_at_once_is_admitted_once() {
    let gateway = Gateway::open();
    let house = House::build(&gateway, "[approval]\nabove = \"none\"\n");
    house.drop_file("a.csv", &format!("{HEADER}SAL-1,37000001,100.00\n"));
    house.drop_file("b.csv", &format!("{HEADER}sal-1,37000001,100.00\nSAL-2,37000002,100.00\n"));
    house.once().ends(3).says("1 file was rejected");
    // The rest lies ready, and dropping it is right.
    let rest = house.read("batches/rejected", ".new.csv");
    assert!(rest.contains("SAL-2") && !rest.to_lowercase().contains("sal-1"), "{rest}");
    house.drop_file("b-rest.csv", &rest);
    house.once().ends(0);
    house.ends(&gateway, &[("SAL-1", "paid", 1), ("SAL-2", "paid", 1)]);
}
