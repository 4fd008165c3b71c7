//! `verify` finds whatever was changed behind the ledger's back.

use super::*;

/// A ledger in which a bit of everything happened.
fn busy_house() -> House {
    let mut house = House::new();
    let mut batch = house.admit(&rows(6));
    house.pay("R1", "T-1", 10);
    house.decline("R2", 20);
    house.cancel("R3", 30);
    let mut fourth = house.payout("R4");
    house.send(&mut fourth, 40);
    let (mut house, _) = house.restart(moment(50));
    let mut fourth = house.ledger.payout(fourth.id).unwrap();
    let held = Event::Held {
        reason: HeldReason::AskedTooLong,
        money: MayHaveBeenPaid::Unknown,
        detail: "24h".into(),
        raw: None,
        order: None,
    };
    house.record(&mut fourth, &held, 60);
    house.admit(&[retry(2, "R2.r2", "R2"), row(3, "R3", 37_000_003, 300)]);
    let mut turn = house.ledger.begin(wall(70)).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::OnHold { order: order() }).unwrap();
    turn.record_batch(&mut batch, &BatchEvent::Freed { order: order() }).unwrap();
    turn.set_standing(&Standing { paused: Some(order()), ..Standing::default() }).unwrap();
    turn.commit().unwrap();
    house
}

fn found(house: &House, heads: &[Head]) -> Findings {
    verify(house.folder.path(), heads).unwrap()
}

#[test]
fn a_ledger_that_nobody_touched_is_clean_at_rest_while_it_runs_and_half_admitted() {
    let mut house = busy_house();
    let first = house.ledger.head().unwrap();
    let findings = found(&house, std::slice::from_ref(&first));
    assert_eq!(findings.problems, Vec::<String>::new());
    assert_eq!((findings.payouts, findings.batches), (8, 2));
    assert_eq!(findings.head, Some(first.clone()));
    let batch = house.load(&[row(2, "HALF", 37_000_009, 900)]);
    house.ledger.admission_index(batch).unwrap();
    house.pay("R5", "T-5", 80);
    let findings = found(&house, &[first]);
    assert_eq!(findings.problems, Vec::<String>::new());
}

#[test]
fn whatever_was_changed_behind_the_ledgers_back_is_found() {
    let freed = "DROP TRIGGER payout_instruction_is_frozen; DROP TRIGGER payout_ancestor_is_frozen;";
    for change in [
        // Events: edited, each column; taken away; added; moved.
        "UPDATE event SET body = replace(body, 'T-1', 'T-7') WHERE kind = 'paid'",
        "UPDATE event SET at = at + 1 WHERE seq = 4",
        "UPDATE event SET hash = zeroblob(32) WHERE seq = 4",
        "UPDATE event SET kind = 'asked' WHERE kind = 'answered'",
        "UPDATE event SET payout = 5 WHERE kind = 'paid'",
        "DELETE FROM event WHERE kind = 'paid'",
        "DELETE FROM event WHERE seq = 1",
        "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
        "INSERT INTO event SELECT max(seq) + 1, at, 1, 5, 1, NULL, 'ordered', body, hash FROM event",
        // Rows: the instruction, the cache, whole rows.
        "UPDATE payout SET amount = amount + 1 WHERE id = 1",
        "UPDATE payout SET name = 'X' WHERE id = 5",
        "UPDATE payout SET state = 'paid', confirmed_by = 'operator', may_have_been_paid = 'yes' WHERE id = 5",
        "UPDATE payout SET transaction_id = 'T-7' WHERE id = 1",
        "UPDATE payout SET confirmed_by = 'status' WHERE id = 1",
        "UPDATE payout SET settled_at = settled_at + 1 WHERE id = 1",
        "UPDATE payout SET words = 'X' WHERE id = 2",
        "UPDATE payout SET held_for = 'too_old' WHERE id = 4",
        "UPDATE payout SET may_have_been_paid = 'no' WHERE id = 4",
        "UPDATE payout SET attempts = 3 WHERE id = 4",
        "UPDATE payout SET ancestor = 3, root = 3 WHERE id = 7",
        "UPDATE payout SET ancestor = NULL, root = NULL WHERE id = 7",
        "UPDATE payout SET root = 1 WHERE id = 7",
        "DELETE FROM payout WHERE id = 5",
        "DELETE FROM payout WHERE id = 8",
        "INSERT INTO payout SELECT 99, batch, line, 'X', receiver, amount, description, name, other, retry_of, digest, \
         ancestor, root, state, events, attempts, may_have_been_paid, first_sent_at, settled_at, released_at, \
         transaction_id, confirmed_by, held_for, words, seal FROM payout WHERE id = 5",
        // What is derived from them.
        "UPDATE tally SET rows = rows + 1 WHERE batch = 1 AND state = 'paid'",
        "UPDATE tally SET amount = amount + 1 WHERE batch = 1 AND state = 'queued'",
        "DELETE FROM tally WHERE batch = 2 AND state = 'queued'",
        "INSERT INTO tally VALUES (99, 'paid', 1, 1)",
        "DELETE FROM reference WHERE reference = 'r5'",
        "UPDATE reference SET payout = 6 WHERE reference = 'r5'",
        "UPDATE reference SET payout = 3 WHERE reference = 'r3'",
        "INSERT INTO reference VALUES ('zz', 5)",
        "DELETE FROM taken_over",
        "DELETE FROM person WHERE payout = 5",
        "INSERT INTO person VALUES (37000001, 9, 5)",
        // Batches and the house.
        "UPDATE batch SET hold = 'X' WHERE id = 1",
        "UPDATE batch SET freed = NULL WHERE id = 1",
        "UPDATE batch SET approval = 'given' WHERE id = 1",
        "UPDATE batch SET completed = 5 WHERE id = 1",
        "UPDATE batch SET file = 'X' WHERE id = 1",
        "UPDATE batch SET sha256 = zeroblob(32) WHERE id = 1",
        "UPDATE batch SET amount = amount + 1 WHERE id = 1",
        "UPDATE batch SET other_columns = '' WHERE id = 1",
        "UPDATE batch SET last_event = last_event + 1 WHERE id = 1",
        "UPDATE batch SET visible = 0 WHERE id = 2",
        "DELETE FROM batch WHERE id = 2",
        "UPDATE meta SET account = 'X'",
        "UPDATE meta SET epoch = epoch + 1",
        "UPDATE standing SET body = '{}'",
    ] {
        let house = busy_house();
        house.tamper(&format!("{freed} {change}"));
        assert!(!found(&house, &[]).is_clean(), "not found: {change}");
        house.reseal();
        assert!(!found(&house, &[]).is_clean(), "not found once it was sealed: {change}");
    }
}

/// A row that was changed together with its own digest does not meet its batch's.
#[test]
fn a_row_whose_digest_was_made_anew_is_found_too() {
    let mut house = House::new();
    let new = rows(2);
    house.admit(&new);
    let changed = super::super::chain::RowFields {
        id: 1,
        batch: 1,
        line: 2,
        reference: "R1",
        receiver: 37_000_001,
        amount: 100,
        description: "July",
        name: "Somebody else",
        other: "[\"blue\"]",
        retry_of: None,
    };
    let digest = super::super::chain::hex(&super::super::chain::row_digest(&changed));
    house.tamper(&format!(
        "DROP TRIGGER payout_instruction_is_frozen;
         UPDATE payout SET name = 'Somebody else', digest = x'{digest}' WHERE id = 1"
    ));
    assert!(house.ledger.payout(PayoutId(1)).is_ok(), "the row by itself is whole");
    let findings = found(&house, &[]);
    assert_eq!(findings.found, 1, "{findings:?}");
}

/// Cuts the last event and everything that it did, and hashes nothing anew.
#[test]
fn a_cut_end_is_found_by_the_heads_kept_outside() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    house.send(&mut payout, 5);
    let head = house.ledger.head().unwrap();
    house.tamper(
        "DELETE FROM event WHERE kind = 'sent';
         UPDATE payout SET state = 'queued', events = 0, attempts = 0, may_have_been_paid = 'no', first_sent_at = NULL;
         UPDATE tally SET rows = 1, amount = 100 WHERE state = 'queued';
         UPDATE tally SET rows = 0, amount = 0 WHERE state = 'in_doubt';
         UPDATE batch SET last_event = (SELECT max(seq) FROM event)",
    );
    house.reseal();
    let findings = found(&house, &[]);
    assert_eq!(findings.found, 1, "the high-water file knows: {findings:?}");
    std::fs::remove_file(house.folder.path().join(HIGH_WATER_FILE)).unwrap();
    let kept = found(&house, &[head]);
    assert!(kept.problems.iter().any(|problem| problem.contains("was written once")), "{kept:?}");
}

#[test]
fn a_rehashed_ledger_is_found_by_the_heads_kept_outside() {
    let tell = |transaction: &str| {
        let mut house = House::new();
        house.admit(&rows(1));
        house.pay("R1", transaction, 5);
        house
    };
    let (truth, lie) = (tell("T-1"), tell("T-2"));
    assert!(found(&lie, &[]).is_clean(), "a whole ledger made anew looks clean by itself");
    assert!(!found(&lie, &[truth.ledger.head().unwrap()]).is_clean());
}
