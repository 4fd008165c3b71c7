//! Nothing that runs at start, in a turn or in `status` scans payouts or events.

use super::super::reader::PREPARED;
use super::*;
use crate::payout::order::{Order, Target, Verb};

#[test]
fn no_verb_scans_payouts_or_events() {
    PREPARED.with_borrow_mut(|all| all.clear());
    let mut house = House::new();
    let mut batch = house.admit(&rows(3));
    house.decline("R1", 5);
    house.admit(&[retry(2, "R1.r2", "R1")]);
    house.pay("R2", "T-1", 10);
    let mut third = house.payout("R3");
    let held = Event::Held {
        reason: HeldReason::TooOld,
        money: MayHaveBeenPaid::No,
        detail: String::new(),
        raw: None,
        order: None,
    };
    house.record(&mut third, &held, 12);
    post_order(house.folder.path(), &Order { verb: Verb::Pause, target: Target::House, by: order() }, wall(13))
        .unwrap();
    let mut turn = house.ledger.begin(wall(14)).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::OnHold { order: order() }).unwrap();
    turn.set_standing(&Standing { paused: Some(order()), ..Standing::default() }).unwrap();
    turn.answer_order(1, "paused", false).unwrap();
    turn.mark_reported(batch.id, 1).unwrap();
    turn.commit().unwrap();
    let ledger = &house.ledger;
    ledger.batches_unfinished().unwrap();
    ledger.batches_latest(5).unwrap();
    ledger.batches_to_report().unwrap();
    ledger.highest_batch().unwrap();
    ledger.queued_after(batch.id, None, 5).unwrap();
    ledger.doubts().unwrap();
    ledger.held(5).unwrap();
    ledger.ancestors(PayoutId(4)).unwrap();
    ledger.known_file(&[0; 32]).unwrap();
    ledger.known_person(third.instruction.receiver, third.instruction.amount, Wall(0)).unwrap();
    ledger.last_confirmed_by_transfer().unwrap();
    ledger.settled_since(wall(0)).unwrap();
    ledger.rows(batch.id, None, 5).unwrap();
    ledger.other_columns(batch.id).unwrap();
    ledger.find("37000001").unwrap();
    ledger.history(PayoutId(1)).unwrap();
    ledger.batch_history(batch.id).unwrap();
    ledger.standing().unwrap();
    ledger.orders_waiting().unwrap();
    ledger.order_outcome(1).unwrap();
    house.admit_until_stopped(&[row(2, "R2", 37_000_001, 5)]);
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
