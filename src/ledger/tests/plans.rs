//! Nothing that runs at start, in a turn, in `status`, `explain` or a report scans payouts or events; and
//! every statement that the sources hold is among those that are looked at.

use super::super::reader::PREPARED;
use super::*;
use crate::payout::order::{Order, Target, Verb};

/// Everything that is asked of a ledger outside an audit: all statements are prepared by it.
fn ask_everything() -> House {
    PREPARED.with_borrow_mut(|all| all.clear());
    let mut house = House::new();
    house.ledger.rebind(&Identity { account: "client-2".to_string(), ..identity() }, &order(), wall(1)).unwrap();
    house.ledger.rebind(&identity(), &order(), wall(1)).unwrap();
    house.ledger.skip_numbers(BatchId(3), wall(1)).unwrap();
    house.admit(&[row(2, "C1", 37_000_055, 5)]);
    house.cancel("C1", 2);
    house.admit(&[row(2, "c1", 37_000_055, 5)]);
    let mut batch = house.admit(&rows(3));
    house.decline("R1", 5);
    house.admit(&[retry(2, "R1.r2", "R1")]);
    house.pay("R2", "T-1", 10);
    let mut third = house.payout("R3");
    let held = Event::Held {
        reason: HeldReason::TooOld,
        money: MayHaveBeenPaid::No,
        detail: "".into(),
        raw: None,
        order: None,
    };
    house.record(&mut third, &held, 12);
    post_order(
        house.folder.path(),
        &Order { verb: Verb::Pause, target: Target::House, by: order(), uid: None, from: None },
        wall(13),
    )
    .unwrap();
    let mut turn = house.ledger.begin(wall(14)).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::OnHold { order: order() }).unwrap();
    turn.set_standing(&Standing { paused: Some(order()), ..Standing::default() }).unwrap();
    turn.answer_order(1, crate::payout::message::Answer::NothingStopped, true).unwrap();
    turn.mark_reported(batch.id, 1).unwrap();
    let moment = moment(14).boot;
    turn.keep_reading(Amount::from_centimes(5), moment, wall(14), moment).unwrap();
    let settings = [("[balance] floor".to_string(), "\"5.00\"".to_string())].into();
    turn.record_settings(&settings, true).unwrap();
    turn.commit().unwrap();
    let target = Target::Batch { id: batch.id.0, seen: "paying".to_string() };
    let origin = origin("B000001.hold.txt");
    let order = Order { verb: Verb::Hold, target, by: order(), uid: Some(7), from: Some(origin.clone()) };
    house.ledger.leave_order(&order, wall(14)).unwrap();
    let ledger = &house.ledger;
    ledger.order_from(&origin).unwrap();
    ledger.admitted_since(wall(0), BatchId(99)).unwrap();
    ledger.batches_unfinished().unwrap();
    ledger.batches_latest(5).unwrap();
    ledger.batches_to_report().unwrap();
    ledger.totals(BatchId(0), BatchId(9)).unwrap();
    ledger.highest_batch().unwrap();
    ledger.queued_after(batch.id, None, 5).unwrap();
    ledger.doubts().unwrap();
    ledger.held(5).unwrap();
    ledger.happened_after(0, 5).unwrap();
    ledger.ancestors(PayoutId(6)).unwrap();
    ledger.known_file(&[0; 32]).unwrap();
    ledger.known_person(third.instruction.receiver, third.instruction.amount, Wall(0)).unwrap();
    ledger.last_confirmed_by_transfer().unwrap();
    ledger.settled_since(wall(0)).unwrap();
    ledger.rows(batch.id, None, 5).unwrap();
    ledger.other_columns(batch.id).unwrap();
    ledger.read_as(batch.id).unwrap();
    ledger.find("37000001").unwrap();
    ledger.history(PayoutId(1)).unwrap();
    ledger.batch_history(batch.id).unwrap();
    ledger.readings(0, 5).unwrap();
    assert_eq!(ledger.settings_in_force().unwrap().len(), 1);
    ledger.event_at(wall(12)).unwrap();
    ledger.movements(1, 100, 5).unwrap();
    ledger.unexplained(&ledger.batches_latest(5).unwrap()).unwrap();
    ledger.standpoint(PayoutId(1)).unwrap();
    ledger.standing().unwrap();
    ledger.orders_waiting().unwrap();
    ledger.order_outcome(1).unwrap();
    ledger.held_reserving().unwrap();
    ledger.held_unsent(5).unwrap();
    assert_eq!(ledger.held_as(HeldReason::TooOld).unwrap().len(), 1);
    ledger.report_row_of(PayoutId(1)).unwrap();
    ledger.paid_again_by(PayoutId(1)).unwrap();
    ledger.batches_unfinished().unwrap();
    ledger.knows_head(&ledger.head().unwrap()).unwrap();
    ledger.house_history().unwrap();
    ledger.find("R1").unwrap();
    house.admit_until_stopped(&[row(2, "R2", 37_000_001, 5)]);
    // Rows that go by the hundred, and are asked about by the hundred.
    let new: Vec<NewRow> = (1..=150).map(|n| row(n, &format!("S{n}"), 38_000_000 + n, 100)).collect();
    house.admit(&new);
    let references: Vec<_> = new.iter().map(|row| &row.instruction.reference).collect();
    house.ledger.places_of_known_references(&references).unwrap();
    let persons: Vec<_> = new.iter().map(|row| (row.instruction.receiver, row.instruction.amount)).collect();
    house.ledger.places_of_known_persons(&persons).unwrap();
    // What guards look back for.
    let receivers: Vec<_> = new.iter().map(|row| row.instruction.receiver).collect();
    let newest = house.ledger.batch_before(BatchId(i64::MAX)).unwrap().unwrap();
    let span = house.ledger.span(newest.id).unwrap().unwrap();
    assert_eq!(house.ledger.sample(span, 7).unwrap().len(), 7);
    assert_eq!(house.ledger.earlier_rows(span, 500).unwrap().len(), 150);
    assert_eq!(house.ledger.earlier_amounts(&receivers, span).unwrap().len(), 150);
    assert_eq!(house.ledger.earlier_amounts(&receivers, (1, 2)).unwrap().len(), 0);
    assert_eq!(house.ledger.places_of_known_receivers(&receivers).unwrap().len(), 150);
    house
}

#[test]
fn no_verb_scans_payouts_or_events() {
    let house = ask_everything();
    let mut plans = String::new();
    for sql in PREPARED.with_borrow(|all| all.clone()) {
        if ["BEGIN", "COMMIT", "ROLLBACK"].iter().any(|word| sql.starts_with(word)) {
            continue;
        }
        let mut statement = house.ledger.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = statement.parameter_count();
        let mut steps = statement.query(rusqlite::params_from_iter((0..count).map(|_| 1))).unwrap();
        while let Some(step) = steps.next().unwrap() {
            let detail: String = step.get(3).unwrap();
            // A walk along a small index that the statement names, or back from the chain's end.
            let walks = ["payout_in_doubt", "payout_held", "event_paid", "event_opened", "orders_waiting"]
                .iter()
                .any(|index| detail.contains(index))
                || (sql.contains("FROM event ORDER BY seq DESC LIMIT 1")
                    || sql.contains("FROM payout ORDER BY id DESC LIMIT 1"));
            let scans = detail.starts_with("SCAN") && !walks;
            let big = [" payout", " event", " p", " e", " reference", " r", " person", " x", " orders"]
                .iter()
                .any(|table| detail == format!("SCAN{table}") || detail.starts_with(&format!("SCAN{table} ")));
            // A walk over all rows from one on is a scan as well, unless those rows are few: the last
            // events, the newest orders, an admission on its way in.
            let few = [
                "FROM event WHERE seq > ?1",
                "FROM orders NOT INDEXED WHERE id > ?1",
                "first_payout FROM batch WHERE id = ?1",
            ]
            .iter()
            .any(|few| sql.contains(few));
            let open_end = detail.contains("INTEGER PRIMARY KEY (rowid>?)") && !few;
            if (scans && big) || open_end {
                plans.push_str(&format!("{detail}: {sql}\n"));
            }
        }
    }
    assert_eq!(plans, "");
}

/// The files whose statements walk over everything on purpose (an audit, a copy, an upgrade), and the one that lays
/// out a new ledger.
const EXEMPT: [&str; 5] = ["audit.rs", "audit_rows.rs", "copy.rs", "connect.rs", "migrate.rs"];

/// The SQL texts of a source, each up to the first place that is filled in.
fn statements_of(source: &str) -> Vec<String> {
    let product = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let begins = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
    let mut found = Vec::new();
    for (at, _) in product.match_indices('"') {
        let text = &product[at + 1..];
        if !begins.iter().any(|word| text.starts_with(word)) {
            continue;
        }
        let end = text.find(['"', '{']).unwrap_or(text.len());
        let lines = text[..end].split("\\\n").map(str::trim_start);
        found.push(lines.collect::<String>());
    }
    found
}

#[test]
fn every_statement_of_the_sources_is_among_those_that_are_looked_at() {
    let house = ask_everything();
    let prepared = PREPARED.with_borrow(|all| all.clone());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger");
    let mut missing = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|ending| ending != "rs") || EXEMPT.contains(&name.as_str()) {
            continue;
        }
        for statement in statements_of(&std::fs::read_to_string(&path).unwrap()) {
            seen += 1;
            // Values that are put in look nothing up.
            if statement.starts_with("INSERT") && statement.contains("VALUES") {
                continue;
            }
            if !prepared.iter().any(|sql| sql.contains(&statement)) {
                missing.push(format!("{name}: {statement}"));
            }
        }
    }
    drop(house);
    assert!(seen > 60, "only {seen} statements were found: they are written otherwise now");
    assert_eq!(missing, Vec::<String>::new());
}
