//! Finance's files and finance's words, through the running program: columns by setting, workbooks answered as the
//! reader's spreadsheet opens them, and nothing in English where people chose another language.

use super::house::House;
use std::path::Path;

fn text(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file that LibreOffice wrote.
fn libreoffice(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payroll_files/libreoffice").join(name)
}

#[test]
fn a_file_with_columns_of_its_own_is_paid_by_the_columns_setting() {
    let columns = "[columns]\nreceiver = \"Nimewo anplwaye a\"\nreference = \"{matricule}-{periode}\"\n";
    let house = House::new(&[], &format!("[approval]\nabove = \"none\"\n{columns}"));
    let head = "Matricule;Période;Nimewo anplwaye a;Montant;Nom\n";
    let rows = "0012;2026-07;37007294;1250,50;Évariste\n0013;2026-07;34125566;800,00;Noël\n";
    house.write("batches/inbox/paie.csv", &format!("{head}{rows}"));
    house.run("run --once").ends(0).says("every payout is paid (2 payouts)");
    let report = text(&house, "batches/reports/paie.B000001.report.csv");
    assert!(
        report.contains("0012-2026-07,50937007294,Évariste,1250.50,") && report.contains("0013-2026-07,"),
        "{report}"
    );
    // The same people in the same period, in another order and under another name, are known again.
    house.write("batches/inbox/copie.csv", &format!("{head}0013;2026-07;34125566;800,00;Noël\n"));
    house.run("run --once").ends(3).says("1 file was rejected");
    assert!(text(&house, "batches/rejected/copie.csv.errors.csv").contains(";reference_known;"));
}

#[test]
fn a_workbook_is_answered_as_the_readers_spreadsheet_opens_it() {
    let reports = "[approval]\nabove = \"none\"\n[reports]\ndialect = \"as_received\"\n";
    for (language, ending) in [("fr", "xlsx"), ("fr", "ods"), ("en", "xlsx")] {
        let house = House::new(&["--full", "*37007294"], &format!("{reports}language = \"{language}\"\n"));
        std::fs::copy(libreoffice(&format!("fr.{ending}")), house.path(&format!("batches/inbox/paie.{ending}")))
            .expect("drop");
        house.run("run --once").ends(3);
        let retry = text(&house, "batches/reports/paie.B000001.retry.csv");
        let row = match language {
            "fr" => "2026-07-001.r2;37007294;12500,00;Salaire de juillet;Joseph Évariste;2026-07-001;",
            _ => "2026-07-001.r2,37007294,12500.00,Salaire de juillet,Joseph Évariste,2026-07-001,",
        };
        assert!(retry.starts_with('\u{feff}') && retry.contains(row) && retry.lines().count() == 3, "{retry}");
        let report = text(&house, "batches/reports/paie.B000001.report.csv");
        let paid =
            if language == "fr" { ";34125566;Thérèse Noël;9800,50;" } else { ",34125566,Thérèse Noël,9800.50," };
        assert!(report.contains(paid) && report.contains("0104"), "{report}");
        // Corrected and dropped, it pays; dropped as a report, nobody.
        house.write("batches/inbox/retry.csv", &retry.replace("37007294", "37007295"));
        house.run("run --once").ends(0);
        house.write("batches/inbox/report.csv", &report);
        house.run("run --once").ends(3).says("1 file was rejected");
        let errors = text(&house, "batches/rejected/report.csv.errors.csv");
        assert!(errors.contains("report_file"), "{errors}");
    }
}

/// Words of English that are none of French or Kreyòl; not those of states, settings and commands.
const ENGLISH: [&str; 24] = [
    "the", "and", "was", "were", "with", "this", "that", "from", "nothing", "would", "person", "people", "file",
    "which", "already", "rows", "row", "batch", "looks", "waits", "payouts", "amount", "same", "kept",
];

#[track_caller]
fn is_not_english(place: &str, page: &str) {
    for line in page.lines().filter(|line| !line.starts_with("Chain head") && !line.starts_with("Event number")) {
        // The file's own columns are called so.
        let line = line.replace("Person ", "").replace("«\u{a0}amount\u{a0}»", "");
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.' && c != '-');
        let found: Vec<&str> = words.filter(|word| ENGLISH.contains(&word.to_lowercase().as_str())).collect();
        assert!(found.is_empty(), "{place}: {found:?} in {line}");
    }
}

#[test]
fn what_people_read_is_in_their_language_holds_answers_and_reconciliations_too() {
    for language in ["fr", "ht"] {
        let more = format!("[approval]\nabove = \"none\"\n[reports]\nlanguage = \"{language}\"\n");
        let house = House::new(&[], &more);
        house.drop_payroll("juillet.csv", "JUL", 3);
        house.run("run --once").ends(0);
        // The same people and amounts under new references: the guard holds it, and its words are stored in English.
        house.drop_payroll("encore.csv", "AOU", 3);
        let daemon = house.start();
        let form = "batches/reports/B000002.release.txt";
        house.wait_until("the form", || house.path(form).exists());
        house.write("batches/inbox/note.txt", "x");
        house.wait_until("STATUS.txt", || text(&house, "batches/STATUS.txt").contains("note.txt"));
        for place in ["batches/STATUS.txt", "batches/reports/encore.B000002.summary.txt", form] {
            let page = text(&house, place);
            is_not_english(place, page.split("\norder: ").next().unwrap_or_default());
        }
        let hold = if language == "fr" { "3 lignes paient la même personne" } else { "3 liy peye menm moun" };
        assert!(text(&house, "batches/STATUS.txt").contains(hold), "{}", text(&house, "batches/STATUS.txt"));
        for (name, folder) in [("one.txt", "done"), ("two.txt", "refused")] {
            // The same order twice: the second is refused by the loop.
            let ready = house.path("batches/reports/B000002.cancel.txt");
            let kept = house.path("cancel.txt");
            house.wait_until("the order's form", || kept.exists() || std::fs::copy(&ready, &kept).is_ok());
            std::fs::copy(&kept, house.path(&format!("batches/orders/{name}"))).expect("copy");
            let answer = format!("batches/orders/{folder}/{name}.answer.txt");
            house.wait_until("an answer", || house.path(&answer).exists());
            is_not_english(&answer, &text(&house, &answer));
        }
        assert_eq!(daemon.stop(), 0);
        house.run("reconcile").ends(0);
        for entry in std::fs::read_dir(house.path("batches/reports")).expect("reports").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("reconciliation") || name.starts_with("balance") || name.ends_with(".summary.txt") {
                let page = std::fs::read_to_string(entry.path()).expect("a page");
                // MonCash's word in its column, and verdicts, are for scripts.
                is_not_english(&name, &page);
            }
        }
        house.run("verify").ends(0);
    }
}
