//! For any sheet with a true column and one that competes with it, in any order, language and dialect: the true
//! column's sums and wallets are paid, or nobody is.
//!
//! Must never: know how the product decides.

use super::read;
use proptest::prelude::*;

/// What is to be paid, as everybody would read it, beside columns that are something else.
const SAYS_SO: [&str; 8] = [
    "Solde à payer",
    "Net à payer",
    "Montant à verser",
    "Reste",
    "Montan pou peye",
    "Rès pou peye",
    "Amount to disburse",
    "MONTANT_A_REMETTRE",
];
/// What may be paid, or may not yet be what is.
const MAY_BE: [&str; 7] = ["Montant", "Salaire net", "Net", "Montan", "Salè nèt", "Amount", "Net pay"];
/// What stands beside it.
const BESIDE: [&str; 12] = [
    "Salaire",
    "Total",
    "Avance",
    "Avans",
    "Retenues",
    "Prèt",
    "IRI",
    "Boni",
    "Déjà payé",
    "Ajustement",
    "Transport",
    "Deductions",
];
const WALLETS: [&str; 5] = ["Compte MonCash", "Numéro MonCash", "Nimewo MonCash", "MonCash", "Mobile money"];
const PHONES: [&str; 5] = ["Téléphone", "Tél.", "Telefòn", "Nimewo telefòn", "Phone"];
const CONTACTS: [&str; 4] = ["Contact d’urgence", "Kontak", "Personne à prévenir", "Emergency contact"];

#[derive(Clone, Debug)]
struct Sheet {
    /// Name of the true column and of the other; and whether the other could be the true one as well.
    amounts: (&'static str, &'static str),
    wallets: (&'static str, &'static str),
    /// Of each person: the true sum and wallet, and the others.
    people: Vec<(i64, i64, u32, u32)>,
    order: Vec<usize>,
    separator: char,
    mark: char,
    total: bool,
}

/// A true column and another. Where neither name says more than the other, either may be the true one.
fn pair(
    sure: &'static [&'static str],
    may: &'static [&'static str],
    beside: &'static [&'static str],
) -> impl Strategy<Value = (&'static str, &'static str)> {
    let any = |names: &'static [&'static str]| prop::sample::select(names.to_vec());
    prop_oneof![
        (any(sure), any(may)),
        (any(sure), any(beside)),
        (any(may), any(beside)),
        (any(beside), any(may)),
        (any(may), any(may)),
        (any(sure), any(sure)),
    ]
    .prop_filter("two names", |(one, other)| one != other)
}

fn sheets() -> impl Strategy<Value = Sheet> {
    let person = (100_051..6_500_000_i64, 1..99_i64, 31_000_000..49_999_999_u32, 31_000_000..49_999_999_u32, 0..3);
    // Often the two are the same in a row, or the other is empty there.
    let person = person.prop_map(|(sum, other, wallet, phone, same)| match same {
        0 => (sum, sum, wallet, wallet),
        1 => (sum, sum / 10 + sum / 100 * other + 37, wallet, phone),
        _ => (sum, sum / 2 + 1, wallet, phone),
    });
    let order = Just(vec![0, 1, 2, 3, 4]).prop_shuffle();
    (
        pair(&SAYS_SO, &MAY_BE, &BESIDE),
        pair(&WALLETS, &PHONES, &CONTACTS),
        prop::collection::vec(person, 1..6),
        order,
        prop::sample::select(vec![',', ';', '\t', '|']),
        prop::sample::select(vec!['.', ',']),
        any::<bool>(),
    )
        .prop_map(|(amounts, wallets, people, order, separator, mark, total)| Sheet {
            amounts,
            wallets,
            people,
            order,
            separator,
            mark,
            total,
        })
}

impl Sheet {
    fn amount(&self, centimes: i64) -> String {
        format!("{}{}{:02}", centimes / 100, self.mark, centimes % 100)
    }

    fn line(&self, cells: [String; 5]) -> String {
        let cells = self.order.iter().map(|place| {
            let cell = &cells[*place];
            if cell.contains(self.separator) { format!("\"{cell}\"") } else { cell.clone() }
        });
        cells.collect::<Vec<_>>().join(&self.separator.to_string()) + "\r\n"
    }

    fn text(&self) -> String {
        let names = ["Référence", self.wallets.0, self.wallets.1, self.amounts.0, self.amounts.1];
        let mut text = self.line(names.map(str::to_string));
        for (place, (sum, other, wallet, phone)) in self.people.iter().enumerate() {
            let cells =
                [format!("P-{place}"), wallet.to_string(), phone.to_string(), self.amount(*sum), self.amount(*other)];
            text.push_str(&self.line(cells));
        }
        if self.total {
            let sum = |of: fn(&(i64, i64, u32, u32)) -> i64| self.amount(self.people.iter().map(of).sum());
            let none = String::new;
            text.push_str(&self.line(["TOTAL".to_string(), none(), none(), sum(|it| it.0), sum(|it| it.1)]));
        }
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_true_columns_are_paid_or_nobody_is(sheet in sheets()) {
        let text = sheet.text();
        let (rows, problems, totals) = read(&text);
        if totals.is_some() {
            let paid: Vec<_> =
                rows.iter().map(|row| (row.instruction.amount.centimes(), row.instruction.receiver.local())).collect();
            let meant: Vec<_> = sheet.people.iter().map(|(sum, _, wallet, _)| (*sum, *wallet)).collect();
            prop_assert_eq!(paid, meant, "{}", text);
        } else {
            prop_assert!(problems.iter().all(|problem| ["column_ambiguous", "column_missing", "total_row"].contains(&problem.code.as_str())),
                "{problems:?}\n{text}");
        }
    }
}

#[test]
fn a_sheet_of_twenty_three_columns_under_strong_names_passes() {
    let header = "N°;Matricule;Nom;Prénom;Sexe;NIF;CIN;Poste;Date d’embauche;Compte bancaire;Téléphone;Contact d’urgence;\
        Numéro MonCash;Salaire brut;ONA;OFATMA;IRI;TMS;CFGDCT;Kès;Prè;Boni;Net à payer;Référence";
    let rows: String = (1..=40)
        .map(|n| {
            format!(
                "{n};{};Joseph {n};Marie;F;00{n}-123-456-7;10-01-99-1990-0{n}-0001{n};Agent;12/03/2019;36{:06};37{:06};38{:06};\
                 31{:06};20000,00;1200,00;600,00;{},00;400,00;200,00;500,00;{},00;0,00;{},50;2026-11-{n:03}\r\n",
                1000 + n * 7, n * 31, n * 37, n * 41, n * 43, 300 + n, n % 3 * 1000, 15000 + n * 10,
            )
        })
        .collect();
    let (paid, problems, totals) = read(format!("{header}\r\n{rows}"));
    assert_eq!(problems, []);
    assert!(totals.is_some());
    assert!(paid.iter().all(|row| row.instruction.receiver.local() / 1_000_000 == 31), "the MonCash numbers");
    assert_eq!(paid[0].instruction.amount.to_string(), "15010.50");
    assert_eq!(paid[0].name, "Joseph 1 Marie");
}
