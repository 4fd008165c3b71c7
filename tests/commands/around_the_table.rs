//! Sheets as offices make them: what stands around the table is left aside, and told wherever people look.

use super::house::House;

const SHEET: &str = "INSTITUTION EXEMPLE;;;\nPAYROLL NOVEMBRE 2026;;;\n\nRéférence;Nom;Téléphone;Net à payer\n\
                     C15-001;Employé A;36150001;15000,00\nC15-002;Employé B;36150002;12000,00\n\
                     TOTAL;;;27000,00\n\nPréparé par :;;Approuvé par :;\n";

fn text(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const LEFT_ASIDE: [&str; 4] = [
    "Left aside, because nobody is paid by it: 3 lines.",
    "- line 1: \"INSTITUTION EXEMPLE\"",
    "- line 2: \"PAYROLL NOVEMBRE 2026\"",
    "- line 9: \"Préparé par : | Approuvé par :\"",
];

#[test]
fn a_sheet_with_a_title_and_signatures_is_paid_as_it_is() {
    let house = House::plain();
    house.write("november.csv", SHEET);
    let said = house.run("check november.csv").ends(0).says("every row is fine");
    house.write("batches/inbox/november.csv", SHEET);
    house.run("run --once").ends(0);
    let summary = text(&house, "batches/reports/november.B000001.summary.txt");
    for part in LEFT_ASIDE {
        assert!(said.out.contains(part), "{part}\n{}", said.out);
        assert!(summary.contains(part), "{part}\n{summary}");
    }
    assert_eq!(house.state_of(1), "complete");
    house.run("verify").ends(0);
    // A preview says it too.
    let _daemon = house.start();
    house.write("batches/check/december.csv", &SHEET.replace("C15-", "C16-"));
    house.wait_until("the preview", || house.path("batches/check/december.csv.preview.txt").exists());
    let preview = text(&house, "batches/check/december.csv.preview.txt");
    assert!(LEFT_ASIDE.iter().all(|part| preview.contains(part)), "{preview}");
}

#[test]
fn a_sheet_with_signatures_and_no_total_is_rejected_with_that_advice() {
    let house = House::plain();
    house.write("batches/inbox/november.csv", &SHEET.replace("TOTAL;;;27000,00\n", ""));
    house.run("run --once");
    let errors = text(&house, "batches/rejected/november.csv.errors.csv");
    assert!(errors.contains("signature_line") && errors.contains("write a TOTAL row above it"), "{errors}");
    assert_eq!(errors.lines().count(), 2, "{errors}");
}

/// As Google Sheets and scripts write it: the last line has no end.
const OPEN: &str = "Référence,Téléphone,Montant,Nom\r\nC10-001,36100001,\"15,000.00\",Employé A\r\nC10-002,36100002,\"12,000.50\",Employé B";
/// Nobody else is asked about anything.
const NO_APPROVAL: &str = "[approval]\nabove = \"none\"\n[guards]\nnew_people = \"off\"\n";

#[test]
fn a_last_line_without_its_end_waits_for_a_person_and_is_shown() {
    let house = House::new(&[], NO_APPROVAL);
    house.write("november.csv", OPEN);
    let shown = "line 3: C10-002, Employé B, 509••••0002, HTG 12";
    house.run("check november.csv").ends(3).says("[open_end]").says(shown);
    let daemon = house.start();
    house.write("batches/check/november.csv", OPEN);
    house.wait_until("the preview", || house.path("batches/check/november.csv.preview.txt").exists());
    let preview = text(&house, "batches/check/november.csv.preview.txt");
    assert!(preview.contains("[open_end]") && preview.contains(shown), "{preview}");
    house.write("batches/inbox/november.csv", OPEN);
    house.wait_until("the form", || house.path("batches/reports/B000001.approve.txt").exists());
    assert_eq!(house.state_of(1), "awaiting_approval");
    let form = text(&house, "batches/reports/B000001.approve.txt");
    assert!(form.contains(shown) && form.contains("is that whole?"), "{form}");
    assert_eq!(house.batch(1)["counts"]["paid"], 0, "{}", house.batch(1));
    house.run("approve B000001 --reason whole").ends(0);
    house.wait_until("paid", || house.state_of(1) == "complete");
    drop(daemon);
    house.run("verify").ends(0);
}

#[test]
fn what_vouches_for_a_last_line_lets_it_be_paid_unasked() {
    let house = House::new(&[], NO_APPROVAL);
    house.write("batches/inbox/total.csv", &format!("{OPEN}\r\nTOTAL,,\"27,000.50\","));
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(1), "complete");
    // A line of which a cell is missing is no row to ask about.
    house.write("batches/inbox/cut.csv", OPEN.strip_suffix("\"12,000.50\",Employé B").expect("a row"));
    house.run("run --once");
    let errors = text(&house, "batches/rejected/cut.csv.errors.csv");
    assert!(errors.contains("half_file"), "{errors}");
}
