//! Which column of a payroll is taken, and when a person is asked: the full product of names and cells, compared
//! with `tests/columns.txt`, which a person can read. `UPDATE_COLUMNS=1 cargo test --test library column_table::`
//! writes it anew; read the difference as if it were money.
//!
//! Must never: leave a kind of name out (`kinds` does not compile then).

use payoutd::payroll::meaning::{Cells, Name, Role, Verdict, beside, of_amount, of_wallet};
use std::fmt::Write;

/// Every kind of name, those that say most first, with words for people.
fn kinds() -> [(Name, &'static str); 7] {
    // A new kind does not compile until it has a place here.
    let words = |name| match name {
        Name::Set => "set by [columns]",
        Name::Whole => "whole",
        Name::Strong => "strong",
        Name::Plain => "plain",
        Name::Unknown => "unknown",
        Name::Adjustment => "adjustment",
        Name::Never => "never",
    };
    [Name::Set, Name::Whole, Name::Strong, Name::Plain, Name::Unknown, Name::Adjustment, Name::Never]
        .map(|name| (name, words(name)))
}

const AMOUNTS: &str = "Net à payer MonCash; Net pou peye MonCash; Amount to pay MonCash; Montant MonCash; Net à payer; \
    Montant à verser; À percevoir; À remettre; Solde; Solde à payer; Reste; Montan pou peye; Pou touche; Rès; \
    Amount to disburse; Balance; Net à payer après avances; Montant; Net; Salaire net; Montan; Amount; Salaire; Total; \
    Ekip; Avance; Avans; Retenues; Prêt; Prè; IRI; ONA; OFATMA; TMS; CFGDCT; Kès; Boni; Prime; Déjà payé; \
    Solde du prêt; Solde antérieur; Salaire brut; Salaire de base; Heures; Jours; Taux horaire; Montant (USD); \
    Solde MonCash";
const WALLETS: &str = "Compte MonCash; Numéro MonCash; N° MonCash; Nimewo Monkach; Mobile money; Wallet; Téléphone; \
    Tél.; Phone; Telefòn; Nimewo telefòn; Portable; Contact d'urgence; Compte bancaire; NIF; Nom MonCash; \
    Référence MonCash";

fn names(out: &mut String, title: &str, names: &str, says: fn(&str) -> Name) {
    let _ = writeln!(out, "\n== what a name says of {title}\n");
    for (kind, word) in kinds() {
        let of_kind: Vec<&str> = names.split("; ").filter(|name| says(name) == kind).collect();
        if !of_kind.is_empty() {
            let _ = writeln!(out, "{word}: {}", of_kind.join(", "));
        }
    }
}

fn decisions(out: &mut String, role: Role) {
    let title = if role == Role::Wallet { "wallet" } else { "amount" };
    let can_be = |name| role == Role::Amount || !matches!(name, Name::Whole | Name::Adjustment | Name::Never);
    let _ = writeln!(out, "\n== which column is the {title}\n");
    for (taken, taken_word) in kinds().into_iter().take_while(|(name, _)| *name >= Name::Plain) {
        let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
        for (other, word) in kinds().into_iter().filter(|(name, _)| can_be(*name)) {
            let outcome = outcome(role, taken, other);
            match lines.iter_mut().find(|(line, _)| *line == outcome) {
                Some((_, words)) => words.push(word),
                None => lines.push((outcome, vec![word])),
            }
        }
        if can_be(taken) {
            let _ = writeln!(out, "taken: {taken_word}");
            for (line, words) in lines {
                let _ = writeln!(out, "  beside {}: {line}", words.join(" | "));
            }
        }
    }
}

/// What a column beside the taken one leads to, whatever its cells.
fn outcome(role: Role, taken: Name, other: Name) -> String {
    let cells = |filled, alike, differs| Cells { filled, alike, differs };
    let is = |verdict: Verdict| {
        let of = |cells| beside(role, taken, other, cells) == verdict;
        assert!(!of(cells(false, false, false)) || verdict == Verdict::Other, "an empty column is none");
        let same = of(cells(true, false, false)) || of(cells(true, true, false));
        match (same, of(cells(true, false, true)), of(cells(true, true, true))) {
            (true, true, true) => "if it is not empty",
            (false, true, true) => "if it differs",
            (false, false, true) => "if it differs and is of the same kind",
            (false, false, false) => "",
            odd => panic!("no words for {odd:?}"),
        }
    };
    let ask = is(Verdict::Ask);
    match (ask, if ask.is_empty() { is(Verdict::PassedOver) } else { "" }) {
        ("", "") => "another column".to_string(),
        ("", over) => format!("another column, and told {over}"),
        (ask, _) => format!("ASK {ask}"),
    }
}

fn table() -> String {
    let mut out = String::from(
        "Which column of a payroll is taken, and when a person is asked.\n\
         Made by tests/column_table.rs from the code itself; compared at every test run.\n\n\
         The column whose name says most is taken; of two that say as much, the first. Every other one is watched to\n\
         the last row. ASK: the file is refused with both columns, a row of each, and the renaming that settles it.\n\
         A file in payoutd's own words (reference, receiver and amount; a retry file's heading in French or Kreyòl)\n\
         has no other columns that could be meant. A column that nobody sees is never taken, and is watched.\n\
         \"Of the same kind\": most filled cells are wallets (eight digits beginning with 3, 4 or 5; no days), or sums\n\
         (between 1/20 and 20 times the row's amount; no years, no 1, 2, 3, no part of the reference, no people's\n\
         numbers). \"Differs\": in some row it says something else, or nothing where the taken one says something.\n",
    );
    names(&mut out, "an amount", AMOUNTS, of_amount);
    names(&mut out, "a wallet", WALLETS, of_wallet);
    decisions(&mut out, Role::Amount);
    decisions(&mut out, Role::Wallet);
    out
}

#[test]
fn the_table_of_columns_is_what_the_code_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/columns.txt");
    let table = table();
    if std::env::var_os("UPDATE_COLUMNS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), table, "see the head of tests/column_table.rs");
}
