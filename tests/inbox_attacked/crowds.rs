//! Many files at once.
//!
//! Must never: judge by the time that it takes.

use super::house::{House, payroll};
use payoutd::intake::admit::Took;
use std::fs;

/// As many as an ordinary run bears. `PAYOUTD_INBOX_FILES=10000 cargo test --release --test
/// inbox_attacked crowd -- --nocapture` takes the full measure.
const FILES: u32 = 300;

#[test]
fn a_crowd_of_files_is_taken_one_after_another_and_each_is_in_one_place() {
    let files = std::env::var("PAYOUTD_INBOX_FILES").ok().and_then(|it| it.parse().ok()).unwrap_or(FILES);
    let mut house = House::build();
    for number in 0..files {
        // Every tenth is bad, every tenth repeats the one before it.
        let text = match number % 10 {
            3 => "reference,receiver,amount\nX,y,z\n".to_string(),
            7 => payroll(&format!("CROWD-{}", number - 1), 1),
            _ => payroll(&format!("CROWD-{number}"), 1),
        };
        house.drop_file(format!("{number}.csv"), text);
    }
    let began = std::time::Instant::now();
    let done = house.run();
    println!("{files} files in {:.1?}, {} slices", began.elapsed(), house.slices);
    let admitted = done.iter().filter(|took| matches!(took, Took::Admitted(_))).count();
    let rejected = done.iter().filter(|took| matches!(took, Took::Rejected(_))).count();
    assert_eq!((admitted, rejected), (files as usize / 10 * 8, files as usize / 10 * 2));
    assert_eq!(house.names("accepted").len(), admitted);
    assert_eq!(house.names("rejected").len(), rejected * 2);
    assert!(house.names("inbox").is_empty() && house.names("processing").is_empty());
}

/// One look serves every file that it found: a crowd is not looked through once for each of them.
#[test]
fn a_look_is_not_repeated_for_every_file_of_a_crowd() {
    let mut house = House::build();
    for number in 0..50 {
        house.drop_file(format!("{number}.csv"), payroll(&format!("CROWD-{number}"), 1));
    }
    assert!(matches!(house.slice(), Took::Nothing { pending: true, .. }));
    house.seconds += 10;
    while house.names("inbox").len() > 25 {
        house.slice();
    }
    // Dropped after the look that found the fifty: nobody looks before they are through.
    house.drop_file("late.txt", "x");
    while house.names("inbox").len() > 3 {
        house.slice();
        assert_eq!(house.why_left("late.txt"), "");
    }
    house.run();
    assert_eq!((house.batches().len(), house.names("inbox").len()), (50, 1));
    assert!(house.why_left("late.txt").contains("only names that end in .csv"));
}

/// A slice is a slice also where a file has line after line and no row: the loop pays meanwhile.
#[test]
fn two_hundred_thousand_empty_lines_are_read_in_slices_of_two_thousand() {
    let mut house = House::build();
    let (head, row) = ("reference,receiver,amount\n", "A-1,37007294,10.00\n");
    house.drop_file("empty.csv", format!("{head}{}{row}# rows: 1\n", "\n".repeat(200_000)));
    house.run();
    assert_eq!(house.batches().len(), 1);
    assert!(house.slices > 200, "{} slices", house.slices);
    house.drop_file("late.csv", format!("\u{a0}\n{}{head}{row}", "\n".repeat(100_000)));
    house.run();
    assert_eq!(house.codes("late.csv"), ["header_missing"]);
}

#[test]
fn ten_thousand_things_that_are_left_alone_hide_no_payroll() {
    let mut house = House::build();
    for number in 0..10_050 {
        fs::create_dir(house.place("inbox").join(format!("{number}.csv"))).unwrap();
    }
    for number in 0..10 {
        house.drop_file(format!("good-{number}.csv"), payroll(&format!("GOOD-{number}"), 1));
    }
    house.run();
    assert_eq!(house.batches().len(), 10);
    assert!(house.admission.left().len() <= 400, "told in short");
}
