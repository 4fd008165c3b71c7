//! By which columns people were paid last: a sheet that is read by others waits for a person, or is told.

use super::house::House;

const MORE: &str = "[approval]\nabove = \"none\"\n[safety]\npaid_already_within = \"\"\n";

fn sheet(prefix: &str, header: &str, amounts: [&str; 3]) -> String {
    let mut text = format!("{header}\n");
    for (n, amount) in amounts.iter().enumerate() {
        text.push_str(&format!("{prefix}-{n};3700000{n};{amount};Person {n}\n"));
    }
    text
}

const MONTANT: &str = "Référence;Téléphone;Montant;Nom";
const JULY: [&str; 3] = ["1000,00", "1200,00", "900,00"];

fn says(house: &House, name: &str, text: &str) -> String {
    house.write(name, text);
    let said = house.run(&format!("check {name}"));
    assert!([0, 3].contains(&said.code), "{}{}", said.out, said.err);
    said.out.lines().find(|line| line.contains("[new_layout]")).unwrap_or_default().to_string()
}

#[test]
fn a_reading_is_known_once_people_were_paid_by_it() {
    let house = House::new(&["--balance", "100000"], MORE);
    let july = sheet("JUL", MONTANT, JULY);
    let told = says(&house, "july.csv", &july);
    assert!(told.contains("nobody was ever paid by these columns: Montant, Téléphone, Référence, Nom"), "{told}");
    // A cancelled batch teaches nothing.
    house.write("batches/inbox/cancelled.csv", &sheet("CAN", MONTANT, JULY));
    house.configure("simulator", &format!("{MORE}[guards]\nnew_layout = \"hold\"\n"));
    house.run("run --once");
    assert_eq!(house.state_of(1), "awaiting_approval");
    let form = std::fs::read_to_string(house.path("batches/reports/B000001.approve.txt")).expect("the form");
    assert!(
        form.contains("The amount is taken from the column \"Montant\"") && form.contains("nobody was ever"),
        "{form}"
    );
    house.run("cancel B000001 --reason no").ends(0);
    house.run("run --once");
    assert!(!says(&house, "july.csv", &july).is_empty());
    // Approved, it is known: whatever the case, the place or the month.
    house.write("batches/inbox/july.csv", &july);
    house.run("run --once");
    house.run("approve B000002 --reason yes").ends(0);
    house.run("run --once").ends(0);
    assert_eq!(house.state_of(2), "complete");
    assert_eq!(says(&house, "august.csv", &sheet("AUG", "référence;TELEPHONE;montant;NOM", JULY)), "");
    // Other columns: the old and the new ones, and what three people got and get.
    let other = sheet("AUG", "Référence;Téléphone;Solde à payer;Nom", ["500,00", "600,00", "450,00"]);
    let told = says(&house, "august.csv", &other);
    for part in [
        "last paid by other columns (Montant, Téléphone, Référence, Nom)",
        "now by Solde à payer",
        "line 2 (AUG-0, Person 0): HTG 500.00 now, HTG 1 000.00 last time",
        "line 4 (AUG-2, Person 2): HTG 450.00 now, HTG 900.00 last time",
    ] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    // payoutd's own words never speak.
    assert_eq!(says(&house, "own.csv", &sheet("OWN", "reference;receiver;amount;name", JULY)), "");
}
