//! Forms written and read, and those that mean something else.

use super::*;
use crate::payout::batch::Tally;
use crate::payout::moment::Wall;

fn batch(approval: Approval, hold: Option<&str>) -> Batch {
    let mut tally = Tally::default();
    tally.set(StateWord::Queued, 250, Amount::from_centimes(310_000_050));
    Batch {
        id: BatchId(12),
        file: "juillet\n2026.csv".to_string(),
        sha256: [0xab; 32],
        rows: 250,
        amount: Amount::from_centimes(310_000_050),
        received: Wall(0),
        admitted: Wall(1),
        approval,
        hold: hold.map(Into::into),
        cancel: None,
        freed: None,
        start: Wall(0),
        terms: Default::default(),
        tally,
        last_event: 1,
        reported: 0,
        completed: None,
    }
}

#[test]
fn a_form_is_read_as_it_was_written_in_every_language_and_after_an_editor_saved_it() {
    let batch = batch(Approval::Awaited, None);
    for language in Language::ALL {
        for ordered in Ordered::ALL {
            let text = write(
                ordered,
                &batch,
                &[say!("form-why")],
                &[say!("why-as-told", text = "line one\nbatch: B000099")],
                language,
            );
            let saved = format!("\u{feff}{}", text.replace('\n', "\r\n").replace("reason:", "reason: salè jiyè"));
            for (text, reason) in [(text, ""), (saved, "salè jiyè")] {
                let form = read(text.as_bytes()).unwrap_or_else(|why| panic!("{why}\n{text}"));
                assert_eq!((form.ordered, form.batch, form.rows, form.total), (ordered, batch.id, 250, batch.amount));
                assert_eq!((form.reason.as_str(), form.agrees(&batch)), (reason, Ok(())));
            }
        }
    }
}

#[test]
fn a_form_that_does_not_name_the_batch_by_its_content_orders_nothing() {
    let batch = batch(Approval::Awaited, None);
    let text = write(Ordered::Approve, &batch, &[], &[], Language::English);
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        read(text.replace(from, to).as_bytes())
    };
    for (from, to) in [
        ("order: approve", "order: pay"),
        ("order: approve\n", ""),
        ("order: approve", "order: approve\norder: approve"),
        ("batch: B000012", "batch: 12"),
        ("batch: B000012\n", ""),
        ("sha256: ", "sha: "),
        ("rows: 250", "rows: many"),
        ("total: 3100000.50", "total: 3.100.000,50"),
        ("reason:", "please do"),
        ("reason:", "reason: \u{1b}[2J"),
    ] {
        assert!(changed(from, to).is_err(), "{from:?} -> {to:?}");
    }
    for (from, to) in [("abab", "abac"), ("rows: 250", "rows: 251"), ("total: 3100000.50", "total: 3100000.51")] {
        let form = changed(from, to).unwrap();
        assert!(form.agrees(&batch).is_err(), "{from:?} -> {to:?}");
    }
    assert!(read(&[0xff, 0xfe, b'o']).is_err() && read(b"").is_err());
}

#[test]
fn forms_lie_there_only_while_there_is_something_to_order() {
    let fits = |batch: &Batch| Ordered::ALL.map(|ordered| ordered.fits(batch));
    assert_eq!(fits(&batch(Approval::Awaited, None)), [true, true, false, true]);
    assert_eq!(fits(&batch(Approval::NotNeeded, Some("wait"))), [false, false, true, true]);
    assert_eq!(fits(&batch(Approval::Given, None)), [false, true, false, true]);
    let cancelled = Batch { cancel: Some("wrong".to_string()), ..batch(Approval::Awaited, None) };
    assert_eq!(fits(&cancelled), [false; 4]);
    let paid = Batch { tally: Tally::default(), ..batch(Approval::Given, None) };
    assert_eq!(fits(&paid), [false; 4]);
}

#[test]
fn a_form_is_known_by_its_name_and_nothing_else_is() {
    for ordered in Ordered::ALL {
        assert_eq!(Ordered::of_name(OsStr::new(&ordered.name(BatchId(12)))), Some((BatchId(12), ordered)));
    }
    for name in
        ["july.B000012.summary.txt", "B000012.pay.txt", "B000012.hold.csv", "b000012.hold.txt", "B000012.hold.txt.x"]
    {
        assert_eq!(Ordered::of_name(OsStr::new(name)), None, "{name}");
    }
}
