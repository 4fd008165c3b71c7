//! Headers: which column is meant, and where none may be taken.

use super::*;
use crate::payroll::names::{Piece, Wanted};

fn resolve(header: &str) -> Result<Columns, Code> {
    resolve_as(header, &ColumnNames::default())
}

fn resolve_as(header: &str, wanted: &ColumnNames) -> Result<Columns, Code> {
    Columns::resolve(1, header.split(','), |_| false, wanted).map_err(|p| p.code)
}

#[test]
fn names_are_known_whatever_their_case_accents_spaces_and_dashes() {
    let columns = resolve("AMOUNT, Référence ,re_ceiver,Retry-Of,NAME,Dept,description").unwrap();
    assert_eq!((columns.reference, columns.receiver, columns.amount), (ReferencePlace::Cell(1), 2, 0));
    assert_eq!((columns.retry_of, columns.name, columns.description), (Some(3), vec![4], Some(6)));
    assert_eq!(columns.other, [5]);
}

#[test]
fn a_report_of_ours_is_no_payroll_in_whatever_language() {
    for language in crate::words::Language::ALL {
        let header = crate::report::style::headings(language);
        let told =
            Columns::resolve(1, header.iter().map(String::as_str), |_| false, &ColumnNames::default()).unwrap_err();
        assert_eq!(told.code, Code::ReportFile, "{language}");
        // A column of somebody's own that is called as one of ours makes no report.
        assert!(resolve(&format!("reference,receiver,amount,{}", header[6])).is_ok(), "{language}");
        let retry = crate::report::style::retry_headings(language);
        assert!(Columns::resolve(1, retry.iter().map(String::as_str), |_| false, &ColumnNames::default()).is_ok());
    }
}

#[test]
fn what_is_missing_or_doubled_is_an_error() {
    assert_eq!(resolve("reference,amount"), Err(Code::ColumnMissing));
    assert_eq!(resolve("reference,receiver,amount,Ref_erence"), Err(Code::ColumnTwice));
    assert_eq!(resolve("reference,receiver,amount,note,NOTE"), Err(Code::ColumnTwice));
    assert_eq!(resolve(&format!("reference,receiver,amount{}", ",x".repeat(300))), Err(Code::TooManyColumns));
    assert_eq!(resolve("reference,receiver,amount,a\u{7}b"), Err(Code::ColumnName));
    let wanted = ColumnNames::default();
    let missing = Columns::resolve(3, ["reference"].into_iter(), |_| false, &wanted).unwrap_err();
    assert!(missing.problem.to_string().contains("receiver, amount") && missing.line == 3, "{missing}");
    let header = ["Matricule", "Compte", "Montant"];
    let missing = Columns::resolve(1, header.into_iter(), |_| false, &wanted).unwrap_err();
    assert!(missing.problem.to_string().contains("Matricule") && missing.column == "reference receiver", "{missing}");
}

#[test]
fn of_two_columns_that_could_both_be_meant_none_is_taken() {
    for header in [
        "reference,ref,téléphone,montant",
        "référence,receiver,amount,referans",
        "ref,téléphone,montant,motif,libellé",
        "ref,téléphone,montant,nom complet,nom et prénom",
        "ref,téléphone,montant,nom,siyati",
    ] {
        let found = resolve(header);
        // The second of them is in payoutd's own words but for `referans`.
        match header {
            "référence,receiver,amount,referans" => assert_eq!(found.unwrap().other, [3]),
            _ => assert_eq!(found, Err(Code::ColumnAmbiguous), "{header}"),
        }
    }
}

#[test]
fn a_file_in_payoutds_own_words_may_have_any_other_column() {
    let columns = resolve("reference,receiver,amount,téléphone,montant,ref,description,motif,name,nom,prénom").unwrap();
    assert_eq!((columns.receiver, columns.amount, columns.description), (1, 2, Some(6)));
    assert_eq!(columns.other, [3, 4, 5, 7, 9, 10]);
    assert_eq!(columns.rivals, Rivals::default(), "nothing competes with them");
}

#[test]
fn retry_files_are_in_payoutds_own_words_in_every_language() {
    let mut wanted = ColumnNames::default();
    wanted.set(Known::Amount, Wanted::Columns(vec!["Solde à payer".to_string()]));
    for language in crate::words::Language::ALL {
        let heading = crate::report::style::retry_headings(language).join(",");
        let columns = resolve_as(&format!("{heading},Solde à payer,Compte MonCash"), &wanted).unwrap();
        assert_eq!((columns.receiver, columns.amount, columns.retry_of), (1, 2, Some(5)), "{language}");
        assert_eq!((&columns.rivals, columns.other.as_slice()), (&Rivals::default(), &[6, 7, 8][..]), "{language}");
    }
    // The same words as an office has them, without the rest of the heading.
    let columns = resolve("référence,téléphone,montant,solde à payer").unwrap();
    assert_eq!(columns.amount, 3);
    assert_ne!(columns.rivals, Rivals::default());
}

#[test]
fn the_name_that_says_most_is_taken() {
    for (header, receiver, amount) in [
        ("ref,téléphone,numéro moncash,montant", 2, 3),
        ("ref,compte moncash,téléphone,montant", 1, 3),
        ("ref,téléphone,montant,salaire net", 1, 2),
        ("ref,téléphone,montant,amount", 1, 2),
        ("ref,téléphone,montant,avance,solde à payer", 1, 4),
        ("ref,téléphone,net à payer,net à payer moncash", 1, 3),
        ("ref,telefòn,salè brit,avans,rès pou peye", 1, 4),
    ] {
        let columns = resolve(header).unwrap();
        assert_eq!((columns.receiver, columns.amount), (receiver, amount), "{header}");
    }
}

#[test]
fn a_name_may_stand_in_two_columns() {
    for (header, places) in [
        ("ref,téléphone,montant,nom,prénom", vec![3, 4]),
        ("prénom,ref,téléphone,montant,nom", vec![0, 4]),
        ("ref,téléphone,montant,siyati,non", vec![3, 4]),
        ("ref,telefòn,montan,non", vec![3]),
        ("ref,téléphone,montant,nom", vec![3]),
        ("ref,téléphone,montant", vec![]),
    ] {
        let columns = resolve(header).unwrap();
        assert_eq!((&columns.name, columns.other.len()), (&places, 0), "{header}");
    }
}

#[test]
fn the_setting_names_columns_that_nobody_else_knows() {
    let mut wanted = ColumnNames::default();
    let names = |names: &[&str]| Wanted::Columns(names.iter().map(ToString::to_string).collect());
    wanted.set(Known::Receiver, names(&["Nimewo telefòn anplwaye a", "Nimewo a"]));
    let columns = resolve_as("ref,NIMEWO TELEFON ANPLWAYE A,montant,téléphone", &wanted).unwrap();
    assert_eq!((columns.receiver, columns.other), (1, vec![3]), "the setting decides between two");
    assert_eq!(resolve_as("ref,nimewo a,montant,téléphone", &wanted).unwrap().receiver, 1, "it may be a list");
    assert_eq!(resolve_as("ref,téléphone,montant", &wanted), Err(Code::ColumnMissing), "no other one is taken for it");
    let both = resolve_as("reference,receiver,amount,nimewo telefon anplwaye a", &wanted).unwrap();
    assert_eq!(both.receiver, 1, "payoutd's own words are certain all the same");
    wanted.set(Known::Amount, names(&["ref"]));
    assert_eq!(resolve_as("ref,nimewo a,montant", &wanted), Err(Code::ColumnMissing), "`ref` is the amount now");
    let mut wanted = ColumnNames::default();
    wanted.set(Known::Name, names(&["Employé"]));
    wanted.set(Known::Description, names(&["Objet du paiement"]));
    let columns = resolve_as("ref,téléphone,montant,nom,motif", &wanted).unwrap();
    assert_eq!(columns.not_there, [Known::Description, Known::Name], "told");
    assert_eq!((columns.name, columns.description), (vec![3], Some(4)));
}

#[test]
fn remarks_of_the_office_are_no_description() {
    for header in ["ref,téléphone,montant,Notes", "ref,téléphone,montant,Observations", "ref,telefòn,montan,Nòt"]
    {
        assert_eq!(resolve(header).unwrap().description, None, "{header}");
    }
}

#[test]
fn a_reference_is_built_only_where_there_is_no_column_for_it() {
    let mut wanted = ColumnNames::default();
    let column = |name: &str| Piece::Column(name.to_string());
    let pieces = vec![column("Matricule"), Piece::Text("-".to_string()), column("periode")];
    wanted.set(Known::Reference, Wanted::Built(pieces));
    let columns = resolve_as("matricule,période,téléphone,montant", &wanted).unwrap();
    assert_eq!((columns.reference_name().as_str(), columns.other.as_slice()), ("{Matricule}-{periode}", &[0, 1][..]));
    assert_eq!(columns.reference.places().collect::<Vec<_>>(), [0, 1]);
    let own = resolve_as("reference,receiver,amount,matricule,periode", &wanted).unwrap();
    assert_eq!(own.reference, ReferencePlace::Cell(0));
    assert_eq!(resolve_as("matricule,téléphone,montant", &wanted), Err(Code::ColumnMissing));
}

#[test]
fn unnamed_columns_are_told_apart() {
    let columns = resolve("reference,,receiver,amount,,").unwrap();
    assert_eq!((columns.unnamed, columns.named_until), (vec![1, 4, 5], 4));
}

#[test]
fn a_report_never_has_two_columns_of_one_name() {
    let columns = resolve("reference,receiver,amount,Status,file_status,Dept,final status,line").unwrap();
    assert_eq!(
        columns.names_for_report(),
        ["file_file_Status", "file_status", "Dept", "file_final status", "file_line"]
    );
    assert_eq!(resolve("reference,receiver,amount,status").unwrap().names_for_report(), ["file_status"]);
}

#[test]
fn a_hidden_column_is_never_taken_and_competes() {
    let resolve = |header: &str, hidden: usize| {
        Columns::resolve(1, header.split(','), |place| place == hidden, &ColumnNames::default()).map_err(|p| p.code)
    };
    let columns = resolve("ref,téléphone,net à payer,montant", 2).unwrap();
    assert_eq!((columns.amount, columns.rivals.is_none()), (3, false));
    assert_eq!(resolve("ref,téléphone,net à payer", 2), Err(Code::ColumnHidden));
    assert_eq!(resolve("reference,receiver,amount,montant", 2), Err(Code::ColumnHidden), "payoutd's own word");
    let mut wanted = ColumnNames::default();
    wanted.set(Known::Amount, Wanted::Columns(vec!["net à payer".to_string()]));
    let header = "ref,téléphone,net à payer,montant".split(',');
    let set = Columns::resolve(1, header, |place| place == 2, &wanted).map_err(|p| p.code);
    assert_eq!(set, Err(Code::ColumnHidden), "no fallback from what the setting names");
}
