//! Rows that go in by the hundred come to what they come to one by one.

use super::super::groups::GROUP;
use super::*;
use crate::payout::money::Amount;

fn many(count: usize, letter: &str) -> Vec<NewRow> {
    let count = u32::try_from(count).unwrap();
    (1..=count).map(|n| row(n + 1, &format!("{letter}{n}"), 38_000_000 + n % 90, 100 + i64::from(n % 7))).collect()
}

fn stored(house: &House, sql: &str) -> Vec<String> {
    let mut statement = house.ledger.connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_group_of_rows_is_stored_as_its_rows_are_one_by_one() {
    let rows = many(2 * GROUP + 7, "R");
    let (mut grouped, mut single) = (House::new(), House::new());
    let batch = grouped.load(&rows);
    assert_eq!(single.ledger.admission_begin("july.csv", wall(0), &["team".to_string()], wall(0)).unwrap(), batch);
    for row in &rows {
        single.ledger.admission_load(batch, std::slice::from_ref(row)).unwrap();
    }
    for house in [&mut grouped, &mut single] {
        while house.ledger.admission_index(batch).unwrap() != IndexStep::Done {}
        house.ledger.admission_finish(batch, &admitted(&rows), wall(1)).unwrap();
    }
    for sql in [
        "SELECT concat_ws('|', id, batch, line, reference, receiver, amount, description, name, other, \
         coalesce(retry_of, '-'), hex(digest), state, events, attempts, may_have_been_paid) FROM payout ORDER BY id",
        "SELECT reference || payout FROM reference ORDER BY 1",
        "SELECT concat_ws('|', receiver, amount, payout) FROM person ORDER BY 1",
    ] {
        let found = stored(&grouped, sql);
        assert_eq!(found.len(), rows.len(), "{sql}");
        assert_eq!(found, stored(&single, sql), "{sql}");
    }
    assert_eq!(grouped.ledger.head().unwrap(), single.ledger.head().unwrap());
}

#[test]
fn a_known_reference_is_noticed_wherever_it_stands_in_a_group() {
    let mut house = House::new();
    house.admit(&[row(2, "OLD", 37_000_001, 100), row(3, "UNUSED", 37_000_002, 100)]);
    house.pay("OLD", "T-1", 5);
    house.cancel("UNUSED", 6);
    for place in [0, 1, GROUP - 1, GROUP, 2 * GROUP + 3] {
        for (text, twice) in [("old", false), ("r50", true)] {
            let mut rows = many(2 * GROUP + 4, "R");
            rows[place] = row(9_999, text, 37_000_009, 5);
            let IndexStep::Clash(clash) = house.admit_until_stopped(&rows) else { panic!("{place} {text}") };
            assert_eq!(clash.kind, ClashKind::ReferenceKnown);
            assert_eq!(clash.known.reference.to_string().to_lowercase(), text, "{place}");
            assert!(clash.line == 9_999 || twice, "{place} {text}: {clash:?}");
        }
    }
    let mut rows = many(2 * GROUP + 4, "R");
    rows[150] = row(9_999, "unused", 37_000_009, 5);
    let batch = house.admit(&rows).id;
    assert_eq!(house.payout("UNUSED").batch, batch, "cancelled before any Transfert: taken over");
    assert_eq!(house.ledger.find("UNUSED").unwrap().len(), 2);
}

#[test]
fn what_the_ledger_knows_of_many_rows_is_what_it_knows_of_each() {
    let mut house = House::new();
    house.admit(&many(GROUP / 2, "R"));
    let asked = many(3 * GROUP + 11, "r");
    let references: Vec<_> = asked.iter().map(|row| &row.instruction.reference).collect();
    let persons: Vec<_> = asked
        .iter()
        .map(|row| (row.instruction.receiver, Amount::from_centimes(row.instruction.amount.centimes() + 3)))
        .collect();
    let each = |knows: &dyn Fn(usize) -> bool| (0..asked.len()).filter(|place| knows(*place)).collect::<Vec<_>>();
    let known = |place: usize| house.ledger.known_reference(&references[place].key()).unwrap().is_some();
    let paid = |place: usize| {
        let (receiver, amount) = persons[place];
        !house.ledger.known_person(receiver, amount, wall(0)).unwrap().is_empty()
    };
    let (known, paid) = (each(&known), each(&paid));
    assert!(!known.is_empty() && known.len() < asked.len() && !paid.is_empty() && paid.len() < asked.len());
    assert_eq!(house.ledger.places_of_known_references(&references).unwrap(), known);
    assert_eq!(house.ledger.places_of_known_persons(&persons).unwrap(), paid);
}

#[test]
fn what_an_admission_wrote_is_settled_in_steps_of_their_own_before_a_commit_must() {
    let mut house = House::new();
    // By itself SQLite copies the log back at a thousand pages.
    house.ledger.connection.execute_batch("PRAGMA wal_autocheckpoint = 0").unwrap();
    let rows = many(30_000, "R");
    let batch = house.ledger.admission_begin("july.csv", wall(0), &["team".to_string()], wall(0)).unwrap();
    let in_the_log = |house: &House| {
        let log = std::fs::metadata(house.folder.path().join("ledger.sqlite3-wal")).unwrap();
        log.len() / 4_096
    };
    let (mut settled, mut slices) = (0, 0);
    for slice in rows.chunks(SLICE) {
        house.ledger.admission_load(batch, slice).unwrap();
        settled += u32::from(house.ledger.admission_settle());
    }
    while house.ledger.admission_index(batch).unwrap() != IndexStep::Done {
        settled += u32::from(house.ledger.admission_settle());
        slices += 1;
    }
    assert!(settled >= 3 && slices > 5, "{settled} times in {slices} slices");
    assert!(in_the_log(&house) < 1_000, "{} pages", in_the_log(&house));
}
