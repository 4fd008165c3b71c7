//! What columns are called, in English, French and Kreyòl, and by the `[columns]` setting.
//!
//! Not among the names: `compte` and `kont` (they may be a bank account), `matricule` (it repeats every month),
//! `salaire` and `salè` alone (they may be before deductions), `bénéficiaire` (a name or a number).
//!
//! Must never: know a name that can mean two things.

use super::fold::fold;

/// A column whose meaning is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Reference,
    Receiver,
    Amount,
    Description,
    Name,
    RetryOf,
}

impl Known {
    pub const ALL: [Known; 6] =
        [Known::Reference, Known::Receiver, Known::Amount, Known::Description, Known::Name, Known::RetryOf];
    /// Without these nobody can be paid.
    pub const REQUIRED: [Known; 3] = [Known::Reference, Known::Receiver, Known::Amount];

    /// payoutd's own name of it: that of its reports and retry files, and of the setting.
    pub fn own(self) -> &'static str {
        match self {
            Known::Reference => "reference",
            Known::Receiver => "receiver",
            Known::Amount => "amount",
            Known::Description => "description",
            Known::Name => "name",
            Known::RetryOf => "retry_of",
        }
    }

    pub fn place(self) -> usize {
        Known::ALL.iter().position(|known| *known == self).unwrap_or_default()
    }

    /// Its other names, as [`bare`] leaves them.
    fn names(self) -> &'static [&'static str] {
        match self {
            Known::Reference => REFERENCE,
            Known::Receiver => RECEIVER,
            Known::Amount => AMOUNT,
            Known::Description => DESCRIPTION,
            Known::Name => NAME,
            Known::RetryOf => RETRY_OF,
        }
    }
}

const REFERENCE: &[&str] = &[
    "ref",
    "references",
    "refpayment",
    "paymentref",
    "paymentreference",
    "payoutreference",
    "referenceno",
    "referencenumber",
    "refno",
    "referencepaiement",
    "referencedepaiement",
    "referencedupaiement",
    "refpaiement",
    "numeroreference",
    "numerodereference",
    "numref",
    "noreference",
    "nreference",
    "noref",
    "nref",
    "referans",
    "referanspeman",
    "nimeworeferans",
    "refpeman",
];

const RECEIVER: &[&str] = &[
    "phone",
    "phonenumber",
    "phoneno",
    "mobile",
    "mobilenumber",
    "mobilephone",
    "cellphone",
    "cell",
    "msisdn",
    "moncash",
    "moncashnumber",
    "moncashno",
    "moncashphone",
    "wallet",
    "walletnumber",
    "receivernumber",
    "receiverphone",
    "telephone",
    "telephones",
    "tel",
    "telno",
    "telmoncash",
    "telephonemoncash",
    "numerotelephone",
    "numerodetelephone",
    "numerotel",
    "numerodetel",
    "numtel",
    "numtelephone",
    "notelephone",
    "ntelephone",
    "notel",
    "ntel",
    "numeromoncash",
    "numerodemoncash",
    "numerotelephonemoncash",
    "numerodetelephonemoncash",
    "nummoncash",
    "nomoncash",
    "nmoncash",
    "portable",
    "telephoneportable",
    "numeroportable",
    "numerodeportable",
    "cellulaire",
    "telephonecellulaire",
    "numerocellulaire",
    "telefon",
    "telefonn",
    "telefonmoncash",
    "nimewotelefon",
    "nimewomoncash",
    "nimewomonkach",
    "monkach",
    "nimewotelefonmoncash",
    "selile",
    "telefonselile",
    "nimeroselile",
    "nimewoselile",
    "numerotelefon",
    "numerotelefonn",
    "nimerotelefon",
    "nimeromoncash",
];

const AMOUNT: &[&str] = &[
    "amounttopay",
    "amountdue",
    "netamount",
    "netpay",
    "netsalary",
    "netpayable",
    "net",
    "montant",
    "montants",
    "montantnet",
    "montantapayer",
    "montantnetapayer",
    "montantdupaiement",
    "montantpaiement",
    "salairenet",
    "salairenetapayer",
    "netapayer",
    "netpaye",
    "montan",
    "montann",
    "montannet",
    "montanpoupeye",
    "montannetpoupeye",
    "montanpeman",
    "salenet",
    "salenetpoupeye",
    "netpoupeye",
];

const DESCRIPTION: &[&str] = &[
    "motif",
    "motifs",
    "motifdupaiement",
    "motifdepaiement",
    "motifpaiement",
    "note",
    "memo",
    "libelle",
    "libelledupaiement",
    "objet",
    "rezon",
    "rezonpeman",
    "deskripsyon",
];

const NAME: &[&str] = &[
    "fullname",
    "names",
    "employeename",
    "nameofemployee",
    "nomcomplet",
    "nometprenom",
    "nometprenoms",
    "nomsetprenoms",
    "nomprenom",
    "nomprenoms",
    "prenometnom",
    "prenomsetnom",
    "prenomnom",
    "nom&prenom",
    "nom&prenoms",
    "nom/prenom",
    "nomdelemploye",
    "nomemploye",
    "nonkonple",
    "nonakprenon",
    "nonaksiyati",
    "siyatiaknon",
    "siyatiakprenon",
    "nonsiyati",
    "siyatinon",
    "nonanplwaye",
    "nonanplwayea",
    "nonmounnan",
];

/// As retry files of ours have it in French and Kreyòl.
const RETRY_OF: &[&str] = &["reprisede", "repran"];

/// Names of families; `nom` and `non` only where the other half stands beside them, else they are the whole name.
const FAMILY: &[&str] = &["nom", "noms", "nomdefamille", "siyati", "lastname", "surname", "familyname"];
const GIVEN: &[&str] = &["prenom", "prenoms", "prenon", "firstname", "givenname", "non"];

/// Which part of a person's name a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Family,
    Given,
}

/// A folded name without what people put around it: `Montant (HTG) :`, `N° de téléphone*`.
fn bare(whole: &str) -> String {
    let folded = ["n°", "nº"].iter().find_map(|sign| whole.strip_prefix(sign)).map(|rest| format!("numero{rest}"));
    let folded = folded.as_deref().unwrap_or(whole);
    let mut text: String = folded.chars().filter(|c| !"'’.:*°º?!()[]".contains(*c)).collect();
    for ending in ["htg", "engourdes", "gourdes", "gdes", "angoud"] {
        if let Some(rest) = text.strip_suffix(ending).filter(|rest| !rest.is_empty()) {
            text = rest.to_string();
            break;
        }
    }
    text
}

/// The column that goes by payoutd's own name.
pub fn own(folded: &str) -> Option<Known> {
    Known::ALL.into_iter().find(|known| fold(known.own()) == folded)
}

/// The column that a name can mean, whether payoutd's own or another.
pub fn meant(folded: &str) -> Option<Known> {
    let bare = bare(folded);
    let is_named = |known: &Known| known.names().contains(&bare.as_str());
    own(folded).or_else(|| own(&bare)).or_else(|| Known::ALL.into_iter().find(is_named))
}

pub fn part_of_name(folded: &str) -> Option<Part> {
    let bare = bare(folded);
    if FAMILY.contains(&bare.as_str()) {
        return Some(Part::Family);
    }
    GIVEN.contains(&bare.as_str()).then_some(Part::Given)
}

/// Why a name is none of these although it looks like one: a bank account, a number that repeats.
pub fn may_be_another(folded: &str) -> bool {
    ["compte", "kont", "account", "matricule", "matrikil", "iban"].iter().any(|word| folded.contains(word))
}

/// A reference's piece: as it is, or the cell of the column of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Column(String),
}

/// What `[columns]` says a column is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of these names.
    Columns(Vec<String>),
    /// Only the reference: put together from other columns, where the file has none.
    Built(Vec<Piece>),
}

/// The setting `[columns]`, and in which sheet of a workbook they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnNames {
    wanted: [Option<Wanted>; Known::ALL.len()],
    /// The setting `[intake] sheet`; `None`: the only sheet that holds anything.
    pub sheet: Option<String>,
}

impl ColumnNames {
    pub fn set(&mut self, known: Known, wanted: Wanted) {
        self.wanted[known.place()] = Some(wanted);
    }

    /// The column that the setting names so.
    pub(super) fn named(&self, folded: &str) -> Option<Known> {
        let is_it = |known: &Known| match &self.wanted[known.place()] {
            Some(Wanted::Columns(names)) => names.iter().any(|name| fold(name) == folded),
            Some(Wanted::Built(_)) | None => false,
        };
        Known::ALL.into_iter().find(is_it)
    }

    /// The names that the setting has for a column.
    pub(super) fn columns(&self, known: Known) -> Option<&[String]> {
        match &self.wanted[known.place()] {
            Some(Wanted::Columns(names)) => Some(names),
            Some(Wanted::Built(_)) | None => None,
        }
    }

    /// What the reference is put together from.
    pub(super) fn built(&self) -> Option<&[Piece]> {
        match &self.wanted[Known::Reference.place()] {
            Some(Wanted::Built(pieces)) => Some(pieces),
            Some(Wanted::Columns(_)) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_in_three_languages() {
        for (name, known) in [
            ("Référence", Known::Reference),
            ("Réf.", Known::Reference),
            ("N° de référence", Known::Reference),
            ("Referans", Known::Reference),
            ("Téléphone", Known::Receiver),
            ("Numéro MonCash", Known::Receiver),
            ("N° MonCash", Known::Receiver),
            ("Nimewo MonCash", Known::Receiver),
            ("Nimewo telefòn", Known::Receiver),
            ("Telefòn", Known::Receiver),
            ("MSISDN", Known::Receiver),
            ("Montant (HTG)", Known::Amount),
            ("Montan", Known::Amount),
            ("Salaire net", Known::Amount),
            ("Net à payer :", Known::Amount),
            ("Amount (HTG)", Known::Amount),
            ("Motif", Known::Description),
            ("Rezon", Known::Description),
            ("Libellé", Known::Description),
            ("Nom et prénom", Known::Name),
            ("Non ak siyati", Known::Name),
            ("Retry of", Known::RetryOf),
        ] {
            assert_eq!(meant(&fold(name)), Some(known), "{name}");
        }
        for name in [
            "Compte",
            "N° de compte",
            "Kont",
            "Matricule",
            "Salaire",
            "Salaire brut",
            "Salè",
            "Bénéficiaire",
            "Code",
            "No",
            "Numéro",
            "Total",
            "Raison",
            "Reason",
        ] {
            assert_eq!(meant(&fold(name)), None, "{name}");
        }
    }

    #[test]
    fn every_name_is_written_as_it_is_looked_up() {
        for known in Known::ALL {
            for name in known.names() {
                let text = name.replace(' ', "");
                assert_eq!(meant(&text), Some(known), "{name}");
            }
        }
    }
}
