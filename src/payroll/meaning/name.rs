//! What a column's name says, by its words.
//!
//! Must never: read a word that stands within another (`iri` in `Irina`), or take what is added or taken off for
//! what is handed out.

use crate::payroll::fold::fold;
use crate::payroll::names::{self, Known};

/// For what a column is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Wallet,
    Amount,
}

/// How much a name says for a role, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Gross, base, hours, days, rates, other money: never what is handed out.
    Never,
    /// Taken off, added, or paid already.
    Adjustment,
    Unknown,
    /// `Montant`, `Téléphone`
    Plain,
    /// What is handed out, or left to hand out; or MonCash.
    Strong,
    /// What is to be handed out by MonCash: there is no more to say.
    Whole,
    /// Named by `[columns]`.
    Set,
}

/// Before the amount of a payout: gross, a rate, a count, a day.
const NEVER: &str = "brut brute bruts brit gross base baz heure heures hour hours hrs edtan jour jours day days jou taux \
    rate rates horaire hourly journalier daily conge conges konje leave date dat nombre nb nbre qte \
    quantite mode type";

/// Money that is not gourdes: such a column is never a sum of gourdes.
const FOREIGN: &str = "usd us dollar dollars dola dolar eur euro euros cad dop peso pesos";

/// What is taken off, added, or was paid before.
const ADJUSTMENT: &str = "retenue retenues retni avance avances avans advance advances acompte acomptes pret prets pre prete \
    loan loans emprunt dette dettes det debt deduction deductions dediksyon koupe iri ona ofatma tms \
    cfgdct kes caisse impot impots enpo tax taxe taxes taks cotisation cotisations kotizasyon \
    contribution contributions assurance asirans insurance withholding penalite penalites penalty amende \
    fine saisie remboursement rembousman repayment ajustement ajustements ajisteman adjustment \
    adjustments boni bonis bonus prime primes prim gratification commission indemnite indemnites \
    allowance allowances overtime arriere arrieres arrears rappel deja already anterieur anterieure \
    precedent precedente previous prior frais fre fee fees retard absence absences";

/// Behind such a word stands what was taken off before: `Net à payer après avances`.
const AFTER: &str = "apres apre after moins mwens less";

/// What is handed out, or left to hand out, as words that follow each other.
const HANDED_OUT: &str = "a payer, a verser, a percevoir, a remettre, a toucher, a recevoir, a transferer, a envoyer, a virer, \
    a crediter, a decaisser, a distribuer, a regler, pou peye, pou touche, pou \
    resevwa, pou remet, pou bay, pou voye, pou vese, to pay, to be paid, to \
    disburse, to receive, to send, to transfer, to hand out, payable, take home";

/// What is left to hand out.
const LEFT: &str = "solde, reste, restant, ki rete, res, balans, balance, remaining, remainder";

/// What is handed out where it is written as one: `montantapayer`, `net_a_payer`.
const HANDED_OUT_IN_ONE: &str = "apayer averser apercevoir aremettre atoucher arecevoir poupeye poutouche pouresevwa topay todisburse \
    tobepaid";

/// A wallet by its own name.
const WALLET: &str = "moncash monkach wallet mobilemoney portefeuille";
const WALLETS: &str = "mon cash, mobile money, monnaie mobile, lajan mobil";

/// With such a word a name that says MonCash is no number's.
const NO_WALLET: &str = "solde balance balans montant montan montants amount net salaire sale somme som total nom noms prenom non siyati name \
    titulaire titile reference referans ref transaction tranzaksyon statut status estati etat paye peye \
    paid confirme verifie verifye verified pin date dat mode type remarque note notes commentaire par pa";

/// The name's words: folded, parted by whatever is no letter or digit, and where a capital follows a small letter.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut parted = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for c in name.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            parted.push(' ');
        }
        parted.push(if c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c) { c } else { ' ' });
        before = c;
    }
    parted.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect()
}

/// `known`: words, parted by spaces.
fn has(words: &[String], known: &str) -> bool {
    words.iter().any(|word| known.split(' ').any(|known| known == word))
}

/// `phrases`: words that follow each other, parted by commas.
pub(super) fn has_phrase(words: &[String], phrases: &str) -> bool {
    phrases.split(", ").any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.windows(phrase.len()).any(|window| window.iter().eq(phrase.iter()))
    })
}

/// Whether one of these stands anywhere in a name without spaces.
fn contains(whole: &str, known: &str) -> bool {
    known.split(' ').any(|known| whole.contains(known))
}

pub(super) fn says_moncash(words: &[String], whole: &str) -> bool {
    has_phrase(words, WALLETS) || contains(whole, WALLET)
}

/// What a name says of an amount.
pub fn of_amount(name: &str) -> Name {
    let (words, whole) = (words(name), fold(name));
    let after = words.iter().position(|word| has(std::slice::from_ref(word), AFTER)).unwrap_or(words.len());
    let said = words.get(..after).unwrap_or(&words);
    if has(said, NEVER) || has(said, FOREIGN) || name.contains(['$', '€']) {
        return Name::Never;
    }
    if has(said, ADJUSTMENT) {
        return Name::Adjustment;
    }
    let is_plain = names::meant(&whole) == Some(Known::Amount);
    let is_handed_out = has_phrase(said, HANDED_OUT) || contains(&whole, HANDED_OUT_IN_ONE);
    let by_moncash = says_moncash(&words, &whole);
    let is_left = has_phrase(said, LEFT);
    match (is_handed_out, by_moncash) {
        (true, true) => Name::Whole,
        // The balance of the wallet itself.
        (false, true) if is_left => Name::Never,
        (true, false) => Name::Strong,
        (false, false) if is_left => Name::Strong,
        (false, true) if is_plain || has(said, AMOUNTS) => Name::Strong,
        (false, _) if is_plain => Name::Plain,
        (false, _) => Name::Unknown,
    }
}

/// Words for a sum: with MonCash beside them they say what is handed out.
const AMOUNTS: &str = "montant montan montants amount net somme som";

/// What a name says of a wallet.
pub fn of_wallet(name: &str) -> Name {
    let (words, whole) = (words(name), fold(name));
    if says_moncash(&words, &whole) && !has(&words, NO_WALLET) && !contains(&whole, HANDED_OUT_IN_ONE) {
        return Name::Strong;
    }
    if names::meant(&whole) == Some(Known::Receiver) { Name::Plain } else { Name::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_handed_out_or_what_it_is_instead() {
        for (name, says) in [
            ("Solde à payer", Name::Strong),
            ("SOLDE", Name::Strong),
            ("Reste", Name::Strong),
            ("Net à payer (HTG)", Name::Strong),
            ("NET_A_PAYER", Name::Strong),
            ("netAPayer", Name::Strong),
            ("netapayer", Name::Strong),
            ("Montant à verser", Name::Strong),
            ("Somme à percevoir", Name::Strong),
            ("À remettre", Name::Strong),
            ("Montan pou peye", Name::Strong),
            ("Kob pou touche", Name::Strong),
            ("Rès pou peye", Name::Strong),
            ("Amount to disburse", Name::Strong),
            ("Net payable", Name::Strong),
            ("Montant MonCash", Name::Strong),
            ("Net à payer après avances", Name::Strong),
            ("Solde MonCash", Name::Never),
            ("Net à payer MonCash", Name::Whole),
            ("Net pou peye MonCash", Name::Whole),
            ("Amount to pay by MonCash", Name::Whole),
            ("Montant", Name::Plain),
            ("Salaire net", Name::Plain),
            ("Net", Name::Plain),
            ("amount", Name::Plain),
            ("Montan", Name::Plain),
            ("Avance", Name::Adjustment),
            ("Solde avance", Name::Adjustment),
            ("Solde du prêt", Name::Adjustment),
            ("Avans", Name::Adjustment),
            ("Prè", Name::Adjustment),
            ("Déjà payé", Name::Adjustment),
            ("Deja peye", Name::Adjustment),
            ("Solde antérieur", Name::Adjustment),
            ("ONA", Name::Adjustment),
            ("CFGDCT", Name::Adjustment),
            ("Kès", Name::Adjustment),
            ("IRI à payer", Name::Adjustment),
            ("Salaire brut", Name::Never),
            ("Salaire de base", Name::Never),
            ("Salè brit", Name::Never),
            ("Heures", Name::Never),
            ("Jours à payer", Name::Never),
            ("Taux horaire", Name::Never),
            ("Congé sans solde", Name::Never),
            ("Net à payer (USD)", Name::Never),
            ("Montant (dola)", Name::Never),
            ("Montant $", Name::Never),
            ("Salaire", Name::Unknown),
            ("Irina", Name::Unknown),
            ("Onaville", Name::Unknown),
            ("MonCash", Name::Unknown),
            ("Total", Name::Unknown),
        ] {
            assert_eq!(of_amount(name), says, "{name}");
        }
    }

    #[test]
    fn a_wallet_goes_by_its_own_name_or_by_a_phones() {
        for (name, says) in [
            ("Compte MonCash", Name::Strong),
            ("Numéro MonCash", Name::Strong),
            ("N° MonCash", Name::Strong),
            ("Tel. Mon Cash", Name::Strong),
            ("Nimewo MonCash", Name::Strong),
            ("Monkach", Name::Strong),
            ("Portefeuille mobile", Name::Strong),
            ("Mobile money", Name::Strong),
            ("Wallet number", Name::Strong),
            ("Téléphone", Name::Plain),
            ("Telefòn", Name::Plain),
            ("phone", Name::Plain),
            ("receiver", Name::Plain),
            ("Nom MonCash", Name::Unknown),
            ("Montant MonCash", Name::Unknown),
            ("À payer MonCash", Name::Unknown),
            ("Référence MonCash", Name::Unknown),
            ("Contact d'urgence", Name::Unknown),
            ("Compte bancaire", Name::Unknown),
        ] {
            assert_eq!(of_wallet(name), says, "{name}");
        }
    }
}
