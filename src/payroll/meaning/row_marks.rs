//! Columns that change what a row means: the currency, the way of payment, whether it is still to be paid. Such a
//! column is known by its cells; its name only helps.
//!
//! Must never: pay a row that such a cell sets apart, or take an empty cell for a gourde where the column says
//! something else in another row.

use super::name::{has_phrase, says_moncash, words};
use crate::payroll::fold;
use crate::payroll::problem::{Code, Problem, quote};
use crate::words::{Saying, say};

/// What a column can say of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Currency,
    Way,
    State,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Gourdes, MonCash, to be paid.
    Usual(Kind),
    Other(Kind),
    /// The name of a bank alone: a way of payment, or whose account it is.
    Bank,
    Nothing,
    /// It is about something else.
    Unknown,
}

/// Gourdes in their spellings, folded.
const GOURDES: &str = "htg gourde gourdes goud goudes gde gdes gds g gourdeshaitiennes goudayisyen goudayiti";
const OTHER_MONEY: &str = "usd us us$ $ $us dollar dollars dollarus dollarsus dollaramericain dollarsamericains \
    dollarhaitien dollarshaitiens usdollar usdollars dola dolaus dolaameriken dolaayisyen htd hd eur euro euros € cad \
    dop peso pesos";
const CASH: &str = "cash especes espece enespeces enespece kach ancash lajankach comptant argentliquide liquide";
const CHEQUE: &str = "cheque cheques parcheque chek check checks cheks";
const TRANSFER: &str = "virement virements virementbancaire virman virmanlabank transfert transfertbancaire transfer \
    banktransfer wire depot depotdirect directdeposit natcash lajancash zelle";
const BANK: &str = "banque bank labank banques sogebank unibank bnc buh bpnc capitalbank sogebel scotiabank citibank \
    banquenationale bphsa sogecarte";
const MONCASH: &str = "moncash monkach mobilemoney parmoncash comptemoncash";
const TO_PAY: &str = "apayer pourpaiement topay poupeye unpaid impaye nonpaye";
const PAID: &str = "paye payee payes paid dejapaye dejapayee dejaregle regle reglee peye dejapeye alreadypaid annule annulee \
    annules cancelled canceled anile suspendu suspendue sispann suspended";
const YES: &str = "oui yes wi vrai true";
const NO: &str = "non no faux false";

fn is_one_of(folded: &str, known: &str) -> bool {
    known.split_whitespace().any(|known| known.eq_ignore_ascii_case(folded))
}

/// Lines that are remembered of a column until its last row has shown what it is.
const MOST_LINES: usize = 10_000;

/// One column.
#[derive(Clone, Debug)]
struct Column {
    place: usize,
    name: String,
    /// What "yes" means under such a name: that it is to be paid, or that it is paid.
    yes: Option<bool>,
    /// The name says that it holds banks.
    of_banks: bool,
    /// The last cell and what it says: most are like the one before.
    last: (String, Option<Says>),
    filled: u32,
    known: u32,
    kind: Option<Kind>,
    sets_apart: bool,
    /// Lines that can be told apart only at the end: empty cells, banks, what is not known.
    empty: Lines,
    banks: Lines,
    unknown: Lines,
}

#[derive(Clone, Debug, Default)]
struct Lines {
    lines: Vec<u32>,
    more: u32,
}

impl Lines {
    fn note(&mut self, line: u32) {
        if self.lines.len() < MOST_LINES {
            self.lines.push(line);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

/// All such columns of a file.
#[derive(Clone, Debug, Default)]
pub struct RowMarks(Vec<Column>);

/// They are templates in a header that is compared.
impl PartialEq for RowMarks {
    fn eq(&self, other: &RowMarks) -> bool {
        self.0.len() == other.0.len()
    }
}

impl Eq for RowMarks {}

impl RowMarks {
    /// Watches the columns that have no other role.
    pub fn new<'a>(columns: impl Iterator<Item = (usize, &'a str)>) -> RowMarks {
        RowMarks(columns.map(|(place, name)| Column::new(place, name)).collect())
    }

    /// Takes a row in; the problems by which it is set apart.
    pub fn see<'a>(&mut self, line: u32, cell: impl Fn(usize) -> &'a str) -> Vec<Problem> {
        self.0.iter_mut().filter_map(|column| column.see(line, cell(column.place).trim())).collect()
    }

    /// What only the whole column shows.
    pub fn finish(&self) -> Vec<Problem> {
        self.0.iter().flat_map(Column::finish).collect()
    }
}

impl Column {
    fn new(place: usize, name: &str) -> Column {
        let (named, whole) = (words(name), fold(name));
        let is_to_pay = has_phrase(&named, "a payer, a regler, pou peye, to pay") || says_moncash(&named, &whole);
        let is_paid = ["paye", "peye", "paid", "regle", "verse"].iter().any(|word| named.iter().any(|it| it == word));
        Column {
            place,
            name: name.to_string(),
            yes: if is_to_pay { Some(true) } else { is_paid.then_some(false) },
            of_banks: named
                .iter()
                .any(|word| ["banque", "bank", "labank", "compte", "kont", "account"].contains(&word.as_str())),
            last: (String::new(), None),
            filled: 0,
            known: 0,
            kind: None,
            sets_apart: false,
            empty: Lines::default(),
            banks: Lines::default(),
            unknown: Lines::default(),
        }
    }

    fn says(&mut self, text: &str) -> Says {
        if let (last, Some(says)) = &self.last
            && last == text
        {
            return *says;
        }
        let says = read(text, self.yes);
        self.last = (text.to_string(), Some(says));
        says
    }

    fn see(&mut self, line: u32, text: &str) -> Option<Problem> {
        let says = self.says(text);
        self.filled += u32::from(says != Says::Nothing);
        self.known += u32::from(!matches!(says, Says::Nothing | Says::Unknown));
        match says {
            Says::Nothing => self.empty.note(line),
            Says::Unknown => self.unknown.note(line),
            Says::Usual(kind) => self.kind = self.kind.or(Some(kind)),
            Says::Bank if self.of_banks => self.banks.note(line),
            Says::Bank => return Some(self.apart(line, text, Kind::Way)),
            Says::Other(kind) => return Some(self.apart(line, text, kind)),
        }
        None
    }

    fn apart(&mut self, line: u32, text: &str, kind: Kind) -> Problem {
        (self.kind, self.sets_apart) = (Some(kind), true);
        let (column, text) = (quote(&self.name), quote(text));
        let sentence = match kind {
            Kind::Currency => say!("row-other-currency", column = column, text = &text),
            Kind::Way => say!("row-other-way", column = column, text = &text),
            Kind::State => say!("row-not-to-pay", column = column, text = &text),
        };
        self.problem(line, &text, kind, sentence)
    }

    fn problem(&self, line: u32, text: &str, kind: Kind, sentence: Saying) -> Problem {
        let code = match kind {
            Kind::Currency => Code::OtherCurrency,
            Kind::Way => Code::OtherWay,
            Kind::State => Code::NotToPay,
        };
        Problem::of_cell(line, &self.name, text, code, sentence)
    }

    fn finish(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        // Whose account it is, where everybody has one; the way of payment, where only some have.
        let banks_set_apart =
            !self.banks.lines.is_empty() && (self.sets_apart || !self.empty.lines.is_empty() || self.kind.is_some());
        let column = || quote(&self.name);
        if banks_set_apart {
            let say = |line: &u32| self.problem(*line, "", Kind::Way, say!("row-bank", column = column()));
            problems.extend(self.banks.lines.iter().map(say));
        }
        let Some(kind) = self.kind.or(banks_set_apart.then_some(Kind::Way)) else { return problems };
        let usual = match kind {
            Kind::Currency => say!("row-usual-gourdes"),
            Kind::Way => say!("row-usual-moncash"),
            Kind::State => say!("row-usual-to-pay"),
        };
        // An empty cell says what is usual only where no other says otherwise.
        if self.sets_apart {
            let say = |line: &u32| {
                self.problem(*line, "", kind, say!("row-mark-empty", column = column(), usual = usual.clone()))
            };
            problems.extend(self.empty.lines.iter().map(say));
        }
        // In a column whose cells mostly say such a thing, one that says another is not understood.
        if u64::from(self.known) * 2 > u64::from(self.filled) {
            let say = |line: &u32| {
                self.problem(*line, "", kind, say!("row-mark-unknown", column = column(), usual = usual.clone()))
            };
            problems.extend(self.unknown.lines.iter().map(say));
        }
        if self.empty.more + self.unknown.more + self.banks.more > 0 && self.sets_apart {
            let text = say!("row-mark-many", column = column());
            problems.push(Problem::of_cell(1, &self.name, "", Code::ColumnAmbiguous, text));
        }
        problems
    }
}

/// What a cell says. `yes`: what "yes" means in its column, if anything.
fn read(text: &str, yes: Option<bool>) -> Says {
    if text.is_empty() || text.chars().all(|c| "-–—.".contains(c)) {
        return Says::Nothing;
    }
    // The longest of them has some twenty letters.
    if text.len() > 48 || text.bytes().any(|b| b.is_ascii_digit()) {
        return Says::Unknown;
    }
    let whole: String = fold(text).chars().filter(|c| !"'’.:()/,".contains(*c)).collect();
    let is = |known: &str| is_one_of(&whole, known);
    match () {
        () if is(GOURDES) => Says::Usual(Kind::Currency),
        () if is(OTHER_MONEY) => Says::Other(Kind::Currency),
        () if is(MONCASH) => Says::Usual(Kind::Way),
        () if is(CASH) || is(CHEQUE) || is(TRANSFER) => Says::Other(Kind::Way),
        () if is(BANK) => Says::Bank,
        () if is(TO_PAY) => Says::Usual(Kind::State),
        () if is(PAID) => Says::Other(Kind::State),
        () if yes.is_some() && is(YES) => {
            if yes == Some(true) {
                Says::Usual(Kind::State)
            } else {
                Says::Other(Kind::State)
            }
        }
        () if yes.is_some() && is(NO) => {
            if yes == Some(true) {
                Says::Other(Kind::State)
            } else {
                Says::Usual(Kind::State)
            }
        }
        // `Virement Sogebank`, `Chèque BNC`
        () if are_ways(text) => Says::Other(Kind::Way),
        () => Says::Unknown,
    }
}

/// Words between those that say how it is paid.
const BETWEEN: &str = "par pa sur sou de du la le au a via bancaire compte kont account";

fn are_ways(text: &str) -> bool {
    let words = words(text);
    let is_way = |word: &String| [CASH, CHEQUE, TRANSFER, BANK].iter().any(|known| is_one_of(word, known));
    words.iter().any(is_way) && words.iter().all(|word| is_way(word) || is_one_of(word, BETWEEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines that are set apart, of a column with these cells from line 2 on.
    fn apart(name: &str, cells: &[&str]) -> Vec<u32> {
        let mut marks = RowMarks::new([(0, name)].into_iter());
        let mut lines: Vec<u32> = Vec::new();
        for (line, cell) in (2..).zip(cells) {
            lines.extend(marks.see(line, |_| cell).iter().map(|problem| problem.line));
        }
        lines.extend(marks.finish().iter().map(|problem| problem.line));
        lines.sort_unstable();
        lines
    }

    #[test]
    fn a_row_in_other_money_is_set_apart() {
        assert_eq!(apart("Devise", &["USD", "HTG", "gourdes", "Dola", "US$", "$"]), [2, 5, 6, 7]);
        assert_eq!(apart("X", &["HTG", "", "Gdes"]), [0; 0]);
        assert_eq!(apart("X", &["HTG", "", "USD"]), [3, 4], "empty where another says otherwise");
        assert_eq!(apart("X", &["", "", "dollar haïtien"]), [2, 3, 4]);
        assert_eq!(apart("X", &["HTG", "HTG", "XYZ"]), [4], "not understood");
    }

    #[test]
    fn a_row_that_is_not_moncashs_is_set_apart() {
        assert_eq!(
            apart("Mode de paiement", &["MonCash", "Virement Sogebank", "Chèque", "espèces", "Mon Cash"]),
            [3, 4, 5]
        );
        assert_eq!(apart("Payé par", &["", "BNC", ""]), [2, 3, 4]);
        assert_eq!(apart("Banque", &["Sogebank", "Unibank", "BNC"]), [0; 0], "whose account it is");
        assert_eq!(apart("Banque", &["Sogebank", "", "BNC"]), [2, 4], "some are paid by it");
        assert_eq!(apart("Mode", &["Temps plein", "Temps partiel", "Temps plein"]), [0; 0]);
        assert_eq!(apart("Poste", &["Agent MonCash", "Caissier", "Directeur"]), [0; 0]);
    }

    #[test]
    fn a_row_that_is_paid_or_cancelled_is_set_apart() {
        assert_eq!(apart("Statut", &["Payé", "à payer", "annulé"]), [2, 4]);
        assert_eq!(apart("Statut", &["Marié", "Célibataire", "Marié"]), [0; 0]);
        assert_eq!(apart("Statut", &["Permanent", "Contractuel"]), [0; 0]);
        assert_eq!(apart("Payé ?", &["oui", "non", "NON"]), [2]);
        assert_eq!(apart("À payer", &["oui", "non", ""]), [3, 4]);
        assert_eq!(apart("MonCash", &["wi", "non", "wi"]), [3]);
        assert_eq!(apart("Assurance", &["oui", "non", ""]), [0; 0]);
    }
}
