//! Sheets as offices make them, through the whole program: a file is dropped, and who was paid what is the
//! simulator's count. `cases/` holds the files; what must come of each stands here.
//!
//! Must never: ask the product's ledger who was paid.

#[path = "../payroll_250/house.rs"]
#[allow(dead_code)]
mod house;

use house::{House, Simulator, names_in};
use std::fs;
use std::path::PathBuf;

/// A file, and what must come of it.
struct Case {
    file: &'static str,
    /// Wallets and gourdes; nobody where it is refused or waits.
    paid: &'static [(&'static str, &'static str)],
    /// What stands in the errors file, the form or the summary.
    says: &'static [&'static str],
}

const fn case(
    file: &'static str,
    paid: &'static [(&'static str, &'static str)],
    says: &'static [&'static str],
) -> Case {
    Case { file, paid, says }
}

/// As they come, without a setting.
const PLAIN: &[Case] = &[
    case(
        "c01-montant-avance-solde.csv",
        &[],
        &[
            "column_ambiguous",
            "\"\"Montant\"\"",
            "\"\"Solde à payer\"\"",
            "15000,00",
            "10000,00",
            "Amount to pay MonCash",
        ],
    ),
    case(
        "c02-telephone-compte-moncash.csv",
        &[("31020001", "15000.00"), ("31020002", "12000.00")],
        &["wallet is taken from the column \"Compte MonCash\"", "The column \"Téléphone\" could be meant too"],
    ),
    case("c03-devise-usd.csv", &[], &["other_currency", "USD", "C03-002;50936030002;15000.00"]),
    case(
        "c04-mode-de-paiement.csv",
        &[],
        &["other_way", "Virement Sogebank", "Chèque", "C04-001;50936040001;15000.00"],
    ),
    case("c06-colonne-cachee.xlsx", &[], &["hidden"]),
    case("c08-double-dans-le-fichier.csv", &[], &["order: approve", "C08-001", "C08-002"]),
    case(
        "c09-excel-16-lignes.csv",
        &[
            ("36090001", "1001.00"),
            ("36090002", "1002.00"),
            ("36090003", "1003.00"),
            ("36090004", "1004.00"),
            ("36090005", "1005.00"),
            ("36090006", "1006.00"),
            ("36090007", "1007.00"),
            ("36090008", "1008.00"),
            ("36090009", "1009.00"),
            ("36090010", "1010.00"),
            ("36090011", "1011.00"),
            ("36090012", "1012.00"),
            ("36090013", "1013.00"),
            ("36090014", "1014.00"),
            ("36090015", "1015.00"),
            ("36090016", "1016.00"),
            ("36090017", "1017.00"),
            ("36090018", "1018.00"),
            ("36090019", "1019.00"),
            ("36090020", "1020.00"),
        ],
        &[],
    ),
    case(
        "c10-google-sheets.csv",
        &[],
        &[
            "order: approve",
            "line 3: C10-002, Employé B",
            "HTG 12 000.50",
            "is that whole?",
            "The amount is taken from",
        ],
    ),
    case("c15-titre-signatures.xlsx", &[("36150001", "15000.00"), ("36150002", "12000.00")], &["Left aside"]),
    case("c11-sep.csv", &[("36110001", "15000.00")], &[]),
    case(
        "c12-marques-invisibles.csv",
        &[("36120001", "15000.00"), ("36120002", "12000.00"), ("36120003", "9000.00")],
        &["Read over:"],
    ),
    case("c13-tirets.csv", &[("36130001", "15000.00"), ("36130002", "12000.00"), ("36130003", "9000.00")], &[]),
    case("c14-egal-guillemets.csv", &[("36140001", "15000.00"), ("36140002", "12000.00")], &[]),
    case("c17-net-zero.csv", &[], &["amount_not_positive", "receiver_missing"]),
    case("c19-macroman.csv", &[], &["Mac"]),
    case("c21-point-zero.csv", &[("36210001", "15000.00"), ("36210002", "12000.00")], &[]),
    case("c27-note-a-droite.xlsx", &[], &["G2"]),
    case("c31-mot-de-passe.xlsx", &[], &["password"]),
    case("c32-fraction.xlsx", &[], &["amount_too_precise"]),
    case("c35-telephone-virgules.csv", &[], &["comma", "too narrow"]),
    case("c22-point-virgule.csv", &[], &["column_missing"]),
    case("c23-virgule-milliers.csv", &[], &["amount_"]),
    case("c23b-virgule-nue.csv", &[], &["amount_format"]),
    case("c24-espaces.csv", &[("36240001", "12000.00"), ("36240001", "15000.00")], &[]),
    case(
        "c33-telephone-et-numero-moncash.csv",
        &[("31330001", "15000.00")],
        &["wallet is taken from the column \"Numéro MonCash\"", "First row: line 2: C33-001, Employé A"],
    ),
    case(
        "c34-notes-internes.csv",
        &[("36340001", "9000.00"), ("36340002", "9000.00")],
        &["No description is sent to MonCash"],
    ),
];

/// The same people and amounts as in another file.
const SIGNATURES: &[Case] = &[case(
    "c15b-signatures.xlsx",
    &[("36150001", "15000.00"), ("36150002", "12000.00")],
    &["Left aside", "Préparé par"],
)];

/// `[columns] amount = "Solde à payer"`
const SET: &[Case] = &[case(
    "c30-colonne-configuree-mal-ecrite.csv",
    &[],
    &["column_missing", "Solde à payer", "no other one is taken for it"],
)];

fn cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sheets/cases")
}

/// Every text that came out about a file: its errors file, its forms, its summary.
fn said(house: &House, file: &str) -> String {
    let stem = file.split('.').next().unwrap();
    let mut said = String::new();
    for folder in ["rejected", "reports"] {
        for name in names_in(&house.place(folder)).into_iter().filter(|name| name.starts_with(stem)) {
            said.push_str(&fs::read_to_string(house.place(folder).join(name)).unwrap_or_default());
        }
    }
    let batch = said.split("\nBatch B").nth(1).map(|rest| format!("B{}", rest.split(',').next().unwrap_or_default()));
    for name in house.named("reports", ".approve.txt").into_iter().filter(|name| Some(&name[..7]) == batch.as_deref()) {
        said.push_str(&fs::read_to_string(house.place("reports").join(name)).unwrap_or_default());
    }
    said
}

/// Drops the files of some cases together, and looks what came of each.
fn try_out(settings: &str, cases_of: &[Case]) {
    let simulator = Simulator::start(&["--balance", "10000000.00"]);
    let house = House::build(&simulator, settings);
    for case in cases_of {
        fs::copy(cases().join(case.file), house.place("inbox").join(case.file)).unwrap();
    }
    house.once();
    let mut wrong = String::new();
    for case in cases_of {
        let said = said(&house, case.file);
        for part in case.says.iter().filter(|part| !said.contains(**part)) {
            wrong.push_str(&format!("{}: no {part:?} in\n{said}\n", case.file));
        }
    }
    let mut wanted: Vec<(String, String)> = cases_of
        .iter()
        .flat_map(|case| case.paid.iter().map(|(wallet, gourdes)| (format!("509{wallet}"), gourdes.to_string())))
        .collect();
    wanted.sort();
    let debits = simulator.paid();
    assert_eq!(debits, wanted, "{wrong}");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_sheet_comes_to_what_its_page_says() {
    try_out("", PLAIN);
}

#[test]
fn a_column_that_the_setting_names_is_taken_or_none() {
    try_out("[columns]\namount = \"Solde à payer\"\n", SET);
}

#[test]
fn signatures_below_a_total_are_left_aside() {
    try_out("", SIGNATURES);
}

/// Rows of half a file are never written into one that looks whole.
#[test]
fn half_a_file_offers_no_rows() {
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator, "");
    let text =
        "Référence;Téléphone;Montant;Devise\nH-1;36990001;100,00;USD\nH-2;36990002;100,00;HTG\nH-3;36990003;100,00;HTG";
    house.drop_file("half.csv", text);
    house.drop_file("whole.csv", &format!("{}\n", text.replace("H-", "W-")));
    house.once();
    assert_eq!(house.named("rejected", ".new.csv"), ["whole.new.csv"]);
    assert_eq!(simulator.debits().0, 0);
}
