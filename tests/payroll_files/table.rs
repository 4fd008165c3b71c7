//! A table of payouts, and how people's programs write it: separator, letters, line ends, numbers, language.
//!
//! Must never: use the product's own writer, or know how it reads.

use proptest::prelude::*;

/// One payout, as it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub reference: String,
    pub receiver: u32,
    pub centimes: i64,
    pub name: String,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    Utf8,
    Utf8Mark,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

/// How a table is written.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub letters: Letters,
    pub separator: char,
    pub end: &'static str,
    /// Before the centimes.
    pub mark: char,
    /// Between thousands.
    pub thousands: &'static str,
    /// Whole amounts without centimes.
    pub bare: bool,
    /// Before or behind each amount.
    pub currency: (&'static str, &'static str),
    pub language: usize,
    pub quote_all: bool,
    /// Which column comes when.
    pub order: Vec<usize>,
    pub total: Option<&'static str>,
    /// How a receiver is written.
    pub phone: usize,
}

/// reference, receiver, amount, name, description: in English, French and Kreyòl.
const HEADERS: [[&str; 5]; 5] = [
    ["reference", "receiver", "amount", "name", "description"],
    ["Référence", "Téléphone", "Montant (HTG)", "Nom et prénom", "Motif"],
    ["N° de référence", "Numéro MonCash", "Net à payer", "Nom complet", "Libellé"],
    ["Referans", "Nimewo telefòn", "Montan", "Non ak siyati", "Rezon"],
    ["Ref", "MSISDN", "Net pay", "Full name", "Note"],
];

pub const LANGUAGES: usize = HEADERS.len();

impl Dialect {
    /// A number of centimes as this dialect has it.
    pub fn amount(&self, centimes: i64) -> String {
        let (whole, part) = ((centimes / 100).to_string(), centimes % 100);
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(digit);
        }
        if part > 0 || !self.bare {
            text.push_str(&format!("{}{part:02}", self.mark));
        }
        format!("{}{text}{}", self.currency.0, self.currency.1)
    }

    /// Whether some amount of these shows the mark: one with centimes, or with two parts of thousands by the
    /// other one.
    pub fn is_proved(&self, table: &[Payout]) -> bool {
        let total: i64 = table.iter().map(|payout| payout.centimes).sum();
        let shows = |centimes: i64| {
            let by_mark = self.thousands == "," || self.thousands == ".";
            !self.bare || centimes % 100 > 0 || by_mark && centimes >= 100_000_000
        };
        table.iter().any(|payout| shows(payout.centimes)) || self.total.is_some() && shows(total)
    }

    /// Whether some amount of these can be read in two ways.
    pub fn is_ambiguous(&self, table: &[Payout]) -> bool {
        let total: i64 = table.iter().map(|payout| payout.centimes).sum();
        let can = |centimes: i64| {
            let by_mark = self.thousands == "," || self.thousands == ".";
            by_mark && self.bare && centimes % 100 == 0 && (100_000..100_000_000).contains(&centimes)
        };
        table.iter().any(|payout| can(payout.centimes)) || self.total.is_some() && can(total)
    }

    fn receiver(&self, number: u32) -> String {
        match self.phone {
            0 => number.to_string(),
            1 => format!("509{number}"),
            2 => format!("+509 {}-{:04}", number / 10_000, number % 10_000),
            3 => format!("00509{number}"),
            4 => format!("509{number}.0"),
            _ => format!("({}) {:04}", number / 10_000, number % 10_000),
        }
    }

    fn cell(&self, text: &str) -> String {
        let must = text.contains(['"', '\n', '\r', self.separator]);
        if must || self.quote_all { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_string() }
    }

    fn line(&self, cells: [String; 5]) -> String {
        let cells: Vec<String> = self.order.iter().map(|place| self.cell(&cells[*place])).collect();
        cells.join(&self.separator.to_string()) + self.end
    }

    /// The file's text.
    pub fn text(&self, table: &[Payout]) -> String {
        let mut text = self.line(HEADERS[self.language].map(str::to_string));
        for payout in table {
            text.push_str(&self.line([
                payout.reference.clone(),
                self.receiver(payout.receiver),
                self.amount(payout.centimes),
                payout.name.clone(),
                payout.description.clone(),
            ]));
        }
        if let Some(word) = self.total {
            let total = self.amount(table.iter().map(|payout| payout.centimes).sum());
            let mut cells = [const { String::new() }; 5];
            cells[2] = total;
            // Into the first column that is not the amount's, as people do.
            let first = self.order.iter().find(|place| **place != 2).copied().unwrap_or(0);
            cells[first] = word.to_string();
            text.push_str(&self.line(cells));
        }
        text
    }

    /// The file's bytes; UTF-8 where Windows-1252 has no such letter.
    pub fn write(&self, table: &[Payout]) -> Vec<u8> {
        encode(self.letters, &self.text(table))
    }
}

pub fn encode(letters: Letters, text: &str) -> Vec<u8> {
    let wide = |unit: fn(u16) -> [u8; 2]| {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect::<Vec<u8>>()
    };
    match letters {
        Letters::Utf8 => text.as_bytes().to_vec(),
        Letters::Utf8Mark => format!("\u{feff}{text}").into_bytes(),
        Letters::Utf16Le => wide(u16::to_le_bytes),
        Letters::Utf16Be => wide(u16::to_be_bytes),
        Letters::Windows1252 => {
            text.chars().map(windows_1252).collect::<Option<_>>().unwrap_or(text.as_bytes().to_vec())
        }
    }
}

fn windows_1252(c: char) -> Option<u8> {
    match c {
        '’' => Some(0x92),
        '€' => Some(0x80),
        'œ' => Some(0x9c),
        '‘' => Some(0x91),
        c if c.is_ascii() || ('\u{a0}'..='\u{ff}').contains(&c) => u8::try_from(u32::from(c)).ok(),
        _ => None,
    }
}

/// Tables: references that differ, wallets, amounts from 1 to 75,000 gourdes, names with accents.
pub fn tables() -> impl Strategy<Value = Vec<Payout>> {
    let centimes = prop_oneof![100..7_500_000_i64, (1..75_000_i64).prop_map(|gourdes| gourdes * 100)];
    let words = || {
        prop_oneof![
            // All that is on a keyboard, and letters that no Windows-1252 has (such a file is written in UTF-8).
            4 => "[A-Za-zÉÈÀÒÇéèàòçï][ -&(-~éèàòçïüñÉ]{0,14}[A-Za-zéèò]",
            1 => "[A-Za-zéł][ -&(-~éèòłőİ🙂]{0,10}[A-Za-zò]",
            // An apostrophe; not beside what parts cells, where payoutd's own before a formula is taken away again.
            1 => "[A-Za-zé][A-Za-zé '.-]{0,12}[a-zé]",
            // Signs that in Windows-1252 are the later bytes of letters of UTF-8: behind a letter with an accent the
            // two could not be told apart, so they stand where people have them.
            1 => prop::sample::select(vec!["D’Haïti Rose", "l’« œuvre » sociale", "prime 5 € (août)", "Marie-Ange N° 4"])
                .prop_map(String::from),
        ]
    };
    let payout = (10_000_000_u32..100_000_000, centimes, words(), prop_oneof![Just(String::new()), words()]);
    prop::collection::vec(payout, 1..12).prop_map(|rows| {
        let number = |(place, (receiver, centimes, name, description)): (usize, (u32, i64, String, String))| Payout {
            reference: format!("2026-07-{place:03}"),
            // No eight digits of a wallet begin with the country's code.
            receiver: if receiver / 100_000 == 509 { receiver + 100_000 } else { receiver },
            centimes,
            name,
            description,
        };
        rows.into_iter().enumerate().map(number).collect()
    })
}

pub fn dialects() -> impl Strategy<Value = Dialect> {
    let letters = prop::sample::select(vec![
        Letters::Utf8,
        Letters::Utf8Mark,
        Letters::Utf16Le,
        Letters::Utf16Be,
        Letters::Windows1252,
    ]);
    let numbers = prop::sample::select(vec!['.', ',']).prop_flat_map(|mark| {
        let other = if mark == '.' { "," } else { "." };
        let thousands = prop::sample::select(vec!["", " ", "\u{a0}", "\u{202f}", "'", "’", other, other]);
        (Just(mark), thousands, any::<bool>())
    });
    let currency = prop::sample::select(vec![
        ("", ""),
        ("", ""),
        ("HTG ", ""),
        ("", " HTG"),
        ("", " G"),
        ("", " Gdes"),
        ("G ", ""),
        ("", "\u{a0}gourdes"),
    ]);
    let total =
        prop::sample::select(vec![None, Some("TOTAL"), Some("Total général"), Some("TOTAL JENERAL"), Some("Total :")]);
    let order = Just(vec![0, 1, 2, 3, 4]).prop_shuffle();
    let shape = (prop::sample::select(vec![',', ';', '\t', '|']), prop::sample::select(vec!["\n", "\r\n", "\r"]));
    (letters, shape, numbers, currency, 0..LANGUAGES, any::<bool>(), order, total, 0..6_usize).prop_map(
        |(letters, (separator, end), (mark, thousands, bare), currency, language, quote_all, order, total, phone)| {
            // Windows never ends lines so: such a file is Excel for Mac's, and refused (`cleaned.rs`).
            let end = if letters == Letters::Windows1252 && end == "\r" { "\r\n" } else { end };
            Dialect {
                letters,
                separator,
                end,
                mark,
                thousands,
                bare,
                currency,
                language,
                quote_all,
                order,
                total,
                phone,
            }
        },
    )
}
