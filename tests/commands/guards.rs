//! Every guard has a case where it speaks and one where it keeps quiet; a guard that holds makes the
//! batch wait for approval, and says why wherever people look. Previews, payment hours and pay days.

use super::house::House;
use std::fmt::Write;

/// The guard for the same person and amount within 20 days would speak of every August here.
const MORE: &str = "[approval]\nabove = \"none\"\n[safety]\npaid_already_within = \"\"\n";

/// Person n: her name, number and amount.
type Row = (u32, &'static str, u32, &'static str);

const JULY: [Row; 6] = [
    (1, "Marie Joseph", 37_000_001, "1000.00"),
    (2, "Jean Pierre", 37_000_002, "1200.00"),
    (3, "Rose Laurent", 37_000_003, "900.00"),
    (4, "Paul Désir", 37_000_004, "3000.00"),
    (5, "Nadège Michel", 37_000_005, "1500.00"),
    (6, "Wilner Jean", 37_000_006, "2000.00"),
];

fn file(prefix: &str, rows: &[Row], before: &str) -> String {
    let mut text = format!("{before}reference,receiver,amount,name\n");
    for (n, name, receiver, amount) in rows {
        writeln!(text, "{prefix}-{n},{receiver},{amount},{name}").expect("text");
    }
    text
}

fn text(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A house that has paid July, and has HTG 90,400 left.
fn after_july(more: &str) -> House {
    let house = House::new(&["--balance", "100000"], &format!("{MORE}{more}"));
    house.write("batches/inbox/july.csv", &file("JUL", &JULY, ""));
    house.run("run --once").ends(0);
    house
}

fn changed(change: impl Fn(&mut Vec<Row>)) -> Vec<Row> {
    let mut rows = JULY.to_vec();
    change(&mut rows);
    rows
}

fn month(days_ahead: i64) -> String {
    let day = jiff::Zoned::now().checked_add(jiff::Span::new().days(days_ahead)).expect("a day");
    day.strftime("%Y-%m").to_string()
}

fn day(days_ahead: i64) -> String {
    let day = jiff::Zoned::now().checked_add(jiff::Span::new().days(days_ahead)).expect("a day");
    day.strftime("%Y-%m-%d").to_string()
}

/// What `check` says of a file, guard by guard.
fn guards_of(house: &House, rows: &[Row], before: &str) -> Vec<String> {
    house.write("august.csv", &file("AUG", rows, before));
    let said = house.run("check august.csv");
    assert!([0, 3].contains(&said.code), "{}", said.err);
    let words = said.out.lines().filter_map(|line| line.trim_start().strip_prefix('[')?.split_once(']'));
    words.map(|(guard, _)| guard.to_string()).collect()
}

/// Every guard of `[guards]`.
const GUARDS: [&str; 9] = [
    "same_number",
    "missing",
    "new_people",
    "changed_number",
    "changed_amount",
    "period",
    "new_layout",
    "over_wallet",
    "shortfall",
];

/// What speaks of a payroll of August, after July: rows, lines before the header, guards.
fn cases() -> Vec<(Vec<Row>, String, &'static [&'static str])> {
    let plain = |rows: Vec<Row>, guards: &'static [&'static str]| (rows, String::new(), guards);
    let headed = |before: String, guards: &'static [&'static str]| (JULY.to_vec(), before, guards);
    // Over two rows.
    let two = |amount| vec![(8, "Ti Jo", 37_000_008, amount), (9, "Ti Jo", 37_000_008, amount)];
    vec![
        // The very same payroll under new references.
        plain(JULY.to_vec(), &[]),
        // Two rows to one number: the amount is compared with that person's.
        plain(changed(|rows| rows.push((7, "Marie Joseph", 37_000_001, "1100.00"))), &["same_number"]),
        // Somebody is missing.
        plain(changed(|rows| rows.truncate(5)), &["missing"]),
        // Somebody is new.
        plain(changed(|rows| rows.push((7, "Guerda Noël", 37_000_007, "1000.00"))), &["new_people"]),
        // Another number, and the name as somebody else would type it: neither new nor missing.
        plain(changed(|rows| rows[2] = (3, " rose  LAURENT", 37_000_033, "900.00")), &["changed_number"]),
        plain(changed(|rows| rows[2] = (3, "Rose\u{2010}Laure\u{301}nt", 37_000_033, "900.00")), &["changed_number"]),
        // The number and the name changed: that is somebody new, and somebody missing.
        plain(changed(|rows| rows[2] = (3, "Rosie", 37_000_033, "900.00")), &["new_people", "missing"]),
        // Three times as much is not more than three times as much.
        plain(changed(|rows| rows[0].3 = "3000.01"), &["changed_amount"]),
        plain(changed(|rows| rows[0].3 = "3000.00"), &[]),
        plain(changed(|rows| rows[3].3 = "999.99"), &["changed_amount"]),
        plain(changed(|rows| rows[3].3 = "1000.00"), &[]),
        // Another month than the one in which it is paid.
        headed("# period: 2020-01\n".to_string(), &["period"]),
        headed(format!("# period: {}\n", month(0)), &[]),
        headed(format!("# period: {}\n# pay on: {}\n", month(40), day(40)), &[]),
        // More than a wallet may hold, over two rows; and as much as it may.
        plain(two("50000.01"), &["same_number", "over_wallet", "shortfall"]),
        plain(two("40000.00"), &["same_number"]),
        // More than the balance, which is HTG 90,400.
        plain(vec![(8, "Ti Jo", 37_000_008, "74000.00"), (9, "Ti Ma", 37_000_009, "17000.00")], &["shortfall"]),
        plain(vec![(8, "Ti Jo", 37_000_008, "74000.00"), (9, "Ti Ma", 37_000_009, "16000.00")], &[]),
    ]
}

#[test]
fn every_guard_speaks_when_it_should_and_is_quiet_when_it_should() {
    let (house, mut wrong) = (after_july(""), Vec::new());
    for (rows, before, guards) in cases() {
        let found = guards_of(&house, &rows, &before);
        if found != guards {
            wrong.push(format!("{rows:?} {before:?}: {found:?} instead of {guards:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_guard_has_a_case_where_it_speaks_and_one_where_it_keeps_quiet() {
    let cases = cases();
    // `new_layout` has a story of its own: these files are in payoutd's own words.
    for guard in GUARDS.into_iter().filter(|guard| *guard != "new_layout") {
        let speaks = cases.iter().filter(|(_, _, guards)| guards.contains(&guard)).count();
        assert!(speaks > 0 && speaks < cases.len(), "{guard}");
    }
    // All that the configuration knows: a new guard is looked for here.
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README");
    let table = page.split("| guard | speaks when |").nth(1).expect("the table of guards");
    let names = table.lines().skip(2).map_while(|line| line.strip_prefix("| `")?.split_once('`'));
    assert_eq!(names.map(|(name, _)| name).collect::<Vec<_>>(), GUARDS);
}

#[test]
fn a_guard_that_is_off_says_nothing_and_one_that_holds_waits_for_approval_and_says_why() {
    let house = after_july("[guards]\nmissing = \"off\"\nchanged_amount = \"hold\"\nchange_factor = \"2\"\n");
    let rows = changed(|rows| {
        rows.truncate(5);
        rows[0].3 = "2000.01";
    });
    assert_eq!(guards_of(&house, &rows, ""), ["changed_amount"]);
    house
        .run("check august.csv")
        .ends(3)
        .says("[changed_amount] 1 row is more than 2 times as much")
        .says("line 2 (AUG-1, Marie Joseph): 2 000.01 instead of 1 000.00");
    std::fs::rename(house.path("august.csv"), house.path("batches/inbox/august.csv")).expect("drop");
    house.run("run --once").ends(3).says("B000002: 1 row is more than 2 times as much");
    assert_eq!(house.state_of(2), "awaiting_approval");
    let why = "1 row is more than 2 times as much, or as little, as in the last payroll (B000001)";
    assert!(house.batch(2)["why"].as_str().unwrap_or_default().contains(why));
    for place in
        ["batches/STATUS.txt", "batches/reports/B000002.approve.txt", "batches/reports/august.B000002.summary.txt"]
    {
        assert!(text(&house, place).contains(why), "{place}: {}", text(&house, place));
    }
    let form = house.path("batches/reports/B000002.approve.txt");
    std::fs::copy(form, house.path("batches/approvals/yes.txt")).expect("copy");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(2), "complete");
    house.run("verify").ends(0);
}

/// Copied lines, under new references and under another name.
#[test]
fn one_number_paid_the_same_twice_in_a_file_waits_and_both_rows_are_named() {
    let house = House::new(&["--balance", "100000"], MORE);
    let rows = [
        (1, "Marie Joseph", 37_000_001, "1000.00"),
        (2, "Jean Pierre", 37_000_002, "1200.00"),
        (3, "M. Joseph", 37_000_001, "1000.00"),
        (4, "Jean Pierre", 37_000_002, "300.00"),
    ];
    house.write("batches/inbox/july.csv", &file("JUL", &rows, ""));
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(1), "awaiting_approval");
    let why = "1 row pays a number the same amount as an earlier row: line 4 (JUL-3, M. Joseph), HTG 1 000.00, to \
               509••••0001, after line 2 (JUL-1, Marie Joseph), HTG 1 000.00";
    let warned = "1 number stands in more than one row: line 5 (JUL-4, Jean Pierre), HTG 300.00, to 509••••0002, after \
                  line 3 (JUL-2, Jean Pierre), HTG 1 200.00";
    let summary = text(&house, "batches/reports/july.B000001.summary.txt");
    for place in ["batches/STATUS.txt", "batches/reports/B000001.approve.txt"] {
        assert!(text(&house, place).contains(why), "{place}: {}", text(&house, place));
    }
    assert!(summary.contains(why) && summary.contains(warned), "{summary}");
    let form = house.path("batches/reports/B000001.approve.txt");
    std::fs::copy(form, house.path("batches/approvals/yes.txt")).expect("copy");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(1), "complete");
    // A word that is written counts for every amount.
    house.configure("simulator", &format!("{MORE}[guards]\nsame_number = \"warn\"\n"));
    house.write("batches/inbox/august.csv", &file("AUG", &rows, ""));
    house.run("run --once").ends(0);
    house.run("verify").ends(0);
}

/// Somebody on unpaid leave is no error of the file, and many of them are a reason to look.
#[test]
fn rows_of_zero_are_left_out_and_told_and_many_of_them_wait() {
    let house = House::new(&["--balance", "100000"], &format!("zero = \"leave_out\"\n{MORE}"));
    let zero = |rows: &[usize]| changed(|all| rows.iter().for_each(|row| (all[*row].2, all[*row].3) = (0, "0.00")));
    let controls = |total: &str| format!("# rows: 6\n# total: {total}\n");
    house.write("july.csv", &file("JUL", &zero(&[2]), &controls("8700.00")));
    house
        .run("check july.csv")
        .ends(0)
        .says("1 row is left out, because its amount is zero:\n  - line 6 (JUL-3, Rose Laurent)");
    std::fs::rename(house.path("july.csv"), house.path("batches/inbox/july.csv")).expect("drop");
    house.run("run --once").ends(0);
    let summary = text(&house, "batches/reports/july.B000001.summary.txt");
    assert!(summary.contains("amount is zero:\n- line 6 (JUL-3, Rose Laurent)\n"), "{summary}");
    assert!(!text(&house, "batches/reports/july.B000001.report.csv").contains("JUL-3"));
    // Two of six.
    house.write("batches/inbox/august.csv", &file("AUG", &zero(&[0, 2]), &controls("7700.00")));
    house.run("run --once").ends(3).says("B000002: 2 of 6 rows have an amount of zero and are left out");
    assert_eq!(house.state_of(2), "awaiting_approval");
    // The reference of a row that was left out is free.
    house.configure("simulator", MORE);
    house.write("batches/inbox/rose.csv", &file("JUL", &[(3, "Rose Laurent", 37_000_003, "900.00")], ""));
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(3), "complete");
    // Without the setting, zero is an error as ever.
    house.write("batches/inbox/september.csv", &file("SEP", &zero(&[2]), ""));
    house.run("run --once").ends(3);
    assert!(text(&house, "batches/rejected/september.csv.errors.csv").contains(",amount_not_positive,"));
    house.run("verify").ends(0);
}

#[test]
fn what_a_guard_only_warns_of_stands_in_the_summary_and_in_status_txt() {
    let house = after_july("");
    house.write("batches/inbox/august.csv", &file("AUG", &changed(|rows| rows.truncate(5)), ""));
    house.run("run --once").ends(0);
    let what = "1 person who was paid in the last payroll (B000001) is not in this one: JUL-6, Wilner Jean";
    let summary = text(&house, "batches/reports/august.B000002.summary.txt");
    assert!(summary.contains(&format!("look whether that is right:\n- {what}")), "{summary}");
    assert!(text(&house, "batches/STATUS.txt").contains(&format!("unusual: {what}")));
    // The guard of [safety] too, where it only warns: it is kept with the batch since.
    let warn = MORE.replace("paid_already_within = \"\"", "paid_already = \"warn\"");
    house.configure("simulator", &warn);
    house.write("batches/inbox/again.csv", &file("BIS", &changed(|rows| rows.truncate(5)), ""));
    house.run("run --once").ends(0);
    let summary = text(&house, "batches/reports/again.B000003.summary.txt");
    assert!(
        summary.contains(
            "- 5 rows pay the same person the same amount as another batch of the last 20 days: line 2 (BIS-1): AUG-1"
        ),
        "{summary}"
    );
    // A file in which nothing is unusual says nothing.
    assert!(!text(&house, "batches/reports/july.B000001.summary.txt").contains("Unusual"));
    house.run("verify").ends(0);
}

#[test]
fn the_last_payroll_is_neither_a_retry_nor_a_handful_of_other_people_nor_this_months_own() {
    let house = after_july("");
    // An advance for one of them, and a payroll of strangers.
    house.write("batches/inbox/advance.csv", &file("ADV", &[(1, "Marie Joseph", 37_000_001, "100.00")], ""));
    house.run("run --once").ends(0);
    house.write(
        "batches/inbox/others.csv",
        &file("OTH", &[(1, "A", 38_000_001, "5.00"), (2, "B", 38_000_002, "5.00")], ""),
    );
    house.run("run --once").ends(0);
    let said = guards_of(&house, &changed(|rows| rows.truncate(5)), "");
    assert_eq!(said, ["missing"]);
    // The last payroll of the file's own line: what has the same period is no earlier one.
    let now = month(0);
    let half = changed(|rows| rows.truncate(5));
    let this = format!("# period: {now}\n");
    house.write("batches/inbox/first.csv", &file("FIRST", &half, &this));
    house.run("run --once").ends(0);
    let said = guards_of(&house, &changed(|rows| rows[0].3 = "9000.00"), &this);
    assert_eq!(said, ["changed_amount"], "it was compared with July");
    house.run("check august.csv").ends(0).says("(B000001, B000002)");
}

#[test]
fn a_file_in_check_is_previewed_and_never_paid() {
    let house = after_july("");
    std::fs::create_dir_all(house.path("batches/check")).expect("check");
    house.write("batches/check/august.csv", &file("AUG", &changed(|rows| rows.truncate(5)), ""));
    let daemon = house.start();
    let preview = "batches/check/august.csv.preview.txt";
    house.wait_until("a preview", || house.path(preview).exists());
    let first = text(&house, preview);
    assert!(first.starts_with("LOOK FIRST: 5 rows, HTG 7 600.00"), "{first}");
    assert!(
        first.contains("[missing] 1 person who was paid in the last payroll (B000001) is not in this one"),
        "{first}"
    );
    // Changed: the preview is renewed, and what is wrong is told line by line.
    house.write("batches/check/august.csv", &file("AUG", &[(1, "Marie", 99, "1000.00")], ""));
    house.wait_until("a new preview", || text(&house, preview).starts_with("WOULD BE REJECTED"));
    assert!(text(&house, preview).contains("line 2"), "{}", text(&house, preview));
    house.write("batches/check/august.csv", &file("AUG", &JULY, ""));
    house.wait_until("a good preview", || text(&house, preview).starts_with("READY: 6 rows, HTG 9 600.00"));
    // A file of the user's that has the preview's name is not written over.
    house.write("batches/check/mine.csv.preview.txt", "my own notes\n");
    house.write("batches/check/mine.csv", &file("MINE", &JULY, ""));
    house.wait_until("a preview beside it", || {
        let names = std::fs::read_dir(house.path("batches/check")).expect("check");
        names.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("mine.csv.preview.")).count()
            == 2
    });
    assert_eq!(text(&house, "batches/check/mine.csv.preview.txt"), "my own notes\n");
    // What gets no preview is told where people look.
    house.write("batches/check/paie.xls", "old");
    house.wait_until("it is told", || text(&house, "batches/STATUS.txt").contains("check/paie.xls"));
    // Nothing of it is in the ledger, and nothing was moved or paid.
    assert_eq!(text(&house, "batches/check/august.csv"), file("AUG", &JULY, ""));
    assert_eq!(daemon.stop(), 0);
    for reference in ["AUG-1", "MINE-1"] {
        let said = house.run(&format!("explain {reference}"));
        assert!(said.code == 1 && !said.out.contains("paid"), "{}", said.out);
    }
    assert!(house.batch(2).is_null());
    // It is paid once it lies in the inbox.
    std::fs::rename(house.path("batches/check/august.csv"), house.path("batches/inbox/august.csv")).expect("drop");
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(2), "complete");
}

/// `check --online` for who has only the folders: the page says meanwhile that MonCash is asked.
#[test]
fn a_preview_tells_what_moncash_says_of_each_wallet_where_that_is_set() {
    let who = ["--unknown", "37000003", "--inactive", "37000005"];
    let ask = |word: &str| format!("{MORE}[guards]\nnew_people = \"off\"\ncustomer_status = \"{word}\"\n");
    let house = House::new(&who, &ask("warn"));
    std::fs::create_dir_all(house.path("batches/check")).expect("check");
    house.write("batches/check/july.csv", &file("JUL", &JULY, ""));
    house.write("batches/check/good.csv", &file("GOOD", &JULY[..2], ""));
    house.write("batches/check/bad.csv", &file("BAD", &[(1, "Marie", 99, "1000.00")], ""));
    let daemon = house.start();
    let page = |name: &str| text(&house, &format!("batches/check/{name}.csv.preview.txt"));
    let asked = |name: &str| {
        house.wait_until("MonCash was asked", || {
            house.path(&format!("batches/check/{name}.csv.preview.txt")).exists()
                && page(name).contains("MonCash was asked about")
        });
        page(name)
    };
    let told = asked("july");
    assert!(told.starts_with("LOOK FIRST: 6 rows"), "{told}");
    assert!(
        told.contains("line 4, receiver \"50937000003\" [customer_status]: MonCash says \"Customer not found\""),
        "{told}"
    );
    assert!(told.contains("line 6, receiver \"50937000005\""), "{told}");
    assert!(told.contains("6 receivers: 4 can be paid, 2 perhaps not, 0 without an answer"), "{told}");
    let told = asked("good");
    assert!(told.starts_with("READY: 2 rows") && told.contains("2 receivers: 2 can be paid"), "{told}");
    assert!(page("bad").starts_with("WOULD BE REJECTED") && !page("bad").contains("MonCash"), "{}", page("bad"));
    assert_eq!(daemon.stop(), 0);
    // Off, which is the usual: nobody is asked.
    house.configure("simulator", &ask("off"));
    let daemon = house.start();
    house.wait_until("a page without it", || page("july").starts_with("READY: 6 rows"));
    assert!(!page("july").contains("MonCash was asked"), "{}", page("july"));
    assert_eq!(daemon.stop(), 0);
}

/// It is not asked for ever, and no answer is not taken for a good one.
#[test]
fn a_preview_says_about_how_many_wallets_moncash_gave_no_answer() {
    let elsewhere = tempfile::tempdir().expect("folder");
    let faults = elsewhere.path().join("faults.toml");
    std::fs::write(&faults, "[[fault]]\ncall = \"customer\"\nkind = \"error\"\n").expect("faults");
    let settings = format!("{MORE}[guards]\ncustomer_status = \"warn\"\n[reports]\nlanguage = \"fr\"\n");
    let house = House::new(&["--faults", &faults.display().to_string()], &settings);
    std::fs::create_dir_all(house.path("batches/check")).expect("check");
    house.write("batches/check/july.csv", &file("JUL", &JULY, ""));
    let daemon = house.start();
    let page = "batches/check/july.csv.preview.txt";
    let asked = || house.path(page).exists() && text(&house, page).contains("MonCash a été interrogé sur 6");
    house.wait_until("MonCash was asked", asked);
    let told = text(&house, page);
    assert!(told.contains("0 peuvent être payés, 0 peut-être pas, 6 sans réponse"), "{told}");
    assert_eq!(daemon.stop(), 0);
}

/// An hour of the day that is far from now.
fn far_hours() -> String {
    let hour = (jiff::Zoned::now().hour() + 12) % 24;
    format!("[engine]\nhours = \"{hour:02}:00-{:02}:00\"\n", hour + 1)
}

#[test]
fn outside_the_payment_hours_batches_wait_and_say_until_when() {
    let house = House::new(&[], "");
    let hours = far_hours().replace("[engine]\n", "");
    house.configure_engine(&hours, MORE);
    let daemon = house.start();
    house.write("batches/inbox/july.csv", &file("JUL", &JULY, ""));
    house.wait_until("it waits", || house.state_of(1) == "waiting");
    house.wait_until("it says why", || {
        house.batch(1)["why"].as_str().unwrap_or_default().contains("payments keep hours, and go on at ")
    });
    house.wait_until("STATUS.txt too", || text(&house, "batches/STATUS.txt").contains("payments keep hours"));
    assert_eq!(house.batch(1)["counts"]["queued"], 6);
    assert_eq!(daemon.stop(), 0);
    house.configure("simulator", MORE);
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(1), "complete");
}

#[test]
fn a_file_that_names_its_pay_day_waits_for_it_and_one_whose_day_is_over_is_rejected() {
    let house = House::new(&[], MORE);
    house.write("late.csv", &file("LATE", &JULY, &format!("# pay on: {}\n", day(-1))));
    house.run("check late.csv").ends(3).says("[control_line]").says("This day is over");
    house.write("odd.csv", &file("ODD", &JULY, "# pay on: tomorrow\n"));
    house.run("check odd.csv").ends(3).says("not a day");
    let daemon = house.start();
    house.write("batches/inbox/july.csv", &file("JUL", &JULY, &format!("# pay on: {}\n", day(2))));
    house.wait_until("it waits", || house.state_of(1) == "waiting");
    let why = house.batch(1)["why"].as_str().unwrap_or_default().to_string();
    assert!(why.contains(&format!("not before {}T00:00:00", day(2))), "{why}");
    house.write("batches/inbox/today.csv", &file("TODAY", &JULY, &format!("# pay on: {}\n", day(0))));
    house.wait_until("today's is paid", || house.state_of(2) == "complete");
    assert_eq!(house.batch(1)["counts"]["queued"], 6);
    assert_eq!(daemon.stop(), 0);
}
